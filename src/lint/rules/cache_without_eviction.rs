//! `cache-without-eviction`

use std::path::Path;

use super::prelude::*;
use crate::lint::subject::{Setting, last};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("cache-without-eviction"),
    group: Group::Stack,
    level: Some(Level::Warning),
    summary: "A cache has a limit of memory and nothing that makes room.",
    why: "Without a policy Redis and Valkey evict nothing: when the limit is reached every write fails, and the \
          cache takes the application down with it. One that keeps nothing on disk is a cache, unless the policy \
          says that refusing writes is meant.",
    source: "https://redis.io/docs/latest/develop/reference/eviction/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --save "" --maxmemory 512mb
                mem_limit: 1g
                healthcheck: { test: [CMD, redis-cli, ping] }
        "#;
        "compose.yaml": r"
            services:
              cache:
                image: valkey/valkey:9.1
                command: [valkey-server, --save, '', --appendonly, 'no', --maxmemory, 1gb]
                mem_limit: 1g
                healthcheck: { test: [CMD, redis-cli, ping] }
        ";
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --save "" --maxmemory 512mb --maxmemory-policy allkeys-lru
                mem_limit: 1g
                healthcheck: { test: [CMD, redis-cli, ping] }
        "#;
        "compose.yaml": r#"
            services:
              store:
                image: redis:8.2
                command: redis-server --maxmemory 512mb
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
        "compose.yaml": r#"
            services:
              queue:
                image: redis:8.2
                command: redis-server --save "" --maxmemory 512mb --maxmemory-policy noeviction
                mem_limit: 1g
                healthcheck: { test: [CMD, redis-cli, ping] }
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, _) in file.servers() {
        let settings = file.settings(service, database);
        // An `include` and a file that was not read may hold the policy.
        let is_seen = service.command.iter().all(|word| {
            let is_file = Path::new(&word.value).extension().is_some_and(|end| end == "conf");
            !is_file || file.configurations.iter().any(|one| word.value.ends_with(&one.target))
        });
        let keeps_nothing = last(&settings, "save").is_some_and(|save| save.value.is_empty())
            && !last(&settings, "appendonly").is_some_and(Setting::is_on);
        let says_policy = ["maxmemory-policy", "include"].iter().any(|name| last(&settings, name).is_some());
        let limit = last(&settings, "maxmemory").filter(|limit| !limit.is_zero());
        let Some(limit) = limit.filter(|_| is_seen && keeps_nothing && !says_policy) else { continue };
        let message = format!("`{}` refuses writes when its {} are full", service.name.value, limit.value);
        let mut violation = Violation::new(service.about(), limit.location.clone(), message);
        if let Some(place) = limit.mounted {
            violation = violation.also(file.at(place, "mounted here"));
        }
        violations.push(
            violation
                .help("let it make room: `--maxmemory-policy allkeys-lru`")
                .help("where no key may be lost, say so: `--maxmemory-policy noeviction`"),
        );
    }
}
