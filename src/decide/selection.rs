//! The selection: every kind of data of a file with its databases, and the services that they make.

use catalog::vocabulary::Quantity;
use catalog::{Catalog, Database, Row, Text, Version};
use indexmap::IndexMap;

use super::assume::{Assumption, assumptions, of_role};
use super::candidate::Candidate;
use super::check::{Check, Verdict};
use super::choose::{Choice, Why};
use super::consolidate::Surroundings;
use super::context::DecisionContext;
use super::engine::{Engine, Limit};
use super::flips::{Flip, flips};
use super::group::{Group, Member, belongs};
use super::held::{Held, Holder};
use super::instance::{Instance, Placed, Role, Runs, Service, instances};
use super::tree::Step;
use super::trial::Trial;
use crate::requirements::{Data, Requirements};

/// The answer for a whole file.
pub struct Selection<'a> {
    /// Each kind of data, in the order of the file.
    pub kinds: Vec<Selected<'a>>,
    /// The services that hold them, in the order in which they are first needed.
    pub services: Vec<Service<'a>>,
    /// How it stands to the lock.
    pub lock: LockState,
}

/// How a selection stands to the lock of its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LockState {
    /// It was decided anew.
    #[default]
    Unlocked,
    /// It is what the lock records.
    Current,
    /// It is what the lock records, and the file has changed since.
    Stale,
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
    /// The instance of each.
    pub instances: Vec<Instance>,
    /// What it makes its services be for.
    pub role: Role,
    /// The other kinds of data that must stand in the same database.
    pub together: Vec<&'a str>,
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
    /// Whether nothing holds it on one node.
    pub needs_several_nodes: bool,
    /// Every comparison that was made.
    pub checks: Vec<Check<'a>>,
    /// What the walk arrived at, where something else took its place, and why.
    pub instead_of: Option<(Vec<&'a Database>, String)>,
    /// What the file does not say, and the answer rests on.
    pub assumptions: Vec<Assumption>,
    /// What would do nearly as well, and what would settle it.
    pub close: Option<Close<'a>>,
    /// What else could hold it.
    pub alternatives: Vec<Alternative<'a>>,
    /// The smallest changes that change the answer; empty unless asked for, and for a pin.
    pub flips: Vec<Flip>,
    /// Whether the file pins the database.
    pub pinned: bool,
    /// Whether the pin goes against the tree and against the answer, without a word why.
    pub unjustified: bool,
}

/// A database that would do nearly as well.
pub struct Close<'a> {
    /// The database.
    pub to: &'a Database,
    /// The field that would settle it.
    pub settled_by: &'static str,
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

/// How much is to be found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What was chosen, how well it fits and what role it assumes, without the alternatives and the other assumptions.
    Choice,
    /// What the table shows.
    Answer,
    /// What else could hold it, too.
    Alternatives,
    /// The flips too.
    Flips,
}

impl<'a> Selection<'a> {
    /// Decides for every kind of data.
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
        let groups = Group::of_file(requirements, context.catalog());
        let Decisions { free, settled, surroundings } = Decisions::of(&groups, context, held);
        let placed = groups.iter().zip(&settled);
        let placed = placed.map(|(group, choice)| Placed { group, candidate: &choice.candidate });
        let instances = instances(context, &placed.collect::<Vec<_>>());
        let mut kinds = Vec::with_capacity(requirements.data.len());
        for (index, (group, choice)) in groups.iter().zip(&settled).enumerate() {
            let free = free.get(index).and_then(Option::as_ref).unwrap_or(choice);
            let surroundings = surroundings.without(group, choice);
            for (member, one) in group.members.iter().enumerate() {
                let Some((_, data)) = requirements.data.get_index(one.place) else { continue };
                let instances = instances.get(index).cloned().unwrap_or_default();
                let trial = Trial { context, surroundings: &surroundings, group, member, choice };
                let others = group.members.iter().filter(|other| other.place != one.place);
                let together = others.map(|member| member.name).collect();
                let decided = Decided { data, trial, together, free, by: held.by(), member: one };
                kinds.push((one.place, decided.select(instances, depth)));
            }
        }
        kinds.sort_by_key(|(place, _)| *place);
        let kinds: Vec<_> = kinds.into_iter().map(|(_, selected)| selected).collect();
        Self { services: services(&kinds, held, context.catalog()), kinds, lock: LockState::default() }
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

/// What was decided for the groups of a file.
pub(super) struct Decisions<'a, 'f, 'g> {
    /// What is best for a group by itself, where an earlier answer holds instead.
    pub(super) free: Vec<Option<Choice<'a, 'f>>>,
    /// What holds, after consolidation.
    pub(super) settled: Vec<Choice<'a, 'f>>,
    pub(super) surroundings: Surroundings<'a, 'f, 'g>,
}

