//! `polyglot render`: the stack as files.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Outcome;
use super::certificates;
use super::input::{self, Given, World};
use super::locked;
use super::page::{self, Decided};
use super::records;
use super::select::warn;
use super::terminal::Terminal;
use super::text;
use crate::cli::Render;
use crate::decide::{DecisionContext, Depth, Selection};
use crate::files::{self, PathText};
use crate::plan::{Capacity, CapacityVerdict, Plan};
use crate::render::upgrade::{self, Refused};
use crate::render::write::{self, Compared, Comparison, Folder, Force, Secret, State};
use crate::render::{Options, Preparation, Stack, Wanted, Wish};
use crate::size::{Host, Reckoner};
use crate::source::Source;

/// Where the files go unless somebody says otherwise.
pub(super) const FOLDER: &str = "deploy";

pub(super) fn run(arguments: &Render, terminal: &Terminal) -> Result<Outcome> {
    let given = input::requirements(&arguments.input, terminal)?;
    let Given { requirements, world, .. } = &given;
    let mut facts = DecisionContext::new(world.knowledge(), requirements);
    let lock = locked::read(&given)?.unwrap_or_default();
    if lock.is_stale(&given) {
        return lock.refuse_stale(&given, &facts, terminal);
    }
    lock.hold(&mut facts)?;
    let held = lock.held();
    let depth = if arguments.adr { Depth::Flips } else { Depth::Choice };
    let selection = Selection::holding(requirements, &facts, depth, &held);
    let root = folder(arguments, world)?;
    let most = lock.portfolio().and_then(|together| together.max_databases);
    let decided = Decided { requirements, world, facts: &facts, held: &held, most };
    let (mut stack, capacity) = match is_wanted(arguments) {
        true => stack(arguments, decided, &selection, wants_page(arguments, &root))?,
        false => (Stack::default(), None),
    };
    if arguments.adr {
        stack.artifacts.extend(records::of(&root, &given, &selection, &lock, arguments.date)?);
        stack.artifacts.sort_by(|one, other| one.path.cmp(&other.path));
    }
    if arguments.stdout {
        terminal.result(&listing(&stack))?;
        return Ok(Outcome::Done);
    }
    refuse_upgrade(&root, &stack)?;
    let random = if arguments.check || arguments.diff { Random::None } else { Random::Real };
    let mut secrets: Vec<Secret> = stack.secrets.iter().map(|wanted| random.fill(wanted)).collect::<Result<_>>()?;
    secrets.extend(match random {
        Random::Real => certificates::make(&root, requirements.name(), &stack.certificates)?,
        Random::None => certificates::empty(&stack.certificates),
    });
    let whole = is_wanted(arguments) && wish(arguments) == Wish::ALL;
    let folder = Folder { root: &root, artifacts: &stack.artifacts, secrets: &secrets, whole };
    if arguments.check || arguments.diff {
        return compare(arguments, &folder, terminal);
    }
    let force = if arguments.force { Force::Yes } else { Force::No };
    let progress = terminal.wait("writing the folder");
    let written = match write::write(&folder, force) {
        Ok(written) => written,
        Err(error) => {
            drop(progress);
            show_what_is_in_the_way(&error, &folder, terminal)?;
            return match error {
                write::WriteError::InTheWay { .. } => {
                    terminal.message(&error.to_string());
                    Ok(Outcome::Found)
                }
                error => Err(error.into()),
            };
        }
    };
    drop(progress);
    terminal.result(&said(&root, &written))?;
    warn(&selection, &world.config, terminal);
    if let Some(capacity) = capacity.filter(|capacity| capacity.verdict() > CapacityVerdict::Fits) {
        terminal.message(&format!("host {}", capacity.summary()));
    }
    if wish(arguments) != Wish::NONE {
        tell_host(&stack.host, terminal);
        tell_encryption(&root, &stack, terminal);
        tell_secrets(&root, &stack.secrets, terminal);
    }
    Ok(Outcome::Done)
}

/// Whether the page to look at is written: where it is asked for, and with the whole folder where it is there already.
fn wants_page(arguments: &Render, root: &Path) -> bool {
    arguments.report || (wish(arguments) == Wish::ALL && page::is_there(root))
}

