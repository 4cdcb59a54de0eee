//! How a rule is written, and what it means.

use redthread_calendar::{IsoDuration, parse_duration};
use serde::Deserialize;

use super::{Action, Answer, On, RecordAction, RecordChange, Rule, Timed, to_variables};

/// Words of the contract whose part of the engine is still to come.
pub(super) const LATER: [&str; 4] = ["suspend", "resume", "modify", "migrate"];

pub(super) fn refuse_what_comes_later(rule: &serde_json::Value) -> Result<(), String> {
    match LATER.iter().find(|word| rule.get(**word).is_some()) {
        Some(word) => Err(format!("\"{word}\" does not run yet; it comes later.")),
        None => Ok(()),
    }
}

type Json = serde_json::Map<String, serde_json::Value>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RawRule {
    pub on: Option<On>,
    after: Option<String>,
    times: Option<u32>,
    complete: Option<Json>,
    fail: Option<RawFail>,
    error: Option<RawError>,
    pub at: Option<String>,
    instance: Option<usize>,
    element: Option<String>,
    message: Option<RawMessage>,
    signal: Option<RawSignal>,
    activate: Option<Vec<String>>,
    set: Option<Json>,
    cancel: Option<bool>,
    retry: Option<bool>,
    record: Option<RawRecord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFail {
    #[serde(default)]
    message: String,
    retries: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawError {
    code: String,
    message: Option<String>,
    #[serde(default)]
    variables: Json,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawMessage {
    name: String,
    #[serde(default)]
    correlation_key: Option<serde_json::Value>,
    #[serde(default)]
    variables: Json,
    message_id: Option<String>,
    ttl: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignal {
    name: String,
    #[serde(default)]
    variables: Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecord {
    kind: String,
    id: String,
    create: Option<Json>,
    change: Option<Json>,
    delete: Option<bool>,
}

impl RawRule {
    pub fn into_rule(self) -> Result<Rule, String> {
        let strange = self.message.is_some()
            || self.signal.is_some()
            || self.activate.is_some()
            || self.set.is_some()
            || self.cancel.is_some()
            || self.retry.is_some()
            || self.record.is_some()
            || self.instance.is_some()
            || self.element.is_some();
        if strange {
            return Err("A rule with \"on\" has \"after\", \"times\" and one answer.".into());
        }
        let answer = match (self.complete, self.fail, self.error) {
            (Some(variables), None, None) => Answer::Complete(to_variables(variables)),
            (None, Some(fail), None) => Answer::Fail {
                message: fail.message,
                retries: fail.retries,
            },
            (None, None, Some(error)) => Answer::Error {
                code: error.code,
                message: error.message,
                variables: to_variables(error.variables),
            },
            _ => return Err("Expected one answer: \"complete\", \"fail\" or \"error\".".into()),
        };
        Ok(Rule {
            on: self.on.unwrap_or_default(),
            after: self
                .after
                .as_deref()
                .map_or(Ok(IsoDuration::default()), |text| {
                    to_duration("after", text)
                })?,
            times: self.times,
            answer,
        })
    }

    pub fn into_timed(self) -> Result<Timed, String> {
        if self.after.is_some()
            || self.times.is_some()
            || self.complete.is_some()
            || self.fail.is_some()
        {
            return Err(
                "A rule with \"at\" has one action, and neither \"after\" nor an answer.".into(),
            );
        }
        let at = to_duration("at", self.at.as_deref().unwrap_or_default())?;
        let instance = self.instance.unwrap_or(1);
        let element = self.element;
        let mut actions = Vec::new();
        if let Some(message) = self.message {
            actions.push(message.into_action()?);
        }
        if let Some(signal) = self.signal {
            actions.push(Action::Signal {
                name: signal.name,
                variables: to_variables(signal.variables),
            });
        }
        if let Some(elements) = self.activate {
            actions.push(Action::Activate {
                instance,
                element: element.clone(),
                elements,
            });
        }
        if let Some(values) = self.set {
            actions.push(Action::Set {
                instance,
                element: element.clone(),
                variables: to_variables(values),
            });
        }
        if self.cancel == Some(true) {
            actions.push(Action::Cancel { instance });
        }
        if self.retry == Some(true) {
            actions.push(Action::Retry { instance, element });
        }
        if let Some(record) = self.record {
            actions.push(Action::Record(record.into_action()?));
        }
        match (actions.pop(), actions.is_empty()) {
            (Some(action), true) => Ok(Timed { at, action }),
            _ => Err(
                "Expected one action: \"message\", \"signal\", \"set\", \"activate\", \"cancel\", \"retry\" or \"record\"."
                    .into(),
            ),
        }
    }
}

impl RawMessage {
    fn into_action(self) -> Result<Action, String> {
        Ok(Action::Message {
            name: self.name,
            correlation_key: match self.correlation_key {
                None | Some(serde_json::Value::Null) => String::new(),
                Some(serde_json::Value::String(text)) => text,
                Some(other) => other.to_string(),
            },
            variables: to_variables(self.variables),
            message_id: self.message_id,
            ttl: self
                .ttl
                .as_deref()
                .map(|text| to_duration("ttl", text))
                .transpose()?,
        })
    }
}

impl RawRecord {
    fn into_action(self) -> Result<RecordAction, String> {
        let what = match (self.create, self.change, self.delete.unwrap_or(false)) {
            (Some(fields), None, false) => RecordChange::Create(fields),
            (None, Some(fields), false) => RecordChange::Change(fields),
            (None, None, true) => RecordChange::Delete,
            _ => {
                return Err("Expected \"create\", \"change\" or \"delete\" for the record.".into());
            }
        };
        Ok(RecordAction {
            kind: self.kind,
            id: self.id,
            what,
        })
    }
}

fn to_duration(name: &str, text: &str) -> Result<IsoDuration, String> {
    parse_duration(text).map_err(|_| {
        format!("Expected a duration like \"PT2H\" for \"{name}\", but found \"{text}\".")
    })
}
