//! What is due, in the order of its times; and moving the clock.
//!
//! Due are timers of instances, timer start events of definitions, further tries of connectors, and the world's own work
//! (reminders). All of it goes through the writer like any other work, in bounded portions.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use redthread_calendar::Timestamp;
use redthread_core::Key;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::inner::Inner;
use crate::schema::{job, message, start_timer, timer};
use crate::writer::{Answer, Work};

/// Due things that are handed to the writer at a time.
const PORTION: u64 = 256;
/// The longest sleep: what a hint has missed is found after that.
const SWEEP: Duration = Duration::from_secs(30);
/// Hints that come thicker than this are answered together.
const HINTS: Duration = Duration::from_millis(20);
/// How long what failed for another reason than a refusal is left alone.
const LEAVE_ALONE: Duration = Duration::from_secs(60);

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Due {
    Timer {
        instance: Key,
        timer: Key,
        due: i64,
    },
    StartTimer {
        definition: Key,
        element: String,
        nth: i32,
    },
    RetryJob {
        instance: Key,
        job: Key,
    },
    World,
}

impl Due {
    fn work(&self) -> Work {
        match self {
            Due::Timer {
                instance,
                timer,
                due,
            } => Work::Timer {
                instance: *instance,
                timer: *timer,
                due: *due,
            },
            Due::StartTimer {
                definition,
                element,
                nth,
            } => Work::StartTimer {
                definition: *definition,
                element: element.as_str().into(),
                nth: *nth,
            },
            Due::RetryJob { instance, job } => Work::RetryJob {
                instance: *instance,
                job: *job,
            },
            Due::World => Work::WorldDue,
        }
    }
}

/// What failed and is left alone for a while, so that one broken instance does not keep the rest from being woken.
#[derive(Default)]
struct LeftAlone(HashMap<Due, Instant>);

impl LeftAlone {
    fn is(&self, due: &Due) -> bool {
        self.0
            .get(due)
            .is_some_and(|since| since.elapsed() < LEAVE_ALONE)
    }

    fn forget_old(&mut self) {
        self.0.retain(|_, since| since.elapsed() < LEAVE_ALONE);
    }
}

/// Wakes what is due until the runtime is closed.
pub(crate) async fn wake(inner: std::sync::Arc<Inner>) {
    let mut left_alone = LeftAlone::default();
    while !inner.closing.load(Ordering::SeqCst) {
        let sleep = match wake_due(&inner, &mut left_alone).await {
            Ok(()) => match next_due(&inner).await {
                Ok(Some(due)) => until(inner.now(), due),
                Ok(None) => SWEEP,
                Err(error) => {
                    tracing::error!(%error, "what is due next cannot be read");
                    Duration::from_secs(1)
                }
            },
            Err(RuntimeError::Closed) => break,
            Err(error) => {
                tracing::error!(%error, "what is due cannot be woken; it is tried again");
                Duration::from_secs(1)
            }
        };
        // What is left alone stays due: it must not make the loop spin.
        let floor = if left_alone.0.is_empty() {
            Duration::ZERO
        } else {
            Duration::from_secs(1)
        };
        tokio::select! {
            () = tokio::time::sleep(sleep.clamp(floor, SWEEP)) => {}
            () = inner.hint.notified() => tokio::time::sleep(HINTS).await,
        }
    }
}

fn until(now: Timestamp, due: Timestamp) -> Duration {
    let micros = due.as_micros().saturating_sub(now.as_micros());
    // A moment later: then it is due for certain.
    u64::try_from(micros).map_or(Duration::ZERO, |micros| {
        Duration::from_micros(micros.saturating_add(500))
    })
}

