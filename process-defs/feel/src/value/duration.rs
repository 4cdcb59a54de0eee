//! The two kinds of duration (DMN 1.5, 10.3.2.3.7 and .8): exact time, and calendar months.

use super::date::NotTemporal;
use super::time::{SECOND, write_fraction};
use std::fmt;
use std::str::FromStr;

/// A length of time in days, hours, minutes and seconds, exact to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DaysTimeDuration {
    // Floored seconds and the rest: 16 bytes with the alignment of u64, where an i128 would make every
    // value larger. The derived order is the right one.
    seconds: i64,
    nanos: u32,
}

impl DaysTimeDuration {
    /// The duration of so many nanoseconds; `None` beyond ±2^63 seconds.
    pub fn from_nanos(nanos: i128) -> Option<DaysTimeDuration> {
        let seconds = i64::try_from(nanos.div_euclid(i128::from(SECOND))).ok()?;
        Some(DaysTimeDuration {
            seconds,
            nanos: nanos.rem_euclid(i128::from(SECOND)) as u32,
        })
    }

    /// The duration of so many whole seconds.
    pub fn from_seconds(seconds: i64) -> DaysTimeDuration {
        DaysTimeDuration { seconds, nanos: 0 }
    }

    /// Its length in nanoseconds.
    pub fn nanos(&self) -> i128 {
        i128::from(self.seconds) * i128::from(SECOND) + i128::from(self.nanos)
    }

    /// Its length in whole seconds, towards zero.
    pub fn whole_seconds(&self) -> i128 {
        self.nanos() / i128::from(SECOND)
    }
}

/// A number of calendar months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearsMonthsDuration {
    months: i64,
}

impl YearsMonthsDuration {
    /// The duration of so many months.
    pub fn from_months(months: i64) -> YearsMonthsDuration {
        YearsMonthsDuration { months }
    }

    /// Its length in months.
    pub fn months(&self) -> i64 {
        self.months
    }
}

/// One number of an ISO 8601 duration with its letter: whole part, nanoseconds of the fraction.
struct Part<'a> {
    whole: i128,
    fraction: Option<i128>,
    letter: u8,
    rest: &'a [u8],
}

fn part(text: &[u8]) -> Option<Part<'_>> {
    let length = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if length == 0 || length > 18 {
        return None;
    }
    let value = |digits: &[u8]| {
        digits
            .iter()
            .fold(0i128, |n, b| n * 10 + i128::from(b - b'0'))
    };
    let whole = value(&text[..length]);
    let mut rest = &text[length..];
    let mut fraction = None;
    if let Some(after) = rest.strip_prefix(b".") {
        let length = after.iter().take_while(|b| b.is_ascii_digit()).count();
        // ISO 8601 wants a digit here; the conformance kit takes `PT0.S`.
        let kept = length.min(9);
        fraction = Some(value(&after[..kept]) * 10i128.pow(9 - kept as u32));
        rest = &after[length..];
    }
    let (&letter, rest) = rest.split_first()?;
    Some(Part {
        whole,
        fraction,
        letter,
        rest,
    })
}

/// Strips `-` and `P`.
fn sign(text: &str) -> Option<(i128, &[u8])> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    Some((sign, rest.strip_prefix('P')?.as_bytes()))
}

fn parse_days_time(text: &str) -> Option<DaysTimeDuration> {
    let (sign, mut rest) = sign(text)?;
    let mut total = 0i128;
    let mut seen = false;
    if !rest.starts_with(b"T") {
        let days = part(rest).filter(|p| p.letter == b'D' && p.fraction.is_none())?;
        total += days.whole * 86_400 * i128::from(SECOND);
        rest = days.rest;
        seen = true;
    }
    if let Some(mut time) = rest.strip_prefix(b"T") {
        if time.is_empty() {
            return None;
        }
        let mut units: &[(u8, i128)] = &[(b'H', 3600), (b'M', 60), (b'S', 1)];
        while !time.is_empty() {
            let next = part(time)?;
            let place = units.iter().position(|unit| unit.0 == next.letter)?;
            if next.fraction.is_some() && next.letter != b'S' {
                return None;
            }
            total += next.whole * units[place].1 * i128::from(SECOND) + next.fraction.unwrap_or(0);
            units = &units[place + 1..];
            time = next.rest;
        }
        rest = time;
        seen = true;
    }
    if !seen || !rest.is_empty() {
        return None;
    }
    DaysTimeDuration::from_nanos(sign * total)
}

