//! The findings as a person reads them: each with the lines it is about, and a sum at the end.

use std::collections::HashMap;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level as Drawn, Renderer};

use super::model::{Counts, Report};
use crate::lint::{Finding, Level, Location};
use crate::report::style::Look;
use crate::report::text::{Drawing, Mark, helped};

/// The most findings that are drawn; the rest is counted.
const DRAWN: usize = 1_000;

pub(super) fn report(report: &Report, look: Look) -> String {
    let width = usize::from(look.columns);
    let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(width).decor_style(DecorStyle::Unicode);
    let mut drawings: HashMap<&str, Drawing<'_>> = HashMap::new();
    for location in report.findings.iter().take(DRAWN).flat_map(locations) {
        drawings.entry(&location.source.name).or_insert_with(|| Drawing::new(&location.source, width));
    }
    let mut text = String::new();
    for finding in report.findings.iter().take(DRAWN) {
        text.push_str(&renderer.render(&[drawn(finding, &drawings, width)]));
        text.push_str("\n\n");
    }
    if let Some(more) = report.findings.len().checked_sub(DRAWN).filter(|more| *more > 0) {
        let _ = write!(text, "… and {more} more\n\n");
    }
    text.push_str(&sum(report));
    text
}

fn locations(finding: &Finding) -> impl Iterator<Item = &Location> {
    std::iter::once(&finding.violation.location).chain(&finding.violation.related)
}

fn drawn<'d>(finding: &'d Finding, drawings: &'d HashMap<&str, Drawing<'_>>, width: usize) -> Group<'d> {
    let level = match finding.level {
        Level::Error => Drawn::ERROR,
        Level::Warning => Drawn::WARNING,
        Level::Note => Drawn::NOTE,
    };
    let mut group =
        Group::with_title(level.primary_title(finding.violation.message.as_str()).id(finding.rule.id.as_str()));
    let mut files: Vec<&str> = Vec::new();
    for location in locations(finding) {
        if !files.contains(&location.source.name.as_str()) {
            files.push(&location.source.name);
        }
    }
    for file in files {
        let here = locations(finding).filter(|location| location.source.name == file);
        let marks: Vec<Mark<'_>> = here.map(|location| Mark { place: location.place, text: &location.text }).collect();
        if let Some(drawing) = drawings.get(file) {
            group = drawing.marked(group, &marks);
        }
    }
    helped(group, &finding.violation.help, width)
}

/// `3 errors, 2 warnings in 4 files; 1 allowed, 4 in the baseline`.
pub(super) fn sum(report: &Report) -> String {
    let Counts { errors, warnings, notes } = report.counts();
    let count = |count: usize, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        more => Some(format!("{more} {noun}s")),
    };
    let found: Vec<String> =
        [count(errors, "error"), count(warnings, "warning"), count(notes, "note")].into_iter().flatten().collect();
    let found = if found.is_empty() { String::from("nothing to report") } else { found.join(", ") };
    let files = count(report.files.len(), "file").unwrap_or_else(|| String::from("no file"));
    let quiet: Vec<String> = [
        (!report.suppressed.is_empty()).then(|| format!("{} allowed by comments", report.suppressed.len())),
        (!report.baselined.is_empty()).then(|| format!("{} in the baseline", report.baselined.len())),
    ]
    .into_iter()
    .flatten()
    .collect();
    let quiet = if quiet.is_empty() { String::new() } else { format!("; {}", quiet.join(", ")) };
    format!("{found} in {files}{quiet}\n")
}
