//! No text makes the program panic, hang, swell, or point outside the text; every unit reads what it prints.
//!
//! The texts are mutations of `corpus/` and of the examples. A run takes about five seconds, always the same way;
//! with `POLYGLOT_FUZZ_SECONDS` it takes that long and goes a new way each time. An input that fails is printed in
//! full and belongs into `corpus/` once it is mended.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use catalog::Catalog;
use catalog::units::{Bytes, Count, Growth, GrowthAmount, Percent, Period, Rate, Retention, Span};

use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection, Tree};
use polyglot::diagnostic::{Diagnostic, Faults};
use polyglot::report::document::Document;
use polyglot::report::explain::{self, Extent};
use polyglot::report::{Format, Shown, text};
use polyglot::requirements::{Requirements, schema};
use polyglot::source::{Place, Source};
use polyglot::yaml;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestError, TestRunner};

use crate::support::{BUDGET, capacity, polyglot, project};

/// How long a run takes where nobody asks for more.
const SECONDS: u64 = 5;
/// Cases between two looks at the clock.
const ROUND: u32 = 16;
/// The longest that one case may compute.
const LIMIT: Duration = Duration::from_secs(1);
/// How much more memory one case may hold.
const GROWTH: u64 = 256 << 20;
/// Mutated texts end here: what is larger is a matter of the budget, which has tests of its own.
const LARGEST: usize = 48 << 10;

const WIDTHS: [u16; 2] = [40, 160];
const FORMATS: [Format; 5] = [Format::Table, Format::Json, Format::Yaml, Format::Markdown, Format::Csv];

/// What YAML and its readers trip over.
const TOKENS: &[&[u8]] = &[
    b"&a ",
    b"*a ",
    b"!!x ",
    b"!x ",
    b"!<",
    b"- ",
    b"? ",
    b"{",
    b"}",
    b"[",
    b"]",
    b": ",
    b", ",
    b"\t",
    b"|\n",
    b">-\n",
    b"<<: ",
    b"<<: *a\n",
    b"\"",
    b"'",
    b"#",
    b" #",
    b"%YAML 1.1\n",
    b"---\n",
    b"...\n",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xff",
    b"\"\\uD800\"",
    b"\"\\U00110000\"",
    b"\\",
    b"~",
    b"\x1b[31m",
    b"\x7f",
    "\u{85}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{1f468}\u{200d}\u{1f469}".as_bytes(),
    "e\u{301}".as_bytes(),
    "\u{fdfd}".as_bytes(),
    "µ".as_bytes(),
];

/// Values at the edges of what a field can hold.
const VALUES: &[&str] = &[
    "0",
    "-1",
    "1",
    "1_0__0",
    "18446744073709551615",
    "18446744073709551616",
    "1e309",
    ".5",
    "5.",
    "0.0000000001GB",
    "16383.999PB",
    "16384PB",
    "0B",
    "1023MB",
    "1GB",
    "1TB",
    "9999999999999999999999999999999999999999",
    "18446744073709G",
    "213503982334601/s",
    "1/d",
    "5/",
    "/s",
    "0s",
    "1us",
    "1µs",
    "584000y",
    "forever",
    "100%",
    "100.0001%",
    "99.9999999%",
    "2GB/month",
    "20k/h",
    "true",
    "false",
    "yes",
    "~",
    "null",
    "''",
    "[]",
    "{}",
    "[1, 2]",
    "{ a: b }",
    "primary",
    "cache",
    "derived",
    "strong",
    "multi_region",
    "multi_node",
    "postgresql",
    "postgresql@18",
    "minio",
    "redis@",
    "@",
    "a",
    "b",
    "vector",
    "graph",
    "file",
    "로그 데이터",
    "NaN",
    ".inf",
    "0x10",
    "0o7",
    "1:30",
    "2026-01-01",
];

