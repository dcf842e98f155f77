//! The files of requirements-examples: each runs, and prints what it printed before.
//!
//! What they print is kept under tests/examples/, a folder for each; `SNAPSHOTS=overwrite` writes it anew.

use std::collections::BTreeSet;
use std::path::Path;

use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection, Tree};
use polyglot::report::{Format, Shown};
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};
use unicode_width::UnicodeWidthStr;

use crate::support::{capacity, parse, polyglot, project};

/// The files that are kept of each example, and how each is printed by the program.
const PRINTED: [(&str, &[&str]); 5] = [
    ("explain.txt", &["--explain"]),
    ("selection.md", &["--format", "markdown"]),
    ("selection.csv", &["--format", "csv"]),
    ("selection.json", &["--format", "json"]),
    ("selection.yaml", &["--format", "yaml"]),
];

/// The files that are kept of each example's table, and how wide each is.
const TABLES: [(&str, u16); 2] = [("table-80.txt", 80), ("table-160.txt", 160)];

/// Widths of terminals, from the narrowest that we write for.
const WIDTHS: [u16; 9] = [40, 50, 60, 72, 80, 100, 120, 160, 250];

/// The names of what lies in a folder.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(project(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8")).collect()
}

/// The examples, without `.yaml`.
fn examples() -> BTreeSet<String> {
    let stem = |name: &String| name.strip_suffix(".yaml").unwrap_or_else(|| panic!("{name} is no .yaml")).to_owned();
    names("requirements-examples").iter().map(stem).collect()
}

fn text_of(example: &str) -> String {
    std::fs::read_to_string(project(&format!("requirements-examples/{example}.yaml"))).expect("an example")
}

