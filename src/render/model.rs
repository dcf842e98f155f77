//! What runs in a stack, in the words of no orchestrator: `compose` writes it, and whatever else is to run it can.

use catalog::units::Bytes;
use indexmap::IndexMap;

use crate::size::Cores;

/// A container: what it is made of, what it is given, and how far it may go.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) source: Source,
    /// The database and its version, as in `postgresql 18`.
    pub(super) runs: String,
    /// A hash of the files that it mounts: when one changes, the container has to be made anew.
    pub(super) config_hash: String,
    pub(super) lifetime: Lifetime,
    /// The service that has to be healthy before this one starts.
    pub(super) waits_for: Option<String>,
    pub(super) mounts: Vec<Mount>,
    pub(super) tmpfs: Vec<Tmpfs>,
    pub(super) secrets: Vec<Secret>,
    /// The secrets that are read as environment variables, by their files' names.
    pub(super) env_files: Vec<String>,
    pub(super) environment: IndexMap<String, String>,
    pub(super) command: Vec<String>,
    pub(super) entrypoint: Vec<String>,
    pub(super) port: Option<Port>,
    pub(super) healthcheck: Option<Check>,
    pub(super) user: Option<String>,
    pub(super) capabilities: Vec<String>,
    pub(super) cores: Cores,
    pub(super) memory: Bytes,
    pub(super) shared_memory: Option<Bytes>,
    /// Whether a first process reaps what the service leaves behind.
    pub(super) init: bool,
    pub(super) read_only: bool,
    pub(super) stop_grace_period: Option<String>,
    pub(super) stop_signal: Option<String>,
    pub(super) sysctls: IndexMap<String, String>,
    pub(super) ulimits: IndexMap<String, i64>,
}

#[derive(Debug)]
pub(super) enum Source {
    Image(String),
    /// The folder with its Dockerfile.
    Build(String),
}

/// How long a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifetime {
    /// As long as the stack does.
    Permanent,
    /// Until its work is done.
    Once,
    /// When somebody starts it, as a backup does.
    OnDemand,
}

#[derive(Debug)]
pub(super) enum Mount {
    Volume {
        name: String,
        target: String,
    },
    /// A file of the stack's folder, read-only.
    File {
        path: String,
        target: String,
    },
}

/// A folder in memory. One that the image lacks belongs to root from the second start on, unless it has an owner.
#[derive(Debug)]
pub(super) struct Tmpfs {
    pub(super) path: String,
    /// The user's and the group's number.
    pub(super) owner: Option<(String, String)>,
}

/// A secret that is mounted as a file.
#[derive(Debug)]
pub(super) struct Secret {
    pub(super) name: String,
    pub(super) target: String,
}

/// A port that the host sees, and the variable that moves it.
#[derive(Debug, Clone)]
pub(super) struct Port {
    pub(super) target: u16,
    pub(super) variable: String,
    pub(super) default: u16,
}

#[derive(Debug)]
pub(super) struct Check {
    pub(super) test: Vec<String>,
    pub(super) interval: String,
    pub(super) timeout: String,
    pub(super) retries: u32,
    pub(super) start_period: String,
}
