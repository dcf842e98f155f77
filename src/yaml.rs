//! A YAML text as a tree of values, each with its place; duplicate keys are kept for the reader to judge.
//!
//! The only file that knows the parsing library. The parser hands out events; the tree is built here, within a budget
//! of values and of depth, so that no text can take more memory or stack than its size allows.

use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, Tag};

use crate::diagnostic::Diagnostic;
use crate::source::{Place, Placed};

/// What a text holds.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its one value.
    pub root: Node,
    /// What YAML allows and no file here may have: tags of its own, keys that are no words, a `<<` of no map.
    pub faults: Vec<Diagnostic>,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// The whole value; of a collection in block style, its first line.
    pub place: Place,
    /// What stands there.
    pub value: Value,
}

/// The shapes that a value can have.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A text in its own spelling, without quotes.
    Scalar(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in order, duplicates included.
    Mapping(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// Its value.
    pub value: Node,
}

impl Value {
    /// What this is called in a message.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Scalar(_) => "a single value",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a map",
        }
    }
}

impl Node {
    /// The entries of a map; nothing of what is none.
    pub fn entries(&self) -> &[Entry] {
        if let Value::Mapping(entries) = &self.value { entries } else { &[] }
    }

    /// The entry of a key of a map.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The items of a list; nothing of what is none.
    pub fn items(&self) -> &[Self] {
        if let Value::Sequence(items) = &self.value { items } else { &[] }
    }

    /// The text of a single value.
    pub fn text(&self) -> Option<&str> {
        if let Value::Scalar(text) = &self.value { Some(text) } else { None }
    }

    /// The text of a single value with its place.
    pub fn placed(&self) -> Option<Placed<String>> {
        self.text().map(|text| Placed { value: text.to_owned(), place: self.place })
    }
}

/// How much of a text is read before it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// The most values, counting each again that an alias repeats.
    pub values: usize,
}

/// How much text counts as one value where an alias repeats it, so that a long text repeated often is no bomb.
const TEXT_OF_A_VALUE: usize = 64;

/// The deepest nesting of collections, which bounds the stack too.
const DEPTH: usize = 64;

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
    let mut builder = Builder { several, ..Builder::new(text, budget.values) };
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

fn nul(text: &str, offset: usize) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("the file has a NUL byte").at(Place::new(offset, offset.saturating_add(1)), "here");
    let odd = text.bytes().take(16).step_by(2).all(|byte| byte == 0);
    let even = text.bytes().take(16).skip(1).step_by(2).all(|byte| byte == 0);
    diagnostic.help(if odd == even {
        "a requirements file is plain text: remove the byte"
    } else {
        "it looks like UTF-16; save it as UTF-8"
    })
}

fn too_deep(place: Place) -> Diagnostic {
    let message = format!("nested too deeply: more than {DEPTH} levels");
    Diagnostic::error(message).at(place, "the level too many").help("a requirements file needs six levels")
}

/// Where the parser gave up, and the line around it.
struct Spot<'a> {
    text: &'a str,
    offset: usize,
    line_start: usize,
    line: &'a str,
}

impl<'a> Spot<'a> {
    fn new(text: &'a str, offset: usize) -> Self {
        let line_start = text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at.saturating_add(1));
        let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Self { text, offset, line_start, line }
    }

    /// The character itself.
    fn here(&self) -> Place {
        until(self.text, self.offset, |_| true)
    }

    /// The word that starts here.
    fn word(&self) -> Place {
        word(self.text, self.offset)
    }

    /// The line up to here.
    fn before(&self) -> &'a str {
        self.text.get(self.line_start..self.offset).unwrap_or_default()
    }

    /// The line without the spaces around it.
    fn trimmed(&self) -> Place {
        let start = self.line_start.saturating_add(indentation(self.line).len());
        Place::new(start, start.saturating_add(self.line.trim_ascii().len()))
    }

    /// The first tab of the indentation.
    fn tab(&self) -> Option<Place> {
        let tab = self.line_start.saturating_add(indentation(self.line).find('\t')?);
        Some(Place::new(tab, tab.saturating_add(1)))
    }
}

