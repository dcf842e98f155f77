//! Merging what several files say of one service, as `docker compose` does: maps key by key, lists one after the other,
//! and by a rule of their own the fields whose items have a name. The rules are those of compose-go's `override` package.

use std::collections::HashMap;

use super::mount::Mount;
use super::port::Port;
use super::text::Variables;
use crate::yaml::{Entry, Merging, Node, Value};

/// How a field of a service is merged.
#[derive(Clone, Copy)]
enum Way {
    /// Maps key by key, lists one after the other; a single value takes the other's place.
    Usual,
    /// The later one takes the place of the earlier one.
    Replaced,
    /// Names and values, as a map or as a list of `NAME=value`.
    Named,
    /// Names, each with a condition.
    Dependencies,
    /// A folder, or a map that names one.
    Build,
    /// A list whose items have a key; the later item of a key takes the place of the earlier one.
    Keyed(fn(&Node, &Variables) -> Option<String>),
}

fn way(path: &str) -> Way {
    match path {
        "command" | "entrypoint" | "healthcheck.test" => Way::Replaced,
        "environment" | "build.args" => Way::Named,
        "depends_on" => Way::Dependencies,
        "build" => Way::Build,
        "ports" => Way::Keyed(|node, variables| Port::read(node, variables).map(|port| port.key())),
        "volumes" => Way::Keyed(|node, variables| Mount::read(node, variables).map(|mount| mount.folder())),
        "env_file" => Way::Keyed(|node, _| node.get("path").unwrap_or(node).text().map(str::to_owned)),
        "tmpfs" | "profiles" | "dns" => Way::Keyed(|node, _| node.text().map(str::to_owned)),
        "secrets" | "configs" => Way::Keyed(|node, _| {
            let named = node.get("target").or_else(|| node.get("source")).unwrap_or(node);
            named.text().map(str::to_owned)
        }),
        _ => Way::Usual,
    }
}

/// Merges what a later file says of a service into what earlier ones do.
pub(super) fn service(base: &mut Node, over: Node, variables: &Variables) {
    Merger { variables }.merge(base, over, "");
}

/// Removes what is reset from a value that meets no other.
pub(super) fn settle(node: &mut Node) {
    match &mut node.value {
        Value::Mapping(entries) => {
            entries.retain(|entry| entry.value.merging != Merging::Reset);
            entries.iter_mut().for_each(|entry| settle(&mut entry.value));
        }
        Value::Sequence(items) => {
            items.retain(|item| item.merging != Merging::Reset);
            items.iter_mut().for_each(settle);
        }
        Value::Null | Value::Scalar(_) => {}
    }
}

struct Merger<'v> {
    variables: &'v Variables,
}

