//! What `--script` says: answers to tasks and jobs (`on`), and things that happen at a time (`at`).
//!
//! The format is a contract (see the command line's documentation). Whatever is not understood, or what the engine
//! cannot do yet, is refused before anything runs.

mod read;

use std::collections::BTreeMap;
use std::sync::Arc;

use redthread_calendar::IsoDuration;
use redthread_feel::Value;
use serde::Deserialize;

/// A script that was understood.
#[derive(Debug, Default)]
pub struct Script {
    /// What happens at a time, in the order of the file.
    pub actions: Vec<Timed>,
    /// What is answered, in the order of the file.
    pub rules: Vec<Rule>,
}

/// Something that happens at a time.
#[derive(Debug)]
pub struct Timed {
    /// When, from the start of the run.
    pub at: IsoDuration,
    /// What.
    pub action: Action,
}

/// Variables, by name.
pub type Variables = BTreeMap<Arc<str>, Value>;

/// What can happen at a time.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// A message is published.
    Message {
        /// Its name.
        name: String,
        /// What it correlates by.
        correlation_key: String,
        /// What it carries.
        variables: Variables,
        /// Messages with the same id count once.
        message_id: Option<String>,
        /// How long it waits for somebody who wants it.
        ttl: Option<IsoDuration>,
    },
    /// A signal is sent.
    Signal {
        /// Its name.
        name: String,
        /// What it carries.
        variables: Variables,
    },
    /// Activities of an ad-hoc sub-process are begun by hand.
    Activate {
        /// The instance, counted from 1.
        instance: usize,
        /// The ad-hoc sub-process; none: the first one that runs and has all of the elements.
        element: Option<String>,
        /// The ids of the activities.
        elements: Vec<String>,
    },
    /// Variables are set by hand.
    Set {
        /// The instance, counted from 1.
        instance: usize,
        /// An element in whose scope they are set; none: the instance.
        element: Option<String>,
        /// The values.
        variables: Variables,
    },
    /// An instance is cancelled.
    Cancel {
        /// The instance, counted from 1.
        instance: usize,
    },
    /// The incidents of an instance are retried.
    Retry {
        /// The instance, counted from 1.
        instance: usize,
        /// Only those of this element.
        element: Option<String>,
    },
    /// A customer record is created, changed or deleted.
    Record(RecordAction),
}

/// What happens to a record. `id` is a readable name, not a key.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordAction {
    /// `case`, `deal` ...
    pub kind: String,
    /// The readable id.
    pub id: String,
    /// What happens.
    pub what: RecordChange,
}

/// What can happen to a record.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordChange {
    /// It comes into being.
    Create(serde_json::Map<String, serde_json::Value>),
    /// Some of its fields change.
    Change(serde_json::Map<String, serde_json::Value>),
    /// It goes away.
    Delete,
}

/// Which tasks and jobs are answered, and how.
#[derive(Debug)]
pub struct Rule {
    /// Which.
    pub on: On,
    /// How long after the activation of the element.
    pub after: IsoDuration,
    /// How often the rule may still be used; none: always.
    pub times: Option<u32>,
    /// The answer.
    pub answer: Answer,
}

/// Which tasks and jobs a rule is for: all that is given must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct On {
    /// The element's id.
    pub element: Option<String>,
    /// The job's type.
    #[serde(rename = "type")]
    pub job_type: Option<String>,
    /// The process's id.
    pub process: Option<String>,
    /// The turn of a loop.
    pub loop_counter: Option<u64>,
}

/// A task or job that waits for an answer.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The element's id.
    pub element: &'a str,
    /// The job's type; none: a task.
    pub job_type: Option<&'a str>,
    /// The process's id.
    pub process: &'a str,
    /// The turn of the loop, if it is in one.
    pub loop_counter: Option<u64>,
}

impl On {
    /// Whether the rule is for this task or job.
    pub fn matches(&self, asked: &Asked<'_>) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == found)
        };
        same(&self.element, Some(asked.element))
            && same(&self.job_type, asked.job_type)
            && same(&self.process, Some(asked.process))
            && self
                .loop_counter
                .is_none_or(|wanted| Some(wanted) == asked.loop_counter)
    }
}

/// How a task or job is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is done.
    Complete(Variables),
    /// It failed.
    Fail {
        /// What went wrong.
        message: String,
        /// Tries that are left; none: one less than before.
        retries: Option<u32>,
    },
    /// It met a business error.
    Error {
        /// The BPMN error code.
        code: String,
        /// What happened.
        message: Option<String>,
        /// Variables for whoever catches it.
        variables: Variables,
    },
}

