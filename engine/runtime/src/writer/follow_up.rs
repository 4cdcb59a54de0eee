//! What follows from a step within its own transaction: connectors, messages and signals, called instances, changes that
//! wake others. Beyond a budget the rest goes to the inbox, so that a cascade cannot hold up everybody else.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use redthread_bpmn::graph::Id;
use redthread_core::command::Variables;
use redthread_core::event::MessageData;
use redthread_core::{Command, Key};
use serde::{Deserialize, Serialize};

use super::batch::Batch;
use super::calls::Called;
use super::guard::said;
use super::signals::Broadcast;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::world::RecordChange;

/// Follow-ups of one submission within its own transaction.
const BUDGET: usize = 500;
/// Messages, signals and calls in one chain at most: each led to the next without anything having been waited for.
const CHAIN: u32 = 3_000;
/// What people are told when a chain has become that long.
const CIRCLE: &str = "The processes go in a circle: 3,000 messages, signals and calls have led from one to the next, and nothing was waited for. Mend the diagrams, then cancel the process or change its values.";

/// A follow-up, and how many messages, signals and calls have led to it without anything having been waited for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Linked {
    #[serde(default, skip_serializing_if = "is_zero")]
    pub chain: u32,
    #[serde(flatten)]
    pub work: FollowUp,
}

fn is_zero(chain: &u32) -> bool {
    *chain == 0
}

/// Something that follows from a step. Stored in the inbox where it has to wait.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(super) enum FollowUp {
    /// A command to another instance, or to the same one.
    Step {
        instance: Key,
        command: Command,
        actor: Actor,
    },
    /// A new instance, as its start command says.
    Start { command: Command, actor: Actor },
    /// A process is called.
    Call(Called),
    /// A connector does a job.
    Perform { instance: Key, job: Key },
    /// A job that waits for a record hears of its change.
    TellJob {
        instance: Key,
        job: Key,
        change: Box<RecordChange>,
        /// Who changed it.
        #[serde(default = "redthread")]
        actor: Actor,
    },
    /// A subscription looks through the messages that are kept.
    LookForMessage { instance: Key, subscription: Key },
    /// A message that an instance sends is published.
    Publish {
        /// The instance.
        from: Key,
        message: MessageData,
        variables: Variables,
        actor: Actor,
    },
    /// A signal reaches those who wait for it, some at a time.
    Broadcast(Broadcast),
    /// The instance that a message had started has ended: a message with the same key that is kept may start the next.
    LookForStart {
        process: Id,
        name: String,
        correlation_key: String,
    },
}

fn redthread() -> Actor {
    Actor::System
}

impl FollowUp {
    /// Whose work it is, or who is the reason for it.
    pub(super) fn instance(&self) -> Key {
        match self {
            FollowUp::Start {
                command: Command::Start { instance, .. },
                ..
            }
            | FollowUp::Step { instance, .. }
            | FollowUp::Perform { instance, .. }
            | FollowUp::TellJob { instance, .. }
            | FollowUp::LookForMessage { instance, .. } => *instance,
            FollowUp::Call(called) => called.caller,
            FollowUp::Publish { from, .. } => *from,
            FollowUp::Broadcast(broadcast) => broadcast.from.unwrap_or(Key(0)),
            // Only start commands start.
            FollowUp::Start { .. } | FollowUp::LookForStart { .. } => Key(0),
        }
    }

    /// Whether it has no meaning any more once its instance has ended.
    pub(super) fn ends_with_instance(&self) -> bool {
        match self {
            FollowUp::Step { .. }
            | FollowUp::Perform { .. }
            | FollowUp::TellJob { .. }
            | FollowUp::LookForMessage { .. }
            | FollowUp::Call(_) => true,
            FollowUp::Start { .. }
            | FollowUp::Publish { .. }
            | FollowUp::Broadcast(_)
            | FollowUp::LookForStart { .. } => false,
        }
    }

    /// Whether it is what an instance that goes in a circle would have done next.
    pub(super) fn goes_on(&self) -> bool {
        matches!(
            self,
            FollowUp::Step {
                command: Command::Continue,
                ..
            } | FollowUp::Perform { .. }
                | FollowUp::Call(_)
                | FollowUp::Publish { .. }
                | FollowUp::Broadcast(_)
        )
    }
}

