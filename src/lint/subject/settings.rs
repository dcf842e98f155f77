//! The settings that a compose file gives a database: in its command, and in the configuration files that it mounts.

use std::path::Path;

use catalog::{Database, Detect, Dialect};

use super::compose::{ComposeFile, Mounted};
use crate::compose::{Service, is_among, program};
use crate::lint::violation::Location;
use crate::source::{Place, Placed};

/// A setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its name as the list of known ones has it: small letters, and `_` where `-` means the same.
    pub(crate) name: String,
    /// Its name as it is written.
    pub(crate) written: String,
    /// Its value, without quotes; empty where none is given.
    pub(crate) value: String,
    /// Where it stands.
    pub(crate) location: Location,
    /// Where the file that it stands in is mounted.
    pub(crate) mounted: Option<Place>,
    dialect: Dialect,
}

impl Setting {
    /// Whether its value switches something off.
    pub(crate) fn is_off(&self) -> bool {
        self.dialect.switch(&self.value) == Some(false)
    }

    /// Whether its value switches something on.
    pub(crate) fn is_on(&self) -> bool {
        self.dialect.switch(&self.value) == Some(true)
    }

    /// Whether its value is the number nought, which many servers take for «no limit».
    pub(crate) fn is_zero(&self) -> bool {
        self.value == "0"
    }
}

/// The setting of a name that holds: the last one.
pub(crate) fn last<'s>(settings: &'s [Setting], name: &str) -> Option<&'s Setting> {
    settings.iter().rev().find(|setting| setting.name == name)
}

impl ComposeFile<'_> {
    /// The settings of a service that runs a database, those of files first: a command has the last word.
    pub(crate) fn settings(&self, service: &Service, database: &Database) -> Vec<Setting> {
        let Some(dialect) = database.detect.settings else { return Vec::new() };
        let mounted = self.configurations.iter().filter(|file| file.service == service.name.value);
        let mounted = mounted.filter(|file| is_read(dialect, file, service));
        let written = mounted.flat_map(|file| of_file(dialect, file));
        let words = arguments(&database.detect, service);
        let told = of_command(dialect, words).into_iter().map(|(name, value, place)| Setting {
            name: dialect.name(&name),
            written: name,
            value,
            location: self.at(place, ""),
            mounted: None,
            dialect,
        });
        written.chain(told).collect()
    }
}

/// The words that the server itself is given: none where a script stands between.
fn arguments<'s>(detect: &Detect, service: &'s Service) -> &'s [Placed<String>] {
    let words = service.command.as_slice();
    let server = service.runs(|name| is_among(&detect.programs, name));
    let start = match server {
        Some(at) => at.saturating_add(1),
        None if words.first().is_some_and(|word| word.value.starts_with('-')) => 0,
        None => return &[],
    };
    let words = words.get(start..).unwrap_or_default();
    let ends = |word: &Placed<String>| matches!(word.value.as_str(), "&&" | "||" | ";" | "|" | "&");
    let end = words.iter().position(ends).unwrap_or(words.len());
    words.get(..end).unwrap_or_default()
}

/// Names, values and places.
fn of_command(dialect: Dialect, words: &[Placed<String>]) -> Vec<(String, String, Place)> {
    let mut found = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let text = word.value.as_str();
        let pair = match dialect {
            Dialect::Postgres => {
                let told = if text == "-c" { words.next() } else { None };
                let long = || text.strip_prefix("--").or_else(|| text.strip_prefix("-c"));
                let place = told.map_or(word.place, |told| told.place);
                let told = told.map(|told| told.value.as_str()).or_else(long);
                let pair = told.and_then(|told| told.split_once('='));
                pair.map(|(name, value)| (name.trim(), value.trim().to_owned(), place))
            }
            Dialect::MySql => text.strip_prefix("--").filter(|name| !name.is_empty()).map(|option| {
                let mut next = || words.next_if(|word| !word.value.starts_with('-')).map(|word| word.value.clone());
                match option.split_once('=') {
                    Some((name, value)) => (name, value.to_owned(), word.place),
                    None => (option, next().unwrap_or_default(), word.place),
                }
            }),
            Dialect::Redis => text.strip_prefix("--").filter(|name| !name.is_empty()).map(|name| {
                let mut values = Vec::new();
                while let Some(value) = words.next_if(|word| !word.value.starts_with("--")) {
                    values.push(value.value.as_str());
                }
                (name, values.join(" "), word.place)
            }),
        };
        found.extend(pair.map(|(name, value, place)| (name.to_owned(), value, place)));
    }
    found
}

