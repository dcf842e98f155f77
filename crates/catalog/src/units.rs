//! The units of a requirement: sizes, counts, rates, spans of time and percentages.
//!
//! Each is a whole number of a small base unit, so that two spellings of one amount compare equal and a limit is met
//! to the last byte. Each prints in the largest unit that says it exactly, and reads back what it printed.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an amount, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct UnitError {
    /// What would have been right, with an example.
    pub expected: &'static str,
    /// What to do about this text in particular.
    pub help: Option<String>,
    /// Whether the text may mean one of several amounts, so that nobody but its author can mend it.
    pub is_ambiguous: bool,
}

impl UnitError {
    fn new(expected: &'static str) -> Self {
        Self { expected, help: None, is_ambiguous: false }
    }

    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A unit of a scale: its spelling and how many base units it is.
type Unit = (&'static str, u64);

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;
const PIB: u64 = 1 << 50;

const BYTE_UNITS: &[Unit] = &[("PB", PIB), ("TB", TIB), ("GB", GIB), ("MB", MIB), ("kB", KIB), ("B", 1)];
const COUNT_UNITS: &[Unit] = &[("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)];

const MICROSECONDS_PER_SECOND: u64 = 1_000_000;
const SECONDS_PER_DAY: u64 = 86_400;
const DAY: u64 = SECONDS_PER_DAY * MICROSECONDS_PER_SECOND;
const SPAN_UNITS: &[Unit] = &[
    ("d", DAY),
    ("h", DAY / 24),
    ("min", 60 * MICROSECONDS_PER_SECOND),
    ("s", MICROSECONDS_PER_SECOND),
    ("ms", 1_000),
    ("us", 1),
];

/// An amount of memory or disk, in bytes. `kB` and `KiB` are both 1024 bytes, as in `PostgreSQL` and Docker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub u64);

/// How many of something: records, vectors, connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(pub u64);

/// How often something happens, held as events a day so that `5/min` is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    /// Events in a day of 86,400 seconds.
    pub per_day: u64,
}

/// A span of time, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

/// How long data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retention {
    /// Until it is this old.
    For(Span),
    /// It is never removed.
    Forever,
}

/// A percentage, in millionths (`99.9%` is 999,000).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    /// Parts in a million.
    pub millionths: u32,
}

/// What data grows by in a stretch of time: `2GB/month` or `20k/month`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Growth {
    /// What is added.
    pub amount: GrowthAmount,
    /// In how long.
    pub period: Period,
}

/// Growth is measured in bytes or in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrowthAmount {
    /// Bytes a period.
    Bytes(Bytes),
    /// Records a period.
    Count(Count),
}

/// The stretches of time that growth is stated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
    /// 365 days.
    Year,
}

impl Period {
    /// The length of the period; a month is 30 days, a year 365.
    pub fn span(self) -> Span {
        Span(match self {
            Self::Hour => DAY / 24,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
            Self::Year => 365 * DAY,
        })
    }
}

/// A decimal number as written, kept exact: `digits / 10^scale`.
struct Decimal {
    digits: u128,
    scale: u32,
}

impl Decimal {
    /// The number times `factor`, rounded down; `None` when it does not fit.
    fn times(&self, factor: u64) -> Option<u64> {
        let divisor = 10u128.checked_pow(self.scale)?;
        let product = self.digits.checked_mul(u128::from(factor))?;
        u64::try_from(product.checked_div(divisor)?).ok()
    }
}

/// Splits `1_000.5 GB` into its number and its unit; `None` when it does not start with a number.
fn split(text: &str) -> Option<(Decimal, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let grouped_well = !number.starts_with('_') && !number.ends_with('_') && !number.contains("__");
    if whole.is_empty() || !grouped_well || (number.contains('.') && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let figures = whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit);
    let digits = figures.map(|figure| u128::from(figure.wrapping_sub(b'0')));
    let digits = digits.into_iter().try_fold(0u128, |sum, digit| sum.checked_mul(10)?.checked_add(digit))?;
    let scale = u32::try_from(fraction.bytes().filter(u8::is_ascii_digit).count()).ok()?;
    Some((Decimal { digits, scale }, unit.trim()))
}

