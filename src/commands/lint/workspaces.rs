//! The catalogs and configurations of many folders, each read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Result;

use crate::commands::error::InputError;
use crate::commands::input::World;
use crate::diagnostic::Faults;
use crate::lint::rules::invalid_config;
use crate::lint::{Finding, IDS, Levels, unreadable};
use crate::source::Source;

/// What the files under a polyglot.toml are checked with. There are few, and each stays for as long as the program runs.
pub(super) struct LintContext {
    pub(super) world: World,
    pub(super) levels: Levels,
    /// The text of polyglot.toml.
    pub(super) source: Option<Arc<Source>>,
}

/// What the files of each folder are checked with, by their polyglot.toml.
#[derive(Default)]
pub(super) struct WorkspaceCache {
    /// The polyglot.toml of each folder that was asked for.
    configs: Mutex<BTreeMap<PathBuf, Option<PathBuf>>>,
    contexts: Mutex<BTreeMap<Option<PathBuf>, Arc<OnceLock<Made>>>>,
}

enum Made {
    Good(&'static LintContext),
    /// polyglot.toml, or what it names, cannot be used: the files under it are not checked.
    Broken(Box<Faults>),
    Failed(Arc<str>),
}

impl WorkspaceCache {
    /// What the files of a folder are checked with; nothing where its polyglot.toml cannot be used.
    pub(super) fn of(&self, folder: &Path) -> Result<Option<&'static LintContext>> {
        let config = self.config(folder);
        let slot = Arc::clone(self.lock_contexts().entry(config.clone()).or_default());
        match slot.get_or_init(|| made(config.as_deref())) {
            Made::Good(context) => Ok(Some(context)),
            Made::Broken(_) => Ok(None),
            Made::Failed(why) => Err(anyhow::anyhow!("{why}")),
        }
    }

    fn config(&self, folder: &Path) -> Option<PathBuf> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        configs.entry(folder.to_owned()).or_insert_with(|| World::config_above(folder)).clone()
    }

    fn lock_contexts(&self) -> std::sync::MutexGuard<'_, BTreeMap<Option<PathBuf>, Arc<OnceLock<Made>>>> {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is wrong with the configurations that cannot be used.
    pub(super) fn broken(&self) -> Vec<Finding> {
        let contexts = self.lock_contexts();
        let made = contexts.values().filter_map(|slot| slot.get());
        let broken = made.filter_map(|made| if let Made::Broken(faults) = made { Some(faults) } else { None });
        broken.flat_map(|faults| unreadable(faults, &invalid_config::RULE)).collect()
    }
}

fn made(config: Option<&Path>) -> Made {
    let made = World::with_config(config).and_then(|(world, source)| {
        let levels = Levels::new(&world.config, source.as_ref(), &IDS).map_err(InputError::Faulty)?;
        Ok(LintContext { world, levels, source: source.map(Arc::new) })
    });
    match made {
        Ok(context) => Made::Good(Box::leak(Box::new(context))),
        Err(error) => match error.downcast::<InputError>() {
            Ok(InputError::Faulty(faults)) => Made::Broken(Box::new(faults)),
            Ok(other) => Made::Failed(other.to_string().into()),
            Err(other) => Made::Failed(format!("{other:#}").into()),
        },
    }
}
