//! What an instance waits for, and what it sends: tasks, jobs, timers, messages, signals, conditions, calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use redthread_bpmn::graph::{Id, RecordOperation};
use redthread_calendar::Timestamp;
use serde::{Deserialize, Serialize};

use crate::key::Key;

/// How something that was waited for ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ended {
    /// As it should: the task was completed, the timer fired, the message came.
    Completed,
    /// It is not needed any more.
    Cancelled,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskData {
    /// Login of the person who has it.
    pub assignee: Option<String>,
    /// Names of the teams whose members may take it.
    pub candidate_teams: Vec<String>,
    /// Logins of the people who may take it.
    pub candidate_users: Vec<String>,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// When to look at it again.
    pub follow_up: Option<Timestamp>,
    /// The id of its form.
    pub form: Option<String>,
    /// How urgent it is, from 0 to 100; none: as usual, which is 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobData {
    /// Who does it: a connector's or a worker's type.
    pub job_type: String,
    /// Tries that are left.
    pub retries: u32,
    /// Fixed values from the diagram.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Which of the element's listeners it is; none: it does the element's own work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<ListenerData>,
}

/// A listener's job.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerData {
    /// What it is told of.
    pub on: ListenerEvent,
    /// Its place in the list of those, from 0.
    pub nth: usize,
}

/// What a listener is told of.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListenerEvent {
    /// The element begins.
    Start,
    /// The element ends.
    End,
    /// A task is about to be there for people.
    Creating,
    /// A task is about to be completed.
    Completing,
}

/// A timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimerData {
    /// The event that it triggers: the catch event or the boundary event.
    pub element: Id,
    /// When.
    pub due: Timestamp,
    /// How it goes on after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// How a timer with a cycle goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repeat {
    /// The cycle as it was evaluated when the timer was first scheduled.
    pub cycle: String,
    /// When it was first scheduled: its times count from there.
    pub since: Timestamp,
    /// Which of its times is the next, from 1.
    pub nth: u64,
}

/// A message that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionData {
    /// The event that it triggers: the catch event or the boundary event.
    pub element: Id,
    /// The message's name.
    pub name: String,
    /// The correlation key, as text.
    pub correlation_key: String,
}

/// A change of a record that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchData {
    /// The event that it triggers: the catch event or the boundary event.
    pub element: Id,
    /// The record's kind.
    pub kind: String,
    /// The record's key: the instance's subject when it is of that kind; none: any record of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What happens to it.
    pub operation: RecordOperation,
}

/// A signal that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignalData {
    /// The event that it triggers.
    pub element: Id,
    /// The signal's name.
    pub name: String,
}

/// A condition that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionData {
    /// The event that it triggers.
    pub element: Id,
    /// Which of the event's triggers it is, from 0.
    pub nth: usize,
    /// Whether it was true when it was last looked at: it triggers when it becomes true.
    pub holds: bool,
}

/// A call of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallData {
    /// The process's id.
    pub process: Arc<str>,
    /// The key of the definition.
    pub definition: Key,
}

/// A message that is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageData {
    /// The message's name.
    pub name: String,
    /// What it is correlated by; empty: by its name alone.
    pub correlation_key: String,
    /// A second message with the same name, correlation key and id does nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Until when it waits for somebody to come for it; none: as long as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}
