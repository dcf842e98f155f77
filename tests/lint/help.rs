//! A finding's help works when it is followed: each fix is made, and each help that is a setting is written into the file;
//! then the finding is gone, and compose still reads the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use polyglot::lint::RULES;
use serde_json::Value;
use serde_yaml::{Mapping, Value as Yaml};

use super::{lint, write};
use crate::support::project;

/// The findings of a folder.
fn findings(folder: &Path) -> Vec<Value> {
    let (text, errors, _) = lint(folder, &["--format", "json", "--today", "2026-11-22"]);
    let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {errors}"));
    document["findings"].as_array().unwrap().clone()
}

fn text<'v>(finding: &'v Value, key: &str) -> &'v str {
    finding[key].as_str().unwrap_or_default()
}

fn helps(finding: &Value) -> Vec<String> {
    let listed = finding["help"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    listed.chain(text(finding, "help").lines().map(str::to_owned)).collect()
}

/// What stands between the first backticks after some words.
fn quoted<'h>(help: &'h str, before: &str) -> Option<&'h str> {
    help.split_once(before)?.1.split_once('`')?.1.split_once('`').map(|(inside, _)| inside)
}

fn service<'y>(document: &'y mut Yaml, name: &str) -> Option<&'y mut Mapping> {
    document.get_mut("services")?.get_mut(name)?.as_mapping_mut()
}

fn merge(into: &mut Mapping, from: &Yaml) {
    for (key, value) in from.as_mapping().expect("a setting is a map") {
        match (into.get_mut(key), value) {
            (Some(Yaml::Mapping(known)), Yaml::Mapping(_)) => merge(known, value),
            (Some(Yaml::Sequence(known)), Yaml::Sequence(more)) => known.extend(more.iter().cloned()),
            _ => drop(into.insert(key.clone(), value.clone())),
        }
    }
}

/// Writes what a help says into a service. Says whether it was a setting.
fn follow(document: &mut Yaml, name: &str, finding: &Value, help: &str) -> bool {
    let rule = text(finding, "rule");
    let Some(service) = service(document, name) else { return false };
    let yaml = |text: &str| serde_yaml::from_str::<Yaml>(text).unwrap_or_else(|error| panic!("{help}: {error}"));
    if help.contains("to its `deploy`") {
        let resources = yaml(quoted(help, "add ").unwrap());
        merge(service.get_mut("deploy").unwrap().as_mapping_mut().unwrap(), &resources);
        return true;
    }
    if let Some(setting) = quoted(help, "mount a volume there: ").filter(|_| rule == "missing-volume") {
        // What does not hold the data goes, for it may stand in the way.
        service.remove("volumes");
        service.remove("tmpfs");
        merge(service, &yaml(setting));
        return true;
    }
    if rule == "exposed-port" {
        let ports = service.get_mut("ports").unwrap().as_sequence_mut().unwrap();
        let target = text(finding, "message").split_whitespace().nth(1).unwrap().to_owned();
        for port in ports.iter_mut() {
            if let Some(long) = port.as_mapping_mut() {
                assert!(help.contains("`host_ip: 127.0.0.1`"), "{help}");
                long.insert("host_ip".into(), "127.0.0.1".into());
            } else {
                let is_it = port.as_str().is_some_and(|port| port.ends_with(&target)) || port.as_u64().is_some();
                if is_it {
                    *port = yaml(quoted(help, "on the host alone").unwrap());
                }
            }
        }
        return true;
    }
    for words in ["add ", "put in its place ", "say what it runs: ", "name a version: "] {
        let Some(setting) = help.starts_with(words).then(|| quoted(help, words)).flatten() else { continue };
        let setting = yaml(setting);
        if setting.is_mapping() && words.starts_with("say") {
            merge(service.get_mut("healthcheck").unwrap().as_mapping_mut().unwrap(), &setting);
        } else if words.starts_with("put") {
            let settings = setting.as_mapping().unwrap().iter();
            settings.for_each(|(key, value)| drop(service.insert(key.clone(), value.clone())));
        } else if setting.is_mapping() {
            merge(service, &setting);
        } else {
            return false;
        }
        return true;
    }
    if let Some(setting) = quoted(help, "wait until it answers: ") {
        service.remove("depends_on");
        merge(service, &yaml(setting));
        return true;
    }
    false
}

