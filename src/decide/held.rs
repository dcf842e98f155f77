//! What was decided before and is to stay: an answer that is taken instead of a new one.

use std::collections::HashMap;

use super::candidate::Candidate;
use super::choose::Chooser;
use super::facts::Facts;

/// A database of an earlier answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDatabase {
    /// Its id.
    pub id: String,
    /// The version, as the catalog calls it.
    pub version: String,
    /// The image with its tag; absent where it runs in no container of ours.
    pub image: Option<String>,
}

/// The earlier answers, by kind of data.
#[derive(Debug, Clone, Default)]
pub struct Held<'a>(HashMap<&'a str, &'a [HeldDatabase]>);

impl<'a> FromIterator<(&'a str, &'a [HeldDatabase])> for Held<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a [HeldDatabase])>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}

impl<'a> Held<'a> {
    /// The earlier answer for a kind of data.
    pub(super) fn databases(&self, name: &str) -> &'a [HeldDatabase] {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// The image that an earlier answer ran a database in.
    pub(super) fn image(&self, name: &str, id: &str) -> Option<&'a str> {
        self.databases(name).iter().find(|held| held.id == id)?.image.as_deref()
    }

    /// The earlier answer as a candidate, if the catalog still knows all of it.
    pub(super) fn candidate<'f>(&self, name: &str, chooser: Chooser<'a, 'f, '_>) -> Option<Candidate<'a, 'f>> {
        let held = self.databases(name);
        let same = |candidate: &&Candidate<'a, 'f>| {
            candidate.ids().iter().copied().eq(held.iter().map(|database| database.id.as_str()))
        };
        if held.is_empty() {
            return None;
        }
        if let Some(answer) = chooser.answers.iter().find(same) {
            return Some(answer.clone());
        }
        let engines = held.iter().map(|database| chooser.facts.engine_of(&database.id));
        Some(Candidate { engines: engines.collect::<Option<_>>()?, answer: None })
    }
}

impl Facts<'_> {
    /// Lets the databases of earlier answers run in the versions that they had.
    ///
    /// # Errors
    /// The first database or version that the catalog does not know.
    pub fn hold<'h>(&mut self, held: impl IntoIterator<Item = &'h HeldDatabase>) -> Result<(), &'h HeldDatabase> {
        for database in held {
            self.set_version(&database.id, &database.version).ok_or(database)?;
        }
        Ok(())
    }
}
