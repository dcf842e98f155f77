//! What machines read is as its schema says, and says the same in every format.

use polyglot::lint::{Check, RULES};
use serde_json::Value;

use super::{FAULTY, folder, lint, write};
use crate::support::{polyglot, project};

/// A folder with the first bad example of every rule, each in a folder of its own.
fn all_bad_examples() -> tempfile::TempDir {
    let folder = folder(&[]);
    for rule in RULES.iter().filter(|rule| !matches!(rule.check, Check::Baseline(_))) {
        for (path, text) in rule.bad.first().copied().unwrap_or_default() {
            write(folder.path(), &format!("{}/{path}", rule.id), text);
        }
    }
    folder
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn json_is_as_its_schema_says() {
    let schema = polyglot(&project(""), &["schema", "findings"]);
    let validator = jsonschema::draft202012::new(&parsed(&String::from_utf8(schema.stdout).unwrap())).unwrap();
    let (text, ..) = lint(all_bad_examples().path(), &["--format", "json", "--today", "2026-11-22"]);
    let document = parsed(&text);
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(document["findings"].as_array().unwrap().len() > RULES.len() / 2);
}

#[test]
fn sarif_is_as_the_standard_says() {
    let schema = std::fs::read_to_string(project("tests/lint/sarif-schema-2.1.0.json")).unwrap();
    let validator = jsonschema::draft4::new(&parsed(&schema)).unwrap();
    let folder = all_bad_examples();
    let (text, ..) = lint(folder.path(), &["--format", "sarif", "--today", "2026-11-22"]);
    let document = parsed(&text);
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let results = document["runs"][0]["results"].as_array().unwrap();
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(folder.path().join(uri).exists(), "{uri}");
    }
    let prints: Vec<&str> =
        results.iter().map(|result| result["partialFingerprints"]["polyglot/v1"].as_str().unwrap()).collect();
    let unique: std::collections::BTreeSet<_> = prints.iter().collect();
    assert_eq!(unique.len(), prints.len(), "each result has a fingerprint of its own");
}

#[test]
fn fingerprints_survive_lines_that_move() {
    let print = |text: &str| {
        let folder = folder(&[("polyglot.yaml", text)]);
        let (text, ..) = lint(folder.path(), &["--format", "sarif"]);
        parsed(&text)["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let moved = FAULTY.replace("data:\n", "# a new line\n\ndata:\n  other: { key_lookup: true, durability: cache }\n");
    assert_eq!(print(FAULTY), print(&moved));
    assert_ne!(print(FAULTY), print(&FAULTY.replace("search:\n", "another:\n")));
}

#[test]
fn what_is_allowed_stays_in_sarif_as_suppressed() {
    let allowed = FAULTY.replace("  search:", "  # polyglot: allow(derived-without-source) rebuilt by hand\n  search:");
    let folder = folder(&[("polyglot.yaml", &allowed)]);
    let (text, _, code) = lint(folder.path(), &["--format", "sarif"]);
    assert_eq!(code, 0);
    let result = &parsed(&text)["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["kind"], "inSource");
    assert_eq!(result["suppressions"][0]["justification"], "rebuilt by hand");
}

#[test]
#[cfg(unix)]
fn junit_is_what_its_readers_agree_on() {
    let folder = all_bad_examples();
    let (text, ..) = lint(folder.path(), &["--format", "junit", "--today", "2026-11-22"]);
    let report = folder.path().join("junit.xml");
    std::fs::write(&report, &text).unwrap();
    let schema = project("tests/lint/junit.xsd");
    let run = std::process::Command::new("xmllint").arg("--noout").arg("--schema").arg(&schema).arg(&report).output();
    match run {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => crate::live::missing("xmllint"),
    }
    let failures = text.matches("<failure ").count();
    assert!(text.contains(&format!("failures=\"{failures}\"")), "the sum is that of the cases");
}

#[test]
fn junit_holds_any_text() {
    let reason = "a < b & \"c\" > 'd'";
    let allowed =
        FAULTY.replace("  search:", &format!("  # polyglot: allow(derived-without-source) {reason}\n  search:"));
    let folder = folder(&[("polyglot.yaml", &allowed)]);
    let (text, ..) = lint(folder.path(), &["--format", "junit"]);
    let document = roxmltree::Document::parse(&text).unwrap();
    let skipped: Vec<_> = document.descendants().filter(|node| node.has_tag_name("skipped")).collect();
    assert_eq!(skipped.iter().map(|node| node.attribute("message").unwrap()).collect::<Vec<_>>(), [reason]);
}

#[test]
fn github_marks_the_lines() {
    let folder = folder(&[("polyglot.yaml", FAULTY)]);
    let (text, _, code) = lint(folder.path(), &["--format", "github"]);
    assert_eq!(code, 1);
    let first = text.lines().next().unwrap();
    let start = "::error file=polyglot.yaml,line=6,col=17,endColumn=24,title=derived-without-source::`search` can be";
    assert!(first.starts_with(start) && first.contains("%0A"), "{first}");
}

#[test]
fn several_formats_at_once_go_to_files_and_one_to_standard_output() {
    let folder = folder(&[("polyglot.yaml", FAULTY)]);
    let (text, _, code) =
        lint(folder.path(), &["--format", "sarif=out.sarif", "--format", "junit=j.xml", "--format", "json"]);
    assert_eq!((code, parsed(&text)["findings"].as_array().unwrap().len()), (1, 1));
    let sarif = std::fs::read_to_string(folder.path().join("out.sarif")).unwrap();
    assert_eq!(parsed(&sarif)["version"], "2.1.0");
    assert!(std::fs::read_to_string(folder.path().join("j.xml")).unwrap().starts_with("<?xml"));
    let (_, errors, code) = lint(folder.path(), &["--format", "json", "--format", "human"]);
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("two formats"), "{errors}");
}
