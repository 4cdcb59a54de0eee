//! Values: what a FEEL expression reads and gives (DMN 1.5, 10.3.2).

mod context;
mod date;
mod date_time;
mod duration;
mod function;
mod json;
mod literal;
mod number;
mod range;
mod stored;
mod time;
mod transcendental;

pub use context::Context;
pub use date::{Date, NotTemporal, YEAR_MAX};
pub use date_time::DateTime;
pub use duration::{DaysTimeDuration, YearsMonthsDuration};
pub use function::{Function, HostFunction};
pub use number::{DIGITS, NotANumber, Number, Rounding};
pub use range::Range;
pub use time::{Offset, Time};

pub(crate) use function::{Closure, FunctionKind};
pub(crate) use literal::{quote, to_text};
pub(crate) use time::{DAY, SECOND};

use redthread_calendar::{Timestamp, Zone};
use std::sync::Arc;

/// A FEEL value. Cloning is cheap: what is large is shared.
///
/// `==` compares what is held (`1.0` is `1`, but 10:00Z is not 11:00+01:00); FEEL's own equality, which
/// may be null, is the operator `=` of an expression.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing, or the outcome of an error.
    #[default]
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An exact decimal.
    Number(Number),
    /// Text.
    String(Arc<str>),
    /// A calendar date.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A date and time of day.
    DateTime(DateTime),
    /// A length of time.
    DaysTimeDuration(DaysTimeDuration),
    /// A number of calendar months.
    YearsMonthsDuration(YearsMonthsDuration),
    /// Values in order.
    List(Arc<Vec<Value>>),
    /// Named values.
    Context(Arc<Context>),
    /// What lies between two ends.
    Range(Arc<Range>),
    /// A function.
    Function(Arc<Function>),
}

impl Value {
    /// The name of the value's type, as FEEL's `instance of` has it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Date(_) => "date",
            Value::Time(_) => "time",
            Value::DateTime(_) => "date and time",
            Value::DaysTimeDuration(_) => "days and time duration",
            Value::YearsMonthsDuration(_) => "years and months duration",
            Value::List(_) => "list",
            Value::Context(_) => "context",
            Value::Range(_) => "range",
            Value::Function(_) => "function",
        }
    }

    /// A list of these values.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Arc::new(items))
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The number.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The context.
    pub fn as_context(&self) -> Option<&Context> {
        match self {
            Value::Context(context) => Some(context),
            _ => None,
        }
    }

    /// The value as a FEEL literal that reads back as the same value: `"a"`, `@"2026-01-05"`.
    pub fn to_feel(&self) -> String {
        literal::to_feel(self)
    }

    /// The instant that a date-time (without offset: on the wall clock of `zone`), a date (its
    /// midnight there) or an ISO 8601 text of either names; `None` for anything else.
    pub fn to_timestamp(&self, zone: &Zone) -> Option<Timestamp> {
        let midnight =
            |date: Date| DateTime::new(date, Time::from_nanos(0, Offset::Local)).to_timestamp(zone);
        match self {
            Value::DateTime(at) => at.to_timestamp(zone),
            Value::Date(date) => midnight(*date),
            Value::String(text) => match text.parse::<DateTime>() {
                Ok(at) => at.to_timestamp(zone),
                Err(_) => text.parse::<Date>().ok().and_then(midnight),
            },
            _ => None,
        }
    }

    /// Whether lists, contexts and ranges are nested at most `levels` deep in it, so that it can be stored as JSON.
    pub fn nests_within(&self, levels: usize) -> bool {
        let mut unbounded = u64::MAX;
        self.depth(levels, &mut unbounded).is_some()
    }

    /// About how many bytes it is when it is written out, shared parts every time they are met: 32 for
    /// each value, and its text. No more than `cap` is looked at, as sharing can make a small value stand
    /// for an enormous one; what is larger gives some number above it.
    pub fn written_size(&self, cap: u64) -> u64 {
        const NODE: u64 = 32;
        let mut size = NODE;
        let mut add = |value: &Value| {
            if size <= cap {
                size = size.saturating_add(value.written_size(cap - size));
            }
            size <= cap
        };
        match self {
            Value::String(text) => size = size.saturating_add(text.len() as u64),
            Value::List(items) => {
                let _ = items.iter().all(add);
            }
            Value::Context(context) => {
                let _ = context.iter().all(|(_, value)| add(value));
                let names: usize = match size <= cap {
                    true => context.iter().map(|(name, _)| name.len()).sum(),
                    false => 0,
                };
                size = size.saturating_add(names as u64);
            }
            Value::Range(range) => {
                let _ = add(&range.start) && add(&range.end);
            }
            Value::Function(function) => size = size.saturating_add(function.text().len() as u64),
            _ => {}
        }
        size
    }

    /// How deeply lists, contexts and ranges are nested in it: 0 for a plain value. `steps` bounds the
    /// work, as shared parts are counted every time they are met; `None` when it is used up or the
    /// nesting is deeper than `cap`.
    pub(crate) fn depth(&self, cap: usize, steps: &mut u64) -> Option<usize> {
        match self {
            Value::List(items) => {
                let cap = cap.checked_sub(1)?;
                match steps.checked_sub(items.len() as u64) {
                    Some(left) => *steps = left,
                    None => {
                        *steps = 0;
                        return None;
                    }
                }
                let mut deepest = 0;
                for item in items.iter() {
                    deepest = deepest.max(item.depth(cap, steps)?);
                }
                Some(deepest + 1)
            }
            Value::Context(context) => Some(context.depth()).filter(|depth| *depth <= cap),
            Value::Range(range) => Some(range.depth()).filter(|depth| *depth <= cap),
            Value::Function(function) => Some(function.depth()).filter(|depth| *depth <= cap),
            _ => Some(0),
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Boolean(truth)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Value {
        Value::Number(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::String(text.into())
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::list(items)
    }
}

impl From<Context> for Value {
    fn from(context: Context) -> Value {
        Value::Context(Arc::new(context))
    }
}

impl From<Timestamp> for Value {
    /// A date-time in UTC.
    fn from(at: Timestamp) -> Value {
        let local = DateTime::from_timestamp(at, Zone::UTC);
        let time = Time::from_nanos(local.time().nanos(), Offset::Fixed(0));
        Value::DateTime(DateTime::new(local.date(), time))
    }
}
