//! `plain-password`

use std::collections::BTreeSet;

use catalog::Catalog;

use super::prelude::*;
use crate::compose::{Service, Variable, filled, is_among};
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("plain-password"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "A password stands in the compose file.",
    why: "The file goes into version control, and from there to everybody who ever gets a copy of the repository: a \
          password that was committed once has to be changed, not removed. The environment is also shown by `docker \
          inspect` and inherited by every process.",
    source: "https://docs.docker.com/compose/how-tos/use-secrets/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                environment: { POSTGRES_PASSWORD: hunter2 }
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r"
            services:
              api:
                image: example/api:1.4
                environment:
                  - DATABASE_URL=postgres://app:hunter2@db:5432/shop
        ";
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --requirepass hunter2
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                environment: { POSTGRES_PASSWORD: "${DB_PASSWORD:-hunter2}" }
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                environment: { POSTGRES_PASSWORD_FILE: /run/secrets/db }
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                environment: { POSTGRES_PASSWORD: "${DB_PASSWORD:?}" }
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r"
            services:
              api:
                image: example/api:1.4
                environment:
                  - DATABASE_URL=postgres://app:${DB_PASSWORD}@db:5432/shop
                  - MYSQL_ALLOW_EMPTY_PASSWORD=yes
                  - MAX_TOKEN=4096
                  - API_TOKEN
        ";
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --requirepass ${REDIS_PASSWORD:?}
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    // What several services take in from one place is one fault.
    let mut places = BTreeSet::new();
    let mut tell = |about: String, place: Place, message: String| {
        if places.insert(place) {
            let help = "take it from a secret's file (`…_FILE: /run/secrets/NAME`), or from outside: `${NAME:?}`";
            let violation = Violation::new(about, file.at(place, "in clear"), message).help(help);
            violations.push(violation.help("change the password: who has the file's history has the old one"));
        }
    };
    let is_told = |variable: &&Variable| file.is_shared(variable.place);
    for variable in file.compose.assignments.iter().filter(is_told) {
        let message = clear(variable, file.catalog);
        message.into_iter().for_each(|message| tell(format!("env.{}", variable.name), variable.place, message));
    }
    for service in &file.compose.services {
        for variable in service.environment.iter().filter(is_told) {
            let message = clear(variable, file.catalog);
            message.into_iter().for_each(|message| tell(service.about(), variable.place, message));
        }
        for (place, message) in told(service, file.catalog) {
            tell(service.about(), place, message);
        }
    }
}

/// What a variable holds in clear, if it does.
fn clear(variable: &Variable, catalog: &Catalog) -> Option<String> {
    let value = variable.value.as_deref()?;
    let is_secret = is_secret(&variable.name, value, catalog);
    let what = if is_secret { "holds a secret in clear" } else { "holds an address with its password" };
    (is_secret || has_password(value)).then(|| format!("`{}` {what}", variable.name))
}

/// The options of a command that hand over a password.
fn told<'s>(service: &'s Service, catalog: &'s Catalog) -> impl Iterator<Item = (Place, String)> + 's {
    const OPTIONS: [&str; 2] = ["--password", "--passwd"];
    let detects = || catalog.databases().map(|database| &database.detect);
    let is_option = move |option: &str| {
        OPTIONS.contains(&option) || detects().any(|detect| is_among(&detect.password_options, option))
    };
    let words = &service.command;
    let is_client = service.runs(|name| detects().any(|detect| is_among(&detect.attached_password, name))).is_some();
    words.iter().enumerate().filter_map(move |(index, word)| {
        // One word may hold both, with a space between them.
        let parts = word.value.split_once(['=', ' ']);
        let (option, given) = parts.map_or((word.value.as_str(), None), |(option, value)| (option, Some(value.trim())));
        let next = words.get(index.saturating_add(1)).filter(|next| !next.value.starts_with('-'));
        if is_option(option) {
            let place = if given.is_some() { word.place } else { next?.place };
            let value = given.or_else(|| next.map(|next| next.value.as_str()))?;
            return is_told(value).then(|| (place, format!("`{option}` is followed by the password in clear")));
        }
        let short = word.value.strip_prefix("-p").filter(|value| is_client && is_told(value));
        if short.is_some() {
            return Some((word.place, String::from("`-p` is followed by the password in clear")));
        }
        has_password(&word.value).then(|| (word.place, String::from("the command has an address with its password")))
    })
}

/// Whether a value of a command stands there in clear: the container's shell fills in what is behind `$$`.
fn is_told(value: &str) -> bool {
    is_literal(value) && !value.contains("$$")
}

/// Whether a variable's name promises a secret and its value is one.
fn is_secret(name: &str, value: &str, catalog: &Catalog) -> bool {
    const ENDS: [&str; 12] = [
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "_PASS",
        "_PWD",
        "SECRET",
        "SECRET_KEY",
        "SECRET_ACCESS_KEY",
        "TOKEN",
        "API_KEY",
        "APIKEY",
        "PRIVATE_KEY",
    ];
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let behind_user = catalog.databases().find_map(|database| database.detect.password_environment.get(name.as_str()));
    if let Some(separator) = behind_user {
        return value.split_once(separator.as_str()).is_some_and(|(_, password)| is_literal(password));
    }
    if catalog.databases().any(|database| is_among(&database.detect.password_variables, &name)) {
        return is_given(value);
    }
    // What ends in `TOKEN` may count them, and what is public is no secret.
    let counts = value.bytes().all(|byte| byte.is_ascii_digit()) && !name.contains("PASS");
    let is_named = (name == "PASS" || ENDS.iter().any(|end| name.ends_with(end))) && !name.contains("PUBLIC");
    is_named && !counts && is_literal(value)
}

/// Whether a value stands here in clear, and is no switch: `yes` may be one.
fn is_literal(value: &str) -> bool {
    const SWITCHES: [&str; 13] =
        ["yes", "no", "true", "false", "on", "off", "0", "1", "none", "null", "enabled", "disabled", "required"];
    let filled = filled(value);
    let is_switch = SWITCHES.iter().any(|switch| filled.text.trim().eq_ignore_ascii_case(switch));
    !is_switch && is_given(value)
}

/// Whether a value stands here in clear: it is no variable and no path.
fn is_given(value: &str) -> bool {
    // What another program fills in, where a service of secrets is asked, and what is encrypted.
    const STANDS_FOR: [&str; 4] = ["$(", "{{", "://", "ENC["];
    let filled = filled(value);
    let text = filled.text.trim();
    let stands_for = text.starts_with('/') || STANDS_FOR.iter().any(|mark| text.contains(mark));
    !filled.is_open && !text.is_empty() && !stands_for
}

/// Whether a text has an address with a password: `scheme://user:password@host`.
fn has_password(value: &str) -> bool {
    if !value.contains("://") {
        return false;
    }
    let text = filled(value).text;
    text.match_indices("://").any(|(at, mark)| {
        let rest = text.get(at.saturating_add(mark.len())..).unwrap_or_default();
        let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        let password = user.and_then(|user| user.split_once(':')).map(|(_, password)| password);
        password.is_some_and(|password| !password.is_empty() && !password.contains(['$', '<', '{', '*']))
    })
}
