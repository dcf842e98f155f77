//! What is locked stays, whatever becomes of the other kinds of data.

use std::collections::BTreeMap;

use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Held, Selection};
use polyglot::lock::Lock;
use proptest::prelude::{prop_assert_eq, proptest};
use proptest::sample::Index;

use super::system::{System, answers, kind, known, system, tried};
use crate::support::{knowledge, parse};

type Databases = BTreeMap<String, Vec<String>>;

/// The lock of a system, and what it locks.
fn locked(system: &System) -> Lock {
    let (catalog, tree) = known();
    let policy = Policy::default();
    let requirements = parse(&system.text(), catalog).unwrap();
    let context = DecisionContext::new(knowledge(catalog, tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &context, Depth::Choice);
    let lock = Lock::of(&selection, catalog, |_| None, None, None);
    let text = lock.text().unwrap();
    let source = polyglot::source::Source { name: "polyglot.lock".into(), text };
    Lock::parse(&source, catalog).unwrap_or_else(|_| panic!("a lock is read as it is written"))
}

/// What is decided where a lock holds what it knows.
fn holding(system: &System, lock: &Lock) -> Databases {
    let (catalog, tree) = known();
    let policy = Policy::default();
    let requirements = parse(&system.text(), catalog).unwrap();
    let mut context = DecisionContext::new(knowledge(catalog, tree, &policy), &requirements);
    context.hold(lock.databases()).unwrap();
    let held: Held<'_> = lock.held();
    let selection = Selection::holding(&requirements, &context, Depth::Choice, &held);
    let databases = |selected: &polyglot::decide::Selected<'_>| {
        selected.databases.iter().map(|database| database.id.to_string()).collect()
    };
    selection.kinds.iter().map(|selected| (selected.name.to_owned(), databases(selected))).collect()
}

fn of(lock: &Lock) -> Databases {
    let ids = |locked: &polyglot::lock::Locked| locked.databases.iter().map(|held| held.id.clone()).collect();
    lock.data.iter().map(|(name, locked)| (name.clone(), ids(locked))).collect()
}

proptest! {
    #![proptest_config(tried(150))]

    #[test]
    fn locking_and_selecting_again_changes_nothing(system in system()) {
        let lock = locked(&system);
        let before: Databases =
            answers(&system, Depth::Choice).into_iter().map(|(name, answer)| (name, answer.databases)).collect();
        prop_assert_eq!(&of(&lock), &before);
        prop_assert_eq!(&holding(&system, &lock), &before, "{}", system.text());
    }

    #[test]
    fn what_is_locked_stays_when_others_change(system in system(), other in kind(), place in proptest::prelude::any::<Index>()) {
        let lock = locked(&system);
        let mut changed = system.clone();
        let place = place.index(changed.kinds.len());
        let (edited, fields) = &mut changed.kinds[place];
        let links = fields.clone().into_iter().filter(|(field, _)| ["with", "source"].contains(&field.as_str()));
        let edited = edited.clone();
        *fields = other.clone().into_iter().chain(links).collect();
        changed.kinds.push((String::from("added"), other));
        if parse(&changed.text(), &known().0).is_err() {
            return Ok(());
        }
        let mut after = holding(&changed, &lock);
        after.remove("added");
        prop_assert_eq!(after, of(&lock), "{} is edited in\n{}{}", edited, system.text(), changed.text());
    }
}
