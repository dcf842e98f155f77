//! Decision records: for each kind of data a page in the manner of MADR 4.0, and an index.
//!
//! A record keeps its number and what people wrote into it. One that was accepted is not rewritten when another database
//! is chosen: a new one takes its place, and each names the other. Where only figures changed, the same record follows.

mod desk;
mod front;
mod index;
mod page;

mod shelf;

use std::collections::BTreeMap;

pub use desk::Decided;
pub use front::{Front, Status};
pub use shelf::{File, number_of};

use super::write::Artifact;
use super::write::part::{Remark, merge, part};
use desk::Desk;

/// Where the records lie in the rendered folder: the place that MADR names.
pub const FOLDER: &str = "docs/decisions";
/// The name of the index.
pub const INDEX: &str = "README.md";

/// The records and their index, as far as they are ours to write: what took its place earlier stays as it is.
pub fn records(decided: &Decided<'_>) -> Vec<Artifact> {
    let written = Desk::written(decided);
    let mut all: BTreeMap<String, String> =
        decided.standing.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
    let before = all.remove(INDEX);
    all.extend(written.clone());
    let index = part("index", Remark::Markup, &index::index(&all, decided.catalog));
    let index = before.map_or_else(|| index.clone(), |before| merge(&before, &index));
    let files = written.into_iter().chain([(String::from(INDEX), index)]);
    let artifact = |(name, content)| Artifact { path: format!("{FOLDER}/{name}"), content, executable: false };
    files.map(artifact).collect()
}
