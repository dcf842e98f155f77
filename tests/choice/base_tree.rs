//! The given tree, and what becomes of its answers: all of its inputs, in a table that is read and kept.
//! `SNAPSHOTS=overwrite` writes the table and the page of the docs anew.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use catalog::vocabulary::{Flag, Need, Quantity};
use catalog::{Catalog, Level};
use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection, Tree, Verdict};
use polyglot::requirements::Profile;
use snapbox::{Assert, Data};

use crate::given_tree::{FLAGS, given};
use crate::support::{knowledge, parse, project};

/// Sizes from none to more than any node holds.
const SIZES: [Option<&str>; 7] =
    [None, Some("500MB"), Some("5GB"), Some("50GB"), Some("500GB"), Some("5TB"), Some("100TB")];

/// How many of them the given tree takes for less than the 1 GB that it asks about.
const BELOW: usize = 2;

/// Why an answer is not the tree's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Because {
    Need,
    Size,
    Strained,
    Pair,
    Small,
    Ended,
    Further,
}

impl Because {
    const ALL: [Self; 7] =
        [Self::Need, Self::Size, Self::Strained, Self::Pair, Self::Small, Self::Ended, Self::Further];

    /// In the table.
    fn word(self) -> &'static str {
        match self {
            Self::Need => "need not served",
            Self::Size => "size",
            Self::Strained => "strained need",
            Self::Pair => "pair",
            Self::Small => "small",
            Self::Ended => "archived",
            Self::Further => "asked further",
        }
    }

    /// On the page.
    fn sentence(self) -> &'static str {
        match self {
            Self::Need => "The tree's database does not serve one of the needs at all.",
            Self::Size => "The tree's database serves the needs, and does not bear the size.",
            Self::Strained => {
                "The tree's database serves one of the needs badly, and another serves all of them better."
            }
            Self::Pair => "The state fits in memory, so that it needs no log beside it.",
            Self::Small => "It is small enough for the relational database.",
            Self::Ended => "Nobody maintains the tree's database any more.",
            Self::Further => {
                "The tree has come to its end without looking at a flag, and a question that was added looks at it."
            }
        }
    }
}

/// An input of the tree, and what became of it.
struct Row {
    flags: Vec<Flag>,
    size: Option<&'static str>,
    /// The given tree's answer.
    given: Vec<String>,
    answer: Vec<String>,
    deviation: Option<Deviation>,
}

/// Why it deviates, and for which need.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Deviation {
    because: Because,
    need: Option<Need>,
}

impl Row {
    fn flags(&self) -> String {
        let names: Vec<_> = self.flags.iter().map(|flag| flag.name()).collect();
        if names.is_empty() { String::from("-") } else { names.join(" ") }
    }

    fn line(&self) -> String {
        let deviation = self.deviation.as_ref();
        let because = deviation.map_or_else(String::new, |Deviation { because, need }| {
            format!("{}{}", because.word(), need.map_or_else(String::new, |need| format!(": {need}")))
        });
        let (given, answer) = (self.given.join("+"), self.answer.join("+"));
        format!("{}\t{}\t{given}\t{answer}\t{because}", self.flags(), self.size.unwrap_or("-")).trim_end().to_owned()
    }
}

/// Why the tree's answer is not taken.
fn deviation(given: &[String], answer: &[String], profile: &Profile, context: &DecisionContext<'_>) -> Deviation {
    let catalog = context.catalog();
    let because = |because, need| Deviation { because, need };
    if given.len() > 1 && answer == ["redis"] {
        return because(Because::Pair, None);
    }
    let levels = |need| given.iter().map(|id| catalog.get(id).unwrap().level(need)).min().unwrap();
    let of_level = |level| profile.needs().needs().find(|need| levels(*need) == level);
    if let Some(need) = of_level(Level::No) {
        return because(Because::Need, Some(need));
    }
    let holder = given.last().unwrap();
    let verdict = |profile: &Profile| context.verdict_of(holder, profile).unwrap();
    let (whole, without_size) = (verdict(profile), verdict(&profile.without(Quantity::DataSize)));
    match of_level(Level::Strained) {
        _ if whole > without_size => because(Because::Size, None),
        Some(need) => because(Because::Strained, Some(need)),
        None if context.engine_of(holder).is_none_or(|one| one.database.upstream.state != catalog::State::Active) => {
            because(Because::Ended, None)
        }
        None if whole == Verdict::Fits => because(Because::Small, None),
        None => because(Because::Size, None),
    }
}

/// Whether the walk goes on where the given tree ends.
fn is_further(profile: &Profile, given: &[String], tree: &Tree) -> bool {
    let walk = tree.walk(profile).unwrap();
    walk.answer.databases.iter().map(catalog::Text::as_str).ne(given.iter().map(String::as_str))
}

fn row(flags: Vec<Flag>, size: usize, (catalog, tree): (&Catalog, &Tree)) -> Row {
    let mut text = String::from("version: 1\ndata:\n  it:\n    description: an input of the given tree\n");
    for flag in &flags {
        text.push_str(&format!("    {flag}: true\n"));
    }
    if let Some(size) = SIZES[size] {
        text.push_str(&format!("    data_size: {size}\n"));
    }
    let requirements = parse(&text, catalog).unwrap();
    let policy = Policy::default();
    let context = DecisionContext::new(knowledge(catalog, tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &context, Depth::Choice);
    let databases = selection.kinds[0].databases.iter();
    let answer: Vec<String> = databases.map(|database| database.id.to_string()).collect();
    let set = FLAGS.map(|name| flags.iter().any(|flag| flag.name() == name));
    let given: Vec<String> = given(&set, size < BELOW).0.split(" + ").map(String::from).collect();
    let profile = Profile::of(&requirements.data["it"], catalog);
    let deviation = (given != answer).then(|| {
        let deviation = deviation(&given, &answer, &profile, &context);
        let is_small = deviation.because == Because::Small;
        if is_small && is_further(&profile, &given, tree) {
            Deviation { because: Because::Further, ..deviation }
        } else {
            deviation
        }
    });
    Row { flags, size: SIZES[size], given, answer, deviation }
}

/// All inputs of the given tree.
fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(decide_all);
    &ROWS
}

