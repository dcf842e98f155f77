//! A named text and places in it.

use std::ops::Range;
use std::sync::Arc;

/// A text that somebody wrote, with the name under which they know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A path as it was given, or `<stdin>`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A stretch of a source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Place {
    /// The place from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The place in a text that begins so much further down.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self { start: self.start.saturating_add(by), end: self.end.saturating_add(by) }
    }

    /// The place as a range of bytes.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// Several texts laid end to end, so that one place points into any of them.
#[derive(Debug, Default)]
pub struct Sources {
    /// Each text, and where it begins.
    all: Vec<(usize, Arc<Source>)>,
}

impl Sources {
    /// Adds a text, and gives back where it begins.
    pub fn add(&mut self, source: Arc<Source>) -> usize {
        let last = self.all.last();
        // A byte between two texts, so that the end of one is not the beginning of the next.
        let start = last.map_or(0, |(start, last)| start.saturating_add(last.text.len()).saturating_add(1));
        self.all.push((start, source));
        start
    }

    /// The text that a place is in, and the place there.
    pub fn locate(&self, place: Place) -> Option<(&Arc<Source>, Place)> {
        let next = self.all.partition_point(|(start, _)| *start <= place.start);
        let (start, source) = self.all.get(next.checked_sub(1)?)?;
        Some((source, Place::new(place.start.saturating_sub(*start), place.end.saturating_sub(*start))))
    }

    /// What stands at a place.
    pub fn text(&self, place: Place) -> &str {
        let found = self.locate(place).and_then(|(source, place)| source.text.get(place.range()));
        found.unwrap_or_default()
    }

    /// The texts, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.all.iter().map(|(_, source)| source)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// What was written there.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// A line and a column as editors count them: from one, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The positions of some places of a text, so that no other is counted from the beginning.
#[derive(Debug)]
pub struct Lines {
    known: Vec<(usize, LineColumn)>,
}

impl Lines {
    const STRIDE: usize = 256;

    /// Counts the lines of a text.
    pub fn of(text: &str) -> Self {
        let mut known: Vec<(usize, LineColumn)> = Vec::new();
        let mut position = LineColumn { line: 1, column: 1 };
        for (at, c) in text.char_indices() {
            if known.last().is_none_or(|(last, _)| at.saturating_sub(*last) >= Self::STRIDE) {
                known.push((at, position));
            }
            position = after(position, at, c);
        }
        Self { known }
    }

    /// The line and column of a byte of the same text; past the end it is the end.
    pub fn position(&self, text: &str, offset: usize) -> LineColumn {
        let next = self.known.partition_point(|(at, _)| *at <= offset);
        let near = next.checked_sub(1).and_then(|index| self.known.get(index)).copied();
        let (from, position) = near.unwrap_or((0, LineColumn { line: 1, column: 1 }));
        let rest = text.get(from..).unwrap_or_default().char_indices();
        let rest = rest.map(|(at, c)| (from.saturating_add(at), c));
        let passed = rest.take_while(|(at, c)| at.saturating_add(c.len_utf8()) <= offset);
        passed.fold(position, |position, (at, c)| after(position, at, c))
    }
}

/// The position that follows a character.
fn after(position: LineColumn, at: usize, c: char) -> LineColumn {
    match c {
        '\n' => LineColumn { line: position.line.saturating_add(1), column: 1 },
        BYTE_ORDER_MARK if at == 0 => position,
        _ => LineColumn { column: position.column.saturating_add(1), ..position },
    }
}

#[cfg(test)]
mod tests {
    use super::{BYTE_ORDER_MARK, LineColumn, Lines};

    /// The same, counted from the beginning.
    fn counted(text: &str, offset: usize) -> LineColumn {
        let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let before = text[..offset].trim_start_matches(BYTE_ORDER_MARK);
        let line = before.rsplit('\n').next().unwrap_or_default();
        LineColumn { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
    }

    #[test]
    fn columns_count_characters_and_skip_the_byte_order_mark() {
        let text = "\u{feff}name: x\r\n이름: y\n";
        let at = |needle: &str| Lines::of(text).position(text, text.find(needle).unwrap());
        assert_eq!(at("name"), LineColumn { line: 1, column: 1 });
        assert_eq!(at("y"), LineColumn { line: 2, column: 5 });
        assert_eq!(Lines::of(text).position(text, 10_000), LineColumn { line: 3, column: 1 });
    }

    #[test]
    fn a_position_is_that_counted_from_the_beginning() {
        for text in ["", "\u{feff}a\nb", &"이름: 값\n".repeat(2_000), &"문".repeat(9_000), &"a\n".repeat(9_000)] {
            let positions = Lines::of(text);
            for offset in (0..text.len() + 3).step_by(7) {
                assert_eq!(positions.position(text, offset), counted(text, offset), "{offset} of {}", text.len());
            }
        }
    }
}