impl<'a, 'f, 'g> Decisions<'a, 'f, 'g> {
    pub(super) fn of(groups: &'g [Group<'g>], context: &'f DecisionContext<'a>, held: &Held<'_>) -> Self {
        let mut first = Vec::with_capacity(groups.len());
        let mut free = Vec::with_capacity(groups.len());
        for group in groups {
            let Some(choice) = context.choose(group) else { continue };
            match held.candidate(context, group) {
                Some(candidate) => {
                    let Some(proposal) = context.propose(group) else { continue };
                    first.push(context.choice(proposal, candidate, Why::Held, group));
                    free.push(Some(choice));
                }
                None => {
                    first.push(choice);
                    free.push(None);
                }
            }
        }
        let surroundings = Surroundings::new(context, groups, &first);
        let settle = |(choice, group)| surroundings.consolidate(choice, group);
        let settled = first.into_iter().zip(groups).map(settle).collect();
        let free = free.into_iter().zip(groups).map(|(choice, group)| choice.map(|choice| settle((choice, group))));
        Self { free: free.collect(), settled, surroundings }
    }
}

impl<'a> Selected<'a> {
    /// The checks that came out worst, if they came out badly.
    pub fn troubles(&self) -> impl Iterator<Item = &Check<'a>> {
        self.checks.iter().filter(|check| check.verdict == self.verdict && self.verdict != Verdict::Fits)
    }

    /// The check that comes nearest to its end, or is furthest past it.
    pub fn tightest(&self) -> Option<&Check<'a>> {
        let figures = self.checks.iter().filter(|check| check.figure().is_some());
        figures.max_by(|one, other| {
            let ratio = |check: &Check<'a>| check.ratio().unwrap_or(0.0);
            let by_verdict = one.verdict.cmp(&other.verdict).then(one.position().total_cmp(&other.position()));
            by_verdict.then(ratio(one).total_cmp(&ratio(other)))
        })
    }
}

/// Why a state in memory needs no log beside it.
const IN_MEMORY: &str = "the state is kept in memory, and needs no log beside it";

