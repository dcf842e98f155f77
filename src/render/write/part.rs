//! Files that are ours in parts: each part stands between two markers, and what stands around them is a person's own.
//!
//! The first marker holds a hash of its part, by which an edit is seen.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::header::SealState;

/// What the marker before a part begins with; the name and the hash follow.
const BEGIN: &str = "polyglot:begin ";
/// What the marker after a part begins with; the name follows.
const END: &str = "polyglot:end ";
/// So many bytes of the hash are shown.
const SHOWN: usize = 8;

/// How a remark is written where the part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// In YAML.
    Line,
    /// In Markdown.
    Markup,
}

impl Remark {
    /// What stands before a marker, and after it.
    fn around(self) -> (&'static str, &'static str) {
        match self {
            Self::Line => ("# ", ""),
            Self::Markup => ("<!-- ", " -->"),
        }
    }
}

/// A generated part, between its markers.
pub fn part(name: &str, remark: Remark, body: &str) -> String {
    let (open, close) = remark.around();
    let hash = hash(name, body);
    format!("{open}{BEGIN}{name} {hash}{close}\n{body}{open}{END}{name}{close}\n")
}

fn hash(name: &str, body: &str) -> String {
    let body = body.replace("\r\n", "\n");
    let hash = Sha256::new().chain_update(name).chain_update("\n").chain_update(body).finalize();
    let digits = hash.iter().take(SHOWN).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// A stretch of a file.
enum Piece<'a> {
    /// A person's own.
    Own(&'a str),
    /// Ours.
    Part(Part<'a>),
}

/// A part as it was found.
struct Part<'a> {
    name: &'a str,
    hash: &'a str,
    body: &'a str,
    /// All of it, with the markers.
    text: &'a str,
}

impl Part<'_> {
    fn is_intact(&self) -> bool {
        hash(self.name, self.body) == self.hash
    }
}

/// What a line says, if it is a marker.
enum Marker<'a> {
    Begin { name: &'a str, hash: &'a str },
    End { name: &'a str },
}

impl<'a> Marker<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let line = line.trim_end();
        let inner = [Remark::Line, Remark::Markup].into_iter().find_map(|remark| {
            let (open, close) = remark.around();
            line.strip_prefix(open)?.strip_suffix(close)
        })?;
        if let Some(rest) = inner.strip_prefix(BEGIN) {
            let (name, hash) = rest.split_once(' ')?;
            return Some(Self::Begin { name, hash });
        }
        inner.strip_prefix(END).map(|name| Self::End { name })
    }
}

/// A file that is ours in parts.
struct Parted<'a>(Vec<Piece<'a>>);

impl<'a> Parted<'a> {
    /// Takes a text apart; nothing where it has no parts, or its markers do not pair.
    fn parse(text: &'a str) -> Option<Self> {
        let mut pieces = Vec::new();
        let (mut own, mut at) = (0, 0usize);
        let mut open: Option<(&str, &str, usize, usize)> = None;
        for line in text.split_inclusive('\n') {
            let next = at.checked_add(line.len())?;
            match (Marker::of(line), open) {
                (None, _) => {}
                (Some(Marker::Begin { name, hash }), None) => {
                    pieces.push(Piece::Own(text.get(own..at)?));
                    open = Some((name, hash, at, next));
                }
                (Some(Marker::End { name }), Some((begun, hash, start, inner))) if name == begun => {
                    let (body, text) = (text.get(inner..at)?, text.get(start..next)?);
                    pieces.push(Piece::Part(Part { name, hash, body, text }));
                    (own, open) = (next, None);
                }
                (Some(_), _) => return None,
            }
            at = next;
        }
        pieces.push(Piece::Own(text.get(own..)?));
        let this = Self(pieces);
        let names = this.by_name();
        let pairs = open.is_none() && !names.is_empty() && names.len() == this.parts().count();
        pairs.then_some(this)
    }

