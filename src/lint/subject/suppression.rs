//! Comments that allow a finding: `# polyglot: allow(rule) reason`, on the line, on the line above, or on the key of
//! what it holds for.

use std::ops::Range;
use std::sync::Arc;

use catalog::Date;

use crate::lint::rule_id::RuleId;
use crate::source::{Place, Source};

/// What the rules about comments look at: a comment that allows findings, after the other rules have been checked.
pub struct Comment<'a> {
    pub suppression: &'a Suppression,
    /// The file that it is in.
    pub source: &'a Arc<Source>,
    pub today: Option<Date>,
    /// The rules that there are.
    pub known: &'a [RuleId],
}

/// A comment that allows findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The comment, from its `#` on.
    pub place: Place,
    /// What goes when the comment goes: its line, or the spaces before it too.
    pub whole: Place,
    /// The rules that it names.
    pub rules: Vec<Named>,
    /// The last day on which it holds.
    pub until: Option<Until>,
    /// Why.
    pub reason: Option<String>,
    /// What it holds for.
    region: Range<usize>,
}

/// A rule that a comment names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name as it is written.
    pub name: String,
    /// The rule of that name, if there is one.
    pub rule: Option<RuleId>,
    /// Where the name is.
    pub place: Place,
    /// Whether it has allowed anything.
    pub used: bool,
    /// Whether the rule was checked, so that not having allowed anything says something.
    pub checked: bool,
}

/// The last day on which a comment holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Until {
    /// The day; nothing where the text is none.
    pub date: Option<Date>,
    /// Where it stands.
    pub place: Place,
}

/// What such a comment says after its `#`.
const MARK: &str = "polyglot: allow(";

impl Suppression {
    /// All such comments of a YAML text, in order.
    pub fn all(text: &str, known: &[RuleId]) -> Vec<Self> {
        let marks = || text.match_indices(MARK).map(|(at, _)| at);
        let Some(_) = marks().next() else { return Vec::new() };
        let mut lines = Lines::of(text);
        let mut read: Vec<Self> = Vec::new();
        for mark in marks() {
            // A comment goes on to the end of its line.
            if read.last().is_none_or(|last| last.place.end <= mark) {
                read.extend(Self::read(&mut lines, mark, known));
            }
        }
        read
    }

    fn read(lines: &mut Lines<'_>, mark: usize, known: &[RuleId]) -> Option<Self> {
        let text = lines.text;
        let index = lines.index(mark);
        let Line { range: line, next, .. } = lines.all.get(index)?.clone();
        let before = text.get(line.start..mark)?;
        let hash = before.rfind('#').filter(|hash| before.get(hash.saturating_add(1)..).is_some_and(is_blank))?;
        let content = before.get(..hash)?;
        let begins = content.is_empty() || content.ends_with([' ', '\t']);
        if !begins || content.matches('"').count() % 2 == 1 {
            return None;
        }
        let start = line.start.checked_add(hash)?;
        let list = mark.checked_add(MARK.len())?;
        let rest = text.get(list..line.end)?;
        let (names, tail) = rest.split_once(')')?;
        let tail_start = line.end.checked_sub(tail.len())?;
        let alone = is_blank(content);
        let whole = if alone {
            Place::new(line.start, next)
        } else {
            Place::new(line.start.checked_add(content.trim_end().len())?, line.end)
        };
        let (until, reason) = until(tail, tail_start);
        let target = if alone { lines.says_next(index) } else { index };
        Some(Self {
            place: Place::new(start, line.end),
            whole,
            rules: named(names, list, known),
            until,
            reason,
            region: lines.region(target),
        })
    }

    /// Whether it holds for a place.
    pub fn covers(&self, place: Place) -> bool {
        self.region.contains(&place.start)
    }

    /// Whether it holds no longer on a day; a date that is none holds on no day.
    pub fn is_expired(&self, today: Option<Date>) -> bool {
        let Some(until) = &self.until else { return false };
        until.date.is_none_or(|last| today.is_some_and(|today| today > last))
    }
}

/// The names in a list, with their places.
fn named(names: &str, start: usize, known: &[RuleId]) -> Vec<Named> {
    let mut at = start;
    let mut found = Vec::new();
    for part in names.split(',') {
        let name = part.trim();
        let from = at.saturating_add(part.len().saturating_sub(part.trim_start().len()));
        if !name.is_empty() {
            let place = Place::new(from, from.saturating_add(name.len()));
            let rule = RuleId::find(name, known);
            found.push(Named { name: name.to_owned(), rule, place, used: false, checked: false });
        }
        at = at.saturating_add(part.len()).saturating_add(1);
    }
    found
}

