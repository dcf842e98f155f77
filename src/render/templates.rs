//! The template environment: strict, without loops that could not end, with a quoting filter for each language.

use std::borrow::Cow;
use std::sync::Arc;

use catalog::{Family, FileTemplate};
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

use super::filters;
use super::limits;
use crate::embedded;
use crate::expression::{Scope, add_arithmetic};
use crate::plan::{MARK, Planned, PlannedJob};
use crate::size::{Reckoner, Setting, SettingError};

/// Where templates are filled in.
pub struct Kitchen {
    environment: Environment<'static>,
    /// What reckons conditions and formulas.
    pub reckoner: Reckoner,
}

/// A file could not be made: a fault of a template, or a value that its language cannot hold.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template.
    #[error("{place}: the template cannot be filled in: {reason}")]
    Template {
        /// Which.
        place: String,
        /// Why.
        reason: String,
    },
    /// A formula or condition.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// YAML.
    #[error("the compose file cannot be written as YAML")]
    Yaml(#[from] serde_yaml::Error),
    /// JSON.
    #[error("the endpoints cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// A setting as a template sees it.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    value: &'a Value,
    why: &'a str,
}

impl Default for Kitchen {
    fn default() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(limits::FUEL));
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_formatter(|out, state, value| match value.kind() {
            ValueKind::Bool => Ok(write!(out, "{}", value.is_true())?),
            _ => minijinja::escape_formatter(out, state, value),
        });
        environment.set_loader(|name| Ok(embedded::text("templates/shared", name).map(str::to_owned)));
        add_arithmetic(&mut environment);
        filters::add(&mut environment);
        Self { environment, reckoner: Reckoner::default() }
    }
}

impl Kitchen {
    /// The filters that quote what a person wrote, each for a language.
    pub const QUOTING: [&str; 7] =
        ["sql_ident", "mysql_ident", "cypher_ident", "sql_literal", "json", "shell", "markdown"];

    /// One without such a filter: what it is to quote is printed as it is. It shows that a test would notice.
    #[doc(hidden)]
    pub fn without(filter: &'static str) -> Self {
        let mut kitchen = Self::default();
        kitchen.environment.add_filter(filter, |value: Value| filters::plain(&value));
        kitchen
    }

    /// A file of a service.
    pub(super) fn file(&self, planned: &Planned<'_>, row: &FileTemplate) -> Result<String, RenderError> {
        let place = format!("{}/{}", planned.database.id, row.template);
        let scope = planned.scope.fork();
        let default = settings_file(planned);
        let here = planned
            .settings
            .iter()
            .filter(|setting| setting.row.into.as_deref().or(default).is_some_and(|into| into == row.path.as_str()));
        scope.set("settings", shown(here));
        let template = planned.recipe.template(&row.template).unwrap_or_default();
        let mut text = self.fill_in(planned, &place, template, &scope)?;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(if row.family == Family::Tuning { with_short_comments(text) } else { text })
    }

    /// A text of a container, which is a template where it holds braces.
    pub(super) fn text(&self, planned: &Planned<'_>, text: &str) -> Result<String, RenderError> {
        if !text.contains('{') {
            return Ok(text.to_owned());
        }
        self.fill_text(planned, text, &planned.scope)
    }

    /// A text of a container with further names.
    pub(super) fn text_with(
        &self,
        planned: &Planned<'_>,
        text: &str,
        names: &[(&'static str, Value)],
    ) -> Result<String, RenderError> {
        let scope = planned.scope.fork();
        names.iter().for_each(|(name, value)| scope.set(*name, value.clone()));
        self.fill_text(planned, text, &scope)
    }

    fn fill_text(&self, planned: &Planned<'_>, text: &str, scope: &Arc<Scope>) -> Result<String, RenderError> {
        let place = format!("{}/database.toml", planned.database.id);
        self.fill_in(planned, &place, text, scope)
    }

    /// A template of a database.
    fn fill_in(
        &self,
        planned: &Planned<'_>,
        place: &str,
        template: &str,
        scope: &Arc<Scope>,
    ) -> Result<String, RenderError> {
        filled(&self.environment(planned), planned.recipe.is_extra, place, template, scope)
    }

    /// Where the templates of a database are filled in: what is not ours gets less to use up.
    fn environment(&self, planned: &Planned<'_>) -> Cow<'_, Environment<'static>> {
        if !planned.recipe.is_extra {
            return Cow::Borrowed(&self.environment);
        }
        let mut environment = self.environment.clone();
        environment.set_fuel(Some(limits::FUEL_OF_EXTRA));
        // It joins lists without end, and fuel does not see it.
        environment.remove_filter("chain");
        environment.add_function(limits::SUM, limits::sum);
        Cow::Owned(environment)
    }

    /// What a secret's file holds for a random text.
    pub(super) fn with_secret(&self, planned: &Planned<'_>, text: &str, secret: &str) -> Result<String, RenderError> {
        self.text_with(planned, text, &[("secret", Value::from(secret))])
    }

    /// A setting as a statement or an argument.
    ///
    /// # Errors
    /// [`RenderError`] where the template cannot be filled in.
    pub fn setting(&self, planned: &Planned<'_>, template: &str, setting: &Setting<'_>) -> Result<String, RenderError> {
        let names = [
            ("name", Value::from(setting.row.name.as_str())),
            ("value", setting.value.clone()),
            ("number", setting.number().unwrap_or_else(|| Value::from(()))),
        ];
        self.text_with(planned, template, &names)
    }

    /// A page of prose, whose tags stand on lines of their own that leave no trace.
    pub(super) fn page(&self, place: &str, template: &str, scope: &Arc<Scope>) -> Result<String, RenderError> {
        let mut environment = self.environment.clone();
        let mut syntax = environment.syntax().to_builder();
        let syntax = syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        environment.set_syntax(syntax.map_err(|error| fault(place, &error))?);
        filled(&environment, false, place, template, scope)
    }

    /// A template of ours that is of no database.
    pub(super) fn fill(&self, place: &str, template: &str, scope: &Arc<Scope>) -> Result<String, RenderError> {
        filled(&self.environment, false, place, template, scope)
    }

    /// The path of the file that settings stand in where they do not say.
    pub fn settings_file<'a>(planned: &Planned<'a>) -> Option<&'a str> {
        settings_file(planned)
    }