/// Wakes everything that is due now, portion by portion, in the order of its times.
async fn wake_due(inner: &Inner, left_alone: &mut LeftAlone) -> Result<(), RuntimeError> {
    left_alone.forget_old();
    let mut before = Vec::new();
    loop {
        let now = inner.now();
        let due = due_until(inner, now, PORTION, left_alone).await?;
        let due: Vec<Due> = due.into_iter().map(|(_, due)| due).collect();
        if due.is_empty() {
            sweep_messages(inner, now).await?;
            return Ok(());
        }
        if due == before {
            // It was done, and yet it is due again at once: leave it, or this would never end.
            tracing::error!(
                ?due,
                "what was done is still due; it is tried again in a minute"
            );
            left_alone
                .0
                .extend(due.into_iter().map(|due| (due, Instant::now())));
            continue;
        }
        before.clone_from(&due);
        let mut answers = Vec::with_capacity(due.len());
        for due in due {
            let answer = inner.submit_waiting(due.work(), Actor::System).await?;
            answers.push((due, answer));
        }
        for (due, answer) in answers {
            match answer.await.map_err(|_| RuntimeError::Closed)? {
                Ok(_) => {}
                Err(RuntimeError::Closed) => return Err(RuntimeError::Closed),
                Err(error) => {
                    tracing::error!(?due, %error, "what is due cannot be done; it is tried again in a minute");
                    left_alone.0.insert(due, Instant::now());
                }
            }
        }
    }
}

/// What is due until `to`, in the order of its times, but for what is left alone.
async fn due_until(
    inner: &Inner,
    to: Timestamp,
    limit: u64,
    left_alone: &LeftAlone,
) -> Result<Vec<(Timestamp, Due)>, RuntimeError> {
    let (conn, micros) = (inner.database.readers(), to.as_micros());
    let limit = limit.saturating_add(left_alone.0.len() as u64);
    let mut found: Vec<(i64, i64, Due)> = Vec::new();
    if let Some(due) = inner.world.next_due(conn).await?.filter(|due| *due <= to) {
        found.push((due.as_micros(), 0, Due::World));
    }
    let timers = timer::Entity::find()
        .filter(timer::Column::Due.lte(micros))
        .order_by_asc(timer::Column::Due)
        .order_by_asc(timer::Column::Key)
        .limit(limit);
    for row in timers.all(conn).await? {
        let (instance, timer) = (Key::from_i64(row.instance), Key::from_i64(row.key));
        found.push((
            row.due,
            row.key,
            Due::Timer {
                instance,
                timer,
                due: row.due,
            },
        ));
    }
    let starts = start_timer::Entity::find()
        .filter(start_timer::Column::Due.lte(micros))
        .order_by_asc(start_timer::Column::Due)
        .limit(limit);
    for row in starts.all(conn).await? {
        let definition = Key::from_i64(row.definition);
        found.push((
            row.due,
            row.definition,
            Due::StartTimer {
                definition,
                element: row.element,
                nth: row.nth,
            },
        ));
    }
    let retries = job::Entity::find()
        .filter(job::Column::RetryAt.lte(micros))
        .order_by_asc(job::Column::RetryAt)
        .order_by_asc(job::Column::Key)
        .limit(limit);
    for row in retries.all(conn).await? {
        let (instance, job) = (Key::from_i64(row.instance), Key::from_i64(row.key));
        found.push((
            row.retry_at.unwrap_or(micros),
            row.key,
            Due::RetryJob { instance, job },
        ));
    }
    found.sort_by_key(|(due, key, _)| (*due, *key));
    found.retain(|(_, _, due)| !left_alone.is(due));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let found = found.into_iter();
    Ok(found
        .map(|(at, _, due)| (Timestamp::from_micros(at), due))
        .collect())
}

/// Messages whose time is over go away.
async fn sweep_messages(inner: &Inner, now: Timestamp) -> Result<(), RuntimeError> {
    let over = message::Entity::find().filter(message::Column::Expires.lte(now.as_micros()));
    if over.one(inner.database.readers()).await?.is_none() {
        return Ok(());
    }
    let sweep: crate::writer::Erased = Box::new(move |tx, _| {
        Box::pin(async move {
            let over = message::Entity::delete_many()
                .filter(message::Column::Expires.lte(now.as_micros()));
            match over.exec(tx).await {
                Ok(_) => Answer::Done,
                Err(_) => Answer::Undone,
            }
        })
    });
    let swept = inner
        .submit_waiting(Work::Write(sweep), Actor::System)
        .await?;
    swept.await.map_err(|_| RuntimeError::Closed)?.map(drop)
}

