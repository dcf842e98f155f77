//! `exposed-port`

use super::prelude::*;
use crate::compose::Port;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("exposed-port"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "A database's port is published on every interface of the host.",
    why: "Docker writes its own firewall rules, which stand before those of the host: a published port is open to the \
          world even where ufw says that it is closed. Databases that are found this way are emptied and held to ransom.",
    source: "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports: ["5432:5432"]
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                ports:
                  - { target: 6379, published: "6379", host_ip: 0.0.0.0 }
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports: ["${BIND:-0.0.0.0}:5432:5432"]
        "#;
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports: ["127.0.0.1:5432:5432"]
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports: ["10.0.0.5:5432:5432"]
        "#;
        "compose.yaml": r#"
            services:
              web:
                image: nginx:1.29
                ports: ["80:80"]
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, _) in file.servers() {
        for port in service.ports.iter().filter(|port| port.is_open()) {
            let message =
                format!("port {} of {} is open to everybody who reaches the host", port.target, database.name);
            let text = if port.address.is_some() { "an address that all reach" } else { "no address" };
            violations.push(Violation::new(service.about(), file.at(port.place, text), message).help(help(port)));
        }
    }
}

/// How to publish it on the host alone, in the form that stands there.
fn help(port: &Port) -> String {
    if port.is_long {
        return String::from("publish it on the host alone, with `host_ip: 127.0.0.1`, or not at all");
    }
    // Without a port of the host the engine picks one.
    let published = port.published.as_deref().unwrap_or_default();
    let protocol = if port.protocol == "tcp" { String::new() } else { format!("/{}", port.protocol) };
    format!("publish it on the host alone, `\"127.0.0.1:{published}:{}{protocol}\"`, or not at all", port.target)
}
