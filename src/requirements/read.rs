//! The tree of values as the model: one line a field.

use std::hash::Hash;

use catalog::units::{Bytes, Span};
use indexmap::IndexMap;

use super::bucket::Bucket;
use super::fields::{Described, Fields, Read, Reader, read_placed, shortened, without_duplicates, word};
use super::model::{
    Backup, Capped, Collection, Data, Encryption, Every, Field, Index, PartitionBy, Requirements, Target, Team, Ttl,
};
use super::name::{FieldName, allowed, is_name};
use super::types;
use crate::diagnostic::Diagnostic;
use crate::source::{Place, Placed};
use crate::yaml::{Entry, Node, Value};

const FILE: Described = Described { what: "a requirements file", example: "version: 1" };
const TARGET: Described = Described { what: "`target`", example: "{ memory: 32GB, cpus: 8 }" };
const TEAM: Described = Described { what: "`team`", example: "{ engineers: 4, operates: [postgresql] }" };
const DATA: Described = Described { what: "a kind of data", example: "{ needs_transactions: true, data_size: 20GB }" };
const BACKUP: Described = Described { what: "`backup`", example: "{ every: 1d, keep: 30d }" };
const ENCRYPTION: Described = Described { what: "`encryption`", example: "{ at_rest: true, in_transit: true }" };
const COLLECTION: Described = Described { what: "a collection", example: "{ structure: nested documents, ttl: 30d }" };
const FIELD: Described = Described { what: "a collection's field", example: "{ type: text }" };
const INDEX: Described = Described { what: "an index", example: "{ fields: [email], unique: true }" };
const PARTITION_BY: Described = Described { what: "`partition_by`", example: "{ field: created_at, every: month }" };
const TTL: Described = Described { what: "`ttl`", example: "{ field: created_at, after: 30d }" };

impl Requirements {
    /// Reads the whole file; what is missing or wrong is noted, and then what is returned only serves to find more.
    pub(super) fn read(root: &Node, reader: &mut Reader) -> Option<Self> {
        if !matches!(root.value, Value::Mapping(_)) {
            let diagnostic = Diagnostic::error("expected the fields of a requirements file");
            let diagnostic = diagnostic.at(root.place, format!("this is {}", root.value.shape()));
            reader.fault(diagnostic.help("start with `version: 1` and `data:`, or run `polyglot init`"));
        }
        let mut fields = Fields::of_map(root, FILE, reader)?;
        let version = version(&mut fields, root, reader);
        let name = fields.read::<String>("name", reader);
        if let Some(name) = &name {
            check_name(&name.value, name.place, reader);
        }
        let target = fields.node("target").and_then(|entry| Target::read(&entry.value, reader)).unwrap_or_default();
        let team = fields.node("team").and_then(|entry| Team::read(&entry.value, reader)).unwrap_or_default();
        let data = data(&mut fields, root, reader);
        fields.finish(reader);
        Some(Self { version, name, target, team, data })
    }
}

/// Reads the version, or notes that it is another one and goes on as if it were ours.
fn version(fields: &mut Fields<'_>, root: &Node, reader: &mut Reader) -> Placed<u64> {
    const HELP: &str = "write `version: 1` as its first line";
    let entry = fields.entry("version");
    let place = entry.map_or(root.place, |entry| entry.value.place);
    match entry.map(|entry| (&entry.value.value, entry.place)) {
        Some((Value::Scalar(text), _)) if text == "1" => {}
        Some((Value::Scalar(_), _)) => {
            let diagnostic = Diagnostic::error("expected version 1").at(place, "this version is not known");
            reader.fault(diagnostic.help("a newer polyglot may know it; this one reads `version: 1`"));
        }
        Some((Value::Null, key)) => {
            let diagnostic = Diagnostic::error("the file has no `version`").at(key, "its value is missing");
            reader.fault(diagnostic.help(HELP));
        }
        Some((other, _)) => {
            let diagnostic = Diagnostic::error("expected version 1").at(place, format!("this is {}", other.shape()));
            reader.fault(diagnostic.help(HELP));
        }
        None if fields.misspelt("version") => {}
        None => {
            let diagnostic = Diagnostic::error("the file has no `version`").at(place, "it should start here");
            reader.fault(diagnostic.help(HELP));
        }
    }
    Placed { value: 1, place }
}

fn data(fields: &mut Fields<'_>, root: &Node, reader: &mut Reader) -> IndexMap<String, Data> {
    let entry = fields.entry("data");
    let (place, label) = match entry {
        Some(Entry { value: Node { value: Value::Null, .. }, place, .. }) => {
            (*place, "there are no kinds of data under it")
        }
        Some(entry) => {
            return named(&entry.value, "kinds of data", Data::read, reader).unwrap_or_default();
        }
        None if fields.misspelt("data") => return IndexMap::new(),
        None => (root.place, "it should stand in here"),
    };
    let diagnostic = Diagnostic::error("the file has no `data`").at(place, label);
    reader.fault(diagnostic.help("list the kinds of data under `data:`, each with what it needs"));
    IndexMap::new()
}

