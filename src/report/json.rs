//! The selection as JSON.

use super::document::Document;
use super::{ReportError, Shown};

pub(super) fn selection(shown: Shown<'_>) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(&Document::of(shown))?;
    text.push('\n');
    Ok(text)
}
