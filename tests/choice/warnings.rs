//! What the experts would warn of in a system, and would never say: which of it select and lint say, and that they go on
//! saying it.

use std::collections::BTreeMap;
use std::fs;

use polyglot::report::document::{Chosen, Document};
use serde::Deserialize;

use super::print;
use super::systems::{System, systems};
use crate::support::{decide, polyglot, project};

/// What is known of a system's warnings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    must_warn: Vec<Warning>,
    must_not_say: Vec<Wrong>,
}

/// What an expert would warn of, and where it is said: exactly one of the rest is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Warning {
    expert: String,
    /// The kind of data that it is about.
    of: Option<String>,
    /// A rule of lint reports it.
    rule: Option<String>,
    /// The reasons of the choice have these words.
    says: Option<String>,
    /// The choice assumes something of this field.
    assumes: Option<String>,
    /// A part of the program that is still to come says it.
    later: Option<String>,
    /// Why it is not said.
    unsaid: Option<String>,
}

/// What an expert would never say, and what would say it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    expert: String,
    /// The kinds of data that it is about; all of them where there are none.
    #[serde(default)]
    of: Vec<String>,
    /// An answer that is one of these says it.
    #[serde(default)]
    databases: Vec<String>,
    /// A reason with these words says it.
    words: Option<String>,
    later: Option<String>,
}

fn known() -> BTreeMap<String, Known> {
    toml::from_str(&fs::read_to_string(project("tests/cases/warnings.toml")).unwrap()).unwrap()
}

/// The findings of lint in a system: each rule with what it is about.
fn findings(name: &str) -> Vec<(String, String)> {
    let folder = project("tests/cases/systems");
    let output = polyglot(&folder, &["lint", "--format", "json", &format!("{name}.yaml")]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |finding: &serde_json::Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
    let findings = found["findings"].as_array().unwrap().iter();
    findings.map(|finding| (text(finding, "rule"), text(finding, "about"))).collect()
}

/// Everything that the choice gives as its reasons.
fn reasons(chosen: &Chosen) -> String {
    let strained = chosen.fit.checks.iter().filter(|check| check.verdict != "fits").map(|check| check.why.as_str());
    let instead = chosen.instead_of.iter().map(|replaced| replaced.why.as_str());
    let via = chosen.via.iter().map(String::as_str);
    std::iter::once(chosen.reason.as_str()).chain(strained).chain(instead).chain(via).collect::<Vec<_>>().join("\n")
}

fn chosen<'d>(document: &'d Document, data: &str) -> &'d Chosen {
    document.selections.iter().find(|chosen| chosen.data == data).unwrap_or_else(|| panic!("there is no {data}"))
}

impl Warning {
    /// Whether it is said where the table says that it is. Where it is not said at all, there is nothing to hold to.
    fn is_said(&self, document: &Document, findings: &[(String, String)]) -> bool {
        let of = || self.of.as_deref().unwrap_or_else(|| panic!("«{}» is about nothing", self.expert));
        match (&self.rule, &self.says, &self.assumes) {
            (Some(rule), None, None) => findings.contains(&(rule.clone(), format!("data.{}", of()))),
            (None, Some(words), None) => reasons(chosen(document, of())).contains(words),
            (None, None, Some(field)) => {
                chosen(document, of()).assumptions.iter().any(|assumed| assumed.field == *field)
            }
            _ => self.is_open(),
        }
    }

    fn is_open(&self) -> bool {
        self.later.is_some() != self.unsaid.is_some()
    }
}

impl Wrong {
    fn is_said(&self, document: &Document) -> bool {
        let concerned = |chosen: &&Chosen| self.of.is_empty() || self.of.contains(&chosen.data);
        document.selections.iter().filter(concerned).any(|chosen| {
            let is_one = chosen.databases.iter().any(|id| self.databases.contains(id));
            is_one || self.words.as_ref().is_some_and(|words| reasons(chosen).contains(words))
        })
    }
}

fn statements<'e>(expected: &'e [String], known: impl Iterator<Item = &'e String>, system: &System) {
    assert_eq!(known.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>(), "{}", system.name);
}

#[test]
fn what_is_said_of_a_system_stays_said_and_nothing_wrong_is() {
    let known = known();
    let mut faults = Vec::new();
    let (mut said, mut unsaid, mut later) = (0, 0, 0);
    for system in systems() {
        let Known { must_warn, must_not_say } = &known[&system.name];
        statements(&system.expected.must_warn, must_warn.iter().map(|warning| &warning.expert), &system);
        statements(&system.expected.must_not_say, must_not_say.iter().map(|wrong| &wrong.expert), &system);
        let document = decide(&system.text);
        let findings = findings(&system.name);
        for warning in must_warn {
            said += usize::from(!warning.is_open());
            unsaid += usize::from(warning.unsaid.is_some());
            later += usize::from(warning.later.is_some());
            if !warning.is_said(&document, &findings) {
                faults.push(format!("{}: nobody says «{}»", system.name, warning.expert));
            }
        }
        for wrong in must_not_say.iter().filter(|wrong| wrong.later.is_none() && wrong.is_said(&document)) {
            faults.push(format!("{}: it says «{}»", system.name, wrong.expert));
        }
    }
    print(&format!("warnings of the experts: {said} said, {later} wait for another part, {unsaid} not said\n"));
    assert!(faults.is_empty(), "{faults:#?}");
}
