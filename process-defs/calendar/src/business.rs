//! The company's calendar: working hours, holidays, and counting in working days and hours.
//!
//! "In two days" to a colleague means two *working* days, and a deadline of four hours set on a
//! Friday at five is due on Monday. Hours are wall-clock hours of the company's zone; a working
//! interval over a daylight-saving change is as long as it really is.

use crate::{Timestamp, Zone};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far to look for a working day before giving up: a calendar of nothing but holidays.
const HORIZON_DAYS: u32 = 366 * 100;
/// How far to look for the next opening.
const OPENING_HORIZON_DAYS: u32 = 366 * 10;

/// One stretch of work on a day, `from` inclusive, `to` exclusive; a `to` of 00:00 is midnight at
/// the end of the day.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkingHours {
    /// When work begins.
    pub from: NaiveTime,
    /// When it ends.
    pub to: NaiveTime,
}

/// Working hours of a week, holidays, and the zone whose wall clock they go by.
///
/// Build it with [`BusinessCalendar::new`] (serde does, too): every function works with any
/// content, but only a checked one means what its reader thinks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct BusinessCalendar {
    /// Whose wall clock.
    pub zone: Zone,
    /// The hours of each weekday, Monday first, in order.
    pub week: [Vec<WorkingHours>; 7],
    /// Days without work, with their names.
    pub holidays: BTreeMap<NaiveDate, String>,
}

/// Why a calendar cannot be used. Days are counted from 0, Monday.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Work ends before it begins.
    #[error("on {}, working hours from {from} to {to} do not go forward", day_name(*.day))]
    NotForward {
        /// Which weekday, 0 is Monday.
        day: usize,
        /// When work would begin.
        from: NaiveTime,
        /// When it would end.
        to: NaiveTime,
    },
    /// Two stretches of a day overlap.
    #[error("on {}, the working hours that begin at {from} overlap with those before", day_name(*.day))]
    Overlap {
        /// Which weekday, 0 is Monday.
        day: usize,
        /// Where the later of the two begins.
        from: NaiveTime,
    },
    /// No day has any hours.
    #[error("the week has no working hours at all; give at least one day some")]
    NoWorkingHours,
}

fn day_name(day: usize) -> &'static str {
    const NAMES: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    NAMES.get(day).copied().unwrap_or("a day")
}

/// What serde reads, before it is checked.
#[derive(Deserialize)]
struct Unchecked {
    zone: Zone,
    week: [Vec<WorkingHours>; 7],
    #[serde(default)]
    holidays: BTreeMap<NaiveDate, String>,
}

impl TryFrom<Unchecked> for BusinessCalendar {
    type Error = CalendarError;

    fn try_from(unchecked: Unchecked) -> Result<Self, CalendarError> {
        BusinessCalendar::new(unchecked.zone, unchecked.week, unchecked.holidays)
    }
}

impl BusinessCalendar {
    /// A checked calendar; the hours of each day are put in order.
    pub fn new(
        zone: Zone,
        mut week: [Vec<WorkingHours>; 7],
        holidays: BTreeMap<NaiveDate, String>,
    ) -> Result<Self, CalendarError> {
        for (day, hours) in week.iter_mut().enumerate() {
            hours.sort();
            for WorkingHours { from, to } in hours.iter().copied() {
                if to <= from && to != NaiveTime::MIN {
                    return Err(CalendarError::NotForward { day, from, to });
                }
            }
            for pair in hours.windows(2) {
                if pair[0].to > pair[1].from || pair[0].to == NaiveTime::MIN {
                    return Err(CalendarError::Overlap {
                        day,
                        from: pair[1].from,
                    });
                }
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(CalendarError::NoWorkingHours);
        }
        Ok(BusinessCalendar {
            zone,
            week,
            holidays,
        })
    }

    /// Whether work goes on at an instant.
    pub fn is_working(&self, at: Timestamp) -> bool {
        self.intervals_from(at, OPENING_HORIZON_DAYS)
            .next()
            .is_some_and(|(from, to)| from <= at && at < to)
    }

    /// Whether any work is done on a date: its weekday has hours and it is no holiday.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !self.hours_of(date).is_empty()
    }

    /// The instant itself when work goes on, else the next opening. If there is none within ten
    /// years (nothing but holidays), the instant itself.
    #[must_use]
    pub fn forward_into_working(&self, at: Timestamp) -> Timestamp {
        match self.intervals_from(at, OPENING_HORIZON_DAYS).next() {
            Some((from, _)) => from.max(at),
            None => at,
        }
    }

