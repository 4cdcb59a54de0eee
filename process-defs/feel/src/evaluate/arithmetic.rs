//! Arithmetic on numbers, texts, temporals and durations (DMN 1.5, tables 55 to 60).

use super::{Machine, Outcome, null};
use crate::ast::Arithmetic;
use crate::value::{
    DAY, DateTime, DaysTimeDuration, Number, Offset, Rounding, SECOND, Time, Value,
    YearsMonthsDuration,
};

/// What a logarithm or an exponential costs, in operations.
pub(crate) const POWER_WORK: usize = 2000;

/// What a power with a small whole exponent costs: up to 40 multiplications.
const WHOLE_POWER_WORK: usize = 400;

/// What arithmetic with dates, times and durations costs: zones have to be looked at.
const TEMPORAL_WORK: usize = 12;

/// What an operation on numbers costs beyond that of any node.
pub(super) fn work_of(operator: Arithmetic) -> u64 {
    match operator {
        Arithmetic::Add | Arithmetic::Subtract => 0,
        Arithmetic::Multiply => 1,
        Arithmetic::Divide | Arithmetic::Power => 4,
    }
}

pub(super) fn apply(
    machine: &mut Machine<'_>,
    operator: Arithmetic,
    a: &Value,
    b: &Value,
) -> Outcome {
    if let (Value::Number(x), Value::Number(y)) = (a, b) {
        if operator == Arithmetic::Power {
            let small = y.to_i64().is_some_and(|n| n.unsigned_abs() <= 1_000_000);
            machine.work(if small {
                WHOLE_POWER_WORK
            } else {
                3 * POWER_WORK
            })?;
        }
        return numbers(operator, x, y);
    }
    if let (Arithmetic::Add, Value::String(x), Value::String(y)) = (operator, a, b) {
        machine.build(x.len() + y.len() + 16)?;
        machine.work((x.len() + y.len()) / 64)?;
        return Ok(Value::String([&**x, &**y].concat().into()));
    }
    if a.is_null() || b.is_null() {
        return null(format!(
            "\"{}\" needs two values, but {} is null.",
            operator.sign(),
            if a.is_null() {
                "the first"
            } else {
                "the second"
            }
        ));
    }
    machine.work(TEMPORAL_WORK)?;
    let result = match operator {
        Arithmetic::Add => add(a, b).or_else(|| add(b, a)),
        Arithmetic::Subtract => subtract(a, b),
        Arithmetic::Multiply => multiply(a, b).or_else(|| multiply(b, a)),
        Arithmetic::Divide => divide(a, b),
        Arithmetic::Power => None,
    };
    match result {
        Some(Some(value)) => Ok(value),
        Some(None) => null(format!(
            "The result of \"{}\" is out of range.",
            operator.sign()
        )),
        None => null(format!(
            "\"{}\" cannot be applied to a {} and a {}.",
            operator.sign(),
            a.type_name(),
            b.type_name()
        )),
    }
}

/// The common operations on numbers; `None` for powers and where there is something to explain.
pub(super) fn plain(operator: Arithmetic, x: &Number, y: &Number) -> Option<Number> {
    match operator {
        Arithmetic::Add => x.add(y),
        Arithmetic::Subtract => x.subtract(y),
        Arithmetic::Multiply => x.multiply(y),
        Arithmetic::Divide => x.divide(y),
        Arithmetic::Power => None,
    }
}

fn numbers(operator: Arithmetic, x: &Number, y: &Number) -> Outcome {
    let result = match operator {
        Arithmetic::Add => x.add(y),
        Arithmetic::Subtract => x.subtract(y),
        Arithmetic::Multiply => x.multiply(y),
        Arithmetic::Divide if y.is_zero() => return null("A number cannot be divided by zero."),
        Arithmetic::Divide => x.divide(y),
        Arithmetic::Power => x.power(y),
    };
    match result {
        Some(number) => Ok(Value::Number(number)),
        None => null(format!(
            "{x} {} {y} is no number that FEEL can hold.",
            operator.sign()
        )),
    }
}

pub(super) fn negate(value: &Value) -> Outcome {
    match value {
        Value::Number(number) => Ok(Value::Number(number.negate())),
        Value::DaysTimeDuration(duration) => match days_time(-duration.nanos()) {
            Some(value) => Ok(value),
            None => null("The duration is out of range."),
        },
        Value::YearsMonthsDuration(duration) => match duration.months().checked_neg() {
            Some(months) => Ok(years_months(months)),
            None => null("The duration is out of range."),
        },
        other => null(format!("A {} has no negative.", other.type_name())),
    }
}

fn days_time(nanos: i128) -> Option<Value> {
    DaysTimeDuration::from_nanos(nanos).map(Value::DaysTimeDuration)
}

fn years_months(months: i64) -> Value {
    Value::YearsMonthsDuration(YearsMonthsDuration::from_months(months))
}

/// `None`: not applicable. `Some(None)`: out of range.
type Applied = Option<Option<Value>>;