const SIZES: &[&str] = &["0B", "1B", "1023MB", "1GB", "1_048_577B", "20GB", "64TB", "16383PB", "18446744073709551615B"];
const COUNTS: &[&str] = &["0", "1", "3", "999_999", "11M", "4G", "1099511627777", "18446744073709551615"];
const RATES: &[&str] = &["0/s", "1/d", "10k/s", "1M/s", "213503982334601/s", "18446744073709551615/d"];
const SPANS: &[&str] = &["0s", "1us", "200us", "5ms", "90d", "10y", "18446744073709551615us"];
const DATABASES: &[&str] = &["postgresql", "mysql", "redis", "kafka", "minio", "chromadb", "neo4j", "s3", "mongodb"];

/// Fields, and values that each of them can have.
const FIELDS: &[(&[&str], &[&str])] = &[
    (
        &[
            "needs_transactions",
            "complex_relations",
            "real_time",
            "search_heavy",
            "vector_search",
            "full_text",
            "graph_relations",
            "time_series",
            "flexible_schema",
            "binary_objects",
            "key_lookup",
            "analytics",
            "event_stream",
            "geospatial",
            "write_heavy",
        ],
        &["true", "true", "true", "false"],
    ),
    (&["data_size", "object_size", "record_size"], SIZES),
    (&["records", "series", "vectors", "dimension", "connections", "traversal_depth"], COUNTS),
    (&["reads", "writes"], RATES),
    (&["latency_p99", "retention", "rpo", "rto", "max_lag"], SPANS),
    (&["retention"], &["forever"]),
    (&["growth"], &["2GB/month", "20k/hour", "18446744073709551615/year"]),
    (&["availability"], &["0%", "99.9%", "100%"]),
    (&["kind"], &["user_profile", "realtime_state", "conversation", "time_series", "graph", "vector", "log", "file"]),
    (&["durability"], &["primary", "derived", "cache"]),
    (&["consistency"], &["strong", "eventual"]),
    (&["scale"], &["small", "single_node", "multi_node", "multi_region"]),
    (&["sync"], &["application", "outbox", "cdc", "batch"]),
    (&["workload"], &["web", "oltp", "dw", "mixed", "desktop"]),
    (&["source"], &["k0", "k0", "k1"]),
    (&["database"], DATABASES),
    (&["justification", "description", "owner"], &["\"|`*_<b>&amp;\\n\\e[1m\"", "'=1+1'", "\u{202e}x", "a word", "''"]),
    (
        &["collections"],
        &[
            "{ a: { dimension: 768, count: 1M }, b: { dimension: 18446744073709551615, count: 18446744073709551615 } }",
            "{ a: { dimension: 0, count: 0 } }",
            "{ a: { dimension: 1 }, b: { count: 5 } }",
            "{ a: { capped: true, ttl: 5d, indexes: [x, [y, z]], sharding_key: x } }",
        ],
    ),
];

/// A change of a text; places are fractions of whatever its length is by then.
#[derive(Debug, Clone)]
enum Mutation {
    Flip { at: Index, bit: u8 },
    Set { at: Index, byte: u8 },
    Delete { at: Index, length: usize },
    Insert { at: Index, token: Index },
    Run { at: Index, token: Index, times: usize },
    DuplicateLine { at: Index, to: Index },
    DuplicateRest { at: Index },
    SwapLines { one: Index, other: Index },
    Reindent { at: Index, spaces: usize },
    Value { at: Index, value: Index },
    Key { at: Index, other: Index },
    Splice { at: Index, with: Index, from: Index },
    LineEnds,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    prop_oneof![
        2 => (at(), 0..8u8).prop_map(|(at, bit)| Mutation::Flip { at, bit }),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set { at, byte }),
        2 => (at(), 1..40usize).prop_map(|(at, length)| Mutation::Delete { at, length }),
        4 => (at(), at()).prop_map(|(at, token)| Mutation::Insert { at, token }),
        1 => (at(), at(), 2..5_000usize).prop_map(|(at, token, times)| Mutation::Run { at, token, times }),
        2 => (at(), at()).prop_map(|(at, to)| Mutation::DuplicateLine { at, to }),
        1 => at().prop_map(|at| Mutation::DuplicateRest { at }),
        1 => (at(), at()).prop_map(|(one, other)| Mutation::SwapLines { one, other }),
        1 => (at(), 0..9usize).prop_map(|(at, spaces)| Mutation::Reindent { at, spaces }),
        6 => (at(), at()).prop_map(|(at, value)| Mutation::Value { at, value }),
        4 => (at(), at()).prop_map(|(at, other)| Mutation::Key { at, other }),
        2 => (at(), at(), at()).prop_map(|(at, with, from)| Mutation::Splice { at, with, from }),
        1 => Just(Mutation::LineEnds),
    ]
}