/// The day and the reason that follow the list.
fn until(tail: &str, start: usize) -> (Option<Until>, Option<String>) {
    const UNTIL: &str = "until=";
    let trimmed = tail.trim_start();
    let at = start.saturating_add(tail.len().saturating_sub(trimmed.len()));
    let (until, reason) = match trimmed.strip_prefix(UNTIL) {
        None => (None, trimmed),
        Some(rest) => {
            let date = rest.split(char::is_whitespace).next().unwrap_or_default();
            let end = at.saturating_add(UNTIL.len()).saturating_add(date.len());
            let until = Until { date: date.parse().ok(), place: Place::new(at, end) };
            (Some(until), rest.get(date.len()..).unwrap_or_default())
        }
    };
    let reason = reason.trim().trim_start_matches(['-', ':', '–', '—']).trim();
    (until, (!reason.is_empty()).then(|| reason.to_owned()))
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The lines of a text, counted once for all comments.
struct Lines<'t> {
    text: &'t str,
    all: Vec<Line>,
    /// The line that was asked for last, and all that stands under it: comments in a row hold for the same one.
    last: Option<(usize, Range<usize>)>,
}

#[derive(Clone)]
struct Line {
    /// The line without its end.
    range: Range<usize>,
    /// Where the next one begins.
    next: usize,
    /// By how much it is indented; nothing where it says nothing.
    indent: Option<usize>,
    /// The first line from here on that says something.
    says_from_here: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let mut next = 0usize;
        let line = |whole: &str| {
            let line = whole.strip_suffix('\n').unwrap_or(whole);
            let line = line.strip_suffix('\r').unwrap_or(line);
            let start = next;
            next = next.saturating_add(whole.len());
            let content = line.trim_start_matches(' ');
            let says_nothing = is_blank(content) || content.trim_start().starts_with('#');
            let indent = (!says_nothing).then(|| line.len().saturating_sub(content.len()));
            Line { range: start..start.saturating_add(line.len()), next, indent, says_from_here: 0 }
        };
        let mut all: Vec<Line> = text.split_inclusive('\n').map(line).collect();
        let mut says = all.len();
        for (index, line) in all.iter_mut().enumerate().rev() {
            says = line.indent.map_or(says, |_| index);
            line.says_from_here = says;
        }
        Self { text, all, last: None }
    }

    /// The line of a place.
    fn index(&self, at: usize) -> usize {
        self.all.partition_point(|line| line.next <= at)
    }

    /// The first line after one that says something.
    fn says_next(&self, index: usize) -> usize {
        self.all.get(index.saturating_add(1)).map_or(self.all.len(), |line| line.says_from_here)
    }

    /// A line with all that stands under it: what is indented more.
    fn region(&mut self, index: usize) -> Range<usize> {
        if let Some((_, region)) = self.last.as_ref().filter(|(of, _)| *of == index) {
            return region.clone();
        }
        let Some(line) = self.all.get(index) else { return self.text.len()..self.text.len().saturating_add(1) };
        let own = line.indent.unwrap_or_default();
        let after = self.all.iter().skip(index.saturating_add(1));
        let under = after.take_while(|line| line.indent.is_none_or(|indent| indent > own));
        let end = under.last().map_or(line.next, |last| last.next);
        let region = line.range.start..end.max(line.range.end.saturating_add(1));
        self.last = Some((index, region.clone()));
        region
    }
}

#[cfg(test)]
mod tests {
    use super::Suppression;
    use crate::source::Place;

    fn covers(text: &str, words: &[&str]) -> Vec<bool> {
        let found = Suppression::all(text, &[]);
        assert_eq!(found.len(), 1, "{text}");
        let place = |word: &&str| Place::new(text.find(*word).unwrap(), text.len());
        words.iter().map(|word| found[0].covers(place(word))).collect()
    }

    #[test]
    fn a_comment_holds_for_its_line_for_the_next_and_for_what_stands_under_a_key() {
        let same = "a:\n  b: 1 # polyglot: allow(x) why\n  c: 2\n";
        assert_eq!(covers(same, &["b:", "c:"]), [true, false]);
        let above = "a:\n  # polyglot: allow(x) why\n\n  # more\n  b:\n    d: 1\n  c: 2\n";
        assert_eq!(covers(above, &["b:", "d:", "c:"]), [true, true, false]);
        let key = "a: # polyglot: allow(x)\n  b: 1\nc: 2";
        assert_eq!(covers(key, &["a:", "b:", "c:"]), [true, true, false]);
    }

    #[test]
    fn names_day_and_reason_are_read() {
        let text = "a: 1  # polyglot: allow(one, two) until=2027-03-01 -- moved in spring\n";
        let found = &Suppression::all(text, &[])[0];
        let names: Vec<&str> = found.rules.iter().map(|rule| &text[rule.place.range()]).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(found.reason.as_deref(), Some("moved in spring"));
        assert_eq!(&text[found.whole.range()], "  # polyglot: allow(one, two) until=2027-03-01 -- moved in spring");
        assert!(!found.is_expired(Some("2027-03-01".parse().unwrap())) && !found.is_expired(None));
        assert!(found.is_expired(Some("2027-03-02".parse().unwrap())));
        assert!(Suppression::all("# polyglot: allow(a) until=soon why", &[])[0].is_expired(None));
    }

    #[test]
    fn a_text_in_quotes_is_no_comment() {
        assert!(Suppression::all("a: \"# polyglot: allow(x)\"\nb: x#polyglot: allow(y)\n", &[]).is_empty());
        assert_eq!(Suppression::all("a: 1\r\n# polyglot: allow(x)\r\nb: 1\r\n", &[])[0].reason, None);
    }
}
