//! The lock beside a requirements file: reading, writing, and saying how it differs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use catalog::{Catalog, Date};

use super::Outcome;
use super::error::InputError;
use super::input::Given;
use super::portfolio;
use super::terminal::Terminal;
use super::text;
use crate::decide::portfolio::Question;
use crate::decide::{DecisionContext, Depth, Held, HeldDatabase, Selection};
use crate::files::{self, PathText, Place};
use crate::lock::{Lock, LockError, Together, name_for};
use crate::plan::Plan;
use crate::report::lock::{self as report, Method};
use crate::size::{Host, Reckoner};

/// The lock of a file, where there is one.
#[derive(Default)]
pub(super) struct Found(Option<(PathBuf, Lock)>);

/// Where the lock of a requirements file lies.
pub(super) fn path_for(requirements: &Path) -> PathBuf {
    let name = requirements.file_name().unwrap_or_default().to_string_lossy();
    requirements.with_file_name(name_for(&name))
}

/// Reads the lock of a file. One that came through standard input has none.
pub(super) fn read(given: &Given) -> Result<Option<Found>> {
    let Some(path) = given.path.as_deref().map(path_for).filter(|path| files::standing(path).is_some()) else {
        return Ok(None);
    };
    let lock = parse(&path, &given.world.catalog)?;
    Ok(Some(Found(Some((path, lock)))))
}

fn parse(path: &Path, catalog: &Catalog) -> Result<Lock> {
    let source = text::source(path)?;
    Lock::parse(&source, catalog).map_err(|error| match error {
        LockError::Faulty(faults) => InputError::Faulty(faults).into(),
        newer @ LockError::Newer { .. } => newer.into(),
    })
}

/// Writes the lock of a file, and says what became of it.
pub(super) fn write(
    given: &Given,
    selection: &Selection<'_>,
    together: Option<Together>,
    date: Option<Date>,
) -> Result<String> {
    let Some(path) = given.path.as_deref().map(path_for) else {
        bail!("a lock lies beside its file, and standard input is none; name the file");
    };
    let older = read(given)?.and_then(|Found(found)| found).map(|(_, lock)| lock);
    let lock = Lock { portfolio: together, ..made(given, selection, older.as_ref(), date)? };
    let text = lock.text()?;
    let shown = path.shown();
    if older.is_some() && text::source(&path)?.text == text {
        return Ok(format!("{shown} is up to date"));
    }
    files::save(&path, &text, Place::FreeOrFile)?;
    Ok(format!("wrote {shown}"))
}

/// The lock that records a selection.
fn made(given: &Given, selection: &Selection<'_>, older: Option<&Lock>, date: Option<Date>) -> Result<Lock> {
    let Given { requirements, world, .. } = given;
    let host = Host::of(&requirements.target, None);
    let images = Plan::images(requirements, selection, &world.catalog, &Reckoner::default(), host)?;
    Ok(Lock::of(selection, &world.catalog, |instance| images.get(instance).cloned(), older, date))
}

/// Shows how the lock would change.
pub(super) fn show_difference(
    given: &Given,
    selection: &Selection<'_>,
    facts: &DecisionContext<'_>,
    together: Option<Together>,
    terminal: &Terminal,
) -> Result<Outcome> {
    if given.path.is_none() {
        bail!("a lock lies beside its file, and standard input is none; name the file");
    }
    let Found(found) = read(given)?.unwrap_or_default();
    let lock = found.as_ref().map(|(_, lock)| lock);
    let comparison = lock.cloned().unwrap_or_default().compare(selection, facts);
    let path = given.path.as_deref().map(path_for).unwrap_or_default();
    let method = match (lock.and_then(|lock| lock.portfolio), together) {
        (Some(_), None) => Method::NoLongerTogether,
        (None, Some(_)) => Method::NowTogether,
        (None, None) | (Some(_), Some(_)) => Method::Same,
    };
    terminal.result(&report::difference(&path.shown(), lock.is_some(), method, &comparison))?;
    Ok(if comparison.changed.is_empty() && lock.is_some() { Outcome::Done } else { Outcome::Found })
}

impl Found {
    /// How all kinds of data were decided together, where they were.
    pub(super) fn portfolio(&self) -> Option<Together> {
        self.0.as_ref().and_then(|(_, lock)| lock.portfolio)
    }

    /// Whether the file has moved on since the lock was written.
    pub(super) fn is_stale(&self, given: &Given) -> bool {
        self.0.as_ref().is_some_and(|(_, lock)| lock.stale(&given.requirements, &given.world.catalog))
    }

    /// Says what the file asks for now that the lock does not record.
    pub(super) fn refuse_stale<'a>(
        &self,
        given: &'a Given,
        context: &DecisionContext<'a>,
        terminal: &Terminal,
    ) -> Result<Outcome> {
        let Given { requirements, world, .. } = given;
        let Some(together) = self.portfolio() else {
            return Ok(self.refuse(&Selection::of(requirements, context, Depth::Answer), context, terminal));
        };
        let question = Question { requirements, most: together.max_databases };
        let portfolio = portfolio::portfolio(question, world, context)?;
        let selection = portfolio::selection(requirements, context, &portfolio, Depth::Answer);
        Ok(self.refuse(&selection, context, terminal))
    }

    /// Says what has changed since the lock was written.
    fn refuse(&self, selection: &Selection<'_>, facts: &DecisionContext<'_>, terminal: &Terminal) -> Outcome {
        if let Some((path, lock)) = &self.0 {
            let comparison = lock.compare(selection, facts);
            let path = path.shown();
            terminal.message(report::difference(&path, true, Method::Same, &comparison).trim_end());
            terminal.message(&format!("{path} is stale; accept the changes with `polyglot select --write`"));
        }
        Outcome::Found
    }

    /// Lets the databases run in the versions that are locked.
    pub(super) fn hold(&self, facts: &mut DecisionContext<'_>) -> Result<()> {
        let databases = self.0.iter().flat_map(|(_, lock)| lock.databases());
        facts
            .hold(databases)
            .map_err(|HeldDatabase { id, version, .. }| anyhow!("the catalog does not know {id} {version}"))
    }

    /// The answers that are locked.
    pub(super) fn held(&self) -> Held<'_> {
        self.0.as_ref().map(|(_, lock)| lock.held()).unwrap_or_default()
    }

    /// Lets each dataset rest on what was assumed when it was locked.
    pub(super) fn assume(&self, selection: &mut Selection<'_>) {
        let Some((_, lock)) = &self.0 else { return };
        for selected in &mut selection.kinds {
            if let Some(locked) = lock.data.get(selected.name) {
                selected.assumptions.clone_from(&locked.assumes);
            }
        }
    }

    /// The kinds of data that are locked, each with its day.
    pub(super) fn accepted(&self) -> BTreeMap<&str, Option<Date>> {
        let locked = self.0.iter().flat_map(|(_, lock)| &lock.data);
        locked.map(|(name, locked)| (name.as_str(), locked.date)).collect()
    }
}
