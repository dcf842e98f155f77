//! Real servers and a real browser, started by the tests themselves: each reads what is rendered for it and does what
//! was promised.
//!
//! Where a server is missing, its tests say so and pass; with `POLYGLOT_REQUIRE_LIVE=1` they fail. Servers are looked
//! for in the folder that `.ci/tools` fills (`POLYGLOT_TOOLS`, else target/tools), then where Debian installs them.
//!
//! A rendered script speaks of paths and names that only its container has. [`Stack::fit`] puts the test's own in their
//! place, and nothing else of it is changed.

#![cfg(unix)]

mod mariadb;
mod postgresql;
mod redis;
mod report;
mod tune;

use std::env;
use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::session::{SOMEBODY, is_root, skipped, text};
use crate::support::project;

/// How long a server may take to answer, on a machine that builds other things beside.
const PATIENCE: Duration = Duration::from_secs(120);

/// Says that a test proves nothing here, or fails where everything has to be proved.
pub(crate) fn missing(what: &str) {
    let required = env::var("POLYGLOT_REQUIRE_LIVE").is_ok_and(|value| value == "1");
    assert!(!required, "no {what}, and POLYGLOT_REQUIRE_LIVE=1");
    skipped(&format!("no {what}"));
}

/// The folder with what was installed for the checks.
fn tools() -> PathBuf {
    env::var_os("POLYGLOT_TOOLS").map_or_else(|| project("target/tools"), |folder| project("").join(folder))
}

