//! The history of an instance in plain words: what the core's events and the one who asked mean to people. The pages
//! put each code and its parameters into their language.
//!
//! | event | code | parameters besides the element |
//! |---|---|---|
//! | InstanceStarted | `instance.started` | process, calledBy |
//! | TaskCreated, TaskAssigned | `task.created`, `task.assigned`, `task.returned` | assignee, due, reason |
//! | TaskEnded | `task.completed`, `task.cancelled` | |
//! | JobCreated that waits, JobEnded, JobFailed | `connector.waiting`, `.done`, `.failed` | type, message, listener |
//! | TimerScheduled, TimerEnded | `timer.created`, `timer.fired` | due |
//! | SubscriptionOpened, SubscriptionEnded | `message.expected`, `message.received` | name |
//! | WatchOpened, WatchEnded | `record.expected`, `record.changed` | kind |
//! | FlowTaken out of a decision | `flow.taken` | gateway, values |
//! | SignalAwaited, SignalEnded, SignalThrown | `signal.expected`, `.received`, `.sent` | name |
//! | ConditionAwaited, ConditionEnded | `condition.expected`, `.met` | |
//! | MessageThrown | `message.sent` | name, correlationKey |
//! | EscalationThrown | `escalation.thrown` | code, caughtBy, caughtByName, toCaller |
//! | ErrorCaught; of old, EventTriggered of an error | `error.caught` | code |
//! | InstanceCalled, CallEnded | `call.begun`, `.ended`, `.cancelled` | process, processName, instance |
//! | BodyChanged, and what begins and completes in it | `multiInstance.begun`, `.progress`, `loop.round` | total, completed, round |
//! | the command ActivateElements | `adHoc.activated` | elements |
//! | GatewayReset | `gateway.reset` | |
//! | CompensationThrown, -Begun, and what it began completed | `compensation.begun`, `.undoing`, `.undone` | count, undoes, undoesName |
//! | ElementActivated of a cancel end event | `transaction.cancelled` | |
//! | ElementActivating of an event sub-process | `eventSubProcess.begun` | interrupting |
//! | ElementCompleted of what none of these is about | `element.completed` | |
//! | ElementTerminated, unless the whole instance is | `element.terminated` | |
//! | VariablesSet by hand | `variable.set` | variable, value, old, reason |
//! | DecisionEvaluated | `decision.evaluated` | decision, decisionName, version, decisionKey, explanation, leftOut |
//! | IncidentRaised, IncidentResolved | `incident.raised`, `incident.resolved`, `incident.retried` | code, message |
//! | InstanceCompleted, -Terminated, -Failed | `instance.completed`, `.cancelled`, `.failed` | reason, message |

mod more;
mod way;
mod who;

pub use who::Who;

use super::key::{Instant, Key};
use super::names::People;
use more::{Many, says_errors};
use redthread_bpmn::graph::ProcessGraph;
use redthread_core::event::{DecisionEvaluation, Ended, ListenerData};
use redthread_core::{Command, Event};
use redthread_runtime::HistoryStep;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use utoipa::ToSchema;

/// Something that happened to an instance.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// Tells the entries of an instance apart: the step, and which of the step's entries it is.
    pub key: String,
    /// When.
    pub at: Instant,
    /// The step of the instance: what has the same happened together.
    pub sequence: u64,
    /// Who asked.
    pub actor: Who,
    /// What happened: `instance.started`, `element.completed`, `task.completed`, `variable.set` ...
    pub code: String,
    /// What the code's sentence needs.
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