impl Merger<'_> {
    fn merge(&self, base: &mut Node, over: Node, path: &str) {
        match over.merging {
            Merging::Override => return *base = over,
            // Whoever holds it takes it away.
            Merging::Reset => return base.merging = Merging::Reset,
            Merging::Usual => {}
        }
        match way(path) {
            Way::Usual => self.usual(base, over, path),
            Way::Replaced => *base = over,
            Way::Named => {
                let (mut kept, new) = (named(base), named(&over));
                new.into_iter().for_each(|entry| kept.set(entry));
                *base = kept.into_node(base);
            }
            Way::Dependencies => {
                let over = Node { value: Value::Mapping(dependencies(&over)), ..over };
                base.value = Value::Mapping(dependencies(base));
                self.usual(base, over, path);
            }
            Way::Build => {
                *base = built(base);
                self.usual(base, built(&over), path);
            }
            Way::Keyed(key) => {
                let over = listed(over);
                *base = listed(std::mem::replace(base, Node::new(base.place, Value::Null)));
                let Value::Sequence(items) = &mut base.value else { return };
                let mut at: HashMap<String, usize> = HashMap::new();
                for (index, item) in items.iter().enumerate() {
                    at.extend(key(item, self.variables).map(|key| (key, index)));
                }
                let Value::Sequence(new) = over.value else { return };
                for item in new {
                    let known = key(&item, self.variables).and_then(|key| match at.get(&key) {
                        Some(index) => Some(*index),
                        None => {
                            at.insert(key, items.len());
                            None
                        }
                    });
                    match known.and_then(|index| items.get_mut(index)) {
                        Some(known) => *known = item,
                        None => items.push(item),
                    }
                }
            }
        }
    }

    fn usual(&self, base: &mut Node, over: Node, path: &str) {
        match (&mut base.value, over.value) {
            (_, Value::Null) => {}
            (Value::Mapping(base), Value::Mapping(over)) => {
                for entry in over {
                    let Some(known) = base.iter_mut().find(|known| known.key == entry.key) else {
                        base.push(entry);
                        continue;
                    };
                    let dot = if path.is_empty() { "" } else { "." };
                    self.merge(&mut known.value, entry.value, &format!("{path}{dot}{}", entry.key));
                }
                base.retain(|entry| entry.value.merging != Merging::Reset);
            }
            (Value::Sequence(base), Value::Sequence(over)) => base.extend(over),
            (_, value) => *base = Node { value, ..Node::new(over.place, Value::Null) },
        }
    }
}

/// Names and values in order, each name once.
struct Names {
    entries: Vec<Entry>,
    at: HashMap<String, usize>,
}

impl Names {
    fn set(&mut self, entry: Entry) {
        match self.at.get(&entry.key).and_then(|index| self.entries.get_mut(*index)) {
            Some(known) => *known = entry,
            None => {
                self.at.insert(entry.key.clone(), self.entries.len());
                self.entries.push(entry);
            }
        }
    }

    fn into_node(self, like: &Node) -> Node {
        let entries = self.entries.into_iter().filter(|entry| entry.value.merging != Merging::Reset);
        Node::new(like.place, Value::Mapping(entries.collect()))
    }
}

impl IntoIterator for Names {
    type Item = Entry;
    type IntoIter = std::vec::IntoIter<Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// The names and values of a map, or of a list of `NAME=value`.
fn named(node: &Node) -> Names {
    let mut names = Names { entries: Vec::new(), at: HashMap::new() };
    node.entries().iter().for_each(|entry| names.set(entry.clone()));
    for item in node.items() {
        let Some(text) = item.text() else { continue };
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let value = value.map_or(Value::Null, |value| Value::Scalar(value.to_owned()));
        names.set(Entry { key: name.to_owned(), place: item.place, value: Node::new(item.place, value) });
    }
    names
}

/// Dependencies as a map: one that is only named waits for the start.
fn dependencies(node: &Node) -> Vec<Entry> {
    let named = node.items().iter().filter_map(|item| {
        let started = Node::new(item.place, Value::Scalar("service_started".into()));
        let condition = Entry { key: "condition".into(), place: item.place, value: started };
        let value = Node::new(item.place, Value::Mapping(vec![condition]));
        Some(Entry { key: item.text()?.to_owned(), place: item.place, value })
    });
    node.entries().iter().cloned().chain(named).collect()
}

/// A build as a map.
fn built(node: &Node) -> Node {
    let Some(context) = node.text() else { return node.clone() };
    let context = Node::new(node.place, Value::Scalar(context.to_owned()));
    Node::new(node.place, Value::Mapping(vec![Entry { key: "context".into(), place: node.place, value: context }]))
}

/// A value as a list: a single one is the only item.
fn listed(node: Node) -> Node {
    match node.value {
        Value::Sequence(_) => node,
        Value::Null => Node::new(node.place, Value::Sequence(Vec::new())),
        value => {
            let item = Node { value, ..Node::new(node.place, Value::Null) };
            Node::new(node.place, Value::Sequence(vec![item]))
        }
    }
}
