//! How long each part of the flow takes: loading, deciding, printing. Run with `cargo bench`.
#![allow(clippy::expect_used, reason = "a benchmark of what works")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput};
use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Knowledge, Selection, Tree};
use polyglot::plan::Capacity;
use polyglot::report::style::Look;
use polyglot::report::{Format, Shown, explain};
use polyglot::requirements::Requirements;
use polyglot::size::{Host, Reckoner};
use polyglot::source::Source;
use polyglot::yaml::{self, Budget};

const BUDGET: Budget = Budget { values: 400_000 };
const FORMATS: [Format; 5] = [Format::Table, Format::Json, Format::Yaml, Format::Markdown, Format::Csv];
const WIDTH: u16 = 100;

/// A file with many kinds of data, of every kind of the matrix in turn.
fn generated(kinds: usize) -> String {
    const KINDS: [&str; 8] =
        ["user_profile", "realtime_state", "conversation", "time_series", "graph", "vector", "log", "file"];
    let mut text = String::from("version: 1\ntarget: { memory: 64GB, cpus: 16, disk: 4TB }\ndata:\n");
    for (index, kind) in (0..kinds).zip(KINDS.iter().cycle()) {
        let _ = write!(text, "  kind_{index}:\n    kind: {kind}\n    data_size: 100MB\n    connections: 5\n");
    }
    text
}

fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements-examples/existence-agent.yaml");
    fs::read_to_string(path).expect("the example")
}

fn sources() -> [(&'static str, Source); 2] {
    [("existence-agent", example()), ("500 kinds", generated(500))]
        .map(|(name, text)| (name, Source { name: name.into(), text }))
}

fn load(criterion: &mut Criterion) {
    criterion.bench_function("load/catalog", |bencher| bencher.iter(polyglot::embedded::catalog));
    let catalog = polyglot::embedded::catalog();
    criterion.bench_function("load/tree", |bencher| bencher.iter(|| Tree::embedded(&catalog).expect("the tree")));
    let mut group = criterion.benchmark_group("load");
    for (name, source) in sources() {
        group.throughput(Throughput::Bytes(u64::try_from(source.text.len()).expect("a size")));
        group.bench_with_input(BenchmarkId::new("yaml", name), &source, |bencher, source| {
            bencher.iter(|| yaml::read(black_box(&source.text), BUDGET).expect("a good file"));
        });
        group.bench_with_input(BenchmarkId::new("requirements", name), &source, |bencher, source| {
            bencher.iter(|| Requirements::parse(black_box(source), &catalog, BUDGET).expect("a good file"));
        });
    }
    group.finish();
}

fn decide(criterion: &mut Criterion) {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).expect("the tree");
    let (policy, weights) = (Policy::default(), polyglot::embedded::weights());
    let knowledge = Knowledge { catalog: &catalog, tree: &tree, policy: &policy, weights: &weights };
    let mut group = criterion.benchmark_group("decide");
    group.sample_size(20);
    for (name, source) in sources() {
        let requirements = Requirements::parse(&source, &catalog, BUDGET).expect("a good file");
        for (what, depth) in [("answer", Depth::Answer), ("flips", Depth::Flips)] {
            group.bench_with_input(BenchmarkId::new(what, name), &requirements, |bencher, requirements| {
                bencher.iter(|| {
                    let facts = DecisionContext::new(knowledge, requirements);
                    Selection::of(requirements, &facts, depth).kinds.len()
                });
            });
        }
    }
    group.finish();
}

fn print(criterion: &mut Criterion) {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).expect("the tree");
    let source = Source { name: "existence-agent".into(), text: example() };
    let requirements = Requirements::parse(&source, &catalog, BUDGET).expect("a good file");
    let (policy, weights) = (Policy::default(), polyglot::embedded::weights());
    let knowledge = Knowledge { catalog: &catalog, tree: &tree, policy: &policy, weights: &weights };
    let facts = DecisionContext::new(knowledge, &requirements);
    let selection = Selection::of(&requirements, &facts, Depth::Flips);
    let host = Host::of(&requirements.target, None);
    let capacity = Capacity::of(&requirements, &selection, &catalog, &Reckoner::default(), host).expect("a capacity");
    let shown = Shown {
        requirements: &requirements,
        selection: &selection,
        tree: &tree,
        catalog: &catalog,
        capacity: &capacity,
    };
    let mut group = criterion.benchmark_group("print");
    for format in FORMATS {
        group.bench_function(format!("{format:?}").to_lowercase(), |bencher| {
            bencher.iter(|| format.render(black_box(shown), Look::plain(WIDTH)).expect("a report"));
        });
    }
    group.bench_function("explain", |bencher| {
        bencher.iter(|| explain::selection(black_box(shown), explain::Extent::Screen, Look::plain(WIDTH)));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    load(&mut criterion);
    decide(&mut criterion);
    print(&mut criterion);
    criterion.final_summary();
}
