//! `polyglot render` and `polyglot tune` as a user meets them: exit codes, streams, and what is in the folder afterwards.
//!
//! Most sessions render a made-up database that a folder adds, so that a new setting of a real one changes no snapshot.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[cfg(unix)]
use crate::session::{SOMEBODY, is_root};
use crate::session::{Session, files, skipped, text};
use crate::support::project;

/// One kind of data, in the made-up database.
const WEATHER: &str = "version: 1
name: weather
target: { memory: 4GB, cpus: 4, disk: 100GB }
data:
  readings:
    kind: time_series
    data_size: 1GB
    connections: 40
    database: almanac
    justification: our stations speak to nothing else
    collections:
      rainfall: { structure: a page a day }
      wind-2: { structure: a page a day }
";

/// Two kinds of data, in databases of the catalog.
const SHOP: &str = "version: 1
name: web-shop
target: { memory: 8GB, cpus: 4 }
data:
  accounts:
    kind: user_profile
    connections: 50
  sessions:
    durability: cache
    data_size: 200MB
";

/// A folder with the made-up database: what is known of it, and how it is run.
fn weather(name: &'static str) -> Session {
    let read = |path: &str| fs::read_to_string(project(&format!("tests/cmd/{path}"))).expect("a fixture");
    let known = read("extra-catalog/almanac/database.toml");
    let mut session = Session::new(name)
        .file("polyglot.yaml", WEATHER)
        .file("polyglot.toml", "[catalog]\nextra = [\"databases\"]\n")
        .file("databases/almanac/database.toml", &(known + &read("extra-render/almanac/recipe.toml")));
    for template in ["almanac.conf.j2", "backup.sh.j2", "calendars.sql.j2"] {
        session =
            session.file(&format!("databases/almanac/{template}"), &read(&format!("extra-render/almanac/{template}")));
    }
    session
}

fn shop(name: &'static str) -> Session {
    Session::new(name).file("polyglot.yaml", SHOP)
}

impl Session {
    /// Runs the program, which has to end with a code, and gives back what it printed: the result and the messages.
    pub(crate) fn expect(&self, arguments: &[&str], code: i32) -> (String, String) {
        let output = self.output(arguments);
        let (out, err) = (text(&output.stdout).to_owned(), text(&output.stderr).to_owned());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
        (out, err)
    }

    /// The files of the folder, with their content.
    fn contents(&self, path: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.within.join(path);
        let files = files(&root).into_iter().map(|(name, _)| name).filter(|name| !name.ends_with('/'));
        files.map(|name| (name.clone(), fs::read(root.join(&name)).expect("a file"))).collect()
    }

    pub(crate) fn compose(&self, path: &str) -> serde_yaml::Value {
        serde_yaml::from_str(&self.read(&format!("{path}/compose.yaml"))).expect("YAML")
    }

    /// What is in the secrets of a folder.
    fn secrets(&self, path: &str) -> BTreeMap<String, Vec<u8>> {
        self.contents(&format!("{path}/secrets"))
    }
}

/// When each file of a folder was written, and which file it is.
#[cfg(unix)]
fn stamps(folder: &Path) -> Vec<(String, u64, i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let stamp = |(name, _): (String, u32)| {
        let meta = fs::symlink_metadata(folder.join(name.trim_end_matches('/'))).expect("it is there");
        (name, meta.ino(), meta.mtime(), meta.mtime_nsec())
    };
    files(folder).into_iter().map(stamp).collect()
}

// Into a folder.

#[test]
fn render_into_an_empty_folder_and_again() {
    let session = weather("render").run(&["render"]);
    #[cfg(unix)]
    let before = stamps(&session.within.join("deploy"));
    let session = session.run(&["render"]).list("deploy");
    #[cfg(unix)]
    assert_eq!(stamps(&session.within.join("deploy")), before, "nothing is written again");
    session
        .show("deploy/compose.yaml")
        .show("deploy/almanac/almanac.conf")
        .show("deploy/almanac/init/calendars.sql")
        .show("deploy/almanac/backup.sh")
        .show("deploy/endpoints.json")
        .show("deploy/.env.example")
        .show("deploy/.gitignore")
        .end();
}

#[test]
fn the_folder_of_polyglot_toml_and_of_the_command_line() {
    let session = weather("render-out");
    let config = session.read("polyglot.toml") + "[render]\nout = \"stacks/weather\"\n";
    let session = session.file("polyglot.toml", &config).within("elsewhere");
    let session = session.run(&["render", "../polyglot.yaml"]).run(&["render", "../polyglot.yaml", "-o", "here"]);
    assert!(session.folder.join("stacks/weather/compose.yaml").exists(), "beside polyglot.toml");
    assert!(session.within.join("here/compose.yaml").exists(), "beside who calls");
    session.end();
}

