//! The shape that programs read: JSON and YAML are written from it, and its schema is published.

use catalog::Database;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Shown, capacity};
use crate::decide::{Assumption, Check, LockState, Selected, Service};
use crate::plan::realised::{Stated, stated};

/// A selection, as programs read it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "polyglot selection")]
pub struct Document {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The system's name.
    pub name: String,
    /// How the answer stands to the lock: decided anew, as the lock records it, or that although the file has changed.
    #[schemars(extend("enum" = ["none", "current", "stale"]))]
    pub lock: String,
    /// The answer for each kind of data, in the order of the file.
    pub selections: Vec<Chosen>,
    /// The services that hold the data.
    pub databases: Vec<Instance>,
    /// What they need of the host.
    pub capacity: capacity::Document,
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
    /// The others that it is joined with, which are in the same database.
    pub with: Vec<String>,
    /// The questions on the way through the tree.
    pub path: Vec<Asked>,
    /// How well it fits.
    pub fit: Fit,
    /// The walk's answer, where something took its place.
    pub instead_of: Option<Replaced>,
    /// What the file does not say, and the answer rests on.
    pub assumptions: Vec<Assumed>,
    /// What would do nearly as well.
    pub close: Option<Close>,
    /// What else could hold it.
    pub alternatives: Vec<Alternative>,
    /// The smallest changes of one field that change the answer.
    pub flips: Vec<Flip>,
    /// Whether the file pins the database.
    pub pinned: bool,
    /// What the file promises of it, and what keeps each promise.
    pub stated: Vec<Statement>,
}

/// Something that the file promises: an encryption, a retention, an availability.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Statement {
    /// The field, as a path below the dataset.
    pub field: String,
    /// Its value.
    pub value: String,
    /// Whether the stack realises it.
    pub realised: bool,
    /// By what; else why not, and what to do.
    pub how: String,
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
    /// The worst of its checks: fits, strained, exceeds or unproven.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds", "unproven"]))]
    pub verdict: String,
    /// The tightest figure in times of that at which strain begins: 0.4 leaves room, 3 is three times as much.
    pub ratio: Option<f64>,
    /// Whether nothing holds it on one node.
    pub needs_several_nodes: bool,
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
    /// What the data brings.
    pub value: String,
    /// What it was held against.
    pub limit: String,
    /// fits, strained or exceeds.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds", "unproven"]))]
    pub verdict: String,
    /// The figure in times of that at which strain begins, where there is one: 0.4 leaves room, 3 is three times as much.
    pub ratio: Option<f64>,
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

/// Something that the file leaves open and the answer rests on. Exactly one of `at_most`, `at_least` and `is` is given.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Assumed {
    /// The field.
    pub field: String,
    /// The most that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<String>,
    /// The least that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// Why it is assumed.
    pub because: String,
}

/// A database that would do nearly as well.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Close {
    /// Its id.
    pub to: String,
    /// The field that would settle it.
    pub settled_by: String,
}

/// A database that was not chosen.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Alternative {
    /// Its id.
    pub database: String,
    /// Its state upstream: active, maintenance, dormant or archived.
    pub upstream: String,
    /// How well it would fit.
    #[schemars(extend("enum" = ["fits", "strained", "exceeds", "unproven"]))]
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
    #[schemars(extend("enum" = ["fits", "strained", "exceeds", "unproven"]))]
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
    /// Where it runs: here in a container, elsewhere where somebody else runs it, or embedded in the application.
    #[schemars(extend("enum" = ["here", "elsewhere", "embedded"]))]
    pub runs: String,
    /// The kinds of data in it.
    pub serves: Vec<String>,
}

impl Document {
    /// The document of a selection.
    pub fn of(shown: Shown<'_>) -> Self {
        Self {
            schema: 1,
            name: shown.requirements.name().to_owned(),
            lock: match shown.selection.lock {
                LockState::Unlocked => "none",
                LockState::Current => "current",
                LockState::Stale => "stale",
            }
            .to_owned(),
            selections: shown.selection.kinds.iter().map(|selected| Chosen::of(selected, shown)).collect(),
            databases: shown.selection.services.iter().map(Instance::of).collect(),
            capacity: capacity::Document::of(shown.capacity),
        }
    }
}

/// A ratio to four digits.
pub(super) fn rounded(ratio: f64) -> f64 {
    (ratio * 1e4).round() / 1e4
}

fn ids(databases: &[&Database]) -> Vec<String> {
    databases.iter().map(|database| database.id.to_string()).collect()
}

impl Chosen {
    fn of(selected: &Selected<'_>, shown: Shown<'_>) -> Self {
        let Shown { selection, tree, catalog, .. } = shown;
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
            with: selected.together.iter().map(|name| (*name).to_owned()).collect(),
            path: asked.collect(),
            fit: Fit {
                verdict: selected.verdict.to_string(),
                ratio: selected.tightest().and_then(Check::ratio).map(rounded),
                needs_several_nodes: selected.needs_several_nodes,
                checks: selected.checks.iter().map(Compared::of).collect(),
            },
            instead_of: selected
                .instead_of
                .as_ref()
                .map(|(databases, why)| Replaced { databases: ids(databases), why: why.clone() }),
            assumptions: selected.assumptions.iter().copied().map(Assumed::of).collect(),
            close: selected
                .close
                .as_ref()
                .map(|close| Close { to: close.to.id.to_string(), settled_by: close.settled_by.to_owned() }),
            alternatives: selected.alternatives.iter().map(Alternative::of).collect(),
            flips: selected.flips.iter().map(Flip::of).collect(),
            pinned: selected.pinned,
            stated: stated(selected, selection, catalog).into_iter().map(Statement::of).collect(),
        }
    }
}

impl Statement {
    fn of(stated: Stated) -> Self {
        let (realised, how) = (!stated.outcome.is_open(), stated.outcome.text().to_owned());
        Self { field: stated.field, value: stated.value, realised, how }
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
            ratio: check.ratio().map(rounded),
            why: check.why(),
            source: check.evidence().map(|evidence| evidence.address.to_string()),
            evidence: check.evidence().map(|evidence| evidence.evidence.to_string()),
        }
    }
}

impl Assumed {
    /// What is assumed, in the words of the file.
    pub fn of(assumption: Assumption) -> Self {
        let value = assumption.value();
        let (mut at_most, mut at_least, mut is) = (None, None, None);
        match assumption {
            Assumption::AtMost(..) => at_most = Some(value),
            Assumption::AtLeast(..) => at_least = Some(value),
            Assumption::Derived => is = Some(value),
        }
        let because = String::from("not stated");
        Self { field: assumption.field().to_owned(), at_most, at_least, is, because }
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
            runs: service.runs.to_string(),
            serves: service.serves.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

/// The JSON Schema of the document.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Document).to_value()
}
