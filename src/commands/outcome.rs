//! What became of a run that did not fail, and its exit code.

use std::process::ExitCode;

/// What became of a run that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, nothing to report.
    Done,
    /// Done, and something is not as it should be.
    Found,
    /// Done as far as could be: something could not be read.
    Incomplete,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Found => Self::FAILURE,
            Outcome::Incomplete => Self::from(2),
        }
    }
}
