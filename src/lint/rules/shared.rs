//! What several rules share: a made-up database whose versions end, and places in the policy.

use catalog::{Database, Version};
use toml::Spanned;

use super::prelude::*;
use crate::plan::Resource;
use crate::source::Place;

/// A database that a team adds by itself. Those of ours are moved on before they end, so they show no end.
pub(super) const ALMANAC: &str = indoc::indoc! {r#"
    id = "almanac"
    name = "Almanac"
    category = "time-series"
    summary = "A made-up store for measurements that are kept for decades."
    homepage = "https://example.org/almanac"
    protocol = "almanac"
    hosting = "managed"
    licence = { spdx = "MIT", source = "handbook" }
    upstream = { state = "active", source = "handbook" }
    role = { purpose = "Decades of readings.", use_cases = {}, strengths = [], weaknesses = [] }
    sources.handbook = { address = "https://example.org/almanac", date = 2026-06-01, evidence = "vendor" }
    versions = [
      { major = "3", end_of_life = 2029-03-01, default = true, source = "handbook" },
      { major = "2", end_of_life = 2027-03-01, source = "handbook" },
      { major = "1", end_of_life = 2026-03-01, source = "handbook" },
    ]
    [serves]
    needs_transactions = { level = "no", why = "", source = "handbook" }
    complex_relations = { level = "no", why = "", source = "handbook" }
    real_time = { level = "no", why = "", source = "handbook" }
    search_heavy = { level = "no", why = "", source = "handbook" }
    vector_search = { level = "no", why = "", source = "handbook" }
    full_text = { level = "no", why = "", source = "handbook" }
    graph_relations = { level = "no", why = "", source = "handbook" }
    time_series = { level = "native", why = "", source = "handbook" }
    flexible_schema = { level = "no", why = "", source = "handbook" }
    binary_objects = { level = "no", why = "", source = "handbook" }
    key_lookup = { level = "no", why = "", source = "handbook" }
    analytics = { level = "native", why = "", source = "handbook" }
    event_stream = { level = "no", why = "", source = "handbook" }
    geospatial = { level = "no", why = "", source = "handbook" }
    write_heavy = { level = "native", why = "", source = "handbook" }
    append_only = { level = "native", why = "", source = "handbook" }
    queue = { level = "no", why = "", source = "handbook" }
    ranking = { level = "no", why = "", source = "handbook" }
    embedded = { level = "no", why = "", source = "handbook" }
    offline_sync = { level = "no", why = "", source = "handbook" }
    coordination = { level = "no", why = "", source = "handbook" }
    pub_sub = { level = "no", why = "", source = "handbook" }
    metrics = { level = "no", why = "", source = "handbook" }
    tenancy_row = { level = "no", why = "", source = "handbook" }
    durability_primary = { level = "native", why = "", source = "handbook" }
    durability_cache = { level = "no", why = "", source = "handbook" }
    consistency_strong = { level = "native", why = "", source = "handbook" }
    scale_multi_node = { level = "no", why = "", source = "handbook" }
    scale_multi_region = { level = "no", why = "", source = "handbook" }
"#};

/// The version of a database to move to from one that ends: the one that is taken where nobody asks, or else the
/// newest, if it lasts longer.
pub(super) fn lasting<'d>(database: &'d Database, version: &Version) -> Option<&'d Version> {
    let lasts = |next: &&Version| match (version.end_of_life, next.end_of_life) {
        (Some(now), Some(then)) => then > now,
        (end, _) => end.is_some(),
    };
    database.default_version().into_iter().chain(&database.versions).find(lasts)
}

/// Where the policy refuses something: what it denies by name, or else the list that it is not on.
pub(super) fn in_policy(
    system: &System<'_>,
    [denied, allowed]: [&[Spanned<String>]; 2],
    is_named: impl Fn(&str) -> bool,
) -> Option<Location> {
    let source = system.config_source.as_ref()?;
    if let Some(named) = denied.iter().find(|one| is_named(one.get_ref())) {
        return Some(Location::new(source, Place::new(named.span().start, named.span().end), "denied here"));
    }
    let (first, last) = (allowed.first()?, allowed.last()?);
    Some(Location::new(source, Place::new(first.span().start, last.span().end), "not among the allowed"))
}

/// The arithmetic of what is needed, in one line.
pub(super) fn rows(resource: &Resource) -> String {
    resource.rows().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("; ")
}
