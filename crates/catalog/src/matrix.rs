//! The selection matrix: for each kind of data the recommended database, why, and the alternative.

use serde::{Deserialize, Serialize};

use super::text::Text;
use crate::vocabulary::Flag;

/// The whole matrix, as `matrix.toml` holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Matrix {
    /// Its rows, in order.
    pub row: Vec<Row>,
}

/// A kind of data and what is recommended for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Row {
    /// The kind's name in a requirements file.
    pub kind: Text,
    /// Its Korean name, which is accepted too.
    pub korean: Text,
    /// The flags that the kind presets.
    pub sets: Vec<Flag>,
    /// The recommended database.
    pub recommended: Text,
    /// Why.
    pub reason: Text,
    /// The other database to think of.
    pub alternative: Text,
}

impl Matrix {
    /// The row of a kind, by its id or its Korean name, whatever the spacing.
    pub fn row(&self, kind: &str) -> Option<&Row> {
        self.row.iter().find(|row| row.kind == kind).or_else(|| {
            let folded = fold(kind);
            self.row.iter().find(|row| fold(&row.korean) == folded)
        })
    }

    /// The ids of the kinds, in order.
    pub fn kinds(&self) -> impl Iterator<Item = &str> + Clone {
        self.row.iter().map(|row| &*row.kind)
    }
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}
