//! What the types of an entry cannot hold: that its sources resolve, its needs are all answered, its bounds whole.

mod bounds;

use super::database::Database;
use super::entry::Entry;
use super::recipe::{Container, Recipe};
use super::text::Text;
use crate::vocabulary::{Need, Quantity};

/// Whether a quantity may be without a bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gaps {
    Refused,
    /// It counts as unproven.
    Allowed,
}

impl Entry {
    /// Checks what the types cannot, of both parts of one of our own folders.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    pub fn check(&self) -> Result<(), String> {
        self.check_with(Gaps::Refused)
    }

    /// Checks a folder of an extra catalogue: the same, except that a bound may be missing.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    pub fn check_extra(&self) -> Result<(), String> {
        self.check_with(Gaps::Allowed)
    }

    fn check_with(&self, gaps: Gaps) -> Result<(), String> {
        self.database.check_with(gaps)?;
        self.recipe.sources().try_for_each(|(what, source)| self.database.source_of(what, source))?;
        self.recipe.check(&self.database)
    }
}

impl Recipe {
    /// Checks that what it names is there: versions, templates, files, secrets, jobs.
    fn check(&self, database: &Database) -> Result<(), String> {
        let id = &database.id;
        if self.container.is_some() && self.memory.is_none() {
            return Err(format!("{id}: `[container]` needs a `[memory]` beside it"));
        }
        for file in &self.files {
            if self.template(&file.template).is_none() {
                return Err(format!("{id}: the template `{}` is not in the folder", file.template));
            }
            if let Some(job) = file.service.as_ref().filter(|name| !self.jobs.iter().any(|job| job.name == **name)) {
                return Err(format!("{id}: `{}` is for the job `{job}`, which `[[jobs]]` does not have", file.path));
            }
        }
        for row in &self.tuning {
            if let Some(into) = row.into.as_ref().filter(|into| !self.is_place(into)) {
                return Err(format!("{id}: `{}` goes into `{into}`, which is no file of it", row.name));
            }
        }
        for (what, version) in self.versions() {
            if database.version(version).is_none() {
                return Err(format!("{id}: `{what}` speaks of version {version}, which `[[versions]]` does not have"));
            }
        }
        self.check_tls(id)?;
        self.jobs.iter().try_for_each(|job| self.check_uses(id, &job.container))
    }

    /// Whether a setting can stand there.
    fn is_place(&self, place: &str) -> bool {
        matches!(place, "environment" | "command") || self.files.iter().any(|file| file.path == *place)
    }

    /// Checks that a server either speaks TLS, with a key and a certificate, or says why it cannot.
    fn check_tls(&self, id: &str) -> Result<(), String> {
        let Some(container) = &self.container else { return Ok(()) };
        let is_spoken = container.tls.as_ref().map(|tls| (tls.how.is_some(), tls.cannot.is_some()));
        if matches!(is_spoken, Some((true, true) | (false, false))) {
            return Err(format!("{id}: `[container.tls]` says either `how` or why it `cannot`"));
        }
        let speaks = matches!(is_spoken, Some((true, false)));
        if speaks == container.certificates.is_empty() {
            return Err(format!("{id}: `certificates` of `[container]` go with a `[container.tls]` that says `how`"));
        }
        if let Some(job) = self.jobs.iter().find(|job| job.container.tls.is_some() || job.container.at_rest.is_some()) {
            return Err(format!("{id}: the job `{}` has a table that is the database's: `tls` or `at_rest`", job.name));
        }
        match self.jobs.iter().find(|job| !speaks && !job.container.certificates.is_empty()) {
            Some(job) => Err(format!("{id}: the job `{}` mounts certificates that nothing makes", job.name)),
            None => Ok(()),
        }
    }

    fn check_uses(&self, id: &str, container: &Container) -> Result<(), String> {
        let secrets = self.container.iter().flat_map(|container| &container.secrets).chain(&container.secrets);
        let known: Vec<&Text> = secrets.map(|secret| &secret.name).collect();
        match container.uses.iter().find(|name| !known.contains(name)) {
            Some(unknown) => Err(format!("{id}: a job uses the secret `{unknown}`, which nothing makes")),
            None => Ok(()),
        }
    }

