//! The selection as a table for a terminal.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color};

use super::style::{FAINT, HEADING, Look, verdict as verdict_style};
use super::{Shown, chosen, names, offered};
use crate::decide::{Selected, Verdict};

pub(super) fn selection(shown: Shown<'_>, look: Look) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", matrix(shown, look));
    for note in shown.selection.kinds.iter().flat_map(|selected| notes(selected, look)) {
        let _ = writeln!(text, "{}", look.wrap(&note, 2));
    }
    let _ = writeln!(text, "{}", summary(shown, look));
    text
}

fn matrix(shown: Shown<'_>, look: Look) -> String {
    let mut table = look.table(&["data", "database", "why", "fit", "alternative"]);
    for selected in &shown.selection.kinds {
        let instead = selected.instead_of.as_ref().map(|(walked, _)| format!("\ninstead of {}", names(walked)));
        let alternative = selected.alternatives.first().map(offered);
        table.add_row([
            Cell::new(selected.name),
            Cell::new(format!("{}{}", chosen(selected), instead.unwrap_or_default())).add_attribute(Attribute::Bold),
            Cell::new(&selected.reason),
            Cell::new(selected.verdict).fg(colour(selected.verdict)),
            Cell::new(alternative.unwrap_or_default()),
        ]);
    }
    Look::finish(&mut table)
}

fn colour(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Fits => Color::Green,
        Verdict::Strained => Color::Yellow,
        Verdict::Exceeds => Color::Red,
    }
}

/// What is to be said below the table of a kind of data: why an answer was replaced, and what is strained.
fn notes(selected: &Selected<'_>, look: Look) -> Vec<String> {
    let name = look.paint(HEADING, selected.name);
    let replaced = selected.instead_of.iter().map(|(walked, why)| {
        format!("{name}: {} instead of {}: {}", names(&selected.databases), names(walked), first_sentence(why))
    });
    let troubles = selected.troubles().map(|check| {
        let verdict = look.paint(verdict_style(check.verdict), check.verdict);
        format!("{name}: {verdict} on {}: {}", check.database.name, first_sentence(&check.trouble()))
    });
    replaced.chain(troubles).collect()
}

/// The start of an explanation that `--explain` gives in full.
fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first)
}

/// The services in one line: `8 services: postgresql 18, redis-cache 8.2, …`.
fn summary(shown: Shown<'_>, look: Look) -> String {
    let services: Vec<_> = shown
        .selection
        .services
        .iter()
        .map(|service| format!("{} {}", service.instance, service.version.major))
        .collect();
    let noun = if services.len() == 1 { "service" } else { "services" };
    look.paint(FAINT, look.wrap(&format!("{} {noun}: {}", services.len(), services.join(", ")), 2))
}
