//! Headroom: every figure of the data beside the limit that it is nearest to, the fullest first.

use catalog::units::percentage;
use indexmap::IndexMap;
use indexmap::map::Entry;
use serde::Serialize;

use super::words::word;
use crate::decide::{Check, Ground, Selected, Selection};

/// A figure and its limit.
#[derive(Serialize)]
struct Limit<'a> {
    /// The kinds of data that come to it together.
    data: Vec<&'a str>,
    database: &'a str,
    what: String,
    /// What the data brings.
    own: String,
    /// What it makes with all that the instance serves already, where that is more.
    total: String,
    bounds: Vec<String>,
    why: String,
    verdict: &'static str,
    used: String,
    /// The length of its bar, in hundredths; a bar past its limit is full.
    length: f64,
    /// Whether the limit rests on a host that the file leaves open.
    assumed: bool,
}

/// The limits, those of which next to nothing is used apart.
#[derive(Serialize)]
pub(super) struct Headroom<'a> {
    near: Vec<Limit<'a>>,
    far: Vec<Limit<'a>>,
}

/// Below this a bar shows nothing.
const FAR: f64 = 0.01;

impl<'a> Headroom<'a> {
    pub(super) fn of(selection: &'a Selection<'a>) -> Self {
        let kinds = selection.kinds.iter();
        let checks = kinds.flat_map(|selected| selected.checks.iter().map(move |check| (selected, check)));
        let mut checks: Vec<_> = checks.filter_map(|(kind, check)| Some((check.used()?, kind, check))).collect();
        checks.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
        let (near, far): (Vec<_>, Vec<_>) = checks.into_iter().partition(|(used, ..)| *used >= FAR);
        Self { near: limits(near), far: limits(far) }
    }
}

/// The limits, each once: what several kinds of data share, they come to together.
fn limits<'a>(checks: Vec<(f64, &'a Selected<'a>, &'a Check<'a>)>) -> Vec<Limit<'a>> {
    let mut limits: IndexMap<_, Limit<'a>> = IndexMap::new();
    for (used, selected, check) in checks {
        let Some(limit) = Limit::of(selected, check, used) else { continue };
        let alone = if limit.total.is_empty() { selected.name } else { "" };
        let shared = (limit.database, limit.what.clone(), limit.bounds.clone(), limit.total.clone(), alone);
        match limits.entry(shared) {
            Entry::Vacant(entry) => {
                entry.insert(limit);
            }
            Entry::Occupied(mut entry) => entry.get_mut().share(selected.name),
        }
    }
    limits.into_values().collect()
}

impl<'a> Limit<'a> {
    fn of(selected: &'a Selected<'a>, check: &Check<'a>, used: f64) -> Option<Self> {
        let (quantity, figure) = check.figure()?;
        Some(Self {
            data: vec![selected.name],
            database: &check.database.name,
            what: quantity.name().replace('_', " "),
            own: quantity.show(figure.value),
            total: if figure.is_sum { quantity.show(figure.value) } else { String::new() },
            bounds: check.limit().split(", ").map(str::to_owned).collect(),
            why: check.why(),
            verdict: word(check.verdict),
            used: percentage(used),
            length: (used.clamp(0.0, 1.0) * 1_000.0).round() / 10.0,
            assumed: figure.ground == Ground::AssumedMemory,
        })
    }

    /// Takes in a further kind of data: what counts now is what they make together.
    fn share(&mut self, data: &'a str) {
        self.data.push(data);
        if !self.total.is_empty() {
            self.own = std::mem::take(&mut self.total);
        }
    }
}
