//! `readable-secret`

use std::collections::BTreeMap;

use super::prelude::*;
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("readable-secret"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "Everybody on the host can read the file of a secret.",
    why: "Compose mounts the file of a secret with the rights that it has on the host, so it has to be readable in \
          the container, but not for every user and program of the host. A folder that lets in nobody else gives \
          both.",
    source: "https://docs.docker.com/reference/compose-file/secrets/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                secrets: [db]
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
            secrets:
              db: { file: ./secrets/db.txt }
        "#,
        "secrets/db.txt": "hunter2\n";
        "compose.yaml": r"
            services: {}
            secrets:
              token:
                file: secrets/token
        ",
        "secrets/token": "hunter2\n";
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                secrets: [db]
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
            secrets:
              db: { environment: DB_PASSWORD }
        "#;
        "compose.yaml": r"
            services: {}
            secrets:
              token:
                file: secrets/not-here
        ";
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    // A folder that is open is one fault, however many secrets lie in it.
    let mut folders: BTreeMap<&str, Vec<(&str, Place, u32)>> = BTreeMap::new();
    for (name, mode) in &file.readable_secrets {
        let Some((_, path)) = file.compose.secret_files.iter().find(|(secret, _)| secret == name) else { continue };
        let folder = path.value.rsplit_once('/').map_or(".", |(folder, _)| folder);
        folders.entry(folder).or_default().push((name, path.place, *mode));
    }
    for (folder, secrets) in folders {
        let Some((name, place, mode)) = secrets.first() else { continue };
        let others = match secrets.len().saturating_sub(1) {
            0 => String::new(),
            1 => String::from(" and another one"),
            count => format!(" and {count} others"),
        };
        let message = format!("every user of the host can read the secret `{name}`{others}");
        let location = file.at(*place, format!("mode {mode:04o}, in a folder that is open too"));
        let help = format!("close the folder: `chmod 700 {folder}`");
        violations.push(Violation::new(format!("secrets.{name}"), location, message).help(help));
    }
}