    /// The same local time so many working days later (earlier if negative); the day it starts on
    /// does not count. [`Timestamp::MAX`] or [`Timestamp::MIN`] if a century has not got so many.
    #[must_use]
    pub fn add_working_days(&self, at: Timestamp, days: i64) -> Timestamp {
        if days == 0 {
            return at;
        }
        let never = if days > 0 {
            Timestamp::MAX
        } else {
            Timestamp::MIN
        };
        let local = self.zone.to_local(at);
        let mut date = local.date();
        let mut left = days.unsigned_abs();
        for _ in 0..HORIZON_DAYS {
            let next = if days > 0 {
                date.succ_opt()
            } else {
                date.pred_opt()
            };
            let Some(next) = next else { return never };
            date = next;
            left -= u64::from(self.is_working_day(date));
            if left == 0 {
                return self.zone.from_local(date.and_time(local.time()));
            }
        }
        never
    }

    /// The instant at which so many microseconds of working time have passed (or had to pass, if
    /// negative). At the end of a day's work it stays there: an hour from five is six, not the
    /// next morning. [`Timestamp::MAX`] or [`Timestamp::MIN`] if a century has not got so much.
    #[must_use]
    pub fn add_working_time(&self, at: Timestamp, micros: i64) -> Timestamp {
        let mut left = micros.saturating_abs();
        if micros > 0 {
            for (from, to) in self.intervals_from(at, HORIZON_DAYS) {
                let from = from.max(at);
                let length = to.as_micros() - from.as_micros();
                if left <= length {
                    return from.saturating_add_micros(left);
                }
                left -= length;
            }
            return Timestamp::MAX;
        }
        if micros < 0 {
            for (from, to) in self.intervals_before(at, HORIZON_DAYS) {
                let to = to.min(at);
                let length = to.as_micros() - from.as_micros();
                if left <= length {
                    return to.saturating_add_micros(-left);
                }
                left -= length;
            }
            return Timestamp::MIN;
        }
        at
    }

    fn hours_of(&self, date: NaiveDate) -> &[WorkingHours] {
        if self.holidays.contains_key(&date) {
            return &[];
        }
        &self.week[date.weekday().num_days_from_monday() as usize]
    }

    /// The working intervals of a date as instants, in order, without empty ones.
    fn intervals_of(
        &self,
        date: NaiveDate,
    ) -> impl DoubleEndedIterator<Item = (Timestamp, Timestamp)> + '_ {
        self.hours_of(date).iter().filter_map(move |hours| {
            let from = self.zone.from_local(date.and_time(hours.from));
            let to = self.zone.from_local(end_of(date, hours.to)?);
            (from < to).then_some((from, to))
        })
    }

    /// The working intervals that end after `at`, in order.
    fn intervals_from(
        &self,
        at: Timestamp,
        days: u32,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        // The day before too: a zone may set its clocks back over midnight.
        let today = self.zone.to_local(at).date();
        let first = today.pred_opt().unwrap_or(today);
        first
            .iter_days()
            .take(days as usize)
            .flat_map(|date| self.intervals_of(date))
            .skip_while(move |(_, to)| *to <= at)
    }

    /// The working intervals that begin before `at`, the latest first.
    fn intervals_before(
        &self,
        at: Timestamp,
        days: u32,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let today = self.zone.to_local(at).date();
        let last = today.succ_opt().unwrap_or(today);
        (0..u64::from(days))
            .map_while(move |back| last.checked_sub_days(Days::new(back)))
            .flat_map(|date| self.intervals_of(date).rev())
            .skip_while(move |(from, _)| *from >= at)
    }
}

/// When work that ends at `to` ends; midnight is the end of the day.
fn end_of(date: NaiveDate, to: NaiveTime) -> Option<NaiveDateTime> {
    let date = if to == NaiveTime::MIN {
        date.succ_opt()?
    } else {
        date
    };
    Some(date.and_time(to))
}

/// Monday to Friday, nine to six, in UTC, without holidays.
impl Default for BusinessCalendar {
    fn default() -> Self {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        let day = vec![WorkingHours {
            from: time(9),
            to: time(18),
        }];
        let week =
            std::array::from_fn(|weekday| if weekday < 5 { day.clone() } else { Vec::new() });
        BusinessCalendar {
            zone: Zone::UTC,
            week,
            holidays: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests;
