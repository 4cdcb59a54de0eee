//! What the world and closures do runs under savepoints of its own: kept when it went well, undone when it failed or
//! panicked.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, TransactionTrait};

use super::batch::Batch;
use super::submission::{Answer, Erased};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::world::{WorldError, WriteContext};

/// How long a closure given to [`crate::Runtime::write`] may take. Everybody else waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs what the world does: a panic is caught, and what does not end is given up. It has to wait for something to be
/// given up: what computes without end cannot be ended from outside.
pub(super) async fn patiently<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, WorldError>>,
) -> std::thread::Result<Result<T, WorldError>> {
    let bounded = async {
        let done = tokio::time::timeout(patience, work).await;
        done.unwrap_or_else(|_| {
            let seconds = patience.as_secs_f32();
            Err(WorldError::Failed(format!(
                "The connector did not end within {seconds} seconds and was given up. Nothing of it was kept."
            )))
        })
    };
    AssertUnwindSafe(bounded).catch_unwind().await
}

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
                if let Err(error) = still_works(&savepoint).await {
                    self.undo(savepoint).await?;
                    return Ok(Err(format!(
                        "The connector went on after the database had refused one of its statements ({error})."
                    )));
                }
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
        let savepoint = self.tx().await?.begin().await?;
        let bounded = tokio::time::timeout(PATIENCE, write(&savepoint, &context));
        match AssertUnwindSafe(bounded).catch_unwind().await {
            // The closure has its error; to the runtime it is a write that did nothing.
            Ok(Ok(Answer::Undone)) => {
                self.undo(savepoint).await?;
                Ok(Answer::Undone)
            }
            Ok(Ok(written)) => {
                self.revision += 1;
                self.world_wrote = true;
                savepoint.commit().await?;
                Ok(written)
            }
            Ok(Err(_)) => {
                self.undo(savepoint).await?;
                let seconds = PATIENCE.as_secs();
                Err(RuntimeError::Internal(format!(
                    "a write did not end within {seconds} seconds"
                )))
            }
            Err(panic) => {
                self.undo(savepoint).await?;
                Err(RuntimeError::Internal(said(&*panic)))
            }
        }
    }

    pub(super) async fn due_work(&mut self) -> Result<(), RuntimeError> {
        let context = self.context(Actor::System);
        let savepoint = self.tx().await?.begin().await?;
        let world = self.inner.world.clone();
        let ran = patiently(world.patience(), world.due_work(&savepoint, &context)).await;
        match self.settle(savepoint, ran).await? {
            Ok(()) => Ok(()),
            Err(why) => Err(WorldError::Failed(why).into()),
        }
    }
}

/// PostgreSQL takes no statement after one that failed, until it is rolled back: who went on regardless is found out here,
/// while that can still be done to their savepoint alone.
async fn still_works(savepoint: &DatabaseTransaction) -> Result<(), sea_orm::DbErr> {
    match savepoint.get_database_backend() {
        DbBackend::Postgres => savepoint.execute_unprepared("SELECT 1").await.map(drop),
        _ => Ok(()),
    }
}

/// What a panic said.
pub(super) fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic".to_owned())
}
