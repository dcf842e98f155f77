//! How much of each quantity a database carries: one row for each quantity, and further rows for its special uses.
//!
//! A row's figures are amounts, or formulas of the host's memory and of an embedding's dimensions. A formula that needs
//! neither is computed when the row is read, for the reference node, so that a row keeps a formula only where the answer
//! depends on what is asked.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::expression::{Formula, FormulaError, Formulas, Names, mentions, shown, unit_of, words};
use crate::reference::ranged;
use crate::text::Text;
use crate::vocabulary::{Amount, Facts, Need, Quantity};

/// The processors of the node that all rows are stated for.
pub const REFERENCE_CPUS: u64 = 8;

/// Its memory, in bytes. Rows that are held in memory see the real host's instead.
pub const REFERENCE_MEMORY: u64 = 32 << 30;

/// A row: how much of a quantity a database carries in some use.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(remote = "Self", bound(deserialize = "'de: 'static"))]
pub struct Bound {
    /// The quantity.
    pub of: Quantity,
    /// What has to hold for the row to apply. Nothing, in the default row.
    pub when: Facts,
    /// The first version that has it.
    pub since: Option<Text>,
    /// The first version that no longer has it.
    pub until: Option<Text>,
    /// Where it ends, if it does.
    pub extent: Extent,
    /// A key of `sources`.
    pub source: Text,
}

ranged!(Bound);

/// Where a quantity ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Extent {
    /// Nowhere, and why.
    Unbounded(Text),
    /// It has a meaning only with a need that the database does not serve.
    NotApplicable(Need),
    /// At figures.
    Ends(Ends),
}

/// The figures at which a quantity ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Ends {
    /// Whether the row sees the real host's memory.
    pub held_in_memory: bool,
    /// On one node.
    pub node: Pair,
    /// On several, where the quantity spreads over them.
    pub cluster: Option<Pair>,
    /// Why a cluster ends before a node, where it does.
    pub licence: Option<Text>,
    /// What happens past them.
    pub why: Text,
}

/// Two figures: the first is the smaller, and of a latency the larger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Pair {
    /// Past this an expert would worry.
    pub strained: Figure,
    /// Past this it does not work, or should not.
    pub exceeds: Figure,
}

/// A figure, or how to compute one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Figure {
    /// An amount.
    Fixed(Amount),
    /// An expression of `mem`, `cpus` and `dimension` with `least`, `greatest` and the units `kB` to `TB`: in bytes, plain
    /// counts or events a second.
    Formula(Text),
}

impl Figure {
    /// The amount on a node of some memory, which is the real host's where the row is held in memory and
    /// [`REFERENCE_MEMORY`] elsewhere, for embeddings of some dimensions.
    ///
    /// # Errors
    /// [`FormulaError`] where the formula gives no number, or needs the dimensions and there are none.
    pub fn amount(&self, of: Quantity, memory: u64, dimension: Option<u64>) -> Result<Amount, FormulaError> {
        match self {
            Self::Fixed(amount) => Ok(*amount),
            Self::Formula(text) => evaluated(&Formulas::of_settings().compile(text)?, of, memory, dimension),
        }
    }
}

/// What a formula of a bound gives, in the quantity's base unit, on a node of some memory, for embeddings of some dimensions.
///
/// # Errors
/// [`FormulaError`] where the formula gives no number, or needs the dimensions and there are none.
pub fn evaluated(
    formula: &Formula<'_>,
    of: Quantity,
    memory: u64,
    dimension: Option<u64>,
) -> Result<Amount, FormulaError> {
    let mut names = Names::new();
    names.set("cpus", REFERENCE_CPUS);
    names.set("mem", memory);
    if let Some(dimension) = dimension {
        names.set("dimension", dimension);
    }
    Ok(Amount(formula.evaluate(&names)?.saturating_mul(of.formula_unit())))
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de: 'static> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let written = Written::deserialize(deserializer)?;
            return written.try_into().map_err(serde::de::Error::custom);
        }
        Self::deserialize(deserializer)
    }
}

/// A row as a folder writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
struct Written {
    of: Quantity,
    when: Words,
    since: Option<Text>,
    until: Option<Text>,
    held_in: Option<HeldIn>,
    node: Option<WrittenPair>,
    cluster: Option<Spread>,
    licence: Option<Text>,
    unbounded: Option<Text>,
    not_applicable: Option<Need>,
    why: Option<Text>,
    source: Text,
}

/// What a row depends on: a list of words.
#[derive(Deserialize)]
#[serde(try_from = "Vec<String>")]
struct Words(Facts);

impl TryFrom<Vec<String>> for Words {
    type Error = String;

