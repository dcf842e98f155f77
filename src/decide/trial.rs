//! Trials: what would be decided for a group if one of its members were otherwise, with everything else as it is.

use super::choose::{Choice, Why};
use super::consolidate::Surroundings;
use super::context::DecisionContext;
use super::group::Group;
use crate::requirements::{Change, Profile};

/// A member of a group as it is, to be held against what it would be.
#[derive(Clone, Copy)]
pub(super) struct Trial<'t, 'a, 'f, 'g> {
    pub(super) context: &'f DecisionContext<'a>,
    /// What stands around the group, without itself.
    pub(super) surroundings: &'t Surroundings<'a, 'f, 'g>,
    pub(super) group: &'t Group<'g>,
    /// The place of the member in the group.
    pub(super) member: usize,
    /// What is decided.
    pub(super) choice: &'t Choice<'a, 'f>,
}

impl<'a, 'f> Trial<'_, 'a, 'f, '_> {
    /// What the member says.
    pub(super) fn profile(&self) -> Option<&Profile> {
        self.group.members.get(self.member).map(|member| &member.profile)
    }

    /// What would be decided after a change.
    pub(super) fn after(&self, change: Change) -> Option<Choice<'a, 'f>> {
        let group = self.group.with(self.member, change);
        let choice = self.context.choose(&group)?;
        Some(self.surroundings.consolidate(choice, &group))
    }

    /// What would be decided after a change, where that is another answer or makes an earlier one worse than it.
    pub(super) fn turn(&self, change: Change) -> Option<Choice<'a, 'f>> {
        let then = self.after(change)?;
        let turns = match self.choice.why {
            Why::Held => self.is_held_against(&then, change),
            _ => then.candidate != self.choice.candidate,
        };
        turns.then_some(then)
    }

    /// Whether what is held from earlier would do worse after a change than what would be decided then.
    fn is_held_against(&self, then: &Choice<'a, 'f>, change: Change) -> bool {
        let held = self.context.assess(&self.choice.candidate, &self.group.with(self.member, change), false);
        !held.is_bearable && held.bucket() > then.assessment.bucket()
    }

    /// Whether a change turns the answer.
    pub(super) fn turns(&self, change: Change) -> bool {
        self.turn(change).is_some()
    }
}
