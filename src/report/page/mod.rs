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
mod sight;
mod templates;
mod ways;
mod words;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::ReportError;
use crate::render::write::{Artifact, seal};
pub use sight::Sight;

/// The page's name in the rendered folder.
pub const FILE: &str = "report.html";

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
