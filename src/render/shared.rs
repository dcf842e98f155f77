//! The templates that those of several databases share, packed by the build script, for few runs need them.

use std::sync::OnceLock;

use crate::catalog::Program;

/// The name, the source and the compiled steps of each.
type Shared = (&'static str, &'static str, Program);

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shared.bin"));

/// The source of one, for a template of a further folder that includes it or imports from it.
pub(super) fn source(name: &str) -> Option<&'static str> {
    known(name).map(|(_, source, _)| *source)
}

/// One compiled, for a template that is nothing else.
pub(super) fn program(name: &str) -> Option<&'static Program> {
    known(name).map(|(_, _, program)| program)
}

/// Where the binary is damaged there is none; the tests render every one.
fn known(name: &str) -> Option<&'static Shared> {
    static ALL: OnceLock<Vec<Shared>> = OnceLock::new();
    ALL.get_or_init(|| unpacked().unwrap_or_default()).iter().find(|(known, ..)| *known == name)
}

fn unpacked() -> Option<Vec<Shared>> {
    let bytes: &'static [u8] = lz4_flex::decompress_size_prepended(PACKED).ok()?.leak();
    postcard::from_bytes(bytes).ok()
}
