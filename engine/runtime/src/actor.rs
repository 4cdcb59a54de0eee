//! Who asked for something: kept in the history of every step.

use redthread_bpmn::graph::Id;
use redthread_core::Key;
use serde::{Deserialize, Serialize};

/// Who asked for a step or a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Actor {
    /// The server itself: a timer was due, a message that was kept found its receiver.
    System,
    /// A person who is signed in.
    User {
        /// The login.
        login: String,
        /// The name that people know.
        name: String,
    },
    /// A process: one of its connectors changed a record, or its end woke somebody.
    Process {
        /// The instance.
        instance: Key,
        /// The process's id.
        process: Id,
        /// The element that did it.
        element: Id,
    },
    /// A program that does jobs.
    Worker {
        /// What the program calls itself.
        name: String,
    },
}

impl Actor {
    /// The login, where a person asked.
    pub fn login(&self) -> Option<&str> {
        match self {
            Actor::User { login, .. } => Some(login),
            Actor::System | Actor::Process { .. } | Actor::Worker { .. } => None,
        }
    }
}
