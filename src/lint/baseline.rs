//! The baseline: findings of an old project that were there when linting began, and do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::finding::{Finding, Findings};
use super::levels::Levels;
use super::rule::Check;
use super::rules::RULES;
use crate::diagnostic::{Diagnostic, Faults};
use crate::source::{Place, Source};

/// The file's name.
pub(super) const FILE: &str = "polyglot.baseline.toml";

/// The format that is written, and the newest that is read.
const VERSION: u64 = 1;

const HEAD: &str = "\
# Findings that were there when linting began, and do not count. What is mended is to be removed here too:
# `polyglot lint --write-baseline` writes the file anew.

";

/// The findings that do not count.
#[derive(Debug, Default)]
pub struct Baseline {
    entries: Vec<Entry>,
    source: Option<Arc<Source>>,
}

/// Findings of a rule in a file about one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The file, from the folder of the baseline.
    pub file: String,
    /// What they are about: `data.orders`.
    pub about: String,
    /// The rule.
    pub rule: String,
    /// How many.
    pub count: usize,
    /// Where the entry stands.
    pub place: Place,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// A newer polyglot wrote it.
    #[error("{name} has format {version}, and this polyglot knows up to {VERSION}")]
    Newer {
        /// The file.
        name: String,
        /// Its format.
        version: u64,
    },
    /// It cannot be read.
    #[error("{} cannot be read", .0.source.name)]
    Faulty(Faults),
}

#[derive(Deserialize)]
struct Head {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<T> {
    version: u64,
    #[serde(default = "Vec::new")]
    finding: Vec<T>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    rule: String,
    file: String,
    about: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: usize,
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_one(count: &usize) -> bool {
    *count == 1
}

impl Entry {
    /// What tells it from others.
    fn key(&self) -> [String; 3] {
        [self.file.clone(), self.about.clone(), self.rule.clone()]
    }
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// [`BaselineError`] where a newer polyglot wrote it, or it is none.
    pub fn parse(source: &Arc<Source>) -> Result<Self, BaselineError> {
        let faulty = |error: toml::de::Error| {
            BaselineError::Faulty(Faults::new((**source).clone(), vec![Diagnostic::from_toml(&error)]))
        };
        let Head { version } = toml::from_str(&source.text).map_err(faulty)?;
        if version > VERSION {
            return Err(BaselineError::Newer { name: source.name.clone(), version });
        }
        let read: Written<Spanned<Row>> = toml::from_str(&source.text).map_err(faulty)?;
        let entries = read.finding.into_iter().map(|row| {
            let place = Place::new(row.span().start, row.span().end);
            let Row { rule, file, about, count } = row.into_inner();
            Entry { file, about, rule, count, place }
        });
        let entries: Vec<Entry> = entries.collect();
        let unknown = entries.iter().filter(|entry| super::rules::rule(&entry.rule).is_none());
        let wrong: Vec<Diagnostic> = unknown
            .map(|entry| Diagnostic::error(format!("there is no rule `{}`", entry.rule)).at(entry.place, "this entry"))
            .collect();
        if !wrong.is_empty() {
            return Err(BaselineError::Faulty(Faults::new((**source).clone(), wrong)));
        }
        Ok(Self { entries, source: Some(Arc::clone(source)) })
    }

    /// The baseline of some findings, as a text; `file` gives a finding's file as it is seen from the baseline's folder.
    ///
    /// # Errors
    /// Where the library refuses to write what we hand it.
    pub fn text(findings: &[Finding], file: impl Fn(&str) -> String) -> Result<String, toml::ser::Error> {
        let mut counts: BTreeMap<(String, String, &str), usize> = BTreeMap::new();
        for finding in findings {
            let key = (file(finding.file()), finding.remark.about.clone(), finding.rule.id);
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        let rows =
            counts.into_iter().map(|((file, about, rule), count)| Row { rule: rule.to_owned(), file, about, count });
        Ok(format!("{HEAD}{}", toml::to_string(&Written { version: VERSION, finding: rows.collect() })?))
    }

    /// Takes the findings that do not count out of others, and finds the entries that none needs any more: of files
    /// that were looked at only.
    pub fn apply(
        &self,
        findings: &mut Vec<Finding>,
        file: impl Fn(&str) -> String,
        looked_at: &BTreeSet<String>,
        levels: &Levels,
    ) -> Vec<Finding> {
        let mut left: BTreeMap<[String; 3], usize> = BTreeMap::new();
        for entry in &self.entries {
            let left = left.entry(entry.key()).or_default();
            *left = left.saturating_add(entry.count);
        }
        let mut kept = Vec::with_capacity(findings.len());
        let mut baselined = Vec::new();
        for finding in findings.drain(..) {
            let key = [file(finding.file()), finding.remark.about.clone(), finding.rule.id.to_owned()];
            match left.get_mut(&key) {
                Some(count) if *count > 0 => {
                    *count = count.saturating_sub(1);
                    baselined.push(finding);
                }
                _ => kept.push(finding),
            }
        }
        *findings = kept;
        let Some(source) = &self.source else { return baselined };
        for rule in RULES {
            let (Check::Baseline(check), Some(level)) = (rule.check, levels.of_rule(rule)) else { continue };
            let unneeded = |entry: &&Entry| {
                left.get(&entry.key()).is_some_and(|left| *left > 0) && looked_at.contains(&entry.file)
            };
            let mut found = Findings::of(rule, level, findings);
            self.entries.iter().filter(unneeded).for_each(|entry| check(entry, source, &mut found));
        }
        baselined
    }
}