/// The files of a stack for what was selected, with the page where it is wanted, and what it needs of the host.
fn stack(
    arguments: &Render,
    decided: Decided<'_, '_>,
    selection: &Selection<'_>,
    wants_page: bool,
) -> Result<(Stack, Option<Capacity>)> {
    let Decided { requirements, world, .. } = decided;
    let host = Host::of(&requirements.target, arguments.environment);
    // What reckons goes with the statement: thousands of compiled formulas take more memory than the stack.
    let plan = Plan::of(requirements, selection, &world.catalog, &Reckoner::default(), host)?;
    let options = Options { port_base: arguments.port_base, wish: wish(arguments), version: env!("CARGO_PKG_VERSION") };
    let mut stack = Stack::of(&plan, options)?;
    if wants_page {
        stack.add(page::artifact(decided, &plan)?);
    }
    Ok((stack, Some(plan.capacity)))
}

/// Whether files of the stack or its page are wanted: records alone need none.
fn is_wanted(arguments: &Render) -> bool {
    arguments.compose || arguments.tuning || arguments.init || arguments.report || !arguments.adr
}

/// Which files of the stack are wanted: with no flag all.
fn wish(arguments: &Render) -> Wish {
    let (compose, tuning, init) = (arguments.compose, arguments.tuning, arguments.init);
    let wish = Wish { compose, tuning, init };
    if wish == Wish::NONE && !arguments.report { Wish::ALL } else { wish }
}

fn folder(arguments: &Render, world: &World) -> Result<PathBuf> {
    let named = if arguments.out.is_some() { arguments.out.clone() } else { world.out()? };
    Ok(named.unwrap_or_else(|| PathBuf::from(FOLDER)))
}

/// Where the random part of a secret is from.
#[derive(Clone, Copy)]
enum Random {
    /// The system.
    Real,
    /// Nowhere: nothing is written.
    None,
}

impl Random {
    fn fill(self, wanted: &Wanted) -> Result<Secret> {
        let random = match self {
            Self::Real => password()?,
            Self::None => String::new(),
        };
        Ok(Secret { path: wanted.path.clone(), content: wanted.content(&random), private: false })
    }
}

/// 32 random letters and digits, which hold a small one, a capital and a digit: 190 bits.
fn password() -> Result<String> {
    const LENGTH: usize = 32;
    const CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    loop {
        let mut bytes = [0u8; 4 * LENGTH];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
        // Bytes past the last whole round are thrown away, so that each character is as likely as another.
        let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| usize::from(byte % 62));
        let text: String =
            fair.filter_map(|index| CHARACTERS.get(index)).map(|c| char::from(*c)).take(LENGTH).collect();
        let has = |kind: fn(&char) -> bool| text.chars().any(|c| kind(&c));
        if text.len() == LENGTH
            && has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_digit)
        {
            return Ok(text);
        }
    }
}

/// The files one after the other, each under its path.
fn listing(stack: &Stack) -> String {
    let files = stack.artifacts.iter().map(|artifact| format!("==> {} <==\n{}", artifact.path, artifact.content));
    files.collect::<Vec<_>>().join("\n")
}

/// Refuses to put another major version on the volumes of the stack that is in the folder.
fn refuse_upgrade(root: &Path, stack: &Stack) -> Result<()> {
    let new = stack.artifacts.iter().find(|artifact| artifact.path == "compose.yaml");
    // What is no text is not ours, and the writer says so.
    let old = files::Folder::named(root).ok().and_then(|root| text::source_in(&root, Path::new("compose.yaml")).ok());
    let (Some(new), Some(Source { text: old, .. })) = (new, old) else { return Ok(()) };
    if old == new.content {
        return Ok(());
    }
    let refused = upgrade::refused(&old, &new.content);
    let Some(Refused { volume, from, to }) = refused.first() else { return Ok(()) };
    bail!(
        "the volume {volume} of {} holds data of {from}, which {to} must not open\n  take a backup, render into a new \
         folder under another `name`, start it, and restore; or pin the version that is there",
        root.shown()
    )
}

fn compare(arguments: &Render, folder: &Folder<'_>, terminal: &Terminal) -> Result<Outcome> {
    let comparison = write::compare(folder)?;
    let text = if arguments.diff { comparison.diff() } else { differences(folder.root, &comparison) };
    terminal.result(&text)?;
    Ok(if comparison.is_current() { Outcome::Done } else { Outcome::Found })
}

