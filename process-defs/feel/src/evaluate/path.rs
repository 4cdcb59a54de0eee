//! Paths, properties of temporals, filters and indexes (DMN 1.5, 10.3.2.5 and tables 63 to 65).

use super::{Machine, Walked};
use crate::compile::Node;
use crate::value::{DaysTimeDuration, Number, Time, Value};

/// What a point gives on a value that is no context: `.year`, `.time offset`, `.start` ...
pub(crate) fn property(value: &Value, name: &str) -> Option<Value> {
    let number = |n: i64| Some(Value::Number(Number::from(n)));
    let unsigned = |n: u32| number(i64::from(n));
    match value {
        Value::Date(date) => match name {
            "year" => number(i64::from(date.year())),
            "month" => unsigned(date.month()),
            "day" => unsigned(date.day()),
            "weekday" => unsigned(date.weekday()),
            _ => None,
        },
        Value::Time(time) => of_time(time, name, time.offset_seconds()),
        Value::DateTime(at) => match name {
            "year" | "month" | "day" | "weekday" => property(&Value::Date(at.date()), name),
            "date" => Some(Value::Date(at.date())),
            "time" => Some(Value::Time(at.time())),
            _ => of_time(&at.time(), name, at.offset_seconds()),
        },
        Value::DaysTimeDuration(duration) => {
            let total = duration.whole_seconds();
            let part = |n: i128| i64::try_from(n).ok().and_then(number);
            match name {
                "days" => part(total / 86_400),
                "hours" => part(total / 3600 % 24),
                "minutes" => part(total / 60 % 60),
                "seconds" => {
                    super::arithmetic::seconds(duration.nanos() % 60_000_000_000).map(Value::Number)
                }
                _ => None,
            }
        }
        Value::YearsMonthsDuration(duration) => match name {
            "years" => number(duration.months() / 12),
            "months" => number(duration.months() % 12),
            _ => None,
        },
        Value::Range(range) => match name {
            "start" => Some(range.start.clone()),
            "end" => Some(range.end.clone()),
            "start included" => Some(Value::Boolean(range.start_included)),
            "end included" => Some(Value::Boolean(range.end_included)),
            _ => None,
        },
        _ => None,
    }
}

fn of_time(time: &Time, name: &str, offset: Option<i32>) -> Option<Value> {
    let unsigned = |n: u32| Some(Value::Number(Number::from(i64::from(n))));
    match name {
        "hour" => unsigned(time.hour()),
        "minute" => unsigned(time.minute()),
        "second" => unsigned(time.second()),
        "time offset" => Some(offset.map_or(Value::Null, |seconds| {
            Value::DaysTimeDuration(DaysTimeDuration::from_seconds(i64::from(seconds)))
        })),
        "timezone" => Some(match time.offset() {
            crate::value::Offset::Named(zone) => Value::from(zone.name()),
            _ => Value::Null,
        }),
        _ => None,
    }
}

/// The place of an index from 1, or from the end if negative.
pub(super) fn place(length: usize, index: i64) -> Option<usize> {
    let at = match index {
        0 => return None,
        1.. => usize::try_from(index - 1).ok()?,
        _ => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    (at < length).then_some(at)
}

impl<'a> Machine<'a> {
    pub(super) fn path(&mut self, value: &Value, name: &str, at: u32) -> Walked {
        match value {
            Value::Context(context) => match context.get(name) {
                Some(value) => Ok(value.clone()),
                None => {
                    self.warn(at, format!("The context has no entry `{name}`."));
                    Ok(Value::Null)
                }
            },
            // A path into a list is a path into each item.
            Value::List(items) => {
                self.work(items.len())?;
                let mut values = Vec::with_capacity(items.len());
                for item in items.iter() {
                    values.push(match item {
                        Value::List(_) => self.path(item, name, at)?,
                        Value::Context(context) => context.get(name).cloned().unwrap_or_default(),
                        other => property(other, name).unwrap_or_default(),
                    });
                }
                self.list(values)
            }
            // A null was explained where it arose.
            Value::Null => Ok(Value::Null),
            other => match property(other, name) {
                Some(value) => Ok(value),
                None => {
                    self.warn(at, format!("A {} has no `{name}`.", other.type_name()));
                    Ok(Value::Null)
                }
            },
        }
    }

    pub(super) fn index(&mut self, value: Value, index: i64, at: u32) -> Walked {
        let length = match &value {
            Value::List(items) => items.len(),
            Value::Null => return Ok(Value::Null),
            _ => 1,
        };
        match (place(length, index), value) {
            (Some(at), Value::List(items)) => Ok(items[at].clone()),
            (Some(_), single) => Ok(single),
            (None, _) => {
                let items = if length == 1 { "item" } else { "items" };
                self.warn(
                    at,
                    format!("There is no item {index} in a list of {length} {items}."),
                );
                Ok(Value::Null)
            }
        }
    }

    /// `list[condition]` or `list[number]`: what the filter gives for the first item decides.
    pub(super) fn filter<'n>(&mut self, value: &'n Node, filter: &'n Node, at: u32) -> Walked
    where
        'a: 'n,
    {
        let value = self.eval(value)?;
        let list = match value {
            Value::List(items) => items,
            Value::Null => return Ok(Value::Null),
            single => std::sync::Arc::new(vec![single]),
        };
        let mark = self.locals.len();
        if list.is_empty() {
            // An index into nothing is null; a condition on nothing is nothing.
            let quiet = self.evaluator.mark();
            self.locals.push(Value::Null);
            let outcome = self.eval(filter)?;
            self.locals.truncate(mark);
            self.evaluator.forget_since(quiet);
            return match outcome {
                Value::Number(_) => Ok(Value::Null),
                _ => self.list(Vec::new()),
            };
        }
        let mut kept = Vec::new();
        for (i, item) in list.iter().enumerate() {
            self.work(1)?;
            self.locals.push(item.clone());
            let outcome = self.eval(filter)?;
            self.locals.truncate(mark);
            match outcome {
                Value::Boolean(true) => kept.push(item.clone()),
                Value::Number(index) if i == 0 => {
                    let index = index.truncate().to_i64().unwrap_or(0);
                    return self.index(Value::List(list.clone()), index, at);
                }
                Value::Boolean(false) | Value::Null => {}
                other => self.warn(
                    filter.at,
                    format!(
                        "A filter needs true, false or a number, but it is a {}.",
                        other.type_name()
                    ),
                ),
            }
        }
        self.list(kept)
    }
}
