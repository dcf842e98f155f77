//! Finding and reading files: the requirements, polyglot.toml above them, and the catalog that it adds to.

use std::io::{self, IsTerminal};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use catalog::units::Bytes;
use catalog::{Catalog, Weights};

use super::error::InputError;
use super::extra;
use super::terminal::Terminal;
use super::text::{MAX_SIZE, decode, source_in};
use crate::cli::Input;
use crate::config::{self, Config};
use crate::decide::{Knowledge, Tree};
use crate::diagnostic::{Diagnostic, Faults};
use crate::files::{self, FileError, Folder, PathText};
use crate::requirements::{Assignment, FILE_NAMES, Requirements};
use crate::source::Source;
use crate::yaml::Budget;

/// How many values a file of the usual size may hold.
const MAX_VALUES: usize = 400_000;

/// Everything that a command works on.
pub(super) struct World {
    /// The databases.
    pub(super) catalog: Catalog,
    /// The decision tree.
    pub(super) tree: Tree,
    /// What the organisation shares.
    pub(super) config: Config,
    /// What things cost, as we and the organisation say.
    pub(super) weights: Weights,
    /// The folder of polyglot.toml, which its paths are relative to.
    pub(super) home: PathBuf,
}

impl World {
    /// The catalog and the tree, with what the polyglot.toml of a folder or of one above it adds.
    pub(super) fn around(folder: &Path) -> Result<Self> {
        Ok(Self::with_config(above(folder).as_deref())?.0)
    }

    /// The polyglot.toml of a folder or of the nearest one above it.
    pub(super) fn config_above(folder: &Path) -> Option<PathBuf> {
        above(folder)
    }

    /// The catalog and the tree, with what a polyglot.toml adds, and its text.
    pub(super) fn with_config(path: Option<&Path>) -> Result<(Self, Option<Source>)> {
        let mut catalog = crate::embedded::catalog();
        let Some(path) = path else {
            let tree = Tree::embedded(&catalog)?;
            let weights = crate::embedded::weights();
            return Ok((Self { catalog, tree, config: Config::default(), weights, home: PathBuf::new() }, None));
        };
        let home = path.parent().unwrap_or(Path::new(""));
        let folder = Folder::open(home).with_context(|| format!("cannot open {}", files::or_here(home).shown()))?;
        let source = source_in(&folder, Path::new(config::FILE))?;
        let config = Config::parse(&source).map_err(InputError::Faulty)?;
        for path in &config.catalog.extra {
            extra::add(&mut catalog, &folder, path.get_ref()).map_err(|error| {
                match error.downcast::<InputError>() {
                    Ok(faulty) => faulty.into(),
                    Err(error) => error.context(format!("`[catalog] extra` in {}", source.name)),
                }
            })?;
        }
        config.check(&source, &catalog).map_err(InputError::Faulty)?;
        let tree = match &config.catalog.tree {
            None => Tree::embedded(&catalog)?,
            Some(tree) => own_tree(&folder, tree.get_ref(), &catalog)?,
        };
        let home = home.to_owned();
        let weights = crate::embedded::weights().with(&config.portfolio);
        Ok((Self { catalog, tree, config, weights, home }, Some(source)))
    }

    /// What decisions rest on besides the file.
    pub(super) fn knowledge(&self) -> Knowledge<'_> {
        Knowledge { catalog: &self.catalog, tree: &self.tree, policy: &self.config.policy, weights: &self.weights }
    }
}

impl World {
    /// The folder that polyglot.toml wants the stack in.
    pub(super) fn out(&self) -> Result<Option<PathBuf>> {
        let Some(out) = &self.config.render.out else { return Ok(None) };
        let context = || format!("`[render] out` in {}", self.home.join(config::FILE).shown());
        let home = Folder::open(&self.home).with_context(context)?;
        home.contain(out.get_ref()).with_context(context).map(Some)
    }
}

