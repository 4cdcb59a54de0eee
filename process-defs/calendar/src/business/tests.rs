//! The company's calendar: openings, working days and working time, also over holidays and jumps
//! of the clock.

use super::*;
use proptest::prelude::*;

const HOUR: i64 = 3_600_000_000;

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn hours(from: &str, to: &str) -> WorkingHours {
    WorkingHours {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    }
}

/// Berlin, Monday to Thursday 09-12 and 13-18, Friday 09-15; the 1st of May is a holiday.
fn berlin() -> BusinessCalendar {
    let long = vec![hours("13:00", "18:00"), hours("09:00", "12:00")];
    let week = [
        long.clone(),
        long.clone(),
        long.clone(),
        long,
        vec![hours("09:00", "15:00")],
        vec![],
        vec![],
    ];
    let holidays = [
        ("2026-05-01", "Labour Day"),
        ("2026-12-25", "Christmas Day"),
    ];
    let holidays = holidays.map(|(date, name)| (date.parse().unwrap(), name.to_owned()));
    BusinessCalendar::new(Zone::parse("Europe/Berlin").unwrap(), week, holidays.into()).unwrap()
}

/// A bar that works through the night of Saturday.
fn night_bar() -> BusinessCalendar {
    let mut week: [Vec<WorkingHours>; 7] = Default::default();
    week[5] = vec![hours("20:00", "00:00")];
    week[6] = vec![hours("00:00", "04:00")];
    BusinessCalendar::new(Zone::parse("Europe/Berlin").unwrap(), week, BTreeMap::new()).unwrap()
}

#[test]
fn an_instant_out_of_hours_moves_to_the_next_opening() {
    let opens = |at: &str| berlin().forward_into_working(instant(at)).to_string();
    assert_eq!(opens("2026-01-05T08:00:00Z"), "2026-01-05T08:00:00Z"); // Monday 09:00 sharp
    assert_eq!(opens("2026-01-05T10:30:00Z"), "2026-01-05T10:30:00Z");
    assert_eq!(opens("2026-01-05T11:00:00Z"), "2026-01-05T12:00:00Z"); // lunch
    assert_eq!(opens("2026-01-05T17:00:00Z"), "2026-01-06T08:00:00Z"); // after work
    assert_eq!(opens("2026-01-09T14:00:00Z"), "2026-01-12T08:00:00Z"); // Friday 15:00: the weekend
    assert_eq!(opens("2026-04-30T16:00:00Z"), "2026-05-04T07:00:00Z"); // over the holiday
}

#[test]
fn work_goes_on_from_the_opening_until_just_before_closing() {
    let works = |at: &str| berlin().is_working(instant(at));
    assert!(works("2026-01-05T08:00:00Z") && works("2026-01-05T10:59:59.999999Z"));
    assert!(!works("2026-01-05T07:59:59.999999Z") && !works("2026-01-05T11:00:00Z"));
    assert!(!works("2026-05-01T10:00:00Z") && !works("2026-01-10T10:00:00Z"));
}

#[test]
fn working_days_keep_the_local_time() {
    let after = |at: &str, days| berlin().add_working_days(instant(at), days).to_string();
    assert_eq!(after("2026-01-09T10:00:00Z", 1), "2026-01-12T10:00:00Z"); // Friday to Monday
    assert_eq!(after("2026-01-10T10:00:00Z", 1), "2026-01-12T10:00:00Z"); // Saturday to Monday
    assert_eq!(after("2026-01-12T10:00:00Z", -1), "2026-01-09T10:00:00Z");
    assert_eq!(after("2026-04-30T10:00:00Z", 2), "2026-05-05T10:00:00Z"); // over the 1st of May
    assert_eq!(after("2026-03-27T10:00:00Z", 1), "2026-03-30T09:00:00Z"); // 11:00 before and after
    assert_eq!(after("2026-01-10T10:00:00Z", 0), "2026-01-10T10:00:00Z");
}

#[test]
fn working_time_skips_what_is_no_work() {
    let after = |at: &str, hours: i64| {
        berlin()
            .add_working_time(instant(at), hours * HOUR)
            .to_string()
    };
    assert_eq!(after("2026-01-05T10:00:00Z", 2), "2026-01-05T13:00:00Z"); // over lunch
    assert_eq!(after("2026-01-05T16:00:00Z", 1), "2026-01-05T17:00:00Z"); // stays at closing time
    assert_eq!(after("2026-01-09T13:00:00Z", 4), "2026-01-12T11:00:00Z"); // over the weekend
    assert_eq!(after("2026-01-12T09:00:00Z", -2), "2026-01-09T13:00:00Z"); // and back
    assert_eq!(after("2026-01-10T09:00:00Z", 0), "2026-01-10T09:00:00Z");
}

