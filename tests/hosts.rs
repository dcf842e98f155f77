//! The grid of hosts and demands that settings are reckoned on.

use catalog::units::{Bytes, Span};
use catalog::vocabulary::{Amount, Environment, Quantity, Storage, Workload};
use catalog::{Catalog, Database, Recipe, Version};

use polyglot::decide::Role;
use polyglot::plan::{Installation, Planned};
use polyglot::size::{Cores, Demand, Host, Reckoner};

pub(crate) const MB: u64 = 1 << 20;
pub(crate) const GB: u64 = 1 << 30;

pub(crate) fn host(memory: u64, cores: u64, storage: Storage, disk: u64) -> Host {
    Host {
        memory: Bytes(memory),
        cores: Cores::whole(cores),
        storage,
        disk: Bytes(disk),
        environment: Environment::Production,
    }
}

pub(crate) fn demand(workload: Workload, connections: u64, data_size: u64) -> Demand {
    let mut demand = Demand::default();
    demand.workload = workload;
    demand.set(Quantity::Connections, Amount(connections));
    demand.set(Quantity::DataSize, Amount(data_size));
    demand
}

/// Every seventh of the combinations, in a step that meets all of each.
pub(crate) fn grid() -> Vec<(Host, Demand)> {
    let mut all = Vec::new();
    for memory in [512 * MB, GB, 2 * GB, 6 * GB, 16 * GB, 48 * GB, 256 * GB, 4096 * GB] {
        for cores in [1, 2, 3, 6, 16, 64, 512] {
            for (storage, disk) in
                [Storage::Hdd, Storage::Ssd, Storage::San, Storage::Nvme].iter().zip([10, 100, 2048, 65_536])
            {
                for workload in Workload::ALL {
                    for (connections, size) in [(0, 0), (20, 100 * MB), (200, 20 * GB), (5_000, 3_000 * GB)] {
                        let mut demand = demand(*workload, connections, size);
                        demand.role = [Role::Record, Role::Cache, Role::Stream, Role::Derived][all.len() % 4];
                        demand.cdc = all.len() % 3 == 0;
                        demand.rpo = (all.len() % 5 == 0).then_some(Span(60_000_000));
                        demand.set(Quantity::Vectors, Amount(connections * 1_000));
                        demand.set(Quantity::Dimension, Amount(if connections == 0 { 0 } else { 768 }));
                        demand.set(Quantity::Retention, Amount([0, 86_400_000_000, u64::MAX][all.len() % 3]));
                        all.push((host(memory, cores, *storage, disk * GB), demand));
                    }
                }
            }
        }
    }
    all.into_iter().step_by(7).collect()
}

/// The databases that run in a container, with their recipes.
pub(crate) fn databases(catalog: &Catalog) -> Vec<(&Database, &Recipe)> {
    let recipes = catalog.databases().filter_map(|database| {
        let recipe = catalog.recipe(&database.id)?;
        recipe.container.as_ref().map(|_| (database, recipe))
    });
    recipes.collect()
}

pub(crate) fn settings(
    database: &Database,
    version: &Version,
    recipe: &Recipe,
    host: Host,
    demand: &Demand,
) -> Vec<(String, String)> {
    let planned = Planned::alone(Installation { database, version, recipe }, &Reckoner::default(), host, demand);
    let planned = planned.unwrap_or_else(|error| panic!("{} {} on {host:?}: {error}", database.id, version.major));
    planned.settings.iter().map(|setting| (setting.row.name.to_string(), setting.shown())).collect()
}