#[test]
fn render_shows_whether_and_how_a_folder_differs() {
    let session = weather("render-check").run(&["render", "--check"]).run(&["render"]);
    let before = session.contents("deploy");
    let session = session
        .run(&["render", "--check"])
        .run(&["render", "--diff"])
        .edit("deploy/almanac/almanac.conf", "\ncopies = 2", "\ncopies = 1")
        .run(&["render", "--check"])
        .run(&["render", "--diff"])
        .edit("deploy/almanac/almanac.conf", "\ncopies = 1", "\ncopies = 2")
        .run(&["render", "--check"]);
    assert_eq!(session.contents("deploy"), before);
    let session = session
        .edit("polyglot.yaml", "connections: 40", "connections: 60")
        .run(&["render", "--check"])
        .run(&["render", "--diff"]);
    assert_eq!(session.contents("deploy"), before, "neither flag writes");
    session.run(&["render"]).run(&["render", "--check"]).end();
}

#[test]
fn files_that_were_edited_by_hand_stand_in_the_way() {
    let session = weather("render-edited")
        .run(&["render"])
        .edit("deploy/almanac/almanac.conf", "\ncopies = 2", "\ncopies = 1")
        .edit("polyglot.yaml", "connections: 40", "connections: 60");
    let before = session.contents("deploy");
    let session = session.run(&["render"]);
    assert_eq!(session.contents("deploy"), before, "nothing is written");
    let session = session.run(&["render", "--force"]).run(&["render", "--check"]).list("deploy");
    assert!(session.read("deploy/almanac/almanac.conf").contains("copies = 2"));
    assert!(session.read("deploy/almanac/almanac.conf.orig").contains("copies = 1"));
    let session = session
        .edit("deploy/almanac/almanac.conf", "\ncopies = 2", "\ncopies = 3")
        .run(&["render", "--force"])
        .run(&["render", "--force"]);
    assert!(session.read("deploy/almanac/almanac.conf.orig.1").contains("copies = 3"));
    assert!(session.read("deploy/almanac/almanac.conf.orig").contains("copies = 1"), "the first is kept, too");
    session.end();
}

#[test]
fn files_that_are_not_ours_are_kept() {
    let session = weather("render-foreign")
        .file("deploy/compose.yaml", "services: {}\n")
        .file("deploy/notes.txt", "ours\n")
        .run(&["render"]);
    assert_eq!(session.contents("deploy").len(), 2, "nothing is written");
    let session = session.run(&["render", "--force"]);
    assert_eq!(session.read("deploy/compose.yaml.orig"), "services: {}\n");
    assert_eq!(session.read("deploy/notes.txt"), "ours\n");
    session.run(&["render", "--check"]).end();
}

#[test]
fn what_is_no_longer_wanted_goes_unless_it_was_edited() {
    let two = SHOP.replace("  sessions:", "  carts:\n    durability: cache\n    database: valkey\n  sessions:");
    let session = shop("render-orphans").file("polyglot.yaml", &two);
    session.expect(&["render"], 0);
    let gone: Vec<String> = session.contents("deploy").into_keys().filter(|path| path.starts_with("valkey")).collect();
    assert!(!gone.is_empty());
    let session = session.file("polyglot.yaml", SHOP);
    let (out, _) = session.expect(&["render", "--check"], 1);
    for path in &gone {
        assert!(out.contains(&format!("deploy/{path}: no longer wanted\n")), "{path}: {out}");
    }
    session.expect(&["render"], 0);
    let left = session.contents("deploy");
    assert!(gone.iter().all(|path| !left.contains_key(path)), "{:?}", left.keys());

    let session = session.file("polyglot.yaml", &two);
    session.expect(&["render"], 0);
    let path = format!("deploy/{}", gone[0]);
    let edited = session.read(&path) + "# ours\n";
    let session = session.file(&path, &edited).file("polyglot.yaml", SHOP);
    let (out, _) = session.expect(&["render"], 0);
    assert!(out.contains(&format!("kept {}", gone[0])), "{out}");
    assert_eq!(session.read(&path), edited);
    session.expect(&["render", "--check"], 0);
}

#[test]
fn a_part_of_the_files() {
    let session = weather("render-parts");
    let paths = |session: &Session, out: &str| session.contents(out).into_keys().collect::<Vec<_>>();
    session.expect(&["render", "--tuning", "-o", "tuning"], 0);
    assert_eq!(paths(&session, "tuning"), ["almanac/almanac.conf"]);
    session.expect(&["render", "--init", "-o", "init"], 0);
    assert_eq!(paths(&session, "init"), ["almanac/init/calendars.sql"]);
    session.expect(&["render", "--init", "--tuning", "-o", "both"], 0);
    assert_eq!(paths(&session, "both"), ["almanac/almanac.conf", "almanac/init/calendars.sql"]);
    session.expect(&["render", "--compose", "-o", "compose"], 0);
    let mounted = ["almanac/almanac.conf", "almanac/init/calendars.sql", "almanac/backup.sh"];
    assert!(mounted.iter().all(|path| paths(&session, "compose").iter().any(|own| own == path)));

    // A part in a whole folder leaves the rest of it alone.
    session.expect(&["render"], 0);
    let before = session.contents("deploy");
    session.expect(&["render", "--tuning"], 0);
    assert_eq!(session.contents("deploy"), before);
    let session = session.edit("deploy/almanac/init/calendars.sql", "CREATE", "DROP");
    session.expect(&["render", "--tuning", "--check"], 0);
    session.expect(&["render", "--init", "--check"], 1);
    session.expect(&["render", "--tuning"], 0);
    assert!(session.read("deploy/almanac/init/calendars.sql").contains("DROP"));
}

