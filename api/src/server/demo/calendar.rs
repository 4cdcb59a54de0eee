//! The company's working days: public holidays of the year, and days counted from today.

use super::company::{Holiday, Moment, WorkingDays};
use crate::server::error::ApiError;
use crate::server::routes::calendar::{self, CompanyCalendar};
use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use redthread_calendar::{BusinessCalendar, Timestamp};

impl WorkingDays {
    /// The calendar with the holidays of the year in which `today` is, of the one before and the one after.
    pub(super) fn around(&self, today: Timestamp) -> Result<BusinessCalendar, ApiError> {
        let year = today.utc_date().year();
        let years = [year - 1, year, year + 1];
        let holidays = years.into_iter().flat_map(|year| {
            self.holidays.iter().filter_map(move |holiday| {
                let date = holiday.date_in(year)?.to_string();
                Some(calendar::Holiday {
                    date,
                    name: holiday.name.clone(),
                })
            })
        });
        let calendar = CompanyCalendar {
            zone: self.zone.clone(),
            week: self.week.clone(),
            holidays: holidays.collect(),
        };
        calendar.read()
    }
}

impl Holiday {
    fn date_in(&self, year: i32) -> Option<NaiveDate> {
        match (&self.day, self.easter) {
            (Some(day), _) => format!("{year}-{day}").parse().ok(),
            (None, Some(after)) => {
                let days = Days::new(after.unsigned_abs());
                let easter = easter_sunday(year)?;
                if after < 0 {
                    easter.checked_sub_days(days)
                } else {
                    easter.checked_add_days(days)
                }
            }
            (None, None) => None,
        }
    }
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876, after Butcher).
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

impl Moment {
    /// When that is: so many working days from today, at a local time.
    pub(super) fn from(&self, calendar: &BusinessCalendar, today: Timestamp) -> Timestamp {
        let day = match self.workday {
            // Today, or if nobody works today the next day on which they do.
            0 => calendar.forward_into_working(today),
            days => calendar.add_working_days(today, days),
        };
        let time = NaiveTime::parse_from_str(&self.time, "%H:%M").unwrap_or_default();
        let local = calendar.zone.to_local(day).date().and_time(time);
        calendar.zone.from_local(local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::demo::Company;

    #[test]
    fn easter_is_when_it_was() {
        let known = [
            (2000, "2000-04-23"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
        ];
        for (year, date) in known {
            assert_eq!(easter_sunday(year).unwrap().to_string(), date);
        }
    }

    #[test]
    fn the_year_has_its_holidays_and_days_are_counted_around_them() {
        let today = Timestamp::parse("2026-04-08T10:00:00Z").unwrap();
        let calendar = Company::read().unwrap().calendar.around(today).unwrap();
        for holiday in [
            "2026-01-01",
            "2026-04-03",
            "2026-04-06",
            "2026-05-14",
            "2026-12-25",
        ] {
            assert!(
                !calendar.is_working_day(holiday.parse().unwrap()),
                "{holiday}"
            );
        }
        // Wednesday after Easter: three working days before it is the Thursday before Good Friday ... minus one.
        let moment = Moment {
            workday: -2,
            time: "09:30".to_owned(),
        };
        assert_eq!(
            moment.from(&calendar, today).to_string(),
            "2026-04-02T07:30:00Z"
        );
    }
}
