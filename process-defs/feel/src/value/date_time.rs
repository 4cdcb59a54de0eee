//! Date-times, with or without an offset or zone (DMN 1.5, 10.3.2.3.6).
//!
//! A date-time keeps what it was written with. Two with an offset or zone compare by instant. Where a
//! zone's clock jumps, the rules are the calendar's: a time that the jump swallows means the first
//! instant after it, a time that occurs twice means the earlier one. Where a calculation or the clock comes
//! to the later one, it is kept with its offset instead of the zone, so that no instant is ever lost.

use super::date::{Date, NotTemporal};
use super::time::{DAY, MILLISECOND, Offset, SECOND, Time};
use chrono::{DateTime as ChronoDateTime, Datelike, Timelike};
use redthread_calendar::{Timestamp, Zone};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Time,
}

impl DateTime {
    /// The date-time; its offset or zone is the time's.
    pub fn new(date: Date, time: Time) -> DateTime {
        DateTime { date, time }
    }

    /// The date.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The time of day, with the offset or zone.
    pub fn time(&self) -> Time {
        self.time
    }

    /// Its offset or zone.
    pub fn offset(&self) -> Offset {
        self.time.offset()
    }

    /// An instant as the wall clock of `zone` shows it.
    pub fn from_timestamp(at: Timestamp, zone: Zone) -> DateTime {
        let local = zone.to_local(at);
        let date = Date::new(local.year(), local.month(), local.day());
        let nanos = i64::from(local.num_seconds_from_midnight()) * SECOND
            + i64::from(local.nanosecond() % 1_000_000_000);
        // chrono's own dates are all within our range.
        let date = date.unwrap_or_else(epoch);
        let named = DateTime::new(date, Time::from_nanos(nanos, Offset::Named(zone)));
        let shift = zone.offset_at(at);
        named.unless_later_of_two(shift, i128::from(at.as_micros()) * 1000)
    }

    /// The same with its offset, if in its zone the wall clock would mean another instant.
    fn unless_later_of_two(self, shift: i32, instant: i128) -> DateTime {
        if self.instant_nanos() == Some(instant) {
            return self;
        }
        let time = Time::from_nanos(self.time.nanos(), Offset::Fixed(shift));
        DateTime::new(self.date, time)
    }

