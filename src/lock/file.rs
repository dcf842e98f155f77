//! The lock as a text: TOML, a table for each kind of data.

use catalog::{Catalog, DatabaseRef, Date};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::value::Datetime;

use super::{Lock, Locked, Together};
use crate::decide::{Assumption, HeldDatabase};
use crate::diagnostic::{Diagnostic, Faults, suggestion};
use crate::source::{Place, Source};

/// The format that is written, and the newest that is read.
const VERSION: u64 = 1;

/// What the text begins with.
const HEAD: &str = "\
# What was decided for each kind of data, and on which fields. Review it like code.
# `polyglot select --write` writes it; `polyglot select --diff` shows what would change.

";

/// The name of the lock of a requirements file, which lies beside it: `polyglot.lock`, and for a file with a name of its
/// own `NAME.polyglot.lock`.
pub fn name_for(file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    match stem {
        "polyglot" | "req" | "requirements" => String::from("polyglot.lock"),
        other => format!("{other}.polyglot.lock"),
    }
}

/// Why a lock cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// A newer polyglot wrote it.
    #[error(
        "{name} has format {version}, and this polyglot knows up to {VERSION}\n  use the polyglot that wrote it, or a newer one"
    )]
    Newer {
        /// The file.
        name: String,
        /// Its format.
        version: u64,
    },
    /// It cannot be read.
    #[error("{} cannot be read", .0.source.name)]
    Faulty(Faults),
}

#[derive(Deserialize)]
struct Head {
    version: Spanned<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    portfolio: Option<Together>,
    #[serde(default)]
    data: IndexMap<String, Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[allow(dead_code, reason = "read before, as `Head`")]
    version: u64,
    #[serde(default)]
    portfolio: Option<Together>,
    #[serde(default)]
    data: IndexMap<String, Spanned<Table>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    databases: Vec<String>,
    #[serde(default)]
    images: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pinned: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<Datetime>,
    fingerprint: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assumes: Vec<String>,
    #[serde(default)]
    fields: IndexMap<String, Field>,
}

/// The value of a field: a flag, or a text as the requirements file writes it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Field {
    Flag(bool),
    Text(String),
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// [`LockError`] where a newer polyglot wrote it, or it is no lock, or names what the catalog does not know.
    pub fn parse(source: &Source, catalog: &Catalog) -> Result<Self, LockError> {
        let faulty = |diagnostics| LockError::Faulty(Faults::new(source.clone(), diagnostics));
        let head: Head = toml::from_str(&source.text).map_err(|error| faulty(vec![Diagnostic::from_toml(&error)]))?;
        let version = *head.version.get_ref();
        if version > VERSION {
            return Err(LockError::Newer { name: source.name.clone(), version });
        }
        if version == 0 {
            let place = Place::new(head.version.span().start, head.version.span().end);
            return Err(faulty(vec![Diagnostic::error("there is no format 0").at(place, "expected 1")]));
        }
        let read: Read = toml::from_str(&source.text).map_err(|error| faulty(vec![Diagnostic::from_toml(&error)]))?;
        let mut wrong = Vec::new();
        let data = read.data.into_iter().map(|(name, table)| {
            let place = Place::new(table.span().start, table.span().end);
            (name, table.into_inner().locked(place, catalog, &mut wrong))
        });
        let lock = Self { portfolio: read.portfolio, data: data.collect() };
        if wrong.is_empty() { Ok(lock) } else { Err(faulty(wrong)) }
    }

    /// The lock as a text, the same for the same lock.
    ///
    /// # Errors
    /// Where the library refuses to write what we hand it.
    pub fn text(&self) -> Result<String, toml::ser::Error> {
        let data = self.data.iter().map(|(name, locked)| (name.clone(), Table::of(locked))).collect();
        Ok(format!("{HEAD}{}", toml::to_string(&Written { version: VERSION, portfolio: self.portfolio, data })?))
    }
}

