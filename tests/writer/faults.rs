//! Killed at every call that writes, and refused room at each: the folder is the old one or the new one, never a mix.
//!
//! A run is a process of its own under strace, which counts its calls and injects the fault. With `POLYGLOT_KILLS` each
//! is tried that often.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use polyglot::render::write::{Interrupted, Written};
use tempfile::TempDir;

use super::{Set, Things, first, home, names, put, second, things};

/// Names the folder that [`one_write`] writes.
const ROOT: &str = "POLYGLOT_WRITER_ROOT";
/// Names what it writes there: `first` or `second`.
const SET: &str = "POLYGLOT_WRITER_SET";
/// Is set where it writes by force.
const FORCE: &str = "POLYGLOT_WRITER_FORCE";
/// How the program fails: the exit code of a test that does.
const FAILED: Option<i32> = Some(101);
/// The calls that can change a file system; not every machine has each.
const CALLS: &str = "?creat,?open,openat,?openat2,write,writev,pwrite64,pwritev,?rename,?renameat,renameat2,?link,\
                     linkat,?unlink,unlinkat,?mkdir,mkdirat,?rmdir,fsync,fdatasync,?chmod,fchmod,fchmodat,?chown,fchown,\
                     ?symlink,symlinkat,truncate,ftruncate,fallocate,copy_file_range,sendfile,utimensat";
/// More than any thread of the test harness opens or writes files.
const OTHERS: usize = 16;
/// How many runs go at once.
const WORKERS: usize = 3;

/// The program that the tests below run: one write.
#[test]
#[ignore = "run by the tests of this module, in a process of its own"]
fn one_write() {
    let Some(root) = std::env::var_os(ROOT).map(PathBuf::from) else { return };
    // strace counts for each thread: what the other ones do must not be taken for what this one does.
    for _ in 0..OTHERS {
        fs::write("/dev/null", "x").expect("a file");
    }
    let set = if std::env::var_os(SET) == Some("first".into()) { first() } else { second() };
    let result = if std::env::var_os(FORCE).is_some() { set.force(&root) } else { set.write(&root) };
    if let Err(error) = result {
        panic!("error: {error}");
    }
}

/// That program, for a folder.
fn program(root: &Path, set: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "writer::faults::one_write", "--ignored", "--nocapture", "--test-threads=1", "--quiet"]);
    command.env_clear().env(ROOT, root).env(SET, set);
    command
}

/// How a run is made to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It exchanges the folders.
    Exchange,
    /// It works within the folder, so that it must go by the journal.
    Within,
    /// The exchange is refused at the last moment, so that it must go by the journal then.
    Refused,
}

/// What there is before a run, and how it is run.
struct Scenario {
    name: &'static str,
    before: fn(&Path),
    way: Way,
    force: bool,
}

static SCENARIOS: [Scenario; 9] = [
    Scenario { name: "first", before: |_| {}, way: Way::Exchange, force: false },
    Scenario { name: "change", before: |root| drop(first().write(root)), way: Way::Exchange, force: false },
    Scenario { name: "foreign", before: foreign, way: Way::Exchange, force: false },
    Scenario { name: "journal", before: foreign, way: Way::Within, force: false },
    Scenario { name: "refused", before: foreign, way: Way::Refused, force: false },
    Scenario { name: "force", before: in_the_way, way: Way::Exchange, force: true },
    Scenario { name: "force by the journal", before: in_the_way, way: Way::Within, force: true },
    Scenario { name: "after a kill", before: killed, way: Way::Exchange, force: false },
    Scenario { name: "after a kill by the journal", before: killed_by_the_journal, way: Way::Within, force: false },
];

/// A rendered folder with files that are not ours, and a secret that is not ours any more.
fn foreign(root: &Path) {
    first().write(root).expect("it is written");
    put(root.join("secrets/own"), "mine");
    put(root.join("notes/deep/er.txt"), "mine");
    put(root.join("redis/private.txt"), "mine");
    #[cfg(unix)]
    {
        super::set_mode(&root.join("secrets/own"), 0o600);
        super::set_mode(&root.join("redis/private.txt"), 0o600);
        super::set_mode(&root.join("notes"), 0o750);
        std::os::unix::fs::symlink("../elsewhere", root.join("notes/link")).expect("a link");
    }
}

