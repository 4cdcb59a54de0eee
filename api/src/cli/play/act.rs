//! What the script does: its actions at their times, and its answers.

use std::pin::pin;

use redthread_core::{Holder, Key};
use redthread_feel::Value;
use redthread_runtime::{Actor, CanActivate, Clock, Message, RuntimeError, Signal};

use super::driver::{Driver, Open, PlayError};
use super::records::{self, RecordError};
use super::script::{Action, Answer, RecordAction, RecordChange, Variables};

impl Driver<'_> {
    /// The script's next action.
    pub(super) async fn act(&mut self) -> Result<bool, PlayError> {
        let Some((_, action)) = self.actions.pop_front() else {
            return Ok(true);
        };
        let done = match action {
            Action::Message {
                name,
                correlation_key,
                variables,
                message_id: id,
                ttl,
            } => {
                let runtime = self.runtime.clone();
                let message = Message {
                    name,
                    correlation_key,
                    variables,
                    id,
                    ttl,
                };
                self.watch(runtime.publish_message(message, script()))
                    .await?
                    .map(|sent| sent.map(drop))
            }
            Action::Signal { name, variables } => {
                let runtime = self.runtime.clone();
                let signal = Signal { name, variables };
                self.watch(runtime.send_signal(signal, script()))
                    .await?
                    .map(|sent| sent.map(drop))
            }
            Action::Activate {
                instance,
                element,
                elements,
            } => {
                self.activate(instance, element.as_deref(), elements)
                    .await?
            }
            Action::Set {
                instance,
                element,
                variables,
            } => self.set(instance, element, variables).await?,
            Action::Cancel { instance } => match self.trace.by_ordinal(instance) {
                Some((key, _)) => {
                    let runtime = self.runtime.clone();
                    self.watch(runtime.cancel(key, None, script())).await?
                }
                None => Some(Err(no_instance(instance))),
            },
            Action::Retry { instance, element } => self.retry(instance, element.as_deref()).await?,
            Action::Record(action) => return self.record(action).await,
        };
        self.settled(done)
    }

    /// Tells why an action or answer could not be done. `false`: the run has become too long.
    pub(super) fn settled(
        &mut self,
        done: Option<Result<(), RuntimeError>>,
    ) -> Result<bool, PlayError> {
        match done {
            None => Ok(false),
            Some(Ok(())) => Ok(true),
            Some(Err(error @ (RuntimeError::Database(_) | RuntimeError::Closed))) => {
                Err(error.into())
            }
            Some(Err(refused)) => {
                self.stage.remark(self.clock.now(), &refused.to_string())?;
                Ok(true)
            }
        }
    }

    async fn set(
        &mut self,
        ordinal: usize,
        element: Option<String>,
        variables: Variables,
    ) -> Result<Option<Result<(), RuntimeError>>, PlayError> {
        let Some((key, seen)) = self.trace.by_ordinal(ordinal) else {
            return Ok(Some(Err(no_instance(ordinal))));
        };
        let scope = match &element {
            None => None,
            Some(id) => match seen
                .state
                .elements
                .iter()
                .find(|(_, running)| *running.element == **id)
            {
                Some((scope, _)) => Some(*scope),
                None => {
                    return Ok(Some(Err(RuntimeError::Invalid(format!(
                        "The element \"{id}\" is not active, so its variables cannot be set."
                    )))));
                }
            },
        };
        let runtime = self.runtime.clone();
        self.watch(runtime.set_variables(key, scope, variables, None, script()))
            .await
    }

    async fn activate(
        &mut self,
        ordinal: usize,
        element: Option<&str>,
        elements: Vec<String>,
    ) -> Result<Option<Result<(), RuntimeError>>, PlayError> {
        let Some((key, _)) = self.trace.by_ordinal(ordinal) else {
            return Ok(Some(Err(no_instance(ordinal))));
        };
        let has =
            |found: &CanActivate, id: &str| found.elements.iter().any(|(has, _)| **has == *id);
        let found = self.runtime.queries().can_activate(key).await?;
        let found = found.into_iter().find(|found| match element {
            Some(element) => *found.element == *element,
            None => elements.iter().all(|id| has(found, id)),
        });
        let Some(ad_hoc) = found else {
            let nothing = format!(
                "No ad-hoc sub-process of the instance {ordinal} runs in which {} can be begun.",
                elements.join(", ")
            );
            return Ok(Some(Err(RuntimeError::Invalid(nothing))));
        };
        let runtime = self.runtime.clone();
        let elements = elements.iter().map(|id| id.as_str().into()).collect();
        let ad_hoc = ad_hoc.element_instance;
        let begun = runtime.activate_elements(key, ad_hoc, elements, Variables::new(), script());
        self.watch(begun).await
    }

    async fn retry(
        &mut self,
        ordinal: usize,
        element: Option<&str>,
    ) -> Result<Option<Result<(), RuntimeError>>, PlayError> {
        let Some((_, seen)) = self.trace.by_ordinal(ordinal) else {
            return Ok(Some(Err(no_instance(ordinal))));
        };
        let is_meant = |stuck: Key| {
            // What is stuck in no element is stuck in the process itself.
            let at = match seen.state.elements.get(&stuck) {
                Some(stuck) => Some(&*stuck.element),
                None => (stuck == seen.state.key).then_some(&*seen.state.process),
            };
            element.is_none_or(|element| at == Some(element))
        };
        let incidents: Vec<Key> = seen
            .state
            .incidents
            .iter()
            .filter(|(_, incident)| is_meant(incident.element_instance))
            .map(|(key, _)| *key)
            .collect();
        if incidents.is_empty() {
            let nothing = format!("The instance {ordinal} has no incident to retry.");
            return Ok(Some(Err(RuntimeError::Invalid(nothing))));
        }
        for incident in incidents {
            let runtime = self.runtime.clone();
            match self.watch(runtime.retry(incident, script())).await? {
                Some(Ok(())) => {}
                stopped => return Ok(stopped),
            }
        }
        Ok(Some(Ok(())))
    }

    async fn record(&mut self, action: RecordAction) -> Result<bool, PlayError> {
        let RecordAction { kind, id, what } = action;
        let known = self.records.clone();
        let made = match (records::kind(&kind), &what) {
            (Err(error), _) => Err(error),
            (Ok(kind), RecordChange::Create(_)) => Ok((kind, None)),
            (Ok(kind), _) => known.key(kind, &id).map(|key| (kind, Some(key))),
        };
        let (kind, key) = match made {
            Ok(made) => made,
            Err(RecordError(sentence)) => {
                self.stage.remark(self.clock.now(), &sentence)?;
                return Ok(true);
            }
        };
        let runtime = self.runtime.clone();
        let name = id.clone();
        let written = runtime.write(script(), move |tx, cx| {
            let (known, what, id) = (known.clone(), what.clone(), id.clone());
            Box::pin(async move {
                match (key, &what) {
                    (None, RecordChange::Create(fields)) => {
                        records::create(tx, cx, &known, kind, &id, fields).await
                    }
                    (Some(key), what) => records::change(tx, cx, &known, kind, key, what)
                        .await
                        .map(|()| key),
                    (None, _) => Err(RecordError(format!(
                        "There is no {} \"{id}\".",
                        kind.name()
                    ))),
                }
            })
        });
        // The name must be there before the feed tells of the record.
        let written = {
            let mut written = pin!(written);
            let mut steps = Vec::new();
            let result = loop {
                tokio::select! {
                    biased;
                    Some(step) = self.steps.recv() => steps.push(step),
                    result = &mut written => break result,
                }
            };
            if let (Ok(Ok(made)), None) = (&result, key) {
                self.records.name(kind, &name, *made);
            }
            for step in steps {
                if !self.see(&step)? {
                    return Ok(false);
                }
            }
            self.watch(std::future::ready(())).await?;
            result
        };
        match written? {
            Ok(_) => {}
            Err(RecordError(sentence)) => self.stage.remark(self.clock.now(), &sentence)?,
        }
        Ok(true)
    }

    /// Gives an answer whose time has come.
    pub(super) async fn answer(&mut self, key: Key) -> Result<bool, PlayError> {
        let Some(open) = self.open.get_mut(&key) else {
            return Ok(true);
        };
        let Some((_, answer)) = open.answer.take() else {
            return Ok(true);
        };
        let open = open.clone();
        self.give(&open, answer).await
    }

    pub(super) async fn give(&mut self, open: &Open, answer: Answer) -> Result<bool, PlayError> {
        let runtime = self.runtime.clone();
        let key = open.key;
        let done = match (answer, &open.job_type) {
            (Answer::Complete(variables), None) => {
                self.watch(runtime.complete_task(key, Holder::Anyone, variables, script()))
                    .await?
            }
            (Answer::Complete(variables), Some(_)) if open.performed => {
                return self.settle_call(open, variables).await;
            }
            (Answer::Complete(variables), Some(_)) => {
                self.watch(runtime.complete_job(key, variables, worker()))
                    .await?
            }
            (Answer::Fail { message, retries }, Some(_)) => {
                let retries = retries.unwrap_or(open.retries.saturating_sub(1));
                self.watch(runtime.fail_job(key, message, retries, None, worker()))
                    .await?
            }
            (
                Answer::Error {
                    code,
                    message,
                    variables,
                },
                Some(_),
            ) => {
                self.watch(runtime.throw_error(key, code, message, variables, worker()))
                    .await?
            }
            (Answer::Fail { .. } | Answer::Error { .. }, None) => {
                Some(Err(RuntimeError::Invalid(format!(
                    "\"{}\" is a person's task: it can only be completed.",
                    open.element
                ))))
            }
        };
        self.settled(done)
    }

    /// A connector's job that waits for a record is answered by what people do to the record: the call is held with the
    /// outcome and note that the answer gives.
    async fn settle_call(&mut self, open: &Open, variables: Variables) -> Result<bool, PlayError> {
        let jobs = self.runtime.queries().jobs_of(open.instance).await?;
        let waits_for = jobs
            .into_iter()
            .find(|job| job.key == open.key)
            .and_then(|job| job.waits_for);
        let named = waits_for.and_then(|record| {
            let kind = records::kind(&record.kind).ok()?;
            let key = record.key.parse().ok()?;
            Some((record.kind, self.records.id(kind, key)?))
        });
        let Some((kind, id)) = named else {
            let sentence = format!(
                "\"{}\" is done by a connector and waits for nobody's answer.",
                open.element
            );
            self.stage.remark(self.clock.now(), &sentence)?;
            return Ok(true);
        };
        let text = |name: &str| {
            variables
                .get(name)
                .and_then(Value::as_str)
                .map(serde_json::Value::from)
        };
        let status = text("status").unwrap_or_else(|| "held".into());
        let mut change = serde_json::Map::from_iter([("status".to_owned(), status)]);
        for (result, field) in [("outcome", "outcome"), ("note", "outcome_note")] {
            if let Some(value) = text(result) {
                change.insert(field.to_owned(), value);
            }
        }
        self.record(RecordAction {
            kind,
            id,
            what: RecordChange::Change(change),
        })
        .await
    }
}

fn no_instance(ordinal: usize) -> RuntimeError {
    RuntimeError::Invalid(format!("There is no instance {ordinal} at this time."))
}

/// Who does what the script says.
fn script() -> Actor {
    Actor::User {
        login: "script".into(),
        name: "Script".into(),
    }
}

fn worker() -> Actor {
    Actor::Worker {
        name: "script".into(),
    }
}
