//! The head of the page and the selection: what was decided, in one table.

use catalog::units::{Bytes, Span};
use serde::Serialize;

use super::Sight;
use super::words::{counted, word};
use crate::decide::{Selected, Selection, Verdict};
use crate::plan::{Capacity, CapacityVerdict, Resource};
use crate::report::{chosen, names, offered};

/// The whole answer at a glance.
#[derive(Serialize)]
pub(super) struct Overview<'a> {
    name: &'a str,
    facts: Vec<Fact>,
    rows: Vec<Row<'a>>,
    notes: Vec<Note<'a>>,
}

/// A figure of the system.
#[derive(Serialize)]
struct Fact {
    what: &'static str,
    figure: String,
    detail: String,
    verdict: &'static str,
}

/// The answer for a kind of data.
#[derive(Serialize)]
struct Row<'a> {
    data: &'a str,
    kind: &'a str,
    description: &'a str,
    database: String,
    instead_of: String,
    why: &'a str,
    verdict: &'static str,
    alternative: String,
}

/// What must not be overlooked in a row.
#[derive(Serialize)]
struct Note<'a> {
    data: &'a str,
    verdict: &'static str,
    text: String,
}

impl<'a> Overview<'a> {
    pub(super) fn of(sight: Sight<'a>) -> Self {
        let selection = sight.shown.selection;
        Self {
            name: sight.shown.requirements.name(),
            facts: facts(sight),
            rows: selection.kinds.iter().map(Row::of).collect(),
            notes: selection.kinds.iter().flat_map(notes).collect(),
        }
    }
}

fn facts(sight: Sight<'_>) -> Vec<Fact> {
    let (selection, plan) = (sight.shown.selection, sight.plan);
    let host = plan.host;
    let fact = |what, figure, detail| Fact { what, figure, detail, verdict: "" };
    let services = host.memory.0.saturating_sub(plan.system.0).saturating_sub(plan.spare().0);
    let here = match plan.elsewhere.len() {
        0 => String::from("all in containers"),
        apart => format!("{apart} of them elsewhere"),
    };
    vec![
        fact("kinds of data", selection.kinds.len().to_string(), String::from("in one requirements file")),
        fact(
            "databases",
            selection.databases().len().to_string(),
            format!("as {}, {here}", counted(selection.services.len(), "service", "services")),
        ),
        verdicts(selection, &plan.capacity),
        fact(
            "memory of the services",
            Bytes(services).rounded(),
            format!("of {}; {} for the system", host.memory.rounded(), plan.system.rounded()),
        ),
        fact(
            "host",
            host.environment.name().to_owned(),
            format!(
                "{} cores, {}, {} of {}",
                host.cores,
                host.memory.rounded(),
                host.disk.rounded(),
                host.storage.name()
            ),
        ),
    ]
}

/// How well all of it fits: the worst of it, and how many come out how.
fn verdicts(selection: &Selection<'_>, capacity: &Capacity) -> Fact {
    let count = |verdict| selection.kinds.iter().filter(|selected| selected.verdict == verdict).count();
    let worst = selection.kinds.iter().map(|selected| selected.verdict).max().unwrap_or(Verdict::Fits);
    let [fits, strained, exceeds] = [Verdict::Fits, Verdict::Strained, Verdict::Exceeds].map(count);
    let detail = match worst {
        Verdict::Fits if is_short(capacity) => format!("no limit of a database is near; host {}", capacity.summary()),
        Verdict::Fits => String::from("no limit is near enough to worry"),
        _ => [(fits, "fit"), (strained, "strained"), (exceeds, "exceed")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let figure = if worst == Verdict::Fits { "all fit" } else { word(worst) };
    let seen = if worst == Verdict::Fits && is_short(capacity) { Verdict::Strained } else { worst };
    Fact { what: "fit", figure: figure.to_owned(), detail, verdict: word(seen) }
}

/// Whether the host has too little of something, has hardly any of it left, or fills up within a year.
fn is_short(capacity: &Capacity) -> bool {
    const YEAR: Span = Span(365 * 86_400_000_000);
    let is_nearly_full = |resource: &Resource| {
        let (needed, available) = (u128::from(resource.needed.0), u128::from(resource.available.0));
        needed.saturating_mul(5) > available.saturating_mul(4)
    };
    capacity.verdict() > CapacityVerdict::Fits
        || capacity.resources().into_iter().any(|(_, resource)| is_nearly_full(resource))
        || capacity.full_in.is_some_and(|when| when <= YEAR)
}

impl<'a> Row<'a> {
    fn of(selected: &'a Selected<'a>) -> Self {
        let data = selected.data;
        Self {
            data: selected.name,
            kind: data.kind.as_ref().map_or("", |kind| &kind.value),
            description: data.description.as_ref().map_or("", |text| text.value.trim()),
            database: chosen(selected),
            instead_of: selected.instead_of.as_ref().map_or_else(String::new, |(walked, _)| names(walked)),
            why: &selected.reason,
            verdict: word(selected.verdict),
            alternative: selected.alternatives.first().map_or_else(String::new, offered),
        }
    }
}

fn notes<'a>(selected: &'a Selected<'a>) -> Vec<Note<'a>> {
    // Of a pin the table says why.
    let replaced = selected.instead_of.iter().filter(|_| !selected.pinned).map(|(walked, why)| Note {
        data: selected.name,
        verdict: "",
        text: format!("{} instead of {}: {why}", names(&selected.databases), names(walked)),
    });
    let troubles = selected.troubles().map(|check| Note {
        data: selected.name,
        verdict: word(check.verdict),
        text: format!("on {}: {}", check.database.name, check.trouble()),
    });
    replaced.chain(troubles).collect()
}
