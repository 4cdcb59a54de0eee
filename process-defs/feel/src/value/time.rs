//! Times of day, with or without an offset or zone (DMN 1.5, 10.3.2.3.4).

use super::date::{NotTemporal, two_digits};
use redthread_calendar::{Timestamp, Zone};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// Nanoseconds in a day.
pub(crate) const DAY: i64 = 86_400_000_000_000;
pub(crate) const SECOND: i64 = 1_000_000_000;
pub(crate) const MILLISECOND: i64 = SECOND / 1000;

/// What a time or date-time says about its distance from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Offset {
    /// Nothing: the wall clock of wherever the reader is.
    Local,
    /// Seconds east of UTC, at most 18 hours.
    Fixed(i32),
    /// An IANA zone.
    Named(Zone),
}

impl Offset {
    /// Whether nothing is said.
    pub fn is_local(&self) -> bool {
        *self == Offset::Local
    }

    /// Reads `""`, `Z`, `+01:00`, `-02:45:55` or `@Europe/Berlin`.
    fn parse(text: &str) -> Option<Offset> {
        let bytes = text.as_bytes();
        match bytes.first() {
            None => Some(Offset::Local),
            Some(b'Z') if bytes.len() == 1 => Some(Offset::Fixed(0)),
            Some(b'@') => {
                let name = &text[1..];
                if name.starts_with(['+', '-']) || name == "Z" {
                    return None;
                }
                Zone::parse(name).ok().map(Offset::Named)
            }
            Some(sign @ (b'+' | b'-')) => {
                let (hours, rest) = two_digits(&bytes[1..])?;
                let (minutes, rest) = two_digits(rest.strip_prefix(b":")?)?;
                let (seconds, rest) = match rest {
                    [] => (0, rest),
                    _ => two_digits(rest.strip_prefix(b":")?)?,
                };
                let total = (hours * 3600 + minutes * 60 + seconds) as i32;
                let valid = rest.is_empty() && minutes < 60 && seconds < 60 && total <= 18 * 3600;
                valid.then_some(Offset::Fixed(if *sign == b'-' { -total } else { total }))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Offset::Local => Ok(()),
            Offset::Fixed(0) => f.write_str("Z"),
            Offset::Fixed(seconds) => {
                let sign = if *seconds < 0 { '-' } else { '+' };
                let n = seconds.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", n / 3600, n / 60 % 60)?;
                if n % 60 != 0 {
                    write!(f, ":{:02}", n % 60)
                } else {
                    Ok(())
                }
            }
            Offset::Named(zone) => write!(f, "@{zone}"),
        }
    }
}

/// A time of day, exact to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    nanos: i64,
    offset: Offset,
}

impl Time {
    /// The time; `None` when the clock does not show it.
    pub fn new(hour: u32, minute: u32, second: u32, nanos: u32, offset: Offset) -> Option<Time> {
        if hour > 23 || minute > 59 || second > 59 || nanos >= 1_000_000_000 {
            return None;
        }
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(Time {
            nanos: seconds * SECOND + i64::from(nanos),
            offset,
        })
    }

    /// The time so many nanoseconds after midnight, wrapping at midnight.
    pub fn from_nanos(nanos: i64, offset: Offset) -> Time {
        Time {
            nanos: nanos.rem_euclid(DAY),
            offset,
        }
    }

    /// Nanoseconds since midnight on the wall clock.
    pub fn nanos(&self) -> i64 {
        self.nanos
    }

    /// The hour, 0 to 23.
    pub fn hour(&self) -> u32 {
        (self.nanos / (3600 * SECOND)) as u32
    }

    /// The minute, 0 to 59.
    pub fn minute(&self) -> u32 {
        (self.nanos / (60 * SECOND) % 60) as u32
    }

    /// The whole second, 0 to 59.
    pub fn second(&self) -> u32 {
        (self.nanos / SECOND % 60) as u32
    }

