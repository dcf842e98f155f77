//! What a rule has to say: what is wrong, where, and what to do. It knows no rule.

use std::sync::Arc;

use crate::source::{Place, Source};

/// A place in a file, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub source: Arc<Source>,
    /// Where in it.
    pub place: Place,
    /// What; may be empty.
    pub text: String,
}

impl Location {
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

/// Edits of the violation's own file that fix it and change no meaning: what `--fix` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What they do, as an order: `remove the comment`.
    pub title: String,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// What a rule has to say: what it is about, what is wrong, where, and what to do.
#[derive(Debug, Clone)]
pub struct Violation {
    /// What it is about, independent of lines: `data.orders`, `services.db`.
    pub about: String,
    /// Where.
    pub location: Location,
    /// What is wrong, in one line: no capital, no full stop.
    pub message: String,
    /// Other places that have to do with it.
    pub related: Vec<Location>,
    /// What to do.
    pub help: Vec<String>,
    /// Edits that fix it.
    pub fix: Option<Fix>,
}

impl Violation {
    pub fn new(about: impl Into<String>, location: Location, message: impl Into<String>) -> Self {
        let (about, message) = (about.into(), message.into());
        Self { about, location, message, related: Vec::new(), help: Vec::new(), fix: None }
    }

    /// Points at another place that has to do with it.
    #[must_use]
    pub fn also(mut self, location: Location) -> Self {
        self.related.push(location);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Offers edits of the violation's own file that change no meaning.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }
}
