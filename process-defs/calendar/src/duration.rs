//! ISO 8601 durations and repeating intervals, as BPMN timer events write them (BPMN 2.0, 10.5.5).
//!
//! A duration has three parts that cannot be turned into each other: months, days and exact time.
//! Months and days go by the wall clock, so `P1D` over a daylight-saving change is 23 or 25 hours,
//! and one month after 31 January is 28 February.

use crate::{Timestamp, Zone};
use chrono::{Days, Months};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const SECOND: i64 = 1_000_000;

/// A duration of months, days and microseconds, each of which may be negative.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct IsoDuration {
    /// Whole months (a year is twelve).
    pub months: i64,
    /// Calendar days (a week is seven).
    pub days: i64,
    /// Exact time, in microseconds.
    pub micros: i64,
}

/// The text is no duration or repeating interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not the ISO 8601 form.
    #[error("\"{0}\" is not a duration; write it like PT30M, P1DT12H or P2W")]
    NotADuration(String),
    /// A number in it is beyond what a duration can hold.
    #[error("the duration \"{0}\" is too long")]
    TooLong(String),
    /// Not the ISO 8601 form of a repeating interval.
    #[error("\"{0}\" is not a repeating interval; write it like R3/PT10M, or R/P1D without an end")]
    NotRepeating(String),
    /// A date-time in it cannot be read.
    #[error("in \"{text}\": {error}")]
    BadTime {
        /// The whole interval.
        text: String,
        /// What is wrong with its start or end.
        error: crate::TimestampError,
    },
    /// Repeating after nothing, or backwards, would never end.
    #[error("\"{0}\" repeats without time passing; its duration must be longer than zero")]
    NotForward(String),
}

impl IsoDuration {
    /// No time at all.
    pub const ZERO: IsoDuration = IsoDuration {
        months: 0,
        days: 0,
        micros: 0,
    };

    /// The instant this much after `from`: months and days on the wall clock of `zone` (a day that
    /// the month has not got becomes its last; a swallowed time the first after the gap), then the
    /// exact part. `None` outside the years 0000 to 9999.
    pub fn add_to(&self, from: Timestamp, zone: &Zone) -> Option<Timestamp> {
        if self.months == 0 && self.days == 0 {
            // Not through the wall clock: there the second half of a fold would be lost.
            return from.checked_add_micros(self.micros);
        }
        let mut local = zone.to_local(from);
        let months = Months::new(u32::try_from(self.months.unsigned_abs()).ok()?);
        local = if self.months >= 0 {
            local.checked_add_months(months)?
        } else {
            local.checked_sub_months(months)?
        };
        let days = Days::new(self.days.unsigned_abs());
        local = if self.days >= 0 {
            local.checked_add_days(days)?
        } else {
            local.checked_sub_days(days)?
        };
        // Refuses what `from_local` would silently pull back to the last year.
        let year = chrono::Datelike::year(&local);
        if !(0..=9999).contains(&year) {
            return None;
        }
        zone.from_local(local).checked_add_micros(self.micros)
    }

    /// The duration so many times over; `None` if it does not fit.
    pub fn checked_mul(&self, times: i64) -> Option<Self> {
        Some(IsoDuration {
            months: self.months.checked_mul(times)?,
            days: self.days.checked_mul(times)?,
            micros: self.micros.checked_mul(times)?,
        })
    }

    /// The same length backwards; `None` if it does not fit.
    pub fn checked_neg(&self) -> Option<Self> {
        self.checked_mul(-1)
    }

    /// Whether it only ever goes forward: no part negative, and not nothing.
    pub fn is_forward(&self) -> bool {
        self.months >= 0 && self.days >= 0 && self.micros >= 0 && *self != Self::ZERO
    }
}

