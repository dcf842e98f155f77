//! `capped-with-sharding`

use super::prelude::*;
use crate::requirements::Capped;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("capped-with-sharding"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "A capped collection has a sharding key.",
    why: "MongoDB refuses to shard a capped collection, because its oldest documents make room in the order of writing, \
          and shards have no common order. It is found out when the cluster has to grow.",
    source: "https://www.mongodb.com/docs/manual/core/capped-collections/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              chats:
                kind: conversation
                collections:
                  latest: { capped: 1GB, sharding_key: user_id }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              chats:
                flexible_schema: true
                scale: multi_node
                collections:
                  messages: { sharding_key: user_id }
                  events:
                    sharding_key: user_id
                    capped: 512MB
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              chats:
                kind: conversation
                collections:
                  latest: { capped: 1GB }
                  messages: { sharding_key: user_id }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              feed:
                event_stream: true
                writes: 5k/s
                retention: 7d
                collections:
                  orders: { capped: 1GB, sharding_key: user_id }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let refuses = |kind: &&Kind<'_>| kind.database().is_some_and(|database| database.protocol == "mongodb");
    for kind in system.kinds.iter().filter(refuses) {
        for (name, collection) in kind.collections() {
            let capped = collection.capped.as_ref().filter(|capped| capped.value != Capped::No);
            let Some((capped, key)) = capped.zip(collection.sharding_key.as_ref()) else { continue };
            let message = format!("`{name}` is capped, so MongoDB does not shard it by `{}`", key.value);
            let violation =
                Violation::new(kind.about_collection(name), system.at(key.place, "cannot be used"), message);
            let violation = violation.also(system.at(capped.place, "a capped collection stays whole"));
            violations.push(
                violation.help("take the `sharding_key` away, or the cap: a `ttl` also bounds a sharded collection"),
            );
        }
    }
}
