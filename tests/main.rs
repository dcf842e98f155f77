//! One integration binary: each module proves one promise.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::range_plus_one,
    clippy::trivially_copy_pass_by_ref,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its figures are its own"
)]

mod bad;
mod capacity;
mod catalog;
mod certificates;
mod chapters;
mod choice;
mod cmd;
mod examples;
mod files;
mod folder;
mod fuzz;
mod given_tree;
mod hostile;
mod hosts;
mod instances;
mod layers;
mod lint;
mod live;
mod lock;
mod matrix;
mod pins;
mod portfolio;
mod properties;
mod readme;
mod realised;
mod records;
mod render;
mod render_cmd;
mod report;
mod schema;
mod session;
mod stacks;
mod support;
mod tuning;
mod writer;
