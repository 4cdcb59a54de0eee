//! A change in the making: within which transaction, when, by whom, and what led to it.

use crate::RecordKey;
use crate::key::KeySource;
use redthread_calendar::Timestamp;
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};

/// What every write needs. Nothing is committed here: the caller's transaction is.
pub struct Change<'a> {
    /// The transaction in which to write.
    pub tx: &'a DatabaseTransaction,
    /// The time of the change.
    pub now: Timestamp,
    /// Where new keys come from.
    pub keys: &'a dyn KeySource,
    /// Who changes.
    pub actor: Actor,
    /// What led to it.
    pub cause: Cause,
}

impl Change<'_> {
    /// A new key.
    pub(crate) fn next_key(&self) -> i64 {
        self.keys.next_key()
    }
}

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A person.
    User {
        /// Whose record among the users.
        key: RecordKey,
        /// Their name at that time.
        name: String,
    },
    /// An element of a running process.
    Process {
        /// The instance's key.
        instance: RecordKey,
        /// The process's id in its diagram.
        process: String,
        /// The element's id in its diagram.
        element: String,
    },
    /// The server itself.
    System,
}

/// What led to a change. A process does not start again from a change that it led to itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The ids of the processes whose changes led to this one, the first first.
    #[serde(default)]
    pub processes: Vec<String>,
}

/// What was done to a record.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// It is new.
    Created,
    /// Some of its fields have other values.
    Changed,
    /// It is gone.
    Deleted,
}

impl Operation {
    /// Its name in JSON, in the database and behind the dot of a record trigger.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Created => "created",
            Operation::Changed => "changed",
            Operation::Deleted => "deleted",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Operation::Created, Operation::Changed, Operation::Deleted]
            .into_iter()
            .find(|operation| operation.name() == name)
    }
}