/// When something is due next, or has been due for some time.
pub(crate) async fn next_due(inner: &Inner) -> Result<Option<Timestamp>, RuntimeError> {
    let conn = inner.database.readers();
    let timer = timer::Entity::find()
        .order_by_asc(timer::Column::Due)
        .order_by_asc(timer::Column::Key)
        .one(conn)
        .await?;
    let start = start_timer::Entity::find()
        .order_by_asc(start_timer::Column::Due)
        .one(conn)
        .await?;
    let retry = job::Entity::find()
        .filter(job::Column::RetryAt.is_not_null())
        .order_by_asc(job::Column::RetryAt)
        .one(conn)
        .await?;
    let own = [
        timer.map(|row| row.due),
        start.map(|row| row.due),
        retry.and_then(|row| row.retry_at),
    ];
    let own = own.into_iter().flatten().map(Timestamp::from_micros);
    Ok(own.chain(inner.world.next_due(conn).await?).min())
}

/// Does everything that is due now, until nothing is left to do at this time.
pub(crate) async fn run_until_idle(inner: &Inner) -> Result<(), RuntimeError> {
    settle(inner, &mut LeftAlone::default()).await
}

async fn settle(inner: &Inner, left_alone: &mut LeftAlone) -> Result<(), RuntimeError> {
    loop {
        wake_due(inner, left_alone).await?;
        let busy = inner.inbox.load(Ordering::SeqCst);
        if !busy && soonest(inner, inner.now(), left_alone).await?.is_none() {
            return Ok(());
        }
        barrier(inner).await?;
    }
}

/// When something is due first until `to`, but for what is left alone.
async fn soonest(
    inner: &Inner,
    to: Timestamp,
    left_alone: &LeftAlone,
) -> Result<Option<Timestamp>, RuntimeError> {
    let due = due_until(inner, to, 1, left_alone).await?;
    Ok(due.first().map(|(at, _)| *at))
}

/// Waits until the writer has done what was there before.
async fn barrier(inner: &Inner) -> Result<(), RuntimeError> {
    let nothing: crate::writer::Erased = Box::new(|_, _| Box::pin(async { Answer::Done }));
    let done = inner
        .submit_waiting(Work::Write(nothing), Actor::System)
        .await?;
    done.await.map_err(|_| RuntimeError::Closed)?.map(drop)
}

/// Moves the clock to `to`, stopping at each time at which something is due. One move at a time: see
/// [`Inner::moving`].
pub(crate) async fn advance_to(inner: &Inner, to: Timestamp) -> Result<(), RuntimeError> {
    let now = inner.now();
    if to < now {
        return Err(RuntimeError::ClockBackwards { now, asked: to });
    }
    // What cannot be done must not hold the clock, nor what is due after it.
    let mut left_alone = LeftAlone::default();
    settle(inner, &mut left_alone).await?;
    while let Some(due) = soonest(inner, to, &left_alone).await? {
        if inner.closing.load(Ordering::SeqCst) {
            return Err(RuntimeError::Closed);
        }
        if due > inner.now() {
            inner.clock.set(due)?;
        }
        settle(inner, &mut left_alone).await?;
    }
    if to > inner.now() {
        inner.clock.set(to)?;
    }
    // Once more, with what was left alone on the way.
    run_until_idle(inner).await?;
    let remembered = inner
        .submit_waiting(Work::RememberClock, Actor::System)
        .await?;
    remembered.await.map_err(|_| RuntimeError::Closed)??;
    // What was a day away may be a second away now.
    inner.hint.notify_one();
    inner.workers.look();
    Ok(())
}
