//! The one writer. Whatever writes queues here; all that has arrived goes into one transaction, so that the disk is
//! waited for once (group commit). Callers are answered after the commit.
//!
//! ```text
//! queue ─► decide (batch.rs) ─► Draft ─► write, commit (commit.rs) ─► tell, answer
//!             │    ▲                        │
//!             │    └── states, at once      └── the next batch's turn at the database (turn.rs)
//!             └── what fails is taken apart (apart.rs)
//! ```
//!
//! While a batch is being written, the next one is decided, on what the first leaves in memory: so the processor and the
//! database work at the same time. Where it needs the database, it waits for its turn. PostgreSQL takes two batches at a
//! time: the second one writes what is new, waits for the first one's commit, then writes what changes. Should a batch
//! fail, what was decided on it is given up and decided again.

mod all_at_once;
mod answers;
mod apart;
mod batch;
mod cache;
mod calls;
mod claims;
mod commit;
mod decisions;
mod deployments;
mod draft;
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
mod receivers;
mod records;
mod reports;
mod rows;
mod signals;
mod sqlite;
mod starts;
mod step;
mod submission;
mod tasks;
mod turn;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::inner::Inner;
use crate::schema;
use batch::{Batch, Place};
use cache::Cache;
use draft::Draft;
use turn::{Before, Turn};

pub(crate) use claims::{Claim, Handed};
pub(crate) use deployments::Plan;
pub(crate) use inbox::{instances as inbox_instances, set_aside};
pub(crate) use kept::Kept;
pub(crate) use reports::Report;
pub(crate) use starts::{StartedBy, started_by};
pub(crate) use submission::{Addressed, Answer, Erased, Submission, Work};

/// Submissions in one batch at most. Where more come, the next batch is decided while this one is written.
const BATCH: usize = 128;
/// A batch that has run this long is written as it is; the rest goes into the next one.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// Instances kept in memory.
const CACHED_INSTANCES: usize = 50_000;
/// How long work that could not be done for a passing reason is left alone.
const BREATH: Duration = Duration::from_millis(200);
/// How often the log is moved into the database file.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(2);

/// The writer itself, and what only it knows.
struct Writer {
    inner: Arc<Inner>,
    cache: Cache,
    /// What was decided last.
    decided: Place,
    /// What was committed last.
    committed: Place,
    /// The batches that are being written, in their order.
    written: VecDeque<Written>,
    /// What has been taken from the queue, and has to wait for the next batch.
    waiting: Vec<Submission>,
}

/// A batch that is being written.
struct Written {
    /// Tells the next batch.
    over: Before,
    /// Gives the submissions back where it failed.
    task: JoinHandle<Result<(), Undone>>,
    /// Where the next batch goes on from.
    place: Place,
}

/// Submissions whose batch was rolled back.
struct Undone {
    submissions: Vec<Submission>,
    failure: Failure,
}

/// What was decided of submissions, the first ones of a batch.
struct Decided {
    draft: Draft,
    answers: Vec<Result<Answer, RuntimeError>>,
}

/// Why a batch was rolled back.
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

    fn of_nobody(error: impl Into<RuntimeError>) -> Failure {
        Failure {
            blame: Blame::Nobody,
            error: error.into(),
        }
    }
}

