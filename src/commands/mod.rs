//! One file a subcommand: read, call, write. Only here does anything print or read the environment.

mod catalog;
mod certificates;
mod error;
mod explain;
mod extra;
mod generate;
mod init;
mod input;
mod lint;
mod locked;
mod outcome;
mod page;
mod portfolio;
mod records;
mod render;
mod select;
mod terminal;
mod text;
mod tree;
mod tune;

use anyhow::Result;

use crate::cli::{Cli, Command};
pub use error::{failure, is_broken_pipe};
pub use outcome::Outcome;
use terminal::Terminal;

/// Runs the subcommand.
///
/// # Errors
/// Whatever stands in the way, in words for the person.
pub fn run(cli: &Cli) -> Result<Outcome> {
    let terminal = Terminal::new(cli.color, cli.quiet);
    match &cli.command {
        Command::Select(arguments) => select::run(arguments, &terminal),
        Command::Render(arguments) => render::run(arguments, &terminal),
        Command::Tune(arguments) => tune::run(arguments, &terminal),
        Command::Lint(arguments) => lint::run(arguments, &terminal),
        Command::Explain(arguments) => explain::run(arguments, &terminal),
        Command::Tree(arguments) => tree::run(arguments, &terminal),
        Command::Catalog(arguments) => catalog::run(arguments, &terminal),
        Command::Schema(arguments) => generate::schema(arguments, &terminal),
        Command::Init(arguments) => init::run(arguments, &terminal),
        Command::Completions(arguments) => generate::completions(arguments, &terminal),
        Command::Man(arguments) => generate::man(arguments, &terminal),
    }
}
