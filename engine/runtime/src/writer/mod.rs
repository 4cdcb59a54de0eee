//! The one writer. Whatever writes queues here; all that has arrived goes into one transaction, so that the disk is
//! waited for once (group commit). Only after the commit are states swapped in and callers answered.
//!
//! A batch that fails is taken apart: the submission that is to blame is refused, its neighbours run again without it.

mod all_at_once;
mod answers;
mod batch;
mod cache;
mod calls;
mod claims;
mod decisions;
mod deployments;
mod follow_up;
mod given;
mod guard;
mod inbox;
#[cfg(test)]
mod inbox_golden;
mod jobs;
mod kept;
mod load;
mod many_rows;
mod messages;
mod noticed;
mod outside;
mod postgres;
mod project;
mod records;
mod reports;
mod rows;
mod signals;
mod sqlite;
mod starts;
mod step;
mod submission;
mod tasks;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sea_orm::{
    DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::inner::Inner;
use crate::schema;
use batch::{Batch, Outcome};
use cache::Cache;

pub(crate) use claims::{Claim, Handed};
pub(crate) use deployments::Plan;
pub(crate) use inbox::{instances as inbox_instances, set_aside};
pub(crate) use kept::Kept;
pub(crate) use reports::Report;
pub(crate) use starts::{StartedBy, started_by};
pub(crate) use submission::{Addressed, Answer, Erased, Submission, Work};

/// Submissions in one batch at most.
const BATCH: usize = 256;
/// A batch that has run this long is committed as it is; the rest goes into the next one.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// Instances kept in memory.
const CACHED_INSTANCES: usize = 50_000;
/// How often a transaction is tried that the database gives up for the sake of others.
const TRIES: u32 = 5;
/// How long work that could not be done for a passing reason is left alone.
const BREATH: Duration = Duration::from_millis(200);
/// How long it is looked for a commit that was not answered.
const LOOKED_FOR: Duration = Duration::from_secs(30);
/// How often the log is moved into the database file.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(2);

/// The writer itself, and what only it knows.
struct Writer {
    inner: Arc<Inner>,
    cache: Cache,
    /// Of the last feed row.
    sequence: i64,
    /// Keys above this need a new mark to be stored first.
    mark: redthread_core::Key,
    /// How far the clock was moved ahead, as it is stored.
    clock_offset: Option<i64>,
}

/// Runs until the runtime is closed and the queue is empty.
pub(crate) async fn run(inner: Arc<Inner>, mut arriving: mpsc::Receiver<Submission>, kept: Kept) {
    let cache = Cache::new(CACHED_INSTANCES);
    let mut writer = Writer {
        inner: inner.clone(),
        cache,
        sequence: kept.last_sequence,
        mark: kept.mark,
        clock_offset: kept.clock_offset,
    };
    let mut waiting: Vec<Submission> = Vec::with_capacity(BATCH);
    loop {
        if waiting.is_empty() && !inner.inbox.load(Ordering::SeqCst) && arriving.is_empty() {
            if inner.closing.load(Ordering::SeqCst) {
                break;
            }
            tokio::select! {
                first = arriving.recv() => match first {
                    Some(first) => waiting.push(first),
                    None => break,
                },
                () = inner.close.notified() => continue,
            }
        }
        while waiting.len() < BATCH
            && let Ok(next) = arriving.try_recv()
        {
            waiting.push(next);
        }
        if !inner.closing.load(Ordering::SeqCst) || !waiting.is_empty() {
            writer.add_inbox(&mut waiting).await;
        } else {
            inner.inbox.store(false, Ordering::SeqCst);
        }
        if !waiting.is_empty() {
            writer.write_all(std::mem::take(&mut waiting)).await;
        }
    }
    arriving.close();
    while let Ok(late) = arriving.try_recv() {
        let _ = late.reply.send(Err(RuntimeError::Closed));
    }
}

/// Moves the log into the database file now and then, until the runtime is closed.
pub(crate) async fn checkpoint(inner: Arc<Inner>) {
    let mut commits = inner.feed.subscribe();
    while !inner.closing.load(Ordering::SeqCst) {
        tokio::select! {
            () = tokio::time::sleep(CHECKPOINT_EVERY) => {}
            () = inner.close.notified() => {
                // The signal is passed on: several wait for it.
                inner.close.notify_one();
                break;
            }
        }
        if commits.is_empty() {
            continue;
        }
        commits = commits.resubscribe();
        if let Err(error) = inner.database.checkpoint().await {
            tracing::warn!(%error, "the log could not be moved into the database file; it is tried again");
        }
    }
}

impl Writer {
    /// Adds what earlier steps have left in the inbox.
    async fn add_inbox(&mut self, waiting: &mut Vec<Submission>) {
        if !self.inner.inbox.load(Ordering::SeqCst) {
            return;
        }
        let room = BATCH.saturating_sub(waiting.len()).max(16) as u64;
        let oldest = schema::inbox::Entity::find()
            .filter(sea_orm::ColumnTrait::is_null(
                &schema::inbox::Column::Failed,
            ))
            .order_by_asc(schema::inbox::Column::Key)
            .limit(room)
            .all(self.inner.database.writer())
            .await;
        match oldest {
            Ok(rows) => {
                self.inner.inbox.store(!rows.is_empty(), Ordering::SeqCst);
                waiting.extend(rows.into_iter().map(|row| {
                    let (reply, _) = oneshot::channel();
                    let key = redthread_core::Key::from_i64(row.key);
                    Submission {
                        work: Work::Inbox(key),
                        actor: Actor::System,
                        once: None,
                        room: None,
                        reply,
                    }
                }));
            }
            Err(error) => {
                tracing::error!(%error, "the inbox cannot be read; it is tried again");
                tokio::time::sleep(BREATH).await;
            }
        }
    }

