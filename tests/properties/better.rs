//! Nobody is chosen that does not serve a need, or exceeds, while another candidate does better.

use polyglot::config::Policy;
use polyglot::decide::{Depth, Verdict};
use proptest::prelude::{prop_assert, proptest};

use super::system::{answers, answers_with, known, system, tried};

/// The relational servers of which one is the core. Where the core is denied, another takes its place, which was no
/// candidate before.
const CORES: [&str; 3] = ["postgresql", "mysql", "mariadb"];

proptest! {
    #![proptest_config(tried(300))]

    #[test]
    fn what_exceeds_is_chosen_only_where_nothing_does_better(system in system()) {
        for (name, chosen) in answers(&system, Depth::Choice) {
            let is_bad = chosen.verdict >= Verdict::Exceeds && !chosen.needs_several_nodes;
            let [id] = chosen.databases.as_slice() else { continue };
            if !is_bad || chosen.pinned || CORES.contains(&id.as_str()) {
                continue;
            }
            let denied: Policy = toml::from_str(&format!("denied_databases = [\"{id}\"]")).unwrap();
            let without = &answers_with(&system, Depth::Choice, &known().0, &denied)[&name];
            let is_better = without.verdict < chosen.verdict && !without.databases.contains(id);
            prop_assert!(
                !is_better,
                "{name}: {id} {}, and {:?} {} in\n{}", chosen.verdict, without.databases, without.verdict, system.text()
            );
        }
    }
}
