//! Assessing: every need of a group against how an engine serves it, every stated quantity against where it ends.

use catalog::Level;
use catalog::vocabulary::{Amount, Facts, Need, Quantity};

use super::candidate::Candidate;
use super::check::{Check, Figure, Ground, Verdict, What};
use super::context::{Asked, DecisionContext};
use super::engine::{End, Engine, Limit};
use super::group::{Group, Member};
use crate::requirements::Profile;

/// How well a candidate fits a group.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Assessment {
    /// The worst of the checks.
    pub(super) verdict: Verdict,
    /// Whether a need or a stated role is not served at all.
    pub(super) is_vetoed: bool,
    /// Whether an expert would put up with each of the checks.
    pub(super) is_bearable: bool,
    /// How far the worst is from where strain begins, 0, to where the database ends, 1.
    pub(super) position: f64,
    /// By how many factors of two all that exceeds is past the end, together.
    pub(super) over: f64,
    /// What it costs that needs are served less than natively, in yearly cares of one `PostgreSQL`.
    pub(super) misfit: f64,
}

/// How badly something fits, in steps that count as equal: what is bearable, the thirds of the way to the end, factors of
/// two past it, and what nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bucket {
    Bearable,
    Third(u8),
    Doublings(u32),
    Unproven,
}

impl Assessment {
    /// Takes in a check: one that fits changes nothing.
    fn take(&mut self, check: &Check<'_>) {
        if check.verdict == Verdict::Fits {
            return;
        }
        self.verdict = self.verdict.max(check.verdict);
        self.is_bearable &= check.is_bearable();
        self.position = self.position.max(check.position());
        if let (Verdict::Exceeds, Some((_, figure))) = (check.verdict, check.figure()) {
            self.over += figure.past_the_end().log2();
        }
    }

    pub(super) fn bucket(&self) -> Bucket {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative; saturates")]
        match self.verdict {
            _ if self.is_bearable => Bucket::Bearable,
            Verdict::Fits | Verdict::Strained => Bucket::Third(((self.position * 3.0).floor() as u8).min(2)),
            Verdict::Exceeds => Bucket::Doublings(self.over.floor() as u32),
            Verdict::Unproven => Bucket::Unproven,
        }
    }
}

impl<'a> DecisionContext<'a> {
    /// How well a candidate fits a group, on one node or, where the group or the caller says so, on several.
    pub(super) fn assess(
        &self,
        candidate: &Candidate<'a, '_>,
        group: &Group<'_>,
        on_several_nodes: bool,
    ) -> Assessment {
        let mut all =
            Assessment { is_bearable: true, misfit: self.misfit(candidate, group.needs), ..Assessment::default() };
        all.is_vetoed = !candidate.refused(group.needs.without(Need::DurabilityCache.into())).is_empty();
        self.each_check(candidate, group, on_several_nodes, |check| all.take(&check));
        all
    }

    /// The same where little is asked for of one need, so that it does not strain although it is served badly.
    pub(super) fn assess_little(&self, candidate: &Candidate<'a, '_>, group: &Group<'_>, little: Need) -> Assessment {
        let mut all =
            Assessment { is_bearable: true, misfit: self.misfit(candidate, group.needs), ..Assessment::default() };
        all.is_vetoed = !candidate.refused(group.needs.without(Need::DurabilityCache.into())).is_empty();
        self.each_check(candidate, group, false, |check| {
            if !matches!(check.what, What::Need(need, _) if need == little && check.verdict == Verdict::Strained) {
                all.take(&check);
            }
        });
        all
    }

    /// What it costs that needs are served less than natively.
    pub(super) fn misfit(&self, candidate: &Candidate<'a, '_>, needs: Facts) -> f64 {
        needs.needs().map(|need| self.misfit_of(candidate, need)).sum()
    }

    fn misfit_of(&self, candidate: &Candidate<'a, '_>, need: Need) -> f64 {
        match candidate.serving(need).map(|engine| engine.level(need)) {
            Some(Level::Adequate) => self.weights().adequate.get(),
            Some(Level::Strained) => self.weights().strained.get(),
            Some(Level::No) if need == Need::DurabilityCache => self.weights().strained.get(),
            Some(Level::Native | Level::No) | None => 0.0,
        }
    }