fn decide_all() -> Vec<Row> {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    let given: Vec<Flag> = FLAGS.iter().map(|name| Flag::named(name).unwrap()).collect();
    let mut rows = Vec::new();
    for combination in 0..256u32 {
        let set = given.iter().enumerate().filter(|(bit, _)| combination >> bit & 1 == 1);
        let flags: Vec<Flag> = set.map(|(_, flag)| *flag).collect();
        rows.extend((0..SIZES.len()).map(|size| row(flags.clone(), size, (&catalog, &tree))));
    }
    rows.sort_by_key(|row| row.flags.len());
    rows
}

fn count(rows: &[Row], is: impl Fn(&Row) -> bool) -> usize {
    rows.iter().filter(|row| is(row)).count()
}

/// The rows that deviate alike, as one: how many there are, and the first of them.
fn alike(rows: &[Row]) -> Vec<(usize, &Row)> {
    let mut groups: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if let Some(deviation) = &row.deviation {
            groups.entry((deviation, &row.given, &row.answer)).or_default().push(row);
        }
    }
    let mut groups: Vec<_> = groups.into_values().map(|rows| (rows.len(), rows[0])).collect();
    groups.sort_by_key(|(count, row)| (row.deviation.as_ref().map(|deviation| deviation.because), Reverse(*count)));
    groups
}

/// The page of the docs.
fn page(rows: &[Row]) -> String {
    let catalog = polyglot::embedded::catalog();
    let names =
        |ids: &[String]| ids.iter().map(|id| catalog.get(id).unwrap().name.to_string()).collect::<Vec<_>>().join(" + ");
    let deviate = count(rows, |row| row.deviation.is_some());
    let single = |row: &&Row| row.flags.len() == 1;
    let singles = rows.iter().filter(single).count();
    let single = rows.iter().filter(single).filter(|row| row.deviation.is_some()).count();
    let mut text = format!(
        "# Where the answer is not the given tree's\n\n<!-- Written by tests/choice/base_tree.rs. -->\n\n\
         The walk follows the given tree to the letter, up to where it ends. Its answer is chosen only where it serves every\n\
         need and bears every figure; the tables below are the whole of what comes of that. All 256 combinations of the tree's\n\
         flags, with {} sizes each from none to 100 TB, are {} inputs; {deviate} of them are answered otherwise, and of those\n\
         with a single flag {single} of {singles}. Every input stands in [a table](../tests/choice/base-tree.tsv), which is read\n\
         when it changes; a test holds the program to it.\n\n\
         | reason | inputs | what it means |\n| --- | --: | --- |\n",
        SIZES.len(),
        rows.len(),
    );
    for because in Because::ALL {
        let inputs = count(rows, |row| row.deviation.as_ref().is_some_and(|deviation| deviation.because == because));
        if inputs > 0 {
            text.push_str(&format!("| {} | {inputs} | {} |\n", because.word(), because.sentence()));
        }
    }
    text.push_str(
        "\n## Each deviation\n\n| reason | the tree says | the answer is | inputs | for example |\n| --- | --- | --- | --: | --- |\n",
    );
    for (inputs, row) in alike(rows) {
        let Deviation { because, need } = row.deviation.as_ref().unwrap();
        let need = need.map_or_else(String::new, |need| format!(": `{need}`"));
        let (walk, answer) = (names(&row.given), names(&row.answer));
        let size = row.size.map_or_else(String::new, |size| format!(", {size}"));
        let example = format!("`{}`{size}", row.flags().replace(' ', "` `"));
        text.push_str(&format!("| {}{need} | {walk} | {answer} | {inputs} | {example} |\n", because.word()));
    }
    text
}

#[test]
fn every_input_of_the_given_tree_is_answered_as_the_table_says() {
    let rows = rows();
    let mut table = String::from("flags\tsize\tgiven\tanswer\tbecause\n");
    for row in rows {
        table.push_str(&row.line());
        table.push('\n');
    }
    let assert = Assert::new().action_env("SNAPSHOTS");
    assert.eq(&table, Data::read_from(&project("tests/choice/base-tree.tsv"), None));
    assert.eq(page(rows), Data::read_from(&project("docs/base-tree.md"), None));
    let by_reason = Because::ALL
        .map(|because| count(rows, |row| row.deviation.as_ref().is_some_and(|deviation| deviation.because == because)));
    assert_eq!(by_reason, [749, 188, 128, 34, 0, 0, 12]);
    let single = count(rows, |row| row.flags.len() == 1 && row.deviation.is_some());
    assert_eq!(single, 19);
    assert_eq!(rows.len(), 256 * SIZES.len());
}

#[test]
fn a_deviation_never_does_worse_than_the_tree() {
    let catalog = polyglot::embedded::catalog();
    for row in rows().iter().filter(|row| row.deviation.is_some()) {
        let needs = row.flags.iter().map(|flag| flag.need());
        let refused = |ids: &[String], need| ids.iter().all(|id| catalog.get(id).unwrap().level(need) == Level::No);
        for need in needs {
            assert!(refused(&row.given, need) || !refused(&row.answer, need), "{}", row.line());
        }
    }
}
