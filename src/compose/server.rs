//! Whether a service is a server of data, or a tool of the same image.

use catalog::{Catalog, Database, Detect, Text, Version};

use super::Service;
use super::text::{is_shell, program};

impl Service {
    /// The database that it runs as a server, as the catalog knows it.
    pub fn server<'c>(&self, catalog: &'c Catalog) -> Option<(&'c Database, Option<&'c Version>)> {
        let running = self.database.as_ref().filter(|_| !self.is_job() && !self.has_profiles)?;
        let database = catalog.get(&running.id).filter(|database| self.serves(&database.detect))?;
        Some((database, running.version.as_deref().and_then(|version| database.version(version))))
    }

    /// The image's own entrypoint, or a server that is named, serves. A tool of the same image does not. A script may do
    /// either: then what is published is taken for a server.
    fn serves(&self, detect: &Detect) -> bool {
        let Some(first) = self.command.first().map(|word| program(&word.value)) else { return true };
        let is_other_mode = self.command.iter().any(|word| is_among(&detect.other_modes, &word.value));
        if is_other_mode || OTHER_PROGRAMS.contains(&first) || is_among(&detect.clients, first) {
            return false;
        }
        let is_argument = first.starts_with('-') || SUBCOMMANDS.contains(&first);
        is_argument || self.runs(|name| is_among(&detect.programs, name)).is_some() || !self.ports.is_empty()
    }

    /// Which word of the command runs a program: a word that is only an argument may be a host or a user.
    pub fn runs(&self, is_program: impl Fn(&str) -> bool) -> Option<usize> {
        let mut before = ["", ""];
        let mut found = None;
        for (index, word) in self.command.iter().enumerate() {
            let text = word.value.as_str();
            if is_command(before, index) && is_program(program(text)) {
                found = Some(index);
            }
            let [_, last] = before;
            before = [last, text];
        }
        found
    }
}

/// Whether a word is one of those that a folder lists.
pub fn is_among(listed: &[Text], word: &str) -> bool {
    listed.iter().any(|listed| *listed == *word)
}

/// Whether a word is run, by its index and the two words before it.
fn is_command([second, first]: [&str; 2], index: usize) -> bool {
    const BEFORE: [&str; 15] = [
        "exec",
        "&&",
        "||",
        ";",
        "&",
        "|",
        "do",
        "then",
        "else",
        "--",
        "docker-entrypoint.sh",
        "tini",
        "dumb-init",
        "time",
        "nohup",
    ];
    const AS_USER: [&str; 3] = ["gosu", "su-exec", "runuser"];
    let is_script = first.starts_with('-') && first.ends_with('c') && is_shell(second);
    index == 0
        || BEFORE.contains(&program(first))
        || AS_USER.contains(&program(second))
        || first.ends_with(';')
        || is_script
}

/// What an image's own program is told to do when it is to serve.
const SUBCOMMANDS: [&str; 5] = ["server", "serve", "start", "run", "eswrapper"];

/// Programs of any image that serve nothing.
const OTHER_PROGRAMS: [&str; 5] = ["curl", "sleep", "tail", "crond", "cron"];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::compose::Compose;
    use crate::source::Source;
    use crate::yaml::Budget;

    #[test]
    fn a_server_is_told_from_a_tool_of_its_image() {
        let serves = |command: &str| {
            let text = format!("services:\n  db:\n    image: postgres:18\n    command: {command}\n");
            let source = Arc::new(Source { name: "compose.yaml".into(), text });
            let catalog = crate::embedded::catalog();
            let compose = Compose::parse(&source, &catalog, Budget { values: 1000 }).unwrap();
            compose.services[0].server(&catalog).is_some()
        };
        for server in [
            "postgres -c fsync=on",
            "[-c, fsync=on]",
            "sh -c 'mkdir /a && exec postgres'",
            "docker-entrypoint.sh postgres",
            "gosu postgres postgres",
        ] {
            assert!(serves(server), "{server}");
        }
        for tool in ["psql -h db", "sh -c 'psql -U postgres -d postgres'", "/backup.sh postgres", "sleep infinity"] {
            assert!(!serves(tool), "{tool}");
        }
    }
}
