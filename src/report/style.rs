//! The few styles that the output uses. Escapes are dropped on the way out where no terminal wants them.

use anstyle::{AnsiColor, Style};

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

/// A text in a style.
pub fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Breaks a text at spaces into lines of so many columns, each after the first indented.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let mut column = 0usize;
    for word in text.split(' ') {
        let length = unicode_width::UnicodeWidthStr::width(word);
        if column > 0 && column.saturating_add(length).saturating_add(1) > width.saturating_sub(indent) {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column = column.saturating_add(1);
        }
        wrapped.push_str(word);
        column = column.saturating_add(length);
    }
    wrapped
}
