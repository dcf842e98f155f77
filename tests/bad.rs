//! Every file of `bad/` is refused, with its faults named where they stand.
//!
//! Each `NAME.yaml` has one fault or one trick; what is too large to be kept is a `NAME.gen.toml` that says how it is
//! made. `NAME.toml` holds what a person expects of the first diagnostic, written before the program was asked, and
//! `NAME.stderr` is all that it says (`SNAPSHOTS=overwrite` writes it anew).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use snapbox::assert::{Assert, DEFAULT_ACTION_ENV};
use snapbox::{Data, IntoData};

use crate::support::{polyglot, project};

/// The longest that a run may take; a program that is not optimised is some times slower.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 6 } else { 1 });

/// The most memory that a run may take, in kB.
const MOST_MEMORY: u64 = 256 << 10;

/// A file that is refused.
pub(crate) struct Bad {
    /// Its name, without an ending: the name of the fault.
    pub(crate) name: String,
    /// What stands in it.
    pub(crate) bytes: Vec<u8>,
    /// What a person expects.
    pub(crate) expected: Expected,
}

/// What a person expects to be told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    line: usize,
    column: usize,
    /// What the first diagnostic must name.
    names: Vec<String>,
    faults: usize,
    /// Why the JSON Schema does not refuse the file.
    pub(crate) beyond_schema: Option<String>,
}

/// A file that is too large to be kept. In `repeat`, `{n}` counts from 0, and `{next}` is one more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Generated {
    prefix: String,
    repeat: String,
    times: usize,
    suffix: String,
}

impl Generated {
    fn expand(&self) -> String {
        let repeat = |n: usize| self.repeat.replace("{n}", &n.to_string()).replace("{next}", &(n + 1).to_string());
        let middle: String = (0..self.times).map(repeat).collect();
        format!("{}{middle}{}", self.prefix, self.suffix)
    }
}

fn toml_file<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All bad files, by name.
pub(crate) fn all() -> Vec<Bad> {
    let folder = project("tests/bad");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&folder).expect("the folder of bad files") {
        let path = entry.expect("an entry").path();
        let file = path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
        let bytes = match file.strip_suffix(".gen.toml") {
            Some(name) => Some((name, toml_file::<Generated>(&path).expand().into_bytes())),
            None => file.strip_suffix(".yaml").map(|name| (name, fs::read(&path).expect("a bad file"))),
        };
        if let Some((name, bytes)) = bytes {
            assert!(files.insert(name.to_owned(), bytes).is_none(), "{name} is there twice");
        }
    }
    let bad = |(name, bytes): (String, Vec<u8>)| {
        let expected = toml_file(&folder.join(format!("{name}.toml")));
        Bad { name, bytes, expected }
    };
    files.into_iter().map(bad).collect()
}

/// A folder of one test, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("polyglot-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).expect("a file for the test");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A run of the program: what it said, how long it took on the processor or else by the clock, its peak memory in kB.
struct Run {
    output: Output,
    time: Duration,
    memory: Option<u64>,
}

const TIME: &str = "/usr/bin/time";

/// Whether this machine's `time` measures memory; where it does not, that is said past the harness.
static MEASURES: LazyLock<bool> = LazyLock::new(|| {
    let known = Command::new(TIME).args(["-v", "true"]).output();
    let measures = known.is_ok_and(|output| String::from_utf8_lossy(&output.stderr).contains("Maximum resident set"));
    if !measures {
        let _ = writeln!(io::stderr(), "{TIME} -v does not measure here: the peak of memory is not checked");
    }
    measures
});

impl Run {
    fn of(folder: &Folder, arguments: &[&str]) -> Self {
        if *MEASURES {
            return Self::measured(folder, arguments);
        }
        let start = Instant::now();
        let output = polyglot(folder.path(), arguments);
        Self { output, time: start.elapsed(), memory: None }
    }

