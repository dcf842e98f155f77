//! `polyglot select`: a database for each kind of data.

use anyhow::{Result, bail};

use super::Outcome;
use super::input::{self, Given, World};
use super::locked::{self, Found};
use super::portfolio;
use super::terminal::Terminal;
use crate::cli::Select;
use crate::config::Config;
use crate::decide::portfolio::{Portfolio, Question};
use crate::decide::{DecisionContext, Depth, LockState, Selection, Verdict};
use crate::files::PathText;
use crate::lock::Together;
use crate::plan::Capacity;
use crate::report::difference::Difference;
use crate::report::explain::{self, Extent};
use crate::report::style::verdict;
use crate::report::{self, Format, Shown, names};
use crate::requirements::Requirements;
use crate::size::{Host, Reckoner};

pub(super) fn run(arguments: &Select, terminal: &Terminal) -> Result<Outcome> {
    refuse_explanation(arguments)?;
    let given = input::requirements(&arguments.input, terminal)?;
    if !arguments.set.is_empty() {
        return what_if(arguments, &given, terminal);
    }
    let decides_anew = arguments.is_together() || arguments.no_portfolio || arguments.write || arguments.diff;
    if !decides_anew && let Some(lock) = locked::read(&given)? {
        return show_locked(arguments, &given, &lock, terminal);
    }
    let Given { requirements, world, .. } = &given;
    let facts = DecisionContext::new(world.knowledge(), requirements);
    let together = together(arguments, &given)?;
    let depth = if together.is_none() { depth(arguments) } else { Depth::Answer };
    let alone = Selection::of(requirements, &facts, depth);
    let Some(together) = together else {
        let capacity = capacity(&given, requirements, &alone)?;
        let decided = Decided { selection: &alone, context: &facts, portfolio: None, capacity };
        return finish(arguments, &given, &decided, terminal);
    };
    let waiting = terminal.wait("looking for the cheapest databases");
    let portfolio = portfolio::portfolio(Question { requirements, most: together.max_databases }, world, &facts)?;
    drop(waiting);
    let selection = portfolio::selection(requirements, &facts, &portfolio, Depth::Answer);
    let portfolio = Some((together, &portfolio, capacity(&given, requirements, &alone)?));
    let capacity = capacity(&given, requirements, &selection)?;
    finish(arguments, &given, &Decided { selection: &selection, context: &facts, portfolio, capacity }, terminal)
}

/// What a selection needs of the host.
fn capacity(given: &Given, requirements: &Requirements, selection: &Selection<'_>) -> Result<Capacity> {
    let host = Host::of(&requirements.target, None);
    Ok(Capacity::of(requirements, selection, &given.world.catalog, &Reckoner::default(), host)?)
}

/// How much has to be found out for what is shown.
fn depth(arguments: &Select) -> Depth {
    match arguments.format {
        _ if arguments.explain || arguments.format.shows_flips() => Depth::Flips,
        Format::Csv => Depth::Alternatives,
        _ => Depth::Answer,
    }
}

/// Shows what the lock records; where the file has changed since, what would be recorded now is said besides.
fn show_locked(arguments: &Select, given: &Given, lock: &Found, terminal: &Terminal) -> Result<Outcome> {
    let Given { requirements, world, .. } = given;
    let free = DecisionContext::new(world.knowledge(), requirements);
    let mut context = DecisionContext::new(world.knowledge(), requirements);
    lock.hold(&mut context)?;
    let mut selection = Selection::holding(requirements, &context, depth(arguments), &lock.held());
    lock.assume(&mut selection);
    selection.lock = if lock.is_stale(given) { LockState::Stale } else { LockState::Current };
    let capacity = capacity(given, requirements, &selection)?;
    let decided = Decided { selection: &selection, context: &context, portfolio: None, capacity };
    terminal.result(&shown_alone(arguments, given, &decided, terminal)?)?;
    warn(&selection, &world.config, terminal);
    match selection.lock {
        LockState::Stale => lock.refuse_stale(given, &free, terminal),
        LockState::Current | LockState::Unlocked => Ok(Outcome::Done),
    }
}

/// Shows what would be otherwise if some fields had other values.
fn what_if(arguments: &Select, given: &Given, terminal: &Terminal) -> Result<Outcome> {
    let changed = given.with(&arguments.set)?;
    let world = &given.world;
    let contexts = [&given.requirements, &changed].map(|file| DecisionContext::new(world.knowledge(), file));
    let [before, now] = &contexts;
    let before = decided(arguments, &given.requirements, world, before)?;
    let now = decided(arguments, &changed, world, now)?;
    let capacities = [capacity(given, &given.requirements, &before)?, capacity(given, &changed, &now)?];
    let difference = Difference::new(&arguments.set, [&before, &now], &capacities);
    terminal.result(&difference.render(arguments.format, terminal.look())?)?;
    Ok(Outcome::Done)
}

/// What is decided for a file, for each dataset alone or for all together.
fn decided<'a>(
    arguments: &Select,
    requirements: &'a Requirements,
    world: &'a World,
    context: &DecisionContext<'a>,
) -> Result<Selection<'a>> {
    if !arguments.is_together() {
        return Ok(Selection::of(requirements, context, Depth::Answer));
    }
    let most = arguments.max_databases.map(usize::from);
    let portfolio = portfolio::portfolio(Question { requirements, most }, world, context)?;
    Ok(portfolio::selection(requirements, context, &portfolio, Depth::Answer))
}

fn refuse_explanation(arguments: &Select) -> Result<()> {
    let explained = match arguments.format {
        Format::Table | Format::Json | Format::Yaml | Format::Markdown => true,
        Format::Csv => false,
    };
    if arguments.explain && !explained {
        bail!("`--explain` goes with the table and Markdown; `--format json` and `yaml` hold all of it");
    }
    Ok(())
}

