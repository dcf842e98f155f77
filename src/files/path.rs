//! Paths, without a look at what is there.

use std::path::Path;

/// How a path is shown.
pub(crate) trait PathText {
    /// The path as a text in one line that nothing in it can change the look of: what moves a cursor, ends a line or turns
    /// the direction of writing stands there as its number.
    fn shown(&self) -> String;
}

impl PathText for Path {
    fn shown(&self) -> String {
        let mut text = String::new();
        for c in self.to_string_lossy().chars() {
            match c {
                '\n' => text.push_str("\\n"),
                c if is_unseen(c) => text.extend(c.escape_unicode()),
                c => text.push(c),
            }
        }
        text
    }
}

/// Whether a character does something else than to be seen.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The empty path means the current folder.
pub(crate) fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// The folders of a relative path, the outermost first.
pub(crate) fn folders_of(path: &Path) -> Vec<&Path> {
    let mut folders: Vec<_> = path.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()).collect();
    folders.reverse();
    folders
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::PathText;

    #[test]
    fn a_path_is_one_line_that_does_nothing() {
        assert_eq!(Path::new("a b/이름.yaml").shown(), "a b/이름.yaml");
        assert_eq!(Path::new("a\n::error::\u{1b}[1m\u{202e}\u{7}").shown(), "a\\n::error::\\u{1b}[1m\\u{202e}\\u{7}");
    }
}
