//! What can be put into the writer's queue, and what comes back.

use std::future::Future;
use std::pin::Pin;

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_core::command::Variables;
use redthread_core::{Command, Key, limits};
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::claims::{Claim, Handed, Unwanted};
use super::deployments::Plan;
use super::reports::Report;
use crate::actor::Actor;
use crate::deploy::Deployed;
use crate::error::RuntimeError;
use crate::jobs::Lease;
use crate::once::Ticket;
use crate::request::{Message, Published, Signal, Signalled, StartInstance};
use crate::world::WriteContext;

/// Something to be done in the writer's next batch.
pub(crate) struct Submission {
    pub work: Work,
    pub actor: Actor,
    /// Its idempotency key: the same again is answered, and not done again.
    pub once: Option<Ticket>,
    /// Its share of what may wait, until it is answered.
    #[expect(dead_code, reason = "the share is given back when it goes away")]
    pub room: Option<OwnedSemaphorePermit>,
    /// Told after the commit, or after the refusal.
    pub reply: oneshot::Sender<Result<Answer, RuntimeError>>,
}

/// What is to be done. All of it can be run again from the start when its batch has to be taken apart.
pub(crate) enum Work {
    /// A command to an instance.
    Command { instance: Key, command: Command },
    /// A command to the instance that a task, job or incident belongs to.
    Addressed { to: Addressed, command: Command },
    /// Start an instance.
    Start(StartInstance),
    /// Store files and definitions.
    Deploy(std::sync::Arc<Plan>),
    /// Publish a message.
    Publish(Message),
    /// Send a signal.
    Signal(Signal),
    /// Write something else than processes.
    Write(Erased),
    /// A timer of an instance is due.
    Timer { instance: Key, timer: Key, due: i64 },
    /// The timer start event of a definition is due.
    StartTimer {
        definition: Key,
        element: Id,
        nth: i32,
    },
    /// A connector tries a job again.
    RetryJob { instance: Key, job: Key },
    /// A worker takes jobs, if it still waits for the answer.
    ClaimJobs(std::sync::Arc<Claim>),
    /// A worker says what became of a job that it holds.
    Report { lease: Lease, report: Report },
    /// Jobs did not arrive at the worker that took them.
    GiveBack(Vec<Unwanted>),
    /// Reminders and other work of the world's own are due.
    WorldDue,
    /// Work that an earlier step left in the inbox.
    Inbox(Key),
    /// The clock was moved: remember how far, as every batch does, and tell listeners.
    RememberClock,
}

/// What a closure counts while it waits: it keeps what a request brought.
const WRITE: u64 = 32 * 1024;
/// What anything counts beside its values.
const PLAIN: u64 = 1024;

impl Work {
    /// Refuses what brings more than is possible.
    pub fn admit(&self) -> Result<(), RuntimeError> {
        match self.variables() {
            Some(variables) => Ok(limits::admit(variables)?),
            None => Ok(()),
        }
    }

    /// About how many bytes it takes while it waits.
    pub fn size(&self) -> u64 {
        let brings = match self {
            Work::Deploy(plan) => {
                let files = plan.files.iter().map(|file| file.bytes.len() as u64);
                files.fold(0, u64::saturating_add)
            }
            Work::Write(_) => WRITE,
            _ => self.variables().map_or(0, limits::size_of),
        };
        brings.saturating_add(PLAIN)
    }

    fn variables(&self) -> Option<&Variables> {
        match self {
            Work::Start(start) => Some(&start.variables),
            Work::Publish(message) => Some(&message.variables),
            Work::Signal(signal) => Some(&signal.variables),
            Work::Command { command, .. } | Work::Addressed { command, .. } => command.variables(),
            Work::Report { report, .. } => report.variables(),
            _ => None,
        }
    }
}

/// What a command is addressed by, where its sender does not know the instance.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Addressed {
    Task(Key),
    Job(Key),
    Incident(Key),
}

/// A closure given to [`crate::Runtime::write`], which keeps its result to itself. It answers
/// [`Answer::Undone`] where nothing of it is to be kept.
pub(crate) type Erased = Box<
    dyn for<'a> Fn(
            &'a DatabaseTransaction,
            &'a WriteContext,
        ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>
        + Send
        + Sync,
>;

/// What a submission led to. Stored where it carries an idempotency key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answer {
    Done,
    /// A write failed by itself: nothing of it was kept.
    Undone,
    /// What a write gave, as JSON.
    Written(String),
    Started(Key),
    Deployed(Deployed),
    Published(Published),
    Signalled(Signalled),
    /// Not stored: a claim that is repeated claims again, and leases that nobody knows of run out.
    #[serde(skip)]
    Jobs(Handed),
    LeasedUntil(Timestamp),
}

impl Answer {
    /// Work of one kind was answered as if it were another: a mistake of ours.
    pub fn unexpected(self) -> RuntimeError {
        RuntimeError::Internal(format!("unexpected answer {self:?}"))
    }
}
