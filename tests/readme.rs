//! The README's console blocks are run and its files are read: it shows what the program does.

use std::fs;

use polyglot::config::Config;
use polyglot::source::Source;

use crate::support::{parse, project};

fn readme() -> String {
    fs::read_to_string(project("README.md")).unwrap()
}

/// The texts of the fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    readme().split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_console_blocks_show_what_the_program_prints() {
    trycmd::TestCases::new().case("README.md").env("NO_COLOR", "1");
}

#[test]
fn the_files_are_accepted() {
    let catalog = polyglot::embedded::catalog();
    let requirements = blocks("yaml");
    let configs = blocks("toml");
    assert!(!requirements.is_empty() && !configs.is_empty());
    for text in requirements {
        parse(&text, &catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    }
    for text in configs {
        let source = Source { name: "polyglot.toml".into(), text };
        let config = Config::parse(&source).unwrap_or_else(|faults| panic!("{:?}", faults.diagnostics));
        config.check(&source, &catalog).unwrap_or_else(|faults| panic!("{:?}", faults.diagnostics));
    }
}

#[test]
fn every_database_of_the_catalog_is_named() {
    let readme = readme();
    for database in polyglot::embedded::catalog().databases() {
        let short = database.name.trim_start_matches("Apache ").trim_start_matches("Amazon ");
        let short = short.trim_start_matches("Google ");
        assert!(readme.contains(short), "the README does not name {}", database.name);
    }
}