/// All that an instance's history tells: fed step by step, from the first on.
pub struct Story<'a> {
    graph: &'a ProcessGraph,
    people: &'a People,
    /// What people call processes, by their ids.
    processes: &'a BTreeMap<String, String>,
    /// How many entries the step has had so far. Those taken away again count, so that keys stay as they are.
    said: usize,
    /// In plain words, in order.
    pub entries: Vec<HistoryEntry>,
    /// Why it was cancelled, or the error it ended with.
    pub end_reason: Option<String>,
    /// The elements, by the keys of the visits to them.
    visits: HashMap<redthread_core::Key, String>,
    /// The visits in which visits stand, or the instance.
    around: HashMap<redthread_core::Key, redthread_core::Key>,
    /// The values of each scope.
    values: HashMap<(redthread_core::Key, String), Value>,
    /// What waits or waited: the element instance by the key of its task, job, timer, subscription, watch, incident.
    owners: HashMap<redthread_core::Key, redthread_core::Key>,
    /// The event that a timer, subscription or watch triggers.
    events: HashMap<redthread_core::Key, String>,
    jobs: HashMap<redthread_core::Key, String>,
    messages: HashMap<redthread_core::Key, String>,
    /// The listeners, by their jobs.
    listeners: HashMap<redthread_core::Key, ListenerData>,
    /// The processes that were called, by the keys of their instances.
    called: HashMap<redthread_core::Key, String>,
    /// What is done several times, by the element instances that stand for all of it.
    many: HashMap<redthread_core::Key, Many>,
    /// Completed activities that can be undone, by their places in the order in which they completed.
    kept: HashMap<redthread_core::Key, String>,
    /// What is to be undone, in order, by the events that asked for it.
    to_undo: HashMap<redthread_core::Key, VecDeque<redthread_core::Key>>,
    /// What the visits that undo something undo.
    undoing: HashMap<redthread_core::Key, String>,
    /// The entry that says that a job waits, until the job ends in the same instant.
    waiting: HashMap<redthread_core::Key, usize>,
}

