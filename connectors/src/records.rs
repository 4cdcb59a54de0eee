//! Between FEEL values and customer records.

use redthread_calendar::{Timestamp, Zone};
use redthread_crm::{CrmError, FieldType, Kind, RecordKey, Scope};
use redthread_feel::{Context, Value};
use redthread_runtime::JobCall;
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json};

use crate::input::{Input, InputKind, Inputs, Unusable};

/// Which record a connector works on: [`target`] reads it.
pub(crate) const RECORD: Input = Input {
    name: "record",
    kind: InputKind::Text,
    required: false,
    default: "the record that the process is about",
    help: "The record's key, or the record itself: case.account.",
};

/// What [`RECORD`] is, where it is a key alone.
pub(crate) const RECORD_KIND: Input = Input {
    name: "kind",
    kind: InputKind::Text,
    required: false,
    default: "the kind of that record",
    help: "The record's kind, where only its key is given: \"account\".",
};

/// A record: its kind and its key.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub kind: Kind,
    pub key: RecordKey,
}

/// A record's snapshot as FEEL facts: instants become date-times, dates become dates, in linked records too.
pub(crate) fn to_feel(kind: Kind, snapshot: &Json) -> Value {
    let Json::Object(fields) = snapshot else {
        return Value::from_json(snapshot);
    };
    let mut context = Context::with_capacity(fields.len());
    for (name, json) in fields {
        context.insert(name.as_str(), field_to_feel(kind, name, json));
    }
    context.into()
}

/// A field's value as a FEEL value of its type.
pub(crate) fn field_to_feel(kind: Kind, name: &str, json: &Json) -> Value {
    let field_type = kind.description().field(name).map(|field| field.field_type);
    match (field_type, json) {
        (Some(FieldType::Instant), Json::String(text)) => match Timestamp::parse(text) {
            Ok(instant) => Value::from(instant),
            Err(_) => Value::from_json(json),
        },
        (Some(FieldType::Date), Json::String(text)) => text
            .parse()
            .map_or_else(|_| Value::from_json(json), Value::Date),
        // What a link leads to is told as a record, which says its own kind.
        (Some(FieldType::Link { .. } | FieldType::AnyLink { .. }), Json::Object(linked)) => {
            match linked
                .get("kind")
                .and_then(Json::as_str)
                .and_then(|kind| kind.parse().ok())
            {
                Some(kind) => to_feel(kind, json),
                None => Value::from_json(json),
            }
        }
        _ => Value::from_json(json),
    }
}

/// FEEL values as the fields of a record. A context with a `key` is a record: its key is taken, so that a link can be
/// set with `case.contact` as well as with its key.
pub(crate) fn to_fields(kind: Kind, values: &Context, zone: &Zone) -> Map<String, Json> {
    values
        .iter()
        .map(|(name, value)| {
            let field_type = kind.description().field(name).map(|field| field.field_type);
            (name.to_string(), to_json(field_type, value, zone))
        })
        .collect()
}

fn to_json(field_type: Option<FieldType>, value: &Value, zone: &Zone) -> Json {
    match (field_type, value) {
        (Some(FieldType::Instant), value) => match value.to_timestamp(zone) {
            Some(instant) => Json::String(instant.to_string()),
            // What is not an instant is refused by the record with a sentence of its own.
            None => value.to_json(),
        },
        (_, Value::Context(context)) => match context.get("key") {
            Some(key) => key.to_json(),
            None => value.to_json(),
        },
        _ => value.to_json(),
    }
}

/// The record that a connector is to work on: what the inputs `kind` and `record` say, else the subject of the instance.
pub(crate) fn target(inputs: &Inputs<'_>, call: &JobCall) -> Result<Target, Unusable> {
    let subject = call.subject.as_ref();
    let named = match inputs.variables.get("record") {
        Some(Value::Context(record)) => {
            let part = |name: &str| record.get(name).and_then(Value::as_str).map(str::to_owned);
            let key = part("key").ok_or_else(|| {
                Unusable::new(
                    "The input \"record\" is a context without a \"key\", so it names no record.",
                )
            })?;
            Some((part("kind"), key))
        }
        _ => inputs.text("record")?.map(|key| (None, key)),
    };
    let kind = inputs.text("kind")?;
    let (kind, key) = match (named, subject) {
        (Some((its_kind, key)), _) => {
            let kind = kind
                .or(its_kind)
                .or_else(|| subject.map(|subject| subject.kind.to_string()));
            (inputs.required("kind", kind)?, key)
        }
        (None, Some(subject)) => (subject.kind.to_string(), subject.key.to_string()),
        (None, None) => {
            return Err(Unusable::new(
                "The process is not about any record. Name one with the inputs \"kind\" and \"record\".",
            ));
        }
    };
    Ok(Target {
        kind: to_kind(&kind)?,
        key: to_key(&key)?,
    })
}

/// The kind of this name.
pub(crate) fn to_kind(name: &str) -> Result<Kind, Unusable> {
    name.parse().map_err(|_| {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        Unusable(format!(
            "There is no kind of record \"{name}\". Expected one of: {}.",
            kinds.join(", ")
        ))
    })
}

/// The key that a text is.
pub(crate) fn to_key(text: &str) -> Result<RecordKey, Unusable> {
    text.parse()
        .map_err(|_| Unusable(format!("\"{text}\" is not the key of a record.")))
}

/// A record as it is now, with what it links to; none when it does not exist (any more).
pub(crate) async fn load(
    tx: &DatabaseTransaction,
    target: Target,
) -> Result<Option<Map<String, Json>>, CrmError> {
    match redthread_crm::snapshot(tx, &Scope::process(), target.kind, target.key).await {
        Ok(Json::Object(fields)) => Ok(Some(fields)),
        Ok(_) | Err(CrmError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same as a FEEL value; null when it does not exist (any more).
pub(crate) async fn load_feel(tx: &DatabaseTransaction, target: Target) -> Result<Value, CrmError> {
    Ok(load(tx, target)
        .await?
        .map_or(Value::Null, |fields| to_feel(target.kind, &fields.into())))
}
