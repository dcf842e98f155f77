//! The tuning tables: reckoned over a grid of hosts, against the keys that servers know, and beside other tuners.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use catalog::Catalog;
use catalog::vocabulary::{Quantity, Storage, Workload};

use polyglot::size::{Demand, Host};
use snapbox::{Assert, Data};

use crate::hosts::{GB, MB, databases, demand, grid, host, settings};
use crate::support::project;

#[test]
fn every_database_with_a_container_is_known() {
    let catalog = polyglot::embedded::catalog();
    let with: BTreeSet<&str> = databases(&catalog).iter().map(|(database, _)| database.id.as_str()).collect();
    let expected = [
        "arangodb",
        "cassandra",
        "chromadb",
        "clickhouse",
        "couchdb",
        "elasticsearch",
        "influxdb",
        "kafka",
        "keydb",
        "mariadb",
        "minio",
        "mongodb",
        "mysql",
        "neo4j",
        "opensearch",
        "postgresql",
        "qdrant",
        "redis",
        "seaweedfs",
        "timescaledb",
        "valkey",
    ];
    assert_eq!(with, expected.into_iter().collect());
    for (database, recipe) in databases(&catalog) {
        assert!(recipe.memory.is_some(), "{}", database.id);
        assert!(!recipe.tuning.is_empty(), "{} has settings", database.id);
        let container = recipe.container.as_ref().unwrap();
        assert!(container.healthcheck.is_some() && container.endpoint.is_some(), "{}", database.id);
    }
    for id in ["s3", "pinecone", "sqlite"] {
        let recipe = catalog.recipe(id).unwrap();
        assert!(recipe.container.is_none() && recipe.connect.is_some(), "{id}");
    }
}

#[test]
fn every_setting_can_be_reckoned_on_every_host() {
    let catalog = polyglot::embedded::catalog();
    let grid = grid();
    assert!(grid.len() >= 500, "{}", grid.len());
    for (database, recipe) in databases(&catalog) {
        for version in &database.versions {
            for (host, demand) in &grid {
                for (name, value) in settings(database, version, recipe, *host, demand) {
                    let odd = ["nan", "inf", "-inf", "undefined"].contains(&value.to_lowercase().as_str());
                    assert!(!odd && !value.starts_with("-0"), "{} {name} = {value} on {host:?}", database.id);
                }
            }
        }
    }
}

#[test]
fn settings_and_rules_say_why() {
    let catalog = polyglot::embedded::catalog();
    for (database, recipe) in databases(&catalog) {
        for row in &recipe.tuning {
            assert!(row.why.len() > 15 && row.why.ends_with('.'), "{} {}: {}", database.id, row.name, row.why);
            assert!(!row.why.contains('—') && !row.why.contains('\n'), "{} {}", database.id, row.name);
        }
    }
}

/// The names in a list of a real server.
fn known(file: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(project(&format!("tests/tuning/{file}"))).unwrap();
    let names = text.lines().filter_map(|line| line.split(['\t', ' ']).next());
    names.filter(|name| !name.is_empty()).map(|name| name.replace('-', "_")).collect()
}

#[test]
fn every_key_is_one_that_a_real_server_knows() {
    let catalog = polyglot::embedded::catalog();
    // What the lists leave out by their nature, each looked up in the server's documentation.
    let lists: [(&str, &str, &str, &[&str]); 6] = [
        ("postgresql", "18", "postgresql-18.6-guc.tsv", &["pg_stat_statements."]),
        ("timescaledb", "", "postgresql-18.6-guc.tsv", &["pg_stat_statements.", "timescaledb."]),
        ("mysql", "9.7", "mysql-9.7.4-options.txt", &["disable_log_bin"]),
        ("mariadb", "", "mariadb-11.8.9-options.txt", &[]),
        ("redis", "8.2", "redis-8.2.3-config-get.tsv", &[]),
        ("valkey", "9.1", "valkey-9.1.2-config-get.tsv", &[]),
    ];
    for (id, version, file, beside) in lists {
        let (database, recipe) =
            databases(&catalog).into_iter().find(|(database, _)| database.id == *id).unwrap_or_else(|| panic!("{id}"));
        let version = database.version(version).or_else(|| database.default_version()).unwrap();
        let known = known(file);
        for (host, demand) in grid().iter().step_by(29) {
            for (name, _) in settings(database, version, recipe, *host, demand) {
                let plain = name.replace('-', "_");
                let listed = known.contains(&plain) || beside.iter().any(|prefix| name.starts_with(prefix));
                let elsewhere = recipe
                    .tuning
                    .iter()
                    .any(|row| row.name == name && matches!(row.into.as_deref(), Some("environment" | "command")));
                assert!(listed || elsewhere, "{id} {}: `{name}` is in no list", version.major);
            }
        }
    }
}

