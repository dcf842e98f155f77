//! One file: reading it with what is beside it, and checking it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use catalog::{Catalog, Date};

use super::git::Repositories;
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
use crate::compose::{Compose, Fault, Reader, says_nothing};
use crate::config;
use crate::decide::portfolio::Question;
use crate::decide::{DecisionContext, Depth, Selection};
use crate::diagnostic::{Diagnostic, Faults};
use crate::files::{self, FileError, Mode, PathText};
use crate::lint::rules::{
    empty_compose, foreign_requirements, invalid_compose, invalid_lock, invalid_requirements, unreadable_file,
};
use crate::lint::{
    ComposeFile, Differing, Finding, Found, FoundKind, Kind, Levels, Locked, Mounted, Outcome, Record, Rule,
    StackFolder, System, Violation, check_compose, check_system, is_compose, unreadable,
};
use crate::lock::{Lock, LockError};
use crate::plan::{Capacity, Plan};
use crate::render::record::{self, File, Front, number_of};
use crate::render::write::{self, Folder, State};
use crate::render::{Options, Stack, Wish};
use crate::requirements::{FILE_NAMES, Profile, Requirements};
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

    /// A file that is not read, and why that is said.
    fn note(
        source: Source,
        levels: &Levels,
        rule: &'static Rule,
        violation: impl FnOnce(&Arc<Source>) -> Violation,
    ) -> Self {
        let source = Arc::new(source);
        let findings = levels.of_rule(rule).map(|level| Finding { rule, level, violation: violation(&source) });
        let findings = findings.into_iter().collect();
        Self { outcome: Outcome { findings, suppressed: Vec::new() }, incomplete: false }
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
    /// The files that are looked at.
    pub(super) files: &'w BTreeSet<PathBuf>,
    pub(super) repositories: &'w Repositories,
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
            FoundKind::Requirements if !file.is_named && is_foreign(&file.path, &source.text) => {
                FileOutcome::note(source, &context.levels, &foreign_requirements::RULE, foreign_requirements::violation)
            }
            FoundKind::Requirements => self.requirements(&file.path, source, context),
            FoundKind::Compose if says_nothing(&source.text) && !file.is_named => {
                FileOutcome::note(source, &context.levels, &empty_compose::RULE, empty_compose::violation)
            }
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
            path: root.shown(),
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
        let roots = self.looking.roots;
        let read = |path: &Path| {
            let (root, within) = given(roots, path)?;
            let text = text::source_in(&root, &within).ok()?.text;
            Some(Source { name: path.shown(), text })
        };
        let budget = input::budget(text::MAX_SIZE);
        let reader = Reader { catalog: &context.world.catalog, budget, folder: &folder, read: &read };
        let project = Project { folder: &folder, names: compose_names(&folder), reader };
        let (compose, told_elsewhere) = match project.compose(path, Arc::new(source), self.looking.files) {
            Ok(Some(found)) => found,
            Ok(None) => return FileOutcome::default(),
            Err(Fault { source, diagnostic }) => {
                let faults = Faults::new((*source).clone(), vec![*diagnostic]);
                return FileOutcome::unreadable(&faults, &invalid_compose::RULE);
            }
        };
        let is_tracked = |path: &Path| plain(path).is_some_and(|path| self.looking.repositories.is_tracked(&path));
        let named = compose.sources.iter().skip(compose.files).map(|source| source.name.clone());
        let committed = named.filter(|name| is_tracked(Path::new(name))).collect();
        let (mut readable_secrets, mut committed_secrets) = (Vec::new(), Vec::new());
        for (name, path) in &compose.secret_files {
            let path = folder.join(&path.value);
            let Some((root, within)) = given(roots, &path) else { continue };
            if is_tracked(&path) && root.standing(&within).is_ok_and(|found| found.is_some()) {
                committed_secrets.push(name.clone());
            } else if let Some(mode) = readable(&root, &within) {
                readable_secrets.push((name.clone(), mode));
            }
        }
        let is_rendered = compose.own_sources().any(|source| source.text.starts_with(GENERATED));
        let file = ComposeFile {
            is_rendered,
            readable_secrets,
            committed_secrets,
            committed,
            configurations: configurations(&compose, &folder, roots),
            parts: project.parts(&compose),
            told_elsewhere,
            today: self.looking.today,
            allows_archived: context.world.config.policy.allow_archived,
            compose,
            catalog: reader.catalog,
        };
        FileOutcome { outcome: check_compose(&file, &context.levels, self.looking.today), incomplete: false }
    }
}

/// The compose files of a folder, as compose puts them together.
struct Project<'p> {
    folder: &'p Path,
    /// Their names, in order.
    names: Vec<String>,
    reader: Reader<'p>,
}

