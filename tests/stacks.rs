//! What the services of a stack promise beside the real images: a first start that failed is never healthy, rows do not
//! overwrite each other, backups begin one after another and leave the host, the disk is watched, the README's commands are
//! those that work.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use crate::render::{Rendered, examples, render_with};
use crate::session::text;
use crate::support::parse;

fn render(file: &str) -> Rendered {
    render_with(&polyglot::embedded::catalog(), file, None).unwrap_or_else(|error| panic!("{error}"))
}

fn services(rendered: &Rendered) -> Value {
    let compose: Value = serde_yaml::from_str(&rendered.files["compose.yaml"]).unwrap();
    compose["services"].clone()
}

/// The lines of a README's block of code that follows some words.
fn block<'a>(readme: &'a str, after: &str) -> Vec<&'a str> {
    let rest = readme.split_once(after).unwrap_or_else(|| panic!("{after}")).1;
    let rest = rest.split_once("```").unwrap().1.split_once('\n').unwrap().1;
    rest.split_once("```").unwrap().0.lines().collect()
}

#[test]
fn what_an_image_does_once_leaves_a_mark_that_health_waits_for() {
    let catalog = polyglot::embedded::catalog();
    let mut seen = 0;
    for database in catalog.databases() {
        let Some(recipe) = catalog.recipe(&database.id) else { continue };
        let Some(container) = &recipe.container else { continue };
        let own = |row: &&catalog::FileTemplate| {
            row.service.is_none() && row.target.as_deref().is_some_and(|to| to.contains("initdb.d"))
        };
        let Some(last) = recipe.files.iter().filter(own).max_by_key(|row| row.target.clone()) else { continue };
        seen += 1;
        let check = container.healthcheck.as_ref().expect("a healthcheck");
        let mark = check.mark.as_deref().unwrap_or_else(|| panic!("{}: no mark", database.id));
        let script = recipe.template(&last.template).unwrap();
        assert!(script.contains(mark), "{}: {} does not leave {mark}", database.id, last.template);
        assert_eq!(check.test[0].as_str(), "CMD-SHELL", "{}: the mark is looked for by a shell", database.id);
    }
    assert!(seen >= 5, "{seen}");
    let rendered = render("version: 1\ndata:\n  accounts: { needs_transactions: true, complex_relations: true }\n");
    let test = services(&rendered)["postgresql"]["healthcheck"]["test"][1].as_str().unwrap().to_owned();
    assert!(test.starts_with("[ -f \"$$PGDATA/polyglot-ready\" ] || {"), "{test}");
    let readme = &rendered.files["README.md"];
    assert!(readme.contains("### When a first start fails"), "{readme}");
    assert_eq!(block(readme, "start anew:")[1], "docker volume rm polyglot_SERVICE-data");
}

/// The primary key of a collection of messages in Cassandra.
fn key(collection: &str) -> String {
    let file = format!(
        "version: 1\ntarget: {{ memory: 32GB }}\ndata:\n  chat:\n    database: cassandra\n    justification: a test\n    collections:\n      messages: {collection}\n"
    );
    let rendered = render(&file);
    let schema = &rendered.files["cassandra/schema.sql"];
    let line = schema.lines().find(|line| line.contains("PRIMARY KEY")).unwrap();
    line.trim().trim_start_matches("PRIMARY KEY ").replace('"', "")
}

