//! `polyglot init`: a requirements file to start from. At a terminal it asks; elsewhere the flags say.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use catalog::units::{Bytes, Count};
use catalog::vocabulary::Flag;
use catalog::{Catalog, Row};

use super::Outcome;
use super::terminal::Terminal;
use crate::cli::Init;
use crate::diagnostic::suggestion;
use crate::files::{self, PathText, Place};
use crate::requirements::is_name;

/// The example that stands in the file where nobody says what data there is.
const FIRST_KIND: &str = "user_profile";

/// The name of a system that nobody names.
const NAME: &str = "my-system";

/// What a name has to look like.
const NAMES: &str = "lower-case letters, digits, `_` and `-`, and it starts with a letter or digit";

pub(super) fn run(arguments: &Init, terminal: &Terminal) -> Result<Outcome> {
    let catalog = crate::embedded::catalog();
    let to_stdout = arguments.file == Path::new("-");
    if !to_stdout && files::standing(&arguments.file).is_some() {
        bail!("{} is there already; it is not overwritten", arguments.file.shown());
    }
    let says_nothing = arguments.kind.is_empty() && arguments.name.is_none();
    let start = if says_nothing && io::stdin().is_terminal() && !to_stdout {
        ask(arguments, &catalog, terminal)?
    } else {
        given(arguments, &catalog)?
    };
    let text = start.text();
    if to_stdout {
        terminal.result(&text)?;
        return Ok(Outcome::Done);
    }
    files::save(&arguments.file, &text, Place::Free)?;
    let file = arguments.file.shown();
    let named = if arguments.file == Path::new("polyglot.yaml") { String::new() } else { format!(" {file}") };
    terminal.message(&format!("wrote {file}; next: fill in what you know, then `polyglot select{named}`"));
    Ok(Outcome::Done)
}

/// What the file starts with.
struct Start<'a> {
    name: String,
    host: Host,
    datasets: Vec<Dataset<'a>>,
}

/// The host, as far as it is said.
#[derive(Default)]
struct Host {
    memory: Option<Bytes>,
    cpus: Option<Count>,
    disk: Option<Bytes>,
}

/// A dataset: its name, and what it is.
struct Dataset<'a> {
    name: String,
    kind: Kind<'a>,
}

/// What a dataset starts with: a row of the matrix, or a need that has none.
#[derive(Clone, Copy)]
enum Kind<'a> {
    Row(&'a Row),
    Need(Flag),
}

impl<'a> Kind<'a> {
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

    fn has(self, flag: Flag) -> bool {
        match self {
            Self::Row(row) => row.sets.contains(&flag),
            Self::Need(own) => own == flag,
        }
    }

    /// The figures that decide about such data, or without which lint would ask, each with an example.
    fn figures(self) -> Vec<&'static str> {
        let has = |flags: &[Flag]| flags.iter().any(|flag| self.has(*flag));
        let grows =
            has(&[Flag::TimeSeries, Flag::EventStream, Flag::AppendOnly, Flag::Metrics]) || self.name() == "log";
        let fast = has(&[Flag::RealTime, Flag::KeyLookup, Flag::Ranking, Flag::PubSub]);
        let told = [
            (has(&[Flag::VectorSearch]), "vectors: 1_000_000"),
            (has(&[Flag::VectorSearch]), "dimension: 768"),
            (has(&[Flag::TimeSeries, Flag::Metrics]), "series: 10k"),
            (has(&[Flag::GraphRelations]), "traversal_depth: 3"),
            (has(&[Flag::BinaryObjects]), "object_size: 2MB"),
            (has(&[Flag::Analytics]), "records: 100M"),
            (grows || has(&[Flag::Queue, Flag::WriteHeavy]) || fast, "writes: 500/s"),
            (fast || has(&[Flag::SearchHeavy, Flag::FullText]), "reads: 2000/s"),
            (fast, "latency_p99: 5ms"),
            (grows || has(&[Flag::BinaryObjects]), "growth: 2GB/month"),
            (grows, "retention: 90d   # or forever"),
        ];
        told.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, line)| line).collect()
    }
}

/// The needs that no row of the matrix stands for.
fn needs_alone(catalog: &Catalog) -> impl Iterator<Item = Flag> {
    let is_set = |flag: &Flag| catalog.matrix().row.iter().any(|row| row.sets.contains(flag));
    Flag::ALL.iter().copied().filter(move |flag| !is_set(flag))
}

/// The datasets of words such as `queue` or `jobs=queue`.
fn datasets<'a>(words: &[String], catalog: &'a Catalog) -> Result<Vec<Dataset<'a>>> {
    let mut datasets: Vec<Dataset<'a>> = Vec::new();
    for word in words {
        let (name, kind) = word.split_once('=').map_or((None, word.as_str()), |(name, kind)| (Some(name), kind));
        let Some(kind) = Kind::named(kind, catalog) else {
            let needs: Vec<&str> = needs_alone(catalog).map(Flag::name).collect();
            let known = catalog.matrix().kinds().chain(needs.iter().copied());
            bail!("there is no kind `{kind}`; {}", suggestion(kind, known));
        };
        let name = name.unwrap_or(kind.name());
        if !is_name(name) {
            bail!("invalid name `{name}`: {NAMES}");
        }
        match datasets.iter().find(|known| known.name == name) {
            Some(known) if known.kind.name() != kind.name() => {
                bail!("two datasets are called `{name}`: give one of them another name, as in `other={}`", kind.name())
            }
            Some(_) => {}
            None => datasets.push(Dataset { name: name.to_owned(), kind }),
        }
    }
    Ok(datasets)
}

