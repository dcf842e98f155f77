//! Published decisions, each asked in a file of its own.

use std::collections::BTreeMap;
use std::fs;

use polyglot::decide::Tree;
use polyglot::requirements::Profile;
use serde::Deserialize;

use super::{percent, print, share};
use crate::given_tree::FLAGS;
use crate::support::{decide, parse, project};

/// A published decision.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    group: String,
    pub(crate) requirement: BTreeMap<String, serde_json::Value>,
    categories: Vec<String>,
    /// The experts' own databases, where the source is that specific.
    #[serde(default)]
    ids: Vec<String>,
    one_postgres_is_enough: bool,
    /// What the source says, where it is kept.
    #[serde(default)]
    paraphrase: String,
    contested: bool,
}

/// What the vocabulary could not say when a case was written, and the words of its paraphrase that say it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restated {
    says: String,
    fields: BTreeMap<String, serde_json::Value>,
}

/// The databases of each category.
const CATEGORIES: [(&str, &[&str]); 15] = [
    ("relational", &["postgresql", "mysql", "mariadb", "sqlite", "timescaledb", "cockroachdb", "yugabytedb", "tidb"]),
    ("in-memory", &["redis", "valkey", "keydb", "memcached"]),
    ("key-value", &["redis", "valkey", "keydb", "memcached", "cassandra", "scylladb", "dynamodb"]),
    ("wide-column", &["cassandra", "scylladb"]),
    ("document", &["mongodb", "couchdb"]),
    ("time-series", &["influxdb", "timescaledb", "victoriametrics", "prometheus"]),
    ("graph", &["neo4j", "arangodb"]),
    ("vector", &["chromadb", "qdrant", "milvus", "weaviate", "pinecone"]),
    ("search", &["elasticsearch", "opensearch", "meilisearch"]),
    ("object", &["minio", "seaweedfs", "s3"]),
    ("stream", &["kafka"]),
    ("queue", &["rabbitmq", "nats"]),
    ("columnar", &["clickhouse", "duckdb", "bigquery"]),
    ("coordination", &["etcd"]),
    ("ledger", &["tigerbeetle"]),
];

/// The decisions of a file that the sources agree on.
pub(crate) fn decisions(file: &str) -> Vec<Case> {
    let text = fs::read_to_string(project("tests/cases").join(file)).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    cases.into_iter().filter(|case| !case.contested).collect()
}

/// The second set, with the fields that its paraphrases give and the vocabulary of then did not have.
fn restated() -> Vec<Case> {
    let text = fs::read_to_string(project("tests/cases/restated.json")).unwrap();
    let mut restated: BTreeMap<String, Restated> = serde_json::from_str(&text).unwrap();
    let mut cases = decisions("decisions-2.json");
    for case in &mut cases {
        let Some(Restated { says, fields }) = restated.remove(&case.id) else { continue };
        assert!(case.paraphrase.contains(&says), "the paraphrase of {} does not say «{says}»", case.id);
        case.requirement.extend(fields);
    }
    assert!(restated.is_empty(), "restated, but no decision: {:?}", restated.keys());
    cases
}

/// The fields of a case, as those of a kind of data.
pub(crate) fn fields(case: &Case, wanted: impl Fn(&str) -> bool) -> String {
    let mut text = String::from("    description: a published case\n");
    for (field, value) in case.requirement.iter().filter(|(field, _)| wanted(field)) {
        text.push_str(&format!("    {field}: {}\n", value.as_str().map_or_else(|| value.to_string(), String::from)));
    }
    text
}

pub(crate) fn file(case: &Case, wanted: impl Fn(&str) -> bool) -> String {
    format!("version: 1\ndata:\n  it:\n{}", fields(case, wanted))
}

fn answer(case: &Case) -> Vec<String> {
    decide(&file(case, |_| true)).selections.remove(0).databases
}

