//! The rules, a file each. A new one needs its file, its `mod` line and its line in the list.

mod prelude;

mod cache_as_record;
mod cache_without_ttl;
mod capped_with_sharding;
mod capped_without_size;
mod conflicting_flags;
mod contradictory_needs;
mod decision_drift;
mod decisive_default;
mod derived_without_source;
mod dimension_over_index_limit;
mod exposed_port;
mod hand_edited;
mod invalid_requirements;
mod latency_below_durability;
mod missing_lock;
mod missing_retention;
mod nothing_fits;
mod pin_against_limit;
mod redundant_flag;
mod requirement_flipped;
mod stale_lock;
mod ttl_on_record;
mod unjustified_pin;
mod unowned_data;
mod unqueryable_retention;
mod unsupported_metric;
mod unused_suppression;
mod vector_mismatch;
mod vectors_without_dimension;

use super::rule::Rule;

/// Every rule, by group and name.
pub static RULES: &[&Rule] = &[
    // requirements
    &cache_as_record::RULE,
    &cache_without_ttl::RULE,
    &capped_with_sharding::RULE,
    &capped_without_size::RULE,
    &conflicting_flags::RULE,
    &contradictory_needs::RULE,
    &decisive_default::RULE,
    &derived_without_source::RULE,
    &dimension_over_index_limit::RULE,
    &latency_below_durability::RULE,
    &missing_retention::RULE,
    &redundant_flag::RULE,
    &ttl_on_record::RULE,
    &unowned_data::RULE,
    &unqueryable_retention::RULE,
    &unsupported_metric::RULE,
    &vector_mismatch::RULE,
    &vectors_without_dimension::RULE,
    // decision
    &decision_drift::RULE,
    &missing_lock::RULE,
    &nothing_fits::RULE,
    &pin_against_limit::RULE,
    &requirement_flipped::RULE,
    &stale_lock::RULE,
    &unjustified_pin::RULE,
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
