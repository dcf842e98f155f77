//! What a lock records against what would be decided now, and which field made the difference.

use catalog::{Catalog, DatabaseRef};

use super::{Lock, Locked, PIN, deciding_fields, fingerprint};
use crate::decide::{DecisionContext, Selection};
use crate::requirements::{Data, Profile, Requirements};

/// What a lock records against a requirements file, and against what would be decided now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The kinds of data that are not as the lock records them: in the order of the file, then those it no longer has.
    pub changed: Vec<Changed>,
}

/// A kind of data that is not as the lock records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its name.
    pub data: String,
    /// How it differs.
    pub difference: Difference,
}

/// How a kind of data differs from what a lock records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The lock does not know it.
    Missing {
        /// What would be decided.
        now: Vec<String>,
    },
    /// The file no longer has it.
    Gone {
        /// What was decided.
        locked: Vec<String>,
    },
    /// The fields that decide, or the justification, are not what they were.
    Stale {
        /// What has changed.
        fields: Vec<FieldChange>,
        /// What was decided.
        locked: Vec<String>,
        /// What would be decided now, where that is something else.
        now: Option<Vec<String>>,
        /// The fields that would give the old answer if they alone were as before.
        flipped_by: Vec<String>,
    },
    /// The fields are what they were, but the answer would be another: the catalog, the policy, the tree or what stands
    /// beside it has changed.
    Drifted {
        /// What was decided.
        locked: Vec<String>,
        /// What would be decided now.
        now: Vec<String>,
    },
}

/// A field that is not as a lock records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// What the lock records; absent where the field was not given.
    pub before: Option<String>,
    /// What the file says; absent where it does not give it.
    pub now: Option<String>,
}

impl Difference {
    /// Whether it makes the lock useless for rendering: the requirements have moved on.
    pub fn is_stale(&self) -> bool {
        !matches!(self, Self::Drifted { .. })
    }
}

impl Lock {
    /// Compares the lock with what a file says: which of its kinds of data the lock no longer speaks of.
    pub fn stale(&self, requirements: &Requirements, catalog: &Catalog) -> bool {
        let current = |(name, data): (&String, &Data)| {
            let locked = self.data.get(name)?;
            locked.changes(data, catalog).is_empty().then_some(())
        };
        self.data.len() != requirements.data.len() || requirements.data.iter().any(|kind| current(kind).is_none())
    }

    /// Compares the lock with what would be decided now.
    pub fn compare(&self, selection: &Selection<'_>, context: &DecisionContext<'_>) -> Comparison {
        let mut changed = Vec::new();
        for selected in &selection.kinds {
            let versions = selected.databases.iter().zip(&selected.versions);
            let now: Vec<String> =
                versions.map(|(one, version)| DatabaseRef::new(&one.id, &version.major).to_string()).collect();
            let difference = match self.data.get(selected.name) {
                None => Some(Difference::Missing { now }),
                Some(locked) => locked.difference(selected.data, now, context),
            };
            changed.extend(difference.map(|difference| Changed { data: selected.name.to_owned(), difference }));
        }
        let there = |name: &str| selection.kinds.iter().any(|selected| selected.name == name);
        let gone = self.data.iter().filter(|(name, _)| !there(name));
        changed.extend(gone.map(|(name, locked)| Changed {
            data: name.clone(),
            difference: Difference::Gone { locked: locked.names() },
        }));
        Comparison { changed }
    }
}

impl Locked {
    /// What the file says otherwise than it did.
    fn changes(&self, data: &Data, catalog: &Catalog) -> Vec<FieldChange> {
        let now = deciding_fields(data, catalog);
        let mut names: Vec<&String> = self.fields.keys().chain(now.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let change = |field: &str, before: Option<&String>, now: Option<&String>| {
            let change = || FieldChange { field: field.to_owned(), before: before.cloned(), now: now.cloned() };
            (before != now).then(change)
        };
        let mut changes: Vec<FieldChange> =
            names.iter().filter_map(|name| change(name, self.fields.get(*name), now.get(*name))).collect();
        let why = data.justification.as_ref().map(|why| why.value.trim().to_owned());
        changes.extend(change("justification", self.justification.as_ref(), why.as_ref()));
        if changes.is_empty() && fingerprint(&now) != self.fingerprint {
            let (before, now) = (Some(self.fingerprint.clone()), Some(fingerprint(&now)));
            changes.push(FieldChange { field: String::from("fingerprint"), before, now });
        }
        changes
    }

    fn difference(&self, data: &Data, now: Vec<String>, context: &DecisionContext<'_>) -> Option<Difference> {
        let (locked, fields) = (self.names(), self.changes(data, context.catalog()));
        if fields.is_empty() {
            return (locked != now).then_some(Difference::Drifted { locked, now });
        }
        let now = (locked != now).then_some(now);
        let flipped_by = if now.is_some() { self.flipped_by(data, &fields, context) } else { Vec::new() };
        Some(Difference::Stale { fields, locked, now, flipped_by })
    }

    /// The fields each of which alone, set back to what it was, would give the old answer.
    fn flipped_by(&self, data: &Data, fields: &[FieldChange], context: &DecisionContext<'_>) -> Vec<String> {
        if fields.iter().any(|change| change.field == PIN) {
            return vec![String::from(PIN)];
        }
        let (before, profile) = (self.profile(), Profile::of(data, context.catalog()));
        let old: Vec<&str> = self.databases.iter().map(|database| database.id.as_str()).collect();
        let set_back = |change: &&FieldChange| {
            let trial = profile.with_field_of(&change.field, &before);
            context.answer_alone(trial).is_some_and(|answer| answer == old)
        };
        fields.iter().filter(set_back).map(|change| change.field.clone()).collect()
    }
}
