//! One capacity: select, lint and render agree on what fits a host, on files that nobody chose.

use catalog::Text;
use catalog::units::Bytes;
use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection, Tree};
use polyglot::plan::Capacity;
use polyglot::size::{Host, Reckoner};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::hosts::{GB, databases, grid};
use crate::support::{cases, file, parse, polyglot, random};

/// What the program makes of a file.
struct Answers {
    capacity: Value,
    /// The rules about capacity that find something.
    found: Vec<String>,
    /// The exit code and the messages of rendering.
    rendered: (Option<i32>, String),
}

fn answers(text: &str) -> Answers {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("polyglot.yaml"), text).unwrap();
    let run = |arguments: &[&str]| polyglot(folder.path(), arguments);
    let json = |arguments: &[&str]| -> Value {
        let run = run(arguments);
        serde_json::from_slice(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{text}", String::from_utf8_lossy(&run.stderr)))
    };
    let selected = json(&["select", "--format", "json"]);
    let findings = json(&["lint", "--format", "json"]);
    let found = findings["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap());
    let found = found.filter(|rule| ["memory-overcommit", "outgrows-disk"].contains(rule)).map(String::from);
    let rendered = run(&["render", "--stdout"]);
    Answers {
        capacity: selected["capacity"].clone(),
        found: found.collect(),
        rendered: (rendered.status.code(), String::from_utf8(rendered.stderr).unwrap()),
    }
}

/// The resources of which more is needed than the file says that there is.
fn exceeded(capacity: &Value) -> Vec<&'static str> {
    let assumed = |name: &str| capacity["assumed"].as_array().unwrap().iter().any(|one| one == name);
    let amount = |name: &str, of: &str| capacity[name][of].as_u64().unwrap();
    let exceeds = |name: &&str| amount(name, "needed") > amount(name, "available") && !assumed(name);
    ["memory", "disk"].into_iter().filter(exceeds).collect()
}

fn agrees(text: &str) -> Result<(), TestCaseError> {
    let Answers { capacity, found, rendered: (code, messages) } = answers(text);
    let exceeded = exceeded(&capacity);
    prop_assert_eq!(capacity["verdict"] == "exceeds", !exceeded.is_empty(), "{}\n{}", text, capacity);
    let expected = exceeded.iter().map(|name| if *name == "memory" { "memory-overcommit" } else { "outgrows-disk" });
    prop_assert_eq!(found, expected.map(String::from).collect::<Vec<_>>(), "{}", text);
    prop_assert_eq!(code, Some(if exceeded.is_empty() { 0 } else { 2 }), "{}\n{}", text, messages);
    for name in ["memory", "disk"] {
        let is_refused = messages.contains(&format!("the stack needs more {name} than the host has"));
        prop_assert_eq!(is_refused, exceeded.contains(&name), "{}\n{}", text, messages);
        let lines = capacity[name]["lines"].as_array().unwrap();
        for of in ["needed", "recommended"] {
            let sum: u128 = lines.iter().map(|line| u128::from(line[of].as_u64().unwrap())).sum();
            let sum = u64::try_from(sum).unwrap_or(u64::MAX);
            prop_assert_eq!(sum, capacity[name][of].as_u64().unwrap(), "{}\n{}", text, capacity);
        }
    }
    let smallest = capacity["smallest_host"]["memory"].as_str().unwrap();
    prop_assert!(exceeded.is_empty() || messages.contains(smallest), "{}\n{}", text, messages);
    Ok(())
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn select_lint_and_render_agree_on_what_fits((target, kinds) in random::system()) {
        agrees(&file(&target, &kinds))?;
    }

    #[test]
    fn the_smallest_host_does_and_a_larger_one_never_fits_worse((target, kinds) in random::system()) {
        let text = file(&target, &kinds);
        let capacity = on_hosts(&text, |host| host);
        let smallest = |capacity: &Capacity, host: Host| Host {
            memory: capacity.smallest_host().memory.parse().unwrap(),
            disk: capacity.smallest_host().disk.parse().unwrap(),
            ..host
        };
        let there = on_hosts(&text, |host| smallest(&capacity, host));
        for (name, resource) in there.resources() {
            prop_assert!(resource.needed <= resource.available, "{}: {:?}\n{}", name, resource, text);
        }
        let larger = |Bytes(bytes): Bytes| Bytes(bytes.saturating_mul(2));
        let twice = on_hosts(&text, |host| Host { memory: larger(host.memory), disk: larger(host.disk), ..host });
        prop_assert!(twice.verdict() <= capacity.verdict(), "{}\n{:?}\n{:?}", text, capacity, twice);
    }
}

