//! The decision tree: questions that lead to an answer, and the walk through them.

use std::collections::HashSet;

use catalog::vocabulary::{Amount, Consistency, Durability, Flag, Quantity, Scale};
use catalog::{Answer, Catalog, Condition, Map, Reference, Text, TreeFile};
use foldhash::fast::FixedState;

use crate::embedded;
use crate::requirements::Profile;

/// A decision tree whose every path ends in an answer.
#[derive(Debug, Clone)]
pub struct Tree {
    core: Vec<Text>,
    questions: Vec<Node>,
    answers: Map<Text, Answer>,
    first: Next,
}

/// A question of the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name in the file.
    pub name: Text,
    /// The question in words.
    pub ask: Text,
    /// Where yes leads.
    pub yes: Next,
    /// Where no leads.
    pub no: Next,
    /// Where the question is from, when it was added to the given tree.
    pub source: Option<Reference>,
    tests: Vec<Test>,
    /// What answers it with no all the same.
    exceptions: Vec<Test>,
}

/// Where an answer to a question leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// To the question of this number.
    Question(usize),
    /// To the answer of this number.
    Answer(usize),
}

/// A condition whose amounts have been read.
#[derive(Debug, Clone)]
enum Test {
    Flag(Flag),
    Quantity { quantity: Quantity, comparison: Comparison, amount: Amount, unknown: bool },
    Durability(Durability),
    Consistency(Consistency),
    Scale(Vec<Scale>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Below,
    AtMost,
    AtLeast,
}

/// One question on the way, and how it was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The number of the question.
    pub question: usize,
    /// The answer.
    pub yes: bool,
}

/// A way through the tree.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    /// The questions on the way.
    pub path: Vec<Step>,
    /// The number of the answer.
    pub index: usize,
    /// Where it ends.
    pub answer: &'a Answer,
}

/// Why a tree cannot be walked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TreeError(String);

fn wrong<T>(message: String) -> Result<T, TreeError> {
    Err(TreeError(message))
}

impl Tree {
    /// The tree that comes with the binary.
    ///
    /// # Errors
    /// [`TreeError`] where the catalog lacks a database that the tree names.
    pub fn embedded(catalog: &Catalog) -> Result<Self, TreeError> {
        Self::new(embedded::tree(), catalog)
    }

    /// A tree from its file.
    ///
    /// # Errors
    /// [`TreeError`] where a name leads nowhere, a question comes back to itself, or a database is unknown.
    pub fn new(file: TreeFile, catalog: &Catalog) -> Result<Self, TreeError> {
        let next = |name: &str| {
            let question = file.question.get_index_of(name).map(Next::Question);
            let answer = file.answer.get_index_of(name).map(Next::Answer);
            match (question, answer) {
                (Some(next), None) | (None, Some(next)) => Ok(next),
                (None, None) => wrong(format!("`{name}` is neither a question nor an answer of the tree")),
                (Some(_), Some(_)) => wrong(format!("`{name}` is both a question and an answer of the tree")),
            }
        };
        let first = next(&file.first)?;
        let mut questions = Vec::with_capacity(file.question.len());
        for (name, question) in &file.question {
            if question.when.is_empty() {
                return wrong(format!("the question `{name}` has no condition"));
            }
            let tests = |conditions: &[Condition]| -> Result<Vec<_>, _> {
                conditions.iter().map(|condition| Test::new(name, condition)).collect()
            };
            questions.push(Node {
                name: name.clone(),
                ask: question.ask.clone(),
                yes: next(&question.yes)?,
                no: next(&question.no)?,
                source: question.source.clone(),
                tests: tests(&question.when)?,
                exceptions: tests(&question.unless)?,
            });
        }
        for (name, answer) in &file.answer {
            if answer.databases.is_empty() {
                return wrong(format!("the answer `{name}` names no database"));
            }
            let distinct: HashSet<_, FixedState> = answer.databases.iter().collect();
            if distinct.len() != answer.databases.len() {
                return wrong(format!("the answer `{name}` names a database twice"));
            }
            if let Some(id) = answer.carries.values().find(|id| !distinct.contains(id)) {
                return wrong(format!(
                    "in the answer `{name}`, `{id}` carries something but is not among the databases"
                ));
            }
            for id in answer.databases.iter().filter(|id| *id != Answer::CORE) {
                if catalog.get(id).is_none() {
                    return wrong(format!("the answer `{name}` names `{id}`, which the catalog does not have"));
                }
            }
        }
        let core = if file.core.is_empty() { embedded::tree().core } else { file.core };
        if let Some(id) = core.iter().find(|id| catalog.get(id).is_none()) {
            return wrong(format!("`core` names `{id}`, which the catalog does not have"));
        }
        let tree = Self { core, questions, answers: file.answer, first };
        tree.check_ways()?;
        Ok(tree)
    }