/// The same with an edited file, and others where a generated file and its folder should be.
fn in_the_way(root: &Path) {
    foreign(root);
    put(root.join("compose.yaml"), "mine");
    put(root.join("mongodb"), "mine");
    fs::remove_file(root.join("postgresql/init/10-roles.sh")).expect("a file");
    put(root.join("postgresql/init/10-roles.sh/inner"), "mine");
}

/// What a run leaves that was killed when it had almost built the new folder.
fn killed(root: &Path) {
    foreign(root);
    SCENARIOS[2].run(root, &[String::from("renameat2:signal=KILL:when=1")], None);
    assert_eq!(names(root.parent().expect("a folder")).len(), 2, "something is left beside the folder");
}

/// What a run leaves that was killed when it had put one file in place.
fn killed_by_the_journal(root: &Path) {
    foreign(root);
    SCENARIOS[3].run(root, &[String::from("?rename,?renameat:signal=KILL:when=3")], None);
    assert_eq!(second().compare(root).interrupted, Some(Interrupted::Committed));
}

/// A call of a recorded run.
#[derive(Debug, Clone)]
struct Call {
    name: String,
    /// Which of the calls of this name it is, as strace counts them.
    number: usize,
    line: String,
}

impl Call {
    /// Reads a record: the calls of the process that wrote into the folder.
    fn all(record: &str, home: &Path) -> Vec<Self> {
        let home = home.to_str().expect("a text");
        let mut counts = BTreeMap::<(&str, &str), usize>::new();
        let mut calls = Vec::new();
        for line in record.lines() {
            let Some((process, call)) = line.split_once(char::is_whitespace) else { continue };
            let Some((name, _)) = call.trim_start().split_once('(').filter(|(name, _)| !name.contains(' ')) else {
                continue;
            };
            let count = counts.entry((process, name)).or_default();
            *count += 1;
            let writes = !name.starts_with("open") || call.contains("O_CREAT");
            if writes && call.contains(home) && !call.contains("/dev/null") {
                calls.push((
                    process,
                    Self { name: name.to_owned(), number: *count, line: call.trim_start().to_owned() },
                ));
            }
        }
        for ((process, name), count) in counts {
            let mut others = calls.iter().filter(|(other, call)| *other != process && call.name == name);
            assert!(others.all(|(_, call)| call.number > count), "{name} is called by another thread as often");
        }
        calls.into_iter().map(|(_, call)| call).collect()
    }

    fn inject(&self, what: &str) -> String {
        format!("{}:{what}:when={}", self.name, self.number)
    }

    /// The path of what the call makes, which strace writes in quotes, from the folder that it writes in `<>`.
    fn made(&self) -> PathBuf {
        let folder = self.line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).expect("a folder").0;
        Path::new(folder).join(self.line.split('"').nth(1).expect("a path"))
    }

    /// The path of the file that an `fsync` is of, which strace writes in `<>`.
    fn synced(&self) -> Option<&str> {
        let (_, path) = self.line.strip_prefix("fsync(")?.split_once('<')?;
        path.split_once('>').map(|(path, _)| path)
    }

    /// Whether it can find the disk full.
    fn needs_room(&self) -> bool {
        let needs = ["open", "write", "mkdir", "link", "symlink", "rename", "fsync"];
        needs.iter().any(|name| self.name.starts_with(name))
    }

    /// Whether it makes the new files the ones that count.
    fn commits(&self) -> bool {
        self.name.starts_with("rename")
    }
}

/// A scenario, and how its folder looks before and after.
struct Stage {
    scenario: &'static Scenario,
    old: Things,
    new: Things,
    /// Whether there is a committed journal before.
    interrupted: bool,
    calls: Vec<Call>,
}

impl Scenario {
    /// Makes what there is before a run.
    fn set(&self) -> (TempDir, PathBuf) {
        let home = home();
        let root = home.path().canonicalize().expect("a folder").join("deploy");
        (self.before)(&root);
        (home, root)
    }

