//! The report to look at: well-formed, self-contained, and the same answer that the other outputs give.
//!
//! The page is written so that a parser of XML reads it too: what is left open or unescaped is found here. How it looks
//! and whether everybody can use it is tried in a browser, in `live/report.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use polyglot::config::Policy;
use polyglot::decide::portfolio::{Portfolio, Question};
use polyglot::decide::{DecisionContext, Depth, Selection, Tree};
use polyglot::plan::Plan;
use polyglot::report::Shown;
use polyglot::report::document::Document;
use polyglot::report::page::{self, Sight};
use polyglot::size::{Host, Reckoner};
use roxmltree::{Document as Page, Node, ParsingOptions};

use crate::session::{Session, files};
use crate::support::{parse, project};

/// The page of a requirements text, and the answer that it shows.
fn report(text: &str) -> (String, Document) {
    report_with(text, |_| ())
}

/// The same, with a look at its portfolio.
fn report_with(text: &str, look: impl FnOnce(&Portfolio<'_>)) -> (String, Document) {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    let requirements = parse(text, &catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    let policy = Policy::default();
    let facts = DecisionContext::new(crate::support::knowledge(&catalog, &tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &facts, Depth::Flips);
    let host = Host::of(&requirements.target, None);
    let plan = Plan::of(&requirements, &selection, &catalog, &Reckoner::default(), host).unwrap();
    let shown = Shown {
        requirements: &requirements,
        selection: &selection,
        tree: &tree,
        catalog: &catalog,
        capacity: &plan.capacity,
    };
    let question = Question { requirements: &requirements, most: None };
    let portfolio = Portfolio::of(question, &facts, &mut || false).unwrap();
    look(&portfolio);
    let sight = Sight { shown, plan: &plan, catalog: &catalog, portfolio: Some(&portfolio) };
    let page = page::artifact(sight, "0.0.0").unwrap();
    assert_eq!(page.path, page::FILE);
    (page.content, Document::of(shown))
}

fn read(page: &str) -> Page<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Page::parse_with_options(page, options).unwrap_or_else(|error| panic!("{error}\n{page}"))
}

fn examples() -> Vec<(String, String)> {
    let files = std::fs::read_dir(project("requirements-examples")).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
}

fn elements<'a>(page: &'a Page<'_>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    page.descendants().filter(move |node| node.tag_name().name() == name)
}

fn classes<'a>(node: Node<'a, '_>) -> BTreeSet<&'a str> {
    node.attribute("class").unwrap_or_default().split_whitespace().collect()
}

fn by_id<'a>(page: &'a Page<'_>, id: &str) -> Node<'a, 'a> {
    page.descendants().find(|node| node.attribute("id") == Some(id)).unwrap_or_else(|| panic!("no #{id}"))
}

