//! What is wrong and where. How it looks is the business of `report::text`.

use crate::source::{Place, Source};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be decided from this input.
    Error,
    /// The answer stands, but somebody should look.
    Warning,
}

/// A place and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What; may be empty.
    pub text: String,
}

/// One fault of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line: no capital, no full stop.
    pub message: String,
    /// Where it is wrong; absent where the whole text is meant.
    pub label: Option<Label>,
    /// Other places that have to do with it.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// What is wrong with a TOML text.
    pub fn from_toml(error: &toml::de::Error) -> Self {
        let diagnostic = Self::error(error.message().lines().collect::<Vec<_>>().join(" "));
        match error.span() {
            Some(span) => diagnostic.at(Place::new(span.start, span.end), ""),
            None => diagnostic,
        }
    }

    /// An error of the whole text.
    pub fn error(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { severity: Severity::Error, message, label: None, related: Vec::new(), help: Vec::new() }
    }

    /// A warning about the whole text.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Says where it is wrong, and what stands there.
    #[must_use]
    pub fn at(mut self, place: Place, text: impl Into<String>) -> Self {
        self.label = Some(Label { place, text: text.into() });
        self
    }

    /// Points at another place that has to do with it.
    #[must_use]
    pub fn related(mut self, place: Place, text: impl Into<String>) -> Self {
        self.related.push(Label { place, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Where the diagnostic sorts among others of its source.
    pub fn start(&self) -> usize {
        self.label.as_ref().map_or(0, |label| label.place.start)
    }
}

/// All that is wrong with one source, in the order of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// The text.
    pub source: Source,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Faults {
    /// Sorts the diagnostics by place; what is said twice, because an alias repeats it, is kept once.
    pub fn new(source: Source, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by(|a, b| (a.start(), &a.message).cmp(&(b.start(), &b.message)));
        diagnostics.dedup();
        Self { source, diagnostics }
    }
}

/// The known word nearest to a misspelt one, if any is near enough to be meant: a few letters off, or the only one that
/// begins with it.
pub fn did_you_mean<'a>(misspelt: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    const LONGEST_NAME: usize = 64;
    const SHORTEST_BEGINNING: usize = 3;
    const NEAR_ENOUGH: f64 = 0.72;
    if misspelt.len() > LONGEST_NAME {
        return None;
    }
    let folded = misspelt.to_lowercase().replace(['-', ' '], "_");
    let likeness = |word: &str| (strsim::damerau_levenshtein(&folded, word), strsim::jaro_winkler(&folded, word));
    let near = known.clone().into_iter().map(|word| (likeness(word), word)).filter(|((edits, likeness), word)| {
        let bearable = word.chars().count().checked_div(3).unwrap_or_default().max(1);
        *edits <= bearable && *likeness >= NEAR_ENOUGH
    });
    let nearest = near.min_by(|((a, x), _), ((b, y), _)| a.cmp(b).then(y.total_cmp(x)));
    if let Some((_, word)) = nearest {
        return Some(word);
    }
    let mut begun = known.into_iter().filter(|word| folded.len() >= SHORTEST_BEGINNING && word.starts_with(&folded));
    begun.next().filter(|_| begun.next().is_none())
}

/// What a help line that lists words begins with.
pub const LIST: &str = "known here: ";

/// A help line that suggests the nearest known word, or else lists the known ones.
pub fn suggestion<'a>(misspelt: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    const LISTED: usize = 64;
    if let Some(word) = did_you_mean(misspelt, known.clone()) {
        return format!("did you mean `{word}`?");
    }
    let listed: Vec<_> = known.clone().into_iter().take(LISTED).collect();
    match known.into_iter().skip(LISTED).count() {
        0 => format!("{LIST}{}", listed.join(", ")),
        more => format!("{LIST}{} and {more} more", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn suggests_what_is_near_and_nothing_else() {
        let known = ["needs_transactions", "real_time", "data_size", "database"];
        assert_eq!(did_you_mean("need_transactions", known), Some("needs_transactions"));
        assert_eq!(did_you_mean("realtime", known), Some("real_time"));
        assert_eq!(did_you_mean("dat_size", known), Some("data_size"));
        assert_eq!(did_you_mean("colour", known), None);
        assert_eq!(did_you_mean("needs", known), Some("needs_transactions"));
        assert_eq!(did_you_mean("dat", known), None);
        assert_eq!(did_you_mean("x", known), None);
        assert_eq!(did_you_mean("gpu", ["cpus"]), None);
        assert_eq!(did_you_mean(&"a".repeat(10_000), known), None);
    }
}
