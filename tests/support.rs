//! What several test modules use: deciding on a text, and running the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use polyglot::catalog::Catalog;
use polyglot::config::Policy;
use polyglot::decide::{Depth, Facts, Selection, Tree};
use polyglot::diagnostic::Faults;
use polyglot::expression::Formulas;
use polyglot::report::Shown;
use polyglot::report::document::Document;
use polyglot::requirements::Requirements;
use polyglot::source::Source;
use polyglot::yaml::Budget;

/// The budget of a file of the usual size.
pub(crate) const BUDGET: Budget = Budget { values: 400_000 };

/// A path in the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Reads a requirements text.
pub(crate) fn parse(text: &str, catalog: &Catalog) -> Result<Requirements, Faults> {
    let source = Source { name: "test.yaml".into(), text: text.into() };
    Requirements::parse(&source, catalog, BUDGET)
}

/// The answer for a requirements text, as programs read it.
pub(crate) fn decide(text: &str) -> Document {
    decide_with(text, &Policy::default(), Depth::Answer)
}

/// The same under a policy, with or without flips.
pub(crate) fn decide_with(text: &str, policy: &Policy, depth: Depth) -> Document {
    let catalog = Catalog::embedded().expect("the catalog");
    let tree = Tree::embedded(&catalog).expect("the tree");
    let requirements = parse(text, &catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    let formulas = Formulas::default();
    let facts = Facts::new(&catalog, policy, &formulas, &requirements);
    let selection = Selection::of(&requirements, &catalog, &tree, &facts, depth);
    Document::of(Shown { requirements: &requirements, selection: &selection, tree: &tree })
}

/// The program, in a folder, with an environment that does not depend on the machine.
pub(crate) fn polyglot(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyglot"));
    command.current_dir(folder).args(arguments).env_clear();
    command.output().expect("the program runs")
}