/// What the databases of a file need of another host than it describes.
fn on_hosts(text: &str, host: impl FnOnce(Host) -> Host) -> Capacity {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    let requirements = parse(text, &catalog).unwrap();
    let policy = Policy::default();
    let facts = DecisionContext::new(crate::support::knowledge(&catalog, &tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &facts, Depth::Choice);
    let host = host(Host::of(&requirements.target, None));
    Capacity::of(&requirements, &selection, &catalog, &Reckoner::default(), host).unwrap()
}

/// A file with one dataset, pinned where that is said.
fn one(target: &str, fields: &str) -> String {
    format!("version: 1\n{target}data:\n  a: {{ {fields} }}\n")
}

#[test]
fn nothing_exceeds_an_assumption() {
    let text = one("", "durability: cache, real_time: true, data_size: 40GB, database: redis, justification: fast");
    let Answers { capacity, found, rendered: (code, _) } = answers(&text);
    assert_eq!((capacity["verdict"].as_str(), found.len(), code), (Some("tight"), 0, Some(0)), "{capacity}");
    assert!(capacity["memory"]["needed"].as_u64().unwrap() > 8 * GB, "{capacity}");
    let summary = on_hosts(&text, |host| host).summary();
    assert!(summary.starts_with("tight: needs ") && summary.contains("8 GB assumed; set `target.memory`"), "{summary}");
    agrees(&text).unwrap();
}

#[test]
fn the_disk_has_to_hold_the_data() {
    let files = |disk: &str| {
        one(
            &format!("target: {{ disk: {disk} }}\n"),
            "kind: file, data_size: 9TB, database: minio, justification: it is there",
        )
    };
    let Answers { capacity, found, rendered: (code, messages) } = answers(&files("8TB"));
    assert_eq!((capacity["verdict"].as_str(), code), (Some("exceeds"), Some(2)));
    assert_eq!(found, ["outgrows-disk"]);
    assert!(messages.contains("9TB  in all; the host has 8TB") && messages.contains("and 9TB of disk"), "{messages}");
    assert_eq!(answers(&files("9216GB")).capacity["verdict"], "tight");
    assert_eq!(answers(&files("12TB")).capacity["verdict"], "fits");
}

#[test]
fn growth_fills_the_disk_and_what_is_removed_does_not() {
    let text = |more: &str| {
        one("target: { disk: 100GB }\n", &format!("kind: user_profile, data_size: 40GB, growth: 6GB/month{more}"))
    };
    assert_eq!(answers(&text("")).capacity["full_in"], "10 months");
    assert_eq!(answers(&text(", retention: 60d")).capacity["full_in"], Value::Null);
    assert_eq!(answers(&text("").replace("target: { disk: 100GB }\n", "")).capacity["full_in"], Value::Null);
}

#[test]
fn what_is_not_counted_is_named() {
    let text = "version: 1\ntarget: { memory: 16GB, disk: 1TB }\ndata:\n  orders: { kind: user_profile }\n  \
                copies: { durability: derived, source: orders, full_text: true, search_heavy: true }\n  pictures: { \
                kind: file, data_size: 9TB, database: s3, justification: it is there }\n  readings: { time_series: true, \
                writes: 1000/s, record_size: 40B, retention: 30d }\n";
    let capacity = answers(text).capacity;
    assert_eq!(capacity["not_counted"], serde_json::json!(["orders.data_size", "copies.data_size"]));
    let s3 = capacity["disk"]["lines"].as_array().unwrap().iter().find(|line| line["instance"] == "s3").unwrap();
    assert!(s3["needed"] == 0 && s3["why"].as_str().unwrap().contains("elsewhere"), "{s3}");
    assert!(capacity["disk"]["needed"].as_u64().unwrap() > GB, "{capacity}");
}

#[test]
fn what_is_needed_of_memory_and_disk_can_be_computed_on_every_host() {
    let catalog = polyglot::embedded::catalog();
    let reckoner = Reckoner::default();
    for (database, recipe) in databases(&catalog) {
        let disk = recipe.disk.as_ref().unwrap_or_else(|| panic!("{} does not say what it takes on disk", database.id));
        assert!(disk.why.ends_with('.') && disk.why.len() > 30, "{}", database.id);
        let recommended = recipe.memory.iter().flat_map(|memory| &memory.recommended).chain(&disk.recommended);
        let formulas: Vec<&str> = std::iter::once(&disk.needed).chain(recommended).map(Text::as_str).collect();
        for (host, demand) in grid().iter().step_by(5) {
            let scope = host.scope(demand);
            for (name, amount) in [("raw", 7 * GB), ("appended", 3 * GB), ("needed", 9 * GB)] {
                scope.set(name, amount);
            }
            for formula in &formulas {
                let amount = reckoner.amount(database, "capacity", formula, &scope);
                assert!(amount.is_ok(), "{}: `{formula}` on {host:?}: {amount:?}", database.id);
            }
        }
    }
}
