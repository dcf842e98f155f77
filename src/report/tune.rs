//! The settings of one database: in its own format, as SQL, as JSON, or as a table with the reasons.

use std::fmt::Write as _;

use comfy_table::Cell;
use schemars::JsonSchema;
use serde::Serialize;

use super::statements::{Script, script};
use super::style::Look;
use crate::plan::Planned;
use crate::render::{Kitchen, RenderError};
use crate::size::Setting;

/// The formats of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TuneFormat {
    /// The database's own configuration file
    Conf,
    /// Statements for a running server, where it takes any: SQL, or commands of its client
    #[value(alias = "commands")]
    Sql,
    /// For a program; its schema is printed by `polyglot schema tune`
    Json,
    /// For a person at a terminal
    Table,
}

/// Why settings cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TuneError {
    /// A template of the catalog.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// JSON.
    #[error("the settings cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The database takes no settings while it runs.
    #[error("{0} has no statements that set its settings; use `--format conf`")]
    NoStatements(String),
}

/// Settings, as programs read them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "polyglot tune")]
pub struct Tuned {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The database's id.
    pub database: String,
    /// Its version.
    pub version: String,
    /// The settings, in the order in which they are written.
    pub parameters: Vec<Parameter>,
}

/// A setting.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Parameter {
    /// The key as the server knows it.
    pub name: String,
    /// Its value as the server reads it.
    pub value: String,
    /// Where it is set: a file, `environment` or `command`.
    pub place: String,
    /// Why this value.
    pub why: String,
    /// Where the rule is from: an address.
    pub source: String,
}

/// Settings in a format.
#[derive(Debug, Default)]
pub struct TuneText {
    /// The settings.
    pub text: String,
    /// What the person has to know beside it, where the format can hold no comments.
    pub notes: Vec<String>,
}

impl From<String> for TuneText {
    fn from(text: String) -> Self {
        Self { text, notes: Vec::new() }
    }
}

/// The settings in a format.
///
/// # Errors
/// [`TuneError`] where the format does not hold them.
pub fn text(
    planned: &Planned<'_>,
    kitchen: &Kitchen,
    format: TuneFormat,
    explain: bool,
    look: Look,
) -> Result<TuneText, TuneError> {
    Ok(match format {
        TuneFormat::Conf => conf(planned, kitchen)?.into(),
        TuneFormat::Sql => {
            let none = || TuneError::NoStatements(planned.database.name.to_string());
            let Script { text, notes } = script(planned, kitchen)?.ok_or_else(none)?;
            TuneText { text, notes }
        }
        TuneFormat::Json => {
            let mut text = serde_json::to_string_pretty(&Tuned::of(planned))?;
            text.push('\n');
            text.into()
        }
        TuneFormat::Table => table(planned, explain, look).into(),
    })
}

/// Each file that holds settings, then what is set elsewhere.
fn conf(planned: &Planned<'_>, kitchen: &Kitchen) -> Result<String, TuneError> {
    let mut parts: Vec<(String, String)> = kitchen.configurations(planned)?;
    for place in ["environment", "command"] {
        let flag = planned.container.flag.as_deref().unwrap_or("--{{ name }}={{ value }}");
        let template = if place == "environment" { "{{ name }}={{ value }}" } else { flag };
        let here = planned.settings.iter().filter(|setting| setting.row.into.as_deref() == Some(place));
        let mut lines = String::new();
        for setting in here {
            let _ = writeln!(lines, "{}", kitchen.setting(planned, template, setting)?);
        }
        if !lines.is_empty() {
            parts.push((place.to_owned(), lines));
        }
    }
    if let [(_, only)] = parts.as_slice() {
        return Ok(only.clone());
    }
    Ok(parts.into_iter().map(|(path, text)| format!("==> {path} <==\n{text}")).collect::<Vec<_>>().join("\n"))
}

fn table(planned: &Planned<'_>, explain: bool, look: Look) -> String {
    let header: &[&str] = if explain { &["parameter", "value", "why", "from"] } else { &["parameter", "value", "in"] };
    let mut table = look.table(header);
    for setting in &planned.settings {
        let (name, value) = (setting.row.name.as_str(), setting.shown());
        match explain {
            true => table.add_row([name, &value, &setting.row.why, &setting.row.source].map(Cell::new)),
            false => table.add_row([name, &value, &place(planned, setting)].map(Cell::new)),
        };
    }
    let mut text = format!("{} {}\n\n{}\n", planned.database.name, planned.version.major, Look::finish(&mut table));
    if explain {
        let mut sources: Vec<&str> = planned.settings.iter().map(|setting| setting.row.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        text.push('\n');
        for source in sources {
            let Some(evidence) = planned.database.sources.get(source) else { continue };
            let line = format!("{source}: {} ({}, {})", evidence.address, evidence.date, evidence.evidence);
            let _ = writeln!(text, "{}", look.wrap(&line, 2));
        }
    }
    text
}

/// Where a setting is made.
fn place(planned: &Planned<'_>, setting: &Setting<'_>) -> String {
    setting.row.into.as_deref().or_else(|| Kitchen::settings_file(planned)).unwrap_or("file").to_owned()
}

impl Tuned {
    fn of(planned: &Planned<'_>) -> Self {
        let parameters = planned.settings.iter().map(|setting| {
            let source = planned.database.sources.get(&setting.row.source);
            Parameter {
                name: setting.row.name.to_string(),
                value: setting.shown(),
                place: place(planned, setting),
                why: setting.row.why.to_string(),
                source: source.map(|source| source.address.to_string()).unwrap_or_default(),
            }
        });
        Self {
            schema: 1,
            database: planned.database.id.to_string(),
            version: planned.version.major.to_string(),
            parameters: parameters.collect(),
        }
    }
}

/// The JSON Schema of [`Tuned`].
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Tuned).to_value()
}
