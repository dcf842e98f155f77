//! Whatever stands where a file should be: it is refused with a clear word, at once, and nothing else is touched.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::project;

/// Nothing else reads or writes files, so that what is promised here holds everywhere.
#[test]
fn files_are_opened_in_one_place() {
    const WAYS: [&str; 9] = [
        "std::fs",
        "fs::read",
        "fs::write",
        "File::open",
        "OpenOptions",
        "rustix::",
        "cap_std::",
        "exists()",
        "canonicalize(",
    ];
    fn look(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { look(&path, found) } else { found.push(path) }
        }
    }
    let mut paths = Vec::new();
    look(&project("src"), &mut paths);
    let own = [project("src/files"), project("src/size/host.rs")];
    let mut wrong = Vec::new();
    for path in paths.iter().filter(|path| !own.iter().any(|own| path.starts_with(own))) {
        let text = fs::read_to_string(path).expect("a text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let bad = lines.filter(|line| WAYS.iter().any(|way| line.contains(way)));
        wrong.extend(bad.map(|line| format!("{}: {}", path.display(), line.trim())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[cfg(unix)]
mod hostile {
    use std::fs;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    use crate::session::Session;

    const SMALL: &str =
        "version: 1\nname: small\ndata:\n  accounts:\n    kind: user_profile\n  sessions:\n    durability: cache\n";
    const EXTRA: &str = "[catalog]\nextra = [\"databases\"]\n";
    const OWN_TREE: &str = "[catalog]\ntree = \"tree.toml\"\n";
    const COMPOSE: &str = "services:\n  db:\n    image: postgres:18.1\n    command: [-c, config_file=/etc/own.conf]\n    \
                           volumes: [\"db:/var/lib/postgresql\", \"./own.conf:/etc/own.conf:ro\"]\nvolumes:\n  db:\n";
    const SEEN: &str = "listen_adresses = '*'\n";

    /// What may stand where a file should be.
    const THINGS: [Thing; 9] = [
        Thing { what: "pipe", said: "is not a regular file" },
        Thing { what: "zero", said: "is not a regular file" },
        Thing { what: "null", said: "is not a regular file" },
        Thing { what: "socket", said: "is not a regular file" },
        Thing { what: "folder", said: "is a folder, not a file" },
        Thing { what: "link", said: "is a symbolic link; links are not followed" },
        Thing { what: "link to a folder", said: "is a symbolic link; links are not followed" },
        Thing { what: "dangling link", said: "is a symbolic link; links are not followed" },
        Thing { what: "sparse", said: "is larger than" },
    ];

    #[derive(Clone, Copy)]
    struct Thing {
        what: &'static str,
        said: &'static str,
    }

    impl Thing {
        /// Whether lint takes it for a folder to look into, if it is named.
        fn is_folder(self) -> bool {
            ["folder", "link to a folder"].contains(&self.what)
        }

        /// Puts it in the place of whatever is there; not everybody may make a device.
        fn put(self, path: &Path) -> bool {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            if path.is_dir() {
                fs::remove_dir_all(path).expect("it goes");
            } else {
                let _ = fs::remove_file(path);
            }
            let outside = outside(path);
            fs::create_dir_all(outside.join("folder")).expect("a folder");
            fs::write(outside.join("file"), "outside").expect("a file");
            let make = |program: &str, arguments: &[&str]| {
                let made = Command::new(program).arg(path).args(arguments).output();
                made.is_ok_and(|made| made.status.success())
            };
            match self.what {
                "pipe" => return make("mkfifo", &[]),
                "zero" => return make("mknod", &["c", "1", "5"]),
                "null" => return make("mknod", &["c", "1", "3"]),
                "socket" => drop(bind(path)),
                "folder" => fs::create_dir(path).expect("a folder"),
                "link" => symlink(outside.join("file"), path).expect("a link"),
                "link to a folder" => symlink(outside.join("folder"), path).expect("a link"),
                "dangling link" => symlink(outside.join("nothing"), path).expect("a link"),
                _ => fs::File::create(path).and_then(|file| file.set_len(20 << 30)).expect("a file"),
            }
            true
        }

        /// Whether it is still there, and what a link leads to is as it was.
        fn stands(self, path: &Path) -> bool {
            let found = fs::symlink_metadata(path).expect("it is there").file_type();
            let outside = outside(path);
            let untouched = fs::read_to_string(outside.join("file")).expect("a file") == "outside"
                && !outside.join("nothing").exists()
                && fs::read_dir(outside.join("folder")).expect("a folder").next().is_none();
            untouched
                && match self.what {
                    "pipe" => found.is_fifo(),
                    "zero" | "null" => found.is_char_device(),
                    "socket" => found.is_socket(),
                    "folder" => found.is_dir(),
                    "sparse" => found.is_file(),
                    _ => found.is_symlink(),
                }
        }
    }

    /// What links lead to: a hidden folder of the session.
    fn outside(path: &Path) -> PathBuf {
        let session = path.ancestors().find(|path| path.parent().is_some_and(|parent| parent.ends_with("cmd")));
        session.expect("a session").join(".outside")
    }

    /// The path of a socket is bounded, so it is made where it stands.
    fn bind(path: &Path) -> UnixListener {
        let short = std::env::temp_dir().join(format!("polyglot-socket-{}", std::process::id()));
        let _ = fs::remove_file(&short);
        let socket = UnixListener::bind(&short).expect("a socket");
        if fs::rename(&short, path).is_err() {
            drop(fs::remove_file(&short));
            return UnixListener::bind(path).expect("a socket");
        }
        socket
    }

    /// Runs the program with little memory and little time.
    fn run(session: &Session, arguments: &[&str]) -> Output {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "ulimit -v 4000000; exec timeout 60 \"$0\" \"$@\"", env!("CARGO_BIN_EXE_polyglot")]);
        command.args(arguments).current_dir(&session.within).env_remove("HOME");
        command.output().expect("it runs")
    }

    fn said(output: &Output) -> String {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }

    /// Puts each thing in a place and runs a command: it ends by itself, and says what is wrong with the place where a
    /// word is wanted of it.
    fn each(
        name: &'static str,
        files: &[(&str, &str)],
        (place, arguments): (&str, &[&str]),
        speaks: impl Fn(Thing) -> bool,
    ) {
        for thing in THINGS {
            let mut session = Session::new(name);
            for (path, text) in files {
                session = session.file(path, text);
            }
            if !thing.put(&session.folder.join(place)) {
                continue;
            }
            let output = run(&session, arguments);
            let text = said(&output);
            let at = format!("{place} is a {}: {arguments:?} says {text}", thing.what);
            assert!(output.status.code().is_some_and(|code| code <= 2), "{at} {:?}", output.status);
            assert!(thing.stands(&session.folder.join(place)), "{at}");
            assert!(!text.contains("outside\n"), "{at}");
            if speaks(thing) {
                assert_ne!(output.status.code(), Some(0), "{at}");
                assert!(text.contains(thing.said), "{at}");
            }
        }
    }

    #[test]
    fn a_file_that_is_named() {
        for command in ["select", "render", "lint"] {
            each("hostile-is-named", &[], ("in.yaml", &[command, "in.yaml"]), |thing| {
                command != "lint" || !thing.is_folder()
            });
        }
        each("hostile-is-named", &[], ("in.yaml", &["explain", "redis", "in.yaml"]), |_| true);
        each("hostile-is-named", &[], ("compose.yaml", &["lint", "compose.yaml"]), |thing| !thing.is_folder());
    }

    #[test]
    fn a_file_that_is_found() {
        let small = ("polyglot.yaml", SMALL);
        each("hostile-is-found", &[], ("polyglot.yaml", &["select"]), |thing| thing.what != "folder");
        for command in ["select", "tune", "lint"] {
            let arguments: &[&str] = if command == "tune" { &["tune", "redis", "--memory", "4GB"] } else { &[command] };
            each("hostile-is-found", &[small], ("polyglot.toml", arguments), |thing| thing.what != "folder");
        }
        for arguments in [&["select", "--diff"][..], &["select", "--write"], &["render"], &["lint"]] {
            each("hostile-is-found", &[small], ("polyglot.lock", arguments), |_| true);
        }
        each("hostile-is-found", &[small], ("polyglot.baseline.toml", &["lint"]), |_| true);
        each("hostile-is-found", &[small], ("polyglot.baseline.toml", &["lint", "--write-baseline"]), |thing| {
            thing.what != "sparse"
        });
        each("hostile-is-found", &[small, ("polyglot.toml", OWN_TREE)], ("tree.toml", &["select"]), |_| true);
        let toml = ("polyglot.toml", EXTRA);
        each("hostile-is-found", &[small, toml], ("databases/own/database.toml", &["select"]), |_| true);
        let own = ("databases/own/database.toml", include_str!("../templates/redis/database.toml"));
        each("hostile-is-found", &[small, toml, own], ("databases/own/x.j2", &["catalog"]), |_| true);
    }

    #[test]
    fn a_file_of_the_rendered_folder() {
        let small = ("polyglot.yaml", SMALL);
        for command in ["render", "lint"] {
            each("hostile-of-the-rendered-folder", &[small], ("deploy/compose.yaml", &[command]), |_| false);
            each(
                "hostile-of-the-rendered-folder",
                &[small],
                ("deploy/.polyglot-journal/journal.json", &[command]),
                |thing| command == "render" && thing.what != "dangling link",
            );
            let record = "deploy/docs/decisions/0001-accounts.md";
            each(
                "hostile-of-the-rendered-folder",
                &[small],
                (record, if command == "render" { &["render", "--adr"] } else { &["lint"] }),
                |_| command == "render",
            );
        }
    }

    #[test]
    fn a_file_that_the_walk_of_lint_meets() {
        let small = ("inner/polyglot.yaml", SMALL);
        for place in [".gitignore", ".ignore", "inner/.gitignore"] {
            // The walk reads these by itself, and takes nothing but patterns from where a link leads.
            let is_refused = |thing: Thing| !thing.is_folder() && !thing.what.contains("link");
            each("hostile-the-walk-of-lint-meets", &[small], (place, &["lint"]), is_refused);
            each("hostile-the-walk-of-lint-meets", &[small], (place, &["lint", "inner"]), is_refused);
        }
        each("hostile-the-walk-of-lint-meets", &[("compose.yaml", COMPOSE)], ("own.conf", &["lint"]), |_| false);
        each(
            "hostile-the-walk-of-lint-meets",
            &[("compose.yaml", COMPOSE)],
            ("compose.override.yaml", &["lint"]),
            |_| false,
        );
        each("hostile-the-walk-of-lint-meets", &[small], ("other.yaml", &["lint"]), |_| false);
    }

    #[test]
    fn a_file_that_is_written() {
        let small = ("polyglot.yaml", SMALL);
        let no_file = |thing: Thing| thing.what != "sparse";
        for thing in THINGS.into_iter().filter(|thing| no_file(*thing)) {
            let session = Session::new("hostile-output").file("polyglot.yaml", SMALL);
            let place = session.folder.join("out.sarif");
            if !thing.put(&place) {
                continue;
            }
            let output = run(&session, &["lint", "--format", "sarif=out.sarif"]);
            let text = said(&output);
            assert!(text.contains(thing.said) && output.status.code() == Some(2), "{}: {text}", thing.what);
            assert!(thing.stands(&place), "{}", thing.what);
            let mut names: Vec<_> = fs::read_dir(&session.folder)
                .expect("a folder")
                .map(|entry| entry.expect("an entry").file_name())
                .collect();
            names.sort();
            assert_eq!(names, [".outside", "out.sarif", "polyglot.yaml"], "nothing is left");
            let init = run(&session, &["init", "out.sarif"]);
            assert!(said(&init).contains("is there already") && thing.stands(&place), "{}", said(&init));
        }
        each("hostile-is-written", &[small], ("polyglot.yaml", &["lint", "--fix", "polyglot.yaml"]), |thing| {
            !thing.is_folder()
        });
    }

    #[test]
    fn a_file_that_is_replaced_keeps_its_mode() {
        let session = Session::new("hostile-mode").file("polyglot.yaml", SMALL).file("out.sarif", "old");
        let path = session.folder.join("out.sarif");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("a mode");
        run(&session, &["lint", "--format", "sarif=out.sarif"]);
        assert!(fs::read_to_string(&path).expect("a file").starts_with('{'));
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn the_folder_of_polyglot_toml_is_not_left() {
        let absolute = Session::new("hostile-elsewhere").folder;
        let absolute = absolute.join("deploy").display().to_string();
        for path in [absolute.as_str(), "../up", "a/../../up", "link", "link/deploy", "dangling"] {
            for table in ["[render]\nout = ", "[catalog]\ntree = ", "[catalog]\nextra = ["] {
                let end = if table.ends_with('[') { "]" } else { "" };
                let session = Session::new("hostile-out")
                    .file("home/polyglot.toml", &format!("{table}{path:?}{end}\n"))
                    .file("home/polyglot.yaml", SMALL)
                    .file("target/keep", "")
                    .within("home");
                symlink("../target", session.within.join("link")).expect("a link");
                symlink("../nothing", session.within.join("dangling")).expect("a link");
                let output = run(&session, &["render"]);
                let text = said(&output);
                assert_eq!(output.status.code(), Some(2), "{table}{path}: {text}");
                let words = ["outside of the folder", "is a symbolic link"];
                assert!(words.iter().any(|word| text.contains(word)), "{table}{path}: {text}");
                let names = |path: &str| fs::read_dir(session.folder.join(path)).expect("a folder").count();
                assert_eq!((names("."), names("target"), names("home")), (2, 1, 4), "{table}{path}");
            }
        }
        assert!(!Path::new(&absolute).exists());
    }

    #[test]
    fn the_person_may_name_any_folder_but_a_link() {
        let session = Session::new("hostile-named").file("home/polyglot.yaml", SMALL).within("home");
        assert_eq!(run(&session, &["render", "-o", "../up/and/away"]).status.code(), Some(0));
        assert!(session.folder.join("up/and/away/compose.yaml").exists());
        symlink("../up/and", session.within.join("link")).expect("a link");
        assert_eq!(run(&session, &["render", "-o", "link/away"]).status.code(), Some(0), "the way to it is theirs");
        symlink("../up/and/away", session.within.join("deploy")).expect("a link");
        for command in ["render", "lint"] {
            let output = run(&session, &[command]);
            let refused = said(&output).contains("is a symbolic link") && output.status.code() == Some(2);
            assert!(refused, "{command}: {}", said(&output));
        }
    }

    #[test]
    fn a_journal_leads_nowhere_else() {
        const EMPTY: &str = "\"folders\": [], \"files\": [], \"secrets\": [], \"remove\": []";
        let ready = |path: &str| format!("[{{\"file\": 0, \"path\": \"{path}\"}}]");
        for path in ["../out", "/out", "a/../../out", "link/out", "link/keep", ".polyglot-journal/out"] {
            let texts = [
                EMPTY.replace("\"files\": []", &format!("\"files\": {}", ready(path))),
                EMPTY.replace("\"secrets\": []", &format!("\"secrets\": {}", ready(path))),
                EMPTY.replace("\"remove\": []", &format!("\"remove\": [\"{path}\"]")),
                EMPTY.replace(
                    "\"folders\": []",
                    &format!("\"folders\": [{{\"path\": \"{path}\", \"private\": false}}]"),
                ),
            ];
            for text in texts {
                let session = Session::new("hostile-journal")
                    .file("polyglot.yaml", SMALL)
                    .file("target/keep", "mine")
                    .file("deploy/.polyglot-journal/journal.json", &format!("{{\"version\": 1, {text}}}"))
                    .file("deploy/.polyglot-journal/0", "theirs");
                symlink("../target", session.folder.join("deploy/link")).expect("a link");
                let output = run(&session, &["render"]);
                assert!(output.status.code().is_some_and(|code| code <= 2), "{text}: {}", said(&output));
                let left: Vec<_> = fs::read_dir(session.folder.join("target")).expect("a folder").collect();
                assert_eq!(left.len(), 1, "{text}");
                assert_eq!(fs::read_to_string(session.folder.join("target/keep")).expect("a file"), "mine", "{text}");
                assert!(!session.folder.join("out").exists(), "{text}");
                let is_removed = text.contains("\"remove\": [\"link");
                assert!(is_removed || output.status.code() == Some(2), "{text}: {}", said(&output));
            }
        }
    }

    #[test]
    fn lint_reads_below_the_folders_that_it_was_given() {
        let elsewhere = COMPOSE.replace("./own.conf", "../own.conf");
        let session = Session::new("hostile-mount").file("inner/compose.yaml", &elsewhere).file("own.conf", SEEN);
        let finds = |arguments: &[&str]| said(&run(&session, arguments)).contains("listen_adresses");
        assert!(finds(&["lint"]) && finds(&["lint", "."]), "it is below");
        assert!(
            finds(&["lint", "inner", "."]) && !finds(&["lint", "inner"]) && !finds(&["lint", "inner/compose.yaml"])
        );
        let absolute = COMPOSE.replace("./own.conf", &session.folder.join("own.conf").display().to_string());
        let session = session.file("inner/compose.yaml", &absolute);
        let finds = |arguments: &[&str]| said(&run(&session, arguments)).contains("listen_adresses");
        assert!(finds(&["lint"]) && !finds(&["lint", "inner"]));
        symlink("..", session.folder.join("inner/up")).expect("a link");
        let session = session.file("inner/compose.yaml", &COMPOSE.replace("./own.conf", "./up/own.conf"));
        assert!(!said(&run(&session, &["lint"])).contains("listen_adresses"), "no link on the way is followed");
    }

    #[test]
    fn a_long_ignore_file_is_read_in_bearable_time() {
        let patterns: Vec<_> = (0..20_000).map(|number| format!("**/a*{number}?[b-d]/**/*e{number}")).collect();
        let session = Session::new("hostile-patterns")
            .file("inner/polyglot.yaml", SMALL)
            .file(".gitignore", &patterns.join("\n"));
        let output = run(&session, &["lint"]);
        assert!(output.status.code().is_some_and(|code| code <= 2), "{}", said(&output));
    }

    #[test]
    fn a_folder_that_cannot_be_looked_into_stops_nothing_else() {
        const LOG: &str = "version: 1\ndata:\n  o: { kind: log, durability: derived }\n";
        let session = Session::new("hostile-inner").file("one/polyglot.yaml", LOG).file("two/polyglot.yaml", LOG);
        let made = Command::new("mkfifo").arg(session.folder.join("two/.gitignore")).status().expect("mkfifo");
        assert!(made.success());
        let output = run(&session, &["lint", "--format", "concise"]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        for wanted in ["one/polyglot.yaml:3:", "two/.gitignore", "[unreadable-file]", "not a regular file"] {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
        assert!(!said.contains("two/polyglot.yaml"), "what it leaves out is not known: {said}");
    }

    #[test]
    fn the_name_of_a_folder_speaks_to_nobody() {
        const ODD: &str = "a\n::error::b\u{1b}[2J\u{7}\u{202e}";
        let session = Session::new("hostile-name")
            .file(&format!("{ODD}/polyglot.yaml"), &format!("{SMALL}  o: {{ kind: log, durability: derived }}\n"));
        let file = format!("{ODD}/polyglot.yaml");
        let deploy = format!("{ODD}/deploy");
        let missing = format!("{ODD}/missing.yaml");
        for arguments in [
            &["lint"][..],
            &["lint", "--format", "concise"],
            &["lint", &file],
            &["select", &file],
            &["select", &file, "--explain"],
            &["select", &missing],
            &["render", &file, "--out", &deploy],
            &["render", &file, "--out", &deploy, "--check"],
            &["init", &file],
        ] {
            let said = said(&run(&session, arguments));
            assert!(said.contains("::error::b"), "{arguments:?}: {said}");
            let starts_a_command = said.lines().any(|line| line.trim_start().starts_with("::"));
            assert!(!starts_a_command && !said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{arguments:?}: {said:?}");
        }
    }

    #[test]
    fn a_file_whose_name_is_no_text_is_not_mended_under_another() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let session = Session::new("hostile-bytes").file("inner/note", "");
        let path = session.folder.join("inner").join(OsStr::from_bytes(b"r\xff.yaml"));
        let text =
            format!("{SMALL}  # polyglot: allow(derived-without-source) nothing\n  x: {{ kind: user_profile }}\n");
        fs::write(&path, &text).expect("a file");
        let output = run(&session, &["lint", "--fix"]);
        assert_eq!(fs::read_to_string(&path).expect("a file"), text, "{}", said(&output));
        assert_eq!(fs::read_dir(session.folder.join("inner")).expect("a folder").count(), 2, "{}", said(&output));
        assert!(output.status.code() == Some(2) && said(&output).contains("was not mended"), "{}", said(&output));
    }

    #[test]
    fn render_says_which_secrets_are_empty_or_open() {
        let session = Session::new("hostile-secrets").file("polyglot.yaml", SMALL);
        let first = said(&run(&session, &["render"]));
        assert!(!first.contains("chmod") && !first.contains("is empty"), "{first}");
        fs::write(session.folder.join("deploy/secrets/postgresql_app"), "").expect("a file");
        fs::set_permissions(session.folder.join("deploy/secrets"), fs::Permissions::from_mode(0o755)).expect("a mode");
        let said = said(&run(&session, &["render"]));
        assert!(said.contains("chmod 700 deploy/secrets"), "{said}");
        assert!(said.contains("deploy/secrets/postgresql_app is empty"), "{said}");
    }
}