/// The word that starts at an offset.
fn word(text: &str, start: usize) -> Place {
    until(text, start, |c| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}' | '"' | '\''))
}

/// From an offset up to a character, but at least one character long where there is any.
fn until(text: &str, start: usize, end: impl Fn(char) -> bool) -> Place {
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.char_indices().skip(1).find(|(_, c)| end(*c)).map_or(rest.len(), |(at, _)| at);
    Place::new(start, start.saturating_add(length))
}

fn indentation(line: &str) -> &str {
    line.get(..line.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(line.len())).unwrap_or_default()
}

fn not_yaml(reason: &str) -> Diagnostic {
    Diagnostic::error(format!("this is not YAML: {reason}"))
}

/// Puts a fault of the parser into words for the person; `bracket` is the innermost one that is still open.
fn unreadable(text: &str, error: &ScanError, bracket: Option<Place>) -> Diagnostic {
    let spot = Spot::new(text, error.marker().byte_offset().unwrap_or_default().min(text.len()));
    let kind = error.kind();
    let explained = merge_conflict(&spot)
        .or_else(|| bracket.is_none().then(|| spot.tab()).flatten().map(tab))
        .or_else(|| brackets(kind, &spot, bracket))
        .or_else(|| quotes(kind, &spot))
        .or_else(|| lines(kind, &spot))
        .or_else(|| words(kind, &spot));
    explained.unwrap_or_else(|| not_yaml(&error.info()).at(spot.here(), "the text cannot be read from here on"))
}

fn merge_conflict(spot: &Spot<'_>) -> Option<Diagnostic> {
    let marked = ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| spot.line.starts_with(mark));
    let diagnostic = || not_yaml("a merge conflict is not resolved").at(spot.trimmed(), "a mark of the conflict");
    marked.then(|| diagnostic().help("keep one of the two sides, and remove the marks"))
}

fn tab(place: Place) -> Diagnostic {
    let diagnostic = Diagnostic::error("a tab is used as indentation").at(place, "this is a tab");
    diagnostic.help("YAML indents with spaces: use two for each level")
}

/// Brackets that do not match.
fn brackets(kind: &ErrorKind, spot: &Spot<'_>, bracket: Option<Place>) -> Option<Diagnostic> {
    let unclosed = |place: Place| {
        let opened = spot.text.get(place.range()).unwrap_or_default();
        not_yaml(&format!("the `{opened}` is not closed")).at(place, "it opens here")
    };
    if let Some(bracket) = bracket.filter(|bracket| is_left_open(spot, *bracket)) {
        return Some(unclosed(bracket).related(spot.here(), "the text cannot be read from here on"));
    }
    Some(match kind {
        ErrorKind::UnclosedFlowCollection { .. } => unclosed(spot.here()),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            not_yaml(&format!("the `{open}` is closed by a `{close}`")).at(spot.here(), "it opens here")
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            not_yaml("a bracket closes nothing").at(spot.here(), "none is open here")
        }
        ErrorKind::ExpectedFlowMappingSeparator => not_yaml("expected `,` or `}` before this").at(spot.here(), "here"),
        ErrorKind::ExpectedFlowSequenceSeparator => not_yaml("expected `,` or `]` before this").at(spot.here(), "here"),
        _ => return None,
    })
}

/// Whether the text goes on, no deeper than the bracket's own line, as if the bracket had been closed.
fn is_left_open(spot: &Spot<'_>, bracket: Place) -> bool {
    let opened = Spot::new(spot.text, bracket.start);
    let deeper = indentation(spot.line).len() > indentation(opened.line).len();
    spot.line_start > opened.line_start && !deeper && !spot.line.trim_start().starts_with([']', '}'])
}

