//! What a portfolio promises: its terms add up, nothing allowed is cheaper, limits hold for sums, and loads turn it
//! where it says.

use catalog::vocabulary::{Amount, Quantity};
use polyglot::decide::portfolio::PortfolioError;
use polyglot::report::portfolio::document::{Document, Side, Term};
use proptest::prelude::*;

use super::{Asked, ask, ask_until, portfolio};
use crate::support::{self, decide, project};

fn example(name: &str) -> String {
    std::fs::read_to_string(project(&format!("requirements-examples/{name}.yaml"))).unwrap()
}

fn examples() -> Vec<(String, String)> {
    let mut names: Vec<_> = std::fs::read_dir(project("requirements-examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), example(&name))).collect()
}

fn hundredths(points: f64) -> i64 {
    (points * 100.0).round() as i64
}

fn adds_up(side: &Side) -> bool {
    side.terms.iter().map(|term| hundredths(term.points)).sum::<i64>() == hundredths(side.cost)
}

fn asked(overrides: &str) -> Asked {
    Asked { overrides: toml::from_str(overrides).unwrap(), ..Asked::default() }
}

fn store<'d>(document: &'d Document, data: &str) -> &'d [String] {
    &document.data.iter().find(|placed| placed.data == data).unwrap().together
}

/// What holds for every portfolio.
fn check(name: &str, text: &str, document: &Document) {
    assert!(document.exact && document.complete && document.gap.is_none(), "{name}");
    assert!(adds_up(&document.alone) && adds_up(&document.together), "{name}: the terms do not add up");
    let costs: Vec<_> = document.frontier.iter().map(|point| point.cost.map(hundredths)).collect();
    assert!(costs.windows(2).all(|two| two[0].is_none_or(|first| two[1].is_some_and(|next| next <= first))), "{name}");
    let last = document.frontier.last().unwrap();
    assert_eq!((last.cost, &last.databases), (Some(document.together.cost), &document.together.databases), "{name}");
    for price in &document.prices {
        assert!(price.saves.is_none_or(|saves| saves >= 0.0), "{name}: {} is dearer than nothing", price.database);
    }
    for point in document.frontier.iter().filter(|point| point.cost.is_some()) {
        let few = ask(text, &Asked { most: Some(point.at_most), ..Asked::default() }).unwrap();
        assert_eq!(Some(few.together.cost), point.cost, "{name} with {}", point.at_most);
        assert!(few.together.databases.len() <= point.at_most, "{name} with {}", point.at_most);
    }
}

#[test]
fn of_every_example_the_terms_add_up_and_the_frontier_ends_at_the_best() {
    for (name, text) in examples() {
        let document = portfolio(&text);
        check(&name, &text, &document);
        let (alone, together) = (document.alone.cost, document.together.cost);
        assert!(together <= alone, "{name}: {together} together, {alone} alone");
    }
}

#[test]
fn a_pin_and_a_policy_bind() {
    let text = example("existence-agent");
    let pinned =
        text.replace("    kind: log\n", "    kind: log\n    database: opensearch\n    justification: it is there\n");
    assert_eq!(store(&portfolio(&pinned), "activity_log"), ["opensearch"]);
    let policy = toml::from_str("denied_databases = [\"postgresql\", \"timescaledb\"]").unwrap();
    let denied = ask(&text, &Asked { policy, ..Asked::default() }).unwrap();
    assert!(denied.together.databases.iter().all(|id| id != "postgresql" && id != "timescaledb"));
    assert!(denied.together.cost > portfolio(&text).together.cost);
}