/// Prints an amount in the largest unit that says it exactly with at most two decimals.
fn write_exact(f: &mut fmt::Formatter<'_>, amount: u64, units: &[Unit]) -> fmt::Result {
    let hundredths = u128::from(amount).saturating_mul(100);
    let fitting = units.iter().find_map(|(name, size)| {
        let whole = amount.checked_rem(*size) == Some(0);
        let decimal = amount < size.saturating_mul(1_000) && hundredths.checked_rem(u128::from(*size)) == Some(0);
        let exact = amount >= *size && (whole || decimal);
        exact.then(|| hundredths.checked_div(u128::from(*size)).map(|in_unit| (name, in_unit))).flatten()
    });
    let Some((name, in_unit)) = fitting else { return write!(f, "{}", Grouped(amount)) };
    let (whole, rest) = (in_unit.checked_div(100).unwrap_or(0), in_unit.checked_rem(100).unwrap_or(0));
    match rest {
        0 if whole > 99_999 => write!(f, "{}{name}", Grouped(u64::try_from(whole).unwrap_or(amount))),
        0 => write!(f, "{whole}{name}"),
        rest => write!(f, "{whole}.{}{name}", format!("{rest:02}").trim_end_matches('0')),
    }
}

/// Prints an amount to three digits in the largest unit that it reaches; a number below a thousand stays exact.
fn rounded(amount: u64, units: &[Unit]) -> String {
    let Some((name, size)) = units.iter().find(|(_, size)| amount >= *size) else { return amount.to_string() };
    #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
    let value = amount as f64 / *size as f64;
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    let digits = format!("{value:.decimals$}");
    let digits = if decimals > 0 { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{digits}{name}")
}

/// A number with its thousands set apart, as YAML and Rust read it: `10_838_212`.
struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            let left = digits.len().saturating_sub(index);
            if index > 0 && left.checked_rem(3) == Some(0) {
                f.write_str("_")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

const TOO_LARGE: &str = "the number is too large";

impl Bytes {
    /// As a number of GB. An estimate above 8 PB, which is 2^53 bytes.
    #[expect(clippy::cast_precision_loss, reason = "an estimate; exact below 2^53")]
    pub fn gigabytes(self) -> f64 {
        self.0 as f64 / GIB as f64
    }

    const EXPECTED: &str = "a size with its unit, such as `20GB` or `512MiB`";

    /// To three digits, for a person.
    pub fn rounded(self) -> String {
        rounded(self.0, BYTE_UNITS)
    }
}

impl FromStr for Bytes {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let expected = || UnitError::new(Self::EXPECTED);
        let (number, unit) = split(text).ok_or_else(expected)?;
        let factor = match unit.to_ascii_lowercase().as_str() {
            "b" => 1,
            "k" | "kb" | "kib" => KIB,
            "m" | "mb" | "mib" => MIB,
            "g" | "gb" | "gib" => GIB,
            "t" | "tb" | "tib" => TIB,
            "p" | "pb" | "pib" => PIB,
            "" => return Err(expected().with_help(format!("add the unit: `{}GB`, or `{0}B` for bytes", text.trim()))),
            _ => {
                return Err(expected().with_help("the units are B, kB, MB, GB, TB and PB, each 1024 of the one before"));
            }
        };
        number.times(factor).map(Self).ok_or_else(|| expected().with_help(TOO_LARGE))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { f.write_str("0B") } else { write_exact(f, self.0, BYTE_UNITS) }
    }
}

impl Count {
    const EXPECTED: &str = "a whole number, such as `50_000_000` or `50M`";

    /// To three digits, for a person.
    pub fn rounded(self) -> String {
        rounded(self.0, COUNT_UNITS)
    }
}

impl FromStr for Count {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let expected = || UnitError::new(Self::EXPECTED);
        let (number, unit) = split(text).ok_or_else(expected)?;
        let factor = match unit {
            "" if number.scale > 0 => return Err(expected()),
            "" => 1,
            "k" | "K" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            _ => return Err(expected().with_help("the units are k, M and G: thousand, million, thousand million")),
        };
        number.times(factor).map(Self).ok_or_else(|| expected().with_help(TOO_LARGE))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_exact(f, self.0, COUNT_UNITS)
    }
}

impl Rate {
    const EXPECTED: &str = "a rate, such as `2000/s` or `10k/s`";

    /// To three digits, for a person.
    pub fn rounded(self) -> String {
        match self.per_day.checked_div(SECONDS_PER_DAY) {
            Some(per_second) if per_second > 0 => format!("{}/s", Count(per_second).rounded()),
            _ => self.to_string(),
        }
    }

    /// So many events each second; a rate too large to hold is the largest.
    pub fn per_second(count: u64) -> Self {
        Self { per_day: count.saturating_mul(SECONDS_PER_DAY) }
    }
}

