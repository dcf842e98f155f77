//! The rules, a file each. A new one needs its file, its `mod` line and its line in the list.

mod prelude;
mod shared;

mod cache_as_record;
mod cache_without_eviction;
mod cache_without_ttl;
mod capped_with_sharding;
mod capped_without_size;
mod conflicting_flags;
mod contradictory_needs;
mod copy_without_path;
mod decision_drift;
mod decisive_default;
mod denied_database;
mod denied_licence;
mod derived_without_source;
mod dimension_over_index_limit;
mod dual_write;
mod end_of_life;
mod evicting_record;
mod expired_suppression;
mod exposed_port;
mod hand_edited;
mod hot_shard_key;
mod index_as_record;
mod invalid_compose;
mod invalid_config;
mod invalid_lock;
mod invalid_requirements;
mod large_objects_in_rows;
mod latency_below_durability;
mod memory_overcommit;
mod missing_backup;
mod missing_healthcheck;
mod missing_limit;
mod missing_lock;
mod missing_pooler;
mod missing_retention;
mod missing_volume;
mod more_engines_than_team;
mod near_end_of_life;
mod nothing_fits;
mod outgrows_disk;
mod pin_against_limit;
mod plain_password;
mod port_clash;
mod readable_secret;
mod record_disagrees;
mod redundant_flag;
mod requirement_flipped;
mod same_category_twice;
mod shallow_graph;
mod single_node_for_regions;
mod single_point_of_failure;
mod small_wide_column;
mod split_transaction;
mod stack_differs;
mod stale_baseline;
mod stale_lock;
mod too_many_databases;
mod transactions_without_support;
mod ttl_on_record;
mod unencrypted_personal_data;
mod unexplained_suppression;
mod unjustified_pin;
mod unknown_rule;
mod unknown_setting;
mod unmaintained_database;
mod unowned_data;
mod unpinned_image;
mod unqueryable_retention;
mod unreachable_rpo;
mod unreadable_file;
mod unsupported_metric;
mod unused_suppression;
mod vector_mismatch;
mod vectors_without_dimension;
mod volatile_record;

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
    &record_disagrees::RULE,
    &requirement_flipped::RULE,
    &stale_lock::RULE,
    &unjustified_pin::RULE,
    // architecture
    &copy_without_path::RULE,
    &dual_write::RULE,
    &hot_shard_key::RULE,
    &index_as_record::RULE,
    &large_objects_in_rows::RULE,
    &more_engines_than_team::RULE,
    &same_category_twice::RULE,
    &shallow_graph::RULE,
    &single_node_for_regions::RULE,
    &single_point_of_failure::RULE,
    &small_wide_column::RULE,
    &split_transaction::RULE,
    &transactions_without_support::RULE,
    // operations
    &memory_overcommit::RULE,
    &missing_backup::RULE,
    &missing_pooler::RULE,
    &outgrows_disk::RULE,
    &unencrypted_personal_data::RULE,
    &unreachable_rpo::RULE,
    // lifecycle
    &denied_database::RULE,
    &denied_licence::RULE,
    &end_of_life::RULE,
    &near_end_of_life::RULE,
    &too_many_databases::RULE,
    &unmaintained_database::RULE,
    // stack
    &cache_without_eviction::RULE,
    &evicting_record::RULE,
    &exposed_port::RULE,
    &hand_edited::RULE,
    &missing_healthcheck::RULE,
    &missing_limit::RULE,
    &missing_volume::RULE,
    &plain_password::RULE,
    &port_clash::RULE,
    &readable_secret::RULE,
    &stack_differs::RULE,
    &unknown_setting::RULE,
    &unpinned_image::RULE,
    &volatile_record::RULE,
    // linting
    &expired_suppression::RULE,
    &invalid_compose::RULE,
    &invalid_config::RULE,
    &invalid_lock::RULE,
    &invalid_requirements::RULE,
    &stale_baseline::RULE,
    &unexplained_suppression::RULE,
    &unknown_rule::RULE,
    &unreadable_file::RULE,
    &unused_suppression::RULE,
];

/// The rule of a name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}