/// Reads an ISO 8601 duration: `P1Y2M3DT4H5M6.5S`, `P2W`, `-P3D`. Parts may carry a sign of their
/// own (`P1M-1D`), and only seconds a fraction; digits beyond the microsecond are cut off.
pub fn parse_duration(text: &str) -> Result<IsoDuration, DurationError> {
    let not = || DurationError::NotADuration(text.to_owned());
    let long = || DurationError::TooLong(text.to_owned());
    let (sign, rest) = split_sign(text);
    let rest = rest.strip_prefix('P').ok_or_else(not)?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return Err(not()),
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    if date.is_empty() && time.is_empty() {
        return Err(not());
    }
    let mut total = IsoDuration::ZERO;
    let add = |sum: &mut i64, part: &Part, unit: i64| {
        let whole = part.whole.checked_mul(unit).ok_or_else(long)?;
        let amount = whole.checked_mul(sign * part.sign).ok_or_else(long)?;
        *sum = sum.checked_add(amount).ok_or_else(long)?;
        Ok(())
    };
    for part in parts(date, "YMWD").ok_or_else(not)? {
        let part = part.map_err(|()| long())?;
        match part.unit {
            'Y' => add(&mut total.months, &part, 12)?,
            'M' => add(&mut total.months, &part, 1)?,
            'W' => add(&mut total.days, &part, 7)?,
            _ => add(&mut total.days, &part, 1)?,
        }
        if part.fraction.is_some() {
            return Err(not());
        }
    }
    for part in parts(time, "HMS").ok_or_else(not)? {
        let part = part.map_err(|()| long())?;
        match part.unit {
            'H' => add(&mut total.micros, &part, 3600 * SECOND)?,
            'M' => add(&mut total.micros, &part, 60 * SECOND)?,
            _ => add(&mut total.micros, &part, SECOND)?,
        }
        match part.fraction {
            Some(_) if part.unit != 'S' => return Err(not()),
            Some(micros) => {
                let amount = micros * sign * part.sign;
                total.micros = total.micros.checked_add(amount).ok_or_else(long)?;
            }
            None => {}
        }
    }
    Ok(total)
}

/// One number with its unit, e.g. `6.5S`.
struct Part {
    sign: i64,
    whole: i64,
    /// Microseconds after the decimal sign.
    fraction: Option<i64>,
    unit: char,
}

fn split_sign(text: &str) -> (i64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Splits `1Y2M` into its parts, whose units must come in the order of `units`. `None`: not of
/// that form; an `Err(())` inside: a number too large.
fn parts(text: &str, units: &str) -> Option<Vec<Result<Part, ()>>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut units_left = units;
    while !rest.is_empty() {
        let (sign, unsigned) = split_sign(rest);
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
        let (number, after) = unsigned.split_at(end);
        let unit = after.chars().next()?;
        units_left = &units_left[units_left.find(unit)? + unit.len_utf8()..];
        rest = &after[unit.len_utf8()..];
        let (whole, fraction) = match number.split_once(['.', ',']) {
            Some((whole, digits)) => (whole, Some(micros_of(digits)?)),
            None => (number, None),
        };
        if whole.is_empty() {
            return None;
        }
        let part = whole.parse::<i64>().map_err(|_| ());
        found.push(part.map(|whole| Part {
            sign,
            whole,
            fraction,
            unit,
        }));
    }
    Some(found)
}

/// The microseconds that digits after a decimal sign stand for.
fn micros_of(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let six: String = digits.chars().chain("000000".chars()).take(6).collect();
    six.parse().ok()
}

impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ZERO {
            return f.write_str("PT0S");
        }
        // All parts of one sign: one sign in front, as ISO 8601 wants; else one at each part.
        let all = [self.months, self.days, self.micros];
        let negative = all.iter().all(|part| *part <= 0);
        let sign = if negative { -1i128 } else { 1 };
        f.write_str(if negative { "-P" } else { "P" })?;
        let [months, days, micros] = all.map(|part| i128::from(part) * sign);
        let write = |f: &mut fmt::Formatter<'_>, amount: i128, unit: char| {
            if amount == 0 {
                Ok(())
            } else {
                write!(f, "{amount}{unit}")
            }
        };
        write(f, months / 12, 'Y')?;
        write(f, months % 12, 'M')?;
        write(f, days, 'D')?;
        if micros == 0 {
            return Ok(());
        }
        f.write_str("T")?;
        let second = i128::from(SECOND);
        write(f, micros / (3600 * second), 'H')?;
        write(f, micros / (60 * second) % 60, 'M')?;
        let seconds = micros % (60 * second);
        if seconds == 0 {
            return Ok(());
        }
        let (whole, fraction) = (seconds / second, (seconds % second).abs());
        if seconds < 0 && whole == 0 {
            f.write_str("-")?;
        }
        write!(f, "{whole}")?;
        if fraction != 0 {
            let digits = format!("{fraction:06}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("S")
    }
}

impl FromStr for IsoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        parse_duration(text)
    }
}

impl Serialize for IsoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IsoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_duration(&text).map_err(serde::de::Error::custom)
    }
}

