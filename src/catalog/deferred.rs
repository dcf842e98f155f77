//! Parts of an entry that few runs ask for: in the binary each is packed, and read when it is first looked at.

use std::ops::Deref;
use std::sync::OnceLock;

use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A part that is read when it is first looked at.
#[derive(Debug, Clone)]
pub struct Deferred<T> {
    packed: &'static [u8],
    read: OnceLock<T>,
}

impl<T: Deserialize<'static>> Deferred<T> {
    /// What is packed. It stays for as long as the program runs: the texts of the part point into it.
    fn unpacked(&self) -> Option<T> {
        let bytes: &'static [u8] = lz4_flex::decompress_size_prepended(self.packed).ok()?.leak();
        postcard::from_bytes(bytes).ok()
    }
}

impl<T: Default + Deserialize<'static>> Deref for Deferred<T> {
    type Target = T;

    /// The part. Where the binary is damaged there is nothing in it; the tests read every one.
    fn deref(&self) -> &T {
        self.read.get_or_init(|| self.unpacked().unwrap_or_default())
    }
}

impl<T: Default> Default for Deferred<T> {
    fn default() -> Self {
        Self { packed: &[], read: T::default().into() }
    }
}

impl<T: Default + Serialize + Deserialize<'static>> Serialize for Deferred<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = postcard::to_stdvec(&**self).map_err(S::Error::custom)?;
        serializer.serialize_bytes(&lz4_flex::compress_prepend_size(&bytes))
    }
}

impl<'de: 'static, T: Deserialize<'de>> Deserialize<'de> for Deferred<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.is_human_readable() {
            true => Self { packed: &[], read: T::deserialize(deserializer)?.into() },
            false => Self { packed: Deserialize::deserialize(deserializer)?, read: OnceLock::new() },
        })
    }
}
