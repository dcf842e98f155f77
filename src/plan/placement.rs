//! The placement: the services of a selection on a host, what each gets of its memory, and the one capacity of them all.

use std::collections::{BTreeMap, BTreeSet};

use catalog::Catalog;
use catalog::Hosting;
use catalog::units::Bytes;

use super::capacity::{Available, Capacity, Resource, full_in};
use super::draft::{self, Draft};
use super::planned::{PlanError, PlannedJob};
use crate::decide::Selection;
use crate::requirements::Requirements;
use crate::size::{Claim, Host, Reckoner, Shares, TooSmall, share};

/// The services on a host.
pub(super) struct Placement<'a> {
    /// The host; where the file does not say how large it is, at least as large as it has to be.
    pub(super) host: Host,
    pub(super) drafts: Vec<Draft<'a>>,
    /// What stands beside each service.
    pub(super) jobs: Vec<Vec<PlannedJob<'a>>>,
    /// What each service gets, and each one beside it.
    shares: Result<Shares, TooSmall>,
    pub(super) capacity: Capacity,
}

impl<'a> Placement<'a> {
    pub(super) fn new(
        requirements: &'a Requirements,
        selection: &Selection<'a>,
        catalog: &'a Catalog,
        reckoner: &Reckoner,
        host: Host,
    ) -> Result<Self, PlanError> {
        let target = &requirements.target;
        let mut drafts = draft::drafts(requirements, selection, catalog, host);
        let disk = Available { bytes: host.disk, assumed: target.disk.is_none() };
        let disk = Resource::disk(&drafts, disk, reckoner)?;
        let has = Available { bytes: host.memory, assumed: target.memory.is_none() };
        let Shared { memory, jobs, shares } =
            shared(&mut drafts, Host { disk: disk.planned(), ..host }, has, reckoner)?;
        let host = Host { memory: memory.planned(), disk: disk.planned(), ..host };
        for draft in &drafts {
            host.name(&draft.scope);
        }
        let full_in = full_in(&drafts, &disk, reckoner)?;
        let mut capacity = Capacity { memory, disk, full_in, not_counted: not_counted(&drafts) };
        capacity.add_elsewhere(&elsewhere(selection, &drafts));
        Ok(Self { host, drafts, jobs, shares, capacity })
    }

    /// What the operating system keeps, and what each service gets, by name.
    pub(super) fn memory(&self) -> Result<(Bytes, BTreeMap<String, Bytes>), PlanError> {
        match &self.shares {
            Ok(Shares { system, services }) if self.capacity.is_enough() => {
                let memory = services.iter().map(|share| (share.name.clone(), share.memory));
                Ok((*system, memory.collect()))
            }
            _ => Err(PlanError::TooSmall(Box::new(self.capacity.clone()))),
        }
    }
}

/// The memory that is shared, and among whom.
struct Shared<'a> {
    memory: Resource,
    jobs: Vec<Vec<PlannedJob<'a>>>,
    shares: Result<Shares, TooSmall>,
}

/// Gives every service its share. A service whose clients its memory does not carry gets a pooler, which needs memory
/// itself: so the shares are made again until nobody needs a further one.
fn shared<'a>(
    drafts: &mut [Draft<'a>],
    host: Host,
    has: Available,
    reckoner: &Reckoner,
) -> Result<Shared<'a>, PlanError> {
    loop {
        let mut claims: Vec<Claim> = Vec::new();
        let mut jobs = Vec::new();
        let mut poolers = 0u64;
        for draft in &*drafts {
            let claim = draft.claim(reckoner)?;
            poolers = poolers.saturating_add(draft.missing_pooler(Bytes(claim.floor()), reckoner)?);
            claims.push(claim);
            let mine = draft.jobs(reckoner)?;
            claims.extend(mine.iter().map(|job| job.claim(&draft.instance)));
            jobs.push(mine);
        }
        let memory = Resource::memory(&claims, has, host.environment).with_poolers(poolers);
        let shares = share(memory.planned(), host.environment, &claims);
        let is_done = match &shares {
            Ok(shares) => !add_poolers(drafts, shares, reckoner)?,
            Err(TooSmall) => true,
        };
        if is_done {
            return Ok(Shared { memory, jobs, shares });
        }
    }
}

/// Puts a pooler before each service that needs one now; whether there was any.
fn add_poolers(drafts: &mut [Draft<'_>], shares: &Shares, reckoner: &Reckoner) -> Result<bool, PlanError> {
    let memory: BTreeMap<&str, Bytes> =
        shares.services.iter().map(|share| (share.name.as_str(), share.memory)).collect();
    let mut is_added = false;
    for draft in drafts {
        let share = memory.get(draft.instance.as_str()).copied().unwrap_or(Bytes(0));
        if !draft.pooled && draft.needs_pooler(share, reckoner)? {
            (draft.pooled, is_added) = (true, true);
            draft.scope.set("pooled", true);
        }
    }
    Ok(is_added)
}

/// The size of each dataset on the host of which the file says too little.
fn not_counted(drafts: &[Draft<'_>]) -> Vec<String> {
    let datasets = drafts.iter().flat_map(|draft| &draft.datasets).filter(|dataset| dataset.is_unknown());
    let mut seen = BTreeSet::new();
    datasets.filter(|dataset| seen.insert(dataset.name)).map(|dataset| format!("{}.data_size", dataset.name)).collect()
}

/// The services that a vendor or somebody else runs. What is inside the application is on no host of ours.
fn elsewhere(selection: &Selection<'_>, drafts: &[Draft<'_>]) -> Vec<String> {
    let here: BTreeSet<&str> = drafts.iter().map(|draft| draft.instance.as_str()).collect();
    let services = selection.services.iter().filter(|service| service.database.hosting != Hosting::Embedded);
    services.map(|service| service.instance.to_string()).filter(|name| !here.contains(name.as_str())).collect()
}
