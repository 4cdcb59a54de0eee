//! What survives a restart: everything.

use std::sync::Arc;

use redthread_runtime::{RuntimeError, SettableClock, real_now};

use crate::diagrams::{process, user_task, wait};
use crate::house::{House, MONDAY, ann, at};

#[tokio::test]
async fn instances_timers_and_kept_work_go_on_after_a_restart() {
    let house = House::with(process(
        "long",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\nS -> Day\nDay -> Do\nDo -> E",
            wait("Day", "P1D"),
            user_task("Do", "ann")
        ),
    ))
    .await;
    let instance = house.start("long", &[]).await;
    let runtime = house.runtime.clone();
    let folder = house.close().await;
    let closed = runtime.cancel(instance, None, ann()).await.unwrap_err();
    assert!(matches!(closed, RuntimeError::Closed), "{closed}");

    // Two days go by while the server is off.
    let house = House::open(
        folder,
        SettableClock::standing_at(at("2026-01-07T09:00:00Z")),
    )
    .await;
    assert_eq!(house.standing(instance).await, ["Day"]);
    house.runtime.run_until_idle().await.unwrap();
    assert_eq!(house.standing(instance).await, ["Do"]);
    let next = house.start("long", &[]).await;
    assert!(next > instance);
    house.complete("Do", &[]).await;
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn neither_time_nor_keys_go_back_when_the_machines_clock_does() {
    let house = House::with(process(
        "p",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Do\nDo -> E",
            user_task("Do", "ann")
        ),
    ))
    .await;
    let first = house.start("p", &[]).await;
    let folder = house.close().await;
    let house = House::open(
        folder,
        SettableClock::standing_at(at("2025-06-01T00:00:00Z")),
    )
    .await;
    assert_eq!(house.runtime.now(), at(MONDAY));
    assert!(house.start("p", &[]).await > first);
    house.close().await;
}

#[tokio::test]
async fn a_clock_that_was_moved_stays_ahead() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let house = House::open(folder, SettableClock::running()).await;
    house.pass("P7D").await;
    let folder = house.close().await;
    let house = House::open(folder, SettableClock::running()).await;
    assert!(house.runtime.now() > real_now().saturating_add_micros(6 * 86_400_000_000));
    house.close().await;
}
