//! The page's templates, escaped as HTML wherever a value is printed.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::embedded;
use crate::report::ReportError;

/// The template that includes the others.
const PAGE: &str = "page.html.j2";

/// Fills in the page.
pub(super) fn fill(values: &Value) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let mut syntax = environment.syntax().to_builder();
    let syntax = syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax?);
    for (name, text) in embedded::texts("templates/report") {
        environment.add_template(name, text)?;
    }
    Ok(environment.get_template(PAGE)?.render(values)?.replace(is_unprintable, "\u{fffd}"))
}

/// Whether a character may stand in no page: a text can hold it, where its file writes it as an escape.
fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}')
}