fn given<'a>(arguments: &Init, catalog: &'a Catalog) -> Result<Start<'a>> {
    let name = arguments.name.clone().unwrap_or_else(|| String::from(NAME));
    if !is_name(&name) {
        bail!("invalid name `{name}`: {NAMES}");
    }
    let words = if arguments.kind.is_empty() { vec![FIRST_KIND.to_owned()] } else { arguments.kind.clone() };
    let host = Host { memory: arguments.memory, cpus: arguments.cpus, disk: arguments.disk };
    Ok(Start { name, host, datasets: datasets(&words, catalog)? })
}

/// Asks until each answer is good; an empty answer takes what is offered.
fn ask<'a>(arguments: &Init, catalog: &'a Catalog, terminal: &Terminal) -> Result<Start<'a>> {
    let mut lines = io::stdin().lock().lines();
    let mut answer = |question: &str| -> Result<String> {
        let mut err = io::stderr();
        write!(err, "{question} ")?;
        err.flush()?;
        let line = lines.next().transpose()?.context("no answer: standard input has ended")?;
        Ok(line.trim().to_owned())
    };
    let name = loop {
        match answer(&format!("name of the system [{NAME}]:"))?.as_str() {
            "" => break String::from(NAME),
            name if is_name(name) => break name.to_owned(),
            _ => terminal.message(&format!("  {NAMES}, please")),
        }
    };
    let memory = amount(arguments.memory, "memory of the host, such as 16GB [leave open]:", &mut answer, terminal)?;
    let cpus = amount(arguments.cpus, "cores of the host, such as 4 [leave open]:", &mut answer, terminal)?;
    let disk = amount(arguments.disk, "disk of the host, such as 100GB [leave open]:", &mut answer, terminal)?;
    for row in &catalog.matrix().row {
        terminal.message(&format!("  {:<15} {}", row.kind, row.reason));
    }
    for flag in needs_alone(catalog) {
        terminal.message(&format!("  {:<15} {}", flag.name(), flag.meaning()));
    }
    let datasets = loop {
        let question = "datasets, with spaces between, such as `orders=user_profile vector`";
        let line = answer(&format!("{question} [{FIRST_KIND}]:"))?;
        let mut words: Vec<String> = line.split([' ', ',']).filter(|word| !word.is_empty()).map(String::from).collect();
        if words.is_empty() {
            words.push(FIRST_KIND.to_owned());
        }
        match datasets(&words, catalog) {
            Ok(datasets) => break datasets,
            Err(error) => terminal.message(&format!("  {error}")),
        }
    };
    Ok(Start { name, host: Host { memory, cpus, disk }, datasets })
}

/// An amount that is given, or asked for until it can be read; an empty answer leaves it open.
fn amount<T: FromStr<Err: std::fmt::Display>>(
    given: Option<T>,
    question: &str,
    answer: &mut impl FnMut(&str) -> Result<String>,
    terminal: &Terminal,
) -> Result<Option<T>> {
    if given.is_some() {
        return Ok(given);
    }
    loop {
        let line = answer(question)?;
        if line.is_empty() {
            return Ok(None);
        }
        match line.parse() {
            Ok(amount) => return Ok(Some(amount)),
            Err(error) => terminal.message(&format!("  {error}")),
        }
    }
}

impl Start<'_> {
    fn text(&self) -> String {
        let mut text = format!(
            "# yaml-language-server: $schema=polyglot.schema.json\n\
             # `polyglot schema > polyglot.schema.json` writes what the line above names: editors then complete and check fields.\n\
             # What each dataset needs. `polyglot select` picks a database for each, `--explain` says why;\n\
             # `polyglot explain FIELD` says what a field means. Leave out what you do not know.\n\
             version: 1\n\
             name: {}\n\
             {}   # the host that everything runs on\n\
             data:\n",
            self.name,
            self.host.line(),
        );
        for Dataset { name, kind } in &self.datasets {
            let _ = write!(text, "\x20 {name}:\n\x20   {}\n\x20   # data_size: 20GB\n", kind.line());
            for figure in kind.figures() {
                let _ = writeln!(text, "    # {figure}");
            }
            let _ = write!(
                text,
                "\x20   # connections: 200\n\
                 \x20   # durability: primary   # primary | derived | cache\n\
                 \x20   # backup: {{ every: 1d, keep: 30d }}\n\
                 \x20   # with: other   # joins, or one transaction, with another dataset: one database for both\n",
            );
        }
        text
    }
}

impl Host {
    fn line(&self) -> String {
        let stated = [
            self.memory.map(|memory| format!("memory: {memory}")),
            self.cpus.map(|cpus| format!("cpus: {cpus}")),
            self.disk.map(|disk| format!("disk: {disk}")),
        ];
        let stated: Vec<String> = stated.into_iter().flatten().collect();
        if stated.is_empty() {
            return String::from("# target: { memory: 16GB, cpus: 4, disk: 100GB }");
        }
        format!("target: {{ {} }}", stated.join(", "))
    }
}