    fn try_from(words: Vec<String>) -> Result<Self, String> {
        let facts =
            words.iter().map(|word| Facts::named(word).ok_or_else(|| format!("unknown word `{word}` in `when`")));
        facts.collect::<Result<Vec<_>, _>>().map(|facts| Self(facts.into_iter().fold(Facts::NONE, Facts::and)))
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum HeldIn {
    Memory,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
struct WrittenPair {
    strained: WrittenFigure,
    exceeds: WrittenFigure,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected an amount in quotes, or { formula = \"…\" }",
    bound(deserialize = "'de: 'static")
)]
enum WrittenFigure {
    Amount(Text),
    Formula { formula: Text },
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"none\", or { strained = …, exceeds = … }",
    bound(deserialize = "'de: 'static")
)]
enum Spread {
    None(NoSpread),
    Pair(WrittenPair),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum NoSpread {
    None,
}

impl TryFrom<Written> for Bound {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { of, when: Words(when), since, until, source, .. } = &written;
        let (of, when, since, until, source) = (*of, *when, since.clone(), until.clone(), source.clone());
        Ok(Self { of, when, since, until, source, extent: written.extent()? })
    }
}

impl Written {
    fn extent(self) -> Result<Extent, String> {
        let of = self.of;
        let wrong = |what: &str| Err(format!("the row of {of} {what}"));
        match (self.node, self.unbounded, self.not_applicable) {
            (Some(node), None, None) => {
                let Some(why) = self.why else { return wrong("needs a `why`: what happens past its figures") };
                let held_in_memory = matches!(self.held_in, Some(HeldIn::Memory));
                let cluster = match self.cluster {
                    Some(Spread::None(NoSpread::None)) => None,
                    Some(Spread::Pair(pair)) => Some(pair.read(of, held_in_memory)?),
                    None => return wrong("needs a `cluster` beside `node`: a pair, or \"none\""),
                };
                let node = node.read(of, held_in_memory)?;
                Ok(Extent::Ends(Ends { held_in_memory, node, cluster, licence: self.licence, why }))
            }
            (None, Some(_), None) | (None, None, Some(_))
                if self.cluster.is_some() || self.licence.is_some() || self.held_in.is_some() || self.why.is_some() =>
            {
                wrong("has no `node`, so that `held_in`, `cluster`, `licence` and `why` say nothing")
            }
            (None, Some(why), None) => Ok(Extent::Unbounded(why)),
            (None, None, Some(need)) => Ok(Extent::NotApplicable(need)),
            _ => wrong("needs exactly one of `node`, `unbounded` and `not_applicable`"),
        }
    }
}

impl WrittenPair {
    fn read(self, of: Quantity, held_in_memory: bool) -> Result<Pair, String> {
        Ok(Pair { strained: self.strained.read(of, held_in_memory)?, exceeds: self.exceeds.read(of, held_in_memory)? })
    }
}

impl WrittenFigure {
    fn read(self, of: Quantity, held_in_memory: bool) -> Result<Figure, String> {
        let formula = match self {
            Self::Amount(text) => {
                let amount = of.parse(&text).map_err(|error| format!("invalid {of} `{text}`: {error}"))?;
                return Ok(Figure::Fixed(amount));
            }
            Self::Formula { formula } => formula,
        };
        if let Some(name) = words(&formula).find(|word| !is_known(word)) {
            return Err(format!("the row of {of}: unknown name `{}` in `{}`", shown(name), shown(&formula)));
        }
        if mentions(&formula, "dimension") || held_in_memory && mentions(&formula, "mem") {
            return Ok(Figure::Formula(formula));
        }
        let formulas = Formulas::of_settings();
        let amount = formulas.compile(&formula).and_then(|compiled| evaluated(&compiled, of, REFERENCE_MEMORY, None));
        amount.map(Figure::Fixed).map_err(|error| format!("the row of {of}: {error}"))
    }
}

/// Whether a formula of a bound may use a word.
fn is_known(word: &str) -> bool {
    const NAMES: [&str; 7] = ["mem", "cpus", "dimension", "least", "greatest", "if", "else"];
    word.starts_with(|first: char| first.is_ascii_digit()) || NAMES.contains(&word) || unit_of(word).is_some()
}

/// Uses whose rows of size do not apply to data that is also transactional or relational: the rest of the database is not
/// searched that way.
/// What makes data a record, whose size is not that of its words, vectors or edges.
pub const RECORDS: Facts = Facts::of_needs(&[Need::NeedsTransactions, Need::ComplexRelations]);
const SEARCHED: Facts = Facts::of_needs(&[Need::FullText, Need::VectorSearch, Need::GraphRelations, Need::Analytics]);

/// The rows of a quantity that hold for some facts: the most specific ones. Where several are left, the strictest of them
/// decides.
pub fn most_specific<'r, 'a>(
    rows: &'r [&'a Bound],
    of: Quantity,
    facts: Facts,
) -> impl Iterator<Item = &'a Bound> + use<'r, 'a> {
    let is_record = facts.meets(RECORDS);
    let ignored = if of == Quantity::DataSize && is_record { SEARCHED } else { Facts::NONE };
    let holds = move |row: &&Bound| row.of == of && row.when.is_within(facts) && !row.when.meets(ignored);
    let is_more = |row: &Bound, than: Facts| row.when != than && than.is_within(row.when);
    let replaced = move |row: &Bound| rows.iter().any(|other| is_more(other, row.when) && holds(other));
    rows.iter().copied().filter(holds).filter(move |row| !replaced(row))
}

