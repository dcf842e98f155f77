//! The frontier: the best that can be had for one database, for two, for three.

use catalog::Database;

use super::account::Account;
use super::points::Points;
use super::search::Search;

/// The best for at most so many databases.
#[derive(Debug, Clone)]
pub struct Point<'a> {
    /// The most databases.
    pub most: usize,
    /// The best that they can do; nothing where they cannot hold all of the data.
    pub best: Option<Best<'a>>,
}

/// The best that so many databases can do.
#[derive(Debug, Clone)]
pub struct Best<'a> {
    /// The databases.
    pub databases: Vec<&'a Database>,
    /// What it costs.
    pub cost: Points,
}

/// The best for each number of databases up to that of the best of all.
pub(super) fn frontier<'a>(search: &mut Search<'_, 'a, '_>, together: &Account<'a>) -> Vec<Point<'a>> {
    let all = together.databases.len();
    let mut points = Vec::new();
    for most in 1..all {
        let Ok(best) = search.best_if(|problem| problem.most = Some(most)) else { return points };
        let best = best
            .map(|best| Best { databases: search.account(&best.choices).databases, cost: Points::of_units(best.cost) });
        points.push(Point { most, best });
    }
    let best = Best { databases: together.databases.clone(), cost: together.cost };
    points.push(Point { most: all, best: Some(best) });
    points
}
