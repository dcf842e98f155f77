//! Reading no more than is bearable.

use std::io::{self, Read};

use catalog::units::Bytes;

/// Reads to the end of something that is open; nothing where that is further than the limit.
pub(crate) fn read_to(reader: impl Read, limit: Bytes) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(limit.0.saturating_add(1)).read_to_end(&mut bytes)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok((length <= limit.0).then_some(bytes))
}
