//! What each kind of data could be held by, and what a misfit costs.

use catalog::vocabulary::{Amount, Durability, Quantity};

use catalog::{Hosting, Level, Weights};

use super::demand::{Demand, demands};
use super::points::Points;
use super::question::Question;
use crate::decide::candidate::Candidate;
use crate::decide::check::{Check, Verdict, What};
use crate::decide::context::{self, DecisionContext, Threshold};
use crate::decide::load::Load;
use crate::decide::needs::Needs;
use crate::decide::selection::Selected;
use crate::requirements::{Data, Profile, Requirements};

/// What could hold a kind of data.
#[derive(Clone)]
pub(super) struct Offer<'a, 'f> {
    /// The databases, the one that holds the data first.
    pub(super) candidate: Candidate<'a, 'f>,
    /// Whether nothing speaks against it; what does not fit is offered only where it must be.
    pub(super) fits: bool,
    /// What the misfit costs.
    pub(super) misfit: Points,
    /// Whether it is taken although the sum of what its services hold is past what they bear.
    pub(super) beyond: bool,
    /// What it takes of what there is only so much of.
    pub(super) demands: Vec<Demand>,
}

impl Offer<'_, '_> {
    /// The same offer, past what the sums allow.
    pub(super) fn beyond(&self, weights: &Weights) -> Self {
        let unfit = if self.fits { Points::of(weights.unfit.get()) } else { Points::ZERO };
        Self { misfit: self.misfit.and(unfit), beyond: true, ..self.clone() }
    }
}

/// A kind of data with all that could hold it, the answer that is best for it alone first.
#[derive(Clone)]
pub(super) struct Kind<'a, 'f> {
    pub(super) name: &'a str,
    pub(super) data: &'a Data,
    pub(super) profile: Profile,
    pub(super) pinned: bool,
    /// The place of the kind that it is copied from.
    pub(super) source: Option<usize>,
    pub(super) offers: Vec<Offer<'a, 'f>>,
}

impl<'a, 'f> Kind<'a, 'f> {
    /// What may hold it, by its place among all offers: what fits, and where nothing does, the others.
    pub(super) fn open(&self) -> impl Iterator<Item = (usize, &Offer<'a, 'f>)> {
        let any = self.offers.iter().any(|offer| offer.fits);
        self.offers.iter().enumerate().filter(move |(_, offer)| offer.fits || !any)
    }
}

/// The kinds of data of a file with what could hold them.
pub(super) fn kinds<'a, 'f>(
    Question { requirements, alone, .. }: Question<'_, 'a>,
    context: &'f DecisionContext<'a>,
    answers: &[Candidate<'a, 'f>],
    weights: &Weights,
) -> Vec<Kind<'a, 'f>> {
    let operates = operated(requirements);
    let place = |name: &str| alone.kinds.iter().position(|other| other.name == name);
    let kinds = alone.kinds.iter().map(|selected| {
        let mut kind = Kind {
            name: selected.name,
            data: selected.data,
            profile: Profile::of(selected.data, context.catalog),
            pinned: selected.pinned,
            source: selected.data.source.as_ref().and_then(|source| place(&source.value)),
            offers: Vec::new(),
        };
        kind.offers = first(selected, context, answers)
            .into_iter()
            .map(|candidate| offer(candidate, &kind.profile, context, weights))
            .collect();
        let elsewhere = context.engines().filter(|engine| {
            let run_here = engine.database.hosting == Hosting::Container;
            run_here || operates.iter().any(|id| *id == engine.database.id.as_str())
        });
        let elsewhere = elsewhere.filter(|_| !kind.pinned).map(Candidate::single);
        let elsewhere = elsewhere.filter(|candidate| candidate.ids().as_slice() != ids(selected).as_slice());
        let needs = Needs::of(&kind.profile);
        let others =
            elsewhere.filter(|candidate| candidate.is_eligible(needs) && is_known_to_bear(candidate, &kind.profile));
        let others = others.map(|candidate| offer(candidate, &kind.profile, context, weights));
        kind.offers.extend(others.filter(|offer| offer.fits).collect::<Vec<_>>());
        if kind.offers.iter().any(|offer| offer.fits) && !kind.pinned {
            kind.offers.retain(|offer| offer.fits);
        }
        kind
    });
    kinds.collect()
}

/// Whether nothing that would have to fit into memory is unknown: a kind of data is moved only to where it is known to
/// fit. A cache always does, for it drops what does not.
fn is_known_to_bear(candidate: &Candidate<'_, '_>, profile: &Profile) -> bool {
    let unknown = |reckoned: &context::Reckoned<'_>| {
        let limit = reckoned.limit;
        let concerned = limit.when.is_none_or(|flag| profile.flag(flag)) && profile.quantity(limit.what).is_none();
        concerned && reckoned.exceeds.as_ref().is_some_and(Threshold::is_of_memory)
    };
    let engines = candidate.engines.iter();
    profile.durability == Some(Durability::Cache) || !engines.flat_map(|engine| &engine.limits).any(unknown)
}

/// The databases that the team runs already.
pub(super) fn operated(requirements: &Requirements) -> Vec<&str> {
    let operates = requirements.team.operates.iter().flatten();
    operates.filter_map(|id| id.value.split('@').next()).collect()
}

fn ids<'a>(selected: &Selected<'a>) -> Vec<&'a str> {
    selected.databases.iter().map(|database| database.id.as_str()).collect()
}

