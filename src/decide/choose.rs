//! Choosing: the tree's proposal where it may stay, else the best of the candidates.

use catalog::Hosting;
use catalog::vocabulary::Need;

use super::admit::Admission;
use super::assess::{Assessment, Bucket};
use super::candidate::Candidate;
use super::check::Verdict;
use super::context::DecisionContext;
use super::engine::Engine;
use super::group::Group;
use super::rule::Rule;
use super::walk::Proposal;
use crate::requirements::Profile;

/// What was chosen for a group.
pub(super) struct Choice<'a, 'f> {
    pub(super) proposal: Proposal<'a, 'f>,
    pub(super) candidate: Candidate<'a, 'f>,
    pub(super) why: Why,
    pub(super) assessment: Assessment,
    /// Whether nothing holds it on one node, so that several were compared.
    pub(super) needs_several_nodes: bool,
}

/// Why a choice is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The tree proposes it.
    Proposed,
    /// It is what can be run of what the tree proposes.
    Usable,
    /// The proposal does not serve or bear it.
    Better,
    /// The organisation prefers it to the proposal.
    Preferred,
    /// The file pins it.
    Pinned,
    /// It was decided earlier, or for all data together.
    Held,
    /// It is there already.
    Moved(Rule),
}

/// What candidates are compared by: how badly they fit, whether somebody else runs them, what they cost.
#[derive(Debug, Clone, Copy)]
struct Rank<'i> {
    bucket: Bucket,
    is_managed: bool,
    cost: f64,
    id: &'i str,
}

impl Rank<'_> {
    fn is_before(&self, other: &Self) -> bool {
        let order = self.bucket.cmp(&other.bucket).then(self.is_managed.cmp(&other.is_managed));
        order.then(self.cost.total_cmp(&other.cost)).then(self.id.cmp(other.id)).is_lt()
    }
}

/// How near in cost another is that would do as well.
const CLOSE: f64 = 0.5;

impl<'a> DecisionContext<'a> {
    /// Chooses for a group; nothing where the tree names what the catalog lacks.
    pub(super) fn choose(&self, group: &Group<'_>) -> Option<Choice<'a, '_>> {
        let proposal = self.propose(group)?;
        if let Some(pinned) = group.pin().and_then(|id| self.engine_of(id)) {
            return Some(self.choice(proposal, Candidate::single(pinned), Why::Pinned, group));
        }
        let Some(engine) = proposal.candidate.alone() else {
            let candidate = proposal.candidate.clone();
            let why = Why::Proposed;
            return Some(self.choice(proposal, candidate, why, group));
        };
        let stays = self.assess(&proposal.candidate, group, false);
        let may_stay =
            !stays.is_vetoed && engine.is_usable() && engine.is_embedded() == group.flags.has(Need::Embedded);
        let by_tree = if proposal.candidate == proposal.walked { Why::Proposed } else { Why::Usable };
        if may_stay && stays.is_bearable {
            return Some(self.preferred(self.choice_of(proposal, Candidate::single(engine), by_tree, stays), group));
        }
        let admission = Admission::new(self, group);
        let Some((best, top)) = self.best(&admission, group, false) else {
            return Some(self.choice_of(proposal, Candidate::single(engine), by_tree, stays));
        };
        if top.verdict == Verdict::Exceeds && !group.states_scale() {
            let (wide, assessment) = self.best_of_several_nodes(&admission, group, engine, may_stay);
            if assessment.verdict < Verdict::Exceeds {
                let why = if wide.index == engine.index { by_tree } else { Why::Better };
                let choice = self.choice_of(proposal, Candidate::single(wide), why, assessment);
                return Some(Choice { needs_several_nodes: true, ..choice });
            }
        }
        if may_stay && stays.bucket() <= top.bucket() {
            return Some(self.preferred(self.choice_of(proposal, Candidate::single(engine), by_tree, stays), group));
        }
        let why = if best.index == engine.index { by_tree } else { Why::Better };
        Some(self.preferred(self.choice_of(proposal, Candidate::single(best), why, top), group))
    }

