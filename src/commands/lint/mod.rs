//! `polyglot lint`: findings in requirements, locks, rendered folders and compose files.

mod check_file;
mod git;
mod output;
mod workspaces;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};

use super::Outcome;
use super::error::InputError;
use super::input;
use super::terminal::{Progress, Terminal};
use super::text;
use crate::cli::{Lint, LintLevel};
use crate::files::{self, Folder, PathText, Place};
use crate::lint::{BASELINE_FILE, Baseline, BaselineError, Found, IDS, Level, Levels, check_baseline, walk};
use crate::report::findings::Report;
use crate::source::Source;
use check_file::{FileChecker, FileOutcome, Looking, plain};
use git::Repositories;
use workspaces::WorkspaceCache;

pub(super) fn run(arguments: &Lint, terminal: &Terminal) -> Result<Outcome> {
    if arguments.list {
        terminal.result(&crate::report::rules::list(terminal.look()))?;
        return Ok(Outcome::Done);
    }
    output::check(&arguments.format, arguments.statistics)?;
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { here.as_slice() } else { arguments.paths.as_slice() };
    let (files, unseen) = walk(paths)?;
    if files.is_empty() && unseen.is_empty() {
        bail!(
            "there is nothing to check here: no requirements file and no compose file\n  make one with `polyglot init`"
        );
    }
    let workspaces = WorkspaceCache::default();
    let roots: Vec<PathBuf> = paths.iter().filter_map(|path| root(path)).collect();
    let (named, repositories) = (files.iter().map(|file| file.path.clone()).collect(), Repositories::default());
    let looking = Looking {
        workspaces: &workspaces,
        roots: &roots,
        today: arguments.today,
        files: &named,
        repositories: &repositories,
    };
    let mut report = check(&files, looking, terminal)?;
    report.incomplete |= !unseen.is_empty();
    report.findings.extend(unseen.iter().flat_map(check_file::unseen));
    report.findings.sort_by(crate::lint::Finding::order);
    let home = home_of_baseline()?;
    if arguments.write_baseline {
        return write_baseline(&home, &report, terminal);
    }
    let levels = workspaces.of(&home)?.map(|context| context.levels.clone()).unwrap_or_default();
    apply_baseline(&home, &files, &levels, &mut report)?;
    if arguments.fix {
        let rest = output::fix(&mut report, arguments.dry_run, terminal)?;
        if arguments.dry_run {
            return Ok(rest);
        }
    }
    output::write(&report, arguments, terminal)?;
    Ok(outcome(&report, arguments.fail_on))
}

/// The folder that a path gives: itself, or that of the file.
fn root(path: &Path) -> Option<PathBuf> {
    if Folder::open(path).is_ok() { plain(path) } else { plain(&input::folder_of(path)) }
}

/// Looks at every file, on all cores; what is found is in the order of the files, whoever was faster.
fn check(files: &[Found], looking: Looking<'_>, terminal: &Terminal) -> Result<Report> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<FileOutcome>)>> = Mutex::new(Vec::new());
    let progress = terminal.progress("files", files.len());
    let workers = thread::available_parallelism().map_or(1, usize::from).min(files.len());
    let work = |progress: &Progress| {
        let checker = FileChecker::new(looking);
        while let Some((index, file)) = take(files, &next) {
            let result = checker.check(file);
            let matters = result.as_ref().map_or(true, FileOutcome::matters);
            progress.step();
            if matters {
                results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
            }
        }
    };
    match workers {
        0 | 1 => work(&progress),
        workers => thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| work(&progress));
            }
        }),
    }
    drop(progress);
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(index, _)| *index);
    let names = files.iter().map(|file| file.path.shown()).collect();
    let mut report = Report { files: names, ..Report::default() };
    for (_, result) in results {
        let FileOutcome { outcome, incomplete } = result?;
        report.findings.extend(outcome.findings);
        report.suppressed.extend(outcome.suppressed);
        report.incomplete |= incomplete;
    }
    let broken = looking.workspaces.broken();
    report.incomplete |= !broken.is_empty();
    report.findings.extend(broken);
    report.findings.sort_by(crate::lint::Finding::order);
    // A file that several projects read is found fault with in each of them.
    report.findings.dedup_by(|next, first| first.order(next).is_eq());
    Ok(report)
}

fn take<'f>(files: &'f [Found], next: &AtomicUsize) -> Option<(usize, &'f Found)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    files.get(index).map(|file| (index, file))
}

/// The folder of the baseline: that of the nearest one upwards, or else this one.
fn home_of_baseline() -> Result<PathBuf> {
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    let found = here.ancestors().find(|folder| files::standing(&folder.join(BASELINE_FILE)).is_some());
    Ok(found.unwrap_or(&here).to_owned())
}

/// A file as it is seen from the folder of the baseline, with `/` between the parts.
fn from(home: &Path, file: &str) -> String {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
    let plain: PathBuf = absolute.components().collect();
    let relative = plain.strip_prefix(home).unwrap_or(&plain);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn write_baseline(home: &Path, report: &Report, terminal: &Terminal) -> Result<Outcome> {
    if report.incomplete {
        bail!("something could not be read, and a baseline cannot hold that; see `polyglot lint`");
    }
    let path = home.join(BASELINE_FILE);
    files::save(&path, &Baseline::text(&report.findings, |file| from(home, file))?, Place::FreeOrFile)?;
    let count = report.findings.len();
    terminal.result(&format!("wrote {BASELINE_FILE}: {count} findings no longer count\n"))?;
    Ok(Outcome::Done)
}

fn apply_baseline(home: &Path, files: &[Found], levels: &Levels, report: &mut Report) -> Result<()> {
    let path = home.join(BASELINE_FILE);
    if files::standing(&path).is_none() {
        return Ok(());
    }
    let shown = std::env::current_dir().ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    let name = shown.unwrap_or_else(|| path.clone()).shown();
    let source = Arc::new(Source { name, text: text::source(&path)?.text });
    let baseline = Baseline::parse(&source, &IDS).map_err(|error| match error {
        BaselineError::Faulty(faults) => anyhow::Error::new(InputError::Faulty(faults)),
        newer @ BaselineError::Newer { .. } => newer.into(),
    })?;
    let mut looked_at = BTreeSet::new();
    looked_at.extend(files.iter().map(|file| from(home, &file.path.shown())));
    let applied = baseline.apply(&mut report.findings, |file| from(home, file), &looked_at);
    report.baselined = applied.baselined;
    report.findings.extend(check_baseline(&applied.stale, levels));
    report.findings.sort_by(crate::lint::Finding::order);
    Ok(())
}

fn outcome(report: &Report, fail_on: LintLevel) -> Outcome {
    let least = match fail_on {
        LintLevel::Error => Level::Error,
        LintLevel::Warning => Level::Warning,
        LintLevel::Note => Level::Note,
    };
    if report.incomplete {
        return Outcome::Incomplete;
    }
    if report.findings.iter().any(|finding| finding.level >= least) { Outcome::Found } else { Outcome::Done }
}
