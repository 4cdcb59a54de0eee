//! An instant: microseconds since 1970-01-01T00:00:00Z.
//!
//! Instants are kept as one 64-bit number because the engine's tables do (both databases sort and
//! compare it alike, and neither cuts it). The range is what RFC 3339 can write, the years 0000 to
//! 9999: arithmetic saturates at its ends, so every `Timestamp` can be shown and nothing here panics.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// 0000-01-01T00:00:00Z.
const MIN_MICROS: i64 = -62_167_219_200_000_000;
/// 9999-12-31T23:59:59.999999Z.
const MAX_MICROS: i64 = 253_402_300_799_999_999;

/// An instant, exact to the microsecond, within the years 0000 to 9999.
///
/// Written and read as RFC 3339 text (`2026-01-05T09:00:00Z`), also by serde; database columns
/// take [`Timestamp::as_micros`].
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// The text is no RFC 3339 date-time within the years 0000 to 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a date and time like 2026-01-05T09:00:00Z ({reason})")]
pub struct TimestampError {
    /// What was given.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Timestamp = Timestamp(0);
    /// The earliest instant, 0000-01-01T00:00:00Z.
    pub const MIN: Timestamp = Timestamp(MIN_MICROS);
    /// The latest instant, 9999-12-31T23:59:59.999999Z; stands for "never" where a time is wanted.
    pub const MAX: Timestamp = Timestamp(MAX_MICROS);

    /// The instant so many microseconds after the epoch; beyond [`MIN`](Self::MIN) or
    /// [`MAX`](Self::MAX), the nearer of the two.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < MIN_MICROS {
            Self::MIN
        } else if micros > MAX_MICROS {
            Self::MAX
        } else {
            Timestamp(micros)
        }
    }

    /// The instant so many milliseconds after the epoch, saturating like [`Timestamp::from_micros`].
    pub const fn from_millis(millis: i64) -> Self {
        Self::from_micros(millis.saturating_mul(1000))
    }

    /// Microseconds since the epoch, negative before it.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, e.g. `2026-01-05T09:00:00Z` or `2026-01-05T10:00:00.5+01:00`. Digits beyond
    /// the microsecond are cut off.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let error = |reason: String| TimestampError {
            text: text.to_owned(),
            reason,
        };
        let instant = DateTime::parse_from_rfc3339(text).map_err(|e| error(e.to_string()))?;
        let micros = instant.timestamp_micros();
        if (MIN_MICROS..=MAX_MICROS).contains(&micros) {
            Ok(Timestamp(micros))
        } else {
            Err(error("the year must be between 0000 and 9999".to_owned()))
        }
    }

    /// The same instant for chrono.
    pub fn to_utc(self) -> DateTime<Utc> {
        // The range above lies well inside chrono's, so the default is never taken.
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// The instant of a chrono date-time, saturating like [`Timestamp::from_micros`].
    pub fn from_utc(utc: DateTime<Utc>) -> Self {
        Self::from_micros(utc.timestamp_micros())
    }

    /// The instant so many microseconds later (earlier if negative), saturating.
    #[must_use]
    pub const fn saturating_add_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// The instant so many microseconds later, or `None` outside the years 0000 to 9999.
    pub fn checked_add_micros(self, micros: i64) -> Option<Self> {
        let sum = self.0.checked_add(micros)?;
        (MIN_MICROS..=MAX_MICROS)
            .contains(&sum)
            .then_some(Timestamp(sum))
    }

    /// The date in UTC.
    pub fn utc_date(self) -> NaiveDate {
        self.to_utc().date_naive()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.to_utc();
        debug_assert!((0..=9999).contains(&utc.year()));
        // AutoSi writes 0, 3 or 6 digits, whichever loses nothing.
        f.write_str(&utc.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        Self::parse(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_instant_is_written_with_a_fraction_only_when_it_has_one() {
        assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(
            Timestamp::from_micros(1).to_string(),
            "1970-01-01T00:00:00.000001Z"
        );
        assert_eq!(
            Timestamp::from_millis(1500).to_string(),
            "1970-01-01T00:00:01.500Z"
        );
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn offsets_and_fine_fractions_are_read() {
        let nine = Timestamp::parse("2026-01-05T09:00:00Z").unwrap();
        assert_eq!(Timestamp::parse("2026-01-05T10:00:00+01:00").unwrap(), nine);
        assert_eq!(
            Timestamp::parse("2026-01-05T09:00:00.000000999Z").unwrap(),
            nine
        );
    }

    #[test]
    fn what_is_no_instant_is_refused_with_its_text() {
        for text in [
            "",
            "2026-01-05",
            "2026-01-05T09:00:00",
            "2026-02-30T09:00:00Z",
            "tomorrow",
        ] {
            let error = Timestamp::parse(text).unwrap_err();
            assert_eq!(error.text, text);
            assert!(error.to_string().contains("is not a date and time"));
        }
        // Before year 0 once the offset is taken off.
        assert!(Timestamp::parse("0000-01-01T00:00:00+01:00").is_err());
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Timestamp::MAX.saturating_add_micros(1), Timestamp::MAX);
        assert_eq!(
            Timestamp::MIN.saturating_add_micros(i64::MIN),
            Timestamp::MIN
        );
        assert_eq!(Timestamp::MAX.checked_add_micros(1), None);
        assert_eq!(Timestamp::from_millis(i64::MAX), Timestamp::MAX);
    }

    proptest! {
        #[test]
        fn text_and_instant_are_the_same_thing(micros in MIN_MICROS..=MAX_MICROS) {
            let instant = Timestamp::from_micros(micros);
            prop_assert_eq!(Timestamp::parse(&instant.to_string()).unwrap(), instant);
            prop_assert_eq!(Timestamp::from_utc(instant.to_utc()), instant);
        }

        #[test]
        fn reading_never_panics(text in ".*") {
            let _ = Timestamp::parse(&text);
        }
    }
}
