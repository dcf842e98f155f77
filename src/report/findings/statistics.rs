//! How many findings each rule has, the most first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::human::sum;
use super::model::Report;
use crate::lint::{Level, RuleId};

pub(super) fn report(report: &Report) -> String {
    let mut counts: BTreeMap<RuleId, (usize, Level)> = BTreeMap::new();
    for finding in &report.findings {
        let (count, level) = counts.entry(finding.rule.id).or_insert((0, finding.level));
        *count = count.saturating_add(1);
        *level = (*level).max(finding.level);
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(rule, (count, _))| (std::cmp::Reverse(*count), *rule));
    let width = rows.first().map_or(0, |(_, (count, _))| count.to_string().len());
    let mut text = String::new();
    for (rule, (count, level)) in rows {
        let _ = writeln!(text, "{count:>width$}  {:<7}  {rule}", level.name());
    }
    text.push_str(&sum(report));
    text
}
