//! The ports that the host sees.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use catalog::vocabulary::Environment;
use minijinja::Value;

use super::model::Port;
use super::options::Options;
use super::service::door;
use crate::plan::Plan;

/// The ports that the host sees, by service: in development only, on the loopback only, each its own.
pub(super) fn published(plan: &Plan<'_>, options: Options) -> BTreeMap<String, Port> {
    let mut ports: BTreeMap<String, Port> = BTreeMap::new();
    if plan.host.environment != Environment::Development {
        return ports;
    }
    let mut next = options.port_base;
    for door in plan.services.iter().filter_map(door) {
        let mut default = next.unwrap_or(door.port);
        while ports.values().any(|port| port.default == default) {
            default = default.checked_add(1).unwrap_or(1024);
        }
        next = next.map(|_| default.checked_add(1).unwrap_or(1024));
        let variable = format!("{}_PORT", door.host.replace('-', "_").to_uppercase());
        ports.insert(door.host, Port { variable, target: door.port, default });
    }
    ports
}

/// The address on the host, where a service is published: the variable of its port and the port without it.
pub(super) fn published_port(plan: &Plan<'_>, options: Options, service: &str) -> Option<(String, u16)> {
    published(plan, options).remove(service).map(|port| (port.variable, port.default))
}

/// The variables that one may set in `.env`.
pub(super) fn example_environment(plan: &Plan<'_>, options: Options) -> String {
    let ports = published(plan, options);
    if ports.is_empty() {
        return String::from("# Nothing needs to be set here: no port of this stack is published.\n");
    }
    let mut text = String::from("# Copy to .env and change what collides with something else on this machine.\n");
    for port in ports.values() {
        let _ = writeln!(text, "{}={}", port.variable, port.default);
    }
    text
}

/// The names that an address may speak of.
pub(super) fn address_names(host: &str, port: u16) -> [(&'static str, Value); 2] {
    [("host", Value::from(host)), ("port", Value::from(port))]
}
