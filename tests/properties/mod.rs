//! What holds for every file: promises of the choice, tried on systems at random over the whole vocabulary.

mod assumptions;
mod better;
mod flips;
mod holes;
mod host;
mod load;
mod lock;
mod order;
mod system;
