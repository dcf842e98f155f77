//! Copies of backups that leave the host: which services have a bucket, and the script that fills it.

use std::sync::Arc;

use catalog::Purpose;
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::templates::{Kitchen, RenderError};
use crate::expression::Scope;
use crate::plan::{Plan, Planned, PlannedJob, unmarked};
use crate::requirements::Bucket;

const COPY: &str = include_str!("../../templates/copy-backup.sh.j2");
const GUARD: &str = include_str!("../../templates/disk-guard.sh.j2");

/// The share of the disk above which the guard speaks, in percent: what is left is the room of a compaction, a restore or a
/// night's growth.
const FULL: u64 = 80;

/// A service whose backups are copied: from which volume, to which place of which bucket.
#[derive(Serialize)]
struct Copied {
    service: String,
    volume: String,
    to: String,
}

/// The job that backs a service up.
pub(super) fn backup_of<'p, 'a>(planned: &'p Planned<'a>) -> Option<&'p PlannedJob<'a>> {
    planned.jobs.iter().find(|job| job.job.purpose == Purpose::Backup)
}

/// The datasets of a service, as templates see them.
pub(super) fn kinds(planned: &Planned<'_>) -> Vec<Value> {
    let kinds = planned.scope.get("kinds");
    kinds.and_then(|kinds| Some(kinds.try_iter().ok()?.collect())).unwrap_or_default()
}

/// Where the backups of a service go: the first bucket that one of its datasets names.
pub(super) fn bucket(planned: &Planned<'_>) -> Option<Bucket> {
    backup_of(planned)?;
    kinds(planned).iter().find_map(|kind| Bucket::parse(&unmarked(kind.get_attr("backup_to").ok()?.as_str()?)))
}

/// The scripts at the top of the folder: the guard of the disk, and, where a bucket is named, what fills it.
pub(super) fn scripts(plan: &Plan<'_>, kitchen: &Kitchen) -> Result<Vec<(&'static str, String)>, RenderError> {
    let scope = Arc::new(Scope::default());
    scope.set("name", plan.name);
    scope.set("percent", FULL);
    let mut scripts = vec![("disk-guard.sh", kitchen.fill("disk-guard.sh", GUARD, &scope)?)];
    let copied = plan.services.iter().filter_map(|planned| {
        let (job, bucket) = (backup_of(planned)?, bucket(planned)?);
        let service = job.service(&planned.instance);
        // Two services of one bucket do not write into each other's backups.
        let to = format!("{}/{}", bucket.path().trim_end_matches('/'), planned.instance);
        Some(Copied { service, volume: format!("{}-backup", planned.instance), to })
    });
    let copied: Vec<Copied> = copied.collect();
    if !copied.is_empty() {
        scope.set("copies", Value::from(Serde(&copied)));
        scripts.push(("copy-backup.sh", kitchen.fill("copy-backup.sh", COPY, &scope)?));
    }
    Ok(scripts)
}