    /// Its offset or zone.
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// Seconds east of UTC; `None` for a local time. A time of day has no date, so a zone with
    /// daylight saving counts with the offset it has on 1 January 2000.
    pub fn offset_seconds(&self) -> Option<i32> {
        const JANUARY_2000: Timestamp = Timestamp::from_micros(946_684_800_000_000);
        match self.offset {
            Offset::Local => None,
            Offset::Fixed(seconds) => Some(seconds),
            Offset::Named(zone) => Some(zone.offset_at(JANUARY_2000)),
        }
    }

    /// Order: by instant of the day when both have an offset, by wall clock when both have none;
    /// `None` when only one has. Counted in whole milliseconds, like that of date-times.
    pub fn compare(&self, other: &Time) -> Option<Ordering> {
        let millis = |time: &Time, offset: i32| time.millis() - i64::from(offset) * 1000;
        match (self.offset_seconds(), other.offset_seconds()) {
            (None, None) => Some(self.millis().cmp(&other.millis())),
            (Some(a), Some(b)) => Some(millis(self, a).cmp(&millis(other, b))),
            _ => None,
        }
    }

    /// Whole milliseconds since midnight.
    pub(crate) fn millis(&self) -> i64 {
        self.nanos / MILLISECOND
    }

    /// Nanoseconds from `other` to `self`; `None` when only one has an offset.
    pub fn difference(&self, other: &Time) -> Option<i64> {
        let local = self.nanos - other.nanos;
        match (self.offset_seconds(), other.offset_seconds()) {
            (None, None) => Some(local),
            (Some(a), Some(b)) => Some(local - (i64::from(a) - i64::from(b)) * SECOND),
            _ => None,
        }
    }
}

impl FromStr for Time {
    type Err = NotTemporal;

    /// Reads `09:30:00`, `09:30:00.125Z`, `09:30:00+01:00`, `09:30:00@Europe/Berlin`. Digits beyond
    /// the nanosecond are cut off.
    fn from_str(text: &str) -> Result<Time, NotTemporal> {
        parse_time(text).ok_or(NotTemporal("time"))
    }
}

fn parse_time(text: &str) -> Option<Time> {
    let (hour, rest) = two_digits(text.as_bytes())?;
    let (minute, rest) = two_digits(rest.strip_prefix(b":")?)?;
    let (second, mut rest) = two_digits(rest.strip_prefix(b":")?)?;
    let mut nanos = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if length == 0 {
            return None;
        }
        for place in 0..9 {
            let digit = fraction[..length]
                .get(place)
                .map_or(0, |b| u32::from(b - b'0'));
            nanos = nanos * 10 + digit;
        }
        rest = &fraction[length..];
    }
    let offset = Offset::parse(&text[text.len() - rest.len()..])?;
    Time::new(hour, minute, second, nanos, offset)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02}:{:02}:{:02}",
            self.hour(),
            self.minute(),
            self.second()
        )?;
        write_fraction(f, (self.nanos % SECOND) as u32)?;
        write!(f, "{}", self.offset)
    }
}

/// Writes `.125` for 125,000,000 nanoseconds and nothing for none.
pub(crate) fn write_fraction(f: &mut fmt::Formatter<'_>, nanos: u32) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_is_written_as_it_was_read() {
        for text in [
            "09:00:00",
            "23:59:59.987654321",
            "11:22:33Z",
            "11:22:33+05:30",
            "11:59:45-02:45:55",
            "10:30:11@Australia/Melbourne",
            "00:01:00@Etc/UTC",
        ] {
            assert_eq!(time(text).to_string(), text);
        }
        assert_eq!(time("11:22:33-00:00").to_string(), "11:22:33Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "7:00:00",
            "24:00:01",
            "13:20:00@xyz/abc",
            "13:20:00+5:00",
            "13:20:00+19:00",
            "13:20",
            "13:20:60",
            "13:20:00.",
            "13:20:00@+01:00",
            "",
            "13:20:00Zé",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }

    #[test]
    fn times_with_offsets_compare_by_instant_and_never_with_local_ones() {
        assert_eq!(
            time("10:00:00+01:00").compare(&time("09:00:00Z")),
            Some(Ordering::Equal)
        );
        assert_eq!(time("10:00:00").compare(&time("09:00:00Z")), None);
    }
}
