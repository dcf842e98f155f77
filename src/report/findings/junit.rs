//! The findings as `JUnit`'s XML: a suite for each file, a case for each finding, so that what passes is seen too.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::model::Report;
use super::place::Files;
use crate::lint::{Finding, Suppressed};
use crate::report::ReportError;

pub(super) fn report(report: &Report) -> Result<String, ReportError> {
    let mut lines = Files::default();
    let mut document = quick_junit::Report::new("polyglot");
    for file in names(report) {
        document.add_test_suite(suite(report, file, &mut lines));
    }
    Ok(document.to_string()?)
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

fn suite<'a>(report: &'a Report, file: &str, lines: &mut Files<'a>) -> TestSuite {
    let found = report.findings.iter().filter(|finding| finding.file() == file);
    let allowed = report.suppressed.iter().filter(|suppressed| suppressed.finding.file() == file);
    let baselined = report.baselined.iter().filter(|finding| finding.file() == file);
    let mut suite = TestSuite::new(file);
    suite.add_test_cases(found.map(|finding| failed(finding, lines)));
    suite.add_test_cases(allowed.map(allowed_by_a_comment));
    suite.add_test_cases(baselined.map(|finding| skipped(finding, "in the baseline")));
    if suite.test_cases.is_empty() {
        let mut passed = TestCase::new("polyglot lint", TestCaseStatus::success());
        passed.set_classname(file);
        suite.add_test_case(passed);
    }
    suite
}

fn case(finding: &Finding, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(format!("{} {}", finding.rule.id, finding.violation.about), status);
    case.set_classname(finding.file());
    case
}

fn failed<'a>(finding: &'a Finding, lines: &mut Files<'a>) -> TestCase {
    let violation = &finding.violation;
    let start = lines.range(&violation.location).start;
    let place = format!("{}:{}:{}", finding.file(), start.line, start.column);
    let text: Vec<&str> = std::iter::once(place.as_str()).chain(violation.help.iter().map(String::as_str)).collect();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(finding.level.name()).set_message(&violation.message).set_description(text.join("\n"));
    case(finding, status)
}

fn allowed_by_a_comment(suppressed: &Suppressed) -> TestCase {
    skipped(&suppressed.finding, suppressed.reason.as_deref().unwrap_or("allowed by a comment"))
}

fn skipped(finding: &Finding, reason: &str) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(reason);
    case(finding, status)
}
