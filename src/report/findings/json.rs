//! The findings as JSON.

use std::collections::HashMap;

use serde::Serialize;

use super::{Counts, Report};
use crate::lint::{Finding, Spot};
use crate::report::ReportError;
use crate::source::{LineColumn, Lines};

/// The version of the format.
const SCHEMA: u64 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u64,
    findings: Vec<Item<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'a str,
    level: &'a str,
    message: &'a str,
    #[serde(flatten)]
    range: Range<'a>,
    labels: Vec<Labelled<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    about: &'a str,
    fixable: bool,
}

#[derive(Serialize)]
struct Labelled<'a> {
    text: &'a str,
    #[serde(flatten)]
    range: Range<'a>,
}

#[derive(Serialize)]
struct Range<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    #[serde(flatten)]
    counts: Counts,
    suppressed: usize,
    baselined: usize,
    incomplete: bool,
}

/// The lines of the files that findings stand in.
#[derive(Default)]
struct Files<'a>(HashMap<&'a str, Lines>);

impl<'a> Files<'a> {
    fn range(&mut self, spot: &'a Spot) -> Range<'a> {
        let source = &spot.source;
        let lines = self.0.entry(&source.name).or_insert_with(|| Lines::of(&source.text));
        let LineColumn { line, column } = lines.position(&source.text, spot.place.start);
        let end = lines.position(&source.text, spot.place.end);
        Range { file: &source.name, line, column, end_line: end.line, end_column: end.column }
    }

    fn item(&mut self, finding: &'a Finding) -> Item<'a> {
        let remark = &finding.remark;
        let spots = std::iter::once(&remark.spot).chain(&remark.related);
        let labels = spots.filter(|spot| !spot.text.is_empty());
        Item {
            rule: finding.rule.id,
            level: finding.level.name(),
            message: &remark.message,
            range: self.range(&remark.spot),
            labels: labels.map(|spot| Labelled { text: &spot.text, range: self.range(spot) }).collect(),
            help: (!remark.help.is_empty()).then(|| remark.help.join("\n")),
            about: &remark.about,
            fixable: remark.fix.is_some(),
        }
    }
}

pub(super) fn report(report: &Report) -> Result<String, ReportError> {
    let mut files = Files::default();
    let document = Document {
        schema: SCHEMA,
        findings: report.findings.iter().map(|finding| files.item(finding)).collect(),
        summary: Summary {
            files: report.files,
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
