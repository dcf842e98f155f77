//! What stands in the way of a command, and how it is told.

use std::io;

use catalog::units::Bytes;

use super::terminal::{complain, message_width};
use crate::diagnostic::Faults;
use crate::report::text;
use crate::requirements::FILE_NAMES;

/// What is wrong with an input, in words for the person.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputError {
    #[error("no requirements file here: looked for {}\n  make one with `polyglot init`, or name yours: `polyglot select FILE`", FILE_NAMES.join(", "))]
    Missing,
    #[error("{name} is larger than {limit}\n  `--max-size` lifts the limit")]
    TooLarge { name: String, limit: Bytes },
    #[error("{} in {}", count(.0.diagnostics.len()), .0.source.name)]
    Faulty(Faults),
}

fn count(faults: usize) -> String {
    if faults == 1 { String::from("1 fault") } else { format!("{faults} faults") }
}

/// Whether an error only says that the reader of our output has gone.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|io| io.kind() == io::ErrorKind::BrokenPipe)
}

/// Tells the person why nothing came of it.
pub fn failure(error: &anyhow::Error) {
    if let Some(InputError::Faulty(faults)) = error.downcast_ref() {
        complain(text::faults(faults, message_width()).trim_end());
        return;
    }
    let mut causes = error.chain().map(ToString::to_string);
    let first = causes.next().unwrap_or_default();
    let style = anstyle::AnsiColor::Red.on_default().bold();
    complain(&format!("{style}error{style:#}: {first}"));
    for cause in causes {
        complain(&format!("  because: {cause}"));
    }
}