impl Batch<'_> {
    /// Something is to be done after what is queued already.
    pub(super) fn queue(&mut self, work: FollowUp) {
        let chain = self.chain;
        self.follow_ups.push_back(Linked { chain, work });
    }

    /// Something is to be done next.
    pub(super) fn queue_first(&mut self, work: FollowUp) {
        let chain = self.chain;
        self.follow_ups.push_front(Linked { chain, work });
    }

    /// A message, a signal or a call: one more link of a chain that must not become endless.
    pub(super) fn queue_link(&mut self, work: FollowUp) {
        let chain = self.chain.saturating_add(1);
        self.follow_ups.push_back(Linked { chain, work });
    }

    /// Does what follows from the submission until nothing is left, or leaves the rest in the inbox.
    pub(super) async fn follow_up(&mut self) -> Result<(), RuntimeError> {
        let mut budget = BUDGET;
        loop {
            self.take_changes_made().await?;
            let Some(next) = self.follow_ups.pop_front() else {
                return Ok(());
            };
            self.chain = next.chain;
            if next.chain > CHAIN {
                self.stop(&next.work, CIRCLE).await?;
                continue;
            }
            if budget == 0 {
                self.leave_in_inbox(&next.work).await?;
                continue;
            }
            budget -= 1;
            self.follow(next.work).await?;
        }
    }

    async fn follow(&mut self, next: FollowUp) -> Result<(), RuntimeError> {
        let before = self.revision;
        let kept = next.clone();
        match self.follow_guarded(next).await {
            Ok(()) => Ok(()),
            Err(error) if is_too_late(&error) => {
                // What it was for has ended meanwhile.
                tracing::debug!(%error, "a follow-up came too late");
                Ok(())
            }
            Err(error @ (RuntimeError::Damaged { .. } | RuntimeError::Internal(_)))
                if self.revision == before =>
            {
                // Whoever caused it is not to blame: its own work is kept, and the other instance's is set aside.
                tracing::error!(%error, "an instance cannot be woken; its work is set aside in the inbox");
                self.set_aside(&kept, &error).await
            }
            Err(error) => Err(error),
        }
    }

    /// A panic is a mistake of ours like any other.
    pub(super) async fn follow_guarded(&mut self, next: FollowUp) -> Result<(), RuntimeError> {
        let done = AssertUnwindSafe(self.follow_unguarded(next))
            .catch_unwind()
            .await;
        done.unwrap_or_else(|panic| Err(RuntimeError::Internal(said(&*panic))))
    }

    async fn follow_unguarded(&mut self, next: FollowUp) -> Result<(), RuntimeError> {
        match next {
            FollowUp::Step {
                instance,
                command,
                actor,
            } => {
                let cancels = matches!(command, Command::Cancel { .. });
                match self.step(instance, command, actor).await {
                    // A called instance that was not wanted any more before it began.
                    Err(RuntimeError::Unknown { .. }) if cancels => Ok(()),
                    done => done,
                }
            }
            FollowUp::Start { command, actor } => self.start_as_told(command, actor).await,
            FollowUp::Call(called) => self.call(called).await,
            FollowUp::Perform { instance, job } => self.perform(instance, job).await,
            FollowUp::TellJob {
                instance,
                job,
                change,
                actor,
            } => self.tell_job(instance, job, &change, actor).await,
            FollowUp::LookForMessage {
                instance,
                subscription,
            } => self.look_for_message(instance, subscription).await,
            FollowUp::Publish {
                message,
                variables,
                actor,
                ..
            } => self.publish_thrown(message, variables, actor).await,
            FollowUp::Broadcast(broadcast) => self.broadcast(broadcast).await.map(drop),
            FollowUp::LookForStart {
                process,
                name,
                correlation_key,
            } => self.look_for_start(&process, &name, &correlation_key).await,
        }
    }

    async fn start_as_told(&mut self, command: Command, actor: Actor) -> Result<(), RuntimeError> {
        let Command::Start {
            instance,
            definition,
            ..
        } = &command
        else {
            return Ok(());
        };
        let (instance, before) = (*instance, self.revision);
        let started = match self.definition(*definition).await {
            Ok(definition) => self.step_new(instance, definition, command, actor).await,
            Err(error) => Err(error),
        };
        if started.is_err() && self.revision == before {
            // It must not keep others with the same key from being started.
            self.release_starts(instance).await?;
        }
        started
    }
}

/// Whether what a follow-up was for has ended meanwhile, or was there twice.
pub(super) fn is_too_late(error: &RuntimeError) -> bool {
    matches!(
        error,
        RuntimeError::Rejected(_) | RuntimeError::DuplicateMessage { .. }
    )
}
