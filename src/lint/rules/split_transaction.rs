//! `split-transaction`

use catalog::Category;
use catalog::vocabulary::{Durability, Flag};

use super::prelude::*;
use crate::requirements::{Collection, Reference};
use crate::source::Placed;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("split-transaction"),
    group: Group::Architecture,
    level: Some(Level::Error),
    summary: "A field refers to a collection that lives in another database.",
    why: "No foreign key and no commit spans two databases: the record that is referred to can vanish, or \
          never come, and nothing refuses the orphan. What has to stay consistent belongs into one database.",
    source: "https://www.postgresql.org/docs/current/ddl-constraints.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers:
                kind: user_profile
                collections:
                  customers:
                    fields:
                      id: { type: uuid, unique: true }
              stock:
                needs_transactions: true
                database: mysql
                justification: the warehouse software wants it
                collections:
                  reservations:
                    fields:
                      customer_id: { type: char(36), references: customers.id }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              profiles:
                kind: conversation
                collections:
                  profiles: { structure: nested documents }
              payments:
                kind: user_profile
                collections:
                  payments:
                    fields:
                      profile: { type: text, references: profiles }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers:
                kind: user_profile
                collections:
                  customers:
                    fields:
                      id: { type: uuid, unique: true }
              stock:
                needs_transactions: true
                complex_relations: true
                collections:
                  reservations:
                    fields:
                      customer_id: { type: uuid, references: customers.id }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              profiles:
                kind: conversation
                collections:
                  profiles: { structure: nested documents }
              payments:
                kind: user_profile
                collections:
                  profiles: { fields: { id: { type: text, unique: true } } }
                  payments:
                    fields:
                      profile: { type: text, references: profiles.id }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| is_consistent(kind)) {
        for (name, field, refers) in references(kind) {
            let wanted = refers.value.split('.').next().unwrap_or_default();
            let has = |other: &&Kind<'_>| collection(other, wanted).is_some();
            if system.beside(kind).any(|other| has(&other)) {
                continue;
            }
            let Some(other) = system.kinds.iter().find(has) else { continue };
            let (here, there) = (kind.database_name(), other.database_name());
            let message =
                format!("`{name}.{field}` in {here} refers to `{wanted}`, which `{}` keeps in {there}", other.name);
            let about = format!("{}.collections.{name}", kind.about());
            let violation = Violation::new(about, system.at(refers.place, format!("not in {here}")), message);
            let place = collection(other, wanted).map_or(other.data.key, |found| found.key);
            let help = match other.database().filter(|database| system.could_hold(database, kind)) {
                Some(database) => format!("keep both in one: `database: {}` for `{}`", database.id, kind.name),
                None => format!("keep both in one: pin `{}` and `{}` to the same `database`", kind.name, other.name),
            };
            let violation = violation.also(system.at(place, format!("in {there}"))).help(help);
            violations.push(violation.help("or drop `references`, and let the application live with orphans"));
        }
    }
}

/// Whether a reference of it is a promise: it needs transactions, or its database has foreign keys. What is a copy is
/// as consistent as its source lets it be.
fn is_consistent(kind: &Kind<'_>) -> bool {
    let is_copy = matches!(kind.profile.durability, Some(Durability::Derived | Durability::Cache));
    !is_copy && (kind.flag(Flag::NeedsTransactions) || kind.is_in(Category::Relational))
}

fn collection<'k>(kind: &'k Kind<'_>, name: &str) -> Option<&'k Collection> {
    kind.data.collections.as_ref()?.get(name)
}

/// The collection, the field and what it refers to.
fn references<'k>(kind: &'k Kind<'_>) -> impl Iterator<Item = (&'k str, &'k str, &'k Placed<Reference>)> {
    kind.data.collections.iter().flatten().flat_map(|(name, collection)| {
        let fields = collection.fields.iter().flatten();
        fields.filter_map(move |(field, says)| Some((name.as_str(), &**field, says.references.as_ref()?)))
    })
}
