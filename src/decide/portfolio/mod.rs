//! The databases of all kinds of data together: the set that costs least.

pub mod solver;
