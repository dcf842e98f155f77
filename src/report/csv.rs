//! The selection as CSV: a row for each kind of data.

use catalog::Database;

use super::{ReportError, Shown};

const HEADER: [&str; 11] = [
    "data",
    "kind",
    "databases",
    "pattern",
    "via",
    "reason",
    "verdict",
    "instead_of",
    "why_instead",
    "alternatives",
    "pinned",
];

pub(super) fn selection(shown: Shown<'_>) -> Result<String, ReportError> {
    let fault = |error: csv::Error| ReportError::Csv(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).map_err(fault)?;
    for selected in &shown.selection.kinds {
        let ids = |databases: &[&Database]| databases.iter().map(|d| d.id.as_str()).collect::<Vec<_>>().join(" + ");
        let (instead_of, why) = match &selected.instead_of {
            Some((databases, why)) => (ids(databases), why.as_str()),
            None => (String::new(), ""),
        };
        let alternatives: Vec<_> = selected.alternatives.iter().map(|other| other.database.id.as_str()).collect();
        let row: [&str; 11] = [
            selected.name,
            selected.data.kind.as_ref().map_or("", |kind| &kind.value),
            &ids(&selected.databases),
            selected.pattern.as_deref().unwrap_or_default(),
            &selected.via.join(" + "),
            &selected.reason,
            &selected.verdict.to_string(),
            &instead_of,
            why,
            &alternatives.join(" + "),
            if selected.pinned { "true" } else { "false" },
        ];
        writer.write_record(row).map_err(fault)?;
    }
    let bytes = writer.into_inner().map_err(|error| ReportError::Csv(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ReportError::Csv(error.to_string()))
}
