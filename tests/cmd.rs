//! The command line as a new user meets it: commands, exit codes, streams and files.
//!
//! What is said is kept under tests/cmd/snapshots/, a file for each session; `SNAPSHOTS=overwrite` writes it anew.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Output, Stdio};

use catalog::vocabulary::Need;
use clap::CommandFactory as _;
use polyglot::cli::Cli;
use unicode_width::UnicodeWidthStr;

#[cfg(unix)]
use crate::session::with_mode;
use crate::session::{Session, skipped, text};
use crate::support::project;

/// The names of the commands that there are.
fn commands() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// How wide output is where there is no terminal.
const WIDTH: usize = 100;

/// A small file whose answers the catalog's facts will hardly change.
const SMALL: &str = "version: 1\ndata:\n  accounts:\n    kind: user_profile\n  sessions:\n    durability: cache\n";

#[test]
fn each_snapshot_is_of_a_session() {
    for entry in fs::read_dir(project("tests/cmd/snapshots")).expect("snapshots") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        let quoted = format!("\"{}\"", name.strip_suffix(".txt").expect("a text"));
        let sources = [include_str!("cmd.rs"), include_str!("render_cmd.rs")];
        assert!(sources.iter().any(|source| source.contains(&quoted)), "no session writes {name}");
    }
}

// The command line itself.

#[test]
fn help() {
    let mut session = Session::new("help").run(&["--help"]).run(&["-h"]).run(&["--version"]);
    for command in commands() {
        session = session.run(&[&command, "--help"]);
    }
    for line in session.said.lines() {
        assert!(line.width() <= WIDTH, "{line}");
    }
    session.end();
}

#[test]
fn what_has_no_dashes_stands_under_arguments() {
    for command in Cli::command().get_subcommands() {
        for argument in command.get_positionals() {
            assert_eq!(argument.get_help_heading(), None, "{}: {argument}", command.get_name());
        }
    }
}

#[test]
fn a_command_line_that_is_wrong() {
    Session::new("wrong-command-line")
        .run(&[])
        .run(&["selct"])
        .run(&["select", "--format", "xml"])
        .run(&["select", "--formt", "json"])
        .run(&["select", "a.yaml", "b.yaml"])
        .run(&["select", "--max-size", "10"])
        .run(&["schema", "nonsense"])
        .run(&["completions", "tcsh"])
        .run(&["--color", "sometimes", "select"])
        .end();
}

// Which file is read.

#[test]
fn select_without_a_file() {
    Session::new("select-without-a-file").run(&["select"]).run(&["select", "--format", "json"]).end();
}

#[test]
fn select_finds_the_file_of_the_folder() {
    let only = |name: &str| format!("version: 1\ndata:\n  of_{name}:\n    kind: user_profile\n");
    Session::new("select-finds-the-file")
        .file("requirements.yaml", &only("requirements_yaml"))
        .run(&["select"])
        .file("req.yaml", &only("req_yaml"))
        .run(&["select"])
        .file("polyglot.yaml", &only("polyglot_yaml"))
        .run(&["select"])
        .run(&["select", "req.yaml"])
        .run(&["tree", "--data", "of_polyglot_yaml"])
        .end();
}

#[test]
fn select_reads_standard_input() {
    Session::new("select-from-standard-input")
        .file("other.yaml", SMALL)
        .file("empty.yaml", "")
        .run_with("other.yaml", &["select", "-"])
        .run_with("empty.yaml", &["select", "-"])
        .end();
}

#[test]
fn select_says_what_it_cannot_read() {
    Session::new("select-cannot-read")
        .file("folder/polyglot.yaml", SMALL)
        .file("large.yaml", SMALL)
        .run(&["select", "missing.yaml"])
        .run(&["select", "folder/"])
        .run(&["select", "folder/polyglot.yaml/x"])
        .run(&["select", "large.yaml", "--max-size", "10B"])
        .end();
}

#[test]
fn each_format_of_a_small_file() {
    let mut session = Session::new("formats").file("polyglot.yaml", SMALL);
    for format in ["table", "markdown", "csv"] {
        session = session.run(&["select", "--format", format]);
    }
    let json: serde_json::Value =
        serde_json::from_slice(&session.output(&["select", "--format", "json"]).stdout).expect("JSON");
    let yaml: serde_json::Value =
        serde_yaml::from_slice(&session.output(&["select", "--format", "yaml"]).stdout).expect("YAML");
    assert_eq!(json, yaml);
    assert_eq!((&json["schema"], &json["name"]), (&1.into(), &"polyglot".into()));
    session.end();
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    let session = Session::new("unreadable").file("polyglot.yaml", SMALL);
    let path = session.folder.join("polyglot.yaml");
    with_mode(&path, 0o000, || {
        if fs::File::open(&path).is_ok() {
            return skipped("root reads every file");
        }
        let output = session.output(&["select"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).starts_with("error: cannot read polyglot.yaml\n"), "{output:?}");
        assert!(text(&output.stderr).contains("Permission denied"), "{output:?}");
    });
}

