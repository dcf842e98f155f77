//! How often the choice is the experts': published decisions and whole systems, as figures with floors below which nothing may
//! fall. tests/cases/README.md has the method, and where each case is from.

mod base_tree;
mod decisions;
mod systems;
mod warnings;

use std::io::Write as _;

pub(crate) use decisions::{decisions, fields, file};
pub(crate) use systems::systems;

/// Prints figures, also where the test passes.
fn print(figures: &str) {
    std::io::stderr().write_all(figures.as_bytes()).unwrap();
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// The share of what is true.
fn share(of: impl IntoIterator<Item = bool>) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for is_right in of {
        right += f64::from(u8::from(is_right));
        all += 1.0;
    }
    right / all
}

/// `MinIO` and what took its place count as one: object stores of one protocol, of which only one is maintained.
fn as_one_store(answer: &str) -> &str {
    if answer == "minio" { "seaweedfs" } else { answer }
}
