//! The choice: the walk's answer where it fits, else the best that does.

use std::cmp::Reverse;

use catalog::{Answer, Category};

use super::candidate::Candidate;
use super::check::{Check, Verdict};
use super::context::{DecisionContext, Engine};
use super::fit::{Asked, Strain};
use super::load::Load;
use super::tree::Walk;
use crate::requirements::Profile;

/// The context and what is placed already: all that a choice depends on besides the data.
#[derive(Clone, Copy)]
pub(super) struct Chooser<'a, 'f, 'l> {
    /// The catalog as this run sees it, and the tree.
    pub context: &'f DecisionContext<'a>,
    /// What the instances serve already.
    pub load: &'l Load,
    /// What each of the tree's answers names, in the order of the answers.
    pub answers: &'l [Candidate<'a, 'f>],
}

/// What each of a tree's answers names.
pub(super) fn candidates<'a, 'f>(context: &'f DecisionContext<'a>) -> Option<Vec<Candidate<'a, 'f>>> {
    let candidate = |answer: &'f Answer| {
        let engines: Option<_> = answer.databases.iter().map(|id| context.engine_of(id)).collect();
        Some(Candidate { engines: engines?, answer: Some(answer) })
    };
    context.tree.answers().values().map(candidate).collect()
}

impl<'a> DecisionContext<'a> {
    /// The ids of the databases that would hold a kind of data if it were the only one.
    pub fn answer_alone(&self, profile: &Profile) -> Option<Vec<&'a str>> {
        let answers = candidates(self)?;
        let chooser = Chooser { context: self, load: &Load::default(), answers: &answers };
        chooser.place(profile).map(|candidate| candidate.ids().into_vec())
    }
}

/// What was chosen, and what it took the place of.
pub(super) struct Choice<'a, 'f> {
    /// The way through the tree.
    pub walk: Walk<'f>,
    /// What the walk arrived at.
    pub walked: Candidate<'a, 'f>,
    /// What takes its place, where something does.
    pub replacement: Option<(Candidate<'a, 'f>, Reason)>,
}

/// Why something takes the place of the walk's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The walk's answer does not fit.
    DoesNotFit,
    /// The organisation prefers another of its category.
    Preferred,
}

impl<'a, 'f> Choice<'a, 'f> {
    /// What was chosen.
    pub(super) fn chosen(&self) -> &Candidate<'a, 'f> {
        self.replacement.as_ref().map_or(&self.walked, |(candidate, _)| candidate)
    }
}

