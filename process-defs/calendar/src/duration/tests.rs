//! Durations and repeating intervals: what is read, and where they lead on the wall clock.

use super::*;
use proptest::prelude::*;

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn berlin() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

fn parts_of(text: &str) -> (i64, i64, i64) {
    let IsoDuration {
        months,
        days,
        micros,
    } = parse_duration(text).unwrap();
    (months, days, micros)
}

fn after(duration: &str, from: &str, zone: Zone) -> String {
    parse_duration(duration)
        .unwrap()
        .add_to(instant(from), &zone)
        .unwrap()
        .to_string()
}

#[test]
fn a_duration_keeps_months_days_and_time_apart() {
    assert_eq!(parts_of("P1Y2M3DT4H5M6.5S"), (14, 3, 14_706_500_000));
    assert_eq!(parts_of("P2W"), (0, 14, 0));
    assert_eq!(parts_of("-P3D"), (0, -3, 0));
    assert_eq!(parts_of("PT36H"), (0, 0, 129_600_000_000));
    assert_eq!(parts_of("P1M-1D"), (1, -1, 0));
    assert_eq!(parts_of("PT0,25S"), (0, 0, 250_000));
    assert_eq!(parts_of("-PT0.5S"), (0, 0, -500_000));
    assert_eq!(parts_of("PT0.0000019S"), (0, 0, 1));
}

#[test]
fn what_is_no_duration_is_refused() {
    for text in [
        "", "P", "PT", "P1", "1D", "P1DT", "PT1D", "P1H", "P1D1Y", "P1D2D", "P1.5D", "PT1.5H",
        "PT.5S", "PT5.S", "P-D", "P 1D", "p1d", "PT1S ", "P1Д", "--P1D", "PT1..2S", "P1DT1H1H",
    ] {
        assert_eq!(
            parse_duration(text),
            Err(DurationError::NotADuration(text.to_owned())),
            "{text}"
        );
    }
    for text in [
        "P99999999999999999999D",
        "PT9223372036854775807H",
        "P9223372036854775807Y",
    ] {
        assert_eq!(
            parse_duration(text),
            Err(DurationError::TooLong(text.to_owned())),
            "{text}"
        );
    }
}

#[test]
fn a_duration_is_written_as_short_as_iso_allows() {
    for text in [
        "PT0S",
        "P1Y2M3DT4H5M6.5S",
        "P14D",
        "-P3D",
        "P1M-1D",
        "PT0.000001S",
        "-PT0.5S",
        "P1DT-0.5S",
        "PT25H",
        "P1DT-1H-1M-1S",
    ] {
        assert_eq!(parse_duration(text).unwrap().to_string(), text);
    }
}

#[test]
fn months_and_days_go_by_the_wall_clock() {
    assert_eq!(
        after("P1M", "2026-01-31T09:00:00Z", Zone::UTC),
        "2026-02-28T09:00:00Z"
    );
    assert_eq!(
        after("P1Y", "2028-02-29T09:00:00Z", Zone::UTC),
        "2029-02-28T09:00:00Z"
    );
    assert_eq!(
        after("-P1M", "2026-03-31T09:00:00Z", Zone::UTC),
        "2026-02-28T09:00:00Z"
    );
    // 09:00 in Berlin stays 09:00 over both changes; 24 hours do not.
    assert_eq!(
        after("P1D", "2026-03-28T08:00:00Z", berlin()),
        "2026-03-29T07:00:00Z"
    );
    assert_eq!(
        after("PT24H", "2026-03-28T08:00:00Z", berlin()),
        "2026-03-29T08:00:00Z"
    );
    assert_eq!(
        after("P1D", "2026-10-24T07:00:00Z", berlin()),
        "2026-10-25T08:00:00Z"
    );
    // 02:30 does not exist on the 29th of March.
    assert_eq!(
        after("P1D", "2026-03-28T01:30:00Z", berlin()),
        "2026-03-29T01:00:00Z"
    );
}

#[test]
fn an_exact_duration_does_not_fall_back_into_the_first_half_of_a_fold() {
    assert_eq!(
        after("PT0S", "2026-10-25T01:30:00Z", berlin()),
        "2026-10-25T01:30:00Z"
    );
    assert_eq!(
        after("PT1M", "2026-10-25T01:30:00Z", berlin()),
        "2026-10-25T01:31:00Z"
    );
}

#[test]
fn a_duration_that_leaves_the_calendar_has_no_end() {
    for text in [
        "P8000Y",
        "-P3000Y",
        "PT99999999H",
        "P9000000D",
        "P9223372036854775807D",
    ] {
        let end = parse_duration(text)
            .unwrap()
            .add_to(instant("2026-01-05T09:00:00Z"), &berlin());
        assert_eq!(end, None, "{text}");
    }
}

fn occurrences(text: &str, from: &str, zone: Zone, count: u64) -> Vec<String> {
    let repeating = parse_repeating(text).unwrap();
    (1..=count)
        .map_while(|n| repeating.occurrence(n, instant(from), &zone))
        .map(|at| at.to_string())
        .collect()
}

