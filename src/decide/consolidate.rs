//! Consolidating: one simultaneous pass towards engines that are there anyway.
//!
//! There are the engines of choices that no rule could move, pins, and what the team runs. What moves attracts nothing, so
//! the order of the file decides nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use catalog::Category;
use catalog::vocabulary::{Amount, Need, Quantity, Scale};
use smallvec::SmallVec;

use super::admit::Admission;
use super::assess::{Assessment, Bucket};
use super::candidate::Candidate;
use super::check::Verdict;
use super::choose::{Choice, Why};
use super::context::DecisionContext;
use super::engine::Engine;
use super::group::{Group, Member};
use super::rule::{GB, Rule, Small, a_second};
use crate::requirements::{Change, Profile};

/// Whether something is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Smallness {
    /// The file says so.
    Stated,
    /// Nothing says that it is not.
    Unknown,
    /// It is not.
    No,
}

/// Where a choice may go, first to the first.
struct Move<'a, 'f> {
    targets: SmallVec<[&'f Engine<'a>; 4]>,
    rule: Rule,
    /// The need that is stated to be small.
    little: Option<Need>,
}

/// What stands around a group: the engines that are there, and the other kinds of data.
pub(super) struct Surroundings<'a, 'f, 'g> {
    context: &'f DecisionContext<'a>,
    /// How many groups that nothing moves hold something in each engine, by its place.
    there: Vec<u32>,
    members: Rc<HashMap<&'g str, &'g Member<'g>>>,
}

