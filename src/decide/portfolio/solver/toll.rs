//! A toll on counted facilities, where there may only be so many: what each costs besides, and the whole gets back for
//! as many as there may be. Whatever the toll, the bound holds; the right one makes it worth using no more than that.

use super::bits::count;
use super::bound::Exhausted;
use super::node::{Node, Way};
use super::search::Search;

/// How many tolls are tried.
const TRIALS: usize = 12;

impl Search<'_> {
    /// Doubles the toll of the root while that makes its bound better, then halves the steps, and keeps the toll of the
    /// best bound. The bound is a concave function of the toll.
    pub(super) fn find_toll(&mut self, node: &mut Node) -> Result<(), Exhausted> {
        let Some(most) = self.model.problem.most else { return Ok(()) };
        let mut low = node.clone();
        let mut high: Option<u64> = None;
        for _ in 0..TRIALS {
            let over = self.counted(&low).saturating_sub(most);
            if over == 0 || node.bound >= self.limit() {
                break;
            }
            let more = high.map_or_else(|| self.step(&low, over), |high| high.saturating_sub(low.toll) / 2);
            if more == 0 {
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
            if better && self.counted(&trial) > most {
                low = trial;
            } else {
                high = Some(trial.toll);
            }
        }
        Ok(())
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
    fn counted(&self, node: &Node) -> usize {
        let needs = |mask: u128, way: &Way| mask | way.needs;
        count(self.forest.relaxed(self.model, node).iter().fold(node.open, needs) & self.model.counted)
    }
}