#[test]
fn rows_that_share_a_partition_do_not_overwrite_each_other() {
    for (collection, expected) in [
        // The declared time orders them, and something of their own tells those of one moment apart.
        (
            "{ sharding_key: channel, fields: { channel: uuid, sent_at: timestamptz, body: text } }",
            "((channel), sent_at, row_id)",
        ),
        (
            "{ sharding_key: channel, fields: { channel: uuid, id: uuid, sent_at: timestamp } }",
            "((channel), sent_at, id)",
        ),
        (
            "{ sharding_key: channel, fields: { channel: uuid, nr: { type: bigint, unique: true }, body: text } }",
            "((channel), nr)",
        ),
        ("{ sharding_key: channel, fields: { channel: uuid, at: timeuuid } }", "((channel), at)"),
        ("{ sharding_key: channel, fields: { channel: uuid, body: text } }", "((channel), row_id)"),
        ("{ sharding_key: channel }", "((channel), row_id)"),
        (
            "{ sharding_key: channel, partition_by: { field: sent_at, every: day }, fields: { channel: uuid, sent_at: timestamp } }",
            "((channel, day), sent_at, row_id)",
        ),
        (
            "{ sharding_key: channel, ttl: { field: gone_at, after: 30d }, fields: { channel: uuid, gone_at: timestamp, row_id: int } }",
            "((channel), gone_at, polyglot_row_id)",
        ),
        // What is unique tells rows apart by itself, and a change of their time makes no second row.
        (
            "{ sharding_key: id, fields: { id: uuid, seen_at: timestamp }, ttl: { field: seen_at, after: 30d } }",
            "((id))",
        ),
        ("{ fields: { email: { type: text, unique: true }, joined_at: timestamp } }", "((email))"),
        (
            "{ sharding_key: user, indexes: [{ fields: [user, day_of], unique: true }], fields: { user: text, day_of: date } }",
            "((user), day_of)",
        ),
        ("{}", "((id))"),
        ("{ fields: { name: text, body: text } }", "((name), row_id)"),
    ] {
        assert_eq!(key(collection), expected, "{collection}");
    }
}