    /// Writes submissions in as few transactions as possible, in their order.
    async fn write_all(&mut self, submissions: Vec<Submission>) {
        let mut parts = vec![submissions];
        while let Some(mut part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match self.attempt(&part).await {
                Ok(committed) => {
                    let rest = part.split_off(committed.answers.len());
                    for (submission, answer) in part.into_iter().zip(committed.answers) {
                        let _ = submission.reply.send(answer);
                    }
                    parts.push(rest);
                }
                Err(failure) => self.take_apart(part, failure, &mut parts).await,
            }
        }
    }

    /// Finds who is to blame for a batch that failed, so that the others can run without it.
    async fn take_apart(
        &mut self,
        mut part: Vec<Submission>,
        failure: Failure,
        parts: &mut Vec<Vec<Submission>>,
    ) {
        match failure.blame {
            Blame::One(at) => {
                let after = part.split_off(at + 1);
                if let Some(culprit) = part.pop() {
                    self.refuse(culprit, failure.error).await;
                }
                parts.push(after);
                parts.push(part);
            }
            Blame::Somebody if part.len() > 1 => {
                tracing::warn!(error = %failure.error, "a batch failed and is taken apart");
                let second = part.split_off(part.len() / 2);
                parts.push(second);
                parts.push(part);
            }
            Blame::Somebody => {
                if let Some(alone) = part.pop() {
                    self.refuse(alone, failure.error).await;
                }
            }
            Blame::Nobody => {
                tracing::error!(error = %failure.error, "the database takes no transaction; work is refused");
                let stays = |submission: &Submission| matches!(submission.work, Work::Inbox(_));
                if part.iter().any(stays) {
                    tokio::time::sleep(BREATH).await;
                }
                for submission in part {
                    let _ = submission.reply.send(Err(RuntimeError::Unavailable));
                }
            }
        }
    }

    /// Answers a submission that failed alone. Work from the inbox would fail again and again: it is set aside, unless
    /// the reason may pass; then it stays, and is tried again a moment later.
    async fn refuse(&mut self, submission: Submission, error: RuntimeError) {
        tracing::error!(%error, "work was refused because it failed; nothing of it was kept");
        if let Work::Inbox(key) = submission.work {
            let stays = error.may_pass() || {
                let set_aside =
                    inbox::mark_failed(&self.inner, self.inner.database.writer(), key, &error)
                        .await;
                set_aside.as_ref().is_err_and(|error| {
                    tracing::error!(%error, "work in the inbox could not be set aside");
                    true
                })
            };
            if stays {
                tokio::time::sleep(BREATH).await;
            }
        }
        let _ = submission.reply.send(Err(error));
    }

    /// Runs submissions in one transaction; once more when another program wrote to the same instances, and a few times
    /// when the database asks for it.
    async fn attempt(&mut self, submissions: &[Submission]) -> Result<Committed, Failure> {
        let mut answered = self.attempt_once(submissions).await;
        for _ in 1..TRIES {
            match &answered {
                Err(failure) if failure.error.is_for_once_more() => {
                    tracing::warn!(error = %failure.error, "the database asks to do a batch once more");
                    answered = self.attempt_once(submissions).await;
                }
                _ => break,
            }
        }
        match answered {
            Err(Failure {
                error: RuntimeError::Conflict,
                ..
            }) => {
                // What is in memory may be stale.
                self.cache = Cache::new(CACHED_INSTANCES);
                self.attempt_once(submissions).await
            }
            answered => answered,
        }
    }

