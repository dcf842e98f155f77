//! What stands between the markers is ours, what stands around them is not.

use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::sample::Index;
use proptest::test_runner::{Config, RngSeed};

use super::{ACCEPTED, Given, PROPOSED, Records, day, file, fresh, rendered};
use crate::support;

/// Puts a line where a person can write: after a part, in the front matter, or at the end.
fn written_into(page: &str, at: &Index, line: &str) -> String {
    let mut lines: Vec<&str> = page.lines().collect();
    let after_a_part = |(number, line): (usize, &&str)| line.contains("polyglot:end").then_some(number + 1);
    let gaps: Vec<usize> = lines.iter().enumerate().filter_map(after_a_part).collect();
    lines.insert(gaps[at.index(gaps.len())], line);
    lines.join("\n") + "\n"
}

/// The lines that are a person's own.
fn own(page: &str) -> Vec<&str> {
    let mut inside = false;
    let mut own = Vec::new();
    for line in page.lines() {
        inside |= line.contains("polyglot:begin");
        if !inside {
            own.push(line);
        }
        inside &= !line.contains("polyglot:end");
    }
    own
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(11), ..support::cases(40) })]

    #[test]
    fn what_people_write_survives_whatever_changes(
        first in support::random::system(),
        second in support::random::system(),
        at in any::<Index>(),
        line in "[ -~]{0,40}",
    ) {
        let (first, second) = (support::file(&first.0, &first.1), support::file(&second.0, &second.1));
        let line = if line.contains("polyglot:") { "a line" } else { &line };
        let before = fresh(&first, ACCEPTED);
        prop_assert_eq!(&rendered(&first, &before, ACCEPTED), &before);
        let write = |(name, page): (&String, &String)| (name.clone(), written_into(page, &at, line));
        let edited: Records = before.iter().map(write).collect();
        prop_assert_eq!(&rendered(&first, &edited, ACCEPTED), &edited, "nothing has changed");
        let changed = rendered(&second, &edited, ACCEPTED);
        for (name, page) in &edited {
            prop_assert_eq!(own(&changed[name]), own(page), "{}", name);
        }
        prop_assert_eq!(&rendered(&second, &changed, ACCEPTED), &changed);
        for name in before.keys() {
            let number = |records: &Records| records.keys().filter(|other| other[..4] == name[..4]).count();
            prop_assert_eq!(number(&changed), 1, "a number stands twice");
        }
    }
}

#[test]
fn a_file_without_data_to_compare_has_a_record_too() {
    let records = fresh(&file(&["notes: { description: nothing is known }"]), PROPOSED);
    let page = &records["0001-notes.md"];
    assert!(page.contains("the default of the decision tree holds"), "{page}");
    let dated = fresh(&file(&["notes: {}"]), Given { date: Some(day("2026-11-22")), ..PROPOSED });
    assert!(dated["README.md"].contains("| proposed | PostgreSQL 18 | 2026-11-22 |"));
}
