//! A portfolio as large as they get: two hundred kinds of data of the shapes of the published decisions, in a file that
//! `scripts/measure` asks too. `SNAPSHOTS=overwrite` writes it anew.

use solver::{Answer, Facility, solve};

use polyglot::config::Policy;
use polyglot::decide::DecisionContext;
use polyglot::decide::portfolio::{Question, problem};
use snapbox::{Assert, Data};

use super::known;
use crate::choice::{decisions, fields};
use crate::support::{parse, project};

const KINDS: usize = 200;

/// The decisions in turn, each fourth kind of data a copy of an earlier one.
pub(super) fn large() -> String {
    let cases = decisions("decisions.json");
    let mut text = String::from(
        "# Two hundred kinds of data of the shapes of tests/cases/decisions.json; written by tests/portfolio/large.rs.\n\
         version: 1\ntarget: { memory: 256GB, cpus: 32, disk: 20TB }\nteam: { operates: [postgresql, redis] }\ndata:\n",
    );
    for kind in 0..KINDS {
        let case = &cases[kind % cases.len()];
        let fields = fields(case, |_| true).replace("a published case", &case.id);
        text.push_str(&format!("  kind_{kind}:\n{fields}"));
        if kind % 4 == 3 && !fields.contains("source:") {
            text.push_str(&format!("    source: kind_{}\n", kind * 5 / 7));
        }
    }
    text
}

#[test]
fn two_hundred_kinds_of_data_are_solved_exactly() {
    let text = large();
    let kept = project("tests/portfolio/large.yaml");
    Assert::new().action_env("SNAPSHOTS").eq(&text, Data::read_from(&kept, None));
    let (catalog, tree) = known();
    let requirements = parse(&text, catalog).unwrap_or_else(|faults| panic!("{:?}", faults.diagnostics));
    let policy = Policy::default();
    let facts = DecisionContext::new(crate::support::knowledge(catalog, tree, &policy), &requirements);
    let question = Question { requirements: &requirements, most: None };
    let problem = problem(question, &facts).unwrap();
    let databases = problem.facilities.iter().filter(|facility: &&Facility| facility.counts).count();
    let distinct = problem.items.len();
    assert!((90..=KINDS).contains(&distinct) && databases >= 15, "{distinct} kinds, {databases} databases");
    let Answer::Best(best) = solve(&problem, &mut || false) else { panic!("there is an answer") };
    assert!(best.exact && best.bound == best.cost);
}
