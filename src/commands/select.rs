//! `polyglot select`: a database for each kind of data.

use anyhow::{Result, bail};

use super::Outcome;
use super::input::{self, Given};
use super::locked;
use super::terminal::Terminal;
use crate::cli::Select;
use crate::config::Config;
use crate::decide::{Depth, Facts, Selection, Verdict};
use crate::expression::Formulas;
use crate::report::style::verdict;
use crate::report::{Format, Shown, explain, names};

pub(super) fn run(arguments: &Select, terminal: &Terminal) -> Result<Outcome> {
    if arguments.explain && matches!(arguments.format, Format::Markdown | Format::Csv) {
        bail!("`--explain` goes with the table; `--format json` and `yaml` hold all of it");
    }
    let given = input::requirements(&arguments.input, terminal)?;
    let Given { requirements, world, .. } = &given;
    let formulas = Formulas::default();
    let facts = Facts::new(&world.catalog, &world.config.policy, &formulas, requirements);
    let depth = if arguments.explain || arguments.format.shows_flips() { Depth::Flips } else { Depth::Answer };
    let selection = Selection::of(requirements, &world.catalog, &world.tree, &facts, depth);
    if arguments.diff {
        return locked::show_difference(&given, &selection, &facts, terminal);
    }
    let shown = Shown { requirements, selection: &selection, tree: &world.tree };
    let look = terminal.look();
    let mut text = arguments.format.render(shown, look)?;
    if arguments.explain && arguments.format == Format::Table {
        text.push('\n');
        text.push_str(&explain::selection(shown, look));
    }
    let written = arguments.write.then(|| locked::write(&given, &selection, arguments.date)).transpose()?;
    terminal.result(&text)?;
    if let Some(written) = written {
        terminal.message(&written);
    }
    warn(&selection, &world.config, terminal);
    Ok(Outcome::Done)
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