/// Quotes, and what stands between them.
fn quotes(kind: &ErrorKind, spot: &Spot<'_>) -> Option<Diagnostic> {
    const NOT_CLOSED: &str = "or close a quote that opened before, perhaps on an earlier line";
    Some(match kind {
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            not_yaml("the quote is not closed").at(spot.here(), "it opens here")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            let diagnostic = not_yaml("the text goes on after its closing quote").at(spot.word(), "this is outside");
            diagnostic.help("inside single quotes, write a quote as `''`").help(NOT_CLOSED)
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            let diagnostic = not_yaml("the text goes on after its closing quote").at(spot.word(), "this is outside");
            diagnostic.help("inside double quotes, write a quote as `\\\"`").help(NOT_CLOSED)
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate => {
            let place = wrong_escape(spot).unwrap_or(spot.here());
            let diagnostic = not_yaml("there is no such escape").at(place, "this stands for no character");
            diagnostic.help("inside double quotes, write a backslash as `\\\\`; inside single quotes it needs none")
        }
        _ => return None,
    })
}

/// The first wrong escape of a text in double quotes.
fn wrong_escape(spot: &Spot<'_>) -> Option<Place> {
    let mut rest = spot.text.get(spot.offset..)?.strip_prefix('"')?;
    loop {
        let (before, after) = rest.split_once('\\')?;
        let start = spot.text.len().checked_sub(rest.len())?.checked_add(before.len())?;
        let escape = after.chars().next()?;
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let hexadecimal = after.chars().skip(1).take(digits).take_while(char::is_ascii_hexdigit).count();
        let known = escape.is_whitespace() || "0abtnvfre\"/\\N_LPxuU".contains(escape);
        rest = after.get(escape.len_utf8().saturating_add(hexadecimal)..)?;
        let code = after.get(1..hexadecimal.saturating_add(1)).and_then(|code| u32::from_str_radix(code, 16).ok());
        if !known || hexadecimal < digits || code.is_some_and(|code| char::from_u32(code).is_none()) {
            return Some(Place::new(start, spot.text.len().checked_sub(rest.len())?));
        }
    }
}

/// Lines that do not fit the ones above.
fn lines(kind: &ErrorKind, spot: &Spot<'_>) -> Option<Diagnostic> {
    /// YAML ends the search for the colon of a key here.
    const LONGEST_KEY: usize = 1024;
    let before = spot.before().trim_start();
    Some(match kind {
        ErrorKind::SimpleKeyExpected if spot.line.contains('：') => {
            let diagnostic = not_yaml("expected a `:` after this").at(spot.word(), "no field ends here");
            diagnostic.help("`：` is the full-width colon, U+FF1A: write `:` and a space")
        }
        ErrorKind::SimpleKeyExpected if before.is_empty() && spot.line.trim_start().starts_with('-') => {
            let diagnostic = not_yaml("expected a space after the `-`").at(spot.word(), "no item of a list");
            diagnostic.help("write `- item`, with a space after the dash")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            let diagnostic = not_yaml("expected a `:` after this").at(spot.word(), "a value of no field");
            diagnostic.help("write `field: value`, with a space after the colon")
        }
        ErrorKind::MappingValueNotAllowed if before.len() > LONGEST_KEY && !before.contains(": ") => {
            let start = spot.line_start.saturating_add(indentation(spot.line).len());
            not_yaml(&format!("the key is longer than {LONGEST_KEY} characters"))
                .at(Place::new(start, spot.offset), "this key")
        }
        ErrorKind::MappingValueNotAllowed if before.contains(": ") => {
            let diagnostic = not_yaml("a second `:` in one line").at(spot.here(), "the value has begun before");
            diagnostic.help("put a value with a colon in quotes")
        }
        ErrorKind::MappingValueNotAllowed => {
            let diagnostic =
                not_yaml("the line is indented more than the one above").at(spot.trimmed(), "a field too deep");
            diagnostic.help("indent the fields of one map alike")
        }
        ErrorKind::ExpectedBlockMappingKey => {
            let diagnostic = not_yaml("the line is indented like none above it").at(spot.trimmed(), "at no level");
            diagnostic.help("indent the fields of one map alike")
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            let diagnostic = not_yaml("expected a further item of the list").at(spot.trimmed(), "this is none");
            diagnostic.help("start each item with `- `; to end the list, indent less")
        }
        ErrorKind::ExpectedDocumentStart => {
            let start = spot.text.find("\n%").map_or(0, |newline| newline.saturating_add(1));
            let place = Spot::new(spot.text, if spot.text.starts_with('%') { 0 } else { start }).trimmed();
            let diagnostic =
                not_yaml("a line that starts with `%` instructs the parser").at(place, "no such instruction");
            diagnostic.help("remove the line")
        }
        _ => return None,
    })
}