    /// Runs the program under strace, and tells what it did.
    fn run(&self, root: &Path, injected: &[String], record: Option<&Path>) -> Output {
        let within = self.way == Way::Within;
        let mut program = program(if within { Path::new(".") } else { root }, "second");
        if self.force {
            program.env(FORCE, "1");
        }
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-qqq", "-s", "0", "-e", &format!("trace={CALLS}"), "-o"]);
        strace.arg(record.unwrap_or(Path::new("/dev/null")));
        let refused = (self.way == Way::Refused).then(|| String::from("renameat2:error=EINVAL"));
        for injected in refused.iter().chain(injected) {
            strace.args(["-e", &format!("inject={injected}")]);
        }
        strace.arg(program.get_program()).args(program.get_args());
        strace.env_clear().envs(std::env::var_os("PATH").map(|path| (OsString::from("PATH"), path)));
        strace.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        strace.current_dir(if within { root } else { Path::new("/") });
        strace.output().expect("strace runs")
    }

    /// Writes as the run would have.
    fn write(&self, root: &Path, at: &str) -> Written {
        let result = if self.force { second().force(root) } else { second().write(root) };
        result.unwrap_or_else(|error| panic!("{at}: {error}"))
    }

    /// Records an undisturbed run.
    fn record(&'static self) -> Stage {
        let (home, root) = self.set();
        let old = things(&root);
        let interrupted = second().compare(&root).interrupted.is_some();
        let record = home.path().join("record");
        let output = self.run(&root, &[], Some(&record));
        assert!(output.status.success(), "{}: {output:?}", self.name);
        let text = fs::read_to_string(&record).expect("a record");
        fs::remove_file(record).expect("a record");
        let mut calls = Call::all(&text, &home.path().canonicalize().expect("a folder"));
        if self.way == Way::Refused {
            calls.retain(|call| call.name != "renameat2");
        }
        let new = things(&root);
        assert_ne!(old, new);
        assert!(second().compare(&root).is_current());
        assert!(calls.len() > 10, "{}: {text}", self.name);
        Stage { scenario: self, old, new, interrupted, calls }
    }
}

impl Stage {
    /// Kills a run at a call, and looks at what is left.
    fn kill(&self, call: &Call) {
        let (home, root) = self.scenario.set();
        let at = format!("{}, killed at {call:?}", self.scenario.name);
        let output = self.scenario.run(&root, &[call.inject("signal=KILL")], None);
        #[cfg(unix)]
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(9), "{at}: {output:?}");
        self.check(&root, &at);
        let interrupted = second().compare(&root).interrupted;
        let written = self.scenario.write(&root, &at);
        assert_eq!(written.recovered, interrupted, "{at}");
        self.check_new(home.path(), &root, &at);
    }

    /// Lets a call find the disk full.
    fn fill(&self, at: usize) {
        let call = &self.calls[at];
        let (home, root) = self.scenario.set();
        let output = self.scenario.run(&root, &[call.inject("error=ENOSPC")], None);
        let at_call = format!("{}, no room for {call:?}: {output:?}", self.scenario.name);
        assert_eq!(output.status.code(), FAILED, "{at_call}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains("there is no room to") && message.contains("make room"), "{at_call}");
        self.check(&root, &at_call);
        let by_journal = self.scenario.way != Way::Exchange;
        let committed = self.calls[..at].iter().any(Call::commits) || self.interrupted;
        let interrupted = second().compare(&root).interrupted;
        if by_journal && committed {
            assert_ne!(interrupted, Some(Interrupted::Uncommitted), "{at_call}");
        } else if committed {
            assert_eq!(things(&root), self.new, "{at_call}");
        } else {
            assert_eq!(things(&root), self.old, "{at_call}");
            let left: &[&str] = if self.old.is_empty() { &[] } else { &["deploy"] };
            assert_eq!(names(home.path()), left, "{at_call}");
        }
        self.scenario.write(&root, &at_call);
        self.check_new(home.path(), &root, &at_call);
    }

    /// The folder is the old one or the new one; by the journal each file is, and what stays the same was never away.
    fn check(&self, root: &Path, at: &str) {
        let ours = |things: &Things| {
            let ours = things.iter().filter(|(path, _)| !path.starts_with(".polyglot-journal"));
            ours.map(|(path, thing)| (path.clone(), thing.clone())).collect::<Things>()
        };
        let (now, old) = (things(root), ours(&self.old));
        if self.scenario.way == Way::Exchange {
            assert!(now == self.old || now == self.new, "{at}: {now:#?}");
            return;
        }
        for (path, thing) in &ours(&now) {
            let known = [old.get(path), self.new.get(path)];
            assert!(known.contains(&Some(thing)), "{at}: {path} {thing:?}");
        }
        for (path, thing) in old.iter().filter(|(path, thing)| self.new.get(*path) == Some(thing)) {
            assert_eq!(now.get(path), Some(thing), "{at}: {path}");
        }
        if second().compare(root).interrupted != Some(Interrupted::Committed) {
            let begun = ours(&now) != old && ours(&now) != self.new;
            assert!(!begun, "{at}: nothing is begun before the journal is complete");
        }
    }

    fn check_new(&self, home: &Path, root: &Path, at: &str) {
        assert_eq!(things(root), self.new, "{at}");
        assert_eq!(names(home), ["deploy"], "{at}");
        assert!(second().compare(root).is_current(), "{at}");
    }
}

