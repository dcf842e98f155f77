//! What is decided elsewhere and is to stay: an answer that is taken instead of a new one.

use std::collections::HashMap;

use super::candidate::Candidate;
use super::context::DecisionContext;
use super::group::Group;

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

/// The answers that are given, by kind of data, and by whom.
#[derive(Debug, Clone, Default)]
pub struct Held<'h> {
    answers: HashMap<&'h str, &'h [HeldDatabase]>,
    by: Holder,
}

/// What gives answers of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Holder {
    /// A lock, which keeps what was decided.
    #[default]
    Lock,
    /// A portfolio, which decides for all kinds of data together.
    Portfolio,
}

impl Holder {
    /// Why an answer is not the one that is best for the data alone, in one clause.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Lock => "decided earlier, and kept by the lock",
            Self::Portfolio => "costs least together with the other data",
        }
    }

    /// Why the walk's answer was not taken.
    pub(super) fn objection(self) -> &'static str {
        match self {
            Self::Lock => "the lock keeps what was decided earlier",
            Self::Portfolio => "the portfolio costs less without it",
        }
    }
}

impl<'h> Held<'h> {
    /// The answers of a holder.
    pub fn new(by: Holder, answers: impl IntoIterator<Item = (&'h str, &'h [HeldDatabase])>) -> Self {
        Self { answers: answers.into_iter().collect(), by }
    }

    /// What gives the answers.
    pub(super) fn by(&self) -> Holder {
        self.by
    }

    /// The image that an earlier answer ran a database in.
    pub(super) fn image(&self, name: &str, id: &str) -> Option<String> {
        self.databases(name).iter().find(|held| held.id == id)?.image.clone()
    }

    /// The earlier answer for a kind of data.
    fn databases(&self, name: &str) -> &'h [HeldDatabase] {
        self.answers.get(name).copied().unwrap_or_default()
    }

    /// The earlier answer for a group, if there is one for a member and the catalog still knows all of it. Where the members
    /// were decided apart, before they were joined, there is none.
    pub(super) fn candidate<'a, 'f>(
        &self,
        context: &'f DecisionContext<'a>,
        group: &Group<'_>,
    ) -> Option<Candidate<'a, 'f>> {
        let answers = group.members.iter().map(|member| self.databases(member.name)).filter(|held| !held.is_empty());
        let ids = |held: &[HeldDatabase]| held.iter().map(|database| database.id.clone()).collect::<Vec<_>>();
        let mut answers = answers.map(ids);
        let first = answers.next()?;
        if answers.any(|other| other != first) {
            return None;
        }
        context.candidate_of(&first)
    }
}

impl<'a> DecisionContext<'a> {
    /// Databases by their ids, as the tree's answer that names the same ones, or without one.
    pub(super) fn candidate_of(&self, ids: &[String]) -> Option<Candidate<'a, '_>> {
        let answers = self.tree().answers().values().filter_map(|answer| self.candidate(answer));
        let same = |candidate: &Candidate<'a, '_>| candidate.ids().iter().copied().eq(ids.iter().map(String::as_str));
        if ids.len() > 1
            && let Some(answer) = answers.into_iter().find(same)
        {
            return Some(answer);
        }
        let engines = ids.iter().map(|id| self.engine_of(id));
        Some(Candidate { engines: engines.collect::<Option<_>>()?, answer: None })
    }

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
