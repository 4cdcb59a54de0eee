//! What an instance is at a moment: scopes, tokens, variables, and what is waited for.
//!
//! The state holds living things only: what has ended is in the history. It is stored as self-describing JSON and names
//! elements by their BPMN ids, so that an older program can read what a newer one wrote.

use std::collections::BTreeMap;

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::body::{Body, Compensable, MultiInstance, Undoes};
pub use crate::caller::{Caller, OuterCatch, Thrown};
use crate::command::{Subject, Variables};
use crate::incident::IncidentCode;
use crate::key::Key;
pub use crate::living::{Living, Owned, Token, Tokens};
use crate::waiting::{
    CallData, ConditionData, JobData, SignalData, SubscriptionData, TaskData, TimerData, WatchData,
};

/// One run of a definition. Written by [`crate::apply`] only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceState {
    /// The instance's key; it is also the key of its outermost scope.
    pub key: Key,
    /// The process's id.
    pub process: Id,
    /// The definition's key.
    pub definition: Key,
    /// The record it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The processes whose changes led to its start, the latest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Id>,
    /// The call that it does; none: nobody waits for its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// Whether it runs or how it ended.
    pub status: Status,
    /// When it started.
    pub started: Timestamp,
    /// The variables of its outermost scope.
    pub variables: Variables,
    /// The living element instances.
    pub elements: Living<ElementInstance>,
    /// Tokens that stand on sequence flows, in the order in which they came.
    #[serde(skip_serializing_if = "Tokens::is_empty")]
    pub tokens: Tokens,
    /// What is waited for, by its own key.
    pub waits: Living<Wait>,
    /// What is stuck, by the incident's key.
    #[serde(skip_serializing_if = "Living::is_empty")]
    pub incidents: Living<Incident>,
    /// Completed activities that can still be undone, in the order in which they completed.
    #[serde(skip_serializing_if = "Living::is_empty")]
    pub compensable: Living<Compensable>,
}

/// Whether an instance runs, or how it ended.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It has not been started.
    #[default]
    New,
    /// It runs.
    Active,
    /// All its tokens have ended.
    Completed,
    /// It was cancelled.
    Terminated,
    /// It ended with an error that nothing catches.
    Failed,
}

impl Status {
    /// The word that `play` and the API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Active => "active",
            Status::Completed => "completed",
            Status::Terminated => "terminated",
            Status::Failed => "failed",
        }
    }
}

/// One visit of an instance to an element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ElementInstance {
    /// The element.
    pub element: Id,
    /// The instance, or the element instance of the sub-process, in which it stands.
    pub scope: Key,
    /// Where it is in its life.
    pub phase: Phase,
    /// When it began.
    pub since: Timestamp,
    /// Its local variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: Variables,
    /// What it keeps of its work beside variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<Body>>,
    /// What it undoes: it was begun by a compensation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Box<Undoes>>,
}

impl ElementInstance {
    /// What it keeps of its work beside variables.
    pub fn body(&self) -> Option<&Body> {
        self.body.as_deref()
    }
}

/// The life of an element instance: activating -> active -> completing -> (completed). Those that ended are gone.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Its inputs are being mapped and its events opened; an incident may hold it here.
    Activating,
    /// It does its work.
    Active,
    /// Its outputs are being mapped; an incident may hold it here.
    Completing,
}

/// Something that an element instance waits for. The events of event sub-processes are waited for by the scope around
/// them: by the instance itself, for those of the process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// The element instance that waits, or the instance.
    pub element_instance: Key,
    /// What it waits for.
    #[serde(flatten)]
    pub what: WaitKind,
}

/// What can be waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitKind {
    /// A person.
    Task(TaskData),
    /// A program.
    Job(JobData),
    /// A time.
    Timer(TimerData),
    /// A message.
    Subscription(SubscriptionData),
    /// A change of a record.
    Watch(WatchData),
    /// A signal.
    Signal(SignalData),
    /// A condition that becomes true.
    Condition(ConditionData),
    /// The end of a called instance, which has the same key.
    Call(CallData),
}

impl WaitKind {
    /// The event that occurs when what is waited for comes; none: the element itself waits.
    pub fn event(&self) -> Option<&Id> {
        match self {
            WaitKind::Timer(timer) => Some(&timer.element),
            WaitKind::Subscription(subscription) => Some(&subscription.element),
            WaitKind::Watch(watch) => Some(&watch.element),
            WaitKind::Signal(signal) => Some(&signal.element),
            WaitKind::Condition(condition) => Some(&condition.element),
            WaitKind::Task(_) | WaitKind::Job(_) | WaitKind::Call(_) => None,
        }
    }
}

/// Why an element instance is stuck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// The element instance.
    pub element_instance: Key,
    /// The stable code.
    pub code: IncidentCode,
    /// Why, for people.
    pub message: String,
}

impl Owned for ElementInstance {
    fn owner(&self) -> Key {
        self.scope
    }
}

impl Owned for Wait {
    fn owner(&self) -> Key {
        self.element_instance
    }
}

impl Owned for Incident {
    fn owner(&self) -> Key {
        self.element_instance
    }
}

impl InstanceState {
    /// The living element instances directly in `scope`, in the order in which they began.
    pub fn children(&self, scope: Key) -> impl Iterator<Item = (Key, &ElementInstance)> {
        self.elements.of(scope)
    }

    /// What an element instance waits for, in the order in which it was opened.
    pub fn waits_of(&self, element_instance: Key) -> impl Iterator<Item = (Key, &WaitKind)> {
        self.waits
            .of(element_instance)
            .map(|(key, wait)| (key, &wait.what))
    }

    /// Whether `scope` is the instance or one of its living element instances.
    pub fn is_scope(&self, scope: Key) -> bool {
        scope == self.key || self.elements.contains_key(&scope)
    }

    /// The variables of a scope.
    pub fn variables_of(&self, scope: Key) -> Option<&Variables> {
        if scope == self.key {
            Some(&self.variables)
        } else {
            self.elements.get(&scope).map(|e| &e.variables)
        }
    }

    /// All variables that can be seen from an element instance: its own, and those of the scopes around it that they do
    /// not hide.
    pub fn visible_variables(&self, from: Key) -> Variables {
        let mut visible = Variables::new();
        let mut scope = from;
        while let Some(variables) = self.variables_of(scope) {
            for (name, value) in variables {
                visible.entry(name.clone()).or_insert_with(|| value.clone());
            }
            let Some(element) = self.elements.get(&scope) else {
                break;
            };
            for (name, value) in element.undoes.iter().flat_map(|undoes| &undoes.variables) {
                visible.entry(name.clone()).or_insert_with(|| value.clone());
            }
            scope = element.scope;
        }
        visible
    }
}
