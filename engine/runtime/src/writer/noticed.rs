//! What came up in a step that the runtime still has to see to.

use redthread_core::Key;

use super::batch::Batch;
use super::cache::Live;
use super::follow_up::FollowUp;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::world::RecordRef;

/// What came up in a step that the runtime still has to see to.
#[derive(Debug)]
pub(super) enum Noticed {
    TaskCreated {
        instance: Key,
        task: Key,
    },
    TaskAssigned {
        instance: Key,
        task: Key,
    },
    /// A job that a connector does.
    JobToPerform {
        instance: Key,
        job: Key,
    },
    /// The element of a job that waits for a record was ended.
    JobAbandoned {
        before: Box<Abandoned>,
    },
    SubscriptionOpened {
        instance: Key,
        subscription: Key,
    },
    /// Something that follows, as another link of a chain.
    Follows(FollowUp),
    /// Something that follows from an end, and is no further link.
    FollowsEnd(FollowUp),
    /// The instance has ended.
    Ended {
        instance: Key,
    },
}

/// A job that was given up, and what it waited for.
#[derive(Debug)]
pub(super) struct Abandoned {
    pub live: Live,
    pub job: Key,
    /// None: this batch has not seen the row; it is looked up.
    pub waiting_on: Option<RecordRef>,
}

impl Batch<'_> {
    /// Sees to what came up in a step.
    pub(super) async fn notice(
        &mut self,
        noticed: Vec<Noticed>,
        actor: &Actor,
    ) -> Result<(), RuntimeError> {
        for one in noticed {
            match one {
                Noticed::TaskCreated { instance, task } => {
                    self.given(instance, task, actor, true).await?
                }
                Noticed::TaskAssigned { instance, task } => {
                    self.given(instance, task, actor, false).await?
                }
                Noticed::JobToPerform { instance, job } => {
                    self.queue(FollowUp::Perform { instance, job });
                }
                Noticed::JobAbandoned { before } => self.abandon(*before).await?,
                Noticed::Follows(work) => self.queue_link(work),
                Noticed::FollowsEnd(work) => self.queue(work),
                Noticed::Ended { instance } => {
                    let live = self.live(instance).await?;
                    if live.definition.starts_by_message {
                        self.release_starts(instance).await?;
                    }
                }
                Noticed::SubscriptionOpened {
                    instance,
                    subscription,
                } => {
                    self.queue(FollowUp::LookForMessage {
                        instance,
                        subscription,
                    });
                }
            }
        }
        Ok(())
    }
}