    /// Runs submissions in one transaction. The commit may leave out the last ones when time is up.
    async fn attempt_once(&mut self, submissions: &[Submission]) -> Result<Committed, Failure> {
        let options = TransactionOptions {
            // A deferred transaction that turns into a writing one fails when somebody else has written meanwhile.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self
            .inner
            .database
            .writer()
            .begin_with_options(options)
            .await;
        let tx = tx.map_err(|error| Failure {
            blame: Blame::Nobody,
            error: error.into(),
        })?;
        match self.run_in(&tx, submissions).await {
            Ok((outcome, answers)) => {
                if let Err(error) = tx.commit().await {
                    let blame = match self.was_committed(&outcome, &error).await {
                        Some(true) => None,
                        Some(false) => Some(Blame::Somebody),
                        // To run it again might do everything twice.
                        None => Some(Blame::Nobody),
                    };
                    if let Some(blame) = blame {
                        outcome.forget(&mut self.cache);
                        let error = error.into();
                        return Err(Failure { blame, error });
                    }
                }
                self.publish(outcome);
                Ok(Committed { answers })
            }
            Err(failure) => {
                if let Err(error) = tx.rollback().await {
                    tracing::error!(%error, "a transaction could not be rolled back");
                }
                Err(failure)
            }
        }
    }

    /// Whether a batch was committed after all, although the answer to its commit did not arrive: then its feed row is
    /// there. Nothing where the database stays away.
    async fn was_committed(&self, outcome: &Outcome, error: &DbErr) -> Option<bool> {
        let Some(feed) = &outcome.feed else {
            // It touched nothing that anybody looks at.
            return Some(false);
        };
        tracing::warn!(%error, "a commit failed; looking whether it happened nevertheless");
        let began = Instant::now();
        while began.elapsed() < LOOKED_FOR {
            // The server may be on its way back, or still at the commit.
            tokio::time::sleep(BREATH).await;
            let row = schema::feed::Entity::find_by_id(feed.sequence)
                .one(self.inner.database.writer())
                .await;
            match row {
                Ok(found) => {
                    let touched = batch::json(&feed.touched).ok();
                    return Some(found.is_some_and(|row| Some(row.touched) == touched));
                }
                Err(error) => tracing::warn!(%error, "the feed cannot be read; it is tried again"),
            }
        }
        None
    }

    async fn run_in(
        &mut self,
        tx: &DatabaseTransaction,
        submissions: &[Submission],
    ) -> Result<(Outcome, Vec<Result<Answer, RuntimeError>>), Failure> {
        let began = Instant::now();
        let mut batch = Batch::new(&self.inner, &mut self.cache, tx);
        batch
            .find_answers(submissions)
            .await
            .map_err(Failure::of_somebody)?;
        batch
            .prefetch(submissions)
            .await
            .map_err(Failure::of_somebody)?;
        let mut answers = Vec::with_capacity(submissions.len());
        for (at, submission) in submissions.iter().enumerate() {
            if at > 0 && began.elapsed() > BATCH_TIME {
                break;
            }
            let answer = batch.run(submission).await.map_err(|error| Failure {
                blame: Blame::One(at),
                error,
            })?;
            answers.push(answer);
        }
        let outcome = batch
            .finish(self.sequence, self.mark, self.clock_offset)
            .await
            .map_err(Failure::of_somebody)?;
        Ok((outcome, answers))
    }

    /// After the commit: what was written becomes what is known.
    fn publish(&mut self, outcome: Outcome) {
        if let Some(mark) = outcome.mark {
            self.mark = mark;
        }
        if outcome.clock_offset.is_some() {
            self.clock_offset = outcome.clock_offset;
        }
        for (key, live) in outcome.live {
            if live.state.status == redthread_core::Status::Active {
                self.cache.instances.put(key, live);
            } else {
                self.cache.instances.forget(key);
            }
        }
        for (task, instance) in outcome.tasks {
            self.cache.tasks.put(task, instance);
        }
        if outcome.has_deployed {
            self.inner.definitions.forget_latest();
            self.inner.decisions.forget_latest();
        }
        for definition in outcome.definitions {
            self.inner.definitions.learn(definition);
        }
        for decision in outcome.decisions {
            self.inner.decisions.learn(decision);
        }
        if outcome.left_in_inbox {
            self.inner.inbox.store(true, Ordering::SeqCst);
        }
        if outcome.may_be_due {
            self.inner.hint.notify_one();
        }
        self.inner.workers.freed(outcome.freed);
        {
            let mut observers = self
                .inner
                .observers
                .lock()
                .unwrap_or_else(|e| e.into_inner());
            if !observers.is_empty() {
                for step in outcome.steps {
                    let step = Arc::new(step);
                    observers.retain(|observer| observer.send(step.clone()).is_ok());
                }
            }
        }
        if let Some(feed) = outcome.feed {
            self.sequence = feed.sequence;
            // Nobody may be listening.
            let _ = self.inner.feed.send(Arc::new(feed));
        }
    }
}

/// A batch that was committed: an answer for each submission that was part of it.
struct Committed {
    answers: Vec<Result<Answer, RuntimeError>>,
}

/// A batch that was rolled back.
struct Failure {
    blame: Blame,
    error: RuntimeError,
}

/// Who made a batch fail.
enum Blame {
    /// The submission at this place.
    One(usize),
    /// One of them, perhaps: nobody knows which.
    Somebody,
    /// None of them: the database itself is not available.
    Nobody,
}

impl Failure {
    fn of_somebody(error: impl Into<RuntimeError>) -> Failure {
        Failure {
            blame: Blame::Somebody,
            error: error.into(),
        }
    }
}
