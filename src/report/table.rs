//! The selection as a table for a terminal.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color};

use super::Shown;
use super::brief::{Line, assumptions, locked, notes, services, unrealised};
use super::style::{FAINT, HEADING, Look, verdict as verdict_style};
use crate::decide::Verdict;
use crate::plan::{Capacity, CapacityVerdict};

pub(super) fn selection(shown: Shown<'_>, look: Look) -> String {
    let mut text = format!("{}\n\n", matrix(shown, look));
    let mut say = |line: &str, indent: usize| {
        let _ = writeln!(text, "{}", look.wrap(line, indent));
    };
    for note in notes(shown) {
        let verdict = note.verdict.map_or_else(String::new, |of| format!("{} ", look.paint(verdict_style(of), of)));
        say(&format!("{}: {verdict}{}", look.paint(HEADING, &note.about), note.text), 2);
    }
    let assumptions = assumptions(shown);
    if !assumptions.is_empty() {
        say("assumed, because the file does not say:", 2);
    }
    for (about, text) in &assumptions {
        say(&format!("  {}: {text}", look.paint(HEADING, about)), 4);
    }
    if let Some(unrealised) = unrealised(shown) {
        say(&unrealised, 2);
    }
    for line in services(shown) {
        say(&look.paint(FAINT, line), 2);
    }
    say(&capacity(shown.capacity, look), 2);
    if let Some(locked) = locked(shown) {
        say(locked, 2);
    }
    text
}

fn matrix(shown: Shown<'_>, look: Look) -> String {
    let mut table = look.table(&["data", "database", "why", "fit"]);
    for selected in &shown.selection.kinds {
        let line = Line::of(selected);
        table.add_row([
            Cell::new(selected.name),
            Cell::new(line.database).add_attribute(Attribute::Bold),
            Cell::new(line.why),
            Cell::new(line.fit).fg(colour(selected.verdict)),
        ]);
    }
    Look::finish(&mut table)
}

fn colour(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Fits => Color::Green,
        Verdict::Strained => Color::Yellow,
        Verdict::Exceeds | Verdict::Unproven => Color::Red,
    }
}

/// What the services need of the host, in one sentence.
pub(super) fn capacity(capacity: &Capacity, look: Look) -> String {
    let style = match capacity.verdict() {
        CapacityVerdict::Fits => FAINT,
        CapacityVerdict::Tight => verdict_style(Verdict::Strained),
        CapacityVerdict::Exceeds => verdict_style(Verdict::Exceeds),
    };
    look.paint(style, format!("host {}", capacity.summary()))
}
