//! The linter: every rule with its examples, and what holds for all of them.

mod rules;