/// All text of a node, with single blanks.
fn words(node: Node<'_, '_>) -> String {
    let all: String = node.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect();
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number(node: Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {attribute}"))
}

#[test]
fn every_example_gives_one_page_that_stands_alone() {
    for (name, text) in examples() {
        let (content, _) = report(&text);
        let page = read(&content);
        for forbidden in ["script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use"] {
            assert_eq!(elements(&page, forbidden).count(), 0, "{name}: <{forbidden}>");
        }
        for node in page.descendants().filter(Node::is_element) {
            for attribute in node.attributes() {
                let name = attribute.name();
                assert!(!name.starts_with("on") && !["src", "srcset", "background", "ping"].contains(&name), "{name}");
            }
        }
        let mut links = elements(&page, "a").map(|link| link.attribute("href").unwrap());
        assert!(links.all(|link| link.starts_with('#') || link.starts_with("https://")), "{name}");
        let style = words(elements(&page, "style").next().unwrap());
        assert!(!style.contains("url(") && !style.contains("@import"), "{name}");
        let policy = elements(&page, "meta").find(|meta| meta.attribute("http-equiv").is_some()).unwrap();
        assert_eq!(policy.attribute("content"), Some("default-src 'none'; style-src 'unsafe-inline'"));
    }
}

#[test]
fn every_reference_within_a_page_leads_somewhere() {
    for (name, text) in examples() {
        let (content, _) = report(&text);
        let page = read(&content);
        let mut ids = BTreeSet::new();
        for id in page.descendants().filter_map(|node| node.attribute("id")) {
            assert!(ids.insert(id), "{name}: #{id} twice");
        }
        for node in page.descendants().filter(Node::is_element) {
            let labels = node.attribute("aria-labelledby").unwrap_or_default().split_whitespace();
            let target = node.attribute("href").and_then(|link| link.strip_prefix('#'));
            for id in labels.chain(target) {
                assert!(ids.contains(id), "{name}: nothing is called {id}");
            }
        }
    }
}

#[test]
fn every_table_says_what_its_rows_and_columns_are() {
    for (name, text) in examples() {
        let (content, _) = report(&text);
        let page = read(&content);
        for table in elements(&page, "table") {
            let parts: Vec<_> = table.children().filter(Node::is_element).collect();
            assert_eq!(parts[0].tag_name().name(), "caption", "{name}");
            let heads = table.descendants().filter(|node| node.tag_name().name() == "th");
            assert!(heads.clone().all(|head| matches!(head.attribute("scope"), Some("row" | "col"))), "{name}");
            let rows = table.descendants().filter(|node| node.tag_name().name() == "tr");
            let widths: BTreeSet<usize> = rows.map(|row| row.children().filter(Node::is_element).count()).collect();
            assert_eq!(widths.len(), 1, "{name}: the rows of {} differ: {widths:?}", words(parts[0]));
        }
        let levels: Vec<u32> =
            page.descendants().filter_map(|node| node.tag_name().name().strip_prefix('h')?.parse().ok()).collect();
        assert_eq!(levels[0], 1, "{name}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: a level is left out: {levels:?}");
    }
}

#[test]
fn a_page_shows_the_answer_that_the_other_outputs_give() {
    for (name, text) in examples() {
        let (content, document) = report(&text);
        let page = read(&content);
        let rows = by_id(&page, "selection").descendants().filter(|node| node.attribute("scope") == Some("row"));
        assert_eq!(rows.count(), document.selections.len(), "{name}");
        for chosen in &document.selections {
            let kind = by_id(&page, &format!("kind-{}", chosen.data));
            let said = words(kind);
            assert!(said.contains(&chosen.fit.verdict), "{name}: {}", chosen.data);
            let path = kind.descendants().find(|node| classes(*node).contains("path")).unwrap();
            let steps: Vec<_> = path.children().filter(Node::is_element).map(words).collect();
            assert_eq!(steps.len(), chosen.path.len(), "{name}: {}", chosen.data);
            for (step, asked) in steps.iter().zip(&chosen.path) {
                let answer = if asked.answer { "yes" } else { "no" };
                assert!(step.starts_with(&format!("{answer} {}", asked.question)), "{name}: {step}");
            }
            let flips = kind.descendants().filter(|node| classes(*node).contains("flips"));
            let flips =
                flips.flat_map(|table| table.descendants()).filter(|node| node.attribute("scope") == Some("row"));
            assert_eq!(flips.count(), chosen.flips.len(), "{name}: {}", chosen.data);
            for check in &chosen.fit.checks {
                assert!(said.contains(&check.why.split_whitespace().collect::<Vec<_>>().join(" ")), "{name}");
            }
        }
    }
}

/// In the tree's chart each column holds the answers of one kind of data, in their order, and ends where its way ends.
#[test]
fn the_way_of_each_kind_can_be_followed_downwards() {
    for (name, text) in examples() {
        let (content, document) = report(&text);
        let page = read(&content);
        let body = by_id(&page, "tree").descendants().find(|node| node.tag_name().name() == "tbody").unwrap();
        let rows: Vec<Vec<Node<'_, '_>>> = body
            .children()
            .filter(Node::is_element)
            .map(|row| row.children().filter(Node::is_element).collect())
            .collect();
        for (index, chosen) in document.selections.iter().enumerate() {
            let mut path = Vec::new();
            let mut ended = 0;
            for row in &rows {
                let question = words(row[0].children().find(Node::is_element).unwrap());
                let cell = row[index + 1];
                let stop = cell.children().find(|node| node.tag_name().name() == "i").map(classes).unwrap_or_default();
                assert!(ended == 0 || stop.is_empty(), "{name}: {} goes on after its end", chosen.data);
                for (word, answer) in [("yes", true), ("no", false)] {
                    if stop.contains(word) {
                        path.push((question.clone(), answer));
                    }
                }
                ended += usize::from(classes(cell).contains("last"));
            }
            let asked: Vec<_> = chosen.path.iter().map(|asked| (asked.question.clone(), asked.answer)).collect();
            assert_eq!((path, ended), (asked, 1), "{name}: {}", chosen.data);
        }
    }
}

#[test]
fn the_parts_of_the_memory_are_the_whole() {
    for (name, text) in examples() {
        let (content, _) = report(&text);
        let page = read(&content);
        let bar = page.descendants().find(|node| classes(*node).contains("stack")).unwrap();
        let widths = bar.children().filter(Node::is_element).map(|part| {
            let style = part.attribute("style").unwrap();
            style.strip_prefix("flex-grow:").unwrap().parse::<f64>().unwrap()
        });
        let sum: f64 = widths.clone().sum();
        let off = 0.05 * widths.count() as f64;
        assert!((sum - 1000.0).abs() <= off, "{name}: {sum} of 1000");
    }
}

#[test]
fn the_portfolio_is_shown_as_it_was_found() {
    for (name, text) in examples() {
        let mut found = (Vec::new(), String::new(), 0);
        let (content, document) = report_with(&text, |portfolio| {
            let best = portfolio.frontier.iter().filter_map(|point| point.best.as_ref());
            found.0 = best.map(|best| best.cost.to_string()).collect();
            found.1 = portfolio.together.cost.to_string();
            found.2 = portfolio.kinds.iter().filter(|kind| kind.moved()).count();
        });
        let (costs, together, moved) = found;
        let page = read(&content);
        let section = by_id(&page, "portfolio");
        let caption = by_id(&page, "sets-caption");
        let rows = caption.parent().unwrap().descendants().filter(|node| node.tag_name().name() == "tr");
        let told = rows.filter_map(|row| row.children().find(|node| node.tag_name().name() == "td")).map(words);
        let told: Vec<String> = told.filter(|cost| !cost.is_empty()).collect();
        assert_eq!(told, costs, "{name}");
        let sum = section.descendants().find(|node| classes(*node).contains("sum")).unwrap();
        assert!(words(sum).ends_with(&together), "{name}");
        let points = section.descendants().filter(|node| node.tag_name().name() == "circle").count();
        let drawn = if points == 0 { 0 } else { costs.len() + usize::from(moved > 0) };
        assert_eq!(points, drawn, "{name}");
        let held = section.descendants().find(|node| node.attribute("id") == Some("moves-caption"));
        assert_eq!(held.is_some(), moved > 0, "{name}");
        if let Some(table) = held.and_then(|caption| caption.parent()) {
            let kinds = table.descendants().filter(|node| node.attribute("scope") == Some("row"));
            assert_eq!(kinds.count(), document.selections.len(), "{name}");
        }
    }
}

/// A requirements text with a chain of copies, one that feeds many, long names and a pooler.
fn tangled() -> String {
    let mut text = String::from("version: 1\ntarget: { memory: 256GB, cpus: 32, disk: 8TB }\ndata:\n");
    let _ = writeln!(text, "  {}: {{ kind: user_profile, connections: 5000 }}", "a".repeat(60));
    for index in 0..6 {
        let source = if index == 0 { "a".repeat(60) } else { format!("link-{}", index - 1) };
        let _ = writeln!(text, "  link-{index}: {{ kind: log, durability: derived, source: {source}, sync: outbox }}");
    }
    for index in 0..8 {
        let fields = "kind: vector, durability: derived, source: link-2, max_lag: 5s";
        let _ = writeln!(text, "  leaf-{index}: {{ {fields} }}");
    }
    text.push_str("  alone: { kind: file }\n  billing: { needs_transactions: true }\n");
    text
}

/// The parts of a page's data flow of one name.
fn drawn<'a>(page: &'a Page<'_>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    by_id(page, "flow").descendants().filter(move |node| node.tag_name().name() == name)
}

