//! Admission: which engines are candidates for a group at all.
//!
//! An engine has to serve everything, and to be made for a kind of what is asked. What only says how much, and a role, are
//! no reason to run an engine of its own.

use catalog::Category;
use catalog::vocabulary::{Durability, Facts, Flag, Need, Quantity};

use super::assess::Assessment;
use super::candidate::Candidate;
use super::check::Verdict;
use super::context::DecisionContext;
use super::engine::Engine;
use super::group::Group;
use super::rule::Rule;

/// Flags that say how much and in what way, not what kind.
const LOAD: Facts = Facts::of_needs(&[Need::WriteHeavy, Need::AppendOnly, Need::SearchHeavy]);

/// Stores of records of any kind: for these a load is a reason.
const GENERAL: [Category; 3] = [Category::Relational, Category::Document, Category::WideColumn];

const RELATIONS: Facts = Facts::of_needs(&[Need::NeedsTransactions, Need::ComplexRelations]);

const SCALES: Facts = Facts::of_needs(&[Need::ScaleMultiNode, Need::ScaleMultiRegion]);

/// What further nodes of SQL are no remedy for: searches, which an index beside the record answers, and what each node
/// bears as little as one. More clients than one bears are a pooler's.
const SEARCHES: [Flag; 3] = [Flag::FullText, Flag::VectorSearch, Flag::GraphRelations];
const OF_ONE_NODE: [Quantity; 3] = [Quantity::Connections, Quantity::RecordSize, Quantity::LatencyP99];

/// The only things that a ledger is asked.
const LEDGER: Facts = Facts::of_needs(&[Need::NeedsTransactions, Need::AppendOnly, Need::WriteHeavy]);

/// What a search engine and a database in memory are for, although they keep no record.
const OF_SEARCH: Facts = Facts::of_needs(&[Need::FullText]);
const OF_MEMORY: Facts = Facts::of_needs(&[Need::RealTime, Need::Ranking, Need::PubSub]);

fn is_general(engine: &Engine<'_>) -> bool {
    GENERAL.into_iter().any(|category| engine.database.category == category)
}

/// Whether it can join data of different kinds: inside an application only what is relational first of all.
fn is_for_relations(engine: &Engine<'_>) -> bool {
    engine.is(Category::Relational) && (!engine.is_embedded() || engine.database.category == Category::Relational)
}

/// What an engine is for although it keeps no record: words for a search engine, a state of now for one in memory.
fn serves_its_purpose(engine: &Engine<'_>, flags: Facts) -> bool {
    match engine.database.category {
        Category::Search => OF_SEARCH.meets(flags),
        Category::InMemory => OF_MEMORY.meets(flags),
        _ => false,
    }
}

/// Who may be asked to hold a group.
pub(super) struct Admission<'c, 'a, 'g> {
    context: &'c DecisionContext<'a>,
    group: &'g Group<'g>,
    /// Whether the members are of different kinds, which only relations join.
    is_joined: bool,
    /// Whether the core does not carry it.
    core_is_full: bool,
}

