//! `committed-secret`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("committed-secret"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "The file of a secret is in the repository.",
    why: "Everybody who has a copy of the repository has the secret, and it stays in the history when the file is \
          removed. Its rights do not help: git keeps none that would close it to others.",
    source: "https://docs.docker.com/compose/how-tos/use-secrets/",
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
              db: { file: ./db.txt }
        "#,
        "db.txt": "hunter2\n",
        ".git/index": INDEX;
        "compose.yaml": r"
            services: {}
            secrets:
              token: { file: db.txt }
        ",
        "db.txt": "hunter2\n",
        ".git/index": INDEX;
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
        "#,
        ".git/index": INDEX;
        "compose.yaml": r"
            services: {}
            secrets:
              token: { file: other.txt }
        ",
        "other.txt": "hunter2\n",
        ".git/index": INDEX;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

/// An index of git's that holds `db.txt` alone.
const INDEX: &str = concat!(
    "DIRC\0\0\0\x02\0\0\0\x01",
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    "\0\x06db.txt\0\0\0\0",
);

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for name in &file.committed_secrets {
        let Some((_, path)) = file.compose.secret_files.iter().find(|(secret, _)| secret == name) else { continue };
        let message = format!("the secret `{name}` is in the repository");
        let location = file.at(path.place, "git tracks this file");
        let violation = Violation::new(format!("secrets.{name}"), location, message);
        violations.push(
            violation
                .help(format!("take it out and ignore it: `git rm --cached {}`", path.value))
                .help("change the secret: who has the file's history has the old one"),
        );
    }
}
