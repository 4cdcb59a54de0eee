//! Runs the play: the real engine and the real connectors, on a clock that jumps to whatever is due next.
//!
//! At one and the same instant: what the script does, in its order; then timers by (due, created); then answers.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use redthread_bpmn::graph::ElementKind;
use redthread_calendar::{Timestamp, Zone};
use redthread_core::Key;
use redthread_core::event::Event;
use redthread_core::state::WaitKind;
use redthread_feel::Value;
use redthread_runtime::{
    Actor, Clock, CommittedStep, Feed, Message, Runtime, RuntimeError, SettableClock,
};
use tokio::sync::{broadcast, mpsc};

use super::records::{self, RecordError, Records};
use super::script::{Action, Answer, Asked, RecordAction, RecordChange, Rule, Script, Variables};
use super::trace::{Line, Trace};

/// Where the lines go while the play runs.
pub trait Stage {
    /// A line of the trace.
    fn line(&mut self, line: &Line) -> std::io::Result<()>;

    /// What happened besides: an action of the script that could not be done.
    fn remark(&mut self, at: Timestamp, sentence: &str) -> std::io::Result<()>;

    /// What nobody has answered and time would pass over: how is it answered? `None`: it is left waiting.
    fn ask(&mut self, open: &Open, trace: &Trace) -> std::io::Result<Option<Answer>>;
}

/// Why a play could not go on.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The engine refused or failed.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The records could not be read.
    #[error(transparent)]
    Records(#[from] redthread_crm::CrmError),
    /// The lines could not be written.
    #[error("The trace cannot be written: {0}.")]
    Output(#[from] std::io::Error),
}

/// A task or job that waits for an answer.
#[derive(Clone, Debug)]
pub struct Open {
    /// The task or job.
    pub key: Key,
    /// The job's type; none: a task.
    pub job_type: Option<String>,
    /// The tries that the job has left.
    pub retries: u32,
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: String,
    /// The element's id.
    pub element: String,
    /// Whether a connector works on it.
    performed: bool,
    /// The turn of its loop.
    loop_counter: Option<u64>,
    /// When its answer comes.
    answer: Option<(Timestamp, Answer)>,
    /// A person was asked and left it waiting.
    left: bool,
}

/// A play that runs.
pub struct Driver<'a> {
    pub runtime: Runtime,
    pub clock: Arc<SettableClock>,
    pub trace: Trace,
    pub records: Records,
    pub stage: &'a mut dyn Stage,
    steps: mpsc::UnboundedReceiver<Arc<CommittedStep>>,
    feed: broadcast::Receiver<Arc<Feed>>,
    actions: std::collections::VecDeque<(Timestamp, Action)>,
    rules: Vec<Rule>,
    open: BTreeMap<Key, Open>,
    performs: fn(&str) -> bool,
    zone: Zone,
    lines_left: u64,
}

