//! A field that is given another value than the file gives it: the text is read as if it said so.

use std::str::FromStr;

use super::fields::shortened;
use crate::diagnostic::{Diagnostic, Faults, suggestion};
use crate::source::{Place, Source};
use crate::yaml::{Entry, Node, Value};

/// A field and the value to read it with: `orders.data_size=2TB`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    text: String,
    owner: String,
    field: String,
    value: String,
}

/// Where the fields of the host are.
const TARGET: &str = "target";

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').and_then(|(path, value)| Some((path.split_once('.')?, value)));
        let Some(((owner, field), value)) = parts.filter(|((owner, field), _)| !owner.is_empty() && !field.is_empty())
        else {
            return Err(String::from("expected DATASET.FIELD=VALUE, such as `orders.data_size=2TB`"));
        };
        let [owner, field, value] = [owner, field, value].map(|part| part.trim().to_owned());
        Ok(Self { text: text.to_owned(), owner, field, value })
    }
}

impl std::fmt::Display for Assignment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Some assignments as a text of their own, whose places come after those of the file.
pub(super) struct Assignments<'a> {
    file: &'a Source,
    all: &'a [Assignment],
}

impl<'a> Assignments<'a> {
    pub(super) fn new(file: &'a Source, all: &'a [Assignment]) -> Self {
        Self { file, all }
    }

    /// Where the places of the assignments begin: past the end of the file.
    fn base(&self) -> usize {
        self.file.text.len().saturating_add(1)
    }

    /// Gives the fields their values in the tree of the file.
    pub(super) fn apply(&self, root: &mut Node) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut start = self.base();
        for assignment in self.all {
            faults.extend(assignment.apply(root, start).err());
            start = start.saturating_add(assignment.text.len()).saturating_add(1);
        }
        faults
    }

    /// What is wrong, where it was written: what the assignments make wrong is theirs.
    pub(super) fn faults(&self, diagnostics: Vec<Diagnostic>) -> Faults {
        let base = self.base();
        let (ours, files): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(|one| one.start() >= base);
        if self.all.is_empty() {
            return Faults::new(self.file.clone(), ours.into_iter().chain(files).collect());
        }
        if ours.is_empty() {
            return Faults::new(self.file.clone(), files);
        }
        let text = self.all.iter().map(|assignment| assignment.text.as_str()).collect::<Vec<_>>().join("\n");
        let back = |place: Place| Place::new(place.start.saturating_sub(base), place.end.saturating_sub(base));
        let moved = ours.into_iter().map(|mut diagnostic| {
            diagnostic.related.retain(|label| label.place.start >= base);
            let labels = diagnostic.label.iter_mut().chain(&mut diagnostic.related);
            labels.for_each(|label| label.place = back(label.place));
            diagnostic
        });
        Faults::new(Source { name: String::from("--set"), text }, moved.collect())
    }
}

impl Assignment {
    fn apply(&self, root: &mut Node, start: usize) -> Result<(), Diagnostic> {
        let at = |from: usize, length: usize| {
            let from = start.saturating_add(from);
            Place::new(from, from.saturating_add(length))
        };
        let owner_place = at(0, self.owner.len());
        let names = root.get("data").map(Node::entries).unwrap_or_default();
        let names: Vec<String> = names.iter().map(|entry| entry.key.clone()).collect();
        let owner = if names.contains(&self.owner) {
            root.get_mut("data").and_then(|data| data.get_mut(&self.owner))
        } else if self.owner == TARGET {
            if root.get(TARGET).is_none() {
                let nothing = Node::new(owner_place, Value::Null);
                root.set(Entry { key: TARGET.to_owned(), place: owner_place, value: nothing });
            }
            root.get_mut(TARGET)
        } else {
            None
        };
        let Some(owner) = owner else {
            let message = format!("there is no dataset `{}`", shortened(&self.owner));
            let help = suggestion(&self.owner, names.iter().map(String::as_str).chain([TARGET]));
            return Err(Diagnostic::error(message).at(owner_place, "nothing of this name in the file").help(help));
        };
        let field_at = self.owner.len().saturating_add(1);
        let value_at = self.text.find('=').unwrap_or_default().saturating_add(1);
        let value = match self.value.as_str() {
            "" | "~" | "null" => Value::Null,
            text => Value::Scalar(text.to_owned()),
        };
        let place = at(value_at, self.text.len().saturating_sub(value_at));
        owner.set(Entry {
            key: self.field.clone(),
            place: at(field_at, self.field.len()),
            value: Node::new(place, value),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Assignment;

    #[test]
    fn an_assignment_names_a_dataset_a_field_and_a_value() {
        let assignment: Assignment = "orders.data_size=2TB".parse().expect("an assignment");
        assert_eq!(
            (assignment.owner.as_str(), assignment.field.as_str(), assignment.value.as_str()),
            ("orders", "data_size", "2TB")
        );
        for wrong in ["", "orders", "orders=2TB", "orders.data_size", ".x=1", "orders.=1"] {
            assert!(wrong.parse::<Assignment>().is_err(), "{wrong}");
        }
    }
}