/// Words that mean something to YAML.
fn words(kind: &ErrorKind, spot: &Spot<'_>) -> Option<Diagnostic> {
    Some(match kind {
        ErrorKind::UnknownAnchor => {
            let name = Diagnostic::error("an alias without its anchor");
            let diagnostic = name.at(spot.word(), "no `&` of this name stands before it");
            diagnostic.help("define the anchor first, or put a text that begins with `*` in quotes")
        }
        ErrorKind::RecursionLimitExceeded => too_deep(spot.here()),
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            let code = u32::from(*character);
            not_yaml(&format!("a control character, U+{code:04X}")).at(spot.here(), "here").help("remove it")
        }
        ErrorKind::UnexpectedCharacter { .. } | ErrorKind::MissingAnchorOrAliasName => {
            let first = spot.text.get(spot.here().range()).unwrap_or_default();
            let first = if first == "`" { "a backtick".to_owned() } else { format!("`{first}`") };
            not_yaml(&format!("a value cannot begin with {first}"))
                .at(spot.word(), "it means something to YAML")
                .help("put the value in quotes")
        }
        ErrorKind::BomInsideDocument => {
            let diagnostic =
                not_yaml("a byte order mark, U+FEFF, inside the text").at(spot.here(), "it cannot be seen");
            diagnostic.help("remove it: only the first character of a file can be one")
        }
        ErrorKind::UndeclaredTagHandle => {
            not_yaml("the tag is not declared").at(spot.word(), "this tag").help("remove the tag")
        }
        _ => return None,
    })
}

/// A collection that is still open.
struct Open {
    node: Node,
    anchor: usize,
    /// Where its bracket stands, if it has one.
    bracket: Option<Place>,
    /// Values inside it so far, itself included.
    size: usize,
    /// The deepest nesting inside it so far.
    height: usize,
    /// The key that waits for its value.
    key: Option<Key>,
}

/// A key; one that is no word has no name, and its value is dropped.
struct Key {
    name: Option<String>,
    place: Place,
}

/// A finished value that aliases can repeat.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

