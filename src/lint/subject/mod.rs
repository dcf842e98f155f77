//! What the rules look at. Nothing here knows a rule.

mod baseline_entry;
mod compose;
mod known;
mod settings;
mod stack;
mod suppression;
mod system;

pub use baseline_entry::Entry;
pub use compose::{ComposeFile, Mounted};
pub(super) use known::{Known, Unknown};
pub(super) use settings::{Setting, last};
pub use stack::{Differing, StackFolder};
pub use suppression::{Comment, Named, Suppression, Until};
pub use system::{Kind, Locked, Record, System};
