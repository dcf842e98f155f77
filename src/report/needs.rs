//! The catalog as two matrices: how well each database serves each need, and how much of each quantity it carries.

use std::fmt::Write as _;

use catalog::vocabulary::{Need, Quantity};
use catalog::{Bound, Catalog, Database, Level};
use serde::Serialize;
use textwrap::core::display_width;

use super::ReportError;
use super::catalog::cells;

/// The formats of the matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MatrixFormat {
    /// For a wide terminal.
    Text,
    /// For documentation.
    Markdown,
    /// For a spreadsheet: a line for each database and need or quantity.
    Csv,
    /// For a program.
    Json,
}

/// Both matrices, the databases in the order of the catalog.
#[derive(Serialize)]
pub struct Matrix<'a> {
    schema: u32,
    databases: Vec<Row<'a>>,
}

/// What a database serves and carries.
#[derive(Serialize)]
struct Row<'a> {
    database: &'a str,
    needs: Vec<Served>,
    quantities: Vec<Carried>,
}

/// How well a need is served.
#[derive(Serialize)]
struct Served {
    need: Need,
    level: Level,
}

/// How much of a quantity is carried where no special use is asked for.
#[derive(Serialize)]
struct Carried {
    quantity: Quantity,
    strained: String,
    exceeds: String,
    several_nodes: String,
}

impl Carried {
    fn of(bound: &Bound) -> Self {
        let [strained, exceeds, several_nodes] = cells(bound);
        Self { quantity: bound.of, strained, exceeds, several_nodes }
    }

    /// Both figures in one cell.
    fn pair(&self) -> String {
        if self.exceeds.is_empty() { self.strained.clone() } else { format!("{} to {}", self.strained, self.exceeds) }
    }
}