/// Declares the named volumes of all services.
fn declare(document: &mut Yaml) {
    let names: Vec<String> = document["services"]
        .as_mapping()
        .into_iter()
        .flatten()
        .flat_map(|(_, service)| {
            let volumes = service.get("volumes").and_then(Yaml::as_sequence).into_iter().flatten();
            let named = volumes.filter_map(|volume| volume.as_str()?.split_once(':')).map(|(name, _)| name.to_owned());
            named.filter(|name| !name.starts_with(['.', '/', '$'])).collect::<Vec<_>>()
        })
        .collect();
    let Some(document) = document.as_mapping_mut() else { return };
    let volumes = document.entry("volumes".into()).or_insert_with(|| Yaml::Mapping(Mapping::new()));
    if volumes.is_null() {
        *volumes = Yaml::Mapping(Mapping::new());
    }
    for name in names {
        volumes.as_mapping_mut().unwrap().entry(name.into()).or_insert(Yaml::Null);
    }
}

/// Folders with a compose file: every bad example of a rule, and the field's.
fn folders() -> Vec<(String, Vec<(PathBuf, String)>)> {
    let mut all = Vec::new();
    for rule in RULES {
        for (index, example) in rule.bad.iter().enumerate() {
            if example[0].0 == "compose.yaml" {
                let files = example.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned()));
                all.push((format!("{} {index}", rule.id), files.collect()));
            }
        }
    }
    for case in fs::read_dir(project("tests/lint/field")).unwrap() {
        let case = case.unwrap().path();
        let compose = case.join("files/compose.yaml");
        if compose.is_file() && !case.join("files/compose.override.yaml").exists() {
            let files = vec![(PathBuf::from("compose.yaml"), fs::read_to_string(compose).unwrap())];
            all.push((case.file_name().unwrap().to_string_lossy().into_owned(), files));
        }
    }
    all
}

#[test]
fn each_help_that_is_a_setting_removes_its_finding() {
    let mut followed = std::collections::BTreeSet::new();
    for (name, files) in folders() {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(path, text)| write(folder.path(), &path.display().to_string(), text));
        let compose = folder.path().join("compose.yaml");
        for finding in findings(folder.path()).iter().filter(|finding| text(finding, "file") == "compose.yaml") {
            for help in helps(finding) {
                // Each help is followed in the file as it was, so that none hides behind another.
                let mut document: Yaml = serde_yaml::from_str(&files[0].1).unwrap_or(Yaml::Null);
                document.apply_merge().ok();
                let services: Vec<String> = document
                    .get("services")
                    .and_then(Yaml::as_mapping)
                    .into_iter()
                    .flatten()
                    .filter_map(|(name, _)| name.as_str().map(str::to_owned))
                    .collect();
                let line = finding["line"].as_u64().unwrap();
                let lines: Vec<&str> = files[0].1.lines().take(usize::try_from(line).unwrap()).collect();
                let is_of =
                    |service: &&String| lines.iter().any(|line| line.trim_start().starts_with(&format!("{service}:")));
                let Some(service) = services.iter().rev().find(is_of) else { continue };
                if !follow(&mut document, service, finding, &help) {
                    continue;
                }
                declare(&mut document);
                fs::write(&compose, serde_yaml::to_string(&document).unwrap()).unwrap();
                let is_same = |other: &&Value| {
                    text(other, "rule") == text(finding, "rule") && text(other, "message") == text(finding, "message")
                };
                let before = findings_of(&files, is_same);
                let after = findings(folder.path()).iter().filter(is_same).count();
                assert!(after < before, "{name}: {help}\n{}", fs::read_to_string(&compose).unwrap());
                followed.insert(text(finding, "rule").to_owned());
            }
        }
    }
    for rule in [
        "exposed-port",
        "missing-healthcheck",
        "missing-limit",
        "missing-volume",
        "unpinned-image",
        "unready-dependency",
    ] {
        assert!(followed.contains(rule), "{rule}: no help was followed; {followed:?}");
    }
}

/// How many findings of some sort the files have as they are.
fn findings_of(files: &[(PathBuf, String)], is: impl Fn(&&Value) -> bool) -> usize {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(path, text)| write(folder.path(), &path.display().to_string(), text));
    findings(folder.path()).iter().filter(is).count()
}

