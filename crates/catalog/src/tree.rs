//! The tree's questions and answers as `tree.toml` holds them: an organisation can give its own.

use serde::{Deserialize, Serialize};

use super::text::{Map, Text};
use crate::vocabulary::{Consistency, Durability, Flag, Quantity, Scale};

/// A tree as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct TreeFile {
    /// The relational databases of which one carries what asks for no other, first choice first; an answer names that one
    /// `core`. Where absent, those of our own tree.
    #[serde(default)]
    pub core: Vec<Text>,
    /// The question that is asked first.
    pub first: Text,
    /// The questions by name.
    pub question: Map<Text, Question>,
    /// The answers by name.
    pub answer: Map<Text, Answer>,
}

/// A question and where each answer leads: to another question, or to an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Question {
    /// The question in words.
    pub ask: Text,
    /// What answers it with yes: any of these.
    #[serde(rename = "if")]
    pub when: Vec<Condition>,
    /// What answers it with no all the same: any of these.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// Where yes leads.
    pub yes: Text,
    /// Where no leads.
    pub no: Text,
    /// Where a question that was added to the given tree is from.
    #[serde(default)]
    pub source: Option<Reference>,
}

/// Something that holds for a kind of data or does not; exactly one of `flag`, `quantity`, `durability`,
/// `consistency` and `scale` is given.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default, bound(deserialize = "'de: 'static"))]
pub struct Condition {
    /// The flag is set.
    pub flag: Option<Flag>,
    /// The quantity compares as the next keys say.
    pub quantity: Option<Quantity>,
    /// It is less than this.
    pub below: Option<Text>,
    /// It is this or less.
    pub at_most: Option<Text>,
    /// It is this or more.
    pub at_least: Option<Text>,
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
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Answer {
    /// The databases, the one that holds the data first.
    pub databases: Vec<Text>,
    /// Why, in one clause.
    pub reason: Text,
    /// A way of using the database that has a name of its own.
    #[serde(default)]
    pub pattern: Option<Text>,
    /// With several databases: the quantities that only one of them carries.
    #[serde(default)]
    pub carries: Map<Quantity, Text>,
}

impl Answer {
    /// What an answer calls the relational database that carries what asks for no other.
    pub const CORE: &'static str = "core";
}

/// Where a question is from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Reference {
    /// Where to read it.
    pub address: Text,
    /// What it says, in our words.
    pub says: Text,
}
