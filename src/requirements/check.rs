//! What no field can know alone: names that refer to other names.

use std::collections::HashMap;

use catalog::{Catalog, DatabaseRef, Level};

use super::fields::{Reader, shortened};
use super::model::{Data, Requirements};
use super::profile::Profile;
use super::together::groups;
use crate::diagnostic::Diagnostic;
use crate::source::Placed;

/// Checks every reference of the file.
pub(super) fn references(requirements: &mut Requirements, catalog: &Catalog, reader: &mut Reader) {
    for data in requirements.data.values_mut() {
        canonical_kind(data, catalog, reader);
        pin(data, catalog, reader);
    }
    one_version_a_database(requirements, reader);
    sources(requirements, reader);
    joined(requirements, reader);
    for group in groups(requirements) {
        one_pin_a_group(&group, requirements, catalog, reader);
    }
}

/// Checks that what each kind of data is joined with exists, and is another.
fn joined(requirements: &Requirements, reader: &mut Reader) {
    let data = &requirements.data;
    for (name, kind) in data {
        let Some(with) = &kind.with else { continue };
        if with.value == *name {
            let diagnostic = Diagnostic::error(format!("`{}` is joined with itself", shortened(name)));
            reader.fault(diagnostic.at(with.place, "this is its own name").help("name the other kind of data"));
        } else if !data.contains_key(&with.value) {
            let message = format!("there is no kind of data `{}`", shortened(&with.value));
            let diagnostic = Diagnostic::error(message).at(with.place, "nothing of this name in the file");
            reader.unknown(diagnostic, &with.value, data.keys().map(String::as_str));
        }
    }
}

/// What is joined stands in one database: its pins agree, and what is pinned serves each member.
fn one_pin_a_group(group: &[usize], requirements: &Requirements, catalog: &Catalog, reader: &mut Reader) {
    let members = || group.iter().filter_map(|place| requirements.data.get_index(*place));
    let mut pins = members().filter_map(|(name, data)| Some((name, data.database.as_ref()?)));
    let Some((_, pin)) = pins.next().filter(|_| group.len() > 1) else { return };
    let id = DatabaseRef::parse(&pin.value).id;
    if let Some((other, second)) = pins.find(|(_, other)| DatabaseRef::parse(&other.value).id != id) {
        let message = "what is joined by `with` is pinned to two databases";
        let label = format!("`{}` is pinned to {} here", shortened(other), shortened(&second.value));
        let diagnostic = Diagnostic::error(message).at(second.place, label);
        let diagnostic = diagnostic.related(pin.place, format!("to {} here", shortened(&pin.value)));
        reader.fault(diagnostic.help("pin both to the same database, or remove the `with` between them"));
        return;
    }
    let Some(database) = catalog.get(id) else { return };
    for (name, data) in members() {
        let refused = Profile::of(data, catalog).needs().needs().find(|need| database.level(*need) == Level::No);
        let Some(need) = refused else { continue };
        let (field, value) = (need.field(), need.value());
        let message =
            format!("{} does not serve `{field}: {value}`, which `{}` asks for", database.name, shortened(name));
        let diagnostic = Diagnostic::error(message).at(pin.place, "what is joined by `with` is pinned to it here");
        let diagnostic = diagnostic.related(data.key, "this asks for it");
        reader.fault(diagnostic.help("pin another database, or remove the `with` between them"));
    }
}

/// Replaces a Korean kind by its id.
fn canonical_kind(data: &mut Data, catalog: &Catalog, reader: &mut Reader) {
    let Some(kind) = &mut data.kind else { return };
    match catalog.matrix().row(&kind.value) {
        Some(row) => kind.value = row.kind.to_string(),
        None => {
            let message = format!("there is no kind `{}`", shortened(&kind.value));
            let diagnostic = Diagnostic::error(message).at(kind.place, "not known");
            reader.unknown(diagnostic, &kind.value, catalog.matrix().kinds());
        }
    }
}

fn known_database(id: &str, placed: &Placed<String>, catalog: &Catalog, reader: &mut Reader) -> bool {
    if catalog.get(id).is_some() {
        return true;
    }
    let message = format!("there is no database `{}` in the catalog", shortened(id));
    let diagnostic = Diagnostic::error(message).at(placed.place, "not known");
    reader.unknown(diagnostic, id, catalog.ids());
    false
}

