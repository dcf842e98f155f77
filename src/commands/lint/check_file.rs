//! One file: reading it with what is beside it, and checking it.

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use catalog::{Catalog, Date};

use super::workspaces::{LintContext, WorkspaceCache};
use crate::commands::certificates;
use crate::commands::error::InputError;
use crate::commands::input::{self, World};
use crate::commands::locked;
use crate::commands::page::{self, Decided};
use crate::commands::portfolio;
use crate::commands::records;
use crate::commands::render::FOLDER;
use crate::commands::text;
use crate::compose::Compose;
use crate::config;
use crate::decide::portfolio::Question;
use crate::decide::{DecisionContext, Depth, Selection};
use crate::diagnostic::{Diagnostic, Faults};
use crate::files::{self, FileError, Mode};
use crate::lint::rules::{invalid_compose, invalid_lock, invalid_requirements, unreadable_file};
use crate::lint::{
    ComposeFile, Differing, Found, FoundKind, Kind, Locked, Mounted, Outcome, Record, Rule, StackFolder, System,
    check_compose, check_system, is_compose, unreadable,
};
use crate::lock::{Lock, LockError};
use crate::plan::{Capacity, Plan};
use crate::render::record::{self, File, Front, number_of};
use crate::render::write::{self, Folder, State};
use crate::render::{Options, Stack, Wish};
use crate::requirements::{Profile, Requirements};
use crate::size::{Host, Reckoner};
use crate::source::{Place, Source};

/// What came of a file.
#[derive(Default)]
pub(super) struct FileOutcome {
    pub(super) outcome: Outcome,
    /// Whether something could not be read or used.
    pub(super) incomplete: bool,
}

impl FileOutcome {
    /// Whether there is anything to remember.
    pub(super) fn matters(&self) -> bool {
        self.incomplete || !self.outcome.findings.is_empty() || !self.outcome.suppressed.is_empty()
    }

    fn unreadable(faults: &Faults, rule: &'static Rule) -> Self {
        let findings = unreadable(faults, rule);
        Self { outcome: Outcome { findings, suppressed: Vec::new() }, incomplete: true }
    }
}

/// What files are looked at with.
#[derive(Clone, Copy)]
pub(super) struct Looking<'w> {
    pub(super) workspaces: &'w WorkspaceCache,
    /// The folders that were given, and those of the files that were.
    pub(super) roots: &'w [PathBuf],
    pub(super) today: Option<Date>,
}

/// What one thread looks at files with.
pub(super) struct FileChecker<'w> {
    looking: Looking<'w>,
    reckoner: Reckoner,
    /// The facts of the last file and its context: those of the next one are nearly the same.
    facts: RefCell<Option<(&'static LintContext, DecisionContext<'static>)>>,
}

impl<'w> FileChecker<'w> {
    pub(super) fn new(looking: Looking<'w>) -> Self {
        Self { looking, reckoner: Reckoner::default(), facts: RefCell::new(None) }
    }

    pub(super) fn check(&self, file: &Found) -> Result<FileOutcome> {
        let folder = input::folder_of(&file.path);
        let source = match read(&file.path) {
            Ok(source) => source,
            Err(outcome) => return Ok(outcome),
        };
        let Some(context) = self.looking.workspaces.of(&folder)? else {
            return Ok(FileOutcome { incomplete: true, ..FileOutcome::default() });
        };
        Ok(match file.kind {
            FoundKind::Requirements => self.requirements(&file.path, source, context),
            FoundKind::Compose => self.compose(&file.path, source, context),
        })
    }

