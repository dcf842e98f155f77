//! The program: parse, run, exit code; nothing else.

use std::process::ExitCode;

use clap::Parser;
use polyglot::cli::Cli;
use polyglot::commands;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::run(&cli) {
        Ok(outcome) => outcome.into(),
        Err(error) if commands::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            commands::failure(&error);
            ExitCode::from(2)
        }
    }
}
