//! What is said of each dataset in one line, and below them of all: the words that the table, Markdown and CSV share.

use indexmap::IndexMap;

use super::nearest::nearest_assumptions;
use super::{Shown, chosen, names};
use crate::decide::{Assumption, Check, LockState, Runs, Selected, Service, Verdict, What, times};
use crate::plan::realised;

/// How many assumptions of a dataset a person is shown.
const ASSUMPTIONS: usize = 2;

/// How many datasets a line names before it counts them.
const NAMED: usize = 3;

/// A dataset in one line.
pub(super) struct Line {
    /// The databases.
    pub(super) database: String,
    /// The deciding reason, and what it stands beside.
    pub(super) why: String,
    /// How well it fits, with the figure that says so.
    pub(super) fit: String,
}

impl Line {
    pub(super) fn of(selected: &Selected<'_>) -> Self {
        let why = match selected.together.as_slice() {
            [] => selected.reason.clone(),
            others => format!("{}; with {}", selected.reason, listed(others)),
        };
        Self { database: chosen(selected), why, fit: fit(selected) }
    }
}

/// The verdict with its figure: `strained, writes 3.8× 8k/s`; the verdict alone where the file states nothing.
pub(super) fn fit(selected: &Selected<'_>) -> String {
    match decisive_figure(selected) {
        Some(figure) => format!("{}, {figure}", selected.verdict),
        None => selected.verdict.to_string(),
    }
}

/// What the verdict is from, in a few words.
pub(super) fn decisive_figure(selected: &Selected<'_>) -> Option<String> {
    decisive(selected).and_then(figure)
}

/// The check that the verdict is from; of several the one that is furthest past its bound.
fn decisive<'s, 'a>(selected: &'s Selected<'a>) -> Option<&'s Check<'a>> {
    let tightest = selected.tightest();
    tightest.filter(|check| check.verdict == selected.verdict).or_else(|| selected.troubles().next())
}

/// A check in a few words.
fn figure(check: &Check<'_>) -> Option<String> {
    let What::Bound(bound, figure) = check.what else {
        return match check.what {
            What::Unproven(..) => Some(check.limit()),
            _ if check.verdict == Verdict::Fits => None,
            _ => Some(check.name().to_owned()),
        };
    };
    let of = bound.of;
    Some(match check.verdict {
        Verdict::Fits | Verdict::Unproven => {
            format!("{of} {} of {}", check.used_in_words()?, of.show(figure.strained))
        }
        _ if figure.shrinks => format!("{of} {} below {}", of.show(figure.value), of.show(figure.bound())),
        Verdict::Strained => format!("{of} {} {}", times(figure.ratio()), of.show(figure.strained)),
        Verdict::Exceeds => format!("{of} {} {}", times(figure.past_the_end()), of.show(figure.exceeds)),
    })
}

/// Something to be said of one dataset, or of several alike.
pub(super) struct Note {
    /// The datasets.
    pub(super) about: String,
    /// How they fit, where that is why it is said.
    pub(super) verdict: Option<Verdict>,
    /// What is said.
    pub(super) text: String,
}

/// What has to be known besides the lines: what stands in for another answer, and what does not fit. What is true of
/// several datasets is said once.
pub(super) fn notes(shown: Shown<'_>) -> Vec<Note> {
    let mut notes: IndexMap<(Option<Verdict>, String), Vec<&str>> = IndexMap::new();
    let kinds = || shown.selection.kinds.iter();
    let replaced = kinds().filter_map(|selected| Some((selected.name, None, replacement(selected)?)));
    let troubles = kinds()
        .flat_map(|selected| selected.troubles().map(|check| (selected.name, Some(check.verdict), trouble(check))));
    let several = kinds().filter(|selected| selected.needs_several_nodes);
    let several = several.map(|selected| (selected.name, None, String::from("needs more than one node")));
    for (name, verdict, text) in replaced.chain(troubles).chain(several) {
        notes.entry((verdict, text)).or_default().push(name);
    }
    let note = |((verdict, text), about): ((_, _), Vec<&str>)| Note { about: listed(&about), verdict, text };
    notes.into_iter().map(note).collect()
}

