//! What may become of what is waited for, and the variables that come with it.

use redthread_core::state::{Wait, WaitKind};
use redthread_core::{CallOutcome, Command, Holder, Key, Variables};
use redthread_feel::{Number, Value};

use super::Driver;

impl Driver<'_, '_> {
    /// One of the things that can become of what is waited for.
    pub(super) fn answer(&mut self, key: Key, wait: &Wait) -> Command {
        let variables = self.payload();
        match &wait.what {
            WaitKind::Task(_) if self.rng.percent(20) => Command::AssignTask {
                task: key,
                holder: Holder::Anyone,
                assignee: self.rng.percent(70).then(|| "ann".to_owned()),
                reason: None,
            },
            WaitKind::Task(_) => Command::CompleteTask {
                task: key,
                holder: Holder::Anyone,
                variables,
            },
            WaitKind::Job(_) => match self.rng.below(10) {
                0..=2 => Command::ThrowError {
                    job: key,
                    code: self.code("E"),
                    message: None,
                    variables,
                },
                3..=4 => Command::FailJob {
                    job: key,
                    message: "It did not work.".into(),
                    retries: self.rng.below(2) as u32,
                    retry_at: self.run.now,
                },
                _ => Command::CompleteJob {
                    job: key,
                    variables,
                },
            },
            WaitKind::Timer(timer) => {
                self.run.now = self.run.now.max(timer.due);
                Command::FireTimer { timer: key }
            }
            WaitKind::Subscription(_) => Command::Correlate {
                subscription: key,
                variables,
            },
            WaitKind::Watch(_) => Command::RecordChanged { watch: key },
            WaitKind::Signal(_) => Command::ReceiveSignal {
                wait: key,
                variables,
            },
            WaitKind::Condition(condition) => {
                let holds = condition.holds;
                Command::SetVariables {
                    scope: self.either(wait.element_instance),
                    variables: self.turned(!holds),
                    reason: None,
                }
            }
            WaitKind::Call(_) => self.outcome(key, variables),
        }
    }

    fn outcome(&mut self, call: Key, variables: Variables) -> Command {
        let outcome = match self.rng.below(10) {
            0..=1 => CallOutcome::Failed {
                code: self.code("E"),
                message: "It failed.".into(),
                variables: Default::default(),
            },
            2 => CallOutcome::Terminated { reason: None },
            3 => CallOutcome::NotStarted {
                message: "It could not be started.".into(),
            },
            4..=6 => {
                return Command::EscalateCall {
                    call,
                    code: self.code("S"),
                    variables,
                };
            }
            _ => CallOutcome::Completed { variables },
        };
        Command::EndCall { call, outcome }
    }

    /// Variables with which everything that can be mended is.
    pub(super) fn mended(&mut self) -> Variables {
        if self.predictable {
            return Variables::from([("p".into(), Value::String("PT1H".into()))]);
        }
        Variables::from([
            ("p".into(), Value::String("PT1H".into())),
            ("q".into(), number(self.rng.between(1, 3))),
            ("n".into(), number(self.rng.below(6))),
            ("a".into(), Value::Boolean(self.rng.percent(60))),
            ("b".into(), Value::Boolean(self.rng.percent(60))),
        ])
    }

    /// Variables with which all conditions that are waited for hold, or none does.
    fn turned(&mut self, holds: bool) -> Variables {
        let mut variables = Variables::from([
            ("a".into(), Value::Boolean(holds)),
            ("b".into(), Value::Boolean(holds)),
        ]);
        if !self.predictable {
            let low = if holds { 3 } else { 0 };
            variables.insert("n".into(), number(self.rng.between(low, low + 2)));
            variables.insert("q".into(), number(if holds { 2 } else { 1 }));
        }
        variables
    }

    pub(super) fn payload(&mut self) -> Variables {
        let mut variables = Variables::new();
        if self.rng.percent(30) {
            variables.insert("r".into(), number(self.rng.below(3)));
        }
        if !self.predictable && self.rng.percent(30) {
            variables.insert("n".into(), number(self.rng.below(6)));
        }
        if !self.predictable && self.rng.percent(20) {
            variables.insert("a".into(), Value::Boolean(self.rng.percent(50)));
        }
        variables
    }

    fn code(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.rng.between(1, 3))
    }
}

pub(super) fn number(number: usize) -> Value {
    Value::Number(Number::from(number as i64))
}
