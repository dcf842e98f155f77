//! `hot-shard-key`

use super::prelude::*;
use crate::requirements::{Collection, Field};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("hot-shard-key"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "A collection is spread over nodes by a key that sends the writes of the moment to one of them.",
    why: "A key that only grows puts every new record into the last range, and a key with few values has no \
          more shards than values: one node is busy while the others wait, and more nodes change nothing. \
          Changing the key later rewrites all data.",
    source: "https://www.mongodb.com/docs/manual/core/sharding-choose-a-shard-key/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              events:
                kind: conversation
                collections:
                  events: { indexes: [user_id], sharding_key: created_at }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: conversation
                collections:
                  orders:
                    fields:
                      status: { type: string }
                    sharding_key: status
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              messages:
                key_lookup: true
                scale: multi_node
                collections:
                  messages:
                    fields:
                      sent: { type: date }
                    sharding_key: sent
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              events:
                kind: conversation
                collections:
                  events: { indexes: [user_id], sharding_key: user_id }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              events:
                kind: conversation
                collections:
                  events: { indexes: [{ fields: [created_at], method: hashed }], sharding_key: created_at }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: conversation
                collections:
                  orders:
                    fields:
                      id: { type: uuid }
                    sharding_key: id
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              messages:
                key_lookup: true
                scale: multi_node
                collections:
                  messages:
                    fields:
                      id: { type: bigserial }
                    sharding_key: id
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// What is wrong with a key.
enum Fault {
    /// Each value is past those before.
    Grows,
    /// All of a day share one.
    SameAllDay,
    /// There are no more shards than values.
    FewValues,
}

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        for (name, collection) in kind.data.collections.iter().flatten() {
            let Some(key) = &collection.sharding_key else { continue };
            let Some(fault) = fault(kind, collection, &key.value) else { continue };
            let why = match fault {
                Fault::Grows => "only grows, so every new record goes to the same node",
                Fault::SameAllDay => "is the same all day, so all of a day's records go to one node",
                Fault::FewValues => "has few values, and there are no more shards than values",
            };
            let message = format!("the sharding key `{}` of `{name}` {why}", key.value);
            let about = format!("{}.collections.{name}", kind.about());
            let mut violation = Violation::new(about, system.at(key.place, "a hot shard"), message);
            if let Some(of) = field(collection, &key.value).and_then(|field| field.kind.as_ref()) {
                violation = violation.also(system.at(of.place, "its type"));
            }
            let help = "spread by who or what a record belongs to, such as `sharding_key: user_id`";
            violations.push(match fault {
                Fault::Grows => violation.help(format!(
                    "{help}, or hash the key: `indexes: [{{ fields: [{}], method: hashed }}]`",
                    key.value
                )),
                Fault::SameAllDay | Fault::FewValues => violation.help(help),
            });
        }
    }
}

fn fault(kind: &Kind<'_>, collection: &Collection, key: &str) -> Option<Fault> {
    let field = field(collection, key);
    let is_unique = field.and_then(|field| field.unique.as_ref()).is_some_and(|unique| unique.value);
    let name = key.to_ascii_lowercase();
    let of = field.and_then(|field| field.kind.as_ref()).map(|kind| kind.value.to_ascii_lowercase());
    let fault =
        of.as_deref().map_or_else(|| by_name(&name), |of| by_type(of).or_else(|| by_name_of_words(&name, of)))?;
    let holds = match fault {
        Fault::FewValues | Fault::SameAllDay => !is_unique,
        Fault::Grows => is_by_range(kind) && !is_hashed(collection, key),
    };
    holds.then_some(fault)
}

/// What the type of a key tells.
fn by_type(of: &str) -> Option<Fault> {
    let begins = |words: &[&str]| words.iter().any(|word| of.starts_with(word));
    match () {
        () if begins(&["bool", "enum"]) => Some(Fault::FewValues),
        () if begins(&["datetime", "timestamp", "serial", "bigserial", "smallserial", "objectid"]) => {
            Some(Fault::Grows)
        }
        () if begins(&["date"]) => Some(Fault::SameAllDay),
        () => None,
    }
}

/// What the name of a key tells whose type is not known.
fn by_name(name: &str) -> Option<Fault> {
    const FEW: &[&str] = &["status", "state", "country", "type", "kind", "gender", "sex", "is_active", "is_deleted"];
    const MOMENTS: &[&str] = &["timestamp", "created", "updated", "time", "datetime"];
    match () {
        () if FEW.contains(&name) => Some(Fault::FewValues),
        () if MOMENTS.contains(&name) || name.ends_with("_at") || name.ends_with("_timestamp") => Some(Fault::Grows),
        () if matches!(name, "date" | "day") || name.ends_with("_date") => Some(Fault::SameAllDay),
        () => None,
    }
}

/// The same where the type is one of words, which a name says more about; a number or an identifier may be anything.
fn by_name_of_words(name: &str, of: &str) -> Option<Fault> {
    let is_words = ["string", "text", "varchar", "char", "keyword"].iter().any(|word| of.starts_with(word));
    by_name(name).filter(|_| is_words)
}

fn field<'c>(collection: &'c Collection, key: &str) -> Option<&'c Field> {
    collection.fields.as_ref()?.get(key)
}

/// Whether each node holds a range of keys; the others hash them, so that keys that follow each other are spread.
fn is_by_range(kind: &Kind<'_>) -> bool {
    kind.database().is_some_and(|database| database.protocol == "mongodb")
}

fn is_hashed(collection: &Collection, key: &str) -> bool {
    collection.indexes.iter().flatten().any(|index| {
        let alone = index.value.fields.iter().all(|field| *field.value == *key);
        alone && index.value.method.as_ref().is_some_and(|method| method.value.starts_with("hash"))
    })
}
