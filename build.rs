//! Reads the data files once, when the program is built, so that it need not at each start; see `src/embedded.rs`. A mistake
//! in a data file stops the build.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use catalog::{Entry, Matrix, Templates, Text, TreeFile, Weights};

/// The folders whose texts are embedded as they are.
const TEXTS: [&str; 2] = ["templates/report", "templates/shared"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=templates");
    let templates = Path::new("templates");
    let entries: Result<Vec<_>, _> = folders(templates)?.iter().map(|folder| entry(folder)).collect();
    let matrix: Matrix = parse(&templates.join("matrix.toml"), |text| toml::from_str(text))?;
    let tree: TreeFile = parse(&templates.join("tree.toml"), |text| toml::from_str(text))?;
    parse::<Weights>(&templates.join("weights.toml"), |text| toml::from_str(text))?;
    write("catalog.bin", &catalog::embed(entries?, matrix)?)?;
    write("tree.bin", &postcard::to_stdvec(&tree)?)?;
    let folders: Result<Vec<_>, _> = TEXTS.iter().map(|folder| Ok((*folder, texts(Path::new(folder))?))).collect();
    write("texts.bin", &postcard::to_stdvec(&folders.map_err(|error: Box<dyn Error>| error)?)?)
}

/// The folders of the databases, sorted by name.
fn folders(parent: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let paths: Result<Vec<_>, _> = fs::read_dir(parent)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut folders: Vec<_> = paths?.into_iter().filter(|path| path.join("database.toml").is_file()).collect();
    folders.sort();
    Ok(folders)
}

/// A database's folder.
fn entry(folder: &Path) -> Result<Entry, Box<dyn Error>> {
    let path = folder.join("database.toml");
    let mut entry = parse(&path, |text| Entry::read(text))?;
    if folder.file_name().and_then(|name| name.to_str()) != Some(&*entry.database.id) {
        return Err(format!("{}: the id `{}` is not the folder's name", path.display(), entry.database.id).into());
    }
    let is_template = |name: &str| Path::new(name).extension().is_some_and(|end| end == "j2");
    let templates = texts(folder)?.into_iter().filter(|(name, _)| is_template(name));
    entry.recipe.templates = templates.map(|(name, text)| (Text::from(name), Text::from(text))).collect::<Templates>();
    entry.check()?;
    Ok(entry)
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
