//! The faults of the parser in words for the person, at the place that has to be changed.

use granit_parser::{ErrorKind, ScanError};

use super::node::DEPTH;
use crate::diagnostic::Diagnostic;
use crate::source::Place;

pub(super) fn nul(text: &str, offset: usize) -> Diagnostic {
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

pub(super) fn too_deep(place: Place) -> Diagnostic {
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
pub(super) fn word(text: &str, start: usize) -> Place {
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

pub(super) fn not_yaml(reason: &str) -> Diagnostic {
    Diagnostic::error(format!("this is not YAML: {reason}"))
}

/// Puts a fault of the parser into words for the person; `bracket` is the innermost one that is still open.
pub(super) fn unreadable(text: &str, error: &ScanError, bracket: Option<Place>) -> Diagnostic {
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
