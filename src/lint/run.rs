//! Running the rules over what was read, and taking out what comments allow.

use std::sync::Arc;

use catalog::Date;

use super::baseline::Stale;
use super::findings::{Finding, Outcome, Suppressed};
use super::level::Level;
use super::levels::Levels;
use super::registry::{IDS, RULES};
use super::rule::{Check, Rule};
use super::subject::{Comment, ComposeFile, StackFolder, Suppression, System};
use super::violation::{Location, Violation};
use crate::diagnostic::{Diagnostic, Faults, Label};
use crate::source::{Place, Source};

/// Runs the rules over a requirements file with its decision and, where there is one, its rendered folder.
pub fn check_system(system: &System<'_>, stack: Option<&StackFolder>, levels: &Levels) -> Outcome {
    let findings = found(levels, |check, violations| match (check, stack) {
        (Check::System(check), _) => check(system, violations),
        (Check::Stack(check), Some(stack)) => check(system, stack, violations),
        _ => {}
    });
    let is_checked = |rule: &Rule| match rule.check {
        Check::System(_) => true,
        Check::Stack(_) => stack.is_some(),
        _ => false,
    };
    Checked { source: &system.source, today: system.today, levels }.suppress(findings, is_checked)
}

/// Runs the rules over a compose file.
pub fn check_compose(file: &ComposeFile<'_>, levels: &Levels, today: Option<Date>) -> Outcome {
    let findings = found(levels, |check, violations| {
        if let Check::Compose(check) = check {
            check(file, violations);
        }
    });
    let is_checked = |rule: &Rule| matches!(rule.check, Check::Compose(_));
    Checked { source: &file.compose.source, today, levels }.suppress(findings, is_checked)
}

/// Runs the rules over the entries of a baseline that no finding needs any more.
pub fn check_baseline(stale: &Stale<'_>, levels: &Levels) -> Vec<Finding> {
    found(levels, |check, violations| {
        if let Check::Baseline(check) = check {
            stale.entries.iter().for_each(|entry| check(entry, stale.source, violations));
        }
    })
}

/// What is wrong with a file that cannot be used, each fault a finding of a rule.
pub fn unreadable(faults: &Faults, rule: &'static Rule) -> Vec<Finding> {
    let source = Arc::new(faults.source.clone());
    let location = |label: &Label| Location::new(&source, label.place, label.text.clone());
    let violation = |fault: &Diagnostic| Violation {
        related: fault.related.iter().map(location).collect(),
        help: fault.help.clone(),
        ..Violation::new(
            rule.id.as_str(),
            fault.label.as_ref().map_or_else(|| Location::new(&source, Place::default(), ""), location),
            fault.message.clone(),
        )
    };
    let findings = faults.diagnostics.iter();
    findings.map(|fault| Finding { rule, level: Level::Error, violation: violation(fault) }).collect()
}

/// What the rules that are on find: each violation with its rule and level.
fn found(levels: &Levels, run: impl Fn(Check, &mut Vec<Violation>)) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut violations = Vec::new();
    for rule in RULES {
        if let Some(level) = levels.of_rule(rule) {
            run(rule.check, &mut violations);
            findings.extend(violations.drain(..).map(|violation| Finding { rule, level, violation }));
        }
    }
    findings
}

/// A file that the rules have looked at.
struct Checked<'a> {
    source: &'a Arc<Source>,
    today: Option<Date>,
    levels: &'a Levels,
}

impl Checked<'_> {
    /// Takes out what the comments of the file allow, and checks the comments; `is_checked` tells which rules looked at
    /// the file, so that a comment for another is not taken for unused.
    fn suppress(&self, findings: Vec<Finding>, is_checked: impl Fn(&Rule) -> bool) -> Outcome {
        let mut suppressions = Suppression::all(&self.source.text, &IDS);
        let mut outcome = Outcome::default();
        for finding in findings {
            match self.allowing(&finding, &mut suppressions) {
                Some(comment) => outcome.suppressed.push(Suppressed { finding, reason: comment.reason.clone() }),
                None => outcome.findings.push(finding),
            }
        }
        let ran = |rule: &Rule| {
            is_checked(rule) && (!rule.needs_today || self.today.is_some()) && self.levels.of_rule(rule).is_some()
        };
        for named in suppressions.iter_mut().flat_map(|comment| &mut comment.rules) {
            named.checked = RULES.iter().any(|rule| named.rule == Some(rule.id) && ran(rule));
        }
        outcome.findings.extend(found(self.levels, |check, violations| {
            if let Check::Comment(check) = check {
                let comments = suppressions.iter().map(|suppression| self.comment(suppression));
                comments.for_each(|comment| check(&comment, violations));
            }
        }));
        outcome
    }

    fn comment<'c>(&'c self, suppression: &'c Suppression) -> Comment<'c> {
        Comment { suppression, source: self.source, today: self.today, known: &IDS }
    }

    /// The first comment of the file that allows a finding. All that do are marked as used.
    fn allowing<'s>(&self, finding: &Finding, suppressions: &'s mut [Suppression]) -> Option<&'s Suppression> {
        let here = |location: &&Location| location.source.name == self.source.name;
        let locations = std::iter::once(&finding.violation.location).chain(&finding.violation.related).filter(here);
        let places: Vec<Place> = locations.map(|location| location.place).collect();
        let holds = |comment: &&mut Suppression| {
            comment.rules.iter().any(|named| named.rule == Some(finding.rule.id))
                && places.iter().any(|place| comment.covers(*place))
                && !comment.is_expired(self.today)
        };
        let mut allowing = None;
        for comment in suppressions.iter_mut().filter(holds) {
            let mut allows = false;
            for named in comment.rules.iter_mut().filter(|named| named.rule == Some(finding.rule.id)) {
                named.used = true;
                allows = true;
            }
            if allows {
                allowing.get_or_insert(&*comment);
            }
        }
        allowing
    }
}
