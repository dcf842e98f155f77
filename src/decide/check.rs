//! One comparison of data with a database: what was compared, how it came out, and how to say so.

use std::fmt;

use catalog::units::percentage;
use catalog::vocabulary::{Amount, Need, Quantity};
use catalog::{Bound, Database, Ends, Evidence, Extent, Level, Service, Text};

use crate::config::Refusal;

/// How well something fits, best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It fits.
    #[default]
    Fits,
    /// It works, and an expert would worry.
    Strained,
    /// It does not work, or should not be done.
    Exceeds,
    /// The catalog has no figure to hold it against.
    Unproven,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fits => "fits",
            Self::Strained => "strained",
            Self::Exceeds => "exceeds",
            Self::Unproven => "unproven",
        })
    }
}

/// One comparison of data with a database.
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
    /// A quantity with where the database ends.
    Bound(&'a Bound, Figure),
    /// A quantity that the database has no end of.
    Unbounded(&'a Bound, Amount),
    /// A quantity of which nobody has said where the database ends.
    Unproven(Quantity, Amount),
}

/// A quantity and the two bounds that it is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// What the data brings.
    pub value: Amount,
    /// Past this it is strained.
    pub strained: Amount,
    /// Past this it exceeds.
    pub exceeds: Amount,
    /// Whether demand grows as the figure falls.
    pub shrinks: bool,
    /// What the bounds are those of.
    pub ground: Ground,
    /// Whether it is the sum over all that must stand in the same database.
    pub is_sum: bool,
}

/// What bounds are those of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The reference node.
    Node,
    /// Several nodes.
    SeveralNodes,
    /// The memory that the file gives the host.
    Memory,
    /// The memory of a host of which the file says nothing.
    AssumedMemory,
}

impl Ground {
    /// As a figure's bound is said to be: `the 5M on this host`.
    fn words(self) -> &'static str {
        match self {
            Self::Node => "",
            Self::SeveralNodes => " on several nodes",
            Self::Memory | Self::AssumedMemory => " on this host",
        }
    }
}

/// A need that is served badly stands halfway between where strain begins and where a database ends.
const HALFWAY: f64 = 0.5;

/// A check is bearable below twice the figure at which strain begins, or in the first third of the way to the end.
const BEARABLE_RATIO: f64 = 2.0;
const BEARABLE_POSITION: f64 = 1.0 / 3.0;

#[allow(clippy::cast_precision_loss, reason = "ratios, of which two digits count")]
fn ratio(Amount(over): Amount, Amount(under): Amount) -> f64 {
    if over == under { 1.0 } else { over as f64 / under.max(1) as f64 }
}

impl Figure {
    /// The figure in times of that at which strain begins: 0.4 leaves room, 3 is three times as much.
    pub fn ratio(&self) -> f64 {
        self.over(self.strained)
    }

    /// The figure in times of that at which the database ends.
    pub fn past_the_end(&self) -> f64 {
        self.over(self.exceeds)
    }

    fn over(&self, bound: Amount) -> f64 {
        if self.shrinks { ratio(bound, self.value) } else { ratio(self.value, bound) }
    }

    /// How far it is on the way from where strain begins, 0, to where the database ends, 1: in the logarithm, so that
    /// three times of 1k..50k is early, and 2.4 times of 8k..20k almost the end.
    pub fn position(&self) -> f64 {
        let way = if self.shrinks { ratio(self.strained, self.exceeds) } else { ratio(self.exceeds, self.strained) };
        let gone = self.ratio();
        if gone <= 1.0 {
            0.0
        } else if way <= 1.0 {
            1.0
        } else {
            gone.ln() / way.ln()
        }
    }

    /// How it came out.
    pub(super) fn verdict(&self) -> Verdict {
        match self.value {
            value if passes(self.shrinks, value, self.exceeds) => Verdict::Exceeds,
            value if passes(self.shrinks, value, self.strained) => Verdict::Strained,
            _ => Verdict::Fits,
        }
    }

    /// The bound that is nearest above the figure, or the last one below it.
    pub fn bound(&self) -> Amount {
        if self.verdict() == Verdict::Fits { self.strained } else { self.exceeds }
    }
}

