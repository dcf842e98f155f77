//! The kinds of data of a service as templates speak of them.

use std::ops::Deref;

use catalog::units::{Count, Growth, Retention, Span};
use catalog::vocabulary::Durability;
use serde::Serialize;

use super::prose::Prose;
use crate::decide::Selected;
use crate::requirements::{Capped, Collection, Every, Field, Index, bare_type};
use crate::source::Placed;

/// A kind of data.
#[derive(Debug, Serialize)]
pub(super) struct Kind<'a> {
    name: &'a str,
    description: Prose<'a>,
    durability: &'static str,
    retention: u64,
    sensitivity: &'static str,
    backup_every: u64,
    backup_keep: u64,
    backup_to: Prose<'a>,
    growth: String,
    collections: Vec<Shape<'a>>,
}

/// A table, collection, index, topic or bucket.
#[derive(Debug, Serialize)]
struct Shape<'a> {
    name: &'a str,
    structure: Prose<'a>,
    fields: Vec<Column<'a>>,
    indexes: Vec<IndexOf<'a>>,
    sharding_key: &'a str,
    partition_by: Option<Partition<'a>>,
    ttl: Option<Expiry<'a>>,
    capped: i64,
    dimension: u64,
    distance_metric: &'static str,
    embedding_function: Prose<'a>,
    count: u64,
    data_structure: &'static str,
    label: &'a str,
    partitions: u64,
}

#[derive(Debug, Serialize)]
struct Column<'a> {
    name: &'a str,
    r#type: &'a str,
    required: bool,
    unique: bool,
    references: &'a str,
}

#[derive(Debug, Serialize)]
struct IndexOf<'a> {
    fields: Vec<&'a str>,
    unique: bool,
    method: &'a str,
}

#[derive(Debug, Serialize)]
struct Partition<'a> {
    field: &'a str,
    every: &'static str,
}

#[derive(Debug, Serialize)]
struct Expiry<'a> {
    field: &'a str,
    after: u64,
}

fn text<T: Deref<Target = str>>(placed: Option<&Placed<T>>) -> &str {
    placed.map(|placed| placed.value.trim()).unwrap_or_default()
}

fn count(placed: Option<&Placed<Count>>) -> u64 {
    placed.map_or(0, |placed| placed.value.0)
}

/// Whole seconds, at least one where there is any time at all.
fn seconds(Span(microseconds): Span) -> u64 {
    microseconds.div_ceil(1_000_000)
}

impl<'a> Kind<'a> {
    pub(super) fn of(selected: &Selected<'a>) -> Self {
        let data = selected.data;
        let backup = data.backup.as_ref().map(|placed| &placed.value);
        let every = backup.and_then(|backup| backup.every.as_ref());
        let keep = backup.and_then(|backup| backup.keep.as_ref());
        let durability = data.durability.as_ref().map_or(Durability::Primary, |durability| durability.value);
        let retention = match data.retention.as_ref().map(|retention| retention.value) {
            Some(Retention::For(span)) => seconds(span),
            Some(Retention::Forever) | None => 0,
        };
        let collections = data.collections.iter().flatten();
        Self {
            name: selected.name,
            description: Prose(text(data.description.as_ref())),
            durability: durability.name(),
            retention,
            sensitivity: data.sensitivity.as_ref().map(|sensitivity| sensitivity.value.name()).unwrap_or_default(),
            backup_every: every.map_or(0, |every| seconds(every.value)),
            backup_keep: keep.map_or(0, |keep| seconds(keep.value)),
            backup_to: Prose(backup.map(|backup| text(backup.to.as_ref())).unwrap_or_default()),
            growth: data.growth.as_ref().map(|growth| Growth::to_string(&growth.value)).unwrap_or_default(),
            collections: collections.map(|(name, collection)| Shape::of(name, collection)).collect(),
        }
    }
}

impl<'a> Shape<'a> {
    fn of(name: &'a str, collection: &'a Collection) -> Self {
        let partition = collection.partition_by.as_ref().map(|partition| &partition.value);
        let ttl = collection.ttl.as_ref().map(|ttl| &ttl.value);
        Self {
            name,
            structure: Prose(text(collection.structure.as_ref())),
            fields: collection.fields.iter().flatten().map(|(name, field)| Column::of(name, field)).collect(),
            indexes: collection.indexes.iter().flatten().map(|index| IndexOf::of(&index.value)).collect(),
            sharding_key: text(collection.sharding_key.as_ref()),
            partition_by: partition.map(|partition| Partition {
                field: text(partition.field.as_ref()),
                every: match partition.every.as_ref().map(|every| every.value) {
                    Some(Every::Day) => "day",
                    Some(Every::Week) => "week",
                    Some(Every::Month) | None => "month",
                },
            }),
            ttl: ttl.map(|ttl| Expiry { field: text(ttl.field.as_ref()), after: seconds(ttl.after) }),
            capped: match collection.capped.as_ref().map(|capped| capped.value) {
                Some(Capped::At(bytes)) => i64::try_from(bytes.0).unwrap_or(i64::MAX),
                Some(Capped::SizeToBeSaid) => -1,
                Some(Capped::No) | None => 0,
            },
            dimension: count(collection.dimension.as_ref()),
            distance_metric: collection.distance_metric.as_ref().map(|metric| metric.value.name()).unwrap_or_default(),
            embedding_function: Prose(text(collection.embedding_function.as_ref())),
            count: count(collection.count.as_ref()),
            data_structure: collection.data_structure.as_ref().map(|of| of.value.name()).unwrap_or_default(),
            label: text(collection.label.as_ref()),
            partitions: count(collection.partitions.as_ref()),
        }
    }
}

impl<'a> Column<'a> {
    fn of(name: &'a str, field: &'a Field) -> Self {
        let is = |flag: Option<&Placed<bool>>| flag.is_some_and(|flag| flag.value);
        Self {
            name,
            r#type: bare_type(text(field.kind.as_ref())),
            required: is(field.required.as_ref()),
            unique: is(field.unique.as_ref()),
            references: text(field.references.as_ref()),
        }
    }
}

impl<'a> IndexOf<'a> {
    fn of(index: &'a Index) -> Self {
        Self {
            fields: index.fields.iter().map(|field| &*field.value).collect(),
            unique: index.unique,
            method: text(index.method.as_ref()),
        }
    }
}
