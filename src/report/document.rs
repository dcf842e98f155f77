//! The shape that programs read: JSON and YAML are written from it, and its schema is published.

use catalog::Database;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shown;
use crate::decide::{Check, Selected, Service, Tree};

/// A selection, as programs read it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "polyglot selection")]
pub struct Document {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The system's name.
    pub name: String,
    /// The answer for each kind of data, in the order of the file.
    pub selections: Vec<Chosen>,
    /// The services that hold the data.
    pub databases: Vec<Instance>,
}

/// The answer for a kind of data.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Chosen {
    /// Its name in the file.
    pub data: String,
    /// Its row of the matrix.
    pub kind: Option<String>,
    /// The databases, the one that holds the data first.
    pub databases: Vec<String>,
    /// A way of using the database that has a name of its own.
    pub pattern: Option<String>,
    /// The extensions and features that meet its needs.
    pub via: Vec<String>,
    /// Why, in one clause.
    pub reason: String,
    /// The questions on the way through the tree.
    pub path: Vec<Asked>,
    /// How well it fits.
    pub fit: Fit,
    /// The walk's answer, where something took its place.
    pub instead_of: Option<Replaced>,
    /// What else could hold it.
    pub alternatives: Vec<Alternative>,
    /// The smallest changes of one field that change the answer.
    pub flips: Vec<Flip>,
    /// Whether the file pins the database.
    pub pinned: bool,
}

/// A question of the tree and how it was answered.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Asked {
    /// What was asked, in the file's fields.
    pub question: String,
    /// How it was answered.
    pub answer: bool,
}

/// How well a database fits.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fit {
    /// The worst of its checks: fits, strained or exceeds.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds"]))]
    pub verdict: String,
    /// Every comparison that was made.
    pub checks: Vec<Compared>,
}

/// A need or figure held against what a database serves.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Compared {
    /// The database.
    pub database: String,
    /// The need or quantity.
    pub what: String,
    /// What the data brings, with all that the instance serves already.
    pub value: String,
    /// What it was held against.
    pub limit: String,
    /// fits, strained or exceeds.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds"]))]
    pub verdict: String,
    /// How much of the nearest bound is used, where there is one: 0.25 is a quarter.
    pub used: Option<f64>,
    /// Why.
    pub why: String,
    /// Where the fact is from; a policy has no source.
    pub source: Option<String>,
    /// How sure the fact is: verified, vendor or assumption.
    pub evidence: Option<String>,
}

/// What something took the place of.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Replaced {
    /// The walk's answer.
    pub databases: Vec<String>,
    /// Why it was not taken.
    pub why: String,
}

/// A database that was not chosen.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Alternative {
    /// Its id.
    pub database: String,
    /// Its state upstream: active, maintenance, dormant or archived.
    pub upstream: String,
    /// How well it would fit.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds"]))]
    pub verdict: String,
    /// Why it was not chosen.
    pub why_not: String,
}

/// A change of one field that changes the answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Flip {
    /// The field.
    pub field: String,
    /// The value to give it: true, false, or a text as the file has it.
    #[schemars(with = "FlipValue")]
    pub value: serde_json::Value,
    /// The answer then.
    pub databases: Vec<String>,
    /// How well it would fit: fits, strained or exceeds.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds"]))]
    pub verdict: String,
}

/// The value of a flip.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum FlipValue {
    Flag(bool),
    Text(String),
}

/// A service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Instance {
    /// Its name.
    pub instance: String,
    /// The database's id.
    pub id: String,
    /// What it is for: record, derived, cache or stream.
    #[schemars(extend("enum" = ["record", "derived", "cache", "stream"]))]
    pub role: String,
    /// The version that would run.
    pub version: String,
    /// The kinds of data in it.
    pub serves: Vec<String>,
}

impl Document {
    /// The document of a selection.
    pub fn of(shown: Shown<'_>) -> Self {
        Self {
            schema: 1,
            name: shown.requirements.name().to_owned(),
            selections: shown.selection.kinds.iter().map(|selected| Chosen::of(selected, shown.tree)).collect(),
            databases: shown.selection.services.iter().map(Instance::of).collect(),
        }
    }
}

fn ids(databases: &[&Database]) -> Vec<String> {
    databases.iter().map(|database| database.id.to_string()).collect()
}

impl Chosen {
    fn of(selected: &Selected<'_>, tree: &Tree) -> Self {
        let asked = selected.path.iter().filter_map(|step| {
            let question = tree.questions().get(step.question)?;
            Some(Asked { question: question.label(), answer: step.yes })
        });
        Self {
            data: selected.name.to_owned(),
            kind: selected.data.kind.as_ref().map(|kind| kind.value.clone()),
            databases: ids(&selected.databases),
            pattern: selected.pattern.clone(),
            via: selected.via.iter().map(|via| (*via).to_owned()).collect(),
            reason: selected.reason.clone(),
            path: asked.collect(),
            fit: Fit {
                verdict: selected.verdict.to_string(),
                checks: selected.checks.iter().map(Compared::of).collect(),
            },
            instead_of: selected
                .instead_of
                .as_ref()
                .map(|(databases, why)| Replaced { databases: ids(databases), why: why.clone() }),
            alternatives: selected.alternatives.iter().map(Alternative::of).collect(),
            flips: selected.flips.iter().map(Flip::of).collect(),
            pinned: selected.pinned,
        }
    }
}

impl Compared {
    fn of(check: &Check<'_>) -> Self {
        Self {
            database: check.database.id.to_string(),
            what: check.name().to_owned(),
            value: check.value(),
            limit: check.limit(),
            verdict: check.verdict.to_string(),
            used: check.used(),
            why: check.why(),
            source: check.evidence().map(|evidence| evidence.address.to_string()),
            evidence: check.evidence().map(|evidence| evidence.evidence.to_string()),
        }
    }
}

impl Alternative {
    fn of(alternative: &crate::decide::Alternative<'_>) -> Self {
        Self {
            database: alternative.database.id.to_string(),
            upstream: alternative.database.upstream.state.to_string(),
            verdict: alternative.verdict.to_string(),
            why_not: alternative.why_not.clone(),
        }
    }
}

impl Flip {
    fn of(flip: &crate::decide::Flip) -> Self {
        let value = flip.change.value();
        let value = match value.as_str() {
            "true" => serde_json::Value::Bool(true),
            "false" => serde_json::Value::Bool(false),
            _ => serde_json::Value::String(value),
        };
        Self {
            field: flip.change.field().to_owned(),
            value,
            databases: flip.databases.clone(),
            verdict: flip.verdict.to_string(),
        }
    }
}

impl Instance {
    fn of(service: &Service<'_>) -> Self {
        Self {
            instance: service.instance.to_string(),
            id: service.database.id.to_string(),
            role: service.role.to_string(),
            version: service.version.major.to_string(),
            serves: service.serves.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

/// The JSON Schema of the document.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Document).to_value()
}