    /// Nanoseconds since 1970-01-01T00:00:00 on the wall clock, whatever the offset.
    pub fn wall_nanos(&self) -> i128 {
        i128::from(self.date.days()) * i128::from(DAY) + i128::from(self.time.nanos())
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z; `None` for a local date-time.
    pub fn instant_nanos(&self) -> Option<i128> {
        let wall = self.wall_nanos();
        match self.offset() {
            Offset::Local => None,
            Offset::Fixed(seconds) => Some(wall - i128::from(seconds) * i128::from(SECOND)),
            Offset::Named(zone) => Some(wall - zone_shift(zone, wall)),
        }
    }

    /// Seconds east of UTC at this instant; `None` for a local date-time.
    pub fn offset_seconds(&self) -> Option<i32> {
        match self.offset() {
            Offset::Local => None,
            Offset::Fixed(seconds) => Some(seconds),
            Offset::Named(zone) => {
                Some(zone.offset_at(clamped_timestamp(self.instant_nanos().unwrap_or(0))))
            }
        }
    }

    /// The instant; a local date-time is read on the wall clock of `zone`. Beyond the microsecond it
    /// is cut off; outside the years 0000 to 9999 it is `None`.
    pub fn to_timestamp(&self, zone: &Zone) -> Option<Timestamp> {
        let nanos = match self.instant_nanos() {
            Some(nanos) => nanos,
            None => self.wall_nanos() - zone_shift(*zone, self.wall_nanos()),
        };
        let micros = i64::try_from(nanos.div_euclid(1000)).ok()?;
        let at = Timestamp::from_micros(micros);
        (at.as_micros() == micros).then_some(at)
    }

    /// The date-time with this wall clock and offset; `None` outside the range of years.
    pub fn from_wall_nanos(nanos: i128, offset: Offset) -> Option<DateTime> {
        let days = i64::try_from(nanos.div_euclid(i128::from(DAY))).ok()?;
        let of_day = nanos.rem_euclid(i128::from(DAY)) as i64;
        Some(DateTime {
            date: Date::from_days(days)?,
            time: Time::from_nanos(of_day, offset),
        })
    }

    /// So many nanoseconds later. With an offset or zone, later as real time passes: across a
    /// change of the clock, 24 hours are not the same time on the next day.
    pub fn add_nanos(&self, nanos: i128) -> Option<DateTime> {
        if let Offset::Named(zone) = self.offset() {
            let instant = self.instant_nanos()?.checked_add(nanos)?;
            let shift = zone.offset_at(clamped_timestamp(instant));
            let wall = instant + i128::from(shift) * i128::from(SECOND);
            let named = DateTime::from_wall_nanos(wall, self.offset())?;
            return Some(named.unless_later_of_two(shift, instant));
        }
        DateTime::from_wall_nanos(self.wall_nanos().checked_add(nanos)?, self.offset())
    }

    /// So many months later at the same time of day.
    pub fn add_months(&self, months: i64) -> Option<DateTime> {
        Some(DateTime {
            date: self.date.add_months(months)?,
            time: self.time,
        })
    }

    /// Nanoseconds from `other` to `self`: between instants when both have an offset or zone, on the
    /// wall clock when both have none; `None` when only one has.
    pub fn difference(&self, other: &DateTime) -> Option<i128> {
        match (self.instant_nanos(), other.instant_nanos()) {
            (Some(a), Some(b)) => Some(a - b),
            (None, None) => Some(self.wall_nanos() - other.wall_nanos()),
            _ => None,
        }
    }

    /// Order, on the terms of [`DateTime::difference`]. Counted in whole milliseconds: finer digits are
    /// kept, but two moments within the same millisecond are equal, as DMN's tests ask for.
    pub fn compare(&self, other: &DateTime) -> Option<Ordering> {
        if self.offset() == other.offset() && !matches!(self.offset(), Offset::Named(_)) {
            return Some(
                self.date
                    .cmp(&other.date)
                    .then(self.time.millis().cmp(&other.time.millis())),
            );
        }
        let millis = |nanos: i128| nanos.div_euclid(i128::from(MILLISECOND));
        Some(match (self.instant_nanos(), other.instant_nanos()) {
            (Some(a), Some(b)) => millis(a).cmp(&millis(b)),
            (None, None) => millis(self.wall_nanos()).cmp(&millis(other.wall_nanos())),
            _ => return None,
        })
    }
}

fn epoch() -> Date {
    Date::from_days(0).unwrap_or_else(|| unreachable!("1970-01-01 is a date"))
}

/// Microseconds of the calendar's instants; beyond its years, its first or last.
fn clamped_timestamp(nanos: i128) -> Timestamp {
    let micros = nanos
        .div_euclid(1000)
        .clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    Timestamp::from_micros(micros as i64)
}

/// Nanoseconds to take from the wall clock of `zone` to get the instant. Beyond the years that the
/// calendar knows, the zone's first or last offset counts.
fn zone_shift(zone: Zone, wall: i128) -> i128 {
    let seconds = wall.div_euclid(i128::from(SECOND));
    let known = Timestamp::MIN.as_micros() / 1_000_000 + 86_400
        ..=Timestamp::MAX.as_micros() / 1_000_000 - 86_400;
    let shift = match i64::try_from(seconds).ok().filter(|s| known.contains(s)) {
        Some(seconds) => {
            let local = ChronoDateTime::from_timestamp(seconds, 0)
                .unwrap_or_default()
                .naive_utc();
            i128::from(seconds) * 1_000_000 - i128::from(zone.from_local(local).as_micros())
        }
        None => i128::from(zone.offset_at(clamped_timestamp(wall))) * 1_000_000,
    };
    shift * 1000
}

impl FromStr for DateTime {
    type Err = NotTemporal;

