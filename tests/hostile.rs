//! Text from a requirements file stays text: planted in every field of every example, it is refused when it is read, or it
//! ends up in a quotation, in a comment or in a value of what is rendered, and never in code.

use std::collections::BTreeSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};

use catalog::Catalog;
use polyglot::render::Kitchen;
use serde_yaml::{Mapping, Value};

use crate::render::{Rendered, examples, render_in};
use crate::support::parse;

/// What is looked for in what is rendered.
const PLANTED: &str = "ZZPLANTED";

/// Ends quotations and comments of every language that we write, calls programs, and looks like markup.
const ON_ONE_LINE: &str =
    "it's \" ` ZZPLANTED \\ ' ; -- */ // # $(ZZPLANTED) ${ZZPLANTED} {{ ZZPLANTED }} %} \\\" \\' ]]> <ZZPLANTED>";
const ON_SEVERAL: &str = "first\n\\! ZZPLANTED\n# ZZPLANTED\n'; DROP TABLE ZZPLANTED; --\n\"; ZZPLANTED(); //\n$(ZZPLANTED)\nEOF\nZZPLANTED\n";

/// Each would be more than a name in some language.
const HOSTILE_NAMES: [&str; 11] =
    ["a'b", "a\"b", "a`b", "a\\b", "a;b", "a$b", "a{b", "a\nb", "a\u{2028}b", "a/../b", "a b--"];

/// Fields that hold a person's words.
const WORDS: [&str; 5] = ["description", "justification", "owner", "region", "structure"];

/// Sets a field of each kind of data and of each collection, where it has such a field.
fn plant(file: &mut Value, field: &str, text: &str) {
    let Some(Value::Mapping(data)) = file.get_mut("data") else { panic!("no data") };
    for kind in data.iter_mut().filter_map(|(_, kind)| kind.as_mapping_mut()) {
        match field {
            "description" | "justification" | "owner" | "region" => set(kind, field, text),
            "backup.to" => {
                let backup = kind.entry("backup".into()).or_insert_with(|| Mapping::new().into());
                set(backup.as_mapping_mut().unwrap(), "to", text);
            }
            _ => {
                let Some(Value::Mapping(collections)) = kind.get_mut("collections") else { continue };
                for (_, collection) in collections.iter_mut() {
                    if collection.is_null() {
                        *collection = Mapping::new().into();
                    }
                    set(collection.as_mapping_mut().unwrap(), field, text);
                }
            }
        }
    }
}

fn set(map: &mut Mapping, field: &str, text: &str) {
    map.insert(field.into(), text.into());
}

/// Every place of a text in a file, as the way to it; keys are places of their own.
fn names(value: &Value) -> Vec<Vec<Step>> {
    match value {
        Value::Mapping(map) => {
            let under = |(key, value): (&Value, &Value)| {
                let key = key.as_str().unwrap_or_default().to_owned();
                let deeper = names(value).into_iter().map({
                    let key = key.clone();
                    move |rest| [vec![Step::Field(key.clone())], rest].concat()
                });
                std::iter::once(vec![Step::Key(key)]).chain(deeper).collect::<Vec<_>>()
            };
            map.iter().flat_map(under).collect()
        }
        Value::Sequence(items) => {
            let under =
                |(index, item)| names(item).into_iter().map(move |rest| [vec![Step::Item(index)], rest].concat());
            items.iter().enumerate().flat_map(under).collect()
        }
        Value::String(_) => vec![Vec::new()],
        _ => Vec::new(),
    }
}

#[derive(Debug, Clone)]
enum Step {
    Field(String),
    Item(usize),
    Key(String),
}

fn replace(value: &mut Value, way: &[Step], text: &str) {
    match (way.split_first(), value) {
        (None, value) => *value = text.into(),
        (Some((Step::Key(key), _)), Value::Mapping(map)) => {
            let entries = std::mem::take(map);
            map.extend(
                entries.into_iter().map(|(old, value)| if old == **key { (text.into(), value) } else { (old, value) }),
            );
        }
        (Some((Step::Field(key), rest)), Value::Mapping(map)) => {
            replace(map.get_mut(key.as_str()).unwrap(), rest, text);
        }
        (Some((Step::Item(index), rest)), Value::Sequence(items)) => replace(&mut items[*index], rest, text),
        (way, value) => panic!("no way: {way:?} in {value:?}"),
    }
}

