//! A batch's turn at the database. While a batch is being written, the next one is decided on what is in memory. As soon as
//! it needs the database, it waits until the one before is committed: so it sees everything that came before it. Only rows
//! that are new may be written before that, in a transaction that is committed after the other one.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::DatabaseTransaction;
use tokio::sync::{OnceCell, watch};

use crate::database::{Connects, Database};
use crate::error::RuntimeError;

/// A batch that is being written, as those see it who come after it.
#[derive(Clone, Debug)]
pub(super) struct Before(watch::Receiver<bool>);

/// Says that a batch is committed. Where it goes away without a word, the batch was not.
#[derive(Debug)]
pub(super) struct Commits(watch::Sender<bool>);

/// A batch that begins to be written.
pub(super) fn commits() -> (Commits, Before) {
    let (sender, receiver) = watch::channel(false);
    (Commits(sender), Before(receiver))
}

impl Commits {
    /// It is committed, and everybody has been answered.
    pub fn committed(self) {
        self.0.send_replace(true);
    }
}

impl Before {
    /// Whether the batch is committed, or has failed.
    pub fn is_over(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until the batch is committed. Answers whether it was.
    pub async fn over(&self) -> bool {
        self.0
            .clone()
            .wait_for(|committed| *committed)
            .await
            .is_ok()
    }
}

/// A batch's turn at the database, which comes when the batch before is committed.
#[derive(Debug)]
pub(super) struct Turn {
    database: Database,
    before: Option<Before>,
    tx: OnceCell<DatabaseTransaction>,
    /// The database has taken no transaction.
    refused: AtomicBool,
}

impl Turn {
    pub fn after(before: Option<Before>, database: &Database) -> Turn {
        Turn {
            database: database.clone(),
            before,
            tx: OnceCell::new(),
            refused: AtomicBool::new(false),
        }
    }

    /// The batch's transaction, once the batch before is committed. It begins when it is asked for first.
    ///
    /// # Errors
    /// [`RuntimeError::Conflict`] where the batch before failed: what this one was decided on has not happened;
    /// [`RuntimeError::Unavailable`] where the database takes no transaction.
    pub async fn tx(&self) -> Result<&DatabaseTransaction, RuntimeError> {
        if let Some(before) = &self.before
            && !before.over().await
        {
            return Err(RuntimeError::Conflict);
        }
        self.tx.get_or_try_init(|| self.begin()).await
    }

    /// The batch's transaction for rows that depend on no others. Where the database takes several at a time, the batch
    /// before need not be committed yet.
    ///
    /// # Errors
    /// As of [`Turn::tx`].
    pub async fn tx_for_new(&self) -> Result<&DatabaseTransaction, RuntimeError> {
        if self.database.transactions() == 1 {
            return self.tx().await;
        }
        self.tx.get_or_try_init(|| self.begin()).await
    }

    async fn begin(&self) -> Result<DatabaseTransaction, RuntimeError> {
        if self.is_refused() {
            return Err(RuntimeError::Unavailable);
        }
        let begun = self.database.begin().await;
        begun.map_err(|error| {
            tracing::error!(%error, "the database takes no transaction");
            self.refused.store(true, Ordering::Relaxed);
            RuntimeError::Unavailable
        })
    }

    /// Whether the database has taken no transaction: nothing of the batch can be done.
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// The transaction that has begun, if one has.
    pub fn into_tx(self) -> Option<DatabaseTransaction> {
        self.tx.into_inner()
    }
}

impl Connects for Turn {
    type Connection = DatabaseTransaction;

    async fn connection(&self) -> Result<&DatabaseTransaction, RuntimeError> {
        self.tx().await
    }
}