impl FromStr for Rate {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let expected = || UnitError::new(Self::EXPECTED);
        let units = || expected().with_help("a rate is a number, a stroke and s, min, h or d");
        let (count, period) = text.split_once('/').ok_or_else(units)?;
        let per_day = match period.trim() {
            "s" | "sec" | "second" => SECONDS_PER_DAY,
            "min" | "minute" => 1_440,
            "h" | "hour" => 24,
            "d" | "day" => 1,
            _ => return Err(units()),
        };
        let (number, unit) = split(count).ok_or_else(expected)?;
        let factor: u64 = match unit {
            "" => 1,
            "k" | "K" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            _ => return Err(units()),
        };
        let factor = factor.checked_mul(per_day).ok_or_else(units)?;
        let per_day = number.times(factor).ok_or_else(|| expected().with_help(TOO_LARGE))?;
        Ok(Self { per_day })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, per_day) in [("s", SECONDS_PER_DAY), ("min", 1_440), ("h", 24)] {
            if self.per_day.checked_rem(per_day) == Some(0) {
                return write!(f, "{}/{name}", Count(self.per_day.checked_div(per_day).unwrap_or(0)));
            }
        }
        write!(f, "{}/d", Count(self.per_day))
    }
}

impl Span {
    const EXPECTED: &str = "a duration, such as `5ms`, `12h` or `90d`";

    /// To three digits, for a person.
    pub fn rounded(self) -> String {
        rounded(self.0, SPAN_UNITS)
    }

    /// A span of whole days, or the longest there is.
    pub const fn days(days: u64) -> Self {
        Self(days.saturating_mul(DAY))
    }
}

impl FromStr for Span {
    type Err = UnitError;

    /// Reads one amount or several that add up: `90s`, `1h30m`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let expected = || UnitError::new(Self::EXPECTED);
        let (mut sum, mut left) = (0u64, text);
        loop {
            let (number, rest) = split(left).ok_or_else(expected)?;
            let (unit, rest) = rest
                .split_at_checked(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()))
                .ok_or_else(expected)?;
            if unit.trim() == "M" {
                let help = "write `m` for minutes or `months` for months";
                return Err(UnitError { is_ambiguous: true, ..expected().with_help(help) });
            }
            let part = span_unit(unit.trim(), left.trim()).map_err(|help| expected().with_help(help))?;
            let part = number.times(part).and_then(|part| sum.checked_add(part));
            sum = part.ok_or_else(|| expected().with_help(TOO_LARGE))?;
            if rest.is_empty() {
                return Ok(Self(sum));
            }
            left = rest;
        }
    }
}

/// A unit of time in microseconds, or what to write instead.
fn span_unit(unit: &str, number: &str) -> Result<u64, String> {
    Ok(match unit {
        "us" | "µs" => 1,
        "ms" => 1_000,
        "s" | "sec" | "second" | "seconds" => MICROSECONDS_PER_SECOND,
        "m" | "min" | "minute" | "minutes" => 60 * MICROSECONDS_PER_SECOND,
        "h" | "hour" | "hours" => DAY / 24,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7 * DAY,
        "month" | "months" => 30 * DAY,
        "y" | "year" | "years" => 365 * DAY,
        "" => return Err(format!("add the unit: `{number}ms`, `{number}s` or `{number}d`")),
        _ => return Err(String::from("the units are us, ms, s, m, h, d, w, months and y")),
    })
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { f.write_str("0s") } else { write_exact(f, self.0, SPAN_UNITS) }
    }
}

impl FromStr for Retention {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if text.trim() == "forever" {
            return Ok(Self::Forever);
        }
        let expected = "a duration, such as `90d`, or `forever`";
        text.parse().map(Self::For).map_err(|error: UnitError| UnitError { expected, ..error })
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::For(span) => span.fmt(f),
            Self::Forever => f.write_str("forever"),
        }
    }
}

impl FromStr for Percent {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let expected = || UnitError::new("a percentage between 0% and 100%, such as `99.9%`");
        let (number, unit) = split(text).ok_or_else(expected)?;
        if unit != "%" {
            return Err(expected());
        }
        let millionths = number.times(10_000).and_then(|value| u32::try_from(value).ok());
        millionths.filter(|value| *value <= 1_000_000).map(|millionths| Self { millionths }).ok_or_else(expected)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.millionths.checked_div(10_000).unwrap_or(0);
        let rest = self.millionths.checked_rem(10_000).unwrap_or(0);
        if rest == 0 {
            return write!(f, "{whole}%");
        }
        let fraction = format!("{rest:04}");
        write!(f, "{whole}.{}%", fraction.trim_end_matches('0'))
    }
}

