//! What there is to say of a portfolio, in words that the table and the Markdown share.

use std::cmp::Ordering;

use catalog::units::{Span, percentage};
use indexmap::IndexMap;

use super::Shown;
use crate::decide::Selected;
use crate::decide::portfolio::{Account, Placement, Point, Points, Portfolio, Price, Until};
use crate::report::names;

/// The share of a bound from which its use is worth a word.
const NOTABLE: f64 = 0.25;

/// What holding a kind of data elsewhere than where it is best alone loses.
pub(super) fn loss(placement: &Placement<'_>) -> String {
    let losses = placement.losses.iter().map(|loss| format!("{}: {} ({} before)", loss.what, loss.now, loss.before));
    let headroom = match placement.used {
        [before, Some(now)] if placement.moved() && now > NOTABLE && before.is_none_or(|before| now > before) => {
            Some(format!("{} of a bound used", percentage(now)))
        }
        _ => None,
    };
    losses.chain(headroom).collect::<Vec<_>>().join("; ")
}

/// Why data is held elsewhere than where it is best alone, and what that rests on: `moves from Elasticsearch to PostgreSQL:
/// so few words can be searched …; assumes records ≤ 5M (not stated)`.
pub(super) fn merged(placement: &Placement<'_>, selected: Option<&Selected<'_>>) -> Option<String> {
    let because = placement.because?;
    let (from, to) = (names(&placement.alone), names(&placement.together));
    let assumed = selected.into_iter().flat_map(|selected| &selected.assumptions).take(ASSUMPTIONS);
    let assumed: Vec<_> = assumed.map(|assumption| assumption.show()).collect();
    let assumed = match assumed.as_slice() {
        [] => String::new(),
        some => format!("; assumes {} (not stated)", some.join(" and ")),
    };
    Some(format!("moves from {from} to {to}: {because}{assumed}"))
}

/// How many assumptions of a kind of data are shown; programs read all.
const ASSUMPTIONS: usize = 2;

/// How far an answer carries: `stays in PostgreSQL up to 5M vectors (120k now; 20 years at its growth), then Qdrant`.
pub(super) fn carries(placement: &Placement<'_>, until: &Until<'_>) -> String {
    let Until { quantity, now, last, then, within } = until;
    let within = within.map_or_else(String::new, |within| format!(", {} away as it grows", age(within)));
    let (here, then) = (names(&placement.together), names(then));
    format!(
        "stays in {here} up to {quantity} {}, now {}{within}; then {then}",
        quantity.show(*last),
        quantity.show(*now)
    )
}

/// A span as people count what lies ahead: in years, months or days.
fn age(Span(micros): Span) -> String {
    const DAY: u64 = 86_400_000_000;
    let days = micros / DAY;
    let (count, unit) = match days {
        0..60 => (days, "day"),
        60..730 => (days / 30, "month"),
        _ => (days / 365, "year"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// What both portfolios run and cost, row by row: what, alone, together, and the difference.
pub(super) fn compared(shown: Shown<'_>) -> [[String; 4]; 5] {
    let Portfolio { alone, together, .. } = shown.portfolio;
    let [before, now] = [shown.alone, shown.together].map(|capacity| capacity.memory.needed.gigabytes());
    let memory = |gigabytes: f64| format!("{gigabytes:.2} GB");
    let count = |what: &str, of: fn(&Account<'_>) -> usize| {
        let (before, now) = (of(alone), of(together));
        [
            what.to_owned(),
            before.to_string(),
            now.to_string(),
            signed(before.cmp(&now), &before.abs_diff(now).to_string()),
        ]
    };
    [
        count("databases", |account| account.databases.len()),
        count("services", |account| account.services),
        count("copies kept in step", |account| account.copies),
        [
            String::from("memory needed on the host"),
            memory(before),
            memory(now),
            signed(before.total_cmp(&now), &memory((before - now).abs())),
        ],
        [
            String::from("cost in points"),
            alone.cost.to_string(),
            together.cost.to_string(),
            signed(alone.cost.cmp(&together.cost), &saved(alone.cost, together.cost).to_string()),
        ],
    ]
}

fn saved(before: Points, now: Points) -> Points {
    before.over(now).and(now.over(before))
}

fn signed(order: Ordering, difference: &str) -> String {
    match order {
        Ordering::Less => format!("+{difference}"),
        Ordering::Equal => String::from("same"),
        Ordering::Greater => format!("-{difference}"),
    }
}

/// What a database is worth.
pub(super) fn worth(price: &Price<'_>) -> String {
    price.saves.map_or_else(|| String::from("needed"), |saves| saves.to_string())
}

/// What a database is there for: what it spares the kinds of data that it holds, then those that would do as well
/// elsewhere.
pub(super) fn buys(price: &Price<'_>) -> String {
    let spared = price.buys.iter().filter_map(|buy| {
        let worst = buy.spares.first()?;
        Some(format!("spares {} {worst} in {}", buy.data, names(&buy.instead)))
    });
    let mut others: IndexMap<String, Vec<&str>> = IndexMap::new();
    for buy in price.buys.iter().filter(|buy| buy.spares.is_empty()) {
        let instead = match buy.instead.as_slice() {
            _ if buy.only => String::from(", which nothing else may or can hold"),
            [] => String::new(),
            instead => format!(" (else in {})", names(instead)),
        };
        others.entry(instead).or_default().push(buy.data);
    }
    let held = others.iter().map(|(instead, data)| format!("holds {}{instead}", data.join(", ")));
    spared.chain(held).collect::<Vec<_>>().join("; ")
}

/// A point of the frontier: how many databases, what they cost, what the last one gains, and which they are.
pub(super) fn point(point: &Point<'_>, before: Option<&Point<'_>>) -> [String; 4] {
    let Some(best) = &point.best else {
        let none = String::from("cannot hold all of the data");
        return [point.most.to_string(), String::from("none"), String::new(), none];
    };
    let gain = before.and_then(|before| before.best.as_ref()).map(|before| before.cost.over(best.cost).to_string());
    [point.most.to_string(), best.cost.to_string(), gain.unwrap_or_default(), list(best)]
}

fn list(best: &crate::decide::portfolio::Best<'_>) -> String {
    best.databases.iter().map(|database| database.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What the reader has to know of how sure all of it is.
pub(super) fn caveats(portfolio: &Portfolio<'_>) -> Vec<String> {
    let gap = portfolio.gap.map(|gap| {
        format!("this is the best that was found in time; no portfolio is cheaper by more than {gap} points")
    });
    let unfinished = portfolio
        .unfinished
        .then(|| String::from("some prices, points of the frontier and loads were not found in time and are left out"));
    gap.into_iter().chain(unfinished).collect()
}

/// What the weights are, and which of them are the organisation's.
pub(super) fn weights(overridden: &[(String, f64)]) -> String {
    let named: Vec<_> = overridden.iter().map(|(name, weight)| format!("{name} = {weight}")).collect();
    let ours = "the weights are assumptions, which `[portfolio]` in polyglot.toml overrides";
    match named.as_slice() {
        [] => ours.to_owned(),
        named => format!("{ours}; it sets {}", named.join(", ")),
    }
}
