//! What an answer assumes is true of it: at its bound the answer stays, and past it the answer or its verdict is another.

use catalog::Category;
use catalog::vocabulary::{Amount, Quantity};
use polyglot::decide::{Assumption, Depth, Verdict};
use proptest::prelude::{TestCaseError, prop_assert, proptest};

use super::system::{Answer, System, answers, known, system, tried};

/// The amounts past what is shown among which something else has to happen: where strain begins is shown, and the answer turns
/// at the end, or where the next one ends.
fn past(assumption: Assumption) -> Vec<(Quantity, u64)> {
    const STEPS: usize = 60;
    let a_quarter_less = |amount: &u64| Some(amount / 4 * 3).filter(|less| *less > 0);
    let (quantity, amounts): (_, Vec<u64>) = match assumption {
        Assumption::AtMost(quantity, Amount(most)) => {
            let a_third_further = |amount: &u64| amount.checked_add((amount / 3).max(quantity.step()));
            (quantity, std::iter::successors(most.checked_add(quantity.step()), a_third_further).take(STEPS).collect())
        }
        Assumption::AtLeast(quantity, Amount(least)) => {
            let first = least.saturating_sub(1).max(1);
            (quantity, std::iter::successors(Some(first), a_quarter_less).take(STEPS).collect())
        }
        Assumption::Derived => return Vec::new(),
    };
    amounts.into_iter().map(|amount| (quantity, amount / quantity.step() * quantity.step())).collect()
}

/// Unknown is not small: what states a size may go to memory, and what states none may not.
fn is_let_into_memory(assumption: Assumption, then: &Answer) -> bool {
    let is_in_memory = |id: &String| known().0.get(id).is_some_and(|database| database.is(Category::InMemory));
    ["records", "data_size"].contains(&assumption.field()) && then.databases.iter().all(is_in_memory)
}

fn check(system: &System, index: usize, answer: &Answer, assumption: Assumption) -> Result<(), TestCaseError> {
    let name = &system.kinds[index].0;
    let stated =
        |value: &str| answers(&system.with(index, assumption.field(), Some(value)), Depth::Choice)[name].clone();
    let at_the_bound = stated(&assumption.value());
    // A copy may go where nothing else can be lost, too: that it is one is assumed for what was chosen, not for that.
    let keeps = match assumption {
        Assumption::Derived => at_the_bound.verdict <= answer.verdict,
        _ => at_the_bound.databases == answer.databases || is_let_into_memory(assumption, &at_the_bound),
    };
    prop_assert!(
        keeps,
        "{} of {name}: {:?}, not {:?} in\n{}",
        assumption.show(),
        at_the_bound.databases,
        answer.databases,
        system.text()
    );
    let turns = assumption == Assumption::Derived
        || past(assumption).into_iter().any(|(quantity, amount)| {
            let then = stated(&quantity.print(Amount(amount)));
            then.databases != answer.databases || then.verdict != answer.verdict
        });
    prop_assert!(turns, "{} of {name} changes nothing in\n{}", assumption.show(), system.text());
    Ok(())
}

proptest! {
    #![proptest_config(tried(120))]

    #[test]
    fn an_assumption_holds_up_to_its_bound_and_no_further(system in system()) {
        let all = answers(&system, Depth::Answer);
        for (index, (name, _)) in system.kinds.iter().enumerate() {
            // Where nothing bears it, what is least past its end is no matter of assuming.
            let borne = Some(&all[name]).filter(|answer| answer.verdict < Verdict::Exceeds);
            for assumption in borne.iter().flat_map(|answer| &answer.assumptions) {
                check(&system, index, &all[name], *assumption)?;
            }
        }
    }
}
