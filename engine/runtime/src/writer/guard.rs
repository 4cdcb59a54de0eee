//! What the world and closures do runs under savepoints of its own: kept when it went well, undone when it failed or
//! panicked.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use sea_orm::{DatabaseTransaction, TransactionTrait};

use super::batch::Batch;
use super::submission::{Answer, Erased};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::world::{WorldError, WriteContext};

impl Batch<'_> {
    /// What the world's writes happen with.
    pub(super) fn context(&self, actor: Actor) -> WriteContext {
        WriteContext {
            now: self.now,
            zone: self.zone,
            keys: self.inner.keys.clone(),
            actor,
            causes: Vec::new(),
            touches: self.touches.clone(),
        }
    }

    /// Keeps or undoes what the world did under a savepoint, and answers what it says or why it failed.
    pub(super) async fn settle<T>(
        &mut self,
        savepoint: DatabaseTransaction,
        ran: std::thread::Result<Result<T, WorldError>>,
    ) -> Result<Result<T, String>, RuntimeError> {
        match ran {
            Ok(Ok(value)) => {
                self.revision += 1;
                self.world_wrote = true;
                savepoint.commit().await?;
                Ok(Ok(value))
            }
            Ok(Err(error)) => {
                self.undo(savepoint).await?;
                Ok(Err(error.to_string()))
            }
            Err(panic) => {
                self.undo(savepoint).await?;
                Ok(Err(format!(
                    "The connector made a mistake ({}). Please tell its makers.",
                    said(&*panic)
                )))
            }
        }
    }

    async fn undo(&mut self, savepoint: DatabaseTransaction) -> Result<(), RuntimeError> {
        if let Err(error) = savepoint.rollback().await {
            // Then only the whole transaction can be rolled back.
            self.revision += 1;
            return Err(error.into());
        }
        Ok(())
    }

    pub(super) async fn write(
        &mut self,
        write: &Erased,
        actor: Actor,
    ) -> Result<Answer, RuntimeError> {
        let context = self.context(actor);
        let savepoint = self.tx.begin().await?;
        match AssertUnwindSafe(write(&savepoint, &context))
            .catch_unwind()
            .await
        {
            // The closure has its error; to the runtime it is a write that did nothing.
            Ok(Answer::Undone) => {
                self.undo(savepoint).await?;
                Ok(Answer::Undone)
            }
            Ok(written) => {
                self.revision += 1;
                self.world_wrote = true;
                savepoint.commit().await?;
                Ok(written)
            }
            Err(panic) => {
                self.undo(savepoint).await?;
                Err(RuntimeError::Internal(said(&*panic)))
            }
        }
    }

    pub(super) async fn due_work(&mut self) -> Result<(), RuntimeError> {
        let context = self.context(Actor::System);
        let savepoint = self.tx.begin().await?;
        let world = self.inner.world.clone();
        let ran = AssertUnwindSafe(world.due_work(&savepoint, &context))
            .catch_unwind()
            .await;
        match self.settle(savepoint, ran).await? {
            Ok(()) => Ok(()),
            Err(why) => Err(WorldError::Failed(why).into()),
        }
    }
}

/// What a panic said.
pub(super) fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic".to_owned())
}
