//! That a database's bounds are whole: a row for each quantity and for each use that has a size of its own, and figures
//! that make sense on every host.

use super::Gaps;
use crate::bounds::{Bound, Ends, Extent, Pair, REFERENCE_MEMORY};
use crate::database::{Database, Level, Version};
use crate::vocabulary::{Amount, Facts, Manner, Need, Quantity};

/// The memory of the hosts that figures are tried on: 1 GB to 4 TB.
const HOSTS: std::ops::RangeInclusive<u32> = 30..=42;

/// The dimensions that figures are tried with, on both sides of where the layout of an index changes.
const DIMENSIONS: [u64; 13] = [1, 2, 64, 128, 384, 768, 1024, 1536, 1962, 1963, 3072, 4096, 16384];

/// Memory that no host has: what still grows there has no maximum.
const BEYOND: [u64; 2] = [1 << 50, 1 << 51];

impl Quantity {
    /// The needs that give it a meaning; none where it always has one.
    fn belongs_to(self) -> &'static [Need] {
        match self {
            Self::Vectors | Self::Dimension => &[Need::VectorSearch],
            Self::ObjectSize => &[Need::BinaryObjects],
            Self::TraversalDepth => &[Need::GraphRelations],
            Self::Series => &[Need::TimeSeries, Need::Metrics],
            _ => &[],
        }
    }

    /// The needs for which the default row says nothing: each has a row of its own where it is served.
    pub fn special_uses(self) -> &'static [Need] {
        match self {
            Self::Reads | Self::LatencyP99 => {
                &[Need::FullText, Need::VectorSearch, Need::Analytics, Need::GraphRelations]
            }
            Self::DataSize => &[
                Need::FullText,
                Need::VectorSearch,
                Need::Analytics,
                Need::GraphRelations,
                Need::BinaryObjects,
                Need::TimeSeries,
            ],
            Self::Records => &[Need::FullText, Need::TimeSeries, Need::Analytics, Need::Ranking],
            Self::Writes => &[
                Need::Queue,
                Need::EventStream,
                Need::Ranking,
                Need::PubSub,
                Need::Coordination,
                Need::FullText,
                Need::VectorSearch,
                Need::TimeSeries,
            ],
            _ => &[],
        }
    }
}

impl Database {
    pub(super) fn check_bounds(&self, gaps: Gaps) -> Result<(), String> {
        for row in &self.bounds {
            self.check_bound(row).map_err(|what| self.of_row(row, &what))?;
        }
        for quantity in Quantity::ALL {
            self.check_rows(*quantity, Facts::NONE, gaps)?;
            for need in quantity.special_uses().iter().filter(|need| self.serves_at_all(**need)) {
                self.check_rows(*quantity, Facts::from(*need), gaps)?;
            }
        }
        Ok(())
    }

    fn of_row(&self, row: &Bound, what: &str) -> String {
        let versions = row.versions();
        let since = versions.since.map(|version| format!(" since {version}")).unwrap_or_default();
        let until = versions.until.map(|version| format!(" until {version}")).unwrap_or_default();
        format!("{}: bounds of {} when [{}]{since}{until}: {what}", self.id, row.of, listed(row.when))
    }

    fn serves_at_all(&self, need: Need) -> bool {
        self.serves.get(&need).is_some_and(|service| service.level != Level::No)
    }

    /// Checks that every version has the row, unless gaps are allowed.
    fn check_rows(&self, of: Quantity, when: Facts, gaps: Gaps) -> Result<(), String> {
        let is_it =
            |row: &&Bound, version: &Version| row.of == of && row.when == when && self.is_in(version, row.versions());
        let has_none = |version: &&Version| !self.bounds.iter().any(|row| is_it(&row, version));
        match self.versions.iter().find(has_none) {
            Some(version) if gaps == Gaps::Refused => {
                let (id, when, major) = (&self.id, listed(when), &version.major);
                Err(format!("{id}: bounds of {of} when [{when}]: the row is missing for version {major}"))
            }
            _ => Ok(()),
        }
    }

    fn check_bound(&self, row: &Bound) -> Result<(), String> {
        if let Some(version) = row.versions().named().find(|major| self.version(major).is_none()) {
            return Err(format!("version {version} is not in `[[versions]]`"));
        }
        if let Some(need) = row.when.needs().find(|need| !self.serves_at_all(*need)) {
            return Err(format!("the row is for {need}, which is served `no`"));
        }
        if row.when.meets(Manner::Pooled.into()) && self.pooler.is_none() {
            return Err("the row is for `pooled`, and there is no `[pooler]`".to_owned());
        }
        if self.versions.iter().any(|version| self.has_twin(row, version)) {
            return Err("the row is there twice for one version".to_owned());
        }
        match &row.extent {
            Extent::Unbounded(_) => Ok(()),
            Extent::NotApplicable(need) => self.check_not_applicable(row.of, *need),
            Extent::Ends(ends) => ends.check(row.of),
        }
    }

