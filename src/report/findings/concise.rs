//! The findings a line each, as compilers write them: `file:line:column: level[rule] message`.

use std::fmt::Write as _;

use super::human::sum;
use super::model::Report;
use super::place::Files;

pub(super) fn report(report: &Report) -> String {
    let mut files = Files::default();
    let mut text = String::new();
    for finding in &report.findings {
        let violation = &finding.violation;
        let start = files.range(&violation.location).start;
        let (level, rule) = (finding.level.name(), finding.rule.id);
        let (file, message) = (plain(finding.file()), plain(&violation.message));
        let _ = writeln!(text, "{file}:{}:{}: {level}[{rule}] {message}", start.line, start.column);
    }
    text.push_str(&sum(report));
    text
}

/// A text on one line, without what a terminal would obey.
fn plain(text: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_with_a_line_break_stays_on_its_line() {
        assert_eq!(plain("a\nb\u{1b}[1m 이름"), "a\\nb\\u{1b}[1m 이름");
    }
}
