//! `evicting-record`

use super::prelude::*;
use crate::lint::subject::last;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("evicting-record"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "A store that is to keep its data may throw any of it away.",
    why: "The log of writes says that the data is to survive, and `allkeys-…` says that any key may go when memory \
          is full. The keys that go are gone from the log too, without an error: the application finds out when it \
          misses them.",
    source: "https://redis.io/docs/latest/develop/reference/eviction/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              store:
                image: redis:8.2
                command: redis-server --appendonly yes --maxmemory 512mb --maxmemory-policy allkeys-lru
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
        "compose.yaml": r#"
            services:
              store:
                image: valkey/valkey:9.1
                command: valkey-server /etc/valkey.conf
                mem_limit: 1g
                volumes: ["data:/data", "./valkey.conf:/etc/valkey.conf:ro"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#,
        "valkey.conf": r"
            appendonly yes
            maxmemory 512mb
            maxmemory-policy allkeys-lfu
        ";
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              store:
                image: redis:8.2
                command: redis-server --appendonly yes --maxmemory 512mb --maxmemory-policy noeviction
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --appendonly no --maxmemory 512mb --maxmemory-policy allkeys-lru
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, _) in file.servers() {
        let settings = file.settings(service, database);
        // What has a time to live may go by its own wish: `volatile-…` evicts nothing else. Without a limit nothing goes.
        let policy = last(&settings, "maxmemory-policy").filter(|policy| policy.value.starts_with("allkeys-"));
        let kept = last(&settings, "appendonly").filter(|kept| kept.is_on());
        let limit = last(&settings, "maxmemory").filter(|limit| !limit.is_zero());
        let (Some(policy), Some(kept), Some(_)) = (policy, kept, limit) else { continue };
        let message =
            format!("`{}` keeps a log of its writes, and `{}` evicts any key", service.name.value, policy.value);
        let mut violation = Violation::new(service.about(), policy.location.clone(), message);
        if kept.location.place != policy.location.place {
            violation = violation.also(Location { text: String::from("it is to survive"), ..kept.location.clone() });
        }
        if let Some(place) = policy.mounted {
            violation = violation.also(file.at(place, "mounted here"));
        }
        violations.push(
            violation
                .help("for a store of record: `maxmemory-policy noeviction`; writes then fail when memory is full")
                .help("for a cache: `appendonly no`"),
        );
    }
}