impl<'a, 'f, 'g> Surroundings<'a, 'f, 'g> {
    /// What stands around the groups of a file, with what was chosen for each.
    pub(super) fn new(context: &'f DecisionContext<'a>, groups: &'g [Group<'g>], choices: &[Choice<'a, 'f>]) -> Self {
        let members = groups.iter().flat_map(|group| &group.members).map(|member| (member.name, member));
        let there = vec![0; context.catalog().databases().len()];
        let mut surroundings = Self { context, there, members: Rc::new(members.collect()) };
        for (group, choice) in groups.iter().zip(choices) {
            if !surroundings.could_move(group, choice) {
                surroundings.count(choice, u32::saturating_add);
            }
        }
        surroundings
    }

    /// What stands around a group without itself, with what has become of it: what has moved attracted nothing.
    pub(super) fn without(&self, group: &Group<'_>, choice: &Choice<'a, 'f>) -> Self {
        let Self { context, there, members } = self;
        let mut others = Self { context, there: there.clone(), members: Rc::clone(members) };
        if !matches!(choice.why, Why::Moved(_)) && !others.could_move(group, choice) {
            others.count(choice, u32::saturating_sub);
        }
        others
    }

    /// Whether some rule could move a choice, if its target were there.
    fn could_move(&self, group: &Group<'_>, choice: &Choice<'a, 'f>) -> bool {
        !self.moves(group, choice).is_empty()
    }

    fn count(&mut self, choice: &Choice<'a, 'f>, by: fn(u32, u32) -> u32) {
        for engine in &choice.candidate.engines {
            if let Some(count) = self.there.get_mut(engine.index) {
                *count = by(*count, 1);
            }
        }
    }

    fn is_there(&self, engine: &Engine<'a>) -> bool {
        engine.is_operated() || self.there.get(engine.index).is_some_and(|count| *count > 0)
    }

    /// Moves a choice to where a rule lets it go, if it bears it there.
    pub(super) fn consolidate(&self, choice: Choice<'a, 'f>, group: &Group<'_>) -> Choice<'a, 'f> {
        let Some(engine) = choice.candidate.alone() else { return choice };
        let mut admission = None;
        for Move { targets, rule, little } in self.moves(group, &choice) {
            for target in targets {
                if target.index == engine.index {
                    break;
                }
                let candidate = Candidate::single(target);
                let assessment = match little {
                    Some(need) => self.context.assess_little(&candidate, group, need),
                    None => self.context.assess(&candidate, group, false),
                };
                let admission = admission.get_or_insert_with(|| Admission::new(self.context, group));
                if is_no_worse(&assessment, &choice.assessment, rule) && admission.lets_in(target, rule) {
                    return Choice {
                        candidate,
                        assessment,
                        why: Why::Moved(rule),
                        needs_several_nodes: false,
                        ..choice
                    };
                }
            }
        }
        choice
    }

    /// The engines to which some rule lets a choice go, where these are used, too.
    pub(super) fn ways(
        &self,
        group: &Group<'_>,
        choice: &Choice<'a, 'f>,
        used: &[bool],
    ) -> Vec<(&'f Engine<'a>, Rule)> {
        let Self { context, members, .. } = self;
        let there = used.iter().map(|used| u32::from(*used)).collect();
        let all = Self { context, there, members: Rc::clone(members) };
        let moves = all.moves(group, choice).into_iter();
        moves.flat_map(|Move { targets, rule, .. }| targets.into_iter().map(move |target| (target, rule))).collect()
    }

    /// Where a choice may go, the first rule first.
    fn moves(&self, group: &Group<'_>, choice: &Choice<'a, 'f>) -> SmallVec<[Move<'a, 'f>; 2]> {
        let mut moves = SmallVec::new();
        let Some(engine) = choice.candidate.alone() else { return moves };
        if matches!(choice.why, Why::Pinned | Why::Held) {
            return moves;
        }
        let (context, flags) = (self.context, group.flags);
        let core = context.core().into_iter();
        let is_core = context.core().is_some_and(|core| core.index == engine.index);
        if engine.can_be_core && !engine.is_operated() && !is_core {
            let is_default = context.tree().core().first().is_some_and(|first| *first == engine.database.id);
            moves.push(if is_default {
                Move { targets: core.clone().collect(), rule: Rule::OtherRelational, little: None }
            } else {
                Move { targets: self.relational(), rule: Rule::Transactions, little: None }
            });
        }
        let category = engine.database.category;
        let run = self.there(|other| other.is_operated() && other.database.category == category);
        // Where the team runs none of its kind it stays, and attracts others.
        if !engine.is_operated() && !run.is_empty() {
            moves.push(Move { targets: run, rule: Rule::Operated, little: None });
        }
        if matches!(category, Category::InMemory | Category::Document | Category::Search | Category::Vector) {
            let alike = self.there(|other| other.database.category == category && other.index != engine.index);
            moves.push(Move { targets: alike, rule: Rule::Family, little: None });
        }
        let core_is_operated = context.core().is_some_and(Engine::is_operated);
        if category == Category::Document
            && !flags.has(Need::OfflineSync)
            && !engine.is_operated()
            && core_is_operated
            && !group.spreads()
        {
            moves.push(Move { targets: core.clone().collect(), rule: Rule::Documents, little: None });
        }
        if let Some(small) = small_of(engine) {
            match self.smallness(group, small) {
                Smallness::Stated => {
                    // What the team runs is not given up for something that it does not.
                    let is_kept = |target: &&'f Engine<'a>| target.is_operated() || !engine.is_operated();
                    let targets = self.relational().into_iter().chain(core).filter(is_kept).collect();
                    moves.push(Move { targets, rule: Rule::Small(small), little: Some(small.need()) });
                }
                Smallness::Unknown if small.moves_if_unknown() && !engine.is_operated() => {
                    moves.push(Move { targets: self.relational(), rule: Rule::Small(small), little: None });
                }
                Smallness::Unknown | Smallness::No => {}
            }
        }
        if category == Category::Vector && flags.has(Need::VectorSearch) {
            let search = self.there(|other| other.database.category == Category::Search);
            moves.push(Move { targets: search, rule: Rule::VectorsInSearch, little: None });
        }
        moves
    }

    /// The engines that are there and of a kind, in the catalog's order.
    fn there(&self, is_wanted: impl Fn(&Engine<'a>) -> bool) -> SmallVec<[&'f Engine<'a>; 4]> {
        self.context.engines().filter(|engine| self.is_there(engine) && is_wanted(engine)).collect()
    }

    /// The relational servers that are there: the core first, then what the team runs, then the cheapest.
    fn relational(&self) -> SmallVec<[&'f Engine<'a>; 4]> {
        let mut servers = self.there(|engine| engine.is(Category::Relational) && engine.is_run_here());
        let core = self.context.core().map(|core| core.index);
        servers.sort_by(|one, other| {
            let order = |engine: &Engine<'a>| (core != Some(engine.index), !engine.is_operated());
            let cost = |engine: &Engine<'a>| self.context.cost(engine, false);
            order(one).cmp(&order(other)).then(cost(one).total_cmp(&cost(other)))
        });
        servers
    }

    /// Whether a group is small. A copy that states no amount may be as large as its source.
    fn smallness(&self, group: &Group<'_>, small: Small) -> Smallness {
        let whole = self.as_large_as_its_source(group);
        let known = |quantity| whole.amount(quantity);
        let within = |quantity: Quantity, most: u64| known(quantity).map(|Amount(value)| value <= most);
        let mut facts: SmallVec<[Option<bool>; 4]> =
            small.limits().into_iter().map(|(quantity, Amount(most))| within(quantity, most)).collect();
        match small {
            // Few bytes are no few words: a size speaks only where it is large and nobody counted.
            Small::Words if known(Quantity::Records).is_none() => {
                facts.push(within(Quantity::DataSize, 20 * GB).filter(|small| !small));
            }
            Small::Files => facts.push(whole.yearly_growth().map(|growth| growth <= 10 * GB)),
            _ => {}
        }
        if whole.scale == Some(Scale::Small) && small.is_said_by_scale() {
            facts.push(Some(true));
        }
        let decisive = if small == Small::Files { facts.first() == Some(&Some(true)) } else { true };
        match (facts.contains(&Some(false)) || group.spreads(), facts.contains(&Some(true)) && decisive) {
            (true, _) => Smallness::No,
            (false, true) => Smallness::Stated,
            (false, false) => Smallness::Unknown,
        }
    }

    /// A group as one kind of data; where it is a copy without amounts, with those of its source that are large.
    pub(super) fn as_large_as_its_source<'p>(&self, group: &'p Group<'_>) -> Cow<'p, Profile> {
        const AMOUNTS: [(Quantity, u64); 3] =
            [(Quantity::Records, 5_000_000), (Quantity::DataSize, 20 * GB), (Quantity::Writes, 0)];
        let mut whole = Cow::Borrowed(&group.whole);
        let mut source = group.members.iter().find_map(|member| member.source);
        let mut steps = self.members.len();
        while let Some(origin) = source.and_then(|name| self.members.get(name)).filter(|_| steps > 0) {
            steps = steps.saturating_sub(1);
            source = origin.source;
            let stated = [Quantity::Records, Quantity::DataSize, Quantity::Writes, Quantity::Vectors];
            if stated.into_iter().any(|quantity| whole.amount(quantity).is_some()) {
                break;
            }
            for (quantity, large) in AMOUNTS {
                let large = if quantity == Quantity::Writes { a_second(1_000) } else { large };
                if let Some(amount) = origin.profile.amount(quantity).filter(|Amount(value)| *value > large) {
                    whole = Cow::Owned(whole.with(Change::Quantity(quantity, amount)));
                }
            }
        }
        whole
    }
}

/// Whether data is no worse off where a rule lets it go: it is bearable there, or in the same bucket. Another of its kind is
/// as good only if it serves every need as well, and what is called small must not strain.
fn is_no_worse(there: &Assessment, here: &Assessment, rule: Rule) -> bool {
    let tolerable = if matches!(rule, Rule::Small(_)) { Verdict::Fits } else { Verdict::Strained };
    !there.is_vetoed
        && there.verdict <= here.verdict.max(tolerable)
        && there.bucket() <= here.bucket().max(Bucket::Third(0))
        && (rule != Rule::Operated || there.misfit <= here.misfit)
}

/// What of an engine's kind may be small enough for another.
pub(super) fn small_of(engine: &Engine<'_>) -> Option<Small> {
    match engine.database.category {
        Category::Search => Some(Small::Words),
        Category::Vector => Some(Small::Vectors),
        Category::Columnar if !engine.is_embedded() => Some(Small::Reports),
        Category::Stream => Some(Small::Events),
        Category::Graph => Some(Small::Hops),
        Category::Object => Some(Small::Files),
        _ => None,
    }
}
