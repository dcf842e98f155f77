//! The decision, in four pure steps, each with its own type; the fifth, what fits on the host, is [`plan`](crate::plan)'s.
//!
//! - **walk**: a group of data that stands together ▶ a proposal, by the tree;
//! - **assess**: a group and an engine ▶ an assessment, by what the engine serves and where it ends;
//! - **choose**: a group ▶ a choice, the proposal if it may stay, else the best that is admitted;
//! - **consolidate**: choices ▶ choices, towards engines that are there anyway.
//!
//! What the file leaves open and the answer rests on are its assumptions; what would change it are its flips. Both are found
//! by trying.

mod tree;

mod check;

mod engine;

mod candidate;

mod group;

mod context;

mod assess;

mod walk;

mod rule;

mod admit;

mod choose;

mod consolidate;

mod trial;

mod assume;

mod flips;

mod instance;

mod held;

mod selection;

pub mod portfolio;

pub use assume::Assumption;
pub use candidate::Candidate;
pub use check::{Check, Figure, Ground, Verdict, What, times};
pub use context::{DecisionContext, Knowledge};
pub use engine::Engine;
pub use flips::Flip;
pub use held::{Held, HeldDatabase, Holder};
pub use instance::{Instance, Role, Runs, Service};
pub use selection::{Alternative, Close, Depth, LockState, Selected, Selection};
pub use tree::{Next, Node, Step, Tree, TreeError, Walk};