impl Mutation {
    fn apply(&self, text: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let place = |at: &Index, text: &[u8]| at.index(text.len() + 1);
        match self {
            Self::Flip { at, bit } if !text.is_empty() => {
                let at = at.index(text.len());
                text[at] ^= 1 << bit;
            }
            Self::Set { at, byte } if !text.is_empty() => {
                let at = at.index(text.len());
                text[at] = *byte;
            }
            Self::Flip { .. } | Self::Set { .. } => {}
            Self::Delete { at, length } => {
                let at = place(at, text);
                text.drain(at..(at + length).min(text.len()));
            }
            Self::Insert { at, token } => {
                let at = place(at, text);
                text.splice(at..at, token.get(TOKENS).iter().copied());
            }
            Self::Run { at, token, times } => {
                let at = place(at, text);
                text.splice(at..at, token.get(TOKENS).repeat(*times));
            }
            Self::DuplicateLine { at, to } => {
                let line = line_of(text, at).map(|range| text[range].to_vec());
                let at = line_of(text, to).map_or(text.len(), |range| range.start);
                text.splice(at..at, line.unwrap_or_default());
            }
            Self::DuplicateRest { at } => {
                let rest = text[place(at, text)..].to_vec();
                text.extend(rest);
            }
            Self::SwapLines { one, other } => {
                let (Some(one), Some(other)) = (line_of(text, one), line_of(text, other)) else { return };
                let (first, second) = if one.start <= other.start { (one, other) } else { (other, one) };
                if first.end <= second.start {
                    let (a, b) = (text[first.clone()].to_vec(), text[second.clone()].to_vec());
                    text.splice(second, a);
                    text.splice(first, b);
                }
            }
            Self::Reindent { at, spaces } => {
                let Some(range) = line_of(text, at) else { return };
                let now = text[range.clone()].iter().take_while(|byte| **byte == b' ').count();
                text.splice(range.start..range.start + now, vec![b' '; *spaces]);
            }
            Self::Value { at, value } => {
                let value = value.get(VALUES).bytes();
                if let Some(range) = pick(at, &values(text)) {
                    text.splice(range, value);
                }
            }
            Self::Key { at, other } => {
                let other = other.get(corpus);
                if let Some((range, key)) = pick(at, &keys(text)).zip(pick(at, &keys(other))) {
                    text.splice(range, other[key].iter().copied());
                }
            }
            Self::Splice { at, with, from } => {
                let with = with.get(corpus);
                text.truncate(place(at, text));
                text.extend_from_slice(&with[place(from, with)..]);
            }
            Self::LineEnds => {
                let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
                *text = lines.join(&b"\r\n"[..]);
            }
        }
        text.truncate(LARGEST);
    }
}

type Stretch = std::ops::Range<usize>;

fn pick(at: &Index, stretches: &[Stretch]) -> Option<Stretch> {
    (!stretches.is_empty()).then(|| at.get(stretches).clone())
}

/// The line at a place, with its end.
fn line_of(text: &[u8], at: &Index) -> Option<Stretch> {
    let at = (!text.is_empty()).then(|| at.index(text.len()))?;
    let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let end = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |newline| at + newline + 1);
    Some(start..end)
}