/// Whether processes can be watched here.
fn can_watch() -> bool {
    let found = Command::new("strace").args(["-f", "-qqq", "-o", "/dev/null", "true"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let required = std::env::var_os("POLYGLOT_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "strace is needed");
    let _ = std::io::stderr().write_all(b"skipped: no strace\n");
    false
}

/// How often each fault is tried: once, or as often as `POLYGLOT_KILLS` asks for.
fn rounds() -> usize {
    std::env::var("POLYGLOT_KILLS").map_or(1, |rounds| rounds.parse().expect("a whole number"))
}

/// Does something for each, a few at once.
fn each<T: Send>(work: Vec<T>, act: impl Fn(T) + Sync) {
    let work = Mutex::new(work.into_iter());
    let next = || work.lock().expect("no other has failed").next();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(one) = next() {
                    act(one);
                }
            });
        }
    });
}

#[test]
fn a_kill_leaves_the_old_folder_or_the_new_one() {
    if !can_watch() {
        return;
    }
    let stages: Vec<_> = SCENARIOS.iter().map(Scenario::record).collect();
    let calls: Vec<_> = stages.iter().flat_map(|stage| stage.calls.iter().map(move |call| (stage, call))).collect();
    let plain = |name: &str| name.replace("openat2", "open").trim_end_matches("at").to_owned();
    let names: BTreeSet<_> = calls.iter().map(|(_, call)| plain(&call.name)).collect();
    for name in ["fchmod", "fsync", "link", "mkdir", "open", "rename", "renameat2", "symlink", "unlink", "write"] {
        assert!(names.contains(name), "a run is killed at {name}; seen were {names:?}");
    }
    for _ in 0..rounds() {
        each(calls.clone(), |(stage, call)| stage.kill(call));
    }
}

#[test]
fn a_full_disk_leaves_the_old_folder() {
    if !can_watch() {
        return;
    }
    let stages: Vec<_> = SCENARIOS.iter().map(Scenario::record).collect();
    let of = |stage: &Stage| (0..stage.calls.len()).filter(|at| stage.calls[*at].needs_room()).collect::<Vec<_>>();
    let calls: Vec<_> = stages.iter().flat_map(|stage| of(stage).into_iter().map(move |at| (stage, at))).collect();
    for _ in 0..rounds() {
        each(calls.clone(), |(stage, at)| stage.fill(at));
    }
}

