//! The tree of values as the model: one line a field.

use indexmap::IndexMap;

use super::fields::{Fields, Read, Reader, read_placed, shortened, without_duplicates};
use super::model::{
    Backup, Capped, Collection, Data, Encryption, Every, Field, Index, PartitionBy, Requirements, Target, Team, Ttl,
};
use crate::diagnostic::{Diagnostic, suggestion};
use crate::source::{Place, Placed};
use crate::units::{Bytes, Span};
use crate::yaml::{Entry, Node, Value};

impl Requirements {
    /// Reads the whole file; what is missing or wrong is noted.
    pub(super) fn read(root: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(root, "a requirements file", reader)?;
        let version = version(&mut fields, root, reader);
        let name = fields.read::<String>("name", reader);
        if let Some(name) = &name {
            check_name(&name.value, name.place, reader);
        }
        let target = fields.node("target").and_then(|entry| Target::read(&entry.value, reader)).unwrap_or_default();
        let team = fields.node("team").and_then(|entry| Team::read(&entry.value, reader)).unwrap_or_default();
        let data = match fields.node("data") {
            Some(entry) => named(&entry.value, "kinds of data", Data::read, reader).unwrap_or_default(),
            None => {
                let diagnostic = Diagnostic::error("the file has no `data`");
                reader.fault(diagnostic.help("list the kinds of data under `data:`, each with what it needs"));
                IndexMap::new()
            }
        };
        fields.finish(reader);
        Some(Self { version: version?, name, target, team, data })
    }
}

fn version(fields: &mut Fields<'_>, root: &Node, reader: &mut Reader) -> Option<Placed<u64>> {
    let Some(entry) = fields.node("version") else {
        let diagnostic = Diagnostic::error("the file has no `version`").at(root.place, "it should start here");
        reader.fault(diagnostic.help("write `version: 1` as its first line"));
        return None;
    };
    let version = read_placed::<String>(&entry.value, reader)?;
    if version.value == "1" {
        return Some(Placed { value: 1, place: version.place });
    }
    let diagnostic = Diagnostic::error("expected version 1").at(version.place, "this version is not known");
    reader.fault(diagnostic.help("a newer polyglot may know it; this one reads `version: 1`"));
    None
}

/// The longest name: PostgreSQL's identifiers and S3's buckets both end at 63.
const LONGEST_NAME: usize = 63;

fn allowed(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// Whether a text can be a name: it becomes a project, a database or a bucket, so it holds only what all of these allow.
pub fn is_name(name: &str) -> bool {
    let good = name.starts_with(allowed) && name.chars().all(|c| allowed(c) || c == '_' || c == '-');
    good && name.len() <= LONGEST_NAME
}

fn check_name(name: &str, place: Place, reader: &mut Reader) {
    if is_name(name) {
        return;
    }
    let message =
        "a name has lower-case letters, digits, `_` and `-`, starts with a letter or digit, and has at most 63";
    let diagnostic = Diagnostic::error(message).at(place, format!("`{}` does not fit", shortened(name)));
    let folded: String = name.to_lowercase().chars().map(|c| if allowed(c) || c == '-' { c } else { '_' }).collect();
    let folded = folded.trim_matches('_');
    reader.fault(match folded.starts_with(allowed) && folded.len() <= LONGEST_NAME && name.is_ascii() {
        true => diagnostic.help(format!("write `{folded}`")),
        false => diagnostic,
    });
}

/// Reads a map of named things, whose names become names in a database.
fn named<T>(
    node: &Node,
    what: &str,
    read: impl Fn(&Entry, &mut Reader) -> Option<T>,
    reader: &mut Reader,
) -> Option<IndexMap<String, T>> {
    let Value::Mapping(entries) = &node.value else {
        let diagnostic = Diagnostic::error(format!("expected {what}, each under its name"));
        reader.fault(diagnostic.at(node.place, format!("this is {}", node.value.shape())));
        return None;
    };
    if entries.is_empty() {
        reader.fault(Diagnostic::error(format!("there are no {what}")).at(node.place, "this map is empty"));
    }
    let mut things = IndexMap::with_capacity(entries.len());
    for (name, entry) in without_duplicates(entries, reader) {
        if let Some(thing) = read(entry, reader) {
            things.insert(name.to_owned(), thing);
        }
    }
    Some(things)
}

impl Read for Target {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, "`target`", reader)?;
        let target = Self {
            memory: fields.read("memory", reader),
            cpus: fields.read("cpus", reader),
            storage: fields.read("storage", reader),
            disk: fields.read("disk", reader),
            environment: fields.read("environment", reader),
        };
        fields.finish(reader);
        Some(target)
    }
}