    /// The ids of the databases that would hold a kind of data if it were the only one.
    pub fn answer_alone(&self, profile: Profile) -> Option<Vec<&'a str>> {
        self.choose(&Group::of_profile(profile)).map(|choice| choice.candidate.ids().into_vec())
    }

    /// A choice that nothing else is asked about.
    pub(super) fn choice<'f>(
        &'f self,
        proposal: Proposal<'a, 'f>,
        candidate: Candidate<'a, 'f>,
        why: Why,
        group: &Group<'_>,
    ) -> Choice<'a, 'f> {
        let assessment = self.assess(&candidate, group, false);
        self.choice_of(proposal, candidate, why, assessment)
    }

    #[allow(clippy::unused_self, reason = "the lifetime of the engines is the context's")]
    fn choice_of<'f>(
        &'f self,
        proposal: Proposal<'a, 'f>,
        candidate: Candidate<'a, 'f>,
        why: Why,
        assessment: Assessment,
    ) -> Choice<'a, 'f> {
        Choice { proposal, candidate, why, assessment, needs_several_nodes: false }
    }

    /// The best of the candidates.
    fn best<'f>(
        &'f self,
        admission: &Admission<'f, 'a, '_>,
        group: &Group<'_>,
        on_several_nodes: bool,
    ) -> Option<(&'f Engine<'a>, Assessment)> {
        self.first_of(admission.candidates(), group, on_several_nodes)
    }

    fn first_of<'f>(
        &'f self,
        engines: impl Iterator<Item = &'f Engine<'a>>,
        group: &Group<'_>,
        on_several_nodes: bool,
    ) -> Option<(&'f Engine<'a>, Assessment)> {
        let mut best: Option<(Rank<'a>, &Engine<'a>, Assessment)> = None;
        let spreads = on_several_nodes || group.spreads();
        for engine in engines {
            let candidate = Candidate::single(engine);
            // Nothing is better than bearable: what costs more than the best that is need not be looked at.
            let at_best = self.rank(engine, Bucket::Bearable, self.misfit(&candidate, group.needs), spreads);
            if best.as_ref().is_some_and(|(first, ..)| !at_best.is_before(first)) {
                continue;
            }
            let assessment = self.assess(&candidate, group, on_several_nodes);
            let rank = Rank { bucket: assessment.bucket(), ..at_best };
            if best.as_ref().is_none_or(|(first, ..)| rank.is_before(first)) {
                best = Some((rank, engine, assessment));
            }
        }
        best.map(|(_, engine, assessment)| (engine, assessment))
    }

    fn rank(&self, engine: &Engine<'a>, bucket: Bucket, misfit: f64, over_several_nodes: bool) -> Rank<'a> {
        let is_managed = engine.database.hosting == Hosting::Managed && !engine.is_operated() && !engine.is_preferred;
        Rank { bucket, is_managed, cost: self.cost(engine, over_several_nodes) + misfit, id: &engine.database.id }
    }

    /// Who holds it over several nodes: the proposal where it is bearable there, else the best.
    fn best_of_several_nodes<'f>(
        &'f self,
        admission: &Admission<'f, 'a, '_>,
        group: &Group<'_>,
        proposed: &'f Engine<'a>,
        may_stay: bool,
    ) -> (&'f Engine<'a>, Assessment) {
        let stays = self.assess(&Candidate::single(proposed), group, true);
        if may_stay && stays.is_bearable {
            return (proposed, stays);
        }
        let candidates = admission.candidates().chain(may_stay.then_some(proposed));
        self.first_of(candidates, group, true).unwrap_or((proposed, stays))
    }

    /// What the policy prefers to a choice of the same category, where it fits no worse.
    fn preferred<'f>(&'f self, choice: Choice<'a, 'f>, group: &Group<'_>) -> Choice<'a, 'f> {
        let Some(chosen) = choice.candidate.alone() else { return choice };
        let ranked = self.policy().preferred().take_while(|id| chosen.database.id != *id);
        let of_category = |other: &&Engine<'a>| other.is(chosen.database.category) && other.is_usable();
        let better = ranked.filter_map(|id| self.engine_of(id)).filter(of_category).find_map(|engine| {
            let assessment = self.assess(&Candidate::single(engine), group, false);
            let bears = assessment.is_bearable || assessment.bucket() <= choice.assessment.bucket();
            (bears && !assessment.is_vetoed).then_some((engine, assessment))
        });
        match better {
            Some((engine, assessment)) => {
                Choice { candidate: Candidate::single(engine), why: Why::Preferred, assessment, ..choice }
            }
            None => choice,
        }
    }

    /// The best that was not chosen, and whether it would have done nearly as well.
    pub(super) fn runner_up<'f>(
        &'f self,
        choice: &Choice<'a, 'f>,
        group: &Group<'_>,
    ) -> Option<(&'f Engine<'a>, bool)> {
        let chosen = choice.candidate.alone()?;
        let admission = Admission::new(self, group);
        let several = choice.needs_several_nodes;
        let others = admission
            .candidates()
            .filter(|engine| engine.index != chosen.index && !engine.database.is_kin(chosen.database));
        let (second, assessment) = self.first_of(others, group, several)?;
        let spread = several || group.spreads();
        let rank = |engine: &Engine<'a>, fit: &Assessment| self.rank(engine, fit.bucket(), fit.misfit, spread);
        let (mine, other) = (rank(chosen, &choice.assessment), rank(second, &assessment));
        let close = mine.bucket == other.bucket && (mine.cost - other.cost).abs() <= CLOSE;
        Some((second, close))
    }
}
