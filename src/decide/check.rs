//! One comparison of a kind of data with a database: what was compared, how it came out, and how to say so.

use catalog::units::percentage;
use std::fmt;

use catalog::vocabulary::{Amount, Need, Quantity};
use catalog::{Database, Evidence, Level, Limit, Service, Text};

use crate::config::Refusal;

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
            What::Need(need, _) => need.field(),
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
            What::Need(need, _) => need.value().to_owned(),
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
                format!("it forbids production use{}", note.map_or_else(String::new, |note| format!(": {note}")))
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

    /// Whether a figure is past the bound at which strain begins by more than its double.
    pub(super) fn is_far_past(&self) -> bool {
        let Some((quantity, figure)) = self.figure() else { return false };
        let bound = figure.strained.or(figure.exceeds);
        bound.is_some_and(|bound| passes(quantity, figure.total, far_past(quantity, bound)))
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

    /// The part of its bound that is used, for a person: what rounding leaves of a small part is not nothing.
    pub fn used_in_words(&self) -> Option<String> {
        self.used().map(|used| percentage(used.max(f64::EPSILON)))
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
        let assumed = if figure.assumed { " (the host is a guess: give `target`)" } else { "" };
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

/// Whether a demand is past a bound: above it, or below it for what is harder the smaller it is.
pub(super) fn passes(quantity: Quantity, value: Amount, bound: Amount) -> bool {
    if quantity.is_harder_when_smaller() { value < bound } else { value > bound }
}

/// The bound past which a demand is more than the double of what a bound allows.
pub(super) fn far_past(quantity: Quantity, Amount(bound): Amount) -> Amount {
    Amount(if quantity.is_harder_when_smaller() { bound.div_ceil(2) } else { bound.saturating_mul(2) })
}
