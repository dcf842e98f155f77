//! The selection as YAML, in the shape of its JSON.

use super::document::Document;
use super::{ReportError, Shown};

pub(super) fn selection(shown: Shown<'_>) -> Result<String, ReportError> {
    Ok(serde_yaml::to_string(&Document::of(shown))?)
}
