//! The folder's README: how to prepare the host, start, connect, stop, back up, restore and upgrade.

use std::sync::Arc;

use catalog::vocabulary::Environment;
use catalog::{CertificateFile, Purpose, Text};
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::certificate::{AUTHORITY, AUTHORITY_KEY};
use super::endpoints::Endpoints;
use super::host::Preparation;
use super::offsite::{backup_of, bucket, kinds};
use super::service::door;
use super::templates::{Kitchen, RenderError};
use crate::expression::Scope;
use crate::plan::realised::Stated;
use crate::plan::{Plan, Planned, PlannedJob};

const TEMPLATE: &str = include_str!("../../templates/README.md.j2");

/// A service, as the README shows it.
#[derive(Serialize)]
struct Row<'a> {
    instance: &'a str,
    name: &'a str,
    version: &'a str,
    image: &'a str,
    serves: String,
    memory: String,
    cpus: String,
    door: String,
    proxied: bool,
    backup: Option<String>,
    init: Option<String>,
    volumes: Vec<String>,
    durable: bool,
    /// Whether a first start that failed leaves it unhealthy.
    marked: bool,
}

/// How the passwords of a service are changed that no container takes from their files.
#[derive(Serialize)]
struct Change<'a> {
    instance: &'a str,
    how: String,
}

#[derive(Serialize)]
struct Helper {
    service: String,
    memory: String,
    cpus: String,
    why: String,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the name in the template")]
struct Setting<'a> {
    setting: &'a str,
    value: &'a str,
    required: bool,
    check: bool,
    command: &'a str,
    disputed: bool,
    wanted: Vec<Wanted<'a>>,
}

#[derive(Serialize)]
struct Wanted<'a> {
    instance: &'a str,
    value: &'a str,
    why: &'a str,
    escape: &'a str,
}

#[derive(Serialize)]
struct Remote<'a> {
    instance: &'a str,
    name: &'a str,
    serves: String,
    how: &'a str,
    environment: Vec<&'a str>,
}

/// How the clients of a service verify it.
#[derive(Serialize)]
struct Verified<'a> {
    instance: &'a str,
    clients: String,
}

/// Something that the file promises of a dataset, and what keeps it.
#[derive(Serialize)]
struct Promise<'a> {
    dataset: &'a str,
    field: &'a str,
    value: &'a str,
    realised: bool,
    how: &'a str,
}

fn promises<'a>(dataset: &'a str, stated: &'a [Stated]) -> impl Iterator<Item = Promise<'a>> {
    stated.iter().map(move |Stated { field, value, outcome, .. }| Promise {
        dataset,
        field,
        value,
        realised: !outcome.is_open(),
        how: outcome.text(),
    })
}

/// How often a kind of data asks to be backed up, and where to.
#[derive(Serialize)]
struct Schedule {
    service: String,
    instance: String,
    offline: bool,
    restores_offline: bool,
    every: String,
    to: String,
    /// Whether the stack itself copies it there.
    copied: bool,
}

pub(super) fn readme(
    plan: &Plan<'_>,
    kitchen: &Kitchen,
    host: &[Preparation],
    endpoints: &Endpoints,
) -> Result<String, RenderError> {
    let scope = Arc::new(Scope::default());
    let rows: Vec<_> = plan.services.iter().map(row).collect();
    let helpers: Vec<_> = plan.services.iter().flat_map(helpers).collect();
    let host: Vec<_> = host.iter().map(setting).collect();
    let remote = plan.elsewhere.iter().map(|elsewhere| Remote {
        instance: &elsewhere.instance,
        name: &elsewhere.database.name,
        serves: elsewhere.serves.join(", "),
        how: &elsewhere.connect.how,
        environment: elsewhere.connect.environment.iter().map(Text::as_str).collect(),
    });
    let remote: Vec<_> = remote.collect();
    scope.set("name", plan.name);
    scope.set("services", Value::from(Serde(&rows)));
    scope.set("waits", Value::from(waits(plan)));
    scope.set("helpers", Value::from(Serde(&helpers)));
    scope.set("host", Value::from(Serde(&host)));
    scope.set("remote", Value::from(Serde(&remote)));
    scope.set("endpoints", Value::from(Serde(&endpoints.endpoints)));
    scope.set("verified", Value::from(Serde(&verified(plan, kitchen)?)));
    scope.set("authority", AUTHORITY);
    scope.set("authority_key", AUTHORITY_KEY);
    let schedules = schedules(plan, kitchen)?;
    scope.set("copied", schedules.iter().any(|schedule| schedule.copied));
    scope.set("schedules", Value::from(Serde(&schedules)));
    scope.set("passwords", Value::from(Serde(&passwords(plan, kitchen)?)));
    let promises: Vec<_> = plan.stated.iter().flat_map(|(dataset, stated)| promises(dataset, stated)).collect();
    scope.set("promises", Value::from(Serde(&promises)));
    scope.set("development", plan.host.environment == Environment::Development);
    scope.set("environment", plan.host.environment.name());
    scope.set("host_memory", plan.host.memory.to_string());
    scope.set("system", plan.system.rounded());
    scope.set("spare", plan.spare().rounded());
    scope.set("cpus", plan.host.cores.to_string());
    kitchen.page("README.md", TEMPLATE, &scope)
}

