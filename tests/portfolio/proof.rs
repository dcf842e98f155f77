//! Published decisions, asked beside a relational kind of data that a team holds in the `PostgreSQL` which it runs: where
//! that is enough it is the only one, and where it is not the other stays.

use std::fs;
use std::io::Write;

use super::{known, portfolio};
use crate::cases::{Case, fields, uncontested};
use crate::support::project;

/// The share of the decisions for one `PostgreSQL` that it has to be alone in.
const ALONE: f64 = 0.85;
/// The share of the decisions for something else that has to stay.
const KEPT: f64 = 0.95;

/// Of which data, which figure, and whether a value of it is past the bound.
type Bound = (&'static str, &'static str, fn(f64) -> bool);

/// Where the grey band ends, past which a dedicated store pays: the published thresholds, each with the flag or the
/// durability whose data it is said of.
const PAST_THE_GREY_BAND: [Bound; 11] = [
    ("vector_search", "vectors", |count| count > 50e6),
    ("vector_search", "latency_p99", |ms| ms < 10.0),
    ("search_heavy", "records", |count| count > 5e6),
    ("full_text", "records", |count| count > 5e6),
    ("cache", "reads", |a_second| a_second > 10e3),
    ("cache", "latency_p99", |ms| ms <= 1.0),
    ("real_time", "latency_p99", |ms| ms <= 1.0),
    ("key_lookup", "records", |count| count >= 100e6),
    ("time_series", "writes", |a_second| a_second > 100e3),
    ("time_series", "series", |count| count >= 10e6),
    ("binary_objects", "object_size", |mb| mb > 1.0),
];

#[test]
fn one_postgresql_where_it_is_enough_and_another_store_where_it_is_not() {
    let cases = uncontested();
    let (mut report, mut misses) = (String::new(), Vec::new());
    let enough: Vec<&Case> = cases.iter().filter(|case| case.one_postgres_is_enough).collect();
    let alone = share(
        &enough,
        &mut misses,
        |_, databases| matches!(databases, [one] if one == "postgresql" || one == "timescaledb"),
    );
    let not_enough = |case: &&Case| !case.one_postgres_is_enough && is_beyond(case);
    let others: Vec<&Case> = cases.iter().filter(not_enough).collect();
    let kept = share(&others, &mut misses, |case, databases| databases.iter().any(|id| is_of(id, case)));
    report.push_str(&format!(
        "decisions for one PostgreSQL that a portfolio answers with it alone: {:.1} % of {}; decisions for another store \
         past the grey band that it keeps: {:.1} % of {}\n{}\n",
        alone * 100.0,
        enough.len(),
        kept * 100.0,
        others.len(),
        misses.join("\n")
    ));
    std::io::stderr().write_all(report.as_bytes()).unwrap();
    assert!(enough.len() >= 15 && others.len() >= 20, "too few cases to prove anything: {report}");
    assert!(alone >= ALONE && kept >= KEPT, "{report}");
    let of = |share: f64, cases: &[&Case]| format!("{:.0} of {}", share * cases.len() as f64, cases.len());
    for page in ["README.md", "docs/portfolio.md"] {
        let text = fs::read_to_string(project(page)).unwrap();
        for stated in [of(alone, &enough), of(kept, &others)] {
            assert!(text.contains(&stated), "{page} does not state {stated}: {report}");
        }
    }
}

/// The share of some cases whose databases are right.
fn share(cases: &[&Case], misses: &mut Vec<String>, right: impl Fn(&Case, &[String]) -> bool) -> f64 {
    let mut count = 0;
    for case in cases {
        let databases = databases(case);
        let right = right(case, &databases);
        if !right {
            let (found, wanted) = (databases.join(", "), case.categories.join(", "));
            misses.push(format!("  {}: {found}; the sources say {wanted}", case.id));
        }
        count += usize::from(right);
    }
    count as f64 / cases.len() as f64
}

/// The databases of the portfolio of a case beside what `PostgreSQL` holds anyway.
fn databases(case: &Case) -> Vec<String> {
    let text = format!(
        "version: 1\nteam: {{ operates: [postgresql] }}\ndata:\n  base:\n    needs_transactions: true\n    \
         complex_relations: true\n    data_size: 20GB\n    database: postgresql\n    justification: it is there\n  \
         it:\n{}",
        fields(case, |_| true)
    );
    portfolio(&text).together.databases
}

/// Whether a database is of a category that the sources name.
fn is_of(id: &str, case: &Case) -> bool {
    let database = known().0.get(id).unwrap();
    let mut own = std::iter::once(database.category).chain(database.also.iter().copied());
    own.any(|own| case.categories.iter().any(|category| own.to_string() == *category))
}

/// Whether one `PostgreSQL` is past what it should hold.
fn is_beyond(case: &Case) -> bool {
    let text = |field: &str| {
        case.requirement.get(field).map(|value| value.as_str().map_or_else(|| value.to_string(), String::from))
    };
    let is = |what: &str| {
        text(what).is_some_and(|text| text == "true") || text("durability").is_some_and(|text| text == what)
    };
    let past = |field: &str, past: fn(f64) -> bool| text(field).is_some_and(|text| past(number(field, &text)));
    let past = PAST_THE_GREY_BAND.iter().any(|(what, field, bound)| is(what) && past(field, *bound));
    let spreads = text("scale").is_some_and(|scale| scale == "multi_node");
    !case.categories.iter().any(|category| category == "relational") && (spreads || past)
}

/// A figure of a case in the unit of the table above.
fn number(field: &str, text: &str) -> f64 {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let number: f64 = digits.replace('_', "").parse().unwrap_or_else(|_| panic!("{field}: {text}"));
    number
        * match unit.trim() {
            "" | "/s" | "ms" | "MB" => 1.0,
            "KB" => 1e-3,
            "s" => 1e3,
            other => panic!("{field}: the unit {other}"),
        }
}
