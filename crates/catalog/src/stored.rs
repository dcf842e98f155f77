//! Parts of a folder that few commands look at, such as sources: read from their embedded form when they are first asked for.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

/// A part that is read when it is first asked for, or has been given.
#[derive(Clone)]
pub struct Stored<T> {
    embedded: &'static [u8],
    read: OnceLock<T>,
}

impl<T> From<T> for Stored<T> {
    fn from(part: T) -> Self {
        Self { embedded: &[], read: part.into() }
    }
}

impl<T: Default> Default for Stored<T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T: fmt::Debug + Deserialize<'static>> fmt::Debug for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

impl<T: Deserialize<'static>> Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        #[expect(
            clippy::expect_used,
            reason = "the build script of the same build wrote it, and a test reads every one"
        )]
        self.read.get_or_init(|| postcard::from_bytes(self.embedded).expect("an embedded part"))
    }
}

impl<T: Deserialize<'static>> DerefMut for Stored<T> {
    fn deref_mut(&mut self) -> &mut T {
        let _ = &**self;
        #[expect(clippy::expect_used, reason = "it has just been read")]
        self.read.get_mut().expect("a part")
    }
}

impl<T: Serialize + Deserialize<'static>> Serialize for Stored<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let part: &T = self;
        if serializer.is_human_readable() {
            return part.serialize(serializer);
        }
        serializer.serialize_bytes(&postcard::to_stdvec(part).map_err(ser::Error::custom)?)
    }
}

impl<'de: 'static, T: Deserialize<'de>> Deserialize<'de> for Stored<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return T::deserialize(deserializer).map(Self::from);
        }
        let embedded = <&'static [u8]>::deserialize(deserializer).map_err(de::Error::custom)?;
        Ok(Self { embedded, read: OnceLock::new() })
    }
}