/// Runs until the runtime is closed and the queue is empty.
pub(crate) async fn run(inner: Arc<Inner>, mut arriving: mpsc::Receiver<Submission>, kept: Kept) {
    let place = Place {
        sequence: kept.last_sequence,
        mark: kept.mark,
        clock_offset: kept.clock_offset,
    };
    let mut writer = Writer {
        inner: inner.clone(),
        cache: Cache::new(CACHED_INSTANCES),
        decided: place,
        committed: place,
        written: VecDeque::new(),
        waiting: Vec::new(),
    };
    loop {
        if writer.waiting.is_empty() && !inner.inbox.load(Ordering::SeqCst) && arriving.is_empty() {
            let closing = inner.closing.load(Ordering::SeqCst);
            if closing && writer.written.is_empty() {
                break;
            }
            tokio::select! {
                () = writer.first_is_over() => {
                    writer.settle_first().await;
                    continue;
                }
                first = arriving.recv() => match first {
                    Some(first) => writer.waiting.push(first),
                    None => break,
                },
                () = inner.close.notified(), if !closing => continue,
            }
        }
        while writer.waiting.len() < BATCH
            && let Ok(next) = arriving.try_recv()
        {
            writer.waiting.push(next);
        }
        if !inner.closing.load(Ordering::SeqCst) || !writer.waiting.is_empty() {
            writer.add_inbox().await;
        } else {
            inner.inbox.store(false, Ordering::SeqCst);
        }
        if !writer.waiting.is_empty() {
            writer.next_batch(&mut arriving).await;
        }
    }
    writer.settle(0).await;
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
    async fn add_inbox(&mut self) {
        if !self.inner.inbox.load(Ordering::SeqCst) {
            return;
        }
        self.settle(0).await;
        let room = BATCH.saturating_sub(self.waiting.len()).max(16) as u64;
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
                self.waiting.extend(rows.into_iter().map(|row| {
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

    /// Decides what waits, and what arrives while the batch before is written; then has it written while the next one is
    /// decided.
    async fn next_batch(&mut self, arriving: &mut mpsc::Receiver<Submission>) {
        let mut submissions = std::mem::take(&mut self.waiting);
        let before = self.written.back().map(|written| written.over.clone());
        let turn = Turn::after(before, &self.inner.database);
        let room = self.room();
        let more = Some((arriving, room.as_ref()));
        let decided = self.decide(&turn, &mut submissions, more).await;
        let still = if decided.is_ok() {
            self.inner.database.transactions() - 1
        } else {
            0
        };
        if !self.settle(still).await {
            // It was decided on what has not happened.
            drop((decided, turn));
            return self.write_all(submissions).await;
        }
        match decided {
            Ok(Decided { draft, answers }) => {
                self.waiting = submissions.split_off(answers.len());
                let is_for_all = draft.news.has_deployed || draft.news.world_wrote;
                let (commits, over) = turn::commits();
                let (inner, place) = (self.inner.clone(), self.decided);
                let task = tokio::spawn(async move {
                    commit::write(&inner, turn, draft, answers, submissions).await?;
                    commits.committed();
                    Ok(())
                });
                self.written.push_back(Written { over, task, place });
                if is_for_all {
                    // What others keep in memory changes with the commit: nobody decides on what was before.
                    self.settle(0).await;
                }
            }
            Err(failure) => {
                commit::roll_back(turn).await;
                self.do_again(Undone {
                    submissions,
                    failure,
                })
                .await;
            }
        }
    }

    /// What has to be over before one more batch can be written; nothing, where there is room.
    fn room(&self) -> Option<Before> {
        let beyond = self
            .written
            .len()
            .checked_sub(self.inner.database.transactions())?;
        self.written.get(beyond).map(|written| written.over.clone())
    }

    /// Runs submissions one after the other; where more arrive before there is room to write the batch, those too. Time and
    /// number are limited: the last ones may be left.
    async fn decide(
        &mut self,
        turn: &Turn,
        submissions: &mut Vec<Submission>,
        mut more: Option<(&mut mpsc::Receiver<Submission>, Option<&Before>)>,
    ) -> Result<Decided, Failure> {
        let began = Instant::now();
        let mut batch = Batch::new(&self.inner, &mut self.cache, turn);
        let refused = |error: RuntimeError| match turn.is_refused() {
            true => Failure::of_nobody(error),
            false => Failure::of_somebody(error),
        };
        let room = more.as_ref().and_then(|(_, room)| *room);
        let mut answers = Vec::with_capacity(submissions.len());
        loop {
            let new = submissions.get(answers.len()..).unwrap_or_default();
            batch.find_answers(new).await.map_err(refused)?;
            batch.prefetch(new).await.map_err(refused)?;
            for submission in new {
                let is_late = !answers.is_empty() && began.elapsed() > BATCH_TIME;
                if is_late && room.is_none_or(Before::is_over) {
                    break;
                }
                let answer = batch.run(submission).await;
                if turn.is_refused() {
                    return Err(Failure::of_nobody(RuntimeError::Unavailable));
                }
                let blame = Blame::One(answers.len());
                answers.push(answer.map_err(|error| Failure { blame, error })?);
            }
            let is_behind = answers.len() < submissions.len();
            let Some((arriving, _)) = more.as_mut().filter(|_| !is_behind) else {
                break;
            };
            if !gather(submissions, arriving, room).await {
                break;
            }
        }
        let draft = batch.finish(&mut self.decided).await.map_err(refused)?;
        Ok(Decided { draft, answers })
    }

    /// Waits until the first batch that is being written is over; for ever, if there is none.
    async fn first_is_over(&self) {
        match self.written.front() {
            Some(written) => drop(written.over.over().await),
            None => std::future::pending().await,
        }
    }

    /// Waits for the batches that are being written, but for so many. Where one failed, the answer is no: what was decided
    /// on it is void.
    async fn settle(&mut self, but_for: usize) -> bool {
        while self.written.len() > but_for {
            if !self.settle_first().await {
                return false;
            }
        }
        true
    }

    /// Waits for the first batch that is being written. Where it failed, it is taken apart, and those after it are done
    /// again.
    async fn settle_first(&mut self) -> bool {
        let Some(first) = self.written.pop_front() else {
            return true;
        };
        let ended = first.task.await;
        if let Ok(Ok(())) = ended {
            self.committed = first.place;
            return true;
        }
        let mut undone = vec![ended];
        for later in std::mem::take(&mut self.written) {
            undone.push(later.task.await);
        }
        self.forget();
        for ended in undone {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(undone)) => self.do_again(undone).await,
                Err(error) => tracing::error!(%error, "a batch was given up"),
            }
        }
        false
    }

    /// What is in memory may never have happened: it is forgotten, and read again.
    fn forget(&mut self) {
        self.cache = Cache::new(CACHED_INSTANCES);
        self.decided = self.committed;
    }
}

/// Adds submissions that have arrived. While there is no room to write them, it waits for some. Answers whether there are
/// new ones.
async fn gather(
    submissions: &mut Vec<Submission>,
    arriving: &mut mpsc::Receiver<Submission>,
    room: Option<&Before>,
) -> bool {
    let count = submissions.len();
    loop {
        while submissions.len() < BATCH
            && let Ok(next) = arriving.try_recv()
        {
            submissions.push(next);
        }
        if submissions.len() > count || count >= BATCH {
            return submissions.len() > count;
        }
        let Some(before) = room.filter(|before| !before.is_over()) else {
            return false;
        };
        tokio::select! {
            // Those who have just been answered may have more to ask.
            _ = before.over() => tokio::task::yield_now().await,
            next = arriving.recv() => match next {
                Some(next) => submissions.push(next),
                None => return false,
            },
        }
    }
}
