//! `polyglot tree`: the decision tree, with the way of one kind of data marked.

use std::path::Path;

use anyhow::{Result, bail};

use super::Outcome;
use super::input::{self, Given, World};
use super::terminal::Terminal;
use crate::cli::Tree;
use crate::decide::{DecisionContext, Depth, Selection};
use crate::diagnostic::suggestion;
use crate::report::tree::{Way, render};

pub(super) fn run(arguments: &Tree, terminal: &Terminal) -> Result<Outcome> {
    if arguments.input.file.is_none() && arguments.data.is_none() {
        let world = World::around(Path::new("."))?;
        terminal.result(&render(&world.tree, &world.catalog, None, arguments.format, terminal.look()))?;
        return Ok(Outcome::Done);
    }
    let Given { requirements, world, .. } = input::requirements(&arguments.input, terminal)?;
    let names = requirements.data.keys().map(String::as_str);
    let name = match (&arguments.data, requirements.data.len()) {
        (Some(name), _) => name.as_str(),
        (None, 1) => names.clone().next().unwrap_or_default(),
        (None, _) => bail!("name one kind of data with `--data`: {}", names.collect::<Vec<_>>().join(", ")),
    };
    let facts = DecisionContext::new(world.knowledge(), &requirements);
    let selection = Selection::of(&requirements, &facts, Depth::Choice);
    let Some(selected) = selection.kinds.iter().find(|selected| selected.name == name) else {
        bail!("there is no kind of data `{name}` in the file; {}", suggestion(name, names));
    };
    terminal.result(&render(
        &world.tree,
        &world.catalog,
        Some(&Way::of(selected)),
        arguments.format,
        terminal.look(),
    ))?;
    Ok(Outcome::Done)
}