impl<'a> Driver<'a> {
    /// A driver of a runtime on which nothing has happened yet.
    pub fn new(
        runtime: Runtime,
        clock: Arc<SettableClock>,
        trace: Trace,
        records: Records,
        script: Script,
        zone: Zone,
        max_steps: u64,
        stage: &'a mut dyn Stage,
    ) -> Driver<'a> {
        let begin = clock.now();
        let mut actions: Vec<(Timestamp, Action)> = script
            .actions
            .into_iter()
            .map(|timed| {
                (
                    timed.at.add_to(begin, &zone).unwrap_or(Timestamp::MAX),
                    timed.action,
                )
            })
            .collect();
        // Stable: what happens at one instant keeps the order of the script.
        actions.sort_by_key(|(at, _)| *at);
        Driver {
            steps: runtime.steps(),
            feed: runtime.subscribe(),
            performs: |job_type| redthread_connectors::Connector::of(job_type).is_some(),
            runtime,
            clock,
            trace,
            records,
            stage,
            actions: actions.into(),
            rules: script.rules,
            open: BTreeMap::new(),
            zone,
            lines_left: max_steps,
        }
    }

    /// Does something with the runtime, telling what happens while it happens. `None`: the run has become too long.
    pub async fn watch<T>(
        &mut self,
        doing: impl Future<Output = T>,
    ) -> Result<Option<T>, PlayError> {
        let mut doing = pin!(doing);
        let done = loop {
            tokio::select! {
                biased;
                Some(step) = self.steps.recv() => if !self.see(&step)? { return Ok(None) },
                done = &mut doing => break done,
            }
        };
        while let Ok(step) = self.steps.try_recv() {
            if !self.see(&step)? {
                return Ok(None);
            }
        }
        self.learn_records();
        Ok(Some(done))
    }

    /// Tells a step. `false`: the run has become too long.
    fn see(&mut self, step: &CommittedStep) -> Result<bool, PlayError> {
        for line in self.trace.follow(step) {
            if self.lines_left == 0 {
                return Ok(false);
            }
            self.lines_left -= 1;
            self.stage.line(&line)?;
        }
        for event in &step.events {
            self.note_open(step, event);
        }
        Ok(true)
    }

    fn learn_records(&mut self) {
        loop {
            match self.feed.try_recv() {
                Ok(feed) => feed
                    .touched
                    .records
                    .iter()
                    .for_each(|record| self.records.touch(record)),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return,
            }
        }
    }

    /// Keeps the list of what waits for an answer.
    fn note_open(&mut self, step: &CommittedStep, event: &Event) {
        match event {
            Event::TaskCreated {
                key,
                element_instance,
                ..
            } => {
                self.opened(step, *key, *element_instance, None, 0);
            }
            Event::JobCreated {
                key,
                element_instance,
                job,
            } => {
                self.opened(
                    step,
                    *key,
                    *element_instance,
                    Some(job.job_type.clone()),
                    job.retries,
                );
            }
            Event::TaskEnded { key, .. } | Event::JobEnded { key, .. } => {
                self.open.remove(key);
            }
            Event::JobFailed { key, retries, .. } => {
                if let Some(mut open) = self.open.remove(key) {
                    open.retries = *retries;
                    if *retries > 0 {
                        self.schedule(open, step.at);
                    }
                }
            }
            Event::IncidentResolved { .. } => self.reopen(step),
            _ => {}
        }
    }

    /// A retried job waits again, without having been created anew.
    fn reopen(&mut self, step: &CommittedStep) {
        let Some(seen) = self.trace.instance(step.instance) else {
            return;
        };
        let again: Vec<_> = seen
            .state
            .waits
            .iter()
            .filter(|(key, _)| !self.open.contains_key(key))
            .filter_map(|(key, wait)| match &wait.what {
                WaitKind::Job(job) => Some((
                    *key,
                    wait.element_instance,
                    job.job_type.clone(),
                    job.retries,
                )),
                _ => None,
            })
            .collect();
        for (key, element_instance, job_type, retries) in again {
            self.opened(step, key, element_instance, Some(job_type), retries);
        }
    }

    fn opened(
        &mut self,
        step: &CommittedStep,
        key: Key,
        element_instance: Key,
        job_type: Option<String>,
        retries: u32,
    ) {
        // The trace has followed the whole step: what ended within it is gone, and needs no answer.
        let Some(seen) = self.trace.instance(step.instance) else {
            return;
        };
        let Some(element) = seen.state.elements.get(&element_instance) else {
            return;
        };
        let loop_counter = match element.variables.get("loopCounter") {
            Some(Value::Number(number)) => number
                .to_i64()
                .and_then(|number| u64::try_from(number).ok()),
            _ => None,
        };
        let open = Open {
            key,
            performed: job_type.as_deref().is_some_and(self.performs),
            job_type,
            retries,
            instance: step.instance,
            process: step.process.to_string(),
            element: element.element.to_string(),
            loop_counter,
            answer: None,
            left: false,
        };
        self.schedule(open, step.at);
    }

    /// Finds the answer of a task or job: the first rule that matches and has times left.
    fn schedule(&mut self, mut open: Open, since: Timestamp) {
        let asked = Asked {
            element: &open.element,
            job_type: open.job_type.as_deref(),
            process: &open.process,
            loop_counter: open.loop_counter,
        };
        let named = |rule: &Rule| rule.on.element.is_some() || rule.on.job_type.is_some();
        let found = self.rules.iter_mut().find(|rule| {
            // A connector does its work itself; it is answered only by a rule that means it.
            rule.times != Some(0) && rule.on.matches(&asked) && (!open.performed || named(rule))
        });
        open.answer = found.map(|rule| {
            rule.times = rule.times.map(|times| times - 1);
            let at = rule
                .after
                .add_to(since, &self.zone)
                .unwrap_or(Timestamp::MAX);
            (at.max(since), rule.answer.clone())
        });
        self.open.insert(open.key, open);
    }

    /// Runs until nothing is due, or until `end`. `false`: the run has become too long.
    pub async fn run(&mut self, end: Timestamp) -> Result<bool, PlayError> {
        loop {
            let now = self.clock.now();
            let next = self.next().await?;
            let time_passes = next.as_ref().is_none_or(|(at, _)| *at > now);
            if time_passes && self.ask().await? {
                continue;
            }
            let Some((at, next)) = next else {
                return Ok(true);
            };
            if at > end {
                self.clock.set(end.max(now))?;
                return Ok(true);
            }
            if at > now {
                self.clock.set(at)?;
            }
            let within = match next {
                Next::Action => self.act().await?,
                Next::Timers => {
                    let runtime = self.runtime.clone();
                    self.watch(runtime.run_until_idle())
                        .await?
                        .transpose()?
                        .is_some()
                }
                Next::Answer(key) => self.answer(key).await?,
            };
            if !within {
                return Ok(false);
            }
        }
    }

    /// What happens next, and when.
    async fn next(&self) -> Result<Option<(Timestamp, Next)>, PlayError> {
        let now = self.clock.now();
        let action = self.actions.front().map(|(at, _)| (*at, Next::Action));
        let timers = self
            .runtime
            .next_due()
            .await?
            .map(|due| (due, Next::Timers));
        let answer = self
            .open
            .values()
            .filter_map(|open| open.answer.as_ref().map(|(at, _)| (*at, open.key)))
            .min()
            .map(|(at, key)| (at, Next::Answer(key)));
        let due = [action, timers, answer]
            .into_iter()
            .flatten()
            .map(|(at, next)| (at.max(now), next));
        // `min_by_key` takes the first of equals: actions before timers before answers.
        Ok(due.min_by_key(|(at, _)| *at))
    }

    /// The script's next action.
    async fn act(&mut self) -> Result<bool, PlayError> {
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
    fn settled(&mut self, done: Option<Result<(), RuntimeError>>) -> Result<bool, PlayError> {
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

    async fn retry(
        &mut self,
        ordinal: usize,
        element: Option<&str>,
    ) -> Result<Option<Result<(), RuntimeError>>, PlayError> {
        let Some((_, seen)) = self.trace.by_ordinal(ordinal) else {
            return Ok(Some(Err(no_instance(ordinal))));
        };
        let is_meant = |stuck: Key| {
            let at = seen.state.elements.get(&stuck).map(|stuck| &*stuck.element);
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
    async fn answer(&mut self, key: Key) -> Result<bool, PlayError> {
        let Some(open) = self.open.get_mut(&key) else {
            return Ok(true);
        };
        let Some((_, answer)) = open.answer.take() else {
            return Ok(true);
        };
        let open = open.clone();
        self.give(&open, answer).await
    }

    async fn give(&mut self, open: &Open, answer: Answer) -> Result<bool, PlayError> {
        let runtime = self.runtime.clone();
        let key = open.key;
        let done = match (answer, &open.job_type) {
            (Answer::Complete(variables), None) => {
                self.watch(runtime.complete_task(key, variables, script()))
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

    /// Asks a person about what nobody answers. `true`: something was answered.
    async fn ask(&mut self) -> Result<bool, PlayError> {
        let unanswered = |open: &&Open| open.answer.is_none() && !open.left && !open.performed;
        let Some(open) = self.open.values().find(unanswered).cloned() else {
            return Ok(false);
        };
        match self.stage.ask(&open, &self.trace)? {
            Some(answer) => {
                self.give(&open, answer).await?;
            }
            None => {
                if let Some(open) = self.open.get_mut(&open.key) {
                    open.left = true;
                }
            }
        }
        Ok(true)
    }

    /// The ids of the processes that can be started without a trigger.
    pub fn startable(&self) -> Vec<String> {
        let startable = self
            .trace
            .graphs()
            .filter(|graph| graph.none_start().is_some());
        startable.map(|graph| graph.id.to_string()).collect()
    }
}

enum Next {
    Action,
    Timers,
    Answer(Key),
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

/// What an element is called in the trace.
pub fn label(trace: &Trace, open: &Open) -> (String, &'static str) {
    let found = trace
        .graph(&open.process)
        .and_then(|graph| graph.find(&open.element).map(|ix| graph.element(ix)));
    match found {
        Some(element) => (
            element.label().to_owned(),
            ElementKind::bpmn_name(&element.kind),
        ),
        None => (open.element.clone(), ""),
    }
}