fn is_of(id: &str, category: &str) -> bool {
    let databases = CATEGORIES.iter().find(|(name, _)| *name == category);
    databases.unwrap_or_else(|| panic!("no category is called {category}")).1.contains(&id)
}

impl Case {
    /// Whether the sources would call it right: a database of their categories, or one `PostgreSQL` where that is enough.
    fn is_right(&self, answer: &[String]) -> bool {
        let [first, rest @ ..] = answer else { return false };
        if !rest.is_empty() && answer != ["kafka", "redis"] {
            return false;
        }
        let of_category = self.categories.iter().any(|category| is_of(first, category));
        of_category || (self.one_postgres_is_enough && first == "postgresql")
    }

    /// Whether it is the experts' own database.
    fn is_theirs(&self, answer: &[String]) -> bool {
        answer.first().is_some_and(|first| self.ids.contains(first))
    }
}

/// The share of cases that something gets right, averaged within each group and then over the groups.
fn macro_share<'c>(cases: impl IntoIterator<Item = &'c Case>, mut right: impl FnMut(&Case) -> bool) -> f64 {
    let mut groups: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    for case in cases {
        groups.entry(&case.group).or_default().push(right(case));
    }
    let count = groups.len() as f64;
    groups.into_values().map(share).sum::<f64>() / count
}

/// What is said of a set.
struct Figures {
    category: f64,
    theirs: f64,
    misses: String,
}

fn measure(cases: &[Case]) -> Figures {
    let answers: BTreeMap<&str, Vec<String>> = cases.iter().map(|case| (case.id.as_str(), answer(case))).collect();
    let mut misses = String::new();
    for case in cases {
        let answer = &answers[case.id.as_str()];
        let word = match (case.is_right(answer), case.ids.is_empty() || case.is_theirs(answer)) {
            (false, _) => "wrong ",
            (true, false) => "theirs",
            (true, true) => continue,
        };
        let wanted = if case.ids.is_empty() { &case.categories } else { &case.ids };
        misses.push_str(&format!("  {word} {}: {}, not {}\n", case.id, answer.join(" + "), wanted.join(" or ")));
    }
    Figures {
        category: macro_share(cases, |case| case.is_right(&answers[case.id.as_str()])),
        theirs: macro_share(cases.iter().filter(|case| !case.ids.is_empty()), |case| {
            case.is_theirs(&answers[case.id.as_str()])
        }),
        misses,
    }
}

#[test]
fn the_decisions_of_the_first_set_are_the_experts() {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    let cases = decisions("decisions.json");
    let Figures { category, misses, .. } = measure(&cases);
    let postgresql = macro_share(&cases, |case| case.is_right(&[String::from("postgresql")]));
    let given = macro_share(&cases, |case| {
        let given = file(case, |field| FLAGS.contains(&field) || field == "data_size");
        let requirements = parse(&given, &catalog).unwrap();
        let walk = tree.walk(&Profile::of(&requirements.data["it"], &catalog)).unwrap();
        let databases = walk.answer.databases.iter();
        let core = |id: &str| if id == "core" { String::from("postgresql") } else { id.to_owned() };
        case.is_right(&databases.map(|id| core(id)).collect::<Vec<_>>())
    });
    let report = format!(
        "decisions, first set: {} by category (the given tree alone {}, always PostgreSQL {})\n{misses}",
        percent(category),
        percent(given),
        percent(postgresql)
    );
    print(&report);
    assert!(category >= 0.94, "{report}");
    assert!(postgresql < given && given < category, "{report}");
}

#[test]
fn the_decisions_of_the_second_set_are_the_experts() {
    let Figures { category, theirs, misses } = measure(&restated());
    let report = format!(
        "decisions, second set: {} by category, {} by the experts' own database\n{misses}",
        percent(category),
        percent(theirs)
    );
    print(&report);
    assert!(category >= 0.95, "{report}");
    assert!(theirs >= 0.69, "{report}");
}
