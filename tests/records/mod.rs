//! Decision records: their form, their numbers, what people wrote into them, and the folder that they lie in.

mod folder;
mod form;
mod numbers;
mod parts;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use catalog::{Catalog, Date};

use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection, Tree};
use polyglot::render::record::{Decided, FOLDER, File, Front, Status, records};

use crate::support::{capacity, parse};

/// What the records of a requirements text are made with.
#[derive(Debug, Clone, Copy, Default)]
struct Given {
    /// Whether a lock has accepted every decision.
    accepted: bool,
    /// The day that the lock has for each.
    locked_on: Option<Date>,
    /// The day that is given.
    date: Option<Date>,
}

const ACCEPTED: Given = Given { accepted: true, locked_on: None, date: None };
const PROPOSED: Given = Given { accepted: false, locked_on: None, date: None };

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The files of records, by name.
type Records = BTreeMap<String, String>;

/// The folder after its records were made: what stood there, with what was made over it.
fn rendered(text: &str, standing: &Records, given: Given) -> Records {
    static KNOWN: LazyLock<(Catalog, Tree)> = LazyLock::new(|| {
        let catalog = polyglot::embedded::catalog();
        let tree = Tree::embedded(&catalog).unwrap();
        (catalog, tree)
    });
    let (catalog, tree) = &*KNOWN;
    let requirements = parse(text, catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    let policy = Policy::default();
    let facts = DecisionContext::new(crate::support::knowledge(catalog, tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &facts, Depth::Flips);
    let kinds = requirements.data.keys().filter(|_| given.accepted);
    let accepted: BTreeMap<&str, Option<Date>> = kinds.map(|name| (name.as_str(), given.locked_on)).collect();
    let files: Vec<File> =
        standing.iter().map(|(name, text)| File { name: name.clone(), text: text.clone() }).collect();
    let made = records(&Decided {
        system: requirements.name(),
        selection: &selection,
        capacity: &capacity(&requirements, &selection, catalog),
        catalog,
        tree,
        accepted: &accepted,
        date: given.date,
        standing: &files,
    });
    let made = made.into_iter().map(|artifact| {
        let name = artifact.path.strip_prefix(&format!("{FOLDER}/")).unwrap().to_owned();
        (name, artifact.content)
    });
    standing.clone().into_iter().chain(made).collect()
}

fn fresh(text: &str, given: Given) -> Records {
    rendered(text, &Records::new(), given)
}

fn front(records: &Records, name: &str) -> Front {
    Front::read(records.get(name).unwrap_or_else(|| panic!("{name} of {:?}", records.keys()))).unwrap()
}

fn status(records: &Records, name: &str) -> Status {
    front(records, name).status
}

/// The names of the files, in order.
fn names(records: &Records) -> Vec<&str> {
    records.keys().map(String::as_str).collect()
}

/// A file of some kinds of data, a line each.
fn file(kinds: &[&str]) -> String {
    format!("version: 1\nname: shop\ndata:\n  {}\n", kinds.join("\n  "))
}

const ORDERS: &str = "orders: { kind: user_profile, data_size: 20GB }";
const SIMPLE_ORDERS: &str = "orders: { needs_transactions: true, data_size: 20GB }";
const SESSIONS: &str = "sessions: { durability: cache }";
const EVENTS: &str = "events: { kind: log }";