    /// Reads `2026-01-05T09:00:00`, with an offset or zone as a time has it.
    fn from_str(text: &str) -> Result<DateTime, NotTemporal> {
        let error = NotTemporal("date and time");
        let (date, time) = text.split_once('T').ok_or(error)?;
        let date: Date = date.parse().map_err(|_| error)?;
        // XML Schema: the end of a day is the midnight of the next.
        if let Some(rest) = time.strip_prefix("24:00:00") {
            let time = format!("00:00:00{rest}")
                .parse::<Time>()
                .map_err(|_| error)?;
            let next = date
                .add_days(1)
                .filter(|_| time.nanos() == 0)
                .ok_or(error)?;
            return Ok(DateTime { date: next, time });
        }
        Ok(DateTime {
            date,
            time: time.parse().map_err(|_| error)?,
        })
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn instant(text: &str) -> String {
        at(text).to_timestamp(&Zone::UTC).unwrap().to_string()
    }

    #[test]
    fn a_zone_counts_with_the_offset_of_the_day() {
        assert_eq!(
            instant("2026-01-05T10:00:00@Europe/Berlin"),
            "2026-01-05T09:00:00Z"
        );
        assert_eq!(
            instant("2026-07-05T10:00:00@Europe/Berlin"),
            "2026-07-05T08:00:00Z"
        );
    }

    #[test]
    fn in_a_gap_it_is_the_first_instant_after_and_in_a_fold_the_earlier_one() {
        assert_eq!(
            instant("2026-03-29T02:30:00@Europe/Berlin"),
            "2026-03-29T01:00:00Z"
        );
        assert_eq!(
            instant("2026-10-25T02:30:00@Europe/Berlin"),
            "2026-10-25T00:30:00Z"
        );
        assert_eq!(
            instant("2026-11-01T01:30:00@America/New_York"),
            "2026-11-01T05:30:00Z"
        );
    }

    #[test]
    fn twenty_four_hours_across_the_change_of_the_clock_are_twenty_four_hours() {
        let before = at("2026-03-28T12:00:00@Europe/Berlin");
        let after = before.add_nanos(i128::from(DAY)).unwrap();
        assert_eq!(after.to_string(), "2026-03-29T13:00:00@Europe/Berlin");
        assert_eq!(after.difference(&before), Some(i128::from(DAY)));
    }

    #[test]
    fn all_pairs_of_zoned_date_times_compare_as_their_instants_do() {
        let zones = [
            "Z",
            "+01:00",
            "-04:00",
            "@Europe/Berlin",
            "@America/New_York",
        ];
        let walls = [
            "2026-03-29T01:30:00",
            "2026-03-29T03:30:00",
            "2026-10-25T02:30:00",
            "2026-11-01T01:30:00",
        ];
        let all: Vec<DateTime> = walls
            .iter()
            .flat_map(|w| zones.iter().map(move |z| at(&format!("{w}{z}"))))
            .collect();
        assert_eq!(all.len(), 20);
        for a in &all {
            for b in &all {
                let instants = a.to_timestamp(&Zone::UTC).cmp(&b.to_timestamp(&Zone::UTC));
                assert_eq!(a.compare(b), Some(instants), "{a} and {b}");
            }
        }
    }

    /// Twenty date-times around both changes of the clock of 2026 in two zones, some with fractions.
    fn around_the_changes() -> Vec<DateTime> {
        [
            "2026-03-29T01:59:59.999@Europe/Berlin",
            "2026-03-29T02:00:00@Europe/Berlin",
            "2026-03-29T02:30:00@Europe/Berlin",
            "2026-03-29T03:00:00@Europe/Berlin",
            "2026-03-29T01:00:00Z",
            "2026-10-25T02:00:00@Europe/Berlin",
            "2026-10-25T02:30:00@Europe/Berlin",
            "2026-10-25T02:30:00+01:00",
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T03:00:00@Europe/Berlin",
            "2026-03-08T01:59:59@America/New_York",
            "2026-03-08T02:30:00@America/New_York",
            "2026-03-08T03:00:00@America/New_York",
            "2026-03-08T07:00:00Z",
            "2026-11-01T01:30:00@America/New_York",
            "2026-11-01T01:30:00-05:00",
            "2026-11-01T02:00:00@America/New_York",
            "2026-11-01T06:30:00.001Z",
            "2026-07-01T12:00:00+18:00",
            "2026-06-30T12:00:00@Asia/Kathmandu",
        ]
        .map(at)
        .to_vec()
    }

    #[test]
    fn under_every_comparison_of_the_language_all_pairs_agree_with_their_instants() {
        let all = around_the_changes();
        let env = crate::Env::for_tests();
        for operator in ["=", "<", "<=", ">", ">=", "!="] {
            let text = format!("a {operator} b");
            let expression = crate::Expression::parse(&text).unwrap();
            for a in &all {
                for b in &all {
                    let scope: crate::Context = [
                        ("a", crate::Value::DateTime(*a)),
                        ("b", crate::Value::DateTime(*b)),
                    ]
                    .into_iter()
                    .collect();
                    let order = a.instant_nanos().cmp(&b.instant_nanos());
                    let wanted = match operator {
                        "=" => order.is_eq(),
                        "<" => order.is_lt(),
                        "<=" => order.is_le(),
                        ">" => order.is_gt(),
                        ">=" => order.is_ge(),
                        _ => order.is_ne(),
                    };
                    let found = expression.evaluate(&scope, &env).value;
                    assert_eq!(found, crate::Value::Boolean(wanted), "{a} {operator} {b}");
                }
            }
        }
    }

    #[test]
    fn walking_across_a_change_of_the_clock_and_back_comes_to_the_same_moment() {
        let minute = 60 * i128::from(SECOND);
        for start in around_the_changes() {
            let mut last = None;
            for minutes in (-180..=180).step_by(15) {
                let there = start.add_nanos(minutes * minute).unwrap();
                assert_eq!(
                    there.difference(&start),
                    Some(minutes * minute),
                    "{start} and {minutes} minutes: {there}"
                );
                assert_eq!(
                    there.add_nanos(-minutes * minute).unwrap().instant_nanos(),
                    start.instant_nanos()
                );
                // Later is never earlier.
                assert!(last < there.instant_nanos(), "{there}");
                last = there.instant_nanos();
            }
        }
    }

    #[test]
    fn both_times_that_a_wall_clock_shows_in_a_fold_can_be_told_apart() {
        for (zone, first) in [
            ("Europe/Berlin", "2026-10-25T00:30:00Z"),
            ("America/New_York", "2026-11-01T05:30:00Z"),
        ] {
            let zone = Zone::parse(zone).unwrap();
            let first = at(first).to_timestamp(&Zone::UTC).unwrap();
            let second = first.saturating_add_micros(3_600_000_000);
            let (a, b) = (
                DateTime::from_timestamp(first, zone),
                DateTime::from_timestamp(second, zone),
            );
            assert_eq!(a.time().nanos(), b.time().nanos());
            assert_eq!(a.to_timestamp(&Zone::UTC), Some(first));
            assert_eq!(b.to_timestamp(&Zone::UTC), Some(second));
            assert_eq!(a.compare(&b), Some(Ordering::Less));
        }
    }

    #[test]
    fn two_moments_within_one_millisecond_are_equal() {
        let compare = |a: &str, b: &str| at(a).compare(&at(b)).unwrap();
        let (a, b) = (
            "2026-01-05T10:00:00.0011Z",
            "2026-01-05T11:00:00.0019+01:00",
        );
        assert_eq!(compare(a, b), Ordering::Equal);
        assert_eq!(compare(a, "2026-01-05T10:00:00.002Z"), Ordering::Less);
        // Rounded down before the epoch, too.
        let (a, b) = ("1969-12-31T23:59:59.9991Z", "1969-12-31T23:59:59.9999Z");
        assert_eq!(compare(a, b), Ordering::Equal);
    }

    #[test]
    fn years_beyond_the_calendar_still_have_an_offset() {
        let far = at("-99999-12-31T11:22:33@Europe/Paris");
        assert!(far.offset_seconds().is_some());
        assert_eq!(far.to_timestamp(&Zone::UTC), None);
    }
}