/// A duration over and over: `R3/PT10S` (ISO 8601, 4.5), a BPMN time cycle.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct RepeatingInterval {
    /// How often; `None`: without end.
    pub repetitions: Option<u32>,
    /// When it occurs first; `None`: one interval after it was set.
    pub start: Option<Timestamp>,
    /// What lies between two occurrences; longer than zero.
    pub interval: IsoDuration,
    /// When it occurs last.
    pub end: Option<Timestamp>,
}

/// Reads `R3/PT10S`, `R/P1D`, `R5/2026-01-05T09:00:00Z/PT1H` or `R3/PT1H/2026-01-05T09:00:00Z`.
pub fn parse_repeating(text: &str) -> Result<RepeatingInterval, DurationError> {
    let not = || DurationError::NotRepeating(text.to_owned());
    let mut fields = text.split('/');
    let count = fields
        .next()
        .and_then(|first| first.strip_prefix('R'))
        .ok_or_else(not)?;
    let repetitions = match count {
        "" => None,
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => Some(
            digits
                .parse()
                .map_err(|_| DurationError::TooLong(text.to_owned()))?,
        ),
        _ => return Err(not()),
    };
    let (first, second) = (fields.next().ok_or_else(not)?, fields.next());
    if fields.next().is_some() {
        return Err(not());
    }
    let time = |part: &str| {
        let error = |error| DurationError::BadTime {
            text: text.to_owned(),
            error,
        };
        Timestamp::parse(part).map_err(error)
    };
    let is_duration = |part: &str| split_sign(part).1.starts_with('P');
    let (start, interval, end) = match second {
        None => (None, first, None),
        Some(second) if is_duration(second) => (Some(time(first)?), second, None),
        Some(second) if is_duration(first) => (None, first, Some(time(second)?)),
        Some(_) => return Err(not()),
    };
    let interval = parse_duration(interval)?;
    if !interval.is_forward() {
        return Err(DurationError::NotForward(text.to_owned()));
    }
    Ok(RepeatingInterval {
        repetitions,
        start,
        interval,
        end,
    })
}

impl RepeatingInterval {
    /// The `n`-th time it occurs (the first is 1) if it was set at `from`; `None` after the last.
    ///
    /// Without a start the first is one interval after `from`; with a start it is the start
    /// itself, even if that is past; with an end the *last* is the end, and without a count the
    /// first is the earliest after `from` that leads there in whole intervals. Counted from one
    /// fixed instant, so `P1M` from 31 January gives 28 February and then 31 March.
    pub fn occurrence(&self, n: u64, from: Timestamp, zone: &Zone) -> Option<Timestamp> {
        if n == 0 || self.repetitions.is_some_and(|last| n > u64::from(last)) {
            return None;
        }
        let n = i64::try_from(n).ok()?;
        let times = |anchor: Timestamp, k: i64| self.interval.checked_mul(k)?.add_to(anchor, zone);
        match (self.start, self.end) {
            (Some(start), _) => times(start, n - 1),
            (None, None) => times(from, n),
            (None, Some(end)) => {
                let before_end = match self.repetitions {
                    Some(count) => i64::from(count) - n,
                    None => self.intervals_between(from, end, zone)?.checked_sub(n)?,
                };
                if before_end < 0 {
                    None
                } else {
                    times(end, -before_end)
                }
            }
        }
    }

    /// How many of the times `end`, `end - interval`, `end - 2 * interval` ... are after `from`.
    fn intervals_between(&self, from: Timestamp, end: Timestamp, zone: &Zone) -> Option<i64> {
        let after = |k: i64| {
            let back = self
                .interval
                .checked_mul(-k)
                .and_then(|back| back.add_to(end, zone));
            back.is_some_and(|at| at > from)
        };
        // A microsecond over ten thousand years is under 2^59 intervals.
        let (mut low, mut high) = (0i64, 1i64 << 59);
        while low < high {
            let middle = low + (high - low) / 2;
            if after(middle) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        Some(low)
    }
}

impl fmt::Display for RepeatingInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("R")?;
        if let Some(count) = self.repetitions {
            write!(f, "{count}")?;
        }
        if let Some(start) = self.start {
            write!(f, "/{start}")?;
        }
        write!(f, "/{}", self.interval)?;
        if let Some(end) = self.end {
            write!(f, "/{end}")?;
        }
        Ok(())
    }
}

impl FromStr for RepeatingInterval {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        parse_repeating(text)
    }
}

impl Serialize for RepeatingInterval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RepeatingInterval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_repeating(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
