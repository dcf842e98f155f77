//! The fit: every need and every figure of a kind of data against what a database serves and where it ends.

use std::ops::ControlFlow;

use super::candidate::Candidate;
use super::check::{Check, Figure, Verdict, What, passes};
use super::facts::{Bounded, Engine, Facts, Reckoned, Served, Standing, Threshold};
use super::load::{Counted, Load};
use crate::catalog::{Level, Limit, Service};
use crate::requirements::Profile;
use crate::vocabulary::{Amount, Consistency, Durability, Flag, Need, Quantity, Scale};

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

impl<'a> Facts<'a> {
    /// How well a candidate fits, with every check.
    pub fn checks(&self, candidate: &Candidate<'a, '_>, profile: &Profile, load: &Load) -> Vec<Check<'a>> {
        let mut checks = Vec::new();
        let _ = self.each_check(candidate, profile, load, &mut |check| {
            checks.push(check);
            ControlFlow::Continue(())
        });
        checks
    }

    /// How well a candidate fits, in one word.
    pub fn verdict(&self, candidate: &Candidate<'a, '_>, profile: &Profile, load: &Load) -> Verdict {
        let mut verdict = Verdict::Fits;
        let _ = self.each_check(candidate, profile, load, &mut |check| {
            verdict = verdict.max(check.verdict);
            if verdict == Verdict::Exceeds { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        verdict
    }

    /// How a candidate that does not exceed is strained at the worst; nothing where it exceeds, or is strained more than
    /// is of use.
    pub(super) fn strain(
        &self,
        candidate: &Candidate<'a, '_>,
        profile: &Profile,
        load: &Load,
        of_use: Strain,
    ) -> Option<Strain> {
        let mut strain = Strain::Little;
        let end = self.each_check(candidate, profile, load, &mut |check| {
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
        profile: &Profile,
        load: &Load,
        visit: &mut impl FnMut(Check<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for check in candidate.engines.iter().filter_map(|engine| engine.standing_check()) {
            visit(check)?;
        }
        for need in needs(profile) {
            let served = candidate.engines.iter().filter_map(|engine| Some((engine, engine.serving(need)?)));
            let Some((engine, served)) = served.min_by_key(|(_, served)| served.service.level) else { continue };
            visit(engine.need_check(need, served.service))?;
            for check in served.up_to.iter().filter_map(|up_to| engine.up_to_check(need, served, *up_to, profile, load))
            {
                visit(check)?;
            }
        }
        let alone = candidate.engines.len() == 1;
        for engine in candidate.engines.iter() {
            let carried = |limit: &&Reckoned<'a>| alone || candidate.is_carried_by(limit.limit.what, engine);
            let known = |limit: &&Reckoned<'a>| profile.quantity(limit.limit.what).is_some();
            let limits = engine.limits.iter().filter(known).filter(carried);
            for check in limits.filter_map(|limit| self.limit_check(engine, limit, profile, load)) {
                visit(check)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn limit_check(
        &self,
        engine: &Engine<'a>,
        Reckoned { limit, strained, exceeds }: &Reckoned<'a>,
        profile: &Profile,
        load: &Load,
    ) -> Option<Check<'a>> {
        let own = profile.quantity(limit.what)?;
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
        let figure = Figure { own, total, strained: amount(strained), exceeds: amount(exceeds), assumed };
        Some(Check { database: engine.database, what: What::Limit(limit, figure), verdict })
    }
}

/// What a kind of data asks of a database.
pub(super) fn needs(profile: &Profile) -> impl Iterator<Item = Need> + '_ {
    let classes = [
        profile.durability.and_then(Durability::need),
        profile.consistency.and_then(Consistency::need),
        profile.scale.and_then(Scale::need),
    ];
    profile.flags().map(Flag::need).chain(classes.into_iter().flatten())
}

impl Candidate<'_, '_> {
    /// Whether it could be chosen whatever the figures are: nothing speaks against it, and it serves every need.
    pub(super) fn is_eligible(&self, profile: &Profile) -> bool {
        let mut standing = self.engines.iter().filter_map(|engine| engine.standing_check());
        let refused = standing.any(|check| check.verdict == Verdict::Exceeds);
        let serves = |need| {
            let mut services = self.engines.iter().filter_map(|engine| engine.service(need));
            services.any(|service| service.level != Level::No)
        };
        !refused && needs(profile).all(serves)
    }
}

impl<'a> Engine<'a> {
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

    fn up_to_check(
        &self,
        need: Need,
        served: &Served<'a>,
        (quantity, bound): (Quantity, Amount),
        profile: &Profile,
        load: &Load,
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
        let (what, verdict) = match self.standing {
            Standing::Good => return None,
            Standing::Refused(refusal) => (What::Policy(refusal), Verdict::Exceeds),
            Standing::NoProduction => (What::Licence, Verdict::Exceeds),
            Standing::PerhapsNoProduction => (What::Licence, Verdict::Strained),
            Standing::Archived => (What::Upstream, Verdict::Exceeds),
            Standing::Dormant => (What::Upstream, Verdict::Strained),
        };
        Some(Check { database: self.database, what, verdict })
    }
}
