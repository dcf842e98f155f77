//! What is made from the program itself: schemas, completions, the manual page.

use anyhow::{Result, bail};
use clap::CommandFactory;

use super::Outcome;
use super::terminal::Terminal;
use crate::cli::{Cli, Completions, Man, Schema, SchemaOf};
use crate::diagnostic::suggestion;
use crate::report::schema;

pub(super) fn schema(arguments: &Schema, terminal: &Terminal) -> Result<Outcome> {
    let text = match arguments.of {
        SchemaOf::Requirements => schema::REQUIREMENTS,
        SchemaOf::Selection => schema::SELECTION,
        SchemaOf::Portfolio => schema::PORTFOLIO,
        SchemaOf::Difference => schema::DIFFERENCE,
        SchemaOf::Tune => schema::TUNE,
        SchemaOf::Findings => schema::FINDINGS,
        SchemaOf::Endpoints => schema::ENDPOINTS,
    };
    terminal.result(text)?;
    Ok(Outcome::Done)
}

/// The completions are made whole before they are printed: the library panics at a closed pipe.
pub(super) fn completions(arguments: &Completions, terminal: &Terminal) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "polyglot", &mut script);
    terminal.result(&String::from_utf8(script)?)?;
    Ok(Outcome::Done)
}

pub(super) fn man(arguments: &Man, terminal: &Terminal) -> Result<Outcome> {
    let mut program = Cli::command();
    program.build();
    let command = match &arguments.command {
        None => program,
        Some(name) => {
            let commands: Vec<_> = program.get_subcommands().collect();
            let Some(found) = commands.iter().find(|command| command.get_name() == name) else {
                bail!(
                    "there is no command `{name}`; {}",
                    suggestion(name, commands.iter().map(|command| command.get_name()))
                );
            };
            (*found).clone()
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    terminal.result(&String::from_utf8(page)?)?;
    Ok(Outcome::Done)
}
