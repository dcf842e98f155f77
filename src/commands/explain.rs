//! `polyglot explain`: whatever has a name, in full.

use std::mem::ManuallyDrop;
use std::path::Path;

use anyhow::{Result, bail};

use super::Outcome;
use super::input::{self, Given, World};
use super::terminal::Terminal;
use crate::cli::Explain;
use crate::decide::{DecisionContext, Depth, Selection};
use crate::diagnostic::did_you_mean;
use crate::plan::realised::stated;
use crate::report::catalog::{one, row};
use crate::report::explain::{Extent, dataset};
use crate::report::style::Look;
use crate::report::{field, parameter, rules, schema};
use crate::requirements::Requirements;

/// Looks a name up among the kinds of data of the file, the databases, the matrix, the fields and the settings, in that
/// order.
pub(super) fn run(arguments: &Explain, terminal: &Terminal) -> Result<Outcome> {
    let name = arguments.name.as_str();
    let (look, extent) = (terminal.look(), Extent::new(arguments.verbose));
    let has_file = arguments.input.file.is_some() || input::found_here().is_some();
    let (requirements, world) = if has_file {
        let Given { requirements, world, .. } = input::requirements(&arguments.input, terminal)?;
        (Some(requirements), world)
    } else {
        (None, ManuallyDrop::new(World::around(Path::new("."))?))
    };
    let found = requirements.as_ref().and_then(|requirements| data(name, requirements, &world, extent, look));
    let database = || world.catalog.find(name).map(|database| one(database, &world.catalog, extent, look));
    let of_matrix = || world.catalog.matrix().row(name).map(|found| row(found, &world.catalog, look));
    let of_lint = || crate::lint::rule(name).map(|rule| rules::one(rule, look));
    let schema = serde_json::from_str(schema::REQUIREMENTS)?;
    let of_file = || field::field(name, &schema, look);
    let found = found.or_else(database).or_else(of_matrix).or_else(of_lint).or_else(of_file);
    let found = found.or_else(|| parameter::parameter(name, &world.catalog, look));
    let Some(text) = found else {
        let data = requirements.iter().flat_map(|requirements| requirements.data.keys().map(String::as_str));
        let fields = field::names(&schema);
        let known = data.chain(world.catalog.ids()).chain(world.catalog.matrix().kinds()).chain(fields);
        let settings = parameter::names(&world.catalog);
        let rules = crate::lint::IDS.iter().map(|id| id.as_str());
        let known = known.chain(settings.iter().copied()).chain(rules);
        let help = did_you_mean(name, known).map_or_else(
            || String::from("it takes a kind of data of the file, a database (`polyglot catalog`), a row of the matrix, a field, a setting or a rule (`polyglot lint --list`)"),
            |word| format!("did you mean `{word}`?"),
        );
        bail!("nothing is called `{name}`; {help}");
    };
    terminal.result(&text)?;
    Ok(Outcome::Done)
}

fn data(name: &str, requirements: &Requirements, world: &World, extent: Extent, look: Look) -> Option<String> {
    requirements.data.get(name)?;
    let facts = DecisionContext::new(world.knowledge(), requirements);
    let selection = Selection::of(requirements, &facts, Depth::Flips);
    let selected = selection.kinds.iter().find(|selected| selected.name == name)?;
    let stated = stated(selected, &selection, &world.catalog);
    Some(dataset(selected, &world.tree, &stated, extent, look))
}
