//! What survives a restart: everything.

use std::sync::Arc;

use redthread_runtime::{Clock, RuntimeError, SettableClock, real_now};
use redthread_test_database::TestDatabase;
use sea_orm::ConnectionTrait;
use sea_orm_migration::{MigratorTrait, SchemaManager};

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
    let place = house.close().await;
    let closed = runtime.cancel(instance, None, ann()).await.unwrap_err();
    assert!(matches!(closed, RuntimeError::Closed), "{closed}");

    // Two days go by while the server is off.
    let house = House::open(
        place,
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
    let place = house.close().await;
    let house = House::open(
        place,
        SettableClock::standing_at(at("2025-06-01T00:00:00Z")),
    )
    .await;
    assert_eq!(house.runtime.now(), at(MONDAY));
    assert!(house.start("p", &[]).await > first);
    house.close().await;
}

#[tokio::test]
async fn a_clock_that_was_moved_stays_ahead() {
    let place = Arc::new(TestDatabase::new().await);
    let house = House::open(place, SettableClock::running()).await;
    house.pass("P7D").await;
    let place = house.close().await;
    let house = House::open(place, SettableClock::running()).await;
    assert!(house.runtime.now() > real_now().saturating_add_micros(6 * 86_400_000_000));
    house.close().await;
}

#[tokio::test]
async fn time_goes_on_after_a_kill_in_the_middle_of_a_move() {
    let place = Arc::new(TestDatabase::new().await);
    let house = House::open(place, SettableClock::running()).await;
    house
        .deploy(process(
            "days",
            &format!(
                "<startEvent id=\"S\"/>\n{}\n{}\nS -> Day\nDay -> Other\nOther -> E",
                wait("Day", "P1D"),
                wait("Other", "P1D")
            ),
        ))
        .await;
    house.start("days", &[]).await;
    house.pass("P7D").await;
    let place = house.close().await;
    // As if the server had been killed before it could remember where the clock stood.
    let other = place.connect().await;
    other
        .execute_unprepared("DELETE FROM setting WHERE name = 'clockOffset'")
        .await
        .unwrap();
    other.close().await.unwrap();
    let house = House::open(place.clone(), SettableClock::running()).await;
    let before = house.runtime.now();
    assert!(before > real_now().saturating_add_micros(6 * 86_400_000_000));
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    assert!(house.runtime.now() > before, "the time stands still");
    house.close().await;
    // A clock that cannot be moved would stand still for a week.
    let database = redthread_runtime::Database::open(place.url())
        .await
        .unwrap();
    let world = Arc::new(crate::world::TestWorld);
    let clock = Arc::new(redthread_runtime::SystemClock::default());
    let refused = redthread_runtime::Runtime::open(database, world, clock).await;
    let sentence = refused.err().expect("it was opened").to_string();
    assert!(sentence.contains("clock"), "{sentence}");
}

#[tokio::test]
async fn every_batch_remembers_how_far_the_clock_was_moved() {
    let place = Arc::new(TestDatabase::new().await);
    let clock = Arc::new(SettableClock::running());
    let database = redthread_runtime::Database::open(place.url())
        .await
        .unwrap();
    database
        .migrate::<crate::world::Migrations>()
        .await
        .unwrap();
    let world = Arc::new(crate::world::TestWorld);
    let runtime = redthread_runtime::Runtime::open(database, world, clock.clone())
        .await
        .unwrap();
    let house = House { runtime, place };
    let tomorrow = clock.now().saturating_add_micros(86_400_000_000);
    clock.set(tomorrow).unwrap();
    house.change("case", "c1", &[("status", "new")]).await;
    let stored = "SELECT count(*) FROM setting WHERE name = 'clockOffset'";
    assert_eq!(
        crate::check::count(house.runtime.database(), stored).await,
        1
    );
    house.close().await;
}

#[tokio::test]
async fn a_move_goes_on_when_whoever_asked_for_it_has_gone() {
    let house = House::with(process(
        "days",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\nS -> Day\nDay -> Do\nDo -> E",
            wait("Day", "P1D"),
            user_task("Do", "ann")
        ),
    ))
    .await;
    let instance = house.start("days", &[]).await;
    let (to, further) = (at("2026-01-08T09:00:00Z"), at("2026-01-09T09:00:00Z"));
    let dropped = tokio::time::timeout(std::time::Duration::ZERO, house.runtime.advance_to(to));
    assert!(dropped.await.is_err(), "it was done before it was dropped");
    let arrived = async {
        while house.standing(instance).await != ["Do"] {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), arrived)
        .await
        .expect("nobody moves the clock");
    // The next move waits for the first one.
    house.runtime.advance_to(further).await.unwrap();
    let history = house.runtime.queries();
    let steps = history
        .history(instance, &Default::default())
        .await
        .unwrap();
    assert_eq!(steps.items[1].at, at("2026-01-06T09:00:00Z"));
    assert_eq!(house.runtime.now(), further);
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
        place: Arc::new(TestDatabase::at("sqlite::memory:".into())),
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

#[tokio::test]
async fn jobs_of_a_database_from_before_there_were_leases_are_free() {
    let house = House::with(crate::workers::pay()).await;
    let stuck = house.start("pay", &[]).await;
    let job = crate::workers::take_one(&house, "w").await;
    let failed = crate::workers::failure(Some(0), std::time::Duration::ZERO);
    let lease = crate::workers::lease(&job);
    house.runtime.fail_leased_job(lease, failed).await.unwrap();
    let waiting = house.start("pay", &[]).await;
    let leased = crate::workers::take_one(&house, "w").await;
    let place = house.close().await;

    let conn = place.connect().await;
    let name = "m20260126_100007_engine_jobs";
    let migrations = redthread_runtime::Migrator::migrations();
    let leases = migrations.iter().find(|one| one.name() == name).unwrap();
    leases.down(&SchemaManager::new(&conn)).await.unwrap();
    let forget = format!("DELETE FROM seaql_migrations WHERE version = '{name}'");
    conn.execute_unprepared(&forget).await.unwrap();
    conn.close().await.unwrap();

    let house = House::open(place, SettableClock::standing_at(at(MONDAY))).await;
    let again = crate::workers::take_one(&house, "w").await;
    assert_eq!((again.key, again.instance), (leased.key, waiting));
    let queries = house.runtime.queries();
    let incident = queries.incidents(stuck).await.unwrap().remove(0);
    house.runtime.retry(incident.key, ann()).await.unwrap();
    assert_eq!(crate::workers::take_one(&house, "w").await.instance, stuck);
    house.close().await;
}
