//! One service for each database and role, and limits that hold for the sum of what it serves.

use polyglot::report::document::Document;

use crate::support::decide;

fn instances(document: &Document) -> Vec<(&str, &str, usize)> {
    let of = |service: &'_ polyglot::report::document::Instance| service.serves.len();
    document.databases.iter().map(|s| (s.instance.as_str(), s.role.as_str(), of(s))).collect()
}

fn verdicts(document: &Document) -> Vec<(String, String)> {
    let of = |chosen: &polyglot::report::document::Chosen| (chosen.databases.join(" + "), chosen.fit.verdict.clone());
    document.selections.iter().map(of).collect()
}

fn answers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(databases, verdict)| ((*databases).to_owned(), (*verdict).to_owned())).collect()
}

#[test]
fn a_cache_a_record_and_a_stream_are_three_redis() {
    let document = decide(
        "version: 1
data:
  state: { real_time: true }
  scores: { real_time: true, durability: primary }
  sessions: { durability: cache }
  events: { real_time: true, event_stream: true }
",
    );
    let expected = [("redis-record", "record", 2), ("redis-cache", "cache", 1), ("redis-stream", "stream", 1)];
    assert_eq!(instances(&document), expected);
}

#[test]
fn records_and_copies_share_an_engine_that_has_one_configuration() {
    let document = decide(
        "version: 1
data:
  copies: { durability: derived, source: accounts, search_heavy: true }
  accounts: { kind: user_profile }
",
    );
    assert_eq!(instances(&document), [("postgresql", "record", 2)]);
}

#[test]
fn limits_hold_for_the_sum_and_both_say_so() {
    let document = decide(
        "version: 1
target: { memory: 64GB, disk: 10TB }
data:
  orders: { kind: user_profile, data_size: 1500GB }
  invoices: { kind: user_profile, data_size: 1500GB }
",
    );
    assert_eq!(verdicts(&document), answers(&[("postgresql", "strained"), ("postgresql", "strained")]));
}

#[test]
fn the_hosts_disk_is_shared_by_all_engines() {
    let document = decide(
        "version: 1
target: { memory: 64GB, disk: 20TB }
data:
  orders: { kind: user_profile, data_size: 12TB }
  files: { kind: file, data_size: 12TB }
",
    );
    assert_eq!(document.selections[1].databases, ["s3"], "what no disk here can hold goes where none is needed");
    let document = decide(
        "version: 1
target: { memory: 64GB, disk: 20TB }
data:
  orders: { kind: user_profile, data_size: 12TB }
  invoices: { kind: user_profile, data_size: 12TB }
",
    );
    assert_eq!(document.selections[1].fit.verdict, "exceeds");
}

#[test]
fn what_the_log_carries_does_not_weigh_on_memory() {
    let document = decide(
        "version: 1
target: { memory: 16GB, disk: 20TB }
data:
  feed: { real_time: true, data_size: 5TB }
  state: { real_time: true, data_size: 512MB }
",
    );
    assert_eq!(verdicts(&document), answers(&[("kafka + redis", "fits"), ("redis", "fits")]));
}

#[test]
fn data_that_spreads_does_not_count_against_a_single_node() {
    let two = |first: &str, second: &str| {
        decide(&format!("version: 1\ntarget: {{ memory: 64GB, disk: 1TB }}\ndata:\n  a: {first}\n  b: {second}\n"))
    };
    let wide = "{ key_lookup: true, scale: multi_node, data_size: 50TB }";
    let many = "{ key_lookup: true, records: 200M, data_size: 10GB }";
    for document in [two(wide, many), two(many, wide)] {
        assert!(document.selections.iter().all(|chosen| chosen.databases == ["cassandra"]));
    }
}

#[test]
fn memory_for_vectors_is_reckoned_with_the_dimensions_of_all() {
    let document = decide(
        "version: 1
target: { memory: 16GB, disk: 20TB }
data:
  long: { kind: vector, vectors: 1200k, dimension: 3072 }
  short: { kind: vector, vectors: 9M, dimension: 128 }
",
    );
    assert_eq!(document.selections[0].databases, ["chromadb"]);
    assert_eq!(document.selections[1].databases, ["qdrant"]);
}
