//! How a database is run: its container, its share of memory, its settings, its files and its helpers.
//!
//! The texts are formulas and templates; what they may speak of is said by `size::scope`.

use serde::{Deserialize, Serialize};

use super::folder::{Folder, KNOWN_SETTINGS};
use super::reference::ranged;
use super::text::{Map, Text};
use super::vocabulary::words;

/// Everything that rendering and tuning need to know of a database.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Recipe {
    /// How settings are written.
    #[serde(default)]
    pub settings: Notation,
    /// How much of the host's memory it gets.
    #[serde(default)]
    pub memory: Option<Memory>,
    /// How much of the host's disk its data takes.
    #[serde(default)]
    pub disk: Option<Disk>,
    /// How it runs in a container; absent where it does not.
    #[serde(default)]
    pub container: Option<Container>,
    /// Its settings, in the order in which they are written.
    #[serde(default)]
    pub tuning: Vec<Tuning>,
    /// How it removes what is over by itself, with what we write for it.
    #[serde(default)]
    pub realises: Realises,
    /// The files that are written for it.
    #[serde(default)]
    pub files: Vec<FileTemplate>,
    /// Services beside it: one-shot preparation, backups, a pooler.
    #[serde(default)]
    pub jobs: Vec<Job>,
    /// How one connects to it, where it does not run in a container of ours.
    #[serde(default)]
    pub connect: Option<Connect>,
    /// The templates of the folder and of the one that it is like, by file name.
    #[serde(default)]
    pub templates: Templates,
    /// The settings that its server knows.
    #[serde(default)]
    pub known_settings: Option<KnownSettings>,
    /// Whether the folder is of an extra catalogue, whose templates are trusted less than our own.
    #[serde(skip)]
    pub is_extra: bool,
}

/// The settings that a server knows: a name a line; `[18]` begins those of version 18 alone, and a name that ends in `*`
/// stands for all that begin so.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct KnownSettings {
    /// The list.
    pub text: Text,
    /// Whether its versions are those of this database, not of the one that it is like.
    pub for_versions: bool,
}

/// The templates of a folder, each with its file's name.
pub type Templates = Vec<(Text, Text)>;

ranged!(FileTemplate, HostSetting, Image, Job, Means, Secret, Tuning, Volume);

impl Recipe {
    /// The template of a name.
    pub fn template(&self, name: &str) -> Option<&str> {
        self.templates.iter().find(|(known, _)| *known == *name).map(|(_, template)| template.as_str())
    }
}

/// How settings are written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Notation {
    /// How an amount of memory is written.
    #[serde(default)]
    pub memory: MemoryNotation,
    /// The statements that set values in a running server, where it takes any.
    #[serde(default)]
    pub statements: Option<Statements>,
}

/// The statements that set values in a running server. Each is a template that knows `name`, `value` as the configuration
/// has it, and `number`: the value without a unit where it is a number, in bytes for an amount of memory, else nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Statements {
    /// Sets what the server takes while it runs.
    pub live: Text,
    /// Stores what it reads only when it starts. Absent where no statement can.
    #[serde(default)]
    pub restart: Option<Text>,
    /// What has to follow the statements for the server to take the values.
    #[serde(default)]
    pub after: Option<Text>,
    /// The line of the configuration file for what no statement can set.
    pub file: Text,
    /// What a comment begins with. Absent where the client knows no comments.
    #[serde(default)]
    pub comment: Option<Text>,
    /// How long the values last, in a sentence.
    pub lasts: Text,
    /// A key of `sources`.
    pub source: Text,
}

words! {
    /// When a server takes a new value of a setting.
    Apply {
        /// While it runs.
        Live = "live",
        /// When it starts.
        Restart = "restart",
        /// When it starts, and only from its file or command line: it is no variable.
        File = "file",
    }
}

#[expect(clippy::derivable_impls, reason = "the words are declared by a macro that knows no default")]
impl Default for Apply {
    fn default() -> Self {
        Self::Live
    }
}

words! {
    /// How an amount of memory is written: in the largest unit that divides it.
    MemoryNotation {
        /// A plain number of bytes.
        Bytes = "bytes",
        /// `4GB`, `512MB`, `64kB`.
        Gigabytes = "GB",
        /// `4G`, `512M`, `64K`.
        Giga = "G",
        /// `4gb`, `512mb`, `64kb`.
        SmallGigabytes = "gb",
        /// `4g`, `512m`, `64k`.
        SmallGiga = "g",
        /// `4GiB`, `512MiB`, `64KiB`.
        Gibibytes = "GiB",
    }
}

