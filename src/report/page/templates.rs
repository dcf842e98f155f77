//! The page's templates: packed by the build script, since few runs need them, and escaped as HTML wherever a value
//! stands.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::report::ReportError;

/// Every file of `templates/report/`, by name.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/report.bin"));

/// The template that includes the others.
const PAGE: &str = "page.html.j2";

/// Fills in the page.
pub(super) fn fill(values: &Value) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let mut syntax = environment.syntax().to_builder();
    let syntax = syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax?);
    for (name, text) in unpacked()? {
        environment.add_template_owned(name, text)?;
    }
    Ok(environment.get_template(PAGE)?.render(values)?.replace(is_unprintable, "\u{fffd}"))
}

/// Whether a character may stand in no page: a text can hold it, where its file writes it as an escape.
fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn unpacked() -> Result<Vec<(String, String)>, ReportError> {
    let bytes = lz4_flex::decompress_size_prepended(PACKED).map_err(|_| ReportError::Damaged)?;
    postcard::from_bytes(&bytes).map_err(|_| ReportError::Damaged)
}