#[test]
fn to_standard_output() {
    let session = weather("render-stdout");
    let (out, err) = session.expect(&["render", "--stdout"], 0);
    assert_eq!(err, "");
    assert!(!session.within.join("deploy").exists(), "nothing is written");
    session.expect(&["render"], 0);
    let secrets = session.secrets("deploy");
    let files = session.contents("deploy").into_iter().filter(|(path, _)| !path.starts_with("secrets/"));
    let listing: Vec<String> = files.map(|(path, file)| format!("==> {path} <==\n{}", text(&file))).collect();
    assert_eq!(out, listing.join("\n"), "it is what would be written, without the secrets");
    assert!(secrets.values().all(|secret| !out.contains(text(secret).trim())));
    session.run(&["render", "--stdout", "--tuning"]).run(&["render", "--stdout", "--check"]).end();
}

#[test]
fn a_reader_of_the_files_that_has_seen_enough() {
    let session = shop("render-head");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = session.command(&["render", "--stdout"]);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().expect("the program runs");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = session.command(&["render"]).stdout(writer).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "what was to be said is not what was to be written");
    session.expect(&["render", "--check"], 0);
}

// Where it cannot write.

#[test]
fn a_folder_that_is_none() {
    let session = weather("render-no-folder")
        .file("a-file", "ours\n")
        .run(&["render", "-o", "a-file"])
        .run(&["render", "-o", "a-file/deploy"])
        .run(&["render", "--check", "-o", "a-file"])
        .run(&["render", "-o", ""]);
    assert_eq!(session.read("a-file"), "ours\n");
    session.end();
}

/// A folder that anybody may enter, and a copy of the program in it.
#[cfg(unix)]
fn common(name: &str) -> (tempfile::TempDir, PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::Builder::new().prefix(name).tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
    let program = folder.path().join("polyglot");
    fs::copy(env!("CARGO_BIN_EXE_polyglot"), &program).expect("a copy");
    (folder, program)
}