impl Read for Team {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, "`team`", reader)?;
        let team = Self {
            engineers: fields.read("engineers", reader),
            operates: fields.read("operates", reader).map(|operates: Placed<Vec<_>>| operates.value),
        };
        fields.finish(reader);
        Some(team)
    }
}

impl Data {
    fn read(entry: &Entry, reader: &mut Reader) -> Option<Self> {
        check_name(&entry.key, entry.place, reader);
        let empty = Node { place: entry.place, tag: None, value: Value::Mapping(Vec::new()) };
        let node = if matches!(entry.value.value, Value::Null) { &empty } else { &entry.value };
        let mut fields = Fields::of(node, "a kind of data", reader)?;
        let data = Self {
            key: entry.place,
            description: fields.read("description", reader),
            kind: fields.read("kind", reader),
            needs_transactions: fields.read("needs_transactions", reader),
            complex_relations: fields.read("complex_relations", reader),
            real_time: fields.read("real_time", reader),
            search_heavy: fields.read("search_heavy", reader),
            vector_search: fields.read("vector_search", reader),
            full_text: fields.read("full_text", reader),
            graph_relations: fields.read("graph_relations", reader),
            time_series: fields.read("time_series", reader),
            flexible_schema: fields.read("flexible_schema", reader),
            binary_objects: fields.read("binary_objects", reader),
            key_lookup: fields.read("key_lookup", reader),
            analytics: fields.read("analytics", reader),
            event_stream: fields.read("event_stream", reader),
            geospatial: fields.read("geospatial", reader),
            write_heavy: fields.read("write_heavy", reader),
            data_size: fields.read("data_size", reader),
            object_size: fields.read("object_size", reader),
            record_size: fields.read("record_size", reader),
            growth: fields.read("growth", reader),
            records: fields.read("records", reader),
            series: fields.read("series", reader),
            vectors: fields.read("vectors", reader),
            dimension: fields.read("dimension", reader),
            reads: fields.read("reads", reader),
            writes: fields.read("writes", reader),
            connections: fields.read("connections", reader),
            traversal_depth: fields.read("traversal_depth", reader),
            latency_p99: fields.read("latency_p99", reader),
            retention: fields.read("retention", reader),
            durability: fields.read("durability", reader),
            source: fields.read("source", reader),
            consistency: fields.read("consistency", reader),
            scale: fields.read("scale", reader),
            sensitivity: fields.read("sensitivity", reader),
            workload: fields.read("workload", reader),
            backup: fields.read("backup", reader),
            rpo: fields.read("rpo", reader),
            rto: fields.read("rto", reader),
            max_lag: fields.read("max_lag", reader),
            availability: fields.read("availability", reader),
            encryption: fields.read("encryption", reader),
            sync: fields.read("sync", reader),
            owner: fields.read("owner", reader),
            region: fields.read("region", reader),
            database: fields.read("database", reader),
            justification: fields.read("justification", reader),
            collections: fields
                .node("collections")
                .and_then(|entry| named(&entry.value, "collections", Collection::read, reader)),
        };
        fields.finish(reader);
        Some(data)
    }
}

impl Read for Backup {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, "`backup`", reader)?;
        let backup = Self {
            every: fields.read("every", reader),
            keep: fields.read("keep", reader),
            to: fields.read("to", reader),
        };
        fields.finish(reader);
        Some(backup)
    }
}

impl Read for Encryption {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, "`encryption`", reader)?;
        let encryption =
            Self { at_rest: fields.read("at_rest", reader), in_transit: fields.read("in_transit", reader) };
        fields.finish(reader);
        Some(encryption)
    }
}

