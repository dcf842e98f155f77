//! The settings of a database as statements for a running server: what it takes at once, what it reads only when it
//! starts, what it knows only with a library, and what only its file can set.

use std::fmt::Write as _;

use catalog::{Apply, Statements, Tuning, VersionRange};

use crate::plan::Planned;
use crate::render::{Kitchen, RenderError};
use crate::size::Setting;

/// The width of comments.
const WIDTH: usize = 100;

/// Statements, and what the person has to know about them where the text can hold no comments.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) text: String,
    pub(super) notes: Vec<String>,
}

/// The settings of a service, each where it belongs.
#[derive(Default)]
struct Sorted {
    live: Vec<String>,
    restart: Vec<String>,
    with_library: Vec<String>,
    libraries: Vec<String>,
    file: Vec<String>,
    /// The names of those that need a restart or the file.
    names: Vec<String>,
}

/// The settings as statements; nothing where the database takes none.
pub(super) fn script(planned: &Planned<'_>, kitchen: &Kitchen) -> Result<Option<Script>, RenderError> {
    let Some(statements) = &planned.recipe.settings.statements else { return Ok(None) };
    let sorted = Sorted::new(planned, statements, kitchen)?;
    Ok(Some(match statements.comment.as_deref() {
        Some(comment) => Script { text: sorted.commented(planned, statements, comment), notes: Vec::new() },
        None => Script { text: sorted.plain(statements), notes: sorted.notes(statements) },
    }))
}

impl Sorted {
    fn new(planned: &Planned<'_>, statements: &Statements, kitchen: &Kitchen) -> Result<Self, RenderError> {
        let mut sorted = Self::default();
        for setting in &planned.settings {
            sorted.add(planned, statements, kitchen, setting)?;
        }
        Ok(sorted)
    }

    fn add(
        &mut self,
        planned: &Planned<'_>,
        statements: &Statements,
        kitchen: &Kitchen,
        setting: &Setting<'_>,
    ) -> Result<(), RenderError> {
        let line = |template: &str| kitchen.setting(planned, template, setting);
        let row = setting.row;
        if let Some(place) = &row.into {
            self.names.push(row.name.to_string());
            self.file.push(format!("{} ({place})", line(&statements.file)?));
            return Ok(());
        }
        let apply = apply(planned, row);
        let statement = match apply {
            Apply::Live => Some(&statements.live),
            Apply::Restart => statements.restart.as_ref(),
            Apply::File => None,
        };
        if apply != Apply::Live {
            self.names.push(row.name.to_string());
        }
        match (statement, &row.library) {
            (Some(statement), Some(library)) => {
                self.with_library.push(line(statement)?);
                if !self.libraries.iter().any(|known| *known == **library) {
                    self.libraries.push(library.to_string());
                }
            }
            (Some(statement), None) if apply == Apply::Live => self.live.push(line(statement)?),
            (Some(statement), None) => self.restart.push(line(statement)?),
            (None, _) => self.file.push(line(&statements.file)?),
        }
        Ok(())
    }

    /// A script whose comments say what each part is.
    fn commented(&self, planned: &Planned<'_>, statements: &Statements, comment: &str) -> String {
        let (name, version) = (&planned.database.name, &planned.version.major);
        let mut text = String::new();
        let mut part = |heading: &str, lines: &[String], are_comments: bool| {
            if lines.is_empty() {
                return;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            let heading = textwrap::fill(
                heading,
                textwrap::Options::new(WIDTH).initial_indent(comment).subsequent_indent(comment),
            );
            let _ = writeln!(text, "{heading}");
            for line in lines {
                let _ = writeln!(text, "{}{line}", if are_comments { comment } else { "" });
            }
        };
        let mut live = self.live.clone();
        live.extend(statements.after.iter().map(ToString::to_string));
        part(&format!("{name} {version}, for a running server. {}", statements.lasts), &live, false);
        part("The server reads these only when it starts: restart it.", &self.restart, false);
        let library = format!(
            "A server that has not loaded {} does not know these: after the restart, run them without the comment marks.",
            self.libraries.join(" and ")
        );
        part(&library, &self.with_library, true);
        part(
            "No statement sets these: put them into the server's configuration file, or the place named, and restart it.",
            &self.file,
            true,
        );
        text
    }

    /// The statements alone.
    fn plain(&self, statements: &Statements) -> String {
        let lines = self.live.iter().map(String::as_str).chain(statements.after.as_deref());
        let lines = lines.chain(self.restart.iter().map(String::as_str));
        lines.fold(String::new(), |text, line| text + line + "\n")
    }

    fn notes(&self, statements: &Statements) -> Vec<String> {
        let mut notes = vec![statements.lasts.to_string()];
        if !self.names.is_empty() {
            let names = self.names.join(", ");
            notes.push(format!("{names}: read only when the server starts; `--format conf` prints them"));
        }
        notes
    }
}

/// When the planned version takes a new value.
fn apply(planned: &Planned<'_>, row: &Tuning) -> Apply {
    match row.live_since.as_deref() {
        Some(since) if planned.has(VersionRange { since: Some(since), until: None }) => Apply::Live,
        Some(_) | None => row.apply,
    }
}
