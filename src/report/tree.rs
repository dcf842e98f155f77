//! The decision tree as text, as a Mermaid flowchart and as a Graphviz graph, with one way through it marked.

use std::collections::HashSet;
use std::fmt::Write as _;

use catalog::{Answer, Catalog};

use super::style::{FAINT, HEADING, Look, NAME};
use crate::decide::{Next, Selected, Tree};

/// The formats of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TreeFormat {
    /// For a terminal.
    Text,
    /// A Mermaid flowchart, for Markdown.
    Mermaid,
    /// A Graphviz graph.
    Dot,
}

/// The way of one kind of data through the tree.
pub struct Way {
    answers: HashSet<(usize, bool)>,
    end: usize,
    title: String,
}

/// What an answer to a question leads to, and whether the data went that way.
struct Outcome {
    word: &'static str,
    next: Next,
    walked: bool,
}

impl Way {
    /// The way that a kind of data takes.
    pub fn of(selected: &Selected<'_>) -> Self {
        let answers = selected.path.iter().map(|step| (step.question, step.yes)).collect();
        Self { answers, end: selected.answer, title: selected.name.to_owned() }
    }

    fn takes(&self, question: usize, yes: bool) -> bool {
        self.answers.contains(&(question, yes))
    }
}

/// The tree in a format, with a way marked if one is given.
pub fn render(tree: &Tree, catalog: &Catalog, way: Option<&Way>, format: TreeFormat, look: Look) -> String {
    let picture = Picture { tree, catalog, way, look };
    match format {
        TreeFormat::Text => picture.text(),
        TreeFormat::Mermaid => picture.mermaid(),
        TreeFormat::Dot => picture.dot(),
    }
}

struct Picture<'a> {
    tree: &'a Tree,
    catalog: &'a Catalog,
    way: Option<&'a Way>,
    look: Look,
}

