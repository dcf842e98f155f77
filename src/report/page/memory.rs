//! The memory budget: how the host's memory is shared, as the parts of one bar.

use catalog::units::{Bytes, percentage};
use serde::Serialize;

use crate::plan::{Plan, Planned};

/// The host's memory and its parts.
#[derive(Serialize)]
pub(super) struct Budget<'a> {
    host: String,
    capacity: String,
    parts: Vec<Part<'a>>,
}

/// A part of the memory.
#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    /// What it is for.
    what: String,
    /// The parts' places in the palette go round; the system and what is left stand outside of it.
    colour: &'static str,
    memory: String,
    percent: String,
    cores: String,
    /// Its width, in thousandths of the bar.
    width: f64,
    /// What runs beside the database, within the part.
    beside: Vec<Beside>,
}

/// A service beside a database.
#[derive(Serialize)]
struct Beside {
    service: String,
    memory: String,
}

/// Colours that people with any kind of colour vision tell apart, next to each other in this order.
const PALETTE: [&str; 6] = ["c1", "c2", "c3", "c4", "c5", "c6"];

impl<'a> Budget<'a> {
    pub(super) fn of(plan: &'a Plan<'_>) -> Self {
        let host = plan.host.memory;
        let apart = |name, what: &str, colour, memory| Part {
            name,
            what: what.to_owned(),
            colour,
            cores: String::new(),
            beside: Vec::new(),
            ..Part::sized(memory, host)
        };
        let mut parts = vec![apart("operating system", "what the host keeps for itself", "system", plan.system)];
        let services = plan.services.iter().zip(PALETTE.iter().copied().cycle());
        parts.extend(services.map(|(planned, colour)| Part::of(planned, colour, host)));
        if plan.spare() > Bytes(0) {
            parts.push(apart("left over", "more than the services can use", "spare", plan.spare()));
        }
        Self { host: host.rounded(), capacity: plan.capacity.summary(), parts }
    }
}

impl<'a> Part<'a> {
    fn of(planned: &'a Planned<'_>, colour: &'static str, host: Bytes) -> Self {
        let beside = planned.jobs.iter();
        let memory = beside.clone().fold(planned.memory.0, |sum, job| sum.saturating_add(job.memory.0));
        let beside = beside
            .map(|job| Beside { service: job.service(&planned.instance), memory: job.memory.rounded() })
            .collect();
        Self {
            name: &planned.instance,
            what: format!("{} {}, for {}", planned.database.name, planned.version.major, planned.serves.join(", ")),
            colour,
            cores: planned.cores.to_string(),
            beside,
            ..Self::sized(Bytes(memory), host)
        }
    }

    /// A part without a name.
    fn sized(memory: Bytes, host: Bytes) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "a part of a picture")]
        let part = if host.0 == 0 { 0.0 } else { memory.0 as f64 / host.0 as f64 };
        Self {
            name: "",
            what: String::new(),
            colour: "",
            memory: memory.rounded(),
            percent: percentage(part),
            cores: String::new(),
            width: (part * 10_000.0).round() / 10.0,
            beside: Vec::new(),
        }
    }
}
