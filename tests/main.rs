//! One integration binary: each module proves one promise.

mod bad;
mod cases;
mod catalog;
mod cmd;
mod examples;
mod flips;
mod fuzz;
mod given_tree;
mod layers;
mod matrix;
mod schema;
mod support;
mod unknown;
