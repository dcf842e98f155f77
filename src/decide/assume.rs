//! Assumptions: what the file does not say, and what would change the answer past some amount.

use catalog::Level;
use catalog::vocabulary::{Amount, Durability, Need, Quantity};

use super::check::Verdict;
use super::choose::Why;
use super::engine::Limit;
use super::flips::ends_of_bearing;
use super::group::belongs;
use super::rule::Rule;
use super::trial::Trial;
use crate::requirements::Change;

/// Something that the file leaves open and the answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// A quantity is at most this.
    AtMost(Quantity, Amount),
    /// A quantity is at least this.
    AtLeast(Quantity, Amount),
    /// The data can be rebuilt from elsewhere.
    Derived,
}

impl Assumption {
    /// The field that it is about.
    pub fn field(self) -> &'static str {
        match self {
            Self::AtMost(quantity, _) | Self::AtLeast(quantity, _) => quantity.name(),
            Self::Derived => "durability",
        }
    }

    /// The amount or the word that is assumed, as a file writes it.
    pub fn value(self) -> String {
        match self {
            Self::AtMost(quantity, amount) | Self::AtLeast(quantity, amount) => quantity.print(amount),
            Self::Derived => Durability::Derived.to_string(),
        }
    }

    /// For a person: `data_size ≤ 500GB`.
    pub fn show(self) -> String {
        match self {
            Self::AtMost(quantity, amount) => format!("{quantity} ≤ {}", quantity.show(amount)),
            Self::AtLeast(quantity, amount) => format!("{quantity} ≥ {}", quantity.show(amount)),
            Self::Derived => String::from("durability is derived"),
        }
    }

    /// As a lock records it: `data_size <= 500GB`.
    pub fn written(self) -> String {
        let sign = match self {
            Self::AtMost(..) => "<=",
            Self::AtLeast(..) => ">=",
            Self::Derived => "=",
        };
        format!("{} {sign} {}", self.field(), self.value())
    }

    /// The assumption that was [written](Self::written).
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (field, sign, value) = (words.next()?, words.next()?, words.next()?);
        match (Change::parse(field, value)?, sign) {
            (Change::Quantity(quantity, amount), "<=") => Some(Self::AtMost(quantity, amount)),
            (Change::Quantity(quantity, amount), ">=") => Some(Self::AtLeast(quantity, amount)),
            (Change::Durability(Durability::Derived), "=") => Some(Self::Derived),
            _ => None,
        }
        .filter(|_| words.next().is_none())
    }

    /// Whether what is stated or measured contradicts it.
    pub fn is_contradicted_by(self, change: Change) -> bool {
        match (self, change) {
            (Self::AtMost(of, most), Change::Quantity(quantity, value)) => of == quantity && value > most,
            (Self::AtLeast(of, least), Change::Quantity(quantity, value)) => of == quantity && value < least,
            (Self::Derived, Change::Durability(durability)) => durability == Durability::Primary,
            _ => false,
        }
    }
}

/// What is tried past a bound, in percent of it.
const PAST: u64 = 110;

/// How much further is looked where the first step past a bound changes nothing, since others end there, too.
const FURTHER: u64 = 30;

/// What the answer for a member rests on although the file does not say it. What does not fit rests on nothing.
pub(super) fn assumptions(trial: &Trial<'_, '_, '_, '_>) -> Vec<Assumption> {
    if trial.choice.assessment.verdict >= Verdict::Exceeds {
        return Vec::new();
    }
    let mut found: Vec<Assumption> =
        Quantity::ALL.iter().filter_map(|quantity| of_quantity(trial, *quantity)).collect();
    found.extend(of_role(trial));
    found
}

/// That the data can be rebuilt from elsewhere, where the answer rests on that.
pub(super) fn of_role(trial: &Trial<'_, '_, '_, '_>) -> Option<Assumption> {
    rests_on_a_copy(trial).then_some(Assumption::Derived)
}

/// Whether an engine holds the data that serves a record less than natively, and nobody says that it is none. One member
/// of a group speaks for all.
fn rests_on_a_copy(trial: &Trial<'_, '_, '_, '_>) -> bool {
    let says_nothing = trial.group.members.iter().all(|member| member.profile.role().is_none());
    let holder = trial.choice.candidate.engines.first();
    let is_native = holder.is_none_or(|engine| engine.level(Need::DurabilityPrimary) == Level::Native);
    trial.member == 0 && says_nothing && !is_native
}

/// The amount of a quantity that the answer rests on. Connections are left out: a pooler answers them.
fn of_quantity(trial: &Trial<'_, '_, '_, '_>, quantity: Quantity) -> Option<Assumption> {
    let member = trial.group.members.get(trial.member)?;
    let is_open = quantity != Quantity::Connections
        && member.profile.amount(quantity).is_none()
        && belongs(&member.profile, quantity);
    if !is_open {
        return None;
    }
    let shrinks = quantity.is_harder_when_smaller();
    let mut bounds: Vec<(Amount, Amount)> = small_limit(trial, quantity).into_iter().map(|most| (most, most)).collect();
    for engine in &trial.choice.candidate.engines {
        if trial.choice.candidate.is_carried_by(quantity, engine)
            && let Limit::Ends(end) = trial.context.limit(engine, quantity, member.asked(engine, trial.spreads()))
        {
            bounds.push((end.strained, end.exceeds));
        }
    }
    let past = |bound: u64, times: u64| match shrinks {
        true => bound.saturating_mul(100).checked_div(PAST.saturating_mul(times)).unwrap_or(1).max(1),
        false => bound.saturating_div(100).saturating_mul(PAST).saturating_mul(times).max(bound.saturating_add(1)),
    };
    let (shown, _) = bounds.into_iter().find(|(Amount(strained), Amount(end))| {
        let further = [past(*end, 1), past(*end, FURTHER)];
        let ends = ends_of_bearing(quantity, *strained, *end).map(|bound| past(bound, 1));
        further.into_iter().chain(ends).any(|point| trial.turns(Change::Quantity(quantity, Amount(point))))
    })?;
    let shown = trial.kept_up_to(quantity, shown)?;
    Some(if shrinks { Assumption::AtLeast(quantity, shown) } else { Assumption::AtMost(quantity, shown) })
}

/// The amount up to which it is small enough for where a rule has moved it.
fn small_limit(trial: &Trial<'_, '_, '_, '_>, quantity: Quantity) -> Option<Amount> {
    let Why::Moved(Rule::Small(small)) = trial.choice.why else { return None };
    small.limits().into_iter().find(|(of, _)| *of == quantity).map(|(_, most)| most)
}

impl Trial<'_, '_, '_, '_> {
    fn spreads(&self) -> bool {
        self.group.spreads() || self.choice.needs_several_nodes
    }
}