// Pipes.

/// A file whose answer is larger than what a pipe holds.
fn large() -> String {
    let kinds = (0..1500).map(|number| format!("  kind_{number}:\n    kind: user_profile\n"));
    std::iter::once(String::from("version: 1\ndata:\n")).chain(kinds).collect()
}

#[test]
fn a_reader_that_has_seen_enough() {
    let session = Session::new("head").file("polyglot.yaml", &large());
    for format in ["table", "csv", "markdown"] {
        let mut command = session.command(&["select", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut line = String::new();
        let mut out = BufReader::with_capacity(16, child.stdout.take().expect("a pipe"));
        assert!(out.read_line(&mut line).expect("a line") > 0);
        drop(out);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{format}");
    }
}

/// What prints a result.
const RESULTS: [&[&str]; 15] = [
    &["--help"],
    &["--version"],
    &["select"],
    &["select", "--explain"],
    &["select", "--format", "json"],
    &["explain", "accounts"],
    &["explain", "redis"],
    &["tree"],
    &["tree", "--data", "accounts", "--format", "dot"],
    &["catalog"],
    &["catalog", "postgresql"],
    &["schema"],
    &["init", "-"],
    &["completions", "bash"],
    &["man"],
];

#[test]
fn a_reader_that_was_never_there() {
    let session = Session::new("no-reader").file("polyglot.yaml", SMALL);
    for arguments in RESULTS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output =
            session.command(arguments).stdout(writer).stderr(Stdio::piped()).output().expect("the program runs");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_reader_of_messages_that_was_never_there() {
    let session = Session::new("no-reader-of-messages").file("polyglot.yaml", PINNED_AGAINST_THE_TREE);
    for (arguments, code) in [(&["select"][..], 0), (&["select", "missing.yaml"], 2), (&["init", "new.yaml"], 0)] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let status =
            session.command(arguments).stderr(writer).stdout(Stdio::null()).status().expect("the program runs");
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn streams_that_are_closed() {
    let session = Session::new("closed-streams").file("polyglot.yaml", SMALL);
    for closed in [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        for arguments in RESULTS {
            let script = format!("exec \"$0\" \"$@\" {closed}");
            let mut command = Command::new("/bin/sh");
            command
                .current_dir(&session.folder)
                .arg("-c")
                .arg(script)
                .arg(env!("CARGO_BIN_EXE_polyglot"))
                .args(arguments);
            let output = command.env_clear().output().expect("a shell");
            assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{arguments:?} {closed}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let session = Session::new("full").file("polyglot.yaml", SMALL);
    for arguments in RESULTS.iter().filter(|arguments| !arguments[0].starts_with("--")) {
        let full = fs::File::options().write(true).open("/dev/full").expect("the device");
        let output = session.command(arguments).stdout(full).stderr(Stdio::piped()).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).starts_with("error: "), "{arguments:?}: {output:?}");
    }
}

// Colour and quiet.

const ESCAPE: u8 = 0x1b;

#[test]
fn no_escapes_without_a_terminal() {
    let session = Session::new("no-escapes").file("polyglot.yaml", PINNED_AGAINST_THE_TREE);
    let further = [&["select", "missing.yaml"][..], &["selct"], &["explain", "nonsense"]];
    for arguments in RESULTS.into_iter().chain(further) {
        for environment in [
            &[][..],
            &[("NO_COLOR", "1")],
            &[("TERM", "xterm-256color")],
            &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
        ] {
            let output =
                session.command(arguments).envs(environment.iter().copied()).output().expect("the program runs");
            let bytes = [output.stdout, output.stderr].concat();
            assert!(!bytes.contains(&ESCAPE), "{arguments:?} {environment:?}: {}", text(&bytes));
        }
    }
}

#[test]
fn colour_on_demand() {
    let session =
        Session::new("colour").file("polyglot.yaml", PINNED_AGAINST_THE_TREE).file("bad.yaml", "version: 2\n");
    for arguments in [&["select"][..], &["select", "--explain"], &["explain", "redis"], &["tree"], &["catalog"]] {
        let output = session.output(&[&["--color", "always"], arguments].concat());
        assert!(output.stdout.contains(&ESCAPE), "{arguments:?}");
        let output = session.output(&[&["--color", "never"], arguments].concat());
        assert!(!output.stdout.contains(&ESCAPE), "{arguments:?}");
    }
    for arguments in [&["select"][..], &["select", "bad.yaml"], &["select", "missing.yaml"]] {
        let output = session.output(&[&["--color", "always"], arguments].concat());
        assert!(output.stderr.contains(&ESCAPE), "{arguments:?}: {output:?}");
    }
}

/// What a program reads has no escapes, whatever is asked for.
#[test]
fn no_colour_in_what_programs_read() {
    let session = Session::new("no-colour-for-programs").file("polyglot.yaml", SMALL);
    for format in ["json", "yaml", "csv", "markdown"] {
        let output = session.output(&["--color", "always", "select", "--format", format]);
        assert!(!output.stdout.contains(&ESCAPE), "{format}");
    }
    for arguments in [&["schema"][..], &["completions", "zsh"], &["man"], &["init", "-"], &["tree", "--format", "dot"]]
    {
        let output = session.output(&[&["--color", "always"], arguments].concat());
        assert!(!output.stdout.contains(&ESCAPE), "{arguments:?}");
    }
}

const PINNED_AGAINST_THE_TREE: &str = "version: 1
data:
  accounts:
    kind: user_profile
    database: mongodb
";

#[test]
fn quiet_drops_warnings_and_keeps_errors() {
    Session::new("quiet")
        .file("polyglot.yaml", PINNED_AGAINST_THE_TREE)
        .run(&["select", "--format", "csv"])
        .run(&["select", "--format", "csv", "--quiet"])
        .run(&["-q", "select", "missing.yaml"])
        .run(&["init", "new.yaml", "--quiet"])
        .end();
}

// init.

#[test]
fn init_and_then_select() {
    let session = Session::new("init").run(&["init"]).show("polyglot.yaml").run(&["select"]);
    let before = session.read("polyglot.yaml");
    let session = session.run(&["init"]).run(&["init", "--kind", "log"]);
    assert_eq!(session.read("polyglot.yaml"), before);
    session.end();
}

#[test]
fn init_names_datasets_and_the_host() {
    let session = Session::new("init-host")
        .run(&[
            "init",
            "--kind",
            "jobs=queue",
            "--kind",
            "mails=queue",
            "--kind",
            "vector",
            "--memory",
            "16GB",
            "--cpus",
            "4",
        ])
        .show("polyglot.yaml")
        .run(&["select", "--format", "csv"])
        .run(&["init", "other.yaml", "--kind", "jobs=queue", "--kind", "jobs=log"])
        .run(&["init", "other.yaml", "--kind", "Jobs=queue"])
        .run(&["init", "-", "--kind", "time_series", "--disk", "1TB"]);
    // What lint asks of such data stands in the file, to be filled in.
    let filled = session
        .read("polyglot.yaml")
        .replace("    # vectors:", "    vectors:")
        .replace("    # dimension:", "    dimension:");
    session.file("polyglot.yaml", &filled).run(&["lint"]).end();
}

// What is meant is understood.

const SHOP: &str = "version: 1\nname: shop\ndata:\n  orders: { kind: user_profile, latency_p99: 15ms, rto: 15m, rpo: 1m }\n  \
                    cart: { kind: realtime_state, durability: cache }\n";

#[test]
fn obvious_spellings_are_understood() {
    let session = Session::new("spellings").file("polyglot.yaml", SHOP);
    let text = |arguments: &[&str]| {
        let output = session.output(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    assert_eq!(text(&["catalog", "Redis"]), text(&["catalog", "redis"]));
    assert_eq!(text(&["explain", "PostgreSQL"]), text(&["explain", "postgresql"]));
    let host = ["--memory", "4GB", "--cpus", "2"];
    let tune = |database: &[&str]| text(&[&["tune"], database, &host].concat());
    assert_eq!(tune(&["postgresql@15"]), tune(&["postgresql", "--db-version", "15"]));
    assert_eq!(tune(&["MySQL@8.4"]), tune(&["mysql", "--db-version", "8.4"]));
    assert_eq!(text(&["select", "--max-databases", "2"]), text(&["select", "--portfolio", "--max-databases", "2"]));
    let explained = text(&["select", "--explain", "--format", "markdown"]);
    assert!(explained.contains("\n## orders\n\n~~~~~text\norders (user_profile): PostgreSQL"), "{explained}");
    assert!(explained.contains("rto 15min"), "{explained}");
    for wrong in [
        &["tune", "postgresql@15", "--db-version", "16"][..],
        &["tune", "postgresql@9"],
        &["select", "--max-databases", "1", "--no-portfolio"],
    ] {
        assert_eq!(session.output(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_lock_is_checked_with_its_file() {
    let session = Session::new("lint-lock").file("polyglot.yaml", SHOP).run(&["select", "--write", "--quiet"]);
    let of_file = session.output(&["lint", "polyglot.yaml", "--format", "json"]);
    let of_lock = session.output(&["lint", "polyglot.lock", "--format", "json"]);
    assert_eq!(text(&of_lock.stdout), text(&of_file.stdout));
    assert_eq!(of_lock.status.code(), of_file.status.code());
    let both = session.output(&["lint", "polyglot.lock", "polyglot.yaml", "--format", "json"]);
    assert_eq!(text(&both.stdout), text(&of_file.stdout), "once");
}

#[test]
fn a_field_is_explained_with_what_it_takes() {
    let session = Session::new("fields").file("polyglot.yaml", SHOP);
    for (field, takes) in [
        ("sync", "one of: application, outbox, cdc, batch"),
        ("backup", "every: takes"),
        ("retention", "takes a duration: 90d, or forever"),
        ("data_size", "takes a size: 20GB"),
        ("encryption", "at_rest:"),
    ] {
        let output = session.output(&["explain", field]);
        let takes = takes.replace("every: takes", "every: a duration");
        assert!(text(&output.stdout).contains(&takes), "{field}: {}", text(&output.stdout));
    }
}

#[test]
fn every_command_has_examples() {
    let session = Session::new("examples").file("polyglot.yaml", SHOP);
    for command in ["select", "render", "tune", "lint", "explain", "tree", "catalog", "init"] {
        let output = session.output(&[command, "--help"]);
        let lines =
            text(&output.stdout).lines().filter(|line| line.starts_with(&format!("  polyglot {command}"))).count();
        assert!((2..=4).contains(&lines), "{command}: {lines}");
    }
}

#[test]
fn init_with_kinds_and_names() {
    Session::new("init-with-kinds")
        .run(&["init", "--kind", "사용자프로필", "--kind", "log", "--kind", "로그 데이터", "--name", "web-shop"])
        .show("polyglot.yaml")
        .run(&["select"])
        .run(&["init", "other.yaml", "--kind", "nonsense"])
        .run(&["init", "other.yaml", "--kind", "grpah"])
        .run(&["init", "other.yaml", "--name", "Web Shop"])
        .run(&["init", "no/such/folder.yaml"])
        .run(&["init", "-", "--kind", "vector"])
        .end();
}

#[test]
fn init_makes_a_file_that_works_for_each_kind() {
    let catalog = polyglot::embedded::catalog();
    for row in &catalog.matrix().row {
        for kind in [&row.kind, &row.korean] {
            let session = Session::new("init-each-kind");
            assert_eq!(session.output(&["init", "--kind", kind]).status.code(), Some(0), "{kind}");
            let output = session.output(&["select", "--format", "json"]);
            let selection: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let selected = &selection["selections"][0];
            assert_eq!(selected["kind"], row.kind.as_str());
            let walked = match &selected["instead_of"] {
                serde_json::Value::Null => &selected["databases"],
                replaced => &replaced["databases"],
            };
            assert_eq!(walked, &serde_json::json!([row.recommended]), "{kind}");
        }
    }
}

#[cfg(unix)]
#[test]
fn init_in_a_folder_that_may_not_be_written() {
    let session = Session::new("init-read-only").within("folder");
    with_mode(&session.within, 0o555, || {
        if fs::File::create(session.within.join("probe")).is_ok() {
            let _ = fs::remove_file(session.within.join("probe"));
            return skipped("root writes everywhere");
        }
        let output = session.output(&["init"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).starts_with("error: cannot write polyglot.yaml\n"), "{output:?}");
        assert!(!session.within.join("polyglot.yaml").exists());
    });
}

/// Runs a shell command at a terminal of its own and types an input; nothing where the machine has no `script`.
#[cfg(unix)]
fn at_a_terminal(session: &Session, command: &str, input: &str) -> Option<(i32, String)> {
    let version = Command::new("script").arg("--version").output();
    if !version.is_ok_and(|output| text(&output.stdout).contains("util-linux")) {
        skipped("no script");
        return None;
    }
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", command, "/dev/null"]).current_dir(&session.within);
    script.env_remove("NO_COLOR").env("TERM", "xterm").env("SHELL", "/bin/sh");
    script.env("POLYGLOT", env!("CARGO_BIN_EXE_polyglot"));
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script runs");
    let mut terminal = child.stdin.take().expect("a pipe");
    terminal.write_all(input.as_bytes()).expect("it listens");
    let mut shown = Vec::new();
    child.stdout.take().expect("a pipe").read_to_end(&mut shown).expect("it ends");
    drop(terminal);
    let code = child.wait().expect("it ends").code().expect("a code");
    Some((code, String::from_utf8(shown).expect("UTF-8").replace("\r\n", "\n")))
}

#[cfg(unix)]
#[test]
fn init_asks_at_a_terminal() {
    let session = Session::new("init-asks");
    let input = "Web Shop\nweb-shop\n16GB\nmany\n4\n\nuser_profile, nonsense\nuser_profile events=log\n";
    let Some((code, shown)) = at_a_terminal(&session, "\"$POLYGLOT\" init", input) else { return };
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("name of the system [my-system]:"), "{shown}");
    assert!(shown.contains("lower-case letters, digits"), "a bad name is asked for again: {shown}");
    assert!(shown.contains("there is no kind `nonsense`"), "a bad kind is asked for again: {shown}");
    let file = session.read("polyglot.yaml");
    assert!(
        file.contains("name: web-shop\n") && file.contains("  user_profile:\n") && file.contains("  events:\n"),
        "{file}"
    );
    assert!(file.contains("target: { memory: 16GB, cpus: 4 }"), "{file}");
    assert_eq!(session.output(&["select"]).status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn init_takes_what_is_offered_at_a_terminal() {
    let session = Session::new("init-offers");
    let Some((code, shown)) = at_a_terminal(&session, "\"$POLYGLOT\" init", "\n\n\n\n\n") else { return };
    assert_eq!(code, 0, "{shown}");
    let file = session.read("polyglot.yaml");
    assert!(file.contains("name: my-system\n") && file.contains("  user_profile:\n"), "{file}");
}

#[cfg(unix)]
#[test]
fn init_makes_nothing_where_nobody_answers() {
    let session = Session::new("init-unanswered");
    let Some((code, shown)) = at_a_terminal(&session, "\"$POLYGLOT\" init", "web-shop\n\u{4}") else { return };
    assert_eq!(code, 2, "{shown}");
    assert!(!session.within.join("polyglot.yaml").exists());
}

#[cfg(unix)]
#[test]
fn a_terminal_has_colour_and_a_width() {
    let session = Session::new("terminal").file("polyglot.yaml", SMALL);
    let narrow = |command: &str| at_a_terminal(&session, &format!("stty rows 24 cols 60; {command}"), "");
    let Some((_, shown)) = narrow("\"$POLYGLOT\" select") else { return };
    assert!(shown.as_bytes().contains(&ESCAPE), "{shown}");
    for line in anstream::adapter::strip_str(&shown).to_string().lines() {
        assert!(line.width() <= 60, "{line}");
    }
    for plain in
        ["NO_COLOR=1 \"$POLYGLOT\" select", "\"$POLYGLOT\" select --color never", "TERM=dumb \"$POLYGLOT\" select"]
    {
        let (_, shown) = narrow(plain).expect("script was there before");
        assert!(!shown.as_bytes().contains(&ESCAPE), "{plain}: {shown}");
    }
}

// The tree.

#[test]
fn the_tree() {
    let several =
        "version: 1\ndata:\n  orders:\n    kind: user_profile\n  relations:\n    kind: graph\n    traversal_depth: 2\n";
    Session::new("tree")
        .file("polyglot.yaml", several)
        .file("one.yaml", "version: 1\ndata:\n  pictures:\n    kind: file\n")
        .run(&["tree"])
        .run(&["tree", "polyglot.yaml", "--data", "relations"])
        .run(&["tree", "polyglot.yaml", "--data", "relations", "--format", "mermaid"])
        .run(&["tree", "polyglot.yaml", "--data", "relations", "--format", "dot"])
        .run(&["tree", "one.yaml"])
        .run(&["tree", "polyglot.yaml"])
        .run(&["tree", "polyglot.yaml", "--data", "order"])
        .run(&["tree", "missing.yaml", "--data", "orders"])
        .end();
}

// The catalog.

#[test]
fn the_catalog_lists_every_database() {
    let catalog = polyglot::embedded::catalog();
    let session = Session::new("catalog");
    let output = session.output(&["catalog"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let mut words = text(&output.stdout).lines().filter_map(|line| line.split_whitespace().next());
    for id in catalog.ids() {
        assert!(words.any(|word| word == id), "{id} is missing, or not in the order of the ids");
    }
    for line in text(&output.stdout).lines() {
        assert!(line.width() <= WIDTH, "{line}");
    }
}

#[test]
fn the_catalog_shows_a_database_in_full() {
    let catalog = polyglot::embedded::catalog();
    let session = Session::new("catalog-of-one");
    for database in catalog.databases() {
        let output = session.output(&["catalog", &database.id]);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{}", database.id);
        let shown = text(&output.stdout);
        let title = format!("{} ({}), {}\n", database.name, database.id, database.category);
        assert!(shown.starts_with(&title), "{shown}");
        for heading in ["\nversions\n", "\nrole\n", "\nserves\n", "\nalternatives\n", "\nsources\n"] {
            assert!(shown.contains(heading), "{}: {heading}", database.id);
        }
        for line in shown.lines().filter(|line| !line.contains("https://")) {
            assert!(line.width() <= WIDTH, "{}: {line}", database.id);
        }
        assert_eq!(session.output(&["explain", &database.id]).stdout, output.stdout, "{}", database.id);
    }
}

#[test]
fn a_database_that_is_not_in_the_catalog() {
    Session::new("catalog-unknown").run(&["catalog", "postgres"]).run(&["catalog", "nonsense"]).end();
}

/// Where the catalog's matrices are told apart by a program, each database has a line for each need.
#[test]
fn the_matrices_of_the_catalog() {
    let session = Session::new("matrices");
    let text_of = |arguments: &[&str]| {
        let output = session.output(&[&["catalog", "--matrix"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    let json: serde_json::Value = serde_json::from_str(&text_of(&["--format", "json"])).expect("JSON");
    let databases = json["databases"].as_array().expect("databases");
    assert_eq!(databases.len(), polyglot::embedded::catalog().ids().len());
    assert!(databases.iter().all(|row| row["needs"].as_array().expect("needs").len() == Need::ALL.len()));
    let csv = text_of(&["--format", "csv"]);
    assert!(csv.contains("postgresql,needs_transactions,native,"), "{csv}");
    assert!(text_of(&[]).lines().any(|line| line.starts_with("redis ") && line.contains('●')));
    assert!(text_of(&["--format", "markdown"]).contains("| postgresql | native |"));
}

// What if, and the lock.

/// A file that says so much of its orders that more of them change the answer.
const ORDERS: &str = "version: 1\ndata:\n  orders:\n    kind: user_profile\n    data_size: 200GB\n  sessions:\n    \
                      durability: cache\n";

#[test]
fn what_if_a_field_were_otherwise() {
    let mut session = Session::new("what-if").file("polyglot.yaml", ORDERS);
    for format in ["table", "markdown", "csv", "json"] {
        session = session.run(&["select", "--set", "orders.data_size=40TB", "--format", format]);
    }
    session
        .run(&["select", "--set", "orders.data_size=201GB", "--set", "target.memory=64GB"])
        .run(&["select", "--set", "orders.data_size="])
        .run(&["select", "--set", "order.data_size=40TB"])
        .run(&["select", "--set", "orders.datasize=40TB"])
        .run(&["select", "--set", "orders.data_size=40"])
        .run(&["select", "--set", "orders.database=postgres"])
        .run(&["select", "--set", "orders"])
        .run(&["select", "--set", "orders.data_size=40TB", "--write"])
        .show("polyglot.yaml")
        .end();
}

#[test]
fn what_is_locked_is_shown() {
    Session::new("select-locked")
        .file("polyglot.yaml", SMALL)
        .run(&["select", "--write", "--date", "2026-11-22"])
        .show("polyglot.lock")
        .run(&["select"])
        .run(&["select", "--format", "markdown"])
        .edit("polyglot.yaml", "durability: cache", "durability: cache\n    data_size: 2GB")
        .run(&["select"])
        .run(&["select", "--no-portfolio"])
        .end();
}

// explain.

#[test]
fn explain_whatever_has_a_name() {
    Session::new("explain")
        .run(&["explain", "time_series"])
        .run(&["explain", "시계열데이터"])
        .run(&["explain", "durability"])
        .run(&["explain", "traversal_depth"])
        .run(&["explain", "dimension"])
        .run(&["explain", "memory"])
        .run(&["explain", "nonsense"])
        .run(&["explain", "postgre"])
        .end();
}

#[test]
fn explain_a_kind_of_data() {
    let session = Session::new("explain-data").file("polyglot.yaml", SMALL);
    let whole = session.output(&["select", "--explain"]);
    for name in ["accounts", "sessions"] {
        let output = session.output(&["explain", name]);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{name}");
        assert!(text(&output.stdout).starts_with(name), "{output:?}");
        let said = text(&output.stdout);
        assert!(said.lines().count() <= 40, "one screen: {said}");
        for heading in ["\n  path\n", "\n  runner-up\n", "\n  what would change this\n"] {
            assert!(said.contains(heading), "{name}: {heading}");
        }
        let verbose = session.output(&["explain", name, "-v"]);
        for heading in ["\n  path\n", "\n  fit\n", "\n  alternatives\n", "\n  what would change this\n"] {
            assert!(text(&verbose.stdout).contains(heading), "{name}: {heading}");
        }
        assert!(text(&whole.stdout).contains(text(&output.stdout)), "`select --explain` says the same of {name}");
    }
}

// schema.

#[test]
fn schemas_are_json() {
    let session = Session::new("schema");
    for (arguments, title) in [
        (&["schema"][..], "polyglot requirements"),
        (&["schema", "requirements"], "polyglot requirements"),
        (&["schema", "selection"], "polyglot selection"),
    ] {
        let output = session.output(arguments);
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(schema["title"], title);
        assert!(schema["$schema"].as_str().is_some_and(|dialect| dialect.starts_with("https://json-schema.org/")));
    }
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let session = Session::new("completions");
    for arguments in [&["completions", "bash"][..], &["completions", "zsh"], &["completions", "fish"], &["man"]] {
        let output = session.output(arguments);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{arguments:?}");
        for command in commands() {
            assert!(text(&output.stdout).contains(&command), "{arguments:?}: {command}");
        }
    }
}

#[test]
fn the_manual_explains_every_flag() {
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let output = Session::new("man").output(&["man", name]);
        let page = text(&output.stdout).replace("\\-", "-");
        assert!(page.contains(&format!("polyglot-{name}")), "{page}");
        for flag in command.get_arguments().filter_map(|argument| argument.get_long()) {
            assert!(page.contains(&format!("--{flag}")), "{name}: {flag}");
        }
    }
    let page = text(&Session::new("man").output(&["man"]).stdout).replace("\\-", "-");
    assert!(page.contains("polyglot-select(1)"), "{page}");
    assert_eq!(Session::new("man").output(&["man", "selct"]).status.code(), Some(2));
}

// polyglot.toml.

/// One kind of data of each that the policies below speak of.
const POLICED: &str = "version: 1
data:
  accounts:
    needs_transactions: true
  conversations:
    kind: conversation
  words:
    kind: log
  files:
    kind: file
";

fn under(name: &'static str, config: &str) -> Session {
    Session::new(name).file("polyglot.toml", config).file("team/polyglot.yaml", POLICED).within("team")
}

#[test]
fn a_policy_is_found_from_wherever_the_file_is_read() {
    let session = under("policy-found", "[policy]\ndenied_databases = [\"mongodb\"]\n");
    let chosen = |output: Output| {
        let selection: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        selection["selections"][1]["databases"].clone()
    };
    let here = ["polyglot.yaml", "./polyglot.yaml", "../team/polyglot.yaml"];
    let here = here.map(|file| chosen(session.output(&["select", file, "--format", "json"])));
    let found = chosen(session.output(&["select", "--format", "json"]));
    let input = fs::File::open(session.within.join("polyglot.yaml")).expect("a file");
    let mut read = session.command(&["select", "-", "--format", "json"]);
    let read = chosen(read.stdin(input).output().expect("the program runs"));
    let mut above = session.command(&["select", "team/polyglot.yaml", "--format", "json"]);
    let above = chosen(above.current_dir(&session.folder).output().expect("the program runs"));
    for databases in here.iter().chain([&found, &read, &above]) {
        assert_ne!(databases, &serde_json::json!(["mongodb"]));
        assert_eq!(databases, &found);
    }
}

#[test]
fn a_policy_above_the_file_denies_databases() {
    under("policy-denied-databases", "[policy]\ndenied_databases = [\"mongodb\", \"mysql\"]\n").run(&["select"]).end();
}

#[test]
fn a_policy_allows_databases() {
    under("policy-allowed-databases", "[policy]\nallowed_databases = [\"postgresql\", \"seaweedfs\"]\n")
        .run(&["select"])
        .end();
}

#[test]
fn a_policy_denies_licences() {
    under("policy-denied-licences", "[policy]\ndenied_licences = [\"SSPL-1.0\", \"Elastic-2.0\"]\n")
        .run(&["select"])
        .end();
}

#[test]
fn a_policy_prefers_databases() {
    under("policy-preferred", "[policy]\npreferred_databases = [\"postgresql\", \"opensearch\"]\n")
        .run(&["select"])
        .end();
}

#[test]
fn a_policy_allows_what_is_archived() {
    under("policy-allow-archived", "[policy]\nallow_archived = true\n").run(&["select"]).end();
}

#[test]
fn a_policy_bounds_the_number_of_databases() {
    under("policy-max-databases", "[policy]\nmax_databases = 2\n").run(&["select", "--format", "csv"]).end();
}

#[test]
fn a_polyglot_toml_that_is_wrong() {
    Session::new("wrong-polyglot-toml")
        .file("polyglot.yaml", SMALL)
        .file("polyglot.toml", "# what our teams share\n[policy]\ndenied_database = [\"mongodb\"]\n")
        .run(&["select"])
        .file("polyglot.toml", "[polices]\nmax_databases = 3\n")
        .run(&["catalog"])
        .file(
            "polyglot.toml",
            "[policy]\ndenied_databases = [\"mongo\"]\npreferred_databases = [\"postgres\", \"opensearch\"]\n",
        )
        .run(&["select"])
        .file("polyglot.toml", "[policy]\nmax_databases = \"three\"\n")
        .run(&["tree"])
        .file("polyglot.toml", "[policy\n")
        .run(&["select"])
        .file("polyglot.toml", "[policy]\ndenied_licences = [\"sspl\"]\n")
        .run(&["select", "--format", "csv"])
        .end();
}

// Further databases and another tree.

fn almanac() -> String {
    fs::read_to_string(project("tests/cmd/extra-catalog/almanac/database.toml")).expect("the made-up database")
}

const STATIONS: &str = "version: 1
target: { memory: 16GB, disk: 200GB }
data:
  readings:
    kind: time_series
    data_size: 20GB
    writes: 10/s
    retention: forever
    database: almanac
    justification: our stations speak to nothing else
  forecasts:
    kind: time_series
    database: almanac@1
    justification: they share its pages
";

#[test]
fn a_database_is_added_without_building() {
    Session::new("extra-catalog")
        .file("databases/almanac/database.toml", &almanac())
        .file("polyglot.toml", "[catalog]\nextra = [\"databases\"]\n")
        .file("polyglot.yaml", STATIONS)
        .run(&["catalog", "almanac"])
        .run(&["select"])
        .run(&["explain", "readings"])
        .run(&["select", "--format", "csv"])
        .end();
}

#[test]
fn an_added_database_can_be_preferred_and_named_by_its_own_folder() {
    Session::new("extra-catalog-preferred")
        .file("almanac/database.toml", &almanac())
        .file("polyglot.toml", "[catalog]\nextra = [\"almanac\"]\n[policy]\npreferred_databases = [\"almanac\"]\n")
        .file("polyglot.yaml", "version: 1\ndata:\n  readings:\n    kind: time_series\n    retention: 3650d\n")
        .run(&["select"])
        .end();
}

#[test]
fn an_added_database_that_is_wrong() {
    let (first, rest) =
        almanac().split_once("[serves.key_lookup]").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("it serves");
    let without = format!("{first}{}", rest.split_once("\n\n").expect("a section").1);
    Session::new("extra-catalog-wrong")
        .file("polyglot.yaml", SMALL)
        .file("polyglot.toml", "[catalog]\nextra = [\"databases\"]\n")
        .run(&["select"])
        .file("databases/readme.txt", "nothing yet")
        .run(&["select"])
        .file("databases/almanac/database.toml", &almanac().replace("level = \"native\"", "level = \"superb\""))
        .run(&["select"])
        .file("databases/almanac/database.toml", &without)
        .run(&["select"])
        .file("databases/almanac/database.toml", &almanac().replace("source = \"measured\"", "source = \"hearsay\""))
        .run(&["catalog"])
        .file("databases/almanac/database.toml", &almanac().replace("5k/s", "5 thousand"))
        .run(&["catalog"])
        .end();
}

#[test]
fn an_added_database_with_a_bad_formula_is_refused() {
    for bad in ["cpus * * 100", "cpsu * 100"] {
        let session = Session::new("extra-catalog-formula")
            .file("databases/almanac/database.toml", &almanac().replace("cpus * 100", bad))
            .file("polyglot.toml", "[catalog]\nextra = [\"databases\"]\n")
            .file("polyglot.yaml", STATIONS);
        assert_eq!(session.output(&["select"]).status.code(), Some(2), "{bad}");
    }
}

const OWN_TREE: &str = r#"first = "changes"

[question.changes]
ask = "Does it change at all?"
if = [{ flag = "write_heavy" }, { flag = "needs_transactions" }]
yes = "postgresql"
no = "files"

[question.files]
ask = "Is it files?"
if = [{ flag = "binary_objects" }]
yes = "seaweedfs"
no = "postgresql"

[answer.postgresql]
databases = ["postgresql"]
reason = "what we know best"

[answer.seaweedfs]
databases = ["seaweedfs"]
reason = "what the other teams use"
"#;

#[test]
fn an_own_tree() {
    Session::new("own-tree")
        .file("tree.toml", OWN_TREE)
        .file("polyglot.toml", "[catalog]\ntree = \"tree.toml\"\n")
        .file("polyglot.yaml", POLICED)
        .run(&["tree"])
        .run(&["select"])
        .run(&["tree", "--data", "files", "--format", "mermaid"])
        .end();
}

#[test]
fn an_own_tree_that_is_wrong() {
    Session::new("own-tree-wrong")
        .file("polyglot.toml", "[catalog]\ntree = \"tree.toml\"\n")
        .file("polyglot.yaml", POLICED)
        .run(&["select"])
        .file("tree.toml", &OWN_TREE.replace("yes = \"seaweedfs\"", "yes = \"changes\""))
        .run(&["select"])
        .file("tree.toml", &OWN_TREE.replace("no = \"files\"", "no = \"flies\""))
        .run(&["tree"])
        .file("tree.toml", &OWN_TREE.replace("[\"seaweedfs\"]", "[\"seaweed\"]"))
        .run(&["tree"])
        .file("tree.toml", &OWN_TREE.replace("flag = \"binary_objects\"", "flag = \"binary_object\""))
        .run(&["tree"])
        .file("tree.toml", &OWN_TREE.replace("first = \"changes\"", "first = \"change\""))
        .run(&["tree"])
        .end();
}

// Pins.

#[test]
fn pins() {
    Session::new("pins")
        .file(
            "polyglot.yaml",
            "version: 1
data:
  to_the_answer:
    kind: user_profile
    database: postgresql
  to_a_version:
    kind: user_profile
    database: postgresql@17
  with_a_justification:
    kind: conversation
    database: postgresql
    justification: the team runs nothing else
  without_a_justification:
    kind: conversation
    database: postgresql
",
        )
        .run(&["select"])
        .end();
}

#[test]
fn a_pin_keeps_what_is_archived() {
    Session::new("pin-archived")
        .file(
            "polyglot.yaml",
            "version: 1\ndata:\n  pictures:\n    kind: file\n    database: minio\n    justification: it is there\n",
        )
        .run(&["select"])
        .run(&["select", "--format", "csv"])
        .end();
}

#[test]
fn a_pin_that_cannot_serve() {
    Session::new("pin-that-cannot-serve")
        .file("polyglot.yaml", "version: 1\ndata:\n  orders:\n    kind: user_profile\n    database: redis\n    justification: it is quick\n")
        .run(&["select"])
        .end();
}

#[test]
fn a_pin_that_exceeds_is_no_gap_in_the_catalog() {
    let pinned =
        "version: 1\ndata:\n  orders:\n    kind: user_profile\n    database: redis\n    justification: quick\n";
    let output = Session::new("pin-is-no-gap").file("polyglot.yaml", pinned).output(&["select"]);
    assert!(!text(&output.stderr).contains("nothing in the catalog fits"), "{}", text(&output.stderr));
}
