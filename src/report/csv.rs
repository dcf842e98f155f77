//! The selection as CSV: a row for each kind of data.

use catalog::Database;

use super::brief::{assumed, decisive_figure};
use super::{ReportError, Shown};

const HEADER: [&str; 16] = [
    "data",
    "kind",
    "databases",
    "pattern",
    "via",
    "reason",
    "verdict",
    "figure",
    "needs_several_nodes",
    "with",
    "instead_of",
    "why_instead",
    "assumptions",
    "close",
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
        let close = selected.close.as_ref().map_or("", |close| close.to.id.as_str());
        let row: [&str; 16] = [
            selected.name,
            selected.data.kind.as_ref().map_or("", |kind| &kind.value),
            &ids(&selected.databases),
            selected.pattern.as_deref().unwrap_or_default(),
            &selected.via.join(" + "),
            &selected.reason,
            &selected.verdict.to_string(),
            &decisive_figure(selected).unwrap_or_default(),
            yes(selected.needs_several_nodes),
            &selected.together.join(" + "),
            &instead_of,
            why,
            &assumed(&selected.assumptions, usize::MAX),
            close,
            &alternatives.join(" + "),
            yes(selected.pinned),
        ];
        writer.write_record(row).map_err(fault)?;
    }
    let bytes = writer.into_inner().map_err(|error| ReportError::Csv(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ReportError::Csv(error.to_string()))
}

fn yes(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}
