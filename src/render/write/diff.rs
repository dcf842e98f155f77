//! Unified diffs, as `git apply` reads them.

use similar::TextDiff;

/// How many lines stand around a change.
const CONTEXT: usize = 3;
/// Longer texts are not compared line by line.
const LONGEST: usize = 1 << 20;

/// What changes from one text to another; none is a file that is not there.
pub(super) fn of(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let named = |side: &str, text: Option<&str>| text.map_or(String::from("/dev/null"), |_| format!("{side}/{path}"));
    let (before, after) = (named("a", old), named("b", new));
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    if old.len().max(new.len()) > LONGEST {
        return unseen(path);
    }
    let changes = TextDiff::from_lines(old, new);
    changes.unified_diff().context_radius(CONTEXT).header(&before, &after).to_string()
}

/// What is said where the text cannot be shown.
pub(super) fn unseen(path: &str) -> String {
    format!("Files a/{path} and b/{path} differ\n")
}

/// What is said where a file only becomes executable.
pub(super) fn of_mode(path: &str) -> String {
    format!("diff --git a/{path} b/{path}\nold mode 100644\nnew mode 100755\n")
}