/// What the file promises and nothing of the stack keeps, each field once, with its datasets.
pub(super) fn unrealised(shown: Shown<'_>) -> Option<String> {
    let mut fields: IndexMap<String, Vec<&str>> = IndexMap::new();
    for selected in &shown.selection.kinds {
        for stated in realised::open(selected, shown.selection, shown.catalog) {
            // Where in a collection it stands is for the explanation.
            let field = match stated.field.strip_prefix("collections.") {
                Some(below) => below.rsplit('.').next().unwrap_or(below).to_owned(),
                None => stated.field,
            };
            let names = fields.entry(field).or_default();
            if !names.contains(&selected.name) {
                names.push(selected.name);
            }
        }
    }
    let fields: Vec<String> = fields.iter().map(|(field, names)| format!("{field} ({})", listed(names))).collect();
    (!fields.is_empty()).then(|| format!("stated, and not realised by the stack: {}", fields.join(", ")))
}

fn trouble(check: &Check<'_>) -> String {
    format!("on {}: {}", check.database.name, first_sentence(&check.trouble()))
}

/// What the answer took the place of and why, unless the reason says so already.
fn replacement(selected: &Selected<'_>) -> Option<String> {
    let (walked, why) = selected.instead_of.as_ref()?;
    let is_said = why.is_empty() || selected.pinned || selected.reason.contains(why.as_str());
    let databases = names(&selected.databases);
    (!is_said).then(|| format!("{databases} instead of {}: {}", names(walked), first_sentence(why)))
}

/// What the file leaves open and the answers rest on: the nearest of each dataset, and alike ones once.
pub(super) fn assumptions(shown: Shown<'_>) -> Vec<(String, String)> {
    let mut lines: IndexMap<String, Vec<&str>> = IndexMap::new();
    for selected in shown.selection.kinds.iter().filter(|selected| !selected.assumptions.is_empty()) {
        lines.entry(assumed(&selected.assumptions, ASSUMPTIONS)).or_default().push(selected.name);
    }
    lines.into_iter().map(|(text, about)| (listed(&about), text)).collect()
}

/// Some assumptions in a line, the nearest first.
pub(super) fn assumed(assumptions: &[Assumption], most: usize) -> String {
    let nearest = nearest_assumptions(assumptions);
    let text = nearest.iter().take(most).map(|one| one.show()).collect::<Vec<_>>().join(", ");
    match nearest.len().checked_sub(most).filter(|more| *more > 0) {
        Some(more) => format!("{text} and {more} more"),
        None => text,
    }
}

/// What runs, in a line for each place where it does: `8 services: postgresql 18, redis-cache 8.2, …`.
pub(super) fn services(shown: Shown<'_>) -> Vec<String> {
    let services = &shown.selection.services;
    let that =
        |runs: Runs| -> Vec<String> { services.iter().filter(|service| service.runs == runs).map(versioned).collect() };
    let (here, elsewhere, inside) = (that(Runs::Here), that(Runs::Elsewhere), that(Runs::Embedded));
    let noun = if here.len() == 1 { "service" } else { "services" };
    let mut lines = Vec::new();
    if !here.is_empty() {
        lines.push(format!("{} {noun}: {}", here.len(), here.join(", ")));
    }
    if !elsewhere.is_empty() {
        lines.push(format!("run by somebody else, with an endpoint to connect to: {}", elsewhere.join(", ")));
    }
    if !inside.is_empty() {
        lines.push(format!("inside the application: {}", inside.join(", ")));
    }
    lines
}

fn versioned(service: &Service<'_>) -> String {
    format!("{} {}", service.instance, service.version.major)
}

/// That the answers are those of the lock, where they are.
pub(super) fn locked(shown: Shown<'_>) -> Option<&'static str> {
    match shown.selection.lock {
        LockState::Unlocked => None,
        LockState::Current => Some("as locked; `polyglot select --diff` compares it with what would be decided now"),
        LockState::Stale => Some("as locked, and the lock is stale: the file has changed since it was written"),
    }
}

/// Names in a list that stays short.
pub(super) fn listed(names: &[&str]) -> String {
    match names.len().checked_sub(NAMED).filter(|more| *more > 1) {
        Some(more) => format!("{} and {more} more", names.get(..NAMED).unwrap_or_default().join(", ")),
        None => names.join(", "),
    }
}

/// The start of an explanation that `--explain` gives in full.
pub(super) fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first)
}
