//! The fit: every need and every figure of a kind of data against what a database serves and where it ends.

use std::ops::ControlFlow;

use catalog::vocabulary::{Amount, Need, Quantity};
use catalog::{Hosting, Level, Limit, Service};

use super::candidate::Candidate;
use super::check::{Check, Figure, Verdict, What, passes};
use super::context::{Bounded, DecisionContext, Eligibility, Engine, Reckoned, Served, Threshold};
use super::load::{Counted, Load};
use super::needs::Needs;
use crate::requirements::Profile;

/// What is strained, least first: among several that could take a place, one that is near a figure comes before one
/// that is not made for a need, and both before one that nobody looks after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strain {
    /// Nothing, or a figure by no more than its double.
    Little,
    /// A need.
    Need,
    /// A figure by more than its double.
    Much,
    /// The database itself.
    Standing,
}

impl Strain {
    fn of(check: &Check<'_>) -> Self {
        match check.what {
            What::UpTo(..) | What::Limit(..) if check.is_far_past() => Self::Much,
            What::UpTo(..) | What::Limit(..) => Self::Little,
            What::Need(..) => Self::Need,
            What::Policy(_) | What::Licence | What::Upstream => Self::Standing,
        }
    }
}

/// What is asked of a candidate.
#[derive(Clone, Copy)]
pub(super) struct Asked<'p> {
    profile: &'p Profile,
    pub(super) needs: Needs,
    /// What the instances serve already.
    load: &'p Load,
}

impl<'p> Asked<'p> {
    pub(super) fn new(profile: &'p Profile, load: &'p Load) -> Self {
        Self { profile, needs: Needs::of(profile), load }
    }
}