    /// Whether a condition holds for a service.
    pub(super) fn holds(
        &self,
        planned: &Planned<'_>,
        what: &str,
        condition: Option<&str>,
    ) -> Result<bool, RenderError> {
        Ok(self.reckoner.holds(planned.database, what, condition, &planned.scope)?)
    }
}

/// A configuration whose comments fit a screen: every format of one here takes a line that begins with `#` for a comment.
fn with_short_comments(text: String) -> String {
    const WIDTH: usize = 100;
    let is_long = |line: &str| line.len() > WIDTH && line.trim_start().starts_with("# ");
    if !text.lines().any(is_long) {
        return text;
    }
    let mut short = String::with_capacity(text.len().saturating_mul(2));
    for line in text.lines() {
        match line.split_once("# ").filter(|_| is_long(line)) {
            Some((indent, words)) => {
                let mark = format!("{indent}# ");
                let options = textwrap::Options::new(WIDTH).initial_indent(&mark).subsequent_indent(&mark);
                short.push_str(&textwrap::fill(words, options.break_words(false)));
            }
            None => short.push_str(line),
        }
        short.push('\n');
    }
    short
}

/// A template with its names filled in: free text of the requirements only where it is quoted.
fn filled(
    environment: &Environment<'static>,
    is_extra: bool,
    place: &str,
    template: &str,
    scope: &Arc<Scope>,
) -> Result<String, RenderError> {
    let wrong = |reason| RenderError::Template { place: place.to_owned(), reason };
    limits::check(template).map_err(wrong)?;
    let names = Value::from_dyn_object(scope.clone());
    let text = match is_extra {
        true => limits::fill_in(environment, place, template, names),
        false => environment.render_named_str(place, template, names),
    };
    let text = text.map_err(|error| fault(place, &error))?;
    if text.contains(MARK) {
        let reason = String::from("it prints free text of the requirements without a filter that quotes it");
        return Err(RenderError::Template { place: place.to_owned(), reason });
    }
    Ok(text)
}

/// What is wrong with a template, with every cause.
fn fault(place: &str, error: &minijinja::Error) -> RenderError {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        reason.push_str(": ");
        reason.push_str(&inner.to_string());
        cause = inner.source();
    }
    RenderError::Template { place: place.to_owned(), reason }
}

/// The path of the file that settings stand in where they do not say: the first that holds settings.
pub(super) fn settings_file<'a>(planned: &Planned<'a>) -> Option<&'a str> {
    let files = planned.recipe.files.iter();
    let known = |file: &&FileTemplate| planned.has(file.versions());
    let mut tuning = files.filter(|file| file.family == Family::Tuning).filter(known);
    tuning.next().map(|file| file.path.as_str())
}

/// Settings as a template sees them.
fn shown<'s, 'a: 's>(settings: impl Iterator<Item = &'s Setting<'a>>) -> Value {
    let shown: Vec<_> = settings
        .map(|setting| Shown { name: &setting.row.name, value: &setting.value, why: &setting.row.why })
        .collect();
    Value::from(Serde(&shown))
}

/// The job of a file, where it has one.
pub(super) fn job_of<'p, 'a>(planned: &'p Planned<'a>, name: &str) -> Option<&'p PlannedJob<'a>> {
    planned.jobs.iter().find(|planned| planned.job.name == *name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use minijinja::value::Serde;

    use super::{Kitchen, RenderError};
    use crate::expression::Scope;
    use crate::plan::Prose;

    fn fill(template: &str) -> Result<String, RenderError> {
        let scope = Arc::new(Scope::default());
        scope.set("words", minijinja::Value::from(Serde(Prose("it's; \n\\! rm"))));
        Kitchen::default().fill("test", template, &scope)
    }

    #[test]
    fn free_text_is_printed_where_it_is_quoted_and_nowhere_else() {
        for quoted in
            ["{{ words | json }}", "{{ words | sql_literal }}", "{{ words | shell }}", "{{ (words ~ '.') | json }}"]
        {
            let text = fill(quoted).unwrap();
            assert!(text.contains("rm") && !text.contains('\u{fdd0}'), "{text:?}");
        }
        for bare in [
            "{{ words }}",
            "-- {{ words }}",
            "{{ words | upper }}",
            "{{ words ~ 1 }}",
            "{{ [words] }}",
            "{{ words | trim }}",
        ] {
            assert!(fill(bare).is_err(), "{bare}");
        }
    }
}
