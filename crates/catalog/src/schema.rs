//! The JSON Schemas of amounts and words, for the schema of a requirements file.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::units::{Bytes, Count, Growth, Percent, Rate, Retention, Span};
use super::vocabulary::{
    Consistency, DataStructure, DistanceMetric, Durability, Environment, Platform, Scale, Sensitivity, Storage, Sync,
    Tenancy, Workload,
};

const NUMBER: &str = r"[0-9](_?[0-9])*(\.[0-9]+)?";
const SPAN_UNITS: &str = "(us|µs|ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?|months?|y|years?)";

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
    Span, "Span", format!(r"^\s*({NUMBER}\s*{SPAN_UNITS}\s*)+$");
    Retention, "Retention", format!(r"^\s*(forever\s*|({NUMBER}\s*{SPAN_UNITS}\s*)+)$");
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
    Consistency, DataStructure, DistanceMetric, Durability, Environment, Platform, Scale, Sensitivity, Storage, Sync,
    Tenancy, Workload,
}
