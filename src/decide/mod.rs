//! The decision: for each kind of data the walk through the tree, the fit, what takes the place of an answer that does
//! not fit, the alternatives and the flips.

mod candidate;
mod check;
mod choose;
mod context;
mod fit;
mod flips;
mod held;
mod load;
mod needs;
pub mod portfolio;
mod selection;
mod tree;

pub use candidate::Candidate;
pub use check::{Check, Figure, Verdict, What};
pub use choose::Reason;
pub use context::{DecisionContext, Engine};
pub use flips::Flip;
pub use held::{Held, HeldDatabase, Holder};
pub use load::{Instance, Load, Role};
pub use selection::{Alternative, Depth, Selected, Selection, Service};
pub use tree::{Next, Node, Step, Tree, TreeError, Walk};