    /// Checks that no way comes back to where it was and that nothing is out of reach.
    fn check_ways(&self) -> Result<(), TreeError> {
        let mut done = HashSet::<_, FixedState>::default();
        let mut open: Vec<(Next, bool)> = vec![(self.first, false)];
        let mut on_the_way = HashSet::<_, FixedState>::default();
        while let Some((next, leaving)) = open.pop() {
            if leaving {
                on_the_way.remove(&next);
                done.insert(next);
                continue;
            }
            if on_the_way.contains(&next) {
                return wrong(String::from("a question of the tree leads back to itself"));
            }
            if done.contains(&next) {
                continue;
            }
            on_the_way.insert(next);
            open.push((next, true));
            if let Some(node) = self.node(next) {
                open.extend([(node.yes, false), (node.no, false)]);
            }
        }
        let names = self.questions.iter().map(|node| &node.name).enumerate().map(|(i, name)| (Next::Question(i), name));
        let answers = self.answers.keys().enumerate().map(|(i, name)| (Next::Answer(i), name));
        match names.chain(answers).find(|(next, _)| !done.contains(next)) {
            Some((_, name)) => wrong(format!("no way through the tree leads to `{name}`")),
            None => Ok(()),
        }
    }

    /// The relational databases of which one carries what asks for no other, first choice first.
    pub fn core(&self) -> &[Text] {
        &self.core
    }

    /// Where the tree begins.
    pub fn first(&self) -> Next {
        self.first
    }

    /// The question that a step leads to, if it is one.
    pub fn node(&self, next: Next) -> Option<&Node> {
        match next {
            Next::Question(index) => self.questions.get(index),
            Next::Answer(_) => None,
        }
    }

    /// The questions, in the order of the file.
    pub fn questions(&self) -> &[Node] {
        &self.questions
    }

    /// The answers by name, in the order of the file.
    pub fn answers(&self) -> &Map<Text, Answer> {
        &self.answers
    }

    /// Follows the tree for a kind of data to the number of its answer. The tree has no circle, so the way ends.
    fn follow(&self, profile: &Profile, mut visit: impl FnMut(Step)) -> Option<usize> {
        let mut next = self.first;
        loop {
            match next {
                Next::Answer(index) => return Some(index),
                Next::Question(question) => {
                    let node = self.questions.get(question)?;
                    let yes = node.holds(profile);
                    visit(Step { question, yes });
                    next = if yes { node.yes } else { node.no };
                }
            }
        }
    }

    /// The number of the answer that a kind of data arrives at.
    pub(super) fn arrive(&self, profile: &Profile) -> Option<usize> {
        self.follow(profile, |_| {})
    }

