//! Reads the data files once, at build time, so that the program need not at each start: the catalog's folders, the
//! matrix and the tree become two small binary files that are embedded whole. A fault in a data file stops the build.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::{Deserialize, Serialize};

#[allow(dead_code, unreachable_pub, reason = "the build script uses a part of each shared module")]
#[path = "src/units.rs"]
mod units;

#[allow(dead_code, unreachable_pub, reason = "the build script uses a part of each shared module")]
#[path = "src/vocabulary.rs"]
mod vocabulary;

#[allow(dead_code, unreachable_pub, reason = "the build script uses a part of each shared module")]
#[path = "src/catalog"]
mod catalog {
    pub mod check;
    pub mod database;
    pub mod date;
    pub mod deferred;
    pub mod entry;
    pub mod matrix;
    pub mod read;
    pub mod recipe;
    pub mod text;

    pub use text::{Map, Text};
}

#[allow(dead_code, unreachable_pub, reason = "the build script uses a part of each shared module")]
#[path = "src/decide/question.rs"]
mod question;

fn main() -> Result<(), Box<dyn Error>> {
    leave_out_unwinding();
    for shared in ["templates", "schemas", "src/units.rs", "src/vocabulary.rs", "src/catalog", "src/decide"] {
        println!("cargo::rerun-if-changed={shared}");
    }
    let mut databases = Vec::new();
    let mut recipes = Vec::new();
    for folder in folders(Path::new("templates"))? {
        let path = folder.join("database.toml");
        if !path.is_file() {
            continue;
        }
        let mut entry = read_with(&path, catalog::entry::Entry::read)?;
        if folder.file_name().and_then(|name| name.to_str()) != Some(&*entry.database.id) {
            return Err(format!("{}: the id `{}` is not the folder's name", path.display(), entry.database.id).into());
        }
        entry.recipe.templates = templates(&folder)?;
        entry.check()?;
        databases.push(entry.database);
        recipes.push(entry.recipe);
    }
    let matrix: catalog::matrix::Matrix = read(Path::new("src/catalog/matrix.toml"))?;
    let tree: question::TreeFile = read(Path::new("src/decide/tree.toml"))?;
    write("catalog.bin", &(databases, matrix))?;
    let recipes: Result<Vec<_>, _> = recipes.iter().map(packed).collect();
    write("recipes.bin", &recipes?)?;
    write("tree.bin", &tree)?;
    store("schemas.bin", &packed(&schemas()?)?)?;
    store("report.bin", &packed(&texts(Path::new("templates/report"))?)?)
}

/// Leaves the table out of the released program that leads to what unwinds a panic: it stops at one.
fn leave_out_unwinding() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
    }
}

/// The JSON Schemas by name.
fn schemas() -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut schemas = Vec::new();
    for entry in fs::read_dir("schemas")? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".schema.json"));
        schemas.push((name.ok_or("a schema is called NAME.schema.json")?.to_owned(), fs::read_to_string(&path)?));
    }
    schemas.sort();
    Ok(schemas)
}

/// The folders in a folder, sorted by name.
fn folders(parent: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let paths: Result<Vec<_>, _> = fs::read_dir(parent)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut folders: Vec<_> = paths?.into_iter().filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

/// The files of a folder, by name.
fn texts(folder: &Path) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let paths: Result<Vec<_>, _> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths?;
    paths.sort();
    let texts = paths.into_iter().map(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok((name, fs::read_to_string(&path)?))
    });
    texts.collect()
}

/// The templates of a database's folder, by file name.
fn templates(folder: &Path) -> Result<catalog::text::Map<catalog::Text, catalog::Text>, Box<dyn Error>> {
    let paths: Result<Vec<_>, _> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths: Vec<_> = paths?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "j2")).collect();
    paths.sort();
    let templates = paths.into_iter().map(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok((catalog::Text::from(name), catalog::Text::from(fs::read_to_string(&path)?)))
    });
    templates.collect()
}

fn read<T: Deserialize<'static>>(path: &Path) -> Result<T, Box<dyn Error>> {
    read_with(path, catalog::read::read_toml)
}

fn read_with<T>(path: &Path, read: fn(String) -> Result<T, catalog::read::FileError>) -> Result<T, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    read(text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// What not every start reads: small, at the price of unpacking it.
fn packed<T: Serialize>(value: &T) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(lz4_flex::compress_prepend_size(&postcard::to_stdvec(value)?))
}

fn write<T: Serialize>(name: &str, value: &T) -> Result<(), Box<dyn Error>> {
    store(name, &postcard::to_stdvec(value)?)
}

fn store(name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let folder = env::var("OUT_DIR")?;
    Ok(fs::write(Path::new(&folder).join(name), bytes)?)
}
