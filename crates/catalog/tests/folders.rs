//! The folders of the databases: each reads, is whole, and is the same when it was embedded and read back.

use std::fs;
use std::path::{Path, PathBuf};

use catalog::{Catalog, Entry, Folder, Matrix};

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates")
}

fn folder(id: &str) -> Option<Folder> {
    let path = templates().join(id);
    let database = fs::read_to_string(path.join("database.toml")).ok()?.leak();
    let names = fs::read_dir(&path).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| Folder::takes(name)).collect();
    names.sort();
    let file = |name: String| Some((name.clone().into(), fs::read_to_string(path.join(name)).ok()?.into()));
    Some(Folder { database, files: names.into_iter().filter_map(file).collect() })
}

fn ids() -> Vec<String> {
    let entries = fs::read_dir(templates()).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut ids: Vec<String> = names.filter(|id| templates().join(id).join("database.toml").is_file()).collect();
    ids.sort();
    ids
}

#[test]
fn all_folders_are_whole() {
    let faults: Vec<String> = ids()
        .iter()
        .filter_map(|id| {
            let entry = Entry::read(&folder(id)?, folder).map_err(|error| format!("{id}: {error}"));
            entry.and_then(|entry| entry.check()).err()
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(ids().len(), 42);
}

#[test]
fn what_was_embedded_reads_back() {
    let entries: Vec<Entry> = ids().iter().map(|id| Entry::read(&folder(id).unwrap(), folder).unwrap()).collect();
    let matrix: Matrix = toml::from_str(fs::read_to_string(templates().join("matrix.toml")).unwrap().leak()).unwrap();
    let bytes = catalog::embed(entries.clone(), matrix).unwrap().leak();
    let catalog = Catalog::from_embedded(bytes).unwrap();
    for entry in entries {
        let back = catalog.get(&entry.database.id).unwrap();
        assert_eq!(format!("{back:?}"), format!("{:?}", entry.database));
        assert_eq!(format!("{:?}", catalog.recipe(&back.id).unwrap()), format!("{:?}", entry.recipe));
    }
}

#[test]
fn a_folder_that_decides_like_another_one_runs_in_its_own_way() {
    let read = |id: &str| Entry::read(&folder(id).unwrap(), folder).unwrap();
    let [mysql, mariadb] = ["mysql", "mariadb"].map(read);
    let retention = |entry: &Entry| {
        let rows = entry.database.bounds.iter().filter(|row| row.of == catalog::vocabulary::Quantity::Retention);
        rows.map(|row| format!("{row:?}")).collect::<Vec<_>>()
    };
    assert_eq!(retention(&mariadb), retention(&mysql));
    assert_ne!(format!("{:?}", mariadb.recipe.container), format!("{:?}", mysql.recipe.container));
}

#[test]
fn the_folders_that_only_tests_know_are_whole() {
    let read = |path: &str| Entry::read(&folder(path).unwrap(), folder).unwrap();
    assert_eq!(read("../tests/folders/granite").check(), Ok(()));
    let extra = read("../tests/cmd/extra-catalog/almanac");
    assert_eq!(extra.check_extra(), Ok(()));
    assert!(extra.check().unwrap_err().contains("the row is missing"));
}