    fn measured(folder: &Folder, arguments: &[&str]) -> Self {
        let report = folder.path().join("measured");
        let mut command = Command::new(TIME);
        command.args(["-v", "-o"]).arg(&report).arg(env!("CARGO_BIN_EXE_polyglot")).args(arguments);
        let output = command.current_dir(folder.path()).env_clear().output().expect("the program runs");
        let report = fs::read_to_string(report).expect("what was measured");
        let figure = |name| report.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap_or_default().trim();
        let seconds = |name| figure(name).parse().map(Duration::from_secs_f64).expect("a time");
        let time = seconds("User time (seconds):") + seconds("System time (seconds):");
        let memory = figure("Maximum resident set size (kbytes):").parse().expect("an amount of memory");
        Self { output, time, memory: Some(memory) }
    }

    /// What was more than may be.
    fn excess(&self) -> Option<String> {
        let bearable = self.time < LONGEST && self.memory.is_none_or(|memory| memory < MOST_MEMORY);
        (!bearable).then(|| format!("took {:?} and {:?} kB", self.time, self.memory))
    }
}

/// What the program said about a file.
struct Said<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Said<'a> {
    fn diagnostics(&self) -> Vec<&'a str> {
        self.text.split("\n\n").filter(|part| part.starts_with("error: ")).collect()
    }

    /// How many faults it counted.
    fn count(&self) -> Option<usize> {
        let (count, rest) = self.text.trim_end().rsplit('\n').next()?.split_once(' ')?;
        let noun = if count == "1" { "fault" } else { "faults" };
        (rest == format!("{noun} in {}", self.file)).then(|| count.parse().ok()).flatten()
    }

    /// The line and column in the head of a diagnostic.
    fn position(&self, diagnostic: &str) -> Option<(usize, usize)> {
        let head = diagnostic.lines().find_map(|line| line.trim_start().strip_prefix("╭▸ "))?;
        let (line, column) = head.strip_prefix(self.file)?.strip_prefix(':')?.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    }

    /// The words of a diagnostic without the lines that it is drawn with.
    fn words(diagnostic: &str) -> String {
        let plain = diagnostic.replace(['│', '╭', '╰', '├', '╴'], " ");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All of it, or its beginning and its end where it is very long.
    fn snapshot(&self) -> String {
        const SHOWN: usize = 100;
        let parts: Vec<_> = self.text.split("\n\n").collect();
        match parts.len() > SHOWN {
            true => [&parts[..3], &["[and so on]"], &parts[parts.len() - 2..]].concat().join("\n\n"),
            false => self.text.to_owned(),
        }
    }
}

/// What is not as a person expects.
fn differences(bad: &Bad, folder: &Folder) -> Vec<String> {
    let file = format!("{}.yaml", bad.name);
    folder.file(&file, &bad.bytes);
    let run = Run::of(folder, &["select", &file]);
    let text = String::from_utf8_lossy(&run.output.stderr);
    let said = Said { file: &file, text: &text };
    let diagnostics = said.diagnostics();
    let positions: Vec<_> = diagnostics.iter().map(|diagnostic| said.position(diagnostic)).collect();
    let first = diagnostics.first().copied().unwrap_or_default();
    let Expected { line, column, names, faults, .. } = &bad.expected;

    let mut differences = Vec::new();
    let mut check = |good: bool, what: String| differences.extend((!good).then_some(what));
    let code = run.output.status.code();
    check(code == Some(2), format!("exit code {code:?}"));
    check(run.output.stdout.is_empty(), "something on standard output".into());
    check(run.excess().is_none(), run.excess().unwrap_or_default());
    check(!text.contains('\u{1b}'), "an escape character".into());
    let position = positions.first().copied().flatten();
    check(position == Some((*line, *column)), format!("at {position:?}, not {line}:{column}"));
    check(positions.is_sorted(), format!("out of order: {positions:?}"));
    check(said.count() == Some(*faults), format!("{:?} faults, not {faults}", said.count()));
    check(diagnostics.len() == (*faults).min(1_000), format!("{} diagnostics", diagnostics.len()));
    for name in names {
        check(first.contains(name) || Said::words(first).contains(name), format!("does not name `{name}`"));
    }
    let snapshot = Data::read_from(&project("tests/bad").join(format!("{}.stderr", bad.name)), None).raw();
    let assert = Assert::new().action_env(DEFAULT_ACTION_ENV);
    let same = assert.try_eq(None, said.snapshot().into_data().raw(), snapshot);
    check(same.is_ok(), same.err().map(|error| error.to_string()).unwrap_or_default());
    differences
}