struct Builder<'a> {
    text: &'a str,
    left: usize,
    allowed: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
    /// Whether a text may have several documents; those before the last.
    several: bool,
    earlier: Vec<Node>,
    faults: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str, values: usize) -> Self {
        let (open, anchors, faults) = (Vec::new(), HashMap::new(), Vec::new());
        let (root, several, earlier) = (None, false, Vec::new());
        Self { text, left: values, allowed: values, open, anchors, root, several, earlier, faults }
    }

    /// The innermost bracket that is still open.
    fn bracket(&self) -> Option<Place> {
        self.open.last().and_then(|open| open.bracket)
    }

    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(1, place)?;
                self.judge(tag.as_deref(), place);
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let size = text.len().div_ceil(TEXT_OF_A_VALUE).max(1);
                let value = if null { Value::Null } else { Value::Scalar(text.into_owned()) };
                self.finish(Anchored { node: Node { place, value }, size, height: 0 }, anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.judge(tag.as_deref(), place);
                self.start(Value::Sequence(Vec::new()), place, anchor, style)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.judge(tag.as_deref(), place);
                self.start(Value::Mapping(Vec::new()), place, anchor, style)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Alias(anchor) => self.repeat(anchor, place),
            Event::DocumentStart(..) if self.several => {
                self.earlier.extend(self.root.take());
                Ok(())
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                let diagnostic =
                    Diagnostic::error("the file has several documents").at(place, "the second one starts here");
                Err(diagnostic.help("keep one document a file"))
            }
            _ => Ok(()),
        }
    }

    /// Notes a tag that is not one of YAML's core schema, which no value here may have.
    fn judge(&mut self, tag: Option<&Tag>, place: Place) {
        let Some(tag) = tag.and_then(foreign) else { return };
        let before = self.text.get(..place.start).unwrap_or_default();
        let at = before.rfind('!').map_or(place, |last| {
            let start = before.get(..last).and_then(|before| before.strip_suffix('!')).map_or(last, str::len);
            word(self.text, start)
        });
        let diagnostic = Diagnostic::error(format!("the tag `{tag}` means nothing here"));
        self.faults.push(diagnostic.at(at, "this tag").help("remove the tag"));
    }

    fn spend(&mut self, values: usize, place: Place) -> Result<(), Diagnostic> {
        self.left = self.left.checked_sub(values).ok_or_else(|| {
            let message = format!("the file holds more than {} values", self.allowed);
            let diagnostic = Diagnostic::error(message).at(place, "the first value too many");
            diagnostic.help("values that aliases repeat count each time; `--max-size` lifts the limit")
        })?;
        Ok(())
    }

    fn start(&mut self, value: Value, place: Place, anchor: usize, style: StructureStyle) -> Result<(), Diagnostic> {
        self.spend(1, place)?;
        if self.open.len() >= DEPTH {
            return Err(too_deep(place));
        }
        let bracket = (style == StructureStyle::Flow).then_some(place);
        let node = Node { place: self.first_line(place), value };
        self.open.push(Open { node, anchor, bracket, size: 1, height: 0, key: None });
        Ok(())
    }

    fn close(&mut self, place: Place) -> Result<(), Diagnostic> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        if place.end > place.start {
            let end = Place::new(open.node.place.start, place.end);
            open.node.place = self.first_line(end);
        }
        if let Value::Mapping(entries) = &mut open.node.value {
            self.merge(entries);
        }
        let height = open.height.saturating_add(1);
        self.finish(Anchored { node: open.node, size: open.size, height }, open.anchor)
    }

    fn repeat(&mut self, anchor: usize, place: Place) -> Result<(), Diagnostic> {
        let Some(Anchored { node, size, height }) = self.anchors.get(&anchor) else {
            let diagnostic =
                Diagnostic::error("an alias inside its own anchor").at(place, "this would repeat itself forever");
            return Err(diagnostic.help("write the value out"));
        };
        if self.open.len().saturating_add(*height) > DEPTH {
            return Err(too_deep(place));
        }
        let (size, height) = (*size, *height);
        let budget = self.left;
        if size <= budget {
            let node = Node { place, ..node.clone() };
            self.spend(size, place)?;
            return self.finish(Anchored { node, size, height }, 0);
        }
        self.spend(size, place)
    }

    /// Hands a finished value to the collection that it stands in.
    fn finish(&mut self, done: Anchored, anchor: usize) -> Result<(), Diagnostic> {
        if anchor != 0 {
            let Anchored { node, size, height } = &done;
            self.spend(*size, node.place)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size: *size, height: *height });
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(done.node);
            return Ok(());
        };
        parent.size = parent.size.saturating_add(done.size);
        parent.height = parent.height.max(done.height);
        match &mut parent.node.value {
            Value::Sequence(items) => items.push(done.node),
            Value::Mapping(entries) => match parent.key.take() {
                None => parent.key = Some(key(done.node, self.text, &mut self.faults)?),
                Some(Key { name: Some(key), place }) => entries.push(Entry { key, place, value: done.node }),
                Some(Key { name: None, .. }) => {}
            },
            Value::Null | Value::Scalar(_) => {}
        }
        Ok(())
    }

    /// The part of a place that stands on its first line: a mark over many lines points at nothing.
    fn first_line(&self, place: Place) -> Place {
        let line = self.text.get(place.range()).unwrap_or_default().lines().next().unwrap_or_default();
        Place::new(place.start, place.start.saturating_add(line.trim_end().len()))
    }

    /// Resolves `<<`: the keys of the maps that it names are added, but for those that stand here already.
    fn merge(&mut self, entries: &mut Vec<Entry>) {
        if !entries.iter().any(|entry| entry.key == "<<") {
            return;
        }
        let (merges, mut kept): (Vec<_>, Vec<_>) =
            std::mem::take(entries).into_iter().partition(|entry| entry.key == "<<");
        let mut merges = merges.into_iter();
        let Some(first) = merges.next() else { return };
        let again: Vec<_> = merges.collect();
        for again in &again {
            let diagnostic = Diagnostic::error("`<<` is given twice").at(again.place, "given again");
            let diagnostic = diagnostic.related(first.place, "the first time");
            self.faults.push(diagnostic.help("name several maps in one list: `<<: [*a, *b]`"));
        }
        let maps = std::iter::once(first).chain(again).flat_map(|merge| match merge.value.value {
            Value::Sequence(items) => items,
            _ => vec![merge.value],
        });
        let mut known: HashSet<String> = kept.iter().map(|entry| entry.key.clone()).collect();
        for map in maps {
            let Value::Mapping(inherited) = map.value else {
                let diagnostic = Diagnostic::error("`<<` takes in the fields of a map");
                let diagnostic = diagnostic.at(map.place, format!("this is {}", map.value.shape()));
                self.faults.push(diagnostic.help("name a map that is marked with `&` before: `<<: *defaults`"));
                continue;
            };
            let new: Vec<Entry> = inherited.into_iter().filter(|entry| !known.contains(&entry.key)).collect();
            known.extend(new.iter().map(|entry| entry.key.clone()));
            kept.extend(new);
        }
        *entries = kept;
    }
}

