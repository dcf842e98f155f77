//! The JSON Schema of a requirements file, for editors. Derived from the model; what a type cannot say is said here.

use std::borrow::Cow;

use catalog::Catalog;
use catalog::units::{Bytes, Span};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::model::{Collection, Data, Field, NAME_PATTERN, Requirements};
use super::name::{FieldName, TypeName, Word};
use crate::source::Placed;

/// The schema of the requirements file, with the kinds of the catalog's matrix.
pub fn schema(catalog: &Catalog) -> Value {
    let mut schema = schemars::schema_for!(Requirements).to_value();
    if let Some(kind) = schema.pointer_mut("/$defs/Data/properties/kind") {
        let row = |row: &catalog::Row| [row.kind.to_string(), row.korean.to_string()];
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
    let names = generator.subschema_for::<FieldName>().to_value();
    let (field, kind) = (generator.subschema_for::<Field>(), generator.subschema_for::<TypeName>());
    json_schema!({
        "type": ["object", "null"],
        "minProperties": 1,
        "propertyNames": names,
        // A field, or its type alone.
        "additionalProperties": { "anyOf": [field, kind, { "type": "null" }] },
    })
}

pub(super) fn kind(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"] })
}

pub(super) fn indexes(generator: &mut SchemaGenerator) -> Schema {
    let (name, method) = (generator.subschema_for::<FieldName>(), generator.subschema_for::<Option<Word>>());
    let fields = json!({ "type": "array", "minItems": 1, "items": name });
    json_schema!({
        "type": ["array", "null"],
        "items": { "anyOf": [
            name,
            fields,
            {
                "type": "object",
                "required": ["fields"],
                "additionalProperties": false,
                "properties": {
                    "fields": fields,
                    "unique": { "type": ["boolean", "null"] },
                    "method": method,
                },
            },
        ] },
    })
}

pub(super) fn ttl(generator: &mut SchemaGenerator) -> Schema {
    let (span, field) = (generator.subschema_for::<Span>(), generator.subschema_for::<Option<FieldName>>());
    json_schema!({ "anyOf": [
        span,
        { "type": "null" },
        {
            "type": "object",
            "required": ["after"],
            "additionalProperties": false,
            "properties": { "field": field, "after": span },
        },
    ] })
}

pub(super) fn capped(generator: &mut SchemaGenerator) -> Schema {
    let bytes = generator.subschema_for::<Bytes>();
    json_schema!({ "anyOf": [bytes, { "type": ["boolean", "null"] }] })
}
