//! Equality and order (DMN 1.5, 10.3.2.3.1 to .8 and tables 53, 54).
//!
//! Moments compare by instant, in whole milliseconds.

use super::{Machine, Walked};
use crate::ast::Comparison;
use crate::compile::Node;
use crate::value::{Range, Value};
use std::cmp::Ordering;

/// FEEL's `=`: `None` (null) for values of different types, unless one is null. Recursion is bounded by
/// the nesting of values.
pub(crate) fn equal(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(true),
        (Value::Null, _) | (_, Value::Null) => Some(false),
        (Value::Number(a), Value::Number(b)) => Some(a == b),
        (Value::String(a), Value::String(b)) => Some(a == b),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a == b),
        (Value::Date(a), Value::Date(b)) => Some(a == b),
        // Local and zoned ones are never the same moment for certain.
        (Value::Time(a), Value::Time(b)) => Some(a.compare(b).is_some_and(Ordering::is_eq)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.compare(b).is_some_and(Ordering::is_eq)),
        (Value::DaysTimeDuration(a), Value::DaysTimeDuration(b)) => Some(a == b),
        (Value::YearsMonthsDuration(a), Value::YearsMonthsDuration(b)) => Some(a == b),
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().zip(b.iter()).map(|(a, b)| equal(a, b)))
        }
        (Value::Context(a), Value::Context(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().map(|(name, a)| match b.get(name) {
                Some(b) => equal(a, b),
                None => Some(false),
            }))
        }
        (Value::Range(a), Value::Range(b)) => equal_ranges(a, b),
        (Value::Function(a), Value::Function(b)) => Some(a == b),
        _ => None,
    }
}

fn equal_ranges(a: &Range, b: &Range) -> Option<bool> {
    let alike = (a.start_included, a.end_included, a.comparison, a.inverted)
        == (b.start_included, b.end_included, b.comparison, b.inverted);
    Some(alike && equal(&a.start, &b.start) == Some(true) && equal(&a.end, &b.end) == Some(true))
}

/// False as soon as one is false; else null if one is null.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => known = false,
            Some(true) => {}
        }
    }
    known.then_some(true)
}

/// FEEL's order: `None` (null) where there is none.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        // By code points, which UTF-8 bytes keep.
        (Value::String(a), Value::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => a.compare(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.compare(b),
        (Value::DaysTimeDuration(a), Value::DaysTimeDuration(b)) => Some(a.cmp(b)),
        (Value::YearsMonthsDuration(a), Value::YearsMonthsDuration(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// The outcome of a comparison; `None` for null.
pub(super) fn holds(operator: Comparison, a: &Value, b: &Value) -> Option<bool> {
    match operator {
        Comparison::Equal => equal(a, b),
        Comparison::NotEqual => equal(a, b).map(|same| !same),
        Comparison::Less => order(a, b).map(Ordering::is_lt),
        Comparison::LessOrEqual => order(a, b).map(Ordering::is_le),
        Comparison::Greater => order(a, b).map(Ordering::is_gt),
        Comparison::GreaterOrEqual => order(a, b).map(Ordering::is_ge),
    }
}

/// The outcome for two plain values of one type: what conditions mostly compare. `None` otherwise, and
/// where there is something to explain.
pub(super) fn plain(operator: Comparison, a: &Value, b: &Value) -> Option<bool> {
    let order = match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        // Long ones go the way that counts what it looks at.
        (Value::String(a), Value::String(b)) if a.len() < 256 || b.len() < 256 => match operator {
            Comparison::Equal => return Some(a == b),
            Comparison::NotEqual => return Some(a != b),
            _ => a.as_bytes().cmp(b.as_bytes()),
        },
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => return None,
    };
    Some(match operator {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

impl<'a> Machine<'a> {
    pub(super) fn compare(
        &mut self,
        operator: Comparison,
        a: &Value,
        b: &Value,
        at: u32,
    ) -> Walked {
        self.work_of_comparing(a)?;
        match holds(operator, a, b) {
            Some(truth) => Ok(Value::Boolean(truth)),
            None => {
                // A null was explained where it arose.
                if !a.is_null() && !b.is_null() {
                    self.warn(at, incomparable(operator, a, b));
                }
                Ok(Value::Null)
            }
        }
    }

    /// Counts what comparing a nested value or a long text will look at. Shared parts count each time.
    pub(crate) fn work_of_comparing(&mut self, value: &Value) -> Walked<()> {
        match value {
            Value::List(items) => {
                self.work(items.len())?;
                items
                    .iter()
                    .try_for_each(|item| self.work_of_comparing(item))
            }
            Value::Context(context) => {
                self.work(context.len())?;
                context
                    .iter()
                    .try_for_each(|(_, value)| self.work_of_comparing(value))
            }
            Value::String(text) => self.work(text.len() / 64),
            // Zones have to be looked at.
            Value::DateTime(_) => self.work(6),
            Value::Range(range) => {
                self.work_of_comparing(&range.start)?;
                self.work_of_comparing(&range.end)
            }
            Value::Function(function) => {
                self.work(function.text().len() / 64)?;
                function
                    .captured()
                    .try_for_each(|value| self.work_of_comparing(value))
            }
            _ => Ok(()),
        }
    }

    /// `a between b and c` is `a >= b and a <= c`.
    pub(super) fn between<'n>(
        &mut self,
        value: &'n Node,
        low: &'n Node,
        high: &'n Node,
        at: u32,
    ) -> Walked
    where
        'a: 'n,
    {
        let (value, low, high) = (
            self.operand(value)?,
            self.operand(low)?,
            self.operand(high)?,
        );
        let above = self.compare(Comparison::GreaterOrEqual, value.value(), low.value(), at)?;
        let below = self.compare(Comparison::LessOrEqual, value.value(), high.value(), at)?;
        Ok(match (above.as_bool(), below.as_bool()) {
            (Some(false), _) | (_, Some(false)) => Value::Boolean(false),
            (Some(true), Some(true)) => Value::Boolean(true),
            _ => Value::Null,
        })
    }
}

#[cold]
fn incomparable(operator: Comparison, a: &Value, b: &Value) -> String {
    let (x, y) = (a.type_name(), b.type_name());
    if x == y && matches!(a, Value::Time(_) | Value::DateTime(_)) {
        return format!("A {x} with an offset or zone cannot be compared with one without.");
    }
    format!(
        "A {x} cannot be compared with a {y} by \"{}\".",
        operator.sign()
    )
}
