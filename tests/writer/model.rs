//! Whatever somebody does to the folder: a forced run makes it what it should be, and nothing of theirs is lost.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use polyglot::render::write::{Artifact, State, WriteError};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::subsequence;

use super::{Set, artifact, home, put, secret, things};
use crate::support::cases;

const PATHS: [&str; 6] = ["compose.yaml", "a/a.conf", "a/b.sql", "a/b/c.json", "b/init.js", "c.md"];
const SECRETS: [&str; 3] = ["secrets/a", "secrets/b", "other/c"];

/// What somebody does between two runs.
#[derive(Debug, Clone)]
enum Deed {
    Edit(usize),
    Replace(usize),
    Remove(usize),
    RemoveFolder(usize),
    MakeFolder(usize),
    FileForFolder(usize),
    Add(u8),
    Link(u8),
    Render(Set, bool),
}

fn set() -> impl Strategy<Value = Set> {
    let artifacts = subsequence(PATHS.to_vec(), 0..=PATHS.len()).prop_flat_map(|paths| {
        let one = |path: &'static str| {
            (0..3u8, any::<bool>()).prop_map(move |(content, executable)| {
                let body =
                    if path == "a/b/c.json" { format!("{{\n  \"a\": {content}\n}}\n") } else { format!("{content}\n") };
                Artifact { executable, ..artifact(path, &body) }
            })
        };
        paths.into_iter().map(one).collect::<Vec<_>>()
    });
    let secrets = subsequence(SECRETS.to_vec(), 0..=SECRETS.len())
        .prop_map(|paths| paths.into_iter().map(|path| secret(path, "random")).collect());
    (artifacts, secrets).prop_map(|(artifacts, secrets)| Set { artifacts, secrets })
}

fn deed() -> impl Strategy<Value = Deed> {
    let path = 0..PATHS.len();
    prop_oneof![
        path.clone().prop_map(Deed::Edit),
        path.clone().prop_map(Deed::Replace),
        path.clone().prop_map(Deed::Remove),
        path.clone().prop_map(Deed::RemoveFolder),
        path.clone().prop_map(Deed::MakeFolder),
        path.prop_map(Deed::FileForFolder),
        any::<u8>().prop_map(Deed::Add),
        any::<u8>().prop_map(Deed::Link),
        (set(), Just(false)).prop_map(|(set, force)| Deed::Render(set, force)),
        (set(), Just(true)).prop_map(|(set, force)| Deed::Render(set, force)),
    ]
}

/// Does it, if it can be done, with a content that is found again.
fn act(root: &Path, deed: &Deed, mine: &str) {
    let clear = |path: &Path| {
        let _ = fs::remove_file(path);
        let _ = fs::remove_dir_all(path);
    };
    let inside = |path: &str| fs::create_dir_all(root.join(path).parent().expect("a folder")).is_ok();
    match deed {
        Deed::Edit(at) => {
            let path = root.join(PATHS[*at]);
            if let Ok(text) = fs::read_to_string(&path) {
                put(path, text + mine);
            }
        }
        Deed::Replace(at) if inside(PATHS[*at]) => {
            clear(&root.join(PATHS[*at]));
            put(root.join(PATHS[*at]), mine);
        }
        Deed::Remove(at) => clear(&root.join(PATHS[*at])),
        Deed::RemoveFolder(at) => {
            clear(root.join(PATHS[*at]).parent().filter(|path| *path != root).unwrap_or(Path::new("/nowhere")));
        }
        Deed::MakeFolder(at) if inside(PATHS[*at]) => {
            clear(&root.join(PATHS[*at]));
            put(root.join(PATHS[*at]).join("inner"), mine);
        }
        Deed::FileForFolder(at) => {
            let path = root.join(PATHS[*at]);
            if let Some(folder) = path.parent().filter(|path| *path != root)
                && fs::create_dir_all(folder.parent().expect("a folder")).is_ok()
            {
                clear(folder);
                put(folder.to_owned(), mine);
            }
        }
        Deed::Add(name) if inside("a/x") => put(root.join(format!("a/x{name}")), mine),
        #[cfg(unix)]
        Deed::Link(name) if inside("d/x") => {
            let _ = std::os::unix::fs::symlink(mine, root.join(format!("d/x{name}")));
        }
        _ => {}
    }
}

/// All that somebody has made: what holds `mine`.
fn theirs(root: &Path) -> BTreeSet<Vec<u8>> {
    let contents = things(root).into_values().map(|thing| thing.content);
    contents.filter(|content| content.windows(4).any(|part| part == b"mine")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 500, ..cases(256) })]

    #[test]
    fn nothing_of_theirs_is_lost(deeds in vec(deed(), 1..12), last in set(), journal in any::<bool>()) {
        let home = home();
        let root = home.path().join("deploy");
        if journal {
            // A repository is not copied: what is in it may be in use.
            fs::create_dir_all(root.join("repository/.git")).expect("a folder");
        }
        let deeds = deeds.into_iter().chain([Deed::Render(last, true)]).enumerate();
        for (number, deed) in deeds {
            act(&root, &deed, &format!("mine{number}"));
            let Deed::Render(set, force) = deed else { continue };
            let before = things(&root);
            let in_the_way = set.compare(&root).in_the_way().count();
            let of_theirs = theirs(&root);
            let result = if force { set.force(&root) } else { set.write(&root) };
            match result {
                Ok(written) => {
                    prop_assert!(force || in_the_way == 0);
                    prop_assert_eq!(theirs(&root), of_theirs);
                    let comparison = set.compare(&root);
                    prop_assert!(comparison.is_current() && comparison.missing_secrets.is_empty(), "{:?}", comparison);
                    prop_assert!(comparison.artifacts.iter().all(|compared| compared.state == State::Same));
                    prop_assert!(set.write(&root).expect("nothing is done").is_nothing());
                    prop_assert_eq!(written.is_nothing(), before == things(&root));
                }
                Err(WriteError::InTheWay { .. }) => {
                    prop_assert!(!force && in_the_way > 0);
                    prop_assert_eq!(things(&root), before);
                }
                Err(error) => prop_assert!(false, "{error}"),
            }
            prop_assert!(!root.join(".polyglot-journal").exists());
            prop_assert!(super::names(home.path()).iter().all(|name| name == "deploy"));
        }
    }
}
