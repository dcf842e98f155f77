//! What the file is called and in which order it is written decides nothing, and what stands beside a kind of data next to
//! nothing.

use std::collections::BTreeMap;

use polyglot::decide::{Assumption, Depth};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::system::{Answer, Answers, System, answers, kind, system, tried};

/// The same system in another order, under other names: which, by the old ones.
fn shuffled(system: &System, keys: &[u64]) -> (System, BTreeMap<String, String>) {
    let renamed = |index: usize| format!("n{:x}_{index}", keys[index] >> 32);
    let names: BTreeMap<String, String> =
        system.kinds.iter().enumerate().map(|(index, (name, _))| (name.clone(), renamed(index))).collect();
    let mut kinds: Vec<_> = keys.iter().zip(&system.kinds).collect();
    kinds.sort_by_key(|(key, _)| **key);
    let kinds = kinds.into_iter().map(|(_, (name, fields))| {
        let fields = fields.iter().map(|(field, value)| {
            let is_link = field == "with" || field == "source";
            (field.clone(), if is_link { names[value].clone() } else { value.clone() })
        });
        (names[name].clone(), fields.collect())
    });
    (System { kinds: kinds.collect(), ..system.clone() }, names)
}

/// What must not change. One member of a group says for all that it is taken as a copy, the first by name.
fn decided(answer: &Answer) -> (&[String], impl PartialEq + std::fmt::Debug) {
    let assumptions = answer.assumptions.iter().filter(|assumption| **assumption != Assumption::Derived);
    let assumptions: Vec<_> = assumptions.copied().collect();
    (&answer.databases, (answer.verdict, answer.needs_several_nodes, assumptions, answer.flips.clone()))
}

fn copies(answers: &Answers) -> usize {
    answers.values().filter(|answer| answer.assumptions.contains(&Assumption::Derived)).count()
}

proptest! {
    #![proptest_config(tried(150))]

    #[test]
    fn order_and_names_decide_nothing(system in system(), keys in vec(any::<u64>(), 5)) {
        let (other, names) = shuffled(&system, &keys[..system.kinds.len()]);
        let (before, after) = (answers(&system, Depth::Answer), answers(&other, Depth::Answer));
        for (name, answer) in &before {
            prop_assert_eq!(decided(answer), decided(&after[&names[name]]), "{} in\n{}{}", name, system.text(), other.text());
        }
        prop_assert_eq!(copies(&before), copies(&after), "{}", system.text());
    }

    #[test]
    fn what_is_added_changes_others_only_by_what_it_brings(system in system(), added in kind()) {
        let mut more = system.clone();
        more.kinds.push((String::from("added"), added));
        let (before, after) = (answers(&system, Depth::Answer), answers(&more, Depth::Answer));
        for (name, answer) in &before {
            let then = &after[name];
            if then.databases != answer.databases {
                let brought = then.databases.iter().all(|id| after["added"].databases.contains(id));
                prop_assert!(brought, "{name}: {:?} ▶ {:?} in\n{}", answer.databases, then.databases, more.text());
                prop_assert!(then.reason != answer.reason, "{name} moves and does not say why in\n{}", more.text());
            }
        }
    }
}

#[test]
fn what_is_there_attracts_whether_or_not_a_team_is_stated() {
    for operates in [None, Some(Vec::new()), Some(vec![String::from("mongodb")])] {
        let fields = |flag: &str| [(flag.to_owned(), String::from("true"))].into_iter().collect();
        let kinds = [("orders", "append_only"), ("bills", "needs_transactions"), ("words", "full_text")];
        let kinds = kinds.map(|(name, flag)| (name.to_owned(), fields(flag)));
        let system = System { operates, kinds: kinds.to_vec(), ..System::default() };
        let answers = answers(&system, Depth::Choice);
        for (name, answer) in &answers {
            assert_eq!(answer.databases, ["postgresql"], "{name} in\n{}", system.text());
        }
    }
}
