//! `instance of`, and the types of parameters (DMN 1.5, 10.3.2.9).

use super::Machine;
use crate::ast::Type;
use crate::value::{FunctionKind, Value};

/// Whether a value conforms to a type. Null conforms to `Null` and, as a member or argument, to all.
pub(super) fn conforms(value: &Value, kind: &Type) -> bool {
    match (kind, value) {
        (Type::Plain(name), _) => conforms_plain(value, name),
        (Type::List(item), Value::List(items)) => {
            items.iter().all(|v| v.is_null() || conforms(v, item))
        }
        (Type::Range(end), Value::Range(range)) => [&range.start, &range.end]
            .into_iter()
            .all(|v| v.is_null() || conforms(v, end)),
        (Type::Context(entries), Value::Context(context)) => entries.iter().all(|(name, kind)| {
            context
                .get(name)
                .is_some_and(|v| v.is_null() || conforms(v, kind))
        }),
        (Type::Function(parameters, _), Value::Function(function)) => {
            let declared: Vec<Option<&Type>> = match &function.0 {
                FunctionKind::Builtin(_) => return false,
                FunctionKind::Closure(closure) => closure
                    .lambda
                    .parameters
                    .iter()
                    .map(|p| p.kind.as_ref())
                    .collect(),
            };
            declared.len() == parameters.len()
                && declared
                    .iter()
                    .zip(parameters)
                    .all(|(declared, wanted)| match declared {
                        None => true,
                        Some(declared) => *declared == wanted || is_any(declared),
                    })
        }
        _ => false,
    }
}

fn is_any(kind: &Type) -> bool {
    matches!(kind, Type::Plain(name) if name.eq_ignore_ascii_case("any"))
}

fn conforms_plain(value: &Value, name: &str) -> bool {
    match name {
        "Any" | "any" => true,
        "Null" | "null" => value.is_null(),
        name => value.type_name() == name && !value.is_null(),
    }
}

impl Machine<'_> {
    pub(super) fn instance_of(&mut self, value: &Value, kind: &Type) -> bool {
        if value.is_null() {
            return matches!(kind, Type::Plain(name) if conforms_plain(value, name) && &**name != "Any");
        }
        conforms(value, kind)
    }
}

/// A value as a parameter of this type takes it: a list of one becomes its item and one item a list of
/// one where that fits (DMN 1.5, 10.3.2.9.4). `None`: it does not fit.
pub(super) fn coerced(value: Value, kind: &Type) -> Option<Value> {
    if value.is_null() || conforms(&value, kind) || is_unknown(kind) {
        return Some(value);
    }
    if let Value::List(items) = &value
        && let [single] = items.as_slice()
        && conforms(single, kind)
    {
        return Some(single.clone());
    }
    if let Type::List(item) = kind
        && conforms(&value, item)
    {
        return Some(Value::list(vec![value]));
    }
    if let (Type::Plain(name), Value::Date(date)) = (kind, &value)
        && &**name == "date and time"
    {
        let midnight = crate::value::Time::from_nanos(0, crate::value::Offset::Fixed(0));
        return Some(Value::DateTime(crate::value::DateTime::new(
            *date, midnight,
        )));
    }
    None
}

/// A type of some model: nothing here can check it.
fn is_unknown(kind: &Type) -> bool {
    const KNOWN: [&str; 15] = [
        "Any",
        "any",
        "Null",
        "null",
        "boolean",
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "list",
        "context",
        "function",
    ];
    matches!(kind, Type::Plain(name) if !KNOWN.contains(&&**name) && &**name != "range")
}