fn parse_years_months(text: &str) -> Option<YearsMonthsDuration> {
    let (sign, mut rest) = sign(text)?;
    let mut months = 0i128;
    let mut units: &[(u8, i128)] = &[(b'Y', 12), (b'M', 1)];
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let next = part(rest).filter(|p| p.fraction.is_none())?;
        let place = units.iter().position(|unit| unit.0 == next.letter)?;
        months += next.whole * units[place].1;
        units = &units[place + 1..];
        rest = next.rest;
    }
    Some(YearsMonthsDuration {
        months: i64::try_from(sign * months).ok()?,
    })
}

impl FromStr for DaysTimeDuration {
    type Err = NotTemporal;

    /// Reads `P1DT2H30M0.5S`, with a minus sign before the `P` if negative.
    fn from_str(text: &str) -> Result<DaysTimeDuration, NotTemporal> {
        parse_days_time(text).ok_or(NotTemporal("days and time duration"))
    }
}

impl FromStr for YearsMonthsDuration {
    type Err = NotTemporal;

    /// Reads `P1Y2M`, with a minus sign before the `P` if negative.
    fn from_str(text: &str) -> Result<YearsMonthsDuration, NotTemporal> {
        parse_years_months(text).ok_or(NotTemporal("years and months duration"))
    }
}

impl fmt::Display for DaysTimeDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.nanos();
        if total == 0 {
            return f.write_str("PT0S");
        }
        f.write_str(if total < 0 { "-P" } else { "P" })?;
        let nanos = total.unsigned_abs();
        let (seconds, fraction) = (nanos / SECOND as u128, (nanos % SECOND as u128) as u32);
        if seconds >= 86_400 {
            write!(f, "{}D", seconds / 86_400)?;
        }
        let of_day = seconds % 86_400;
        if of_day == 0 && fraction == 0 {
            return Ok(());
        }
        f.write_str("T")?;
        for (size, count, letter) in [(3600, of_day / 3600, 'H'), (60, of_day / 60 % 60, 'M')] {
            if of_day >= size && count != 0 {
                write!(f, "{count}{letter}")?;
            }
        }
        if of_day % 60 != 0 || fraction != 0 {
            write!(f, "{}", of_day % 60)?;
            write_fraction(f, fraction)?;
            f.write_str("S")?;
        }
        Ok(())
    }
}

impl fmt::Display for YearsMonthsDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.months == 0 {
            return f.write_str("P0M");
        }
        f.write_str(if self.months < 0 { "-P" } else { "P" })?;
        let months = self.months.unsigned_abs();
        if months >= 12 {
            write!(f, "{}Y", months / 12)?;
        }
        if !months.is_multiple_of(12) {
            write!(f, "{}M", months % 12)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_written_in_their_shortest_form() {
        for (read, written) in [
            ("PT24H", "P1D"),
            ("PT1000M0.999999999S", "PT16H40M0.999999999S"),
            ("-P0D", "PT0S"),
            ("-PT2H45M55S", "-PT2H45M55S"),
            ("P1DT2H", "P1DT2H"),
            ("PT0.5S", "PT0.5S"),
        ] {
            assert_eq!(
                read.parse::<DaysTimeDuration>().unwrap().to_string(),
                written
            );
        }
        for (read, written) in [
            ("P26M", "P2Y2M"),
            ("-P11M", "-P11M"),
            ("P0Y", "P0M"),
            ("P1Y", "P1Y"),
        ] {
            assert_eq!(
                read.parse::<YearsMonthsDuration>().unwrap().to_string(),
                written
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "", "P", "PT", "P1DT", "P0", "1D", "PT1S1M", "P1.5D", "P1H", "PT1D", "P-1D",
        ] {
            assert!(text.parse::<DaysTimeDuration>().is_err(), "{text}");
        }
        for text in ["P", "P1M1Y", "P1D", "P1.5Y", "PY"] {
            assert!(text.parse::<YearsMonthsDuration>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_duration_survives_its_text(nanos in any::<i64>(), months in any::<i64>()) {
            let duration = DaysTimeDuration::from_nanos(i128::from(nanos) * 7).unwrap();
            prop_assert_eq!(duration.to_string().parse::<DaysTimeDuration>().unwrap(), duration);
            let months = YearsMonthsDuration::from_months(months / 1000);
            prop_assert_eq!(months.to_string().parse::<YearsMonthsDuration>().unwrap(), months);
        }
    }
}