/// What follows `: `, up to where a value ends.
fn values(text: &[u8]) -> Vec<Stretch> {
    let starts = text.windows(2).enumerate().filter(|(_, pair)| *pair == b": ").map(|(at, _)| at + 2);
    let end = |start: usize| text[start..].iter().position(|byte| b",}]#\r\n".contains(byte)).map(|end| start + end);
    starts.map(|start| start..end(start).unwrap_or(text.len())).collect()
}

/// The words that stand before a colon.
fn keys(text: &[u8]) -> Vec<Stretch> {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-<".contains(byte);
    let ends = text.windows(2).enumerate().filter(|(_, pair)| pair[0] == b':' && b" \r\n".contains(&pair[1]));
    let stretch = |end: usize| text[..end].iter().rposition(|byte| !word(byte)).map_or(0, |before| before + 1)..end;
    ends.map(|(end, _)| stretch(end)).filter(|stretch| !stretch.is_empty()).collect()
}

/// An input, printed so that it can be put into a file.
#[derive(Clone)]
struct Input(Vec<u8>);

impl Input {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// A file without a fault for the most part, with values at the edges.
fn file() -> impl Strategy<Value = Input> {
    let field = || (prop::sample::select(FIELDS), any::<Index>(), any::<Index>());
    let kind = prop::collection::vec(field(), 0..10);
    let host = (prop::sample::select(SIZES), prop::sample::select(COUNTS), prop::sample::select(SIZES));
    (prop::option::of(host), prop::collection::vec(kind, 1..8)).prop_map(|(host, kinds)| {
        let host =
            host.map(|(memory, cpus, disk)| format!("target: {{ memory: {memory}, cpus: {cpus}, disk: {disk} }}\n"));
        let mut text = format!("version: 1\n{}data:\n", host.unwrap_or_default());
        for (index, fields) in kinds.iter().enumerate() {
            let fields = fields.iter().map(|((names, values), name, value)| (*name.get(names), *value.get(values)));
            text.push_str(&format!("  k{index}:\n"));
            for (name, value) in fields.collect::<BTreeMap<_, _>>() {
                text.push_str(&format!("    {name}: {value}\n"));
            }
        }
        Input(text.into_bytes())
    })
}

/// Mutated files for the most part, and some texts that are nothing at all.
fn input(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Input> {
    let files = corpus.clone();
    let mutated = (any::<Index>(), prop::collection::vec(mutation(), 1..8)).prop_map(move |(file, mutations)| {
        let mut text = file.get(&files).clone();
        for mutation in &mutations {
            mutation.apply(&mut text, &files);
        }
        Input(text)
    });
    let bytes = prop::collection::vec(any::<u8>(), 0..512).prop_map(Input);
    let characters = any::<String>().prop_map(|text| Input(text.into_bytes()));
    let tokens = prop::collection::vec(any::<Index>(), 0..64)
        .prop_map(|tokens| Input(tokens.iter().flat_map(|token| *token.get(TOKENS)).copied().collect()));
    prop_oneof![10 => mutated, 5 => file(), 1 => bytes, 1 => characters, 1 => tokens]
}

fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let paths = fs::read_dir(project(folder)).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read(path).expect("a file"))).collect()
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    files("tests/corpus").into_iter().chain(files("requirements-examples")).collect()
}

/// What the whole flow works on.
struct Flow {
    catalog: Catalog,
    tree: Tree,
    policy: Policy,
}

impl Flow {
    fn new() -> Self {
        let catalog = polyglot::embedded::catalog();
        let tree = Tree::embedded(&catalog).expect("the tree");
        Self { catalog, tree, policy: Policy::default() }
    }

    /// Takes a text the whole way, to an answer or to its faults; gives back whether it had one.
    fn take(&self, text: String) -> Result<bool, String> {
        if let Err(fault) = yaml::read(&text, BUDGET) {
            place_of(&fault, &text)?;
        }
        let source = Source { name: "fuzz.yaml".into(), text };
        match Requirements::parse(&source, &self.catalog, BUDGET) {
            Ok(requirements) => self.answer(&requirements).map(|()| true),
            Err(faults) => draw(&faults).map(|()| false),
        }
    }