#[test]
fn each_fix_removes_its_finding() {
    let mut fixed = 0;
    for rule in RULES {
        for example in rule.bad {
            let folder = tempfile::tempdir().unwrap();
            example.iter().for_each(|(path, text)| write(folder.path(), path, text));
            let before = findings(folder.path());
            let (_, said, _) = lint(folder.path(), &["--fix", "--today", "2026-11-22"]);
            let Some(count) = said.strip_prefix("mended ").and_then(|said| said.split_whitespace().next()) else {
                continue;
            };
            let count: usize = count.parse().unwrap();
            let after = findings(folder.path());
            assert_eq!(after.len() + count, before.len(), "{}: {said}", rule.id);
            fixed += count;
        }
    }
    assert!(fixed > 0, "no example has a fix");
}

#[test]
fn what_is_merged_is_what_compose_merges() {
    let Some(compose) = super::compose() else { return };
    for (name, files) in [
        (
            "ports and volumes",
            [
                "services:\n  db:\n    image: postgres:17.2\n    ports: [\"5432:5432\", \"127.0.0.1:1:1\"]\n    volumes: [\"one:/var/lib/postgresql/data\"]\nvolumes: { one: , two: }\n",
                "services:\n  db:\n    ports: [\"5432:5432\", { target: 1, published: \"1\", host_ip: 127.0.0.1, protocol: tcp }]\n    volumes: [\"two:/var/lib/postgresql/data\"]\n",
            ],
        ),
        (
            "reset and override",
            [
                "services:\n  db:\n    image: postgres:17.2\n    ports: [\"5432:5432\"]\n    command: postgres -c fsync=off\n    environment: { A: 1, B: 2 }\n",
                "services:\n  db:\n    ports: !reset []\n    command: postgres\n    environment: !override [C=3]\n",
            ],
        ),
        (
            "environment",
            [
                "services:\n  db:\n    image: postgres:17.2\n    environment: { A: 1, B: 2 }\n    depends_on: [x]\n  x: { image: \"x:1\" }\n",
                "services:\n  db:\n    environment: [B=3, C=4]\n    ports: !override [\"9:9\"]\n    depends_on: { x: { condition: service_healthy } }\n",
            ],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "compose.yaml", files[0]);
        write(folder.path(), "compose.override.yaml", files[1]);
        let run = Command::new(&compose).args(["config", "--format", "json"]).current_dir(&folder).output().unwrap();
        assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
        let theirs: Value = serde_json::from_slice(&run.stdout).unwrap();
        let db = &theirs["services"]["db"];
        let ours = super::merged(folder.path(), &["compose.yaml", "compose.override.yaml"]);
        let ours = ours.named("db").unwrap();
        let ports = |port: &Value| {
            format!(
                "{}:{}:{}",
                port["host_ip"].as_str().unwrap_or("0.0.0.0"),
                port["published"].as_str().unwrap_or_default(),
                port["target"]
            )
        };
        let mut expected: Vec<String> = db["ports"].as_array().into_iter().flatten().map(ports).collect();
        let mut found: Vec<String> = ours
            .ports
            .iter()
            .map(|port| {
                format!(
                    "{}:{}:{}",
                    port.address.as_deref().unwrap_or("0.0.0.0"),
                    port.published.as_deref().unwrap_or_default(),
                    port.target
                )
            })
            .collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{name}");
        let environment = db["environment"].as_object().into_iter().flatten();
        let mut expected: Vec<String> =
            environment.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
        let mut found: Vec<String> = ours
            .environment
            .iter()
            .map(|one| format!("{}={}", one.name, one.value.as_deref().unwrap_or_default()))
            .collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{name}");
        let mounts = |mount: &Value| {
            format!("{}:{}", mount["source"].as_str().unwrap_or_default(), mount["target"].as_str().unwrap())
        };
        let expected: Vec<String> = db["volumes"].as_array().into_iter().flatten().map(mounts).collect();
        let found: Vec<String> = ours
            .mounts
            .iter()
            .map(|mount| format!("{}:{}", mount.source.as_deref().unwrap_or_default(), mount.target))
            .collect();
        assert_eq!(found, expected, "{name}");
        let expected: Vec<&str> = db["command"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let found: Vec<&str> = ours.command.iter().map(|word| word.value.as_str()).collect();
        assert_eq!(found, expected, "{name}");
        let conditions = db["depends_on"].as_object().into_iter().flatten();
        let expected: Vec<&str> = conditions.filter_map(|(_, one)| one["condition"].as_str()).collect();
        let found: Vec<&str> = ours.dependencies.iter().map(|one| one.condition.as_str()).collect();
        assert_eq!(found, expected, "{name}");
    }
}
