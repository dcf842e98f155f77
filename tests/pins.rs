//! `scripts/compare-pins` beside lists of tags made for the purpose: it names a pin that is older than what there is, compares
//! only what is comparable, and says what it cannot read.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::session::{skipped, text};
use crate::support::project;

/// Python from 3.11 on reads TOML.
fn python() -> bool {
    let has =
        Command::new("python3").args(["-c", "import tomllib"]).output().is_ok_and(|output| output.status.success());
    if !has {
        skipped("no python3 with tomllib");
    }
    has
}

fn compare(folder: &Path, files: &[(&str, &str)]) -> Output {
    let mut command = Command::new("python3");
    command.arg(project("scripts/compare-pins")).current_dir(folder);
    for (name, content) in files {
        let file = name.rsplit('=').next().unwrap();
        fs::write(folder.join(file), content).unwrap();
        command.arg(name);
    }
    command.output().unwrap()
}

/// The tag that the catalogue pins, and the one whose last number is one higher.
fn pinned(database: &str, major: &str) -> (String, String) {
    let catalog = polyglot::embedded::catalog();
    let tag = catalog.get(database).unwrap().version(major).unwrap().tag.as_deref().unwrap().to_owned();
    let (version, rest) = tag.split_once('-').unwrap();
    let (before, last) = version.rsplit_once('.').unwrap();
    (tag.clone(), format!("{before}.{}-{rest}", last.parse::<u64>().unwrap() + 1))
}

#[test]
fn a_pin_is_compared_with_tags_of_its_kind() {
    if !python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mine: Vec<(String, String)> = ["8.3", "8.0", "7.0"].iter().map(|major| pinned("mongodb", major)).collect();
    let all: Vec<&str> = mine.iter().map(|(tag, _)| tag.as_str()).collect();
    let list = |tags: &[&str]| serde_json::to_string(tags).unwrap();

    let current = compare(folder, &[("mongo.json", &list(&all))]);
    assert_eq!((current.status.code(), text(&current.stdout)), (Some(0), ""), "{}", text(&current.stderr));

    // Another base, another major version and a candidate are no newer tags of a pin.
    let bare = mine[1].1.split_once('-').unwrap().0;
    let other = [&all[..], &[bare, "9.0.1-noble", "8.0.999-windowsservercore", "8.0.999-rc0-noble", "latest"]].concat();
    let output = compare(folder, &[("mongo.json", &list(&other))]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), ""), "{}", text(&output.stderr));

    // In every form in which upstream lists its tags.
    let tags = [&all[..], &[mine[1].1.as_str()]].concat();
    let objects = |field: &str| tags.iter().map(|tag| serde_json::json!({ field: tag })).collect::<Vec<_>>();
    let hub = serde_json::json!({ "count": 4, "results": objects("name") }).to_string();
    let registry = serde_json::json!({ "name": "library/mongo", "tags": tags }).to_string();
    let library = format!("Maintainers: x\n\nTags: {}\nSharedTags: 8.0\nArchitectures: amd64\n", tags.join(", "));
    let releases = serde_json::to_string(&objects("tag_name")).unwrap();
    for (name, content) in [
        ("mongo.json", list(&tags)),
        ("docker.io/library/mongo=hub.json", hub),
        ("mongo=registry.json", registry),
        ("mongo", library),
        ("mongo.json", releases),
    ] {
        let output = compare(folder, &[(name, &content)]);
        let expected = format!("older: mongodb 8.0: docker.io/library/mongo:{}, there is {}\n", mine[1].0, mine[1].1);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), expected.as_str()), "{name}");
    }

    let withdrawn = compare(folder, &[("mongo.json", &list(&all[1..]))]);
    assert_eq!(withdrawn.status.code(), Some(1));
    assert_eq!(text(&withdrawn.stdout), format!("not there: mongodb 8.3: docker.io/library/mongo:{}\n", mine[0].0));
}

#[test]
fn what_cannot_be_compared_is_said() {
    if !python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, content) in
        [("mongo", "no list"), ("mongo.json", "{}"), ("mongo.json", "[1]"), ("mongo.json", "[{\"a\": 1}]")]
    {
        let output = compare(folder, &[(name, content)]);
        assert_eq!(output.status.code(), Some(2), "{content}");
        assert!(text(&output.stderr).starts_with("compare-pins: mongo"), "{}", text(&output.stderr));
    }
    let unknown = compare(folder, &[("nothing.json", "[]")]);
    assert!(text(&unknown.stderr).contains("no image of the catalogue is nothing"), "{}", text(&unknown.stderr));
    assert_eq!(compare(folder, &[]).status.code(), Some(2));
    assert_eq!(
        Command::new("python3").arg(project("scripts/compare-pins")).arg("none").output().unwrap().status.code(),
        Some(2)
    );
}

/// A tag that moves is none that can be compared.
#[test]
fn every_pin_names_a_whole_version() {
    let catalog = polyglot::embedded::catalog();
    for database in catalog.databases() {
        if catalog.recipe(&database.id).is_none_or(|recipe| recipe.container.is_none()) {
            continue;
        }
        for version in &database.versions {
            let Some(tag) = version.tag.as_deref() else { continue };
            let numbers = tag.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count();
            let least = version.major.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count() + 1;
            // SeaweedFS and PostgreSQL have two numbers, of which the first is the major version.
            assert!(numbers >= least, "{}: {tag} of {}", database.id, version.major);
        }
    }
}
