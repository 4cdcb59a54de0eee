//! `in` and unary tests (DMN 1.5, 10.3.2.8 and table 55).

use super::compare::{equal, order};
use super::{Machine, Walked};
use crate::compile::{Op, TestNode};
use crate::value::{Range, Value};
use std::cmp::Ordering;

/// Whether a value lies in a range; `None` where the two cannot be compared.
pub(crate) fn contains(range: &Range, value: &Value) -> Option<bool> {
    if range.inverted || range.comparison && range.start_included && range.end_included {
        // `= x` and `!= x`
        return equal(value, &range.start).map(|same| same != range.inverted);
    }
    if range.comparison && range.start.is_null() && range.end.is_null() {
        return None;
    }
    let side = |end: &Value, included: bool, outside: Ordering| {
        if end.is_null() && range.comparison {
            return Some(true);
        }
        let order = order(value, end)?;
        Some(order != outside && (included || order != Ordering::Equal))
    };
    let after = side(&range.start, range.start_included, Ordering::Less);
    let before = side(&range.end, range.end_included, Ordering::Greater);
    Some(after? && before?)
}

/// Whether a value passes a test that is itself a value: equal to it, in it, or in one of its items.
fn passes(value: &Value, test: &Value) -> Option<bool> {
    match test {
        Value::Range(range) => match value {
            Value::Range(other) => equal(&Value::Range(other.clone()), test),
            _ => contains(range, value),
        },
        Value::List(items) => {
            if matches!(value, Value::List(_)) && equal(value, test) == Some(true) {
                return Some(true);
            }
            // An item of another type is not the value: that is known.
            Some(items.iter().any(|item| {
                let inside = match item {
                    Value::List(_) if matches!(value, Value::List(_)) => equal(value, item),
                    Value::List(_) | Value::Range(_) => passes(value, item),
                    _ => equal(value, item),
                };
                inside == Some(true)
            }))
        }
        _ => equal(value, test),
    }
}

impl<'a> Machine<'a> {
    /// Whether a value passes one of the tests, in three-valued logic.
    pub(super) fn in_tests<'n>(&mut self, value: &Value, tests: &'n [TestNode]) -> Walked
    where
        'a: 'n,
    {
        let mut known = true;
        for test in tests {
            let outcome = if test.uses_input {
                match self.eval(&test.node)? {
                    Value::Boolean(truth) => Some(truth),
                    Value::Null => None,
                    // `?.limit` in a cell: the input is compared with it.
                    other => {
                        self.work_of_comparing(&other)?;
                        passes(value, &other)
                    }
                }
            } else if let Op::Test(operator, operand) = &test.node.op {
                let operand = self.operand(operand)?;
                self.work_of_comparing(operand.value())?;
                super::compare::holds(*operator, value, operand.value())
            } else {
                let operand = self.operand(&test.node)?;
                self.work_of_comparing(operand.value())?;
                passes(value, operand.value())
            };
            match outcome {
                Some(true) => return Ok(Value::Boolean(true)),
                Some(false) => {}
                None => known = false,
            }
        }
        Ok(if known {
            Value::Boolean(false)
        } else {
            Value::Null
        })
    }
}
