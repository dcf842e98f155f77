//! What several test modules use: deciding on a text, and running the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use catalog::{Catalog, Weights};

use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Knowledge, Selection, Tree};
use polyglot::diagnostic::Faults;
use polyglot::plan::Capacity;
use polyglot::report::Shown;
use polyglot::report::document::Document;
use polyglot::requirements::Requirements;
use polyglot::size::{Host, Reckoner};
use polyglot::source::Source;
use polyglot::yaml::Budget;
use proptest::test_runner::Config;

/// The budget of a file of the usual size.
pub(crate) const BUDGET: Budget = Budget { values: 400_000 };

/// So many cases of a property, or as many as `PROPTEST_CASES` asks for.
pub(crate) fn cases(usual: u32) -> Config {
    let config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { Config { cases: usual, ..config } }
}

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
    static KNOWN: LazyLock<(Catalog, Tree)> = LazyLock::new(|| {
        let catalog = polyglot::embedded::catalog();
        let tree = Tree::embedded(&catalog).expect("the tree");
        (catalog, tree)
    });
    let (catalog, tree) = &*KNOWN;
    let requirements = parse(text, catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    let facts = DecisionContext::new(knowledge(catalog, tree, policy), &requirements);
    let selection = Selection::of(&requirements, &facts, depth);
    let capacity = capacity(&requirements, &selection, catalog);
    Document::of(Shown { requirements: &requirements, selection: &selection, tree, catalog, capacity: &capacity })
}

/// What a selection needs of the host that its file describes.
pub(crate) fn capacity(requirements: &Requirements, selection: &Selection<'_>, catalog: &Catalog) -> Capacity {
    let host = Host::of(&requirements.target, None);
    Capacity::of(requirements, selection, catalog, &Reckoner::default(), host).expect("the capacity")
}

/// The program, in a folder, with an environment that does not depend on the machine.
pub(crate) fn polyglot(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyglot"));
    command.current_dir(folder).args(arguments).env_clear();
    command.output().expect("the program runs")
}

/// A kind of data as fields and values, for tests that change them.
pub(crate) type Fields = std::collections::BTreeMap<String, String>;

/// A file of several kinds of data.
pub(crate) fn file(target: &str, kinds: &[Fields]) -> String {
    let mut text = format!("version: 1\n{target}data:\n");
    for (index, fields) in kinds.iter().enumerate() {
        text.push_str(&format!("  kind{index}:\n"));
        for (field, value) in fields {
            text.push_str(&format!("    {field}: {value}\n"));
        }
        if fields.is_empty() {
            text.push_str("    description: nothing is known\n");
        }
    }
    text
}

/// Files with random kinds of data and random hosts, for properties.
pub(crate) mod random {
    use proptest::collection::vec;
    use proptest::option::weighted;
    use proptest::prelude::{Just, Strategy, prop_oneof};
    use proptest::sample::{select, subsequence};

    use super::Fields;
    use catalog::vocabulary::{Amount, Consistency, Durability, Flag, Quantity, Scale};

    /// An amount of a quantity: spread over many magnitudes, or near a figure that the catalog knows.
    pub(crate) fn amount(quantity: Quantity) -> impl Strategy<Value = String> {
        let magnitude = match quantity {
            Quantity::DataSize | Quantity::ObjectSize | Quantity::RecordSize => 4..47u32,
            Quantity::Dimension => 3..18,
            Quantity::TraversalDepth => 0..6,
            Quantity::Connections => 0..20,
            Quantity::LatencyP99 => 6..24,
            Quantity::Retention => 30..52,
            Quantity::Reads | Quantity::Writes => 0..24,
            Quantity::Records | Quantity::Series | Quantity::Vectors => 8..38,
        };
        let unit = quantity.formula_unit();
        magnitude
            .prop_flat_map(move |bits| (1u64 << bits)..(2u64 << bits))
            .prop_map(move |n| quantity.print(Amount(n * unit)))
    }

    /// A kind of data.
    pub(crate) fn kind() -> impl Strategy<Value = Fields> {
        let flags = prop_oneof![subsequence(Flag::ALL.to_vec(), 0..=3), subsequence(Flag::ALL.to_vec(), 0..=6)];
        let quantities = subsequence(Quantity::ALL.to_vec(), 0..=5).prop_flat_map(|chosen| {
            chosen.into_iter().map(|quantity| (Just(quantity), amount(quantity))).collect::<Vec<_>>()
        });
        let classes = (
            weighted(0.4, select(Durability::ALL)),
            weighted(0.3, select(Consistency::ALL)),
            weighted(0.4, select(Scale::ALL)),
        );
        (flags, quantities, classes).prop_map(|(flags, quantities, (durability, consistency, scale))| {
            let flags = flags.into_iter().map(|flag| (flag.to_string(), String::from("true")));
            let quantities = quantities.into_iter().map(|(quantity, amount)| (quantity.to_string(), amount));
            let durability = durability.map(|word| (String::from("durability"), word.to_string()));
            let consistency = consistency.map(|word| (String::from("consistency"), word.to_string()));
            let scale = scale.map(|word| (String::from("scale"), word.to_string()));
            flags.chain(quantities).chain(durability).chain(consistency).chain(scale).collect()
        })
    }

    /// A host, or none.
    pub(crate) fn target() -> impl Strategy<Value = String> {
        prop_oneof![
            Just(String::new()),
            (1..512u64).prop_map(|memory| format!("target: {{ memory: {memory}GB }}\n")),
            (1..512u64, 10..4000u64)
                .prop_map(|(memory, disk)| format!("target: {{ memory: {memory}GB, disk: {disk}GB }}\n")),
        ]
    }

    /// A host and one to four kinds of data.
    pub(crate) fn system() -> impl Strategy<Value = (String, Vec<Fields>)> {
        (target(), vec(kind(), 1..=4))
    }
}

/// What decisions rest on, with our own weights.
pub(crate) fn knowledge<'a>(catalog: &'a Catalog, tree: &'a Tree, policy: &'a Policy) -> Knowledge<'a> {
    static WEIGHTS: LazyLock<Weights> = LazyLock::new(polyglot::embedded::weights);
    Knowledge { catalog, tree, policy, weights: &WEIGHTS }
}
