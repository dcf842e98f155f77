//! What the build script put into the program: the catalog, the tree, the weights, and the templates that belong to no
//! database.
//!
//! The folders hold 600 kB of TOML, and reading that at each start would take ten times what a whole selection takes. So the
//! build script reads and checks it once and writes it in postcard's form, from which texts are borrowed instead of copied.
//! The form is private to one build: nothing else reads or writes it, so it needs no version, and a program cannot meet
//! another program's. That is also why the functions here have no errors to return; a test calls every one.

use catalog::{Catalog, Folder, TreeFile, Weights};
use serde::Deserialize;

/// The databases and the matrix.
pub fn catalog() -> Catalog {
    read(Catalog::from_embedded(include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"))))
}

/// The base tree and the questions that were added to it.
pub fn tree() -> TreeFile {
    read(postcard::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/tree.bin"))))
}

/// What things cost.
pub fn weights() -> Weights {
    read(postcard::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/weights.bin"))))
}

/// The files of `templates/shared` or `templates/report`: the name and the text of each.
pub fn texts(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    #[derive(Deserialize)]
    struct Folder(&'static str, Vec<(&'static str, &'static str)>);

    let embedded: Vec<Folder> = read(postcard::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/texts.bin"))));
    let of_folder = embedded.into_iter().find(|Folder(name, _)| *name == folder);
    of_folder.into_iter().flat_map(|Folder(_, texts)| texts)
}

/// The text of one file of such a folder.
pub fn text(folder: &str, name: &str) -> Option<&'static str> {
    texts(folder).find(|(known, _)| *known == name).map(|(_, text)| text)
}

/// The folder of a database, for one of another catalogue that is like it.
pub fn folder(id: &str) -> Option<Folder> {
    let databases: Vec<(&str, &str)> =
        read(postcard::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/databases.bin"))));
    let (_, database) = databases.into_iter().find(|(known, _)| *known == id)?;
    Some(catalog().recipe(id)?.folder(database))
}

fn read<T, E: std::fmt::Debug>(embedded: Result<T, E>) -> T {
    #[expect(clippy::expect_used, reason = "the build script of the same build wrote it")]
    embedded.expect("the embedded data")
}
