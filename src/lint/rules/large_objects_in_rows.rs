//! `large-objects-in-rows`

use catalog::Category;
use catalog::units::Bytes;
use catalog::vocabulary::Quantity;

use super::prelude::*;
use crate::decide::{self, Verdict};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("large-objects-in-rows"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "Objects of more than 1 MB are stored in rows or documents.",
    why: "Every backup, replica and cache carries them, and each read moves them through the database's \
          memory. Under 256 KB the database is the better place, past 1 MB a file or object store is; between \
          the two it depends.",
    source: "https://www.microsoft.com/en-us/research/publication/to-blob-or-not-to-blob-large-object-storage-in-a-database-or-a-filesystem/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              scans:
                kind: file
                object_size: 4MB
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: postgresql
                justification: one backup for all
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              drawings: { kind: conversation, record_size: 3MB }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              scans:
                kind: file
                object_size: 200kB
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: postgresql
                justification: one backup for all
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              scans: { kind: file, object_size: 4MB }
              drawings: { kind: conversation, record_size: 30kB }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// Past this they are better kept elsewhere.
const LARGE: Bytes = Bytes(1 << 20);

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let rows = kind.is_in(Category::Relational) || kind.is_in(Category::Document);
        let sizes = [
            (&kind.data.object_size, Quantity::ObjectSize, "objects"),
            (&kind.data.record_size, Quantity::RecordSize, "records"),
        ];
        for (size, quantity, what) in sizes {
            let Some(size) = size.as_ref().filter(|size| rows && size.value > LARGE) else { continue };
            // What does not work at all is said by the rules about limits.
            if kind.selected.checks.iter().any(|check| exceeds(check, quantity)) {
                continue;
            }
            let name = kind.database_name();
            let message = format!("`{}` keeps {what} of {} in {name}", kind.name, size.value);
            let violation = Violation::new(kind.about(), system.at(size.place, "above 1MB"), message);
            violations.push(violation.also(system.decided(kind, format!("in {name}"))).help(
                "keep the contents in an object store as a kind of data of their own, `kind: file`, and their keys \
                 here",
            ));
        }
    }
}

fn exceeds(check: &decide::Check<'_>, quantity: Quantity) -> bool {
    check.verdict == Verdict::Exceeds && check.figure().is_some_and(|(of, _)| of == quantity)
}