/// Whether a demand is past a bound: above it, or below it for what is harder the smaller it is.
fn passes(shrinks: bool, value: Amount, bound: Amount) -> bool {
    if shrinks { value < bound } else { value > bound }
}

impl<'a> Check<'a> {
    /// What was compared, in one word.
    pub fn name(&self) -> &'static str {
        match self.what {
            What::Policy(_) => "policy",
            What::Licence => "licence",
            What::Upstream => "upstream",
            What::Need(need, _) => need.field(),
            What::Bound(bound, _) | What::Unbounded(bound, _) => bound.of.name(),
            What::Unproven(quantity, _) => quantity.name(),
        }
    }

    /// What the data asks for, or what the database is.
    pub fn value(&self) -> String {
        match self.what {
            What::Policy(_) => self.database.id.to_string(),
            What::Licence => self.database.licence.spdx.to_string(),
            What::Upstream => self.database.upstream.state.to_string(),
            What::Need(need, _) => need.value().to_owned(),
            What::Bound(bound, figure) => bound.of.print(figure.value),
            What::Unbounded(bound, value) => bound.of.print(value),
            What::Unproven(quantity, value) => quantity.print(value),
        }
    }

    /// What it was held against.
    pub fn limit(&self) -> String {
        match self.what {
            What::Policy(Refusal::Database) => String::from("the policy does not allow it"),
            What::Policy(Refusal::Licence) => format!("the policy does not allow {}", self.database.licence.spdx),
            What::Licence => String::from("no production use"),
            What::Upstream => String::from("maintained"),
            What::Need(_, service) => service.level.to_string(),
            What::Bound(bound, figure) => bounds(bound.of, &figure),
            What::Unbounded(..) => String::from("unbounded"),
            What::Unproven(quantity, _) => format!("no known limit for {quantity}"),
        }
    }

    /// Why it came out so, in a sentence or a clause.
    pub fn why(&self) -> String {
        match self.what {
            What::Policy(_) | What::Unproven(..) => self.limit(),
            What::Licence => {
                let note = self.database.licence.note.as_deref();
                format!("it forbids production use{}", note.map_or_else(String::new, |note| format!(": {note}")))
            }
            What::Upstream => {
                let upstream = &self.database.upstream;
                upstream.note.as_ref().map_or_else(|| format!("it is {} upstream", upstream.state), Text::to_string)
            }
            What::Need(_, service) => service.why.to_string(),
            What::Bound(bound, _) | What::Unbounded(bound, _) => match &bound.extent {
                Extent::Ends(Ends { why, .. }) | Extent::Unbounded(why) => why.to_string(),
                Extent::NotApplicable(need) => format!("it does not serve {need}"),
            },
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
            What::Policy(_) | What::Unproven(..) => return None,
            What::Licence => &self.database.licence.source,
            What::Upstream => &self.database.upstream.source,
            What::Need(_, service) => &service.source,
            What::Bound(bound, _) | What::Unbounded(bound, _) => &bound.source,
        };
        self.database.sources.get(source)
    }

    /// In times of the figure at which strain begins; a need that is served badly counts as twice.
    pub fn ratio(&self) -> Option<f64> {
        match self.what {
            What::Bound(_, figure) => Some(figure.ratio()),
            What::Need(_, service) if service.level == Level::Strained => Some(BEARABLE_RATIO),
            _ => None,
        }
    }

    /// How far it is from where strain begins to where the database ends; nothing where it does not strain.
    pub(super) fn position(&self) -> f64 {
        match (self.verdict, self.what) {
            (Verdict::Fits, _) => 0.0,
            (_, What::Bound(_, figure)) => figure.position(),
            (Verdict::Strained, _) => HALFWAY,
            (Verdict::Exceeds | Verdict::Unproven, _) => 1.0,
        }
    }

    /// Whether an expert would put up with it.
    pub(super) fn is_bearable(&self) -> bool {
        match self.verdict {
            Verdict::Fits => true,
            Verdict::Strained => self.ratio().unwrap_or(1.0) < BEARABLE_RATIO || self.position() < BEARABLE_POSITION,
            Verdict::Exceeds | Verdict::Unproven => false,
        }
    }

    /// How much of what it carries well is used: 0.25 is a quarter, 2 is twice as much.
    pub fn used(&self) -> Option<f64> {
        let (_, figure) = self.figure().filter(|(_, figure)| !figure.shrinks)?;
        let used = figure.ratio();
        used.is_finite().then(|| (used * 1e4).round() / 1e4)
    }

    /// The part of what it carries well that is used, for a person: what rounding leaves of a small part is not nothing,
    /// and past all of it the times.
    pub fn used_in_words(&self) -> Option<String> {
        let used = self.used()?;
        Some(if used > 1.0 { times(used) } else { percentage(used.max(f64::EPSILON)) })
    }

    /// A check that came out badly, as a clause.
    pub fn trouble(&self) -> String {
        match self.what {
            What::Policy(_) | What::Unproven(..) => self.why(),
            What::Bound(bound, figure) => format!("{}: {}", said(bound, &figure), self.why()),
            _ => format!("{}: {}", self.name(), self.why()),
        }
    }

    /// A check that came out badly, without why.
    pub fn trouble_in_short(&self) -> String {
        self.figure_in_words().unwrap_or_else(|| format!("{}: {}", self.name(), self.limit()))
    }

    /// The figure with what it is held against, without why: `writes 30k/s is 3.8× 8k/s, where strain begins`.
    pub fn figure_in_words(&self) -> Option<String> {
        match self.what {
            What::Bound(bound, figure) => Some(said(bound, &figure)),
            _ => None,
        }
    }

    /// Figures of the check, where it has any.
    pub fn figure(&self) -> Option<(Quantity, Figure)> {
        match self.what {
            What::Bound(bound, figure) => Some((bound.of, figure)),
            _ => None,
        }
    }
}

