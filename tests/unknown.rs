//! Unknown quantities decide nothing: taking one away never turns what fits into what does not.

use proptest::prelude::{ProptestConfig, prop_assert, proptest};
use proptest::test_runner::RngSeed;

use catalog::vocabulary::Quantity;

use crate::support::{cases, decide, file, random};

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(11), ..cases(300) })]

    #[test]
    fn removing_a_quantity_never_turns_fits_into_exceeds((target, kinds) in random::system()) {
        let before = decide(&file(&target, &kinds));
        for index in 0..kinds.len() {
            for quantity in Quantity::ALL.iter().filter(|quantity| kinds[index].contains_key(quantity.name())) {
                let mut fewer = kinds.clone();
                fewer[index].remove(quantity.name());
                let text = file(&target, &fewer);
                for (was, is) in before.selections.iter().zip(decide(&text).selections) {
                    let worse = was.fit.verdict == "fits" && is.fit.verdict == "exceeds";
                    prop_assert!(!worse, "without {} of kind{index}, {} exceeds:\n{}", quantity, is.data, text);
                }
            }
        }
    }

    #[test]
    fn the_defaults_of_the_host_never_make_anything_exceed(kinds in proptest::collection::vec(random::kind(), 1..=3)) {
        let largest = "target: { memory: 1000000GB, disk: 1000000GB, cpus: 100000 }\n";
        let without = decide(&file("", &kinds));
        let with = decide(&file(largest, &kinds));
        for (guessed, stated) in without.selections.iter().zip(with.selections) {
            if stated.fit.verdict == "fits" {
                prop_assert!(guessed.fit.verdict != "exceeds", "{} exceeds a host that nobody stated:\n{}", guessed.data, file("", &kinds));
            }
        }
    }
}

#[test]
fn a_figure_that_is_not_given_is_not_checked() {
    let checked = |text: &str| {
        let answer = decide(text).selections.remove(0);
        answer.fit.checks.into_iter().filter(|check| Quantity::named(&check.what).is_some()).count()
    };
    assert!(checked("version: 1\ndata:\n  it: { kind: user_profile, data_size: 20GB }\n") > 0);
    assert_eq!(checked("version: 1\ndata:\n  it: { kind: user_profile }\n"), 0);
}
