//! Text in Markdown: what somebody wrote stays text, whatever Markdown would make of it.

use std::iter;

/// A text in one line, so that Markdown shows it as it is, wherever in a line it stands.
pub(in crate::render) fn text(raw: &str) -> String {
    let plain = raw.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let plain = plain.collect::<Vec<_>>().join(" ");
    let before = iter::once(None).chain(plain.chars().map(Some));
    let after = plain.chars().skip(1).map(Some).chain(iter::once(None));
    let mut escaped = String::with_capacity(plain.len());
    let mut numbers_only = true;
    for ((character, before), after) in plain.chars().zip(before).zip(after) {
        let opens_a_list = numbers_only && before.is_some() && matches!(character, '.' | ')');
        if opens_a_list || is_special(character, before, after) {
            escaped.push('\\');
        }
        numbers_only = numbers_only && character.is_ascii_digit();
        escaped.push(character);
    }
    escaped
}

/// Whether Markdown would take a character for markup between its neighbours.
fn is_special(character: char, before: Option<char>, after: Option<char>) -> bool {
    let is_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    match character {
        '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '$' | '|' => true,
        '_' => !(is_word(before) && is_word(after)),
        '&' => after.is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
        '#' | '+' | '-' | '=' | '>' => before.is_none(),
        _ => false,
    }
}

/// A text that is the end of a sentence: without the full stop that it may have.
pub(in crate::render) fn clause(raw: &str) -> String {
    text(raw.trim_end().trim_end_matches('.'))
}

/// A name as code. Names hold nothing that could end it; what does is shown as text.
pub(in crate::render) fn code(raw: &str) -> String {
    if raw.contains('`') || raw.contains('\n') { text(raw) } else { format!("`{raw}`") }
}

/// What stands in a cell of a table, and is Markdown already.
pub(in crate::render) fn cell(markdown: &str) -> String {
    let mut escaped = String::with_capacity(markdown.len());
    let mut before = None;
    for character in markdown.chars() {
        if character == '|' && before != Some('\\') {
            escaped.push('\\');
        }
        escaped.push(if character.is_control() { ' ' } else { character });
        before = Some(character);
    }
    escaped
}

/// A link to an address outside.
pub(in crate::render) fn link(label: &str, address: &str) -> String {
    let address: String = address.chars().filter(|c| !c.is_control()).map(escaped_in_address).collect();
    format!("[{label}]({address})")
}

fn escaped_in_address(character: char) -> String {
    match character {
        ' ' | '<' | '>' | '(' | ')' | '\\' => format!("%{:02X}", u32::from(character)),
        other => other.to_string(),
    }
}

/// Names in a row: `a`, `a and b`, `a, b and c`.
pub(in crate::render) fn row(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Points of a list, each a line.
pub(in crate::render) fn list(points: impl IntoIterator<Item = String>) -> String {
    points.into_iter().flat_map(|point| [String::from("* "), point, String::from("\n")]).collect()
}

#[cfg(test)]
mod tests {
    use super::{cell, clause, text};

    #[test]
    fn what_markdown_would_take_for_markup_is_text() {
        for (raw, shown) in [
            ("plain, as it is", "plain, as it is"),
            ("user_profiles and _this_", "user_profiles and \\_this\\_"),
            ("# no heading", "\\# no heading"),
            ("- no list", "\\- no list"),
            ("2024. no list - nor here", "2024\\. no list - nor here"),
            ("version 2.0", "version 2.0"),
            ("a | b", "a \\| b"),
            ("a\n\n# b\t c", "a # b c"),
            ("<b> & &amp; [x](y)", "\\<b> & \\&amp; \\[x\\](y)"),
            ("`code` *bold* ~~gone~~ \\", "\\`code\\` \\*bold\\* \\~\\~gone\\~\\~ \\\\"),
        ] {
            assert_eq!(text(raw), shown);
        }
        assert_eq!(clause("our stations speak to nothing else. "), "our stations speak to nothing else");
        assert_eq!(cell("a | b \\| c"), "a \\| b \\| c");
    }
}