/// Why a script was not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// It is not a JSON list of rules.
    #[error("The script is not readable: {0}.")]
    Unreadable(String),
    /// A rule is wrong.
    #[error("Rule {number} of the script: {reason}")]
    Rule {
        /// Counted from 1.
        number: usize,
        /// Why, as a sentence.
        reason: String,
    },
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// When it is not JSON, or a rule cannot be understood or not be done yet.
    pub fn parse(text: &str) -> Result<Script, ScriptError> {
        let rules: Vec<serde_json::Value> = serde_json::from_str(text)
            .map_err(|error| ScriptError::Unreadable(error.to_string()))?;
        let mut script = Script::default();
        for (index, value) in rules.into_iter().enumerate() {
            let wrong = |reason: String| ScriptError::Rule {
                number: index + 1,
                reason,
            };
            read::refuse_what_comes_later(&value).map_err(wrong)?;
            let raw: read::RawRule =
                serde_json::from_value(value).map_err(|error| wrong(format!("{error}.")))?;
            match (&raw.on, &raw.at) {
                (Some(_), None) => script.rules.push(raw.into_rule().map_err(wrong)?),
                (None, Some(_)) => script.actions.push(raw.into_timed().map_err(wrong)?),
                _ => return Err(wrong("Expected either \"on\" or \"at\".".into())),
            }
        }
        Ok(script)
    }
}

/// JSON values as FEEL values, by name.
pub fn to_variables(json: serde_json::Map<String, serde_json::Value>) -> Variables {
    json.iter()
        .map(|(name, value)| (Arc::from(name.as_str()), Value::from_json(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(script: &str) -> String {
        Script::parse(script).expect_err("a refusal").to_string()
    }

    #[test]
    fn every_rule_of_the_contract_that_runs_is_understood() {
        let script = Script::parse(
            r#"[
            {"on": {"element": "Review"}, "after": "PT2H", "complete": {"approved": true}},
            {"on": {"type": "wait"}, "after": "PT10S", "complete": {}},
            {"on": {"type": "pay"}, "times": 1, "fail": {"message": "no answer", "retries": 2}},
            {"on": {"type": "throw"}, "error": {"code": "ERR_CODE", "variables": {}}},
            {"at": "P1D", "message": {"name": "paid", "correlationKey": "42", "variables": {"sum": 10}}},
            {"at": "PT5S", "signal": {"name": "stop", "variables": {"sum": 10}}},
            {"at": "PT2H", "activate": ["AdHocTask"], "instance": 1},
            {"at": "PT1H", "set": {"amount": 5}, "instance": 1},
            {"at": "P2D", "cancel": true, "instance": 1},
            {"at": "P2D", "retry": true, "instance": 2, "element": "Pay"},
            {"at": "P1D", "record": {"kind": "case", "id": "c1", "change": {"status": "closed"}}}
        ]"#,
        )
        .expect("a script");
        assert_eq!(script.rules.len(), 4);
        assert_eq!(script.actions.len(), 7);
        assert_eq!(script.rules[2].times, Some(1));
        assert_eq!(
            script.rules[2].answer,
            Answer::Fail {
                message: "no answer".into(),
                retries: Some(2)
            }
        );
        assert_eq!(script.actions[4].action, Action::Cancel { instance: 1 });
    }

    #[test]
    fn what_comes_later_is_refused_by_name() {
        for word in read::LATER {
            let refusal = refused(&format!(r#"[{{"at": "P1D", "{word}": {{}}}}]"#));
            assert_eq!(
                refusal,
                format!("Rule 1 of the script: \"{word}\" does not run yet; it comes later.")
            );
        }
    }

    #[test]
    fn mistakes_are_named_with_their_rule() {
        assert!(refused("{}").starts_with("The script is not readable"));
        assert!(refused(r#"[{"on": {}, "complete": {}}, {"complete": {}}]"#).contains("Rule 2"));
        assert!(refused(r#"[{"on": {}}]"#).contains("one answer"));
        assert!(refused(r#"[{"on": {}, "at": "PT1S", "complete": {}}]"#).contains("either"));
        assert!(refused(r#"[{"at": "tomorrow", "cancel": true}]"#).contains("\"tomorrow\""));
        assert!(refused(r#"[{"at": "PT1S", "cancel": true, "set": {}}]"#).contains("one action"));
        assert!(refused(r#"[{"at": "PT1S", "cancle": true}]"#).contains("cancle"));
        assert!(
            refused(r#"[{"at": "PT1S", "record": {"kind": "case", "id": "c1"}}]"#)
                .contains("create")
        );
    }

    #[test]
    fn a_rule_matches_when_all_it_names_matches() {
        let asked = Asked {
            element: "Pay",
            job_type: Some("pay"),
            process: "order",
            loop_counter: None,
        };
        let on = |json: serde_json::Value| serde_json::from_value::<On>(json).expect("a matcher");
        assert!(on(serde_json::json!({})).matches(&asked));
        assert!(on(serde_json::json!({"element": "Pay", "type": "pay"})).matches(&asked));
        assert!(!on(serde_json::json!({"element": "Pay", "type": "ship"})).matches(&asked));
        assert!(!on(serde_json::json!({"process": "invoice"})).matches(&asked));
        assert!(!on(serde_json::json!({"loopCounter": 2})).matches(&asked));
        let task = Asked {
            job_type: None,
            ..asked
        };
        assert!(!on(serde_json::json!({"type": "pay"})).matches(&task));
    }
}
