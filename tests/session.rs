//! Sessions at the command line: commands in a folder of their own, and all that they said.
//!
//! What is said is kept under tests/cmd/snapshots/, a file for each session; `SNAPSHOTS=overwrite` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

use crate::support::project;

/// Commands in a folder of their own, and all that they said.
pub(crate) struct Session {
    name: &'static str,
    pub(crate) folder: PathBuf,
    pub(crate) within: PathBuf,
    pub(crate) said: String,
}

impl Session {
    pub(crate) fn new(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cmd").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("the folder of the last run goes");
        }
        fs::create_dir_all(&folder).expect("a folder");
        Self { name, within: folder.clone(), folder, said: String::new() }
    }

    /// Puts a file into the folder.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    /// Runs what follows in a folder of the folder.
    pub(crate) fn within(mut self, path: &str) -> Self {
        self.within = self.folder.join(path);
        fs::create_dir_all(&self.within).expect("a folder");
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polyglot"));
        command.current_dir(&self.within).args(arguments).env_clear();
        command
    }

    /// Runs the program and gives back what came of it.
    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    /// Runs the program and notes what came of it.
    pub(crate) fn run(mut self, arguments: &[&str]) -> Self {
        let output = self.output(arguments);
        self.note(&spelt(arguments), &output);
        self
    }

    /// The same with a text as standard input.
    pub(crate) fn run_with(mut self, file: &str, arguments: &[&str]) -> Self {
        let input = fs::File::open(self.within.join(file)).expect("a file");
        let output = self.command(arguments).stdin(input).output().expect("the program runs");
        self.note(&format!("{} < {file}", spelt(arguments)), &output);
        self
    }

    pub(crate) fn note(&mut self, command: &str, output: &Output) {
        if !self.said.is_empty() {
            self.said.push('\n');
        }
        let code = output.status.code().expect("the program ends by itself");
        let _ = write!(self.said, "$ {command}\nexit {code}\n");
        for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let text =
                std::str::from_utf8(bytes).expect("UTF-8").replace(&self.folder.display().to_string(), "[FOLDER]");
            let text = stable(&text);
            if !text.is_empty() {
                let _ = write!(self.said, "--- {stream}\n{text}");
            }
            if !text.is_empty() && !text.ends_with('\n') {
                self.said.push_str("\n(without an end of line)\n");
            }
        }
    }

    /// Notes what is in a file.
    pub(crate) fn show(mut self, path: &str) -> Self {
        let text = stable(&self.read(path));
        let _ = write!(self.said, "--- {path}\n{text}");
        self
    }

    /// Notes which files a folder holds, with their modes.
    pub(crate) fn list(mut self, path: &str) -> Self {
        let files = files(&self.within.join(path));
        let _ = writeln!(self.said, "--- {path}/");
        for (path, mode) in files {
            let _ = writeln!(self.said, "{mode:04o} {path}");
        }
        self
    }

    /// Changes a file, as somebody does with an editor.
    pub(crate) fn edit(self, path: &str, from: &str, to: &str) -> Self {
        let text = self.read(path);
        assert!(text.contains(from), "{path} holds no {from}: {text}");
        fs::write(self.within.join(path), text.replace(from, to)).expect("a file");
        self
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.within.join(path)).expect("a file")
    }

    /// Compares what was said with what was said before.
    pub(crate) fn end(self) {
        let path = project("tests/cmd/snapshots").join(format!("{}.txt", self.name));
        let kept = Data::read_from(&path, Some(DataFormat::Text)).raw();
        Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV).eq(Data::text(self.said), kept);
    }
}

/// A text without what changes with each version: its number, and the hashes of files.
fn stable(text: &str) -> String {
    let text = text.replace(&format!("polyglot {}", env!("CARGO_PKG_VERSION")), "polyglot [VERSION]");
    let hashes: Vec<&str> = text.split(", siphash:").skip(1).filter_map(|rest| rest.get(..32)).collect();
    let labels = text.split("polyglot.config-hash: ").skip(1).filter_map(|rest| rest.lines().next());
    let mut stable = text.clone();
    for hash in labels.chain(hashes) {
        stable = stable.replace(hash, "[HASH]");
    }
    stable
}

/// The files of a folder and of those in it, folders with a slash behind, and their modes.
pub(crate) fn files(folder: &Path) -> Vec<(String, u32)> {
    fn look(root: &Path, folder: &Path, found: &mut Vec<(String, u32)>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let meta = fs::symlink_metadata(&path).expect("it is there");
            let name = path.strip_prefix(root).expect("it is within").display().to_string();
            let slash = if meta.is_dir() { "/" } else { "" };
            found.push((format!("{name}{slash}"), mode(&meta)));
            if meta.is_dir() {
                look(root, &path, found);
            }
        }
    }
    let mut found = Vec::new();
    look(folder, folder, &mut found);
    found.sort();
    found
}

/// Nobody's number on most systems.
#[cfg(unix)]
pub(crate) const SOMEBODY: u32 = 65_534;

#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

#[cfg(unix)]
fn mode(meta: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}

/// A command as one types it.
fn spelt(arguments: &[&str]) -> String {
    let plain = |word: &str| !word.is_empty() && !word.contains([' ', '\'', '"', '*', '(']);
    let words = arguments.iter().map(|word| if plain(word) { (*word).to_owned() } else { format!("'{word}'") });
    std::iter::once(String::from("polyglot")).chain(words).collect::<Vec<_>>().join(" ")
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// Says that a test proves nothing here; straight to standard error, because the test harness hides what is printed.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Takes from a path what a mode does not give, and gives it back in the end.
#[cfg(unix)]
pub(crate) fn with_mode(path: &Path, mode: u32, look: impl FnOnce()) {
    use std::os::unix::fs::PermissionsExt;
    let before = fs::metadata(path).expect("a path").permissions();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    look();
    fs::set_permissions(path, before).expect("the mode that it had");
}
