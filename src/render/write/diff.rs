//! Unified diffs, as `git apply` reads them.

use std::convert::Infallible;

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::udiff::UnifiedHunkHeader;
use similar::{DiffOp, group_diff_ops};

/// How many lines stand around a change.
const CONTEXT: usize = 3;
/// Longer texts are not compared line by line.
const LONGEST: usize = 1 << 20;

/// What changes from one text to another; none is a file that is not there.
pub fn of(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let named = |side: &str, text: Option<&str>| text.map_or(String::from("/dev/null"), |_| format!("{side}/{path}"));
    let (before, after) = (named("a", old), named("b", new));
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    if old.len().max(new.len()) > LONGEST {
        return unseen(path);
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let hunks = group_diff_ops(changes(&old, &new), CONTEXT);
    let hunks: Vec<String> = hunks.iter().filter(|ops| !ops.is_empty()).map(|ops| hunk(ops, &old, &new)).collect();
    if hunks.is_empty() { String::new() } else { format!("--- {before}\n+++ {after}\n{}", hunks.concat()) }
}

/// What changes from some lines to others. It is asked of one algorithm, and not of a `TextDiff`, which brings all of
/// them into the program.
fn changes(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut found = Compact::new(Replace::new(Capture::new()), old, new);
    let compared: Result<(), Infallible> = myers::diff(&mut found, old, 0..old.len(), new, 0..new.len());
    match compared {
        Ok(()) => found.into_inner().into_inner().into_ops(),
    }
}

/// Changes that stand together, with the lines around them.
fn hunk(ops: &[DiffOp], old: &[&str], new: &[&str]) -> String {
    let mut text = format!("{}\n", UnifiedHunkHeader::new(ops));
    let mut add = |sign: char, lines: Option<&[&str]>| {
        for line in lines.into_iter().flatten() {
            text.push(sign);
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    };
    for op in ops {
        match op {
            DiffOp::Equal { .. } => add(' ', old.get(op.old_range())),
            _ => {
                add('-', old.get(op.old_range()));
                add('+', new.get(op.new_range()));
            }
        }
    }
    text
}

/// What is said where the text cannot be shown.
pub(super) fn unseen(path: &str) -> String {
    format!("Files a/{path} and b/{path} differ\n")
}

/// What is said where a file only becomes executable.
pub(super) fn of_mode(path: &str) -> String {
    format!("diff --git a/{path} b/{path}\nold mode 100644\nnew mode 100755\n")
}

#[cfg(test)]
mod tests {
    use similar::TextDiff;

    use super::{CONTEXT, of};

    #[test]
    fn it_is_the_diff_that_the_library_shows() {
        let long: Vec<String> = (0..40).map(|line| format!("line {line}\n")).collect();
        let long = long.concat();
        let changed = long.replace("line 5\n", "").replace("line 20\n", "other\nlines\n").replace("line 39\n", "end");
        for (old, new) in [
            (long.as_str(), changed.as_str()),
            (changed.as_str(), long.as_str()),
            ("", "a\n"),
            ("a\nb", ""),
            ("a\nb", "a\nb\n"),
            ("a\na\na\n", "a\na\n"),
            ("same\n", "same\n"),
        ] {
            let whole = TextDiff::from_lines(old, new);
            let whole = whole.unified_diff().context_radius(CONTEXT).header("a/x", "b/x").to_string();
            assert_eq!(of("x", Some(old), Some(new)), whole);
        }
    }
}
