//! What each group could be held by, and what that costs it.

use super::points::Points;
use crate::decide::admit::Admission;
use crate::decide::assess::Assessment;
use crate::decide::candidate::Candidate;
use crate::decide::choose::{Choice, Why};
use crate::decide::context::DecisionContext;
use crate::decide::engine::Engine;
use crate::decide::group::Group;
use crate::decide::rule::Rule;
use crate::decide::selection::Decisions;

/// What could hold a group.
#[derive(Clone)]
pub(super) struct Offer<'a, 'f> {
    /// The databases, the one that holds the data first.
    pub(super) candidate: Candidate<'a, 'f>,
    /// What being held there costs one group.
    pub(super) misfit: Points,
    /// The rule that lets it go there, where it is of another category than the answer.
    pub(super) rule: Option<Rule>,
}

impl Offer<'_, '_> {
    /// Why it may be held there, in one clause.
    pub(super) fn because(&self) -> &'static str {
        self.rule.map_or("it is of the same category", Rule::reason)
    }
}

/// Groups that say the same, with all that could hold them, the answer that is best for each alone first.
pub(super) struct Item<'a, 'f> {
    /// The groups, which differ by their names only.
    pub(super) groups: Vec<&'f Group<'a>>,
    /// One of them.
    pub(super) group: &'f Group<'a>,
    pub(super) offers: Vec<Offer<'a, 'f>>,
}

impl Item<'_, '_> {
    /// How many groups it stands for.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.groups.len()).unwrap_or(u64::MAX)
    }
}

/// The items of a file.
pub(super) fn items<'a, 'f>(
    groups: &'f [Group<'a>],
    decisions: &Decisions<'a, 'f, 'f>,
    context: &'f DecisionContext<'a>,
) -> Vec<Item<'a, 'f>>
where
    'a: 'f,
{
    let mut used = vec![false; context.catalog().databases().len()];
    for engine in decisions.settled.iter().flat_map(|choice| &choice.candidate.engines) {
        if let Some(slot) = used.get_mut(engine.index) {
            *slot = true;
        }
    }
    let mut items: Vec<Item<'a, 'f>> = Vec::new();
    for (group, choice) in groups.iter().zip(&decisions.settled) {
        let ways = decisions.surroundings.ways(group, choice, &used);
        let sized = group.sized_like(&decisions.surroundings.as_large_as_its_source(group));
        let offers = offers(group, &sized, choice, ways, context);
        let same = |item: &&mut Item<'a, 'f>| {
            let candidates = item.offers.iter().map(|offer| &offer.candidate);
            says_the_same(item.group, group) && candidates.eq(offers.iter().map(|offer| &offer.candidate))
        };
        match items.iter_mut().find(same) {
            Some(item) => item.groups.push(group),
            None => items.push(Item { groups: vec![group], group, offers }),
        }
    }
    items
}

/// Whether two groups differ by their names only.
fn says_the_same(one: &Group<'_>, other: &Group<'_>) -> bool {
    let profiles = one.members.iter().map(|member| &member.profile);
    one.needs == other.needs
        && one.pin() == other.pin()
        && profiles.eq(other.members.iter().map(|member| &member.profile))
}

/// What could hold a group: its answer, what is of the same category, and where a rule lets it go; each as good a fit, also
/// where the group is a copy as large as its source.
fn offers<'a, 'f>(
    group: &Group<'_>,
    sized: &Group<'_>,
    choice: &Choice<'a, 'f>,
    ways: Vec<(&'f Engine<'a>, Rule)>,
    context: &'f DecisionContext<'a>,
) -> Vec<Offer<'a, 'f>> {
    let several = choice.needs_several_nodes;
    let own = Offer { candidate: choice.candidate.clone(), misfit: misfit(&choice.assessment, context), rule: None };
    let mut offers = vec![own];
    let Some(engine) = choice.candidate.alone().filter(|_| !matches!(choice.why, Why::Pinned | Why::Held)) else {
        return offers;
    };
    let admission = Admission::new(context, group);
    let own = context.assess(&choice.candidate, sized, several).bucket();
    let alike = context.engines().filter(|other| other.database.category == engine.database.category);
    let all = alike.map(|other| (other, None)).chain(ways.into_iter().map(|(other, rule)| (other, Some(rule))));
    for (other, rule) in all {
        let candidate = Candidate::single(other);
        if !is_worth_moving_to(other, engine, choice) {
            continue;
        }
        let may = rule.map_or_else(|| admission.admits(other), |rule| admission.lets_in(other, rule));
        if !may || offers.iter().any(|offer| offer.candidate == candidate) {
            continue;
        }
        let assessment = context.assess(&candidate, group, several);
        let is_as_good = assessment.bucket() <= choice.assessment.bucket()
            && context.assess(&candidate, sized, several).bucket() <= own;
        if !assessment.is_vetoed && is_as_good {
            offers.push(Offer { candidate, misfit: misfit(&assessment, context), rule });
        }
    }
    offers
}

/// Whether moving there could be worth it: not away from what the team runs while it bears the data, and not to somebody
/// else's service from what is run here, unless that is run or preferred.
fn is_worth_moving_to(other: &Engine<'_>, from: &Engine<'_>, choice: &Choice<'_, '_>) -> bool {
    let leaves_home = from.is_operated() && !other.is_operated() && choice.assessment.is_bearable;
    let is_wanted = other.is_run_here() || !from.is_run_here() || other.is_operated() || other.is_preferred;
    !leaves_home && is_wanted
}

/// What a fit costs: the needs that are served less than natively, and how far the worst strains.
pub(super) fn misfit(assessment: &Assessment, context: &DecisionContext<'_>) -> Points {
    Points::of(assessment.misfit + context.weights().position.get() * assessment.position.min(1.0))
}
