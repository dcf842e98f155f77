//! The list of the rules: the only file of the linter that knows them all.

use std::sync::LazyLock;

use super::rule::Rule;
use super::rule_id::RuleId;
use super::rules;

/// Every rule, by group and name.
pub static RULES: &[&Rule] = &[
    // requirements
    &rules::cache_as_record::RULE,
    &rules::cache_without_ttl::RULE,
    &rules::capped_with_sharding::RULE,
    &rules::capped_without_size::RULE,
    &rules::conflicting_flags::RULE,
    &rules::contradictory_needs::RULE,
    &rules::decisive_default::RULE,
    &rules::derived_without_source::RULE,
    &rules::dimension_over_index_limit::RULE,
    &rules::idle_quantity::RULE,
    &rules::latency_below_durability::RULE,
    &rules::missing_retention::RULE,
    &rules::redundant_flag::RULE,
    &rules::ttl_on_record::RULE,
    &rules::unknown_operated::RULE,
    &rules::unowned_data::RULE,
    &rules::unqueryable_retention::RULE,
    &rules::unstated_durability::RULE,
    &rules::unsupported_metric::RULE,
    &rules::vector_mismatch::RULE,
    &rules::vectors_without_dimension::RULE,
    // decision
    &rules::assumption_broken::RULE,
    &rules::decision_drift::RULE,
    &rules::missing_lock::RULE,
    &rules::nothing_fits::RULE,
    &rules::pin_against_limit::RULE,
    &rules::record_disagrees::RULE,
    &rules::requirement_flipped::RULE,
    &rules::stale_lock::RULE,
    &rules::unjustified_pin::RULE,
    // architecture
    &rules::copy_without_path::RULE,
    &rules::dual_write::RULE,
    &rules::hot_shard_key::RULE,
    &rules::index_as_record::RULE,
    &rules::large_objects_in_rows::RULE,
    &rules::more_engines_than_team::RULE,
    &rules::same_category_twice::RULE,
    &rules::shallow_graph::RULE,
    &rules::single_node_for_regions::RULE,
    &rules::single_point_of_failure::RULE,
    &rules::small_wide_column::RULE,
    &rules::split_transaction::RULE,
    &rules::transactions_without_support::RULE,
    // operations
    &rules::disk_encryption::RULE,
    &rules::filling_disk::RULE,
    &rules::memory_overcommit::RULE,
    &rules::missing_backup::RULE,
    &rules::missing_pooler::RULE,
    &rules::outgrows_disk::RULE,
    &rules::unencrypted_personal_data::RULE,
    &rules::unreachable_rpo::RULE,
    &rules::unrealised_retention::RULE,
    &rules::unrealised_statement::RULE,
    &rules::unsupported_encryption::RULE,
    // lifecycle
    &rules::denied_database::RULE,
    &rules::denied_licence::RULE,
    &rules::end_of_life::RULE,
    &rules::near_end_of_life::RULE,
    &rules::too_many_databases::RULE,
    &rules::unmaintained_database::RULE,
    &rules::withdrawn_image::RULE,
    // stack
    &rules::cache_without_eviction::RULE,
    &rules::committed_secret::RULE,
    &rules::evicting_record::RULE,
    &rules::exposed_port::RULE,
    &rules::hand_edited::RULE,
    &rules::missing_healthcheck::RULE,
    &rules::missing_limit::RULE,
    &rules::missing_volume::RULE,
    &rules::no_authentication::RULE,
    &rules::plain_password::RULE,
    &rules::port_clash::RULE,
    &rules::readable_secret::RULE,
    &rules::stack_differs::RULE,
    &rules::unknown_setting::RULE,
    &rules::unpinned_image::RULE,
    &rules::unready_dependency::RULE,
    &rules::volatile_record::RULE,
    // linting
    &rules::empty_compose::RULE,
    &rules::expired_suppression::RULE,
    &rules::foreign_requirements::RULE,
    &rules::invalid_compose::RULE,
    &rules::invalid_config::RULE,
    &rules::invalid_lock::RULE,
    &rules::invalid_requirements::RULE,
    &rules::stale_baseline::RULE,
    &rules::unexplained_suppression::RULE,
    &rules::unknown_rule::RULE,
    &rules::unreadable_file::RULE,
    &rules::unused_suppression::RULE,
];

/// The names of all rules.
pub static IDS: LazyLock<Vec<RuleId>> = LazyLock::new(|| RULES.iter().map(|rule| rule.id).collect());

/// The rule of a name that a person wrote.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id.as_str() == name).copied()
}
