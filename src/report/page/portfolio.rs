//! The portfolio: the cheapest databases for all kinds of data together, beside the best for each alone, and what fewer
//! databases would cost.

use serde::Serialize;

use super::frontier::{Frontier, Plot, Set};
use crate::decide::portfolio::{Account, Charge, Placement, Point, Points, Portfolio, Price};
use crate::report::names;

/// All kinds of data together.
#[derive(Serialize)]
pub(super) struct Together<'a> {
    /// Whether anything is held elsewhere than it would be alone.
    moves: bool,
    compared: Vec<[String; 3]>,
    kinds: Vec<Kind<'a>>,
    databases: Vec<Database<'a>>,
    /// The fewest databases that can hold all of the data.
    least: usize,
    sets: Vec<Row>,
    plot: Option<Plot>,
}

/// Where a kind of data is held.
#[derive(Serialize)]
struct Kind<'a> {
    data: &'a str,
    alone: String,
    together: String,
    moved: bool,
    /// What it does worse there.
    losses: Vec<String>,
}

/// A database that is kept.
#[derive(Serialize)]
struct Database<'a> {
    name: &'a str,
    costs: String,
    /// What the best set without it would cost more; nothing where there is none.
    saves: String,
    holds: String,
}

/// The best that so many databases can do.
#[derive(Serialize)]
struct Row {
    most: usize,
    cost: String,
    databases: String,
}

impl<'a> Together<'a> {
    pub(super) fn of(portfolio: &'a Portfolio<'_>) -> Self {
        Self {
            moves: portfolio.kinds.iter().any(Placement::moved),
            compared: compared(&portfolio.alone, &portfolio.together),
            kinds: portfolio.kinds.iter().map(Kind::of).collect(),
            databases: portfolio.prices.iter().map(Database::of).collect(),
            least: portfolio.frontier.iter().find(|point| point.best.is_some()).map_or(1, |point| point.most),
            sets: portfolio.frontier.iter().filter_map(Row::of).collect(),
            plot: Plot::of(&frontier(portfolio)),
        }
    }
}

/// What both run and cost, row by row: what, alone, together.
fn compared(alone: &Account<'_>, together: &Account<'_>) -> Vec<[String; 3]> {
    let row = |what: &str, of: &dyn Fn(&Account<'_>) -> String| [what.to_owned(), of(alone), of(together)];
    let mut rows = vec![
        row("databases", &|account| account.databases.len().to_string()),
        row("services", &|account| account.services.to_string()),
        row("copies kept in step", &|account| account.copies.to_string()),
    ];
    let mut charges: Vec<Charge> = alone.terms.iter().chain(&together.terms).map(|term| term.charge).collect();
    charges.sort_unstable();
    charges.dedup();
    rows.extend(charges.into_iter().map(|charge| {
        let sum = |account: &Account<'_>| {
            let terms = account.terms.iter().filter(|term| term.charge == charge);
            terms.map(|term| term.points).sum::<Points>().to_string()
        };
        row(&format!("points for {}", charge.name()), &sum)
    }));
    rows.push(row("points in all", &|account| account.cost.to_string()));
    rows
}

/// The sets of the frontier, and what every kind of data alone would make.
fn frontier(portfolio: &Portfolio<'_>) -> Frontier {
    let sets = portfolio.frontier.iter().filter_map(|point| {
        let best = point.best.as_ref()?;
        Some(Set { databases: point.most, cost: best.cost.as_f64() })
    });
    let points: Vec<Set> = sets.collect();
    let alone = Set { databases: portfolio.alone.databases.len(), cost: portfolio.alone.cost.as_f64() };
    let moves = portfolio.kinds.iter().any(Placement::moved);
    Frontier { chosen: points.len().checked_sub(1), points, alone: moves.then_some(alone) }
}

impl<'a> Kind<'a> {
    fn of(placement: &'a Placement<'_>) -> Self {
        let losses = placement.losses.iter();
        Self {
            data: placement.data,
            alone: names(&placement.alone),
            together: names(&placement.together),
            moved: placement.moved(),
            losses: losses.map(|loss| format!("{}: {} ({} before)", loss.what, loss.now, loss.before)).collect(),
        }
    }
}

impl<'a> Database<'a> {
    fn of(price: &'a Price<'_>) -> Self {
        let holds: Vec<&str> = price.buys.iter().map(|buy| buy.data).collect();
        Self {
            name: &price.database.name,
            costs: price.costs.to_string(),
            saves: price.saves.map_or_else(|| String::from("needed"), |saves| saves.to_string()),
            holds: holds.join(", "),
        }
    }
}

impl Row {
    fn of(point: &Point<'_>) -> Option<Self> {
        let best = point.best.as_ref()?;
        let databases: Vec<&str> = best.databases.iter().map(|database| database.name.as_str()).collect();
        Some(Self { most: point.most, cost: best.cost.to_string(), databases: databases.join(", ") })
    }
}