    /// Whether another row says the same of a version.
    fn has_twin(&self, row: &Bound, version: &Version) -> bool {
        let is_same =
            |other: &&Bound| other.of == row.of && other.when == row.when && self.is_in(version, other.versions());
        self.is_in(version, row.versions()) && self.bounds.iter().filter(is_same).nth(1).is_some()
    }

    fn check_not_applicable(&self, of: Quantity, need: Need) -> Result<(), String> {
        let needs = of.belongs_to();
        if !needs.contains(&need) {
            return Err(format!("{of} has a meaning without {need}: state figures, or why it is unbounded"));
        }
        match needs.iter().find(|need| self.serves_at_all(**need)) {
            Some(served) => Err(format!("it is `not_applicable`, and {served} is served")),
            None => Ok(()),
        }
    }
}

fn listed(facts: Facts) -> String {
    facts.names().collect::<Vec<_>>().join(", ")
}

/// Where figures are tried: a memory and the dimensions of an embedding.
#[derive(Clone, Copy)]
struct Place {
    memory: u64,
    dimension: u64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "with {} GB of memory and dimension {}", self.memory >> 30, self.dimension)
    }
}

impl Pair {
    fn at(&self, of: Quantity, place: Place) -> Result<[Amount; 2], String> {
        let amount = |figure: &crate::Figure| {
            figure.amount(of, place.memory, Some(place.dimension)).map_err(|error| format!("{error} {place}"))
        };
        Ok([amount(&self.strained)?, amount(&self.exceeds)?])
    }

    fn check(&self, of: Quantity, place: Place) -> Result<(), String> {
        let [strained, exceeds] = self.at(of, place)?;
        if strained.min(exceeds) == Amount(0) {
            return Err(format!("a figure is zero {place}"));
        }
        if is_stricter(of, exceeds, strained) {
            let (strained, exceeds) = (of.show(strained), of.show(exceeds));
            return Err(format!("it exceeds at {exceeds} before it strains at {strained}, {place}"));
        }
        Ok(())
    }
}

/// Whether an amount is a harder limit than another.
fn is_stricter(of: Quantity, amount: Amount, than: Amount) -> bool {
    if of.is_harder_when_smaller() { amount > than } else { amount < than }
}

impl Ends {
    fn check(&self, of: Quantity) -> Result<(), String> {
        for place in self.places() {
            self.node.check(of, place)?;
            if let Some(cluster) = &self.cluster {
                cluster.check(of, place)?;
                self.check_cluster(of, cluster, place)?;
            }
        }
        if self.held_in_memory { self.check_maximum(of) } else { Ok(()) }
    }

    /// The hosts and dimensions that the figures can see.
    fn places(&self) -> impl Iterator<Item = Place> {
        let held: Vec<u64> = HOSTS.map(|power| 1 << power).collect();
        let memories = if self.held_in_memory { held } else { vec![REFERENCE_MEMORY] };
        memories.into_iter().flat_map(|memory| DIMENSIONS.map(|dimension| Place { memory, dimension }))
    }

    /// More nodes never carry less, unless the row says why. They may well answer later.
    fn check_cluster(&self, of: Quantity, cluster: &Pair, place: Place) -> Result<(), String> {
        if self.licence.is_some() || of == Quantity::LatencyP99 {
            return Ok(());
        }
        let pairs = self.node.at(of, place)?.into_iter().zip(cluster.at(of, place)?);
        match pairs.into_iter().find(|(node, cluster)| is_stricter(of, *cluster, *node)) {
            Some((node, cluster)) => {
                let (node, cluster) = (of.show(node), of.show(cluster));
                Err(format!("a cluster ends at {cluster}, before a node at {node}, {place}; say why in `licence`"))
            }
            None => Ok(()),
        }
    }