/// Runs a program as somebody who is not root, which may write only where he was given a folder.
#[cfg(unix)]
fn as_somebody(program: &Path, folder: &Path, arguments: &[&str]) -> std::process::Output {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear();
    if is_root() {
        command.uid(SOMEBODY).gid(SOMEBODY);
    }
    command.output().expect("the program runs")
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, program) = common("polyglot-read-only-");
    fs::write(folder.path().join("polyglot.yaml"), SHOP).expect("a file");
    let may = |mode: u32| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).expect("a mode");
    may(0o555);
    let output = as_somebody(&program, folder.path(), &["render"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).starts_with("error: not permitted to "), "{output:?}");
    assert!(text(&output.stderr).contains("Permission denied"), "{output:?}");
    may(0o777);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing was written");

    // The folder's own rights decide where only its parent may not be written.
    let output = as_somebody(&program, folder.path(), &["render"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    may(0o555);
    fs::write(folder.path().join("polyglot.yaml"), SHOP.replace("50", "60")).expect("a file");
    let output = as_somebody(&program, folder.path(), &["render"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(as_somebody(&program, folder.path(), &["render", "--check"]).status.code(), Some(0));
    let deploy = folder.path().join("deploy");
    fs::set_permissions(&deploy, fs::Permissions::from_mode(0o555)).expect("a mode");
    fs::write(folder.path().join("polyglot.yaml"), SHOP).expect("a file");
    let output = as_somebody(&program, folder.path(), &["render"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    fs::write(folder.path().join("polyglot.yaml"), SHOP.replace("50", "60")).expect("a file");
    assert_eq!(as_somebody(&program, folder.path(), &["render", "--check"]).status.code(), Some(0), "it is as it was");
    may(0o755);
}

/// Runs a script in a folder that is a file system of its own, of a size; nothing where this machine forbids that.
#[cfg(target_os = "linux")]
fn on_a_small_disk(size: &str, script: &str) -> Option<(i32, String)> {
    let (folder, program) = common("polyglot-full-");
    fs::create_dir(folder.path().join("disk")).expect("a folder");
    let whole = format!("mount -t tmpfs -o size={size} none disk && cd disk && {script}");
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "/bin/sh", "-c", "mount -t tmpfs none disk"]);
    let can = command.current_dir(folder.path()).output().is_ok_and(|output| output.status.success());
    if !can {
        skipped("this machine lends no file system of a given size");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "/bin/sh", "-c", &whole]).current_dir(folder.path());
    let output = command.env("POLYGLOT", program).output().expect("unshare runs");
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    Some((output.status.code().unwrap_or(-1), said))
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let yaml = SHOP.replace('\n', "\\n");
    let script = format!("printf '{yaml}' >polyglot.yaml; \"$POLYGLOT\" render; echo \"exit $?\"; ls -A");
    let Some((_, said)) = on_a_small_disk("20k", &script) else { return };
    assert!(said.starts_with("exit 2\npolyglot.yaml\n"), "nothing is left of it: {said}");
    assert!(said.contains("No space left on device"), "{said}");

    // What was there before stays as it was.
    let script = format!(
        "printf '{yaml}' >polyglot.yaml; \"$POLYGLOT\" render >/dev/null || exit 9; \
         find deploy -type f | sort | xargs cksum >before; cat /dev/zero >filler 2>/dev/null; \
         sed 's/connections: 50/connections: 60/' polyglot.yaml >/proc/self/fd/1 2>/dev/null | \
         \"$POLYGLOT\" render -; echo \"exit $?\"; \
         find deploy -type f | sort | xargs cksum | cmp - before && echo same; ls -A"
    );
    let Some((code, said)) = on_a_small_disk("2m", &script) else { return };
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("exit 2\nsame\nbefore\ndeploy\nfiller\npolyglot.yaml\n"), "{said}");
    assert!(said.contains("No space left on device"), "{said}");
}

/// The system ends a program that writes a larger file than it may: a death in the middle of the work.
#[cfg(unix)]
#[test]
fn a_death_in_the_middle_of_writing() {
    let session = shop("render-killed");
    session.expect(&["render"], 0);
    let before = session.contents("deploy");
    let session = session.file("polyglot.yaml", &SHOP.replace("50", "60"));
    for blocks in 0..12 {
        let script = format!("ulimit -f {blocks}; exec \"$0\" render");
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_polyglot")).current_dir(&session.within).env_clear();
        let output = command.output().expect("a shell");
        if output.status.success() {
            assert!(blocks > 0, "a limit of no blocks stops it");
            break;
        }
        assert_eq!(session.contents("deploy"), before, "after {blocks} blocks");
    }
    session.expect(&["render"], 0);
    session.expect(&["render", "--check"], 0);
    let mut beside: Vec<_> =
        fs::read_dir(&session.within).expect("a folder").map(|entry| entry.unwrap().file_name()).collect();
    beside.sort();
    assert_eq!(beside, ["deploy", "polyglot.yaml"], "what the dead have left is cleared away");
}

// What is refused.

#[test]
fn a_host_that_is_too_small() {
    weather("render-too-small")
        .edit("polyglot.yaml", "memory: 4GB", "memory: 300MB")
        .run(&["render"])
        .run(&["render", "--check"])
        .run(&["render", "--stdout"])
        .edit("polyglot.yaml", "memory: 300MB", "memory: 342MB")
        .run(&["render", "--tuning", "--stdout"])
        .end();
}

#[test]
fn a_new_major_version_on_an_old_volume() {
    let session = weather("render-upgrade")
        .edit("polyglot.yaml", "database: almanac", "database: almanac@1")
        .run(&["render"])
        .edit("polyglot.yaml", "database: almanac@1", "database: almanac@2");
    let before = session.contents("deploy");
    let session = session.run(&["render"]).run(&["render", "--force"]);
    assert_eq!(session.contents("deploy"), before);
    session.run(&["render", "-o", "new"]).edit("polyglot.yaml", "almanac@2", "almanac@1").run(&["render"]).end();

    let pinned = |major: u32| {
        format!("version: 1\ndata:\n  accounts:\n    kind: user_profile\n    database: postgresql@{major}\n")
    };
    let session = Session::new("render-upgrade-postgresql").file("polyglot.yaml", &pinned(17));
    session.expect(&["render"], 0);
    let session = session.file("polyglot.yaml", &pinned(18));
    let (_, err) = session.expect(&["render"], 2);
    assert!(err.contains("postgresql 17") && err.contains("postgresql 18"), "{err}");
}

#[test]
fn a_command_line_that_is_wrong() {
    weather("render-wrong-command-line")
        .run(&["render", "--check", "--force"])
        .run(&["render", "--check", "--diff"])
        .run(&["render", "--environment", "prod"])
        .run(&["render", "--port-base", "70000"])
        .run(&["render", "missing.yaml"])
        .file("bad.yaml", "version: 1\ndata:\n  a: { kind: user_profil }\n")
        .run(&["render", "bad.yaml"])
        .end();
}

// Secrets.

#[cfg(unix)]
#[test]
fn secrets_are_random_made_once_and_in_no_other_file() {
    let session = shop("render-secrets");
    let (out, err) = session.expect(&["render"], 0);
    let secrets = session.secrets("deploy");
    assert!(secrets.len() >= 4, "{:?}", secrets.keys());
    for (path, mode) in files(&session.within.join("deploy")) {
        match path.strip_prefix("secrets/") {
            Some("") => assert_eq!(mode, 0o700, "the folder lets nobody else in"),
            Some(_) => assert!(mode & 0o133 == 0, "{path}: {mode:o}"),
            None if path.ends_with('/') => assert_eq!(mode, 0o755, "{path}"),
            None => assert!(mode == 0o644 || mode == 0o755, "{path}: {mode:o}"),
        }
    }
    let random = |secret: &[u8]| {
        let words = text(secret).split(|c: char| !c.is_ascii_alphanumeric());
        words.max_by_key(|word| word.len()).expect("a word").to_owned()
    };
    let words: Vec<String> = secrets.values().map(|secret| random(secret)).collect();
    let others: Vec<(String, Vec<u8>)> =
        session.contents("deploy").into_iter().filter(|(path, _)| !path.starts_with("secrets/")).collect();
    for word in &words {
        assert_eq!(word.len(), 32, "{word}");
        assert_eq!(words.iter().filter(|other| *other == word).count(), 1, "each is another");
        assert!(!out.contains(word) && !err.contains(word), "it is never printed");
        for (path, content) in &others {
            assert!(!text(content).contains(word), "{path}");
        }
    }
    assert!(session.read("deploy/.gitignore").lines().any(|line| line == "/secrets/"));

    // They stay whatever becomes of the rest.
    let session = session.edit("polyglot.yaml", "connections: 50", "connections: 60");
    session.expect(&["render"], 0);
    assert_eq!(session.secrets("deploy"), secrets);
    let session = session.edit("deploy/compose.yaml", "restart: unless-stopped", "restart: always");
    session.expect(&["render", "--force"], 0);
    assert_eq!(session.secrets("deploy"), secrets);
    let mut changed = secrets.clone();
    let (lost, own) = (secrets.keys().next().expect("one").clone(), secrets.keys().last().expect("one").clone());
    let session = session.file(&format!("deploy/secrets/{own}"), "our own");
    changed.insert(own, b"our own".to_vec());
    fs::remove_file(session.within.join("deploy/secrets").join(&lost)).expect("it is there");
    let (out, _) = session.expect(&["render", "--check"], 0);
    assert!(out.contains(&format!("deploy/secrets/{lost}: missing")), "{out}");
    assert!(!session.within.join("deploy/secrets").join(&lost).exists(), "`--check` makes none");
    let (_, err) = session.expect(&["render", "--diff"], 0);
    assert!(!err.contains("our own"));
    session.expect(&["render"], 0);
    let after = session.secrets("deploy");
    assert_ne!(after[&lost], secrets[&lost], "what is lost is made anew");
    changed.insert(lost.clone(), after[&lost].clone());
    assert_eq!(after, changed);

    // Another folder has others.
    session.expect(&["render", "-o", "other"], 0);
    let other = session.secrets("other");
    assert!(other.iter().all(|(path, secret)| after[path] != *secret));
}

// Development.

#[test]
fn ports_are_published_in_development_only() {
    let session = shop("render-ports");
    let ports = |session: &Session, out: &str| {
        let compose = session.compose(out);
        let services = compose["services"].as_mapping().expect("services");
        let ports = services.values().filter_map(|service| service.get("ports")?.get(0).cloned());
        ports
            .map(|port| (port["host_ip"].clone(), port["published"].as_str().expect("a text").to_owned()))
            .collect::<Vec<_>>()
    };
    session.expect(&["render", "-o", "production"], 0);
    assert_eq!(ports(&session, "production"), []);
    assert_eq!(session.compose("production")["networks"]["data"]["internal"], true);
    session.expect(&["render", "--environment", "staging", "-o", "staging"], 0);
    assert_eq!(ports(&session, "staging"), []);

    session.expect(&["render", "--environment", "development", "-o", "development"], 0);
    let loopback = |published: &str| (serde_yaml::Value::from("127.0.0.1"), published.to_owned());
    assert_eq!(
        ports(&session, "development"),
        [loopback("${POSTGRESQL_PORT:-5432}"), loopback("${REDIS_CACHE_PORT:-6379}")]
    );
    let example = session.read("development/.env.example");
    assert!(example.contains("POSTGRESQL_PORT=5432\n") && example.contains("REDIS_CACHE_PORT=6379\n"), "{example}");
    session.expect(&["render", "--environment", "development", "--port-base", "15000", "-o", "development"], 0);
    assert_eq!(
        ports(&session, "development"),
        [loopback("${POSTGRESQL_PORT:-15000}"), loopback("${REDIS_CACHE_PORT:-15001}")]
    );
    let endpoints: serde_json::Value = serde_json::from_str(&session.read("development/endpoints.json")).expect("JSON");
    assert_eq!(endpoints["endpoints"][0]["published"]["port"], 15_000);
    session.expect(&["render", "--port-base", "15000", "-o", "production"], 0);
    assert_eq!(ports(&session, "production"), [], "a port base publishes nothing by itself");
}

// A database that a folder adds.

#[test]
fn an_added_database_is_rendered_without_building() {
    let session = weather("extra-render");
    session.expect(&["render"], 0);
    let compose = session.compose("deploy");
    let service = &compose["services"]["almanac"];
    assert_eq!(service["image"], "registry.example.org/almanac:2.4.1");
    assert_eq!(service["user"], "1500:1500");
    assert_eq!(service["environment"]["ALMANAC_KEEPER_FILE"], "/run/secrets/keeper");
    assert_eq!(service["environment"]["ALMANAC_THREADS"], "4");
    assert_eq!(service["environment"]["ALMANAC_PRICE"], "5$$ a page");
    assert!(service["environment"].get("ALMANAC_NOTHING").is_none(), "what is empty is left out");
    let command: Vec<&str> =
        service["command"].as_sequence().unwrap().iter().filter_map(|word| word.as_str()).collect();
    assert_eq!(command, ["almanac", "--config", "/etc/almanac/almanac.conf", "--stations=40"]);
    assert_eq!(service["healthcheck"]["test"][4], "7070");
    assert_eq!(compose["services"]["almanac-backup"]["profiles"][0], "backup");
    assert_eq!(compose["services"]["almanac-backup"]["secrets"][0]["source"], "almanac_keeper");
    let volumes: Vec<&str> = compose["volumes"].as_mapping().unwrap().keys().filter_map(|name| name.as_str()).collect();
    assert_eq!(volumes, ["almanac-backup", "almanac-pages"]);

    // 1 GB of data is the most that it can use.
    let conf = session.read("deploy/almanac/almanac.conf");
    for line in ["page-cache = 512mb", "sums-cache = 64mb", "close-page-after = 24h", "copies = 2"] {
        assert!(conf.lines().any(|own| own == line), "{line}: {conf}");
    }
    let secret = session.read("deploy/secrets/almanac_keeper");
    assert!(secret.starts_with("keeper of weather: ") && secret.trim_end().len() == 19 + 32, "{secret}");
    let readme = session.read("deploy/README.md");
    assert!(readme.contains("| `almanac` | Almanac 2 | 1GB | 4 | readings |"), "{readme}");
    assert!(readme.contains("docker compose run --rm almanac-backup"), "{readme}");
    assert!(readme.contains("vm.swappiness"), "{readme}");

    // An older version has no sums.
    let session = session.edit("polyglot.yaml", "database: almanac", "database: almanac@1");
    session.expect(&["render", "-o", "old"], 0);
    assert!(!session.read("old/almanac/almanac.conf").contains("sums-cache"));
    assert_eq!(session.compose("old")["services"]["almanac"]["image"], "registry.example.org/almanac:1.9.0");
}

#[test]
fn an_added_database_whose_recipe_is_wrong() {
    let session = weather("extra-render-wrong");
    let path = "databases/almanac/database.toml";
    let good = session.read(path);
    let mut session = session;
    for (from, to) in [
        ("mem * 0.5, MB", "memory * 0.5, MB"),
        ("mem * 0.5, MB", "mem * * 0.5, MB"),
        ("template = \"almanac.conf.j2\"", "template = \"alamanac.conf.j2\""),
        ("uses = [\"keeper\"]", "uses = [\"kepeer\"]"),
        ("unit = \"memory\"\nwhy = \"Half", "unti = \"memory\"\nwhy = \"Half"),
        ("source = \"handbook\"\n\n[[container.volumes]]", "source = \"hearsay\"\n\n[[container.volumes]]"),
        ("{{ port }}\"]", "{{ prot }}\"]"),
    ] {
        assert!(good.contains(from), "{from}");
        session = session.file(path, &good.replace(from, to)).run(&["render", "--stdout"]);
        assert!(!session.within.join("deploy").exists());
    }
    let session = session.file(path, &good);
    let template = "databases/almanac/almanac.conf.j2";
    let conf = session.read(template);
    let mut session = session;
    for wrong in ["{{ nothing }}", "{{ instance | json5 }}", "{% for %}", "{{ 'a' + 1 }}"] {
        session = session.file(template, &format!("{conf}{wrong}\n")).run(&["render"]);
        assert!(!session.within.join("deploy").exists(), "nothing is written unless all of it can be");
    }
    session.end();
}

/// Formulas and templates that would overflow the stack, never end, or fill the memory.
fn hungry() -> Vec<String> {
    let many = 100_000;
    let formulas = [
        format!("{}1", "-".repeat(many)),
        format!("{}1", "not ".repeat(many)),
        format!("1{}", " + 1".repeat(many)),
        format!("1{}", " ~ 1".repeat(many)),
        format!("1{}", "|abs".repeat(many)),
        format!("{}1", "1 if 0 else ".repeat(many)),
        format!("{}1{}", "(".repeat(many), ")".repeat(many)),
        String::from("('a' * 900000000) | length"),
        String::from("'%2000000000d' | format(1) | length"),
        String::from("'a' | indent(2000000000, true) | length"),
        String::from("('a' * 100000) | replace('a', 'b' * 100000) | length"),
        String::from("range(90000) | join('b' * 1000000) | length"),
        String::from("[1] | batch(2000000000, 1) | length"),
        String::from("[1] | slice(2000000000) | length"),
        String::from("range(99999) | map('string') | map('list') | list | length"),
    ];
    formulas.to_vec()
}

/// What only a template can do.
fn hungry_templates() -> Vec<String> {
    let loops = |inner: &str| {
        format!("{{% for i in range(99999) %}}{{% for j in range(99999) %}}{inner}{{% endfor %}}{{% endfor %}}")
    };
    let grown = |start: &str, step: &str| {
        format!("{{% set ns = namespace(x={start}) %}}{}", loops(&format!("{{% set ns.x = {step} %}}")))
    };
    let mut templates: Vec<String> = hungry().into_iter().map(|formula| format!("{{{{ {formula} }}}}")).collect();
    templates.extend([
        loops(""),
        loops("x"),
        grown("'aaaaaaaaaaaaaaaa'", "ns.x ~ ns.x"),
        grown("[1]", "ns.x + ns.x"),
        grown("[1]", "[ns.x]"),
        grown("[1]", "ns.x + (ns.x if 1 else 1)"),
        grown("[1]", "ns.x + (ns.x and [1] or ns.x)"),
        grown("[1]", "ns.x + [1] * 99999999"),
        grown("[1]", "ns.x | chain(ns.x) | list"),
        grown("[1]", "ns.x | chain(ns.x)"),
        grown("[1]", "(ns.x * 9) | list"),
        grown("[1]", "[ns.x, ns.x] | string"),
        grown("(1,)", "ns.x + ns.x"),
        grown("{'a': 1}", "dict(a=ns.x, b=ns.x)") + "{{ ns.x }}",
        String::from("{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}"),
        String::from("{% macro f(x) %}{% if x %}{{ f(x - 1) }}{{ f(x - 1) }}{% endif %}{% endmacro %}{{ f(40) }}"),
        format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(100_000)),
        "{% if 1 %}".repeat(100_000),
        "{% for a in [1, 2] %}".repeat(100_000),
    ]);
    templates
}