    /// Walks the tree for a kind of data, and remembers the way.
    pub fn walk(&self, profile: &Profile) -> Option<Walk<'_>> {
        let mut path = Vec::with_capacity(self.questions.len());
        let index = self.follow(profile, |step| path.push(step))?;
        let (_, answer) = self.answers.get_index(index)?;
        Some(Walk { path, index, answer })
    }

    /// The amounts of a quantity at which a question's answer turns.
    pub(super) fn turning_points(&self, quantity: Quantity) -> impl Iterator<Item = u64> + '_ {
        let tests = self.questions.iter().flat_map(|node| node.tests.iter().chain(&node.exceptions));
        tests.filter_map(move |test| match test {
            Test::Quantity { quantity: of, amount: Amount(amount), .. } if *of == quantity => Some(*amount),
            _ => None,
        })
    }
}

impl Node {
    /// The question as the file's fields put it: `data_size < 1GB`.
    pub fn label(&self) -> String {
        let any = |tests: &[Test]| tests.iter().map(Test::label).collect::<Vec<_>>().join(" or ");
        match self.exceptions.as_slice() {
            [] => any(&self.tests),
            exceptions => format!("{}, and not {}", any(&self.tests), any(exceptions)),
        }
    }

    /// Whether the question is one of the given tree.
    pub fn is_given(&self) -> bool {
        self.source.is_none()
    }

    fn holds(&self, profile: &Profile) -> bool {
        let any = |tests: &[Test]| tests.iter().any(|test| test.holds(profile));
        any(&self.tests) && !any(&self.exceptions)
    }
}

impl Test {
    fn new(question: &str, condition: &Condition) -> Result<Self, TreeError> {
        let Condition { flag, quantity, below, at_most, at_least, unknown, durability, consistency, scale } = condition;
        let compared = [(Comparison::Below, below), (Comparison::AtMost, at_most), (Comparison::AtLeast, at_least)];
        let compared: Vec<_> = compared.into_iter().filter_map(|(how, to)| Some((how, to.as_ref()?))).collect();
        let scale = (!scale.is_empty()).then(|| Self::Scale(scale.clone()));
        let plain = [flag.map(Self::Flag), durability.map(Self::Durability), consistency.map(Self::Consistency), scale];
        let mut plain: Vec<_> = plain.into_iter().flatten().collect();
        match (plain.pop(), plain.is_empty(), quantity, compared.as_slice()) {
            (Some(test), true, None, []) => Ok(test),
            (None, _, Some(quantity), [(comparison, amount)]) => match quantity.parse(amount) {
                Ok(amount) => {
                    Ok(Self::Quantity { quantity: *quantity, comparison: *comparison, amount, unknown: *unknown })
                }
                Err(error) => wrong(format!("the question `{question}`: `{amount}` is no {quantity}: {error}")),
            },
            _ => wrong(format!("the question `{question}` needs one flag, class, or quantity with one comparison")),
        }
    }

    fn holds(&self, profile: &Profile) -> bool {
        match self {
            Self::Flag(flag) => profile.flag(*flag),
            Self::Quantity { quantity, comparison, amount, unknown } => match profile.amount(*quantity) {
                None => *unknown,
                Some(value) => match comparison {
                    Comparison::Below => value < *amount,
                    Comparison::AtMost => value <= *amount,
                    Comparison::AtLeast => value >= *amount,
                },
            },
            Self::Durability(durability) => profile.durability == Some(*durability),
            Self::Consistency(consistency) => profile.consistency == Some(*consistency),
            Self::Scale(scales) => profile.scale.is_some_and(|scale| scales.contains(&scale)),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Quantity { quantity, comparison, amount, .. } => {
                let sign = match comparison {
                    Comparison::Below => "<",
                    Comparison::AtMost => "<=",
                    Comparison::AtLeast => ">=",
                };
                format!("{quantity} {sign} {}", quantity.print(*amount))
            }
            Self::Durability(durability) => format!("durability = {durability}"),
            Self::Consistency(consistency) => format!("consistency = {consistency}"),
            Self::Scale(scales) => {
                let names: Vec<_> = scales.iter().map(|scale| scale.name()).collect();
                format!("scale = {}", names.join(" | "))
            }
        }
    }
}
