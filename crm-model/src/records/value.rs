//! One value of a field, between JSON and the database.

use crate::kind::{Field, FieldType};
use chrono::NaiveDate;
use redthread_calendar::Timestamp;
use sea_orm::Value;
use serde_json::{Number, Value as Json};

/// Money is kept in ten-thousandths.
const MONEY_DIGITS: i32 = 4;
/// Characters of a long text.
const LONG_TEXT_MAX: usize = 20_000;

/// Why a value cannot be taken: a code and a sentence.
pub(crate) type Fault = (&'static str, String);

/// A value that was read.
#[derive(Debug, PartialEq)]
pub(crate) enum Read {
    /// It is what the column takes.
    Value(Value),
    /// A link by name (a user's login, a team's name): to be looked up.
    Name(String),
}

/// The empty value of a type.
pub(crate) fn null(field_type: &FieldType) -> Value {
    match field_type {
        FieldType::Text { .. }
        | FieldType::LongText
        | FieldType::Email
        | FieldType::Phone
        | FieldType::Website
        | FieldType::Date
        | FieldType::Choice { .. } => Value::String(None),
        FieldType::Money
        | FieldType::Instant
        | FieldType::Link { .. }
        | FieldType::AnyLink { .. }
        | FieldType::Serial { .. } => Value::BigInt(None),
        FieldType::Boolean => Value::Bool(None),
    }
}

/// A value as JSON.
pub(crate) fn to_json(field: &Field, value: &Value) -> Json {
    match (value, &field.field_type) {
        (Value::String(Some(text)), _) => Json::String(text.clone()),
        (Value::Bool(Some(flag)), _) => Json::Bool(*flag),
        (Value::BigInt(Some(number)), FieldType::Instant) => {
            Json::String(Timestamp::from_micros(*number).to_string())
        }
        (Value::BigInt(Some(number)), FieldType::Money) => money_text(*number)
            .parse::<Number>()
            .map_or(Json::Null, Json::Number),
        (Value::BigInt(Some(number)), FieldType::Serial { prefix }) => {
            Json::String(format!("{prefix}{number}"))
        }
        (Value::BigInt(Some(number)), _) => Json::String(number.to_string()),
        _ => Json::Null,
    }
}

/// Reads a value for a field. An empty text is no value.
pub(crate) fn from_json(field: &Field, json: &Json) -> Result<Read, Fault> {
    let empty = match json {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        _ => false,
    };
    if empty {
        return Ok(Read::Value(null(&field.field_type)));
    }
    let name = field.name;
    let text = || match json {
        Json::String(text) => Ok(text.trim()),
        _ => Err(wrong_type(name, "a text")),
    };
    let string = |text: &str| Ok(Read::Value(Value::String(Some(text.to_owned()))));
    let int = |number: i64| Ok(Read::Value(Value::BigInt(Some(number))));
    match field.field_type {
        FieldType::Text { max } => string(one_line(name, text()?, max as usize)?),
        FieldType::LongText => string(limited(name, text()?, LONG_TEXT_MAX)?),
        FieldType::Email => string(email(text()?)?),
        FieldType::Phone => string(phone(text()?)?),
        FieldType::Website => string(website(text()?)?),
        FieldType::Choice { values } => string(choice(name, text()?, values)?),
        FieldType::Date => {
            let text = text()?;
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
            match date.filter(|date| date.to_string() == text) {
                Some(_) => string(text),
                None => Err(("date", format!("\"{text}\" is not a date like 2026-01-05."))),
            }
        }
        FieldType::Instant => {
            let at = Timestamp::parse(text()?).map_err(|e| ("instant", format!("{e}.")))?;
            int(at.as_micros())
        }
        FieldType::Money => int(money(name, json)?),
        FieldType::Boolean => match json {
            Json::Bool(flag) => Ok(Read::Value(Value::Bool(Some(*flag)))),
            _ => Err(wrong_type(name, "true or false")),
        },
        FieldType::Serial { prefix } => {
            let text = text()?;
            let digits = text.strip_prefix(prefix).unwrap_or(text);
            digits
                .parse()
                .map_or_else(|_| Err(wrong_type(name, "a number")), int)
        }
        FieldType::Link { .. } | FieldType::AnyLink { .. } => link(name, json),
    }
}

fn wrong_type(name: &str, expected: &str) -> Fault {
    ("wrongType", format!("The field {name} takes {expected}."))
}

fn limited<'a>(name: &str, text: &'a str, max: usize) -> Result<&'a str, Fault> {
    if text.contains('\0') {
        // PostgreSQL cannot store it, and no person types it.
        return Err((
            "wrongType",
            format!("The field {name} has a character that is no text."),
        ));
    }
    match text.chars().count() {
        count if count > max => {
            let sentence = format!("The field {name} takes {max} characters; these are {count}.");
            Err(("tooLong", sentence))
        }
        _ => Ok(text),
    }
}

