//! The selection: every kind of data of a file with its databases, and the services that they make.

use catalog::{Catalog, Database, Text, Version};
use indexmap::IndexMap;

use super::candidate::Candidate;
use super::check::{Check, Verdict};
use super::choose::{Choice, Chooser, Reason, candidates};
use super::facts::Facts;
use super::flips::{Flip, flips};
use super::held::{Held, Holder};
use super::load::{Instance, Load, Role};
use super::tree::{Step, Tree};
use crate::requirements::{Data, Profile, Requirements};

/// The answer for a whole file.
pub struct Selection<'a> {
    /// Each kind of data, in the order of the file.
    pub kinds: Vec<Selected<'a>>,
    /// The services that hold them, in the order in which they are first needed.
    pub services: Vec<Service<'a>>,
}

/// The answer for a kind of data.
pub struct Selected<'a> {
    /// Its name in the file.
    pub name: &'a str,
    /// What the file says of it.
    pub data: &'a Data,
    /// The databases, the one that holds the data first.
    pub databases: Vec<&'a Database>,
    /// The version of each that would run.
    pub versions: Vec<&'a Version>,
    /// What it makes its services be for.
    pub role: Role,
    /// A way of using the database that has a name of its own.
    pub pattern: Option<String>,
    /// The extensions that meet its needs.
    pub via: Vec<&'a str>,
    /// Why, in one clause.
    pub reason: String,
    /// The way through the tree.
    pub path: Vec<Step>,
    /// The number of the tree's answer.
    pub answer: usize,
    /// How well it fits.
    pub verdict: Verdict,
    /// Every comparison that was made.
    pub checks: Vec<Check<'a>>,
    /// What the walk arrived at, where something else took its place, and why.
    pub instead_of: Option<(Vec<&'a Database>, String)>,
    /// What else could hold it.
    pub alternatives: Vec<Alternative<'a>>,
    /// The smallest changes that change the answer; empty unless asked for, and for a pin.
    pub flips: Vec<Flip>,
    /// Whether the file pins the database.
    pub pinned: bool,
    /// Whether the pin goes against the tree and against the answer, without a word why.
    pub unjustified: bool,
}

/// A database that was not chosen, and why.
pub struct Alternative<'a> {
    /// The database.
    pub database: &'a Database,
    /// How well it would fit.
    pub verdict: Verdict,
    /// Why it was not chosen.
    pub why_not: String,
}

/// A database service.
pub struct Service<'a> {
    /// Its name.
    pub instance: Instance,
    /// What runs.
    pub database: &'a Database,
    /// In which version.
    pub version: &'a Version,
    /// The image that an earlier answer ran it in.
    pub image: Option<String>,
    /// What it is for.
    pub role: Role,
    /// The kinds of data in it.
    pub serves: Vec<&'a str>,
}

/// How much is to be found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What was chosen and how well it fits, without the alternatives.
    Choice,
    /// What the table shows.
    Answer,
    /// The flips too.
    Flips,
}

impl<'a> Selection<'a> {
    /// Decides for every kind of data. Each is placed beside those that stand before it in the file; how well it fits
    /// is told with all of them in place.
    pub fn of(
        requirements: &'a Requirements,
        catalog: &'a Catalog,
        tree: &Tree,
        facts: &Facts<'a>,
        depth: Depth,
    ) -> Self {
        Self::holding(requirements, catalog, tree, facts, depth, &Held::default())
    }

    /// Decides for every kind of data that has no earlier answer, and leaves the others as they were. The facts are to
    /// [hold](Facts::hold) the same.
    pub fn holding(
        requirements: &'a Requirements,
        catalog: &'a Catalog,
        tree: &Tree,
        facts: &Facts<'a>,
        depth: Depth,
        held: &Held<'_>,
    ) -> Self {
        let answers = candidates(tree, facts).unwrap_or_default();
        let mut load = Load::default();
        let mut placed = Vec::with_capacity(requirements.data.len());
        for (name, data) in &requirements.data {
            let profile = Profile::of(data, catalog);
            let chooser = Chooser { tree, facts, load: &load, answers: &answers };
            let Some((selected, chosen)) = Selected::of(name, data, &profile, catalog, chooser, depth, held) else {
                continue;
            };
            load.add(&chosen, &profile);
            placed.push((selected, chosen, profile));
        }
        for (selected, chosen, profile) in &mut placed {
            load.remove(chosen, profile);
            selected.judge(facts.checks(chosen, profile, &load));
            load.add(chosen, profile);
        }
        let services = services(&placed, held);
        Self { kinds: placed.into_iter().map(|(selected, ..)| selected).collect(), services }
    }