/// Runs the program with little memory; it has to refuse in words, and quickly enough that nobody waits.
#[cfg(unix)]
fn is_refused(session: &Session, arguments: &[&str], what: &str) {
    let limited = "ulimit -v 400000 && exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.current_dir(&session.within).args(["-c", limited, env!("CARGO_BIN_EXE_polyglot")]).args(arguments);
    let output = command.env_clear().output().expect("the program runs");
    let what: String = what.chars().take(80).collect();
    // What lint has found is its output.
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{arguments:?} with {what}: {said}");
    assert!(said.contains("almanac") && said.len() < 4_000, "{arguments:?} with {what}: {said}");
}

#[test]
#[cfg(unix)]
fn an_added_database_cannot_exhaust_the_machine() {
    let session = weather("extra-render-hungry");
    let (path, template) = ("databases/almanac/database.toml", "databases/almanac/almanac.conf.j2");
    let (good, conf) = (session.read(path), session.read(template));
    let mut session = session;
    for formula in hungry() {
        let from = "floor_to(mem * 0.5, MB)";
        assert!(good.contains(from));
        session = session.file(path, &good.replace(from, &formula));
        is_refused(&session, &["render", "--stdout"], &formula);
        is_refused(&session, &["tune", "almanac", "--memory", "2GB"], &formula);
        session = session.file(path, &good.replace("cpus * 100", &formula));
        is_refused(&session, &["select"], &formula);
        is_refused(&session, &["lint"], &formula);
    }
    session = session.file(path, &good);
    for hungry in hungry_templates() {
        session = session.file(template, &format!("{conf}{hungry}\n"));
        is_refused(&session, &["render", "--stdout"], &hungry);
    }
}

