//! The hash by which an edit of a generated file is seen, and that it has to be made anew: SipHash-2-4 with 128 bits.
//!
//! Who wants to deceive can reckon any hash that has no secret anew, so that it need not withstand an attack; it is
//! taken of every file in every run, so that it has to be fast even where the processor has no instructions for one.

use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

/// The 32 hexadecimal digits of some texts, one after the other.
pub(super) fn digits(texts: &[&str]) -> String {
    let mut hash = SipHasher24::new();
    texts.iter().for_each(|text| hash.write(text.as_bytes()));
    format!("{:032x}", u128::from(hash.finish128()).swap_bytes())
}

/// The first 16 of them, where a few have to do.
pub(super) fn short(texts: &[&str]) -> String {
    let mut digits = digits(texts);
    digits.truncate(16);
    digits
}

#[cfg(test)]
mod tests {
    use super::{digits, short};

    #[test]
    fn a_hash_stays_what_it_is() {
        assert_eq!(digits(&["abc"]), "6c95dec302962fa8ca5e69c1d5d15478");
        assert_eq!(digits(&["a", "bc"]), digits(&["abc"]));
        assert_eq!(short(&["abc"]), "6c95dec302962fa8");
    }
}