/// The services that hold the data, in the order in which they are first needed.
fn services<'a>(kinds: &[Selected<'a>], held: &Held<'_>, catalog: &Catalog) -> Vec<Service<'a>> {
    let mut services: IndexMap<&Instance, Service<'a>> = IndexMap::new();
    for selected in kinds {
        let parts = selected.databases.iter().zip(&selected.versions).zip(&selected.instances);
        for ((database, version), instance) in parts {
            let service = services.entry(instance).or_insert_with(|| Service {
                instance: instance.clone(),
                database,
                version,
                image: held.image(selected.name, &database.id),
                role: selected.role,
                serves: Vec::new(),
                runs: Runs::of(database, catalog),
            });
            service.role = service.role.min(selected.role);
            service.serves.push(selected.name);
        }
    }
    services.into_values().collect()
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
struct Decided<'t, 'a, 'f, 'g> {
    data: &'a Data,
    member: &'t Member<'a>,
    trial: Trial<'t, 'a, 'f, 'g>,
    /// The other members of the group.
    together: Vec<&'a str>,
    /// What would be decided if nothing held an earlier answer.
    free: &'t Choice<'a, 'f>,
    /// Whose earlier answer it is, where it is one.
    by: Holder,
}

impl<'a, 'f, 'g> Decided<'_, 'a, 'f, 'g> {
    fn select(self, instances: Vec<Instance>, depth: Depth) -> Selected<'a> {
        let (data, choice) = (self.data, self.trial.choice);
        let pinned = choice.why == Why::Pinned || data.database.is_some();
        let as_walked = choice.candidate == choice.proposal.walked;
        let pattern = choice.proposal.walk.answer.pattern.as_ref().filter(|_| !self.is_joined());
        let checks = self.checks(&choice.candidate);
        let is_free = !matches!(choice.why, Why::Pinned | Why::Held);
        let walk = self.trial.context.tree().walk(&self.member.profile);
        let (path, answer) = walk.map_or_else(Default::default, |walk| (walk.path, walk.index));
        Selected {
            name: self.member.name,
            data,
            databases: choice.candidate.databases(),
            versions: choice.candidate.engines.iter().map(|engine| engine.version).collect(),
            instances,
            role: self.trial.group.role(),
            together: self.together.clone(),
            pattern: pattern.filter(|_| as_walked).map(Text::to_string),
            via: via(&checks),
            reason: self.reason(),
            instead_of: (!as_walked).then(|| (choice.proposal.walked.databases(), self.objection())),
            assumptions: match depth {
                _ if choice.why == Why::Pinned => Vec::new(),
                Depth::Choice => of_role(&self.trial).into_iter().collect(),
                Depth::Answer | Depth::Alternatives | Depth::Flips => assumptions(&self.trial),
            },
            close: if is_free && depth >= Depth::Alternatives { self.close() } else { None },
            alternatives: if depth < Depth::Alternatives { Vec::new() } else { self.alternatives() },
            flips: if pinned || depth < Depth::Flips { Vec::new() } else { flips(&self.of_the_free()) },
            unjustified: pinned && !as_walked && !self.is_as_free() && data.justification.is_none(),
            path,
            answer,
            verdict: checks.iter().map(|check| check.verdict).max().unwrap_or_default(),
            needs_several_nodes: choice.needs_several_nodes,
            checks,
            pinned,
        }
    }

    /// The same data as it would be decided without an earlier answer: what would change that is of interest.
    fn of_the_free(&self) -> Trial<'_, 'a, 'f, 'g> {
        Trial { choice: self.free, ..self.trial }
    }

    /// Every check of a candidate that concerns this kind of data.
    fn checks(&self, candidate: &Candidate<'a, '_>) -> Vec<Check<'a>> {
        self.trial.context.checks_of(candidate, self.trial.group, self.member)
    }

    /// Whether what would be decided without an earlier answer or a pin is taken.
    fn is_as_free(&self) -> bool {
        self.trial.choice.candidate == self.free.candidate && self.trial.choice.why != Why::Pinned
    }

    /// The matrix's row of the data's kind.
    fn row(&self) -> Option<&'a Row> {
        let kind = self.data.kind.as_ref()?;
        self.trial.context.catalog().matrix().row(&kind.value)
    }

    /// Why what was chosen was chosen, in one clause.
    fn reason(&self) -> String {
        let choice = self.trial.choice;
        let by_tree = &choice.proposal.walk.answer.reason;
        match choice.why {
            Why::Pinned => match &self.data.justification {
                Some(why) => format!("pinned: {}", why.value.trim()),
                None if self.data.database.is_none() => String::from("pinned, with what it is joined with"),
                None => String::from("pinned, without a justification"),
            },
            Why::Held if !self.is_as_free() => String::from(self.by.reason()),
            Why::Moved(rule) => String::from(rule.reason()),
            Why::Preferred => format!("{by_tree}; the policy prefers it"),
            Why::Better => self.better(),
            Why::Proposed | Why::Usable if choice.needs_several_nodes => {
                format!("{by_tree}; it needs more than one node")
            }
            Why::Usable if choice.proposal.walked.engines.len() > 1 => String::from(IN_MEMORY),
            Why::Proposed if self.is_joined() => {
                format!("stands with {}: one database for what is joined", self.together.join(", "))
            }
            Why::Proposed | Why::Usable | Why::Held => {
                let row = self.row().filter(|row| choice.candidate.ids().as_slice() == [row.recommended.as_str()]);
                row.map_or(by_tree, |row| &row.reason).to_string()
            }
        }
    }

    /// Why another than the proposal was chosen.
    fn better(&self) -> String {
        let choice = self.trial.choice;
        let ours = choice.candidate.engines.first().map_or("", |engine| engine.database.name.as_str());
        let names: Vec<_> =
            choice.proposal.candidate.engines.iter().map(|engine| engine.database.name.as_str()).collect();
        let does = if choice.assessment.is_bearable { "does" } else { "does better" };
        if choice.needs_several_nodes {
            return format!("no single node carries it; {ours} {does} over several");
        }
        let proposed = self.trial.context.assess(&choice.proposal.candidate, self.trial.group, false);
        if let Some(bar) = choice.proposal.candidate.engines.iter().find_map(|engine| engine.bar()) {
            let does = if choice.assessment.is_bearable { "serves it" } else { does };
            return format!("{} {bar}; {ours} {does}", names.join(" + "));
        }
        let proposed_does = match proposed.verdict {
            _ if proposed.is_vetoed => "does not serve it",
            Verdict::Fits | Verdict::Strained => "strains",
            Verdict::Exceeds | Verdict::Unproven => "does not carry it",
        };
        let does = if proposed_does == "strains" && choice.assessment.is_bearable { "fits better" } else { does };
        format!("{} {proposed_does}; {ours} {does}", names.join(" + "))
    }

    /// Why the walk's answer was not taken.
    fn objection(&self) -> String {
        let choice = self.trial.choice;
        match choice.why {
            Why::Pinned => {
                let why = self.data.justification.as_ref();
                String::from(why.map_or("the file pins the database", |why| why.value.trim()))
            }
            Why::Held if !self.is_as_free() => String::from(self.by.objection()),
            Why::Preferred => String::from("the policy prefers another of its category"),
            Why::Moved(rule) => String::from(rule.reason()),
            Why::Usable if choice.proposal.walked.engines.len() > 1 => String::from(IN_MEMORY),
            Why::Proposed | Why::Usable | Why::Better | Why::Held => self.trouble_of(&choice.proposal.walked),
        }
    }

    /// Whether it stands with data of other kinds, which decided for it.
    fn is_joined(&self) -> bool {
        self.trial.context.is_joined(self.trial.group)
    }

    /// What is worst about a candidate: a need that it does not serve, or else how it stands, or a figure; where that is
    /// another member's, with its name.
    fn trouble_of(&self, candidate: &Candidate<'a, '_>) -> String {
        let own = trouble(&self.checks(candidate));
        if !own.is_empty() {
            return own;
        }
        let others = self.trial.group.members.iter().filter(|member| member.name != self.member.name);
        let mut troubles = others
            .map(|member| (member.name, trouble(&self.trial.context.checks_of(candidate, self.trial.group, member))));
        let worst = troubles.find(|(_, trouble)| !trouble.is_empty());
        worst.map_or_else(String::new, |(name, trouble)| format!("{name}, which it is joined with: {trouble}"))
    }

    /// What would do nearly as well, and what would settle it: the first quantity that is not stated and of which the two
    /// bear different amounts.
    fn close(&self) -> Option<Close<'a>> {
        let (context, choice) = (self.trial.context, self.trial.choice);
        let (other, is_close) = context.runner_up(choice, self.trial.group)?;
        let chosen = choice.candidate.alone().filter(|_| is_close)?;
        let settled_by = self.settled_by(chosen, other).unwrap_or("team.operates");
        Some(Close { to: other.database, settled_by })
    }

    fn settled_by(&self, chosen: &Engine<'a>, other: &Engine<'a>) -> Option<&'static str> {
        let profile = &self.member.profile;
        let several = self.trial.group.spreads();
        let open = Quantity::ALL.iter().copied().filter(|of| profile.amount(*of).is_none() && belongs(profile, *of));
        let end = |engine: &Engine<'a>, of: Quantity| match self.trial.context.limit(
            engine,
            of,
            self.member.asked(engine, several),
        ) {
            Limit::Ends(end) => Some(end.exceeds),
            _ => None,
        };
        let mut open = open.filter(|of| *of != Quantity::Connections);
        open.find(|of| end(chosen, *of) != end(other, *of)).map(Quantity::name)
    }

    /// What else could hold the data: the matrix's alternative, the walk's answer where it was replaced, and what the
    /// catalog names, each with why it was not chosen.
    fn alternatives(&self) -> Vec<Alternative<'a>> {
        let choice = self.trial.choice;
        let row = self.row().map(|row| [row.alternative.as_str(), row.recommended.as_str()]);
        let walked = &choice.proposal.walked;
        let listed = |candidate: &Candidate<'a, '_>| {
            let first = candidate.engines.first();
            first.map(|engine| engine.database.alternatives.as_slice()).unwrap_or_default()
        };
        let declared = listed(&choice.candidate).iter().chain(listed(walked));
        let runner_up = self.trial.context.runner_up(choice, self.trial.group);
        let runner_up = runner_up.map(|(engine, _)| engine.database.id.as_str());
        let named = row.into_iter().flatten().chain(walked.ids());
        let declared_ids = declared.clone().map(|other| other.id.as_str());
        let mut ids: Vec<&str> = Vec::new();
        for id in runner_up.into_iter().chain(named).chain(declared_ids) {
            if !ids.contains(&id) && !choice.candidate.has(id) {
                ids.push(id);
            }
        }
        let options = ids.into_iter().filter_map(|id| {
            let engine = self.trial.context.engine_of(id)?;
            let candidate = Candidate::single(engine);
            let checks = self.checks(&candidate);
            let verdict = checks.iter().map(|check| check.verdict).max().unwrap_or_default();
            let why_not = match verdict {
                Verdict::Fits => {
                    let when = declared.clone().find(|alternative| alternative.id == id);
                    when.map_or_else(
                        || String::from("it could hold it as well"),
                        |alternative| format!("the better answer when {}", alternative.when),
                    )
                }
                _ => self.trouble_of(&candidate),
            };
            Some(Alternative { database: engine.database, verdict, why_not })
        });
        options.collect()
    }
}

/// The worst of some checks, if one came out badly.
fn trouble(checks: &[Check<'_>]) -> String {
    let worst = checks
        .iter()
        .rev()
        .max_by(|one, other| one.verdict.cmp(&other.verdict).then(one.position().total_cmp(&other.position())));
    worst.filter(|check| check.verdict != Verdict::Fits).map_or_else(String::new, Check::trouble)
}
