//! What the file promises and what keeps it: what is said of each engine is held against what is rendered for it.

use std::collections::BTreeSet;

use polyglot::report::document::Statement;

use crate::hosts::databases;
use crate::render::render_with;
use crate::support::decide;

/// The ways in which a dataset names its collections.
const SHAPES: [(&str, &str); 4] = [
    ("nothing", ""),
    ("no time", "    collections:\n      items: { fields: { id: { type: bigint }, total: { type: numeric } } }\n"),
    (
        "a time",
        "    collections:\n      items: { fields: { created_at: { type: timestamptz, required: true }, total: { type: numeric } } }\n",
    ),
    (
        "partitions",
        "    collections:\n      items:\n        fields: { at: { type: timestamptz, required: true }, total: { type: numeric } }\n        \
         partition_by: { field: at, every: month }\n",
    ),
];

fn requirements(id: &str, more: &str) -> String {
    format!(
        "version: 1\nname: shop\ntarget: {{ memory: 64GB, cpus: 8, disk: 2TB }}\ndata:\n  items:\n    durability: primary\n    \
         database: {id}\n    justification: it is there\n{more}"
    )
}

/// What the files of an instance that speak of the dataset tell the server, without comments.
fn told(text: &str) -> BTreeSet<String> {
    let is_comment = |line: &&str| ["#", "--", "//", "<!--"].iter().any(|mark| line.starts_with(mark));
    let rendered =
        render_with(&polyglot::embedded::catalog(), text, None).unwrap_or_else(|error| panic!("{text}: {error}"));
    let files = rendered.files.iter().filter(|(path, _)| path.contains('/') && !path.starts_with("secrets"));
    // A service may be there that has nothing to do, and settings follow the memory that it takes.
    let files = files.filter(|(_, text)| text.lines().any(|line| !is_comment(&line.trim()) && line.contains("items")));
    let lines = files.flat_map(|(_, text)| text.lines().map(str::trim));
    lines.filter(|line| !is_comment(line)).map(str::to_owned).collect()
}

fn stated(text: &str, field: &str) -> Statement {
    let document = decide(text);
    let statements = document.selections.into_iter().flat_map(|selection| selection.stated);
    let mut statements = statements.filter(|statement| statement.field == field);
    statements.next().unwrap_or_else(|| panic!("{field} is not said: {text}"))
}

#[test]
fn a_retention_is_realised_where_it_changes_what_the_server_is_told() {
    let catalog = polyglot::embedded::catalog();
    let mut wrong = Vec::new();
    for (database, _) in databases(&catalog) {
        for (shape, collections) in SHAPES {
            let id = database.id.as_str();
            let with = requirements(id, &format!("    retention: 90d\n{collections}"));
            let without = requirements(id, &format!("    retention: forever\n{collections}"));
            let changes = told(&with) != told(&without);
            let statement = stated(&with, "retention");
            if statement.realised != changes {
                wrong.push(format!("{id} with {shape}: rendered {changes}, said {}", statement.how));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_time_to_live_is_realised_where_it_changes_what_the_server_is_told() {
    let catalog = polyglot::embedded::catalog();
    let mut wrong = Vec::new();
    for (database, _) in databases(&catalog) {
        let collections = |more: &str| {
            format!(
                "    collections:\n      items:\n        fields: {{ at: {{ type: timestamptz, required: true }} }}\n{more}"
            )
        };
        let id = database.id.as_str();
        let with = requirements(id, &collections("        ttl: { field: at, after: 30d }\n"));
        let changes = told(&with) != told(&requirements(id, &collections("")));
        let statement = stated(&with, "collections.items.ttl");
        if statement.realised != changes {
            wrong.push(format!("{id}: rendered {changes}, said {}", statement.how));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_nothing_keeps_is_said_of_each_field() {
    let promises = "    encryption: { at_rest: true }\n    backup: { every: 1d, keep: 7d }\n    rpo: 5min\n    rto: 1h\n    \
                    availability: 99.99%\n    tenancy: schema\n    region: eu-central\n";
    let text = requirements("postgresql", promises);
    for field in ["encryption.at_rest", "rpo", "rto", "availability", "tenancy", "region"] {
        let statement = stated(&text, field);
        assert!(!statement.realised && statement.how.len() > 20, "{field}: {}", statement.how);
    }
    for field in ["backup.every", "backup.keep"] {
        let statement = stated(&text, field);
        assert!(statement.realised && statement.how.contains("postgresql-backup"), "{field}: {}", statement.how);
    }
    let relaxed = text.replace("rpo: 5min", "rpo: 1d").replace("99.99%", "99%");
    for field in ["rpo", "availability"] {
        assert!(stated(&relaxed, field).realised, "{field}");
    }
    let nothing = requirements("postgresql", "    encryption: { at_rest: false }\n    retention: forever\n");
    assert_eq!(decide(&nothing).selections.remove(0).stated.len(), 0, "nothing is promised");
}

#[test]
fn the_readme_lists_each_promise() {
    let text = requirements("redis", "    retention: 90d\n    backup: { every: 1d }\n    rto: 1h\n");
    let rendered = render_with(&polyglot::embedded::catalog(), &text, None).unwrap_or_else(|error| panic!("{error}"));
    let readme = rendered.files.get("README.md").expect("a README");
    for line in
        ["| `items` | `retention`: 90d | **not realised:** no key expires", "| `items` | `rto`: 1h | **not realised:**"]
    {
        assert!(readme.contains(line), "{line}: {readme}");
    }
    assert!(readme.contains("| `items` | `backup.every`: 1d | `redis-record-backup`"), "{readme}");
}
