//! The few styles that the output uses. Escapes are dropped on the way out where no terminal wants them.

use std::fmt;

use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, Cell, ContentArrangement, Table};

use crate::decide::Verdict;

/// A heading.
pub const HEADING: Style = Style::new().bold();
/// What matters less.
pub const FAINT: Style = Style::new().dimmed();
/// A name that one can use again.
pub const NAME: Style = AnsiColor::Cyan.on_default();

/// The style of a verdict.
pub fn verdict(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Fits => AnsiColor::Green.on_default(),
        Verdict::Strained => AnsiColor::Yellow.on_default(),
        Verdict::Exceeds => AnsiColor::Red.on_default().bold(),
    }
}

/// What the output may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How many columns there are.
    pub columns: u16,
    /// Whether it may have colour.
    pub colour: bool,
}

impl Look {
    /// So many columns, without colour.
    pub fn plain(columns: u16) -> Self {
        Self { columns, colour: false }
    }

    /// A text in a style, where there is colour.
    pub fn paint(self, style: Style, text: impl fmt::Display) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// An empty table with a header, as wide as there is room.
    pub(super) fn table(self, header: &[&str]) -> Table {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(self.columns);
        if self.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(header.iter().map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
        table
    }

    /// A table as text, without blanks at the ends of its lines.
    pub(super) fn finish(table: &mut Table) -> String {
        for column in table.column_iter_mut() {
            column.set_padding((0, 1));
        }
        let lines = table.lines().map(|line| line.trim_end().to_owned());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A text broken to the columns.
    pub fn wrap(self, text: &str, indent: usize) -> String {
        wrap(text, usize::from(self.columns), indent)
    }
}

/// Breaks a text at spaces into lines of so many columns, each after the first indented. Escapes take no column.
fn wrap(text: &str, width: usize, indent: usize) -> String {
    let body = text.trim_start_matches(' ');
    let start = text.len().saturating_sub(body.len());
    let room = width.saturating_sub(indent).max(1);
    let mut lines = Lines { text: " ".repeat(start), column: start, width, indent, fresh: true };
    if body.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        lines.fill(body, room);
        return lines.text;
    }
    for word in body.split(' ') {
        let length = columns(word);
        if length <= room || word.contains('\u{1b}') {
            lines.push(word, length);
        } else {
            pieces(word, room).into_iter().for_each(|piece| lines.push(piece, columns(piece)));
        }
    }
    lines.text
}

/// Lines that are being filled with words.
struct Lines {
    text: String,
    column: usize,
    width: usize,
    indent: usize,
    /// Whether the line has no word yet.
    fresh: bool,
}

impl Lines {
    /// Fills lines from a text whose every byte takes one column, cutting at the last space that there is room for.
    fn fill(&mut self, mut text: &str, room: usize) {
        let mut left = self.width.saturating_sub(self.column);
        while text.len() > left {
            let space = text.get(..=left).and_then(|line| line.rfind(' ')).filter(|space| *space > 0);
            let (line, rest) = match space {
                Some(space) => (text.get(..space), text.get(space.saturating_add(1)..)),
                None if text.find(' ').unwrap_or(text.len()) <= room && left < room => (Some(""), Some(text)),
                None => (text.get(..left), text.get(left..)),
            };
            self.text.push_str(line.unwrap_or_default());
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', self.indent));
            text = rest.unwrap_or_default();
            left = room;
        }
        self.text.push_str(text);
    }

    fn push(&mut self, word: &str, length: usize) {
        if !self.fresh && self.column.saturating_add(length).saturating_add(1) > self.width {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', self.indent));
            self.column = self.indent;
        } else if !self.fresh {
            self.text.push(' ');
            self.column = self.column.saturating_add(1);
        }
        self.text.push_str(word);
        self.column = self.column.saturating_add(length);
        self.fresh = false;
    }
}

/// A word that is wider than a line, cut into lines. One with escapes must stay whole: a cut could fall into one.
fn pieces(word: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut column) = (0usize, 0usize);
    for (at, character) in word.char_indices() {
        let width = unicode_width::UnicodeWidthChar::width(character).unwrap_or(0);
        if column.saturating_add(width) > room {
            pieces.extend(word.get(start..at));
            (start, column) = (at, 0);
        }
        column = column.saturating_add(width);
    }
    pieces.extend(word.get(start..));
    pieces
}

/// How many columns a word takes on a terminal.
fn columns(word: &str) -> usize {
    if word.bytes().all(|byte| byte.is_ascii_graphic()) {
        return word.len();
    }
    unicode_width::UnicodeWidthStr::width(anstream::adapter::strip_str(word).to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::{HEADING, Look, wrap};

    #[test]
    fn lines_break_at_spaces_and_escapes_take_no_room() {
        assert_eq!(wrap("one two three", 9, 2), "one two\n  three");
        assert_eq!(wrap("  no  question", 20, 4), "  no  question");
        let look = Look { columns: 7, colour: true };
        let painted = format!("{} {}", look.paint(HEADING, "one"), look.paint(HEADING, "two"));
        assert!(!wrap(&painted, 7, 0).contains('\n'));
        assert_eq!(wrap("one-two-three four", 8, 2), "one-two-\n  three\n  four");
        assert_eq!(wrap("    a word", 10, 6), "    a word");
        assert_eq!(wrap("한국어 단어", 8, 1), "한국어\n 단어");
        assert_eq!(wrap("漢字漢字漢字", 6, 1), "漢字\n 漢字\n 漢字");
    }
}
