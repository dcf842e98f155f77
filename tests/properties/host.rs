//! The host changes what fits on it, and a choice only through its memory, where a row says that it is held there.

use catalog::vocabulary::Storage;
use catalog::{Catalog, Entry, Extent};
use polyglot::config::Policy;
use polyglot::decide::Depth;
use proptest::prelude::{prop_assert_eq, proptest};
use proptest::sample::select;

use super::system::{answers, answers_with, known, system, tried};

/// The catalog as if nothing had to be held in memory.
fn without_memory() -> Catalog {
    let mut catalog = known().0.clone();
    let databases: Vec<_> = known().0.databases().cloned().collect();
    for mut database in databases {
        for bound in &mut database.bounds {
            if let Extent::Ends(ends) = &mut bound.extent {
                ends.held_in_memory = false;
            }
        }
        let recipe = known().0.recipe(&database.id).unwrap().clone();
        catalog.add(Entry { database, recipe });
    }
    catalog
}

proptest! {
    #![proptest_config(tried(100))]

    #[test]
    fn processors_and_disks_change_no_choice(
        system in system(), cpus in 1u32..512, disk in 1u64..1_000_000, storage in select(Storage::ALL)
    ) {
        let other = system.on("cpus", &cpus.to_string()).on("disk", &format!("{disk}GB"));
        let other = other.on("storage", storage.name());
        prop_assert_eq!(answers(&system, Depth::Flips), answers(&other, Depth::Flips), "{}", system.text());
    }

    #[test]
    fn memory_changes_a_choice_only_where_a_row_is_held_in_it(system in system(), memory in 1u64..100_000) {
        let catalog = without_memory();
        let other = system.on("memory", &format!("{memory}GB"));
        let of = |system| answers_with(system, Depth::Answer, &catalog, &Policy::default());
        prop_assert_eq!(of(&system), of(&other), "{}", system.text());
    }
}
