//! Workers that wait for jobs. They stand in a line, one for each type of job. Who is at its head is called when a job of
//! the type is free, and claims it through the writer; the others are left in peace. A call that may have left jobs behind
//! is passed on to the next.
//!
//! Calls are hints. What they miss, and jobs that become free as time goes on (a lease has run out, a failed job is to be
//! tried again), is found by looking into the table: once for all who wait.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use tokio::sync::Notify;

use crate::error::RuntimeError;
use crate::inner::Inner;
use crate::schema::job;

/// What a hint has missed is found after that.
const SWEEP: Duration = Duration::from_secs(5);
/// The table is not looked into more often than that.
const PAUSE: Duration = Duration::from_millis(10);

/// The workers that wait.
#[derive(Default)]
pub(crate) struct Workers {
    line: Mutex<Line>,
    /// The table should be looked into.
    look: Notify,
    /// When it is going to be, in process time.
    planned: AtomicI64,
}

#[derive(Default)]
struct Line {
    last: u64,
    places: BTreeMap<u64, Place>,
    by_type: HashMap<String, BTreeSet<u64>>,
    closed: bool,
}

struct Place {
    types: Vec<String>,
    /// How many jobs it takes.
    room: usize,
    /// It has been called, or has just come, and is looking for jobs.
    busy: bool,
    /// It was called while it was looking.
    again: bool,
    bell: Arc<Notify>,
}

/// What a batch has done to the jobs of workers.
#[derive(Debug, Default)]
pub(crate) struct Freed {
    /// How many of each type are free by it.
    pub now: BTreeMap<String, usize>,
    /// When the first of those is free that it has leased or put off, in microseconds.
    pub later: Option<i64>,
}

/// A place in the line. Whoever leaves it passes a call on that it has not used.
pub(crate) struct Standing<'w> {
    workers: &'w Workers,
    number: u64,
    bell: Arc<Notify>,
}

impl Workers {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes the last place in the lines of these types. Who has nobody before it who waits for the same looks at once.
    pub fn stand(&self, types: &[String], room: usize) -> Standing<'_> {
        let mut line = self.line();
        line.last += 1;
        let number = line.last;
        let bell = Arc::new(Notify::new());
        let busy = !types.iter().all(|of_type| line.is_waited_for(of_type));
        let place = Place {
            types: types.to_vec(),
            room,
            busy,
            again: false,
            bell: bell.clone(),
        };
        line.places.insert(number, place);
        for of_type in types {
            let numbers = line.by_type.entry(of_type.clone()).or_default();
            numbers.insert(number);
        }
        if busy || line.closed {
            bell.notify_one();
        }
        Standing {
            workers: self,
            number,
            bell,
        }
    }

    /// After a commit: calls those for whom something is free now.
    pub fn freed(&self, freed: Freed) {
        if !freed.now.is_empty() {
            let mut line = self.line();
            for (of_type, count) in freed.now {
                line.call(&of_type, count);
            }
        }
        let planned = self.planned.load(Ordering::SeqCst);
        if freed.later.is_some_and(|later| later < planned) {
            self.look.notify_one();
        }
    }

    /// The clock was moved.
    pub fn look(&self) {
        self.look.notify_one();
    }

    /// Sends everybody away.
    pub fn close(&self) {
        let mut line = self.line();
        line.closed = true;
        for place in line.places.values() {
            place.bell.notify_one();
        }
        self.look.notify_one();
    }

    /// The types for which somebody stands and waits.
    fn waited_for(&self) -> Vec<String> {
        let line = self.line();
        let types = line.by_type.keys();
        let mut types: Vec<String> = types
            .filter(|of_type| line.is_waited_for(of_type))
            .cloned()
            .collect();
        types.sort_unstable();
        types
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        let line = self.line();
        line.places.is_empty() && line.by_type.is_empty()
    }
}

impl Line {
    fn is_waited_for(&self, of_type: &str) -> bool {
        let numbers = self.by_type.get(of_type).into_iter().flatten();
        let mut places = numbers.filter_map(|number| self.places.get(number));
        places.any(|place| !place.busy)
    }