/// The boxes of a page's data flow: left, top, right and bottom.
fn boxes(page: &Page<'_>) -> Vec<[f64; 4]> {
    let boxes = drawn(page, "rect").map(|rect| {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(rect, name));
        [x, y, x + width, y + height]
    });
    boxes.collect()
}

fn overlap(one: &[f64; 4], other: &[f64; 4]) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}

#[test]
fn nothing_in_the_data_flow_covers_something_else() {
    let mut all = examples();
    all.push((String::from("tangled"), tangled()));
    for (name, text) in all {
        let (content, document) = report(&text);
        let page = read(&content);
        let boxes = boxes(&page);
        let texts = drawn(&page, "text").map(|text| {
            let (x, y) = (number(text, "x"), number(text, "y"));
            let length = words(text).chars().count() as f64;
            let class = text.attribute("class").unwrap();
            match class {
                "title" => (class, [x, y - 10.0, x + length * 7.9, y + 3.0]),
                "below" => (class, [x, y - 9.0, x + length * 6.6, y + 3.0]),
                _ => (class, [x - length * 6.6, y - 9.0, x, y + 3.0]),
            }
        });
        let texts: Vec<_> = texts.collect();
        for (index, one) in boxes.iter().enumerate() {
            assert!(boxes[index + 1..].iter().all(|other| !overlap(one, other)), "{name}: two boxes meet");
        }
        for (index, (class, one)) in texts.iter().enumerate() {
            let inside = boxes.iter().filter(|place| overlap(one, place)).count();
            assert_eq!(inside, usize::from(*class != "how"), "{name}: a text leaves its box or its gap");
            assert!(texts[index + 1..].iter().all(|(_, other)| !overlap(one, other)), "{name}: two texts meet");
        }
        if let Some(picture) = drawn(&page, "svg").next() {
            let (width, height) = (number(picture, "width"), number(picture, "height"));
            assert!(boxes.iter().all(|place| place[2] <= width && place[3] <= height), "{name}");
        }
        let titles: BTreeSet<String> = drawn(&page, "text").map(words).collect();
        let apart = words(by_id(&page, "flow"));
        let is_drawn = !boxes.is_empty();
        let shown = |data: &str| !is_drawn || titles.contains(data) || apart.contains(data) || data.len() > 30;
        assert!(document.selections.iter().all(|chosen| shown(&chosen.data)), "{name}");
    }
}

