//! polyglot.lock: what was decided for each kind of data, and on what grounds.

mod compare;
mod file;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use compare::{Changed, Comparison, Difference, FieldChange};
pub use file::{LockError, name_for};

use catalog::{Catalog, DatabaseRef, Date};

use crate::decide::{Assumption, Held, HeldDatabase, Holder, Selected, Selection};
use crate::requirements::{Change, Data, Profile};
use crate::source::Place;

/// What was decided for each kind of data of a requirements file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// How all of it was decided together, where it was.
    pub portfolio: Option<Together>,
    /// The decisions, in the order of the requirements file.
    pub data: IndexMap<String, Locked>,
}

/// How a portfolio was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// The most databases that were allowed on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_databases: Option<usize>,
}

/// What was decided for a kind of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The databases, the one that holds the data first.
    pub databases: Vec<HeldDatabase>,
    /// Whether the file pinned the database.
    pub pinned: bool,
    /// Why it was pinned.
    pub justification: Option<String>,
    /// The day on which it was decided, as far as anybody has said.
    pub date: Option<Date>,
    /// What stands for the deciding fields.
    pub fingerprint: String,
    /// What the file left open and the decision rests on.
    pub assumes: Vec<Assumption>,
    /// The deciding fields with their values, as the requirements file writes them.
    pub fields: IndexMap<String, String>,
    /// Where it stands in the file that it was read from.
    pub place: Place,
}

/// The name of the field that pins a database.
const PIN: &str = "database";

/// The fields that decide where a kind of data lives, with their values: what it says and what its kind presets.
fn deciding_fields(data: &Data, catalog: &Catalog) -> IndexMap<String, String> {
    let facts = Profile::of(data, catalog).facts().into_iter();
    let facts = facts.map(|change| (change.field().to_owned(), change.value()));
    let named = [("source", &data.source), ("with", &data.with), (PIN, &data.database)];
    let named = named.into_iter().filter_map(|(field, name)| Some((field.to_owned(), name.as_ref()?.value.clone())));
    let growth = data.growth.as_ref().map(|growth| (String::from("growth"), growth.value.to_string()));
    let mut fields: IndexMap<String, String> = facts.chain(named).chain(growth).collect();
    fields.sort_unstable_keys();
    fields
}

/// What stands for some fields: the first 16 hexadecimal digits of the SHA-256 of `field=value` lines.
fn fingerprint(fields: &IndexMap<String, String>) -> String {
    const BYTES: usize = 8;
    let mut hash = Sha256::new();
    for (field, value) in fields {
        hash.update(format!("{field}={value}\n"));
    }
    hexadecimal(&hash.finalize(), BYTES)
}

/// The first of some bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8], most: usize) -> String {
    let digits = bytes.iter().take(most).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

impl Lock {
    /// Records a selection. The date of a decision that is as an older lock records it stays; another one gets the
    /// date that is given.
    pub fn of(
        selection: &Selection<'_>,
        catalog: &Catalog,
        image: impl Fn(&str) -> Option<String>,
        older: Option<&Self>,
        date: Option<Date>,
    ) -> Self {
        let kinds = selection.kinds.iter().map(|selected| {
            let mut locked = Locked::of(selected, catalog, &image);
            let before = older.and_then(|older| older.data.get(selected.name));
            let same = before.filter(|before| before.says_the_same_as(&locked));
            locked.date = same.map_or(date, |before| before.date.or(date));
            (selected.name.to_owned(), locked)
        });
        Self { portfolio: None, data: kinds.collect() }
    }

    /// The answers that are to stay.
    pub fn held(&self) -> Held<'_> {
        let by = if self.portfolio.is_some() { Holder::Portfolio } else { Holder::Lock };
        Held::new(by, self.data.iter().map(|(name, locked)| (name.as_str(), locked.databases.as_slice())))
    }

    /// Every database that is to stay in its version.
    pub fn databases(&self) -> impl Iterator<Item = &HeldDatabase> {
        self.data.values().flat_map(|locked| &locked.databases)
    }

    /// The last day on which anything was decided.
    pub fn newest_date(&self) -> Option<Date> {
        self.data.values().filter_map(|locked| locked.date).max()
    }
}

impl Locked {
    fn of(selected: &Selected<'_>, catalog: &Catalog, image: &impl Fn(&str) -> Option<String>) -> Self {
        let versions = selected.databases.iter().zip(&selected.versions);
        let held = versions.zip(&selected.instances).map(|((database, version), instance)| HeldDatabase {
            id: database.id.to_string(),
            version: version.major.to_string(),
            image: image(&instance.to_string()),
        });
        let fields = deciding_fields(selected.data, catalog);
        Self {
            databases: held.collect(),
            pinned: selected.pinned,
            justification: selected.data.justification.as_ref().map(|why| why.value.trim().to_owned()),
            date: None,
            fingerprint: fingerprint(&fields),
            assumes: selected.assumptions.clone(),
            fields,
            place: Place::default(),
        }
    }

    /// Whether the same was decided on the same grounds; the day does not count.
    fn says_the_same_as(&self, other: &Self) -> bool {
        let what = |locked: &Self| (locked.databases.clone(), locked.pinned, locked.justification.clone());
        what(self) == what(other) && self.fields == other.fields && self.fingerprint == other.fingerprint
    }

    /// What a decision looked at.
    fn profile(&self) -> Profile {
        let changes = self.fields.iter().filter_map(|(field, value)| Change::parse(field, value));
        changes.fold(Profile::default(), |profile, change| profile.with(change))
    }

    /// The databases as a pin would name them: `postgresql@18`.
    pub fn names(&self) -> Vec<String> {
        self.databases.iter().map(|database| DatabaseRef::new(&database.id, &database.version).to_string()).collect()
    }
}
