//! The selection: every kind of data of a file with its databases, and the services that they make.

use catalog::{Database, Row, Text, Version};
use indexmap::IndexMap;

use super::candidate::Candidate;
use super::check::{Check, Verdict};
use super::choose::{Choice, Chooser, Reason, candidates};
use super::context::DecisionContext;
use super::flips::{Flip, flips};
use super::held::{Held, Holder};
use super::load::{Instance, Load, Role};
use super::tree::Step;
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
    pub fn of(requirements: &'a Requirements, context: &DecisionContext<'a>, depth: Depth) -> Self {
        Self::holding(requirements, context, depth, &Held::default())
    }

    /// Decides for every kind of data that has no earlier answer, and leaves the others as they were. The context is
    /// to [hold](DecisionContext::hold) the same.
    pub fn holding(
        requirements: &'a Requirements,
        context: &DecisionContext<'a>,
        depth: Depth,
        held: &Held<'_>,
    ) -> Self {
        let answers = candidates(context).unwrap_or_default();
        let mut load = Load::default();
        let mut placed = Vec::with_capacity(requirements.data.len());
        for (name, data) in &requirements.data {
            let profile = Profile::of(data, context.catalog);
            let chooser = Chooser { context, load: &load, answers: &answers };
            let Some(decided) = Decided::new(name, data, &profile, chooser, held) else { continue };
            let (selected, chosen) = decided.select(name, depth);
            load.add(&chosen, &profile);
            placed.push((selected, chosen, profile));
        }
        for (selected, chosen, profile) in &mut placed {
            load.remove(chosen, profile);
            selected.judge(context.checks(chosen, profile, &load));
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

/// What was decided for a kind of data, and everything that it can be explained with.
struct Decided<'a, 'f, 's> {
    data: &'a Data,
    profile: &'s Profile,
    chooser: Chooser<'a, 'f, 's>,
    /// What is best for the data by itself.
    choice: Choice<'a, 'f>,
    /// What is taken: an earlier answer, the file's pin, or the choice.
    chosen: Candidate<'a, 'f>,
    pinned: bool,
    /// Whose earlier answer it is, where it is one.
    by: Holder,
}

impl<'a, 'f, 's> Decided<'a, 'f, 's> {
    fn new(
        name: &str,
        data: &'a Data,
        profile: &'s Profile,
        chooser: Chooser<'a, 'f, 's>,
        held: &Held<'_>,
    ) -> Option<Self> {
        let choice = chooser.choose(profile)?;
        let pin = data.database.as_ref().and_then(|pin| {
            let id = pin.value.split('@').next().unwrap_or_default();
            chooser.context.engine_of(id).map(Candidate::single)
        });
        let pinned = pin.is_some();
        let chosen = held.candidate(name, chooser).or(pin).unwrap_or_else(|| choice.chosen().clone());
        Some(Self { data, profile, chooser, choice, chosen, pinned, by: held.by() })
    }

    fn select(self, name: &'a str, depth: Depth) -> (Selected<'a>, Candidate<'a, 'f>) {
        let (data, pinned, as_walked) = (self.data, self.pinned, self.is_as_walked());
        let pattern = self.choice.walk.answer.pattern.as_ref();
        let selected = Selected {
            name,
            data,
            databases: self.chosen.databases(),
            versions: self.chosen.engines.iter().map(|engine| engine.version).collect(),
            role: Role::of(self.profile),
            pattern: pattern.filter(|_| as_walked).map(Text::to_string),
            via: Vec::new(),
            reason: self.reason(),
            instead_of: (!as_walked).then(|| (self.choice.walked.databases(), self.objection())),
            alternatives: if depth == Depth::Choice { Vec::new() } else { self.alternatives() },
            flips: if pinned || depth < Depth::Flips { Vec::new() } else { flips(self.chooser, self.profile) },
            unjustified: pinned && !as_walked && !self.is_as_chosen() && data.justification.is_none(),
            path: self.choice.walk.path,
            answer: self.choice.walk.index,
            verdict: Verdict::Fits,
            checks: Vec::new(),
            pinned,
        };
        (selected, self.chosen)
    }

    /// Whether the walk's answer is taken.
    fn is_as_walked(&self) -> bool {
        self.chosen.ids() == self.choice.walked.ids()
    }

    /// Whether what is best for the data by itself is taken.
    fn is_as_chosen(&self) -> bool {
        self.chosen.ids() == self.choice.chosen().ids()
    }

    /// The matrix's row of the data's kind.
    fn row(&self) -> Option<&'a Row> {
        self.data.kind.as_ref().and_then(|kind| self.chooser.context.catalog.matrix().row(&kind.value))
    }

    /// Why what was chosen was chosen, in one clause.
    fn reason(&self) -> String {
        if let Some(why) = self.data.justification.as_ref().filter(|_| self.pinned) {
            return format!("pinned: {}", why.value.trim());
        }
        let by_tree = &self.choice.walk.answer.reason;
        if self.is_as_walked() {
            let row = self.row().filter(|row| self.choice.walked.ids().as_slice() == [row.recommended.as_str()]);
            return row.map_or(by_tree, |row| &row.reason).to_string();
        }
        if !self.is_as_chosen() {
            return String::from(if self.pinned { "pinned, without a justification" } else { self.by.reason() });
        }
        if let Some((_, Reason::Preferred)) = self.choice.replacement {
            return format!("{by_tree}; the policy prefers it");
        }
        let pairs = self.chosen.engines.iter().zip(self.choice.walked.engines.iter());
        let other = pairs
            .map(|(ours, theirs)| (ours.database, theirs.database))
            .find(|(ours, theirs)| ours.category != theirs.category);
        match other {
            Some((ours, theirs)) => format!("{} does not fit; {} does", theirs.name, ours.name),
            None => by_tree.to_string(),
        }
    }

    /// Why the walk's answer was not taken.
    fn objection(&self) -> String {
        if self.pinned {
            let why = self.data.justification.as_ref();
            return String::from(why.map_or("the file pins the database", |why| why.value.trim()));
        }
        match self.choice.replacement {
            Some((_, reason)) if self.is_as_chosen() => match reason {
                Reason::Preferred => String::from("the policy prefers another of its category"),
                Reason::DoesNotFit => {
                    let checks = self.chooser.checks(&self.choice.walked, self.profile);
                    let trouble = checks.iter().find(|check| check.verdict == Verdict::Exceeds);
                    trouble.map_or_else(String::new, Check::trouble)
                }
            },
            _ => String::from(self.by.objection()),
        }
    }

    /// What else could hold the data: the matrix's alternative, the walk's answer where it was replaced, and what the
    /// catalog names, each with why it was not chosen.
    fn alternatives(&self) -> Vec<Alternative<'a>> {
        let row = self.row().map(|row| [row.alternative.as_str(), row.recommended.as_str()]);
        let walked = self.choice.walked.ids();
        let named = |candidate: &Candidate<'a, '_>| {
            let first = candidate.engines.first();
            first.map(|engine| engine.database.alternatives.as_slice()).unwrap_or_default()
        };
        let declared = named(&self.chosen).iter().chain(named(&self.choice.walked));
        let mut ids: Vec<&str> = Vec::new();
        for id in
            row.into_iter().flatten().chain(walked).chain(declared.clone().map(|alternative| alternative.id.as_str()))
        {
            if !ids.contains(&id) && !self.chosen.has(id) {
                ids.push(id);
            }
        }
        let options = ids.into_iter().filter_map(|id| {
            let engine = self.chooser.context.engine_of(id)?;
            let checks = self.chooser.checks(&Candidate::single(engine), self.profile);
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
}