    /// The versions that rows name, and what names them.
    fn versions(&self) -> impl Iterator<Item = (&str, &str)> {
        let tuning = self.tuning.iter().map(|row| (&row.name, row.versions()));
        let files = self.files.iter().map(|row| (&row.path, row.versions()));
        let jobs = self.jobs.iter().map(|row| (&row.name, row.versions()));
        let containers = self.container.iter().chain(self.jobs.iter().map(|job| &job.container));
        let parts = containers.flat_map(|container| {
            let volumes = container.volumes.iter().map(|row| (&row.name, row.versions()));
            let secrets = container.secrets.iter().map(|row| (&row.name, row.versions()));
            let images = container.images.iter().map(|row| (&row.image, row.versions()));
            let host = container.host.iter().map(|row| (&row.setting, row.versions()));
            volumes.chain(secrets).chain(images).chain(host)
        });
        let rows = tuning.chain(files).chain(jobs).chain(parts);
        let live = self.tuning.iter().filter_map(|row| Some((row.name.as_str(), row.live_since.as_deref()?)));
        rows.flat_map(|(name, range)| range.named().map(move |version| (name.as_str(), version))).chain(live)
    }
}

impl Database {
    /// Checks what the types cannot: that sources resolve, that every need is answered, that bounds are whole.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    pub fn check(&self) -> Result<(), String> {
        self.check_with(Gaps::Refused)
    }

    fn check_with(&self, gaps: Gaps) -> Result<(), String> {
        self.named_sources().try_for_each(|(what, source)| self.source_of(what, source))?;
        if self.versions.iter().filter(|version| version.default).count() != 1 {
            return Err(format!("{}: exactly one version must be the default", self.id));
        }
        if let Some(version) = self.ended.iter().find(|version| version.default) {
            return Err(format!("{}: version {} has ended, and is the default", self.id, version.major));
        }
        let is_known = |major: &str| self.known_versions().any(|version| version.major == major);
        if let Some(unknown) = self.detect.versions().find(|version| !is_known(version)) {
            return Err(format!(
                "{}: `[detect]` speaks of version {unknown}, which `[[versions]]` and `[[ended]]` do not have",
                self.id
            ));
        }
        let base_memory = self.operate.iter().flat_map(|operate| &operate.base_memory);
        base_memory.into_iter().try_for_each(|amount| readable(&self.id, Quantity::DataSize, amount))?;
        Need::ALL.iter().try_for_each(|need| self.check_need(*need))?;
        self.check_bounds(gaps)
    }

    /// The sources that decisions rest on, and what names each.
    pub fn named_sources(&self) -> impl Iterator<Item = (&str, &Text)> {
        let metrics = self.distance_metrics.iter().map(|metrics| ("the distance metrics", &metrics.source));
        let versions = self.known_versions().map(|version| ("a version", &version.source));
        let techniques = self.optimisation.iter().map(|technique| ("an optimisation", &technique.source));
        let needs = self.serves.iter().map(|(need, service)| (need.name(), &service.source));
        let bounds = self.bounds.iter().map(|row| (row.of.name(), &row.source));
        let first = [("licence", &self.licence.source), ("upstream", &self.upstream.source)];
        let detect = self.detect.sources();
        first.into_iter().chain(metrics).chain(versions).chain(techniques).chain(needs).chain(bounds).chain(detect)
    }

    fn source_of(&self, what: &str, source: &str) -> Result<(), String> {
        if self.sources.contains_key(source) {
            return Ok(());
        }
        Err(format!("{}: {what} names the source `{source}`, which `[sources]` does not have", self.id))
    }

    fn check_need(&self, need: Need) -> Result<(), String> {
        if self.serves.contains_key(&need) {
            return Ok(());
        }
        Err(format!("{}: `[serves.{need}]` is missing", self.id))
    }
}

fn readable(id: &str, quantity: Quantity, amount: &str) -> Result<(), String> {
    match quantity.parse(amount) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{id}: invalid {quantity} `{amount}`: {error}")),
    }
}