    /// The databases that run, each once, in the order in which they are first needed.
    pub fn databases(&self) -> Vec<&'a Database> {
        let mut databases: IndexMap<&str, &'a Database> = IndexMap::new();
        for service in &self.services {
            databases.entry(&service.database.id).or_insert(service.database);
        }
        databases.into_values().collect()
    }
}

impl<'a> Selected<'a> {
    fn of<'f>(
        name: &'a str,
        data: &'a Data,
        profile: &Profile,
        catalog: &'a Catalog,
        chooser: Chooser<'a, 'f, '_>,
        depth: Depth,
        held: &Held<'_>,
    ) -> Option<(Self, Candidate<'a, 'f>)> {
        let choice = chooser.choose(profile)?;
        let pin = data.database.as_ref().and_then(|pin| {
            let id = pin.value.split('@').next().unwrap_or_default();
            chooser.facts.engine_of(id).map(Candidate::single)
        });
        let pinned = pin.is_some();
        let by = held.by();
        let held = held.candidate(name, chooser);
        let chosen = held.or(pin).unwrap_or_else(|| choice.chosen().clone());
        let as_walked = chosen.ids() == choice.walked.ids();
        let answer = choice.walk.answer;
        let selected = Self {
            name,
            data,
            databases: chosen.engines.iter().map(|engine| engine.database).collect(),
            versions: chosen.engines.iter().map(|engine| engine.version).collect(),
            role: Role::of(profile),
            pattern: answer.pattern.as_ref().filter(|_| as_walked).map(Text::to_string),
            via: Vec::new(),
            reason: reason(data, &choice, &chosen, pinned, by, catalog),
            instead_of: (!as_walked).then(|| instead_of(data, &choice, &chosen, chooser, profile, pinned, by)),
            alternatives: match depth {
                Depth::Choice => Vec::new(),
                _ => alternatives(data, &choice, &chosen, chooser, profile, catalog),
            },
            flips: if pinned || depth < Depth::Flips { Vec::new() } else { flips(chooser, profile) },
            unjustified: pinned && !as_walked && chosen.ids() != choice.chosen().ids() && data.justification.is_none(),
            path: choice.walk.path,
            answer: choice.walk.index,
            verdict: Verdict::Fits,
            checks: Vec::new(),
            pinned,
        };
        Some((selected, chosen))
    }

    /// Takes note of how well it fits.
    fn judge(&mut self, checks: Vec<Check<'a>>) {
        self.verdict = worst(&checks);
        self.via = via(&checks);
        self.checks = checks;
    }

    /// The checks that came out worst, if they came out badly.
    pub fn troubles(&self) -> impl Iterator<Item = &Check<'a>> {
        self.checks.iter().filter(|check| check.verdict == self.verdict && self.verdict != Verdict::Fits)
    }
}

/// The services that hold the data, in the order in which they are first needed.
fn services<'a>(placed: &[(Selected<'a>, Candidate<'a, '_>, Profile)], held: &Held<'_>) -> Vec<Service<'a>> {
    let mut services: IndexMap<Instance, Service<'a>> = IndexMap::new();
    for (selected, ..) in placed {
        for (database, version) in selected.databases.iter().zip(&selected.versions) {
            let (role, instance) = (selected.role, selected.role.instance(database));
            let service = services.entry(instance.clone()).or_insert_with(|| Service {
                instance,
                database,
                version,
                image: held.image(selected.name, &database.id),
                role,
                serves: Vec::new(),
            });
            service.role = service.role.min(role);
            service.serves.push(selected.name);
        }
    }
    services.into_values().collect()
}

fn worst(checks: &[Check<'_>]) -> Verdict {
    checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Fits)
}

fn via<'a>(checks: &[Check<'a>]) -> Vec<&'a str> {
    let mut via: Vec<_> = Vec::new();
    for name in checks.iter().filter_map(Check::via) {
        if !via.contains(&name) {
            via.push(name);
        }
    }
    via
}

