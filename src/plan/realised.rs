//! What a file states of a dataset and has to be made so by somebody: by what the stack realises it, or that nothing does.
//!
//! A figure that only decides or sizes is no such statement: a `latency_p99` is answered by the choice. An encryption, a
//! retention or an availability is a promise, and a promise that nothing keeps must be said. This is the one answer for
//! `select`, lint and the stack's README. Which engine removes data by age, and by what, is in its folder under
//! `[realises]`.

use catalog::units::{Percent, Retention, Span};
use catalog::vocabulary::Sync;
use catalog::{Catalog, Means, Needs, Protection, Purpose, Recipe};

use Outcome::{Open, Realised};

use crate::decide::{Role, Runs, Selected, Selection, Service};
use crate::requirements::{Bucket, Capped, Collection, Data, Encryption};
use crate::source::{Place, Placed};

/// A statement of the file and what makes it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The field, as a path below the dataset: `encryption.at_rest`, `collections.orders.ttl`.
    pub field: String,
    /// Its value, as the file may have it.
    pub value: String,
    /// Where it stands.
    pub place: Place,
    /// What makes it so.
    pub outcome: Outcome,
}

/// What makes a statement so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// By what.
    Realised(String),
    /// Why nothing does, and what to do.
    Open(String),
}

impl Outcome {
    /// Whether nothing makes it so.
    pub fn is_open(&self) -> bool {
        matches!(self, Open(_))
    }

    /// By what, or why not.
    pub fn text(&self) -> &str {
        match self {
            Realised(text) | Open(text) => text,
        }
    }
}

/// What one host gives without anything to fail over to: from this availability on it is not enough.
pub const ONE_HOST: Percent = Percent { millionths: 999_000 };

/// Every statement of a dataset, in the order of the fields.
pub fn stated<'a>(selected: &Selected<'a>, selection: &Selection<'a>, catalog: &'a Catalog) -> Vec<Stated> {
    let dataset = Dataset { selected, data: selected.data, selection, catalog };
    let mut statements = Vec::new();
    dataset.lifetimes(&mut statements);
    dataset.objectives(&mut statements);
    dataset.protection(&mut statements);
    dataset.copies(&mut statements);
    statements
}

/// The statements of a dataset that nothing makes so.
pub fn open<'a>(selected: &Selected<'a>, selection: &Selection<'a>, catalog: &'a Catalog) -> Vec<Stated> {
    let mut statements = stated(selected, selection, catalog);
    statements.retain(|statement| statement.outcome.is_open());
    statements
}

struct Dataset<'d, 'a> {
    selected: &'d Selected<'a>,
    data: &'a Data,
    selection: &'d Selection<'a>,
    catalog: &'a Catalog,
}

impl<'d, 'a> Dataset<'d, 'a> {
    /// The services that hold it.
    fn services(&self) -> impl Iterator<Item = &'d Service<'a>> + use<'d, 'a> {
        let (services, selected) = (&self.selection.services, self.selected);
        services.iter().filter(|service| is_in(selected, service))
    }

    fn say(&self, statements: &mut Vec<Stated>, field: &str, stated: Placed<String>, outcome: Outcome) {
        let outcome = self.not_run_here().map_or(outcome, Open);
        let Placed { value, place } = stated;
        statements.push(Stated { field: field.to_owned(), value, place, outcome });
    }

    /// Why the stack can see to nothing, where it runs none of the services.
    fn not_run_here(&self) -> Option<String> {
        let elsewhere = self.services().next()?;
        self.services().all(|service| service.runs != Runs::Here).then(|| see_to_it(elsewhere))
    }

    /// What the engines do, the first that does not counting for all.
    fn by_engines(&self, mut outcome: impl FnMut(&'d Service<'a>, &'a Recipe) -> Outcome) -> Outcome {
        let mut means = Vec::new();
        for service in self.services().filter(|service| service.runs == Runs::Here) {
            let Some(recipe) = self.catalog.recipe(&service.database.id) else { continue };
            match outcome(service, recipe) {
                Realised(by) if means.contains(&by) => {}
                Realised(by) => means.push(by),
                Open(why) => return Open(why),
            }
        }
        Realised(means.join("; "))
    }

    fn collections(&self) -> impl Iterator<Item = (&'a str, &'a Collection)> + use<'a> {
        self.data.collections.iter().flatten().map(|(name, collection)| (name.as_str(), collection))
    }

