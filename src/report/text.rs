//! Diagnostics as a person reads them: the line itself, a mark under the fault, and what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Faults, Label, Severity};
use crate::source::{Place, Source};

/// The most diagnostics that are drawn; the rest is counted.
const DRAWN: usize = 1_000;

/// Draws all faults of a source, and counts them.
pub fn faults(faults: &Faults, width: usize) -> String {
    let renderer = Renderer::styled().term_width(width).decor_style(DecorStyle::Unicode);
    let mut text = String::new();
    for diagnostic in faults.diagnostics.iter().take(DRAWN) {
        text.push_str(&draw(&faults.source, diagnostic, &renderer));
        text.push_str("\n\n");
    }
    let count = faults.diagnostics.len();
    if let Some(more) = count.checked_sub(DRAWN).filter(|more| *more > 0) {
        text.push_str(&format!("… and {more} more\n\n"));
    }
    let noun = if count == 1 { "fault" } else { "faults" };
    text.push_str(&format!("{count} {noun} in {}\n", faults.source.name));
    text
}

/// Draws one diagnostic.
fn draw(source: &Source, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()));
    match &diagnostic.label {
        Some(label) => group = marked(group, source, label, AnnotationKind::Primary),
        None => group = group.element(Origin::path(source.name.as_str())),
    }
    for label in &diagnostic.related {
        group = marked(group, source, label, AnnotationKind::Context);
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// Adds the line of a label, cut to what a person can read, with its mark.
fn marked<'a>(group: Group<'a>, source: &'a Source, label: &'a Label, kind: AnnotationKind) -> Group<'a> {
    let window = window(&source.text, label.place);
    let at = source.line_column(label.place.start);
    let Some(shown) = source.text.get(window.range()) else { return group };
    let start = label.place.start.saturating_sub(window.start).min(shown.len());
    let end = label.place.end.saturating_sub(window.start).clamp(start, shown.len());
    let annotation = kind.span(start..end).label(label.text.as_str());
    let origin = Origin::path(source.name.as_str()).line(at.line).char_column(at.column);
    group.element(origin).element(Snippet::source(shown).line_start(at.line).annotation(annotation))
}

/// The line of a place, or the part of it near the place where the line is very long.
fn window(text: &str, place: Place) -> Place {
    const AROUND: usize = 400;
    let start = place.start.min(text.len());
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    let after = text.get(start..).unwrap_or_default();
    let line_end = after.find('\n').map_or(text.len(), |newline| start.saturating_add(newline));
    let mut from = line_start.max(start.saturating_sub(AROUND));
    let mut to = line_end.min(start.saturating_add(AROUND));
    while !text.is_char_boundary(from) {
        from = from.saturating_sub(1);
    }
    while !text.is_char_boundary(to) {
        to = to.saturating_add(1);
    }
    if from == 0 && text.starts_with('\u{feff}') {
        from = '\u{feff}'.len_utf8().min(to);
    }
    Place::new(from, to)
}
