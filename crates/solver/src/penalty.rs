//! A toll on counted facilities, where there may only be so many: what each costs besides, and the whole gets back for
//! as many as there may be. Whatever the toll, the bound holds; the right one makes it worth using no more than that.

use crate::bits::count;
use crate::bound::Exhausted;
use crate::forest::FAR;
use crate::node::{Node, Way};
use crate::search::Search;

/// How many tolls are tried.
const TRIALS: usize = 12;

impl Search<'_> {
    /// Doubles the toll of the root while that makes its bound better, then halves the steps while that does, and keeps
    /// the toll of the best bound: over the tolls it rises, and then it falls.
    pub(crate) fn find_toll(&mut self, node: &mut Node, relaxed: &[Way]) -> Result<(), Exhausted> {
        let Some(most) = self.model.problem.most else { return Ok(()) };
        let mut low = node.clone();
        let mut over = self.counted(node, relaxed).saturating_sub(most);
        let mut high: Option<u64> = None;
        for _ in 0..TRIALS {
            let more = high.map_or_else(|| self.step(&low, over), |high| high.saturating_sub(low.toll) / 2);
            if over == 0 || more == 0 || node.bound >= self.limit() || is_too_much(low.toll, more, most) {
                break;
            }
            let mut trial = low.clone();
            trial.charge(self.model, more);
            self.settle(&mut trial)?;
            let relaxed = self.forest.relaxed(self.model, &trial);
            self.try_out(&trial, &relaxed, false);
            let better = trial.bound > node.bound;
            if better {
                node.clone_from(&trial);
            } else if high.is_some() {
                break;
            }
            match self.counted(&trial, &relaxed).saturating_sub(most) {
                still if better && still > 0 => (low, over) = (trial, still),
                _ => high = Some(trial.toll),
            }
        }
        // The messages are those of the last trial.
        self.settle(node)
    }

    /// By how much to raise a toll: the first time as if each facility too many took as much of the gap, but by no more
    /// than a facility costs.
    fn step(&self, node: &Node, over: usize) -> u64 {
        if node.toll > 0 {
            return node.toll;
        }
        let gap = self.limit().saturating_sub(node.bound);
        let share = u64::try_from(over).ok().and_then(|over| gap.checked_div(over)).unwrap_or(gap);
        share.min(self.model.weights.iter().copied().max().unwrap_or(0))
    }

    /// How many counted facilities the bound of a node uses.
    fn counted(&self, node: &Node, relaxed: &[Way]) -> usize {
        count(relaxed.iter().fold(node.open, |mask, way| mask | way.needs) & self.model.counted)
    }
}

/// Whether what the whole gets back of a raised toll would leave no room to reckon with.
fn is_too_much(toll: u64, more: u64, most: usize) -> bool {
    let back = u64::try_from(most).ok().and_then(|most| toll.checked_add(more)?.checked_mul(most));
    back.is_none_or(|back| back >= FAR)
}
