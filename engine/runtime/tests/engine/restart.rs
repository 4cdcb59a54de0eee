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

#[tokio::test]
async fn the_engine_in_memory_does_the_same_as_on_a_file() {
    let clock = SettableClock::standing_at(at(MONDAY));
    let world = Arc::new(crate::world::TestWorld);
    let runtime = redthread_runtime::Runtime::in_memory::<crate::world::Migrations>(world, clock)
        .await
        .unwrap();
    let house = House {
        runtime,
        folder: Arc::new(tempfile::tempdir().unwrap()),
    };
    let start = crate::diagrams::record_start("Closed", "case.changed", "status", "closed");
    let call = crate::diagrams::service_task("Call", "test:call");
    let (day, task) = (wait("Day", "P1D"), user_task("Do", "=outcome"));
    house
        .deploy(process(
            "play",
            &format!(
                "{start}\n{day}\n{call}\n{task}\nClosed -> Day\nDay -> Call\nCall -> Do\nDo -> E"
            ),
        ))
        .await;
    let mut steps = house.runtime.steps();
    house.change("case", "c1", &[("status", "closed")]).await;
    assert_eq!(
        house.instances_of("play").await,
        [],
        "a record that is created is not changed"
    );
    house.change("case", "c1", &[("status", "open")]).await;
    house.change("case", "c1", &[("status", "closed")]).await;
    house.pass("P2D").await;
    let instance = house.instances_of("play").await[0];
    let call = house
        .runtime
        .queries()
        .jobs_of(instance)
        .await
        .unwrap()
        .remove(0)
        .waits_for
        .unwrap();
    house
        .change(&call.kind, &call.key, &[("outcome", "eve")])
        .await;
    let tasks = house
        .tasks(redthread_runtime::TaskView::Mine("eve".into()))
        .await;
    house
        .runtime
        .complete_task(
            tasks[0].key,
            redthread_core::Holder::Anyone,
            Default::default(),
            ann(),
        )
        .await
        .unwrap();
    let mut times = Vec::new();
    while let Ok(step) = steps.try_recv() {
        times.push((step.sequence, step.at.to_string()));
    }
    let (monday, tuesday) = (
        "2026-01-05T09:00:00Z".to_owned(),
        "2026-01-06T09:00:00Z".to_owned(),
    );
    let wednesday = "2026-01-07T09:00:00Z".to_owned();
    assert_eq!(
        times,
        [
            (1, monday),
            (2, tuesday),
            (3, wednesday.clone()),
            (4, wednesday)
        ]
    );
    house.close().await;
}