/// An amount of memory as `PostgreSQL` writes it, in bytes.
fn bytes(text: &str) -> u64 {
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit = match &text[at..] {
        "kB" => 1 << 10,
        "MB" => MB,
        "GB" => GB,
        "TB" => GB << 10,
        "" => 1,
        other => panic!("{other}"),
    };
    text[..at].parse::<u64>().unwrap() * unit
}

fn postgresql(catalog: &Catalog, host: Host, demand: &Demand, major: &str) -> BTreeMap<String, String> {
    let (database, recipe) = databases(catalog).into_iter().find(|(database, _)| database.id == "postgresql").unwrap();
    let version = database.version(major).or_else(|| database.default_version()).unwrap();
    settings(database, version, recipe, host, demand).into_iter().collect()
}

#[test]
fn sixteen_gigabytes_and_two_hundred_connections_give_the_four_values() {
    let catalog = polyglot::embedded::catalog();
    let host = host(16 * GB, 4, Storage::Ssd, 100 * GB);
    let settings = postgresql(&catalog, host, &demand(Workload::Web, 200, 0), "18");
    for (name, value) in [
        ("shared_buffers", "4GB"),
        ("effective_cache_size", "12GB"),
        ("maintenance_work_mem", "1GB"),
        ("max_connections", "200"),
    ] {
        assert_eq!(settings[name], value, "{name}");
    }
}

#[test]
fn postgresql_stays_within_its_memory() {
    let catalog = polyglot::embedded::catalog();
    for (host, demand) in grid() {
        // A stated number of clients that the memory cannot carry at all is the person's to change; a pooler takes it.
        let connections = demand.amount(Quantity::Connections);
        if connections * 12 * MB > host.memory.0 / 2 {
            continue;
        }
        let settings = postgresql(&catalog, host, &demand, "18");
        let get = |name: &str| settings.get(name).unwrap_or_else(|| panic!("{name}"));
        let connections: u64 = get("max_connections").parse().unwrap();
        let multiplier: f64 = get("hash_mem_multiplier").parse().unwrap();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "within 2^53"
        )]
        let work = (bytes(get("work_mem")) as f64 * multiplier) as u64;
        let sum = bytes(get("shared_buffers")) + connections * work;
        assert!(sum <= host.memory.0, "{sum} of {host:?} {demand:?} {settings:?}");
        let workers: u64 = get("max_worker_processes").parse().unwrap();
        assert!(workers >= 8, "max_worker_processes below the default");
        let wal = bytes(get("max_wal_size"));
        assert!(wal <= host.disk.0 / 2, "max_wal_size {wal} on {host:?}");
        assert_ne!(settings.get("io_method").map(String::as_str), Some("io_uring"));
    }
}

/// How often ours says what another tuner says, by parameter.
fn agreement(
    cases: &[serde_json::Value],
    ours: impl Fn(&serde_json::Value) -> Option<BTreeMap<String, String>>,
) -> String {
    let mut rows: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    let mut hosts = 0;
    for case in cases {
        let Some(settings) = ours(&case["input"]) else { continue };
        hosts += 1;
        let theirs = case["output"].as_object().unwrap();
        for (name, value) in theirs {
            let row = rows.entry(name.clone()).or_default();
            let value = value.as_str().unwrap();
            match settings.get(name) {
                Some(ours) if same(ours, value) => row[0] += 1,
                Some(_) => row[1] += 1,
                None => row[2] += 1,
            }
        }
        for name in settings.keys().filter(|name| !theirs.contains_key(*name)) {
            rows.entry(name.clone()).or_default()[3] += 1;
        }
    }
    let mut text = format!(
        "{hosts} hosts\n{:<36}{:>8}{:>10}{:>14}{:>12}\n",
        "parameter", "same", "different", "only theirs", "only ours"
    );
    for (name, [same, different, theirs, ours]) in rows {
        let _ = writeln!(text, "{name:<36}{same:>8}{different:>10}{theirs:>14}{ours:>12}");
    }
    text
}