#[test]
fn a_cycle_without_start_first_occurs_one_interval_after_it_was_set() {
    assert_eq!(
        occurrences("R2/PT10S", "2026-01-05T09:00:00Z", Zone::UTC, 9),
        ["2026-01-05T09:00:10Z", "2026-01-05T09:00:20Z"]
    );
    assert_eq!(
        occurrences("R/P1M", "2026-01-31T09:00:00Z", Zone::UTC, 3),
        [
            "2026-02-28T09:00:00Z",
            "2026-03-31T09:00:00Z",
            "2026-04-30T09:00:00Z"
        ]
    );
    assert!(occurrences("R0/PT10S", "2026-01-05T09:00:00Z", Zone::UTC, 9).is_empty());
}

#[test]
fn a_cycle_with_a_start_first_occurs_at_its_start() {
    assert_eq!(
        occurrences(
            "R2/2026-01-05T09:00:00Z/PT1H",
            "2026-01-01T00:00:00Z",
            Zone::UTC,
            9
        ),
        ["2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z"]
    );
}

#[test]
fn a_cycle_with_an_end_last_occurs_at_its_end() {
    let nine_to_eleven = [
        "2026-01-05T09:00:00Z",
        "2026-01-05T10:00:00Z",
        "2026-01-05T11:00:00Z",
    ];
    assert_eq!(
        occurrences(
            "R3/PT1H/2026-01-05T11:00:00Z",
            "2026-01-01T00:00:00Z",
            Zone::UTC,
            9
        ),
        nine_to_eleven
    );
    assert_eq!(
        occurrences(
            "R/PT1H/2026-01-05T11:00:00Z",
            "2026-01-05T08:30:00Z",
            Zone::UTC,
            9
        ),
        nine_to_eleven
    );
    let over = occurrences(
        "R/PT1H/2026-01-05T11:00:00Z",
        "2026-01-05T11:00:00Z",
        Zone::UTC,
        9,
    );
    assert!(over.is_empty());
}

#[test]
fn what_is_no_cycle_is_refused() {
    for text in [
        "",
        "R",
        "R3",
        "3/PT1H",
        "Rx/PT1H",
        "R-1/PT1H",
        "R3/PT1H/PT1H/PT1H",
        "R3/a/b",
    ] {
        let error = parse_repeating(text).unwrap_err();
        assert_eq!(
            error,
            DurationError::NotRepeating(text.to_owned()),
            "{text}"
        );
    }
    for text in ["R/PT0S", "R3/-PT1H", "R/P1M-31D"] {
        assert_eq!(
            parse_repeating(text),
            Err(DurationError::NotForward(text.to_owned()))
        );
    }
    assert!(matches!(
        parse_repeating("R/2026-01-05/PT1H"),
        Err(DurationError::BadTime { .. })
    ));
    assert!(matches!(
        parse_repeating("R99999999999/PT1H"),
        Err(DurationError::TooLong(_))
    ));
}

proptest! {
    #[test]
    fn text_and_duration_are_the_same_thing(
        months in any::<i64>(), days in any::<i64>(), micros in any::<i64>(),
    ) {
        // The outermost number has no counterpart with the other sign.
        prop_assume!([months, days, micros].iter().all(|part| *part != i64::MIN));
        let duration = IsoDuration { months, days, micros };
        prop_assert_eq!(parse_duration(&duration.to_string()), Ok(duration));
    }

    #[test]
    fn reading_never_panics(text in "[-+RPTYMWDHS0-9.,/:Z]{0,24}") {
        let _ = parse_duration(&text);
        let _ = parse_repeating(&text);
    }

    #[test]
    fn a_later_start_never_ends_earlier_but_for_short_months(
        from in 0i64..4_000_000_000_000_000, later in 0i64..10_000_000_000_000,
        months in 0i64..40, days in 0i64..400, micros in 0i64..100_000_000_000,
    ) {
        let duration = IsoDuration { months, days, micros };
        let from = Timestamp::from_micros(from);
        let later = from.saturating_add_micros(later);
        // Days that a month has not got fall on its last, so 28 August 07:00 and 31 August 00:00
        // change places half a year later: the law holds within that day.
        let slack = if months == 0 { 0 } else { 24 * 3_600_000_000 };
        let (a, b) = (duration.add_to(from, &Zone::UTC), duration.add_to(later, &Zone::UTC));
        prop_assert!(a.unwrap() <= b.unwrap().saturating_add_micros(slack));
        // In Berlin a day may have 25 hours, and over a fold the wall clock itself runs back by one.
        let slack = slack + 2 * 3_600_000_000;
        let (a, b) = (duration.add_to(from, &berlin()), duration.add_to(later, &berlin()));
        prop_assert!(a.unwrap() <= b.unwrap().saturating_add_micros(slack));
    }

    #[test]
    fn occurrences_come_in_order(
        from in 0i64..4_000_000_000_000_000, n in 1u64..500,
        days in 0i64..3, hours in 1i64..100,
    ) {
        let interval = IsoDuration { months: 0, days, micros: hours * 3_600_000_001 };
        let cycle = RepeatingInterval { repetitions: None, start: None, interval, end: None };
        let from = Timestamp::from_micros(from);
        let at = |n| cycle.occurrence(n, from, &berlin()).unwrap();
        prop_assert!(at(n) < at(n + 1));
        prop_assert!(at(1) > from);
    }
}
