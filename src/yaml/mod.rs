//! A YAML text as a tree of values, each with its place; duplicate keys are kept for the reader to judge.
//!
//! The only folder that knows the parsing library. The parser hands out events; the tree is built within a budget of
//! values and of depth, so that no text can take more memory or stack than its size allows.

mod builder;
mod fault;
mod node;

use granit_parser::Parser;

use builder::Builder;
use fault::{nul, unreadable};
pub use node::{Entry, Merging, Node, Value};

use crate::diagnostic::Diagnostic;
use crate::source::Place;

/// What a text holds.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its one value.
    pub root: Node,
    /// What YAML allows and no file here may have: tags of its own, keys that are no words, a `<<` of no map.
    pub faults: Vec<Diagnostic>,
}

/// How much of a text is read before it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// The most values, counting each again that an alias repeats.
    pub values: usize,
}

/// More brackets than the parser looks at ahead of the value that it hands out, so that our own limit comes first.
const BRACKETS_AHEAD: usize = 2_048;

/// Reads the one document of a text.
///
/// # Errors
/// The first fault that makes the text unreadable.
pub fn read(text: &str, budget: Budget) -> Result<Document, Diagnostic> {
    build(text, budget, false).map(|(root, builder)| Document { root, faults: builder.faults })
}

/// Reads the documents of a text of somebody else, who may write what YAML allows: tags, keys that are no words.
///
/// # Errors
/// The first fault that makes the text unreadable.
pub fn read_all(text: &str, budget: Budget) -> Result<Vec<Node>, Diagnostic> {
    let (root, builder) = build(text, budget, true)?;
    Ok(builder.earlier.into_iter().chain([root]).collect())
}

fn build(text: &str, budget: Budget, several: bool) -> Result<(Node, Builder<'_>), Diagnostic> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if let Some(offset) = text.find('\0') {
        return Err(nul(text, offset));
    }
    let options = granit_parser::options! {
        flow_nesting_limit: BRACKETS_AHEAD,
        block_nesting_limit: BRACKETS_AHEAD,
        emit_comments: false,
    };
    let mut builder = Builder::new(text, budget.values, several);
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| unreadable(text, &error, builder.bracket()))?;
        let range = span.byte_range().unwrap_or(start..start);
        builder.take(event, Place::new(range.start, range.end))?;
    }
    let says = |root: &Node| several || !matches!(root.value, Value::Null) || root.place.end > root.place.start;
    let root = builder.root.take().filter(says).ok_or_else(|| {
        let diagnostic = Diagnostic::error("the file is empty").at(Place::new(start, start), "nothing is said here");
        diagnostic.help("start with `version: 1` and `data:`, or run `polyglot init`")
    })?;
    Ok((root, builder))
}

#[cfg(test)]
mod tests {
    use super::{Budget, Node, Value, read};

    const BUDGET: Budget = Budget { values: 1_000 };

    fn keys(node: &Node) -> Vec<&str> {
        match &node.value {
            Value::Mapping(entries) => entries.iter().map(|entry| entry.key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    fn fault(text: &str) -> String {
        read(text, BUDGET).expect_err("a fault").message
    }

    #[test]
    fn duplicates_are_kept_in_order() {
        assert_eq!(keys(&read("a: 1\nb: 2\na: 3\n", BUDGET).unwrap().root), ["a", "b", "a"]);
    }

    #[test]
    fn a_merge_key_adds_what_is_not_there() {
        let node = read("base: &b {x: 1, y: 2}\nuse: {<<: *b, x: 3}\n", BUDGET).unwrap().root;
        let Value::Mapping(entries) = &node.value else { panic!("a map") };
        assert_eq!(keys(&entries[1].value), ["x", "y"]);
    }

    #[test]
    fn an_alias_points_at_its_use() {
        let text = "a: &x long\nb: *x\n";
        let node = read(text, BUDGET).unwrap().root;
        let Value::Mapping(entries) = &node.value else { panic!("a map") };
        assert_eq!(&text[entries[1].value.place.range()], "*x");
    }

    #[test]
    fn what_would_grow_without_end_is_refused() {
        let bomb: String = (0..9)
            .map(|level| {
                let inner = if level == 0 { "0".to_owned() } else { format!("*a{}", level - 1) };
                format!("a{level}: &a{level} [{}]\n", [inner.as_str(); 9].join(","))
            })
            .collect::<Vec<_>>()
            .concat();
        assert!(fault(&bomb).contains("more than 1000 values"));
        assert!(fault("x: &x [*x]").contains("inside its own anchor"));
        assert!(fault(&"[".repeat(10_000)).contains("too deep"), "{}", fault(&"[".repeat(10_000)));
        assert!(fault(&"- ".repeat(10_000)).contains("too deep"), "{}", fault(&"- ".repeat(10_000)));
        let chain: String = (1..200).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect::<Vec<_>>().concat();
        let deep = read(&format!("a0: &a0 [1]\n{chain}"), Budget { values: 1_000_000 }).expect_err("a fault");
        let repeated = format!("a: &a {}\nb: [{}]\n", "x".repeat(64_000), ["*a"; 100].join(","));
        assert!(fault(&repeated).contains("more than 1000 values"));
        assert!(deep.message.contains("too deep"), "{}", deep.message);
    }

    #[test]
    fn what_is_no_single_document_is_refused() {
        assert!(fault("").contains("empty"));
        assert!(fault("# only a comment\n").contains("empty"));
        assert!(fault("a: 1\n---\nb: 2\n").contains("several documents"));
        assert!(fault("a:\n\tb: 1\n").contains("tab"));
        assert!(fault("a: \0\n").contains("NUL"));
    }
}
