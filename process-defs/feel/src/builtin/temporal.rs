//! The calendar and the clock (DMN 1.5, 10.3.4.7 and .9; Camunda). The clock is the caller's.

use super::{Args, Builtin};
use crate::evaluate::Trouble;
use crate::value::{Date, DateTime, Number, Value};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "now",
        signatures: &[&[]],
        about: "The date and time of the evaluation, in its zone.",
        examples: &[(r#"now() = @"2026-01-05T09:00:00Z""#, "true")],
        run: |machine, _| {
            Ok(Value::DateTime(DateTime::from_timestamp(
                machine.env.now,
                machine.env.zone,
            )))
        },
    },
    Builtin {
        name: "today",
        signatures: &[&[]],
        about: "The date of the evaluation, in its zone.",
        examples: &[("today()", r#"@"2026-01-05""#)],
        run: |machine, _| {
            Ok(Value::Date(
                DateTime::from_timestamp(machine.env.now, machine.env.zone).date(),
            ))
        },
    },
    Builtin {
        name: "day of year",
        signatures: &[&["date"]],
        about: "The day of the year, from 1.",
        examples: &[(r#"day of year(@"2026-02-01")"#, "32")],
        run: |_, args| Ok(number(date(args)?.day_of_year())),
    },
    Builtin {
        name: "day of week",
        signatures: &[&["date"]],
        about: "The English name of the weekday.",
        examples: &[(r#"day of week(@"2026-01-05")"#, r#""Monday""#)],
        run: |_, args| Ok(Value::from(DAYS[date(args)?.weekday() as usize - 1])),
    },
    Builtin {
        name: "month of year",
        signatures: &[&["date"]],
        about: "The English name of the month.",
        examples: &[(r#"month of year(@"2026-01-05")"#, r#""January""#)],
        run: |_, args| Ok(Value::from(MONTHS[date(args)?.month() as usize - 1])),
    },
    Builtin {
        name: "week of year",
        signatures: &[&["date"]],
        about: "The week of the year, 1 to 53 (ISO 8601).",
        examples: &[(r#"week of year(@"2021-01-03")"#, "53")],
        run: |_, args| Ok(number(date(args)?.week_of_year())),
    },
    Builtin {
        name: "last day of month",
        signatures: &[&["date"]],
        about: "The last date of the month.",
        examples: &[(r#"last day of month(@"2028-02-05")"#, r#"@"2028-02-29""#)],
        run: |_, args| Ok(Value::Date(date(args)?.last_day_of_month())),
    },
];

fn number(n: u32) -> Value {
    Value::Number(Number::from(i64::from(n)))
}

fn date(args: &Args) -> Result<Date, Trouble> {
    match args.single(0) {
        Value::Date(date) => Ok(*date),
        Value::DateTime(at) => Ok(at.date()),
        _ => args.refuse(0, "a date"),
    }
}
