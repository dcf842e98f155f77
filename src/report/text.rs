//! Diagnostics as a person reads them: the line itself, a mark under the fault, and what to do.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};

use super::style::lines;
use crate::diagnostic::{Diagnostic, Faults, Label, Severity};
use crate::source::{LineColumn, Lines, Place, Source};

/// The most diagnostics that are drawn; the rest is counted.
const DRAWN: usize = 1_000;

/// How much of a line is drawn on either side of a mark; what stands further off is cut, for no screen shows it.
const AROUND: usize = 500;

/// How far apart marks may be, in bytes, to be drawn in one picture.
const TOGETHER: usize = 4_000;

/// Draws all faults of a source, and counts them.
pub fn faults(faults: &Faults, width: usize) -> String {
    let drawing = Drawing::new(&faults.source, width);
    let mut text = String::new();
    for diagnostic in faults.diagnostics.iter().take(DRAWN) {
        text.push_str(&drawing.draw(diagnostic));
        text.push_str("\n\n");
    }
    let count = faults.diagnostics.len();
    if let Some(more) = count.checked_sub(DRAWN).filter(|more| *more > 0) {
        let _ = write!(text, "… and {more} more\n\n");
    }
    let noun = if count == 1 { "fault" } else { "faults" };
    let _ = writeln!(text, "{count} {noun} in {}", drawing.name);
    text
}

/// A place that is marked, and what stands beside the mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) place: Place,
    pub(super) text: &'a str,
}

impl<'a> Mark<'a> {
    fn of(label: &'a Label) -> Self {
        Self { place: label.place, text: &label.text }
    }
}

/// Adds what to do to a group.
pub(super) fn helped<'g>(mut group: Group<'g>, help: &[String], width: usize) -> Group<'g> {
    for help in help {
        group = group.element(Level::HELP.message(folded(help, width)));
    }
    group
}

/// What the diagnostics of one source are drawn with.
pub(super) struct Drawing<'a> {
    text: &'a str,
    name: String,
    positions: Lines,
    renderer: Renderer,
    width: usize,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(source: &'a Source, width: usize) -> Self {
        let renderer = Renderer::styled().term_width(width).decor_style(DecorStyle::Unicode);
        let name = normalize_untrusted_str(&source.name);
        Self { text: &source.text, name, positions: Lines::of(&source.text), renderer, width }
    }

    /// Draws one diagnostic.
    fn draw(&self, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let labels: Vec<Mark<'_>> = diagnostic.label.iter().chain(&diagnostic.related).map(Mark::of).collect();
        let group = Group::with_title(level.primary_title(diagnostic.message.as_str()));
        self.renderer.render(&[helped(self.marked(group, &labels), &diagnostic.help, self.width)])
    }

    /// Adds the text with its marks to a group, the first of which is the fault itself.
    pub(super) fn marked<'g>(&'g self, mut group: Group<'g>, marks: &[Mark<'_>]) -> Group<'g> {
        if marks.iter().all(|mark| self.text.is_empty() && mark.text.is_empty()) {
            return group.element(Origin::path(self.name.as_str()));
        }
        match self.lines(marks) {
            Some(lines) => group.element(self.snippet(lines, marks).path(self.name.as_str())),
            None => {
                for mark in marks {
                    let LineColumn { line, column } = self.positions.position(self.text, mark.place.start);
                    group = group.element(Origin::path(self.name.as_str()).line(line).char_column(column));
                    group = group.element(self.snippet(self.window(mark.place), std::slice::from_ref(mark)));
                }
                group
            }
        }
    }

    /// A part of the text with the marks of labels in it, the first of which is the fault itself.
    fn snippet(&self, part: Place, labels: &[Mark<'_>]) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let shown = self.text.get(part.range()).unwrap_or_default();
        let within = |offset: usize| {
            let inside = offset.saturating_sub(part.start).min(shown.len());
            (inside..=shown.len()).find(|at| shown.is_char_boundary(*at)).unwrap_or(shown.len())
        };
        let kinds = std::iter::once(AnnotationKind::Primary).chain(std::iter::repeat(AnnotationKind::Context));
        let marks = labels.iter().zip(kinds).map(|(label, kind)| {
            let Place { start, end } = label.place;
            let first_line = self.text.get(start..end).and_then(|marked| marked.find(['\n', '\r']));
            let end = first_line.map_or(end, |length| start.saturating_add(length));
            let span = within(start)..within(end);
            kind.span(span).label(normalize_untrusted_str(label.text))
        });
        Snippet::source(shown).line_start(self.positions.position(self.text, part.start).line).annotations(marks)
    }

    /// All lines from the first to the last that has a label, if they are not too many to be looked through.
    fn lines(&self, labels: &[Mark<'_>]) -> Option<Place> {
        let windows = labels.iter().map(|label| self.window(label.place));
        let start = windows.clone().map(|window| window.start).min()?;
        let end = windows.map(|window| window.end).max()?;
        let whole = start == 0 || self.text.get(..start).is_some_and(|before| before.ends_with(['\n', '\u{feff}']));
        (whole && end.saturating_sub(start) <= TOGETHER).then_some(Place::new(start, end))
    }

    /// The line of a place without its end, or the part of it near the place where the line is very long.
    fn window(&self, place: Place) -> Place {
        let text = self.text;
        let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let at = floor(place.start);
        let far = floor(at.saturating_sub(AROUND));
        let before = text.get(far..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(far, |newline| far.saturating_add(newline).saturating_add(1));
        let start = if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start };
        let far = floor(at.saturating_add(AROUND));
        let after = text.get(at..far).unwrap_or_default();
        let end = after.find('\n').map_or(far, |newline| at.saturating_add(newline));
        let line = text.get(start..end).unwrap_or_default();
        Place::new(start, start.saturating_add(line.trim_end_matches('\r').len()))
    }
}

/// A text in lines that fit beside `help: ` on the screen.
fn folded(text: &str, width: usize) -> String {
    const BESIDE: usize = 12;
    const NARROWEST: usize = 30;
    let room = width.saturating_sub(BESIDE).max(NARROWEST);
    let words: Vec<_> = normalize_untrusted_str(text).split_whitespace().map(str::to_owned).collect();
    textwrap::fill(&words.join(" "), lines(room).break_words(false))
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn help_is_folded_between_words() {
        assert_eq!(folded("one two", 100), "one two");
        assert_eq!(folded(&"word ".repeat(9), 42), "word word word word word word\nword word word");
        assert_eq!(folded(&"x".repeat(99), 42), "x".repeat(99));
    }
}