fn check_name(name: &str, place: Place, reader: &mut Reader) {
    if is_name(name) {
        return;
    }
    let message = "a name has lower-case letters, digits, `_` and `-`, starts with a letter or digit, and has at most 63 characters";
    let diagnostic = Diagnostic::error(message).at(place, format!("`{}` is not one", shortened(name)));
    let folded: String = name.to_lowercase().chars().map(|c| if allowed(c) || c == '-' { c } else { '_' }).collect();
    let folded = folded.trim_matches('_');
    let plain = name.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
    let mended = (plain && is_name(folded)).then(|| format!("write `{folded}`"));
    reader.fault(mended.into_iter().fold(diagnostic, Diagnostic::help));
}

/// Reads a map of named things, whose names become names in a database.
fn named<K: Name, T>(
    node: &Node,
    what: &str,
    read: impl Fn(&Entry, &mut Reader) -> T,
    reader: &mut Reader,
) -> Option<IndexMap<K, T>> {
    let Value::Mapping(entries) = &node.value else {
        let diagnostic = Diagnostic::error(format!("expected {what}, each under its name"));
        let diagnostic = diagnostic.at(node.place, format!("this is {}", node.value.shape()));
        reader.fault(diagnostic.help("write a name, a colon, and below it what belongs to it"));
        return None;
    };
    if entries.is_empty() {
        let diagnostic = Diagnostic::error(format!("there are no {what}")).at(node.place, "this map is empty");
        reader.fault(diagnostic.help("give at least one its name, a colon, and what belongs to it"));
    }
    let mut things = IndexMap::with_capacity(entries.len());
    for entry in without_duplicates(entries, reader).into_values() {
        let (name, thing) = (K::of(entry, reader), read(entry, reader));
        things.extend(name.map(|name| (name, thing)));
    }
    Some(things)
}

/// What a thing of a map is called.
trait Name: Hash + Eq + Sized {
    /// Reads a key as one, or notes why not.
    fn of(entry: &Entry, reader: &mut Reader) -> Option<Self>;
}

/// A kind of data or a collection, which has its name also where that is noted as wrong: others refer to it.
impl Name for String {
    fn of(entry: &Entry, reader: &mut Reader) -> Option<Self> {
        check_name(&entry.key, entry.place, reader);
        Some(entry.key.clone())
    }
}

impl Name for FieldName {
    fn of(entry: &Entry, reader: &mut Reader) -> Option<Self> {
        Self::read(&Node::new(entry.place, Value::Scalar(entry.key.clone())), reader)
    }
}

impl Read for Target {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, TARGET, reader)?;
        let target = Self {
            memory: fields.read("memory", reader),
            cpus: fields.read("cpus", reader),
            storage: fields.read("storage", reader),
            disk: fields.read("disk", reader),
            environment: fields.read("environment", reader),
            platform: fields.read("platform", reader),
        };
        fields.finish(reader);
        Some(target)
    }
}

impl Read for Team {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, TEAM, reader)?;
        let team = Self {
            engineers: fields.read("engineers", reader),
            operates: fields.read("operates", reader).map(|operates: Placed<Vec<_>>| operates.value),
        };
        fields.finish(reader);
        Some(team)
    }
}

impl Data {
    fn read(entry: &Entry, reader: &mut Reader) -> Self {
        let mut fields = Fields::of_named(entry, DATA, reader);
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
            append_only: fields.read("append_only", reader),
            queue: fields.read("queue", reader),
            ranking: fields.read("ranking", reader),
            embedded: fields.read("embedded", reader),
            offline_sync: fields.read("offline_sync", reader),
            coordination: fields.read("coordination", reader),
            pub_sub: fields.read("pub_sub", reader),
            metrics: fields.read("metrics", reader),
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
            tenancy: fields.read("tenancy", reader),
            with: fields.read("with", reader),
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
        data
    }
}

impl Read for Backup {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, BACKUP, reader)?;
        let backup = Self {
            every: fields.read("every", reader),
            keep: fields.read("keep", reader),
            to: fields.read("to", reader),
        };
        fields.finish(reader);
        let bucket = backup.to.as_ref().filter(|to| to.value.starts_with(Bucket::SCHEME));
        if let Some(to) = bucket.filter(|to| Bucket::parse(&to.value).is_none()) {
            let diagnostic = Diagnostic::error(format!("invalid address of a bucket `{}`", shortened(&to.value)));
            reader.fault(diagnostic.at(to.place, "in this address").help("for example `s3://backups/shop`"));
        }
        Some(backup)
    }
}

