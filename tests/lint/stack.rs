//! What we render passes every rule; and compose files as people write them are read.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::project;

fn run(folder: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_polyglot")).args(arguments).current_dir(folder).output().unwrap()
}

/// The rules that are broken in a folder, with the messages.
fn broken(folder: &Path) -> Vec<(String, String)> {
    let run = run(folder, &["lint", "--format", "json", "--today", "2026-11-22"]);
    let document: Value = serde_json::from_slice(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&run.stderr)));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = document["findings"].as_array().unwrap().iter();
    findings.map(|finding| (text(finding, "rule"), text(finding, "message"))).collect()
}

/// The rules that a compose file breaks.
fn of_compose(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("compose.yaml"), text).unwrap();
    broken(folder.path()).into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn what_we_render_breaks_no_rule_until_somebody_touches_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(project("requirements-examples/all-stores.yaml"), folder.join("polyglot.yaml")).unwrap();
    assert!(run(folder, &["select", "--write"]).status.success());
    let rendered = run(folder, &["render"]);
    assert!(rendered.status.success(), "{}", String::from_utf8_lossy(&rendered.stderr));
    assert_eq!(broken(folder), []);

    let secrets = folder.join("deploy/secrets");
    let secret = fs::read_dir(&secrets).unwrap().next().unwrap().unwrap();
    let name = secret.file_name().into_string().unwrap();
    fs::remove_file(secret.path()).unwrap();
    fs::remove_file(folder.join("deploy/redis-cache/redis.conf")).unwrap();
    let expected = [
        ("stack-differs".to_owned(), "deploy/redis-cache/redis.conf is missing".to_owned()),
        ("stack-differs".to_owned(), format!("the secret deploy/secrets/{name} is missing")),
    ];
    assert_eq!(broken(folder), expected);
    fs::remove_dir_all(&secrets).unwrap();
    let of_git = broken(folder);
    assert_eq!(of_git, expected[..1], "what git checks out has no secrets, and misses none");
}

#[cfg(unix)]
#[test]
fn a_folder_of_secrets_that_others_may_enter_is_one_finding() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(project("requirements-examples/web-shop.yaml"), folder.join("polyglot.yaml")).unwrap();
    assert!(run(folder, &["select", "--write"]).status.success());
    assert!(run(folder, &["render"]).status.success());
    assert_eq!(broken(folder), []);
    fs::set_permissions(folder.join("deploy/secrets"), fs::Permissions::from_mode(0o701)).unwrap();
    let broken: Vec<_> = broken(folder).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(broken, ["readable-secret"]);
}

#[test]
fn a_compose_file_in_any_style_is_read() {
    let fragments = "x-logging: &logging\n  driver: json-file\nx-limits: &limits\n  mem_limit: 1g\n  restart: always\n\
                     x-env: &env\n  TZ: UTC\nservices:\n  db: &db\n    <<: [*logging, *limits]\n    image: postgres:17.6\n    \
                     environment:\n      <<: *env\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    volumes:\n      - db:/var/lib/postgresql/data:rw,z\n    \
                     healthcheck: &check\n      test: [\"CMD-SHELL\", \"pg_isready -U $${POSTGRES_USER:-postgres}\"]\n  replica:\n    <<: *db\n    \
                     volumes: !override\n      - type: volume\n        source: replica\n        target: /var/lib/postgresql/data\n    \
                     ports: !reset []\nvolumes: { db: , replica: { driver: local } }\n";
    assert_eq!(of_compose(fragments), [""; 0]);
    let odd = "version: \"3.9\"\nname: ${NAME:-shop}\nx-odd: { ? [a, b] : 1 }\nservices:\n  ? app\n  : build: .\n    \
               command: >\n      sh -c \"npm run migrate &&\n             npm start\"\n    env_file: [.env]\n    ports:\n      - '3000'\n      \
               - \"${PORT:-8080}:80\"\n  cache: { image: \"redis:8.2\", command: 'redis-server --save \"\" --appendonly no', mem_limit: 64m,\n    \
               healthcheck: { test: redis-cli ping | grep PONG } }\n---\nservices:\n  app:\n    environment: !!map {}\n";
    assert_eq!(of_compose(odd), [""; 0]);
}

#[test]
fn tools_of_the_same_image_are_no_servers() {
    let jobs = "services:\n  migrate:\n    image: postgres:17.6\n    command: psql -h db -f /schema.sql\n  backup:\n    \
                image: postgres:17.6\n    entrypoint: [/backup.sh]\n  sentinel:\n    image: redis:8.2\n    \
                command: redis-server /etc/sentinel.conf --sentinel\n  shell:\n    image: mongo:8.0\n    \
                command: bash -c \"sleep 5; mongosh --host db --eval 'rs.initiate()'\"\n";
    assert_eq!(of_compose(jobs), [""; 0]);
}

#[test]
fn what_a_service_goes_on_from_counts() {
    let extended = "services:\n  base:\n    image: example/base:1\n    mem_limit: 1g\n    healthcheck: { test: pg_isready }\n    \
                    volumes: [db:/var/lib/postgresql]\n  db:\n    extends: { service: base }\n    image: postgres:18.1\n  other:\n    \
                    extends: { file: common.yaml, service: db }\n    image: postgres:18.1\n";
    assert_eq!(of_compose(extended), [""; 0]);
    let circle = "services:\n  a:\n    extends: b\n    image: postgres:18.1\n  b:\n    extends: a\n";
    assert_eq!(of_compose(circle), [""; 0]);
}

#[test]
fn no_message_tells_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let text = "services:\n  db:\n    image: postgres:18.1\n    environment:\n      POSTGRES_PASSWORD: hunter2\n      \
                URL: \"redis://:hunter2@cache\"\n    command: [--password=hunter2]\n";
    fs::write(folder.path().join("compose.yaml"), text).unwrap();
    let found: Vec<_> = broken(folder.path()).into_iter().filter(|(rule, _)| rule == "plain-password").collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(_, message)| !message.contains("hunter2")), "{found:?}");
}

#[test]
fn what_is_no_text_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("polyglot.yaml"), b"version: 1\ndata:\n  caf\xe9: {}\n").unwrap();
    let broken: Vec<_> = broken(folder.path()).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(broken, ["unreadable-file"]);
}
