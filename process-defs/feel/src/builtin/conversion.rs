//! From one type to another (DMN 1.5, 10.3.4.1).

use super::{Args, Builtin};
use crate::evaluate::{Machine, Outcome};
use crate::value::{
    Date, DateTime, DaysTimeDuration, Number, Offset, Time, Value, YearsMonthsDuration, to_text,
};

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "date",
        signatures: &[&["from"], &["year", "month", "day"]],
        about: "The date of a text, of a date and time, or of year, month and day.",
        examples: &[
            (r#"date("2026-01-05")"#, r#"@"2026-01-05""#),
            ("date(2026, 1, 5)", r#"@"2026-01-05""#),
            (r#"date(@"2026-01-05T09:00:00Z")"#, r#"@"2026-01-05""#),
        ],
        run: date,
    },
    Builtin {
        name: "time",
        signatures: &[&["from"], &["hour", "minute", "second", "offset?"]],
        about: "The time of a text, of a date and time, or of hour, minute, second and offset from UTC.",
        examples: &[
            (r#"time("09:00:00Z")"#, r#"@"09:00:00Z""#),
            (r#"time(9, 30, 0, @"PT1H")"#, r#"@"09:30:00+01:00""#),
        ],
        run: time,
    },
    Builtin {
        name: "date and time",
        signatures: &[
            &["from"],
            &["date", "time"],
            &[
                "year", "month", "day", "hour", "minute", "second", "offset?",
            ],
        ],
        about: "The date and time of a text, or of a date and a time.",
        examples: &[
            (
                r#"date and time("2026-01-05T09:00:00Z")"#,
                r#"@"2026-01-05T09:00:00Z""#,
            ),
            (
                r#"date and time(@"2026-01-05", @"09:00:00")"#,
                r#"@"2026-01-05T09:00:00""#,
            ),
        ],
        run: date_and_time,
    },
    Builtin {
        name: "duration",
        signatures: &[&["from"]],
        about: "The duration of an ISO 8601 text.",
        examples: &[
            (r#"duration("P1DT2H")"#, r#"@"P1DT2H""#),
            (r#"duration("P1Y2M")"#, r#"@"P1Y2M""#),
        ],
        run: duration,
    },
    Builtin {
        name: "years and months duration",
        signatures: &[&["from", "to"]],
        about: "The whole months between two dates.",
        examples: &[(
            r#"years and months duration(@"2025-12-22", @"2027-08-24")"#,
            r#"@"P1Y8M""#,
        )],
        run: years_and_months,
    },
    Builtin {
        name: "number",
        signatures: &[&["from", "grouping separator?", "decimal separator?"]],
        about: "The number of a text; the separators say how it is written.",
        examples: &[
            (r#"number("1.5")"#, "1.5"),
            (r#"number("1 500,75", " ", ",")"#, "1500.75"),
        ],
        run: number,
    },
    Builtin {
        name: "string",
        signatures: &[&["from"]],
        about: "The value as a text; null stays null.",
        examples: &[
            ("string(1.50)", r#""1.5""#),
            (r#"string(@"2026-01-05")"#, r#""2026-01-05""#),
            (r#"string([1, "a"])"#, r#""[1, \"a\"]""#),
        ],
        run: |machine, args| match args.value(0) {
            Value::Null => Ok(Value::Null),
            value => {
                machine.work_of_writing(value)?;
                machine.string(to_text(value))
            }
        },
    },
    Builtin {
        name: "to json",
        signatures: &[&["value"]],
        about: "The value as JSON text.",
        examples: &[("to json({a: [1, true]})", r#""{\"a\":[1,true]}""#)],
        run: |machine, args| {
            machine.work_of_writing(args.value(0))?;
            machine.string(args.value(0).to_json().to_string())
        },
    },
    Builtin {
        name: "from json",
        signatures: &[&["value"]],
        about: "The value of a JSON text.",
        examples: &[(r#"from json("{\"a\": [1, true]}")"#, "{a: [1, true]}")],
        run: |machine, args| {
            let text = args.string(0)?;
            machine.work(text.len())?;
            machine.build(text.len() * 16)?;
            match serde_json::from_str(text) {
                Ok(json) => {
                    let value = Value::from_json(&json);
                    machine.check_depth(&value)?;
                    Ok(value)
                }
                Err(_) => args.fail("the text is not JSON"),
            }
        },
    },
];

/// The date, time, date and time or duration that a text writes: what `@"..."` means.
pub(crate) fn temporal_from_text(text: &str) -> Option<Value> {
    if text.starts_with('P') || text.starts_with("-P") {
        return duration_from_text(text);
    }
    if text.contains('T')
        && !text.starts_with('T')
        && text.find('T') < text.find('@').or(Some(usize::MAX))
    {
        return text.parse().ok().map(Value::DateTime);
    }
    text.parse()
        .map(Value::Date)
        .or_else(|_| text.parse().map(Value::Time))
        .ok()
}

fn duration_from_text(text: &str) -> Option<Value> {
    text.parse::<DaysTimeDuration>()
        .map(Value::DaysTimeDuration)
        .or_else(|_| {
            text.parse::<YearsMonthsDuration>()
                .map(Value::YearsMonthsDuration)
        })
        .ok()
}

fn date(_: &mut Machine<'_>, args: &Args) -> Outcome {
    if args.len() == 3 {
        let whole = |at| -> Result<i64, crate::evaluate::Trouble> {
            let number = args.number(at)?;
            if number.is_integer() {
                args.integer(at)
            } else {
                args.refuse(at, "a whole number")
            }
        };
        let (year, month, day) = (whole(0)?, whole(1)?, whole(2)?);
        let date = i32::try_from(year)
            .ok()
            .zip(u32::try_from(month).ok())
            .zip(u32::try_from(day).ok())
            .and_then(|((year, month), day)| Date::new(year, month, day));
        return match date {
            Some(date) => Ok(Value::Date(date)),
            None => args.fail("there is no such day"),
        };
    }
    match args.single(0) {
        Value::Date(date) => Ok(Value::Date(*date)),
        Value::DateTime(at) => Ok(Value::Date(at.date())),
        Value::String(text) => match text.parse::<Date>() {
            Ok(date) => Ok(Value::Date(date)),
            Err(_) => args.fail(&format!(
                "\"{}\" is not a date like 2026-01-05",
                shortened(text)
            )),
        },
        _ => args.refuse(0, "a text or a date and time"),
    }
}

/// A text for a message.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

fn time(_: &mut Machine<'_>, args: &Args) -> Outcome {
    if args.len() >= 3 {
        return match time_of_parts(args, 0)? {
            Some(time) => Ok(Value::Time(time)),
            None => args.fail("no clock shows this time"),
        };
    }
    match args.single(0) {
        Value::Time(time) => Ok(Value::Time(*time)),
        Value::DateTime(at) => Ok(Value::Time(at.time())),
        Value::Date(_) => Ok(Value::Time(Time::from_nanos(0, Offset::Fixed(0)))),
        Value::String(text) => match text.parse::<Time>() {
            Ok(time) => Ok(Value::Time(time)),
            Err(_) => args.fail(&format!(
                "\"{}\" is not a time like 09:00:00",
                shortened(text)
            )),
        },
        _ => args.refuse(0, "a text or a date and time"),
    }
}

/// Hour, minute, second (with a fraction) and offset from the argument `at` on.
fn time_of_parts(args: &Args, at: usize) -> Result<Option<Time>, crate::evaluate::Trouble> {
    let (hour, minute) = (args.integer(at)?, args.integer(at + 1)?);
    let second = args.number(at + 2)?;
    let nanos = second
        .multiply(&Number::from(1_000_000_000))
        .and_then(|n| n.truncate().to_i64())
        .filter(|n| (0..60_000_000_000).contains(n));
    let offset = match args.given(at + 3) {
        None => Offset::Local,
        Some(Value::DaysTimeDuration(offset)) => match i32::try_from(offset.whole_seconds()) {
            Ok(seconds) if seconds.abs() <= 18 * 3600 => Offset::Fixed(seconds),
            _ => return Ok(None),
        },
        Some(_) => return args.refuse(at + 3, "a days and time duration"),
    };
    let Some(nanos) = nanos else { return Ok(None) };
    let (Ok(hour), Ok(minute)) = (u32::try_from(hour), u32::try_from(minute)) else {
        return Ok(None);
    };
    let (second, rest) = (
        (nanos / 1_000_000_000) as u32,
        (nanos % 1_000_000_000) as u32,
    );
    Ok(Time::new(hour, minute, second, rest, offset))
}

fn date_and_time(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    machine.work(6)?;
    match args.len() {
        1 => match args.single(0) {
            Value::DateTime(at) => Ok(Value::DateTime(*at)),
            Value::Date(date) => Ok(Value::DateTime(midnight(*date))),
            Value::String(text) => {
                let parsed = text
                    .parse::<DateTime>()
                    .or_else(|_| text.parse::<Date>().map(midnight));
                match parsed {
                    Ok(at) => Ok(Value::DateTime(at)),
                    Err(_) => args.fail(&format!(
                        "\"{}\" is not a date and time like 2026-01-05T09:00:00Z",
                        shortened(text)
                    )),
                }
            }
            _ => args.refuse(0, "a text or a date"),
        },
        2 => {
            let date = match args.single(0) {
                Value::Date(date) => *date,
                Value::DateTime(at) => at.date(),
                _ => return args.refuse(0, "a date"),
            };
            match args.single(1) {
                Value::Time(time) => Ok(Value::DateTime(DateTime::new(date, *time))),
                // Camunda: the same instant in another zone.
                Value::String(zone) => {
                    match (args.single(0), redthread_calendar::Zone::parse(zone)) {
                        (Value::DateTime(at), Ok(zone)) => match at.to_timestamp(&machine.env.zone)
                        {
                            Some(instant) => {
                                Ok(Value::DateTime(DateTime::from_timestamp(instant, zone)))
                            }
                            None => args.fail("the year is out of range"),
                        },
                        _ => args.refuse(1, "a time"),
                    }
                }
                _ => args.refuse(1, "a time"),
            }
        }
        _ => {
            let (year, month, day) = (args.integer(0)?, args.integer(1)?, args.integer(2)?);
            let date = i32::try_from(year)
                .ok()
                .zip(u32::try_from(month).ok())
                .zip(u32::try_from(day).ok())
                .and_then(|((year, month), day)| Date::new(year, month, day));
            match (date, time_of_parts(args, 3)?) {
                (Some(date), Some(time)) => Ok(Value::DateTime(DateTime::new(date, time))),
                _ => args.fail("there is no such moment"),
            }
        }
    }
}

fn midnight(date: Date) -> DateTime {
    DateTime::new(date, Time::from_nanos(0, Offset::Local))
}

fn duration(_: &mut Machine<'_>, args: &Args) -> Outcome {
    match args.single(0) {
        Value::String(text) => match duration_from_text(text) {
            Some(duration) => Ok(duration),
            None => args.fail(&format!(
                "\"{}\" is not a duration like P1DT2H or P1Y2M",
                shortened(text)
            )),
        },
        value @ (Value::DaysTimeDuration(_) | Value::YearsMonthsDuration(_)) => Ok(value.clone()),
        _ => args.refuse(0, "a text"),
    }
}

fn years_and_months(_: &mut Machine<'_>, args: &Args) -> Outcome {
    // Only the dates count, as the conformance kit has it: the last month is whole from its day on.
    let date = |at: usize| match args.single(at) {
        Value::Date(date) => Ok(*date),
        Value::DateTime(moment) => Ok(moment.date()),
        _ => args.refuse(at, "a date"),
    };
    let (from, to) = (date(0)?, date(1)?);
    let index = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let mut months = index(to) - index(from);
    if months > 0 && to.day() < from.day() {
        months -= 1;
    } else if months < 0 && to.day() > from.day() {
        months += 1;
    }
    Ok(Value::YearsMonthsDuration(
        YearsMonthsDuration::from_months(months),
    ))
}

fn number(_: &mut Machine<'_>, args: &Args) -> Outcome {
    if let (1, Value::Number(number)) = (args.len(), args.single(0)) {
        return Ok(Value::Number(*number));
    }
    let text = args.string(0)?;
    let separator = |at: usize, allowed: &[&str]| match args.given(at) {
        None => Ok(None),
        Some(Value::String(sign)) if allowed.contains(&&**sign) => Ok(Some(sign.to_string())),
        Some(_) => args.refuse(at, "one of the allowed separators"),
    };
    let grouping = separator(1, &[" ", ",", "."])?;
    let decimal = separator(2, &[",", "."])?;
    if grouping.is_some() && grouping == decimal {
        return args.fail("both separators are the same");
    }
    let mut plain = text.to_owned();
    if let Some(grouping) = &grouping {
        plain = plain.replace(grouping.as_str(), "");
    }
    if let Some(decimal) = decimal.filter(|d| d != ".") {
        if plain.contains('.') {
            return args.fail("the text is not a number");
        }
        plain = plain.replace(&decimal, ".");
    }
    match plain.parse::<Number>() {
        Ok(number) if !plain.starts_with('+') => Ok(Value::Number(number)),
        _ => args.fail(&format!("\"{}\" is not a number", shortened(text))),
    }
}
