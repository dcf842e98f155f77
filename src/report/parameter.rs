//! A setting of a server, explained: which databases know it, how its value comes about, and where the rule is from.

use std::fmt::Write as _;

use catalog::{Catalog, Database, Tuning};

use super::style::{FAINT, HEADING, Look};

/// Every setting that the catalog makes.
pub fn names(catalog: &Catalog) -> Vec<&str> {
    let mut names: Vec<&str> = rows(catalog).into_iter().map(|(_, row)| row.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A setting of one server or of several; nothing where no server has it.
pub fn parameter(name: &str, catalog: &Catalog, look: Look) -> Option<String> {
    let rows: Vec<_> = rows(catalog).into_iter().filter(|(_, row)| row.name == *name).collect();
    if rows.is_empty() {
        return None;
    }
    let mut text = format!("{}, a setting\n", look.paint(HEADING, name));
    for (database, row) in rows {
        let _ = writeln!(text, "  {}{}", database.name, versions(row));
        let unit = row.unit.as_deref().map(|unit| format!(" in {unit}")).unwrap_or_default();
        let value = format!("    value{unit}: {}", row.value);
        let _ = writeln!(text, "{}", look.wrap(&value, 6));
        if let Some(when) = &row.when {
            let _ = writeln!(text, "{}", look.wrap(&format!("    when: {when}"), 6));
        }
        let _ = writeln!(text, "{}", look.wrap(&format!("    why: {}", row.why), 6));
        if let Some(source) = database.sources.get(&row.source) {
            let from = format!("[{}, {}: {}]", source.evidence, source.date, source.address);
            let _ = writeln!(text, "    {}", look.paint(FAINT, from));
        }
    }
    Some(text)
}

fn versions(row: &Tuning) -> String {
    match (row.versions().since, row.versions().until) {
        (Some(since), Some(until)) => format!(" from {since}, before {until}"),
        (Some(since), None) => format!(" from {since}"),
        (None, Some(until)) => format!(" before {until}"),
        (None, None) => String::new(),
    }
}

fn rows(catalog: &Catalog) -> Vec<(&Database, &Tuning)> {
    let mut rows = Vec::new();
    for database in catalog.databases() {
        let recipe = catalog.recipe(&database.id);
        rows.extend(recipe.into_iter().flat_map(|recipe| &recipe.tuning).map(|row| (database, row)));
    }
    rows
}
