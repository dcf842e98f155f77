//! The selection as a Markdown table.

use std::fmt::Write as _;

use super::Shown;
use super::brief::{Line, assumptions, locked, notes, services};

pub(super) fn selection(shown: Shown<'_>) -> String {
    let mut text = format!("# {}\n\n", escaped(shown.requirements.name()));
    text.push_str("| data | database | why | fit |\n| --- | --- | --- | --- |\n");
    for selected in &shown.selection.kinds {
        let Line { database, why, fit } = Line::of(selected);
        let [name, database, why, fit] = [selected.name, &database, &why, &fit].map(escaped);
        let _ = writeln!(text, "| {name} | **{database}** | {why} | {fit} |");
    }
    let note = |about: &str, said: &str| format!("- **{}**: {}", escaped(about), escaped(said));
    let notes = notes(shown).into_iter().map(|one| match one.verdict {
        Some(verdict) => note(&one.about, &format!("{verdict} {}", one.text)),
        None => note(&one.about, &one.text),
    });
    section(&mut text, None, notes);
    let assumptions = assumptions(shown);
    let assumed = assumptions.iter().map(|(about, said)| note(about, said));
    section(&mut text, Some("Assumed, because the file does not say:"), assumed);
    for line in services(shown).iter().map(String::as_str).chain(locked(shown)) {
        let _ = write!(text, "\n{}\n", escaped(line));
    }
    let _ = write!(text, "\nHost {}\n", escaped(&shown.capacity.summary()));
    text
}

/// A list with what it is about; nothing where it is empty.
fn section(text: &mut String, about: Option<&str>, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return;
    }
    let about = about.map_or_else(String::new, |about| format!("{about}\n\n"));
    let _ = write!(text, "\n{about}{}\n", items.join("\n"));
}

/// Text that Markdown would read as markup, as text.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '*' | '_' | '`' | '[' | ']' | '<' | '\\' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}
