//! `volatile-record`

use super::prelude::*;
use crate::compose::{Mount, Service};
use crate::lint::subject::{Setting, last};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("volatile-record"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "A database that keeps its data is told not to write it safely.",
    why: "These switches make writes faster by leaving out what survives a crash: after a loss of power PostgreSQL \
          and InnoDB may not start at all without `fsync`, whole pages or the doublewrite buffer, and committed \
          transactions are gone. Where the file system writes whole pages by itself, say so in a comment that allows \
          it.",
    source: "https://www.postgresql.org/docs/current/non-durability.html",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                command: postgres -c fsync=off
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: mysql:8.4
                command: --innodb-flush-log-at-trx-commit=0
                mem_limit: 1g
                volumes: ["db:/var/lib/mysql"]
                healthcheck: { test: [CMD, mysqladmin, ping] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: mysql:8.4
                command: mysqld --skip-innodb-doublewrite
                mem_limit: 1g
                volumes: ["db:/var/lib/mysql"]
                healthcheck: { test: [CMD, mysqladmin, ping] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              store:
                image: redis:8.2
                command: redis-server --appendonly yes --appendfsync no
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                command: postgres -c fsync=on
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: mysql:8.4
                command: --innodb-flush-log-at-trx-commit=2
                mem_limit: 1g
                volumes: ["db:/var/lib/mysql"]
                healthcheck: { test: [CMD, mysqladmin, ping] }
            volumes:
              db:
        "#;
        "compose.yaml": r"
            services:
              db:
                image: postgres:18.1
                command: postgres -c fsync=off
                mem_limit: 1g
                tmpfs: /var/lib/postgresql
                healthcheck: { test: [CMD, pg_isready] }
        ";
        "compose.yaml": r#"
            services:
              store:
                image: redis:8.2
                command: redis-server --appendonly yes --appendfsync everysec
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

/// A setting that gives durability away: when it does, what is lost, and what keeps it.
struct Switch {
    name: &'static str,
    is_unsafe: fn(&Setting) -> bool,
    loses: &'static str,
    safe: &'static str,
}

const SWITCHES: [Switch; 6] = [
    Switch { name: "fsync", is_unsafe: Setting::is_off, loses: "a crash of the host can destroy it all", safe: "on" },
    Switch {
        name: "full_page_writes",
        is_unsafe: Setting::is_off,
        loses: "a crash of the host can leave torn pages",
        safe: "on",
    },
    Switch {
        name: "innodb_flush_log_at_trx_commit",
        is_unsafe: Setting::is_off,
        loses: "a crash loses transactions of the last second",
        safe: "1",
    },
    Switch {
        name: "innodb_doublewrite",
        is_unsafe: Setting::is_off,
        loses: "a crash of the host can leave torn pages",
        safe: "ON",
    },
    Switch {
        name: "skip_innodb_doublewrite",
        is_unsafe: |setting| !setting.is_off(),
        loses: "a crash of the host can leave torn pages",
        safe: "OFF",
    },
    Switch {
        name: "appendfsync",
        is_unsafe: |setting| setting.value.eq_ignore_ascii_case("no"),
        loses: "a crash of the host loses the writes of about half a minute",
        safe: "everysec",
    },
];

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, version) in file.servers() {
        // What lies in memory or in the container is not meant to last, or is another rule's.
        let is_kept = |part: &Service| part.mounts.iter().any(|mount| mount.source.is_some() && !mount.is_file());
        if !file.says(service, is_kept) || service.mounts.iter().any(|mount| mount.is_memory && is_data(mount)) {
            continue;
        }
        let settings = file.settings(service, database);
        // A node of a Galera cluster has its data on the others too; Redis without a log is no store of record.
        let is_copied = settings.iter().any(|setting| setting.name.starts_with("wsrep_"));
        let is_logged = last(&settings, "appendonly").is_some_and(Setting::is_on);
        for switch in SWITCHES.iter().filter(|switch| !is_copied && (switch.name != "appendfsync" || is_logged)) {
            let Some(setting) = last(&settings, switch.name).filter(|setting| (switch.is_unsafe)(setting)) else {
                continue;
            };
            let value = if setting.value.is_empty() { String::new() } else { format!(" {}", setting.value) };
            let message = format!("`{}{value}`: {}", setting.written, switch.loses);
            let mut violation = Violation::new(service.about(), setting.location.clone(), message);
            if let Some(place) = setting.mounted {
                violation = violation.also(file.at(place, "mounted here"));
            }
            violations.push(violation.help(format!("set `{}` to `{}`, or leave it out", setting.written, switch.safe)));
        }
        // Versions that we know have no such option any more.
        let journal = service.command.iter().find(|word| word.value == "--nojournal" && version.is_none());
        if let Some(word) = journal.filter(|_| database.protocol.as_str() == "mongodb") {
            let message = "`--nojournal`: a crash loses the writes of about a minute";
            violations.push(Violation::new(service.about(), file.at(word.place, ""), message).help("leave it out"));
        }
    }
}

/// Whether memory stands where data would lie: not where sockets and temporary files do.
fn is_data(mount: &Mount) -> bool {
    !["/tmp", "/run", "/var/run", "/dev", "/var/tmp"].iter().any(|folder| mount.target.starts_with(folder))
}