#[test]
fn a_journal_that_could_not_be_synced_is_not_followed() {
    if !can_watch() {
        return;
    }
    let stage = SCENARIOS[3].record();
    let commit = stage.calls.iter().position(Call::commits).expect("a commit");
    let full = stage.calls[commit + 1].inject("error=ENOSPC");
    let (home, root) = stage.scenario.set();
    let record = home.path().join("record");
    stage.scenario.run(&root, std::slice::from_ref(&full), Some(&record));
    let text = fs::read_to_string(&record).expect("a record");
    fs::remove_file(record).expect("a record");
    assert_eq!(things(&root), stage.old);
    let calls = Call::all(&text, &home.path().canonicalize().expect("a folder"));
    let undone: Vec<_> = calls.iter().filter(|call| call.name.starts_with("unlink")).collect();
    assert!(undone.len() > 3, "{undone:?}");
    assert!(undone[0].made().ends_with(".polyglot-journal/journal.json"), "the journal goes first: {undone:?}");
    for call in undone {
        let (home, root) = stage.scenario.set();
        stage.scenario.run(&root, &[full.clone(), call.inject("signal=KILL")], None);
        let at = format!("killed at {call:?}");
        stage.check(&root, &at);
        stage.scenario.write(&root, &at);
        stage.check_new(home.path(), &root, &at);
    }
}

#[test]
fn a_file_system_without_modes_will_do() {
    if !can_watch() {
        return;
    }
    let (_home, root) = SCENARIOS[0].set();
    let output = SCENARIOS[0].run(&root, &[String::from("fchmod:error=EPERM")], None);
    assert!(output.status.success(), "{output:?}");
    assert!(root.join("compose.yaml").exists());
}

/// What a power cut may take is what was not synced: everything is, before it counts.
#[test]
fn everything_is_on_the_disk_before_it_counts() {
    if !can_watch() {
        return;
    }
    for scenario in &SCENARIOS[..4] {
        let within = scenario.way == Way::Within;
        let Stage { calls, .. } = scenario.record();
        let commit = calls.iter().position(Call::commits).expect("a commit");
        let (before, after) = calls.split_at(commit);
        let mut made = 0;
        for (at, call) in before.iter().enumerate() {
            if !call.name.starts_with("open") && !call.name.starts_with("mkdir") {
                continue;
            }
            made += 1;
            let path = &call.made();
            let is_stage =
                path.to_string_lossy().split("/.deploy.polyglot-").nth(1).is_some_and(|end| !end.contains('/'));
            for path in [Some(path.as_path()), path.parent().filter(|_| !is_stage)].into_iter().flatten() {
                let mut synced = before[at..].iter().filter_map(Call::synced);
                assert!(synced.any(|synced| Path::new(synced) == path), "{}: {path:?} {}", scenario.name, call.line);
            }
        }
        assert!(made > 3, "{}", scenario.name);
        let next = after[1].synced().expect("what has just been renamed is synced at once");
        let folder = if within { ".polyglot-journal" } else { "" };
        assert!(next.ends_with(folder) && !next.ends_with("deploy"), "{}: {next}", scenario.name);
        let last_sync = after.iter().rposition(|call| call.synced().is_some()).expect("a sync");
        let gone = after.iter().position(|call| call.line.contains("journal.json") && call.name.starts_with("unlink"));
        assert!(gone.is_none_or(|gone| gone > last_sync), "{}: the journal goes last", scenario.name);
    }
}

#[test]
fn where_folders_cannot_be_exchanged_the_journal_does_it() {
    if !can_watch() {
        return;
    }
    // A secret is put in place by the call that exchanges folders: only the exchange itself is refused for good reason.
    let hindered = [
        "renameat2:error=EINVAL",
        "renameat2:error=ENOSYS",
        "renameat2:error=EBUSY:when=1",
        "renameat2:error=EXDEV:when=1",
        "renameat2:error=EPERM:when=1",
        "?link,linkat:error=EPERM",
        "?link,linkat:error=EXDEV",
        "?link,linkat:error=EMLINK:when=2",
        "?symlink,symlinkat:error=EPERM",
        "?mkdir,mkdirat:error=EACCES:when=1",
        "?mkdir,mkdirat:error=EROFS:when=1",
    ];
    let stage = SCENARIOS[2].record();
    for injected in hindered {
        let (home, root) = stage.scenario.set();
        let output = stage.scenario.run(&root, &[injected.to_owned()], None);
        assert!(output.status.success(), "{injected}: {output:?}");
        stage.check_new(home.path(), &root, injected);
    }
    // A folder that is not there yet needs no exchange, only a name.
    for (injected, done) in
        hindered.into_iter().zip([true, true, false, false, false, true, true, true, true, false, false])
    {
        let (home, root) = SCENARIOS[0].set();
        let output = SCENARIOS[0].run(&root, &[injected.to_owned()], None);
        assert_eq!(output.status.success(), done, "{injected}: {output:?}");
        let expected: &[&str] = if done { &["deploy"] } else { &[] };
        assert_eq!(names(home.path()), expected, "{injected}");
    }
}