    fn answer(&self, requirements: &Requirements) -> Result<(), String> {
        let facts =
            DecisionContext::new(crate::support::knowledge(&self.catalog, &self.tree, &self.policy), requirements);
        let selection = Selection::of(requirements, &facts, Depth::Flips);
        let capacity = capacity(requirements, &selection, &self.catalog);
        let shown = Shown {
            requirements,
            selection: &selection,
            tree: &self.tree,
            catalog: &self.catalog,
            capacity: &capacity,
        };
        let answered = Document::of(shown).selections.len();
        if answered != requirements.data.len() {
            return Err(format!("{answered} answers for {} kinds of data", requirements.data.len()));
        }
        for width in WIDTHS {
            for format in FORMATS {
                let text = format
                    .render(shown, polyglot::report::style::Look::plain(width))
                    .map_err(|error| format!("{format:?}: {error}"))?;
                if text.is_empty() {
                    return Err(format!("{format:?} is empty"));
                }
            }
            for extent in [Extent::Screen, Extent::Everything] {
                explain::selection(shown, extent, polyglot::report::style::Look::plain(width));
            }
        }
        Ok(())
    }
}

fn draw(faults: &Faults) -> Result<(), String> {
    if faults.diagnostics.is_empty() {
        return Err(String::from("refused without a reason"));
    }
    for diagnostic in &faults.diagnostics {
        place_of(diagnostic, &faults.source.text)?;
    }
    for width in WIDTHS {
        text::faults(faults, usize::from(width));
    }
    Ok(())
}

/// Whether a diagnostic points at characters of its text.
fn place_of(diagnostic: &Diagnostic, text: &str) -> Result<(), String> {
    let labels = diagnostic.label.iter().chain(&diagnostic.related);
    for Place { start, end } in labels.map(|label| label.place) {
        if text.get(start..end).is_none() {
            let message = &diagnostic.message;
            return Err(format!("`{message}` is at {start}..{end}, which is no part of {} bytes", text.len()));
        }
    }
    Ok(())
}

/// The time that this thread has computed: a busy machine does not count against a case. Elsewhere, the clock.
struct Stopwatch {
    computed: Option<Duration>,
    clock: Instant,
}