    /// The facts for a file.
    fn facts(&self, context: &'static LintContext, file: &Requirements) -> DecisionContext<'static> {
        match self.facts.take().filter(|(last, _)| std::ptr::eq(*last, context)) {
            Some((_, facts)) => facts.renewed(file),
            None => DecisionContext::new(context.world.knowledge(), file),
        }
    }

    fn requirements(&self, path: &Path, source: Source, context: &'static LintContext) -> FileOutcome {
        let World { catalog, config, tree, .. } = &context.world;
        let requirements = match Requirements::parse(&source, catalog, input::budget(text::MAX_SIZE)) {
            Ok(requirements) => requirements,
            Err(faults) => return FileOutcome::unreadable(&faults, &invalid_requirements::RULE),
        };
        let lock_path = locked::path_for(path);
        let lock = match read_lock(&lock_path, catalog) {
            Ok(lock) => lock,
            Err(outcome) => return outcome,
        };
        let mut facts = self.facts(context, &requirements);
        let alone = Selection::of(&requirements, &facts, Depth::Choice);
        let together = lock.as_ref().and_then(|(_, lock)| lock.portfolio);
        // What is not proven may be another answer the next time, so it is not held against the lock.
        let portfolio = together.and_then(|together| {
            let portfolio = portfolio::portfolio(
                Question { requirements: &requirements, most: together.max_databases },
                &context.world,
                &facts,
            );
            portfolio.ok().filter(|portfolio| portfolio.gap.is_none())
        });
        let now = match (&portfolio, lock.as_ref().filter(|_| together.is_some())) {
            (Some(portfolio), _) => portfolio::selection(&requirements, &facts, portfolio, Depth::Choice),
            (None, Some((_, lock))) => Selection::holding(&requirements, &facts, Depth::Choice, &lock.held()),
            (None, None) => alone,
        };
        let locked = lock.map(|(source, lock)| {
            let changed = lock.compare(&now, &facts).changed;
            Locked { source, lock, changed }
        });
        let holds = locked.as_ref().is_some_and(|locked| !locked.changed.iter().any(|one| one.difference.is_stale()));
        let held = locked.as_ref().filter(|_| holds).map(|Locked { lock, .. }| {
            // What the lock names was checked against the catalog when it was read.
            let _ = facts.hold(lock.databases());
            lock.held()
        });
        let selection = match &held {
            Some(held) => Selection::holding(&requirements, &facts, Depth::Choice, held),
            None => now,
        };
        let host = Host::of(&requirements.target, None);
        let capacity = Capacity::of(&requirements, &selection, catalog, &self.reckoner, host).ok();
        let kinds = selection.kinds.iter().map(|selected| Kind {
            name: selected.name,
            data: selected.data,
            profile: Profile::of(selected.data, catalog),
            selected,
        });
        let root = match stack_folder(path, context) {
            Ok(root) => root,
            Err(outcome) => return outcome,
        };
        let is_rendered = root.as_deref().is_some_and(|root| is_stack_of(root, requirements.name()));
        let stack = root.clone().filter(|_| is_rendered && capacity.as_ref().is_some_and(Capacity::is_enough));
        let held = held.unwrap_or_default();
        let most = together.and_then(|together| together.max_databases);
        let decided = Decided { requirements: &requirements, world: &context.world, facts: &facts, held: &held, most };
        let stack = stack.and_then(|root| self.stack(&root, decided, &selection));
        let newest = locked.as_ref().and_then(|locked| locked.lock.newest_date());
        let system = System {
            source: Arc::new(source),
            requirements: &requirements,
            catalog,
            config,
            config_source: context.source.clone(),
            tree,
            facts: &facts,
            selection: &selection,
            kinds: kinds.collect(),
            lock: locked.as_ref(),
            records: standing_records(path, root.as_deref()),
            capacity: capacity.as_ref(),
            is_rendered,
            today: self.looking.today.or(newest),
        };
        let outcome = check_system(&system, stack.as_ref(), &context.levels);
        self.facts.replace(Some((context, facts)));
        FileOutcome { outcome, incomplete: false }
    }

    /// How the folder differs from what would be rendered; nothing where it cannot be told.
    fn stack(&self, root: &Path, decided: Decided<'_, '_>, selection: &Selection<'_>) -> Option<StackFolder> {
        let Decided { requirements, world, .. } = decided;
        let host = Host::of(&requirements.target, None);
        let plan = Plan::of(requirements, selection, &world.catalog, &self.reckoner, host).ok()?;
        let options = Options { port_base: None, wish: Wish::ALL, version: env!("CARGO_PKG_VERSION") };
        let mut stack = Stack::of(&plan, options).ok()?;
        if page::is_there(root) {
            stack.add(page::artifact(decided, &plan).ok()?);
        }
        let passwords = stack.secrets.iter().map(|wanted| write::Secret {
            path: wanted.path.clone(),
            content: String::new(),
            private: false,
        });
        let secrets: Vec<write::Secret> = passwords.chain(certificates::empty(&stack.certificates)).collect();
        let folder = Folder { root, artifacts: &stack.artifacts, secrets: &secrets, whole: true };
        let comparison = write::compare(&folder).ok()?;
        let source = |path: &str| {
            let folder = files::Folder::named(root).ok()?;
            text::source_in(&folder, Path::new(path)).ok().map(Arc::new)
        };
        let differing = comparison.artifacts.iter().filter(|compared| compared.state != State::Same);
        let differing = differing.map(|compared| Differing {
            path: compared.artifact.path.clone(),
            state: Some(compared.state),
            source: source(&compared.artifact.path),
        });
        let orphans = comparison.orphans.iter().map(|orphan| Differing {
            path: orphan.path.clone(),
            state: None,
            source: source(&orphan.path),
        });
        let lives_here = files::Folder::open(&root.join("secrets")).is_ok();
        Some(StackFolder {
            path: root.display().to_string(),
            differing: differing.chain(orphans).collect(),
            missing_secrets: comparison
                .missing_secrets
                .iter()
                .map(|secret| secret.path.clone())
                .filter(|_| lives_here)
                .collect(),
            interrupted: comparison.interrupted.is_some(),
        })
    }

    fn compose(&self, path: &Path, source: Source, context: &LintContext) -> FileOutcome {
        let folder = input::folder_of(path);
        let source = Arc::new(source);
        let catalog = &context.world.catalog;
        let compose = match Compose::parse(&source, catalog, input::budget(text::MAX_SIZE)) {
            Ok(compose) => compose,
            Err(fault) => {
                let faults = Faults::new((*source).clone(), vec![fault]);
                return FileOutcome::unreadable(&faults, &invalid_compose::RULE);
            }
        };
        let secrets = compose.secret_files.iter();
        let secrets = secrets.filter_map(|(name, path)| {
            let (root, path) = given(self.looking.roots, &folder.join(&path.value))?;
            Some((name.clone(), readable(&root, &path)?))
        });
        let file = ComposeFile {
            readable_secrets: secrets.collect(),
            configurations: configurations(&compose, &folder, self.looking.roots),
            others: others(path, &folder, catalog),
            compose,
            catalog,
        };
        FileOutcome { outcome: check_compose(&file, &context.levels, self.looking.today), incomplete: false }
    }
}

/// Where the stack of a requirements file is rendered to: as polyglot.toml says, or beside the file.
/// Where something else stands, that cannot be told, and is said.
fn stack_folder(path: &Path, context: &LintContext) -> Result<Option<PathBuf>, FileOutcome> {
    let unreadable =
        |name: String, message: &str| FileOutcome::unreadable(&whole(name, message), &unreadable_file::RULE);
    let configured = context.world.out().map_err(|error| unreadable(config::FILE.to_owned(), &format!("{error:#}")))?;
    let Some(root) = configured.or_else(|| Some(path.parent()?.join(FOLDER))) else { return Ok(None) };
    match files::standing(&root) {
        None => Ok(None),
        Some(found) if found.is_symlink() => {
            let error = FileError::Link(root.clone());
            Err(unreadable(root.display().to_string(), &error.to_string()))
        }
        Some(found) => Ok(Some(root).filter(|_| found.is_dir())),
    }
}

/// The decision records of a requirements file: in its rendered folder, or beside the file, where `render -o .` puts them.
fn standing_records(path: &Path, stack: Option<&Path>) -> Vec<Record> {
    let folders = stack.map(Path::to_owned).into_iter().chain([input::folder_of(path)]);
    let read = |root: PathBuf| {
        let folder = root.join(record::FOLDER);
        let files = records::read(&folder).unwrap_or_default().into_iter();
        let ours = files.filter_map(|File { name, text }| {
            let (number, front) = (number_of(&name)?, Front::read(&text)?);
            let name = folder.join(name).display().to_string();
            Some(Record { number, source: Arc::new(Source { name, text }), front })
        });
        ours.collect::<Vec<_>>()
    };
    let mut found = folders.map(read).find(|records| !records.is_empty()).unwrap_or_default();
    found.sort_by_key(|record| record.number);
    found
}

/// The other compose files of a folder, as far as they can be read: compose reads several as one.
fn others(path: &Path, folder: &Path, catalog: &Catalog) -> Vec<Compose> {
    /// More than these are no files of one project.
    const LISTED: usize = 1_000;
    const READ: usize = 16;
    let Ok(folder) = files::Folder::open(folder) else { return Vec::new() };
    let entries = folder.list(Path::new("")).into_iter().flatten().take(LISTED);
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let others = names.filter(|name| is_compose(name) && path.file_name().is_none_or(|own| own != name.as_str()));
    let mut others: Vec<String> = others.collect();
    others.sort_unstable();
    let parsed = others.iter().take(READ).filter_map(|name| {
        let source = Arc::new(text::source_in(&folder, Path::new(name)).ok()?);
        Compose::parse(&source, catalog, input::budget(text::MAX_SIZE)).ok()
    });
    parsed.collect()
}

/// The configuration files that services mount, as far as they lie where we may look and are texts of a bearable size.
fn configurations(compose: &Compose, folder: &Path, roots: &[PathBuf]) -> Vec<Mounted> {
    const EXTENSIONS: [&str; 4] = ["conf", "cnf", "yml", "yaml"];
    let mut found = Vec::new();
    for service in compose.services.iter().filter(|service| service.database.is_some()) {
        for mount in &service.mounts {
            let Some(path) = mount.source.as_deref().filter(|path| path.starts_with(['.', '/'])) else { continue };
            let is_configuration =
                Path::new(&mount.target).extension().is_some_and(|e| EXTENSIONS.iter().any(|x| e == *x));
            let full = folder.join(path.strip_prefix("./").unwrap_or(path));
            let Some((root, path)) = given(roots, &full).filter(|_| is_configuration) else { continue };
            if let Ok(Source { text, .. }) = text::source_in(&root, &path) {
                let source = Arc::new(Source { name: full.display().to_string(), text });
                let (service, target) = (service.name.value.clone(), mount.target.clone());
                found.push(Mounted { service, target, place: mount.place, source });
            }
        }
    }
    found
}

fn read(path: &Path) -> Result<Source, FileOutcome> {
    let name = path.display().to_string();
    match text::source(path) {
        Ok(source) => Ok(source),
        Err(error) => {
            let faults = match error.downcast::<InputError>() {
                Ok(InputError::Faulty(faults)) => faults,
                Ok(other) => whole(name, &other.to_string()),
                Err(other) => whole(name, &format!("{other:#}")),
            };
            Err(FileOutcome::unreadable(&faults, &unreadable_file::RULE))
        }
    }
}

/// A fault of a file as a whole.
fn whole(name: String, message: &str) -> Faults {
    let message = message.lines().next().unwrap_or_default();
    Faults::new(Source { name, text: String::new() }, vec![Diagnostic::error(message).at(Place::default(), "")])
}

fn read_lock(path: &Path, catalog: &Catalog) -> Result<Option<(Arc<Source>, Lock)>, FileOutcome> {
    if files::standing(path).is_none() {
        return Ok(None);
    }
    let source = read(path)?;
    match Lock::parse(&source, catalog) {
        Ok(lock) => Ok(Some((Arc::new(source), lock))),
        Err(LockError::Faulty(faults)) => Err(FileOutcome::unreadable(&faults, &invalid_lock::RULE)),
        Err(newer @ LockError::Newer { .. }) => {
            Err(FileOutcome::unreadable(&whole(source.name, &newer.to_string()), &invalid_lock::RULE))
        }
    }
}

/// Whether a folder holds a stack of this name.
fn is_stack_of(root: &Path, name: &str) -> bool {
    let folder = files::Folder::named(root).ok();
    let source = folder.and_then(|folder| text::source_in(&folder, Path::new("compose.yaml")).ok());
    let text = source.map(|source| source.text).unwrap_or_default();
    text.lines()
        .any(|line| line.strip_prefix("name:").is_some_and(|rest| rest.trim().trim_matches(['"', '\'']) == name))
}

/// The mode of a file that others than its owner can read: its folder lets them in too.
fn readable(folder: &files::Folder, path: &Path) -> Option<u32> {
    const OTHERS_READ: u32 = 0o004;
    const OTHERS_ENTER: u32 = 0o001;
    let found = folder.standing(path).ok()?.filter(files::Metadata::is_file)?;
    let mode = |found| match Mode::of(found) {
        Mode::Bits(mode) => mode,
        Mode::Usual => 0,
    };
    let around = folder.standing(path.parent()?).ok()??;
    let is_open = mode(&found) & OTHERS_READ != 0 && mode(&around) & OTHERS_ENTER != 0;
    is_open.then(|| mode(&found) & 0o777)
}

/// The folder among those that were given in which a path lies that a compose file names, and where in it; what lies
/// elsewhere is not looked at.
fn given(roots: &[PathBuf], path: &Path) -> Option<(files::Folder, PathBuf)> {
    let full = plain(path)?;
    let root = roots.iter().find(|root| full.starts_with(root))?;
    Some((files::Folder::open(root).ok()?, full.strip_prefix(root).ok()?.to_owned()))
}

/// An absolute path without `..`.
pub(super) fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in std::path::absolute(path).ok()?.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    Some(plain)
}
