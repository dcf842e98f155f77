//! The findings as commands of GitHub's workflows, which it shows beside the lines of a pull request.

use std::fmt::Write as _;

use super::model::Report;
use super::place::Files;
use crate::lint::{Finding, Level};

pub(super) fn report(report: &Report) -> String {
    let mut files = Files::default();
    let mut text = String::new();
    for finding in &report.findings {
        let _ = writeln!(text, "{}", annotation(finding, &mut files));
    }
    let _ = writeln!(text, "{}", super::human::sum(report).trim_end());
    text
}

fn annotation<'a>(finding: &'a Finding, files: &mut Files<'a>) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let violation = &finding.violation;
    let range = files.range(&violation.location);
    let mut properties = format!("file={},line={}", property(finding.file()), range.start.line);
    // GitHub takes columns for what lies on one line only.
    if range.start.line == range.end.line {
        let _ = write!(properties, ",col={},endColumn={}", range.start.column, range.end.column);
    } else {
        let _ = write!(properties, ",endLine={}", range.end.line);
    }
    let _ = write!(properties, ",title={}", property(finding.rule.id.as_str()));
    let lines: Vec<&str> =
        std::iter::once(violation.message.as_str()).chain(violation.help.iter().map(String::as_str)).collect();
    format!("::{command} {properties}::{}", data(&lines.join("\n")))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("100%\r\nnext: a, b"), "100%25%0D%0Anext: a, b");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
