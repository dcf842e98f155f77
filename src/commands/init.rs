//! `polyglot init`: a requirements file to start from. At a terminal it asks; elsewhere the flags say.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use catalog::vocabulary::Flag;
use catalog::{Catalog, Row};

use super::Outcome;
use super::terminal::Terminal;
use crate::cli::Init;
use crate::diagnostic::suggestion;
use crate::files::{self, Place};
use crate::requirements::is_name;

/// The example that stands in the file where nobody says what data there is.
const FIRST_KIND: &str = "user_profile";

pub(super) fn run(arguments: &Init, terminal: &Terminal) -> Result<Outcome> {
    let catalog = crate::embedded::catalog();
    let to_stdout = arguments.file == Path::new("-");
    if !to_stdout && files::standing(&arguments.file).is_some() {
        bail!("{} is there already; it is not overwritten", arguments.file.display());
    }
    let asks = arguments.kind.is_empty() && arguments.name.is_none() && io::stdin().is_terminal() && !to_stdout;
    let (name, kinds) = if asks { ask(&catalog, terminal)? } else { given(arguments)? };
    let text = file(&name, &starts(&kinds, &catalog)?);
    if to_stdout {
        terminal.result(&text)?;
        return Ok(Outcome::Done);
    }
    files::save(&arguments.file, &text, Place::Free)?;
    terminal.message(&format!("wrote {}; next: polyglot select", arguments.file.display()));
    Ok(Outcome::Done)
}

fn given(arguments: &Init) -> Result<(String, Vec<String>)> {
    let name = arguments.name.clone().unwrap_or_else(|| String::from("my-system"));
    if !is_name(&name) {
        bail!("`{name}` is no name: lower-case letters, digits, `_` and `-`, and it starts with a letter or digit");
    }
    let kinds = if arguments.kind.is_empty() { vec![FIRST_KIND.to_owned()] } else { arguments.kind.clone() };
    Ok((name, kinds))
}

/// What a dataset starts with: a row of the matrix, or a need that has none.
#[derive(Clone, Copy)]
enum Start<'a> {
    Row(&'a Row),
    Need(Flag),
}

impl<'a> Start<'a> {
    fn named(name: &str, catalog: &'a Catalog) -> Option<Self> {
        catalog.matrix().row(name).map(Self::Row).or_else(|| Flag::named(name).map(Self::Need))
    }

    fn name(self) -> &'a str {
        match self {
            Self::Row(row) => &row.kind,
            Self::Need(flag) => flag.name(),
        }
    }

    /// The line that says it in the file.
    fn line(self) -> String {
        match self {
            Self::Row(row) => {
                let sets: Vec<_> = row.sets.iter().map(|flag| flag.name()).collect();
                format!("kind: {}  # sets {}", row.kind, sets.join(", "))
            }
            Self::Need(flag) => format!("{flag}: true  # {}", flag.meaning().trim_end_matches('.')),
        }
    }
}

/// The needs that no row of the matrix stands for.
fn needs_alone(catalog: &Catalog) -> impl Iterator<Item = Flag> {
    let is_set = |flag: &Flag| catalog.matrix().row.iter().any(|row| row.sets.contains(flag));
    Flag::ALL.iter().copied().filter(move |flag| !is_set(flag))
}

fn starts<'a>(kinds: &[String], catalog: &'a Catalog) -> Result<Vec<Start<'a>>> {
    let mut starts: Vec<Start<'a>> = Vec::new();
    for kind in kinds {
        let Some(start) = Start::named(kind, catalog) else {
            let needs: Vec<&str> = needs_alone(catalog).map(Flag::name).collect();
            let known = catalog.matrix().kinds().chain(needs.iter().copied());
            bail!("there is no kind `{kind}`; {}", suggestion(kind, known));
        };
        if !starts.iter().any(|known| known.name() == start.name()) {
            starts.push(start);
        }
    }
    Ok(starts)
}

/// Asks for the name and the kinds until the answers are good; an empty answer takes what is offered.
fn ask(catalog: &Catalog, terminal: &Terminal) -> Result<(String, Vec<String>)> {
    let mut lines = io::stdin().lock().lines();
    let mut answer = |question: &str| -> Result<String> {
        let mut err = io::stderr();
        write!(err, "{question} ")?;
        err.flush()?;
        let line = lines.next().transpose()?.context("no answer: standard input has ended")?;
        Ok(line.trim().to_owned())
    };
    let name = loop {
        match answer("name of the system [my-system]:")?.as_str() {
            "" => break String::from("my-system"),
            name if is_name(name) => break name.to_owned(),
            _ => terminal.message("  lower-case letters, digits, `_` and `-`, please"),
        }
    };
    for row in &catalog.matrix().row {
        terminal.message(&format!("  {:<15} {}", row.kind, row.reason));
    }
    for flag in needs_alone(catalog) {
        terminal.message(&format!("  {:<15} {}", flag.name(), flag.meaning()));
    }
    let kinds = loop {
        let line = answer(&format!("kinds of data, with spaces between [{FIRST_KIND}]:"))?;
        let kinds: Vec<String> = line.split([' ', ',']).filter(|kind| !kind.is_empty()).map(String::from).collect();
        if kinds.is_empty() {
            break vec![FIRST_KIND.to_owned()];
        }
        match starts(&kinds, catalog) {
            Ok(_) => break kinds,
            Err(error) => terminal.message(&format!("  {error}")),
        }
    };
    Ok((name, kinds))
}

fn file(name: &str, starts: &[Start<'_>]) -> String {
    let mut text = format!(
        "# What each kind of data needs. `polyglot select` picks a database for each, `--explain` says why;\n\
         # `polyglot explain FIELD` says what a field means. Leave out what you do not know.\n\
         version: 1\n\
         name: {name}\n\
         # target: {{ memory: 16GB, cpus: 4, disk: 100GB }}   # the host that everything runs on\n\
         data:\n"
    );
    for start in starts {
        let _ = write!(
            text,
            "\x20 {}:\n\
             \x20   {}\n\
             \x20   # data_size: 20GB\n\
             \x20   # growth: 2GB/month\n\
             \x20   # connections: 200\n\
             \x20   # durability: primary   # primary | derived | cache\n\
             \x20   # with: other   # joins, or one transaction, with another dataset: one database for both\n",
            start.name(),
            start.line(),
        );
    }
    text
}
