//! A database is one folder: what the tests have in `tests/folders/granite` is embedded by what the build script embeds with,
//! and is then chosen, rendered, tuned and linted as any of ours, without a line of Rust. `scripts/prove-folder` does the
//! same with a program that is built with the folder among its own.

use std::fs;
use std::path::Path;

use catalog::{Catalog, Entry, Folder, Text};

use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection, Tree};

use crate::session::Session;
use crate::support::{parse, project};

const SHOP: &str = "\
version: 1
name: quarry
target: { memory: 4GB, cpus: 2, disk: 20GB }
data:
  orders:
    needs_transactions: true
    complex_relations: true
    connections: 600
    database: granite
    justification: a test
";

const COMPOSE: &str = "\
services:
  db:
    image: registry.example.org/stone/granite:3.1.0
    command: granited -c page_cach=1GB
    mem_limit: 1g
    volumes: [\"db:/var/lib/granite\"]
  dump:
    image: stone/granite-extras:3.1.0
    command: granite-dump --all
    environment: { GRANITE_LOGIN: \"shop:hunter2\" }
volumes:
  db:
";

fn read(folder: &Path) -> Folder {
    let text = |name: &str| fs::read_to_string(folder.join(name)).expect("a file of the folder");
    let names = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let names = names.filter_map(|name| name.into_string().ok()).filter(|name| Folder::takes(name));
    let files = names.map(|name| (Text::from(name.clone()), Text::from(text(&name)))).collect();
    Folder { database: text("database.toml").leak(), files }
}

/// A catalog that was embedded with one more folder.
fn with_granite() -> Catalog {
    let folders =
        fs::read_dir(project("templates")).expect("the templates").map(|entry| entry.expect("an entry").path());
    let folders = folders.chain([project("tests/folders/granite")]);
    let entries = folders.filter(|folder| folder.join("database.toml").is_file()).map(|folder| {
        let entry = Entry::read(&read(&folder), |id| Some(read(&project("templates").join(id)))).expect("a folder");
        entry.check().expect("a whole folder");
        entry
    });
    let matrix = polyglot::embedded::catalog().matrix().clone();
    let bytes = catalog::embed(entries.collect(), matrix).expect("an embedded form");
    Catalog::from_embedded(bytes.leak()).expect("a catalog")
}

#[test]
fn an_embedded_folder_is_chosen_and_knows_how_it_is_run() {
    let catalog = with_granite();
    let tree = Tree::embedded(&catalog).expect("the tree");
    let requirements = parse(SHOP, &catalog).expect("requirements");
    let policy = Policy::default();
    let context = DecisionContext::new(crate::support::knowledge(&catalog, &tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &context, Depth::Answer);
    assert_eq!(selection.kinds[0].databases[0].id, "granite");
    let recipe = catalog.recipe("granite").expect("a recipe");
    assert!(recipe.template("granite.conf.j2").is_some() && recipe.known_settings.is_some());
    assert_eq!(catalog.get("granite").and_then(|database| database.family()), Some("postgresql"));
}

fn quarry(name: &'static str) -> Session {
    let mut session = Session::new(name)
        .file("polyglot.yaml", SHOP)
        .file("polyglot.toml", "[catalog]\nextra = [\"databases\"]\n")
        .file("stack/compose.yaml", COMPOSE);
    for file in ["database.toml", "granite.conf.j2", "known-settings.txt"] {
        let text = fs::read_to_string(project("tests/folders/granite").join(file)).expect("a file of the folder");
        session = session.file(&format!("databases/granite/{file}"), &text);
    }
    session
}

#[test]
fn a_folder_is_selected_rendered_and_tuned() {
    let session = quarry("folder-render");
    let (table, _) = session.expect(&["select"], 0);
    assert!(table.contains("Granite"), "{table}");
    session.expect(&["render"], 0);
    let conf = session.read("deploy/granite/granite.conf");
    assert!(conf.contains("# Granite 3 as granite.") && conf.contains("write_behind = off"), "{conf}");
    let compose = session.compose("deploy");
    assert_eq!(compose["services"]["granite"]["healthcheck"]["test"][1], "granite-ready");
    let (tuned, _) = session.expect(&["tune", "granite", "--memory", "2GB", "--cpus", "2"], 0);
    assert!(tuned.contains("page_cache = 1GB"), "{tuned}");
}

#[test]
fn a_folder_is_what_the_linter_knows_of_its_database() {
    let session = quarry("folder-lint");
    let (found, _) = session.expect(&["lint", "--format", "json", "."], 1);
    let says = |what: &str| assert!(found.contains(what), "{what}: {found}");
    says("nothing checks that Granite answers");
    says("`page_cach` is no setting of Granite 3");
    says("`GRANITE_LOGIN` holds a secret in clear");
    says("to Granite, which carries 100 well");
    assert_eq!(found.matches("nothing checks that Granite").count(), 1, "a dump is no server: {found}");
    let (human, _) = session.expect(&["lint", "."], 1);
    for help in [
        "healthcheck: { test: [CMD, granite-ready], interval: 10s }",
        "did you mean `page_cache`?",
        "put Gravel in front",
    ] {
        assert!(human.contains(help), "{help}: {human}");
    }
}
