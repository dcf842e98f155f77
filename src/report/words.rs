//! The words that several reports share.

use catalog::{Database, State};

use crate::decide::{Alternative, Selected, Verdict};

/// The names of databases as a person writes them: `Kafka + Redis`.
pub(crate) fn names(databases: &[&Database]) -> String {
    databases.iter().map(|database| database.name.as_str()).collect::<Vec<_>>().join(" + ")
}

/// An alternative with what speaks against it: `KeyDB (dormant)`, `ArangoDB (exceeds)`.
pub(crate) fn offered(alternative: &Alternative<'_>) -> String {
    let database = alternative.database;
    match (database.upstream.state, alternative.verdict) {
        (State::Active, Verdict::Exceeds) => format!("{} (exceeds)", database.name),
        (State::Active, _) => database.name.to_string(),
        (state, _) => format!("{} ({state})", database.name),
    }
}

/// The chosen databases with the pattern, or else the extensions, that go with them: `PostgreSQL with pgvector`.
pub(crate) fn chosen(selected: &Selected<'_>) -> String {
    let names = names(&selected.databases);
    match (&selected.pattern, selected.via.as_slice()) {
        (Some(pattern), _) => format!("{names} with {pattern}"),
        (None, []) => names,
        (None, via) => format!("{names} with {}", via.join(", ")),
    }
}
