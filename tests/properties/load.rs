//! More is never easier, and a figure that is not stated wins nothing.

use catalog::vocabulary::{Amount, Quantity};
use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Verdict};
use polyglot::requirements::{Change, Profile};
use proptest::prelude::{Just, Strategy, prop_assert, proptest};
use proptest::sample::select;

use super::system::{System, amount, answers, kind, known, system, tried};
use crate::support::{decide, knowledge, parse};

/// A quantity with two amounts of it, the easier first.
fn more() -> impl Strategy<Value = (Quantity, Amount, Amount)> {
    select(Quantity::ALL).prop_flat_map(|quantity| {
        (Just(quantity), amount(quantity), amount(quantity)).prop_map(|(quantity, one, other)| {
            let (low, high) = (one.min(other), one.max(other));
            if quantity.is_harder_when_smaller() { (quantity, high, low) } else { (quantity, low, high) }
        })
    })
}

fn profile(system: &System, look: impl FnOnce(&DecisionContext<'_>, Profile)) {
    let (catalog, tree) = known();
    let policy = Policy::default();
    let requirements = parse(&system.text(), catalog).unwrap();
    let context = DecisionContext::new(knowledge(catalog, tree, &policy), &requirements);
    look(&context, Profile::of(&requirements.data[0], catalog));
}

/// Up to two hops of a graph are joins, and more are another need.
fn is_another_need(quantity: Quantity, less: Amount, more: Amount) -> bool {
    quantity == Quantity::TraversalDepth && less.0 <= 2 && more.0 > 2
}

proptest! {
    #![proptest_config(tried(400))]

    #[test]
    fn more_load_never_improves_a_verdict(fields in kind(), (quantity, less, more) in more()) {
        let system = System { kinds: vec![(String::from("it"), fields)], ..System::default() };
        let mut found = None;
        profile(&system, |context, profile| {
            if is_another_need(quantity, less, more) {
                return;
            }
            let with = |amount| profile.with(Change::Quantity(quantity, amount));
            for database in context.catalog().databases() {
                let verdict = |amount| context.verdict_of(&database.id, &with(amount));
                if verdict(less) > verdict(more) {
                    found = Some((database.id.to_string(), verdict(less), verdict(more)));
                }
            }
        });
        let amounts = (quantity.print(less), quantity.print(more));
        prop_assert!(found.is_none(), "{quantity} {amounts:?}: {found:?} in\n{}", system.text());
    }

    #[test]
    fn what_wins_without_a_figure_says_what_it_assumes(system in system()) {
        let before = answers(&system, Depth::Choice);
        for (index, (name, fields)) in system.kinds.iter().enumerate() {
            for quantity in Quantity::ALL.iter().filter(|quantity| **quantity != Quantity::Connections) {
                let Some(stated) = fields.get(quantity.name()).filter(|_| !follows(&system, index, *quantity)) else {
                    continue;
                };
                let fewer = system.with(index, quantity.name(), None);
                let open = &answers(&fewer, Depth::Answer)[name];
                let was = &before[name];
                let is_said = open.assumptions.iter().any(|assumption| is_of(assumption.field(), *quantity));
                // Where nothing bears what is stated, who is least past the end is no matter of winning.
                let wins = open.databases != was.databases && !open.pinned && was.verdict < Verdict::Exceeds;
                prop_assert!(
                    !wins || is_said || is_small(&system, index, *quantity, &was.databases),
                    "without {quantity}: {stated} of {name}, {:?} takes the place of {:?} and assumes {:?} in\n{}",
                    open.databases, was.databases, open.assumptions, system.text()
                );
            }
        }
    }
}

/// Whether an assumption of a field speaks of a quantity: of itself, or of what follows from it.
fn is_of(field: &str, quantity: Quantity) -> bool {
    let carries = [Quantity::Writes, Quantity::Retention, Quantity::Records, Quantity::RecordSize].contains(&quantity);
    field == quantity.name() || (carries && ["records", "data_size"].contains(&field))
}

/// Whether a figure follows from others: then it is known without being stated.
fn follows(system: &System, index: usize, quantity: Quantity) -> bool {
    let (catalog, _) = known();
    let requirements = parse(&system.text(), catalog).unwrap();
    Profile::of(&requirements.data[index], catalog).without(quantity).amount(quantity).is_some()
}

/// Whether the figure speaks of something small, which goes to what is there: what is unknown is not small.
fn is_small(system: &System, index: usize, quantity: Quantity, databases: &[String]) -> bool {
    let (catalog, tree) = known();
    let policy = Policy::default();
    let requirements = parse(&system.text(), catalog).unwrap();
    let context = DecisionContext::new(knowledge(catalog, tree, &policy), &requirements);
    let profile = Profile::of(&requirements.data[index], catalog);
    if profile.amount(quantity).is_some_and(|stated| is_another_need(quantity, stated, Amount::ENDLESS)) {
        return true;
    }
    let alone = context.answer_alone(profile.clone());
    let alone_open = context.answer_alone(profile.without(quantity));
    alone.as_deref() != Some(&databases.iter().map(String::as_str).collect::<Vec<_>>()[..]) || alone == alone_open
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
