//! Where findings stand, in lines and columns, and what tells them apart over time.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::lint::{Finding, Location, RuleId};
use crate::lock::hexadecimal;
use crate::source::{LineColumn, Lines, Place, Source};

/// A stretch of a file in lines and columns, as editors count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: LineColumn,
    pub(super) end: LineColumn,
}

/// The lines of the files that findings stand in, each counted once.
#[derive(Default)]
pub(super) struct Files<'a>(HashMap<&'a str, Lines>);

impl<'a> Files<'a> {
    pub(super) fn range(&mut self, location: &'a Location) -> Range {
        self.of(&location.source, location.place)
    }

    pub(super) fn of(&mut self, source: &'a Source, place: Place) -> Range {
        let lines = self.0.entry(&source.name).or_insert_with(|| Lines::of(&source.text));
        let position = |offset| lines.position(&source.text, offset);
        Range { start: position(place.start), end: position(place.end) }
    }
}

/// What tells findings apart when their lines have moved: of the rule, the file, what they are about, and which of
/// several such findings each is.
#[derive(Default)]
pub(super) struct Fingerprints<'a>(HashMap<(RuleId, &'a str, &'a str), usize>);

impl<'a> Fingerprints<'a> {
    pub(super) fn of(&mut self, finding: &'a Finding) -> String {
        const BYTES: usize = 16;
        let (rule, file, about) = (finding.rule.id, finding.file(), finding.violation.about.as_str());
        let nth = self.0.entry((rule, file, about)).or_default();
        let hash = Sha256::digest(format!("{rule}\n{}\n{about}\n{nth}", file.replace('\\', "/")));
        *nth = nth.saturating_add(1);
        hexadecimal(&hash, BYTES)
    }
}