impl<'a> DecisionContext<'a> {
    /// How well a candidate fits, with every check.
    pub fn checks(&self, candidate: &Candidate<'a, '_>, profile: &Profile, load: &Load) -> Vec<Check<'a>> {
        let mut checks = Vec::new();
        let _ = self.each_check(candidate, Asked::new(profile, load), &mut |check| {
            checks.push(check);
            ControlFlow::Continue(())
        });
        checks
    }

    /// How well a candidate fits, in one word.
    pub fn verdict(&self, candidate: &Candidate<'a, '_>, profile: &Profile, load: &Load) -> Verdict {
        let asked = Asked::new(profile, load);
        let QuickFit { mut verdict, .. } = candidate.quick_fit(asked.needs);
        if verdict == Verdict::Exceeds {
            return verdict;
        }
        let _ = self.each_figure(candidate, asked, &mut |check| {
            verdict = verdict.max(check.verdict);
            if verdict == Verdict::Exceeds { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        verdict
    }

    /// How a candidate that does not exceed is strained at the worst; nothing where it exceeds, or is strained more than
    /// is of use.
    pub(super) fn strain(&self, candidate: &Candidate<'a, '_>, asked: Asked<'_>, of_use: Strain) -> Option<Strain> {
        let QuickFit { verdict, mut strain } = candidate.quick_fit(asked.needs);
        if verdict == Verdict::Exceeds || strain > of_use {
            return None;
        }
        let end = self.each_figure(candidate, asked, &mut |check| {
            if check.verdict == Verdict::Strained {
                strain = strain.max(Strain::of(&check));
            }
            let useless = check.verdict == Verdict::Exceeds || strain > of_use;
            if useless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        end.is_continue().then_some(strain)
    }

    /// Visits every check until the visitor has seen enough.
    fn each_check(
        &self,
        candidate: &Candidate<'a, '_>,
        asked: Asked<'_>,
        visit: &mut impl FnMut(Check<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for check in candidate.engines.iter().filter_map(|engine| engine.standing_check()) {
            visit(check)?;
        }
        for need in asked.needs.iter() {
            let Some((engine, served)) = candidate.serving(need) else { continue };
            visit(engine.need_check(need, served.service))?;
            engine.each_figure_of_need(need, served, asked, visit)?;
        }
        self.each_limit(candidate, asked, Verdict::Fits, visit)
    }

    /// Visits the checks that compare figures, those of limits where they do not fit, until the visitor has seen enough.
    fn each_figure(
        &self,
        candidate: &Candidate<'a, '_>,
        asked: Asked<'_>,
        visit: &mut impl FnMut(Check<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let bounded =
            asked.needs & candidate.engines.iter().fold(Needs::default(), |all, engine| all | engine.levels.bounded);
        for need in bounded.iter() {
            let Some((engine, served)) = candidate.serving(need) else { continue };
            engine.each_figure_of_need(need, served, asked, visit)?;
        }
        self.each_limit(candidate, asked, Verdict::Strained, visit)
    }

    /// Visits the checks of the limits that come out at least so badly.
    fn each_limit(
        &self,
        candidate: &Candidate<'a, '_>,
        asked: Asked<'_>,
        least: Verdict,
        visit: &mut impl FnMut(Check<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let alone = candidate.engines.len() == 1;
        for engine in &candidate.engines {
            for limit in &engine.limits {
                let Some(own) = asked.profile.quantity(limit.limit.what) else { continue };
                if !alone && !candidate.is_carried_by(limit.limit.what, engine) {
                    continue;
                }
                let Some((figure, verdict)) = self.held_against(engine, limit, own, asked) else { continue };
                if verdict >= least {
                    visit(Check { database: engine.database, what: What::Limit(limit.limit, figure), verdict })?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// A figure of the data and the bounds of a limit, where it has any.
    fn held_against(
        &self,
        engine: &Engine<'a>,
        Reckoned { limit, strained, exceeds }: &Reckoned<'a>,
        own: Amount,
        Asked { profile, load, .. }: Asked<'_>,
    ) -> Option<(Figure, Verdict)> {
        if !engine.is_bound_by(limit, profile) {
            return None;
        }
        let asks = |threshold: &Option<Threshold<'_>>| matches!(threshold, Some(Threshold::OfData(_)));
        let dimension = if asks(strained) || asks(exceeds) { load.dimension(engine, profile) } else { None };
        let bound =
            |threshold: &Option<_>| threshold.as_ref().and_then(|t| self.bound(limit.what, t, profile, dimension));
        let (strained, exceeds): (Option<Bounded>, Option<Bounded>) = (bound(strained), bound(exceeds));
        strained.or(exceeds)?;
        let total = load.total(engine, profile, Counted::by(limit), own);
        let past = |bounded: Option<Bounded>| bounded.filter(|bounded| passes(limit.what, total, bounded.amount));
        let verdict = match (past(exceeds), past(strained)) {
            (Some(Bounded { assumed: false, .. }), _) => Verdict::Exceeds,
            (Some(_), _) | (_, Some(_)) => Verdict::Strained,
            (None, None) => Verdict::Fits,
        };
        let assumed = strained.iter().chain(&exceeds).any(|bounded| bounded.assumed);
        let amount = |bounded: Option<Bounded>| bounded.map(|bounded| bounded.amount);
        Some((Figure { own, total, strained: amount(strained), exceeds: amount(exceeds), assumed }, verdict))
    }
}

/// What can be told of a candidate before any figure is looked at.
#[derive(Debug, Clone, Copy)]
struct QuickFit {
    verdict: Verdict,
    strain: Strain,
}

impl<'a, 'f> Candidate<'a, 'f> {
    /// Whether it could be chosen whatever the figures are: nothing speaks against it, and it serves every need.
    pub(super) fn is_eligible(&self, asked: Needs) -> bool {
        self.quick_fit(asked).verdict != Verdict::Exceeds
    }

    /// How the databases stand, and whether one of them serves each need.
    fn quick_fit(&self, asked: Needs) -> QuickFit {
        let standing = self.engines.iter().map(|engine| engine.eligibility.verdict()).max();
        let in_none = |of: fn(&Engine<'_>) -> Needs| self.engines.iter().fold(asked, |all, engine| all & of(engine));
        let (refused, weak) = (in_none(|engine| engine.levels.refused), in_none(|engine| engine.levels.weak));
        match standing {
            _ if !refused.is_empty() => QuickFit { verdict: Verdict::Exceeds, strain: Strain::Standing },
            Some(verdict @ (Verdict::Exceeds | Verdict::Strained)) => QuickFit { verdict, strain: Strain::Standing },
            _ if !weak.is_empty() => QuickFit { verdict: Verdict::Strained, strain: Strain::Need },
            _ => QuickFit { verdict: Verdict::Fits, strain: Strain::Little },
        }
    }

    /// Of its databases the one that serves a need best.
    fn serving(&self, need: Need) -> Option<(&'f Engine<'a>, &'f Served<'a>)> {
        let served = self.engines.iter().filter_map(|engine| Some((*engine, engine.serving(need)?)));
        served.min_by_key(|(_, served)| served.service.level)
    }
}

impl<'a> Engine<'a> {
    /// Whether it could be chosen alone, whatever the figures are.
    pub(super) fn is_eligible(&self, asked: Needs) -> bool {
        self.eligibility.verdict() != Verdict::Exceeds && (asked & self.levels.refused).is_empty()
    }

    /// Whether it runs in a container of ours, not at a vendor or inside the application.
    pub(super) fn is_run_here(&self) -> bool {
        self.database.hosting == Hosting::Container
    }

    fn serving(&self, need: Need) -> Option<&Served<'a>> {
        self.served.get(need as usize)
    }

    pub(super) fn service(&self, need: Need) -> Option<&'a Service> {
        self.serving(need).map(|served| served.service)
    }

    fn need_check(&self, need: Need, service: &'a Service) -> Check<'a> {
        let verdict = match service.level {
            Level::Native | Level::Adequate => Verdict::Fits,
            Level::Strained => Verdict::Strained,
            Level::No => Verdict::Exceeds,
        };
        Check { database: self.database, what: What::Need(need, service), verdict }
    }

    /// Visits the checks of the figures up to which a need is served well.
    fn each_figure_of_need(
        &self,
        need: Need,
        served: &Served<'a>,
        asked: Asked<'_>,
        visit: &mut impl FnMut(Check<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut checks = served.up_to.iter().filter_map(|up_to| self.up_to_check(need, served, *up_to, asked));
        checks.try_for_each(visit)
    }

    fn up_to_check(
        &self,
        need: Need,
        served: &Served<'a>,
        (quantity, bound): (Quantity, Amount),
        Asked { profile, load, .. }: Asked<'_>,
    ) -> Option<Check<'a>> {
        let own = profile.quantity(quantity)?;
        let total = load.total(self, profile, Counted::served(need, quantity), own);
        let figure = Figure { own, total, strained: Some(bound), exceeds: None, assumed: false };
        let verdict = if passes(quantity, total, bound) { Verdict::Strained } else { Verdict::Fits };
        Some(Check { database: self.database, what: What::UpTo(need, served.service, quantity, figure), verdict })
    }

    /// Whether a limit applies: its flag is set, and more nodes do not lift it.
    pub(super) fn is_bound_by(&self, limit: &Limit, profile: &Profile) -> bool {
        let spread =
            limit.single_node && profile.scale.is_some_and(|scale| scale.spreads() && self.spreads_over(scale.need()));
        limit.when.is_none_or(|flag| profile.flag(flag)) && !spread
    }

    fn spreads_over(&self, need: Option<Need>) -> bool {
        need.and_then(|need| self.service(need)).is_some_and(|service| service.level <= Level::Adequate)
    }

    pub(super) fn standing_check(&self) -> Option<Check<'a>> {
        let what = match self.eligibility {
            Eligibility::Good => return None,
            Eligibility::Refused(refusal) => What::Policy(refusal),
            Eligibility::NoProduction | Eligibility::PerhapsNoProduction => What::Licence,
            Eligibility::Archived | Eligibility::Dormant => What::Upstream,
        };
        Some(Check { database: self.database, what, verdict: self.eligibility.verdict() })
    }
}

impl Eligibility {
    fn verdict(self) -> Verdict {
        match self {
            Self::Good => Verdict::Fits,
            Self::PerhapsNoProduction | Self::Dormant => Verdict::Strained,
            Self::Refused(_) | Self::NoProduction | Self::Archived => Verdict::Exceeds,
        }
    }
}
