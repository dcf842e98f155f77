//! Reads the data files once, when the program is built, so that it need not at each start; see `src/embedded.rs`. A mistake
//! in a data file stops the build.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use catalog::{Entry, Folder, Matrix, Text, TreeFile, Weights};

/// What makes a folder that of a database.
const DATABASE: &str = "database.toml";

/// The folders whose texts are embedded as they are.
const TEXTS: [&str; 2] = ["templates/report", "templates/shared"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=templates");
    let templates = Path::new("templates");
    let entries: Result<Vec<_>, _> = folders(templates)?.iter().map(|folder| entry(folder)).collect();
    let matrix: Matrix = parse(&templates.join("matrix.toml"), toml::from_str)?;
    let tree: TreeFile = parse(&templates.join("tree.toml"), toml::from_str)?;
    let weights: Weights = parse(&templates.join("weights.toml"), toml::from_str)?;
    write("catalog.bin", &catalog::embed(entries?, matrix)?)?;
    write("weights.bin", &postcard::to_stdvec(&weights)?)?;
    write("tree.bin", &postcard::to_stdvec(&tree)?)?;
    let mut shared = Vec::new();
    for folder in TEXTS {
        shared.push((folder, texts(Path::new(folder))?));
    }
    write("texts.bin", &postcard::to_stdvec(&shared)?)?;
    let mut databases = Vec::new();
    for path in folders(templates)? {
        let id = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        databases.push((id, fs::read_to_string(path.join(DATABASE))?));
    }
    write("databases.bin", &postcard::to_stdvec(&databases)?)
}

/// The folders of the databases, sorted by name.
fn folders(parent: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let paths: Result<Vec<_>, _> = fs::read_dir(parent)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut folders: Vec<_> = paths?.into_iter().filter(|path| path.join(DATABASE).is_file()).collect();
    folders.sort();
    Ok(folders)
}

/// A database's folder.
fn entry(path: &Path) -> Result<Entry, Box<dyn Error>> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let entry =
        Entry::read(&folder(path)?, |id| folder(&path.with_file_name(id)).ok()).map_err(|error| wrong(&error))?;
    if path.file_name().and_then(|name| name.to_str()) != Some(&*entry.database.id) {
        return Err(wrong(&format!("the id `{}` is not the folder's name", entry.database.id)).into());
    }
    entry.check()?;
    Ok(entry)
}

fn folder(path: &Path) -> Result<Folder, Box<dyn Error>> {
    let database = fs::read_to_string(path.join(DATABASE))?.leak();
    let files = texts(path)?.into_iter().filter(|(name, _)| Folder::takes(name));
    Ok(Folder { database, files: files.map(|(name, text)| (Text::from(name), Text::from(text))).collect() })
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

fn parse<T>(path: &Path, read: fn(&'static str) -> Result<T, toml::de::Error>) -> Result<T, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    read(text.leak()).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn write(name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join(name), bytes)?)
}
