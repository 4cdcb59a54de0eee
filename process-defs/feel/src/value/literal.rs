//! Values as text: as FEEL literals, and as `string()` writes them.

use super::{Range, Value};
use std::fmt::Write;

/// The value as a literal that reads back as the same value.
pub(super) fn to_feel(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, true);
    out
}

/// The value as `string()` gives it: texts and temporals bare at the top, literals inside.
pub(crate) fn to_text(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::String(text) => out.push_str(text),
        Value::Range(_) | Value::List(_) | Value::Context(_) => write_value(&mut out, value, false),
        other => bare(&mut out, other),
    }
    out
}

/// A text in double quotes, escaped as FEEL reads it.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

// Writing into a String cannot fail, so the results of `write!` are dropped here and below.
fn bare(out: &mut String, value: &Value) {
    let _ = match value {
        Value::Null => out.write_str("null"),
        Value::Boolean(truth) => write!(out, "{truth}"),
        Value::Number(number) => write!(out, "{number}"),
        Value::Date(date) => write!(out, "{date}"),
        Value::Time(time) => write!(out, "{time}"),
        Value::DateTime(at) => write!(out, "{at}"),
        Value::DaysTimeDuration(duration) => write!(out, "{duration}"),
        Value::YearsMonthsDuration(duration) => write!(out, "{duration}"),
        Value::Function(function) => out.write_str(function.text()),
        Value::String(_) | Value::List(_) | Value::Context(_) | Value::Range(_) => Ok(()),
    };
}

/// `temporals`: write them as `@"..."`, so that they read back; `string()` writes them bare.
fn write_value(out: &mut String, value: &Value, temporals: bool) {
    match value {
        Value::String(text) => out.push_str(&quote(text)),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_value(out, item, temporals);
            }
            out.push(']');
        }
        Value::Context(context) => {
            out.push('{');
            for (i, (name, value)) in context.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                if crate::lexer::is_plain_name(name) {
                    out.push_str(name);
                } else {
                    out.push_str(&quote(name));
                }
                out.push_str(": ");
                write_value(out, value, temporals);
            }
            out.push('}');
        }
        Value::Range(range) => write_range(out, range, temporals),
        Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::DaysTimeDuration(_)
        | Value::YearsMonthsDuration(_)
            if temporals =>
        {
            out.push_str("@\"");
            bare(out, value);
            out.push('"');
        }
        other => bare(out, other),
    }
}

fn write_range(out: &mut String, range: &Range, temporals: bool) {
    if range.comparison {
        let (operator, end) = match range {
            Range {
                inverted: true,
                start,
                ..
            } => ("!=", start),
            Range {
                start: Value::Null,
                end,
                end_included: true,
                ..
            } => ("<=", end),
            Range {
                start: Value::Null,
                end,
                ..
            } => ("<", end),
            Range {
                end: Value::Null,
                start,
                start_included: true,
                ..
            } => (">=", start),
            Range {
                end: Value::Null,
                start,
                ..
            } => (">", start),
            Range { start, .. } => ("=", start),
        };
        out.push('(');
        out.push_str(operator);
        out.push(' ');
        write_value(out, end, temporals);
        out.push(')');
        return;
    }
    out.push(if range.start_included { '[' } else { '(' });
    write_value(out, &range.start, temporals);
    out.push_str("..");
    write_value(out, &range.end, temporals);
    out.push(if range.end_included { ']' } else { ')' });
}
