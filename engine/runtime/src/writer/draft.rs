//! A batch that is decided: everything that is to be written, and what is to be told when it is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use redthread_core::{Decision, Key};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Value};

use super::batch::json;
use super::rows::Rows;
use super::{answers, kept, many_rows};
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::feed::Feed;
use crate::inner::Inner;
use crate::request::CommittedStep;
use crate::schema::{Row, feed, instance, kept_answer};
use crate::workers::Freed;

/// Feed rows that are kept.
const FEED_KEPT: i64 = 10_000;
/// Every so many rows, older ones are deleted.
const FEED_SWEEP: i64 = 1_000;

/// What a batch is to write.
pub(super) struct Draft {
    pub instances: Instances,
    pub rows: Rows,
    pub answers: Vec<kept_answer::Model>,
    pub feed: Option<Feed>,
    /// Keys above this need another mark.
    pub mark: Option<Key>,
    /// How far the clock was moved ahead, where it has been moved.
    pub clock_offset: Option<i64>,
    pub news: News,
}

/// Rows of instances: one for each, however many steps it made in the batch.
#[derive(Default)]
pub(super) struct Instances {
    pub new: Vec<Vec<Value>>,
    /// Key, then [`Instances::COLUMNS`], then the version that the row has to have.
    pub changed: Vec<Vec<Value>>,
}

/// What others hear of once the batch is committed.
pub(super) struct News {
    pub definitions: Vec<Arc<Definition>>,
    pub decisions: Vec<Decision>,
    pub has_deployed: bool,
    /// The world has written: what is in memory of its own may change with the commit.
    pub world_wrote: bool,
    pub steps: Vec<CommittedStep>,
    pub left_in_inbox: bool,
    pub may_be_due: bool,
    /// Jobs for workers that wait.
    pub freed: Freed,
}

impl Instances {
    /// What changes of an instance.
    const COLUMNS: [&str; 7] = [
        "status",
        "version",
        "sequence",
        "state",
        "trail",
        "incidents",
        "ended",
    ];

    async fn write_new(&mut self, tx: &DatabaseTransaction) -> Result<(), RuntimeError> {
        let (table, columns) = (instance::Model::TABLE, instance::Model::COLUMNS);
        let new = std::mem::take(&mut self.new);
        Ok(many_rows::insert(tx, table, columns, new).await?)
    }

    async fn write_changes(self, tx: &DatabaseTransaction) -> Result<(), RuntimeError> {
        let expected = self.changed.len() as u64;
        let (table, columns) = (instance::Model::TABLE, &Self::COLUMNS);
        let written =
            many_rows::update_compared(tx, table, "key", columns, "version", self.changed);
        if written.await? == expected {
            Ok(())
        } else {
            Err(RuntimeError::Conflict)
        }
    }
}

impl Draft {
    /// Writes the rows that are new: they depend on nothing that may still be on its way.
    pub async fn write_new(&mut self, tx: &DatabaseTransaction) -> Result<(), RuntimeError> {
        self.instances.write_new(tx).await?;
        self.rows.write_new(tx).await?;
        match &self.feed {
            Some(feed) => write_feed(tx, feed).await,
            None => Ok(()),
        }
    }

    /// Writes what becomes of rows that are there, once the batch before is committed. After this only the commit is
    /// missing, and what is to be told.
    pub async fn write_changes(
        &mut self,
        tx: &DatabaseTransaction,
        inner: &Inner,
    ) -> Result<(), RuntimeError> {
        std::mem::take(&mut self.instances)
            .write_changes(tx)
            .await?;
        answers::write(tx, inner, std::mem::take(&mut self.answers)).await?;
        std::mem::take(&mut self.rows).write_changes(tx).await?;
        if let Some(offset) = self.clock_offset {
            kept::write_setting(tx, kept::CLOCK_OFFSET, offset.to_string()).await?;
        }
        if let Some(mark) = self.mark {
            kept::write_setting(tx, kept::KEY_MARK, mark.to_string()).await?;
        }
        Ok(())
    }

    /// Tells everybody that it is committed.
    pub fn publish(self, inner: &Inner) {
        let news = self.news;
        if news.has_deployed {
            inner.definitions.forget_latest();
            inner.decisions.forget_latest();
        }
        for definition in news.definitions {
            inner.definitions.learn(definition);
        }
        for decision in news.decisions {
            inner.decisions.learn(decision);
        }
        if news.left_in_inbox {
            inner.inbox.store(true, Ordering::SeqCst);
        }
        if news.may_be_due {
            inner.hint.notify_one();
        }
        inner.workers.freed(news.freed);
        {
            let mut observers = inner.observers.lock().unwrap_or_else(|e| e.into_inner());
            if !observers.is_empty() {
                for step in news.steps {
                    let step = Arc::new(step);
                    observers.retain(|observer| observer.send(step.clone()).is_ok());
                }
            }
        }
        if let Some(feed) = self.feed {
            // Nobody may be listening.
            let _ = inner.feed.send(Arc::new(feed));
        }
    }
}

async fn write_feed(tx: &DatabaseTransaction, feed: &Feed) -> Result<(), RuntimeError> {
    let row = feed::Model {
        sequence: feed.sequence,
        at: feed.at.as_micros(),
        touched: json(&feed.touched)?,
    };
    let (table, columns) = (feed::Model::TABLE, feed::Model::COLUMNS);
    many_rows::insert(tx, table, columns, vec![row.values()]).await?;
    if feed.sequence % FEED_SWEEP == 0 {
        let old = feed::Column::Sequence.lte(feed.sequence - FEED_KEPT);
        feed::Entity::delete_many().filter(old).exec(tx).await?;
    }
    Ok(())
}