    /// What is held in memory ends somewhere even where memory does not.
    fn check_maximum(&self, of: Quantity) -> Result<(), String> {
        for dimension in DIMENSIONS {
            let [at, past] = BEYOND.map(|memory| self.node.at(of, Place { memory, dimension }));
            if at? != past? {
                return Err(format!("it grows with memory without a maximum, with dimension {dimension}"));
            }
        }
        let smallest = self.node.at(of, Place { memory: 1 << 30, dimension: 768 })?;
        if smallest == self.node.at(of, Place { memory: 1 << 42, dimension: 768 })? {
            return Err("it is held in memory, and no figure depends on it".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::vocabulary::{Need, Quantity};
    use crate::{Entry, Folder};

    const HEAD: &str = "id = 'granite'\nname = 'Granite'\ncategory = 'relational'\nsummary = 's'\nhomepage = \
                        'https://example.org'\nprotocol = 'granite'\nhosting = 'container'\nlicence = { spdx = 'MIT', \
                        source = 's' }\nupstream = { state = 'active', source = 's' }\nrole = { purpose = 'p', \
                        use_cases = {}, strengths = [], weaknesses = [] }\n[sources.s]\naddress = \
                        'https://example.org'\ndate = 2026-11-30\nevidence = 'verified'\n[[versions]]\nmajor = \
                        '2'\ndefault = true\nsource = 's'\n[[versions]]\nmajor = '1'\nsource = 's'\n";

    /// A whole folder that serves ranking and graphs alone, without the rows of some quantity.
    fn folder_without(of: Quantity) -> String {
        let needs = Need::ALL.iter().map(|need| {
            let level = if matches!(need, Need::Ranking | Need::GraphRelations) { "native" } else { "no" };
            format!("[serves.{need}]\nlevel = '{level}'\nwhy = 'w'\nsource = 's'\n")
        });
        let rows = Quantity::ALL.iter().filter(|quantity| **quantity != of).flat_map(|quantity| {
            let uses = [None, Some(Need::Ranking), Some(Need::GraphRelations)].into_iter();
            let stated = uses.filter(|need| need.is_none_or(|need| quantity.special_uses().contains(&need)));
            stated.map(|need| row(*quantity, need.map_or("", Need::name), "unbounded = 'it never ends'"))
        });
        HEAD.to_owned() + &needs.chain(rows).collect::<String>()
    }

    fn row(of: Quantity, when: &str, says: &str) -> String {
        let when = if when.is_empty() { String::new() } else { format!("'{when}'") };
        format!("[[bounds]]\nof = '{of}'\nwhen = [{when}]\n{says}\nsource = 's'\n")
    }

    fn pairs(held: bool, strained: &str, exceeds: &str, cluster: &str) -> String {
        let held = if held { "held_in = 'memory'\n" } else { "" };
        format!("{held}node = {{ strained = {strained}, exceeds = {exceeds} }}\ncluster = {cluster}\nwhy = 'w'")
    }

    fn read(text: String) -> Result<Entry, String> {
        Entry::read(&Folder { database: text.leak(), files: Vec::new() }, |_| None).map_err(|error| match error {
            crate::EntryError::Toml(error) => error.message().to_owned(),
            crate::EntryError::Wrong(error) => error,
        })
    }

    /// What is wrong with rows of a quantity, in a folder that is otherwise whole.
    fn fault(of: Quantity, rows: &[String]) -> String {
        let checked = read(folder_without(of) + &rows.concat()).and_then(|entry| entry.check());
        checked.expect_err("a fault")
    }

    /// What is wrong with a default row of writes.
    fn fault_of_writes(says: &str) -> String {
        let ranking = row(Quantity::Writes, "ranking", "unbounded = 'u'");
        let fault = fault(Quantity::Writes, &[row(Quantity::Writes, "", says), ranking]);
        fault.strip_prefix("granite: bounds of writes when []: ").unwrap_or(&fault).to_owned()
    }

    #[test]
    fn a_whole_folder_is_taken() {
        let [default, special] = ["", "ranking"]
            .map(|when| row(Quantity::Writes, when, &pairs(false, "'1k/s'", "{ formula = 'cpus * 1000' }", "'none'")));
        let entry = read(folder_without(Quantity::Writes) + &default + &special).unwrap();
        assert_eq!(entry.check(), Ok(()));
    }

    #[test]
    fn a_missing_row_is_a_fault_of_our_own_folders_alone() {
        let entry = read(folder_without(Quantity::Retention)).unwrap();
        assert_eq!(entry.check_extra(), Ok(()));
        let missing = "granite: bounds of retention when []: the row is missing for version 2";
        assert_eq!(entry.check().unwrap_err(), missing);
        let rows = [row(Quantity::Records, "", "unbounded = 'u'")];
        let missing = "granite: bounds of records when [ranking]: the row is missing for version 2";
        assert_eq!(fault(Quantity::Records, &rows), missing);
        let rows = [row(Quantity::Retention, "", "since = '2'\nunbounded = 'u'")];
        let missing = "granite: bounds of retention when []: the row is missing for version 1";
        assert_eq!(fault(Quantity::Retention, &rows), missing);
    }

    #[test]
    fn a_need_is_answered() {
        let text = folder_without(Quantity::Writes).replace("[serves.queue]", "[sources.queue]").replace(
            "level = 'no'\nwhy = 'w'\nsource = 's'\n[serves.ranking]",
            "address = 'a'\ndate = 2026-11-30\nevidence = 'vendor'\n[serves.ranking]",
        );
        let checked = read(text).and_then(|entry| entry.check_extra());
        assert_eq!(checked.unwrap_err(), "granite: `[serves.queue]` is missing");
    }

    #[test]
    fn a_row_says_one_thing_of_one_version() {
        let of = Quantity::Retention;
        let twice = ["unbounded = 'u'", "since = '2'\nunbounded = 'u'"].map(|says| row(of, "", says));
        let fault_of = |rows: &[String]| fault(of, rows);
        let expected = "granite: bounds of retention when []: the row is there twice for one version";
        assert_eq!(fault_of(&twice), expected);
        let unknown = [row(of, "", "since = '7'\nunbounded = 'u'")];
        let expected = "granite: bounds of retention when [] since 7: version 7 is not in `[[versions]]`";
        assert_eq!(fault_of(&unknown), expected);
    }

    #[test]
    fn a_row_is_for_what_is_served() {
        let of = Quantity::Retention;
        let default = row(of, "", "unbounded = 'u'");
        let fault_of = |when: &str| fault(of, &[default.clone(), row(of, when, "unbounded = 'u'")]);
        let expected = "granite: bounds of retention when [queue]: the row is for queue, which is served `no`";
        assert_eq!(fault_of("queue"), expected);
        let expected =
            "granite: bounds of retention when [pooled]: the row is for `pooled`, and there is no `[pooler]`";
        assert_eq!(fault_of("pooled"), expected);
        assert_eq!(fault_of("speed"), "unknown word `speed` in `when`");
    }

    #[test]
    fn what_does_not_apply_belongs_to_a_need_that_is_not_served() {
        let not_applicable = |of, need| fault(of, &[row(of, "", &format!("not_applicable = '{need}'"))]);
        let expected = "granite: bounds of traversal_depth when []: it is `not_applicable`, and graph_relations is \
                        served";
        assert_eq!(not_applicable(Quantity::TraversalDepth, "graph_relations"), expected);
        let expected = "granite: bounds of retention when []: retention has a meaning without queue: state figures, or \
                        why it is unbounded";
        assert_eq!(not_applicable(Quantity::Retention, "queue"), expected);
    }

    #[test]
    fn figures_make_sense_on_every_host() {
        let expected = "it exceeds at 1k/s before it strains at 2k/s, with 32 GB of memory and dimension 1";
        assert_eq!(fault_of_writes(&pairs(false, "'2k/s'", "'1k/s'", "'none'")), expected);
        let expected = "a cluster ends at 500/s, before a node at 1k/s, with 32 GB of memory and dimension 1; say why \
                        in `licence`";
        let cluster = "{ strained = '500/s', exceeds = '5k/s' }";
        assert_eq!(fault_of_writes(&pairs(false, "'1k/s'", "'2k/s'", cluster)), expected);
        let licensed = pairs(false, "'1k/s'", "'2k/s'", cluster) + "\nlicence = 'l'";
        let ranking = row(Quantity::Writes, "ranking", "unbounded = 'u'");
        let text = folder_without(Quantity::Writes) + &row(Quantity::Writes, "", &licensed) + &ranking;
        assert_eq!(read(text).and_then(|entry| entry.check()), Ok(()));
    }

    #[test]
    fn what_is_held_in_memory_depends_on_it_and_ends() {
        let held = |exceeds: &str| fault_of_writes(&pairs(true, "'1/s'", exceeds, "'none'"));
        let expected = "it grows with memory without a maximum, with dimension 1";
        assert_eq!(held("{ formula = 'mem / 1000' }"), expected);
        assert_eq!(held("'10/s'"), "it is held in memory, and no figure depends on it");
        let expected = "a figure is zero with 1 GB of memory and dimension 1";
        assert_eq!(held("{ formula = 'least(90, mem // (2 * GB))' }"), expected);
    }

    #[test]
    fn a_formula_knows_the_host_and_the_dimensions_alone() {
        let formula =
            |text: &str| fault_of_writes(&pairs(false, "'1/s'", &format!("{{ formula = '{text}' }}"), "'none'"));
        assert_eq!(formula("disk / 2"), "the row of writes: unknown name `disk` in `disk / 2`");
        assert!(formula("cpus *").starts_with("the row of writes: `cpus *` is not an expression"));
        assert!(formula("1 / (dimension - 64)").contains("gives no number"));
    }

    #[test]
    fn a_latency_is_harder_the_smaller_it_is() {
        let of = Quantity::LatencyP99;
        let graphs = row(of, "graph_relations", "unbounded = 'u'");
        let fault = fault(of, &[row(of, "", &pairs(false, "'1ms'", "'5ms'", "'none'")), graphs]);
        assert!(fault.ends_with("it exceeds at 5ms before it strains at 1ms, with 32 GB of memory and dimension 1"));
    }
}
