//! What a portfolio promises: its terms add up, nothing allowed is cheaper, limits hold for sums, and loads turn it
//! where it says.

use polyglot::decide::portfolio::PortfolioError;
use polyglot::report::portfolio::document::{Document, Side, Term};
use proptest::prelude::*;

use super::{Asked, ask, ask_until, portfolio};
use crate::support::{self, project};

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
        for placed in document.data.iter().filter(|placed| placed.verdict == "exceeds") {
            let charged = |term: &Term| term.charge == "unfit" && term.data.as_ref() == Some(&placed.data);
            assert!(document.together.terms.iter().any(charged), "{name}: {}", placed.data);
        }
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
    assert_eq!(store(&before, "relationships"), ["neo4j"]);
    let after = ask(&text, &asked("operating = { neo4j = 90 }")).unwrap();
    assert_ne!(store(&after, "relationships"), ["neo4j"]);
    let term = after.alone.terms.iter().find(|term| term.databases == "Neo4j" && term.charge == "operating").unwrap();
    assert!(term.how.starts_with("90 × "), "{}", term.how);
    assert!(adds_up(&after.alone) && adds_up(&after.together));
    assert_eq!(after.overridden.len(), 1);
}

#[test]
fn what_a_database_saves_is_what_its_denial_costs() {
    let text = example("existence-agent");
    let document = portfolio(&text);
    for price in &document.prices {
        let policy = toml::from_str(&format!("denied_databases = [\"{}\"]", price.database)).unwrap();
        let without = ask(&text, &Asked { policy, ..Asked::default() }).unwrap();
        let saves = price.saves.unwrap_or_else(|| panic!("{} is not needed", price.database));
        assert_eq!(hundredths(without.together.cost - document.together.cost), hundredths(saves), "{}", price.database);
    }
}

#[test]
fn wherever_it_is_stopped_it_says_so() {
    let text = example("existence-agent");
    let mut asked_to_stop = 0;
    let whole = ask_until(&text, &Asked::default(), &mut || {
        asked_to_stop += 1;
        false
    });
    let whole = whole.unwrap();
    assert!(asked_to_stop >= 10, "too few questions to prove anything: {asked_to_stop}");
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

fn vectors(count: u64) -> String {
    format!(
        "version: 1\ntarget: {{ memory: 256GB, cpus: 32, disk: 4TB }}\nteam: {{ operates: [postgresql] }}\ndata:\n  accounts:\n    \
         kind: user_profile\n    data_size: 20GB\n  notes:\n    kind: vector\n    dimension: 768\n    vectors: {count}\n    \
         growth: 20k/month\n"
    )
}

#[test]
fn a_load_turns_the_answer_where_it_is_said_to() {
    let document = portfolio(&vectors(120_000));
    assert_eq!(store(&document, "notes"), ["postgresql"]);
    let placed = document.data.iter().find(|placed| placed.data == "notes").unwrap();
    let until = placed.until.iter().find(|until| until.quantity == "vectors").expect("a load that turns it");
    let last = catalog::vocabulary::Quantity::Vectors.parse(&until.last).unwrap().0;
    assert!(last > 5_000_000, "a portfolio leaves before the figure at which an expert worries: {last}");
    assert_eq!(store(&portfolio(&vectors(last)), "notes"), ["postgresql"]);
    assert_eq!(store(&portfolio(&vectors(last + 1)), "notes"), until.then);
    let months = (last - 120_000) / 20_000;
    assert_eq!(until.days.unwrap() / 30, months);
}

#[test]
fn a_limit_holds_for_the_sum_of_what_a_service_holds() {
    let of = |count: usize| {
        let mut text = String::from(
            "version: 1\ntarget: { memory: 1TB, cpus: 64, disk: 100TB }\nteam: { operates: [postgresql] }\ndata:\n",
        );
        for index in 0..count {
            text.push_str(&format!(
                "  notes_{index}:\n    vector_search: true\n    needs_transactions: true\n    dimension: 64\n    vectors: 30M\n"
            ));
        }
        text
    };
    let stores = |document: &Document| -> Vec<Vec<String>> {
        document.data.iter().map(|placed| placed.together.clone()).collect()
    };
    let only = || {
        let policy = toml::from_str("allowed_databases = [\"postgresql\", \"timescaledb\"]").unwrap();
        Asked { policy, ..Asked::default() }
    };
    let one = ask(&of(1), &only()).unwrap();
    assert_eq!(stores(&one), [["postgresql"]]);
    let two = ask(&of(2), &only()).unwrap();
    let mut both = stores(&two).concat();
    both.sort();
    assert_eq!(both, ["postgresql", "timescaledb"], "60M vectors in one service that ends at 50M");
    assert!(two.data.iter().all(|placed| placed.verdict != "exceeds"));
    // A third has nowhere to go, is held all the same, and is charged for it.
    let three = ask(&of(3), &only()).unwrap();
    assert!(three.together.terms.iter().any(|term| term.charge == "unfit"));
    assert!(adds_up(&three.together));
}

proptest! {
    #![proptest_config(support::cases(24))]

    #[test]
    fn of_any_file_the_terms_add_up_and_nothing_that_fits_exceeds(
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
        prop_assert!(document.data.iter().all(|placed| placed.verdict != "exceeds"), "{text}");
    }
}
