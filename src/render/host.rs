//! What the host has to be prepared with, because a compose file cannot set it.

use catalog::HostSetting;

use super::templates::{Kitchen, RenderError};
use crate::plan::Plan;

/// A setting of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// The setting: `vm.max_map_count`.
    pub setting: String,
    /// The value that serves everybody best.
    pub value: String,
    /// Whether something refuses to start without it.
    pub required: bool,
    /// What sets it now, or shows it.
    pub command: String,
    /// Whether the command only shows it.
    pub check: bool,
    /// Who wants it, which value, why, and what to do where the host cannot be changed.
    pub wanted: Vec<Wish>,
}

/// Who wants a setting, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The service.
    pub instance: String,
    /// The value that it wants.
    pub value: String,
    /// Why.
    pub why: String,
    /// What to do where the host cannot be changed.
    pub escape: Option<String>,
}

impl Preparation {
    /// Whether somebody wants another value than the one that was taken.
    pub fn is_disputed(&self) -> bool {
        self.wanted.iter().any(|wish| wish.value != self.value)
    }
}

/// The settings that the services of a plan want, each with the value that is taken where they differ.
///
/// # Errors
/// [`RenderError`] where a condition of the catalog cannot be told.
pub fn preparations(kitchen: &Kitchen, plan: &Plan<'_>) -> Result<Vec<Preparation>, RenderError> {
    let mut preparations: Vec<Preparation> = Vec::new();
    for planned in &plan.services {
        for row in &planned.container.host {
            let known = planned.has(row.versions());
            if !known || !kitchen.holds(planned, &row.setting, row.when.as_deref())? {
                continue;
            }
            let value = kitchen.text(planned, &row.value)?;
            let command = kitchen.text(planned, &row.command)?;
            let wish = Wish {
                instance: planned.instance.clone(),
                value: value.clone(),
                why: row.why.to_string(),
                escape: row.escape.as_ref().map(ToString::to_string),
            };
            match preparations.iter_mut().find(|known| known.setting == *row.setting) {
                Some(known) => known.add(row, value, command, wish),
                None => preparations.push(Preparation {
                    setting: row.setting.to_string(),
                    value,
                    required: row.required,
                    command,
                    check: row.check,
                    wanted: vec![wish],
                }),
            }
        }
    }
    preparations.sort_by(|one, other| other.required.cmp(&one.required).then_with(|| one.setting.cmp(&other.setting)));
    Ok(preparations)
}

impl Preparation {
    fn add(&mut self, row: &HostSetting, value: String, command: String, wish: Wish) {
        let outranks = match row.required.cmp(&self.required) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => rank(&self.setting, &value) > rank(&self.setting, &self.value),
        };
        if outranks {
            (self.value, self.command) = (value, command);
        }
        self.required |= row.required;
        self.wanted.push(wish);
    }
}

/// Which of two values is taken. A limit: the larger. Swappiness: the smaller. Huge pages: the more careful, since
/// those who do not want them suffer stalls and memory, and those who want them only lose some speed.
fn rank(setting: &str, value: &str) -> i64 {
    match (setting, value) {
        ("transparent_hugepage", "never") => 3,
        ("transparent_hugepage", "madvise") => 2,
        ("transparent_hugepage", _) => 1,
        ("vm.swappiness", number) => number.parse::<i64>().map_or(0, i64::wrapping_neg),
        (_, number) => number.parse().unwrap_or(0),
    }
}