#[test]
fn work_over_midnight_is_as_long_as_the_clock_makes_it() {
    let bar = night_bar();
    let open = instant("2026-01-10T19:00:00Z"); // Saturday 20:00
    assert!(bar.is_working(instant("2026-01-10T23:00:00Z")));
    assert_eq!(
        bar.add_working_time(open, 8 * HOUR),
        instant("2026-01-11T03:00:00Z")
    );
    // In the night of 25 October the clock gives an hour, on 29 March it takes one.
    let closing = |from: &str| bar.add_working_time(instant(from), 9 * HOUR);
    assert_eq!(
        closing("2026-10-24T18:00:00Z"),
        instant("2026-10-25T03:00:00Z")
    );
    assert_eq!(
        closing("2026-03-28T19:00:00Z"),
        instant("2026-04-04T20:00:00Z")
    );
}

#[test]
fn a_calendar_that_means_nothing_is_refused() {
    let with_monday = |monday: Vec<WorkingHours>| {
        let mut week: [Vec<WorkingHours>; 7] = Default::default();
        week[0] = monday;
        BusinessCalendar::new(Zone::UTC, week, BTreeMap::new()).map_err(|error| error.to_string())
    };
    assert_eq!(
        with_monday(vec![]).unwrap_err(),
        "the week has no working hours at all; give at least one day some"
    );
    let backwards = with_monday(vec![hours("18:00", "09:00")]).unwrap_err();
    assert!(
        backwards.contains("on Monday, working hours from 18:00:00 to 09:00:00"),
        "{backwards}"
    );
    let overlap = with_monday(vec![hours("12:00", "18:00"), hours("09:00", "13:00")]).unwrap_err();
    assert!(
        overlap.contains("on Monday, the working hours that begin at 12:00:00 overlap"),
        "{overlap}"
    );
    assert!(with_monday(vec![hours("20:00", "00:00"), hours("22:00", "23:00")]).is_err());
    assert!(with_monday(vec![hours("09:00", "12:00"), hours("12:00", "18:00")]).is_ok());
}

#[test]
fn a_calendar_is_checked_also_when_it_is_read() {
    let text = serde_json::to_string(&berlin()).unwrap();
    assert_eq!(
        serde_json::from_str::<BusinessCalendar>(&text).unwrap(),
        berlin()
    );
    let broken = text.replace("09:00:00", "23:00:00");
    let error = serde_json::from_str::<BusinessCalendar>(&broken)
        .unwrap_err()
        .to_string();
    assert!(error.contains("do not go forward"), "{error}");
}

#[test]
fn a_calendar_of_nothing_but_holidays_gives_up() {
    let mut calendar = BusinessCalendar::default();
    let first: NaiveDate = "2025-12-25".parse().unwrap();
    calendar.holidays = first
        .iter_days()
        .take(366 * 110)
        .map(|day| (day, String::new()))
        .collect();
    let monday = instant("2026-01-05T10:00:00Z");
    assert_eq!(calendar.forward_into_working(monday), monday);
    assert!(!calendar.is_working(monday));
    assert_eq!(calendar.add_working_days(monday, 1), Timestamp::MAX);
    assert_eq!(calendar.add_working_time(monday, 1), Timestamp::MAX);
    let weekdays_only = BusinessCalendar::default();
    assert_eq!(
        weekdays_only.add_working_days(monday, i64::MIN),
        Timestamp::MIN
    );
    assert_eq!(
        weekdays_only.add_working_time(monday, i64::MIN),
        Timestamp::MIN
    );
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    (1_500_000_000_000_000i64..2_000_000_000_000_000).prop_map(Timestamp::from_micros)
}

proptest! {
    #[test]
    fn the_next_opening_is_working_and_not_earlier(at in any_instant()) {
        for calendar in [berlin(), night_bar()] {
            let open = calendar.forward_into_working(at);
            prop_assert!(open >= at && calendar.is_working(open));
            prop_assert_eq!(calendar.is_working(at), open == at);
        }
    }

    #[test]
    fn later_in_later_out(at in any_instant(), gap in 0i64..400_000_000_000, days in -20i64..20) {
        let later = at.saturating_add_micros(gap);
        let calendar = berlin();
        prop_assert!(calendar.forward_into_working(at) <= calendar.forward_into_working(later));
        let micros = days * HOUR + 7;
        prop_assert!(calendar.add_working_time(at, micros) <= calendar.add_working_time(later, micros));
    }

    #[test]
    fn working_time_adds_up(at in any_instant(), a in 1i64..100 * HOUR, b in 1i64..100 * HOUR) {
        for calendar in [berlin(), night_bar()] {
            let in_two = calendar.add_working_time(calendar.add_working_time(at, a), b);
            prop_assert_eq!(in_two, calendar.add_working_time(at, a + b));
            // There and back: the same moment, or the end of the work before it.
            let back = calendar.add_working_time(in_two, -(a + b));
            prop_assert_eq!(calendar.add_working_time(back, a + b), in_two);
        }
    }

    #[test]
    fn working_days_count_working_days(at in any_instant(), days in 1i64..60) {
        let calendar = berlin();
        let end = calendar.add_working_days(at, days);
        let (first, last) = (calendar.zone.to_local(at).date(), calendar.zone.to_local(end).date());
        let between = first.iter_days().skip(1).take_while(|day| *day <= last);
        prop_assert_eq!(between.filter(|day| calendar.is_working_day(*day)).count() as i64, days);
        prop_assert!(calendar.is_working_day(last));
    }
}
