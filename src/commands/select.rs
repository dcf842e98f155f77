//! `polyglot select`: a database for each kind of data.

use anyhow::{Result, bail};

use super::Outcome;
use super::input::{self, Given};
use super::locked::{self, Found};
use super::portfolio;
use super::terminal::Terminal;
use crate::cli::Select;
use crate::config::Config;
use crate::decide::portfolio::{Portfolio, Question};
use crate::decide::{DecisionContext, Depth, Selection, Verdict};
use crate::lock::Together;
use crate::report::style::verdict;
use crate::report::{self, Format, Shown, explain, names};

pub(super) fn run(arguments: &Select, terminal: &Terminal) -> Result<Outcome> {
    refuse_explanation(arguments)?;
    let given = input::requirements(&arguments.input, terminal)?;
    let Given { requirements, world, .. } = &given;
    let facts = DecisionContext::new(&world.catalog, &world.tree, &world.config.policy, requirements);
    let together = together(arguments, &given)?;
    let shows_flips = arguments.explain || arguments.format.shows_flips();
    let depth = if shows_flips && together.is_none() { Depth::Flips } else { Depth::Answer };
    let alone = Selection::of(requirements, &facts, depth);
    let Some(together) = together else {
        return finish(arguments, &given, &Decided { selection: &alone, context: &facts, portfolio: None }, terminal);
    };
    let waiting = terminal.wait("looking for the cheapest databases");
    let portfolio =
        portfolio::portfolio(Question { requirements, alone: &alone, most: together.max_databases }, world, &facts)?;
    drop(waiting);
    let selection = portfolio::selection(requirements, &facts, &portfolio, Depth::Answer);
    let portfolio = Some((together, &portfolio));
    finish(arguments, &given, &Decided { selection: &selection, context: &facts, portfolio }, terminal)
}

fn refuse_explanation(arguments: &Select) -> Result<()> {
    let explained = match arguments.format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown => arguments.portfolio,
        Format::Csv => false,
    };
    if arguments.explain && !explained {
        bail!("`--explain` goes with the table; `--format json` and `yaml` hold all of it");
    }
    Ok(())
}

/// Whether all kinds of data are to be decided together: as the command line says, and where it only asks for the lock,
/// as that does.
fn together(arguments: &Select, given: &Given) -> Result<Option<Together>> {
    if arguments.portfolio {
        return Ok(Some(Together { max_databases: arguments.max_databases.map(usize::from) }));
    }
    let follows_lock = (arguments.write || arguments.diff) && !arguments.no_portfolio;
    if !follows_lock {
        return Ok(None);
    }
    Ok(locked::read(given)?.as_ref().and_then(Found::portfolio))
}

/// What was decided, in which context, and the portfolio that it is from.
struct Decided<'d, 'a> {
    selection: &'d Selection<'a>,
    context: &'d DecisionContext<'a>,
    portfolio: Option<(Together, &'d Portfolio<'a>)>,
}

/// Shows what was decided, and records it or compares it with the lock where that is asked for.
fn finish(arguments: &Select, given: &Given, decided: &Decided<'_, '_>, terminal: &Terminal) -> Result<Outcome> {
    let Decided { selection, context, portfolio } = decided;
    if arguments.diff {
        return locked::show_difference(given, selection, context, terminal);
    }
    let text = match portfolio.filter(|_| arguments.format != Format::Csv) {
        Some((_, portfolio)) => shown_together(arguments, given, selection, portfolio, terminal)?,
        None => shown_alone(arguments, given, selection, terminal)?,
    };
    let together = portfolio.map(|(together, _)| together);
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
    Given { requirements, world, .. }: &Given,
    selection: &Selection<'_>,
    terminal: &Terminal,
) -> Result<String> {
    let (look, shown) = (terminal.look(), Shown { requirements, selection, tree: &world.tree });
    let mut text = arguments.format.render(shown, look)?;
    if arguments.explain && arguments.format == Format::Table {
        text.push('\n');
        text.push_str(&explain::selection(shown, look));
    }
    Ok(text)
}

fn shown_together(
    arguments: &Select,
    Given { requirements, world, .. }: &Given,
    selection: &Selection<'_>,
    portfolio: &Portfolio<'_>,
    terminal: &Terminal,
) -> Result<String> {
    let shown = report::portfolio::Shown {
        name: requirements.name(),
        portfolio,
        selection,
        overridden: &world.config.portfolio.named(),
        explain: arguments.explain,
    };
    Ok(report::portfolio::render(arguments.format, shown, terminal.look())?)
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
