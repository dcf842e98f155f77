//! Walking: what the tree proposes for a group.

use catalog::Category;
use catalog::vocabulary::{Durability, Flag, Need, Quantity};

use super::candidate::Candidate;
use super::check::{Verdict, What};
use super::context::DecisionContext;
use super::engine::Engine;
use super::group::Group;
use super::tree::Walk;
use crate::requirements::{Change, Profile};

/// What the tree proposes.
pub(super) struct Proposal<'a, 'f> {
    /// The way through the tree.
    pub(super) walk: Walk<'a>,
    /// What it arrived at, to the letter.
    pub(super) walked: Candidate<'a, 'f>,
    /// What may stand in its place without a question: a successor for what has ended, one of two that does alone.
    pub(super) candidate: Candidate<'a, 'f>,
}

impl<'a> DecisionContext<'a> {
    /// What the tree proposes; nothing where it names what the catalog lacks.
    pub(super) fn propose(&self, group: &Group<'_>) -> Option<Proposal<'a, '_>> {
        let walk = match self.is_joined(group) {
            true => self.tree().walk(&relations(&group.whole))?,
            false => self.tree().walk(&group.whole)?,
        };
        let walked = self.candidate(walk.answer)?;
        let candidate = self.usable(&walked, group);
        Some(Proposal { walk, walked, candidate })
    }

    /// Whether a group has members that the tree would part.
    pub(super) fn is_joined(&self, group: &Group<'_>) -> bool {
        let core = self.tree().core().first();
        let answer = |profile: &Profile| {
            let answer = self.tree().arrive(profile).and_then(|index| self.tree().answers().get_index(index));
            let databases = answer.into_iter().flat_map(|(_, answer)| &answer.databases);
            databases.map(|id| if id == catalog::Answer::CORE { core.unwrap_or(id) } else { id }).collect::<Vec<_>>()
        };
        match group.members.split_first() {
            Some((first, rest)) if !rest.is_empty() => {
                let first = answer(&first.profile);
                rest.iter().any(|member| answer(&member.profile) != first)
            }
            _ => false,
        }
    }

    /// The answer as it can be run.
    fn usable<'f>(&'f self, walked: &Candidate<'a, 'f>, group: &Group<'_>) -> Candidate<'a, 'f> {
        if walked.engines.len() > 1 {
            return self.one_of_several(walked, group).map_or_else(|| walked.clone(), Candidate::single);
        }
        let successor =
            walked.engines.first().filter(|engine| !engine.is_usable()).and_then(|engine| self.successor(engine));
        successor.map_or_else(|| walked.clone(), Candidate::single)
    }

    /// What takes the place of an engine that may not be run: the managed service of its protocol where the stack runs, else
    /// its successor, else one of its family, which takes the same queries.
    fn successor(&self, engine: &Engine<'a>) -> Option<&Engine<'a>> {
        let database = engine.database;
        let managed = |other: &&Engine<'a>| {
            !other.is_run_here()
                && other.database.protocol == database.protocol
                && other.database.category == database.category
                && other.is_had_on(self.platform)
        };
        let usable = |other: &&Engine<'a>| other.is_usable();
        let successor = || database.upstream.successor.as_deref().and_then(|id| self.engine_of(id)).filter(usable);
        let kin = |other: &&Engine<'a>| {
            other.is_run_here() && other.database.is_kin(database) && other.database.category == database.category
        };
        let managed = self.engines().filter(managed).find(usable);
        managed.or_else(successor).or_else(|| self.engines().filter(kin).find(usable))
    }

    /// The one of several databases that does without the others: a state that fits in memory needs no log, unless it is a
    /// stream of events; and where neither serves a need, two do not either.
    fn one_of_several<'f>(&'f self, walked: &Candidate<'a, 'f>, group: &Group<'_>) -> Option<&'f Engine<'a>> {
        let state = walked.engines.iter().copied().find(|engine| engine.is(Category::InMemory))?;
        if !walked.refused(group.needs.without(Need::DurabilityCache.into())).is_empty() {
            return Some(state);
        }
        // A cache drops what does not fit, and needs no log.
        if group.whole.role() == Some(Durability::Cache) {
            return Some(state);
        }
        let mut is_too_large = false;
        self.each_check(&Candidate::single(state), group, false, |check| {
            let is_size = matches!(check.what, What::Bound(bound, _) if bound.of == Quantity::DataSize);
            is_too_large |= is_size && check.verdict == Verdict::Exceeds;
        });
        (!is_too_large && !group.flags.has(Need::EventStream)).then_some(state)
    }
}

/// What joins members that the tree would part: relations, inside the application where one of them lives there.
fn relations(whole: &Profile) -> Profile {
    let set = |profile: Profile, flag| profile.with(Change::Flag(flag, true));
    let mut joined = Profile::default();
    if whole.flag(Flag::Embedded) {
        joined = set(joined, Flag::Embedded);
    }
    if whole.flag(Flag::NeedsTransactions) && whole.flag(Flag::ComplexRelations) {
        joined = set(set(joined, Flag::NeedsTransactions), Flag::ComplexRelations);
    }
    joined
}