/// A stack whose backups go to a bucket, written to a folder.
fn copied() -> (tempfile::TempDir, Rendered) {
    let rendered = render(
        "version: 1\nname: shop\ntarget: { memory: 64GB }\ndata:\n  orders: { needs_transactions: true, complex_relations: true, backup: { every: 1d, to: s3://backups/shop } }\n  events: { database: mongodb, justification: a test, backup: { every: 1d, to: the other site } }\n  relations: { kind: graph, backup: { every: 1h } }\n  papers: { database: couchdb, justification: a test, backup: { every: 1d } }\n",
    );
    let folder = tempfile::tempdir().unwrap();
    for script in ["copy-backup.sh", "disk-guard.sh"] {
        let path = folder.path().join(script);
        fs::write(&path, &rendered.files[script]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    (folder, rendered)
}

/// Runs a script of the folder with programs of ours before those of the machine.
fn run(folder: &Path, script: &str, arguments: &[&str], programs: &[(&str, &str)]) -> Output {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    for (name, body) in programs {
        fs::write(bin.join(name), format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    Command::new(folder.join(script))
        .args(arguments)
        .env("PATH", path)
        .env_remove("COMPOSE_PROJECT_NAME")
        .output()
        .unwrap()
}

#[test]
fn a_backup_is_copied_to_the_bucket_that_the_file_names() {
    let (folder, rendered) = copied();
    let docker = [("docker", "printf '%s\\n' \"$@\"")];
    // Without the bucket's key nothing is copied, and it says so.
    let output = run(folder.path(), "copy-backup.sh", &["postgresql-backup"], &docker);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert!(text(&output.stderr).contains("secrets/bucket.conf"), "{}", text(&output.stderr));
    fs::create_dir(folder.path().join("secrets")).unwrap();
    fs::write(folder.path().join("secrets/bucket.conf"), "[bucket]\ntype = s3\n").unwrap();
    let output = run(folder.path(), "copy-backup.sh", &["postgresql-backup"], &docker);
    let said: Vec<&str> = text(&output.stdout).lines().collect();
    assert!(output.status.success());
    for argument in
        ["shop_postgresql-backup:/backup:ro", "*.part", "/backup", "bucket:backups/shop/postgresql", "DAC_READ_SEARCH"]
    {
        assert!(said.contains(&argument), "{argument}: {said:?}");
    }
    assert!(said.iter().any(|said| said.contains("/rclone:") && said.contains("@sha256:")), "{said:?}");
    let output = run(folder.path(), "copy-backup.sh", &["get", "postgresql-backup", "x.dump"], &docker);
    let said: Vec<&str> = text(&output.stdout).lines().collect();
    assert!(said.contains(&"shop_postgresql-backup:/backup:rw") && said.contains(&"/x.dump"), "{said:?}");
    // A copy that fails fails the script; a service without a bucket is none.
    let output = run(folder.path(), "copy-backup.sh", &["postgresql-backup"], &[("docker", "exit 7")]);
    assert_eq!(output.status.code(), Some(7));
    for wrong in [&["mongodb-backup"][..], &[], &["no"]] {
        assert_eq!(run(folder.path(), "copy-backup.sh", wrong, &docker).status.code(), Some(2), "{wrong:?}");
    }
    let cron = block(&rendered.files["README.md"], "For cron");
    let copies: Vec<&&str> = cron.iter().filter(|line| line.ends_with("./copy-backup.sh postgresql-backup")).collect();
    assert_eq!((copies.len(), cron.iter().filter(|line| line.contains("copy-backup")).count()), (1, 1), "{cron:?}");
    assert!(rendered.files["README.md"].contains("`mongodb-backup` to the other site"));
}

#[test]
fn what_names_a_bucket_is_one() {
    let catalog = polyglot::embedded::catalog();
    let with = |to: &str| parse(&format!("version: 1\ndata:\n  a: {{ backup: {{ to: '{to}' }} }}\n"), &catalog);
    for good in ["s3://backups", "s3://backups/a/b", "the other site", "nas:/exports"] {
        assert!(with(good).is_ok(), "{good}");
    }
    for bad in ["s3://", "s3://B", "s3://backups/../other", "s3://backups/$(id)"] {
        assert!(with(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_stack_without_a_bucket_copies_nothing() {
    let rendered = render("version: 1\ndata:\n  orders: { needs_transactions: true, backup: { every: 1d } }\n");
    assert!(!rendered.files.contains_key("copy-backup.sh"));
    assert!(!rendered.files["README.md"].contains("copy-backup"));
}

#[test]
fn the_guard_speaks_before_the_disk_is_full() {
    let (folder, _) = copied();
    let disk = |blocks: &str, files: &str| {
        let df = format!(
            "case $2 in -i) share={files} ;; *) share={blocks} ;; esac\nprintf 'Filesystem 1K Used Free Capacity Mounted\\n/dev/x 1 1 1 %s /\\n' \"$share\""
        );
        run(folder.path(), "disk-guard.sh", &[], &[("docker", "echo /var/lib/docker"), ("df", &df)])
    };
    let quiet = disk("80%", "10%");
    assert_eq!((quiet.status.code(), text(&quiet.stdout)), (Some(0), ""), "{}", text(&quiet.stderr));
    let full = disk("81%", "10%");
    assert_eq!(full.status.code(), Some(1));
    assert!(text(&full.stdout).contains("81 % full"), "{}", text(&full.stdout));
    let files = disk("20%", "99%");
    assert!(
        files.status.code() == Some(1) && text(&files.stdout).contains("99 % of the files"),
        "{}",
        text(&files.stdout)
    );
    // A file system that counts no files, as btrfs.
    assert_eq!(disk("20%", "-").status.code(), Some(0));
    // No docker, no silence.
    assert!(!run(folder.path(), "disk-guard.sh", &[], &[("docker", "exit 1")]).status.success());
}

#[test]
fn backups_begin_one_after_another() {
    for (name, file) in examples() {
        let rendered = render(&file);
        let readme = &rendered.files["README.md"];
        if !readme.contains("```cron") {
            continue;
        }
        let lines = block(readme, "For cron");
        let starts: Vec<&str> = lines.iter().filter_map(|line| Some(line.split_once(" cd ")?.0)).collect();
        let different: BTreeSet<&&str> = starts.iter().collect();
        assert_eq!(starts.len(), different.len(), "{name}: {starts:?}");
    }
}

#[test]
fn a_restore_that_needs_the_server_stopped_stops_it() {
    let (_, rendered) = copied();
    let lines = block(&rendered.files["README.md"], "To restore it");
    let line = |service: &str| lines.iter().copied().find(|line| line.contains(service)).unwrap();
    assert!(line("couchdb-backup").starts_with("docker compose stop couchdb && "), "{lines:?}");
    assert!(line("couchdb-backup").contains("--no-deps couchdb-backup restore NAME"));
    assert!(line("neo4j-backup").starts_with("docker compose stop neo4j && "));
    assert_eq!(line("postgresql-backup"), "docker compose run --rm postgresql-backup restore NAME");
    let backups = block(&rendered.files["README.md"], "## Back up and restore");
    assert!(backups.contains(&"docker compose run --rm couchdb-backup"), "{backups:?}");
}

/// What is printed for a service that is stopped meanwhile ends as the backup did, also where the server starts again.
#[test]
fn a_backup_of_a_stopped_server_ends_as_the_backup_did() {
    let (folder, rendered) = copied();
    let line = block(&rendered.files["README.md"], "## Back up and restore");
    let line = line.iter().find(|line| line.contains("stop neo4j")).unwrap();
    for (fails, status) in [("run", 3), ("none", 0)] {
        let docker = format!("echo \"$2\"; [ \"$2\" != {fails} ] || exit 3");
        fs::write(folder.path().join("line.sh"), format!("#!/bin/sh\n{line}\n")).unwrap();
        fs::set_permissions(folder.path().join("line.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        let output = run(folder.path(), "line.sh", &[], &[("docker", &docker)]);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(status), "stop\nrun\nstart\n"));
    }
}

#[test]
fn the_readme_shows_a_preparation_that_failed() {
    let (_, rendered) = copied();
    let start = block(&rendered.files["README.md"], "## Start");
    assert!(start[0].starts_with("docker compose up --detach --wait "), "{start:?}");
    assert!(start.contains(&"docker compose run --rm mongodb-init"), "{start:?}");
    assert!(!rendered.files["README.md"].contains("docker compose wait"));
    for service in services(&rendered).as_mapping().unwrap().keys().filter_map(Value::as_str) {
        assert!(
            !service.ends_with("-init") || start.iter().any(|line| line.ends_with(service)),
            "{service}: {start:?}"
        );
    }
}

#[test]
fn a_kernel_that_a_server_refuses_is_named() {
    let mongodb = |version: &str| {
        let file = format!("version: 1\ndata:\n  talks: {{ database: mongodb@{version}, justification: a test }}\n");
        render(&file).files["README.md"].clone()
    };
    for version in ["8.0", "8.3"] {
        let readme = mongodb(version);
        let first = block(&readme, "## Prepare the host")[0];
        assert_eq!(first, "uname -r   # required: older than 6.19, or 7.0.14 and newer");
    }
    assert!(!mongodb("7.0").contains("uname"));
}

#[test]
fn a_password_of_an_administrator_can_be_changed() {
    let catalog = polyglot::embedded::catalog();
    for (name, file) in examples() {
        let rendered = render_with(&catalog, &file, None).unwrap();
        let readme = &rendered.files["README.md"];
        let change = readme.split_once("## Change a password").unwrap().1.split_once("\n## ").unwrap().0;
        for service in ["postgresql", "mysql", "mariadb", "mongodb", "cassandra", "neo4j", "arangodb", "opensearch"] {
            let runs = services(&rendered)[service].is_mapping();
            assert_eq!(change.contains(&format!("- `{service}`: ")), runs, "{name} {service}: {change}");
        }
    }
}