impl Collection {
    fn read(entry: &Entry, reader: &mut Reader) -> Option<Self> {
        check_name(&entry.key, entry.place, reader);
        let empty = Node { place: entry.place, tag: None, value: Value::Mapping(Vec::new()) };
        let node = if matches!(entry.value.value, Value::Null) { &empty } else { &entry.value };
        let mut fields = Fields::of(node, "a collection", reader)?;
        let collection = Self {
            key: entry.place,
            structure: fields.read("structure", reader),
            fields: fields.node("fields").and_then(|entry| named(&entry.value, "fields", Field::read, reader)),
            indexes: fields.read("indexes", reader).map(|indexes: Placed<Vec<_>>| indexes.value),
            sharding_key: fields.read("sharding_key", reader),
            partition_by: fields.read("partition_by", reader),
            ttl: fields.read("ttl", reader),
            capped: fields.read("capped", reader),
            dimension: fields.read("dimension", reader),
            distance_metric: fields.read("distance_metric", reader),
            embedding_function: fields.read("embedding_function", reader),
            count: fields.read("count", reader),
            data_structure: fields.read("data_structure", reader),
            label: fields.read("label", reader),
            partitions: fields.read("partitions", reader),
        };
        fields.finish(reader);
        Some(collection)
    }
}

impl Field {
    fn read(entry: &Entry, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(&entry.value, "a field", reader)?;
        let field = Self {
            kind: fields.read("type", reader),
            required: fields.read("required", reader),
            unique: fields.read("unique", reader),
            references: fields.read("references", reader),
        };
        fields.finish(reader);
        Some(field)
    }
}

impl Read for Index {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Scalar(name) => {
                let field = Placed { value: name.clone(), place: node.place };
                Some(Self { fields: vec![field], unique: false, method: None })
            }
            Value::Sequence(_) => {
                let fields = Vec::<Placed<String>>::read(node, reader)?;
                indexed(Self { fields, unique: false, method: None }, node.place, reader)
            }
            Value::Mapping(_) => {
                let mut fields = Fields::of(node, "an index", reader)?;
                let index = Self {
                    fields: fields
                        .read("fields", reader)
                        .map(|fields: Placed<Vec<_>>| fields.value)
                        .unwrap_or_default(),
                    unique: fields.read("unique", reader).is_some_and(|unique| unique.value),
                    method: fields.read("method", reader),
                };
                fields.finish(reader);
                indexed(index, node.place, reader)
            }
            Value::Null => {
                let diagnostic =
                    Diagnostic::error("expected a field, a list of fields, or `fields`, `unique`, `method`");
                reader.fault(diagnostic.at(node.place, "this is nothing"));
                None
            }
        }
    }
}

fn indexed(index: Index, place: Place, reader: &mut Reader) -> Option<Index> {
    if index.fields.is_empty() {
        reader.fault(Diagnostic::error("an index needs at least one field").at(place, "this has none"));
        return None;
    }
    Some(index)
}

impl Read for PartitionBy {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, "`partition_by`", reader)?;
        let partition = Self { field: fields.read("field", reader), every: fields.read("every", reader) };
        fields.finish(reader);
        if partition.field.is_none() || partition.every.is_none() {
            let diagnostic = Diagnostic::error("`partition_by` needs `field` and `every`");
            reader.fault(
                diagnostic.at(node.place, "one of them is missing").help("for example { field: at, every: month }"),
            );
            return None;
        }
        Some(partition)
    }
}

impl Read for Every {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let word = String::read(node, reader)?;
        match word.as_str() {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            _ => {
                let diagnostic = Diagnostic::error("expected one of day, week, month");
                let diagnostic = diagnostic.at(node.place, format!("`{}` is none of them", shortened(&word)));
                reader.fault(diagnostic.help(suggestion(&word, ["day", "week", "month"])));
                None
            }
        }
    }
}

impl Read for Ttl {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if !matches!(node.value, Value::Mapping(_)) {
            return Span::read(node, reader).map(|after| Self { field: None, after });
        }
        let mut fields = Fields::of(node, "`ttl`", reader)?;
        let field = fields.read("field", reader);
        let given = fields.node("after");
        let after = given.and_then(|entry| Span::read(&entry.value, reader));
        fields.finish(reader);
        if given.is_none() {
            let diagnostic = Diagnostic::error("`ttl` needs `after`").at(node.place, "it is missing here");
            reader.fault(diagnostic.help("for example { field: created_at, after: 30d }"));
        }
        after.map(|after| Self { field, after })
    }
}

impl Read for Capped {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Scalar(text) if text == "true" => Some(Self::SizeToBeSaid),
            Value::Scalar(text) if text == "false" => Some(Self::No),
            _ => Bytes::read(node, reader).map(Self::At),
        }
    }
}
