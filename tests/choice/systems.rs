//! Whole systems, decided for each kind of data and as portfolios.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;

use super::{as_one_store, percent, print, share};
use crate::portfolio::portfolio;
use crate::support::{decide, project};

/// What experts expect of a system.
#[derive(Deserialize)]
pub(super) struct Expected {
    datasets: BTreeMap<String, Answers>,
    portfolio: Engines,
    pub(super) must_warn: Vec<String>,
    pub(super) must_not_say: Vec<String>,
}

/// What they would accept for a kind of data, would say first, and would be embarrassed by.
#[derive(Deserialize)]
struct Answers {
    acceptable: Vec<String>,
    best: String,
    never: Vec<String>,
}

#[derive(Deserialize)]
struct Engines {
    acceptable_engines_max: usize,
    never: BTreeSet<String>,
}

/// A system as it was written, with what is expected of it.
pub(crate) struct System {
    pub(super) name: String,
    pub(crate) text: String,
    pub(super) expected: Expected,
}

/// The names of the systems, in order.
fn names() -> Vec<String> {
    let files = fs::read_dir(project("tests/cases/systems")).unwrap().map(|file| file.unwrap().file_name());
    let mut names: Vec<_> =
        files.filter_map(|file| Some(file.to_str().unwrap().strip_suffix(".yaml")?.to_owned())).collect();
    names.sort();
    names
}

pub(crate) fn systems() -> Vec<System> {
    let read = |name: String| {
        let file =
            |end: &str| fs::read_to_string(project("tests/cases/systems").join(format!("{name}.{end}"))).unwrap();
        let expected = serde_json::from_str(&file("expect.json")).unwrap();
        System { text: file("yaml"), expected, name }
    };
    names().into_iter().map(read).collect()
}

/// An answer for a kind of data.
struct Answer {
    data: String,
    databases: Vec<String>,
    verdict: String,
    assumptions: usize,
}

/// What the experts say of all answers.
#[derive(Default)]
struct Score {
    acceptable: Vec<bool>,
    best: Vec<bool>,
    unproven_or_exceeds: Vec<bool>,
    assumptions: usize,
    embarrassing: Vec<String>,
    misses: String,
}

impl Score {
    fn take(&mut self, system: &System, answers: &[Answer]) {
        for Answer { data, databases, verdict, assumptions } in answers {
            let expected = &system.expected.datasets[data];
            let answer = databases.join("+");
            let is_acceptable = expected.acceptable.contains(&answer);
            let said = format!("{}.{data}: {answer}, not {} ({verdict})", system.name, expected.best);
            if expected.never.contains(&answer) {
                self.embarrassing.push(said.clone());
            }
            if !is_acceptable {
                self.misses.push_str(&format!("  {said}\n"));
            }
            self.acceptable.push(is_acceptable);
            self.best.push(as_one_store(&answer) == as_one_store(&expected.best));
            self.unproven_or_exceeds.push(verdict == "unproven" || verdict == "exceeds");
            self.assumptions += assumptions;
        }
    }

    fn assumptions_each(&self) -> f64 {
        self.assumptions as f64 / self.acceptable.len() as f64
    }
}

#[test]
fn no_answer_embarrasses_and_nearly_all_are_acceptable() {
    let mut score = Score::default();
    for system in systems() {
        let answers = decide(&system.text).selections.into_iter().map(|chosen| Answer {
            assumptions: chosen.assumptions.len(),
            data: chosen.data,
            databases: chosen.databases,
            verdict: chosen.fit.verdict,
        });
        score.take(&system, &answers.collect::<Vec<_>>());
    }
    let (acceptable, best) = (share(score.acceptable.iter().copied()), share(score.best.iter().copied()));
    let hedged = share(score.unproven_or_exceeds.iter().copied());
    let report = format!(
        "systems: {} of {} answers acceptable, {} the best, {} embarrassing; {} unproven or exceeding, {:.2} assumptions each\n{}",
        percent(acceptable),
        score.acceptable.len(),
        percent(best),
        score.embarrassing.len(),
        percent(hedged),
        score.assumptions_each(),
        score.misses
    );
    print(&report);
    assert!(score.embarrassing.is_empty(), "{:#?}", score.embarrassing);
    assert!(acceptable >= 0.98, "{report}");
    assert!(best >= 0.85, "{report}");
    assert!(hedged <= 0.10, "{report}");
    assert!(score.assumptions_each() <= 3.0, "{report}");
}

/// The servers that run; an extension is none of its own, and what lives inside an application neither.
fn servers<'d>(system: &System, answers: &'d [Answer]) -> BTreeSet<&'d str> {
    let catalog = polyglot::embedded::catalog();
    let is_embedded = |id: &str| catalog.get(id).is_some_and(|database| database.hosting == catalog::Hosting::Embedded);
    let ids = answers.iter().flat_map(|answer| &answer.databases).map(String::as_str);
    let known = ids.filter(|id| !is_embedded(id)).map(|id| if id == "timescaledb" { "postgresql" } else { id });
    let servers: BTreeSet<_> = known.collect();
    assert!(!servers.is_empty() || system.name == "notes-studio", "{} runs nothing", system.name);
    servers
}

#[test]
fn no_portfolio_embarrasses_or_runs_more_than_an_expert_would() {
    let mut score = Score::default();
    let mut faults = Vec::new();
    for system in systems() {
        let answers = portfolio(&system.text).data.into_iter().map(|placed| Answer {
            data: placed.data,
            databases: placed.together,
            verdict: placed.verdict,
            assumptions: 0,
        });
        let answers: Vec<_> = answers.collect();
        score.take(&system, &answers);
        let Engines { acceptable_engines_max: most, never } = &system.expected.portfolio;
        let servers = servers(&system, &answers);
        if servers.len() > *most {
            faults.push(format!("{} runs {servers:?}, more than {most}", system.name));
        }
        faults.extend(servers.iter().filter(|id| never.contains(**id)).map(|id| format!("{} runs {id}", system.name)));
    }
    let acceptable = share(score.acceptable.iter().copied());
    let hedged = share(score.unproven_or_exceeds.iter().copied());
    let report = format!(
        "systems as portfolios: {} of {} answers acceptable, {} the best, {} embarrassing; {} unproven or exceeding\n{}",
        percent(acceptable),
        score.acceptable.len(),
        percent(share(score.best.iter().copied())),
        score.embarrassing.len(),
        percent(hedged),
        score.misses
    );
    print(&report);
    assert!(hedged <= 0.10, "{report}");
    faults.append(&mut score.embarrassing);
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(acceptable >= 0.95, "{report}");
}
