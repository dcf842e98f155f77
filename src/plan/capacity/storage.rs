//! The disk that the data of the services needs.

use std::cmp::Reverse;
use std::sync::Arc;

use catalog::units::Bytes;

use super::dataset::Dataset;
use super::{Available, Line, Resource};
use crate::expression::Scope;
use crate::plan::PlanError;
use crate::plan::draft::Draft;
use crate::size::{Reckoner, Stored};

/// So many datasets are named in a line, the largest first.
const NAMED: usize = 3;
/// What databases without a rule of their own take.
const AS_IT_IS: &str = "data_size + raw";

impl Resource {
    /// The disk for the data of all services.
    pub(in crate::plan) fn disk(
        drafts: &[Draft<'_>],
        available: Available,
        reckoner: &Reckoner,
    ) -> Result<Self, PlanError> {
        let mut lines = Vec::new();
        for draft in drafts {
            let amounts = draft.datasets.iter().filter_map(|dataset| dataset.amount);
            let (needed, recommended) = on_disk(draft, amounts.fold(Stored::default(), Stored::plus), reckoner)?;
            if needed > Bytes(0) {
                lines.push(Line { instance: draft.instance.clone(), needed, recommended, why: why(&draft.datasets) });
            }
        }
        let sum = |of: fn(&Line) -> Bytes| Bytes(lines.iter().fold(0u64, |sum, line| sum.saturating_add(of(line).0)));
        let needed = sum(|line| line.needed);
        Ok(Self {
            needed,
            recommended: sum(|line| line.recommended),
            available: available.bytes,
            assumed: available.assumed,
            smallest: needed,
            lines,
        })
    }
}

/// What an amount of data takes on the disk of a service.
pub(super) fn needed_on_disk(draft: &Draft<'_>, data: Stored, reckoner: &Reckoner) -> Result<Bytes, PlanError> {
    let formula = draft.recipe.disk.as_ref().map_or(AS_IT_IS, |disk| disk.needed.as_str());
    Ok(Bytes(reckoner.amount(draft.database, "disk.needed", formula, &with_data(draft, data))?))
}

/// What it takes, and what it should find there.
fn on_disk(draft: &Draft<'_>, data: Stored, reckoner: &Reckoner) -> Result<(Bytes, Bytes), PlanError> {
    let needed = needed_on_disk(draft, data, reckoner)?;
    let Some(formula) = draft.recipe.disk.as_ref().and_then(|disk| disk.recommended.as_deref()) else {
        return Ok((needed, needed));
    };
    let scope = with_data(draft, data);
    scope.set("needed", needed.0);
    let recommended = reckoner.amount(draft.database, "disk.recommended", formula, &scope)?;
    Ok((needed, Bytes(recommended.max(needed.0))))
}

/// The names of a service with those of an amount of data.
fn with_data(draft: &Draft<'_>, data: Stored) -> Arc<Scope> {
    let scope = draft.scope.fork();
    scope.set("data_size", data.stated);
    scope.set("raw", data.raw());
    scope.set("appended", data.appended);
    scope
}

/// The datasets and what there is of each: `orders 1.5TB, events 8.2TB of records`.
fn why(datasets: &[Dataset<'_>]) -> String {
    let mut sized: Vec<(&str, Stored)> = datasets.iter().filter_map(|one| Some((one.name, one.amount?))).collect();
    sized.sort_by_key(|(_, amount)| Reverse(amount.bytes()));
    let named = sized.iter().take(NAMED).map(|(name, amount)| {
        let plain = if amount.raw() > 0 { " of records" } else { "" };
        format!("{name} {}{plain}", Bytes(amount.bytes()).rounded())
    });
    let more = sized.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("{more} more"));
    named.chain(more).collect::<Vec<_>>().join(", ")
}