impl Project<'_> {
    /// What compose reads by itself, and what it adds to that.
    const BASES: [&'static str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    const OVERRIDES: [&'static str; 4] = [
        "compose.override.yml",
        "compose.override.yaml",
        "docker-compose.override.yml",
        "docker-compose.override.yaml",
    ];

    /// The project that a file belongs to, and the names of those of its files that are told of elsewhere; nothing where the
    /// whole file is.
    fn compose(
        &self,
        path: &Path,
        source: Arc<Source>,
        files: &BTreeSet<PathBuf>,
    ) -> Result<Option<(Compose, Vec<String>)>, Fault> {
        let own = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let first =
            |names: &[&'static str]| names.iter().copied().find(|name| self.names.iter().any(|one| one == name));
        let (base, over) = (first(&Self::BASES), first(&Self::OVERRIDES));
        if base == Some(own) {
            let over = over.and_then(|name| self.source(path, name));
            let sources: Vec<_> = std::iter::once(source).chain(over).collect();
            return Compose::of(&sources, self.reader).map(|compose| Some((compose, Vec::new())));
        }
        if over == Some(own) && base.is_some_and(|base| files.contains(&path.with_file_name(base))) {
            return Ok(None);
        }
        let alone = Compose::of(&[Arc::clone(&source)], self.reader)?;
        let Some(base) = base.and_then(|name| self.source(path, name)) else { return Ok(Some((alone, Vec::new()))) };
        // What is wrong with the other file is told where that one is looked at.
        let Ok(of_base) = Compose::of(&[Arc::clone(&base)], self.reader) else { return Ok(Some((alone, Vec::new()))) };
        if over != Some(own) && !alone.is_part_of(&of_base) {
            return Ok(Some((alone, Vec::new())));
        }
        let told = vec![base.name.clone()];
        Compose::of(&[base, source], self.reader).map(|compose| Some((compose, told)))
    }

    /// A file beside another one.
    fn source(&self, path: &Path, name: &str) -> Option<Arc<Source>> {
        (self.reader.read)(&path.with_file_name(name)).map(Arc::new)
    }

    /// The other compose files of the folder that are parts of a project: compose reads several as one.
    fn parts(&self, compose: &Compose) -> Vec<Compose> {
        const READ: usize = 16;
        let is_own =
            |name: &&String| compose.own_sources().any(|own| Path::new(&own.name).file_name() == Some(name.as_ref()));
        let others = self.names.iter().filter(|name| !is_own(name)).take(READ);
        let parsed = others.filter_map(|name| {
            let source = Arc::new((self.reader.read)(&self.folder.join(name))?);
            let other = Compose::parse(&source, self.reader.catalog, self.reader.budget).ok()?;
            other.is_part_of(compose).then_some(other)
        });
        parsed.collect()
    }
}

/// How the files that we render begin.
const GENERATED: &str = "# Generated by polyglot ";

/// The names of the compose files of a folder.
fn compose_names(folder: &Path) -> Vec<String> {
    /// More than these are no files of one project.
    const LISTED: usize = 1_000;
    let Ok(folder) = files::Folder::open(folder) else { return Vec::new() };
    let entries = folder.list(Path::new("")).into_iter().flatten().take(LISTED);
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| is_compose(name)).collect();
    names.sort_unstable();
    names
}

/// Whether a file that has the name of a requirements file is another program's: it has neither a name of ours alone nor
/// what ours begin with.
fn is_foreign(path: &Path, text: &str) -> bool {
    let is_ours_alone = path.file_name().is_some_and(|name| name == FILE_NAMES[0]);
    let has = |key: &str| text.lines().any(|line| line.trim_start_matches('\u{feff}').starts_with(key));
    !(is_ours_alone || has("version: 1") && has("data:"))
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
            Err(unreadable(root.shown(), &error.to_string()))
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
            let name = folder.join(name).shown();
            Some(Record { number, source: Arc::new(Source { name, text }), front })
        });
        ours.collect::<Vec<_>>()
    };
    let mut found = folders.map(read).find(|records| !records.is_empty()).unwrap_or_default();
    found.sort_by_key(|record| record.number);
    found
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
                let source = Arc::new(Source { name: full.shown(), text });
                let (service, target) = (service.name.value.clone(), mount.target.clone());
                found.push(Mounted { service, target, place: mount.place, source });
            }
        }
    }
    found
}

fn read(path: &Path) -> Result<Source, FileOutcome> {
    let name = path.shown();
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

/// What is said of a folder that could not be looked into.
pub(super) fn unseen(error: &FileError) -> Vec<Finding> {
    let why = std::error::Error::source(error).map_or_else(String::new, |why| format!(": {why}"));
    unreadable(&whole(error.path().shown(), &format!("{error}{why}")), &unreadable_file::RULE)
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
