//! Each kind of data in full: its way through the tree, how it fits, what else could hold it, and what would change
//! the answer.

use catalog::State;
use serde::Serialize;

use super::words::word;
use crate::decide::{Alternative, Check, Flip, Selected, Tree};
use crate::report::{chosen, names};

/// A kind of data.
#[derive(Serialize)]
pub(super) struct Kind<'a> {
    data: &'a str,
    /// Its row of the matrix.
    row: &'a str,
    description: &'a str,
    database: String,
    verdict: &'static str,
    why: &'a str,
    instead_of: String,
    instead_why: &'a str,
    path: Vec<Step<'a>>,
    checks: Vec<Compared<'a>>,
    /// What the file does not say, and the answer rests on.
    assumptions: Vec<String>,
    alternatives: Vec<Other<'a>>,
    flips: Vec<Turn>,
    pinned: bool,
}

/// A question on the way.
#[derive(Serialize)]
struct Step<'a> {
    yes: bool,
    label: String,
    ask: &'a str,
}

/// A comparison.
#[derive(Serialize)]
struct Compared<'a> {
    what: String,
    value: String,
    limit: String,
    verdict: &'static str,
    database: &'a str,
    why: String,
    source: &'a str,
    is_linked: bool,
    evidence: String,
}

/// A database that was not chosen.
#[derive(Serialize)]
struct Other<'a> {
    database: &'a str,
    /// Its state upstream, where it is not cared for as it should be.
    state: String,
    verdict: &'static str,
    why_not: &'a str,
}

/// A change that changes the answer.
#[derive(Serialize)]
struct Turn {
    change: String,
    databases: String,
    verdict: &'static str,
}

impl<'a> Kind<'a> {
    pub(super) fn of(selected: &'a Selected<'a>, tree: &'a Tree) -> Self {
        let data = selected.data;
        let step = |step: &crate::decide::Step| {
            let node = tree.questions().get(step.question)?;
            Some(Step { yes: step.yes, label: node.label(), ask: &node.ask })
        };
        let (instead_of, instead_why) = match &selected.instead_of {
            Some((walked, why)) => (names(walked), why.as_str()),
            None => (String::new(), ""),
        };
        Self {
            data: selected.name,
            row: data.kind.as_ref().map_or("", |kind| &kind.value),
            description: data.description.as_ref().map_or("", |text| text.value.trim()),
            database: chosen(selected),
            verdict: word(selected.verdict),
            why: &selected.reason,
            instead_of,
            instead_why,
            path: selected.path.iter().filter_map(step).collect(),
            checks: selected.checks.iter().map(Compared::of).collect(),
            assumptions: selected.assumptions.iter().map(|assumption| assumption.show()).collect(),
            alternatives: selected.alternatives.iter().map(Other::of).collect(),
            flips: selected.flips.iter().map(Turn::of).collect(),
            pinned: selected.pinned,
        }
    }
}

impl<'a> Compared<'a> {
    fn of(check: &Check<'a>) -> Self {
        let value = check.figure().map_or_else(|| check.value(), |(quantity, figure)| quantity.show(figure.value));
        let evidence = check.evidence();
        Self {
            what: check.name().replace('_', " "),
            value,
            limit: check.limit(),
            verdict: word(check.verdict),
            database: &check.database.name,
            why: check.why(),
            source: evidence.map_or("", |evidence| &evidence.address),
            is_linked: evidence.is_some_and(|evidence| is_web(&evidence.address)),
            evidence: evidence.map_or_else(String::new, |evidence| format!("{}, {}", evidence.evidence, evidence.date)),
        }
    }
}

/// Whether a page may link to an address: a catalog of one's own can hold anything.
fn is_web(address: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
}

impl<'a> Other<'a> {
    fn of(alternative: &'a Alternative<'a>) -> Self {
        let Alternative { database, verdict, why_not } = alternative;
        let state = match database.upstream.state {
            State::Active => String::new(),
            state => state.to_string(),
        };
        Self { database: &database.name, state, verdict: word(*verdict), why_not }
    }
}

impl Turn {
    fn of(flip: &Flip) -> Self {
        let Flip { change, databases, verdict } = flip;
        Self { change: change.show(), databases: databases.join(" + "), verdict: word(*verdict) }
    }
}
