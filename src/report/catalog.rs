//! The catalog: all databases in a table, or one in full.

use std::fmt::Write as _;

use catalog::vocabulary::Quantity;
use catalog::{Bound, Catalog, Database, Ends, Extent, Figure, Hosting, Level, Map, Pair, REFERENCE_MEMORY, Row, Text};
use comfy_table::{Attribute, Cell};

use super::explain;
use super::style::{FAINT, HEADING, Look, NAME};

/// All databases.
pub fn all(catalog: &Catalog, look: Look) -> String {
    let mut table = look.table(&["id", "category", "version", "upstream", "what it is"]);
    for database in catalog.databases() {
        let version = database.default_version().map_or("", |version| &version.major);
        table.add_row([
            Cell::new(&database.id).add_attribute(Attribute::Bold),
            Cell::new(database.category),
            Cell::new(version),
            Cell::new(database.upstream.state),
            Cell::new(&database.summary),
        ]);
    }
    format!("{}\n", Look::finish(&mut table))
}

/// One database in full; with the reason for each bound where everything is asked for.
pub fn one(database: &Database, catalog: &Catalog, extent: explain::Extent, look: Look) -> String {
    let mut page = Page { text: String::new(), look, database, extent };
    page.head();
    page.versions();
    page.role();
    page.serves();
    page.bounds();
    page.alternatives(catalog);
    page.optimisation();
    page.sources();
    page.text
}

/// A row of the matrix.
pub fn row(row: &Row, catalog: &Catalog, look: Look) -> String {
    let name = |id: &str| {
        catalog.get(id).map_or_else(
            || id.to_owned(),
            |database| format!("{} ({}, {})", database.name, database.id, database.upstream.state),
        )
    };
    let sets: Vec<_> = row.sets.iter().map(|flag| flag.name()).collect();
    format!(
        "{}  {}\n  recommended: {}\n  why: {}\n  alternative: {}\n  sets: {}\n",
        look.paint(HEADING, &row.kind),
        row.korean,
        name(&row.recommended),
        row.reason,
        name(&row.alternative),
        sets.join(", "),
    )
}

