//! Dates of the proleptic Gregorian calendar, years -999,999,999 to 999,999,999 (DMN 1.5, 10.3.2.3.5).
//!
//! Own arithmetic, because FEEL's range of years is wider than chrono's.

use std::fmt;
use std::str::FromStr;

/// The last year, and negated the first.
pub const YEAR_MAX: i32 = 999_999_999;

/// A calendar date without time and zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

/// The text is not a date, time, date-time or duration as FEEL writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not a {0}.")]
pub struct NotTemporal(pub &'static str);

impl Date {
    /// The date; `None` when there is no such day.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        let valid = year.unsigned_abs() <= YEAR_MAX as u32
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month);
        valid.then_some(Date {
            year,
            month: month as u8,
            day: day as u8,
        })
    }

    /// The year, negative before year 0.
    pub fn year(&self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(&self) -> u32 {
        u32::from(self.month)
    }

    /// The day of the month, from 1.
    pub fn day(&self) -> u32 {
        u32::from(self.day)
    }

    /// The weekday, 1 (Monday) to 7 (Sunday): ISO 8601.
    pub fn weekday(&self) -> u32 {
        // 1970-01-01 was a Thursday.
        (self.days() + 3).rem_euclid(7) as u32 + 1
    }

    /// The day of the year, from 1.
    pub fn day_of_year(&self) -> u32 {
        let first = Date {
            month: 1,
            day: 1,
            ..*self
        };
        (self.days() - first.days()) as u32 + 1
    }

    /// The week of the year, 1 to 53: ISO 8601, the week that holds the year's Thursday.
    pub fn week_of_year(&self) -> u32 {
        let thursday = self.days() + 4 - i64::from(self.weekday());
        Date::from_days(thursday).map_or(1, |date| (date.day_of_year() - 1) / 7 + 1)
    }

    /// The last day of this date's month.
    pub fn last_day_of_month(&self) -> Date {
        Date {
            day: days_in_month(self.year, self.month()) as u8,
            ..*self
        }
    }

    /// Days since 1970-01-01 (H. Hinnant's `days_from_civil`).
    pub fn days(&self) -> i64 {
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The date so many days after 1970-01-01; `None` outside the range of years.
    pub fn from_days(days: i64) -> Option<Date> {
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date::new(i32::try_from(year).ok()?, month as u32, day as u32)
    }

    /// The date so many months later; a day that the month does not have becomes its last
    /// (2026-01-31 plus one month is 2026-02-28).
    pub fn add_months(&self, months: i64) -> Option<Date> {
        let total = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(months)?;
        let year = i32::try_from(total.div_euclid(12)).ok()?;
        let month = total.rem_euclid(12) as u32 + 1;
        let day = self.day().min(days_in_month(year, month));
        Date::new(year, month, day)
    }

    /// The date so many days later.
    pub fn add_days(&self, days: i64) -> Option<Date> {
        Date::from_days(self.days().checked_add(days)?)
    }
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Reads exactly two digits at the start of `text`.
pub(crate) fn two_digits(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => {
            Some((u32::from(a - b'0') * 10 + u32::from(b - b'0'), rest))
        }
        _ => None,
    }
}

impl FromStr for Date {
    type Err = NotTemporal;

    /// Reads `2026-01-05`; the year has four to nine digits, no plus sign, no needless zero.
    fn from_str(text: &str) -> Result<Date, NotTemporal> {
        parse_date(text.as_bytes()).ok_or(NotTemporal("date"))
    }
}

fn parse_date(text: &[u8]) -> Option<Date> {
    let (negative, rest) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let length = rest.iter().position(|&b| b == b'-')?;
    let (digits, rest) = rest.split_at(length);
    let shape = (4..=9).contains(&length) && (length == 4 || digits[0] != b'0');
    if !shape || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let year = digits
        .iter()
        .fold(0i32, |n, b| n * 10 + i32::from(b - b'0'));
    let (month, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    if !rest.is_empty() {
        return None;
    }
    Date::new(if negative { -year } else { year }, month, day)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.year < 0 { "-" } else { "" };
        write!(
            f,
            "{sign}{:04}-{:02}-{:02}",
            self.year.unsigned_abs(),
            self.month,
            self.day
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_later_never_leaves_the_month() {
        assert_eq!(date("2026-01-31").add_months(1), Some(date("2026-02-28")));
        assert_eq!(date("2028-01-31").add_months(1), Some(date("2028-02-29")));
        assert_eq!(
            date("-2021-01-01").add_months(-1),
            Some(date("-2022-12-01"))
        );
    }

    #[test]
    fn weeks_and_days_of_the_year_follow_iso_8601() {
        assert_eq!(date("2026-01-05").weekday(), 1);
        assert_eq!(date("2021-01-03").week_of_year(), 53);
        assert_eq!(date("2020-12-31").day_of_year(), 366);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "2026-02-29",
            "998-12-31",
            "01211-12-31",
            "+2026-01-05",
            "2026-1-5",
            "",
            "-",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert_eq!(date("999999999-12-31").add_days(1), None);
    }

    proptest! {
        #[test]
        fn days_and_dates_are_the_same_thing(days in -365_000_000_000i64..365_000_000_000) {
            let date = Date::from_days(days).unwrap();
            prop_assert_eq!(date.days(), days);
            prop_assert_eq!(date.to_string().parse::<Date>().unwrap(), date);
        }
    }
}
