//! The records in the rendered folder, as a person at the command line meets them.

use std::fs;
use std::path::Path;

use polyglot::render::write::part::{Remark, merge, part};
use polyglot::render::write::{self, Artifact, Folder, Force, WriteError};
use tempfile::TempDir;

use super::{ORDERS, SESSIONS, SIMPLE_ORDERS, file};
use crate::support::polyglot;

const RECORD: &str = "deploy/docs/decisions/0001-orders.md";
const INDEX: &str = "deploy/docs/decisions/README.md";

fn folder(kinds: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("polyglot.yaml"), file(kinds)).unwrap();
    folder
}

/// Runs the program, which has to end with a code, and gives back all that it said.
fn run(folder: &TempDir, arguments: &[&str], code: i32) -> String {
    let output = polyglot(folder.path(), arguments);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

fn read(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

fn edit(folder: &TempDir, path: &str, from: &str, to: &str) {
    let text = read(folder, path);
    assert!(text.contains(from), "{path} holds no {from}: {text}");
    fs::write(folder.path().join(path), text.replace(from, to)).unwrap();
}

#[test]
fn records_alone_are_written_and_compared_like_the_other_files() {
    let folder = folder(&[ORDERS]);
    let missing = run(&folder, &["render", "--adr", "--check"], 1);
    assert!(missing.contains(&format!("{RECORD}: missing")), "{missing}");
    assert!(!folder.path().join("deploy").exists());
    assert!(run(&folder, &["render", "--adr"], 0).contains("2 new"));
    assert!(!folder.path().join("deploy/compose.yaml").exists());
    assert!(run(&folder, &["render", "--adr"], 0).contains("up to date"));
    run(&folder, &["render", "--adr", "--check"], 0);
    let listed = run(&folder, &["render", "--adr", "--stdout"], 0);
    assert!(listed.contains("==> docs/decisions/0001-orders.md <==\n---\n# polyglot:begin record "), "{listed}");
    edit(&folder, "polyglot.yaml", "20GB", "40GB");
    let changes = run(&folder, &["render", "--adr", "--diff"], 1);
    assert!(changes.contains("-* `data_size: 20GB`") && changes.contains("+* `data_size: 40GB`"), "{changes}");
    assert!(run(&folder, &["render", "--date", "2026-11-22"], 2).contains("--adr"));
}

#[test]
fn a_stack_that_is_rendered_alone_leaves_the_records_alone() {
    let folder = folder(&[SESSIONS]);
    run(&folder, &["render", "--adr", "--compose"], 0);
    assert!(folder.path().join("deploy/compose.yaml").exists());
    let record = read(&folder, INDEX);
    run(&folder, &["render"], 0);
    run(&folder, &["render", "--check"], 0);
    assert_eq!(read(&folder, INDEX), record);
    run(&folder, &["render", "--adr", "--check"], 0);
    assert!(folder.path().join("deploy/compose.yaml").exists());
}

#[test]
fn what_people_wrote_stays_and_what_they_changed_of_ours_stops_the_run() {
    let folder = folder(&[ORDERS]);
    run(&folder, &["render", "--adr"], 0);
    edit(&folder, RECORD, "decision-makers:\n", "decision-makers: [Ada, Grace]\n");
    edit(&folder, RECORD, "<!-- polyglot:end drivers -->\n", "<!-- polyglot:end drivers -->\n\n* The auditors\n");
    edit(&folder, INDEX, "<!-- polyglot:begin index", "Our own words.\n\n<!-- polyglot:begin index");
    run(&folder, &["render", "--adr", "--check"], 0);
    edit(&folder, "polyglot.yaml", "20GB", "40GB");
    run(&folder, &["render", "--adr"], 0);
    let page = read(&folder, RECORD);
    assert!(page.contains("decision-makers: [Ada, Grace]\n") && page.contains("\n\n* The auditors\n"), "{page}");
    assert!(page.contains("`data_size: 40GB`") && read(&folder, INDEX).starts_with("Our own words.\n"));

    edit(&folder, RECORD, "status: proposed", "status: rejected");
    let stopped = run(&folder, &["render", "--adr"], 1);
    assert!(stopped.contains("-status: rejected\n+status: proposed") && stopped.contains("--force"), "{stopped}");
    assert!(run(&folder, &["render", "--adr", "--check"], 1).contains("edited by hand"));
    run(&folder, &["render", "--adr", "--force"], 0);
    assert!(read(&folder, &format!("{RECORD}.orig")).contains("status: rejected"));
    assert_eq!(read(&folder, RECORD), page);

    let (start, rest) = page.split_once("<!-- polyglot:begin options").unwrap();
    let (_, end) = rest.split_once("<!-- polyglot:end options -->\n").unwrap();
    fs::write(folder.path().join(RECORD), [start, end].concat()).unwrap();
    assert!(run(&folder, &["render", "--adr"], 1).contains("edited"), "a part that was taken out does not come back");
    fs::write(folder.path().join(RECORD), page.replace("<!-- polyglot:end options -->\n", "")).unwrap();
    assert!(run(&folder, &["render", "--adr"], 1).contains("edited"), "a marker is gone");
    run(&folder, &["render", "--adr", "--force"], 0);
    assert!(!folder.path().join("deploy/docs/decisions/0002-orders.md").exists());
    fs::write(folder.path().join(INDEX), "Our own index.\n").unwrap();
    assert!(run(&folder, &["render", "--adr"], 1).contains("README.md, not written by polyglot"));
    assert_eq!(read(&folder, INDEX), "Our own index.\n");
}

#[test]
fn what_a_person_saves_in_the_meantime_is_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.md");
    let write = |content: &str| {
        let artifact = Artifact { path: String::from("a.md"), content: content.to_owned(), executable: false };
        let folder = Folder { root: folder.path(), artifacts: &[artifact], secrets: &[], whole: false };
        write::write(&folder, Force::No)
    };
    let (first, second) = (part("x", Remark::Markup, "one\n"), part("x", Remark::Markup, "two\n"));
    write(&first).unwrap();
    fs::write(&file, format!("{first}mine\n")).unwrap();
    assert!(matches!(write(&second), Err(WriteError::InTheWay { .. })), "it was made before the text was there");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{first}mine\n"));
    write(&merge(&format!("{first}mine\n"), &second)).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{second}mine\n"));
    fs::write(&file, format!("{}mine\r\n", second.replace('\n', "\r\n"))).unwrap();
    let of_git = fs::read_to_string(&file).unwrap();
    write(&merge(&of_git, &first)).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{first}mine\r\n"), "line ends are no edit");
}

#[test]
fn a_part_that_is_new_comes_after_the_one_before_it() {
    let parts = |names: &[&str]| names.iter().map(|name| part(name, Remark::Markup, "\n")).collect::<String>();
    let old = ["lead\n", &parts(&["b"]), "own\n", &parts(&["d"]), "end\n"].concat();
    let expected = ["lead\n", &parts(&["a", "b", "c"]), "own\n", &parts(&["d", "e"]), "end\n"].concat();
    assert_eq!(merge(&old, &parts(&["a", "b", "c", "d", "e"])), expected);
    let without = ["lead\n", "own\n", &parts(&["d"]), "end\n"].concat();
    assert_eq!(merge(&old, &parts(&["d"])), without);
}

#[test]
fn records_go_beside_a_repository_too() {
    let folder = folder(&[ORDERS]);
    fs::create_dir(folder.path().join(".git")).unwrap();
    run(&folder, &["render", "--adr", "-o", "."], 0);
    edit(&folder, "docs/decisions/0001-orders.md", "consulted:\n", "consulted: [Ada]\n");
    edit(&folder, "polyglot.yaml", "20GB", "40GB");
    run(&folder, &["render", "--adr", "-o", "."], 0);
    let left: Vec<_> = fs::read_dir(folder.path().join("docs/decisions")).unwrap().collect();
    assert_eq!(left.len(), 2, "nothing was put aside: {left:?}");
    assert!(read(&folder, "docs/decisions/0001-orders.md").contains("consulted: [Ada]\n"));
    run(&folder, &["render", "--adr", "-o", ".", "--check"], 0);
}

#[test]
fn the_lock_accepts_dates_and_is_what_the_linter_holds_records_against() {
    let folder = folder(&[ORDERS, "sessions: { durability: cache }"]);
    let about_records = |said: &str| said.matches("[record-disagrees]").count();
    let lint = |code| run(&folder, &["lint", "--today", "2026-11-22"], code);
    run(&folder, &["render", "--adr"], 0);
    assert_eq!(about_records(&lint(0)), 0);
    run(&folder, &["select", "--write", "--date", "2026-11-22"], 0);
    let said = lint(1);
    assert!(said.contains("ADR-0001 only proposes what the lock records for `orders`"), "{said}");
    run(&folder, &["render", "--adr"], 0);
    assert!(read(&folder, RECORD).contains("status: accepted\ndate: 2026-11-22\n"));
    assert_eq!(about_records(&lint(0)), 0);

    fs::write(folder.path().join("polyglot.yaml"), file(&[SIMPLE_ORDERS])).unwrap();
    assert_eq!(about_records(&lint(1)), 0, "the lock is stale, and that is said once");
    assert!(run(&folder, &["render", "--adr"], 1).contains("stale"));
    run(&folder, &["select", "--write", "--date", "2026-12-01"], 0);
    let said = lint(1);
    assert!(said.contains("ADR-0001 says PostgreSQL 18 for `orders`, and the lock MySQL 9.7"), "{said}");
    assert!(said.contains("ADR-0002 is about `sessions`, and the requirements have no such data"), "{said}");
    run(&folder, &["render", "--adr"], 0);
    assert!(read(&folder, RECORD).contains("status: superseded by ADR-0003\ndate: 2026-11-22\n"));
    assert!(read(&folder, "deploy/docs/decisions/0003-orders.md").contains("status: accepted\ndate: 2026-12-01\n"));
    assert_eq!(about_records(&lint(0)), 0);
    fs::remove_file(folder.path().join("deploy/docs/decisions/0003-orders.md")).unwrap();
    let said = lint(1);
    assert!(said.contains("ADR-0001 is superseded by ADR-0003, which is not there"), "{said}");
    assert!(said.contains("no record says why `orders` is in MySQL 9.7"), "{said}");
    assert!(Path::new(&folder.path().join("polyglot.lock")).exists());
}
