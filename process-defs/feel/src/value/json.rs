//! Values and plain JSON, as clients and the command line see them.

use super::{Context, Number, Value};
use serde_json::{Map, Value as Json};

/// JSON deeper than this cannot come from text (`serde_json` reads 128 levels); what a program
/// nested deeper becomes null rather than a stack overflow.
const DEEPEST: usize = 512;

impl Value {
    /// The value of plain JSON: numbers keep all digits (34 at most), texts stay texts. A number beyond
    /// decimal128's exponents becomes null.
    pub fn from_json(json: &Json) -> Value {
        from_json(json, DEEPEST)
    }

    /// Plain JSON: temporals and durations as ISO 8601 texts, ranges and functions as their FEEL text.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Boolean(truth) => Json::Bool(*truth),
            Value::Number(number) => number_to_json(number),
            Value::String(text) => Json::String(text.to_string()),
            Value::List(items) => Json::Array(items.iter().map(Value::to_json).collect()),
            Value::Context(context) => Json::Object(
                context
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_json()))
                    .collect(),
            ),
            Value::Range(_) | Value::Function(_) => Json::String(self.to_feel()),
            other => Json::String(super::to_text(other)),
        }
    }
}

fn from_json(json: &Json, levels: usize) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::Number(number) => number_from_json(number).map_or(Value::Null, Value::Number),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(_) | Json::Object(_) if levels == 0 => Value::Null,
        Json::Array(items) => Value::list(
            items
                .iter()
                .map(|item| from_json(item, levels - 1))
                .collect(),
        ),
        Json::Object(map) => Value::from(object(map, levels - 1)),
    }
}

fn object(map: &Map<String, Json>, levels: usize) -> Context {
    let mut context = Context::with_capacity(map.len());
    for (name, value) in map {
        context.insert(name.as_str(), from_json(value, levels));
    }
    context
}

pub(super) fn number_from_json(number: &serde_json::Number) -> Option<Number> {
    match number.as_i64() {
        Some(n) => Some(Number::from(n)),
        None => number.to_string().parse().ok(),
    }
}

pub(super) fn number_to_json(number: &Number) -> Json {
    match number.to_i64() {
        Some(n) => Json::from(n),
        // Digits, a point and an exponent are JSON as they are.
        None => number.to_string().parse().map_or(Json::Null, Json::Number),
    }
}
