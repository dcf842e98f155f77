//! One service for each database and role, and a further one where the sum of what it serves is more than a node bears.

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
  scores: { ranking: true }
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
fn where_the_sum_is_more_than_a_node_bears_there_is_another_instance() {
    let of = |size: &str| {
        decide(&format!(
            "version: 1\ndata:\n  orders: {{ kind: user_profile, data_size: {size} }}\n  bills: {{ kind: user_profile, data_size: {size} }}\n"
        ))
    };
    assert_eq!(instances(&of("1TB")), [("postgresql", "record", 2)]);
    let document = of("6TB");
    assert_eq!(instances(&document), [("postgresql-2", "record", 1), ("postgresql", "record", 1)]);
    assert_eq!(verdicts(&document), answers(&[("postgresql", "strained"), ("postgresql", "strained")]), "each alone");
}

#[test]
fn what_is_joined_stays_in_one_instance() {
    let document = decide(
        "version: 1
data:
  orders: { kind: user_profile, data_size: 6TB, database: postgresql, justification: it is there }
  bills: { kind: user_profile, data_size: 6TB, with: orders }
",
    );
    assert_eq!(instances(&document), [("postgresql", "record", 2)]);
    assert_eq!(verdicts(&document), answers(&[("postgresql", "exceeds"), ("postgresql", "exceeds")]), "the sum");
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
        let pin = "database: cassandra, justification: it is there";
        decide(&format!("version: 1\ndata:\n  a: {{ {first}, {pin} }}\n  b: {{ {second}, {pin} }}\n"))
    };
    let wide = "key_lookup: true, scale: multi_node, data_size: 50TB";
    let many = "key_lookup: true, records: 200M, data_size: 10GB";
    for document in [two(wide, many), two(many, wide)] {
        assert_eq!(instances(&document), [("cassandra", "record", 2)]);
    }
}
