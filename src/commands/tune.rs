//! `polyglot tune`: the settings of one database alone.

use std::path::Path;

use anyhow::{Result, bail};
use catalog::units::Bytes;
use catalog::vocabulary::{Amount, Quantity};
use catalog::{Database, DatabaseRef, Hosting, Version};

use super::Outcome;
use super::input::World;
use super::terminal::Terminal;
use crate::cli::Tune;
use crate::diagnostic::suggestion;
use crate::plan::{Installation, Planned};
use crate::render::Kitchen;
use crate::report::tune::{TuneFormat, text};
use crate::requirements::default;
use crate::size::{Demand, Host, detect};

pub(super) fn run(arguments: &Tune, terminal: &Terminal) -> Result<Outcome> {
    let catalog = World::around(Path::new("."))?.catalog;
    let DatabaseRef { id, version: wanted } = DatabaseRef::parse(&arguments.database);
    let Some(database) = catalog.find(id) else {
        bail!("there is no database `{id}` in the catalog; {}", suggestion(id, catalog.ids()));
    };
    let Some(recipe) = catalog.recipe(&database.id).filter(|recipe| recipe.container.is_some()) else {
        let name = &database.name;
        match database.hosting {
            Hosting::Managed => bail!("{name} is run by its vendor: there is nothing to tune"),
            Hosting::Embedded => bail!("{name} runs inside the application: there is no server to tune"),
            Hosting::Container => bail!("the catalog has no settings for {name}"),
        }
    };
    let wanted = match (wanted, arguments.db_version.as_deref()) {
        (Some(one), Some(other)) if one != other => {
            bail!("`{}` and `--db-version {other}` name different versions", arguments.database)
        }
        (one, other) => other.or(one),
    };
    let version = version(database, wanted)?;
    let host = host(arguments, terminal)?;
    let kitchen = Kitchen::default();
    let planned =
        Planned::alone(Installation { database, version, recipe }, &kitchen.reckoner, host, &demand(arguments))?;
    let format = if arguments.explain { TuneFormat::Table } else { arguments.format };
    let tuned = text(&planned, &kitchen, format, arguments.explain, terminal.look())?;
    tuned.notes.iter().for_each(|note| terminal.message(note));
    terminal.result(&tuned.text)?;
    Ok(Outcome::Done)
}

fn version<'a>(database: &'a Database, wanted: Option<&str>) -> Result<&'a Version> {
    let known = || database.versions.iter().map(|version| version.major.as_str());
    match wanted {
        Some(wanted) => match database.version(wanted) {
            Some(version) => Ok(version),
            None => bail!(
                "the catalog does not offer {} {wanted}; it offers {}",
                database.name,
                known().collect::<Vec<_>>().join(", ")
            ),
        },
        None => match database.default_version() {
            Some(version) => Ok(version),
            None => bail!("the catalog knows no version of {}", database.name),
        },
    }
}

/// The host: as the flags say it, else as this machine is found to be.
fn host(arguments: &Tune, terminal: &Terminal) -> Result<Host> {
    const LEAST: Bytes = Bytes(64 << 20);
    let found = (arguments.memory.is_none() || arguments.cpus.is_none()).then(detect);
    let memory = match (arguments.memory, found.as_ref().and_then(|found| found.memory)) {
        (Some(memory), _) => memory,
        (None, Some((memory, how))) => {
            terminal.message(&format!("found {} of memory by {how}; `--memory` says otherwise", memory.rounded()));
            memory
        }
        (None, None) => bail!("this system does not say how much memory it has: use `--memory`"),
    };
    if memory < LEAST {
        bail!("{memory} is too little memory for a database: at least {LEAST}");
    }
    let cores = match (arguments.cpus, found.and_then(|found| found.cores)) {
        (Some(cores), _) => cores,
        (None, Some(cores)) => {
            terminal.message(&format!("found {cores} cores; `--cpus` says otherwise"));
            cores
        }
        (None, None) => bail!("this system does not say how many cores it has: use `--cpus`"),
    };
    Ok(Host {
        memory,
        cores,
        storage: arguments.storage.unwrap_or(default::STORAGE),
        disk: arguments.disk.unwrap_or(default::DISK),
        environment: default::ENVIRONMENT,
    })
}

fn demand(arguments: &Tune) -> Demand {
    let mut demand = Demand::default();
    demand.workload = arguments.workload.unwrap_or(demand.workload);
    if let Some(connections) = arguments.connections {
        demand.set(Quantity::Connections, Amount(connections.0));
    }
    if let Some(Bytes(size)) = arguments.data_size {
        demand.set(Quantity::DataSize, Amount(size));
    }
    demand
}
