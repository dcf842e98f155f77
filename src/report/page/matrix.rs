//! The matrix: which needs each kind of data has and how well its database meets them, and what the catalog recommends
//! for each kind that it knows.

use catalog::vocabulary::Need;
use catalog::{Level, Row as Recommendation};
use serde::Serialize;

use super::Sight;
use super::words::word;
use crate::decide::{Selected, What};
use crate::report::chosen;

/// The matrix of a file.
#[derive(Serialize)]
pub(super) struct Matrix<'a> {
    /// The needs that some kind of data has.
    needs: Vec<String>,
    rows: Vec<Row<'a>>,
    recommended: Vec<Recommended<'a>>,
}

/// A kind of data; a cell for each need, empty where the data does not have it.
#[derive(Serialize)]
struct Row<'a> {
    data: &'a str,
    database: String,
    verdict: &'static str,
    cells: Vec<Cell<'a>>,
}

/// How well a need is met.
#[derive(Serialize)]
struct Cell<'a> {
    level: &'static str,
    via: &'a str,
}

/// A row of the catalog's matrix, and the kinds of data that stand in it.
#[derive(Serialize)]
struct Recommended<'a> {
    kind: &'a str,
    database: &'a str,
    reason: &'a str,
    alternative: &'a str,
    taken_by: Vec<&'a str>,
}

impl<'a> Matrix<'a> {
    pub(super) fn of(sight: Sight<'a>) -> Self {
        let kinds = &sight.shown.selection.kinds;
        let asked = |need: &Need| kinds.iter().any(|selected| level(selected, *need).is_some());
        let needs: Vec<Need> = Need::ALL.iter().copied().filter(asked).collect();
        let row = |selected: &'a Selected<'a>| Row {
            data: selected.name,
            database: chosen(selected),
            verdict: word(selected.verdict),
            cells: needs.iter().map(|need| Cell::of(selected, *need)).collect(),
        };
        Self {
            rows: kinds.iter().map(row).collect(),
            needs: needs.iter().map(|need| need.name().replace('_', " ")).collect(),
            recommended: sight.catalog.matrix().row.iter().map(|row| Recommended::of(row, sight)).collect(),
        }
    }
}

/// How well the chosen database meets a need, and by what; nothing where the data does not have the need.
fn level<'a>(selected: &Selected<'a>, need: Need) -> Option<(Level, &'a str)> {
    selected.checks.iter().find_map(|check| match check.what {
        What::Need(of, service) if of == need => Some((service.level, check.via().unwrap_or_default())),
        _ => None,
    })
}

impl<'a> Cell<'a> {
    fn of(selected: &Selected<'a>, need: Need) -> Self {
        let (level, via) = level(selected, need).map_or(("", ""), |(level, via)| match level {
            Level::Native => ("native", via),
            Level::Adequate => ("adequate", via),
            Level::Strained => ("strained", via),
            Level::No => ("no", via),
        });
        Self { level, via }
    }
}

impl<'a> Recommended<'a> {
    fn of(row: &'a Recommendation, sight: Sight<'a>) -> Self {
        let name = |id: &'a str| sight.catalog.get(id).map_or(id, |database| &database.name);
        let kinds = sight.shown.selection.kinds.iter();
        let taken_by = kinds.filter(|selected| selected.data.kind.as_ref().is_some_and(|kind| kind.value == *row.kind));
        Self {
            kind: &row.kind,
            database: name(&row.recommended),
            reason: &row.reason,
            alternative: name(&row.alternative),
            taken_by: taken_by.map(|selected| selected.name).collect(),
        }
    }
}
