//! What an image is called, and which database it runs.

use catalog::{Catalog, Database, Detect, Text};

use super::text::program;

/// The database that an image runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its id in the catalog.
    pub id: String,
    /// The version of the catalog that the tag names, if it names one that is known.
    pub version: Option<String>,
    /// Whether it is an image whose folders we know: the maker's own, or one made from it.
    pub is_known: bool,
    /// Whether the catalog lists the image, so that its tags mean what we believe.
    pub is_listed: bool,
}

impl Running {
    /// The database of an image: by its repository as the catalog has it, or by its last part, as in
    /// `registry.example/postgres`.
    pub(super) fn of(image: &str, catalog: &Catalog) -> Option<Self> {
        let (repository, tag) = split_image(image);
        let plain = without_registry(repository);
        if let Some((database, is_known)) = catalog.databases().find_map(|database| named(database, plain)) {
            return Some(Self::new(database, plain, tag, [is_known, true]));
        }
        let last = program(repository);
        let runs = |database: &&Database| {
            let mut images = database.known_versions().filter_map(|version| version.image.as_deref());
            database.id.as_str() == last || images.any(|image| program(image) == last)
        };
        let database = catalog.databases().find(runs)?;
        Some(Self::new(database, plain, tag, [false, false]))
    }

    fn new(database: &Database, image: &str, tag: Option<&str>, [is_known, is_listed]: [bool; 2]) -> Self {
        let version = tag.and_then(|tag| version_of(tag, image, database));
        Self { id: database.id.to_string(), version, is_known, is_listed }
    }
}

/// The database, and whether its image runs it as the official one does, where the catalog names the image.
fn named<'c>(database: &'c Database, image: &str) -> Option<(&'c Database, bool)> {
    let of_version = |name: &str| without_registry(name) == image;
    let is_official = database.known_versions().filter_map(|version| version.image.as_deref()).any(of_version);
    let is_known = is_official || database.detect.images.iter().any(|name| *name == *image);
    let is_named = is_known || database.detect.derivatives.iter().any(|name| *name == *image);
    is_named.then_some((database, is_known))
}

/// A repository without the public registry that it is fetched from.
pub fn without_registry(repository: &str) -> &str {
    const REGISTRIES: [&str; 10] = [
        "docker.io/",
        "index.docker.io/",
        "registry-1.docker.io/",
        "quay.io/",
        "ghcr.io/",
        "docker.elastic.co/",
        "mirror.gcr.io/",
        "public.ecr.aws/docker/",
        "public.ecr.aws/",
        "gcr.io/",
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

/// Whether a tag names a version, or leaves it to the environment: a number that is not the base image's.
pub fn names_version(tag: &str) -> bool {
    const BASES: [&str; 7] = ["alpine", "debian", "ubuntu", "oraclelinux", "ubi", "al", "rocky"];
    let of_base = |part: &str| BASES.iter().any(|base| part.starts_with(base));
    tag.contains('$') || tag.split('-').any(|part| !of_base(part) && part.bytes().any(|byte| byte.is_ascii_digit()))
}

/// The version of the catalog whose numbers a tag begins with: `18.1-trixie` is version 18. A tag that names less than a
/// version moves on to the newest that it fits: `mysql:8` is 8.4.
fn version_of(tag: &str, image: &str, database: &Database) -> Option<String> {
    let tagged = tagged(tag, image, &database.detect);
    let listed = database.known_versions().map(|version| (Some(&version.major), numbers(&version.major)));
    let unlisted = database.detect.unlisted.iter().map(|major| (None, numbers(major)));
    let majors: Vec<_> = listed.chain(unlisted).filter(|(_, major)| !major.is_empty()).collect();
    let exact = majors.iter().filter(|(_, major)| tagged.starts_with(major)).max_by_key(|(_, major)| major.len());
    // A short tag such as `mongo:7` stays on a line that gets fixes, while there is one.
    let has_ended = |major: Option<&Text>| major.is_some_and(|major| database.ended_version(major).is_some());
    let fitting = || majors.iter().filter(|(_, major)| major.starts_with(&tagged));
    let newest = || fitting().max_by_key(|(name, major)| (!has_ended(*name), major));
    let found = exact.or_else(|| newest().filter(|_| !tagged.is_empty()));
    found.and_then(|(major, _)| major.map(ToString::to_string))
}

/// The numbers of the server's version in a tag.
fn tagged(tag: &str, image: &str, detect: &Detect) -> Vec<u64> {
    let marked = detect.tag_mark.as_deref().and_then(|mark| {
        let parts = tag.split(['-', '_']);
        let after =
            |part: &str| part.get(mark.len()..).filter(|_| part.to_ascii_lowercase().starts_with(mark)).map(numbers);
        parts.filter_map(after).find(|numbers| !numbers.is_empty())
    });
    if let Some(marked) = marked {
        return marked;
    }
    if detect.own_numbers.iter().any(|name| *name == *image) {
        return Vec::new();
    }
    numbers(tag.strip_prefix("RELEASE.").unwrap_or(tag))
}

/// The numbers that a text begins with.
fn numbers(text: &str) -> Vec<u64> {
    let text = text.trim_start_matches('v');
    let dated = text.split('T').next().unwrap_or(text);
    // A date has dashes between its numbers; elsewhere what follows a dash is the variant.
    let is_date = dated.len() == "2025-09-07".len() && dated.bytes().filter(|byte| *byte == b'-').count() == 2;
    let text = if is_date { dated } else { text.split('-').next().unwrap_or(text) };
    let digits = text.split(|c: char| !c.is_ascii_digit());
    digits.map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Running, split_image};

    #[test]
    fn images_are_split_as_docker_does() {
        assert_eq!(split_image("postgres"), ("postgres", None));
        assert_eq!(split_image("localhost:5000/postgres"), ("localhost:5000/postgres", None));
        assert_eq!(split_image("localhost:5000/postgres:18@sha256:ab"), ("localhost:5000/postgres", Some("18")));
    }

    #[test]
    fn a_tag_names_the_version_of_the_server() {
        let catalog = crate::embedded::catalog();
        let version = |image: &str| Running::of(image, &catalog).unwrap_or_else(|| panic!("{image}")).version;
        for (image, expected) in [
            ("postgres:18.1-trixie", Some("18")),
            ("postgres:9.6.3-alpine", Some("9.6")),
            ("postgres:9", Some("9.6")),
            ("pgvector/pgvector:pg18", Some("18")),
            ("pgvector/pgvector:0.8.0-pg17-trixie", Some("17")),
            ("postgis/postgis:16-3.4", Some("16")),
            ("citusdata/citus:13.0", None),
            ("mysql:8", Some("8.4")),
            ("mongo:7-jammy", Some("7.0")),
            ("mysql:9", Some("9.7")),
            ("mysql:5.7.44", Some("5.7")),
            ("mongo:latest", None),
            ("mariadb:10.11.6-jammy", Some("10.11")),
            ("mariadb:10.6", Some("10.6")),
            ("mariadb:10", Some("10.11")),
            ("redis:6", None),
            ("redis:6.0.9", Some("6.0")),
            ("quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z", Some("2025-09-07")),
            ("postgres", None),
            ("postgres:alpine3.20", None),
        ] {
            assert_eq!(version(image).as_deref(), expected, "{image}");
        }
    }
}
