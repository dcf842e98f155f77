//! The fit: every need and every figure of a kind of data against what a database serves and where it ends.

use std::fmt;
use std::ops::{ControlFlow, Deref};

use smallvec::SmallVec;

use super::facts::{Bounded, Engine, Facts, Reckoned, Served, Standing};
use super::load::{Counted, Load};
use super::question::Answer;
use crate::catalog::{Database, Evidence, Hosting, Level, Limit, Service, Text};
use crate::config::Refusal;
use crate::requirements::Profile;
use crate::vocabulary::{Amount, Consistency, Durability, Flag, Need, Quantity, Scale};

/// How well something fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It fits.
    Fits,
    /// It works, and an expert would worry.
    Strained,
    /// It does not work, or should not be done.
    Exceeds,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fits => "fits",
            Self::Strained => "strained",
            Self::Exceeds => "exceeds",
        })
    }
}

/// What is strained, least first: among several that could take a place, one that is near a figure comes before one
/// that is not made for a need, and both before one that nobody looks after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strain {
    /// Nothing, or a figure.
    Figure,
    /// A need.
    Need,
    /// The database itself.
    Standing,
}

impl Strain {
    fn of(check: &Check<'_>) -> Self {
        match check.what {
            What::UpTo(..) | What::Limit(..) => Self::Figure,
            What::Need(..) => Self::Need,
            What::Policy(_) | What::Licence | What::Upstream => Self::Standing,
        }
    }
}

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

/// One comparison of a kind of data with a database.
#[derive(Clone, Copy)]
pub struct Check<'a> {
    /// The database.
    pub database: &'a Database,
    /// What was compared.
    pub what: What<'a>,
    /// How it came out.
    pub verdict: Verdict,
}