/// The answer for a kind alone.
fn first<'a, 'f>(
    selected: &Selected<'a>,
    context: &'f DecisionContext<'a>,
    answers: &[Candidate<'a, 'f>],
) -> Option<Candidate<'a, 'f>> {
    let ids = ids(selected);
    if let Some(answer) = answers.iter().find(|answer| answer.ids().as_slice() == ids.as_slice()) {
        return Some(answer.clone());
    }
    let engines: Option<_> = ids.iter().map(|id| context.engine_of(id)).collect();
    Some(Candidate { engines: engines?, answer: None })
}

/// A candidate with what it costs to have the data there, by itself.
pub(super) fn offer<'a, 'f>(
    candidate: Candidate<'a, 'f>,
    profile: &Profile,
    context: &DecisionContext<'a>,
    weights: &Weights,
) -> Offer<'a, 'f> {
    let checks = context.checks(&candidate, profile, &Load::default());
    let fits = checks.iter().all(|check| check.verdict != Verdict::Exceeds);
    let unfit = if fits { Points::ZERO } else { Points::of(weights.unfit.get()) };
    let misfit = checks.iter().map(|check| misfit(check, profile, weights).0).sum::<Points>().and(unfit);
    let demands = demands(&candidate, profile, context);
    Offer { candidate, fits, misfit, beyond: false, demands }
}

/// What a check costs, and how that is reckoned. What speaks against the database itself is paid with its care, and
/// what exceeds makes the whole unfit.
pub(super) fn misfit(check: &Check<'_>, profile: &Profile, weights: &Weights) -> (Points, Reckoned) {
    let spreads = profile.spreads();
    let adequate = if spreads { weights.adequate_spread } else { weights.adequate };
    let nothing = (Points::ZERO, Reckoned::Nothing);
    match (check.verdict, check.what) {
        (Verdict::Exceeds, _) | (_, What::Policy(_) | What::Licence | What::Upstream) => nothing,
        (_, What::Need(_, service)) => match service.level {
            Level::Native | Level::No => nothing,
            Level::Adequate => (Points::of(adequate.get()), Reckoned::Adequate { spreads }),
            Level::Strained => (Points::of(weights.strained.get()), Reckoned::Strained),
        },
        (Verdict::Fits, _) => nothing,
        (Verdict::Strained, What::UpTo(..) | What::Limit(..)) => {
            let strain = strain(check);
            let points = (weights.strained.get() * strain).clamp(0.01, weights.unfit.get().max(0.01));
            (Points::of(points), Reckoned::Past { strain })
        }
    }
}

/// How a misfit is reckoned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reckoned {
    /// It costs nothing.
    Nothing,
    /// A need that is served well enough.
    Adequate {
        /// Whether by several servers.
        spreads: bool,
    },
    /// A need that is served and hurts.
    Strained,
    /// A figure past the bound where strain begins.
    Past {
        /// How much it strains: 1 is halfway to the end.
        strain: f64,
    },
}

/// How much a figure strains that is past the bound where strain begins. Towards the bound where the database ends it
/// grows beyond all measure: it is 1 halfway there, on a scale of factors. Where no end is known, it is the factors of
/// ten past the first bound; where the end is a guess and the first bound is not known, one more than those past it.
fn strain(check: &Check<'_>) -> f64 {
    const MOST: f64 = 1000.0;
    let Some((quantity, figure)) = check.figure() else { return 0.0 };
    let shrinks = quantity.is_harder_when_smaller();
    let past = |bound: Amount| {
        if shrinks { factors_of_ten(bound, figure.total) } else { factors_of_ten(figure.total, bound) }
    };
    let strain = match (figure.strained, figure.exceeds) {
        (Some(strained), Some(end)) if !figure.assumed => {
            let far = past(strained);
            // The first amount past the end, since the end itself is still allowed.
            let step = quantity.step();
            let beyond = if shrinks { end.0.saturating_sub(step) } else { end.0.saturating_add(step) };
            far / (-past(Amount(beyond))).max(0.0)
        }
        (Some(strained), _) => past(strained),
        (None, Some(end)) => past(end) + 1.0,
        (None, None) => 0.0,
    };
    if strain.is_nan() { MOST } else { strain.clamp(0.0, MOST) }
}

fn factors_of_ten(Amount(over): Amount, Amount(under): Amount) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a logarithm, of which two digits count")]
    let ratio = over.max(1) as f64 / under.max(1) as f64;
    ratio.log10()
}

/// The writes a second that a copy follows: those of its source, or its own where nothing is known of them.
pub(super) fn writes_followed(source: Option<&Kind<'_, '_>>, kind: &Kind<'_, '_>) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    let writes = source.and_then(|source| source.profile.quantity(Quantity::Writes));
    let Amount(writes) = writes.or_else(|| kind.profile.quantity(Quantity::Writes))?;
    #[allow(clippy::cast_precision_loss, reason = "a logarithm, of which two digits count")]
    let a_second = writes as f64 / DAY;
    Some(a_second)
}

/// What it costs to keep a copy in step that lives elsewhere than its source.
pub(super) fn synchronisation(writes: Option<f64>, weights: &Weights) -> Points {
    let decades = writes.map_or(0.0, |writes| writes.max(1.0).log10());
    Points::of(weights.copy.get() + weights.writes.get() * decades)
}
