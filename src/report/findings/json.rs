//! The findings as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::model::{Counts, Report};
use super::place::Files;
use crate::lint::{Finding, Location};
use crate::report::ReportError;

/// The version of the shape.
const SCHEMA: u64 = 1;

/// What the linter found.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "polyglot lint")]
struct Document<'a> {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    schema: u64,
    /// What counts, by file and place.
    findings: Vec<Item<'a>>,
    /// How much there is.
    summary: Summary,
}

/// A finding.
#[derive(Serialize, JsonSchema)]
struct Item<'a> {
    /// The rule's name; `polyglot explain RULE` says why it exists.
    rule: &'a str,
    /// How much it weighs: `error`, `warning` or `note`.
    level: &'a str,
    /// What is wrong, in one line.
    message: &'a str,
    #[serde(flatten)]
    range: At<'a>,
    /// What is to be said of its places, its own first.
    labels: Vec<Labelled<'a>>,
    /// What to do, a line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// What it is about, whatever line that stands on: `data.orders`.
    about: &'a str,
    /// Whether `--fix` mends it.
    fixable: bool,
}

/// What is to be said of a place.
#[derive(Serialize, JsonSchema)]
struct Labelled<'a> {
    /// What.
    text: &'a str,
    #[serde(flatten)]
    range: At<'a>,
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
struct At<'a> {
    /// The file, as it was reached.
    file: &'a str,
    /// The line, from 1.
    line: usize,
    /// The column in characters, from 1.
    column: usize,
    /// The line that it ends on.
    end_line: usize,
    /// The column after the last character.
    end_column: usize,
}

/// How much there is.
#[derive(Serialize, JsonSchema)]
struct Summary {
    /// Files that were looked at.
    files: usize,
    #[serde(flatten)]
    counts: Counts,
    /// Findings that comments allow.
    suppressed: usize,
    /// Findings that the baseline holds.
    baselined: usize,
    /// Whether something could not be read or used.
    incomplete: bool,
}

fn at<'a>(files: &mut Files<'a>, location: &'a Location) -> At<'a> {
    let range = files.range(location);
    At {
        file: &location.source.name,
        line: range.start.line,
        column: range.start.column,
        end_line: range.end.line,
        end_column: range.end.column,
    }
}

fn item<'a>(files: &mut Files<'a>, finding: &'a Finding) -> Item<'a> {
    let violation = &finding.violation;
    let locations = std::iter::once(&violation.location).chain(&violation.related);
    let labelled = locations.filter(|location| !location.text.is_empty());
    let labels = labelled.map(|location| Labelled { text: &location.text, range: at(files, location) }).collect();
    Item {
        rule: finding.rule.id.as_str(),
        level: finding.level.name(),
        message: &violation.message,
        range: at(files, &violation.location),
        labels,
        help: (!violation.help.is_empty()).then(|| violation.help.join("\n")),
        about: &violation.about,
        fixable: violation.fix.is_some(),
    }
}

pub(super) fn report(report: &Report) -> Result<String, ReportError> {
    let mut files = Files::default();
    let document = Document {
        schema: SCHEMA,
        findings: report.findings.iter().map(|finding| item(&mut files, finding)).collect(),
        summary: Summary {
            files: report.files.len(),
            counts: report.counts(),
            suppressed: report.suppressed.len(),
            baselined: report.baselined.len(),
            incomplete: report.incomplete,
        },
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The schema of this shape.
pub(super) fn schema() -> serde_json::Value {
    schemars::schema_for!(Document<'static>).to_value()
}
