//! Further databases, from folders that `[catalog] extra` in polyglot.toml names: one is added without building.

use catalog::{Catalog, Entry, EntryError, Folder, Text};

use crate::diagnostic::{Diagnostic, Faults};
use crate::embedded;
use crate::files::is_unseen;
use crate::source::Source;

/// Adds the database of a `database.toml` to a catalog, with the files beside it that the catalog takes, by name. One with
/// the id of a known database replaces it.
///
/// # Errors
/// [`Faults`] where the file is not what it should be.
pub fn add(catalog: &mut Catalog, source: &Source, files: Vec<(String, String)>) -> Result<(), Faults> {
    let wrong = |diagnostic| Faults::new(source.clone(), vec![diagnostic]);
    if let Ok(table) = source.text.parse::<toml::Table>() {
        check_texts(&toml::Value::Table(table)).map_err(|error| wrong(Diagnostic::error(error)))?;
    }
    let files = files.into_iter().map(|(name, text)| (Text::from(name), Text::from(text))).collect();
    let folder = Folder { database: source.text.clone().leak(), files };
    let mut entry = Entry::read(&folder, embedded::folder).map_err(|error| match error {
        EntryError::Toml(error) => wrong(Diagnostic::from_toml(&error)),
        EntryError::Wrong(error) => wrong(Diagnostic::error(error)),
    })?;
    entry.check_extra().map_err(|error| wrong(Diagnostic::error(error)))?;
    entry.recipe.is_extra = true;
    catalog.add(entry);
    Ok(())
}

/// Refuses texts that would speak to a terminal, or to what reads the log of a job: GitHub takes a line that begins with
/// `::` for a command.
fn check_texts(value: &toml::Value) -> Result<(), String> {
    match value {
        toml::Value::String(text) => {
            let odd = text.chars().find(|c| is_unseen(*c) && !matches!(c, '\n' | '\t'));
            let start: String = text.chars().filter(|c| !is_unseen(*c)).take(40).collect();
            match odd {
                Some(odd) => Err(format!("the text `{start}` holds the character {}", odd.escape_unicode())),
                None if text.lines().any(|line| line.trim_start().starts_with("::")) => {
                    Err(format!("a line of the text `{start}` begins with `::`"))
                }
                None => Ok(()),
            }
        }
        toml::Value::Array(values) => values.iter().try_for_each(check_texts),
        toml::Value::Table(table) => table.iter().try_for_each(|(key, value)| {
            check_texts(&toml::Value::String(key.clone()))?;
            check_texts(value)
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check_texts;

    #[test]
    fn texts_that_would_speak_to_a_terminal_are_refused() {
        let checked = |text: &str| check_texts(&toml::Value::Table(text.parse().expect("TOML")));
        for text in [
            r#"name = "a\u001b[2J""#,
            r#"[[versions]]
            note = "a\u202eb""#,
            r#"note = ["a", "b\n ::error::c"]"#,
            r#""a\u0007" = 1"#,
        ] {
            assert!(checked(text).is_err(), "{text}");
        }
        assert_eq!(checked(r#"note = "a\n\tb: `x::y`""#), Ok(()));
    }
}
