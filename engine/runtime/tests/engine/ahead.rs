//! Batches are decided ahead of those that are still being written: what that must not change.

use std::time::Duration;

use redthread_core::{Holder, Key};
use redthread_runtime::{RuntimeError, TaskView};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::check::count;
use crate::diagrams::simple;
use crate::house::{House, ann, texts};
use crate::world::notice;

/// People at work at the same time: enough for several batches.
const PEOPLE: usize = 200;
/// Times that each of them changes something.
const CHANGES: usize = 6;

/// Starts an instance, changes a variable step by step and cancels every other one.
async fn work(house: &House, nth: usize) -> Result<Key, RuntimeError> {
    let instance = house.start("simple", &[]).await;
    for change in 1..=CHANGES {
        let change = change.to_string();
        let changed = texts(&[("n", &change)]);
        let runtime = &house.runtime;
        runtime
            .set_variables(instance, None, changed, None, ann())
            .await?;
    }
    if nth.is_multiple_of(2) {
        house.runtime.cancel(instance, None, ann()).await?;
    }
    Ok(instance)
}

async fn everybody_works(house: &House) {
    let everybody = futures::future::join_all((0..PEOPLE).map(|nth| work(house, nth)));
    for (nth, instance) in everybody.await.into_iter().enumerate() {
        let instance = instance.unwrap_or_else(|error| panic!("{nth}: {error}"));
        assert_eq!(
            house.variable(instance, "n").await,
            Some(format!("\"{CHANGES}\""))
        );
        let expected = if nth.is_multiple_of(2) {
            "terminated"
        } else {
            "active"
        };
        assert_eq!(house.status(instance).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_fails_takes_those_along_that_were_decided_on_it_and_all_are_done_again() {
    let house = House::with(simple()).await;
    let other = house.place.connect().await;
    let vandal = async {
        // Each time, what is in memory is another version than what is stored, and the next batch fails.
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(40)).await;
            other
                .execute_unprepared("UPDATE instance SET version = version + 1")
                .await
                .unwrap();
        }
    };
    tokio::join!(vandal, everybody_works(&house));
    let steps = count(house.runtime.database(), "SELECT count(*) FROM history").await;
    let expected = PEOPLE * (1 + CHANGES) + PEOPLE / 2;
    assert_eq!(steps, i64::try_from(expected).unwrap(), "each step once");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_lost_while_two_batches_are_written_loses_no_answer() {
    let house = House::with(simple()).await;
    if house.place.backend() != DbBackend::Postgres {
        // The connection to a file is not lost.
        return;
    }
    // Whoever writes history: of this test alone, since each has a schema of its own.
    let terminate = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks \
        WHERE relation = 'history'::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()";
    let vandal = async {
        let mut terminated = 0;
        for _ in 0..300 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            terminated += count(house.runtime.database(), terminate).await;
            if terminated >= 3 {
                break;
            }
        }
        terminated
    };
    let started =
        futures::future::join_all((0..PEOPLE * 4).map(|_| house.try_start("simple", &[])));
    let (terminated, started) = tokio::join!(vandal, started);
    assert!(terminated > 0, "nobody was found writing");
    let (kept, refused): (Vec<_>, Vec<_>) = started.into_iter().partition(Result::is_ok);
    let there = count(house.runtime.database(), "SELECT count(*) FROM instance").await;
    let kept = i64::try_from(kept.len()).unwrap();
    // A refusal says that nothing was kept, unless the commit itself was not answered and nobody could look.
    assert!(
        kept == there,
        "{kept} were told that it has started, {there} are there; {refused:?}"
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_the_database_sees_what_was_decided_before_it() {
    let house = House::with(simple()).await;
    let mut rounds = Vec::new();
    for _ in 0..20 {
        let (started, counted) = (
            futures::future::join_all((0..20).map(|_| house.try_start("simple", &[]))),
            house.runtime.write(ann(), |tx, _| {
                Box::pin(async move {
                    notice(tx, "counted").await?;
                    let count = "SELECT count(*) FROM task WHERE state = 'open'";
                    let row = tx.query_one_raw(crate::world::sql(count, [])).await?;
                    let row = row.ok_or(sea_orm::DbErr::Custom("no row".into()))?;
                    row.try_get_by_index::<i64>(0)
                })
            }),
        );
        let (started, counted) = tokio::join!(started, counted);
        assert!(started.iter().all(Result::is_ok));
        rounds.push(counted.unwrap().unwrap());
    }
    // What had been answered before a round began is in the database by the time of its count.
    for (round, counted) in rounds.iter().enumerate() {
        let at_least = i64::try_from(round * 20).unwrap();
        assert!(*counted >= at_least, "round {round}: {counted}");
    }
    let tasks = house.tasks(TaskView::All).await;
    let done = tasks.iter().map(|task| {
        let runtime = &house.runtime;
        runtime.complete_task(task.key, Holder::Anyone, texts(&[]), ann())
    });
    for answer in futures::future::join_all(done).await {
        answer.unwrap();
    }
    house.close().await;
}