#[test]
fn a_folder_in_it_may_be_on_another_file_system() {
    if !can_watch() {
        return;
    }
    let stage = SCENARIOS[3].record();
    let (home, root) = stage.scenario.set();
    // The first puts the journal, or a folder, in place; then each file is refused once, and its copy is not.
    let injected = ["?rename,?renameat:error=EXDEV:when=2+2", "renameat2:error=EXDEV:when=2+2"].map(String::from);
    let record = home.path().join("record");
    let output = stage.scenario.run(&root, &injected, Some(&record));
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(&record).expect("a record");
    fs::remove_file(record).expect("a record");
    for copy in ["compose.yaml.polyglot-new", "mongod.conf.polyglot-new", "mongodb_admin.polyglot-new"] {
        assert!(text.contains(copy), "{text}");
    }
    stage.check_new(home.path(), &root, "on another file system");
}

/// Runs the program slowly, and does something to the folder when the new one is half built.
fn meanwhile(act: impl Fn(&Path)) -> (TempDir, PathBuf, Output) {
    let (home, root) = SCENARIOS[2].set();
    let begun = || names(home.path()).len() > 1;
    let output = delayed(&SCENARIOS[2], &root, "fsync:delay_enter=600ms:when=1", begun, act);
    (home, root, output)
}

/// Runs the program with a delay at a call, and does something when that call is waited for.
fn delayed(scenario: &Scenario, root: &Path, at: &str, waits: impl Fn() -> bool, act: impl Fn(&Path)) -> Output {
    thread::scope(|scope| {
        let run = scope.spawn(|| scenario.run(root, &[at.to_owned()], None));
        while !waits() && !run.is_finished() {
            thread::sleep(Duration::from_millis(5));
        }
        act(root);
        run.join().expect("it runs")
    })
}

#[test]
fn what_somebody_does_meanwhile_is_not_lost() {
    if !can_watch() {
        return;
    }
    let (home, root, output) = meanwhile(|root| put(root.join("compose.yaml"), "mine"));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("was changed by somebody else in this moment; nothing was written"), "{message}");
    assert_eq!(fs::read_to_string(root.join("compose.yaml")).expect("a text"), "mine");
    assert!(root.join("redis/redis.conf").exists());
    assert_eq!(names(home.path()), ["deploy"]);
    let (home, root, output) = meanwhile(|root| {
        put(root.join("notes/new.txt"), "mine");
        fs::rename(root.join("notes/deep"), root.join("moved")).expect("a folder");
    });
    assert!(output.status.success(), "{output:?}");
    assert!(root.join("notes/new.txt").exists() && root.join("moved/er.txt").exists());
    assert!(second().compare(&root).is_current());
    assert_eq!(names(home.path()), ["deploy"]);
}

#[cfg(unix)]
fn mode(found: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777
}