#[expect(clippy::derivable_impls, reason = "the words are declared by a macro that knows no default")]
impl Default for MemoryNotation {
    fn default() -> Self {
        Self::Bytes
    }
}

/// How much of the host's memory a database gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Memory {
    /// What it needs to run at all: a formula in bytes.
    pub minimum: Text,
    /// What has to lie in memory: a formula in bytes.
    #[serde(default)]
    pub must_fit: Option<Text>,
    /// What it runs well with, caches and working set included: a formula in bytes. Default: what it needs.
    #[serde(default)]
    pub recommended: Option<Text>,
    /// Its part of what is left when everybody has the minimum.
    pub weight: u32,
    /// What it can use at most: a formula in bytes.
    #[serde(default)]
    pub cap: Option<Text>,
    /// How many clients its memory carries: a formula. Past it a pooler is put in front, where there is one.
    #[serde(default)]
    pub carries: Option<Text>,
    /// Why.
    pub why: Text,
    /// A key of `sources`.
    pub source: Text,
}

/// How much of the host's disk the data of a database takes. A formula knows `data_size`, the stated sizes, and `raw`, the
/// plain bytes of the records and vectors of those datasets whose size is not stated, and `appended`, the part of `raw` that is written
/// once and never changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Disk {
    /// What the data takes, with indexes and log, or compressed: a formula in bytes.
    pub needed: Text,
    /// The same with the room that has to stay free, as for compaction: a formula in bytes that knows `needed` too.
    /// Default: what it needs.
    #[serde(default)]
    pub recommended: Option<Text>,
    /// Why.
    pub why: Text,
    /// A key of `sources`.
    pub source: Text,
}

/// How something runs in a container. Every text is a template; an item of a list that comes out empty is left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Container {
    /// Another image than the version's, unless it comes out empty.
    #[serde(default)]
    pub image: Option<Text>,
    /// A folder of the instance with a Dockerfile, instead of an image.
    #[serde(default)]
    pub build: Option<Text>,
    /// Images that are taken instead of the version's when the data asks for what only they have.
    #[serde(default)]
    pub images: Vec<Image>,
    /// The port that clients connect to.
    #[serde(default)]
    pub port: Option<u16>,
    /// What the image starts with.
    #[serde(default)]
    pub entrypoint: Vec<Text>,
    /// What it is told.
    #[serde(default)]
    pub command: Vec<Text>,
    /// How a setting becomes an argument.
    #[serde(default)]
    pub flag: Option<Text>,
    /// Environment variables; one whose value is empty is left out.
    #[serde(default)]
    pub environment: Map<Text, Text>,
    /// Who runs it in the container.
    #[serde(default)]
    pub user: Option<Text>,
    /// How long it may take to stop.
    #[serde(default)]
    pub stop_grace_period: Option<Text>,
    /// The signal that stops it.
    #[serde(default)]
    pub stop_signal: Option<Text>,
    /// The size of `/dev/shm`: a formula in bytes.
    #[serde(default)]
    pub shm_size: Option<Text>,
    /// Whether its root file system can be read-only.
    #[serde(default)]
    pub read_only: bool,
    /// What it keeps in memory.
    #[serde(default)]
    pub tmpfs: Vec<Text>,
    /// The capabilities that it keeps; all others are dropped.
    #[serde(default)]
    pub cap_add: Vec<Text>,
    /// Limits of its processes.
    #[serde(default)]
    pub ulimits: Map<Text, i64>,
    /// Namespaced kernel settings.
    #[serde(default)]
    pub sysctls: Map<Text, Text>,
    /// Whether docker's init has to reap its children.
    #[serde(default)]
    pub init: bool,
    /// Where its data lies.
    #[serde(default)]
    pub volumes: Vec<Volume>,
    /// The secrets that are made for it.
    #[serde(default)]
    pub secrets: Vec<Secret>,
    /// The database's secrets that a job mounts.
    #[serde(default)]
    pub uses: Vec<Text>,
    /// How one sees that it is ready.
    #[serde(default)]
    pub healthcheck: Option<Healthcheck>,
    /// How clients reach it.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// How the passwords are changed that neither a new container nor a job takes from their files.
    #[serde(default)]
    pub passwords: Option<Text>,
    /// How the server speaks TLS, or why it cannot.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// What of the certificates it mounts where TLS is rendered. Default, for a job: the authority's certificate.
    #[serde(default)]
    pub certificates: Vec<CertificateFile>,
    /// How what it stores is encrypted; absent where nothing that is rendered does that.
    #[serde(default)]
    pub at_rest: Option<AtRest>,
    /// What the host has to be prepared with.
    #[serde(default)]
    pub host: Vec<HostSetting>,
    /// A key of `sources`.
    #[serde(default)]
    pub source: Option<Text>,
}

