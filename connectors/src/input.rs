//! What a connector is told: its inputs by name, checked one by one, with sentences for analysts where they are wrong.

use redthread_calendar::{IsoDuration, Timestamp, Zone, parse_duration};
use redthread_core::Variables;
use redthread_feel::{Context, Value};

/// An input that a connector offers: a row of its contract, and of its element template.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The variable's name in `zeebe:input`.
    pub name: &'static str,
    /// What it must be.
    pub kind: InputKind,
    /// Whether it must be given.
    pub required: bool,
    /// What is taken when it is not given, as FEEL; for people where it depends on the record.
    pub default: &'static str,
    /// What it is for, in a sentence for analysts.
    pub help: &'static str,
}

/// What an input must be.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A text.
    Text,
    /// A duration, or its ISO 8601 text.
    Duration,
    /// A date and time, a date (its midnight), or the text of either.
    Instant,
    /// `true` or `false`.
    Boolean,
    /// A context.
    Context,
}

impl InputKind {
    /// In the words of a sentence: "Expected ...".
    fn in_words(self) -> &'static str {
        match self {
            InputKind::Text => "a text",
            InputKind::Duration => "a duration like \"P7D\"",
            InputKind::Instant => "a date and time",
            InputKind::Boolean => "true or false",
            InputKind::Context => "a context like {status: \"closed\"}",
        }
    }
}

/// Why a connector cannot do its work: one or two plain sentences, which become an incident's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable(pub String);

impl Unusable {
    pub(crate) fn new(sentence: impl Into<String>) -> Unusable {
        Unusable(sentence.into())
    }
}

/// The inputs of one job.
#[derive(Copy, Clone)]
pub(crate) struct Inputs<'a> {
    pub variables: &'a Variables,
    pub zone: Zone,
}

impl<'a> Inputs<'a> {
    /// The value of an input; `None` when it is missing or null.
    fn value(&self, name: &str) -> Option<&'a Value> {
        self.variables.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, kind: InputKind, found: &Value) -> Unusable {
        Unusable(format!(
            "Expected {} for the input \"{name}\", but found {}. Correct the input and try again.",
            kind.in_words(),
            in_short(found)
        ))
    }

    /// Refuses a missing input.
    pub fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, Unusable> {
        value.ok_or_else(|| {
            Unusable(format!(
                "The input \"{name}\" is missing. Give it a value and try again."
            ))
        })
    }

    /// A text. Numbers are taken as their text, since a key or a phone number may come as one.
    pub fn text(&self, name: &str) -> Result<Option<String>, Unusable> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.to_string())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(self.wrong(name, InputKind::Text, other)),
        }
    }

    /// A duration. Whole days of a FEEL duration are calendar days: the clock's time stays the same over a
    /// daylight-saving change.
    pub fn duration(&self, name: &str) -> Result<Option<IsoDuration>, Unusable> {
        const DAY: i128 = 86_400_000_000_000;
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let duration = match value {
            Value::String(text) => parse_duration(text.trim()).ok(),
            Value::YearsMonthsDuration(duration) => Some(IsoDuration {
                months: duration.months(),
                ..IsoDuration::default()
            }),
            Value::DaysTimeDuration(duration) => {
                let nanos = duration.nanos();
                match (
                    i64::try_from(nanos / DAY),
                    i64::try_from(nanos % DAY / 1_000),
                ) {
                    (Ok(days), Ok(micros)) => Some(IsoDuration {
                        days,
                        micros,
                        ..IsoDuration::default()
                    }),
                    _ => None,
                }
            }
            _ => None,
        };
        duration
            .map(Some)
            .ok_or_else(|| self.wrong(name, InputKind::Duration, value))
    }

    /// An instant; without a zone of its own it is on the company's wall clock.
    pub fn instant(&self, name: &str) -> Result<Option<Timestamp>, Unusable> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let instant = value.to_timestamp(&self.zone);
        instant
            .map(Some)
            .ok_or_else(|| self.wrong(name, InputKind::Instant, value))
    }

    /// A truth value, or its text as headers and templates write it.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Unusable> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Boolean(truth)) => Ok(Some(*truth)),
            Some(Value::String(text)) if &**text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if &**text == "false" => Ok(Some(false)),
            Some(other) => Err(self.wrong(name, InputKind::Boolean, other)),
        }
    }

    /// A context.
    pub fn context(&self, name: &str) -> Result<Option<&'a Context>, Unusable> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Context(context)) => Ok(Some(context)),
            Some(other) => Err(self.wrong(name, InputKind::Context, other)),
        }
    }
}

/// A value as part of a sentence.
fn in_short(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_feel();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}...")
}

#[cfg(test)]
mod tests {
    use super::*;
    use redthread_feel::{Env, Expression, Limits};

    fn variables(feel: &str) -> Variables {
        let env = Env {
            now: Timestamp::EPOCH,
            zone: Zone::UTC,
            seed: 0,
            limits: Limits::default(),
        };
        let value = Expression::parse(feel)
            .expect("FEEL")
            .evaluate(&(), &env)
            .value;
        let context = value.as_context().expect("a context");
        context
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn with<T>(feel: &str, read: impl Fn(Inputs<'_>) -> Result<T, Unusable>) -> Result<T, String> {
        let variables = variables(feel);
        read(Inputs {
            variables: &variables,
            zone: Zone::UTC,
        })
        .map_err(|unusable| unusable.0)
    }

    #[test]
    fn durations_are_iso_texts_or_feel_values_in_calendar_days() {
        let week = IsoDuration {
            days: 7,
            ..IsoDuration::default()
        };
        let read = |feel: &str| with(feel, |inputs| inputs.duration("after"));
        assert_eq!(read("{after: \"P7D\"}"), Ok(Some(week)));
        assert_eq!(read("{after: duration(\"P7D\")}"), Ok(Some(week)));
        assert_eq!(
            read("{after: duration(\"P1DT30M\")}"),
            Ok(Some(IsoDuration {
                days: 1,
                micros: 1_800_000_000,
                ..IsoDuration::default()
            }))
        );
        assert_eq!(
            read("{after: duration(\"P1Y2M\")}"),
            Ok(Some(IsoDuration {
                months: 14,
                ..IsoDuration::default()
            }))
        );
        assert_eq!(read("{after: null}"), Ok(None));
        assert_eq!(
            read("{after: 7}"),
            Err("Expected a duration like \"P7D\" for the input \"after\", but found 7. Correct the input and try again."
                .into())
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let read = with("{subject: \"  \"}", |inputs| {
            inputs.required("subject", inputs.text("subject")?)
        });
        assert_eq!(
            read,
            Err("The input \"subject\" is missing. Give it a value and try again.".into())
        );
    }

    #[test]
    fn each_type_is_checked() {
        assert!(with("{a: [1]}", |inputs| inputs.text("a")).is_err());
        assert!(with("{a: \"yes\"}", |inputs| inputs.boolean("a")).is_err());
        assert!(with("{a: \"tomorrow\"}", |inputs| inputs.instant("a")).is_err());
        assert!(with("{a: 1}", |inputs| inputs.context("a").map(|_| ())).is_err());
        assert_eq!(
            with("{a: 17}", |inputs| inputs.text("a")),
            Ok(Some("17".into()))
        );
        assert_eq!(
            with("{a: false}", |inputs| inputs.boolean("a")),
            Ok(Some(false))
        );
        assert_eq!(
            with("{a: date(\"1970-01-02\")}", |inputs| inputs.instant("a")),
            Ok(Some(Timestamp::from_micros(86_400_000_000)))
        );
    }
}