/// What `select` prints for an example.
fn print(example: &str, arguments: &[&str]) -> String {
    let file = format!("requirements-examples/{example}.yaml");
    let output = polyglot(&project(""), &[&["select", &file], arguments].concat());
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {messages}");
    let told = text_of(example).lines().any(|line| line.starts_with('#') && line.contains("exceeds"));
    assert!(told || messages.is_empty(), "{example}: an example gives no warning: {messages}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A requirements text in a format, without escapes.
fn render(text: &str, format: Format, width: u16) -> String {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).expect("the tree");
    let requirements = parse(text, &catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    let policy = Policy::default();
    let facts = DecisionContext::new(crate::support::knowledge(&catalog, &tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &facts, Depth::Answer);
    let capacity = capacity(&requirements, &selection, &catalog);
    let shown = Shown {
        requirements: &requirements,
        selection: &selection,
        tree: &tree,
        catalog: &catalog,
        capacity: &capacity,
    };
    anstream::adapter::strip_str(&format.render(shown, polyglot::report::style::Look::plain(width)).expect("a report"))
        .to_string()
}

/// Compares a text with the file that holds what it was.
fn compare(path: &Path, actual: &str) -> Result<(), String> {
    let expected = Data::read_from(path, Some(DataFormat::Text)).raw();
    let assert = Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV);
    let name = path.display().to_string();
    assert.try_eq(Some(&name), Data::text(actual), expected).map_err(|error| error.to_string())
}

#[test]
fn each_example_prints_what_it_printed() {
    let mut faults = Vec::new();
    for example in examples() {
        let folder = project("tests/examples").join(&example);
        let tables = TABLES.map(|(name, width)| (name, render(&text_of(&example), Format::Table, width)));
        let printed = PRINTED.map(|(name, arguments)| (name, print(&example, arguments)));
        for (name, text) in tables.into_iter().chain(printed) {
            faults.extend(compare(&folder.join(name), &text).err());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_kept_is_of_an_example() {
    assert_eq!(names("tests/examples"), examples(), "a folder of tests/examples for each example");
    let kept: BTreeSet<String> =
        TABLES.map(|(name, _)| name).into_iter().chain(PRINTED.map(|(name, _)| name)).map(String::from).collect();
    for example in examples() {
        assert_eq!(names(&format!("tests/examples/{example}")), kept, "{example}");
    }
}

#[test]
fn each_example_fits_or_says_why_not() {
    for example in examples() {
        let text = text_of(&example);
        let (modeline, rest) = text.split_once('\n').expect("several lines");
        assert_eq!(modeline, "# yaml-language-server: $schema=../schemas/requirements.schema.json", "{example}");
        let comment: Vec<&str> = rest.lines().take_while(|line| line.starts_with('#')).collect();
        assert!(comment.join("\n").contains("Look at `"), "{example}: its comment says what to look at");
        let selection: serde_json::Value = serde_json::from_str(&print(&example, &["--format", "json"])).expect("JSON");
        for selected in selection["selections"].as_array().expect("selections") {
            let told = comment.iter().any(|line| line.contains("exceeds"));
            assert!(selected["fit"]["verdict"] != "exceeds" || told, "{example}: {} exceeds", selected["data"]);
        }
    }
}

#[test]
fn a_table_is_as_wide_as_the_terminal_at_most() {
    let wide: Vec<_> = texts().iter().flat_map(|(name, text)| too_wide(name, text)).collect();
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
fn a_word_that_is_wider_than_the_terminal_is_broken() {
    let wide = too_wide("unbreakable", UNBREAKABLE);
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// The lines of a text's table that are wider than the terminal that they were made for.
fn too_wide(name: &str, text: &str) -> Vec<String> {
    let mut wide = Vec::new();
    for width in WIDTHS {
        let table = render(text, Format::Table, width);
        let lines = table.lines().filter(|line| line.width() > usize::from(width));
        wide.extend(lines.map(|line| format!("{name} at {width}, {} wide: {line}", line.width())));
    }
    wide
}

#[test]
fn a_row_of_markdown_has_as_many_cells_as_its_heading() {
    for (name, text) in texts() {
        let markdown = render(&text, Format::Markdown, 0);
        let rows: Vec<_> = markdown.lines().filter(|line| line.starts_with('|')).collect();
        assert!(rows.len() > 2, "{name}: {markdown}");
        for row in rows {
            assert_eq!(unescaped_bars(row), 5, "{name}: {row}");
        }
    }
}

#[test]
fn code_in_markdown_has_no_escapes() {
    for (name, text) in texts() {
        let markdown = render(&text, Format::Markdown, 0).replace("\\`", "");
        for code in markdown.lines().flat_map(|line| line.split('`').skip(1).step_by(2)) {
            assert!(!code.contains('\\'), "{name}: `{code}`");
        }
    }
}

/// The bars of a line that begin or end a cell.
fn unescaped_bars(row: &str) -> usize {
    let mut escaped = false;
    let is_bar = |character| {
        let bar = character == '|' && !escaped;
        escaped = character == '\\' && !escaped;
        bar
    };
    row.chars().map(is_bar).filter(|bar| *bar).count()
}

#[test]
fn csv_reads_back() {
    for (name, text) in texts() {
        let catalog = polyglot::embedded::catalog();
        let requirements = parse(&text, &catalog).expect("a good text");
        let csv = render(&text, Format::Csv, 0);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let column = |title: &str| header.iter().position(|known| known == title).expect(title);
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
        let data: Vec<&str> = rows.iter().map(|row| &row[column("data")]).collect();
        assert_eq!(data, requirements.data.keys().map(String::as_str).collect::<Vec<_>>(), "{name}");
        for (row, data) in rows.iter().zip(requirements.data.values()) {
            if let Some(why) = &data.justification {
                assert!(row[column("reason")].contains(why.value.trim()), "{name}: {row:?}");
            }
        }
    }
}

#[test]
fn yaml_says_what_json_says() {
    for (name, text) in texts() {
        let json: serde_json::Value = serde_json::from_str(&render(&text, Format::Json, 0)).expect("JSON");
        let yaml: serde_json::Value = serde_yaml::from_str(&render(&text, Format::Yaml, 0)).expect("YAML");
        assert_eq!(yaml, json, "{name}");
    }
}

/// The examples, and texts that are hard to print: wide characters, and some that mean something to a format.
fn texts() -> Vec<(String, String)> {
    let examples = examples().into_iter().map(|example| (text_of(&example), example));
    let mut texts: Vec<_> = examples.map(|(text, example)| (example, text)).collect();
    texts.push((String::from("korean"), korean()));
    texts.push((String::from("awkward"), AWKWARD.to_owned()));
    texts
}

/// Every kind by its Korean name, with Korean descriptions, and pins whose reasons are wide.
fn korean() -> String {
    let catalog = polyglot::embedded::catalog();
    let kinds = catalog.matrix().row.iter().map(|row| {
        let (kind, korean) = (&row.kind, &row.korean);
        format!("  {kind}:\n    kind: {korean}\n    description: {korean}을 오래 보관하고 자주 읽는다\n")
    });
    let pinned = "  pinned:\n    kind: 시계열 데이터\n    database: postgresql\n    justification: \
                  운영팀이 이미 데이터베이스를 운영하고 있으며 측정값이 적어서 따로 운영할 이유가 없다\n";
    ["version: 1\nname: hangul\ndata:\n", &kinds.collect::<String>(), pinned].concat()
}

const AWKWARD: &str = r#"
version: 1
name: awkward
data:
  bars:
    kind: conversation
    database: postgresql
    justification: "a | b || c \\| d \\\\| e"
  quotes:
    kind: conversation
    database: postgresql
    justification: 'she said "no", then: `yes`, *well*, [perhaps](x), <b>, ; and , and = and + and @'
  lines:
    kind: conversation
    database: postgresql
    justification: |
      first line
      | second line |

      - last line: "yes"
  numbers:
    kind: conversation
    database: postgresql
    justification: "1e3"
  words:
    kind: conversation
    database: postgresql
    justification: "yes"
"#;

const UNBREAKABLE: &str = "
version: 1
data:
  a-name-of-sixty-three-characters-which-is-the-longest-there-is0:
    kind: conversation
    database: postgresql
    justification: a_word_of_a_hundred_characters_without_a_space_that_no_terminal_of_forty_columns_can_hold_on_one_line_
  without-spaces:
    kind: 그래프 관계
    database: postgresql
    justification: 運用チームは既にこのデータベースを運用しており測定値は少ないので別のものを運用する理由はないと考えられるため
";
