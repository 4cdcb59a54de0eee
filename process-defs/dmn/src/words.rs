//! Small helpers for sentences.

use std::borrow::Cow;

use redthread_feel::Value;

/// At most so many characters of a text.
pub(crate) fn short(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed<T: std::fmt::Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(T::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}

/// A value as FEEL writes it, if that is short; else what it is.
pub(crate) fn shown(value: &Value) -> String {
    let plain = |value: &Value| !matches!(value, Value::List(_) | Value::Context(_));
    match value {
        Value::String(text) if text.len() > 200 => format!("\"{}\"", short(text, 60)),
        Value::List(items) if items.len() > 5 || !items.iter().all(plain) => {
            format!("A list of {} items", items.len())
        }
        Value::Context(entries) if entries.len() > 5 || !entries.iter().all(|(_, v)| plain(v)) => {
            format!("A context of {} entries", entries.len())
        }
        value => short(&value.to_feel(), 60).into_owned(),
    }
}