impl<'a, 'f> Chooser<'a, 'f, '_> {
    /// Chooses for a kind of data.
    pub(super) fn choose(&self, profile: &Profile) -> Option<Choice<'a, 'f>> {
        let walk = self.context.tree.walk(profile)?;
        let walked = self.answers.get(walk.index)?.clone();
        let replacement = self.replacement(&walked, profile);
        Some(Choice { walk, walked, replacement })
    }

    /// What would be chosen, and nothing more: for trials.
    pub(super) fn place(&self, profile: &Profile) -> Option<Candidate<'a, 'f>> {
        let walked = self.answers.get(self.context.tree.arrive(profile)?)?;
        Some(self.replacement(walked, profile).map_or_else(|| walked.clone(), |(candidate, _)| candidate))
    }

    /// What takes the place of the walk's answer, if something does.
    fn replacement(&self, walked: &Candidate<'a, 'f>, profile: &Profile) -> Option<(Candidate<'a, 'f>, Reason)> {
        match self.verdict(walked, profile) {
            Verdict::Exceeds => self.best_instead(walked, profile).map(|found| (found, Reason::DoesNotFit)),
            verdict => self.preferred_instead(walked, verdict, profile).map(|found| (found, Reason::Preferred)),
        }
    }

    /// How well a candidate fits, beside what is placed already.
    pub(super) fn verdict(&self, candidate: &Candidate<'a, 'f>, profile: &Profile) -> Verdict {
        self.context.verdict(candidate, profile, self.load)
    }

    /// The checks of a candidate, beside what is placed already.
    pub(super) fn checks(&self, candidate: &Candidate<'a, 'f>, profile: &Profile) -> Vec<Check<'a>> {
        self.context.checks(candidate, profile, self.load)
    }

    /// The best that fits: first what is named as an alternative, then whatever else there is, and what we can run
    /// before what only a vendor or the application can; of each the first of those that are strained the least.
    fn best_instead(&self, walked: &Candidate<'a, 'f>, profile: &Profile) -> Option<Candidate<'a, 'f>> {
        let named = |run_here: bool| self.substitutes(walked).filter(move |other| other.is_run_here() == run_here);
        self.best_of(self.preferred_substitutes(walked), profile)
            .or_else(|| self.best_of(named(true), profile))
            .or_else(|| self.best_of_all(walked, profile, true))
            .or_else(|| self.best_of(named(false), profile))
            .or_else(|| self.best_of_all(walked, profile, false))
    }

    fn best_of(
        &self,
        candidates: impl Iterator<Item = Candidate<'a, 'f>>,
        profile: &Profile,
    ) -> Option<Candidate<'a, 'f>> {
        let asked = Asked::new(profile, self.load);
        let mut best: Option<(Strain, Candidate<'a, 'f>)> = None;
        for candidate in candidates {
            let of_use = best.as_ref().map_or(Strain::Standing, |(least, _)| *least);
            let Some(strain) = self.context.strain(&candidate, asked, of_use) else { continue };
            if strain == Strain::Little {
                return Some(candidate);
            }
            if best.as_ref().is_none_or(|(least, _)| strain < *least) {
                best = Some((strain, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    /// The candidate with one of its databases replaced by its successor or by one of its alternatives.
    fn substitutes(&self, walked: &Candidate<'a, 'f>) -> impl Iterator<Item = Candidate<'a, 'f>> {
        walked.engines.iter().enumerate().flat_map(move |(position, engine)| {
            let others = engine.substitutes.iter().filter_map(|index| self.context.engine(*index));
            others.filter(|other| !walked.has(&other.database.id)).map(move |other| replaced(walked, position, other))
        })
    }

    /// The candidate with one of its databases replaced by one of the same category that the policy prefers.
    fn preferred_substitutes(&self, walked: &Candidate<'a, 'f>) -> impl Iterator<Item = Candidate<'a, 'f>> {
        walked.engines.iter().enumerate().flat_map(move |(position, engine)| {
            let others = self.preferred(engine.database.category);
            others.filter(|other| !walked.has(&other.database.id)).map(move |other| replaced(walked, position, other))
        })
    }

    fn preferred(&self, category: Category) -> impl Iterator<Item = &'f Engine<'a>> {
        let preferred = self.context.policy.preferred().filter_map(|id| self.context.engine_of(id));
        preferred.filter(move |engine| engine.database.is(category))
    }

    /// Of every database of the catalog, and of the answers that name several, the one that is strained the least; of
    /// these the one that is made for most of the needs, then one of the same category.
    fn best_of_all(&self, walked: &Candidate<'a, 'f>, profile: &Profile, run_here: bool) -> Option<Candidate<'a, 'f>> {
        let category = walked.engines.first().map(|engine| engine.database.category);
        let asked = Asked::new(profile, self.load);
        let rank = |candidate: &Candidate<'a, 'f>| {
            let engine = candidate.engines.first()?;
            let native = (asked.needs & engine.levels.native).count();
            let stranger = category.is_none_or(|category| !engine.database.is(category));
            Some((candidate.engines.len(), Reverse(native), stranger))
        };
        let alone =
            self.context.engines().filter(|engine| engine.is_run_here() == run_here && engine.is_eligible(asked.needs));
        let together =
            self.answers.iter().filter(|answer| answer.engines.len() > 1 && answer.is_run_here() == run_here);
        let together = together.filter(|answer| answer.is_eligible(asked.needs));
        let mut best = None;
        for candidate in alone.map(Candidate::single).chain(together.cloned()) {
            let of_use = best.as_ref().map_or(Strain::Standing, |((strain, _), _)| *strain);
            let Some(strain) = self.context.strain(&candidate, asked, of_use) else { continue };
            let order = (strain, rank(&candidate));
            if best.as_ref().is_none_or(|(least, _)| order < *least) {
                best = Some((order, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    /// What the policy prefers, where it fits no worse; nothing where the walk's answer is itself the first choice.
    fn preferred_instead(
        &self,
        walked: &Candidate<'a, 'f>,
        verdict: Verdict,
        profile: &Profile,
    ) -> Option<Candidate<'a, 'f>> {
        self.context.policy.preferred().next()?;
        walked.engines.iter().enumerate().find_map(|(position, engine)| {
            let better = self.preferred(engine.database.category).take_while(|first| !walked.has(&first.database.id));
            let mut candidates = better.map(|first| replaced(walked, position, first));
            candidates.find(|candidate| self.verdict(candidate, profile) <= verdict)
        })
    }
}

fn replaced<'a, 'f>(walked: &Candidate<'a, 'f>, position: usize, by: &'f Engine<'a>) -> Candidate<'a, 'f> {
    let engines = walked.engines.iter().enumerate().map(|(place, engine)| if place == position { by } else { engine });
    Candidate { engines: engines.collect(), answer: walked.answer.filter(|answer| answer.databases.len() > 1) }
}
