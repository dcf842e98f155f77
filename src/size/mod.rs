//! How big everything is: the host, what each service is asked for, its share of memory, its settings.

#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

mod demand;
mod host;
mod memory;
mod setting;
mod stored;

pub use demand::Demand;
pub use host::{Cores, Found, Host, detect};
pub use memory::{Claim, Share, Shares, TooSmall, for_system, share, smallest_host};
pub use setting::{Reckoner, Setting, SettingError, memory_in, variable};
pub use stored::{Stored, part};
