//! The types that a field may have. A template writes a type that it does not know as it stands, so a typing error would come
//! up only where a database makes its tables, at its first start; here it is one of the errors of the file.
//!
//! A type is one of the known words, perhaps with a size (`numeric(10, 2)`), around other types (`map<text, int>`,
//! `Nullable(String)`), or a list of itself (`text[]`).

use super::fields::{Reader, shortened};
use super::name::TypeName;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Placed;

/// The words, separated by commas, and remarks.
const WORDS: &str = include_str!("../../templates/field-types.txt");

/// What stands around other types, which it does not change for us.
const TRANSPARENT: [&str; 3] = ["nullable", "lowcardinality", "frozen"];
/// What stands around other types and holds several values of them.
const CONTAINERS: [&str; 5] = ["array", "list", "set", "map", "tuple"];
/// What an area or a place may be said to be: `geometry(Point, 4326)`.
const SHAPES: [&str; 8] = [
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
];
/// What helps where no known word is near.
const EXAMPLES: &str =
    "for example text, varchar(255), integer, bigint, numeric(10, 2), boolean, date, timestamptz, uuid, jsonb, text[]";
/// How deep types may stand in each other.
const DEEPEST: usize = 4;

/// Every word that is a type.
pub fn field_types() -> impl Iterator<Item = &'static str> + Clone {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|word| !word.is_empty())
}

/// A type without what stands around it and changes nothing, as `Nullable` does.
pub fn bare_type(text: &str) -> &str {
    let mut text = text.trim();
    while let Some((_, inner)) = outer(text).filter(|(outer, _)| is_in(&TRANSPARENT, outer)) {
        text = inner.trim();
    }
    text
}

/// Notes a type that nobody knows.
pub(super) fn check(name: &Placed<TypeName>, reader: &mut Reader) {
    let Err(fault) = known(&name.value.to_lowercase(), 0) else { return };
    let (message, help) = match fault {
        Fault::Unknown(word) => {
            let nearest = did_you_mean(&word, field_types()).map(|known| format!("did you mean `{known}`?"));
            (format!("unknown type `{}`", shortened(&word)), nearest.unwrap_or_else(|| EXAMPLES.to_owned()))
        }
        Fault::Size(size) => (
            format!("invalid size `{}`", shortened(&size)),
            String::from("one or two numbers, such as `varchar(255)` or `numeric(10, 2)`"),
        ),
        Fault::Shape => (format!("invalid type `{}`", shortened(&name.value)), EXAMPLES.to_owned()),
    };
    reader.fault(Diagnostic::error(message).at(name.place, "in this type").help(help));
}

/// What is wrong with a type.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    Unknown(String),
    Size(String),
    Shape,
}

fn known(text: &str, depth: usize) -> Result<(), Fault> {
    if depth > DEEPEST {
        return Err(Fault::Shape);
    }
    let mut text = text.trim();
    while let Some(one) = text.strip_suffix("[]") {
        text = one.trim_end();
    }
    match outer(text) {
        Some((outer, inner)) if is_in(&TRANSPARENT, outer) || is_in(&CONTAINERS, outer) => {
            parts(inner).into_iter().try_for_each(|part| known(part, depth + 1))
        }
        // A vector of so many numbers: `vector<float, 768>`.
        Some((outer, inner)) if text.ends_with('>') => {
            word(outer)?;
            parts(inner).into_iter().try_for_each(|part| if is_number(part) { Ok(()) } else { known(part, depth + 1) })
        }
        _ => sized(text),
    }
}

/// A word, perhaps with a size: `numeric(10, 2)`, `timestamp(3) with time zone`.
fn sized(text: &str) -> Result<(), Fault> {
    let Some((before, rest)) = text.split_once('(') else { return word(text) };
    let (inside, after) = rest.split_once(')').ok_or(Fault::Shape)?;
    word(&format!("{before} {after}"))?;
    let is_place = before.trim().starts_with("geo");
    let sizes = parts(inside);
    let good = |part: &&str| is_number(part) || is_place && is_in(&SHAPES, part.trim_end_matches(['z', 'm']));
    match sizes.iter().find(|part| !good(part)) {
        Some(bad) => Err(Fault::Size((*bad).to_owned())),
        None if sizes.len() > 2 => Err(Fault::Size(inside.to_owned())),
        None => Ok(()),
    }
}

fn word(text: &str) -> Result<(), Fault> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if field_types().any(|known| known == text) { Ok(()) } else { Err(Fault::Unknown(text)) }
}

/// The word around other types, and those.
fn outer(text: &str) -> Option<(&str, &str)> {
    let (open, close) = if text.ends_with('>') { ('<', '>') } else { ('(', ')') };
    let (outer, rest) = text.split_once(open)?;
    Some((outer.trim(), rest.strip_suffix(close)?))
}

/// The parts of a list, where a comma inside of brackets parts nothing.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (place, c) in text.char_indices() {
        match c {
            '(' | '<' => depth = depth.saturating_add(1),
            ')' | '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.extend(text.get(start..place).map(str::trim));
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..).map(str::trim));
    parts
}

fn is_number(text: &str) -> bool {
    const LONGEST: usize = 6;
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_in(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::{Fault, bare_type, field_types, known};

    #[test]
    fn a_type_is_a_known_word_with_its_size_or_around_others() {
        for good in [
            "text",
            "bigint",
            "varchar(255)",
            "numeric(10, 2)",
            "text[]",
            "integer[][]",
            "timestamp with time zone",
            "timestamp(3) with time zone",
            "map<text, list<int>>",
            "array(string)",
            "nullable(datetime64(3))",
            "lowcardinality(string)",
            "vector(768)",
            "vector<float, 768>",
            "geometry(point, 4326)",
            "geography(pointz)",
            "double  precision",
        ] {
            assert_eq!(known(good, 0), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        for bad in ["frobnicate", "frobnicate[]", "list<frobnicate>", "frobnicate(3)", "text text", ""] {
            assert!(matches!(known(bad, 0), Err(Fault::Unknown(_))), "{bad}");
        }
        for bad in ["varchar(max)", "varchar()", "numeric(1,2,3)", "numeric(99999999)", "numeric(10;2)"] {
            assert!(matches!(known(bad, 0), Err(Fault::Size(_))), "{bad}");
        }
        assert_eq!(known("varchar(255", 0), Err(Fault::Shape));
        assert!(known(&"list<".repeat(100), 0).is_err());
    }

    #[test]
    fn words_are_small_and_each_stands_once() {
        let words: Vec<&str> = field_types().collect();
        for (place, word) in words.iter().enumerate() {
            assert_eq!(*word, word.to_lowercase());
            assert!(!words[..place].contains(word), "{word} twice");
        }
        assert!(words.len() > 100);
    }

    #[test]
    fn what_changes_nothing_falls_away() {
        assert_eq!(bare_type("Nullable(String)"), "String");
        assert_eq!(bare_type("LowCardinality(Nullable(String))"), "String");
        assert_eq!(bare_type("frozen<list<text>>"), "list<text>");
        assert_eq!(bare_type("numeric(10, 2)"), "numeric(10, 2)");
    }
}
