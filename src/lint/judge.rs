//! Running the rules over what was read, and taking out what comments allow.

use super::compose::ComposeFile;
use super::finding::{Finding, Findings, Remark, Spot};
use super::levels::Levels;
use super::rule::{Check, Level, Rule};
use super::rules::RULES;
use super::stack::StackFolder;
use super::suppression::Suppression;
use super::system::System;
use crate::diagnostic::Faults;
use std::sync::Arc;

use catalog::Date;

/// What came of a file.
#[derive(Debug, Default)]
pub struct Judged {
    /// What was found.
    pub findings: Vec<Finding>,
    /// What was found and is allowed by a comment.
    pub suppressed: Vec<Suppressed>,
}

/// A finding that a comment allows.
#[derive(Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why.
    pub reason: Option<String>,
}

/// Runs the rules over a requirements file with its decision and, where there is one, its rendered folder.
pub fn judge_system(system: &System<'_>, stack: Option<&StackFolder>, levels: &Levels) -> Judged {
    let mut findings = Vec::new();
    for (rule, level) in active(levels) {
        let mut found = Findings::of(rule, level, &mut findings);
        match (rule.check, stack) {
            (Check::System(check), _) => check(system, &mut found),
            (Check::Stack(check), Some(stack)) => check(system, stack, &mut found),
            _ => {}
        }
    }
    let is_judged = |rule: &Rule| {
        let looked = match rule.check {
            Check::System(_) => true,
            Check::Stack(_) => stack.is_some(),
            _ => false,
        };
        looked && (!rule.needs_today || system.today.is_some())
    };
    suppress(findings, &system.source, system.today, levels, is_judged)
}

/// Runs the rules over a compose file.
pub fn judge_compose(file: &ComposeFile<'_>, levels: &Levels, today: Option<Date>) -> Judged {
    let mut findings = Vec::new();
    for (rule, level) in active(levels) {
        if let Check::Compose(check) = rule.check {
            check(file, &mut Findings::of(rule, level, &mut findings));
        }
    }
    let is_judged = |rule: &Rule| matches!(rule.check, Check::Compose(_)) && (!rule.needs_today || today.is_some());
    suppress(findings, &file.compose.source, today, levels, is_judged)
}

/// The rules that are not off, with their levels.
fn active(levels: &Levels) -> impl Iterator<Item = (&'static Rule, Level)> + '_ {
    RULES.iter().filter_map(|rule| Some((*rule, levels.of_rule(rule)?)))
}

/// What is wrong with a file that cannot be used, each fault a finding of a rule.
pub fn unreadable(faults: &Faults, rule: &'static Rule) -> Vec<Finding> {
    let source = Arc::new(faults.source.clone());
    let findings = faults.diagnostics.iter().map(|fault| {
        let spot = match &fault.label {
            Some(label) => Spot::new(&source, label.place, label.text.clone()),
            None => Spot::new(&source, crate::source::Place::default(), ""),
        };
        let mut remark = Remark::new(rule.id, spot, fault.message.clone());
        remark.related =
            fault.related.iter().map(|label| Spot::new(&source, label.place, label.text.clone())).collect();
        remark.help.clone_from(&fault.help);
        Finding { rule, level: Level::Error, remark }
    });
    findings.collect()
}

/// Takes out what the comments of a file allow, and judges the comments.
fn suppress(
    findings: Vec<Finding>,
    source: &Arc<crate::source::Source>,
    today: Option<Date>,
    levels: &Levels,
    is_judged: impl Fn(&Rule) -> bool,
) -> Judged {
    let mut suppressions = Suppression::all(&source.text);
    if suppressions.is_empty() {
        return Judged { findings, suppressed: Vec::new() };
    }
    let mut judged = Judged::default();
    for finding in findings {
        let here = |spot: &&Spot| spot.source.name == source.name;
        let spots = std::iter::once(&finding.remark.spot).chain(&finding.remark.related).filter(here);
        let places: Vec<_> = spots.map(|spot| spot.place).collect();
        let holds = |comment: &&mut Suppression| {
            places.iter().any(|place| comment.covers(*place)) && !comment.is_expired(today)
        };
        let mut allowed = None;
        for comment in suppressions.iter_mut().filter(holds) {
            for named in comment.rules.iter_mut().filter(|named| named.name == finding.rule.id) {
                named.used = true;
                allowed.get_or_insert_with(|| comment.reason.clone());
            }
        }
        match allowed {
            Some(reason) => judged.suppressed.push(Suppressed { finding, reason }),
            None => judged.findings.push(finding),
        }
    }
    for named in suppressions.iter_mut().flat_map(|comment| &mut comment.rules) {
        let rule = RULES.iter().find(|rule| rule.id == named.name);
        named.judged = rule.is_some_and(|rule| is_judged(rule) && levels.of_rule(rule).is_some());
    }
    for (rule, level) in active(levels) {
        if let Check::Comment(check) = rule.check {
            let mut found = Findings::of(rule, level, &mut judged.findings);
            suppressions.iter().for_each(|comment| check(comment, source, today, &mut found));
        }
    }
    judged
}