// tune.

#[test]
fn tune_shows_an_added_database_in_every_format() {
    let host = ["--memory", "2GB", "--cpus", "2"];
    let tune = |further: &[&'static str]| [&["tune", "almanac"], &host[..], further].concat();
    weather("tune")
        .run(&tune(&[]))
        .run(&tune(&["--format", "sql"]))
        .run(&tune(&["--format", "json"]))
        .run(&tune(&["--format", "table"]))
        .run(&tune(&["--explain"]))
        .run(&tune(&["--db-version", "1", "--workload", "dw", "--connections", "70", "--format", "table"]))
        .end();
}

#[test]
fn tune_of_what_it_cannot() {
    Session::new("tune-wrong")
        .run(&["tune"])
        .run(&["tune", "postgres", "--memory", "4GB", "--cpus", "2"])
        .run(&["tune", "nonsense", "--memory", "4GB", "--cpus", "2"])
        .run(&["tune", "s3", "--memory", "4GB", "--cpus", "2"])
        .run(&["tune", "pinecone", "--memory", "4GB", "--cpus", "2"])
        .run(&["tune", "sqlite", "--memory", "4GB", "--cpus", "2"])
        .run(&["tune", "postgresql", "--memory", "4GB", "--cpus", "2", "--db-version", "9.6"])
        .run(&["tune", "postgresql", "--memory", "10MB", "--cpus", "2"])
        .run(&["tune", "postgresql", "--memory", "lots", "--cpus", "2"])
        .run(&["tune", "postgresql", "--memory", "4GB", "--cpus", "0"])
        .run(&["tune", "postgresql", "--memory", "4GB", "--cpus", "2", "--storage", "tape"])
        .run(&["tune", "mongodb", "--memory", "4GB", "--cpus", "2", "--format", "sql"])
        .end();
}

/// The four values that are promised, in every format.
#[test]
fn tune_postgresql_in_every_format() {
    let session = Session::new("tune-postgresql");
    let tune = |format: &str| {
        let host = ["--memory", "16GB", "--cpus", "4", "--connections", "200"];
        let arguments = [&["tune", "postgresql"], &host[..], &["--format", format]].concat();
        let (out, err) = session.expect(&arguments, 0);
        assert_eq!(err, "", "the whole host is given");
        out
    };
    let values = [
        ("shared_buffers", "4GB"),
        ("effective_cache_size", "12GB"),
        ("maintenance_work_mem", "1GB"),
        ("max_connections", "200"),
    ];
    let (conf, sql, table) = (tune("conf"), tune("sql"), tune("table"));
    let json: serde_json::Value = serde_json::from_str(&tune("json")).expect("JSON");
    for (name, value) in values {
        assert!(conf.lines().any(|line| line == format!("{name} = {value}")), "{name}: {conf}");
        let literal = if value.parse::<u64>().is_ok() { value.to_owned() } else { format!("'{value}'") };
        assert!(sql.lines().any(|line| line == format!("ALTER SYSTEM SET {name} = {literal};")), "{name}: {sql}");
        let row = table.lines().find(|line| line.split_whitespace().any(|word| word == name)).expect("a row");
        assert!(row.split_whitespace().any(|word| word == value), "{row}");
        let parameters = json["parameters"].as_array().expect("parameters");
        let parameter = parameters.iter().find(|parameter| parameter["name"] == name).expect("a parameter");
        assert_eq!(parameter["value"], value);
        assert!(parameter["why"].as_str().is_some_and(|why| !why.is_empty()));
        assert!(parameter["source"].as_str().is_some_and(|source| source.starts_with("https://")));
    }
    assert_eq!(json["version"], "18");
}

/// What is not said of the host is found, and said to be found.
#[cfg(target_os = "linux")]
#[test]
fn tune_looks_at_the_machine() {
    let session = Session::new("tune-host");
    let (whole, err) = session.expect(&["tune", "redis"], 0);
    assert!(err.contains("of memory by ") && err.contains(" cores; `--cpus` says otherwise"), "{err}");
    assert!(whole.contains("maxmemory "));
    let (_, err) = session.expect(&["tune", "redis", "--memory", "1GB"], 0);
    assert!(!err.contains("memory") && err.contains("cores"), "{err}");
    let (_, err) = session.expect(&["tune", "redis", "--quiet"], 0);
    assert_eq!(err, "");
}

#[test]
fn every_database_with_a_container_can_be_tuned_in_every_format() {
    let catalog = polyglot::embedded::catalog();
    let session = Session::new("tune-all");
    for database in catalog.databases() {
        let recipe = catalog.recipe(&database.id).filter(|recipe| recipe.container.is_some());
        let Some(recipe) = recipe else { continue };
        for format in ["conf", "sql", "json", "table"] {
            let code = if format == "sql" && recipe.settings.statements.is_none() { 2 } else { 0 };
            let (out, err) =
                session.expect(&["tune", &database.id, "--memory", "8GB", "--cpus", "4", "--format", format], code);
            assert_eq!(out.is_empty(), code == 2, "{} {format}: {err}", database.id);
        }
    }
}