impl Stopwatch {
    fn start() -> Self {
        Self { computed: Self::computed(), clock: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        let computed = self.computed.zip(Self::computed()).and_then(|(then, now)| now.checked_sub(then));
        computed.unwrap_or_else(|| self.clock.elapsed())
    }

    fn computed() -> Option<Duration> {
        let line = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        line.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    }
}

/// Forgets how much memory the test program has held so far, where the system can.
fn forget_peak_memory() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that the test program has held, in bytes, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Says something that is seen though the test passes.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Some cases, which the seed alone determines.
fn round(seed: u64) -> ProptestConfig {
    ProptestConfig {
        cases: ROUND,
        max_shrink_iters: 4_000,
        max_shrink_time: 30_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    }
}

#[test]
fn no_text_breaks_the_flow() {
    let asked = env::var("POLYGLOT_FUZZ_SECONDS").ok().map(|seconds| seconds.parse::<u64>().expect("whole seconds"));
    let mut seed = asked.map_or(1, |_| RandomState::new().hash_one(0));
    let flow = Flow::new();
    let files: Vec<_> = corpus().into_iter().map(|(_, bytes)| bytes).collect();
    let strategy = input(files);
    let (started, length) = (Instant::now(), Duration::from_secs(asked.unwrap_or(SECONDS)));
    let (cases, answered) = (Cell::new(0u64), Cell::new(0u64));
    let (slowest, largest) = (Cell::new(Duration::ZERO), Cell::new(0));
    while started.elapsed() < length {
        seed = seed.wrapping_add(1);
        let outcome = TestRunner::new(round(seed)).run(&strategy, |input| {
            forget_peak_memory();
            let (before, stopwatch) = (peak_memory(), Stopwatch::start());
            let answer = flow.take(input.text()).map_err(TestCaseError::fail)?;
            let taken = stopwatch.elapsed();
            cases.set(cases.get() + 1);
            answered.set(answered.get() + u64::from(answer));
            slowest.set(slowest.get().max(taken));
            prop_assert!(taken < LIMIT, "took {taken:?}");
            let growth = peak_memory().zip(before).map_or(0, |(after, before)| after.saturating_sub(before));
            largest.set(largest.get().max(growth));
            prop_assert!(growth < GROWTH, "took {growth} bytes of memory");
            Ok(())
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(reason, input)) => panic!("seed {seed}: {reason}\ninput: {input:?}\n{}", input.text()),
            Err(TestError::Abort(reason)) => panic!("seed {seed}: {reason}"),
        }
    }
    let (cases, answered, slowest) = (cases.get(), answered.get(), slowest.get());
    let memory = match peak_memory() {
        Some(_) => format!("largest {} MB", largest.get() >> 20),
        None => String::from("memory not checked on this system"),
    };
    say(&format!("fuzz: {cases} texts, {answered} of them answered, slowest {slowest:?}, {memory}"));
    assert!(answered > 0, "no text of {cases} had an answer");
}

#[test]
fn the_corpus_is_what_its_names_say() {
    let flow = Flow::new();
    for (name, bytes) in corpus() {
        let answered = flow.take(Input(bytes).text()).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        assert_eq!(answered, !name.starts_with("bad-"), "{name}");
    }
}

#[test]
fn the_corpus_uses_every_field() {
    let catalog = polyglot::embedded::catalog();
    let good = corpus().into_iter().filter(|(name, _)| !name.starts_with("bad-"));
    let words = |bytes: &[u8]| keys(bytes).into_iter().map(|key| bytes[key].to_vec()).collect::<Vec<_>>();
    let used: BTreeSet<Vec<u8>> = good.flat_map(|(_, bytes)| words(&bytes)).collect();
    let mut fields = BTreeSet::new();
    properties(&schema(&catalog), &mut fields);
    assert!(fields.len() > 60, "the schema has properties: {fields:?}");
    let unused: Vec<_> = fields.iter().filter(|field| !used.contains(field.as_bytes())).collect();
    assert!(unused.is_empty(), "no file of the corpus uses {unused:?}");
}

/// The names of all properties in a schema.
fn properties(schema: &serde_json::Value, names: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(serde_json::Value::as_object) {
        names.extend(properties.keys().cloned());
    }
    match schema {
        serde_json::Value::Object(members) => members.values().for_each(|member| properties(member, names)),
        serde_json::Value::Array(items) => items.iter().for_each(|item| properties(item, names)),
        _ => {}
    }
}

#[test]
fn what_is_not_utf_8_is_refused_by_the_program() {
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| "\u{feff}version: 1\n".encode_utf16().flat_map(bytes).collect();
    let inputs: Vec<Vec<u8>> = vec![
        utf_16(u16::to_be_bytes),
        utf_16(u16::to_le_bytes),
        b"version: 1\nname: caf\xe9\n".to_vec(),
        b"\xff".to_vec(),
        b"version: 1\ndata: {}\n\xe2\x82".to_vec(),
        b"version: 1\n# \xc0\x80 overlong\n".to_vec(),
        b"\xef\xbb\xbf\xed\xa0\x80 half a surrogate pair".to_vec(),
        b"\xf4\x90\x80\x80 past the last character".to_vec(),
        [b"a: ".as_slice(), &[0x80; 10_000]].concat(),
        [vec![b'x'; 100_000].as_slice(), b"\xfe"].concat(),
    ];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).expect("a folder");
    for (index, input) in inputs.iter().enumerate() {
        let name = format!("{index}.yaml");
        fs::write(folder.join(&name), input).expect("a file");
        let output = polyglot(&folder, &["select", &name]);
        let errors = String::from_utf8(output.stderr).expect("UTF-8 on standard error");
        assert_eq!(output.status.code(), Some(2), "{name}: {errors}");
        assert!(output.stdout.is_empty(), "{name}");
        assert!(errors.contains("UTF-8") && !errors.contains("panicked"), "{name}: {errors}");
        assert!(errors.len() < 4_000, "{name}: {} bytes of errors", errors.len());
    }
}

