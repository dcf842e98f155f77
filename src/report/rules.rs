//! The rules of the linter, in a list and one in full.

use std::fmt::Write as _;

use super::style::Look;
use crate::lint::{Example, Group, RULES, Rule};

/// The rules, by group: the name, the level and what is wrong.
pub fn list(look: Look) -> String {
    let bold = if look.colour { anstyle::Style::new().bold() } else { anstyle::Style::new() };
    let width = RULES.iter().map(|rule| rule.id.as_str().len()).max().unwrap_or_default();
    let mut text = String::new();
    for group in Group::ALL {
        let _ = writeln!(text, "{bold}{}{bold:#}", group.name());
        for rule in RULES.iter().filter(|rule| rule.group == *group) {
            let _ = writeln!(text, "  {:width$}  {:7}  {}", rule.id, level(rule), rule.summary);
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{} rules; `polyglot explain RULE` says why one exists, with an example", RULES.len());
    text
}

/// The level of a rule, or that it is off.
pub fn level(rule: &Rule) -> &'static str {
    rule.level.map_or("off", crate::lint::Level::name)
}

/// The level that a program is told for a rule that is off: SARIF has a word for it.
pub fn level_of_default(rule: &Rule) -> &'static str {
    rule.level.map_or("none", crate::lint::Level::name)
}

/// Why a rule exists, with the examples that are shown, in plain text.
pub fn plain(rule: &Rule) -> String {
    one(rule, Look { columns: 100, colour: false })
}

/// Why a rule exists, with the examples that are shown, in Markdown without a heading.
pub fn markdown(rule: &Rule) -> String {
    let mut text = format!("{}\n\n", rule.why);
    if !rule.source.is_empty() {
        let _ = writeln!(text, "Source: <{}>\n", rule.source);
    }
    for (title, examples) in [("Breaks it:", rule.bad), ("Keeps it:", rule.good)] {
        let Some(example) = examples.first() else { continue };
        let _ = writeln!(text, "{title}\n");
        for (path, content) in *example {
            let language = match path.rsplit('.').next() {
                Some("yaml") => "yaml",
                Some("md") => "markdown",
                _ => "toml",
            };
            let _ = writeln!(text, "```{language}\n# {path}\n{}\n```\n", content.trim_end());
        }
    }
    text
}

/// A rule in full.
pub fn one(rule: &Rule, look: Look) -> String {
    let bold = if look.colour { anstyle::Style::new().bold() } else { anstyle::Style::new() };
    let mut text = format!("{bold}{}{bold:#}  {}, {}\n\n{}\n\n", rule.id, level(rule), rule.group.name(), rule.summary);
    let _ = writeln!(text, "{}\n", look.wrap(rule.why, 0));
    if !rule.source.is_empty() {
        let _ = writeln!(text, "source: {}\n", rule.source);
    }
    for (title, examples) in [("breaks it", rule.bad), ("keeps it", rule.good)] {
        let Some(example) = examples.first() else { continue };
        let _ = writeln!(text, "{bold}{title}{bold:#}\n\n{}", files(example));
    }
    text
}

/// The files of an example, indented; each with its name where there are several.
fn files(example: &Example) -> String {
    let mut text = String::new();
    for (path, content) in *example {
        if example.len() > 1 {
            let _ = writeln!(text, "  # {path}");
        }
        for line in content.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}
