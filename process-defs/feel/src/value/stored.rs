//! The stored form of values, in process state and history: plain JSON, and for what JSON has no word
//! `{"@feel": "date", "value": "2026-01-05"}`. A context that itself has an entry `@feel` is wrapped
//! in the same way, so nothing is ever mistaken for another.

use super::json::{number_from_json, number_to_json};
use super::{Context, Range, Value};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json, json};

const MARK: &str = "@feel";

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Boolean(truth) => serializer.serialize_bool(*truth),
            Value::Number(number) => number_to_json(number).serialize(serializer),
            Value::String(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items.iter()),
            Value::Context(context) if context.get(MARK).is_none() => {
                serializer.collect_map(context.iter())
            }
            other => marked(other).serialize(serializer),
        }
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// What needs the mark. Anything else becomes plain JSON.
fn marked(value: &Value) -> Json {
    let inner = match value {
        Value::Context(context) => Json::Object(
            context
                .iter()
                .map(|(name, value)| (name.to_string(), stored(value)))
                .collect(),
        ),
        Value::Range(range) => json!({
            "start": stored(&range.start),
            "startIncluded": range.start_included,
            "end": stored(&range.end),
            "endIncluded": range.end_included,
            "inverted": range.inverted,
            "comparison": range.comparison,
        }),
        Value::Function(function) => Json::from(function.text()),
        other => Json::String(super::to_text(other)),
    };
    json!({ MARK: value.type_name(), "value": inner })
}

fn stored(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Number(number) => number_to_json(number),
        Value::String(text) => Json::String(text.to_string()),
        Value::List(items) => Json::Array(items.iter().map(stored).collect()),
        Value::Context(context) if context.get(MARK).is_none() => Json::Object(
            context
                .iter()
                .map(|(name, value)| (name.to_string(), stored(value)))
                .collect(),
        ),
        other => marked(other),
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        read(&Json::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Context, D::Error> {
        let map = Map::<String, Json>::deserialize(deserializer)?;
        read_entries(&map).map_err(D::Error::custom)
    }
}

// Recursion is bounded by the reader of the JSON text: 128 levels.
fn read(json: &Json) -> Result<Value, String> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(truth) => Ok(Value::Boolean(*truth)),
        Json::Number(number) => number_from_json(number)
            .map(Value::Number)
            .ok_or_else(|| format!("The number {number} is beyond what FEEL can hold.")),
        Json::String(text) => Ok(Value::from(text.as_str())),
        Json::Array(items) => items
            .iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Value::list),
        Json::Object(map) => match map.get(MARK) {
            None => read_entries(map).map(Value::from),
            Some(kind) => read_marked(kind, map.get("value").unwrap_or(&Json::Null)),
        },
    }
}

fn read_entries(map: &Map<String, Json>) -> Result<Context, String> {
    let mut context = Context::with_capacity(map.len());
    for (name, value) in map {
        context.insert(name.as_str(), read(value)?);
    }
    Ok(context)
}

fn read_marked(kind: &Json, value: &Json) -> Result<Value, String> {
    let kind = kind.as_str().unwrap_or_default();
    if let Json::Object(map) = value {
        return match kind {
            "context" => read_entries(map).map(Value::from),
            "range" => read_range(map),
            _ => Err(format!(
                "A stored value of the type \"{kind}\" cannot be read."
            )),
        };
    }
    let text = value.as_str().unwrap_or_default();
    let refused = || format!("The stored text \"{text}\" is not a {kind}.");
    match kind {
        "date" => text.parse().map(Value::Date).map_err(|_| refused()),
        "time" => text.parse().map(Value::Time).map_err(|_| refused()),
        "date and time" => text.parse().map(Value::DateTime).map_err(|_| refused()),
        "days and time duration" => text
            .parse()
            .map(Value::DaysTimeDuration)
            .map_err(|_| refused()),
        "years and months duration" => text
            .parse()
            .map(Value::YearsMonthsDuration)
            .map_err(|_| refused()),
        "function" => Err(format!(
            "A function cannot be read back from storage, as what it refers to is not stored with it: {text}"
        )),
        _ => Err(format!(
            "A stored value of the type \"{kind}\" cannot be read."
        )),
    }
}

fn read_range(map: &Map<String, Json>) -> Result<Value, String> {
    let end = |name: &str| read(map.get(name).unwrap_or(&Json::Null));
    let flag = |name: &str| map.get(name).and_then(Json::as_bool).unwrap_or(false);
    let mut range = Range::new(
        end("start")?,
        flag("startIncluded"),
        end("end")?,
        flag("endIncluded"),
    );
    range.inverted = flag("inverted");
    range.comparison = flag("comparison");
    Ok(Value::Range(std::sync::Arc::new(range)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn survives(value: &Value) {
        let text = serde_json::to_string(value).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(&read, value, "{text}");
    }

    #[test]
    fn every_kind_of_value_survives_storage() {
        let mut tricky = Context::new();
        tricky.insert("@feel", Value::from("date"));
        tricky.insert("value", Value::from("2026-01-05"));
        for value in [
            Value::Null,
            Value::from(true),
            Value::Number("1234567890.123456789012345678901234".parse().unwrap()),
            Value::Number("-1E+300".parse().unwrap()),
            Value::Number("9223372036854775808".parse().unwrap()),
            Value::from("@\"2026-01-05\""),
            Value::Date("2026-01-05".parse().unwrap()),
            Value::Time("09:00:00@Europe/Berlin".parse().unwrap()),
            Value::DateTime("2026-01-05T09:00:00+01:00".parse().unwrap()),
            Value::DaysTimeDuration("-P1DT0.000000001S".parse().unwrap()),
            Value::YearsMonthsDuration("P1Y2M".parse().unwrap()),
            Value::from(vec![
                Value::Date("2026-01-05".parse().unwrap()),
                Value::Null,
            ]),
            Value::from(tricky),
            Value::Range(Arc::new(Range::new(
                Value::from(1),
                true,
                Value::from(5),
                false,
            ))),
        ] {
            survives(&value);
        }
    }

    #[test]
    fn a_function_is_stored_as_its_text_and_refused_on_reading() {
        let function = crate::Expression::parse("function(a) a + 1")
            .unwrap()
            .evaluate(&(), &crate::Env::for_tests());
        let text = serde_json::to_string(&function.value).unwrap();
        assert_eq!(text, r#"{"@feel":"function","value":"function(a) a + 1"}"#);
        let error = serde_json::from_str::<Value>(&text)
            .unwrap_err()
            .to_string();
        assert!(error.contains("cannot be read back"), "{error}");
    }
}
