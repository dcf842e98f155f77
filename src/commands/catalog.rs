//! `polyglot catalog`: the databases that are known.

use std::path::Path;

use anyhow::{Result, bail};

use super::Outcome;
use super::input::World;
use super::terminal::Terminal;
use crate::cli::Catalog;
use crate::diagnostic::suggestion;
use crate::report::catalog::{all, one};
use crate::report::explain::Extent;
use crate::report::needs::Matrix;

pub(super) fn run(arguments: &Catalog, terminal: &Terminal) -> Result<Outcome> {
    let catalog = World::around(Path::new("."))?.catalog;
    if arguments.matrix {
        terminal.result(&Matrix::of(&catalog).render(arguments.format)?)?;
        return Ok(Outcome::Done);
    }
    let Some(id) = &arguments.database else {
        terminal.result(&all(&catalog, terminal.look()))?;
        return Ok(Outcome::Done);
    };
    let Some(database) = catalog.find(id) else {
        bail!("there is no database `{id}` in the catalog; {}", suggestion(id, catalog.ids()));
    };
    terminal.result(&one(database, &catalog, Extent::new(arguments.verbose), terminal.look()))?;
    Ok(Outcome::Done)
}
