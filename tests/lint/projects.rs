//! A compose project as compose puts it together: which files belong to it, what is read for it, and what is not.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::field::printed;
use super::{folder, lint, write};
use crate::support::polyglot;

const BASE: &str = "services:\n  db:\n    image: postgres:17.2\n    mem_limit: 1g\n    healthcheck: { test: [CMD, pg_isready] }\n    \
                    volumes: [\"data:/var/lib/postgresql/data\"]\nvolumes:\n  data:\n";

#[test]
fn a_part_is_judged_with_the_file_that_has_the_rest_and_alone_in_what_it_says() {
    let part = "services:\n  db:\n    ports: [\"5432:5432\"]\n";
    let folder = folder(&[("docker-compose.yml", BASE), ("docker-compose.prod.yml", part)]);
    let found = printed(folder.path(), &["."]);
    let lines: Vec<&str> = found.lines().filter(|line| !line.starts_with("  ")).collect();
    assert_eq!(lines.len(), 2, "{found}");
    assert!(lines[1].starts_with("error[exposed-port] docker-compose.prod.yml:3:13"), "{found}");
}

#[test]
fn what_is_reset_is_gone_and_a_comment_in_the_other_file_allows() {
    let open = BASE.replace("    mem_limit", "    ports: [\"5432:5432\"]\n    mem_limit");
    let reset = "services:\n  db:\n    ports: !reset []\n";
    let both = folder(&[("compose.yaml", &open), ("compose.override.yaml", reset)]);
    assert_eq!(printed(both.path(), &["."]), "exit code 0\n");
    let allowed = "services:\n  db:\n    # polyglot: allow(exposed-port) a test bench\n    ports: [\"5433:5432\"]\n";
    let both = folder(&[("compose.yaml", BASE), ("compose.override.yaml", allowed)]);
    assert_eq!(printed(both.path(), &["."]), "exit code 0\n");
}

#[test]
fn nothing_outside_the_folders_that_were_given_is_read() {
    let inside = "services:\n  db:\n    image: postgres:${TAG}\n    env_file: [../secret.env]\n    build: ../db\n  other:\n    \
                  extends: { file: ../base.yaml, service: db }\n";
    let folder = folder(&[
        ("secret.env", "POSTGRES_PASSWORD=hunter2\n"),
        ("db/Dockerfile", "FROM postgres\n"),
        ("base.yaml", "services:\n  db:\n    image: postgres\n    ports: [\"5432:5432\"]\n"),
        ("in/compose.yaml", inside),
    ]);
    let (text, _, code) = lint(folder.path(), &["in", "--format", "json"]);
    assert!(
        code <= 1 && !text.contains("hunter2") && !text.contains("base.yaml") && !text.contains("Dockerfile"),
        "{text}"
    );
    let (text, ..) = lint(folder.path(), &[".", "--format", "json"]);
    assert!(text.contains("Dockerfile") && text.contains("base.yaml"), "what is given is read: {text}");
}

#[test]
fn a_version_that_has_ended_can_be_neither_pinned_nor_tuned() {
    let pinned =
        "version: 1\ndata:\n  orders: { needs_transactions: true, database: postgresql@12, justification: old }\n";
    let folder = folder(&[("polyglot.yaml", pinned)]);
    let select = polyglot(folder.path(), &["select"]);
    let said = String::from_utf8_lossy(&select.stderr).into_owned();
    assert!(
        select.status.code() == Some(2)
            && said.contains("no fixes since 2024-11-21")
            && said.contains("offered are 18, 17"),
        "{said}"
    );
    let tune = polyglot(folder.path(), &["tune", "postgresql", "--memory", "4GB", "--cpus", "2", "--db-version", "12"]);
    assert_eq!(tune.status.code(), Some(2));
    write(folder.path(), "polyglot.yaml", &pinned.replace("@12", "@15"));
    assert!(polyglot(folder.path(), &["select", "--write"]).status.success());
    let lock = std::fs::read_to_string(folder.path().join("polyglot.lock")).unwrap();
    write(folder.path(), "polyglot.yaml", &pinned.replace("@12", ""));
    write(folder.path(), "polyglot.lock", &lock.replace("postgresql@15", "postgresql@12"));
    let render = polyglot(folder.path(), &["render"]);
    let said = String::from_utf8_lossy(&render.stderr).into_owned();
    assert!(render.status.code() == Some(2) && said.contains("no fixes since 2024-11-21"), "{said}");
    assert!(!folder.path().join("deploy").exists(), "nothing is rendered");
}

#[test]
fn a_finding_is_a_line_and_rules_are_counted() {
    let folder =
        folder(&[("compose.yaml", "services:\n  db:\n    image: postgres\n    ports: [\"1:5432\", \"2:5432\"]\n")]);
    let (text, _, code) = lint(folder.path(), &["--format", "concise"]);
    assert_eq!(code, 1);
    let expected = "compose.yaml:2:3: warning[missing-healthcheck] nothing checks that PostgreSQL answers\n";
    assert!(
        text.starts_with(expected) && text.lines().count() == 7 && text.ends_with("4 errors, 2 warnings in 1 file\n"),
        "{text}"
    );
    let (text, _, code) = lint(folder.path(), &["--statistics"]);
    assert_eq!(code, 1);
    assert!(text.starts_with("2  error    exposed-port\n1  warning  missing-healthcheck\n"), "{text}");
    assert_eq!(lint(folder.path(), &["--statistics", "--format", "json"]).2, 2, "a program wants the findings");
}

#[test]
fn what_many_services_take_from_one_costs_no_more_than_it_is_worth() {
    let environment: String = (0..1_000).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "      V{n}: x");
        text
    });
    let mut chain = String::from("services:\n");
    let mut wide = format!("services:\n  base:\n    image: postgres:17.2\n    environment:\n{environment}");
    for n in 0..10_000 {
        let _ =
            writeln!(chain, "  s{n}: {{ image: \"postgres:17.2\", extends: s{}, environment: {{ V{n}: x }} }}", n + 1);
        let _ = writeln!(wide, "  s{n}: {{ extends: base }}");
    }
    let mut env = String::from("A0=xxxxxxxx\n");
    for n in 1..20_000 {
        let _ = writeln!(env, "A{n}=${{A{0}}}${{A{0}}}", n - 1);
    }
    let many = folder(&[
        ("chain/compose.yaml", &chain),
        ("wide/compose.yaml", &wide),
        ("env/compose.yaml", BASE),
        ("env/.env", &env),
    ]);
    let start = Instant::now();
    let (_, errors, code) = lint(many.path(), &["--format", "json"]);
    // The build for tests is some ten times as slow as the one that is released.
    assert!(code <= 1 && start.elapsed() < Duration::from_secs(60), "{code} {errors} {:?}", start.elapsed());
}
