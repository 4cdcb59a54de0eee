//! Values of XML Schema, and comparing results with them.

use redthread_feel::{Number, Value};

use super::cases::Expected;

/// A value of a kind of XML Schema; `None` where the text is none.
pub(super) fn plain(kind: &str, text: &str) -> Option<Value> {
    let trimmed = text.trim();
    Some(match kind {
        "boolean" => match trimmed {
            "true" | "1" => Value::from(true),
            "false" | "0" => Value::from(false),
            _ => return None,
        },
        "decimal" | "double" | "float" | "integer" | "int" | "long" | "short" => {
            Value::Number(trimmed.parse().ok()?)
        }
        "date" => Value::Date(trimmed.parse().ok()?),
        "time" => Value::Time(trimmed.parse().ok()?),
        "dateTime" => Value::DateTime(trimmed.parse().ok()?),
        "duration" | "dayTimeDuration" | "yearMonthDuration" => match trimmed.parse() {
            Ok(months) => Value::YearsMonthsDuration(months),
            Err(_) => Value::DaysTimeDuration(trimmed.parse().ok()?),
        },
        _ => Value::from(text),
    })
}

/// Whether a value is as expected.
pub(super) fn matches(value: &Value, expected: &Expected) -> bool {
    match (expected, value) {
        (Expected::Null, Value::Null) => true,
        (Expected::Plain { kind, text }, value) => match (plain(kind, text), value) {
            (Some(Value::Number(wanted)), Value::Number(found)) => is_near(*found, wanted),
            (Some(wanted), found) => wanted == *found,
            (None, _) => false,
        },
        (Expected::List(wanted), Value::List(found)) => {
            wanted.len() == found.len() && found.iter().zip(wanted).all(|(f, w)| matches(f, w))
        }
        (Expected::Context(wanted), Value::Context(found)) => {
            wanted.len() == found.len()
                && wanted
                    .iter()
                    .all(|(name, w)| found.get(name).is_some_and(|f| matches(f, w)))
        }
        _ => false,
    }
}

/// Expectations come from binary floating point in places: about fifteen digits of them count, and none after the
/// eighth behind the point.
fn is_near(found: Number, wanted: Number) -> bool {
    if found == wanted {
        return true;
    }
    let as_float = |number: Number| number.to_string().parse::<f64>().unwrap_or(f64::NAN);
    let (found, wanted) = (as_float(found), as_float(wanted));
    (found - wanted).abs() <= 1e-8_f64.max(wanted.abs() * 1e-15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expects(kind: &str, text: &str) -> Expected {
        Expected::Plain {
            kind: kind.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn numbers_are_compared_as_far_as_floats_carry_and_all_else_exactly() {
        let third = Value::Number("0.3333333333333333333333333333333333".parse().unwrap());
        assert!(matches(&third, &expects("decimal", "0.33333333333")));
        assert!(!matches(&third, &expects("decimal", "0.3333")));
        assert!(matches(&Value::from("a"), &expects("string", "a")));
        assert!(!matches(&Value::from("a "), &expects("string", "a")));
        assert!(!matches(&Value::from("1"), &expects("decimal", "1")));
        assert!(!matches(&Value::Null, &expects("string", "")));
    }

    #[test]
    fn lists_and_contexts_are_compared_part_by_part() {
        let list = Value::from(vec![Value::from(1), Value::Null]);
        let wanted = Expected::List(vec![expects("decimal", "1.0"), Expected::Null]);
        assert!(matches(&list, &wanted));
        assert!(!matches(&Value::from(vec![Value::from(1)]), &wanted));
        let context: redthread_feel::Context = [("a", Value::from(1))].into_iter().collect();
        let wanted =
            |name: &str| Expected::Context(vec![(name.to_owned(), expects("decimal", "1"))]);
        assert!(matches(&Value::from(context.clone()), &wanted("a")));
        assert!(!matches(&Value::from(context), &wanted("b")));
    }
}