    /// So many jobs of a type are free: calls as many as it takes, in the order in which they came.
    fn call(&mut self, of_type: &str, count: usize) {
        let mut left = count;
        let numbers = self.by_type.get(of_type).into_iter().flatten();
        let mut looking = Vec::new();
        for number in numbers {
            if left == 0 {
                return;
            }
            let Some(place) = self.places.get_mut(number) else {
                continue;
            };
            if place.busy {
                looking.push(*number);
                continue;
            }
            place.busy = true;
            place.bell.notify_one();
            left = left.saturating_sub(place.room);
        }
        if left == 0 {
            return;
        }
        // Those who are looking may have looked too early.
        for number in looking {
            if let Some(place) = self.places.get_mut(&number) {
                place.again = true;
            }
        }
    }
}

impl Standing<'_> {
    /// Waits to be called. False: there is nothing to wait for any more.
    pub async fn called(&self) -> bool {
        loop {
            self.bell.notified().await;
            let line = self.workers.line();
            if line.closed {
                return false;
            }
            if line
                .places
                .get(&self.number)
                .is_some_and(|place| place.busy)
            {
                return true;
            }
        }
    }

    /// There was nothing: goes on waiting, at the same place.
    pub fn found_nothing(&mut self) {
        let mut line = self.workers.line();
        let Some(place) = line.places.get_mut(&self.number) else {
            return;
        };
        if std::mem::take(&mut place.again) {
            place.bell.notify_one();
            return;
        }
        let types = place.types.clone();
        let is_first = types.iter().any(|of_type| !line.is_waited_for(of_type));
        if let Some(place) = line.places.get_mut(&self.number) {
            place.busy = false;
        }
        drop(line);
        if is_first {
            self.workers.look.notify_one();
        }
    }

    /// There was something, and perhaps `more`.
    pub fn served(&mut self, more: bool) {
        let mut line = self.workers.line();
        if let Some(place) = line.places.get_mut(&self.number) {
            place.busy = more;
        }
    }
}

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        let mut line = self.workers.line();
        let Some(place) = line.places.remove(&self.number) else {
            return;
        };
        for of_type in &place.types {
            if let Some(numbers) = line.by_type.get_mut(of_type) {
                numbers.remove(&self.number);
                if numbers.is_empty() {
                    line.by_type.remove(of_type);
                }
            }
        }
        if place.busy || place.again {
            for of_type in &place.types {
                line.call(of_type, 1);
            }
        }
    }
}

/// Looks into the table for those who wait, until the runtime is closed.
pub(crate) async fn watch(inner: Arc<Inner>) {
    while !inner.closing.load(Ordering::SeqCst) {
        // What is put off while the table is looked into may be put off to an earlier time.
        inner.workers.planned.store(i64::MAX, Ordering::SeqCst);
        let types = inner.workers.waited_for();
        let is_idle = types.is_empty();
        let mut sleep = SWEEP;
        for of_type in types {
            match first_free(&inner, &of_type).await {
                Ok(Some(at)) => {
                    let left = at.saturating_sub(inner.now().as_micros());
                    match u64::try_from(left) {
                        Ok(left) if left > 0 => sleep = sleep.min(Duration::from_micros(left)),
                        _ => inner.workers.line().call(&of_type, 1),
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "it cannot be seen which jobs are free; it is tried again");
                }
            }
        }
        let planned = inner.now().as_micros().saturating_add(if is_idle {
            0
        } else {
            i64::try_from(sleep.as_micros()).unwrap_or(i64::MAX)
        });
        inner.workers.planned.store(planned, Ordering::SeqCst);
        tokio::time::sleep(PAUSE).await;
        tokio::select! {
            () = tokio::time::sleep(sleep.saturating_sub(PAUSE)), if !is_idle => {}
            () = inner.workers.look.notified() => {}
        }
    }
}

/// When a job of this type is free first, or since when it is, in microseconds.
async fn first_free(inner: &Inner, of_type: &str) -> Result<Option<i64>, RuntimeError> {
    let first = first_free_job(of_type).into_tuple::<i64>();
    Ok(first.one(inner.database.readers()).await?)
}