impl Table {
    fn of(locked: &Locked) -> Self {
        let field = |value: &String| value.parse().map_or_else(|_| Field::Text(value.clone()), Field::Flag);
        Self {
            databases: locked.names(),
            images: locked.databases.iter().filter_map(|database| database.image.clone()).collect(),
            pinned: locked.pinned,
            justification: locked.justification.clone(),
            date: locked.date.and_then(|date| date.to_string().parse().ok()),
            fingerprint: locked.fingerprint.clone(),
            assumes: locked.assumes.iter().map(|assumption| assumption.written()).collect(),
            fields: locked.fields.iter().map(|(name, value)| (name.clone(), field(value))).collect(),
        }
    }

    fn locked(self, place: Place, catalog: &Catalog, faults: &mut Vec<Diagnostic>) -> Locked {
        let mut images = self.images.into_iter();
        let mut databases = Vec::with_capacity(self.databases.len());
        for name in self.databases {
            let DatabaseRef { id, version } = DatabaseRef::parse(&name);
            let version = version.unwrap_or_default();
            match known(id, version, place, catalog) {
                Ok(in_container) => {
                    let image = if in_container { images.next() } else { None };
                    databases.push(HeldDatabase { id: id.to_owned(), version: version.to_owned(), image });
                }
                Err(fault) => faults.push(*fault),
            }
        }
        let mut assumes = Vec::with_capacity(self.assumes.len());
        for text in &self.assumes {
            match Assumption::parse(text) {
                Some(assumption) => assumes.push(assumption),
                None => faults.push(unknown_assumption(text, place)),
            }
        }
        let text = |field| match field {
            Field::Flag(flag) => flag.to_string(),
            Field::Text(text) => text,
        };
        let date = self.date.and_then(|date| date.date);
        Locked {
            databases,
            pinned: self.pinned,
            justification: self.justification,
            date: date.map(|date| Date { year: date.year, month: date.month, day: date.day }),
            fingerprint: self.fingerprint,
            assumes,
            fields: self.fields.into_iter().map(|(name, field)| (name, text(field))).collect(),
            place,
        }
    }
}

fn unknown_assumption(text: &str, place: Place) -> Diagnostic {
    let message = format!("the lock records the assumption `{text}`, which cannot be read");
    Diagnostic::error(message).at(place, "here").help("write it as `data_size <= 500GB`, or `polyglot select --write`")
}

/// Whether a database of a lock runs in a container.
fn known(id: &str, version: &str, place: Place, catalog: &Catalog) -> Result<bool, Box<Diagnostic>> {
    let unknown = |message: String, help: String| Box::new(Diagnostic::error(message).at(place, "here").help(help));
    let Some(database) = catalog.get(id) else {
        let message = format!("the lock names the database `{id}`, which the catalog does not know");
        return Err(unknown(message, suggestion(id, catalog.ids())));
    };
    if let Some(version) = database.version(version) {
        return Ok(version.image.is_some());
    }
    let offered = database.versions.iter().map(|version| version.major.as_str());
    if let Some(version) = database.ended_version(version) {
        let since = version.end_of_life.map_or_else(|| String::from("any more"), |end| format!("since {end}"));
        let message = format!("the lock names {} {}, which has had no fixes {since}", database.name, version.major);
        let offered: Vec<&str> = offered.collect();
        let help = format!("plan the move to {}, and decide anew without the lock", offered.join(", "));
        return Err(unknown(message, help));
    }
    let message = format!("the lock names {} `{version}`, which the catalog does not know", database.name);
    Err(unknown(message, suggestion(version, offered)))
}

#[cfg(test)]
mod tests {
    use super::name_for;

    #[test]
    fn a_lock_is_called_after_its_file() {
        for (file, lock) in [
            ("polyglot.yaml", "polyglot.lock"),
            ("req.yaml", "polyglot.lock"),
            ("web-shop.yaml", "web-shop.polyglot.lock"),
            ("a.b.yml", "a.b.polyglot.lock"),
            ("plain", "plain.polyglot.lock"),
        ] {
            assert_eq!(name_for(file), lock);
        }
    }
}