impl Read for Encryption {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, ENCRYPTION, reader)?;
        let encryption =
            Self { at_rest: fields.read("at_rest", reader), in_transit: fields.read("in_transit", reader) };
        fields.finish(reader);
        Some(encryption)
    }
}

impl Collection {
    fn read(entry: &Entry, reader: &mut Reader) -> Self {
        let mut fields = Fields::of_named(entry, COLLECTION, reader);
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
        collection
    }
}

impl Field {
    fn read(entry: &Entry, reader: &mut Reader) -> Self {
        // The type alone: `id: bigint`.
        if let Value::Scalar(_) = entry.value.value {
            let kind = read_placed(&entry.value, reader);
            kind.iter().for_each(|kind| types::check(kind, reader));
            return Self { kind, required: None, unique: None, references: None };
        }
        let mut fields = Fields::of_named(entry, FIELD, reader);
        let kind = fields.read("type", reader);
        kind.iter().for_each(|kind| types::check(kind, reader));
        let field = Self {
            kind,
            required: fields.read("required", reader),
            unique: fields.read("unique", reader),
            references: fields.read("references", reader),
        };
        fields.finish(reader);
        field
    }
}

impl Read for Index {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Scalar(_) => {
                let fields = vec![read_placed(node, reader)?];
                Some(Self { fields, unique: false, method: None })
            }
            Value::Sequence(_) => {
                let fields = indexed(node, reader)?;
                Some(Self { fields, unique: false, method: None })
            }
            Value::Mapping(_) => {
                let mut fields = Fields::of(node, INDEX, reader)?;
                let given = fields.node("fields");
                let unique = fields.read("unique", reader).is_some_and(|unique| unique.value);
                let method = fields.read("method", reader);
                fields.finish(reader);
                if given.is_none() {
                    let diagnostic = Diagnostic::error("an index needs `fields`").at(node.place, "this has none");
                    reader.fault(diagnostic.help(format!("for example `{}`", INDEX.example)));
                }
                Some(Self { fields: indexed(&given?.value, reader)?, unique, method })
            }
            Value::Null => {
                let diagnostic = Diagnostic::error("expected a field, a list of fields, or a map with `fields`");
                reader.fault(diagnostic.at(node.place, "this is nothing"));
                None
            }
        }
    }
}

/// The fields of an index.
fn indexed(node: &Node, reader: &mut Reader) -> Option<Vec<Placed<FieldName>>> {
    if matches!(&node.value, Value::Sequence(items) if items.is_empty()) {
        reader.fault(Diagnostic::error("an index needs at least one field").at(node.place, "this list is empty"));
        return None;
    }
    Read::read(node, reader)
}

impl Read for PartitionBy {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, PARTITION_BY, reader)?;
        let (field, every) = (fields.node("field"), fields.node("every"));
        let partition = Self {
            field: field.and_then(|entry| read_placed(&entry.value, reader)),
            every: every.and_then(|entry| read_placed(&entry.value, reader)),
        };
        fields.finish(reader);
        if field.is_none() || every.is_none() {
            let missing = if field.is_none() { "`field` is missing" } else { "`every` is missing" };
            let diagnostic = Diagnostic::error("`partition_by` needs `field` and `every`").at(node.place, missing);
            reader.fault(diagnostic.help(format!("for example `{}`", PARTITION_BY.example)));
        }
        Some(partition)
    }
}

impl Read for Every {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let named = |text: &str| match text {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            _ => None,
        };
        word(node, ["day", "week", "month"], named, reader)
    }
}

impl Read for Ttl {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if !matches!(node.value, Value::Mapping(_)) {
            return Span::read(node, reader).map(|after| Self { field: None, after });
        }
        let mut fields = Fields::of(node, TTL, reader)?;
        let field = fields.read("field", reader);
        let given = fields.node("after");
        let after = given.and_then(|entry| Span::read(&entry.value, reader));
        fields.finish(reader);
        if given.is_none() {
            let diagnostic = Diagnostic::error("`ttl` needs `after`").at(node.place, "it is missing here");
            reader.fault(diagnostic.help(format!("for example `{}`", TTL.example)));
        }
        after.map(|after| Self { field, after })
    }
}

impl Read for Capped {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Value::Scalar(text) = &node.value {
            match text.as_str() {
                "true" | "True" | "TRUE" => return Some(Self::SizeToBeSaid),
                "false" | "False" | "FALSE" => return Some(Self::No),
                _ => {}
            }
        }
        let size = Bytes::read(node, reader).map(Self::At);
        if size.is_none() {
            reader.help("or write `true`, while the size is still open");
        }
        size
    }
}