fn row<'a>(planned: &'a Planned<'_>) -> Row<'a> {
    let job = |purpose: Purpose| {
        let found = planned.jobs.iter().find(|job| job.job.purpose == purpose);
        found.map(|job| job.service(&planned.instance))
    };
    let door = door(planned).map(|door| format!("{}:{}", door.host, door.port)).unwrap_or_default();
    Row {
        instance: &planned.instance,
        name: &planned.database.name,
        version: &planned.version.major,
        image: &planned.image,
        serves: planned.serves.join(", "),
        memory: planned.memory.rounded(),
        cpus: planned.cores.to_string(),
        proxied: job(Purpose::Proxy).is_some(),
        door,
        backup: job(Purpose::Backup),
        init: job(Purpose::Init),
        volumes: planned
            .container
            .volumes
            .iter()
            .map(|volume| format!("{}-{}", planned.instance, volume.name))
            .collect(),
        durable: planned.scope.get("role").is_some_and(|role| role.as_str() != Some("cache")),
        marked: planned.container.healthcheck.as_ref().is_some_and(|check| check.mark.is_some()),
    }
}

/// The services that go on, which `up --wait` can wait for.
fn waits(plan: &Plan<'_>) -> Vec<String> {
    let services = plan.services.iter().flat_map(|planned| {
        let going_on = |job: &&PlannedJob<'_>| matches!(job.job.purpose, Purpose::Proxy | Purpose::Loop);
        let jobs = planned.jobs.iter().filter(going_on).map(|job| job.service(&planned.instance));
        std::iter::once(planned.instance.clone()).chain(jobs)
    });
    services.collect()
}

fn helpers<'p>(planned: &'p Planned<'_>) -> impl Iterator<Item = Helper> + 'p {
    planned.jobs.iter().map(|job| Helper {
        service: job.service(&planned.instance),
        memory: job.memory.rounded(),
        cpus: job.cores.to_string(),
        why: job.job.why.to_string(),
    })
}

/// How the clients of each service that takes encrypted connections alone verify it.
fn verified<'p>(plan: &'p Plan<'_>, kitchen: &Kitchen) -> Result<Vec<Verified<'p>>, RenderError> {
    let mut verified = Vec::new();
    for planned in plan.services.iter().filter(|planned| planned.tls) {
        let clients = planned.container.tls.as_ref().and_then(|tls| tls.clients.as_deref()).unwrap_or_default();
        let clients = kitchen.text_with(planned, clients, &[("ca", Value::from(CertificateFile::Authority.file()))])?;
        verified.push(Verified { instance: &planned.instance, clients });
    }
    Ok(verified)
}

fn setting(preparation: &Preparation) -> Setting<'_> {
    let wanted = preparation.wanted.iter().map(|wish| Wanted {
        instance: &wish.instance,
        value: &wish.value,
        why: &wish.why,
        escape: wish.escape.as_deref().unwrap_or_default(),
    });
    Setting {
        setting: &preparation.setting,
        value: &preparation.value,
        required: preparation.required,
        check: preparation.check,
        command: &preparation.command,
        disputed: preparation.is_disputed(),
        wanted: wanted.collect(),
    }
}