#[test]
fn text_from_the_file_stays_text() {
    const EVIL: &str = "</style></title><script>alert('&amp;')</script><b onload=\\\"x\\\">\\uFFFE]]>--&gt;";
    let shown = "</style></title><script>alert('&amp;')</script><b onload=\"x\">\u{fffd}]]>--&gt;";
    let text = format!(
        "version: 1\ndata:\n  orders:\n    description: \"{EVIL}\"\n    needs_transactions: true\n    \
         database: postgresql\n    justification: \"{EVIL}\"\n    backup: {{ every: 1d, to: \"{EVIL}\" }}\n"
    );
    let (content, _) = report(&text);
    let page = read(&content);
    assert_eq!(elements(&page, "script").count() + elements(&page, "title").count(), 1);
    let written = words(page.root());
    assert_eq!(written.matches(shown).count(), 4, "{written}");
}

#[test]
fn the_same_file_gives_the_same_page() {
    for (_, text) in examples() {
        assert_eq!(report(&text).0, report(&text).0);
    }
}

const SHOP: &str = "version: 1
name: web-shop
target: { memory: 8GB, cpus: 4 }
data:
  accounts: { kind: user_profile, connections: 50 }
  sessions: { durability: cache, data_size: 200MB }
";

#[test]
fn the_page_alone_is_written_where_it_is_asked_for() {
    let session = Session::new("report-alone").file("polyglot.yaml", SHOP);
    session.expect(&["render", "--report"], 0);
    let names: Vec<_> = files(&session.folder.join("deploy")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["report.html"]);
    session.expect(&["render", "--report", "--check"], 0);
    let (out, _) = session.expect(&["render", "--report", "--stdout"], 0);
    assert!(out.starts_with("==> report.html <==\n<!-- Generated by polyglot "), "{out}");
}

#[test]
fn a_page_that_is_there_is_kept_up_to_date() {
    let session = Session::new("report-kept").file("polyglot.yaml", SHOP);
    session.expect(&["render"], 0);
    assert!(!session.folder.join("deploy/report.html").exists(), "nobody asked for it");
    session.expect(&["render", "--report"], 0);
    session.expect(&["render", "--check"], 0);
    let session = session.file("polyglot.yaml", &SHOP.replace("connections: 50", "connections: 60"));
    let (out, _) = session.expect(&["render", "--check"], 1);
    assert!(out.contains("report.html: outdated"), "{out}");
    let (found, _) = session.expect(&["lint"], 1);
    assert!(found.contains("report.html is not what would be rendered now"), "{found}");
    session.expect(&["render"], 0);
    session.expect(&["render", "--report", "--check"], 0);
    assert!(session.read("deploy/report.html").contains("<b>60</b>"));
}

#[test]
fn a_page_that_is_not_ours_is_left_alone() {
    let own = "<!DOCTYPE html><title>our own</title>\n";
    let session = Session::new("report-foreign").file("polyglot.yaml", SHOP).file("deploy/report.html", own);
    session.expect(&["render"], 0);
    session.expect(&["render", "--report"], 1);
    assert_eq!(session.read("deploy/report.html"), own);
}

#[test]
fn a_host_that_is_too_small_gives_no_page() {
    let text = SHOP.replace("8GB", "64MB");
    let session = Session::new("report-too-small").file("polyglot.yaml", &text);
    session.expect(&["render", "--report"], 2);
    assert!(!session.folder.join("deploy").exists());
}

/// Each need of a kind of data has one mark in the matrix, as good as the check behind it.
#[test]
fn the_matrix_marks_every_need() {
    for (name, text) in examples() {
        let (content, document) = report(&text);
        let page = read(&content);
        let table = by_id(&page, "matrix").descendants().find(|node| classes(*node).contains("grid"));
        let Some(table) = table else { continue };
        let marks = table.descendants().filter(|node| classes(*node).contains("mark"));
        let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
        for mark in marks {
            let level = classes(mark).into_iter().find(|class| *class != "mark").unwrap();
            *levels.entry(level).or_default() += 1;
        }
        let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
        for check in document.selections.iter().flat_map(|chosen| &chosen.fit.checks) {
            if let Some(level) =
                ["native", "adequate", "strained", "no"].into_iter().find(|level| *level == check.limit)
            {
                *expected.entry(level).or_default() += 1;
            }
        }
        assert_eq!(levels, expected, "{name}");
    }
}