#[cfg(test)]
mod tests {
    use super::{Bound, Extent, Figure, REFERENCE_MEMORY, most_specific};
    use crate::vocabulary::{Amount, Facts, Manner, Need, Quantity};

    const WRITES: &str = "of = 'writes'\nwhen = ['time_series']\nnode = { strained = '8k/s', exceeds = { formula = \
                          'least(cpus * 2500, 40000)' } }\ncluster = 'none'\nwhy = 'The log.'\nsource = 's'\n";

    const VECTORS: &str = "of = 'vectors'\nwhen = []\nheld_in = 'memory'\nnode = { strained = { formula = 'mem / \
                           dimension' }, exceeds = { formula = 'mem' } }\ncluster = { strained = '1G', exceeds = '2G' \
                           }\nwhy = 'Memory.'\nsource = 's'\n";

    fn error(text: &'static str) -> String {
        toml::from_str::<Bound>(text).expect_err("a fault").message().to_owned()
    }

    fn figures(row: &Bound) -> [&Figure; 2] {
        let Extent::Ends(ends) = &row.extent else { panic!("{row:?}") };
        [&ends.node.strained, &ends.node.exceeds]
    }

    #[test]
    fn a_formula_that_needs_neither_host_nor_data_is_computed_when_read() {
        let row: Bound = toml::from_str(WRITES).unwrap();
        assert_eq!(row.when, Facts::from(Need::TimeSeries));
        let per_day = |rate: u64| Figure::Fixed(Amount(rate * 86_400));
        assert_eq!(figures(&row), [&per_day(8_000), &per_day(20_000)]);
        let row: Bound = toml::from_str(VECTORS).unwrap();
        assert_eq!(figures(&row), [&Figure::Formula("mem / dimension".into()), &Figure::Formula("mem".into())]);
    }

    #[test]
    fn a_row_is_embedded_and_read_back() {
        for text in [WRITES, VECTORS, "of = 'series'\nwhen = []\nnot_applicable = 'time_series'\nsource = 's'\n"] {
            let row: Bound = toml::from_str(text).unwrap();
            let bytes: &'static [u8] = postcard::to_stdvec(&row).unwrap().leak();
            let back: Bound = postcard::from_bytes(bytes).unwrap();
            assert_eq!((back.of, back.when, &back.extent), (row.of, row.when, &row.extent));
        }
    }

    #[test]
    fn a_fault_in_a_row_is_said() {
        assert_eq!(error("of = 'reads'\nwhen = ['speed']\nsource = 's'\n"), "unknown word `speed` in `when`");
        let nothing = "the row of reads needs exactly one of `node`, `unbounded` and `not_applicable`";
        assert_eq!(error("of = 'reads'\nwhen = []\nsource = 's'\n"), nothing);
    }

    /// A row of a quantity without an end.
    fn endless(of: Quantity, when: Facts) -> Bound {
        let extent = Extent::Unbounded("u".into());
        Bound { of, when, since: None, until: None, extent, source: "s".into() }
    }

    /// What the rows of a quantity that hold for some facts depend on.
    fn found(rows: &[Bound], of: Quantity, facts: Facts) -> Vec<Facts> {
        let rows: Vec<&Bound> = rows.iter().collect();
        most_specific(&rows, of, facts).map(|row| row.when).collect()
    }

    #[test]
    fn the_most_specific_rows_hold() {
        let [series, words] = [Need::TimeSeries, Need::FullText].map(Facts::from);
        let batched = Facts::from(Manner::Batched);
        let rows = [Facts::NONE, series, batched, words, series.and(words)].map(|when| endless(Quantity::Writes, when));
        let found = |facts| found(&rows, Quantity::Writes, facts);
        assert_eq!(found(Facts::from(Need::Queue)), [Facts::NONE]);
        assert_eq!(found(series), [series]);
        assert_eq!(found(series.and(batched)), [series, batched], "neither is more specific");
        assert_eq!(found(series.and(words)), [series.and(words)]);
    }

    #[test]
    fn the_size_of_records_is_not_that_of_what_is_searched() {
        let [words, record] = [Need::FullText, Need::NeedsTransactions].map(Facts::from);
        let quantities = [Quantity::DataSize, Quantity::Records];
        let rows = quantities.map(|of| [endless(of, Facts::NONE), endless(of, words)]).concat();
        let found = |of, facts| found(&rows, of, facts);
        assert_eq!(found(Quantity::DataSize, words), [words]);
        assert_eq!(found(Quantity::DataSize, words.and(record)), [Facts::NONE]);
        assert_eq!(found(Quantity::Records, words.and(record)), [words]);
    }

    #[test]
    fn a_formula_sees_the_memory_and_the_dimensions_that_it_is_given() {
        let figure = Figure::Formula("least(5000000, mem / dimension)".into());
        let amount = |memory, dimension| figure.amount(Quantity::Vectors, memory, dimension);
        assert_eq!(amount(1 << 30, Some(1024)).unwrap(), Amount(1 << 20));
        assert_eq!(amount(REFERENCE_MEMORY, Some(1024)).unwrap(), Amount(5_000_000));
        assert!(amount(REFERENCE_MEMORY, None).is_err());
    }
}
