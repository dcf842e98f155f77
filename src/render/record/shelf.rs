//! The records that stand in the folder already: their numbers, and what each says.

use super::front::Front;

/// A file of the folder of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A record that stands there, whoever wrote it.
pub(super) struct Standing<'a> {
    pub(super) number: u32,
    pub(super) file: &'a File,
    /// What it says, if it is one of ours.
    pub(super) front: Option<Front>,
}

/// The number that a file of records begins with: `0007-orders.md` is the seventh.
pub fn number_of(name: &str) -> Option<u32> {
    let (digits, _) = name.strip_suffix(".md")?.split_once('-')?;
    let is_record = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_record.then(|| digits.parse().ok()).flatten()
}

/// The records of a folder, by number.
pub(super) struct Shelf<'a>(Vec<Standing<'a>>);

impl<'a> Shelf<'a> {
    pub(super) fn of(files: &'a [File]) -> Self {
        let standing = files
            .iter()
            .filter_map(|file| Some(Standing { number: number_of(&file.name)?, file, front: Front::read(&file.text) }));
        let mut standing: Vec<_> = standing.collect();
        standing.sort_by(|one, other| (one.number, &one.file.name).cmp(&(other.number, &other.file.name)));
        Self(standing)
    }

    /// The first number past all that are taken: no number is given twice.
    pub(super) fn next_number(&self) -> u32 {
        self.0.last().map_or(1, |last| last.number.saturating_add(1))
    }

    /// Every record.
    pub(super) fn all(&self) -> impl Iterator<Item = &Standing<'a>> {
        self.0.iter()
    }

    /// Our records, with what they say, the newest last.
    pub(super) fn ours(&self) -> impl DoubleEndedIterator<Item = (&Standing<'a>, &Front)> {
        self.0.iter().filter_map(|standing| Some((standing, standing.front.as_ref()?)))
    }

    /// Our records about a kind of data.
    pub(super) fn of_data(&self, data: &str) -> impl DoubleEndedIterator<Item = (&Standing<'a>, &Front)> {
        self.ours().filter(move |(_, front)| front.data == data)
    }

    /// The newest record about a kind of data whose place no other has taken.
    pub(super) fn latest(&self, data: &str) -> Option<(&Standing<'a>, &Front)> {
        self.of_data(data).rfind(|(_, front)| !front.is_superseded())
    }
}
