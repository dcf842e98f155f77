//! Databases that could hold a kind of data together.

use std::ops::Deref;

use catalog::Answer;
use catalog::vocabulary::Quantity;
use smallvec::SmallVec;

use super::facts::Engine;

/// One or more databases that could hold a kind of data together.
#[derive(Clone)]
pub struct Candidate<'a, 'f> {
    /// The databases, the one that holds the data first.
    pub engines: Together<&'f Engine<'a>>,
    /// The tree's answer that it comes from, which says who carries what.
    pub answer: Option<&'f Answer>,
}

/// One thing, as nearly always, or several, without taking memory for the one.
#[derive(Clone)]
pub enum Together<T> {
    /// One.
    One([T; 1]),
    /// Any other number.
    Several(Vec<T>),
}

impl<T> Deref for Together<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(one) => one,
            Self::Several(several) => several,
        }
    }
}

impl<T> FromIterator<T> for Together<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        match (items.next(), items.next()) {
            (Some(one), None) => Self::One([one]),
            (first, second) => Self::Several(first.into_iter().chain(second).chain(items).collect()),
        }
    }
}

impl<'a, 'f> Candidate<'a, 'f> {
    /// One database alone.
    pub fn single(engine: &'f Engine<'a>) -> Self {
        Self { engines: Together::One([engine]), answer: None }
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

    /// The ids of its databases.
    pub fn ids(&self) -> SmallVec<[&'a str; 2]> {
        self.engines.iter().map(|engine| engine.database.id.as_str()).collect()
    }
}
