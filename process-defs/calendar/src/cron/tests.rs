//! Cron: how crontab's numbers are read, and both daylight-saving changes in two zones.

use super::*;
use chrono::{Datelike, TimeDelta};
use proptest::prelude::*;

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

/// The next `count` local times after an instant.
fn runs(expression: &str, zone_name: &str, after: &str, count: usize) -> Vec<String> {
    let schedule = CronSchedule::parse(expression).unwrap();
    let zone = zone(zone_name);
    let next = |at: &Timestamp| schedule.next_after(*at, &zone);
    std::iter::successors(next(&instant(after)), next)
        .take(count)
        .map(|at| zone.to_local(at).format("%a %d %b %H:%M:%S").to_string())
        .collect()
}

#[test]
fn weekdays_are_numbered_as_crontab_does() {
    let monday = "2026-01-05T00:00:00Z";
    for sunday in [
        "0 9 * * 0",
        "0 9 * * 7",
        "0 9 * * SUN",
        "0 9 * * sun",
        "0 0 9 ? * 0",
    ] {
        assert_eq!(
            runs(sunday, "UTC", monday, 1),
            ["Sun 11 Jan 09:00:00"],
            "{sunday}"
        );
    }
    for monday_too in ["0 9 * * 1", "0 9 * * MON"] {
        assert_eq!(runs(monday_too, "UTC", monday, 1), ["Mon 05 Jan 09:00:00"]);
    }
    for weekend in [
        "0 9 * * 6-7",
        "0 9 * * SAT-SUN",
        "0 9 * * 0,6",
        "0 9 * * 6,0",
        "0 9 * * 6-7/1",
    ] {
        assert_eq!(
            runs(weekend, "UTC", monday, 3),
            [
                "Sat 10 Jan 09:00:00",
                "Sun 11 Jan 09:00:00",
                "Sat 17 Jan 09:00:00"
            ],
            "{weekend}"
        );
    }
    assert_eq!(
        runs("0 9 * * MON-FRI", "UTC", "2026-01-08T10:00:00Z", 3),
        [
            "Fri 09 Jan 09:00:00",
            "Mon 12 Jan 09:00:00",
            "Tue 13 Jan 09:00:00"
        ]
    );
    assert_eq!(
        runs("0 9 * * */2", "UTC", monday, 4),
        [
            "Tue 06 Jan 09:00:00",
            "Thu 08 Jan 09:00:00",
            "Sat 10 Jan 09:00:00",
            "Sun 11 Jan 09:00:00"
        ]
    );
}

#[test]
fn lists_ranges_steps_and_names_are_read() {
    let from = "2026-01-05T09:00:00Z";
    assert_eq!(
        runs("*/20 * * * * *", "UTC", from, 3),
        [
            "Mon 05 Jan 09:00:20",
            "Mon 05 Jan 09:00:40",
            "Mon 05 Jan 09:01:00"
        ]
    );
    assert_eq!(
        runs("5/25 10-11 * * *", "UTC", from, 3),
        [
            "Mon 05 Jan 10:05:00",
            "Mon 05 Jan 10:30:00",
            "Mon 05 Jan 10:55:00"
        ]
    );
    assert_eq!(
        runs("0 0 1 FEB,apr *", "UTC", from, 2),
        ["Sun 01 Feb 00:00:00", "Wed 01 Apr 00:00:00"]
    );
    assert_eq!(runs("@daily", "UTC", from, 1), ["Tue 06 Jan 00:00:00"]);
    assert_eq!(runs("@hourly", "UTC", from, 1), ["Mon 05 Jan 10:00:00"]);
    assert_eq!(runs("@weekly", "UTC", from, 1), ["Sun 11 Jan 00:00:00"]);
    assert_eq!(runs("@monthly", "UTC", from, 1), ["Sun 01 Feb 00:00:00"]);
    assert_eq!(runs("@yearly", "UTC", from, 1), ["Fri 01 Jan 00:00:00"]);
    // A fraction of a second later is already later.
    assert_eq!(
        runs("* * * * * *", "UTC", "2026-01-05T09:00:00.5Z", 1),
        ["Mon 05 Jan 09:00:01"]
    );
}

