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
    bad: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  chats:\n    kind: conversation\n    collections:\
             \n      latest: { capped: 1GB, sharding_key: user_id }\n",
        )],
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  chats:\n    flexible_schema: true\n    scale: multi_node\n    collections:\
             \n      messages: { sharding_key: user_id }\n      events:\n        sharding_key: user_id\
             \n        capped: 512MB\n",
        )],
    ],
    good: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  chats:\n    kind: conversation\n    collections:\
             \n      latest: { capped: 1GB }\n      messages: { sharding_key: user_id }\n",
        )],
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  feed:\n    event_stream: true\n    writes: 5k/s\n    retention: 7d\
             \n    collections:\n      orders: { capped: 1GB, sharding_key: user_id }\n",
        )],
    ],
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let refuses = |kind: &&Kind<'_>| kind.database().is_some_and(|database| database.id == "mongodb");
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