#[test]
fn each_fault_is_named_where_it_stands() {
    let all = all();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let check = |(number, part): (usize, &[Bad])| {
        let folder = Folder::new(&format!("bad-{number}"));
        let named =
            |bad: &Bad| differences(bad, &folder).into_iter().map(|what| format!("{}: {what}", bad.name)).collect();
        part.iter().flat_map(|bad| -> Vec<String> { named(bad) }).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(threads)).enumerate();
        let running: Vec<_> = parts.map(|part| scope.spawn(move || check(part))).collect();
        running.into_iter().flat_map(|part| part.join().expect("a thread that does not panic")).collect()
    });
    assert!(wrong.is_empty(), "{} of {} files\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn there_are_many_bad_files_and_nothing_else_beside_them() {
    let names: BTreeSet<String> = all().into_iter().map(|bad| bad.name).collect();
    assert!(names.len() >= 75, "{}", names.len());
    for entry in fs::read_dir(project("tests/bad")).expect("the folder of bad files") {
        let file = entry.expect("an entry").file_name().into_string().expect("a plain name");
        let stem = [".gen.toml", ".yaml", ".toml", ".stderr"].iter().find_map(|ending| file.strip_suffix(ending));
        assert!(file == ".gitattributes" || stem.is_some_and(|stem| names.contains(stem)), "{file} belongs to no file");
    }
}

#[test]
fn forty_faults_are_all_told_at_once_in_their_order() {
    let folder = Folder::new("forty");
    let bad = all().into_iter().find(|bad| bad.name == "forty-faults").expect("the file of forty faults");
    folder.file("forty-faults.yaml", &bad.bytes);
    let output = polyglot(folder.path(), &["select", "forty-faults.yaml"]);
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    let said = Said { file: "forty-faults.yaml", text: &text };
    let positions: Vec<_> = said.diagnostics().into_iter().map(|diagnostic| said.position(diagnostic)).collect();
    assert_eq!(positions.len(), 40);
    assert!(positions.iter().all(Option::is_some) && positions.is_sorted_by(|a, b| a < b), "{positions:?}");
}

#[test]
fn a_hundred_megabytes_of_rubbish_are_refused_at_once() {
    const SIZE: u64 = 100 << 20;
    let folder = Folder::new("rubbish");
    let sparse = File::create(folder.path().join("sparse.yaml")).expect("a file for the test");
    sparse.set_len(SIZE).expect("room for a sparse file");
    let mut repeated = io::BufWriter::new(File::create(folder.path().join("repeated.yaml")).expect("a file"));
    let rubbish = b"%&*!{[@`\"'>|,:-?#\xff\xfe\n".repeat(1 << 12);
    for _ in 0..SIZE / rubbish.len() as u64 + 1 {
        repeated.write_all(&rubbish).expect("room for a file");
    }
    repeated.flush().expect("room for a file");
    for file in ["sparse.yaml", "repeated.yaml"] {
        for (arguments, limit) in [(&[][..], "4MB"), (&["--max-size", "50MB"], "50MB")] {
            let run = Run::of(&folder, &[&["select", file], arguments].concat());
            assert_eq!(run.output.status.code(), Some(2));
            assert!(run.output.stdout.is_empty());
            let text = String::from_utf8(run.output.stderr.clone()).expect("UTF-8");
            assert_eq!(text, format!("error: {file} is larger than {limit}\n  `--max-size` lifts the limit\n"));
            assert_eq!(run.excess(), None, "{file} {arguments:?}");
        }
    }
}

#[test]
fn standard_input_is_refused_with_the_same_words() {
    let folder = Folder::new("stdin");
    folder.file("bad.yaml", b"version: 1\ndata:\n  orders:\n    data_size: 20\n");
    let input = File::open(folder.path().join("bad.yaml")).expect("the file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyglot"));
    let output = command.args(["select", "-"]).current_dir(folder.path()).env_clear().stdin(input).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(text.contains("╭▸ <stdin>:4:16") && text.ends_with("1 fault in <stdin>\n"), "{text}");
}