#[test]
fn day_of_month_and_day_of_week_must_both_hold() {
    assert_eq!(
        runs("0 9 13 * FRI", "UTC", "2026-01-01T00:00:00Z", 2),
        ["Fri 13 Feb 09:00:00", "Fri 13 Mar 09:00:00"]
    );
}

#[test]
fn what_is_no_cron_expression_is_refused_with_the_field_that_is_wrong() {
    let refusals = [
        ("", "has 0 fields"),
        ("* * * *", "has 4 fields"),
        ("0 0 0 * * * 2026", "has 7 fields"),
        (
            "61 * * * *",
            "the field for minutes: 61 is not between 0 and 59",
        ),
        ("* 24 * * *", "the field for hours: 24"),
        ("* * 0 * *", "the field for the day of the month: 0"),
        ("* * * 13 *", "the field for months: 13"),
        (
            "* * * * 8",
            "the field for the day of the week: 8 is not between 0 and 7",
        ),
        ("*/0 * * * *", "a step of 0"),
        ("*/x * * * *", "is not a step"),
        ("30-10 * * * *", "runs backwards"),
        ("1,,2 * * * *", "cannot be read"),
        ("? * * * *", "cannot be read"),
        ("0 9 L * *", "L (the last day)"),
        ("0 9 * * 5L", "L (the last day)"),
        ("0 9 15W * *", "W (the nearest weekday)"),
        ("0 9 * * MON#2", "# (the n-th weekday"),
        ("@reboot", "is not known"),
        ("0 9 30 2 *", "never occurs"),
        ("0 9 31 4,6,9,11 *", "never occurs"),
        ("0 9 ١ * *", "cannot be read"),
    ];
    for (text, says) in refusals {
        let error = CronSchedule::parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    assert!(CronSchedule::parse("0 9 29 2 MON").is_ok());
}

#[test]
fn a_time_that_spring_swallows_runs_right_after_the_gap_and_once() {
    // Berlin skips 02:00-03:00 on 29 March 2026, New York on 8 March.
    assert_eq!(
        runs("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3),
        [
            "Sat 28 Mar 02:30:00",
            "Sun 29 Mar 03:00:00",
            "Mon 30 Mar 02:30:00"
        ]
    );
    assert_eq!(
        runs(
            "*/30 * * * *",
            "America/New_York",
            "2026-03-08T06:00:00Z",
            4
        ),
        [
            "Sun 08 Mar 01:30:00",
            "Sun 08 Mar 03:00:00",
            "Sun 08 Mar 03:30:00",
            "Sun 08 Mar 04:00:00"
        ]
    );
}

#[test]
fn a_time_that_occurs_twice_in_autumn_runs_once() {
    assert_eq!(
        runs("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["Sun 25 Oct 02:30:00", "Mon 26 Oct 02:30:00"]
    );
    // Asked in the second half of the fold, the first half's times are over.
    let berlin = zone("Europe/Berlin");
    let half_past = CronSchedule::parse("*/30 * * * *").unwrap();
    let second_half = instant("2026-10-25T01:10:00Z");
    assert_eq!(
        half_past.next_after(second_half, &berlin),
        Some(instant("2026-10-25T02:00:00Z"))
    );
}

#[test]
fn the_calendar_of_cron_ends_with_2100() {
    let daily = CronSchedule::parse("@daily").unwrap();
    assert_eq!(
        daily.next_after(instant("2101-01-01T00:00:00Z"), &Zone::UTC),
        None
    );
    assert_eq!(
        daily.next_after(Timestamp::MIN, &Zone::UTC),
        Some(Timestamp::EPOCH)
    );
    assert_eq!(daily.next_after(Timestamp::MAX, &zone("-10:00")), None);
}

/// What crontab would do by looking at every minute: the first instant at which the wall clock
/// has reached a fitting time that it had not reached before.
fn naive_runs(
    fits: &dyn Fn(NaiveDateTime) -> bool,
    zone: &Zone,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Timestamp> {
    let mut due = Vec::new();
    let minute = TimeDelta::minutes(1);
    let mut wall = zone.to_local(from) - TimeDelta::days(1);
    let last = zone.to_local(to) + TimeDelta::days(1);
    while wall <= last {
        if fits(wall) {
            // The first instant, minute by minute, whose wall clock shows at least that time.
            let mut at = Timestamp::from_utc(wall.and_utc() - TimeDelta::hours(15));
            while zone.to_local(at) < wall {
                at = at.saturating_add_micros(60_000_000);
            }
            if at > from && at <= to && due.last() != Some(&at) {
                due.push(at);
            }
        }
        wall += minute;
    }
    due
}

#[test]
fn around_every_change_it_agrees_with_a_search_minute_by_minute() {
    type Fits = Box<dyn Fn(NaiveDateTime) -> bool>;
    let expressions: [(&str, Fits); 5] = [
        ("*/30 * * * *", Box::new(|t| t.minute() % 30 == 0)),
        (
            "15 2 * * *",
            Box::new(|t| (t.hour(), t.minute()) == (2, 15)),
        ),
        (
            "0 1,2,3 * * SUN",
            Box::new(|t| {
                t.minute() == 0
                    && [1, 2, 3].contains(&t.hour())
                    && t.weekday() == chrono::Weekday::Sun
            }),
        ),
        (
            "45 */2 * * 6-7",
            Box::new(|t| {
                t.minute() == 45 && t.hour() % 2 == 0 && t.weekday().num_days_from_monday() > 4
            }),
        ),
        (
            "59 23 28-31 * *",
            Box::new(|t| (t.hour(), t.minute()) == (23, 59) && t.day() >= 28),
        ),
    ];
    let changes = [
        ("Europe/Berlin", "2026-03-28T12:00:00Z"),
        ("Europe/Berlin", "2026-10-24T12:00:00Z"),
        ("America/New_York", "2026-03-07T12:00:00Z"),
        ("America/New_York", "2026-10-31T12:00:00Z"),
    ];
    for (expression, fits) in &expressions {
        let schedule = CronSchedule::parse(expression).unwrap();
        for (name, from) in changes {
            let (zone, from) = (zone(name), instant(from));
            let to = from.saturating_add_micros(36 * 3_600_000_000);
            let next = |at: &Timestamp| schedule.next_after(*at, &zone);
            let found: Vec<_> = std::iter::successors(next(&from), next)
                .take_while(|at| *at <= to)
                .collect();
            assert_eq!(
                found,
                naive_runs(fits, &zone, from, to),
                "{expression} in {name}"
            );
        }
    }
}

proptest! {
    #[test]
    fn the_next_run_is_later_and_on_time_unless_it_was_swallowed(
        // Up to 2089: the last leap day before the calendar of cron ends is that of 2096.
        from in 0i64..3_760_000_000_000_000,
        expression in prop::sample::select(vec![
            "* * * * * *", "*/7 * * * *", "30 2 * * *", "0 0 29 2 *", "0 9 * * MON-FRI", "0 */5 1-7 * 0",
        ]),
        name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"]),
    ) {
        let (schedule, zone) = (CronSchedule::parse(expression).unwrap(), zone(name));
        let from = Timestamp::from_micros(from);
        let next = schedule.next_after(from, &zone).unwrap();
        prop_assert!(next > from);
        let local = zone.to_local(next);
        let after_a_gap = zone.to_local(next.saturating_add_micros(-1)) + TimeDelta::minutes(5) < local;
        prop_assert!(schedule.includes(local) || after_a_gap);
        // Nothing lies between: asking from any moment in between gives the same.
        let between = Timestamp::from_micros((from.as_micros() + next.as_micros() - 1) / 2);
        prop_assert_eq!(schedule.next_after(between.max(from), &zone), Some(next));
    }

    #[test]
    fn reading_never_panics(text in "[-*/,?#@LW0-9A-Z ]{0,24}") {
        let _ = CronSchedule::parse(&text);
    }
}
