//! The portfolio as programs read it.

use catalog::Database;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shown;
use crate::decide::Selected;
use crate::decide::portfolio::{self, Account, Placement};
use crate::plan::Capacity;
use crate::report::capacity;
use crate::report::document::Assumed;

/// A portfolio, as programs read it. Costs are points, in hundredths.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "polyglot portfolio")]
pub struct Document {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The system's name.
    pub name: String,
    /// Whether it is proven that nothing is cheaper.
    pub exact: bool,
    /// How much cheaper something could be at the most, where nothing is proven.
    pub gap: Option<f64>,
    /// Whether all prices, points of the frontier and loads were found in time.
    pub complete: bool,
    /// What the best for each kind of data alone runs and costs.
    pub alone: Side,
    /// What the cheapest for all together runs and costs.
    pub together: Side,
    /// What those together need of the host.
    pub capacity: capacity::Document,
    /// What becomes of each kind of data, in the order of the file.
    pub data: Vec<Placed>,
    /// What each database costs and is worth.
    pub prices: Vec<Price>,
    /// The best for one database, for two, and so on.
    pub frontier: Vec<Point>,
    /// The weights that polyglot.toml overrides.
    pub overridden: Vec<Weight>,
}

/// What an assignment runs and costs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Side {
    /// The databases, in the order in which they are first needed.
    pub databases: Vec<String>,
    /// How many services run.
    pub services: usize,
    /// The memory that they need of the host, in GB.
    pub memory_gb: f64,
    /// How many kinds of data are kept in step with a source that lives elsewhere.
    pub copies: usize,
    /// Every term of the cost.
    pub terms: Vec<Term>,
    /// The sum of the terms.
    pub cost: f64,
}

/// A part of the cost.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Term {
    /// What it is paid for.
    #[schemars(extend("enum" = ["operating", "cluster", "misfit", "strain"]))]
    pub charge: String,
    /// The kind of data, where it is one's.
    pub data: Option<String>,
    /// The names of the databases.
    pub databases: String,
    /// What it costs.
    pub points: f64,
    /// How that is reckoned.
    pub how: String,
}

/// What becomes of a kind of data.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Placed {
    /// Its name in the file.
    pub data: String,
    /// Its databases if it were alone.
    pub alone: Vec<String>,
    /// Its databases together with the others.
    pub together: Vec<String>,
    /// Whether they differ.
    pub moved: bool,
    /// Why it may be held there, where it moves.
    pub because: Option<String>,
    /// How well those together fit.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds", "unproven"]))]
    pub verdict: String,
    /// What the file does not say, and being held there rests on.
    pub assumptions: Vec<Assumed>,
    /// What is lost by holding it there.
    pub losses: Vec<Loss>,
    /// How much of the nearest bound it uses alone: 0.25 is a quarter.
    pub used_alone: Option<f64>,
    /// And together.
    pub used_together: Option<f64>,
    /// The loads up to which it stays there.
    pub until: Vec<Until>,
}

/// Something that is served worse.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Loss {
    /// The need or the quantity.
    pub what: String,
    /// How it is served together.
    pub together: String,
    /// How it is served alone.
    pub alone: String,
    /// Why it is worse.
    pub why: String,
}

/// A load up to which a kind of data stays where it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Until {
    /// What grows.
    pub quantity: String,
    /// What there is now, as the file writes it.
    pub now: String,
    /// The last value at which the answer stands.
    pub last: String,
    /// Where the data is held best past it.
    pub then: Vec<String>,
    /// The days that it takes to get there at the growth that the file states.
    pub days: Option<u64>,
}

/// What a database costs and is worth.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Price {
    /// The database.
    pub database: String,
    /// What it costs to run.
    pub costs: f64,
    /// What the best without it would cost more; absent where there is none.
    pub saves: Option<f64>,
    /// What it does for each kind of data that it holds.
    pub buys: Vec<Buy>,
}

/// What a database does for a kind of data.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Buy {
    /// The kind of data.
    pub data: String,
    /// Whether nothing else may or can hold it.
    pub only: bool,
    /// Where it would be held instead.
    pub instead: Vec<String>,
    /// What that would cost it, worst first.
    pub spares: Vec<String>,
}

