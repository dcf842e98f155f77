//! What a change of some fields makes otherwise: the datasets whose answer is another, and what runs then.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::brief::fit;
use super::markdown::escaped;
use super::style::{HEADING, Look};
use super::{Format, ReportError, capacity, chosen};
use crate::decide::{Check, Selected, Selection};
use crate::plan::Capacity;
use crate::requirements::Assignment;

/// What is otherwise when some fields have other values, as programs read it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "polyglot difference")]
pub struct Difference {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The fields with their values, as they were asked for.
    pub set: Vec<String>,
    /// The datasets whose database, verdict or figure is another, in the order of the file.
    pub changes: Vec<Changed>,
    /// How many datasets stay as they are.
    pub unchanged: usize,
    /// The services that would run besides.
    pub added: Vec<String>,
    /// The services that would run no more.
    pub removed: Vec<String>,
    /// What the answer to the file as it is needs of the host, and what the answer to what was asked does.
    pub capacity: [capacity::Document; 2],
    #[serde(skip)]
    host: [String; 2],
}

/// A dataset whose answer is another.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Changed {
    /// Its name.
    pub data: String,
    /// The answer to the file as it is.
    pub before: Answer,
    /// The answer to what was asked.
    pub now: Answer,
}

/// What is compared of an answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The databases, the one that holds the data first.
    pub databases: Vec<String>,
    /// How well they fit.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds", "unproven"]))]
    pub verdict: String,
    /// The tightest figure in times of that at which strain begins.
    pub ratio: Option<f64>,
    /// Whether nothing holds it on one node.
    pub needs_several_nodes: bool,
    /// Why, in one clause.
    pub reason: String,
    #[serde(skip)]
    database: String,
    #[serde(skip)]
    fit: String,
}

impl Answer {
    /// What a person sees of it.
    fn shown(&self) -> [&str; 3] {
        [&self.database, &self.fit, &self.reason]
    }

    fn of(selected: &Selected<'_>) -> Self {
        Self {
            databases: selected.databases.iter().map(|database| database.id.to_string()).collect(),
            verdict: selected.verdict.to_string(),
            ratio: selected.tightest().and_then(Check::ratio).map(super::document::rounded),
            needs_several_nodes: selected.needs_several_nodes,
            reason: selected.reason.clone(),
            database: chosen(selected),
            fit: fit(selected),
        }
    }
}

impl Difference {
    /// What is otherwise in the second of two selections of the same datasets.
    pub fn new(set: &[Assignment], [before, now]: [&Selection<'_>; 2], capacities: &[Capacity; 2]) -> Self {
        let pairs = before.kinds.iter().zip(&now.kinds);
        let changes: Vec<Changed> = pairs
            .map(|(before, now)| Changed {
                data: now.name.to_owned(),
                before: Answer::of(before),
                now: Answer::of(now),
            })
            .filter(|changed| changed.before.shown() != changed.now.shown())
            .collect();
        let services = |selection: &Selection<'_>| -> Vec<String> {
            selection.services.iter().map(|service| service.instance.to_string()).collect()
        };
        let (ran, run) = (services(before), services(now));
        Self {
            schema: 1,
            set: set.iter().map(Assignment::to_string).collect(),
            unchanged: now.kinds.len().saturating_sub(changes.len()),
            changes,
            added: run.iter().filter(|service| !ran.contains(service)).cloned().collect(),
            capacity: capacities.each_ref().map(capacity::Document::of),
            host: capacities.each_ref().map(Capacity::summary),
            removed: ran.into_iter().filter(|service| !run.contains(service)).collect(),
        }
    }

    /// The difference in a format.
    ///
    /// # Errors
    /// [`ReportError`] where a library refuses to write what we hand it.
    pub fn render(&self, format: Format, look: Look) -> Result<String, ReportError> {
        match format {
            Format::Table => Ok(self.text(look)),
            Format::Markdown => Ok(self.markdown()),
            Format::Csv => self.csv(),
            Format::Json => Ok(format!("{}\n", serde_json::to_string_pretty(self)?)),
            Format::Yaml => Ok(serde_yaml::to_string(self)?),
        }
    }

    /// What is otherwise of each dataset: its database, how well it fits.
    fn rows(&self) -> impl Iterator<Item = [&str; 4]> {
        self.changes.iter().flat_map(|Changed { data, before, now }| {
            let rows = [("database", &before.database, &now.database), ("fit", &before.fit, &now.fit)];
            let rows = rows.into_iter().filter(|(_, before, now)| before != now);
            let same = before.database == now.database && before.fit == now.fit;
            let why = same.then_some(("why", &before.reason, &now.reason));
            rows.chain(why).map(|(what, before, now)| [data.as_str(), what, before, now])
        })
    }

    fn text(&self, look: Look) -> String {
        let mut text = String::new();
        let mut say = |line: &str| {
            let _ = writeln!(text, "{}", look.wrap(line, 4));
        };
        for [data, _, before, now] in self.rows() {
            say(&format!("{}: {before} ▶ {now}", look.paint(HEADING, data)));
        }
        for line in self.services().into_iter().chain(self.host()) {
            say(&line);
        }
        say(&self.rest());
        text
    }

    /// The services that come and go.
    fn services(&self) -> Option<String> {
        let signed = |sign: &'static str| move |service: &String| format!("{sign}{service}");
        let removed = self.removed.iter().map(signed("- "));
        let all: Vec<String> = self.added.iter().map(signed("+ ")).chain(removed).collect();
        (!all.is_empty()).then(|| format!("services: {}", all.join(", ")))
    }

    /// What is otherwise about the host.
    fn host(&self) -> Option<String> {
        let [before, now] = &self.host;
        (before != now).then(|| format!("host: {before} ▶ {now}"))
    }

    /// How much stays as it is.
    fn rest(&self) -> String {
        let set = self.set.join(", ");
        match (self.changes.len(), self.unchanged) {
            (0, _) if self.host().is_none() => format!("with {set} nothing changes"),
            (0, _) => format!("that is with {set}; every dataset stays as it is"),
            (_, 0) => format!("that is with {set}; every dataset changes"),
            (_, 1) => format!("that is with {set}; the other dataset stays as it is"),
            (_, rest) => format!("that is with {set}; the other {rest} datasets stay as they are"),
        }
    }

    fn markdown(&self) -> String {
        let mut text = String::from("| data | what | before | now |\n| --- | --- | --- | --- |\n");
        for row in self.rows() {
            let _ = writeln!(text, "| {} |", row.map(escaped).join(" | "));
        }
        for line in self.services().into_iter().chain(self.host()).chain([self.rest()]) {
            let _ = write!(text, "\n{}\n", escaped(&line));
        }
        text
    }

    fn csv(&self) -> Result<String, ReportError> {
        let fault = |error: csv::Error| ReportError::Csv(error.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["data", "what", "before", "now"]).map_err(fault)?;
        for row in self.rows() {
            writer.write_record(row).map_err(fault)?;
        }
        let bytes = writer.into_inner().map_err(|error| ReportError::Csv(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| ReportError::Csv(error.to_string()))
    }
}

/// The JSON Schema of the difference.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Difference).to_value()
}