#[test]
fn so_few_databases_as_cannot_hold_it_are_refused_with_the_number_that_can() {
    let text = "version: 1\ndata:\n  a:\n    database: mongodb\n    justification: x\n  b:\n    database: neo4j\n    justification: x\n  c:\n    database: redis\n    justification: x\n";
    let refused = ask(text, &Asked { most: Some(1), ..Asked::default() }).map(|_| ());
    assert_eq!(refused, Err(PortfolioError::TooFew { most: 1, least: Some(3) }));
    let document = portfolio(text);
    assert_eq!(document.frontier.iter().map(|point| point.cost.is_some()).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn a_weight_moves_the_answer_and_stands_in_the_terms() {
    let text = example("existence-agent");
    let before = portfolio(&text);
    assert_eq!(store(&before, "activity_log"), ["elasticsearch"]);
    let after = ask(&text, &asked("operating = { elasticsearch = 90 }")).unwrap();
    assert_eq!(store(&after, "activity_log"), ["opensearch"]);
    let is_it = |term: &&Term| term.databases == "Elasticsearch" && term.charge == "operating";
    let term = after.alone.terms.iter().find(is_it).unwrap();
    assert!(term.how.starts_with("90 × "), "{}", term.how);
    assert!(adds_up(&after.alone) && adds_up(&after.together));
    assert_eq!(after.overridden.len(), 1);
}

#[test]
fn denying_a_database_costs_no_more_than_it_saves() {
    let text = example("existence-agent");
    let document = portfolio(&text);
    let replaceable = document.prices.iter().filter_map(|price| Some((price, price.saves?)));
    assert!(replaceable.clone().count() > 0, "nothing can be replaced");
    for (price, saves) in replaceable {
        let policy = toml::from_str(&format!("denied_databases = [\"{}\"]", price.database)).unwrap();
        let without = ask(&text, &Asked { policy, ..Asked::default() }).unwrap();
        // Where it is denied all is chosen anew, so that some data may go where it could not have been moved to.
        let costs = hundredths(without.together.cost - document.together.cost);
        assert!(costs <= hundredths(saves), "{}: {costs}", price.database);
    }
}

#[test]
fn wherever_it_is_stopped_it_says_so() {
    let text = super::large::large();
    let mut asked_to_stop = 0;
    let whole = ask_until(&text, &Asked::default(), &mut || {
        asked_to_stop += 1;
        false
    });
    let whole = whole.unwrap();
    assert!(asked_to_stop >= 3, "too few questions to prove anything: {asked_to_stop}");
    for last in 0..asked_to_stop {
        let mut asked = 0;
        let stopped = ask_until(&text, &Asked::default(), &mut || {
            asked += 1;
            asked > last
        });
        let stopped = stopped.unwrap();
        assert!(!stopped.exact || !stopped.complete, "stopped at question {last}, and says nothing of it");
        assert!(adds_up(&stopped.together), "{last}");
        assert!(stopped.together.cost >= whole.together.cost, "{last}: cheaper than the best");
        let bound = stopped.together.cost - stopped.gap.unwrap_or(0.0);
        assert!(hundredths(bound) <= hundredths(whole.together.cost), "{last}: the gap promises too much");
    }
}

fn readings(writes: &str) -> String {
    format!(
        "version: 1\ntarget: {{ memory: 256GB, cpus: 32, disk: 40TB }}\nteam: {{ operates: [postgresql] }}\ndata:\n  \
         accounts: {{ kind: user_profile, data_size: 20GB }}\n  readings: {{ kind: time_series, writes: {writes} }}\n"
    )
}

#[test]
fn a_load_turns_the_answer_where_it_is_said_to() {
    let document = portfolio(&readings("100/s"));
    assert_eq!(store(&document, "readings"), ["timescaledb"], "one of the family that the team runs");
    let placed = document.data.iter().find(|placed| placed.data == "readings").unwrap();
    let until = placed.until.iter().find(|until| until.quantity == "writes").expect("a load that turns it");
    let Amount(last) = Quantity::Writes.parse(&until.last).unwrap();
    assert_eq!(store(&portfolio(&readings(&until.last)), "readings"), ["timescaledb"]);
    let next = Quantity::Writes.print(Amount(last + Quantity::Writes.step()));
    assert_eq!(store(&portfolio(&readings(&next)), "readings"), until.then);
}

#[test]
fn where_the_sum_is_more_than_a_service_bears_there_are_several() {
    let of = |count: usize| {
        let mut text = String::from("version: 1\nteam: { operates: [postgresql] }\ndata:\n");
        for index in 0..count {
            text.push_str(&format!("  orders_{index}: {{ kind: user_profile, data_size: 6TB }}\n"));
        }
        portfolio(&text)
    };
    for count in [1, 3] {
        let document = of(count);
        assert_eq!(document.together.databases, ["postgresql"]);
        assert_eq!(document.together.services, count, "6 TB each, and one ends at 10 TB");
        assert!(document.data.iter().all(|placed| placed.verdict != "exceeds"));
        assert!(adds_up(&document.together));
    }
}

proptest! {
    #![proptest_config(support::cases(24))]

    #[test]
    fn of_any_file_the_terms_add_up_and_nothing_that_fits_alone_exceeds(
        kinds in proptest::collection::vec((0usize..8, 1u64..2_000, 1u64..5_000), 1..7),
        operates in proptest::collection::vec(0usize..4, 0..3),
    ) {
        const KINDS: [&str; 8] =
            ["user_profile", "realtime_state", "conversation", "time_series", "graph", "vector", "log", "file"];
        const RUN: [&str; 4] = ["postgresql", "redis", "mongodb", "elasticsearch"];
        let mut operates: Vec<_> = operates.into_iter().map(|index| RUN[index]).collect();
        operates.sort_unstable();
        operates.dedup();
        let mut text = format!(
            "version: 1\ntarget: {{ memory: 128GB, cpus: 16, disk: 8TB }}\nteam: {{ operates: [{}] }}\ndata:\n",
            operates.join(", ")
        );
        for (index, (kind, megabytes, writes)) in kinds.iter().enumerate() {
            text.push_str(&format!(
                "  kind_{index}:\n    kind: {}\n    data_size: {megabytes}MB\n    writes: {writes}/s\n",
                KINDS[*kind]
            ));
        }
        let document = portfolio(&text);
        prop_assert!(document.exact);
        prop_assert!(adds_up(&document.alone) && adds_up(&document.together));
        prop_assert!(document.together.cost <= document.alone.cost);
        let alone = decide(&text).selections;
        for (placed, alone) in document.data.iter().zip(alone) {
            prop_assert!(placed.verdict != "exceeds" || alone.fit.verdict == "exceeds", "{text}");
        }
    }
}