impl FromStr for Growth {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let expected = || UnitError::new("an amount a period, such as `2GB/month` or `20k/month`");
        let periods = || expected().with_help("the periods are hour, day, week, month and year");
        let (amount, period) = text.split_once('/').ok_or_else(periods)?;
        let period = match period.trim() {
            "h" | "hour" => Period::Hour,
            "d" | "day" => Period::Day,
            "w" | "week" => Period::Week,
            "month" => Period::Month,
            "y" | "year" => Period::Year,
            _ => return Err(periods()),
        };
        let bytes = || amount.parse().map(GrowthAmount::Bytes).map_err(|_| expected());
        let amount = amount.parse().map(GrowthAmount::Count).or_else(|_: UnitError| bytes())?;
        Ok(Self { amount, period })
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.amount {
            GrowthAmount::Bytes(bytes) => bytes.fmt(f)?,
            GrowthAmount::Count(count) => count.fmt(f)?,
        }
        f.write_str(match self.period {
            Period::Hour => "/hour",
            Period::Day => "/day",
            Period::Week => "/week",
            Period::Month => "/month",
            Period::Year => "/year",
        })
    }
}

/// A part of a whole for a person: `under 1 %`, `25 %`.
pub fn percentage(part: f64) -> String {
    match part * 100.0 {
        nothing if nothing <= 0.0 => String::from("0 %"),
        little if little < 1.0 => String::from("under 1 %"),
        some => format!("{some:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Count, Growth, Percent, Rate, Retention, Span};

    fn reads<T: std::str::FromStr + ToString>(text: &str) -> Option<String> {
        text.parse::<T>().ok().map(|amount| amount.to_string())
    }

    #[test]
    fn sizes_are_powers_of_1024_in_both_spellings() {
        assert_eq!("20GB".parse(), Ok(Bytes(20 << 30)));
        assert_eq!("20GiB".parse::<Bytes>(), "20GB".parse());
        assert_eq!("1.5 gb".parse(), Ok(Bytes(1536 << 20)));
        assert_eq!("512kB".parse(), Ok(Bytes(512 << 10)));
        for wrong in ["20", "GB", "20 XB", "-1GB", "1..5GB", "1_GB", "", "20000000PB", "1,5GB", "1e3MB"] {
            assert_eq!(reads::<Bytes>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn amounts_print_what_they_read() {
        for text in ["20GB", "1.5GB", "0B", "1B", "3TB", "1025B", "1.25kB"] {
            assert_eq!(reads::<Bytes>(text).as_deref(), Some(text));
        }
        assert_eq!(reads::<Bytes>("35184372088833B").as_deref(), Some("35_184_372_088_833B"));
        assert_eq!(reads::<Count>("22_800_400_900").as_deref(), Some("22_800_400_900"));
        assert_eq!(Bytes((32 << 40) + 1).rounded(), "32TB");
        assert_eq!(Count(10_838_212).rounded(), "10.8M");
        assert_eq!(Count(999).rounded(), "999");
        assert_eq!(Rate::per_second(67_496).rounded(), "67.5k/s");
        assert_eq!(reads::<Count>("10838212").as_deref(), Some("10_838_212"));
        assert_eq!(reads::<Count>("10_780_000").as_deref(), Some("10.78M"));
        assert_eq!(reads::<Count>("50_000_000").as_deref(), Some("50M"));
        assert_eq!(reads::<Count>("1.5k").as_deref(), Some("1.5k"));
        assert_eq!(reads::<Rate>("10k/s").as_deref(), Some("10k/s"));
        assert_eq!(reads::<Rate>("5/min").as_deref(), Some("5/min"));
        assert_eq!(reads::<Span>("1500ms").as_deref(), Some("1.5s"));
        assert_eq!(reads::<Span>("2 weeks").as_deref(), Some("14d"));
        assert_eq!(reads::<Span>("15m").as_deref(), Some("15min"));
        assert_eq!(reads::<Span>("1h30m").as_deref(), Some("1.5h"));
        assert_eq!(reads::<Span>("1d 2h 3 min").as_deref(), Some("26.05h"));
        assert_eq!(reads::<Retention>("forever").as_deref(), Some("forever"));
        assert_eq!(reads::<Percent>("99.95%").as_deref(), Some("99.95%"));
        assert_eq!(reads::<Growth>("2GB/month").as_deref(), Some("2GB/month"));
        assert_eq!(reads::<Growth>("20k/month").as_deref(), Some("20k/month"));
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        for wrong in ["5M", "1h30", "h", "1h 30x", "1h-5m", "9999999999999y1s"] {
            assert_eq!(reads::<Span>(wrong), None, "{wrong}");
        }
        assert_eq!(reads::<Count>("1.5"), None);
        assert_eq!(reads::<Rate>("5"), None);
        assert_eq!(reads::<Percent>("101%"), None);
        assert_eq!(reads::<Growth>("2GB"), None);
    }
}
