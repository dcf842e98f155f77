//! The rules, a file each. A new one needs its file, its `mod` line and its line in the list.

mod prelude;

mod derived_without_source;
mod exposed_port;
mod hand_edited;
mod invalid_requirements;
mod unused_suppression;

use super::rule::Rule;

/// Every rule, by group and name.
pub static RULES: &[&Rule] = &[
    // requirements
    &derived_without_source::RULE,
    // stack
    &exposed_port::RULE,
    &hand_edited::RULE,
    // linting
    &invalid_requirements::RULE,
    &unused_suppression::RULE,
];

/// The rule of a name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}
