//! The baseline: findings of an old project that were there when linting began, and do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::findings::Finding;
use super::rule_id::RuleId;
use super::subject::Entry;
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
#[derive(Debug)]
pub struct Baseline {
    entries: Vec<Entry>,
    source: Arc<Source>,
}

/// Entries that no finding needs any more.
pub struct Stale<'b> {
    pub entries: Vec<&'b Entry>,
    /// The text of the baseline.
    pub source: &'b Arc<Source>,
}

/// What a baseline made of some findings.
pub struct Applied<'b> {
    /// The findings that do not count.
    pub baselined: Vec<Finding>,
    pub stale: Stale<'b>,
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

/// What tells findings, and entries, from others: the file, what they are about, and the rule.
type Key = (String, String, RuleId);

fn key(entry: &Entry) -> Key {
    (entry.file.clone(), entry.about.clone(), entry.rule)
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// [`BaselineError`] where a newer polyglot wrote it, or it is none.
    pub fn parse(source: &Arc<Source>, known: &[RuleId]) -> Result<Self, BaselineError> {
        let faulty = |error: toml::de::Error| {
            BaselineError::Faulty(Faults::new((**source).clone(), vec![Diagnostic::from_toml(&error)]))
        };
        let Head { version } = toml::from_str(&source.text).map_err(faulty)?;
        if version > VERSION {
            return Err(BaselineError::Newer { name: source.name.clone(), version });
        }
        let read: Written<Spanned<Row>> = toml::from_str(&source.text).map_err(faulty)?;
        let (mut entries, mut wrong) = (Vec::new(), Vec::new());
        for row in read.finding {
            let place = Place::new(row.span().start, row.span().end);
            let Row { rule, file, about, count } = row.into_inner();
            match RuleId::find(&rule, known) {
                Some(rule) => entries.push(Entry { file, about, rule, count, place }),
                None => wrong.push(Diagnostic::error(format!("there is no rule `{rule}`")).at(place, "this entry")),
            }
        }
        if wrong.is_empty() {
            Ok(Self { entries, source: Arc::clone(source) })
        } else {
            Err(BaselineError::Faulty(Faults::new((**source).clone(), wrong)))
        }
    }

    /// The baseline of some findings, as a text; `file` gives a finding's file as it is seen from the baseline's folder.
    ///
    /// # Errors
    /// Where the library refuses to write what we hand it.
    pub fn text(findings: &[Finding], file: impl Fn(&str) -> String) -> Result<String, toml::ser::Error> {
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        for finding in findings {
            let key = (file(finding.file()), finding.violation.about.clone(), finding.rule.id);
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        let rows =
            counts.into_iter().map(|((file, about, rule), count)| Row { rule: rule.to_string(), file, about, count });
        Ok(format!("{HEAD}{}", toml::to_string(&Written { version: VERSION, finding: rows.collect() })?))
    }

    /// Takes the findings that do not count out of others, and finds the entries that none needs any more: of files
    /// that were looked at only.
    pub fn apply(
        &self,
        findings: &mut Vec<Finding>,
        file: impl Fn(&str) -> String,
        looked_at: &BTreeSet<String>,
    ) -> Applied<'_> {
        let mut left: BTreeMap<Key, usize> = BTreeMap::new();
        for entry in &self.entries {
            let left = left.entry(key(entry)).or_default();
            *left = left.saturating_add(entry.count);
        }
        let is_baselined = |finding: &mut Finding| {
            let key = (file(finding.file()), finding.violation.about.clone(), finding.rule.id);
            let Some(count) = left.get_mut(&key).filter(|count| **count > 0) else { return false };
            *count = count.saturating_sub(1);
            true
        };
        let baselined = findings.extract_if(.., is_baselined).collect();
        let is_stale =
            |entry: &&Entry| left.get(&key(entry)).is_some_and(|left| *left > 0) && looked_at.contains(&entry.file);
        let stale = Stale { entries: self.entries.iter().filter(is_stale).collect(), source: &self.source };
        Applied { baselined, stale }
    }
}
