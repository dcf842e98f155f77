//! The tree's questions and answers as `tree.toml` holds them: an organisation can give its own.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::vocabulary::{Consistency, Durability, Flag, Quantity, Scale};

/// A tree as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeFile {
    /// The question that is asked first.
    pub first: String,
    /// The questions by name.
    pub question: IndexMap<String, Question>,
    /// The answers by name.
    pub answer: IndexMap<String, Answer>,
}

/// A question and where each answer leads: to another question, or to an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question in words.
    pub ask: String,
    /// What answers it with yes: any of these.
    #[serde(rename = "if")]
    pub when: Vec<Condition>,
    /// Where yes leads.
    pub yes: String,
    /// Where no leads.
    pub no: String,
    /// Where a question that was added to the given tree is from.
    #[serde(default)]
    pub source: Option<Reference>,
}

/// Something that holds for a kind of data or does not; exactly one of `flag`, `quantity`, `durability`,
/// `consistency` and `scale` is given.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// The flag is set.
    pub flag: Option<Flag>,
    /// The quantity compares as the next keys say.
    pub quantity: Option<Quantity>,
    /// It is less than this.
    pub below: Option<String>,
    /// It is this or less.
    pub at_most: Option<String>,
    /// It is this or more.
    pub at_least: Option<String>,
    /// Whether the condition holds where the quantity is unknown.
    pub unknown: bool,
    /// The durability is this.
    pub durability: Option<Durability>,
    /// The consistency is this.
    pub consistency: Option<Consistency>,
    /// The scale is one of these.
    pub scale: Vec<Scale>,
}

/// What the walk arrives at.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The databases, the one that holds the data first.
    pub databases: Vec<String>,
    /// Why, in one clause.
    pub reason: String,
    /// A way of using the database that has a name of its own.
    #[serde(default)]
    pub pattern: Option<String>,
    /// With several databases: the quantities that only one of them carries.
    #[serde(default)]
    pub carries: IndexMap<Quantity, String>,
}

/// Where a question is from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Where to read it.
    pub address: String,
    /// What it says, in our words.
    pub says: String,
}
