//! The report to look at: one HTML page that shows the whole answer, without a script and without anything from
//! elsewhere. Each module reckons what one section shows; the templates under `templates/report/` lay it out.

mod flow;
mod frontier;
mod headroom;
mod kinds;
mod matrix;
mod memory;
mod overview;
mod portfolio;
mod templates;
mod ways;

use catalog::Catalog;
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::{ReportError, Shown};
use crate::decide::Verdict;
use crate::decide::portfolio::Portfolio;
use crate::plan::Plan;
use crate::render::write::{Artifact, seal};

/// The page's name in the rendered folder.
pub const FILE: &str = "report.html";

/// What the page shows: the answer, what was planned of it, and what it was decided from.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// The answer, with its flips.
    pub shown: Shown<'a>,
    /// How it runs.
    pub plan: &'a Plan<'a>,
    /// The databases and the matrix.
    pub catalog: &'a Catalog,
    /// The cheapest databases for all of the data together, where they were found.
    pub portfolio: Option<&'a Portfolio<'a>>,
}

/// What the templates are given.
#[derive(Serialize)]
struct Page<'a> {
    version: &'a str,
    overview: overview::Overview<'a>,
    matrix: matrix::Matrix<'a>,
    ways: ways::Ways<'a>,
    portfolio: Option<portfolio::Together<'a>>,
    memory: memory::Budget<'a>,
    flow: flow::Flow<'a>,
    headroom: headroom::Headroom<'a>,
    kinds: Vec<kinds::Kind<'a>>,
}

/// The page as a file of the rendered folder.
///
/// # Errors
/// [`ReportError`] where a template cannot be filled in, which is a fault of ours.
pub fn artifact(sight: Sight<'_>, version: &'static str) -> Result<Artifact, ReportError> {
    let body = page(sight, version)?;
    Ok(Artifact { path: FILE.to_owned(), content: seal(FILE, &body, version), executable: false })
}

/// The page.
fn page(sight: Sight<'_>, version: &str) -> Result<String, ReportError> {
    let page = Page {
        version,
        overview: overview::Overview::of(sight),
        matrix: matrix::Matrix::of(sight),
        ways: ways::Ways::of(sight),
        portfolio: sight.portfolio.map(portfolio::Together::of),
        memory: memory::Budget::of(sight.plan),
        flow: flow::Flow::of(sight),
        headroom: headroom::Headroom::of(sight.shown.selection),
        kinds: sight.shown.selection.kinds.iter().map(|selected| kinds::Kind::of(selected, sight.shown.tree)).collect(),
    };
    templates::fill(&Value::from(Serde(&page)))
}

/// A verdict as a word, which is its class in the style sheet too.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fits => "fits",
        Verdict::Strained => "strained",
        Verdict::Exceeds => "exceeds",
    }
}

/// So many of something: `1 database`, `8 databases`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A part of a whole for a person: `under 1 %`, `25 %`.
fn percent(part: f64) -> String {
    match part * 100.0 {
        nothing if nothing <= 0.0 => String::from("0 %"),
        little if little < 1.0 => String::from("under 1 %"),
        some => format!("{some:.0} %"),
    }
}