/// An image that has what the version's image lacks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Image {
    /// When it is taken: a condition.
    pub when: Text,
    /// The image.
    #[allow(clippy::struct_field_names, reason = "the key in the file")]
    pub image: Text,
    /// Its tag.
    pub tag: Text,
    /// The first version that has it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

/// A volume: `<instance>-<name>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Volume {
    /// Its name.
    pub name: Text,
    /// Where the container sees it.
    pub path: Text,
    /// The first version that has it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
}

/// A secret: the file `secrets/<instance>_<name>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Secret {
    /// Its name.
    pub name: Text,
    /// What the file holds; where absent the random text alone.
    #[serde(default)]
    pub content: Option<Text>,
    /// Whether it is handed over as environment variables, where an image has no other way.
    #[serde(default)]
    pub env_file: bool,
    /// The first version that has it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
}

/// How one sees that a container is ready.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Healthcheck {
    /// What is run.
    pub test: Vec<Text>,
    /// The file that the last of the image's init scripts leaves, as a shell finds it. Without it the database is not healthy,
    /// because an image runs these scripts once: after one that failed or was killed it starts as if nothing was amiss.
    #[serde(default)]
    pub mark: Option<Text>,
    /// How often.
    pub interval: Text,
    /// How long it may take.
    pub timeout: Text,
    /// How often it may fail.
    pub retries: u32,
    /// How long failures do not count.
    pub start_period: Text,
}

/// How clients reach a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Endpoint {
    /// The address without the password.
    pub url: Text,
    /// Who connects; empty where there are no users.
    #[serde(default)]
    pub user: Text,
    /// The secret that holds the password.
    #[serde(default)]
    pub secret: Option<Text>,
}

/// How a server speaks TLS: either what is rendered, or why it cannot. Templates and conditions see it as `tls`, which is
/// false, or holds the paths of the mounted files by the names of [`CertificateFile`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Tls {
    /// What is rendered, in a sentence.
    #[serde(default)]
    pub how: Option<Text>,
    /// Why it cannot, and what to do instead.
    #[serde(default)]
    pub cannot: Option<Text>,
    /// How clients are told to verify the server: a template that knows `ca`, the path of the authority's certificate.
    #[serde(default)]
    pub clients: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

/// How an engine encrypts what it stores. Templates and conditions see it as `at_rest`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct AtRest {
    /// What is rendered, and what it leaves open, in a sentence or two.
    pub how: Text,
    /// A key of `sources`.
    pub source: Text,
}

words! {
    /// A file of the certificates, as a container mounts it.
    CertificateFile {
        /// The certificate of the stack's authority, which clients verify with: `/run/secrets/ca.crt`.
        Authority = "ca",
        /// The server's certificate: `/run/secrets/tls.crt`.
        Certificate = "crt",
        /// Its private key, PKCS#8 in PEM: `/run/secrets/tls.key`.
        Key = "key",
        /// The key and the certificate in one file: `/run/secrets/tls.pem`.
        Combined = "pem",
    }
}

impl CertificateFile {
    /// What the file is called in the container, below `/run/secrets`.
    pub fn file(self) -> &'static str {
        match self {
            Self::Authority => "ca.crt",
            Self::Certificate => "tls.crt",
            Self::Key => "tls.key",
            Self::Combined => "tls.pem",
        }
    }
}

