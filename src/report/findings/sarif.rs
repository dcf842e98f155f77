//! The findings as SARIF 2.1.0, for code scanning: each with a fingerprint that survives moved lines; what comments or
//! the baseline allow is there too, marked as suppressed, so that alerts are not closed and opened again.

use std::cell::RefCell;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::model::Report;
use super::place::{Files, Fingerprints, Range};
use crate::lint::{Finding, Location, Rule};
use crate::report::ReportError;
use crate::report::rules;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";

/// The key of our fingerprints; a change of how they are made changes it.
const FINGERPRINT: &str = "polyglot/v1";

pub(super) fn report(report: &Report) -> Result<String, ReportError> {
    let counted = report.findings.iter().map(|finding| (finding, None));
    let in_comments = report
        .suppressed
        .iter()
        .map(|suppressed| (&suppressed.finding, Some(suppression("inSource", suppressed.reason.as_deref()))));
    let in_baseline = report.baselined.iter().map(|finding| (finding, Some(suppression("external", None))));
    let mut all: Vec<(&Finding, Option<Value>)> = counted.chain(in_comments).chain(in_baseline).collect();
    all.sort_by(|(one, _), (other, _)| one.order(other));
    let rules = rules_of(all.iter().map(|(finding, _)| finding.rule));
    let writer = Writer { rules: &rules, files: Files::default(), fingerprints: Fingerprints::default() };
    let document = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: json!({ "driver": {
                "name": "polyglot",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } }),
            invocations: json!([{ "executionSuccessful": !report.incomplete }]),
            column_kind: "unicodeCodePoints",
            results: Results { all, writer: RefCell::new(writer) },
        }],
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The whole log.
#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    invocations: Value,
    column_kind: &'static str,
    results: Results<'a>,
}

/// The results, each of which is made when it is written: thousands of them are not held at once.
struct Results<'a> {
    all: Vec<(&'a Finding, Option<Value>)>,
    writer: RefCell<Writer<'a>>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut writer = self.writer.borrow_mut();
        serializer.collect_seq(self.all.iter().map(|(finding, allowed)| writer.result(finding, allowed.as_ref())))
    }
}

/// The rules that findings name, in the order in which they do.
fn rules_of(named: impl Iterator<Item = &'static Rule>) -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = Vec::new();
    for rule in named {
        if rules.iter().all(|known| known.id != rule.id) {
            rules.push(rule);
        }
    }
    rules
}

fn suppression(kind: &str, reason: Option<&str>) -> Value {
    match reason {
        Some(reason) => json!({ "kind": kind, "justification": reason }),
        None => json!({ "kind": kind }),
    }
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.why },
        "help": { "text": rules::plain(rule), "markdown": rules::markdown(rule) },
        "defaultConfiguration": { "level": rules::level_of_default(rule) },
        "properties": { "tags": [rule.group.name()] },
    })
}

/// What results are written with.
struct Writer<'a> {
    files: Files<'a>,
    fingerprints: Fingerprints<'a>,
    /// The rules that results name.
    rules: &'a [&'static Rule],
}

impl<'a> Writer<'a> {
    fn result(&mut self, finding: &'a Finding, allowed: Option<&Value>) -> Value {
        let violation = &finding.violation;
        let text: Vec<&str> =
            std::iter::once(violation.message.as_str()).chain(violation.help.iter().map(String::as_str)).collect();
        let mut result = json!({
            "ruleId": finding.rule.id,
            "ruleIndex": self.index(finding.rule),
            "level": finding.level.name(),
            "message": { "text": text.join("\n") },
            "locations": [self.location(&violation.location, None)],
            "partialFingerprints": { FINGERPRINT: self.fingerprints.of(finding) },
        });
        let related: Vec<Value> =
            violation.related.iter().enumerate().map(|(id, location)| self.location(location, Some(id))).collect();
        let mut add = |key: &str, value: Value| {
            if let Some(object) = result.as_object_mut() {
                object.insert(key.to_owned(), value);
            }
        };
        if !related.is_empty() {
            add("relatedLocations", Value::Array(related));
        }
        if let Some(allowed) = allowed {
            add("suppressions", json!([allowed]));
        }
        if let Some(fix) = self.fix(finding) {
            add("fixes", json!([fix]));
        }
        result
    }

    fn index(&self, rule: &Rule) -> Option<usize> {
        self.rules.iter().position(|known| known.id == rule.id)
    }

    fn location(&mut self, location: &'a Location, id: Option<usize>) -> Value {
        let mut physical = json!({ "artifactLocation": artifact(&location.source.name) });
        if let Some(object) = physical.as_object_mut().filter(|_| !location.source.text.is_empty()) {
            object.insert(String::from("region"), region(self.files.range(location)));
        }
        let mut written = Map::new();
        if let Some(id) = id {
            written.insert(String::from("id"), id.into());
        }
        written.insert(String::from("physicalLocation"), physical);
        if !location.text.is_empty() {
            written.insert(String::from("message"), json!({ "text": location.text }));
        }
        Value::Object(written)
    }

    fn fix(&mut self, finding: &'a Finding) -> Option<Value> {
        let fix = finding.violation.fix.as_ref()?;
        let source = &finding.violation.location.source;
        let replacement = |edit: &crate::lint::Edit, range: Range| json!({ "deletedRegion": region(range), "insertedContent": { "text": edit.text } });
        let replacements: Vec<Value> =
            fix.edits.iter().map(|edit| replacement(edit, self.files.of(source, edit.place))).collect();
        Some(json!({
            "description": { "text": fix.title },
            "artifactChanges": [{ "artifactLocation": artifact(&source.name), "replacements": replacements }],
        }))
    }
}

fn region(Range { start, end }: Range) -> Value {
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

/// The address of a file: relative to the repository, unless it was given from the root.
fn artifact(file: &str) -> Value {
    let file = file.replace('\\', "/");
    let uri: String = file.bytes().map(escaped).collect();
    if file.starts_with('/') {
        return json!({ "uri": format!("file://{uri}") });
    }
    json!({ "uri": uri.trim_start_matches("./"), "uriBaseId": "%SRCROOT%" })
}

/// A byte of a path as it stands in an address.
fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