/// A program, where this machine has it.
fn found(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = ["/usr/sbin", "/usr/libexec"].map(PathBuf::from);
    let folders = std::iter::once(tools().join("bin")).chain(env::split_paths(&path)).chain(debian);
    // Not resolved further: some programs are links to another, and go by the name that they are called by.
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// A program that a test cannot do without.
fn needed(name: &str) -> Option<PathBuf> {
    let program = found(name);
    if program.is_none() {
        missing(name);
    }
    program
}

/// A port of the loopback interface that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Waits until something is so.
fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Gives a path to who runs servers.
fn give(path: &Path) {
    if is_root() {
        chown(path, Some(SOMEBODY), Some(SOMEBODY)).expect("an owner");
    }
}

/// A temporary folder with a short path, since the path of a socket must not be long; it belongs to who runs servers.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("polyglot-").tempdir_in("/tmp").expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        let place = Self { folder };
        give(place.path());
        place
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn join(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    fn folder(&self, path: &str) -> PathBuf {
        let folder = self.join(path);
        fs::create_dir_all(&folder).expect("a folder");
        give(&folder);
        folder
    }

    /// Writes a file that can be read, and run where it is a script.
    fn file(&self, path: &str, text: &str) -> PathBuf {
        let file = self.join(path);
        self.folder(Path::new(path).parent().and_then(Path::to_str).expect("a folder"));
        fs::write(&file, text).expect("a file");
        let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
        give(&file);
        file
    }

    /// A command of somebody who is not root, as servers demand, and who finds the programs of a folder first.
    fn command(&self, program: &Path, first: &[&Path]) -> Command {
        let mut command = Command::new(program);
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = first.iter().map(|folder| folder.to_path_buf()).chain(env::split_paths(&path));
        command.env_clear().env("PATH", env::join_paths(folders).expect("a path")).env("HOME", self.path());
        command
            .env("TMPDIR", self.folder("tmp"))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .current_dir(self.path())
            .stdin(Stdio::null());
        if is_root() {
            command.uid(SOMEBODY).gid(SOMEBODY);
        }
        command
    }

    /// Starts a server whose messages go to a file.
    fn start(&self, mut command: Command, log: &str) -> Server {
        let path = self.join(log);
        let file = fs::File::options().create(true).append(true).open(&path).expect("a log");
        let child = command.stdout(file.try_clone().expect("a log")).stderr(file).spawn().expect("the server starts");
        Server { child, log: path }
    }
}

/// A server that ends with the test.
struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Waits until it answers; fails with its messages where it ends instead.
    fn until(&mut self, mut answers: impl FnMut() -> bool) {
        let start = Instant::now();
        while !answers() {
            let ended = self.child.try_wait().expect("its state");
            assert!(ended.is_none(), "it ended with {ended:?}: {}", self.said());
            assert!(start.elapsed() < PATIENCE, "it does not answer: {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Sends it a signal and waits until it has ended.
    fn stop(&mut self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().expect("kill runs");
        assert!(sent.success() || self.child.try_wait().is_ok_and(|ended| ended.is_some()));
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command printed, where it succeeded.
fn good(mut command: Command) -> String {
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{command:?}: {}", all(&output));
    text(&output.stdout).to_owned()
}

/// What a command that failed said.
fn refused(mut command: Command) -> String {
    let output = command.output().expect("the program runs");
    assert!(!output.status.success(), "{command:?}: {}", all(&output));
    all(&output)
}

fn all(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// What a command printed when it was told a text.
fn told(mut command: Command, input: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

/// A rendered folder, and what stands in the place of what only containers have.
struct Stack<'p> {
    place: &'p Place,
    instance: String,
    replacements: Vec<(String, String)>,
}

impl<'p> Stack<'p> {
    /// Renders requirements as a user does, and puts the secrets of an instance where its containers see them.
    fn render(place: &'p Place, requirements: &str, instance: &str) -> Self {
        fs::write(place.join("polyglot.yaml"), requirements).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_polyglot"));
        good_quietly(command.args(["render", "--quiet"]).current_dir(place.path()).env_clear());
        let mut stack = Self { place, instance: instance.to_owned(), replacements: Vec::new() };
        let prefix = format!("{}_", instance.replace('-', "_"));
        for entry in fs::read_dir(place.join("deploy/secrets")).expect("secrets") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("UTF-8");
            if let Some(name) = name.strip_prefix(&prefix).or((name == "ca.crt").then_some("ca.crt")) {
                let secret = fs::read_to_string(entry.path()).expect("a secret");
                place.file(&format!("run/secrets/{name}"), &secret);
            }
        }
        stack.replace("/run/secrets", &place.join("run/secrets").display().to_string());
        stack
    }

    /// From now on, a text stands for another in what is taken from the folder, in the order in which they were said.
    fn replace(&mut self, from: &str, to: &str) {
        self.replacements.push((from.to_owned(), to.to_owned()));
    }

    /// Takes the last such text back.
    fn forget(&mut self) {
        self.replacements.pop();
    }

    fn secret(&self, name: &str) -> String {
        fs::read_to_string(self.place.join("run/secrets").join(name)).expect("a secret").trim_end().to_owned()
    }

    /// A rendered file of the instance as it is.
    fn text(&self, path: &str) -> String {
        let path = self.place.join("deploy").join(&self.instance).join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A rendered file with the test's paths and names in the place of the container's.
    fn fit(&self, path: &str) -> PathBuf {
        let mut text = self.text(path);
        for (from, to) in &self.replacements {
            text = text.replace(from, to);
        }
        self.place.file(&format!("fitted/{path}"), &text)
    }

    /// The rendered files of a folder of the instance, in the order of their names.
    fn names(&self, folder: &str) -> Vec<String> {
        let path = self.place.join("deploy").join(&self.instance).join(folder);
        let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
        let mut names: Vec<String> = names.map(|name| format!("{folder}/{name}")).collect();
        names.sort();
        names
    }

    /// What the compose file says of a service.
    fn service(&self, name: &str) -> serde_yaml::Value {
        let compose = fs::read_to_string(self.place.join("deploy/compose.yaml")).expect("the compose file");
        let compose: serde_yaml::Value = serde_yaml::from_str(&compose).expect("YAML");
        compose["services"][name].clone()
    }
}

/// The certificate of an authority that has nothing to do with another stack: one that is rendered with a name of its own.
fn stranger(place: &Place, requirements: &str) -> PathBuf {
    let folder = place.folder("stranger");
    fs::write(folder.join("polyglot.yaml"), requirements).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyglot"));
    good_quietly(command.args(["render", "--quiet"]).current_dir(&folder).env_clear());
    let certificate = fs::read_to_string(folder.join("deploy/secrets/ca.crt")).expect("a certificate");
    place.file("stranger.crt", &certificate)
}

fn good_quietly(command: &mut Command) {
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{}", all(&output));
}

/// Every type that a file may name, with and without a size and as a list.
fn every_type() -> Vec<String> {
    let words = polyglot::requirements::field_types();
    // A number that counts itself is no list.
    let lists = words.clone().filter(|word| !word.contains("serial")).map(|word| format!("{word}[]"));
    let sized = [
        "varchar(40)",
        "character varying(40)",
        "string(40)",
        "nvarchar(40)",
        "varchar2(40)",
        "char(3)",
        "nchar(3)",
        "fixedstring(16)",
        "numeric(10, 2)",
        "decimal(10,2)",
        "dec(10,2)",
        "decimal64(4)",
        "timestamp(3)",
        "timestamp(3) with time zone",
        "datetime64(3)",
        "time(3)",
        "vector(3)",
        "halfvec(3)",
        "dense_vector(3)",
        "geometry(Point, 4326)",
        "bit(8)",
        "binary(16)",
        "varbinary(16)",
        "map<text, int>",
        "list<text>",
        "array(string)",
        "Nullable(String)",
        "LowCardinality(Nullable(String))",
        "TEXT",
        "Double  Precision",
    ];
    words.map(ToOwned::to_owned).chain(lists).chain(sized.map(ToOwned::to_owned)).collect()
}

/// Collections whose fields have these types, a few each.
fn collections_of(types: &[String]) -> String {
    const FIELDS: usize = 20;
    let mut text = String::new();
    for (place, types) in types.chunks(FIELDS).enumerate() {
        text += &format!("      t{place}:\n        fields:\n");
        for (number, word) in types.iter().enumerate() {
            text += &format!("          f{number}: {{ type: \"{word}\" }}\n");
        }
    }
    text
}