fn period() -> impl Strategy<Value = Period> {
    prop::sample::select(vec![Period::Hour, Period::Day, Period::Week, Period::Month, Period::Year])
}

fn growth() -> impl Strategy<Value = Growth> {
    let amount = prop_oneof![
        amount().prop_map(|bytes| GrowthAmount::Bytes(Bytes(bytes))),
        amount().prop_map(|count| GrowthAmount::Count(Count(count))),
    ];
    (amount, period()).prop_map(|(amount, period)| Growth { amount, period })
}

/// Numbers of every length, and round ones.
fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![
        (any::<u64>(), 0..64u32).prop_map(|(number, shift)| number >> shift),
        (0..64u32).prop_map(|shift| 1 << shift),
        (0..20u32).prop_map(|zeros| 10u64.pow(zeros)),
        (0..200_000u64).prop_map(|days| days * 86_400),
        Just(u64::MAX),
    ]
}

/// Texts that look like amounts.
fn spelling() -> impl Strategy<Value = String> {
    "[ ]?[0-9_]{0,22}(\\.[0-9_]{0,6})?[ ]?(|B|kB|KiB|mb|GB|TiB|PB|k|M|G|us|ms|s|min|h|d|w|months|y|%|forever)(/(s|min|h|d|hour|day|week|month|year))?[ ]?"
}

/// A unit prints what it has read so that it reads the same.
fn reads_what_it_prints<T>(text: &str) -> Result<(), TestCaseError>
where
    T: std::str::FromStr + fmt::Display + fmt::Debug + PartialEq,
    T::Err: fmt::Debug,
{
    if let Ok(read) = text.parse::<T>() {
        let printed = read.to_string();
        let again = printed.parse::<T>().map_err(|error| TestCaseError::fail(format!("{printed}: {error:?}")))?;
        prop_assert_eq!(&again, &read, "`{}` prints as `{}`", text, printed);
        prop_assert_eq!(again.to_string(), printed);
    }
    Ok(())
}

fn every_unit(text: &str) -> Result<(), TestCaseError> {
    reads_what_it_prints::<Bytes>(text)?;
    reads_what_it_prints::<Count>(text)?;
    reads_what_it_prints::<Rate>(text)?;
    reads_what_it_prints::<Span>(text)?;
    reads_what_it_prints::<Retention>(text)?;
    reads_what_it_prints::<Percent>(text)?;
    reads_what_it_prints::<Growth>(text)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_unit_reads_what_it_prints(
        amount in amount(),
        millionths in 0..=1_000_000u32,
        growth in growth(),
    ) {
        prop_assert_eq!(Bytes(amount).to_string().parse(), Ok(Bytes(amount)));
        prop_assert_eq!(Count(amount).to_string().parse(), Ok(Count(amount)));
        prop_assert_eq!(Rate { per_day: amount }.to_string().parse(), Ok(Rate { per_day: amount }));
        prop_assert_eq!(Span(amount).to_string().parse(), Ok(Span(amount)));
        prop_assert_eq!(Retention::For(Span(amount)).to_string().parse(), Ok(Retention::For(Span(amount))));
        prop_assert_eq!(Retention::Forever.to_string().parse(), Ok(Retention::Forever));
        prop_assert_eq!(Percent { millionths }.to_string().parse(), Ok(Percent { millionths }));
        prop_assert_eq!(growth.to_string().parse(), Ok(growth));
    }

    #[test]
    fn a_unit_prints_what_it_reads(text in spelling()) {
        every_unit(&text)?;
    }

    #[test]
    fn no_text_breaks_a_unit(text in any::<String>()) {
        every_unit(&text)?;
    }
}
