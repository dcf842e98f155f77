//! As much of a certificate as is asked here: whose it is, who signed it, and when it ends. The form is DER, as X.509 in
//! RFC 5280, section 4.1, has it; nothing is verified.

use catalog::Date;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The tag of the version, which comes before the serial number.
const VERSION: u8 = 0xa0;
/// The object identifier of a common name, 2.5.4.3, as an element.
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];

/// What is read of a certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read<'a> {
    /// Who signed it, as it is encoded.
    pub(super) issuer: &'a [u8],
    /// Whose it is, as it is encoded.
    pub(super) subject: &'a [u8],
    /// The day on which it ends.
    pub(super) ends: Date,
}

/// An element: what it is, what it holds, all of it, and what follows it.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Element<'a> {
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (tag, after) = bytes.split_first()?;
        let (first, after) = after.split_first()?;
        let (length, after) = match usize::from(*first) {
            short @ 0..0x80 => (short, after),
            long => {
                let (digits, after) = after.split_at_checked(long & 0x7f).filter(|(digits, _)| digits.len() <= 4)?;
                (digits.iter().fold(0usize, |length, digit| (length << 8) | usize::from(*digit)), after)
            }
        };
        let (content, rest) = after.split_at_checked(length)?;
        let whole = bytes.get(..bytes.len().checked_sub(rest.len())?)?;
        Some(Self { tag: *tag, content, whole, rest })
    }

    /// The first element, which has to be of some kind.
    fn expect(bytes: &'a [u8], tag: u8) -> Option<Self> {
        Self::first(bytes).filter(|element| element.tag == tag)
    }
}

/// Reads a certificate; nothing where it is none.
pub(super) fn read(certificate: &[u8]) -> Option<Read<'_>> {
    let signed = Element::expect(certificate, SEQUENCE)?.content;
    let mut fields = Element::expect(signed, SEQUENCE)?.content;
    if let Some(version) = Element::expect(fields, VERSION) {
        fields = version.rest;
    }
    let serial = Element::first(fields)?;
    let algorithm = Element::expect(serial.rest, SEQUENCE)?;
    let issuer = Element::expect(algorithm.rest, SEQUENCE)?;
    let validity = Element::expect(issuer.rest, SEQUENCE)?;
    let subject = Element::expect(validity.rest, SEQUENCE)?;
    let begin = Element::first(validity.content)?;
    let ends = day(&Element::first(begin.rest)?)?;
    Some(Read { issuer: issuer.whole, subject: subject.whole, ends })
}

/// The common name of a subject that has nothing else.
pub(super) fn only_common_name(subject: &[u8]) -> Option<&str> {
    let name = Element::expect(subject, SEQUENCE)?;
    let set = Element::expect(name.content, SET).filter(|set| set.rest.is_empty())?;
    let attribute = Element::expect(set.content, SEQUENCE).filter(|attribute| attribute.rest.is_empty())?;
    let value = Element::first(attribute.content.strip_prefix(&COMMON_NAME)?)?;
    std::str::from_utf8(value.content).ok()
}

/// The day of a time: two digits of the year up to 2049, four from then on.
fn day(time: &Element<'_>) -> Option<Date> {
    let text = std::str::from_utf8(time.content).ok()?;
    let (century, rest) = match time.tag {
        UTC_TIME => (if text.get(..2)? < "50" { "20" } else { "19" }, text),
        GENERALIZED_TIME => (text.get(..2)?, text.get(2..)?),
        _ => return None,
    };
    format!("{century}{}-{}-{}", rest.get(..2)?, rest.get(2..4)?, rest.get(4..6)?).parse().ok()
}
