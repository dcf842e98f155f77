//! A formula from a data file: compiled once, evaluated with names.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object};
use minijinja::{Environment, Error, ErrorKind, Expression, UndefinedBehavior, Value};

/// The names that a formula may use, and their values.
#[derive(Debug, Clone, Default)]
pub struct Names(Vec<(&'static str, f64)>);

/// Why a formula gives no number.
#[derive(Debug, thiserror::Error)]
pub enum FormulaError {
    /// The text is not an expression.
    #[error("`{formula}` is not an expression: {reason}")]
    Syntax {
        /// The formula.
        formula: String,
        /// What the parser says.
        reason: String,
    },
    /// It evaluates to nothing usable, such as no finite number that is at least zero.
    #[error("`{formula}` gives no number: {reason}")]
    Value {
        /// The formula.
        formula: String,
        /// What went wrong.
        reason: String,
    },
}

impl Names {
    /// No names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a name its value. Values are floating point: a bound is an estimate, and 2^53 bytes are 8 PB.
    pub fn set(&mut self, name: &'static str, value: u64) {
        #[allow(clippy::cast_precision_loss, reason = "an estimate; exact below 2^53")]
        let value = value as f64;
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
    }
}

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| Value::from(*value))
    }
}

/// Where formulas are compiled.
#[derive(Clone, Copy)]
pub struct Formulas {
    environment: &'static Environment<'static>,
}

/// Where formulas of names and numbers are compiled.
static PLAIN: LazyLock<Environment<'static>> = LazyLock::new(strict);

/// Where formulas are compiled that reckon settings.
static OF_SETTINGS: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = strict();
    add_arithmetic(&mut environment);
    environment
});

/// The longest formula, in bytes; the longest of the catalog has 526. What is longer would be nested too deep for a stack.
const LONGEST: usize = 2_000;

/// What a formula may use up: a step each, and one for 64 bytes of what it makes. Those that look at every kind of data
/// take some twenty for each.
const FUEL: u64 = 1_000_000;

/// An environment in which a name without a value is a fault, and whatever would not end or not fit in memory is one too.
fn strict() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment
}

impl Default for Formulas {
    fn default() -> Self {
        Self { environment: &PLAIN }
    }
}

/// The units that settings are reckoned with.
const UNITS: [(&str, u64); 4] = [("kB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("TB", 1 << 40)];

/// How much a unit is.
pub fn unit_of(name: &str) -> Option<u64> {
    UNITS.into_iter().find(|(known, _)| *known == name).map(|(_, unit)| unit)
}

/// Adds the functions and the units that settings are reckoned with.
pub fn add_arithmetic(environment: &mut Environment<'_>) {
    for (name, unit) in UNITS {
        environment.add_global(name, unit);
    }
    environment.add_function("least", |values: minijinja::value::Rest<Value>| extreme(&values, f64::lt));
    environment.add_function("greatest", |values: minijinja::value::Rest<Value>| extreme(&values, f64::gt));
    environment.add_function("clamp", |value: f64, low: f64, high: f64| whole(value.min(high).max(low)));
    environment.add_function("floor", |value: f64| whole(value.floor()));
    environment.add_function("ceil", |value: f64| whole(value.ceil()));
    environment.add_function("log2", |value: f64| whole(value.log2()));
    environment.add_function("floor_to", |value: f64, step: f64| match step > 0.0 {
        true => Ok(whole((value / step).floor() * step)),
        false => Err(Error::new(ErrorKind::InvalidOperation, "the step of floor_to is not above zero")),
    });
}

/// The least or the greatest of some numbers.
fn extreme(values: &[Value], better: fn(&f64, &f64) -> bool) -> Result<Value, Error> {
    let mut best: Option<f64> = None;
    for value in values {
        let value = f64::try_from(value.clone())?;
        best = Some(best.filter(|best| !better(&value, best)).unwrap_or(value));
    }
    best.map(whole).ok_or_else(|| Error::new(ErrorKind::MissingArgument, "of no numbers"))
}

/// A number as an integer where it is one, so that it prints as one.
fn whole(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[allow(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
        return Value::from(number as i64);
    }
    Value::from(number)
}

/// Names with values of every type, which grow as settings are reckoned one after the other. They are ours, so that
/// they need no hash that withstands an attack.
#[derive(Debug, Default)]
pub struct Scope {
    names: RwLock<IndexMap<Cow<'static, str>, Value, FixedState>>,
    /// Where a name is looked up that is not given here.
    outer: Option<Arc<Self>>,
}

impl Scope {
    /// Gives a name its value.
    pub fn set(&self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        self.names.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), value.into());
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<Value> {
        let own = self.names.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        own.or_else(|| self.outer.as_ref()?.get(name))
    }

    /// A scope with the same names, which can be given others without changing this one.
    #[must_use]
    pub fn fork(self: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self { names: RwLock::default(), outer: Some(Arc::clone(self)) })
    }
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.get(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        Enumerator::Values(names.keys().map(|name| Value::from(&**name)).collect())
    }
}

/// The words of a formula: names, numbers and what joins them.
pub fn words(formula: &str) -> impl Iterator<Item = &str> {
    formula.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Whether a formula speaks of a name.
pub fn mentions(formula: &str, name: &str) -> bool {
    words(formula).any(|word| word == name)
}

/// A compiled formula.
pub struct Formula<'a> {
    text: Cow<'a, str>,
    expression: Expression<'a, 'a>,
}

impl Formulas {
    /// Formulas that reckon settings: with [`add_arithmetic`].
    pub fn of_settings() -> Self {
        Self { environment: &OF_SETTINGS }
    }

    /// Compiles a formula.
    ///
    /// # Errors
    /// [`FormulaError::Syntax`] where the text is not an expression.
    pub fn compile<'a>(&'a self, text: &'a str) -> Result<Formula<'a>, FormulaError> {
        bounded(text)?;
        match self.environment.compile_expression(text) {
            Ok(expression) => Ok(Formula { text: Cow::Borrowed(text), expression }),
            Err(error) => Err(wrong_syntax(text, &error)),
        }
    }

    /// Compiles a formula that outlives its text.
    ///
    /// # Errors
    /// [`FormulaError::Syntax`] where the text is not an expression.
    pub fn compile_owned(&self, text: &str) -> Result<Formula<'static>, FormulaError> {
        bounded(text)?;
        match self.environment.compile_expression_owned(text.to_owned()) {
            Ok(expression) => Ok(Formula { text: Cow::Owned(text.to_owned()), expression }),
            Err(error) => Err(wrong_syntax(text, &error)),
        }
    }
}

