//! The selection as a table for a terminal.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table};

use super::style::{FAINT, HEADING, Look, verdict as verdict_style};
use super::{Shown, chosen, names};
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

fn matrix(shown: Shown<'_>, look: Look) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(look.columns);
    if look.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let header = ["data", "database", "why", "fit", "alternative"];
    table.set_header(header.map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
    for selected in &shown.selection.kinds {
        let instead = selected.instead_of.as_ref().map(|(walked, _)| format!("\ninstead of {}", names(walked)));
        let alternative = selected.alternatives.first().map(|alternative| {
            let state = alternative.database.upstream.state;
            let state = if state == crate::catalog::State::Active { String::new() } else { format!(" ({state})") };
            format!("{}{state}", alternative.database.name)
        });
        table.add_row([
            Cell::new(selected.name),
            Cell::new(format!("{}{}", chosen(selected), instead.unwrap_or_default())).add_attribute(Attribute::Bold),
            Cell::new(&selected.reason),
            Cell::new(selected.verdict).fg(colour(selected.verdict)),
            Cell::new(alternative.unwrap_or_default()),
        ]);
    }
    table
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
    let replaced = selected
        .instead_of
        .iter()
        .map(|(walked, why)| format!("{name}: {} instead of {}: {why}", names(&selected.databases), names(walked)));
    let troubles = selected.troubles().map(|check| {
        let verdict = look.paint(verdict_style(check.verdict), check.verdict);
        format!("{name}: {verdict} on {}: {}", check.database.name, check.trouble())
    });
    replaced.chain(troubles).collect()
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