struct Page<'a> {
    text: String,
    look: Look,
    database: &'a Database,
    extent: explain::Extent,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        let line = self.look.wrap(&format!("{}{line}", " ".repeat(indent)), indent.saturating_add(2));
        let _ = writeln!(self.text, "{line}");
    }

    fn heading(&mut self, title: &str) {
        let _ = writeln!(self.text, "\n{}", self.look.paint(HEADING, title));
    }

    fn list(&mut self, title: &str, items: &[String]) {
        if !items.is_empty() {
            self.line(2, title);
            items.iter().for_each(|item| self.line(4, item));
        }
    }

    fn head(&mut self) {
        let database = self.database;
        self.line(0, &format!("{} ({}), {}", self.look.paint(HEADING, &database.name), database.id, database.category));
        self.line(2, &database.summary);
        self.line(2, &self.look.paint(NAME, &database.homepage));
        let note = |note: &Option<Text>| note.as_ref().map_or_else(String::new, |note| format!(": {note}"));
        self.line(2, &format!("licence {}{}", database.licence.spdx, note(&database.licence.note)));
        self.line(2, &format!("upstream {}{}", database.upstream.state, note(&database.upstream.note)));
        match database.hosting {
            Hosting::Container => {}
            Hosting::Managed => self.line(2, "run by its vendor only: there is no container"),
            Hosting::Embedded => self.line(2, "runs inside the application: there is no server"),
        }
    }

    fn versions(&mut self) {
        self.heading("versions");
        for version in &self.database.versions {
            let image = version.image.as_ref().zip(version.tag.as_ref());
            let image = image.map_or_else(String::new, |(image, tag)| format!("  {image}:{tag}"));
            let end = version.end_of_life.map_or_else(String::new, |end| format!("  until {end}"));
            let default = if version.default { "  default" } else { "" };
            let note = version.note.as_ref().map_or_else(String::new, |note| format!("  {note}"));
            self.line(
                2,
                &format!(
                    "{}{end}{image}{default}{}",
                    self.look.paint(NAME, &version.major),
                    self.look.paint(FAINT, note)
                ),
            );
        }
        let ended: Vec<&str> = self.database.ended.iter().map(|version| version.major.as_str()).collect();
        if !ended.is_empty() {
            self.line(2, &format!("{} {}", self.look.paint(FAINT, "no fixes any more:"), ended.join(", ")));
        }
    }

    fn role(&mut self) {
        let role = &self.database.role;
        self.heading("role");
        self.line(2, &role.purpose);
        let pairs = |pairs: &Map<Text, Text>| -> Vec<String> {
            pairs.iter().map(|(name, what)| format!("{name}: {what}")).collect()
        };
        self.list("used for", &pairs(&role.use_cases));
        self.list("structures", &pairs(&role.data_structures));
        self.list("strong at", &texts(&role.strengths));
        self.list("weak at", &texts(&role.weaknesses));
    }

    fn serves(&mut self) {
        self.heading("serves");
        for level in [Level::Native, Level::Adequate, Level::Strained, Level::No] {
            let served = self.database.serves.iter().filter(|(_, service)| service.level == level);
            let items: Vec<_> = served
                .map(|(need, service)| {
                    let via = service.via.as_ref().map_or_else(String::new, |via| format!(" via {via}"));
                    format!("{}{via}: {}", self.look.paint(NAME, need), *service.why)
                })
                .collect();
            self.list(&level.to_string(), &items);
        }
    }

    fn bounds(&mut self) {
        self.heading("bounds");
        self.line(2, "on a node of 8 vCPU and 32 GB, whose memory is the real host's where data is held in it");
        let mut table = self.look.table(&["quantity", "use", "strained", "exceeds", "several nodes", "evidence"]);
        for quantity in Quantity::ALL {
            let rows = self.database.bounds.iter().filter(|bound| bound.of == *quantity);
            for bound in rows.filter(|bound| !matches!(bound.extent, Extent::NotApplicable(_))) {
                let evidence = self.database.sources.get(&bound.source).map(|evidence| evidence.evidence.to_string());
                let [strained, exceeds, several] = cells(bound);
                table.add_row([
                    quantity.to_string(),
                    used_for(bound),
                    strained,
                    exceeds,
                    several,
                    evidence.unwrap_or_default(),
                ]);
            }
        }
        let _ = writeln!(self.text, "{}", Look::finish(&mut table));
        if self.extent == explain::Extent::Screen {
            return;
        }
        self.heading("why the bounds are there");
        for quantity in Quantity::ALL {
            let rows: Vec<_> = self.database.bounds.iter().filter(|bound| bound.of == *quantity).collect();
            let surety = |bound: &Bound| {
                let evidence = self.database.sources.get(&bound.source).map(|evidence| evidence.evidence.to_string());
                evidence.map_or_else(String::new, |evidence| self.look.paint(FAINT, format!(" [{evidence}]")))
            };
            let items: Vec<_> = rows.iter().map(|bound| format!("{}{}", row_of(bound), surety(bound))).collect();
            self.list(&self.look.paint(NAME, quantity), &items);
        }
    }

    fn alternatives(&mut self, catalog: &Catalog) {
        self.heading("alternatives");
        for alternative in self.database.alternatives.iter() {
            let name = catalog.get(&alternative.id).map_or(alternative.id.as_str(), |known| &known.name);
            self.line(2, &format!("{}: {}", self.look.paint(NAME, name), alternative.when));
        }
    }

    fn optimisation(&mut self) {
        if self.database.optimisation.is_empty() {
            return;
        }
        self.heading("optimisation");
        for technique in self.database.optimisation.iter() {
            let name = self.look.paint(NAME, &technique.name);
            self.line(2, &format!("{name} ({}): {}; {}", technique.topic, technique.when, technique.how));
        }
    }

    fn sources(&mut self) {
        self.heading("sources");
        for evidence in self.database.sources.values() {
            let note = evidence.note.as_ref().map_or_else(String::new, |note| format!(": {note}"));
            self.line(2, &format!("{} {} {}{note}", evidence.date, evidence.evidence, evidence.address));
        }
    }
}

fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(Text::to_string).collect()
}

/// What a row is for: the needs that it takes, and the versions.
pub(super) fn used_for(bound: &Bound) -> String {
    let when = bound.when.names().collect::<Vec<_>>().join(", ");
    let when = if when.is_empty() { String::from("any") } else { when };
    let since = bound.since.as_ref().map_or_else(String::new, |version| format!(", since {version}"));
    let until = bound.until.as_ref().map_or_else(String::new, |version| format!(", before {version}"));
    format!("{when}{since}{until}")
}

/// The figures of a row: where strain begins on a node, where the database ends, and both on several nodes.
pub(super) fn cells(bound: &Bound) -> [String; 3] {
    let empty = String::new;
    match &bound.extent {
        Extent::Unbounded(_) => [String::from("unbounded"), empty(), empty()],
        Extent::NotApplicable(_) => [String::from("-"), empty(), empty()],
        Extent::Ends(Ends { node, cluster, .. }) => {
            let cluster = cluster.as_ref().map(|Pair { strained, exceeds }| {
                format!("{} to {}", at_reference(bound.of, strained), at_reference(bound.of, exceeds))
            });
            let [strained, exceeds] = [&node.strained, &node.exceeds].map(|figure| at_reference(bound.of, figure));
            [strained, exceeds, cluster.unwrap_or_else(|| String::from("none"))]
        }
    }
}

/// A figure; one that depends on the host or the embeddings for the reference node and embeddings of a usual dimension.
fn at_reference(of: Quantity, figure: &Figure) -> String {
    const DIMENSION: u64 = 768;
    match figure {
        Figure::Fixed(amount) => of.show(*amount),
        Figure::Formula(formula) => figure
            .amount(of, REFERENCE_MEMORY, Some(DIMENSION))
            .map_or_else(|_| format!("`{formula}`"), |amount| format!("≈ {}", of.show(amount))),
    }
}

/// A row of what a database carries, in one line.
fn row_of(bound: &Bound) -> String {
    let when = bound.when.names().collect::<Vec<_>>().join(", ");
    let when = if when.is_empty() { String::new() } else { format!("with {when}: ") };
    let since = bound.since.as_ref().map_or_else(String::new, |version| format!("since {version}: "));
    let until = bound.until.as_ref().map_or_else(String::new, |version| format!("before {version}: "));
    let extent = match &bound.extent {
        Extent::Unbounded(why) => format!("unbounded: {why}"),
        Extent::NotApplicable(need) => format!("not applicable: it does not serve {need}"),
        Extent::Ends(Ends { node, cluster, why, held_in_memory, .. }) => {
            let held = if *held_in_memory { ", held in memory" } else { "" };
            let cluster = cluster
                .as_ref()
                .map_or_else(String::new, |pair| format!("; on several nodes {}", pair_of(bound.of, pair)));
            format!("{}{held}{cluster}: {why}", pair_of(bound.of, node))
        }
    };
    format!("{when}{since}{until}{extent}")
}

/// Both figures of a pair: `8k/s to 20k/s`.
fn pair_of(of: Quantity, Pair { strained, exceeds }: &Pair) -> String {
    let figure = |figure: &Figure| match figure {
        Figure::Fixed(amount) => of.show(*amount),
        Figure::Formula(formula) => format!("`{formula}`"),
    };
    format!("{} to {}", figure(strained), figure(exceeds))
}
