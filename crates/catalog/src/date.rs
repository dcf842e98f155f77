//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day, printed as `2030-11-14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.year, self.month, self.day).serialize(serializer)
    }
}

/// From a date of TOML, or from the three numbers that a binary form holds.
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let read = toml::value::Datetime::deserialize(deserializer)?;
            return Self::try_from(read).map_err(D::Error::custom);
        }
        let (year, month, day) = Deserialize::deserialize(deserializer)?;
        Ok(Self { year, month, day })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What is wrong with a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a date, such as 2030-11-14")]
pub struct DateError;

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let is_date = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let read: toml::value::Datetime = is_date.then(|| text.parse().ok()).flatten().ok_or(DateError)?;
        Self::try_from(read)
    }
}

impl TryFrom<toml::value::Datetime> for Date {
    type Error = DateError;

    fn try_from(read: toml::value::Datetime) -> Result<Self, DateError> {
        let date = read.date.ok_or(DateError)?;
        Ok(Self { year: date.year, month: date.month, day: date.day })
    }
}

impl Date {
    /// The days from the first of March of the year 0 to this one, in the Gregorian calendar: for differences.
    #[allow(clippy::arithmetic_side_effects, reason = "a year has five digits at most")]
    pub fn days(self) -> i64 {
        let january_or_february = i64::from(self.month <= 2);
        let year = i64::from(self.year) - january_or_february;
        let month = i64::from(self.month) + 12 * january_or_february - 3;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        365 * year + leap_days + (153 * month + 2).div_euclid(5) + i64::from(self.day) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_are_counted_over_leap_years() {
        let days = |from: &str, to: &str| to.parse::<Date>().unwrap().days() - from.parse::<Date>().unwrap().days();
        assert_eq!(days("2026-11-22", "2026-11-22"), 0);
        assert_eq!(days("2024-02-28", "2024-03-01"), 2);
        assert_eq!(days("2100-02-28", "2100-03-01"), 1);
        assert_eq!(days("1970-01-01", "2026-11-22"), 20_779);
    }

    #[test]
    fn only_days_of_the_calendar_are_read() {
        assert_eq!("2028-02-29".parse::<Date>().unwrap().to_string(), "2028-02-29");
        for wrong in ["2027-02-29", "2026-13-01", "2026-1-1", "tomorrow", "2026-11-22T00:00:00Z", ""] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }
}