fn own_tree(home: &Folder, path: &Path, catalog: &Catalog) -> Result<Tree> {
    let source = source_in(home, path)?;
    let wrong = |diagnostic| InputError::Faulty(Faults::new(source.clone(), vec![diagnostic]));
    let file = toml::from_str(source.text.clone().leak()).map_err(|error| wrong(Diagnostic::from_toml(&error)))?;
    Ok(Tree::new(file, catalog).map_err(|error| wrong(Diagnostic::error(error.to_string())))?)
}

/// The polyglot.toml of a folder or of the nearest one above it.
fn above(folder: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(folder).ok()?;
    let found = absolute.ancestors().map(|folder| folder.join(config::FILE)).find(|path| is_there(path))?;
    let here = std::env::current_dir().ok();
    let shown = here.and_then(|here| found.strip_prefix(here).map(Path::to_owned).ok());
    Some(shown.unwrap_or(found))
}

/// A requirements file that was read.
pub(super) struct Given {
    /// What it says.
    pub(super) requirements: Requirements,
    /// What it is judged with. It stays until the program ends, and then nothing needs to be taken apart.
    pub(super) world: ManuallyDrop<World>,
    /// Where it lies; nowhere where it came through standard input.
    pub(super) path: Option<PathBuf>,
    /// Its text.
    source: Source,
    budget: Budget,
}

impl Given {
    /// What the file would say if some of its fields had other values.
    pub(super) fn with(&self, assignments: &[Assignment]) -> Result<Requirements> {
        let changed = Requirements::parse_with(&self.source, assignments, &self.world.catalog, self.budget);
        Ok(changed.map_err(InputError::Faulty)?)
    }
}

/// Reads the requirements file that the person names, or the one that is there.
pub(super) fn requirements(input: &Input, terminal: &Terminal) -> Result<Given> {
    let path = match &input.file {
        Some(path) => path.clone(),
        None => found_here().ok_or(InputError::Missing)?,
    };
    let limit = input.max_size.unwrap_or(MAX_SIZE);
    let is_piped = path == Path::new("-");
    let (source, folder) = if is_piped {
        if io::stdin().is_terminal() {
            terminal.message("reading the requirements from standard input; end with Ctrl-D");
        }
        (piped(limit)?, PathBuf::from("."))
    } else {
        let bytes = files::read(&path, limit).map_err(|error| match error {
            FileError::TooLarge(..) => InputError::TooLarge { name: path.shown(), limit }.into(),
            other => anyhow::Error::new(other),
        })?;
        (decode(path.shown(), bytes)?, folder_of(&path))
    };
    let world = World::around(&folder)?;
    let budget = budget(limit);
    let requirements = Requirements::parse(&source, &world.catalog, budget).map_err(InputError::Faulty)?;
    let world = ManuallyDrop::new(world);
    Ok(Given { requirements, world, path: (!is_piped).then_some(path), source, budget })
}

/// The folder that a file lies in; a bare name lies in this one.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The requirements file of this folder.
pub(super) fn found_here() -> Option<PathBuf> {
    FILE_NAMES.iter().map(PathBuf::from).find(|path| is_there(path))
}

/// Whether something stands there that may be meant for a file: what it is, reading it tells.
pub(super) fn is_there(path: &Path) -> bool {
    files::standing(path).is_some_and(|found| !found.is_dir())
}

/// As many values as the size allows: a larger limit on the size lifts that on the values in step.
pub(super) fn budget(limit: Bytes) -> Budget {
    let times = usize::try_from(limit.0.div_ceil(MAX_SIZE.0)).unwrap_or(usize::MAX);
    Budget { values: MAX_VALUES.saturating_mul(times.max(1)) }
}

/// The text that comes through standard input.
fn piped(limit: Bytes) -> Result<Source> {
    let name = String::from("<stdin>");
    let bytes = files::read_to(io::stdin().lock(), limit).context("cannot read <stdin>")?;
    let bytes = bytes.ok_or_else(|| InputError::TooLarge { name: name.clone(), limit })?;
    Ok(decode(name, bytes)?)
}