fn one_line<'a>(name: &str, text: &'a str, max: usize) -> Result<&'a str, Fault> {
    if text.chars().any(char::is_control) {
        return Err((
            "wrongType",
            format!("The field {name} takes one line of text."),
        ));
    }
    limited(name, text, max)
}

/// Looks like an address; whether mail arrives there only mail can tell.
fn email(text: &str) -> Result<&str, Fault> {
    let shape = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let labels = || domain.split('.');
        !local.is_empty()
            && labels().count() > 1
            && labels().all(|label| !label.is_empty() && !label.starts_with('-'))
    });
    let clean =
        !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    if shape && clean && text.len() <= 254 && text.matches('@').count() == 1 {
        Ok(text)
    } else {
        Err((
            "email",
            format!("\"{text}\" is not an e-mail address like name@example.com."),
        ))
    }
}

fn phone(text: &str) -> Result<&str, Fault> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let clean = text.chars().count() <= 40 && !text.chars().any(char::is_control);
    if clean && (3..=20).contains(&digits) {
        Ok(text)
    } else {
        Err((
            "phone",
            format!("\"{text}\" is not a telephone number like +49 30 1234567."),
        ))
    }
}

/// `example.com` or `https://example.com/..`: never a script that a click would run.
fn website(text: &str) -> Result<&str, Fault> {
    let address = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let host = address
        .unwrap_or(text)
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c));
    let port_or_none = host
        .split_once(':')
        .is_none_or(|(_, port)| address.is_some() && port.chars().all(|c| c.is_ascii_digit()));
    if clean && port_or_none && host.contains('.') && text.chars().count() <= 300 {
        Ok(text)
    } else {
        Err((
            "website",
            format!("\"{text}\" is not a web address like https://example.com."),
        ))
    }
}

fn choice<'a>(name: &str, text: &'a str, values: &[&str]) -> Result<&'a str, Fault> {
    if values.contains(&text) {
        return Ok(text);
    }
    let sentence = format!(
        "The field {name} takes one of {}, not \"{text}\".",
        values.join(", ")
    );
    Err(("notAChoice", sentence))
}

/// A key, a record as FEEL has it, or a name to be looked up.
fn link(name: &str, json: &Json) -> Result<Read, Fault> {
    let json = match json {
        Json::Object(record) => record.get("key").unwrap_or(&Json::Null),
        other => other,
    };
    match json {
        Json::String(text) => Ok(match text.trim().parse() {
            Ok(key) => Read::Value(Value::BigInt(Some(key))),
            Err(_) => Read::Name(text.trim().to_owned()),
        }),
        _ => Err(wrong_type(name, "the key of a record")),
    }
}

/// An amount in ten-thousandths.
fn money(name: &str, json: &Json) -> Result<i64, Fault> {
    let text = match json {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_owned(),
        _ => return Err(wrong_type(name, "an amount")),
    };
    let fault = || {
        (
            "money",
            format!("\"{text}\" is not an amount with up to four decimals."),
        )
    };
    scaled(&text, MONEY_DIGITS).ok_or_else(fault)
}

/// A decimal number times ten to the `digits`, if that is a whole number that fits.
fn scaled(text: &str, digits: i32) -> Option<i64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let all = format!("{whole}{fraction}");
    if whole.is_empty() || all.len() > 40 || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_end_matches('0');
    let number: i128 = if significant.is_empty() {
        0
    } else {
        significant.parse().ok()?
    };
    let shift = (all.len() - significant.len()) as i32 - fraction.len() as i32;
    let shift = u32::try_from(shift.checked_add(exponent)?.checked_add(digits)?);
    match shift {
        _ if number == 0 => Some(0),
        Ok(shift) if shift <= 20 => {
            i64::try_from(sign * number.checked_mul(10i128.pow(shift))?).ok()
        }
        _ => None,
    }
}