/// What protects data on the wire or on disk, as far as the catalog knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection<'a> {
    /// What is rendered.
    Rendered(&'a str),
    /// Whoever runs it elsewhere: what is known of that.
    Elsewhere(Option<&'a str>),
    /// The host: its disk or volume has to be encrypted.
    Host,
    /// Nothing: why, and what to do instead.
    Nothing(&'a str),
}

/// What a compose file cannot set on the host.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct HostSetting {
    /// The setting: `vm.max_map_count`, `transparent_hugepage`.
    pub setting: Text,
    /// Its value.
    pub value: Text,
    /// Whether the server refuses to start without it.
    #[serde(default)]
    pub required: bool,
    /// What sets it, or shows it.
    pub command: Text,
    /// Whether the command only shows it, because nothing sets it on a host that runs: the kernel's version, for one.
    #[serde(default)]
    pub check: bool,
    /// When it is wanted: a condition.
    #[serde(default)]
    pub when: Option<Text>,
    /// Why.
    pub why: Text,
    /// What to do where the host cannot be changed.
    #[serde(default)]
    pub escape: Option<Text>,
    /// The first version that wants it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer wants it.
    #[serde(default)]
    pub until: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

/// A setting of the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Tuning {
    /// The key as the server knows it.
    pub name: Text,
    /// Its value: a formula.
    pub value: Text,
    /// What the number is: `memory` in bytes, or a suffix such as `s` or `min`.
    #[serde(default)]
    pub unit: Option<Text>,
    /// When it is set: a condition.
    #[serde(default)]
    pub when: Option<Text>,
    /// The first version that knows it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer knows it.
    #[serde(default)]
    pub until: Option<Text>,
    /// The path of the file that it stands in, `environment` or `command`.
    #[serde(default)]
    pub into: Option<Text>,
    /// When the server takes a new value; looked at only where the database has statements.
    #[serde(default)]
    pub apply: Apply,
    /// The first version that takes it while it runs, where earlier ones read it only at the start.
    #[serde(default)]
    pub live_since: Option<Text>,
    /// The library without which the server does not know it.
    #[serde(default)]
    pub library: Option<Text>,
    /// Why this value.
    pub why: Text,
    /// A key of `sources`.
    pub source: Text,
}

/// How a database removes what is over by itself, with what we write for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Realises {
    /// What is past the retention of its dataset.
    #[serde(default)]
    pub retention: Option<Means>,
    /// What is past the time to live of its collection.
    #[serde(default)]
    pub ttl: Option<Means>,
    /// What is too much for a capped collection.
    #[serde(default)]
    pub capped: Option<Means>,
}

/// By what something is removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Means {
    /// By what, in a clause. Absent where nothing does it.
    #[serde(default)]
    pub by: Option<Text>,
    /// What the application does instead, in a clause.
    #[serde(default)]
    pub instead: Option<Text>,
    /// What it needs of the file.
    #[serde(default)]
    pub needs: Needs,
    /// The fields that are taken for the time of a record, where not every field of such a type is.
    #[serde(default)]
    pub times: Vec<Text>,
    /// The first version that has it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
}

words! {
    /// What of the file is needed, so that what is over can be removed.
    Needs {
        /// The dataset: what holds all of it is made in any case.
        Dataset = "dataset",
        /// Collections.
        Collections = "collections",
        /// Collections that are partitioned by time, or have a time to live.
        Partition = "partition",
        /// Collections in which a field holds a time.
        Time = "time",
        /// Collections that name fields.
        Fields = "fields",
    }
}

#[expect(clippy::derivable_impls, reason = "the words are declared by a macro that knows no default")]
impl Default for Needs {
    fn default() -> Self {
        Self::Collections
    }
}

/// A file that is written for a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct FileTemplate {
    /// The template, beside `database.toml`.
    pub template: Text,
    /// Where it is written, in the instance's folder.
    pub path: Text,
    /// Where the container sees it; absent where it does not.
    #[serde(default)]
    pub target: Option<Text>,
    /// What it is for.
    pub family: Family,
    /// When it is written: a condition.
    #[serde(default)]
    pub when: Option<Text>,
    /// The first version that has it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
    /// Whether it can be run.
    #[serde(default)]
    pub executable: bool,
    /// The job that mounts it, instead of the database.
    #[serde(default)]
    pub service: Option<Text>,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// It holds settings.
    Tuning,
    /// It makes users, databases, tables and indexes.
    Init,
    /// It takes and restores backups.
    Backup,
    /// Something else needs it.
    Support,
}

