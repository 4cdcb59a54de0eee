//! What is handed to the engine, and what it hands back.

use redthread_bpmn::graph::Id;
use redthread_calendar::{IsoDuration, Timestamp};
use redthread_core::command::{Subject, Variables};
use redthread_core::{Command, Event, Key};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

/// A new instance.
#[derive(Clone, Debug)]
pub struct StartInstance {
    /// Of which process.
    pub process: ProcessRef,
    /// At which start event; none: where it begins without anything having occurred.
    pub element: Option<Id>,
    /// With which variables.
    pub variables: Variables,
    /// About which record.
    pub subject: Option<Subject>,
}

/// A process, or one version of it.
#[derive(Clone, Debug)]
pub enum ProcessRef {
    /// The latest version of the process with this id.
    Latest(String),
    /// Exactly this definition.
    Definition(Key),
}

/// A message from outside.
#[derive(Clone, Debug)]
pub struct Message {
    /// The name by which events wait for it.
    pub name: String,
    /// The correlation key; empty: for events that wait without one.
    pub correlation_key: String,
    /// Its variables.
    pub variables: Variables,
    /// Its sender's id: the same id again is refused while the first is kept.
    pub id: Option<String>,
    /// How long it is kept for those who come to wait for it later.
    pub ttl: Option<IsoDuration>,
}

/// A signal from outside.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The name by which events wait for it.
    pub name: String,
    /// Its variables.
    pub variables: Variables,
}

/// What became of a signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signalled {
    /// The instances that received it, or were started by it.
    pub instances: Vec<Key>,
    /// These are the first of many: it reaches the others in a moment.
    pub more: bool,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The message's key.
    pub message: Key,
    /// The instances that received it, or were started by it.
    pub instances: Vec<Key>,
    /// It is kept until its time is over.
    pub kept: bool,
}

/// A step that is committed.
#[derive(Clone, Debug, PartialEq)]
pub struct CommittedStep {
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: Id,
    /// The definition.
    pub definition: Key,
    /// The step's place in the instance's history, counted from 1.
    pub sequence: i64,
    /// The process time.
    pub at: Timestamp,
    /// Who asked for it.
    pub actor: Actor,
    /// What was asked.
    pub command: Command,
    /// What happened.
    pub events: Vec<Event>,
}