fn money_text(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let unit = 10u64.pow(MONEY_DIGITS as u32);
    let (whole, fraction) = (number.unsigned_abs() / unit, number.unsigned_abs() % unit);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{fraction:04}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use proptest::prelude::*;
    use serde_json::json;

    const MONEY: Field = Field::new("amount", FieldType::Money);

    fn read(field_type: FieldType, json: Json) -> Result<Json, &'static str> {
        let field = Field::new("it", field_type);
        match from_json(&field, &json) {
            Ok(Read::Value(value)) => Ok(to_json(&field, &value)),
            Ok(Read::Name(name)) => Ok(json!({ "name": name })),
            Err((code, _)) => Err(code),
        }
    }

    #[test]
    fn text_is_trimmed_limited_and_empty_text_is_none() {
        let text = FieldType::Text { max: 5 };
        assert_eq!(read(text, json!("  Ромаш ")), Ok(json!("Ромаш")));
        assert_eq!(read(text, json!("   ")), Ok(Json::Null));
        assert_eq!(read(text, Json::Null), Ok(Json::Null));
        assert_eq!(read(text, json!("Ромашка")), Err("tooLong"));
        assert_eq!(read(text, json!("a\nb")), Err("wrongType"));
        assert_eq!(read(text, json!(5)), Err("wrongType"));
        assert_eq!(read(FieldType::LongText, json!("a\nb")), Ok(json!("a\nb")));
        assert_eq!(read(FieldType::LongText, json!("a\0b")), Err("wrongType"));
        assert_eq!(
            read(FieldType::LongText, json!("x".repeat(20_001))),
            Err("tooLong")
        );
    }

    #[test]
    fn addresses_have_their_shape() {
        for good in [
            "a@b.de",
            "first.last+tag@mail.example.com",
            "почта@пример.рф",
        ] {
            assert_eq!(read(FieldType::Email, json!(good)), Ok(json!(good)));
        }
        for bad in [
            "a",
            "a@b",
            "@b.de",
            "a@b..de",
            "a b@c.de",
            "a@b@c.de",
            "A <a@b.de>",
            "a@b.de,c@d.de",
        ] {
            assert_eq!(read(FieldType::Email, json!(bad)), Err("email"), "{bad}");
        }
        for good in ["+49 30 1234567", "8 (800) 555-35-35 доб. 12", "112"] {
            assert_eq!(read(FieldType::Phone, json!(good)), Ok(json!(good)));
        }
        for bad in ["call me", "12", "1".repeat(21).as_str()] {
            assert_eq!(read(FieldType::Phone, json!(bad)), Err("phone"), "{bad}");
        }
        for good in ["example.com", "https://example.com:8443/a?b#c", "пример.рф"] {
            assert_eq!(read(FieldType::Website, json!(good)), Ok(json!(good)));
        }
        for bad in [
            "javascript:alert(1).x",
            "data:text/html,a.b",
            "ftp://a.de",
            "a b.de",
            "localhost",
        ] {
            assert_eq!(
                read(FieldType::Website, json!(bad)),
                Err("website"),
                "{bad}"
            );
        }
    }

    #[test]
    fn dates_and_moments_are_iso() {
        assert_eq!(
            read(FieldType::Date, json!("2026-02-28")),
            Ok(json!("2026-02-28"))
        );
        for bad in ["2026-02-30", "28.02.2026", "2026-2-28", "+2026-02-28"] {
            assert_eq!(read(FieldType::Date, json!(bad)), Err("date"), "{bad}");
        }
        let moment = json!("2026-01-05T10:00:00+01:00");
        assert_eq!(
            read(FieldType::Instant, moment),
            Ok(json!("2026-01-05T09:00:00Z"))
        );
        assert_eq!(
            read(FieldType::Instant, json!("2026-01-05")),
            Err("instant")
        );
    }

    #[test]
    fn amounts_are_exact() {
        let money = |text: &str| read(FieldType::Money, serde_json::from_str(text).unwrap());
        for (given, kept) in [
            ("1234.5", "1234.5"),
            ("0.0001", "0.0001"),
            ("-12", "-12"),
            ("\"99.90\"", "99.9"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            ("922337203685477.5807", "922337203685477.5807"),
            ("0e99999", "0"),
        ] {
            assert_eq!(money(given).unwrap().to_string(), kept);
        }
        for bad in [
            "0.00001",
            "922337203685477.5808",
            "1e99",
            "\"1,5\"",
            "\"12 EUR\"",
            "\"--1\"",
            "\".\"",
            "\"1.\"",
        ] {
            assert_eq!(money(bad), Err("money"), "{bad}");
        }
        assert_eq!(money("true"), Err("wrongType"));
    }

    #[test]
    fn a_link_is_a_key_a_record_or_a_name() {
        let link = FieldType::Link { kind: Kind::User };
        assert_eq!(read(link, json!("42")), Ok(json!("42")));
        assert_eq!(
            read(link, json!({ "key": "42", "name": "Anna" })),
            Ok(json!("42"))
        );
        assert_eq!(read(link, json!("anna")), Ok(json!({ "name": "anna" })));
        assert_eq!(read(link, json!(42)), Err("wrongType"));
        assert_eq!(read(link, json!({})), Err("wrongType"));
    }

    proptest! {
        #[test]
        fn every_amount_comes_back(number in any::<i64>()) {
            let value = Value::BigInt(Some(number));
            let json = to_json(&MONEY, &value);
            prop_assert_eq!(from_json(&MONEY, &json), Ok(Read::Value(value)));
        }

        #[test]
        fn reading_never_panics(text in ".{0,40}", number in any::<f64>()) {
            for field_type in [
                FieldType::Money, FieldType::Date, FieldType::Instant, FieldType::Email, FieldType::Phone,
                FieldType::Website, FieldType::Text { max: 10 }, FieldType::Serial { prefix: "C-" },
            ] {
                let _ = read(field_type, json!(text));
                let _ = read(field_type, json!(number));
            }
        }
    }
}