/// Whether all kinds of data are to be decided together: as the command line says, and where it only asks for the lock,
/// as that does.
fn together(arguments: &Select, given: &Given) -> Result<Option<Together>> {
    if arguments.is_together() {
        return Ok(Some(Together { max_databases: arguments.max_databases.map(usize::from) }));
    }
    let follows_lock = (arguments.write || arguments.diff) && !arguments.no_portfolio;
    if !follows_lock {
        return Ok(None);
    }
    Ok(locked::read(given)?.as_ref().and_then(Found::portfolio))
}

/// What was decided, in which context, and the portfolio that it is from, with what the best for each dataset alone needs of
/// the host.
struct Decided<'d, 'a> {
    selection: &'d Selection<'a>,
    context: &'d DecisionContext<'a>,
    portfolio: Option<(Together, &'d Portfolio<'a>, Capacity)>,
    /// What it needs of the host.
    capacity: Capacity,
}

/// Shows what was decided, and records it or compares it with the lock where that is asked for.
fn finish(arguments: &Select, given: &Given, decided: &Decided<'_, '_>, terminal: &Terminal) -> Result<Outcome> {
    let Decided { selection, context, portfolio, .. } = decided;
    let together = portfolio.as_ref().map(|(together, ..)| *together);
    if arguments.diff {
        return locked::show_difference(given, selection, context, together, terminal);
    }
    let text = match portfolio.as_ref().filter(|_| arguments.format != Format::Csv) {
        Some((_, portfolio, alone)) => {
            let shown = report::portfolio::Shown {
                name: given.requirements.name(),
                portfolio,
                selection,
                alone,
                together: &decided.capacity,
                overridden: &given.world.config.portfolio.named(),
                explain: arguments.explain,
            };
            report::portfolio::render(arguments.format, shown, terminal.look())?
        }
        None => shown_alone(arguments, given, decided, terminal)?,
    };
    let written = arguments.write.then(|| locked::write(given, selection, together, arguments.date)).transpose()?;
    terminal.result(&text)?;
    if let Some(written) = written {
        terminal.message(&written);
    }
    warn(selection, &given.world.config, terminal);
    Ok(Outcome::Done)
}

fn shown_alone(
    arguments: &Select,
    given: &Given,
    Decided { selection, capacity, .. }: &Decided<'_, '_>,
    terminal: &Terminal,
) -> Result<String> {
    let Given { requirements, world, .. } = given;
    let (look, shown) =
        (terminal.look(), Shown { requirements, selection, tree: &world.tree, catalog: &world.catalog, capacity });
    let mut text = arguments.format.render(shown, look)?;
    if arguments.explain && arguments.format == Format::Table {
        text.push('\n');
        text.push_str(&explain::selection(shown, Extent::new(arguments.verbose), look));
    }
    if arguments.explain && arguments.format == Format::Markdown {
        text.push_str(&explain::markdown(shown, Extent::new(arguments.verbose)));
    }
    if arguments.format == Format::Table {
        text.push_str(&look.wrap(&next(arguments, given, selection), 2));
        text.push('\n');
    }
    Ok(text)
}

/// What to do next: look at what does not fit, or else record the answer, or else use it.
fn next(arguments: &Select, given: &Given, selection: &Selection<'_>) -> String {
    let file = arguments.input.file.as_ref().map_or_else(String::new, |file| format!(" {}", file.shown()));
    let trouble = selection.kinds.iter().find(|selected| selected.verdict > Verdict::Strained);
    let look_at = match trouble {
        Some(selected) if !arguments.explain => {
            format!("`polyglot explain {}{file}` says why it does not fit", selected.name)
        }
        _ if !arguments.explain => format!("`polyglot select{file} --explain` says why"),
        _ => format!("`polyglot select{file} --set DATASET.FIELD=VALUE` shows what if"),
    };
    match (selection.lock, &given.path) {
        (LockState::Stale, _) => format!("next: `polyglot select{file} --write` records what would be decided now"),
        (LockState::Unlocked, None) => format!("next: {look_at}"),
        (LockState::Unlocked, Some(_)) if !arguments.write => {
            format!("next: {look_at}, `polyglot select{file} --write` records this")
        }
        (LockState::Current | LockState::Unlocked, _) => {
            format!("next: {look_at}, `polyglot render{file}` writes the stack")
        }
    }
}

/// Says on standard error what must not be overlooked in a pipe.
pub(super) fn warn(selection: &Selection<'_>, config: &Config, terminal: &Terminal) {
    let style = verdict(Verdict::Strained);
    let warning = format!("{style}warning{style:#}");
    for selected in &selection.kinds {
        if selected.verdict == Verdict::Exceeds {
            let (name, databases) = (selected.name, names(&selected.databases));
            let what = match selected.pinned {
                true => format!("`{name}` is pinned to {databases}, which does not fit"),
                false if selected.needs_several_nodes => {
                    format!("`{name}` needs more than one node of {databases}: say so with `scale: multi_node`")
                }
                false => format!("nothing in the catalog fits `{name}`"),
            };
            terminal.message(&format!("{warning}: {what}; see `polyglot explain {name}`"));
        }
        if selected.unjustified {
            let name = selected.name;
            terminal.message(&format!("{warning}: `{name}` is pinned against the tree without a `justification`"));
        }
    }
    let databases = selection.databases().len();
    if let Some(most) = config.policy.max_databases().filter(|most| databases > *most) {
        terminal.message(&format!("{warning}: {databases} databases, and the policy allows {most}"));
    }
}
