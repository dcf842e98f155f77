//! The JSON Schema of a requirements file, for editors. Derived from the model; what a type cannot say is said here.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::model::{Collection, Data, Field, NAME_PATTERN, Requirements};
use crate::catalog::Catalog;
use crate::source::Placed;
use crate::units::{Bytes, Count, Growth, Percent, Rate, Retention, Span};
use crate::vocabulary::{
    Consistency, DataStructure, DistanceMetric, Durability, Environment, Scale, Sensitivity, Storage, Sync, Workload,
};

const NUMBER: &str = r"[0-9](_?[0-9])*(\.[0-9]+)?";
const SPAN_UNITS: &str = "(us|µs|ms|s|sec|seconds?|min|minutes?|h|hours?|d|days?|w|weeks?|months?|y|years?)";

/// The schema of the requirements file, with the kinds of the catalog's matrix.
pub fn schema(catalog: &Catalog) -> Value {
    let mut schema = schemars::schema_for!(Requirements).to_value();
    if let Some(kind) = schema.pointer_mut("/$defs/Data/properties/kind") {
        let row = |row: &crate::catalog::Row| [row.kind.to_string(), row.korean.to_string()];
        let mut names: Vec<Value> = catalog.matrix().row.iter().flat_map(row).map(Value::from).collect();
        names.push(Value::Null);
        if let Some(kind) = kind.as_object_mut() {
            kind.insert("enum".into(), Value::Array(names));
        }
    }
    schema
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }
}

macro_rules! schema_of_units {
    ($($unit:ty, $name:literal, $pattern:expr;)+) => {
        $(impl JsonSchema for $unit {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        })+
    };
}

schema_of_units! {
    Bytes, "Bytes", bytes_pattern();
    Rate, "Rate", format!(r"^\s*{NUMBER}\s*[kKMG]?\s*/\s*(s|sec|second|min|minute|h|hour|d|day)\s*$");
    Span, "Span", format!(r"^\s*{NUMBER}\s*{SPAN_UNITS}\s*$");
    Retention, "Retention", format!(r"^\s*(forever|{NUMBER}\s*{SPAN_UNITS})\s*$");
    Percent, "Percent", format!(r"^\s*{NUMBER}\s*%\s*$");
    Growth, "Growth", format!(
        r"^\s*{NUMBER}\s*([kKMG]|[bB]|[kKmMgGtTpP][iI]?[bB]?)?\s*/\s*(h|hour|d|day|w|week|month|y|year)\s*$"
    );
}

fn bytes_pattern() -> String {
    format!(r"^\s*{NUMBER}\s*([bB]|[kKmMgGtTpP]([iI]?[bB])?)\s*$")
}

impl JsonSchema for Count {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = format!(r"^\s*([0-9](_?[0-9])*|{NUMBER}\s*[kKMG])\s*$");
        json_schema!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": pattern }] })
    }
}

macro_rules! schema_of_words {
    ($($word:ty,)+) => {
        $(impl JsonSchema for $word {
            fn schema_name() -> Cow<'static, str> {
                stringify!($word).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let names: Vec<_> = Self::ALL.iter().map(|word| word.name()).collect();
                json_schema!({ "type": "string", "enum": names })
            }
        })+
    };
}

schema_of_words! {
    Consistency, DataStructure, DistanceMetric, Durability, Environment, Scale, Sensitivity, Storage, Sync, Workload,
}

/// A map of named things, each of which may have no fields at all.
fn named<T: JsonSchema>(types: &Value, names: &Value, generator: &mut SchemaGenerator) -> Schema {
    let thing = generator.subschema_for::<T>();
    json_schema!({
        "type": types,
        "minProperties": 1,
        "propertyNames": names,
        "additionalProperties": { "anyOf": [thing, { "type": "null" }] },
    })
}

pub(super) fn data(generator: &mut SchemaGenerator) -> Schema {
    named::<Data>(&json!("object"), &json!({ "pattern": NAME_PATTERN }), generator)
}

pub(super) fn collections(generator: &mut SchemaGenerator) -> Schema {
    named::<Collection>(&json!(["object", "null"]), &json!({ "pattern": NAME_PATTERN }), generator)
}

pub(super) fn fields(generator: &mut SchemaGenerator) -> Schema {
    named::<Field>(&json!(["object", "null"]), &json!({}), generator)
}

pub(super) fn kind(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"] })
}

pub(super) fn indexes(_: &mut SchemaGenerator) -> Schema {
    let fields = json!({ "type": "array", "minItems": 1, "items": { "type": "string" } });
    json_schema!({
        "type": ["array", "null"],
        "items": { "anyOf": [
            { "type": "string" },
            fields,
            {
                "type": "object",
                "required": ["fields"],
                "additionalProperties": false,
                "properties": {
                    "fields": fields,
                    "unique": { "type": ["boolean", "null"] },
                    "method": { "type": ["string", "null"] },
                },
            },
        ] },
    })
}

pub(super) fn ttl(generator: &mut SchemaGenerator) -> Schema {
    let span = generator.subschema_for::<Span>();
    json_schema!({ "anyOf": [
        span,
        { "type": "null" },
        {
            "type": "object",
            "required": ["after"],
            "additionalProperties": false,
            "properties": { "field": { "type": ["string", "null"] }, "after": span },
        },
    ] })
}

pub(super) fn capped(generator: &mut SchemaGenerator) -> Schema {
    let bytes = generator.subschema_for::<Bytes>();
    json_schema!({ "anyOf": [bytes, { "type": ["boolean", "null"] }] })
}
