//! The index of the folder: every record that stands there, whoever wrote it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use catalog::{Catalog, DatabaseRef};

use super::front::{Front, Status, value};
use super::shelf::number_of;
use crate::render::markdown::{cell, row, text};

/// The index of some records: their texts by the names of their files.
pub(super) fn index(records: &BTreeMap<String, String>, catalog: &Catalog) -> String {
    let mut table = String::from(
        "# Decision records\n\n| Number | Decision | Status | Database | Date |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut numbered: Vec<_> = records.iter().filter_map(|(name, text)| Some((number_of(name)?, name, text))).collect();
    numbered.sort();
    for (number, name, page) in &numbered {
        let front = Front::read(page);
        let said = |key: &str| front_matter(page).lines().find_map(|line| value(line, key)).unwrap_or_default();
        let status = front.as_ref().map_or_else(|| Status::of(said("status")), |front| front.status.clone());
        let replacement = match status {
            Status::Superseded(by) => numbered.iter().find(|(number, ..)| *number == by),
            _ => None,
        };
        let status = match replacement {
            Some((by, name, _)) => format!("superseded by [ADR-{by:04}]({name})"),
            None => text(&status.to_string()),
        };
        let databases = front.map_or_else(String::new, |front| named(&front.databases, catalog));
        let cells = [
            format!("{number:04}"),
            format!("[{}]({name})", linked(title(page).unwrap_or(name))),
            status,
            databases,
            text(said("date")),
        ];
        let _ = writeln!(table, "| {} |", cells.map(|markdown| cell(&markdown)).join(" | "));
    }
    table
}

/// Databases as a person writes them.
pub(super) fn named(databases: &[String], catalog: &Catalog) -> String {
    let names = databases.iter().map(|name| {
        let DatabaseRef { id, version } = DatabaseRef::parse(name);
        let version = version.unwrap_or_default();
        let known = catalog.get(id).map_or(id, |database| database.name.as_str());
        text(&format!("{known} {version}"))
    });
    row(&names.collect::<Vec<_>>())
}

/// The lines between the first two `---`.
fn front_matter(page: &str) -> &str {
    split(page).0
}

/// The first heading of a page.
fn title(page: &str) -> Option<&str> {
    let title = split(page).1.lines().find_map(|line| line.strip_prefix("# "))?.trim();
    (!title.is_empty()).then_some(title)
}

/// A page in front matter and the rest.
fn split(page: &str) -> (&str, &str) {
    let fence = |line: &str| line.trim_end() == "---";
    let mut at = 0usize;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let is_fence = fence(line);
        if number == 0 && !is_fence {
            break;
        }
        let next = at.saturating_add(line.len());
        if number > 0 && is_fence {
            return (page.get(..at).unwrap_or_default(), page.get(next..).unwrap_or_default());
        }
        at = next;
    }
    ("", page)
}

/// Markdown that may stand between the brackets of a link.
fn linked(markdown: &str) -> String {
    let mut escaped = String::with_capacity(markdown.len());
    let mut before = None;
    for character in markdown.chars() {
        if matches!(character, '[' | ']') && before != Some('\\') {
            escaped.push('\\');
        }
        escaped.push(character);
        before = Some(character);
    }
    escaped
}
