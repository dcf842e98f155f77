//! A record's page: the sections of MADR 4.0, each filled from the decision.

use catalog::units::Bytes;
use catalog::vocabulary::{Flag, Quantity};
use catalog::{Catalog, Database, Level, State, Version};

use crate::decide::{Alternative, Check, Figure, Selected, Selection, Tree, Verdict, What};
use crate::plan::{Capacity, CapacityVerdict, Resource};
use crate::requirements::{Change, Data, Profile};

use crate::render::markdown::{clause, code, link, list, row, text};

/// What a page is made of.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    /// The system's name.
    pub(super) system: &'a str,
    pub(super) selection: &'a Selection<'a>,
    pub(super) selected: &'a Selected<'a>,
    pub(super) catalog: &'a Catalog,
    pub(super) tree: &'a Tree,
    /// What the services need of the host.
    pub(super) capacity: &'a Capacity,
    /// How it goes together with other records, in sentences.
    pub(super) links: &'a str,
}

/// The name of the section that says how a record goes together with others.
pub(super) const LINKS: &str = "links";

impl Page<'_> {
    /// The sections by their names, in their order. What a person adds after one belongs to it.
    pub(super) fn sections(self) -> [(&'static str, String); 9] {
        [
            ("context", self.context()),
            ("drivers", self.drivers()),
            ("options", self.options()),
            ("outcome", self.outcome()),
            ("consequences", self.consequences()),
            ("confirmation", confirmation()),
            ("comparison", self.comparison()),
            (LINKS, links(self.links)),
            ("revisit", self.revisit()),
        ]
    }

    fn context(self) -> String {
        let Self { selected, system, .. } = self;
        let data = selected.data;
        let name = code(selected.name);
        let databases: Vec<String> = selected.databases.iter().map(|one| text(&one.name)).collect();
        let kind = data.kind.as_ref().map_or_else(String::new, |kind| format!(", a {},", code(&kind.value)));
        let mut paragraphs = vec![
            format!("# Use {} for {}", row(&databases), text(selected.name)),
            String::from("## Context and Problem Statement"),
            format!("Which database holds {name}{kind} in the system {}?", code(system)),
        ];
        paragraphs.extend(data.description.as_ref().map(|words| text(&words.value)).filter(|words| !words.is_empty()));
        let facts = circumstances(data);
        if !facts.is_empty() {
            paragraphs.push(facts.join(" "));
        }
        format!("{}\n", paragraphs.join("\n\n"))
    }

    fn drivers(self) -> String {
        let facts = Profile::of(self.selected.data, self.catalog).facts();
        let drivers: Vec<String> = facts.into_iter().map(driver).collect();
        let drivers = if drivers.is_empty() {
            vec![String::from("The requirements say nothing that decides: the default of the decision tree holds")]
        } else {
            drivers
        };
        format!("## Decision Drivers\n\n{}", list(drivers))
    }

    fn options(self) -> String {
        let others = self.selected.alternatives.iter().map(|other| text(&other.database.name));
        format!("## Considered Options\n\n{}", list(std::iter::once(self.chosen()).chain(others)))
    }

    fn outcome(self) -> String {
        let selected = self.selected;
        let walked = selected.instead_of.as_ref().map_or_else(String::new, |(walked, why)| {
            let walked: Vec<String> = walked.iter().map(|database| text(&database.name)).collect();
            let why = if selected.pinned { String::from("the pin overrules it") } else { clause(why) };
            format!("The decision tree alone arrives at {}: {why}.\n", row(&walked))
        });
        let steps = selected.path.iter().filter_map(|step| {
            let answer = if step.yes { "Yes" } else { "No" };
            Some(format!("{} {answer}.", text(&self.tree.questions().get(step.question)?.ask)))
        });
        format!(
            "## Decision Outcome\n\nChosen option: \"{}\", because {}.\n{walked}\nThe way through the decision tree:\n\n{}",
            self.chosen(),
            because(selected),
            list(steps)
        )
    }

    fn consequences(self) -> String {
        let several = self.selected.databases.len() > 1;
        let mut points: Vec<String> = self.selected.checks.iter().map(|check| consequence(check, several)).collect();
        points.extend(self.selection.services.iter().filter_map(|service| {
            let others = service.serves.iter().filter(|name| **name != self.selected.name);
            let others: Vec<String> = others.map(|name| code(name)).collect();
            let here = service.serves.contains(&self.selected.name) && !others.is_empty();
            let verb = if others.len() == 1 { "lives" } else { "live" };
            let instance = code(&service.instance.to_string());
            here.then(|| format!("Neutral, because {} {verb} in the instance {instance} too", row(&others)))
        }));
        points.extend(self.selected.assumptions.iter().map(|assumption| {
            format!("Neutral, because it is assumed, and not stated, that {}", text(&assumption.show()))
        }));
        points.extend(self.asks_of_host());
        if points.is_empty() {
            points.push(String::from(
                "Neutral, because the requirements say nothing that could be held against its limits",
            ));
        }
        format!("### Consequences\n\n{}", list(points))
    }

    /// What its services need of the host, and that the host is too small where it is.
    fn asks_of_host(self) -> Vec<String> {
        let services = self.selection.services.iter().filter(|service| service.serves.contains(&self.selected.name));
        let needs = services.filter_map(|service| {
            let instance = service.instance.to_string();
            let of = |resource: &Resource| {
                resource.lines.iter().find(|line| line.instance == instance && line.needed > Bytes(0)).cloned()
            };
            let memory = of(&self.capacity.memory)?;
            let disk = of(&self.capacity.disk);
            let disk = disk.map_or_else(String::new, |disk| format!(" and {} of disk", disk.needed.rounded()));
            let amounts = format!("{} of memory{disk}", memory.needed.rounded());
            Some(format!("Neutral, because {} needs {amounts}", code(&instance)))
        });
        let exceeds = (self.capacity.verdict() == CapacityVerdict::Exceeds).then(|| {
            format!("Bad, because the host is too small for all services: {}", text(&self.capacity.summary()))
        });
        needs.chain(exceeds).collect()
    }

    fn comparison(self) -> String {
        let selected = self.selected;
        let several = selected.databases.len() > 1;
        let of = |database: &Database| if several { format!(" ({})", text(&database.name)) } else { String::new() };
        let points = selected.databases.iter().flat_map(|database| {
            let good = database.role.strengths.iter().map(|point| ("Good", point));
            let bad = database.role.weaknesses.iter().map(|point| ("Bad", point));
            good.chain(bad).map(|(word, point)| format!("{word}, because: {}{}", clause(point), of(database)))
        });
        let mut options = vec![format!("### {}\n\n{}", self.chosen(), list(points))];
        options.extend(selected.alternatives.iter().map(alternative));
        format!("## Pros and Cons of the Options\n\n{}", options.join("\n"))
    }

    fn revisit(self) -> String {
        let selected = self.selected;
        let chosen: Vec<&str> = selected.databases.iter().map(|database| database.id.as_str()).collect();
        let flips = selected.flips.iter().filter(|flip| flip.databases != chosen).map(|flip| {
            let too = if flip.verdict == Verdict::Exceeds { ", which exceeds its limits too" } else { "" };
            format!("{}: the answer would be {}{too}", code(&flip.change.show()), self.named(&flip.databases))
        });
        let pin = selected.pinned.then(|| String::from("The pin is lifted, or its justification no longer holds"));
        let ends = selected.databases.iter().zip(&selected.versions).filter_map(|(database, version)| {
            Some(format!("{} is past {}, its end of life", titled(database, version), version.end_of_life?))
        });
        let states = selected.databases.iter().filter(|database| database.upstream.state != State::Active);
        let states = states.map(|database| {
            format!(
                "Another engine can take the place of {}, which is {} upstream",
                text(&database.name),
                database.upstream.state
            )
        });
        let points: Vec<String> = flips.chain(pin).chain(ends).chain(states).collect();
        if points.is_empty() {
            return String::from("### Revisit when\n\nNo change of a single field would change the answer.\n");
        }
        format!("### Revisit when\n\n{}", list(points))
    }

    /// The title of the chosen option.
    fn chosen(self) -> String {
        let selected = self.selected;
        let titles = selected.databases.iter().zip(&selected.versions);
        let titles: Vec<String> = titles.map(|(database, version)| titled(database, version)).collect();
        let with: Vec<String> = match &selected.pattern {
            Some(pattern) => vec![text(pattern)],
            None => selected.via.iter().map(|via| text(via)).collect(),
        };
        if with.is_empty() { row(&titles) } else { format!("{} with {}", row(&titles), row(&with)) }
    }

    /// Databases by their names.
    fn named(self, ids: &[String]) -> String {
        let name = |id: &String| self.catalog.get(id).map_or_else(|| text(id), |database| text(&database.name));
        row(&ids.iter().map(name).collect::<Vec<_>>())
    }
}

