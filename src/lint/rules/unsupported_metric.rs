//! `unsupported-metric`

use catalog::vocabulary::{DistanceMetric, Flag};

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unsupported-metric"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "A vector index is asked for a distance that the database cannot index.",
    why: "The index is built for one distance, and a query by another one does not use it: it reads every embedding, or \
          comes back in another order than the model was trained for. MariaDB and Neo4j index cosine and Euclidean \
          distance, and no inner product.",
    source: "https://mariadb.com/docs/server/reference/sql-structure/vectors/vector-overview",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                database: mariadb
                justification: beside the pages themselves
                collections:
                  pages: { dimension: 768, distance_metric: ip }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              people:
                kind: graph
                vector_search: true
                collections:
                  people: { label: Person, dimension: 384, distance_metric: ip }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                database: mariadb
                justification: beside the pages themselves
                collections:
                  pages: { dimension: 768, distance_metric: cosine }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                collections:
                  pages: { dimension: 768, distance_metric: ip }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| kind.flag(Flag::VectorSearch)) {
        let Some(database) = kind.database() else { continue };
        let Some(metrics) = &database.distance_metrics else { continue };
        for (name, collection) in kind.collections() {
            let asked = collection.distance_metric.as_ref().filter(|asked| !metrics.indexed.contains(&asked.value));
            let Some(asked) = asked else { continue };
            let known = metrics.indexed.iter().map(|metric| format!("`{metric}`")).collect::<Vec<_>>().join(" and ");
            let message = format!("{} indexes {known}, not `{}`", database.name, asked.value);
            let violation =
                Violation::new(kind.about_collection(name), system.at(asked.place, "no index measures this"), message);
            let violation = match database.sources.get(&metrics.source) {
                Some(evidence) => violation.help(format!("that is from {}", evidence.address)),
                None => violation,
            };
            violations.push(violation.help(help(asked.value)));
        }
    }
}

fn help(asked: DistanceMetric) -> &'static str {
    match asked {
        DistanceMetric::Ip => {
            "say `distance_metric: cosine`: on embeddings of length one, which most models yield, the order is the same"
        }
        DistanceMetric::Cosine | DistanceMetric::L2 => "choose a distance that it indexes, or another database",
    }
}