fn add(a: &Value, b: &Value) -> Applied {
    Some(match (a, b) {
        (Value::DaysTimeDuration(x), Value::DaysTimeDuration(y)) => {
            days_time(x.nanos() + y.nanos())
        }
        (Value::YearsMonthsDuration(x), Value::YearsMonthsDuration(y)) => {
            x.months().checked_add(y.months()).map(years_months)
        }
        (moment, Value::DaysTimeDuration(y)) => return add_nanos(moment, y.nanos()),
        (moment, Value::YearsMonthsDuration(y)) => return add_months(moment, y.months()),
        _ => return None,
    })
}

fn subtract(a: &Value, b: &Value) -> Applied {
    Some(match (a, b) {
        (Value::DaysTimeDuration(x), Value::DaysTimeDuration(y)) => {
            days_time(x.nanos() - y.nanos())
        }
        (Value::YearsMonthsDuration(x), Value::YearsMonthsDuration(y)) => {
            x.months().checked_sub(y.months()).map(years_months)
        }
        (moment, Value::DaysTimeDuration(y)) => return add_nanos(moment, -y.nanos()),
        (moment, Value::YearsMonthsDuration(y)) => {
            return match y.months().checked_neg() {
                Some(months) => add_months(moment, months),
                None => Some(None),
            };
        }
        (Value::Time(x), Value::Time(y)) => {
            return x.difference(y).map(|n| days_time(i128::from(n)));
        }
        (Value::Date(x), Value::Date(y)) => {
            days_time(i128::from(x.days() - y.days()) * i128::from(DAY))
        }
        (Value::DateTime(x), Value::DateTime(y)) => return x.difference(y).map(days_time),
        // A date counts as its midnight in UTC, so it has a distance from zoned date-times only.
        (Value::DateTime(x), Value::Date(y)) => return x.difference(&midnight(*y)).map(days_time),
        (Value::Date(x), Value::DateTime(y)) => return midnight(*x).difference(y).map(days_time),
        _ => return None,
    })
}

fn midnight(date: crate::value::Date) -> DateTime {
    DateTime::new(date, Time::from_nanos(0, Offset::Fixed(0)))
}

fn add_nanos(moment: &Value, nanos: i128) -> Applied {
    Some(match moment {
        // A date moves by the days that its midnight moves to.
        Value::Date(date) => {
            let days = nanos.div_euclid(i128::from(DAY));
            i64::try_from(days)
                .ok()
                .and_then(|days| date.add_days(days))
                .map(Value::Date)
        }
        Value::DateTime(at) => at.add_nanos(nanos).map(Value::DateTime),
        Value::Time(time) => {
            let of_day = nanos.rem_euclid(i128::from(DAY)) as i64;
            Some(Value::Time(Time::from_nanos(
                time.nanos() + of_day,
                time.offset(),
            )))
        }
        _ => return None,
    })
}

fn add_months(moment: &Value, months: i64) -> Applied {
    Some(match moment {
        Value::Date(date) => date.add_months(months).map(Value::Date),
        Value::DateTime(at) => at.add_months(months).map(Value::DateTime),
        _ => return None,
    })
}

/// A duration in nanoseconds (or months) as a number, and back.
fn scaled(count: i128, factor: impl Fn(&Number) -> Option<Number>) -> Option<i128> {
    let number = Number::from_parts(count < 0, count.unsigned_abs(), 0)?;
    factor(&number)?.round(0, Rounding::Down)?.to_i128()
}

fn times(duration: &Value, factor: impl Fn(&Number) -> Option<Number>) -> Applied {
    Some(match duration {
        Value::DaysTimeDuration(d) => scaled(d.nanos(), factor).and_then(days_time),
        Value::YearsMonthsDuration(d) => scaled(i128::from(d.months()), factor)
            .and_then(|months| i64::try_from(months).ok())
            .map(years_months),
        _ => return None,
    })
}

fn multiply(a: &Value, b: &Value) -> Applied {
    let Value::Number(factor) = b else {
        return None;
    };
    times(a, |n| n.multiply(factor))
}

fn divide(a: &Value, b: &Value) -> Applied {
    let ratio = |x: i128, y: i128| {
        let number = |n: i128| Number::from_parts(n < 0, n.unsigned_abs(), 0);
        number(x)?.divide(&number(y)?).map(Value::Number)
    };
    match (a, b) {
        (_, Value::Number(divisor)) => times(a, |n| n.divide(divisor)),
        (Value::DaysTimeDuration(x), Value::DaysTimeDuration(y)) => {
            Some(ratio(x.nanos(), y.nanos()))
        }
        (Value::YearsMonthsDuration(x), Value::YearsMonthsDuration(y)) => {
            Some(ratio(i128::from(x.months()), i128::from(y.months())))
        }
        _ => None,
    }
}

/// Whole seconds of nanoseconds, as a number with its fraction.
pub(crate) fn seconds(nanos: i128) -> Option<Number> {
    let number = Number::from_parts(nanos < 0, nanos.unsigned_abs(), 0)?;
    number.divide(&Number::from(SECOND))
}
