//! Reading texts: a file as it is named or as it lies in a folder, in UTF-8.

use std::path::Path;

use anyhow::Result;
use catalog::units::Bytes;

use super::error::InputError;
use crate::diagnostic::{Diagnostic, Faults};
use crate::files::{self, Folder, PathText};
use crate::source::{Place, Source};

/// How much of a file is read unless the person asks for more.
pub(super) const MAX_SIZE: Bytes = Bytes(4 << 20);

/// A file that the person names, or that lies beside one.
pub(super) fn source(path: &Path) -> Result<Source> {
    Ok(decode(path.shown(), files::read(path, MAX_SIZE)?)?)
}

/// A file of a folder.
pub(super) fn source_in(folder: &Folder, path: &Path) -> Result<Source> {
    Ok(decode(folder.join(path).shown(), folder.read(path, MAX_SIZE)?)?)
}

/// Checks that a file is UTF-8; what is not is drawn with its line, the bad bytes replaced.
pub(super) fn decode(name: String, bytes: Vec<u8>) -> Result<Source, InputError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name, text }),
        Err(error) => {
            let (error, bytes) = (error.utf8_error(), error.into_bytes());
            let wrong =
                |text, diagnostic| Err(InputError::Faulty(Faults::new(Source { name, text }, vec![diagnostic])));
            if let Some((encoding, text)) = wide(&bytes) {
                let diagnostic = Diagnostic::error(format!("the file is {encoding}, not UTF-8"));
                return wrong(text, diagnostic.at(Place::default(), "its byte order mark").help("save it as UTF-8"));
            }
            let offset = error.valid_up_to();
            let place = Place::new(offset, offset.saturating_add(char::REPLACEMENT_CHARACTER.len_utf8()));
            let diagnostic =
                Diagnostic::error("the file is not UTF-8").at(place, "this byte is no part of a character");
            let diagnostic = diagnostic.help("it may be Latin-1, or no text at all; save it as UTF-8");
            wrong(String::from_utf8_lossy(&bytes).into_owned(), diagnostic)
        }
    }
}

/// What a text in wider characters says, if its byte order mark is one of theirs.
fn wide(bytes: &[u8]) -> Option<(&'static str, String)> {
    let utf16 = |units: &[u8], order: fn([u8; 2]) -> u16| {
        let units = units.chunks_exact(2).filter_map(|unit| Some(order(unit.try_into().ok()?)));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    let utf32 = |units: &[u8], order: fn([u8; 4]) -> u32| {
        let units = units.chunks_exact(4).filter_map(|unit| Some(order(unit.try_into().ok()?)));
        units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => Some(("UTF-32", utf32(rest, u32::from_le_bytes))),
        [0, 0, 0xfe, 0xff, rest @ ..] => Some(("UTF-32", utf32(rest, u32::from_be_bytes))),
        [0xff, 0xfe, rest @ ..] => Some(("UTF-16", utf16(rest, u16::from_le_bytes))),
        [0xfe, 0xff, rest @ ..] => Some(("UTF-16", utf16(rest, u16::from_be_bytes))),
        _ => None,
    }
}