/// What was compared.
#[derive(Clone, Copy)]
pub enum What<'a> {
    /// The organisation's policy.
    Policy(Refusal),
    /// The licence, where it forbids production.
    Licence,
    /// The state upstream.
    Upstream,
    /// A need with how well the database serves it.
    Need(Need, &'a Service),
    /// A quantity with the figure up to which a need is served well.
    UpTo(Need, &'a Service, Quantity, Figure),
    /// A quantity with a limit.
    Limit(&'a Limit, Figure),
}

/// A quantity and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// What the data brings.
    pub own: Amount,
    /// What it makes with all that the instance serves already.
    pub total: Amount,
    /// Past this it is strained.
    pub strained: Option<Amount>,
    /// Past this it exceeds.
    pub exceeds: Option<Amount>,
    /// Whether a bound rests on a host that the file leaves open.
    pub assumed: bool,
}

impl Figure {
    /// The bound that is nearest above the figure, or the last one below it.
    pub fn bound(&self) -> Option<Amount> {
        self.strained.filter(|strained| self.total <= *strained).or(self.exceeds).or(self.strained)
    }
}

impl<'a> Check<'a> {
    /// What was compared, in one word.
    pub fn name(&self) -> &'static str {
        match self.what {
            What::Policy(_) => "policy",
            What::Licence => "licence",
            What::Upstream => "upstream",
            What::Need(need, _) => need.name(),
            What::UpTo(_, _, quantity, _) => quantity.name(),
            What::Limit(limit, _) => limit.what.name(),
        }
    }

    /// What the data asks for, or what the database is.
    pub fn value(&self) -> String {
        match self.what {
            What::Policy(_) => self.database.id.to_string(),
            What::Licence => self.database.licence.spdx.to_string(),
            What::Upstream => self.database.upstream.state.to_string(),
            What::Need(..) => String::from("true"),
            What::UpTo(_, _, quantity, figure) => quantity.print(figure.total),
            What::Limit(limit, figure) => limit.what.print(figure.total),
        }
    }

    /// What it was held against.
    pub fn limit(&self) -> String {
        let bounds = |quantity: Quantity, figure: Figure| {
            let named = [("strained", figure.strained), ("exceeds", figure.exceeds)];
            let sign = if quantity.is_harder_when_smaller() { "below" } else { "above" };
            let bounds = named.into_iter().filter_map(|(name, amount)| Some((name, amount?)));
            let bounds: Vec<_> =
                bounds.map(|(name, amount)| format!("{name} {sign} {}", quantity.show(amount))).collect();
            bounds.join(", ")
        };
        match self.what {
            What::Policy(Refusal::Database) => String::from("the policy does not allow it"),
            What::Policy(Refusal::Licence) => format!("the policy does not allow {}", self.database.licence.spdx),
            What::Licence => String::from("no production use"),
            What::Upstream => String::from("maintained"),
            What::Need(_, service) => service.level.to_string(),
            What::UpTo(_, _, quantity, figure) => bounds(quantity, figure),
            What::Limit(limit, figure) => bounds(limit.what, figure),
        }
    }

    /// Why it came out so, in a sentence or a clause.
    pub fn why(&self) -> String {
        match self.what {
            What::Policy(_) => self.limit(),
            What::Licence => {
                let note = self.database.licence.note.as_deref();
                note.map_or_else(|| String::from("its licence forbids production use"), String::from)
            }
            What::Upstream => {
                let upstream = &self.database.upstream;
                upstream.note.as_ref().map_or_else(|| format!("it is {} upstream", upstream.state), Text::to_string)
            }
            What::Need(_, service) | What::UpTo(_, service, ..) => service.why.to_string(),
            What::Limit(limit, _) => limit.why.to_string(),
        }
    }

    /// What meets the need, where it is not the database alone.
    pub fn via(&self) -> Option<&'a str> {
        match self.what {
            What::Need(need, service) if need.is_feature() && service.level != Level::Native => service.via.as_deref(),
            _ => None,
        }
    }

    /// Where the fact is from; a policy has no source.
    pub fn evidence(&self) -> Option<&'a Evidence> {
        let source = match self.what {
            What::Policy(_) => return None,
            What::Licence => &self.database.licence.source,
            What::Upstream => &self.database.upstream.source,
            What::Need(_, service) | What::UpTo(_, service, ..) => &service.source,
            What::Limit(limit, _) => &limit.source,
        };
        self.database.sources.get(source)
    }

    /// How much of the nearest bound is used: 0.25 is a quarter, 2 is twice as much as it bears.
    pub fn used(&self) -> Option<f64> {
        let (quantity, figure) = self.figure()?;
        let bound = figure.bound().filter(|bound| *bound != Amount::ENDLESS)?;
        let (Amount(over), Amount(under)) =
            if quantity.is_harder_when_smaller() { (bound, figure.total) } else { (figure.total, bound) };
        #[allow(clippy::cast_precision_loss, reason = "a share, shown to two digits")]
        let used = over as f64 / under as f64;
        (used.is_finite() && over != Amount::ENDLESS.0).then(|| (used * 1e4).round() / 1e4)
    }

    /// A check that came out badly, as a clause.
    pub fn trouble(&self) -> String {
        let Some((quantity, figure)) = self.figure() else {
            return match self.what {
                What::Policy(_) => self.why(),
                _ => format!("{}: {}", self.name(), self.why()),
            };
        };
        let sign = if quantity.is_harder_when_smaller() { "below" } else { "above" };
        let exceeds = figure.exceeds.filter(|bound| passes(quantity, figure.total, *bound));
        let bound = exceeds.or(figure.strained).map_or_else(String::new, |bound| quantity.show(bound));
        let shared = if figure.own == figure.total { "" } else { ", with what the instance serves already," };
        let assumed = if figure.assumed { " (the host is a guess: give `target.memory`)" } else { "" };
        format!("{quantity} {}{shared} is {sign} {bound}{assumed}: {}", quantity.show(figure.total), self.why())
    }

    /// Figures of the check, where it has any.
    pub fn figure(&self) -> Option<(Quantity, Figure)> {
        match self.what {
            What::UpTo(_, _, quantity, figure) => Some((quantity, figure)),
            What::Limit(limit, figure) => Some((limit.what, figure)),
            _ => None,
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

    /// How a candidate that does not exceed is strained at the worst; nothing where it exceeds.
    pub(super) fn strain(&self, candidate: &Candidate<'a, '_>, profile: &Profile, load: &Load) -> Option<Strain> {
        let mut strain = Strain::Figure;
        let end = self.each_check(candidate, profile, load, &mut |check| {
            if check.verdict == Verdict::Strained {
                strain = strain.max(Strain::of(&check));
            }
            if check.verdict == Verdict::Exceeds { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
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
        for engine in candidate.engines.iter() {
            let carried = |limit: &&Reckoned<'a>| candidate.is_carried_by(limit.limit.what, engine);
            for check in engine.limits.iter().filter(carried).filter_map(|l| self.limit_check(engine, l, profile, load))
            {
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
        let bound = |threshold: &Option<_>| threshold.as_ref().and_then(|t| self.bound(limit.what, t, profile));
        let (strained, exceeds): (Option<Bounded>, Option<Bounded>) = (bound(strained), bound(exceeds));
        strained.or(exceeds)?;
        let total = load.total(engine, profile, Counted { quantity: limit.what, flag: limit.when }, own);
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

/// Whether a demand is past a bound: above it, or below it for what is harder the smaller it is.
pub(super) fn passes(quantity: Quantity, value: Amount, bound: Amount) -> bool {
    if quantity.is_harder_when_smaller() { value < bound } else { value > bound }
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
        let total = load.total(self, profile, Counted { quantity, flag: Flag::named(need.name()) }, own);
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

    fn standing_check(&self) -> Option<Check<'a>> {
        let (what, verdict) = match self.standing {
            Standing::Good => return None,
            Standing::Refused(refusal) => (What::Policy(refusal), Verdict::Exceeds),
            Standing::NoProduction => (What::Licence, Verdict::Exceeds),
            Standing::Archived => (What::Upstream, Verdict::Exceeds),
            Standing::Dormant => (What::Upstream, Verdict::Strained),
        };
        Some(Check { database: self.database, what, verdict })
    }
}

impl<'a, 'f> Candidate<'a, 'f> {
    /// One database alone.
    pub fn single(engine: &'f Engine<'a>) -> Self {
        Self { engines: Together::One([engine]), answer: None }
    }

    /// Whether all of it runs in containers of ours, not at a vendor or inside the application.
    pub(super) fn is_run_here(&self) -> bool {
        self.engines.iter().all(|engine| engine.database.hosting == Hosting::Container)
    }

    /// Whether a database is part of it.
    pub fn has(&self, id: &str) -> bool {
        self.engines.iter().any(|engine| engine.database.id == id)
    }

    /// Whether a quantity falls on one of its engines, and not on another that carries it alone.
    fn is_carried_by(&self, quantity: Quantity, engine: &Engine<'a>) -> bool {
        if self.engines.len() < 2 {
            return true;
        }
        let carrier = self.answer.and_then(|answer| answer.carries.get(&quantity));
        carrier.is_none_or(|id| *id == engine.database.id || !self.has(id))
    }

    /// The ids of its databases.
    pub fn ids(&self) -> SmallVec<[&'a str; 2]> {
        self.engines.iter().map(|engine| engine.database.id.as_str()).collect()
    }
}
