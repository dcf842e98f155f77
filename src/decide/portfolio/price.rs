//! The price of each database that is kept: what it costs, and what the best without it would cost.

#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use catalog::Database;

use super::account::{Account, Charge};
use super::network::bit;
use super::points::Points;
use super::search::Search;

/// What a database of a portfolio costs and what it is worth.
#[derive(Debug, Clone)]
pub struct Price<'a> {
    /// The database.
    pub database: &'a Database,
    /// What it costs to run.
    pub costs: Points,
    /// What the best portfolio without it would cost more; nothing where there is none.
    pub saves: Option<Points>,
    /// The kinds of data that it holds, with what each would have to put up with without it.
    pub buys: Vec<Buy<'a>>,
}

/// What a database does for a kind of data.
#[derive(Debug, Clone)]
pub struct Buy<'a> {
    /// The kind of data.
    pub data: &'a str,
    /// Whether nothing else may or can hold it.
    pub only: bool,
    /// Where it would be held instead.
    pub instead: Vec<&'a Database>,
    /// What that would cost it, worst first.
    pub spares: Vec<String>,
}

/// The price of each database of the best portfolio.
pub(super) fn prices<'a>(search: &mut Search<'_, 'a, '_>, together: &Account<'a>) -> Vec<Price<'a>> {
    let mut prices = Vec::new();
    for database in &together.databases {
        let place = search.network.databases.iter().position(|engine| engine.database.id == database.id);
        let Ok(without) = search.best_if(|problem| problem.without |= place.map_or(0, bit)) else { return prices };
        let without = without.map(|best| search.account(&best.choices));
        prices.push(price(search, database, together, without.as_ref()));
    }
    prices
}

fn price<'a>(
    search: &Search<'_, 'a, '_>,
    database: &'a Database,
    together: &Account<'a>,
    without: Option<&Account<'a>>,
) -> Price<'a> {
    let own = |charge| matches!(charge, Charge::Operating | Charge::Cluster);
    let costs = together.terms.iter().filter(|term| own(term.charge) && term.databases == database.name.as_str());
    let held = search.items.iter().enumerate().filter(|(index, _)| {
        together.stores.get(*index).is_some_and(|stores| stores.iter().any(|store| store.id == database.id))
    });
    let buys = held.flat_map(|(index, item)| {
        let instead = without.and_then(|account| account.stores.get(index)).cloned().unwrap_or_default();
        let only = item.offers.iter().all(|offer| offer.candidate.has(&database.id));
        let members = item.groups.iter().filter_map(|group| group.members.first());
        members.map(move |member| {
            let mut terms: Vec<_> = without
                .iter()
                .flat_map(|account| &account.terms)
                .filter(|term| term.data == Some(member.name))
                .filter(|term| !together.terms.iter().any(|other| other.data == term.data && other.how == term.how))
                .collect();
            terms.sort_by_key(|term| std::cmp::Reverse(term.points));
            let spares = terms.into_iter().map(|term| term.how.clone()).collect();
            Buy { data: member.name, only, instead: instead.clone(), spares }
        })
    });
    Price {
        database,
        costs: costs.map(|term| term.points).sum(),
        saves: without.map(|account| account.cost.over(together.cost)),
        buys: buys.collect(),
    }
}