impl<'c, 'a, 'g> Admission<'c, 'a, 'g> {
    pub(super) fn new(context: &'c DecisionContext<'a>, group: &'g Group<'g>) -> Self {
        let spread = group.without(&SEARCHES, &OF_ONE_NODE);
        let exceeded = |core: &Engine<'a>| {
            let Assessment { is_vetoed, verdict, .. } = context.assess(&Candidate::single(core), &spread, false);
            core.is_embedded() || is_vetoed || verdict >= Verdict::Exceeds
        };
        let core_is_full = context.core().is_none_or(exceeded);
        Self { context, group, is_joined: context.is_joined(group), core_is_full }
    }

    /// The engines that may.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &'c Engine<'a>> {
        self.context.engines().filter(|engine| self.admits(engine))
    }

    /// Whether an engine may.
    pub(super) fn admits(&self, engine: &Engine<'a>) -> bool {
        self.is_possible(engine) && self.is_wanted(engine)
    }

    /// Whether an engine that is there may hold it by a rule. A search engine is made for words, and searches vectors well
    /// enough; what the team runs needs no reason to be run: there it is the rule that lets it in.
    pub(super) fn lets_in(&self, engine: &Engine<'a>, rule: Rule) -> bool {
        match rule {
            Rule::VectorsInSearch | Rule::Operated => self.is_possible(engine),
            _ => self.admits(engine),
        }
    }

    /// Whether nothing keeps it out.
    fn is_possible(&self, engine: &Engine<'a>) -> bool {
        let Group { flags, needs, .. } = *self.group;
        let refused = engine.levels.refused.without(Need::DurabilityCache.into());
        flags.has(Need::Embedded) == engine.is_embedded()
            && engine.is_had_on(self.context.platform)
            && engine.is_usable()
            && !refused.meets(needs)
            && (!self.is_joined || is_for_relations(engine))
            && self.may_lose(engine)
            && self.is_known_to_fit_in_memory(engine)
            && (engine.database.category != Category::Ledger || self.is_ledger())
    }

    /// Whether losing everything does no harm, where an engine keeps no record: the data is a copy or a cache, or it is what
    /// such an engine is for. What is in memory only is lost by every restart, which no copy is made again for.
    fn may_lose(&self, engine: &Engine<'a>) -> bool {
        let in_memory = engine.database.category == Category::InMemory;
        let bears_loss = |durability| match durability {
            Some(Durability::Cache) => true,
            Some(Durability::Derived) => !in_memory,
            Some(Durability::Primary) | None => false,
        };
        !engine.levels.refused.has(Need::DurabilityPrimary)
            || serves_its_purpose(engine, self.group.flags)
            || self.group.members.iter().all(|member| bears_loss(member.profile.role()))
    }

    /// Unknown is not small: memory takes in only what is its purpose, what may be dropped, or what states a size.
    fn is_known_to_fit_in_memory(&self, engine: &Engine<'a>) -> bool {
        engine.database.category != Category::InMemory
            || serves_its_purpose(engine, self.group.flags)
            || self.group.members.iter().any(|member| {
                let profile = &member.profile;
                profile.durability == Some(Durability::Cache)
                    || profile.amount(Quantity::DataSize).is_some()
                    || profile.amount(Quantity::Records).is_some()
            })
    }

    fn is_ledger(&self) -> bool {
        let Group { flags, .. } = *self.group;
        flags.has(Need::NeedsTransactions) && flags.has(Need::AppendOnly) && flags.is_within(LEDGER)
    }

    /// Whether something lets it in.
    fn is_wanted(&self, engine: &Engine<'a>) -> bool {
        let Group { flags, roles, .. } = *self.group;
        let (kinds, loads, native) = (flags.without(LOAD), flags.common(LOAD), engine.levels.native);
        if engine.is(Category::DistributedSql) {
            // One node that strains is less care than three that fit.
            return self.is_relational() && (self.group.spreads() || self.core_is_full);
        }
        let core = self.context.core().map(|core| core.index);
        if core == Some(engine.index) {
            return true;
        }
        if engine.can_be_core && !self.serves_better_than_the_core(engine) {
            return false;
        }
        let scales = roles.common(SCALES);
        let general = is_general(engine)
            && (loads.meets(native) || (kinds.is_empty() && self.core_is_full && scales.meets(native)));
        // A rented warehouse is for reports; a record that is only added to is no report.
        let columnar =
            engine.database.category == Category::Columnar && engine.is_run_here() && flags.has(Need::AppendOnly);
        general || columnar || kinds.meets(native)
    }

    /// Whether it is about transactions or relations, for which strong consistency counts where no kind is stated.
    fn is_relational(&self) -> bool {
        let Group { flags, roles, .. } = *self.group;
        let no_kind = flags.is_within(LOAD);
        flags.meets(RELATIONS) || (no_kind && roles.has(Need::ConsistencyStrong))
    }

    fn serves_better_than_the_core(&self, engine: &Engine<'a>) -> bool {
        let Some(core) = self.context.core() else { return true };
        let better = |need: Need| engine.level(need) < core.level(need);
        self.group.flags.and(self.group.roles).needs().any(better)
    }
}
