//! A formula from a data file: compiled once, evaluated with names.

use std::collections::BTreeMap;

use minijinja::{Environment, Expression, UndefinedBehavior};

/// The names that a formula may use, and their values.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<&'static str, f64>);

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
    /// It evaluates to no finite number that is at least zero.
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
        self.0.insert(name, value as f64);
    }
}

/// The environment that formulas are compiled in.
pub struct Formulas {
    environment: Environment<'static>,
}

impl Default for Formulas {
    fn default() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        Self { environment }
    }
}

/// Whether a formula speaks of a name.
pub fn mentions(formula: &str, name: &str) -> bool {
    formula.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == name)
}

/// A compiled formula.
pub struct Formula<'a> {
    text: &'a str,
    expression: Expression<'a, 'a>,
}

impl Formulas {
    /// Compiles a formula.
    ///
    /// # Errors
    /// [`FormulaError::Syntax`] where the text is not an expression.
    pub fn compile<'a>(&'a self, text: &'a str) -> Result<Formula<'a>, FormulaError> {
        match self.environment.compile_expression(text) {
            Ok(expression) => Ok(Formula { text, expression }),
            Err(error) => Err(FormulaError::Syntax { formula: text.to_owned(), reason: error.to_string() }),
        }
    }
}

impl Formula<'_> {
    /// Evaluates the formula, rounded down to a whole number.
    ///
    /// # Errors
    /// [`FormulaError::Value`] where a name is missing or the result is no number from zero up.
    pub fn evaluate(&self, names: &Names) -> Result<u64, FormulaError> {
        let wrong = |reason: String| FormulaError::Value { formula: self.text.to_owned(), reason };
        let value = self.expression.eval(&names.0).map_err(|error| wrong(error.to_string()))?;
        let number = f64::try_from(value.clone()).map_err(|_| wrong(format!("it is {value}")))?;
        if !number.is_finite() || number < 0.0 {
            return Err(wrong(format!("it is {number}")));
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "finite, not negative; saturates")]
        Ok(number.floor() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::{Formulas, Names, mentions};

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
