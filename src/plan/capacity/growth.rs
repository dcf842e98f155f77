//! How long it takes until the disk is full, at the growth that the file states.

use catalog::units::{Bytes, Span};

use super::Resource;
use super::dataset::Dataset;
use super::storage::needed_on_disk;
use crate::plan::PlanError;
use crate::plan::draft::Draft;
use crate::size::{Reckoner, Stored};

/// Beyond so many days nobody plans.
const HORIZON: u64 = 36_500;

/// The whole days after which the data takes more than the disk has. Nothing where that is an assumption, where the data
/// takes more already, or where it never comes to that.
pub(in crate::plan) fn full_in(
    drafts: &[Draft<'_>],
    disk: &Resource,
    reckoner: &Reckoner,
) -> Result<Option<Span>, PlanError> {
    let grows = |draft: &&Draft<'_>| draft.datasets.iter().any(|dataset| dataset.growth.is_some());
    let (growing, constant): (Vec<_>, Vec<_>) = drafts.iter().partition(grows);
    if disk.assumed || growing.is_empty() || disk.needed > disk.available {
        return Ok(None);
    }
    let left = disk.available.0.saturating_sub(taken(&constant, Span(0), reckoner)?.0);
    let is_full = |days| Ok::<_, PlanError>(taken(&growing, Span::days(days), reckoner)?.0 > left);
    if !is_full(HORIZON)? {
        return Ok(None);
    }
    let (mut low, mut high) = (0u64, HORIZON);
    while low < high {
        let middle = low.midpoint(high);
        if is_full(middle)? { high = middle } else { low = middle.saturating_add(1) }
    }
    Ok(Some(Span::days(low)))
}

/// What the data takes after a while.
fn taken(drafts: &[&Draft<'_>], span: Span, reckoner: &Reckoner) -> Result<Bytes, PlanError> {
    let mut sum = 0u64;
    for draft in drafts {
        let data = draft.datasets.iter().map(|dataset: &Dataset<'_>| dataset.after(span));
        let needed = needed_on_disk(draft, data.fold(Stored::default(), Stored::plus), reckoner)?;
        sum = sum.saturating_add(needed.0);
    }
    Ok(Bytes(sum))
}
