//! The few styles that the output uses. Escapes are dropped on the way out where no terminal wants them.

use std::fmt;

use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle, Width};
use textwrap::{WordSeparator, WordSplitter};

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
        Verdict::Exceeds | Verdict::Unproven => AnsiColor::Red.on_default().bold(),
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
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')));
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
        let widths = longest_words(table);
        let is_room = table.width().is_none_or(|room| widths.iter().sum::<u16>() <= room);
        for (width, column) in widths.into_iter().zip(table.column_iter_mut()) {
            column.set_padding((0, 2));
            if is_room {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
            }
        }
        let lines = table.lines().map(|line| line.trim_end().to_owned());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A text broken to the columns, with every line but the first indented. Escapes take no column.
    pub fn wrap(self, text: &str, indent: usize) -> String {
        textwrap::fill(text, lines(self.columns.into()).subsequent_indent(&" ".repeat(indent)))
    }
}

/// The width of the longest word of each column with the blanks beside it, so that no word is broken: a long one may be.
fn longest_words(table: &Table) -> Vec<u16> {
    const LONGEST: usize = 24;
    const BLANKS: usize = 2;
    let width = |index: usize| {
        let texts = table.header().into_iter().chain(table.row_iter()).filter_map(|row| row.cell_iter().nth(index));
        let words = texts.map(|cell| {
            let content = cell.content();
            content.split_whitespace().map(textwrap::core::display_width).max().unwrap_or(0)
        });
        words.max().unwrap_or(0).min(LONGEST).saturating_add(BLANKS)
    };
    let columns = table.header().map_or(0, Row::cell_count);
    (0..columns).map(|index| u16::try_from(width(index)).unwrap_or(u16::MAX)).collect()
}

/// Lines of so many columns, broken at spaces only.
pub(super) fn lines(columns: usize) -> textwrap::Options<'static> {
    let lines = textwrap::Options::new(columns).word_separator(WordSeparator::AsciiSpace);
    lines.word_splitter(WordSplitter::NoHyphenation)
}

#[cfg(test)]
mod tests {
    use super::{HEADING, Look};

    fn wrap(text: &str, columns: u16, indent: usize) -> String {
        Look::plain(columns).wrap(text, indent)
    }

    #[test]
    fn lines_break_at_spaces_and_escapes_take_no_room() {
        assert_eq!(wrap("one two three", 9, 2), "one two\n  three");
        assert_eq!(wrap("  no  question", 20, 4), "  no  question");
        let look = Look { columns: 7, colour: true };
        let painted = format!("{} {}", look.paint(HEADING, "one"), look.paint(HEADING, "two"));
        assert!(!wrap(&painted, 7, 0).contains('\n'));
        assert_eq!(wrap("one-two-three four", 8, 2), "one-tw\n  o-thre\n  e four");
        assert_eq!(wrap("    a word", 10, 6), "    a word");
        assert_eq!(wrap("한국어 단어", 8, 1), "한국어\n 단어");
        assert_eq!(wrap("漢字漢字漢字", 6, 1), "漢字\n 漢字\n 漢字");
    }
}
