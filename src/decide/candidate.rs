//! Databases that could hold a kind of data together.

use catalog::vocabulary::Quantity;
use catalog::{Answer, Database};
use smallvec::{SmallVec, smallvec};

use super::context::Engine;

/// One or more databases that could hold a kind of data together.
#[derive(Clone)]
pub struct Candidate<'a, 'f> {
    /// The databases, the one that holds the data first.
    pub engines: SmallVec<[&'f Engine<'a>; 1]>,
    /// The tree's answer that it comes from, which says who carries what.
    pub answer: Option<&'f Answer>,
}

impl<'a, 'f> Candidate<'a, 'f> {
    /// One database alone.
    pub fn single(engine: &'f Engine<'a>) -> Self {
        Self { engines: smallvec![engine], answer: None }
    }

    /// Whether all of it runs in containers of ours, not at a vendor or inside the application.
    pub(super) fn is_run_here(&self) -> bool {
        self.engines.iter().all(|engine| engine.is_run_here())
    }

    /// Whether a database is part of it.
    pub fn has(&self, id: &str) -> bool {
        self.engines.iter().any(|engine| engine.database.id == id)
    }

    /// Whether a quantity falls on one of its engines, and not on another that carries it alone.
    pub(super) fn is_carried_by(&self, quantity: Quantity, engine: &Engine<'a>) -> bool {
        let carrier = self.answer.and_then(|answer| answer.carries.get(&quantity));
        carrier.is_none_or(|id| *id == engine.database.id || !self.has(id))
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
