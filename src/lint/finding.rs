//! A finding: what a rule has to say, where, and what to do.

use std::cmp::Ordering;
use std::sync::Arc;

use super::rule::{Level, Rule};
use crate::source::{Place, Source};

/// A place in a file, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub source: Arc<Source>,
    /// Where in it.
    pub place: Place,
    /// What; may be empty.
    pub text: String,
}

impl Spot {
    /// A place in a file, and what is to be said of it.
    pub fn new(source: &Arc<Source>, place: Place, text: impl Into<String>) -> Self {
        Self { source: Arc::clone(source), place, text: text.into() }
    }
}

/// A text that takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty where something is inserted.
    pub place: Place,
    /// What stands there afterwards.
    pub text: String,
}

/// Edits of the finding's own file that mend it and change no meaning: what `--fix` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What they do, as an order: `remove the comment`.
    pub title: String,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// What a rule has to say: what it is about, what is wrong, where, and what to do.
#[derive(Debug, Clone)]
pub struct Remark {
    /// What it is about, independent of lines: `data.orders`, `services.db`.
    pub about: String,
    /// Where.
    pub spot: Spot,
    /// What is wrong, in one line: no capital, no full stop.
    pub message: String,
    /// Other places that have to do with it.
    pub related: Vec<Spot>,
    /// What to do.
    pub help: Vec<String>,
    /// Edits that mend it.
    pub fix: Option<Fix>,
}

impl Remark {
    /// A remark: what it is about (`data.orders`), where it stands, and what is wrong.
    pub fn new(about: impl Into<String>, spot: Spot, message: impl Into<String>) -> Self {
        let (about, message) = (about.into(), message.into());
        Self { about, spot, message, related: Vec::new(), help: Vec::new(), fix: None }
    }

    /// Points at another place that has to do with it.
    #[must_use]
    pub fn also(mut self, spot: Spot) -> Self {
        self.related.push(spot);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Offers edits of the remark's own file that change no meaning.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }
}

/// A remark of a rule, with its weight.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it weighs here.
    pub level: Level,
    /// What it has to say.
    pub remark: Remark,
}

impl Finding {
    /// The order in which findings are shown: by file, place, rule and message.
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |finding: &Self| (finding.remark.spot.place.start, finding.rule.id, finding.remark.spot.place.end);
        let names = self.file().cmp(other.file());
        names.then_with(|| key(self).cmp(&key(other))).then_with(|| self.remark.message.cmp(&other.remark.message))
    }

    /// The name of its file.
    pub fn file(&self) -> &str {
        &self.remark.spot.source.name
    }
}

/// Where a rule's remarks become findings.
#[derive(Debug)]
pub struct Findings<'f> {
    found: &'f mut Vec<Finding>,
    rule: &'static Rule,
    level: Level,
}

impl<'f> Findings<'f> {
    /// Where a rule's remarks go.
    pub(super) fn of(rule: &'static Rule, level: Level, found: &'f mut Vec<Finding>) -> Self {
        Self { found, rule, level }
    }

    /// Adds a remark.
    pub fn add(&mut self, remark: Remark) {
        self.found.push(Finding { rule: self.rule, level: self.level, remark });
    }
}
