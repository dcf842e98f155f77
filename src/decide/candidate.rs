//! Databases that could hold data together.

use catalog::vocabulary::{Facts, Manner, Need, Quantity};
use catalog::{Answer, Category, Database};
use smallvec::{SmallVec, smallvec};

use super::engine::Engine;

/// One or more databases that could hold data together.
#[derive(Clone)]
pub struct Candidate<'a, 'f> {
    /// The databases, the one that holds the data first.
    pub engines: SmallVec<[&'f Engine<'a>; 1]>,
    /// The tree's answer that it comes from, which says who carries what.
    pub answer: Option<&'f Answer>,
}

impl PartialEq for Candidate<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        let places = |candidate: &Self| -> SmallVec<[usize; 2]> {
            candidate.engines.iter().map(|engine| engine.index).collect()
        };
        places(self) == places(other)
    }
}

impl<'a, 'f> Candidate<'a, 'f> {
    /// One database alone.
    pub fn single(engine: &'f Engine<'a>) -> Self {
        Self { engines: smallvec![engine], answer: None }
    }

    /// The database, where it is one alone.
    pub(super) fn alone(&self) -> Option<&'f Engine<'a>> {
        match self.engines.as_slice() {
            [engine] => Some(engine),
            _ => None,
        }
    }

    /// Whether a database is part of it.
    pub fn has(&self, id: &str) -> bool {
        self.engines.iter().any(|engine| engine.database.id == id)
    }

    /// Whether a quantity falls on one of its engines, and not on another that carries it alone.
    pub(super) fn is_carried_by(&self, quantity: Quantity, engine: &Engine<'a>) -> bool {
        let carrier = self.answer.filter(|_| self.engines.len() > 1).and_then(|answer| answer.carries.get(&quantity));
        carrier.is_none_or(|id| *id == engine.database.id || !self.has(id))
    }

    /// What the bounds of one of its engines depend on, for data with some facts: beside a database of another kind, a log
    /// takes the data in as events.
    pub(super) fn facts(&self, engine: &Engine<'a>, of_data: Facts) -> Facts {
        let facts = engine.facts(of_data);
        if self.engines.len() > 1 && engine.is(Category::Stream) {
            facts.and(Need::EventStream.into()).and(Manner::Batched.into())
        } else {
            facts
        }
    }

    /// Of its databases the one that serves a need best.
    pub(super) fn serving(&self, need: Need) -> Option<&'f Engine<'a>> {
        match self.engines.as_slice() {
            [engine] => Some(engine),
            engines => engines.iter().copied().min_by_key(|engine| engine.level(need)),
        }
    }

    /// The needs that none of its databases serves.
    pub(super) fn refused(&self, needs: Facts) -> Facts {
        self.engines.iter().fold(needs, |left, engine| left.common(engine.levels.refused))
    }

    /// Its databases.
    pub(super) fn databases(&self) -> Vec<&'a Database> {
        self.engines.iter().map(|engine| engine.database).collect()
    }

    /// The ids of its databases.
    pub fn ids(&self) -> SmallVec<[&'a str; 2]> {
        self.engines.iter().map(|engine| engine.database.id.as_str()).collect()
    }
}
