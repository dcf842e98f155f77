//! The choice: the walk's answer where it fits, else the best that does.

use super::facts::{Engine, Facts};
use super::fit::{Candidate, Check, Verdict, needs};
use super::load::Load;
use super::question::Answer;
use super::tree::{Tree, Walk};
use crate::catalog::{Category, Hosting, Level};
use crate::requirements::Profile;

/// The tree, the facts and what is placed already: all that a choice depends on besides the data.
#[derive(Clone, Copy)]
pub(super) struct Chooser<'a, 'f> {
    /// The decision tree.
    pub tree: &'f Tree,
    /// The catalog as this run sees it.
    pub facts: &'f Facts<'a>,
    /// What the instances serve already.
    pub load: &'f Load,
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

impl<'a, 'f> Chooser<'a, 'f> {
    /// Chooses for a kind of data.
    pub(super) fn choose(&self, profile: &Profile) -> Option<Choice<'a, 'f>> {
        let walk = self.tree.walk(profile)?;
        let walked = self.candidate(walk.answer)?;
        let verdict = self.verdict(&walked, profile);
        let replacement = match verdict {
            Verdict::Exceeds => self.best_instead(&walked, profile).map(|found| (found, Reason::DoesNotFit)),
            _ => self.preferred_instead(&walked, verdict, profile).map(|found| (found, Reason::Preferred)),
        };
        Some(Choice { walk, walked, replacement })
    }

    /// How well a candidate fits, beside what is placed already.
    pub(super) fn verdict(&self, candidate: &Candidate<'a, 'f>, profile: &Profile) -> Verdict {
        self.facts.verdict(candidate, profile, self.load)
    }

    /// The checks of a candidate, beside what is placed already.
    pub(super) fn checks(&self, candidate: &Candidate<'a, 'f>, profile: &Profile) -> Vec<Check<'a>> {
        self.facts.checks(candidate, profile, self.load)
    }

    /// The databases of an answer.
    pub(super) fn candidate(&self, answer: &'f Answer) -> Option<Candidate<'a, 'f>> {
        let engines: Option<Vec<_>> = answer.databases.iter().map(|id| self.facts.engine_of(id)).collect();
        Some(Candidate { engines: engines?, answer: Some(answer) })
    }

    /// The best that fits: first what is named as an alternative, then whatever else there is; of each the first that
    /// fits, else the first that is only strained.
    fn best_instead(&self, walked: &Candidate<'a, 'f>, profile: &Profile) -> Option<Candidate<'a, 'f>> {
        self.best_of(self.substitutes(walked).into_iter(), profile)
            .or_else(|| self.best_of(self.everything_else(walked, profile).into_iter(), profile))
    }

    fn best_of(
        &self,
        candidates: impl Iterator<Item = Candidate<'a, 'f>>,
        profile: &Profile,
    ) -> Option<Candidate<'a, 'f>> {
        let mut strained = None;
        for candidate in candidates {
            match self.verdict(&candidate, profile) {
                Verdict::Fits => return Some(candidate),
                Verdict::Strained => {
                    strained.get_or_insert(candidate);
                }
                Verdict::Exceeds => {}
            }
        }
        strained
    }

    /// The candidate with one of its databases replaced by its successor, by one that is preferred, or by one of its
    /// alternatives, in that order.
    fn substitutes(&self, walked: &Candidate<'a, 'f>) -> Vec<Candidate<'a, 'f>> {
        let mut substitutes = Vec::new();
        for (position, engine) in walked.engines.iter().enumerate() {
            let successor = engine.database.upstream.successor.as_deref();
            let preferred = self.preferred(engine.database.category).map(|engine| engine.database.id.as_str());
            let alternatives = engine.database.alternatives.iter().map(|alternative| alternative.id.as_str());
            for id in successor.into_iter().chain(preferred).chain(alternatives) {
                if let Some(engine) = self.facts.engine_of(id).filter(|_| !walked.has(id)) {
                    substitutes.push(replaced(walked, position, engine));
                }
            }
        }
        substitutes
    }

    fn preferred(&self, category: Category) -> impl Iterator<Item = &'f Engine<'a>> {
        let preferred = self.facts.policy.preferred().filter_map(|id| self.facts.engine_of(id));
        preferred.filter(move |engine| engine.database.is(category))
    }

    /// Every database of the catalog, the ones that are made for most of the needs first; what only a vendor or an
    /// application can run comes last.
    fn everything_else(&self, walked: &Candidate<'a, 'f>, profile: &Profile) -> Vec<Candidate<'a, 'f>> {
        let category = walked.engines.first().map(|engine| engine.database.category);
        let native = |engine: &Engine<'_>| {
            let levels = needs(profile).filter_map(|need| engine.service(need));
            levels.filter(|service| service.level == Level::Native).count()
        };
        let mut engines: Vec<_> = self.facts.engines().collect();
        engines.sort_by_cached_key(|engine| {
            let elsewhere = engine.database.hosting != Hosting::Container;
            let stranger = category.is_none_or(|category| !engine.database.is(category));
            (elsewhere, std::cmp::Reverse(native(engine)), stranger)
        });
        let answers = self.tree.answers().values().filter(|answer| answer.databases.len() > 1);
        let together = answers.filter_map(|answer| self.candidate(answer));
        engines.into_iter().map(Candidate::single).chain(together).collect()
    }

    /// A preferred database of the same category that fits no worse.
    fn preferred_instead(
        &self,
        walked: &Candidate<'a, 'f>,
        verdict: Verdict,
        profile: &Profile,
    ) -> Option<Candidate<'a, 'f>> {
        let mut preferred = self.facts.policy.preferred();
        preferred.next()?;
        for (position, engine) in walked.engines.iter().enumerate() {
            let first = self.preferred(engine.database.category).next().filter(|first| !walked.has(&first.database.id));
            if let Some(first) = first {
                let candidate = replaced(walked, position, first);
                if self.verdict(&candidate, profile) <= verdict {
                    return Some(candidate);
                }
            }
        }
        None
    }
}

fn replaced<'a, 'f>(walked: &Candidate<'a, 'f>, position: usize, by: &'f Engine<'a>) -> Candidate<'a, 'f> {
    let mut engines = walked.engines.clone();
    if let Some(engine) = engines.get_mut(position) {
        *engine = by;
    }
    Candidate { engines, answer: walked.answer.filter(|answer| answer.databases.len() > 1) }
}
