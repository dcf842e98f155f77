//! The JSON Schemas of what the program reads and writes, as they are committed in `schemas/`. They are derived from the
//! types; a test holds each against its type.

macro_rules! schemas {
    ($($name:ident = $file:literal,)+) => {
        $(pub const $name: &str = include_str!(concat!("../../schemas/", $file, ".schema.json"));)+
    };
}

schemas! {
    REQUIREMENTS = "requirements",
    SELECTION = "selection",
    PORTFOLIO = "portfolio",
    DIFFERENCE = "difference",
    TUNE = "tune",
    FINDINGS = "findings",
    ENDPOINTS = "endpoints",
}
