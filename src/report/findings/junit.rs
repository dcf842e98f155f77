//! The findings as `JUnit`'s XML: a suite for each file, a case for each finding, so that what passes is seen too.

use std::fmt::Write as _;

use super::Report;
use super::place::Files;
use crate::lint::{Finding, Suppressed};

pub(super) fn report(report: &Report) -> String {
    let mut lines = Files::default();
    let mut suites = String::new();
    let (mut tests, mut failures, mut skipped) = (0usize, 0usize, 0usize);
    for file in names(report) {
        let found = report.findings.iter().filter(|finding| finding.file() == file);
        let allowed = report.suppressed.iter().filter(|suppressed| suppressed.finding.file() == file);
        let baselined = report.baselined.iter().filter(|finding| finding.file() == file);
        let failed: Vec<String> = found.map(|finding| failure(finding, &mut lines)).collect();
        let allowed: Vec<String> =
            allowed.map(skip).chain(baselined.map(|finding| skipped_case(finding, "in the baseline"))).collect();
        let passed = if failed.is_empty() && allowed.is_empty() {
            format!("    <testcase classname=\"{0}\" name=\"polyglot lint\"/>\n", escaped(file))
        } else {
            String::new()
        };
        let count = failed.len().saturating_add(allowed.len()).max(1);
        let _ = writeln!(
            suites,
            "  <testsuite name=\"{}\" tests=\"{count}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
            escaped(file),
            failed.len(),
            allowed.len()
        );
        let _ = writeln!(suites, "{passed}{}{}  </testsuite>", failed.concat(), allowed.concat());
        tests = tests.saturating_add(count);
        failures = failures.saturating_add(failed.len());
        skipped = skipped.saturating_add(allowed.len());
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"polyglot\" tests=\"{tests}\" \
         failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n{suites}</testsuites>\n"
    )
}

/// The files that were looked at, and further ones that findings stand in, in order.
fn names(report: &Report) -> Vec<&str> {
    let looked_at = report.files.iter().map(String::as_str);
    let found = report.findings.iter().chain(&report.baselined).map(Finding::file);
    let mut names: Vec<&str> = looked_at.chain(found).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn case(finding: &Finding, inside: &str) -> String {
    let (file, rule, about) = (escaped(finding.file()), finding.rule.id, escaped(&finding.violation.about));
    format!("    <testcase classname=\"{file}\" name=\"{rule} {about}\">\n      {inside}\n    </testcase>\n")
}

fn failure<'a>(finding: &'a Finding, files: &mut Files<'a>) -> String {
    let violation = &finding.violation;
    let start = files.range(&violation.location).start;
    let place = format!("{}:{}:{}", finding.file(), start.line, start.column);
    let text: Vec<&str> = std::iter::once(place.as_str()).chain(violation.help.iter().map(String::as_str)).collect();
    let (message, text) = (escaped(&violation.message), escaped(&text.join("\n")));
    case(finding, &format!("<failure type=\"{}\" message=\"{message}\">{text}</failure>", finding.level.name()))
}

fn skip(suppressed: &Suppressed) -> String {
    skipped_case(&suppressed.finding, suppressed.reason.as_deref().unwrap_or("allowed by a comment"))
}

fn skipped_case(finding: &Finding, reason: &str) -> String {
    case(finding, &format!("<skipped message=\"{}\"/>", escaped(reason)))
}

/// A text as it stands in XML; what XML cannot hold becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\n' => written.push_str("&#10;"),
            '\t' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => written.push(c),
            _ => written.push(char::REPLACEMENT_CHARACTER),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(escaped("a<b & \"c\"\u{1b}[0m\n"), "a&lt;b &amp; &quot;c&quot;\u{fffd}[0m&#10;");
    }
}
