//! How a database is recognised in a compose file that somebody else wrote, and what is right to say of it there.

use serde::{Deserialize, Serialize};

use super::text::{Map, Text};

/// What tells a database in a file that we did not write.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, bound(deserialize = "'de: 'static"))]
pub struct Detect {
    /// Images, besides those of `[[versions]]`, that run it as the official one does: without a registry and a tag.
    pub images: Vec<Text>,
    /// Images that run it in a way of their own.
    pub derivatives: Vec<Text>,
    /// The programs that serve its data.
    pub programs: Vec<Text>,
    /// Programs of its images that serve nothing: clients, dumps, benchmarks.
    pub clients: Vec<Text>,
    /// Arguments that make its server do something else, without data of its own.
    pub other_modes: Vec<Text>,
    /// How its configuration files and its command are written, where lint reads them.
    pub settings: Option<Dialect>,
    /// What it takes off the front of a setting's name. Such a server takes the beginning of a name for the name, too.
    pub lenient_prefixes: Vec<Text>,
    /// A healthcheck that needs nothing but what the image has, as a YAML list.
    pub healthcheck: Option<Text>,
    /// The options of its programs that are followed by a password.
    pub password_options: Vec<Text>,
    /// The clients that take a password right behind `-p`.
    pub attached_password: Vec<Text>,
    /// The environment variables that hold a password behind a user's name, and what parts the two.
    pub password_environment: Map<Text, Text>,
}

/// How a server's settings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `name = value` in postgresql.conf, `-c name=value` on the command line.
    Postgres,
    /// Groups of `name = value` in my.cnf, `--name=value` on the command line.
    MySql,
    /// `name value` in redis.conf, `--name value` on the command line.
    Redis,
}

impl Dialect {
    /// A name as the list of known ones has it.
    pub fn name(self, written: &str) -> String {
        let small = written.to_ascii_lowercase();
        if self == Self::Redis { small } else { small.replace('-', "_") }
    }

    /// Whether the server takes a value for on or for off, in whatever case; nothing where it takes it for neither.
    pub fn switch(self, value: &str) -> Option<bool> {
        let value = value.to_ascii_lowercase();
        let (on, off): (&[&str], &[&str]) = match self {
            Self::Postgres => (&["on", "true", "yes", "1"], &["off", "false", "no", "0"]),
            Self::MySql => (&["on", "true", "1"], &["off", "false", "0"]),
            Self::Redis => (&["yes"], &["no"]),
        };
        // PostgreSQL takes the beginning of a word too, if it begins words of one kind alone: `of`, and not `o`.
        let is_one_of = |words: &[&str]| match self {
            Self::Postgres => words.iter().any(|word| word.starts_with(&value)),
            Self::MySql | Self::Redis => words.contains(&value.as_str()),
        };
        match (is_one_of(on), is_one_of(off)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}

/// The connection pooler that is put in front of a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Pooler {
    /// Its name.
    pub name: Text,
    /// When it is worth its place, in a sentence.
    pub when: Text,
    /// What to do where it is missing, in the imperative.
    pub advice: Text,
}
