//! The catalog: all databases in a table, or one in full.

use std::fmt::Write as _;

use catalog::{Bound, Catalog, Database, Hosting, Level, Limit, Map, Row, Text};
use comfy_table::{Attribute, Cell};

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

/// One database in full.
pub fn one(database: &Database, catalog: &Catalog, look: Look) -> String {
    let mut page = Page { text: String::new(), look, database };
    page.head();
    page.versions();
    page.role();
    page.serves();
    page.limits();
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
                    let up_to = service.up_to.iter().map(|(what, amount)| format!(", up to {amount} {what}"));
                    format!("{}{via}{}: {}", self.look.paint(NAME, need), up_to.collect::<String>(), service.why)
                })
                .collect();
            self.list(&level.to_string(), &items);
        }
    }

    fn limits(&mut self) {
        if self.database.limits.is_empty() {
            return;
        }
        self.heading("limits");
        for limit in &self.database.limits {
            let surety = self.database.sources.get(&limit.source).map(|evidence| evidence.evidence.to_string());
            let surety = surety.map_or_else(String::new, |surety| format!(" [{surety}]"));
            self.line(2, &format!("{}: {}: {}{surety}", self.look.paint(NAME, limit.what), bounds(limit), limit.why));
        }
    }

    fn alternatives(&mut self, catalog: &Catalog) {
        self.heading("alternatives");
        for alternative in &self.database.alternatives {
            let name = catalog.get(&alternative.id).map_or(alternative.id.as_str(), |known| &known.name);
            self.line(2, &format!("{}: {}", self.look.paint(NAME, name), alternative.when));
        }
    }

    fn optimisation(&mut self) {
        if self.database.optimisation.is_empty() {
            return;
        }
        self.heading("optimisation");
        for technique in &self.database.optimisation {
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

fn bounds(limit: &Limit) -> String {
    let amount = |bound: &Bound| match bound {
        Bound::Fixed(amount) => amount.clone(),
        Bound::Formula(formula) => formula.clone(),
    };
    let strained = limit.strained.as_ref().map(|bound| format!("strained past {}", amount(bound)));
    let exceeds = limit.exceeds.as_ref().map(|bound| format!("exceeds past {}", amount(bound)));
    let when = limit.when.map(|flag| format!("with {flag}"));
    let node = limit.single_node.then(|| String::from("on one node"));
    let since = limit.since.as_ref().map(|version| format!("since {version}"));
    let until = limit.until.as_ref().map(|version| format!("until {version}"));
    [strained, exceeds, when, node, since, until].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
