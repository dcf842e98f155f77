//! Systems at random, and what is decided for them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use catalog::Catalog;
use catalog::vocabulary::{
    Amount, Consistency, Durability, Environment, Flag, Platform, Quantity, Scale, Storage, Sync, Tenancy,
};
use polyglot::config::Policy;
use polyglot::decide::{Assumption, DecisionContext, Depth, Flip, Selected, Selection, Tree, Verdict};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::sample::{select, subsequence};
use proptest::test_runner::RngSeed;

use crate::support::{Fields, cases, knowledge, parse};

/// So many systems, always the same, so that a change is what turns a test red; more of them where `PROPTEST_CASES` asks for more.
pub(super) fn tried(usual: u32) -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(7), ..cases(usual) }
}

/// A requirements file as fields and values, for tests that change them.
#[derive(Debug, Clone, Default)]
pub(super) struct System {
    pub(super) target: Fields,
    pub(super) operates: Option<Vec<String>>,
    /// The kinds of data, in the order of the file.
    pub(super) kinds: Vec<(String, Fields)>,
}

fn in_braces(fields: &Fields) -> String {
    fields.iter().map(|(field, value)| format!("{field}: {value}")).collect::<Vec<_>>().join(", ")
}

impl System {
    pub(super) fn text(&self) -> String {
        let mut text = String::from("version: 1\n");
        if !self.target.is_empty() {
            text.push_str(&format!("target: {{ {} }}\n", in_braces(&self.target)));
        }
        if let Some(operates) = &self.operates {
            text.push_str(&format!("team: {{ operates: [{}] }}\n", operates.join(", ")));
        }
        text.push_str("data:\n");
        for (name, fields) in &self.kinds {
            text.push_str(&format!("  {name}: {{ {} }}\n", in_braces(fields)));
        }
        text
    }

    /// The same after a change of one field; without the field where nothing is given.
    pub(super) fn with(&self, kind: usize, field: &str, value: Option<&str>) -> Self {
        let mut changed = self.clone();
        let fields = &mut changed.kinds[kind].1;
        match value {
            Some(value) => fields.insert(field.to_owned(), value.to_owned()),
            None => fields.remove(field),
        };
        changed
    }

    /// The same on another host.
    pub(super) fn on(&self, field: &str, value: &str) -> Self {
        let mut changed = self.clone();
        changed.target.insert(field.to_owned(), value.to_owned());
        changed
    }

    /// Pins at random may contradict each other, or what is joined with them: then there are none.
    fn without_contradictions(mut self) -> Self {
        if parse(&self.text(), &known().0).is_err() {
            for (_, fields) in &mut self.kinds {
                fields.remove("database");
            }
        }
        self
    }
}

pub(super) fn known() -> &'static (Catalog, Tree) {
    static KNOWN: LazyLock<(Catalog, Tree)> = LazyLock::new(|| {
        let catalog = polyglot::embedded::catalog();
        let tree = Tree::embedded(&catalog).unwrap();
        (catalog, tree)
    });
    &KNOWN
}

/// What is decided for a kind of data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) databases: Vec<String>,
    pub(super) verdict: Verdict,
    pub(super) needs_several_nodes: bool,
    pub(super) reason: String,
    pub(super) assumptions: Vec<Assumption>,
    pub(super) flips: Vec<Flip>,
    pub(super) together: Vec<String>,
    pub(super) pinned: bool,
}

impl Answer {
    fn of(selected: &Selected<'_>) -> Self {
        Self {
            databases: selected.databases.iter().map(|database| database.id.to_string()).collect(),
            verdict: selected.verdict,
            needs_several_nodes: selected.needs_several_nodes,
            reason: selected.reason.clone(),
            assumptions: selected.assumptions.clone(),
            flips: selected.flips.clone(),
            together: selected.together.iter().map(|name| (*name).to_owned()).collect(),
            pinned: selected.pinned,
        }
    }
}

pub(super) type Answers = BTreeMap<String, Answer>;

/// What is decided for a system.
pub(super) fn answers(system: &System, depth: Depth) -> Answers {
    answers_with(system, depth, &known().0, &Policy::default())
}