/// A service beside a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Job {
    /// Its name: the service is `<instance>-<name>`.
    pub name: Text,
    /// What it is for.
    pub purpose: Purpose,
    /// When there is one: a condition.
    #[serde(default)]
    pub when: Option<Text>,
    /// Whether the database must be stopped while it runs.
    #[serde(default)]
    pub offline: bool,
    /// When it must be stopped for a restore though not for a backup: a condition.
    #[serde(default)]
    pub offline_restore: Option<Text>,
    /// Its memory: a formula in bytes.
    pub memory: Text,
    /// Its cores.
    pub cpus: f64,
    /// The first version that has it.
    #[serde(default)]
    pub since: Option<Text>,
    /// The first version that no longer has it.
    #[serde(default)]
    pub until: Option<Text>,
    /// Why.
    pub why: Text,
    /// A key of `sources`.
    pub source: Text,
    /// How it runs.
    #[serde(default)]
    pub container: Container,
}

/// What a service beside a database is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// It prepares the database once it is healthy, and ends.
    Init,
    /// It runs when somebody asks: a backup, a restore.
    Backup,
    /// It stands between the clients and the database.
    Proxy,
    /// It goes on beside the database.
    Loop,
}

/// How one connects to what does not run in a container of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Connect {
    /// What to do.
    pub how: Text,
    /// The environment variables that its clients read.
    #[serde(default)]
    pub environment: Vec<Text>,
    /// What its address looks like.
    #[serde(default)]
    pub url: Option<Text>,
    /// How connections to it are encrypted.
    #[serde(default)]
    pub in_transit: Option<Text>,
    /// How what it stores is encrypted.
    #[serde(default)]
    pub at_rest: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

impl Recipe {
    /// The folder that this was read from, with the text of its `database.toml`.
    pub fn folder(&self, database: &'static str) -> Folder {
        let known_settings = self.known_settings.iter().filter(|known| known.for_versions);
        let known_settings = known_settings.map(|known| (KNOWN_SETTINGS.into(), known.text.clone()));
        Folder { database, files: self.templates.iter().cloned().chain(known_settings).collect() }
    }

    /// The keys of `database.toml` that belong to the recipe.
    pub const KEYS: [&str; 9] =
        ["settings", "memory", "disk", "container", "tuning", "realises", "files", "jobs", "connect"];

    /// The sources that the recipe names, and what names them.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Text)> {
        let tuning = self.tuning.iter().map(|row| (row.name.as_str(), &row.source));
        let jobs = self.jobs.iter().map(|job| (job.name.as_str(), &job.source));
        let memory = self.memory.iter().map(|memory| ("memory", &memory.source));
        let disk = self.disk.iter().map(|disk| ("disk", &disk.source));
        let connect = self.connect.iter().map(|connect| ("connect", &connect.source));
        let statements = self.settings.statements.iter().map(|statements| ("settings.statements", &statements.source));
        let jobs_containers = self.jobs.iter().map(|job| &job.container);
        let containers = self.container.iter().chain(jobs_containers).flat_map(|container| {
            let host = container.host.iter().map(|setting| (setting.setting.as_str(), &setting.source));
            let images = container.images.iter().map(|image| (image.image.as_str(), &image.source));
            let tls = container.tls.iter().map(|tls| ("tls", &tls.source));
            let at_rest = container.at_rest.iter().map(|at_rest| ("at_rest", &at_rest.source));
            container
                .source
                .iter()
                .map(|source| ("container", source))
                .chain(host)
                .chain(images)
                .chain(tls)
                .chain(at_rest)
        });
        memory.chain(disk).chain(statements).chain(tuning).chain(jobs).chain(connect).chain(containers)
    }
}

impl Recipe {
    /// How connections to the server are encrypted, where that is asked for.
    pub fn in_transit(&self) -> Protection<'_> {
        const UNKNOWN: &str = "the catalog does not say how: its `[container]` has no `tls` table";
        let Some(container) = &self.container else {
            return Protection::Elsewhere(self.connect.as_ref().and_then(|connect| connect.in_transit.as_deref()));
        };
        let Some(tls) = &container.tls else { return Protection::Nothing(UNKNOWN) };
        match (&tls.how, &tls.cannot) {
            (Some(how), _) => Protection::Rendered(how),
            (None, why) => Protection::Nothing(why.as_deref().unwrap_or(UNKNOWN)),
        }
    }

    /// How what the server stores is encrypted, where that is asked for.
    pub fn at_rest(&self) -> Protection<'_> {
        match &self.container {
            Some(container) => {
                container.at_rest.as_ref().map_or(Protection::Host, |at_rest| Protection::Rendered(&at_rest.how))
            }
            None => Protection::Elsewhere(self.connect.as_ref().and_then(|connect| connect.at_rest.as_deref())),
        }
    }
}