#[test]
#[cfg(unix)]
fn what_comes_after_the_last_look_is_not_lost() {
    if !can_watch() {
        return;
    }
    // The exchange is the first call of its name. Shortly before, the new folder gets the mode of the old one.
    let (home, root) = SCENARIOS[2].set();
    put(root.join("notes/list.txt"), "old");
    let is_built = || {
        let stage = names(home.path()).into_iter().find(|name| name.starts_with(".deploy.polyglot-"));
        stage.and_then(|stage| fs::metadata(home.path().join(stage)).ok()).is_some_and(|found| mode(&found) == 0o755)
    };
    let output = delayed(&SCENARIOS[2], &root, "renameat2:delay_enter=3s:when=1", is_built, |root| {
        thread::sleep(Duration::from_millis(500));
        put(root.join("notes/new.txt"), "mine");
        put(root.join("somewhere/deep/in.txt"), "mine");
        put(root.join("empty/dir/x"), "");
        fs::remove_file(root.join("empty/dir/x")).expect("a file");
        // As an editor saves: another file takes the place.
        put(root.join("notes/list.txt.new"), "newer");
        fs::rename(root.join("notes/list.txt.new"), root.join("notes/list.txt")).expect("a file");
        put(root.join("compose.yaml"), "edited");
        put(root.join("mongodb/mine.txt"), "mine");
    });
    assert!(output.status.success(), "{output:?}");
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    for path in ["notes/new.txt", "somewhere/deep/in.txt", "mongodb/mine.txt"] {
        assert_eq!(read(path), "mine");
    }
    assert!(root.join("empty/dir").is_dir());
    assert_eq!(read("notes/list.txt"), "newer");
    assert_eq!(read("compose.yaml.orig"), "edited");
    assert!(second().compare(&root).is_current());
    assert_eq!(names(home.path()), ["deploy"]);
}

#[test]
fn a_file_that_comes_before_the_journal_puts_its_own_is_kept() {
    if !can_watch() {
        return;
    }
    let (home, root) = SCENARIOS[3].set();
    let committed = || root.join(".polyglot-journal/journal.json").exists();
    // The first of the calls that put a file where nothing was.
    let output = delayed(&SCENARIOS[3], &root, "renameat2:delay_enter=800ms:when=1", committed, |root| {
        thread::sleep(Duration::from_millis(200));
        put(root.join("mongodb/mongod.conf"), "mine");
    });
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(root.join("mongodb/mongod.conf.orig")).expect("a text"), "mine");
    assert!(second().compare(&root).is_current());
    assert_eq!(names(home.path()), ["deploy"]);
}

#[test]
#[cfg(unix)]
fn a_pipe_is_carried_over() {
    if !can_watch() {
        return;
    }
    let (home, root) = SCENARIOS[2].set();
    let made = Command::new("mkfifo").arg(root.join("notes/pipe")).status().expect("mkfifo");
    assert!(made.success());
    let record = home.path().join("record");
    let output = SCENARIOS[2].run(&root, &[], Some(&record));
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(&record).expect("a record");
    assert!(text.contains("RENAME_EXCHANGE") && !text.contains("journal.json"), "{text}");
    let pipe = fs::metadata(root.join("notes/pipe")).expect("a pipe");
    assert!(std::os::unix::fs::FileTypeExt::is_fifo(&pipe.file_type()));
}

#[test]
fn runs_at_the_same_time_leave_one_of_the_folders() {
    for round in 0..24 * rounds() {
        let (home, root) = SCENARIOS[round % 3].set();
        let runs: Vec<_> = ["first", "second", "second", "first"]
            .into_iter()
            .map(|set| {
                let mut run = program(&root, set);
                run.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
                run.spawn().expect("it runs")
            })
            .collect();
        let outputs: Vec<_> = runs.into_iter().map(|run| run.wait_with_output().expect("it ends")).collect();
        for output in outputs.iter().filter(|output| !output.status.success()) {
            let message = String::from_utf8_lossy(&output.stderr);
            let known = ["another polyglot is writing", "was changed by somebody else in this moment"];
            assert!(known.iter().any(|known| message.contains(known)), "{message}");
        }
        let is = |set: &Set| set.compare(&root).is_current();
        let none = outputs.iter().all(|output| !output.status.success());
        assert!(is(&first()) || is(&second()) || (none && !root.exists()), "{:#?}", things(&root));
        second().write(&root).expect("it is written");
        assert_eq!(names(home.path()), ["deploy"]);
        assert!(second().compare(&root).is_current());
    }
}