impl<'a> Story<'a> {
    /// The story of an instance of this process, before its first step, with these people in it.
    pub fn new(
        graph: &'a ProcessGraph,
        people: &'a People,
        processes: &'a BTreeMap<String, String>,
    ) -> Story<'a> {
        Story {
            graph,
            people,
            processes,
            said: 0,
            entries: Vec::new(),
            visits: HashMap::new(),
            around: HashMap::new(),
            values: HashMap::new(),
            end_reason: None,
            owners: HashMap::new(),
            events: HashMap::new(),
            jobs: HashMap::new(),
            messages: HashMap::new(),
            listeners: HashMap::new(),
            called: HashMap::new(),
            many: HashMap::new(),
            kept: HashMap::new(),
            to_undo: HashMap::new(),
            undoing: HashMap::new(),
            waiting: HashMap::new(),
        }
    }

    /// The next step.
    pub fn follow(&mut self, step: &HistoryStep) {
        self.said = 0;
        if let Command::Retry { incident } = &step.command {
            let params = self.about(*incident);
            self.say(step, "incident.retried", params);
        }
        if let Command::ActivateElements {
            ad_hoc, elements, ..
        } = &step.command
        {
            self.activated(step, *ad_hoc, elements);
        }
        for event in &step.events {
            self.hear(step, event);
        }
    }

    fn hear(&mut self, step: &HistoryStep, event: &Event) {
        match event {
            Event::InstanceStarted {
                instance,
                process,
                caller,
                ..
            } => {
                let name = self.graph.name.as_deref().unwrap_or(process);
                self.visits.insert(*instance, process.to_string());
                let mut params = params([("process", json!(name))]);
                let caller = caller.as_ref().map(|caller| Key::from(caller.instance));
                put(&mut params, "calledBy", caller.as_ref());
                self.say(step, "instance.started", params);
            }
            Event::FlowTaken { flow, scope } => self.flow(step, flow, *scope),
            Event::ElementActivating {
                element_instance,
                element,
                scope,
                ..
            } => self.begun(step, *element_instance, element, *scope),
            Event::ElementActivated { element_instance } => {
                self.cancels_transaction(step, *element_instance);
            }
            Event::ElementCompleting { .. }
            | Event::TokensDiscarded { .. }
            | Event::JobRetried { .. }
            | Event::ItemCompleted { .. }
            | Event::ConditionChanged { .. } => {}
            Event::ElementCompleted {
                element_instance,
                element,
            } => {
                if let Some(undone) = self.undoing.remove(element_instance) {
                    let params = self.undoes(element, &undone);
                    self.say(step, "compensation.undone", params);
                } else if self.one_of_many(step, *element_instance) {
                    // How far it is with all of them is told.
                } else if self.speaks_for_itself(element) {
                    self.say(step, "element.completed", self.element(element));
                }
            }
            Event::SignalAwaited { .. }
            | Event::SignalEnded { .. }
            | Event::SignalThrown { .. }
            | Event::ConditionAwaited { .. }
            | Event::ConditionEnded { .. }
            | Event::MessageThrown { .. }
            | Event::EscalationThrown { .. }
            | Event::ErrorCaught { .. }
            | Event::InstanceCalled { .. }
            | Event::CallEnded { .. } => self.hear_thrown(step, event),
            Event::BodyChanged { .. }
            | Event::GatewayReset { .. }
            | Event::CompensationKept { .. }
            | Event::CompensationThrown { .. }
            | Event::CompensationBegun { .. } => self.hear_work(step, event),
            Event::ElementTerminated { element, .. } => {
                if !matches!(step.command, Command::Cancel { .. }) {
                    self.say(step, "element.terminated", self.element(element));
                }
            }
            Event::EventTriggered { element, .. } => {
                if self.catches_error(element) && !says_errors(step) {
                    self.say(step, "error.caught", self.element(element));
                }
            }
            Event::DecisionEvaluated {
                element_instance,
                evaluation,
            } => {
                let params = self.decided(*element_instance, evaluation);
                self.say(step, "decision.evaluated", params);
            }
            Event::VariablesSet { scope, variables } => {
                for (name, value) in variables {
                    self.value(step, *scope, name, value.to_json());
                }
            }
            Event::TaskCreated {
                key,
                element_instance,
                task,
            } => {
                self.owners.insert(*key, *element_instance);
                let mut params = self.about(*key);
                let assignee = task.assignee.as_deref();
                put(&mut params, "assignee", self.name(assignee).as_ref());
                put(&mut params, "due", task.due.as_ref());
                self.say(step, "task.created", params);
            }
            Event::TaskAssigned {
                key,
                assignee,
                reason,
            } => {
                let mut params = self.about(*key);
                put(
                    &mut params,
                    "assignee",
                    self.name(assignee.as_deref()).as_ref(),
                );
                put(&mut params, "reason", reason.as_ref());
                let code = if assignee.is_some() {
                    "task.assigned"
                } else {
                    "task.returned"
                };
                self.say(step, code, params);
            }
            Event::TaskEnded { key, how } => {
                let code = match how {
                    Ended::Completed => "task.completed",
                    Ended::Cancelled => "task.cancelled",
                };
                self.say(step, code, self.about(*key));
            }
            Event::JobCreated {
                key,
                element_instance,
                job,
            } => {
                self.owners.insert(*key, *element_instance);
                self.jobs.insert(*key, job.job_type.clone());
                if let Some(listener) = job.listener {
                    self.listeners.insert(*key, listener);
                }
                self.waiting.insert(*key, self.entries.len());
                self.say(step, "connector.waiting", self.job(*key));
            }
            Event::JobFailed { key, message, .. } => {
                self.no_longer_waits(step, *key);
                let mut params = self.job(*key);
                put(&mut params, "message", Some(message));
                self.say(step, "connector.failed", params);
            }
            Event::JobEnded { key, how } => {
                self.no_longer_waits(step, *key);
                if *how == Ended::Completed {
                    self.say(step, "connector.done", self.job(*key));
                }
            }
            Event::TimerScheduled { key, timer, .. } => {
                self.events.insert(*key, timer.element.to_string());
                let mut params = self.element(&timer.element);
                put(&mut params, "due", Some(&timer.due));
                self.say(step, "timer.created", params);
            }
            Event::TimerEnded { key, how } => {
                if *how == Ended::Completed {
                    self.say(step, "timer.fired", self.about(*key));
                }
            }
            Event::SubscriptionOpened {
                key, subscription, ..
            } => {
                self.events.insert(*key, subscription.element.to_string());
                self.messages.insert(*key, subscription.name.clone());
                let mut params = self.element(&subscription.element);
                put(&mut params, "name", Some(&subscription.name));
                self.say(step, "message.expected", params);
            }
            Event::SubscriptionEnded { key, how } => {
                if *how == Ended::Completed {
                    let mut params = self.about(*key);
                    put(&mut params, "name", self.messages.get(key));
                    self.say(step, "message.received", params);
                }
            }
            Event::WatchOpened { key, watch, .. } => {
                self.events.insert(*key, watch.element.to_string());
                let mut params = self.element(&watch.element);
                put(&mut params, "kind", Some(&watch.kind));
                self.say(step, "record.expected", params);
            }
            Event::WatchEnded { key, how } => {
                if *how == Ended::Completed {
                    self.say(step, "record.changed", self.about(*key));
                }
            }
            Event::IncidentRaised {
                key,
                element_instance,
                code,
                message,
            } => {
                self.owners.insert(*key, *element_instance);
                let mut params = self.about(*key);
                put(&mut params, "code", Some(&code.as_str()));
                put(&mut params, "message", Some(message));
                self.say(step, "incident.raised", params);
            }
            Event::IncidentResolved { key } => {
                self.say(step, "incident.resolved", self.about(*key));
            }
            Event::InstanceCompleted => self.say(step, "instance.completed", Map::new()),
            Event::InstanceTerminated { reason } => {
                self.end_reason.clone_from(reason);
                let mut params = Map::new();
                put(&mut params, "reason", reason.as_ref());
                self.say(step, "instance.cancelled", params);
            }
            Event::InstanceFailed {
                element,
                code,
                message,
                ..
            } => {
                self.end_reason = Some(message.clone());
                let mut params = self.element(element);
                put(&mut params, "code", Some(code));
                put(&mut params, "message", Some(message));
                self.say(step, "instance.failed", params);
            }
        }
    }

    fn say(&mut self, step: &HistoryStep, code: &str, params: Map<String, Value>) {
        let mut actor = Who::from(&step.actor);
        actor.name_process(self.processes);
        self.entries.push(HistoryEntry {
            key: format!("{}-{}", step.sequence, self.said),
            at: step.at.into(),
            sequence: step.sequence.unsigned_abs(),
            actor,
            code: code.to_owned(),
            params,
        });
        self.said += 1;
    }

    /// A job that was done in the instant in which it came up did not wait.
    fn no_longer_waits(&mut self, step: &HistoryStep, job: redthread_core::Key) {
        let Some(index) = self.waiting.remove(&job) else {
            return;
        };
        if self
            .entries
            .get(index)
            .is_some_and(|entry| entry.at.0 == step.at)
        {
            self.entries.remove(index);
            for later in self.waiting.values_mut().filter(|later| **later > index) {
                *later -= 1;
            }
        }
    }

    fn value(&mut self, step: &HistoryStep, scope: redthread_core::Key, name: &str, value: Value) {
        let old = self.values.insert((scope, name.to_owned()), value.clone());
        if let Command::SetVariables { reason, .. } = &step.command {
            let mut params = params([("variable", json!(name)), ("value", value)]);
            put(&mut params, "old", old.as_ref());
            put(&mut params, "reason", reason.as_ref());
            self.say(step, "variable.set", params);
        }
    }

    fn name(&self, login: Option<&str>) -> Option<String> {
        login.map(|login| self.people.of(login).name)
    }

    fn element(&self, id: &str) -> Map<String, Value> {
        params([
            ("element", json!(id)),
            ("elementName", json!(self.label(id))),
        ])
    }

    /// What people call an element, or the process itself.
    fn label<'s>(&'s self, id: &'s str) -> &'s str {
        match self.graph.find(id) {
            Some(ix) => self.graph.element(ix).label(),
            None if *self.graph.id == *id => self.graph.name.as_deref().unwrap_or(id),
            None => id,
        }
    }

    /// The element of a visit.
    fn visited(&self, element_instance: redthread_core::Key) -> Map<String, Value> {
        let visit = self.visits.get(&element_instance);
        visit
            .map(|element| self.element(element))
            .unwrap_or_default()
    }

    /// The element at which something waits or waited.
    fn about(&self, waiting: redthread_core::Key) -> Map<String, Value> {
        if let Some(event) = self.events.get(&waiting) {
            return self.element(event);
        }
        let owner = self.owners.get(&waiting);
        owner.map(|owner| self.visited(*owner)).unwrap_or_default()
    }

    /// A decision that was made, with its reasons.
    fn decided(
        &self,
        element_instance: redthread_core::Key,
        evaluation: &DecisionEvaluation,
    ) -> Map<String, Value> {
        let mut params = self.visited(element_instance);
        let decision = &evaluation.decision;
        put(&mut params, "decision", Some(&decision.id));
        put(&mut params, "decisionName", Some(&decision.name));
        put(&mut params, "version", Some(&decision.version));
        put(&mut params, "decisionKey", Some(&Key::from(decision.key)));
        put(&mut params, "explanation", Some(&evaluation.explanation));
        put(&mut params, "leftOut", Some(&evaluation.left_out));
        params
    }

    fn job(&self, job: redthread_core::Key) -> Map<String, Value> {
        let mut params = self.about(job);
        put(&mut params, "jobType", self.jobs.get(&job));
        let listener = self.listeners.get(&job).map(|listener| listener.on);
        put(&mut params, "listener", listener.as_ref());
        params
    }
}

fn params<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn put<T: Serialize>(params: &mut Map<String, Value>, name: &str, value: Option<&T>) {
    if let Some(value) = value {
        params.insert(name.to_owned(), json!(value));
    }
}
