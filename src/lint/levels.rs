//! How much the findings of each rule weigh: as the rule says, or as polyglot.toml does.

use std::collections::BTreeMap;

use super::level::Level;
use super::rule::Rule;
use super::rule_id::RuleId;
use crate::config::{Config, LintLevel};
use crate::diagnostic::{Diagnostic, Faults, suggestion};
use crate::source::{Place, Source};

/// The levels of the rules that polyglot.toml names.
#[derive(Debug, Clone, Default)]
pub struct Levels(BTreeMap<RuleId, Option<Level>>);

impl Levels {
    /// The levels that a polyglot.toml gives.
    ///
    /// # Errors
    /// Each rule that it names and that is not known.
    pub fn new(config: &Config, source: Option<&Source>, known: &[RuleId]) -> Result<Self, Faults> {
        let mut levels = BTreeMap::new();
        let mut faults = Vec::new();
        for (name, level) in &config.lint {
            let level = match level {
                LintLevel::Allow => None,
                LintLevel::Note => Some(Level::Note),
                LintLevel::Warning => Some(Level::Warning),
                LintLevel::Error => Some(Level::Error),
            };
            match RuleId::find(name.get_ref(), known) {
                Some(rule) => {
                    levels.insert(rule, level);
                }
                None => {
                    let fault = Diagnostic::error(format!("there is no rule `{}`", name.get_ref()));
                    let fault = fault.at(Place::new(name.span().start, name.span().end), "not known");
                    faults.push(fault.help(suggestion(name.get_ref(), known.iter().map(|id| id.as_str()))));
                }
            }
        }
        match source.filter(|_| !faults.is_empty()) {
            Some(source) => Err(Faults::new(source.clone(), faults)),
            None => Ok(Self(levels)),
        }
    }

    /// How much the findings of a rule weigh; nothing where it is off.
    pub fn of_rule(&self, rule: &Rule) -> Option<Level> {
        self.0.get(&rule.id).copied().unwrap_or(rule.level)
    }
}
