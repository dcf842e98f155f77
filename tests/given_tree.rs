//! The walk is the given tree's, to the letter, for any input that uses only the given tree's fields, up to where it ends.

use catalog::Answer;
use polyglot::decide::Tree;
use polyglot::requirements::Profile;

use crate::support::parse;

/// The given tree's flags, in the order of the columns of [`TABLE`].
pub(crate) const FLAGS: [&str; 8] = [
    "needs_transactions",
    "complex_relations",
    "real_time",
    "search_heavy",
    "vector_search",
    "full_text",
    "graph_relations",
    "time_series",
];

/// Sizes around the one that the given tree asks about, and whether each is below 1 GB; unknown counts as below.
const SIZES: [(Option<&str>, bool); 7] = [
    (None, true),
    (Some("0B"), true),
    (Some("999MB"), true),
    (Some("1073741823B"), true),
    (Some("1GB"), false),
    (Some("1073741825B"), false),
    (Some("10TB"), false),
];

/// The given tree as a table, written from its text: a column for each flag (1 yes, 0 no, - either), whether the size
/// is below 1 GB, the answer and its pattern. The rows exclude each other and leave nothing out, which is tested.
const TABLE: [(&str, char, &str, Option<&str>); 10] = [
    ("11------", '-', "postgresql", None),
    ("10------", '-', "mysql", None),
    ("0-1-----", '1', "redis", None),
    ("0-1-----", '0', "kafka + redis", None),
    ("0-011---", '-', "chromadb", None),
    ("0-0101--", '-', "elasticsearch", None),
    ("0-0100--", '-', "postgresql", Some("indexes")),
    ("0-00--1-", '-', "neo4j", None),
    ("0-00--01", '-', "influxdb", None),
    ("0-00--00", '-', "postgresql", None),
];

/// What is asked where the given tree has come to its end: flags that it looks at only beside others, in the columns of
/// [`TABLE`].
const FURTHER: [(&str, &str); 2] = [("0-001-00", "chromadb"), ("0-000100", "elasticsearch")];

fn fits(pattern: &str, flags: &[bool]) -> bool {
    pattern.chars().zip(flags).all(|(pattern, flag)| matches(pattern, *flag))
}

/// The answer of the given tree, and its pattern.
pub(crate) fn given(flags: &[bool], below: bool) -> (&'static str, Option<&'static str>) {
    let rows: Vec<_> = TABLE.iter().filter(|row| fits(row.0, flags) && matches(row.1, below)).collect();
    assert_eq!(rows.len(), 1, "the table has one row for {flags:?}");
    (rows[0].2, rows[0].3)
}

fn matches(pattern: char, value: bool) -> bool {
    match pattern {
        '1' => value,
        '0' => !value,
        _ => true,
    }
}

#[test]
fn the_walk_is_the_given_trees_for_all_combinations() {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    for combination in 0..256u32 {
        let flags: Vec<bool> = (0..8).map(|bit| combination >> bit & 1 == 1).collect();
        for (size, below) in SIZES {
            let (given, pattern) = given(&flags, below);
            let further = FURTHER.iter().find(|(pattern, _)| fits(pattern, &flags));
            let expected = further.map_or(given, |(_, database)| database);
            let mut text = String::from("version: 1\ndata:\n  it:\n");
            for (name, set) in FLAGS.iter().zip(&flags) {
                text.push_str(&format!("    {name}: {set}\n"));
            }
            if let Some(size) = size {
                text.push_str(&format!("    data_size: {size}\n"));
            }
            let requirements = parse(&text, &catalog).unwrap();
            let walk = tree.walk(&Profile::of(&requirements.data["it"], &catalog)).unwrap();
            let core =
                |id: &catalog::Text| if *id == Answer::CORE { tree.core()[0].to_string() } else { id.to_string() };
            let databases: Vec<_> = walk.answer.databases.iter().map(core).collect();
            assert_eq!(databases.join(" + "), expected, "{text}");
            assert_eq!(walk.answer.pattern.as_deref(), pattern, "{text}");
        }
    }
}

#[test]
fn each_added_question_has_a_source_and_there_are_at_most_twenty() {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    let added: Vec<_> = tree.questions().iter().filter_map(|question| question.source.as_ref()).collect();
    assert_eq!(tree.questions().len() - added.len(), 9, "the given tree asks nine questions");
    let of_the_key = tree.questions().iter().filter(|question| question.name.starts_with("key-")).count();
    let counted = added.len() - of_the_key;
    assert!(counted <= 20, "{counted} questions were added; the branches of the one for a key count once");
    assert!(added.iter().all(|source| source.address.starts_with("https://") && !source.says.is_empty()));
}
