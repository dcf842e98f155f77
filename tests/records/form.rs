//! Every page is a MADR record that a Markdown parser reads as it was meant.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use snapbox::{Data, assert_data_eq};

use super::{ACCEPTED, Given, PROPOSED, day, file, fresh};
use crate::support::project;

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// The headings of a page with their levels.
fn headings(page: &str) -> Vec<(HeadingLevel, String)> {
    let mut headings = Vec::new();
    let mut open: Option<(HeadingLevel, String)> = None;
    for event in Parser::new_ext(page, options()) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => open = Some((level, String::new())),
            Event::End(TagEnd::Heading(_)) => headings.extend(open.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, heading)) = &mut open {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    headings
}

/// The paragraphs and the points of lists, as a reader sees them.
fn shown(page: &str) -> Vec<String> {
    let mut shown = vec![String::new()];
    for event in Parser::new_ext(page, options()) {
        match event {
            Event::Text(text) | Event::Code(text) => shown.last_mut().unwrap().push_str(&text),
            Event::SoftBreak => shown.last_mut().unwrap().push(' '),
            Event::Start(Tag::Link { .. }) => {}
            Event::Start(_) | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => {
                shown.push(String::new());
            }
            _ => {}
        }
    }
    shown
}

#[test]
fn every_example_has_records_with_the_sections_of_madr() {
    for entry in std::fs::read_dir(project("requirements-examples")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for (name, page) in fresh(&text, ACCEPTED).iter().filter(|(name, _)| *name != "README.md") {
            let front: serde_yaml::Value = serde_yaml::from_str(page.split("---\n").nth(1).unwrap()).unwrap();
            let keys: Vec<&str> = front.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect();
            assert_eq!(keys, ["status", "polyglot", "decision-makers", "consulted", "informed"]);
            assert_eq!(front["polyglot"]["data"].as_str(), name[5..].strip_suffix(".md"));
            let headings = headings(page);
            let of = |wanted: HeadingLevel| {
                headings.iter().filter(move |(level, _)| *level == wanted).map(|(_, text)| text.as_str())
            };
            assert_eq!(of(HeadingLevel::H1).count(), 1, "{name}");
            let sections: Vec<&str> = of(HeadingLevel::H2).collect();
            let madr = [
                "Context and Problem Statement",
                "Decision Drivers",
                "Considered Options",
                "Decision Outcome",
                "Pros and Cons of the Options",
                "More Information",
            ];
            assert_eq!(sections, madr, "{name}");
            let below: Vec<&str> = of(HeadingLevel::H3).collect();
            assert_eq!(below[..2], ["Consequences", "Confirmation"]);
            assert_eq!(below.last(), Some(&"Revisit when"));
            let shown = shown(page);
            let options = &below[2..below.len() - 1];
            for option in options {
                assert!(shown.iter().any(|line| line == option), "{name}: {option} is not considered");
            }
            let chosen = format!("Chosen option: \"{}\", because ", options[0]);
            assert!(shown.iter().any(|line| line.starts_with(&chosen)), "{name}: {chosen}");
            assert!(page.lines().all(|line| line == line.trim_end()), "{name}: spaces at the end of a line");
            assert!(!page.contains("\n\n\n"), "{name}: two empty lines");
        }
    }
}

/// The page of the documentation that shows a record, which is one.
#[test]
fn the_example_in_the_documentation_is_what_is_rendered() {
    let text = std::fs::read_to_string(project("requirements-examples/web-shop.yaml")).unwrap();
    let records = fresh(&text, Given { accepted: true, locked_on: Some(day("2026-11-22")), date: None });
    let committed = project("docs/example-record.md");
    assert_data_eq!(&records["0006-product_search.md"], Data::read_from(&committed, None).raw());
}

#[test]
fn the_index_is_a_table_with_a_row_for_each_record() {
    let text = std::fs::read_to_string(project("requirements-examples/web-shop.yaml")).unwrap();
    let records = fresh(&text, PROPOSED);
    let cells = |event: &Event<'_>| matches!(event, Event::Start(Tag::TableCell));
    let count = Parser::new_ext(&records["README.md"], options()).filter(cells).count();
    assert_eq!(count, 5 * records.len(), "five columns, a row for the head and for each record");
}

#[test]
fn what_a_person_says_is_shown_as_it_was_said() {
    for said in [
        "# not a heading",
        "- not a list",
        "12. not a list, 3) neither",
        "> not a quote",
        "--- === ***",
        "a *star*, _under_ user_profiles, `tick`, ~~gone~~ ~x~ and \\back",
        "<script>alert(1)</script> <!-- polyglot:end context --> &amp; &#35; AT&T",
        "[link](https://example.org) ![image](x) [ref]: y [^1]",
        "| a | b |",
        "$x$ and @someone, 50 % of it: ok!",
        "```",
        "~~~",
        "+ plus",
        "* star",
        "polyglot:begin context 0",
    ] {
        let quoted = serde_json::to_string(said).unwrap();
        let kind = format!(
            "orders: {{ kind: user_profile, description: {quoted}, owner: {quoted}, region: {quoted}, \
             database: mariadb, justification: {quoted} }}"
        );
        let records = fresh(&file(&[&kind]), PROPOSED);
        let page = &records["0001-orders.md"];
        let shown = shown(page);
        assert!(shown.iter().any(|line| line == said), "{said}: {shown:?}\n{page}");
        let pinned = format!("because the requirements pin it: {said}.");
        assert!(shown.iter().any(|line| line.contains(&pinned)), "{said}: {shown:?}");
        assert!(!shown.iter().any(|line| line.contains("polyglot:begin outcome")), "{said}");
        let plain = fresh(
            &file(&[
                "orders: { kind: user_profile, description: plain, owner: plain, region: plain, database: mariadb, justification: plain }",
            ]),
            PROPOSED,
        );
        assert_eq!(headings(page), headings(&plain["0001-orders.md"]), "{said}");
        assert_eq!(records, super::rendered(&file(&[&kind]), &records, PROPOSED), "{said}");
    }
    let several = "orders:\n    kind: user_profile\n    description: |\n      one\n\n      # two\n      three\n";
    let page = &fresh(&file(&[several]), PROPOSED)["0001-orders.md"];
    assert!(page.contains("\n\none # two three\n\n"), "{page}");
}