/// Refuses a formula that is too long to be read.
fn bounded(text: &str) -> Result<(), FormulaError> {
    if text.len() <= LONGEST {
        return Ok(());
    }
    let formula = shown(text).into_owned();
    Err(FormulaError::Syntax { formula, reason: format!("it has more than {LONGEST} bytes") })
}

/// A formula, or a word of one, as a message shows it: no more than its start where it is long.
pub fn shown(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 100;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

fn wrong_syntax(text: &str, error: &Error) -> FormulaError {
    FormulaError::Syntax { formula: text.to_owned(), reason: error.to_string() }
}

impl Formula<'_> {
    /// What the formula gives in a scope, of whatever type.
    ///
    /// # Errors
    /// [`FormulaError::Value`] where a name is missing or an operation has no sense.
    pub fn value(&self, scope: &Arc<Scope>) -> Result<Value, FormulaError> {
        let value = self.expression.eval(Value::from_dyn_object(scope.clone()));
        value.map_err(|error| self.wrong(error.to_string()))
    }

    /// An amount in a scope, rounded down to a whole number.
    ///
    /// # Errors
    /// [`FormulaError::Value`] where the result is no number from zero up.
    pub fn amount(&self, scope: &Arc<Scope>) -> Result<u64, FormulaError> {
        self.number(&self.value(scope)?)
    }

    fn wrong(&self, reason: String) -> FormulaError {
        FormulaError::Value { formula: self.text.to_string(), reason }
    }

    fn number(&self, value: &Value) -> Result<u64, FormulaError> {
        let number = f64::try_from(value.clone()).map_err(|_| self.wrong(format!("it is {value}")))?;
        if !number.is_finite() || number < 0.0 {
            return Err(self.wrong(format!("it is {number}")));
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "finite, not negative; saturates")]
        Ok(number.floor() as u64)
    }

    /// Evaluates the formula, rounded down to a whole number.
    ///
    /// # Errors
    /// [`FormulaError::Value`] where a name is missing or the result is no number from zero up.
    pub fn evaluate(&self, names: &Names) -> Result<u64, FormulaError> {
        let value =
            self.expression.eval(Value::from_object(names.clone())).map_err(|error| self.wrong(error.to_string()))?;
        self.number(&value)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Formulas, Names, Scope, mentions};

    #[test]
    fn settings_are_reckoned_with_units_and_functions() {
        let formulas = Formulas::of_settings();
        let scope = Arc::new(Scope::default());
        scope.set("mem", 5u64 << 30);
        scope.set("role", "cache");
        let amount = |text: &str| formulas.compile(text).unwrap().amount(&scope).unwrap();
        assert_eq!(amount("floor_to(mem * 0.3, 512 * MB)"), 3 << 29);
        assert_eq!(amount("clamp(mem, 1 * GB, 2 * GB) if role == 'cache' else 0"), 2 << 30);
        assert_eq!(amount("least(mem, 7, 3) + greatest(1, 2)"), 5);
        assert_eq!(formulas.compile("ceil(2.1)").unwrap().value(&scope).unwrap().to_string(), "3");
        assert_eq!(formulas.compile("[mem, 2]|min / 4").unwrap().value(&scope).unwrap().to_string(), "0.5");
        assert!(formulas.compile("nothing + 1").unwrap().value(&scope).is_err());
        assert!(formulas.compile("floor_to(1, 0)").unwrap().value(&scope).is_err());
    }

    #[test]
    fn a_formula_is_evaluated_with_its_names() {
        let formulas = Formulas::default();
        let formula = formulas.compile("mem / 1024 ** 3 * 0.245 * 1000000 * 1024 / dimension").unwrap();
        assert!(mentions("mem / dimension", "mem") && !mentions("memory / dimension", "mem"));
        let mut names = Names::new();
        names.set("mem", 32 << 30);
        assert!(formula.evaluate(&names).is_err(), "a missing name is an error, not zero");
        names.set("dimension", 1024);
        assert_eq!(formula.evaluate(&names).unwrap(), 7_840_000);
        names.set("dimension", 0);
        assert!(formula.evaluate(&names).is_err(), "infinity is no bound");
    }
}
