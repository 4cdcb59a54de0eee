//! Telling people of the tasks that a batch gave to them: once for all of them, when everything else is done.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use redthread_core::Key;
use redthread_core::state::WaitKind;
use sea_orm::TransactionTrait;

use super::batch::Batch;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::world::{GivenTask, OpenTask};

impl Batch<'_> {
    /// A task was given to people; they are told at the end of the batch.
    pub(super) async fn given(
        &mut self,
        instance: Key,
        task: Key,
        by: &Actor,
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
        if self.inner.world.tells_of(&open) {
            self.given.push(GivenTask {
                task: open,
                is_new,
                by: by.clone(),
            });
        }
        Ok(())
    }

    /// Lets the world tell people of their tasks. A notice that fails does not keep the process from going on.
    pub(super) async fn tell_of_tasks(&mut self) -> Result<(), RuntimeError> {
        let mut given = std::mem::take(&mut self.given);
        // What has ended meanwhile is nobody's task any more.
        given.retain(|given| {
            let live = self.live.get(&given.task.instance);
            live.is_none_or(|live| live.state.waits.contains_key(&given.task.key))
        });
        if given.is_empty() || self.tell(&given).await?.is_ok() {
            return Ok(());
        }
        for one in given.chunks(1) {
            if let Err(why) = self.tell(one).await? {
                let task = one.first().map(|given| given.task.key);
                tracing::warn!(?task, why, "nobody could be told of a task");
            }
        }
        Ok(())
    }

    async fn tell(&mut self, given: &[GivenTask]) -> Result<Result<(), String>, RuntimeError> {
        let (world, context) = (self.inner.world.clone(), self.context(Actor::System));
        let savepoint = self.tx().await?.begin().await?;
        let telling = world.tasks_given(&savepoint, &context, given);
        let told = AssertUnwindSafe(telling).catch_unwind().await;
        self.settle(savepoint, told).await
    }
}