/// Why what was chosen was chosen, in one clause.
fn reason(
    data: &Data,
    choice: &Choice<'_, '_>,
    chosen: &Candidate<'_, '_>,
    pinned: bool,
    by: Holder,
    catalog: &Catalog,
) -> String {
    if let Some(why) = data.justification.as_ref().filter(|_| pinned) {
        return format!("pinned: {}", why.value.trim());
    }
    let walked = choice.walked.ids();
    if chosen.ids() == walked {
        let row = data.kind.as_ref().and_then(|kind| catalog.matrix().row(&kind.value));
        let row = row.filter(|row| walked.as_slice() == [row.recommended.as_str()]);
        return row.map_or(&choice.walk.answer.reason, |row| &row.reason).to_string();
    }
    if pinned && chosen.ids() != choice.chosen().ids() {
        return String::from("pinned, without a justification");
    }
    if chosen.ids() != choice.chosen().ids() {
        return String::from(by.reason());
    }
    if let Some((_, Reason::Preferred)) = choice.replacement {
        return format!("{}; the policy prefers it", choice.walk.answer.reason);
    }
    let pairs = chosen.engines.iter().zip(choice.walked.engines.iter());
    let other = pairs
        .map(|(ours, theirs)| (ours.database, theirs.database))
        .find(|(ours, theirs)| ours.category != theirs.category);
    match other {
        Some((ours, theirs)) => format!("{} does not fit; {} does", theirs.name, ours.name),
        None => choice.walk.answer.reason.to_string(),
    }
}

/// What the walk arrived at, and why it was not taken.
fn instead_of<'a, 'f>(
    data: &Data,
    choice: &Choice<'a, 'f>,
    chosen: &Candidate<'a, 'f>,
    chooser: Chooser<'a, 'f, '_>,
    profile: &Profile,
    pinned: bool,
    by: Holder,
) -> (Vec<&'a Database>, String) {
    let walked = choice.walked.engines.iter().map(|engine| engine.database).collect();
    if pinned {
        let why = data.justification.as_ref().map_or("the file pins the database", |why| why.value.trim());
        return (walked, why.to_owned());
    }
    if choice.replacement.is_none() || chosen.ids() != choice.chosen().ids() {
        return (walked, String::from(by.objection()));
    }
    let why = match choice.replacement {
        Some((_, Reason::Preferred)) => String::from("the policy prefers another of its category"),
        _ => chooser
            .checks(&choice.walked, profile)
            .iter()
            .find(|check| check.verdict == Verdict::Exceeds)
            .map_or_else(String::new, Check::trouble),
    };
    (walked, why)
}

/// What else could hold the data: the matrix's alternative, the walk's answer where it was replaced, and what the
/// catalog names, each with why it was not chosen.
fn alternatives<'a, 'f>(
    data: &Data,
    choice: &Choice<'a, 'f>,
    chosen: &Candidate<'a, 'f>,
    chooser: Chooser<'a, 'f, '_>,
    profile: &Profile,
    catalog: &'a Catalog,
) -> Vec<Alternative<'a>> {
    let row = data.kind.as_ref().and_then(|kind| catalog.matrix().row(&kind.value));
    let row = row.map(|row| [row.alternative.as_str(), row.recommended.as_str()]);
    let walked = choice.walked.ids();
    let named = |candidate: &Candidate<'a, '_>| {
        let first = candidate.engines.first();
        first.map(|engine| engine.database.alternatives.as_slice()).unwrap_or_default()
    };
    let declared = named(chosen).iter().chain(named(&choice.walked));
    let mut ids: Vec<&str> = Vec::new();
    for id in row.into_iter().flatten().chain(walked).chain(declared.clone().map(|alternative| alternative.id.as_str()))
    {
        if !ids.contains(&id) && !chosen.has(id) {
            ids.push(id);
        }
    }
    let options = ids.into_iter().filter_map(|id| {
        let engine = chooser.facts.engine_of(id)?;
        let checks = chooser.checks(&Candidate::single(engine), profile);
        let verdict = worst(&checks);
        let why_not = match checks.iter().find(|check| check.verdict == verdict) {
            Some(check) if verdict != Verdict::Fits => check.trouble(),
            _ => {
                let when = declared.clone().find(|alternative| alternative.id == id);
                when.map_or_else(
                    || String::from("it could hold it as well"),
                    |alternative| format!("the better answer when {}", alternative.when),
                )
            }
        };
        Some(Alternative { database: engine.database, verdict, why_not })
    });
    options.collect()
}
