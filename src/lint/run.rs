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
        (Check::System(check) | Check::Both { system: check, .. }, _) => check(system, violations),
        (Check::Stack(check), Some(stack)) => check(system, stack, violations),
        _ => {}
    });
    let is_checked = |rule: &Rule| match rule.check {
        Check::System(_) | Check::Both { .. } => true,
        Check::Stack(_) => stack.is_some(),
        _ => false,
    };
    Checked { sources: vec![&system.source], today: system.today, levels }.suppress(findings, is_checked)
}

/// Runs the rules over a compose project; what is in files that are told of elsewhere is left out.
pub fn check_compose(file: &ComposeFile<'_>, levels: &Levels, today: Option<Date>) -> Outcome {
    let mut findings = found(levels, |check, violations| match check {
        Check::Compose(check) | Check::Both { compose: check, .. } => check(file, violations),
        _ => {}
    });
    let is_told = |source: &Source| !file.told_elsewhere.contains(&source.name);
    findings.retain(|finding| is_told(&finding.violation.location.source));
    let is_checked = |rule: &Rule| matches!(rule.check, Check::Compose(_) | Check::Both { .. });
    let sources = file.compose.sources.iter().filter(|source| is_told(source)).collect();
    Checked { sources, today, levels }.suppress(findings, is_checked)
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

/// The files that the rules have looked at.
struct Checked<'a> {
    sources: Vec<&'a Arc<Source>>,
    today: Option<Date>,
    levels: &'a Levels,
}

/// A comment, and the file that it is in.
struct Written<'a> {
    source: &'a Arc<Source>,
    suppression: Suppression,
}

impl Checked<'_> {
    /// Takes out what the comments of the files allow, and checks the comments; `is_checked` tells which rules looked at
    /// the files, so that a comment for another is not taken for unused.
    fn suppress(&self, findings: Vec<Finding>, is_checked: impl Fn(&Rule) -> bool) -> Outcome {
        let of = |source: &Source| Suppression::all(&source.text, &IDS).into_iter();
        let comments = self.sources.iter().copied();
        let comments = comments.flat_map(|source| of(source).map(move |suppression| Written { source, suppression }));
        let mut comments: Vec<Written<'_>> = comments.collect();
        let mut outcome = Outcome::default();
        for finding in findings {
            match self.allowing(&finding, &mut comments) {
                Some(comment) => outcome.suppressed.push(Suppressed { finding, reason: comment.reason.clone() }),
                None => outcome.findings.push(finding),
            }
        }
        let ran = |rule: &Rule| {
            is_checked(rule) && (!rule.needs_today || self.today.is_some()) && self.levels.of_rule(rule).is_some()
        };
        for named in comments.iter_mut().flat_map(|comment| &mut comment.suppression.rules) {
            named.checked = RULES.iter().any(|rule| named.rule == Some(rule.id) && ran(rule));
        }
        outcome.findings.extend(found(self.levels, |check, violations| {
            if let Check::Comment(check) = check {
                comments.iter().for_each(|comment| check(&self.comment(comment), violations));
            }
        }));
        outcome
    }

    fn comment<'c>(&self, written: &'c Written<'_>) -> Comment<'c> {
        Comment { suppression: &written.suppression, source: written.source, today: self.today, known: &IDS }
    }

    /// The first comment of the files that allows a finding. All that do are marked as used.
    fn allowing<'s>(&self, finding: &Finding, comments: &'s mut [Written<'_>]) -> Option<&'s Suppression> {
        if comments.is_empty() {
            return None;
        }
        let locations: Vec<&Location> =
            std::iter::once(&finding.violation.location).chain(&finding.violation.related).collect();
        let covers = |comment: &Written<'_>| {
            let here = |location: &&&Location| location.source.name == comment.source.name;
            locations.iter().filter(here).any(|location| comment.suppression.covers(location.place))
        };
        let holds = |comment: &&mut Written<'_>| {
            comment.suppression.rules.iter().any(|named| named.rule == Some(finding.rule.id))
                && covers(comment)
                && !comment.suppression.is_expired(self.today)
        };
        let mut allowing = None;
        for Written { suppression, .. } in comments.iter_mut().filter(holds) {
            let mut allows = false;
            for named in suppression.rules.iter_mut().filter(|named| named.rule == Some(finding.rule.id)) {
                named.used = true;
                allows = true;
            }
            if allows {
                allowing.get_or_insert(&*suppression);
            }
        }
        allowing
    }
}
