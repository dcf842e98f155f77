//! The folder's README: how to prepare the host, start, connect, stop, back up, restore and upgrade.

use std::sync::Arc;

use catalog::vocabulary::Environment;
use catalog::{CertificateFile, Protection, Purpose, Text};
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::certificate::{AUTHORITY, AUTHORITY_KEY};
use super::endpoints::Endpoints;
use super::host::Preparation;
use super::service::door;
use super::templates::{Kitchen, RenderError};
use crate::expression::Scope;
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

/// What the file asks of a service's encryption, and what does it.
#[derive(Serialize)]
struct Asked<'a> {
    instance: &'a str,
    field: &'static str,
    by: String,
}

/// How the clients of a service verify it.
#[derive(Serialize)]
struct Verified<'a> {
    instance: &'a str,
    clients: String,
}

/// How often a kind of data asks to be backed up, and where to.
#[derive(Serialize)]
struct Schedule {
    service: String,
    instance: String,
    offline: bool,
    every: String,
    to: String,
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
    scope.set("asked", Value::from(Serde(&asked(plan))));
    scope.set("verified", Value::from(Serde(&verified(plan, kitchen)?)));
    scope.set("authority", AUTHORITY);
    scope.set("authority_key", AUTHORITY_KEY);
    scope.set("schedules", Value::from(Serde(&schedules(plan))));
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

/// What the file asks of each service's encryption, and what does it.
fn asked<'p>(plan: &'p Plan<'_>) -> Vec<Asked<'p>> {
    let said = |by: Protection<'_>| match by {
        Protection::Rendered(how) => how.to_owned(),
        Protection::Elsewhere(Some(how)) => format!("the vendor: {how}"),
        Protection::Elsewhere(None) => String::from("whoever runs it: not part of this stack"),
        Protection::Host => String::from(
            "**you**: the engine has none. Encrypt the disk that holds Docker's volumes, and wherever the backups go",
        ),
        Protection::Nothing(why) => format!("**nothing**: {why}"),
    };
    let asked = plan.encryption().into_iter();
    asked.map(|one| Asked { instance: one.instance, field: one.medium.field(), by: said(one.by) }).collect()
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
        command: &preparation.command,
        disputed: preparation.is_disputed(),
        wanted: wanted.collect(),
    }
}

/// The shortest interval that a kind of data of each service asks for, as a line of cron has it.
fn schedules(plan: &Plan<'_>) -> Vec<Schedule> {
    let schedules = plan.services.iter().filter_map(|planned| {
        let backup = planned.jobs.iter().find(|job| job.job.purpose == Purpose::Backup)?;
        let kinds: Vec<Value> = planned.scope.get("kinds")?.try_iter().ok()?.collect();
        let number = |kind: &Value, name: &str| kind.get_attr(name).ok().and_then(|every| u64::try_from(every).ok());
        let every = kinds.iter().filter_map(|kind| number(kind, "backup_every")).filter(|every| *every > 0).min();
        let to = kinds.iter().filter_map(|kind| kind.get_attr("backup_to").ok()?.as_str().map(str::to_owned));
        Some(Schedule {
            service: backup.service(&planned.instance),
            instance: planned.instance.clone(),
            offline: backup.job.offline,
            every: cron(every.unwrap_or(86_400)),
            to: to.filter(|to| !to.is_empty()).collect::<Vec<_>>().join(", "),
        })
    });
    schedules.collect()
}

/// When cron starts it: at night, or at every so many hours or minutes, never less often than is asked.
fn cron(seconds: u64) -> String {
    const HOUR: u64 = 3_600;
    let divisor = |of: u64, most: u64| (1..=most).rev().find(|part| of.is_multiple_of(*part)).unwrap_or(1);
    match seconds {
        0..HOUR => format!("*/{} * * * *", divisor(60, seconds.div_euclid(60).clamp(1, 30))),
        HOUR..86_400 => format!("0 */{} * * *", divisor(24, seconds.div_euclid(HOUR).clamp(1, 12))),
        86_400..604_800 => String::from("30 2 * * *"),
        _ => String::from("30 2 * * 0"),
    }
}

#[cfg(test)]
mod tests {
    use super::cron;

    #[test]
    fn cron_starts_no_less_often_than_is_asked() {
        assert_eq!(cron(86_400), "30 2 * * *");
        assert_eq!(cron(7 * 86_400), "30 2 * * 0");
        assert_eq!(cron(5 * 3_600), "0 */4 * * *");
        assert_eq!(cron(45 * 60), "*/30 * * * *");
        assert_eq!(cron(7 * 60), "*/6 * * * *");
    }
}