    fn parts(&self) -> impl Iterator<Item = &Part<'a>> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Part(part) => Some(part),
            Piece::Own(_) => None,
        })
    }

    fn by_name(&self) -> BTreeMap<&'a str, &Part<'a>> {
        self.parts().map(|part| (part.name, part)).collect()
    }

    /// All that is a person's own.
    fn own(&self) -> String {
        let own = self.0.iter().filter_map(|piece| match piece {
            Piece::Own(text) => Some(*text),
            Piece::Part(_) => None,
        });
        own.collect()
    }
}

/// Whether a text is ours in parts.
pub fn is_parted(text: &str) -> bool {
    text.contains(BEGIN) && Parted::parse(text).is_some()
}

/// What stands between the markers of a part, whatever became of the others.
pub fn body_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (mut at, mut start) = (0usize, None);
    for line in text.split_inclusive('\n') {
        let next = at.checked_add(line.len())?;
        match (Marker::of(line), start) {
            (Some(Marker::Begin { name: begun, .. }), None) if begun == name => start = Some(next),
            (Some(Marker::End { name: ended }), Some(start)) if ended == name => return text.get(start..at),
            _ => {}
        }
        at = next;
    }
    None
}

/// The new parts in the place of the old ones; what is a person's own stays, byte for byte. A part that the old text
/// does not have comes after the one that it follows in the new text. An old text that cannot be taken apart gives way.
pub fn merge(old: &str, new: &str) -> String {
    let (Some(old), Some(fresh)) = (Parted::parse(old), Parted::parse(new)) else { return new.to_owned() };
    let known = old.by_name();
    let wanted = fresh.by_name();
    let mut lead = String::new();
    let mut after: BTreeMap<&str, String> = BTreeMap::new();
    let mut last = None;
    for part in fresh.parts() {
        if known.contains_key(part.name) {
            last = Some(part.name);
        } else {
            last.map_or(&mut lead, |name| after.entry(name).or_default()).push_str(part.text);
        }
    }
    let mut merged = String::new();
    for piece in &old.0 {
        match piece {
            Piece::Own(own) => merged.push_str(own),
            Piece::Part(part) => {
                merged.push_str(&std::mem::take(&mut lead));
                merged.push_str(wanted.get(part.name).map_or("", |part| part.text));
                merged.push_str(after.get(part.name).map_or("", String::as_str));
            }
        }
    }
    merged
}

/// Some parts in the place of their old selves; all else stays, byte for byte. An old text that cannot be taken apart
/// gives way.
pub fn exchange(old: &str, some: &str) -> String {
    let (Some(old), Some(fresh)) = (Parted::parse(old), Parted::parse(some)) else { return some.to_owned() };
    let wanted = fresh.by_name();
    let pieces = old.0.iter().map(|piece| match piece {
        Piece::Own(own) => *own,
        Piece::Part(part) => wanted.get(part.name).map_or(part.text, |new| new.text),
    });
    pieces.collect()
}

/// Whether a text may give way to one that is ours in parts: where none of a person's own text would be lost, nor an
/// edit of a part, nor would a part come back that somebody has taken out.
pub(super) fn state(old: &str, new: &str) -> SealState {
    let Some(fresh) = Parted::parse(new) else { return SealState::Unsealed };
    let Some(old) = Parted::parse(old) else {
        let is_ours = old.lines().any(|line| Marker::of(line).is_some());
        return if is_ours { SealState::Edited } else { SealState::Unsealed };
    };
    let (known, wanted) = (old.by_name(), fresh.by_name());
    let stays = |part: &Part<'_>| wanted.get(part.name).is_some_and(|new| new.text == part.text);
    let is_whole = wanted.keys().all(|name| known.contains_key(name));
    let is_kept = is_whole && old.own() == fresh.own() && old.parts().all(|part| stays(part) || part.is_intact());
    if is_kept { SealState::Intact } else { SealState::Edited }
}
