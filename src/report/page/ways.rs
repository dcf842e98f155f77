//! The tree with every kind's way through it: a row for each question, a column for each kind of data, and in the column
//! a line from the first question to the last, with a mark wherever the data was asked.

use std::collections::BTreeSet;

use catalog::Catalog;
use serde::Serialize;

use super::Sight;
use crate::decide::{Next, Node, Selected, Tree};
use crate::report::{names, tree as picture};

/// The tree and the ways.
#[derive(Serialize)]
pub(super) struct Ways<'a> {
    columns: Vec<Column<'a>>,
    questions: Vec<Question<'a>>,
    /// Whether some question was added to the given tree.
    added: bool,
    /// Whether something took the place of an answer.
    replaced: bool,
}

/// The way of a kind of data.
#[derive(Serialize)]
struct Column<'a> {
    data: &'a str,
    /// Where the tree leads.
    answer: String,
    /// What was selected, where that is something else.
    selected: String,
}

/// A question of the tree.
#[derive(Serialize)]
struct Question<'a> {
    label: String,
    ask: &'a str,
    depth: usize,
    added: bool,
    outcomes: Vec<Outcome<'a>>,
    cells: Vec<Cell>,
}

/// An answer that ends the way.
#[derive(Serialize)]
struct Outcome<'a> {
    word: &'static str,
    databases: String,
    reason: &'a str,
}

/// Where a way meets a question.
#[derive(Serialize, Clone, Copy)]
struct Cell {
    /// `yes`, `no`, `past` where the way leads past the question, and nothing after its end.
    state: &'static str,
    first: bool,
    last: bool,
}

impl<'a> Ways<'a> {
    pub(super) fn of(sight: Sight<'a>) -> Self {
        let (tree, kinds) = (sight.shown.tree, &sight.shown.selection.kinds);
        let order = reading_order(tree);
        let places: Vec<usize> = order.iter().map(|(question, _)| *question).collect();
        let columns: Vec<Vec<Cell>> = kinds.iter().map(|selected| way(selected, &places)).collect();
        let question = |(row, (index, depth)): (usize, &(usize, usize))| {
            let node = tree.questions().get(*index)?;
            let cells = columns.iter().filter_map(|column| column.get(row).copied()).collect();
            Some(Question::of(node, *depth, cells, tree, sight.catalog))
        };
        Self {
            columns: kinds.iter().map(|selected| Column::of(selected, tree, sight.catalog)).collect(),
            questions: order.iter().enumerate().filter_map(question).collect(),
            added: tree.questions().iter().any(|node| !node.is_given()),
            replaced: kinds.iter().any(|selected| selected.instead_of.is_some()),
        }
    }
}

/// The questions with their depth, each after all that lead to it, and what follows a «yes» before what follows the «no»:
/// so every way leads downwards.
fn reading_order(tree: &Tree) -> Vec<(usize, usize)> {
    let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open = vec![(tree.first(), 0usize, false)];
    while let Some((next, depth, is_done)) = open.pop() {
        let (Next::Question(index), Some(node)) = (next, tree.node(next)) else { continue };
        if is_done {
            order.push((index, depth));
        } else if seen.insert(index) {
            open.extend([(next, depth, true), (node.yes, depth.saturating_add(1), false), (node.no, depth, false)]);
        }
    }
    order.reverse();
    order
}

/// The cells of a way, for each question in reading order.
fn way(selected: &Selected<'_>, places: &[usize]) -> Vec<Cell> {
    let answer = |question: usize| selected.path.iter().find(|step| step.question == question).map(|step| step.yes);
    let is_at = |step: Option<usize>, question: usize| step == Some(question);
    let first = selected.path.first().map(|step| step.question);
    let last = selected.path.last().map(|step| step.question);
    let mut has_ended = last.is_none();
    let cell = |question: &usize| {
        let state = match answer(*question) {
            _ if has_ended => "",
            Some(true) => "yes",
            Some(false) => "no",
            None => "past",
        };
        has_ended |= is_at(last, *question);
        Cell { state, first: is_at(first, *question), last: is_at(last, *question) }
    };
    places.iter().map(cell).collect()
}

impl<'a> Column<'a> {
    fn of(selected: &'a Selected<'a>, tree: &Tree, catalog: &Catalog) -> Self {
        let answer = tree.answers().get_index(selected.answer);
        let answer = answer.map_or_else(String::new, |(_, answer)| picture::databases(answer, catalog));
        let replaced = selected.instead_of.is_some();
        Self {
            data: selected.name,
            answer,
            selected: if replaced { names(&selected.databases) } else { String::new() },
        }
    }
}

impl<'a> Question<'a> {
    fn of(node: &'a Node, depth: usize, cells: Vec<Cell>, tree: &'a Tree, catalog: &Catalog) -> Self {
        let outcome = |(word, next)| match next {
            Next::Question(_) => None,
            Next::Answer(index) => {
                let (_, answer) = tree.answers().get_index(index)?;
                Some(Outcome { word, databases: picture::arrived(answer, catalog), reason: &answer.reason })
            }
        };
        Self {
            label: node.label(),
            ask: &node.ask,
            depth,
            added: !node.is_given(),
            outcomes: [("yes", node.yes), ("no", node.no)].into_iter().filter_map(outcome).collect(),
            cells,
        }
    }
}
