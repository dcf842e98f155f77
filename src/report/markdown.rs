//! The selection as a Markdown table.

use std::fmt::Write as _;

use super::{Shown, chosen, names, offered};
use crate::decide::Verdict;

pub(super) fn selection(shown: Shown<'_>) -> String {
    let mut text = format!("# {}\n\n", escaped(shown.requirements.name()));
    text.push_str("| data | database | why | fit | alternative |\n| --- | --- | --- | --- | --- |\n");
    for selected in &shown.selection.kinds {
        let instead = selected
            .instead_of
            .as_ref()
            .map_or_else(String::new, |(walked, _)| format!(" (instead of {})", escaped(&names(walked))));
        let alternative = selected.alternatives.first().map_or_else(String::new, offered);
        let row = [
            escaped(selected.name),
            format!("**{}**{instead}", escaped(&chosen(selected))),
            escaped(&selected.reason),
            selected.verdict.to_string(),
            escaped(&alternative),
        ];
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    let replaced = shown.selection.kinds.iter().filter_map(|selected| Some((selected, selected.instead_of.as_ref()?)));
    let notes: Vec<_> = replaced
        .map(|(selected, (walked, why))| {
            let (name, walked, chosen) = (escaped(selected.name), names(walked), names(&selected.databases));
            format!("- **{name}**: {chosen} instead of {walked}: {}", escaped(why))
        })
        .chain(shown.selection.kinds.iter().filter(|selected| selected.verdict != Verdict::Fits).flat_map(|selected| {
            selected.troubles().map(move |check| {
                format!(
                    "- **{}**: {} on {}: {}",
                    escaped(selected.name),
                    check.verdict,
                    check.database.name,
                    escaped(&check.trouble())
                )
            })
        }))
        .collect();
    if !notes.is_empty() {
        let _ = write!(text, "\n{}\n", notes.join("\n"));
    }
    text
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
