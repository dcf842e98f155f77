//! What every format of a selection is made of.

use catalog::Catalog;

use crate::decide::{Selection, Tree};
use crate::plan::Capacity;
use crate::requirements::Requirements;

/// What is shown, and the tree that it was decided by.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What was asked.
    pub requirements: &'a Requirements,
    /// The answer.
    pub selection: &'a Selection<'a>,
    /// The tree.
    pub tree: &'a Tree,
    /// The databases.
    pub catalog: &'a Catalog,
    /// What it needs of the host.
    pub capacity: &'a Capacity,
}

/// Why a report could not be made: a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// JSON.
    #[error("the selection cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// YAML.
    #[error("the selection cannot be written as YAML")]
    Yaml(#[from] serde_yaml::Error),
    /// CSV.
    #[error("the selection cannot be written as CSV: {0}")]
    Csv(String),
    /// `JUnit`'s XML.
    #[error("the findings cannot be written as JUnit's XML")]
    Junit(#[from] quick_junit::SerializeError),
    /// The page.
    #[error("the report cannot be filled in: {0:#}")]
    Page(#[from] minijinja::Error),
}