fn pin(data: &Data, catalog: &Catalog, reader: &mut Reader) {
    let Some(pin) = &data.database else {
        return;
    };
    let DatabaseRef { id, version } = DatabaseRef::parse(&pin.value);
    if !known_database(id, pin, catalog, reader) {
        return;
    }
    let Some((database, version)) = catalog.get(id).zip(version) else { return };
    if database.version(version).is_some() {
        return;
    }
    let offered = database.versions.iter().map(|version| version.major.as_str());
    if let Some(ended) = database.ended_version(version) {
        let since =
            ended.end_of_life.map_or_else(|| String::from("no fixes any more"), |end| format!("no fixes since {end}"));
        let diagnostic = Diagnostic::error(format!("{} {version} has had {since}", database.name));
        let help = format!("offered are {}", offered.collect::<Vec<_>>().join(", "));
        reader.fault(diagnostic.at(pin.place, "not offered any more").help(help));
        return;
    }
    let message = match version {
        "" => String::from("expected a version after the `@`"),
        _ => format!("{} has no version `{}` in the catalog", database.name, shortened(version)),
    };
    reader.unknown(Diagnostic::error(message).at(pin.place, "not known"), version, offered);
}

/// One service runs one version: two pins of one database must agree.
fn one_version_a_database(requirements: &Requirements, reader: &mut Reader) {
    let mut first: HashMap<&str, (&str, &Placed<String>)> = HashMap::new();
    for pin in requirements.data.values().filter_map(|data| data.database.as_ref()) {
        let DatabaseRef { id, version: Some(version) } = DatabaseRef::parse(&pin.value) else { continue };
        let (other, place) = *first.entry(id).or_insert((version, pin));
        if other != version {
            let message = format!("`{}` is pinned to two versions", shortened(id));
            let diagnostic = Diagnostic::error(message).at(pin.place, format!("version {} here", shortened(version)));
            let diagnostic = diagnostic.related(place.place, format!("version {} here", shortened(other)));
            reader.fault(diagnostic.help("all kinds of data in one database share one service, and so its version"));
        }
    }
}

/// Checks that each source exists and that none is, by however many steps, its own.
fn sources(requirements: &Requirements, reader: &mut Reader) {
    /// The most names of a circle that are shown.
    const SHOWN: usize = 8;
    let data = &requirements.data;
    let mut next: Vec<Option<usize>> = Vec::with_capacity(data.len());
    for kind in data.values() {
        let source = kind.source.as_ref().and_then(|source| {
            let index = data.get_index_of(&source.value);
            if index.is_none() {
                let message = format!("there is no kind of data `{}`", shortened(&source.value));
                let diagnostic = Diagnostic::error(message).at(source.place, "nothing of this name in the file");
                reader.unknown(diagnostic, &source.value, data.keys().map(String::as_str));
            }
            index
        });
        next.push(source);
    }
    for cycle in cycles(&next) {
        let names = || cycle.iter().filter_map(|index| data.get_index(*index)).map(|(name, _)| shortened(name));
        let Some(source) = cycle.first().and_then(|index| data.get_index(*index)).and_then(|(_, d)| d.source.as_ref())
        else {
            continue;
        };
        let omitted = (cycle.len() > SHOWN).then(|| String::from("…"));
        let shown = names().take(SHOWN).chain(omitted).chain(names().take(1)).collect::<Vec<_>>().join(" ▸ ");
        let diagnostic = Diagnostic::error("the sources go round in a circle").at(source.place, shown);
        reader.fault(diagnostic.help("one of them must be the system of record, without a `source`"));
    }
}

/// The circles of a graph in which each node has at most one successor, each once, from its first node on.
fn cycles(next: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut seen_in: Vec<Option<usize>> = vec![None; next.len()];
    let mut cycles = Vec::new();
    for start in 0..next.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(node) = at {
            let Some(mark) = seen_in.get_mut(node) else { break };
            match *mark {
                None => {
                    *mark = Some(start);
                    path.push(node);
                    at = next.get(node).copied().flatten();
                }
                Some(walk) => {
                    if walk == start {
                        cycles.push(path.into_iter().skip_while(|visited| *visited != node).collect());
                    }
                    break;
                }
            }
        }
    }
    cycles
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn each_circle_is_found_once() {
        assert!(cycles(&[Some(1), Some(2), None]).is_empty());
        assert_eq!(cycles(&[Some(0)]), [vec![0]]);
        assert_eq!(cycles(&[Some(1), Some(2), Some(1), Some(4), Some(3)]), [vec![1, 2], vec![3, 4]]);
    }
}
