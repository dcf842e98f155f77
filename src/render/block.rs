//! YAML in block style, written line by line: as much of it as a compose file needs. Which texts must stand in quotes
//! is left to the YAML library, but for those that plainly need none.

use std::fmt::Display;

/// A YAML text that grows by one line after the other.
#[derive(Default)]
pub(super) struct Block {
    text: String,
    depth: usize,
    /// Whether the next line begins an item of a list.
    item: bool,
    /// The first text that could not be written.
    fault: Option<serde_yaml::Error>,
}

impl Block {
    /// The text.
    pub(super) fn finish(self) -> Result<String, serde_yaml::Error> {
        self.fault.map_or(Ok(self.text), Err)
    }

    /// A blank line, but for the very first.
    pub(super) fn space(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A key with a text.
    pub(super) fn entry(&mut self, key: &str, value: &str) {
        self.key(key);
        self.text.push(' ');
        self.scalar(value);
        self.text.push('\n');
    }

    /// A key with a text, where there is one.
    pub(super) fn optional(&mut self, key: &str, value: Option<&str>) {
        value.into_iter().for_each(|value| self.entry(key, value));
    }

    /// A key with a number or a truth value, or with anything else that is to stand as it is.
    pub(super) fn plain(&mut self, key: &str, value: impl Display) {
        self.key(key);
        self.text.push(' ');
        self.text.push_str(&value.to_string());
        self.text.push('\n');
    }

    /// A flag that is set.
    pub(super) fn flag(&mut self, key: &str, is_set: bool) {
        if is_set {
            self.plain(key, true);
        }
    }

    /// A key with what stands below it.
    pub(super) fn nested(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(key);
        self.text.push('\n');
        self.deeper(fill);
    }

    /// A key with a mapping of texts; nothing where there are none.
    pub(super) fn texts<K: AsRef<str>, V: AsRef<str>>(&mut self, key: &str, texts: impl IntoIterator<Item = (K, V)>) {
        let mut texts = texts.into_iter().peekable();
        if texts.peek().is_some() {
            self.nested(key, |block| texts.for_each(|(key, value)| block.entry(key.as_ref(), value.as_ref())));
        }
    }

    /// A key with a list of texts; nothing where there are none.
    pub(super) fn list(&mut self, key: &str, texts: &[impl AsRef<str>]) {
        if texts.is_empty() {
            return;
        }
        self.key(key);
        self.text.push('\n');
        for text in texts {
            self.indent();
            self.text.push_str("- ");
            self.scalar(text.as_ref());
            self.text.push('\n');
        }
    }

    /// A key with a list of mappings; nothing where there are none.
    pub(super) fn items<T>(&mut self, key: &str, items: &[T], fill: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return;
        }
        self.key(key);
        self.text.push('\n');
        for item in items {
            self.item = true;
            self.deeper(|block| fill(block, item));
        }
    }

    fn deeper(&mut self, fill: impl FnOnce(&mut Self)) {
        self.depth = self.depth.saturating_add(1);
        fill(self);
        self.depth = self.depth.saturating_sub(1);
    }

    fn key(&mut self, key: &str) {
        self.indent();
        self.scalar(key);
        self.text.push(':');
    }

    fn indent(&mut self) {
        let item = std::mem::take(&mut self.item);
        (0..self.depth.saturating_sub(usize::from(item))).for_each(|_| self.text.push_str("  "));
        if item {
            self.text.push_str("- ");
        }
    }

    fn scalar(&mut self, text: &str) {
        if is_plain(text) {
            self.text.push_str(text);
            return;
        }
        match quoted(text) {
            Ok(quoted) => {
                let mut lines = quoted.strip_suffix('\n').unwrap_or(&quoted).split('\n');
                self.text.push_str(lines.next().unwrap_or_default());
                lines.for_each(|line| self.continued(line));
            }
            Err(error) => self.fault = self.fault.take().or(Some(error)),
        }
    }

    /// A further line of a text.
    fn continued(&mut self, line: &str) {
        self.text.push('\n');
        if !line.is_empty() {
            self.indent();
            self.text.push_str(line);
        }
    }
}

/// Words that readers of YAML, older ones among them, take for something else than a text.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
const LONGEST_WORD: usize = 5;

fn is_word(text: &str) -> bool {
    text.len() <= LONGEST_WORD && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text can stand without quotes: it begins like a name, a path or an amount with its unit, and nothing in
/// it ends it.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let begins = match first {
        b'/' => true,
        b'.' => text.starts_with("./"),
        b'-' => is_option(text),
        b'0'..=b'9' => matches!(last, b's' | b'm' | b'g'),
        first => first.is_ascii_alphabetic() && !is_word(text),
    };
    let mut before = 0;
    let goes_on = |byte: &u8| {
        let ends = matches!((std::mem::replace(&mut before, *byte), byte), (b':', b' ') | (b' ', b'#'));
        matches!(byte, b' '..=b'~') && !ends
    };
    begins && !matches!(last, b' ' | b':') && bytes.iter().all(goes_on)
}

/// Whether a text begins like `-o` or `--option`.
fn is_option(text: &str) -> bool {
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-'));
    name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Whether a text would be read as a number: digits, perhaps with a point between them.
fn is_number(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part)
}

/// A text in quotes where it is a word or a number to some reader; any other as the library writes it.
fn quoted(text: &str) -> Result<String, serde_yaml::Error> {
    if is_word(text) || is_number(text) { Ok(format!("'{text}'")) } else { serde_yaml::to_string(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    use super::Block;

    fn written(text: &str) -> String {
        let mut block = Block::default();
        block.nested("outer", |block| {
            block.items("items", &[text], |block, text| {
                block.entry("first", text);
                block.entry("second", text);
            });
            block.list("list", &[text, text]);
            block.texts("texts", [("key", text)]);
            block.plain("number", 5);
        });
        block.finish().unwrap()
    }

    fn check(text: &str) -> (serde_yaml::Value, serde_yaml::Value) {
        let item = serde_yaml::to_value(std::collections::BTreeMap::from([("first", text), ("second", text)])).unwrap();
        let read: serde_yaml::Value = serde_yaml::from_str(&written(text)).unwrap();
        let mut wanted = serde_yaml::Mapping::new();
        wanted.insert("items".into(), vec![item].into());
        wanted.insert("list".into(), vec![text, text].into());
        wanted.insert("texts".into(), serde_yaml::to_value(std::collections::BTreeMap::from([("key", text)])).unwrap());
        wanted.insert("number".into(), 5.into());
        (read.get("outer").cloned().unwrap(), wanted.into())
    }

    #[test]
    fn a_text_stays_a_text() {
        assert_eq!(
            written("4.5"),
            "outer:\n  items:\n  - first: '4.5'\n    second: '4.5'\n  list:\n  - '4.5'\n  - '4.5'\n  texts:\n    key: \
             '4.5'\n  number: 5\n"
        );
        for text in [
            "",
            "no",
            "Off",
            "null",
            "~",
            "1",
            "0x1f",
            "1e5",
            "1_000",
            "10s",
            "12g",
            "a: b",
            "a:",
            "a #b",
            "# a",
            "- a",
            ".5",
            "./a",
            "/a b",
            "a\nb",
            " a\n\n  b\n",
            "a\n",
            "'",
            "\"",
            "*a",
            "한글",
            "a\tb",
            ".inf",
            "--- a",
            "x ",
        ] {
            let (read, wanted) = check(text);
            assert_eq!(read, wanted, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn any_text_stays_a_text(text in "[ -~\n가]{0,12}") {
            let (read, wanted) = check(&text);
            prop_assert_eq!(read, wanted);
        }
    }
}
