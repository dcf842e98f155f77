//! polyglot.lock: what it records, what it says of a change, and that the stack is rendered as it says.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support::{polyglot, project};

const TEXT: &str = "\
version: 1
name: shop
target: { memory: 16GB }
data:
  orders:
    needs_transactions: true
    complex_relations: true
    data_size: 20GB
  sessions:
    key_lookup: true
    durability: cache
";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("polyglot.yaml"), TEXT).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (String, String, i32) {
    let output = polyglot(folder, arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn lock(folder: &Path) -> String {
    fs::read_to_string(folder.join("polyglot.lock")).unwrap()
}

#[test]
fn a_lock_records_the_decisions_and_stays_as_it_is() {
    let folder = folder();
    let (_, said, code) = run(folder.path(), &["select", "--write", "--date", "2026-11-22"]);
    assert_eq!((said.as_str(), code), ("wrote polyglot.lock\n", 0));
    let first = lock(folder.path());
    let read: toml::Table = first.parse().unwrap();
    let orders = read["data"]["orders"].as_table().unwrap();
    assert_eq!(orders["databases"].as_array().unwrap()[0].as_str(), Some("postgresql@18"));
    assert!(orders["images"].as_array().unwrap()[0].as_str().unwrap().starts_with("docker.io/library/postgres:18."));
    assert_eq!(orders["date"].to_string(), "2026-11-22");
    assert_eq!(orders["fields"]["data_size"].as_str(), Some("20GB"));
    assert_eq!(read["data"].as_table().unwrap().keys().collect::<Vec<_>>(), ["orders", "sessions"], "the file's order");
    let (_, said, _) = run(folder.path(), &["select", "--write"]);
    assert_eq!((said.as_str(), lock(folder.path())), ("polyglot.lock is up to date\n", first));
}

#[test]
fn the_date_of_what_has_not_changed_stays() {
    let folder = folder();
    run(folder.path(), &["select", "--write", "--date", "2026-01-01"]);
    edit(folder.path(), "polyglot.yaml", "20GB", "30GB");
    run(folder.path(), &["select", "--write", "--date", "2026-11-22"]);
    let read: toml::Table = lock(folder.path()).parse().unwrap();
    assert_eq!(read["data"]["orders"]["date"].to_string(), "2026-11-22");
    assert_eq!(read["data"]["sessions"]["date"].to_string(), "2026-01-01");
    edit(folder.path(), "polyglot.yaml", "30GB", "40GB");
    run(folder.path(), &["select", "--write"]);
    let read: toml::Table = lock(folder.path()).parse().unwrap();
    assert!(!read["data"]["orders"].as_table().unwrap().contains_key("date"), "nobody said when: never the clock");
    let (_, errors, code) = run(folder.path(), &["select", "--write", "--date", "2026-02-30"]);
    assert!(code == 2 && errors.contains("expected a date"), "{errors}");
}

#[test]
fn the_difference_names_the_field_that_made_it() {
    let folder = folder();
    let (text, _, code) = run(folder.path(), &["select", "--diff"]);
    assert!(code == 1 && text.starts_with("there is no polyglot.lock yet"), "{text}");
    run(folder.path(), &["select", "--write"]);
    assert_eq!(run(folder.path(), &["select", "--diff"]), ("polyglot.lock is up to date\n".into(), String::new(), 0));
    edit(folder.path(), "polyglot.yaml", "complex_relations: true\n    data_size: 20GB", "data_size: 25GB");
    edit(folder.path(), "polyglot.yaml", "  sessions:", "  visits:");
    let (text, _, code) = run(folder.path(), &["select", "--diff"]);
    let expected = "\
~ orders: postgresql@18 ▶ mysql@9.7
    complex_relations: true ▶ false   makes the difference
    data_size: 20GB ▶ 25GB
+ visits: redis@8.2
- sessions: redis@8.2
";
    assert_eq!((text.as_str(), code), (expected, 1));
}

#[test]
fn render_takes_what_is_locked_and_stops_at_a_stale_lock() {
    let folder = folder();
    run(folder.path(), &["select", "--write"]);
    edit(folder.path(), "polyglot.lock", "postgresql@18", "postgresql@17");
    let image = lock(folder.path()).lines().find(|line| line.contains("postgres:")).unwrap().to_owned();
    edit(folder.path(), "polyglot.lock", &image, "images = [\"registry.example/postgres:17.7\"]");
    let (_, errors, code) = run(folder.path(), &["render"]);
    assert_eq!(code, 0, "{errors}");
    let compose = fs::read_to_string(folder.path().join("deploy/compose.yaml")).unwrap();
    assert!(compose.contains("registry.example/postgres:17.7"), "{compose}");
    assert!(compose.contains("polyglot.database: postgresql 17"), "{compose}");
    edit(folder.path(), "polyglot.yaml", "20GB", "30GB");
    let before = fs::read_to_string(folder.path().join("deploy/compose.yaml")).unwrap();
    for arguments in [&["render"][..], &["render", "--check"], &["render", "--force"]] {
        let (text, errors, code) = run(folder.path(), arguments);
        assert_eq!((text.as_str(), code), ("", 1), "{errors}");
        assert!(errors.contains("data_size: 20GB ▶ 30GB") && errors.contains("polyglot.lock is stale"), "{errors}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("deploy/compose.yaml")).unwrap(), before);
    run(folder.path(), &["select", "--write"]);
    let (_, errors, code) = run(folder.path(), &["render"]);
    assert!(code == 2 && errors.contains("which postgresql 18 must not open"), "the new lock is an upgrade: {errors}");
}

#[test]
fn a_lock_that_is_none_is_refused_with_its_place() {
    let folder = folder();
    for (text, expected) in [
        ("version = 2\nsomething = \"new\"\n", "polyglot.lock has format 2, and this polyglot knows up to 1"),
        ("version = 0\n", "there is no format 0"),
        ("data = [\n", "polyglot.lock:1"),
        (
            "version = 1\n[data.orders]\ndatabases = [\"postgres@18\"]\nfingerprint = \"\"\n",
            "did you mean `postgresql`?",
        ),
        ("version = 1\n[data.orders]\ndatabases = [\"postgresql@6\"]\nfingerprint = \"\"\n", "does not know"),
        ("version = 1\n[data.orders]\nfingerprint = \"\"\n", "databases"),
    ] {
        fs::write(folder.path().join("polyglot.lock"), text).unwrap();
        for arguments in [&["render", "--check"][..], &["select", "--diff"], &["select", "--write"]] {
            let (_, errors, code) = run(folder.path(), arguments);
            assert!(code == 2 && errors.contains(expected), "{arguments:?}: {errors}");
        }
        assert_eq!(lock(folder.path()), text, "it is not overwritten");
    }
}

#[test]
fn standard_input_has_no_lock_and_other_names_have_their_own() {
    let folder = folder();
    let (_, errors, code) = run(folder.path(), &["select", "-", "--write"]);
    assert_eq!(code, 2, "{errors}");
    fs::rename(folder.path().join("polyglot.yaml"), folder.path().join("shop.yaml")).unwrap();
    let (_, said, _) = run(folder.path(), &["select", "shop.yaml", "--write"]);
    assert_eq!(said, "wrote shop.polyglot.lock\n");
    for example in ["existence-agent", "all-stores", "web-shop"] {
        let text = fs::read(project("requirements-examples").join(format!("{example}.yaml"))).unwrap();
        fs::write(folder.path().join("polyglot.yaml"), text).unwrap();
        let _ = fs::remove_file(folder.path().join("polyglot.lock"));
        let free = run(folder.path(), &["render", "--stdout"]);
        run(folder.path(), &["select", "--write"]);
        assert_eq!(run(folder.path(), &["select", "--diff"]).2, 0);
        assert_eq!(run(folder.path(), &["render", "--stdout"]), free, "a fresh lock changes nothing of {example}");
    }
}

/// Measurements beside accounts, which the family of `PostgreSQL` holds as well.
const TOGETHER: &str = "\
version: 1
name: shop
target: { memory: 16GB, cpus: 4, disk: 500GB }
team: { operates: [postgresql] }
data:
  orders:
    kind: user_profile
    data_size: 20GB
    backup: { every: 1d, keep: 30d }
  readings:
    kind: time_series
    series: 50k
    writes: 500/s
    data_size: 2GB
";

#[test]
fn a_portfolio_is_recorded_kept_and_rendered() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("polyglot.yaml"), TOGETHER).unwrap();
    let (_, said, code) = run(root, &["select", "--portfolio", "--write", "--date", "2026-11-22"]);
    assert_eq!((said.as_str(), code), ("wrote polyglot.lock\n", 0));
    let read: toml::Table = lock(root).parse().unwrap();
    assert!(read["portfolio"].as_table().unwrap().is_empty());
    assert_eq!(read["data"]["readings"]["databases"].as_array().unwrap()[0].as_str(), Some("timescaledb@2.30"));

    let (shown, _, code) = run(root, &["select", "--diff"]);
    assert_eq!(code, 0, "the lock is compared with the portfolio that it records: {shown}");
    let (_, said, _) = run(root, &["select", "--write"]);
    assert_eq!(said, "polyglot.lock is up to date\n", "and stays one");
    let (_, said, code) = run(root, &["render", "-o", "deploy"]);
    assert_eq!(code, 0, "{said}");
    let compose = fs::read_to_string(root.join("deploy/compose.yaml")).unwrap();
    assert!(compose.contains("timescaledb") && !compose.contains("influxdb"), "{compose}");
    let (found, _, _) = run(root, &["lint"]);
    assert!(!found.contains("drift") && !found.contains("lock"), "{found}");

    let (shown, _, code) = run(root, &["select", "--diff", "--no-portfolio"]);
    assert!(code == 1 && shown.contains("influxdb"), "{shown}");
    assert!(shown.contains("the lock records a portfolio") && !shown.contains("the catalog, the policy"), "{shown}");
    run(root, &["select", "--write", "--no-portfolio"]);
    assert!(!lock(root).contains("portfolio]"), "{}", lock(root));
}

#[test]
fn a_page_shows_the_portfolio_that_the_lock_allows() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let history = "  history: { kind: time_series, database: timescaledb, justification: SQL }\n";
    let text = TOGETHER.replace("500/s", "180k/s") + history;
    fs::write(root.join("polyglot.yaml"), text).unwrap();
    let page = |asked: &[&str]| {
        run(root, &[&["select", "--portfolio", "--write"], asked].concat());
        let (_, said, code) = run(root, &["render", "--report"]);
        assert_eq!(code, 0, "{said}");
        fs::read_to_string(root.join("deploy/report.html")).unwrap()
    };
    assert!(page(&[]).contains("3 databases, the cheapest of all"));
    let limited = page(&["--max-databases", "2"]);
    assert!(limited.contains("id=\"portfolio\"") && !limited.contains("3 databases, the cheapest of all"));
}

#[test]
fn a_portfolio_that_has_moved_on_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("polyglot.yaml"), TOGETHER).unwrap();
    run(root, &["select", "--portfolio", "--max-databases", "2", "--write"]);
    let read: toml::Table = lock(root).parse().unwrap();
    assert_eq!(read["portfolio"]["max_databases"].as_integer(), Some(2));
    // Another policy changes no field, but the answer.
    fs::write(root.join("polyglot.toml"), "[policy]\ndenied_databases = [\"postgresql\"]\n").unwrap();
    let (found, _, code) = run(root, &["lint"]);
    assert!(code == 1 && found.contains("decision-drift"), "{found}");
    fs::remove_file(root.join("polyglot.toml")).unwrap();
    edit(root, "polyglot.yaml", "series: 50k", "series: 50M");
    let (_, said, code) = run(root, &["render"]);
    assert!(code == 1 && said.contains("stale"), "{said}");
}