    /// Visits every check of a candidate: each need, each figure of each member, and the sums.
    pub(super) fn each_check(
        &self,
        candidate: &Candidate<'a, '_>,
        group: &Group<'_>,
        on_several_nodes: bool,
        mut visit: impl FnMut(Check<'a>),
    ) {
        each_need(candidate, group.needs, &mut visit);
        let on_several_nodes = on_several_nodes || group.spreads();
        for member in &group.members {
            self.each_figure(candidate, member, on_several_nodes, &mut visit);
        }
        self.each_sum(candidate, group, on_several_nodes, visit);
    }

    /// Every check of a candidate that concerns one member: how its engines stand, what the group needs, the member's own
    /// figures, and the sums.
    pub(super) fn checks_of(
        &self,
        candidate: &Candidate<'a, '_>,
        group: &Group<'_>,
        member: &Member<'_>,
    ) -> Vec<Check<'a>> {
        let mut checks: Vec<_> = candidate.engines.iter().filter_map(|engine| engine.standing_check()).collect();
        let spreads = group.spreads();
        each_need(candidate, member.profile.needs(), |check| checks.push(check));
        self.each_figure(candidate, member, spreads, |check| checks.push(check));
        self.each_sum(candidate, group, spreads, |check| checks.push(check));
        checks
    }

    /// Visits the checks of a member's figures.
    fn each_figure(
        &self,
        candidate: &Candidate<'a, '_>,
        member: &Member<'_>,
        on_several_nodes: bool,
        mut visit: impl FnMut(Check<'a>),
    ) {
        for engine in &candidate.engines {
            let asked = Asked {
                facts: candidate.facts(engine, member.facts),
                dimension: member.profile.mean_dimension(),
                on_several_nodes,
            };
            for (quantity, value) in member.counted.iter().filter(|(of, _)| candidate.is_carried_by(*of, engine)) {
                visit(self.compare(engine, *quantity, *value, asked));
            }
        }
    }

    /// Visits the checks of sums: of all that must stand together, against what holds for any use.
    fn each_sum(
        &self,
        candidate: &Candidate<'a, '_>,
        group: &Group<'_>,
        on_several_nodes: bool,
        mut visit: impl FnMut(Check<'a>),
    ) {
        if group.members.len() < 2 {
            return;
        }
        for engine in &candidate.engines {
            let asked = Asked { facts: engine.facts(Facts::NONE), dimension: None, on_several_nodes };
            for quantity in Quantity::ALL.iter().copied().filter(|quantity| quantity.adds_up()) {
                let Some(value) = group.sum(quantity) else { continue };
                let mut check = self.compare(engine, quantity, value, asked);
                if let What::Bound(_, figure) = &mut check.what {
                    figure.is_sum = true;
                    visit(check);
                }
            }
        }
    }

    /// How well a database fits a kind of data alone; nothing where the catalog does not know it.
    pub fn verdict_of(&self, id: &str, profile: &Profile) -> Option<Verdict> {
        let candidate = Candidate::single(self.engine_of(id)?);
        Some(self.assess(&candidate, &Group::of_profile(profile.clone()), false).verdict)
    }

    fn ground(&self, end: &End<'_>) -> Ground {
        match end.is_held_in_memory() {
            _ if end.on_several_nodes => Ground::SeveralNodes,
            true if self.memory.is_assumed => Ground::AssumedMemory,
            true => Ground::Memory,
            false => Ground::Node,
        }
    }

    /// Holds an amount against where an engine ends.
    pub(super) fn compare(&self, engine: &Engine<'a>, quantity: Quantity, value: Amount, asked: Asked) -> Check<'a> {
        let database = engine.database;
        match self.limit(engine, quantity, asked) {
            Limit::Unknown => Check { database, what: What::Unproven(quantity, value), verdict: Verdict::Unproven },
            Limit::Unbounded(row) => Check { database, what: What::Unbounded(row, value), verdict: Verdict::Fits },
            Limit::Ends(end) => {
                let figure = Figure {
                    value,
                    strained: end.strained,
                    exceeds: end.exceeds,
                    shrinks: quantity.is_harder_when_smaller(),
                    ground: self.ground(&end),
                    is_sum: false,
                };
                Check { database, what: What::Bound(end.row, figure), verdict: figure.verdict() }
            }
        }
    }
}

fn each_need<'a>(candidate: &Candidate<'a, '_>, needs: Facts, visit: impl FnMut(Check<'a>)) {
    let checks = needs.needs().filter_map(|need| need_check(candidate.serving(need)?, need));
    checks.for_each(visit);
}

/// How an engine serves a need. A cache permits loss, which any database can live with: that it does not drop what is old by
/// itself is work, and no veto.
fn need_check<'a>(engine: &Engine<'a>, need: Need) -> Option<Check<'a>> {
    let verdict = match engine.level(need) {
        _ if need == Need::DurabilityCache => Verdict::Fits,
        Level::Native | Level::Adequate => Verdict::Fits,
        Level::Strained => Verdict::Strained,
        Level::No => Verdict::Exceeds,
    };
    Some(Check { database: engine.database, what: What::Need(need, engine.service(need)?), verdict })
}

/// Who is asked what of a member: for whoever looks for the bound of one quantity.
impl Member<'_> {
    pub(super) fn asked(&self, engine: &Engine<'_>, on_several_nodes: bool) -> Asked {
        Asked { facts: engine.facts(self.facts), dimension: self.profile.mean_dimension(), on_several_nodes }
    }
}
