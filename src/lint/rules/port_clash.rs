//! `port-clash`

use std::collections::BTreeMap;

use super::prelude::*;
use crate::compose::{Port, Service};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("port-clash"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "Two services publish the same port of the host.",
    why: "A port of an address belongs to one process. The service that comes second does not start, and which one \
          that is differs from start to start.",
    source: "https://docs.docker.com/reference/compose-file/services/#ports",
    bad: examples! {
        "compose.yaml": r#"
            services:
              web:
                image: nginx:1.29
                ports: ["8080:80"]
              admin:
                image: nginx:1.29
                ports: ["8080:8000"]
        "#;
        "compose.yaml": r#"
            services:
              web:
                image: nginx:1.29
                ports: ["127.0.0.1:8000-8001:8000-8001"]
              admin:
                image: nginx:1.29
                ports: ["0.0.0.0:${ADMIN_PORT:-8001}:80"]
        "#;
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              web:
                image: nginx:1.29
                ports: ["8080:80"]
              admin:
                image: nginx:1.29
                ports: ["8081:8000"]
        "#;
        "compose.yaml": r#"
            services:
              web:
                image: nginx:1.29
                ports: ["127.0.0.1:8080:80"]
              admin:
                image: nginx:1.29
                ports: ["10.0.0.5:8080:80"]
        "#;
        "compose.yaml": r#"
            services:
              web:
                image: nginx:1.29
                ports: ["8080:80"]
                profiles: [plain]
              admin:
                image: nginx:1.29
                ports: ["8080:8000"]
                profiles: [full]
        "#;
        "compose.yaml": r#"
            services:
              web:
                image: nginx:1.29
                ports: ["443:443/tcp"]
              quic:
                image: nginx:1.29
                ports: ["443:443/udp"]
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

/// More services than this on one port are found by the first of them.
const COMPARED: usize = 16;

/// A range that is wider is not looked into.
const WIDEST: u16 = 64;

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    let mut taken: BTreeMap<(u16, &str), Vec<(&Service, &Port)>> = BTreeMap::new();
    // Of services with profiles only some run at a time.
    for service in file.compose.services.iter().filter(|service| !service.has_profiles) {
        for port in &service.ports {
            let Some(range) = port.taken().filter(|range| range.end().saturating_sub(*range.start()) <= WIDEST) else {
                continue;
            };
            let clash = range.clone().find_map(|number| {
                let others = taken.get(&(number, port.protocol.as_str()))?.iter();
                let mut others = others.filter(|(other, _)| other.name.value != service.name.value);
                let (other, theirs) = others.find(|(_, theirs)| theirs.shares_address(port))?;
                Some((number, *other, *theirs))
            });
            if let Some((number, other, theirs)) = clash {
                let message = format!("`{}` and `{}` both publish port {number}", other.name.value, service.name.value);
                let violation = Violation::new(service.about(), file.at(port.place, "taken already"), message);
                let violation = violation.also(file.at(theirs.place, format!("by `{}`", other.name.value)));
                violations.push(violation.help("give one of them another port of the host, or none"));
            }
            for number in range {
                let others = taken.entry((number, port.protocol.as_str())).or_default();
                if others.len() < COMPARED {
                    others.push((service, port));
                }
            }
        }
    }
}
