//! The settings of a server: each row of its tuning table, reckoned in its scope.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use catalog::{Database, MemoryNotation, Recipe, Tuning, Version};
use minijinja::Value;
use minijinja::value::ValueKind;

use crate::expression::{Formula, FormulaError, Formulas, Scope, unit_of};

/// A setting with its value.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// The row that it comes from.
    pub row: &'a Tuning,
    /// Its value as the server reads it: a number, a truth value or a text such as `4GB`.
    pub value: Value,
    /// What the formula gave.
    raw: Value,
}

impl Setting<'_> {
    /// The value as text.
    pub fn shown(&self) -> String {
        match self.value.kind() {
            ValueKind::Bool => self.value.is_true().to_string(),
            _ => self.value.to_string(),
        }
    }

    /// The value without a unit, in bytes for an amount of memory; nothing where it is no number.
    pub fn number(&self) -> Option<Value> {
        match self.row.unit.as_deref() {
            Some("memory") => {
                let bytes = written(&self.raw, Some("memory"), MemoryNotation::Bytes).ok()?;
                (bytes.kind() == ValueKind::Number).then_some(bytes)
            }
            Some(_) => None,
            None => (self.value.kind() == ValueKind::Number).then(|| self.value.clone()),
        }
    }
}

/// A row of the catalog cannot be reckoned: a fault of a data file.
#[derive(Debug, thiserror::Error)]
#[error("{database}: `{what}` cannot be reckoned")]
pub struct SettingError {
    /// Whose row.
    pub database: String,
    /// Which.
    pub what: String,
    /// Why.
    #[source]
    pub source: FormulaError,
}

/// What reckons the formulas of recipes: each text is compiled once, however many rows hold it.
#[derive(Default)]
pub struct Reckoner {
    compiled: RefCell<BTreeMap<String, Rc<Formula<'static>>>>,
}

/// The name under which later formulas speak of a setting: letters, digits and `_`.
pub fn variable(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The value of a text that is no formula but a number, with or without a unit, or a word in quotes, as many are.
fn constant(text: &str) -> Option<Value> {
    let word = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    if let Some(word) = word.filter(|word| !word.contains(['\'', '\\'])) {
        return Some(Value::from(word));
    }
    let (number, unit) = text.split_once(" * ").map_or((text, Some(1)), |(number, unit)| (number, unit_of(unit)));
    let number = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse::<u64>().ok())?;
    number?.checked_mul(unit?).map(Value::from)
}

impl Reckoner {
    fn formula(&self, text: &str) -> Result<Rc<Formula<'static>>, FormulaError> {
        if let Some(formula) = self.compiled.borrow().get(text) {
            return Ok(Rc::clone(formula));
        }
        let formula = Rc::new(Formulas::of_settings().compile_owned(text)?);
        self.compiled.borrow_mut().insert(text.to_owned(), Rc::clone(&formula));
        Ok(formula)
    }

    fn value(&self, text: &str, scope: &Arc<Scope>) -> Result<Value, FormulaError> {
        match constant(text).or_else(|| scope.get(text)) {
            Some(value) => Ok(value),
            None => self.formula(text)?.value(scope),
        }
    }

    /// An amount in bytes or pieces.
    ///
    /// # Errors
    /// [`SettingError`] where the formula gives none.
    pub fn amount(&self, database: &Database, what: &str, text: &str, scope: &Arc<Scope>) -> Result<u64, SettingError> {
        let known = constant(text).or_else(|| scope.get(text));
        if let Some(amount) = known.and_then(|value| u64::try_from(value).ok()) {
            return Ok(amount);
        }
        let amount = self.formula(text).and_then(|formula| formula.amount(scope));
        amount.map_err(|source| fault(database, what, source))
    }

    /// Whether a condition holds; an absent one does.
    ///
    /// # Errors
    /// [`SettingError`] where it cannot be told.
    pub fn holds(
        &self,
        database: &Database,
        what: &str,
        condition: Option<&str>,
        scope: &Arc<Scope>,
    ) -> Result<bool, SettingError> {
        let Some(text) = condition else { return Ok(true) };
        let value = self.value(text, scope);
        value.map(|value| value.is_true()).map_err(|source| fault(database, what, source))
    }

    /// Reckons every setting of a version, in order; each becomes a name for those after it.
    ///
    /// # Errors
    /// [`SettingError`] for the first row that cannot be reckoned.
    pub fn settings<'a>(
        &self,
        database: &Database,
        version: &Version,
        recipe: &'a Recipe,
        scope: &Arc<Scope>,
    ) -> Result<Vec<Setting<'a>>, SettingError> {
        let mut settings = Vec::with_capacity(recipe.tuning.len());
        for row in &recipe.tuning {
            let name = variable(&row.name);
            let known = database.is_in(version, row.versions());
            if !known || !self.holds(database, &row.name, row.when.as_deref(), scope)? {
                // A row of the same name for another version or condition may have set it already.
                if scope.get(&name).is_none() {
                    scope.set(name, Value::from(()));
                }
                continue;
            }
            let raw = self.value(&row.value, scope).map_err(|source| fault(database, &row.name, source))?;
            if raw.is_none() {
                scope.set(name, raw);
                continue;
            }
            let value = written(&raw, row.unit.as_deref(), recipe.settings.memory);
            let value = value.map_err(|reason| {
                fault(database, &row.name, FormulaError::Value { formula: row.value.to_string(), reason })
            })?;
            scope.set(name, raw.clone());
            settings.push(Setting { row, value, raw });
        }
        Ok(settings)
    }
}