/// A finished value as a key, or a fault where it is no word.
fn key(node: Node, text: &str, faults: &mut Vec<Diagnostic>) -> Result<Key, Diagnostic> {
    let place = node.place;
    let name = match node.value {
        Value::Scalar(text) => Some(text),
        Value::Null => Some(String::from("null")),
        Value::Mapping(_) if text.get(..place.start).is_some_and(|before| before.ends_with('{')) => {
            let diagnostic = not_yaml("a template is not filled in");
            let closing = text.get(place.end..).is_some_and(|after| after.starts_with('}'));
            let place = Place::new(place.start.saturating_sub(1), place.end.saturating_add(usize::from(closing)));
            return Err(diagnostic
                .at(place, "a map is no key")
                .help("let the template's program write the file first"));
        }
        other => {
            let diagnostic = Diagnostic::error("a key must be a single word");
            faults.push(diagnostic.at(place, format!("this is {}", other.shape())));
            None
        }
    };
    Ok(Key { name, place })
}

/// A tag that is not one of YAML's core schema, as a person would write it.
fn foreign(tag: &Tag) -> Option<String> {
    const CORE: [&str; 7] = ["str", "int", "float", "bool", "null", "map", "seq"];
    if tag.handle() != "tag:yaml.org,2002:" {
        return Some(format!("{}{}", tag.handle(), tag.suffix()));
    }
    (!CORE.contains(&tag.suffix())).then(|| format!("!!{}", tag.suffix()))
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