/// Both bounds of a figure: `strained above 8k/s, exceeds above 20k/s`.
fn bounds(quantity: Quantity, figure: &Figure) -> String {
    let sign = if figure.shrinks { "below" } else { "above" };
    let nodes = if figure.ground == Ground::SeveralNodes { ", on several nodes" } else { "" };
    let (strained, exceeds) = (quantity.show(figure.strained), quantity.show(figure.exceeds));
    format!("strained {sign} {strained}, exceeds {sign} {exceeds}{nodes}")
}

/// A figure with the bound that it is held against, and how far past it is.
fn said(bound: &Bound, figure: &Figure) -> String {
    let quantity = bound.of;
    let value = quantity.show(figure.value);
    let together = if figure.is_sum { " together" } else { "" };
    let whose = figure.ground.words();
    let is_guess = figure.ground == Ground::AssumedMemory && figure.verdict() != Verdict::Fits;
    let guess = if is_guess { " (its memory is not stated)" } else { "" };
    if figure.shrinks && figure.verdict() != Verdict::Fits {
        let (bound, what) = match figure.verdict() {
            Verdict::Exceeds => (figure.exceeds, "that it can promise at best"),
            _ => (figure.strained, "where strain begins"),
        };
        let faster = times(figure.over(bound));
        return format!("{quantity} {value} is {faster} faster than the {}{whose} {what}", quantity.show(bound));
    }
    match figure.verdict() {
        Verdict::Fits | Verdict::Unproven => {
            format!("{quantity} {value}{together} of {}{whose}", quantity.show(figure.strained))
        }
        Verdict::Strained => format!(
            "{quantity} {value}{together} is {} the {}{whose} where strain begins{guess}",
            times(figure.ratio()),
            quantity.show(figure.strained)
        ),
        Verdict::Exceeds => format!(
            "{quantity} {value}{together} is {} the {}{whose} that it bears{guess}",
            times(figure.past_the_end()),
            quantity.show(figure.exceeds)
        ),
    }
}

/// How many times as much: `1.2×`, `3×`, `40×`.
pub fn times(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 9.95 => format!("{}×", (ratio * 10.0).round().max(11.0) / 10.0),
        ratio => format!("{ratio:.0}×"),
    }
}
