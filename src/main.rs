//! The program: parse, run, exit code; nothing else.

use std::process::ExitCode;
use std::thread;

use clap::Parser;
use polyglot::cli::Cli;
use polyglot::commands;

/// How deep the program may go, in bytes, on every system alike; a main thread has one to eight megabytes. Only what is
/// used of it is taken from the machine.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    let program = thread::Builder::new().name(String::from("polyglot")).stack_size(STACK);
    match program.spawn(run).map(thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // It has said what went wrong.
        Ok(Err(_)) => ExitCode::from(2),
        // Where no thread can be had, the stack that is there has to do.
        Err(_) => run(),
    }
}

fn run() -> ExitCode {
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