/// The best for at most so many databases.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Point {
    /// The most databases.
    pub at_most: usize,
    /// What it costs; absent where so many cannot hold all of the data.
    pub cost: Option<f64>,
    /// The databases.
    pub databases: Vec<String>,
}

/// A weight.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Weight {
    /// Its name.
    pub name: String,
    /// What it is.
    pub weight: f64,
}

fn ids(databases: &[&Database]) -> Vec<String> {
    databases.iter().map(|database| database.id.to_string()).collect()
}

impl Document {
    /// The document of a portfolio.
    pub fn of(shown: Shown<'_>) -> Self {
        let portfolio = shown.portfolio;
        let placed = portfolio.kinds.iter().map(|placement| Placed::of(placement, shown.selected(placement.data)));
        Self {
            schema: 1,
            name: shown.name.to_owned(),
            exact: portfolio.gap.is_none(),
            gap: portfolio.gap.map(portfolio::Points::as_f64),
            complete: !portfolio.unfinished,
            alone: Side::of(&portfolio.alone, shown.alone),
            together: Side::of(&portfolio.together, shown.together),
            capacity: capacity::Document::of(shown.together),
            data: placed.collect(),
            prices: portfolio.prices.iter().map(Price::of).collect(),
            frontier: portfolio.frontier.iter().map(Point::of).collect(),
            overridden: shown
                .overridden
                .iter()
                .map(|(name, weight)| Weight { name: name.clone(), weight: *weight })
                .collect(),
        }
    }
}

impl Side {
    fn of(account: &Account<'_>, capacity: &Capacity) -> Self {
        let terms = account.terms.iter().map(|term| Term {
            charge: term.charge.name().to_owned(),
            data: term.data.map(String::from),
            databases: term.databases.clone(),
            points: term.points.as_f64(),
            how: term.how.clone(),
        });
        Self {
            databases: ids(&account.databases),
            services: account.services,
            memory_gb: capacity.memory.needed.gigabytes(),
            copies: account.copies,
            terms: terms.collect(),
            cost: account.cost.as_f64(),
        }
    }
}

impl Placed {
    fn of(placement: &Placement<'_>, selected: Option<&Selected<'_>>) -> Self {
        let assumptions = selected.into_iter().flat_map(|selected| &selected.assumptions);
        let losses = placement.losses.iter().map(|loss| Loss {
            what: loss.what.to_owned(),
            together: loss.now.clone(),
            alone: loss.before.clone(),
            why: loss.why.clone(),
        });
        let [used_alone, used_together] = placement.used;
        Self {
            data: placement.data.to_owned(),
            alone: ids(&placement.alone),
            together: ids(&placement.together),
            moved: placement.moved(),
            because: placement.because.map(str::to_owned),
            verdict: selected.map(|selected| selected.verdict.to_string()).unwrap_or_default(),
            assumptions: assumptions.copied().map(Assumed::of).collect(),
            losses: losses.collect(),
            used_alone,
            used_together,
            until: placement.until.iter().map(Until::of).collect(),
        }
    }
}

impl Until {
    fn of(until: &portfolio::Until<'_>) -> Self {
        const DAY: u64 = 86_400_000_000;
        Self {
            quantity: until.quantity.name().to_owned(),
            now: until.quantity.print(until.now),
            last: until.quantity.print(until.last),
            then: ids(&until.then),
            days: until.within.map(|within| within.0 / DAY),
        }
    }
}

impl Price {
    fn of(price: &portfolio::Price<'_>) -> Self {
        let buys = price.buys.iter().map(|buy| Buy {
            data: buy.data.to_owned(),
            only: buy.only,
            instead: ids(&buy.instead),
            spares: buy.spares.clone(),
        });
        Self {
            database: price.database.id.to_string(),
            costs: price.costs.as_f64(),
            saves: price.saves.map(portfolio::Points::as_f64),
            buys: buys.collect(),
        }
    }
}

impl Point {
    fn of(point: &portfolio::Point<'_>) -> Self {
        Self {
            at_most: point.most,
            cost: point.best.as_ref().map(|best| best.cost.as_f64()),
            databases: point.best.as_ref().map(|best| ids(&best.databases)).unwrap_or_default(),
        }
    }
}

/// The JSON Schema of the document.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Document).to_value()
}
