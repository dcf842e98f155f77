//! Whether a service is a server of data, or a tool of the same image.

use catalog::{Catalog, Database, Detect, Text, Version};

use super::mount::Mount;
use super::service::Service;
use super::text::{is_shell, program};

impl Service {
    /// The database that it runs as a server, as the catalog knows it. Services of a profile are servers too, once they
    /// are asked for.
    pub fn server<'c>(&self, catalog: &'c Catalog) -> Option<(&'c Database, Option<&'c Version>)> {
        let running = self.database.as_ref()?;
        let database = catalog.get(&running.id).filter(|database| self.serves(database))?;
        Some((database, running.version.as_deref().and_then(|version| database.known_version(version))))
    }

    /// The image's own entrypoint, or a server that is named, serves. A tool of the same image does not. A script may do
    /// either.
    fn serves(&self, database: &Database) -> bool {
        let detect = &database.detect;
        let Some(first) = self.command.first().map(|word| program(&word.value)) else { return true };
        let is_other_mode = self.command.iter().any(|word| is_among(&detect.other_modes, &word.value));
        if is_other_mode || OTHER_PROGRAMS.contains(&first) || is_among(&detect.clients, first) {
            return false;
        }
        let server = self.runs(|name| is_among(&detect.programs, name));
        if let Some(mode) = self.mode(detect, server) {
            return is_among(&detect.modes, mode);
        }
        let is_argument = first.starts_with('-') || SUBCOMMANDS.contains(&first);
        is_argument || server.is_some() || self.runs_entrypoint() || self.is_served_by_script(detect, first)
    }

    /// What its program is told to do, where that decides whether it keeps data.
    fn mode(&self, detect: &Detect, server: Option<usize>) -> Option<&str> {
        if detect.modes.is_empty() || self.command.first().is_some_and(|word| is_shell(&word.value)) && server.is_none()
        {
            return None;
        }
        let start = server.map_or(0, |at| at.saturating_add(1));
        let mut words = self.command.iter().skip(start).map(|word| word.value.as_str());
        words.find(|word| !word.starts_with('-'))
    }

    /// Whether the last thing that it runs is the entrypoint of its image.
    fn runs_entrypoint(&self) -> bool {
        const ENTRYPOINTS: [&str; 3] = ["docker-entrypoint.sh", "entrypoint.sh", "docker-entrypoint"];
        let is_entrypoint = |word: Option<&str>| word.is_some_and(|word| ENTRYPOINTS.contains(&program(word)));
        is_entrypoint(self.command.last().map(|word| word.value.as_str()))
            && self.runs(|name| ENTRYPOINTS.contains(&name)).is_some()
    }

    /// Whether a script that we have not read runs a server: it publishes a port, keeps the data, has a healthcheck, or is
    /// kept running. A script that stands in the command itself would name the server, and what works on another service
    /// is a helper.
    fn is_served_by_script(&self, detect: &Detect, first: &str) -> bool {
        let is_inline = is_shell(first) && self.command.iter().any(|word| word.value.starts_with('-'));
        let is_data = |mount: &Mount| detect.data.iter().any(|folder| *folder.path == *mount.folder());
        let restart = self.restart.as_ref().map_or("", |restart| restart.value.as_str());
        // What is run now and then works on the data of a server that stands still.
        let is_job = restart == "no" || self.has_profiles;
        let keeps_data = !is_job && self.mounts.iter().any(is_data);
        let is_kept_running = matches!(restart, "always" | "unless-stopped") && !is_inline && !self.is_built;
        let stays = self.healthcheck.is_some() || keeps_data || is_kept_running;
        !self.ports.is_empty() || (stays && !self.is_helper)
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
