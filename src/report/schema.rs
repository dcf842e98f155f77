//! The JSON Schemas of what the program reads and writes. They are derived from the types, which the tests see to, and
//! packed as they are committed in `schemas/`: whoever asks for one need not derive it again.

use serde_json::Value;

/// The schemas by name, packed by the build script.
const SCHEMAS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schemas.bin"));

/// Why a schema cannot be read: the binary is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the embedded schema `{0}` cannot be read; build polyglot again")]
pub struct SchemaError(String);

/// The text of a schema: `requirements`, `selection`, `portfolio`, `tune`, `findings` or `endpoints`.
///
/// # Errors
/// [`SchemaError`] where there is none of that name.
pub fn text(name: &str) -> Result<String, SchemaError> {
    unpacked().and_then(|all| Some(all.into_iter().find(|(known, _)| known == name)?.1)).ok_or_else(|| missing(name))
}

/// A schema to look things up in.
///
/// # Errors
/// [`SchemaError`] where there is none of that name.
pub fn value(name: &str) -> Result<Value, SchemaError> {
    serde_json::from_str(&text(name)?).map_err(|_| missing(name))
}

fn missing(name: &str) -> SchemaError {
    SchemaError(name.to_owned())
}

fn unpacked() -> Option<Vec<(String, String)>> {
    postcard::from_bytes(&lz4_flex::decompress_size_prepended(SCHEMAS).ok()?).ok()
}