fn titled(database: &Database, version: &Version) -> String {
    text(&format!("{} {}", database.name, version.major))
}

/// What else the requirements say of the data, in sentences.
fn circumstances(data: &Data) -> Vec<String> {
    let fed = data.sync.as_ref().map_or_else(String::new, |sync| format!(", fed by {}", code(sync.value.name())));
    let source = data.source.as_ref().map(|source| format!("It can be rebuilt from {}{fed}.", code(&source.value)));
    let owner = data.owner.as_ref().map(|owner| format!("{} answers for it.", text(&owner.value)));
    let sensitivity = data.sensitivity.as_ref().map(|word| format!("Its sensitivity is {}.", code(word.value.name())));
    let region = data.region.as_ref().map(|region| format!("It has to stay in {}.", text(&region.value)));
    [source, owner, sensitivity, region].into_iter().flatten().collect()
}

/// A fact that decides, as the requirements state it, with what it means.
fn driver(change: Change) -> String {
    let (stated, meaning) = match change {
        Change::Flag(flag, _) => (flag.name().to_owned(), flag.meaning()),
        Change::Quantity(quantity, _) => (with_value(change), quantity.meaning()),
        Change::Durability(word) => (with_value(change), word.meaning()),
        Change::Consistency(word) => (with_value(change), word.meaning()),
        Change::Scale(word) => (with_value(change), word.meaning()),
        Change::Tenancy(word) => (with_value(change), word.meaning()),
        Change::Sync(word) => (with_value(change), word.meaning()),
        Change::Source(_) => (with_value(change), "Whether it can be rebuilt from other data."),
    };
    format!("{}: {}", code(&stated), clause(meaning))
}

