//! What came up in a step that the runtime still has to see to.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use redthread_core::Key;
use redthread_core::state::WaitKind;
use sea_orm::TransactionTrait;

use super::batch::Batch;
use super::cache::Live;
use super::follow_up::FollowUp;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::world::{OpenTask, RecordRef};

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
                    self.announce(instance, task, actor, true).await?
                }
                Noticed::TaskAssigned { instance, task } => {
                    self.announce(instance, task, actor, false).await?
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

    /// Lets the world tell people of a task. A notice that fails does not keep the process from going on.
    async fn announce(
        &mut self,
        instance: Key,
        task: Key,
        actor: &Actor,
        is_new: bool,
    ) -> Result<(), RuntimeError> {
        let live = self.live(instance).await?;
        let Some(wait) = live.state.waits.get(&task) else {
            return Ok(());
        };
        let WaitKind::Task(data) = &wait.what else {
            return Ok(());
        };
        let Some(element) = live.state.elements.get(&wait.element_instance) else {
            return Ok(());
        };
        let open = OpenTask {
            key: task,
            instance,
            process: live.definition.process_id.clone(),
            process_name: live.definition.name.clone(),
            element: element.element.clone(),
            name: live.definition.label(&element.element).to_owned(),
            subject: live.state.subject.clone(),
            task: data.clone(),
        };
        let (world, context) = (self.inner.world.clone(), self.context(actor.clone()));
        let savepoint = self.tx.begin().await?;
        let telling = async {
            if is_new {
                world.task_created(&savepoint, &context, &open).await
            } else {
                world.task_assigned(&savepoint, &context, &open).await
            }
        };
        let told = AssertUnwindSafe(telling).catch_unwind().await;
        if let Err(why) = self.settle(savepoint, told).await? {
            tracing::warn!(%task, why, "nobody could be told of a task");
        }
        Ok(())
    }
}