fn fault(database: &Database, what: &str, source: FormulaError) -> SettingError {
    SettingError { database: database.id.to_string(), what: what.to_owned(), source }
}

/// A value as the server reads it.
fn written(raw: &Value, unit: Option<&str>, notation: MemoryNotation) -> Result<Value, String> {
    let number = || f64::try_from(raw.clone()).map_err(|_| format!("it is {raw}"));
    match unit {
        None => Ok(f64::try_from(raw.clone()).map_or_else(|_| raw.clone(), |number| plain(raw, number))),
        Some("memory") => {
            let bytes = number()?;
            if !(0.0..9e18).contains(&bytes) {
                return Err(format!("it is {bytes}"));
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
            let bytes = bytes.floor() as u64;
            Ok(memory_in(notation, bytes))
        }
        Some(suffix) => Ok(Value::from(format!("{}{suffix}", plain(raw, number()?)))),
    }
}

/// A number without digits that mean nothing.
fn plain(raw: &Value, number: f64) -> Value {
    const DECIMALS: f64 = 10_000.0;
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if raw.is_integer() || !number.is_finite() {
        return raw.clone();
    }
    let rounded = (number * DECIMALS).round() / DECIMALS;
    if rounded.fract() == 0.0 && rounded.abs() < EXACT {
        #[allow(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
        return Value::from(rounded as i64);
    }
    Value::from(rounded)
}

/// An amount of memory in a notation: in the largest unit that divides it.
pub fn memory_in(notation: MemoryNotation, bytes: u64) -> Value {
    let suffixes = match notation {
        MemoryNotation::Bytes => return Value::from(bytes),
        MemoryNotation::Gigabytes => ["GB", "MB", "kB"],
        MemoryNotation::Giga => ["G", "M", "K"],
        MemoryNotation::SmallGigabytes => ["gb", "mb", "kb"],
        MemoryNotation::SmallGiga => ["g", "m", "k"],
        MemoryNotation::Gibibytes => ["GiB", "MiB", "KiB"],
    };
    let sizes = [1u64 << 30, 1 << 20, 1 << 10];
    // What is smaller than a kilobyte rounds up to one: these notations have no smaller unit that all servers read.
    let bytes = if bytes < 1 << 10 { bytes.div_ceil(1 << 10).saturating_mul(1 << 10) } else { bytes };
    let whole = sizes.into_iter().zip(suffixes).find(|(size, _)| bytes >= *size && bytes.checked_rem(*size) == Some(0));
    let (size, suffix) = whole.unwrap_or((1 << 10, suffixes[2]));
    Value::from(format!("{}{suffix}", bytes.checked_div(size).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use minijinja::Value;

    use std::sync::Arc;

    use super::{Formulas, MemoryNotation, Scope, constant, variable, written};

    #[test]
    fn a_constant_is_what_its_formula_gives() {
        let scope = Arc::new(Scope::default());
        for text in ["'on'", "''", "0", "42", "18446744073709551615"] {
            let value = Formulas::of_settings().compile(text).unwrap().value(&scope).unwrap();
            let constant = constant(text).unwrap();
            assert_eq!((constant.kind(), constant.to_string()), (value.kind(), value.to_string()));
        }
        for text in ["'a' ~ 'b'", "'a\\n'", "1.5", "-1", "", "x", "18446744073709551616"] {
            assert!(constant(text).is_none(), "{text}");
        }
    }

    #[test]
    fn values_are_written_as_the_server_reads_them() {
        let write = |raw: Value, unit, notation| written(&raw, unit, notation).unwrap().to_string();
        assert_eq!(write(Value::from(4u64 << 30), Some("memory"), MemoryNotation::Gigabytes), "4GB");
        assert_eq!(write(Value::from(3.5 * 1024.0 * 1024.0), Some("memory"), MemoryNotation::Giga), "3584K");
        assert_eq!(write(Value::from(1_000_000), Some("memory"), MemoryNotation::SmallGigabytes), "976kb");
        assert_eq!(write(Value::from(100), Some("memory"), MemoryNotation::SmallGiga), "1k");
        assert_eq!(write(Value::from(100), Some("memory"), MemoryNotation::Bytes), "100");
        assert_eq!(write(Value::from(15), Some("min"), MemoryNotation::Bytes), "15min");
        assert_eq!(write(Value::from(0.1 + 0.2), None, MemoryNotation::Bytes), "0.3");
        assert_eq!(write(Value::from(8.0), None, MemoryNotation::Bytes), "8");
        assert_eq!(write(Value::from("on"), None, MemoryNotation::Bytes), "on");
        assert!(written(&Value::from("on"), Some("memory"), MemoryNotation::Bytes).is_err());
        assert_eq!(variable("server.memory.heap-max"), "server_memory_heap_max");
    }
}