/// What differs, a line each.
fn differences(root: &Path, comparison: &Comparison<'_>) -> String {
    let state = |compared: &Compared<'_>| match compared.state {
        State::Same => None,
        State::Missing => Some("missing"),
        State::Outdated => Some("outdated"),
        State::Edited => Some("edited by hand"),
        State::Foreign => Some("not made by polyglot"),
    };
    let files = comparison.artifacts.iter().filter_map(|compared| Some((state(compared)?, &compared.artifact.path)));
    let orphans = comparison.orphans.iter().map(|orphan| ("no longer wanted", &orphan.path));
    let secrets = comparison.missing_secrets.iter().map(|secret| ("missing", &secret.path));
    let mut lines: Vec<String> = files
        .chain(orphans)
        .chain(secrets)
        .map(|(what, path)| format!("{}: {what}", root.join(path).shown()))
        .collect();
    if comparison.interrupted.is_some() {
        lines.push(format!("{}: an interrupted run left it half-way; render again", root.shown()));
    }
    if lines.is_empty() {
        return format!("{} is as it would be written\n", root.shown());
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Shows how the files that stand in the way differ from what would be written.
fn show_what_is_in_the_way(error: &write::WriteError, folder: &Folder<'_>, terminal: &Terminal) -> Result<()> {
    if !matches!(error, write::WriteError::InTheWay { .. }) {
        return Ok(());
    }
    let comparison = write::compare(folder).context("cannot compare the folder")?;
    let edited =
        comparison.artifacts.iter().filter(|compared| matches!(compared.state, State::Edited | State::Foreign));
    for compared in edited {
        terminal.message(compared.diff().trim_end());
    }
    Ok(())
}

fn said(root: &Path, written: &write::Written) -> String {
    let root = root.shown();
    let mut text = match written.is_nothing() {
        true => format!("{root} is up to date\n"),
        false => {
            let count = |what: &str, files: &[String]| (!files.is_empty()).then(|| format!("{} {what}", files.len()));
            let counts = [
                count("new", &written.created),
                count("changed", &written.updated),
                count("removed", &written.removed),
                count("secrets made", &written.secrets),
            ];
            let counts: Vec<String> = counts.into_iter().flatten().collect();
            format!("wrote {root}: {}\n", counts.join(", "))
        }
    };
    for kept in &written.kept {
        let _ = writeln!(text, "kept {} as {}", kept.path.shown(), kept.name.shown());
    }
    for orphan in &written.edited_orphans {
        let _ = writeln!(text, "kept {orphan}, which is no longer part of the stack but was edited by hand");
    }
    if let Some(left) = &written.left {
        let _ =
            writeln!(text, "the old folder is still there: take from {} what is yours, and remove it", left.shown());
    }
    text
}

/// Says which services stay unencrypted although the file wants otherwise, and which certificates end soon.
fn tell_encryption(root: &Path, stack: &Stack, terminal: &Terminal) {
    for (instance, why) in &stack.unencrypted {
        terminal.message(&format!("{instance} is not encrypted in transit: {why}"));
    }
    for (path, end) in certificates::ending(root, &stack.certificates) {
        terminal
            .message(&format!("{} ends on {end}: see «Renew the certificates» in the README", root.join(path).shown()));
    }
}

/// Says which secrets are empty, and that others may read them: what is there already is never replaced.
fn tell_secrets(root: &Path, secrets: &[Wanted], terminal: &Terminal) {
    let Ok(root) = files::Folder::named(root) else { return };
    let standing = |path: &Path| root.standing(path).ok().flatten();
    let folders: BTreeSet<&Path> = secrets.iter().filter_map(|secret| Path::new(&secret.path).parent()).collect();
    for folder in folders {
        if standing(folder).is_some_and(|found| files::Mode::of(&found).is_open()) {
            let folder = root.join(folder).shown();
            terminal.message(&format!("every user of the host can enter {folder}: `chmod 700 {folder}`"));
        }
    }
    for secret in secrets {
        let path = Path::new(&secret.path);
        if standing(path).is_some_and(|found| found.is_file() && found.len() == 0) {
            terminal.message(&format!("{} is empty: remove it, and render makes it anew", root.join(path).shown()));
        }
    }
}

/// Says what the host has to be prepared with.
fn tell_host(host: &[Preparation], terminal: &Terminal) {
    if host.is_empty() {
        return;
    }
    terminal.message("prepare the host, see the folder's README:");
    for preparation in host {
        let need = if preparation.required { "required" } else { "recommended" };
        let wanted: Vec<&str> = preparation.wanted.iter().map(|wish| wish.instance.as_str()).collect();
        terminal.message(&format!(
            "  {} = {}  {need} for {}",
            preparation.setting,
            preparation.value,
            wanted.join(", ")
        ));
    }
}