/// Whether the server reads a file that is mounted: it is named in the command, or lies where it looks by itself.
fn is_read(dialect: Dialect, file: &Mounted, service: &Service) -> bool {
    let name = program(&file.target);
    let is_named = service.command.iter().any(|word| word.value.ends_with(&file.target));
    match dialect {
        Dialect::Postgres => is_named || (name == "postgresql.conf" && file.target.starts_with("/var/lib/postgresql/")),
        Dialect::MySql => {
            Path::new(name).extension().is_some_and(|end| end == "cnf")
                && (file.target.starts_with("/etc/my") || is_named)
        }
        Dialect::Redis => is_named,
    }
}

fn of_file(dialect: Dialect, file: &Mounted) -> Vec<Setting> {
    /// The groups of a `my.cnf` that the server reads.
    const GROUPS: [&str; 4] = ["[mysqld]", "[server]", "[mariadb]", "[mariadbd]"];
    let mut settings = Vec::new();
    let mut is_ours = dialect != Dialect::MySql;
    let mut start = 0usize;
    for line in file.source.text.split_inclusive('\n') {
        let indentation = line.len().saturating_sub(line.trim_start().len());
        let at = start.saturating_add(indentation);
        start = start.saturating_add(line.len());
        let line = line.trim();
        if line.starts_with('[') && dialect == Dialect::MySql {
            is_ours = GROUPS.contains(&line);
        }
        if !is_ours || line.is_empty() || line.starts_with(['#', ';', '!', '[']) {
            continue;
        }
        let ends = |c: char| c.is_whitespace() || (c == '=' && dialect != Dialect::Redis);
        let (written, rest) = line.split_at(line.find(ends).unwrap_or(line.len()));
        let rest = rest.trim_start();
        let rest = if dialect == Dialect::Redis { rest } else { rest.strip_prefix('=').unwrap_or(rest) };
        settings.push(Setting {
            name: dialect.name(written),
            written: written.to_owned(),
            value: value(dialect, rest),
            location: Location::new(&file.source, Place::new(at, at.saturating_add(written.len())), ""),
            mounted: Some(file.place),
            dialect,
        });
    }
    settings
}

/// A value of a file, without quotes and what follows it.
fn value(dialect: Dialect, text: &str) -> String {
    let text = text.trim();
    for quote in ['\'', '"'] {
        if let Some((inside, _)) = text.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside.to_owned();
        }
    }
    let plain = if dialect == Dialect::Redis { text } else { text.split('#').next().unwrap_or(text) };
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    fn taken(dialect: Dialect, values: &[&str]) -> Vec<Option<bool>> {
        values.iter().map(|value| dialect.switch(value)).collect()
    }

    #[test]
    fn postgresql_takes_the_beginning_of_a_word() {
        let on = ["on", "ON", "true", "t", "tru", "yes", "y", "ye", "1"];
        let off = ["off", "Off", "of", "false", "f", "fals", "no", "n", "0"];
        let neither = ["", "o", "one", "offf", "10", "x"];
        assert_eq!(taken(Dialect::Postgres, &on), [Some(true); 9]);
        assert_eq!(taken(Dialect::Postgres, &off), [Some(false); 9]);
        assert_eq!(taken(Dialect::Postgres, &neither), [None; 6]);
    }

    #[test]
    fn mysql_and_redis_take_whole_words_of_their_own() {
        assert_eq!(taken(Dialect::MySql, &["ON", "true", "1"]), [Some(true); 3]);
        assert_eq!(taken(Dialect::MySql, &["off", "FALSE", "0"]), [Some(false); 3]);
        assert_eq!(taken(Dialect::MySql, &["t", "of", "f", "2", "yes", "no", ""]), [None; 7]);
        assert_eq!(taken(Dialect::Redis, &["yes", "YES"]), [Some(true); 2]);
        assert_eq!(taken(Dialect::Redis, &["no", "No"]), [Some(false); 2]);
        assert_eq!(taken(Dialect::Redis, &["on", "y", "n", "1", "0", "off", "true", ""]), [None; 8]);
    }
}
