//! How a database is recognised in a compose file that somebody else wrote, and what is right to say of it there.

use serde::{Deserialize, Serialize};

use super::date::Date;
use super::reference::VersionRange;
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
    /// Images, among those, whose tags do not begin with the server's version.
    pub own_numbers: Vec<Text>,
    /// What stands before the server's version within a tag: `pg` in `0.8.0-pg17`.
    pub tag_mark: Option<Text>,
    /// Versions that get fixes and are not among `[[versions]]`: a tag of them names none of those.
    pub unlisted: Vec<Text>,
    /// Arguments that make its server do something else, without data of its own.
    pub other_modes: Vec<Text>,
    /// The first arguments with which its program keeps data, where any other makes it a helper.
    pub modes: Vec<Text>,
    /// Where it keeps its data.
    pub data: Vec<DataFolder>,
    /// What names another folder for its data.
    pub data_named: DataNamed,
    /// How its configuration files and its command are written, where lint reads them.
    pub settings: Option<Dialect>,
    /// What it takes off the front of a setting's name. Such a server takes the beginning of a name for the name, too.
    pub lenient_prefixes: Vec<Text>,
    /// Healthchecks that need nothing but what the image has.
    pub healthchecks: Vec<HealthTest>,
    /// Settings that a version removed.
    pub removed_settings: Vec<RemovedSetting>,
    /// Whether it asks who its clients are.
    pub authentication: Vec<Authentication>,
    /// Its images, or tags of them, that get no updates any more.
    pub withdrawn: Vec<Withdrawn>,
    /// Variables that hold a password, whatever their value looks like.
    pub password_variables: Vec<Text>,
    /// The options of its programs that are followed by a password.
    pub password_options: Vec<Text>,
    /// The clients that take a password right behind `-p`.
    pub attached_password: Vec<Text>,
    /// The environment variables that hold a password behind a user's name, and what parts the two.
    pub password_environment: Map<Text, Text>,
}

/// A folder of the container that holds the data.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct DataFolder {
    /// The folder.
    pub path: Text,
    /// The volume that the image declares there or above: a mount above that one does not hold the data.
    #[serde(default)]
    pub volume: Option<Text>,
    /// The argument with which it is so.
    #[serde(default)]
    pub with: Option<Text>,
    /// What to know where another folder is mounted instead.
    #[serde(default)]
    pub note: Option<Text>,
    /// The first version that has it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

/// What names the folder of the data, where it is not the usual one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, bound(deserialize = "'de: 'static"))]
pub struct DataNamed {
    /// Variables of the environment.
    pub environment: Vec<Text>,
    /// Options of its program, and settings.
    pub options: Vec<Text>,
    /// Whether the arguments that are no options name folders, too.
    pub arguments: bool,
}

/// A healthcheck that needs nothing but what the image has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct HealthTest {
    /// The `test`, as a YAML list.
    pub test: Text,
    /// The first version whose image has what it runs.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version whose image no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
}

/// A setting that a version removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct RemovedSetting {
    /// Its name, as the list of known ones would have it.
    pub name: Text,
    /// The first version that does not know it.
    pub until: Text,
    /// What to set instead, or to do.
    pub instead: Text,
    /// A key of `sources`.
    pub source: Text,
}

/// Whether a server asks who its clients are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Authentication {
    /// Whether it asks where nothing is said.
    pub asks: bool,
    /// Variables of the environment, as `NAME` or `NAME=value`, and options that make it ask.
    #[serde(default)]
    pub on: Vec<Text>,
    /// Those that make it ask nobody.
    #[serde(default)]
    pub off: Vec<Text>,
    /// What to do, in the imperative.
    pub help: Text,
    /// The first version that is so.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that is no longer so.
    #[serde(default)]
    pub until: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

/// Images, or tags of them, that get no updates any more.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Withdrawn {
    /// The images, without a registry and a tag.
    pub images: Vec<Text>,
    /// Parts of a tag, such as `bullseye`; all tags where none is named.
    #[serde(default)]
    pub tags: Vec<Text>,
    /// What became of them, in a clause: «is no longer published».
    pub state: Text,
    /// The day since when.
    #[serde(default)]
    pub since: Option<Date>,
    /// What to do, in the imperative.
    pub help: Text,
    /// A key of `sources`.
    pub source: Text,
}

super::reference::ranged!(DataFolder, HealthTest, Authentication);

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

impl DataFolder {
    /// A folder of every version, without a volume of the image's own.
    pub fn at(path: Text) -> Self {
        Self { path, volume: None, with: None, note: None, since: None, until: None, source: Text::default() }
    }
}

impl Detect {
    /// The sources that it names, and what names them.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Text)> {
        let data = self.data.iter().map(|row| ("a data folder", &row.source));
        let removed = self.removed_settings.iter().map(|row| ("a removed setting", &row.source));
        let authentication = self.authentication.iter().map(|row| ("authentication", &row.source));
        let withdrawn = self.withdrawn.iter().map(|row| ("a withdrawn image", &row.source));
        data.chain(removed).chain(authentication).chain(withdrawn)
    }

    /// The versions that its rows name.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        let data = self.data.iter().map(DataFolder::versions);
        let tests = self.healthchecks.iter().map(HealthTest::versions);
        let rows = data.chain(tests).chain(self.authentication.iter().map(Authentication::versions));
        rows.flat_map(VersionRange::named).chain(self.removed_settings.iter().map(|row| row.until.as_str()))
    }
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