impl Picture<'_> {
    fn takes(&self, question: usize, yes: bool) -> bool {
        self.way.is_some_and(|way| way.takes(question, yes))
    }

    fn ends_at(&self, next: Next) -> bool {
        self.way.is_some_and(|way| next == Next::Answer(way.end))
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if let Some(way) = self.way {
            let _ = writeln!(text, "the way of {}\n", self.look.paint(HEADING, &way.title));
        }
        let mut seen = HashSet::new();
        self.branch(self.tree.first(), 0, &mut seen, &mut text);
        if self.tree.questions().iter().any(|node| !node.is_given()) {
            let _ =
                writeln!(text, "\n{}", self.look.paint(FAINT, "+ a question added to the given tree, with a source"));
        }
        text
    }

    /// Writes a question with its answers below it. A «no» that leads to another question goes on at the same depth,
    /// so that the tree reads as the list of questions that it is.
    fn branch(&self, from: Next, depth: usize, seen: &mut HashSet<usize>, text: &mut String) {
        let (mut next, mut edge) = (from, if depth == 0 { "" } else { "yes" });
        while let (Next::Question(index), Some(node)) = (next, self.tree.node(next)) {
            let indent = "    ".repeat(depth);
            if !seen.insert(index) {
                self.line(text, depth, &format!("  {indent}{edge:<3} … on with: {}", node.label()));
                return;
            }
            let answer = [true, false].into_iter().find(|yes| self.takes(index, *yes));
            let mark = if answer.is_some() { "▶ " } else { "  " };
            let label = if answer.is_some() { self.look.paint(HEADING, node.label()) } else { node.label() };
            let added = if node.is_given() { "" } else { " +" };
            let answer = answer.map_or("", |yes| if yes { ": yes" } else { ": no" });
            let ask = self.look.paint(FAINT, &node.ask);
            self.line(text, depth, &format!("{mark}{indent}{edge:<3} {label}{added}{answer}  {ask}"));
            self.outcome(&Outcome { word: "yes", next: node.yes, walked: self.takes(index, true) }, depth, seen, text);
            if matches!(node.no, Next::Answer(_)) {
                self.outcome(
                    &Outcome { word: "no", next: node.no, walked: self.takes(index, false) },
                    depth,
                    seen,
                    text,
                );
                return;
            }
            (next, edge) = (node.no, "no");
        }
    }

    /// A line whose further lines stand below its label.
    fn line(&self, text: &mut String, depth: usize, line: &str) {
        let hang = depth.saturating_mul(4).saturating_add(8);
        let _ = writeln!(text, "{}", self.look.wrap(line, hang));
    }

    fn outcome(&self, outcome: &Outcome, depth: usize, seen: &mut HashSet<usize>, text: &mut String) {
        let Outcome { word, next, walked } = *outcome;
        let indent = "    ".repeat(depth);
        match next {
            Next::Answer(index) => {
                let Some((_, answer)) = self.tree.answers().get_index(index) else { return };
                let mark = if walked && self.ends_at(next) { "▶ " } else { "  " };
                let name = self.look.paint(NAME, arrived(answer, self.catalog));
                let reason = self.look.paint(FAINT, &answer.reason);
                self.line(text, depth.saturating_add(1), &format!("{mark}{indent}    {word:<3} {name}  {reason}"));
            }
            Next::Question(_) => self.branch(next, depth.saturating_add(1), seen, text),
        }
    }

    fn name(next: Next) -> String {
        match next {
            Next::Question(index) => format!("q{index}"),
            Next::Answer(index) => format!("a{index}"),
        }
    }

    fn mermaid(&self) -> String {
        let mut text = String::from("flowchart TD\n");
        let mut marked = Vec::new();
        let mut edges = 0usize;
        for (index, node) in self.tree.questions().iter().enumerate() {
            let _ = writeln!(text, "    q{index}{{\"{}\"}}", quoted(&node.label(), "#quot;"));
        }
        for (index, answer) in self.tree.answers().values().enumerate() {
            let _ = writeln!(text, "    a{index}([\"{}\"])", quoted(&arrived(answer, self.catalog), "#quot;"));
        }
        for (index, node) in self.tree.questions().iter().enumerate() {
            for (word, next, yes) in [("yes", node.yes, true), ("no", node.no, false)] {
                let _ = writeln!(text, "    q{index} -->|{word}| {}", Self::name(next));
                if self.takes(index, yes) {
                    marked.push(edges.to_string());
                }
                edges = edges.saturating_add(1);
            }
        }
        if let Some(way) = self.way {
            let _ = writeln!(text, "    linkStyle {} stroke:#d33,stroke-width:3px", marked.join(","));
            let _ = writeln!(text, "    style a{} stroke:#d33,stroke-width:3px", way.end);
        }
        text
    }

    fn dot(&self) -> String {
        let mut text = String::from("digraph tree {\n    node [fontname=\"sans-serif\"];\n");
        for (index, node) in self.tree.questions().iter().enumerate() {
            let walked = self.takes(index, true) || self.takes(index, false);
            let style = if walked { ", color=\"#dd3333\"" } else { "" };
            let _ = writeln!(text, "    q{index} [shape=diamond, label=\"{}\"{style}];", quoted(&node.label(), "\\\""));
        }
        for (index, answer) in self.tree.answers().values().enumerate() {
            let style = if self.ends_at(Next::Answer(index)) { ", color=\"#dd3333\", penwidth=3" } else { "" };
            let _ = writeln!(
                text,
                "    a{index} [shape=box, label=\"{}\"{style}];",
                quoted(&arrived(answer, self.catalog), "\\\"")
            );
        }
        for (index, node) in self.tree.questions().iter().enumerate() {
            for (word, next, yes) in [("yes", node.yes, true), ("no", node.no, false)] {
                let style = if self.takes(index, yes) { ", color=\"#dd3333\", penwidth=3" } else { "" };
                let _ = writeln!(text, "    q{index} -> {} [label=\"{word}\"{style}];", Self::name(next));
            }
        }
        text.push_str("}\n");
        text
    }
}

/// The databases of an answer: `Apache Kafka + Redis`.
pub(super) fn databases(answer: &Answer, catalog: &Catalog) -> String {
    let names = answer.databases.iter().map(|id| catalog.get(id).map_or(id.as_str(), |database| &database.name));
    names.collect::<Vec<_>>().join(" + ")
}

/// The same with its pattern: `PostgreSQL with indexes`.
pub(super) fn arrived(answer: &Answer, catalog: &Catalog) -> String {
    let names = databases(answer, catalog);
    match &answer.pattern {
        Some(pattern) => format!("{names} with {pattern}"),
        None => names,
    }
}

/// A label without characters that would end it; a backslash is doubled only where it escapes.
fn quoted(label: &str, quote: &str) -> String {
    let label = if quote.starts_with('\\') { label.replace('\\', "\\\\") } else { label.to_owned() };
    label.replace('"', quote)
}