/// The same with another catalog, or under a policy.
pub(super) fn answers_with(system: &System, depth: Depth, catalog: &Catalog, policy: &Policy) -> Answers {
    let text = system.text();
    let requirements = parse(&text, catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    let context = DecisionContext::new(knowledge(catalog, &known().1, policy), &requirements);
    let selection = Selection::of(&requirements, &context, depth);
    selection.kinds.iter().map(|selected| (selected.name.to_owned(), Answer::of(selected))).collect()
}

/// An amount of a quantity, spread over many magnitudes.
pub(super) fn amount(quantity: Quantity) -> impl Strategy<Value = Amount> {
    let magnitude = match quantity {
        Quantity::DataSize => 20..50u32,
        Quantity::ObjectSize => 10..40,
        Quantity::RecordSize => 5..22,
        Quantity::Dimension => 5..14,
        Quantity::TraversalDepth => 0..5,
        Quantity::Connections => 0..18,
        Quantity::LatencyP99 => 7..24,
        Quantity::Retention => 33..50,
        Quantity::Reads | Quantity::Writes => 0..24,
        Quantity::Records | Quantity::Vectors => 8..38,
        Quantity::Series => 4..32,
    };
    let unit = quantity.formula_unit();
    magnitude.prop_flat_map(move |bits| (1u64 << bits)..(2u64 << bits)).prop_map(move |n| Amount(n * unit))
}

fn quantities() -> impl Strategy<Value = Fields> {
    subsequence(Quantity::ALL.to_vec(), 0..=5).prop_flat_map(|chosen| {
        let fields: Vec<_> = chosen
            .into_iter()
            .map(|quantity| {
                let value = prop_oneof![
                    12 => amount(quantity).prop_map(move |amount| quantity.print(amount)),
                    1 => Just(quantity.print(if quantity == Quantity::Retention { Amount::ENDLESS } else { Amount(quantity.step()) })),
                ];
                value.prop_map(move |value| (quantity.to_string(), value))
            })
            .collect();
        fields.prop_map(|fields| fields.into_iter().collect())
    })
}

/// One of some words, as a field.
fn word<T: std::fmt::Display + std::fmt::Debug + Copy + 'static>(
    field: &'static str,
    often: f64,
    words: &'static [T],
) -> impl Strategy<Value = Option<(String, String)>> {
    weighted(often, select(words).prop_map(move |word| (field.to_owned(), word.to_string())))
}

fn flags() -> impl Strategy<Value = Fields> {
    let some = prop_oneof![
        3 => subsequence(Flag::ALL.to_vec(), 0..=2),
        2 => subsequence(Flag::ALL.to_vec(), 2..=4),
    ];
    some.prop_map(|flags| flags.into_iter().map(|flag| (flag.to_string(), String::from("true"))).collect())
}

/// A kind of data without links to others.
pub(super) fn kind() -> impl Strategy<Value = Fields> {
    let classes = (
        word("durability", 0.4, Durability::ALL),
        word("consistency", 0.2, Consistency::ALL),
        word("scale", 0.3, Scale::ALL),
        word("tenancy", 0.1, Tenancy::ALL),
        word("sync", 0.1, Sync::ALL),
        weighted(0.1, (1u64..4000).prop_map(|gigabytes| (String::from("growth"), format!("{gigabytes}GB/month")))),
    );
    (flags(), quantities(), classes).prop_map(|(mut fields, quantities, classes)| {
        let (durability, consistency, scale, tenancy, sync, growth) = classes;
        fields.extend(quantities);
        fields.extend([durability, consistency, scale, tenancy, sync, growth].into_iter().flatten());
        fields
    })
}

fn target() -> impl Strategy<Value = Fields> {
    let words = (
        word("platform", 0.2, Platform::ALL),
        word("storage", 0.2, Storage::ALL),
        word("environment", 0.2, Environment::ALL),
    );
    let amounts = (weighted(0.5, 0..11u32), weighted(0.3, 0..8u32), weighted(0.3, 3..16u32));
    (words, amounts).prop_map(|((platform, storage, environment), (memory, cpus, disk))| {
        let amount = |field: &str, bits: Option<u32>, unit: &str| {
            bits.map(|bits| (field.to_owned(), format!("{}{unit}", 1u64 << bits)))
        };
        let amounts = [amount("memory", memory, "GB"), amount("cpus", cpus, ""), amount("disk", disk, "GB")];
        [platform, storage, environment].into_iter().chain(amounts).flatten().collect()
    })
}

fn ids() -> Vec<String> {
    known().0.ids().map(String::from).collect()
}

fn operates() -> impl Strategy<Value = Option<Vec<String>>> {
    let usual = ["postgresql", "mysql", "mariadb", "redis", "mongodb", "elasticsearch", "kafka", "clickhouse"];
    let some = prop_oneof![
        3 => subsequence(usual.map(String::from).to_vec(), 0..=4),
        1 => subsequence(ids(), 0..=3),
    ];
    weighted(0.5, some)
}

/// Which earlier kind of data a kind is joined with and copied from, and what it is pinned to.
type Links = (Option<u64>, Option<u64>, Option<String>);

fn links() -> impl Strategy<Value = Links> {
    (weighted(0.2, any::<u64>()), weighted(0.15, any::<u64>()), weighted(0.07, select(ids())))
}

/// A system of one to five kinds of data.
pub(super) fn system() -> impl Strategy<Value = System> {
    (target(), operates(), vec((kind(), links()), 1..=5)).prop_map(|(target, operates, kinds)| {
        let mut system = System { target, operates, kinds: Vec::new() };
        for (mut fields, (with, source, pin)) in kinds {
            let place = system.kinds.len() as u64;
            let earlier = |chosen: u64| Some(format!("kind{}", chosen.checked_rem(place)?));
            let with = with.and_then(earlier).map(|name| (String::from("with"), name));
            let source = source.and_then(earlier).map(|name| (String::from("source"), name));
            let pin = pin.map(|id| (String::from("database"), id));
            fields.extend([with, source, pin].into_iter().flatten());
            system.kinds.push((format!("kind{place}"), fields));
        }
        system.without_contradictions()
    })
}