pub(crate) fn first_free_job(of_type: &str) -> Select<job::Entity> {
    use sea_orm::ExprTrait as _;

    job::Entity::find()
        .select_only()
        .column(job::Column::FreeAt)
        .filter(job::Column::JobType.eq(of_type))
        .filter(job::Column::FreeAt.is_not_null())
        // In these words SQLite finds the index.
        .filter(job::Column::Performed.into_expr().not())
        .order_by_asc(job::Column::FreeAt)
        .limit(1)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn stand<'w>(workers: &'w Workers, types: &[&str], room: usize) -> Standing<'w> {
        let types: Vec<String> = types.iter().map(|name| (*name).to_owned()).collect();
        workers.stand(&types, room)
    }

    fn is_called(place: &Standing<'_>) -> bool {
        place.called().now_or_never().unwrap_or(false)
    }

    fn free(workers: &Workers, of_type: &str, count: usize) {
        let now = BTreeMap::from([(of_type.to_owned(), count)]);
        workers.freed(Freed { now, later: None });
    }

    /// Somebody who has looked and found nothing.
    fn waiting<'w>(workers: &'w Workers, types: &[&str], room: usize) -> Standing<'w> {
        let mut place = stand(workers, types, room);
        if is_called(&place) {
            place.found_nothing();
        }
        place
    }

    #[test]
    fn who_came_first_is_called_first_and_no_more_than_there_is_work_for() {
        let workers = Workers::default();
        let places: Vec<Standing<'_>> = (0..4).map(|_| waiting(&workers, &["pay"], 2)).collect();
        free(&workers, "pay", 3);
        let called: Vec<bool> = places.iter().map(is_called).collect();
        assert_eq!(called, [true, true, false, false]);
        free(&workers, "pay", 1);
        assert!(is_called(&places[2]) && !is_called(&places[3]));
        free(&workers, "ship", 1);
        assert!(!is_called(&places[3]));
    }

    #[test]
    fn who_comes_behind_others_that_wait_for_the_same_does_not_look() {
        let workers = Workers::default();
        let first = stand(&workers, &["pay"], 1);
        assert!(is_called(&first), "nobody has looked yet");
        let second = stand(&workers, &["pay"], 1);
        assert!(is_called(&second), "the first has not found out yet");
        let _waits = waiting(&workers, &["ship"], 1);
        assert!(!is_called(&stand(&workers, &["ship"], 1)));
        assert!(is_called(&stand(&workers, &["ship", "bill"], 1)));
    }

    #[test]
    fn a_call_that_comes_too_early_or_to_somebody_who_leaves_is_not_lost() {
        let workers = Workers::default();
        let mut looking = stand(&workers, &["pay"], 1);
        assert!(is_called(&looking));
        // Committed after it has looked, and before it knows.
        free(&workers, "pay", 1);
        looking.found_nothing();
        assert!(is_called(&looking), "it must look again");
        looking.found_nothing();
        let next = waiting(&workers, &["pay"], 1);
        free(&workers, "pay", 1);
        drop(looking);
        assert!(is_called(&next), "the call was passed on");
    }

    #[test]
    fn who_leaves_something_calls_the_next() {
        let workers = Workers::default();
        let mut first = waiting(&workers, &["pay"], 2);
        let second = waiting(&workers, &["pay"], 2);
        free(&workers, "pay", 2);
        assert!(is_called(&first));
        first.served(false);
        drop(first);
        assert!(!is_called(&second), "there was no more");
        let mut third = stand(&workers, &["pay"], 2);
        free(&workers, "pay", 1);
        assert!(is_called(&second));
        third.found_nothing();
        let mut second = second;
        second.served(true);
        drop(second);
        assert!(is_called(&third));
        drop(third);
        assert!(workers.is_empty());
    }

    #[test]
    fn closing_sends_everybody_away() {
        let workers = Workers::default();
        let place = waiting(&workers, &["pay"], 1);
        workers.close();
        assert_eq!(place.called().now_or_never(), Some(false));
        assert_eq!(
            stand(&workers, &["pay"], 1).called().now_or_never(),
            Some(false)
        );
    }
}
