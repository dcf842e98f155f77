//! What an image is called, and which database it runs.

use catalog::{Catalog, Database};

use super::text::{filled, program};

/// The database that an image runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its id in the catalog.
    pub id: String,
    /// The version of the catalog that the tag names, if it names one that is known.
    pub version: Option<String>,
    /// Whether it is an image whose folders we know: the maker's own, or one made from it.
    pub is_known: bool,
}

impl Running {
    /// The database of an image: by its repository as the catalog has it, or by its last part, as in
    /// `bitnami/postgresql`.
    pub(super) fn of(image: &str, catalog: &Catalog) -> Option<Self> {
        let image = filled(image).text;
        let (repository, tag) = split_image(&image);
        let plain = without_registry(repository);
        if let Some((database, is_known)) = catalog.databases().find_map(|database| named(database, plain)) {
            let version = tag.and_then(|tag| version_of(tag, database));
            return Some(Self { id: database.id.to_string(), version, is_known });
        }
        let images = |database: &'_ Database| -> Vec<String> {
            let images = database.versions.iter().filter_map(|version| version.image.as_deref());
            images.map(|image| without_registry(image).to_owned()).collect()
        };
        let last = program(repository);
        let runs = |database: &&Database| {
            database.id.as_str() == last || images(database).iter().any(|image| program(image) == last)
        };
        let database = catalog.databases().find(runs)?;
        let version = tag.and_then(|tag| version_of(tag, database));
        let is_known = images(database).iter().any(|image| image == plain);
        Some(Self { id: database.id.to_string(), version, is_known })
    }
}

/// The database, and whether its image runs it as the official one does, where `[detect]` names the image.
fn named<'c>(database: &'c Database, image: &str) -> Option<(&'c Database, bool)> {
    let is_known = database.detect.images.iter().any(|name| *name == *image);
    let is_named = is_known || database.detect.derivatives.iter().any(|name| *name == *image);
    is_named.then_some((database, is_known))
}

/// A repository without the public registry that it is fetched from.
fn without_registry(repository: &str) -> &str {
    const REGISTRIES: [&str; 7] = [
        "docker.io/",
        "index.docker.io/",
        "quay.io/",
        "ghcr.io/",
        "docker.elastic.co/",
        "mirror.gcr.io/",
        "public.ecr.aws/docker/",
    ];
    let plain = REGISTRIES.iter().find_map(|registry| repository.strip_prefix(registry)).unwrap_or(repository);
    plain.strip_prefix("library/").unwrap_or(plain)
}

/// The repository and the tag of an image; a digest is no tag.
pub fn split_image(image: &str) -> (&str, Option<&str>) {
    let named = image.split('@').next().unwrap_or(image);
    match named.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (named, None),
    }
}

/// The version of the catalog whose numbers a tag begins with: `18.1-trixie` is version 18.
fn version_of(tag: &str, database: &Database) -> Option<String> {
    let numbers = |text: &str| -> Vec<u64> {
        let digits = text.trim_start_matches('v').split(|c: char| !c.is_ascii_digit());
        digits.map_while(|part| part.parse().ok()).collect()
    };
    let tagged = numbers(tag.split('-').next().unwrap_or(tag));
    let version = database.versions.iter().find(|version| {
        let major = numbers(&version.major);
        !major.is_empty() && tagged.starts_with(&major)
    });
    version.map(|version| version.major.to_string())
}