impl<'a> Matrix<'a> {
    /// The matrices of a catalog.
    pub fn of(catalog: &'a Catalog) -> Self {
        let row = |database: &'a Database| Row {
            database: &database.id,
            needs: Need::ALL.iter().map(|need| Served { need: *need, level: database.level(*need) }).collect(),
            quantities: Quantity::ALL.iter().filter_map(|of| default_row(database, *of)).map(Carried::of).collect(),
        };
        Self { schema: 1, databases: catalog.databases().map(row).collect() }
    }

    /// The matrices in a format.
    ///
    /// # Errors
    /// [`ReportError`] where a library refuses to write what we hand it.
    pub fn render(&self, format: MatrixFormat) -> Result<String, ReportError> {
        match format {
            MatrixFormat::Text => Ok(self.text()),
            MatrixFormat::Markdown => Ok(self.markdown()),
            MatrixFormat::Csv => self.csv(),
            MatrixFormat::Json => Ok(format!("{}\n", serde_json::to_string_pretty(self)?)),
        }
    }

    fn text(&self) -> String {
        let mut text = String::from("● native  ◐ adequate  ○ strained  · not served\n\n");
        let widest = self.databases.iter().map(|row| row.database.len()).max().unwrap_or(0);
        let tallest = Need::ALL.iter().map(|need| need.name().len()).max().unwrap_or(0);
        for line in 0..tallest {
            // The names stand upright over their columns, and end where these begin.
            let letters = Need::ALL.iter().map(|need| {
                let blanks = tallest.saturating_sub(need.name().len());
                line.checked_sub(blanks).and_then(|at| need.name().chars().nth(at)).unwrap_or(' ')
            });
            push_row(&mut text, "", widest, letters);
        }
        for row in &self.databases {
            push_row(&mut text, row.database, widest, row.needs.iter().map(|served| sign(served.level)));
        }
        text.push_str("\nwhere strain begins, and where it ends, on a node of 8 vCPU and 32 GB in no special use\n\n");
        text.push_str(&aligned(&self.quantities()));
        text
    }

    /// The quantities as a table with its header.
    fn quantities(&self) -> Vec<Vec<String>> {
        let header = std::iter::once(String::new()).chain(Quantity::ALL.iter().map(ToString::to_string));
        let rows = self.databases.iter().map(|row| {
            let cell = |of: &Quantity| {
                let carried = row.quantities.iter().find(|carried| carried.quantity == *of);
                carried.map_or_else(String::new, Carried::pair)
            };
            std::iter::once(row.database.to_owned()).chain(Quantity::ALL.iter().map(cell)).collect()
        });
        std::iter::once(header.collect()).chain(rows).collect()
    }

    fn markdown(&self) -> String {
        let needs = Need::ALL.iter().map(|need| need.name().replace('_', " "));
        let header = std::iter::once(String::new()).chain(needs).collect();
        let rows = self.databases.iter().map(|row| {
            let levels = row.needs.iter().map(|served| match served.level {
                Level::No => String::new(),
                level => level.to_string(),
            });
            std::iter::once(row.database.to_owned()).chain(levels).collect()
        });
        let needs: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
        let mut quantities = self.quantities();
        if let Some(header) = quantities.first_mut() {
            header.iter_mut().for_each(|name| *name = name.replace('_', " "));
        }
        format!(
            "## Needs\n\nHow well each database serves each need. An empty cell is a need that it does not serve.\n\n{}\n\
             ## Quantities\n\nWhere strain begins and where the database ends, on one node of 8 vCPU and 32 GB and in no \
             special use; `polyglot catalog DATABASE` has the rows for special uses and for several nodes, with their \
             sources. A figure with ≈ depends on the host's memory or the embeddings' dimension, and is that of 32 GB and 768 \
             dimensions.\n\n{}",
            piped(&needs),
            piped(&quantities)
        )
    }

    fn csv(&self) -> Result<String, ReportError> {
        let fault = |error: csv::Error| ReportError::Csv(error.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["database", "of", "level", "strained", "exceeds", "several_nodes"]).map_err(fault)?;
        for row in &self.databases {
            for Served { need, level } in &row.needs {
                writer.write_record([row.database, need.name(), &level.to_string(), "", "", ""]).map_err(fault)?;
            }
            for Carried { quantity, strained, exceeds, several_nodes } in &row.quantities {
                let record = [row.database, quantity.name(), "", strained, exceeds, several_nodes];
                writer.write_record(record).map_err(fault)?;
            }
        }
        let bytes = writer.into_inner().map_err(|error| ReportError::Csv(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| ReportError::Csv(error.to_string()))
    }
}

/// The row of a quantity that holds where no special use is asked for.
fn default_row(database: &Database, of: Quantity) -> Option<&Bound> {
    let latest = |bound: &&Bound| bound.of == of && bound.when.is_empty() && bound.until.is_none();
    database.bounds.iter().rfind(latest)
}

fn sign(level: Level) -> char {
    match level {
        Level::Native => '●',
        Level::Adequate => '◐',
        Level::Strained => '○',
        Level::No => '·',
    }
}

fn push_row(text: &mut String, name: &str, widest: usize, signs: impl Iterator<Item = char>) {
    let signs = signs.flat_map(|sign| [' ', sign]).collect::<String>();
    let _ = writeln!(text, "{}", format!("{name:<widest$}{signs}").trim_end());
}

/// A table whose columns stand under one another.
fn aligned(table: &[Vec<String>]) -> String {
    let columns = table.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = table.iter().filter_map(|row| row.get(column));
        cells.map(|cell| display_width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let blanks = width.saturating_sub(display_width(cell));
            format!("{cell}{:blanks$}  ", "")
        });
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    table.iter().map(line).collect()
}

/// A table in Markdown.
fn piped(table: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| format!("| {} |\n", row.join(" | "));
    let Some((header, rows)) = table.split_first() else { return String::new() };
    let rule = format!("|{}\n", " --- |".repeat(header.len()));
    std::iter::once(line(header)).chain([rule]).chain(rows.iter().map(line)).collect()
}
