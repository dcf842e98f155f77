//! Reads the data files once, at build time, so that the program need not at each start: the catalog's folders, the
//! matrix and the tree become two small binary files that are embedded whole. A fault in a data file stops the build.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::{Deserialize, Serialize};

use catalog::Text;
use catalog::program::Program;
use catalog::recipe::{Template, Templates};

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
    pub mod constant;
    pub mod database;
    pub mod date;
    pub mod deferred;
    pub mod entry;
    pub mod matrix;
    pub mod program;
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
    let shared = texts(Path::new("templates/shared"))?;
    for folder in folders(Path::new("templates"))? {
        let path = folder.join("database.toml");
        if !path.is_file() {
            continue;
        }
        let mut entry = read_with(&path, catalog::entry::Entry::read)?;
        if folder.file_name().and_then(|name| name.to_str()) != Some(&*entry.database.id) {
            return Err(format!("{}: the id `{}` is not the folder's name", path.display(), entry.database.id).into());
        }
        entry.recipe.templates = templates(&folder, &shared)?;
        entry.check()?;
        databases.push(entry.database);
        let templates = std::mem::take(&mut entry.recipe.templates);
        recipes.push((entry.recipe, templates));
    }
    let matrix: catalog::matrix::Matrix = read(Path::new("src/catalog/matrix.toml"))?;
    let tree: question::TreeFile = read(Path::new("src/decide/tree.toml"))?;
    write("catalog.bin", &(databases, matrix))?;
    let recipes: Result<Vec<_>, _> = recipes.iter().map(packed).collect();
    write("recipes.bin", &recipes?)?;
    write("tree.bin", &tree)?;
    store("schemas.bin", &packed(&schemas()?)?)?;
    store("shared.bin", &packed_with_steps(&shared)?)?;
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

/// The shared templates: the name and the source of each.
type Shared = [(String, String)];

/// The templates of a database's folder, compiled, by file name.
fn templates(folder: &Path, shared: &Shared) -> Result<Templates, Box<dyn Error>> {
    let is_template = |name: &str| Path::new(name).extension().is_some_and(|end| end == "j2");
    let mut templates = Templates::new();
    for (name, text) in texts(folder)?.into_iter().filter(|(name, _)| is_template(name)) {
        let only = text.trim_end().strip_prefix("{%- include \"").and_then(|rest| rest.strip_suffix("\" %}"));
        let template = match only.filter(|only| shared.iter().any(|(known, _)| known == only)) {
            Some(shared) => Template::Shared(Text::from(shared.to_owned())),
            None => Template::Compiled(compiled(&format!("{}/{name}", folder.display()), &text, shared)?),
        };
        templates.push((Text::from(name), template));
    }
    Ok(templates)
}

/// A template, compiled.
fn compiled(place: &str, text: &str, shared: &Shared) -> Result<Program, Box<dyn Error>> {
    Ok(Program::compile(place, &whole(text, shared)?)?)
}

/// The name, the source and the steps of each shared template, packed.
fn packed_with_steps(shared: &Shared) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut all = Vec::new();
    for (name, text) in shared {
        all.push((name, text, compiled(name, text, shared)?));
    }
    packed(&all)
}

/// A template with the shared ones that it includes or imports from in the place of the tags.
fn whole(template: &str, shared: &Shared) -> Result<String, Box<dyn Error>> {
    const MOST: usize = 100;
    let mut whole = template.to_owned();
    for _ in 0..MOST {
        let Some((before, name, after)) = around_shared(&whole) else { return Ok(whole) };
        let known = shared.iter().find(|(known, _)| known == name);
        let (_, text) = known.ok_or_else(|| format!("no shared template is called {name}"))?;
        whole = [before, text.trim_end(), after].concat();
    }
    Err("shared templates include each other without end".into())
}

/// What stands before a tag that names a shared template, the name, and what stands after the tag. A tag that says more
/// is left to the compiler, which refuses it.
fn around_shared(template: &str) -> Option<(&str, &str, &str)> {
    let tags = ["{%- include \"", "{%- from \""];
    let (before, tag) = tags.into_iter().find_map(|tag| template.split_once(tag))?;
    let (name, rest) = tag.split_once('"')?;
    let (more, after) = rest.split_once("%}")?;
    let names = more.strip_prefix(" import ").unwrap_or(more).split(',').map(str::trim);
    let plain = more.ends_with(' ') && names.into_iter().all(|name| !name.contains([' ', '-']));
    plain.then_some((before.trim_end(), name, after))
}

fn read<T: Deserialize<'static>>(path: &Path) -> Result<T, Box<dyn Error>> {
    read_with(path, |text| toml::from_str(text.leak()))
}

fn read_with<T>(path: &Path, read: fn(String) -> Result<T, toml::de::Error>) -> Result<T, Box<dyn Error>> {
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