fn with_value(change: Change) -> String {
    format!("{}: {}", change.field(), change.value())
}

/// Why it was chosen, as the end of a sentence.
fn because(selected: &Selected<'_>) -> String {
    match (selected.pinned, &selected.data.justification) {
        (true, Some(why)) => format!("the requirements pin it: {}", clause(&why.value)),
        (true, None) => String::from("the requirements pin it, without a justification"),
        (false, _) => format!("of this: {}", clause(&selected.reason)),
    }
}

/// What a comparison means for those who live with the decision.
fn consequence(check: &Check<'_>, several: bool) -> String {
    let on = if several { format!(" by {}", text(&check.database.name)) } else { String::new() };
    let source = check.evidence().map_or_else(String::new, |evidence| {
        format!(" ({})", link(&format!("{}, {}", evidence.evidence, evidence.date), &evidence.address))
    });
    if check.verdict != Verdict::Fits {
        let on = if several { format!(" ({})", text(&check.database.name)) } else { String::new() };
        return format!("Bad, because {}{on}{source}", trouble(&check.trouble()));
    }
    let via = check.via().map_or_else(String::new, |via| format!(" via {}", text(via)));
    let met = match check.figure() {
        Some((quantity, figure)) => {
            let value = quantity.show(figure.value);
            format!("{} is {value}{} ({}{})", code(quantity.name()), beside(figure), check.limit(), used(check))
        }
        None => format!("{} is served {}{on}{via}", code(&asked(check)), how_well(check)),
    };
    format!("Good, because {met}: {}{source}", clause(&check.why()))
}

/// What a figure counts besides the data itself.
fn beside(figure: Figure) -> &'static str {
    if figure.is_sum { " with what it is joined with" } else { "" }
}

/// How well a need is met.
fn how_well(check: &Check<'_>) -> String {
    match check.what {
        What::Need(_, service) if service.level == Level::Native => String::from("natively"),
        What::Need(_, service) if service.level == Level::Adequate => String::from("adequately"),
        _ => format!("as {}", check.limit()),
    }
}

/// How much of a bound is used.
fn used(check: &Check<'_>) -> String {
    check.used_in_words().map_or_else(String::new, |used| format!(", {used} of it used"))
}

/// What is asked for: a flag by its name, a class with its value.
fn asked(check: &Check<'_>) -> String {
    let value = check.value();
    if value == "true" { check.name().to_owned() } else { format!("{}: {value}", check.name()) }
}

/// What came out badly; the field that it begins with is code.
fn trouble(raw: &str) -> String {
    const CLASSES: [&str; 3] = ["durability", "consistency", "scale"];
    let (field, rest) = raw.split_at(raw.find([' ', ':']).unwrap_or(raw.len()));
    let is_field = Flag::named(field).is_some() || Quantity::named(field).is_some() || CLASSES.contains(&field);
    match rest.strip_prefix(':') {
        Some(why) if is_field => format!("{}: {}", code(field), clause(why)),
        Some(why) if matches!(field, "upstream" | "licence") => format!("of its {field}: {}", clause(why)),
        None if is_field => format!("{} {}", code(field), clause(rest)),
        _ => clause(raw),
    }
}

/// The section that says how a record goes together with others.
pub(super) fn links(sentences: &str) -> String {
    format!("## More Information\n\n{sentences}\n")
}

fn confirmation() -> String {
    String::from(
        "### Confirmation\n\n`polyglot lint` reports when this record, the lock and the requirements disagree, and \
         `polyglot render --adr --check`\nwhen this record is not as it would be written.\n",
    )
}

/// A database that was not chosen.
fn alternative(option: &Alternative<'_>) -> String {
    let Alternative { database, verdict, why_not } = option;
    let word = if *verdict == Verdict::Fits { "Neutral" } else { "Bad" };
    let why_not = match verdict {
        Verdict::Fits if why_not.starts_with("the better answer") => format!("it is {}", clause(why_not)),
        Verdict::Fits => clause(why_not),
        Verdict::Strained | Verdict::Exceeds | Verdict::Unproven => trouble(why_not),
    };
    let points = list([format!("Good, because: {}", clause(&database.summary)), format!("{word}, because {why_not}")]);
    format!("### {}\n\n{points}", text(&database.name))
}