/// Whether two values say the same: `15min` and `900`, `on` and `1`, `4GB` and `4096MB`.
fn same(ours: &str, theirs: &str) -> bool {
    let memory = |text: &str| text.ends_with('B').then(|| bytes(text));
    let plain = |text: &str| text.trim_end_matches('s').parse::<f64>().ok();
    ours == theirs
        || memory(ours).is_some_and(|ours| memory(theirs) == Some(ours))
        || plain(ours).is_some_and(|ours| plain(theirs) == Some(ours))
}

/// Every key that another tuner prints and that is not always the same has a row in the docs.
fn explained(text: &str, section: &str) {
    let docs = std::fs::read_to_string(project("docs/beside-pgtune.md")).unwrap();
    let docs = docs.split("\n## ").find(|part| part.starts_with(section)).unwrap();
    for line in text.lines().skip(2) {
        let mut columns = line.split_whitespace();
        let name = columns.next().unwrap();
        let counts: Vec<u32> = columns.map(|count| count.parse().unwrap()).collect();
        let differs = counts[1] + counts[2] > 0;
        assert!(!differs || docs.contains(name), "`{name}` differs and has no row under {section}");
    }
}

fn cases(file: &str) -> Vec<serde_json::Value> {
    serde_json::from_str(&std::fs::read_to_string(project(&format!("tests/tuning/{file}"))).unwrap()).unwrap()
}

#[test]
fn beside_pgtune() {
    let catalog = polyglot::embedded::catalog();
    let text = agreement(&cases("pgtune.json"), |input| {
        if input["osType"] != "linux" {
            return None;
        }
        let unit = match input["totalMemoryUnit"].as_str()? {
            "MB" => MB,
            "GB" => GB,
            _ => GB << 10,
        };
        let memory = input["totalMemory"].as_u64()? * unit;
        let size = match input["dbSize"].as_str()? {
            "less_ram" => memory / 2,
            "mid_ram" => memory * 2,
            _ => memory * 4,
        };
        let storage = Storage::named(input["hdType"].as_str()?)?;
        let host = host(memory, input["cpuNum"].as_u64().unwrap_or(4), storage, 4096 * GB);
        let workload = Workload::named(input["dbType"].as_str()?)?;
        let demand = demand(workload, input["connectionNum"].as_u64().unwrap_or(0), size);
        let major = input["dbVersion"].as_u64()?.max(15).to_string();
        Some(postgresql(&catalog, host, &demand, &major))
    });
    explained(&text, "pgtune");
    Assert::new()
        .action_env("SNAPSHOTS")
        .eq(text, Data::read_from(&project("tests/tuning/pgtune-agreement.txt"), None));
}

#[test]
fn beside_timescaledb_tune() {
    let catalog = polyglot::embedded::catalog();
    let text = agreement(&cases("timescaledb-tune.json"), |input| {
        let memory = input["memoryBytes"].as_u64()?;
        let disk = input["walDiskBytes"].as_u64().filter(|disk| *disk > 0).unwrap_or(100 * GB);
        let host = host(memory, input["cpus"].as_u64()?, Storage::Ssd, disk);
        let (database, recipe) = databases(&catalog).into_iter().find(|(database, _)| database.id == "timescaledb")?;
        let demand = demand(Workload::Web, input["maxConns"].as_u64()?, 0);
        Some(settings(database, database.default_version()?, recipe, host, &demand).into_iter().collect())
    });
    let kept = project("tests/tuning/timescaledb-tune-agreement.txt");
    explained(&text, "timescaledb-tune");
    Assert::new().action_env("SNAPSHOTS").eq(text, Data::read_from(&kept, None));
}