    /// How long it is kept, and what makes room.
    fn lifetimes(&self, statements: &mut Vec<Stated>) {
        if let Some(retention) = &self.data.retention
            && let Retention::For(span) = retention.value
        {
            let outcome = self.by_engines(|service, recipe| self.removes_all(service, recipe));
            self.say(statements, "retention", Placed { value: span.to_string(), place: retention.place }, outcome);
        }
        for (name, collection) in self.collections() {
            if let Some(ttl) = &collection.ttl {
                let outcome = self.by_engines(|service, recipe| {
                    let means = known(service, recipe.realises.ttl.as_ref());
                    let field = ttl.value.field.as_ref().map(|field| &*field.value);
                    let untimed = field.filter(|field| means.is_some_and(|means| is_untimed(means, collection, field)));
                    let lacks_fields =
                        means.is_some_and(|means| means.needs == Needs::Fields) && !has_fields(collection);
                    match untimed {
                        None if lacks_fields => {
                            Open(String::from("it names no fields, so nothing is made that could have one"))
                        }
                        Some(field) => Open(format!("its field `{field}` is no time")),
                        None => by_means(means, service, "removes nothing by itself: the application has to"),
                    }
                });
                let field = format!("collections.{name}.ttl");
                self.say(statements, &field, Placed { value: ttl.value.after.to_string(), place: ttl.place }, outcome);
            }
            if let Some(capped) = collection.capped.as_ref().filter(|capped| capped.value != Capped::No) {
                let outcome = self.by_engines(|service, recipe| match capped.value {
                    Capped::At(_) => {
                        let means = known(service, recipe.realises.capped.as_ref());
                        by_means(means, service, "makes no room by itself: the application has to")
                    }
                    Capped::SizeToBeSaid | Capped::No => Open(String::from("it states no size")),
                });
                let value = match capped.value {
                    Capped::At(size) => size.to_string(),
                    Capped::SizeToBeSaid | Capped::No => String::from("true"),
                };
                self.say(
                    statements,
                    &format!("collections.{name}.capped"),
                    Placed { value, place: capped.place },
                    outcome,
                );
            }
        }
    }

    /// Whether an engine removes all of it when its time is over.
    fn removes_all(&self, service: &Service<'_>, recipe: &Recipe) -> Outcome {
        let means = known(service, recipe.realises.retention.as_ref());
        let Some(means) = means.filter(|means| means.by.is_some()) else {
            return by_means(means, service, "removes nothing by age: the application has to");
        };
        if means.needs != Needs::Dataset && self.collections().next().is_none() {
            let name = &service.database.name;
            return Open(format!(
                "it names no `collections`, so {name} gets nothing whose old records could be removed"
            ));
        }
        let mut untimed = self.collections().filter(|(_, collection)| !has_time(means, collection));
        match untimed.next() {
            Some((name, _)) => Open(format!(
                "nothing says how old a record of `{name}` is: give it `partition_by` or a `ttl` with a field"
            )),
            None => by_means(Some(means), service, ""),
        }
    }

    /// What may be lost, how long recovery takes, how often it answers.
    fn objectives(&self, statements: &mut Vec<Stated>) {
        if let Some(backup) = &self.data.backup {
            let backup = &backup.value;
            let intervals = [("every", backup.every.as_ref()), ("keep", backup.keep.as_ref())];
            for (name, span) in intervals {
                let Some(span) = span else { continue };
                let outcome = self.by_engines(backs_up);
                self.say(
                    statements,
                    &format!("backup.{name}"),
                    Placed { value: span.value.to_string(), place: span.place },
                    outcome,
                );
            }
            if let Some(to) = &backup.to {
                let value = to.value.trim().to_owned();
                let outcome = self.by_engines(|service, recipe| self.copies_backups(service, recipe, &value));
                self.say(statements, "backup.to", Placed { value, place: to.place }, outcome);
            }
        }
        if let Some(rpo) = &self.data.rpo {
            self.say(
                statements,
                "rpo",
                Placed { value: rpo.value.to_string(), place: rpo.place },
                self.loses(rpo.value),
            );
        }
        if let Some(rto) = &self.data.rto {
            let outcome = Open(String::from("nothing tells how long a restore takes: rehearse one and measure it"));
            self.say(statements, "rto", Placed { value: rto.value.to_string(), place: rto.place }, outcome);
        }
        if let Some(availability) = &self.data.availability {
            let outcome = if availability.value >= ONE_HOST {
                Open(String::from("one server on one host has nothing to fail over to: run a standby on another"))
            } else {
                Realised(String::from("a health check, and a restart of the server when it ends"))
            };
            self.say(
                statements,
                "availability",
                Placed { value: availability.value.to_string(), place: availability.place },
                outcome,
            );
        }
    }