/// Whether a field holds words, and may hold any.
fn holds_words(way: &[Step]) -> bool {
    let fields = way.iter().filter_map(|step| if let Step::Field(field) = step { Some(field.as_str()) } else { None });
    let last = fields.clone().next_back().unwrap_or_default();
    !matches!(way.last(), Some(Step::Key(_)))
        && (WORDS.contains(&last)
            || last == "embedding_function"
            || last == "operates"
            || fields.clone().any(|field| field == "backup"))
}

/// Whatever names something is checked when it is read.
#[test]
fn what_is_a_name_is_refused_when_it_could_be_more() {
    let catalog = polyglot::embedded::catalog();
    let mut tried = 0;
    for (name, text) in examples() {
        let file: Value = serde_yaml::from_str(&text).unwrap();
        for way in names(&file).into_iter().filter(|way| !holds_words(way)) {
            // Each place is tried with some, and each of them at hundreds of places.
            for hostile in HOSTILE_NAMES.iter().cycle().skip(tried).take(2) {
                let mut planted = file.clone();
                replace(&mut planted, &way, hostile);
                let text = serde_yaml::to_string(&planted).unwrap();
                assert!(parse(&text, &catalog).is_err(), "{name}: {way:?} may be {hostile:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn what_is_a_text_never_becomes_code() {
    let printed = texts_are_quoted(&Kitchen::default(), &polyglot::embedded::catalog());
    assert!(printed > 30, "it is printed {printed} times");
}

#[test]
fn what_is_a_name_is_quoted() {
    let printed = names_are_quoted(&Kitchen::default(), &polyglot::embedded::catalog());
    assert!(printed > 60, "it is printed {printed} times");
}

/// The tests above notice when a filter quotes no more.
#[test]
fn no_quoting_can_be_left_out() {
    let catalog = polyglot::embedded::catalog();
    for filter in Kitchen::QUOTING {
        let kitchen = Kitchen::without(filter);
        let holds = |check: fn(&Kitchen, &Catalog) -> usize| {
            catch_unwind(AssertUnwindSafe(|| check(&kitchen, &catalog))).is_ok()
        };
        assert!(!holds(texts_are_quoted) || !holds(names_are_quoted), "nobody notices that `{filter}` does not quote");
    }
}

/// What no example has: collections of vectors, whose names stand in a shell script.
const VECTORS: &str = "version: 1\nname: vectors\ndata:\n  notes:\n    vector_search: true\n    vectors: 10_000\n    dimension: 384\n    \
                       database: qdrant\n    justification: a test\n    collections: { pages: {} }\n";

/// Gives every collection and field, one after the other, another name, and says how often it is printed.
fn names_are_quoted(kitchen: &Kitchen, catalog: &Catalog) -> usize {
    let mut printed = 0;
    for (name, text) in examples() {
        let file: Value = serde_yaml::from_str(&text).unwrap();
        let keys = names(&file).into_iter().filter_map(|way| match way.as_slice() {
            [.., Step::Field(within), Step::Key(key)] if within == "collections" || within == "fields" => {
                Some(key.clone())
            }
            _ => None,
        });
        for key in keys.collect::<BTreeSet<_>>() {
            let text = renamed(&text, &key);
            if parse(&text, catalog).is_ok() {
                let mut rendered = rendered(kitchen, catalog, &text);
                // Elsewhere a name needs no quotation: it holds letters, digits and `_`.
                rendered
                    .files
                    .retain(|path, _| [".sql", ".cypher", ".js", ".sh"].iter().any(|end| path.ends_with(end)));
                printed += check(&rendered, &format!("{name}, {key}"));
            }
        }
    }
    let vectors = rendered(kitchen, catalog, VECTORS);
    let (_, script) = vectors.files.iter().find(|(path, _)| path.ends_with("qdrant/init.sh")).expect("a script");
    assert!(script.contains("collection 'pages' '{"), "{script}");
    printed
}

/// A text in which a word is another.
fn renamed(text: &str, word: &str) -> String {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let is_whole = !before.ends_with(in_word) && !after.starts_with(in_word);
        result.extend([before, if is_whole { PLANTED } else { word }]);
        rest = after;
    }
    result + rest
}

/// Plants words in every field that takes words, and says how often they are printed.
fn texts_are_quoted(kitchen: &Kitchen, catalog: &Catalog) -> usize {
    let mut printed = 0;
    for (name, text) in examples() {
        let file: Value = serde_yaml::from_str(&text).unwrap();
        for field in WORDS.into_iter().chain(["embedding_function", "backup.to"]) {
            for hostile in [ON_ONE_LINE, ON_SEVERAL] {
                let mut planted = file.clone();
                plant(&mut planted, field, hostile);
                let text = serde_yaml::to_string(&planted).unwrap();
                if parse(&text, catalog).is_err() {
                    assert!(hostile == ON_SEVERAL, "{name}: a {field} on one line is refused");
                    continue;
                }
                printed += check(&rendered(kitchen, catalog, &text), &format!("{name}, {field}"));
            }
        }
    }
    printed
}

fn rendered(kitchen: &Kitchen, catalog: &Catalog, text: &str) -> Rendered {
    render_in(kitchen, catalog, text, None).unwrap_or_else(|error| panic!("{error}"))
}

/// Checks every file, and says in how many the text stands.
fn check(rendered: &Rendered, what: &str) -> usize {
    let mut printed = 0;
    for (path, content) in rendered.files.iter().filter(|(_, content)| content.contains(PLANTED)) {
        printed += 1;
        let end = path.rsplit('.').next().unwrap_or_default();
        let code = match end {
            "sql" => without_text(
                content,
                &["--", "#"],
                path.contains("mysql") || path.contains("mariadb") || path.contains("clickhouse"),
            ),
            "js" | "cypher" => without_text(content, &["//"], true),
            "sh" => {
                assert!(is_shell(content), "{what}: bash does not read {path}");
                without_text(content, &["#"], true)
            }
            "yaml" | "yml" | "json" => {
                let read: Value =
                    serde_yaml::from_str(content).unwrap_or_else(|error| panic!("{what}: {path}: {error}"));
                let is_key = |way: &Vec<Step>| matches!(way.last(), Some(Step::Key(key)) if key.contains(PLANTED));
                assert!(!names(&read).iter().any(is_key), "{what}: {path}");
                continue;
            }
            "md" => {
                let is_heading = |line: &str| line.starts_with('#') && line.contains(PLANTED);
                assert!(
                    !content.lines().any(is_heading) && !content.replace("\\<", "").contains("<ZZPLANTED>"),
                    "{what}: {path}"
                );
                continue;
            }
            _ => content.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n"),
        };
        assert!(!code.contains(PLANTED), "{what}: {path}\n{}", line_of(&code));
    }
    printed
}

fn line_of(code: &str) -> &str {
    code.lines().find(|line| line.contains(PLANTED)).unwrap_or_default()
}

/// A program without its quotations and comments.
fn without_text(code: &str, comments: &[&str], has_escapes: bool) -> String {
    let mut rest = code;
    let mut kept = String::new();
    while let Some(first) = rest.chars().next() {
        let begins_a_word =
            kept.chars().last().is_none_or(|before| before.is_whitespace() || before == ';' || before == ')');
        if begins_a_word && comments.iter().any(|comment| rest.starts_with(comment)) {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if matches!(first, '\'' | '"' | '`') {
            let mut inside = rest.char_indices().skip(1);
            let escapes = has_escapes && first != '`';
            let end = loop {
                match inside.next() {
                    None => break rest.len(),
                    Some((_, '\\')) if escapes => drop(inside.next()),
                    Some((at, quote)) if quote == first => break at + 1,
                    Some(_) => {}
                }
            };
            rest = &rest[end..];
            kept.push('_');
        } else {
            kept.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    kept
}

fn is_shell(code: &str) -> bool {
    let bash = Command::new("bash").args(["-n", "-s"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut bash = bash.expect("bash");
    bash.stdin.take().expect("its input").write_all(code.as_bytes()).expect("bash reads");
    bash.wait().expect("bash ends").success()
}