fn passwords<'p>(plan: &'p Plan<'_>, kitchen: &Kitchen) -> Result<Vec<Change<'p>>, RenderError> {
    let changes = plan.services.iter().filter_map(|planned| Some((planned, planned.container.passwords.as_deref()?)));
    let changes = changes.map(|(planned, how)| {
        Ok(Change { instance: &planned.instance, how: kitchen.text(planned, how)?.trim().to_owned() })
    });
    changes.collect()
}

/// The shortest interval that a kind of data of each service asks for, as a line of cron has it.
fn schedules(plan: &Plan<'_>, kitchen: &Kitchen) -> Result<Vec<Schedule>, RenderError> {
    let jobs = plan.services.iter().filter_map(|planned| Some((planned, backup_of(planned)?)));
    let jobs: Vec<_> = jobs.collect();
    let schedules = jobs.iter().enumerate().map(|(place, (planned, backup))| {
        let kinds = kinds(planned);
        let number = |kind: &Value| kind.get_attr("backup_every").ok().and_then(|every| u64::try_from(every).ok());
        let every = kinds.iter().filter_map(number).filter(|every| *every > 0).min();
        let to = kinds.iter().filter_map(|kind| kind.get_attr("backup_to").ok()?.as_str().map(str::to_owned));
        let condition = backup.job.offline_restore.as_deref();
        let stopped = condition.is_some() && kitchen.holds(planned, "offline_restore", condition)?;
        let mut to: Vec<String> = to.filter(|to| !to.is_empty()).collect();
        to.sort();
        to.dedup();
        Ok(Schedule {
            service: backup.service(&planned.instance),
            instance: planned.instance.clone(),
            offline: backup.job.offline,
            restores_offline: stopped,
            every: cron(every.unwrap_or(86_400), place, jobs.len()),
            to: to.join(", "),
            copied: bucket(planned).is_some(),
        })
    });
    schedules.collect()
}

/// When cron starts a backup, the `place`th of `count`: at night, or at every so many hours or minutes, never less often than
/// is asked, and each at another minute, because they would all load the same disk.
fn cron(seconds: u64, place: usize, count: usize) -> String {
    const HOUR: u64 = 3_600;
    /// The first of the night starts at 01:00, and the last before 06:00.
    const NIGHT: u64 = 300;
    let divisor = |of: u64, most: u64| (1..=most).rev().find(|part| of.is_multiple_of(*part)).unwrap_or(1);
    let (place, count) = (place as u64, (count as u64).max(1));
    // The start within a stretch of so many minutes.
    let within = |minutes: u64| place.saturating_mul(minutes).div_euclid(count).min(minutes.saturating_sub(1));
    let night = |day: &str| {
        let minute = place.saturating_mul((NIGHT / count).clamp(1, 60)).min(NIGHT);
        format!("{} {} * * {day}", minute % 60, 1 + minute / 60)
    };
    match seconds {
        0..HOUR => {
            let step = divisor(60, seconds.div_euclid(60).clamp(1, 30));
            format!("{}-59/{step} * * * *", within(step))
        }
        HOUR..86_400 => {
            let step = divisor(24, seconds.div_euclid(HOUR).clamp(1, 12));
            format!("{} */{step} * * *", within(60))
        }
        86_400..604_800 => night("*"),
        _ => night("0"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::cron;

    #[test]
    fn cron_starts_no_less_often_than_is_asked() {
        assert_eq!(cron(86_400, 0, 1), "0 1 * * *");
        assert_eq!(cron(7 * 86_400, 0, 1), "0 1 * * 0");
        assert_eq!(cron(5 * 3_600, 0, 1), "0 */4 * * *");
        assert_eq!(cron(45 * 60, 0, 1), "0-59/30 * * * *");
        assert_eq!(cron(7 * 60, 0, 1), "0-59/6 * * * *");
    }

    #[test]
    fn backups_begin_one_after_another() {
        assert_eq!(cron(86_400, 1, 2), "0 2 * * *");
        assert_eq!(cron(3_600, 1, 2), "30 */1 * * *");
        assert_eq!(cron(7 * 60, 1, 2), "3-59/6 * * * *");
        for count in [1, 5, 17, 60] {
            let starts: BTreeSet<String> = (0..count).map(|place| cron(86_400, place, count)).collect();
            assert_eq!(starts.len(), count, "{starts:?}");
        }
    }
}