    /// What a lost disk takes along.
    fn loses(&self, rpo: Span) -> Outcome {
        if self.selected.role == Role::Cache {
            return Open(String::from("a cache is empty after a restart"));
        }
        // A backup takes all that a service holds, so the most frequent one counts.
        let others = self.selection.kinds.iter();
        let others = others.filter(|other| self.services().any(|service| is_in(other, service)));
        let every =
            others.filter_map(|other| other.data.backup.as_ref()?.value.every.as_ref()).map(|every| every.value);
        match every.min() {
            Some(every) if every <= rpo => Realised(format!("a backup every {every}")),
            Some(every) => Open(format!(
                "a lost disk takes what came after the last backup, up to {every}: ship the log to another host"
            )),
            None => Open(String::from("nothing is backed up and no log is shipped: a lost disk takes everything")),
        }
    }

    /// How it is encrypted, kept apart and where it is.
    fn protection(&self, statements: &mut Vec<Stated>) {
        if let Some(encryption) = &self.data.encryption {
            let Encryption { at_rest, in_transit } = &encryption.value;
            let mut asked =
                |field: &str, stated: &Option<Placed<bool>>, protection: fn(&'a Recipe) -> Protection<'a>| {
                    let Some(place) = stated.as_ref().filter(|stated| stated.value).map(|stated| stated.place) else {
                        return;
                    };
                    let outcome = self.protected(protection);
                    statements.push(Stated { field: field.to_owned(), value: String::from("true"), place, outcome });
                };
            asked("encryption.at_rest", at_rest, Recipe::at_rest);
            asked("encryption.in_transit", in_transit, Recipe::in_transit);
        }
        if let Some(tenancy) = &self.data.tenancy {
            let outcome = Open(String::from("one database with one user is made: migrations keep the tenants apart"));
            self.say(
                statements,
                "tenancy",
                Placed { value: tenancy.value.name().to_owned(), place: tenancy.place },
                outcome,
            );
        }
        if let Some(region) = &self.data.region {
            let outcome = Open(String::from("it is where the host is: choose a host there, also for the backups"));
            self.say(
                statements,
                "region",
                Placed { value: region.value.trim().to_owned(), place: region.place },
                outcome,
            );
        }
    }

    /// What encrypts it, the first engine that has nothing counting for all.
    fn protected(&self, protection: fn(&'a Recipe) -> Protection<'a>) -> Outcome {
        let mut means = Vec::new();
        for service in self.services() {
            let Some(recipe) = self.catalog.recipe(&service.database.id) else { continue };
            let by = match protection(recipe) {
                Protection::Elsewhere(Some(how)) => format!("the vendor: {how}"),
                _ if service.runs != Runs::Here => return Open(see_to_it(service)),
                Protection::Rendered(how) => how.to_owned(),
                Protection::Elsewhere(None) => return Open(see_to_it(service)),
                Protection::Host => {
                    let name = &service.instance;
                    return Open(format!(
                        "the host has to encrypt the disk under the volumes of `{name}` and of its backups"
                    ));
                }
                Protection::Nothing(why) => return Open(why.to_owned()),
            };
            if !means.contains(&by) {
                means.push(by);
            }
        }
        Realised(means.join("; "))
    }

    /// Whether the backups of a service are copied to the bucket that is asked for.
    fn copies_backups(&self, service: &Service<'a>, recipe: &Recipe, asked: &str) -> Outcome {
        if let Open(why) = backs_up(service, recipe) {
            return Open(why);
        }
        let Some(asked) = Bucket::parse(asked) else {
            return Open(String::from("backups stay on a volume of the host: copy them there after each run"));
        };
        // A service has one backup, which goes to one bucket.
        let beside = self.selection.kinds.iter().filter(|other| is_in(other, service));
        let mut first = beside.filter_map(|other| other.data.backup.as_ref()?.value.to.as_ref());
        match first.find_map(|to| Bucket::parse(&to.value)) {
            Some(first) if first != asked => Open(format!(
                "the backups of `{}` go to `{}{}`, which another of its datasets names",
                service.instance,
                Bucket::SCHEME,
                first.path()
            )),
            _ => Realised(String::from("`copy-backup.sh`, which cron has to start: see the README")),
        }
    }

    /// How it is fed, and how fresh it is.
    fn copies(&self, statements: &mut Vec<Stated>) {
        if let Some(sync) = &self.data.sync {
            let outcome = match sync.value {
                Sync::Application => Realised(String::from("the application, which writes to both")),
                Sync::Batch => Open(String::from("the stack has no job that copies it: schedule one")),
                Sync::Outbox | Sync::Cdc => Open(String::from(
                    "its source can be followed, but what follows it is not part of the stack: run it beside",
                )),
            };
            self.say(statements, "sync", Placed { value: sync.value.name().to_owned(), place: sync.place }, outcome);
        }
        if let Some(lag) = &self.data.max_lag {
            let outcome = Open(String::from("nothing measures how far the copy lags: watch it where it is fed"));
            self.say(statements, "max_lag", Placed { value: lag.value.to_string(), place: lag.place }, outcome);
        }
    }
}

/// Whether there is a backup of what a service holds.
fn backs_up(service: &Service<'_>, recipe: &Recipe) -> Outcome {
    if service.role == Role::Cache {
        return Open(String::from("a cache is not backed up"));
    }
    match recipe.jobs.iter().find(|job| job.purpose == Purpose::Backup) {
        Some(job) => Realised(format!("`{}-{}`, which cron has to start: see the README", service.instance, job.name)),
        None => Open(format!("the stack has no backup of {}: see to it", service.database.name)),
    }
}

/// Whether a service holds a dataset.
fn is_in(selected: &Selected<'_>, service: &Service<'_>) -> bool {
    service.serves.contains(&selected.name) && selected.instances.contains(&service.instance)
}

/// Who sees to a service that the stack does not run.
fn see_to_it(service: &Service<'_>) -> String {
    let name = &service.database.name;
    match service.runs {
        Runs::Embedded => format!("{name} runs inside the application: see to it there"),
        Runs::Elsewhere | Runs::Here => format!("{name} is not part of the stack: see to it where it runs"),
    }
}

/// A means that the version of a service has.
fn known<'m>(service: &Service<'_>, means: Option<&'m Means>) -> Option<&'m Means> {
    means.filter(|means| service.database.is_in(service.version, means.versions()))
}

/// What a means says: by what, what to do instead, or that the engine does nothing of the kind.
fn by_means(means: Option<&Means>, service: &Service<'_>, otherwise: &str) -> Outcome {
    match means {
        Some(Means { by: Some(by), .. }) => Realised(by.to_string()),
        Some(Means { instead: Some(instead), .. }) => Open(instead.to_string()),
        Some(_) | None => Open(format!("{} {otherwise}", service.database.name)),
    }
}

/// Whether an engine can tell how old a record of a collection is.
fn has_time(means: &Means, collection: &Collection) -> bool {
    let is_cut = collection.partition_by.is_some() || collection.ttl.is_some();
    match means.needs {
        Needs::Dataset | Needs::Collections => true,
        Needs::Fields => has_fields(collection),
        Needs::Partition => is_cut,
        Needs::Time => {
            let mut fields = collection.fields.iter().flatten().peekable();
            let is_known = |name: &str| means.times.is_empty() || means.times.iter().any(|time| *time == *name);
            let is_time = |kind: Option<&str>| kind.is_some_and(is_time_type);
            is_cut
                || fields.peek().is_none()
                || fields.any(|(name, field)| is_known(name) && is_time(field.kind.as_ref().map(|kind| &*kind.value)))
        }
    }
}

/// Whether a field is declared, and as something else than a time, where the engine needs one.
fn is_untimed(means: &Means, collection: &Collection, field: &str) -> bool {
    let mut fields = collection.fields.iter().flatten();
    let declared = fields.find(|(name, _)| ***name == *field).and_then(|(_, field)| field.kind.as_ref());
    matches!(means.needs, Needs::Time | Needs::Partition) && declared.is_some_and(|kind| !is_time_type(&kind.value))
}

/// Whether a collection names a field beside those that hold a time.
fn has_fields(collection: &Collection) -> bool {
    let kinds = collection.fields.iter().flatten().map(|(_, field)| field.kind.as_ref());
    kinds.into_iter().any(|kind| !kind.is_some_and(|kind| is_time_type(&kind.value)))
}

fn is_time_type(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    kind.starts_with("timestamp") || kind.starts_with("date")
}
