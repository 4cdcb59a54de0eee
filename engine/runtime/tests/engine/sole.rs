//! One server works with a database.

use std::sync::Arc;
use std::time::Duration;

use redthread_runtime::{Database, Runtime, RuntimeError, SettableClock};
use redthread_test_database::TestDatabase;
use sea_orm::{ConnectionTrait, DbBackend};

use crate::diagrams::simple;
use crate::house::{House, MONDAY, at};
use crate::world::{Migrations, TestWorld};

async fn open(place: &TestDatabase) -> Result<Runtime, RuntimeError> {
    let database = Database::open(place.url()).await.unwrap();
    let clock = SettableClock::standing_at(at(MONDAY));
    Runtime::open(database, Arc::new(TestWorld), Arc::new(clock)).await
}

#[tokio::test]
async fn a_second_server_is_refused_and_the_first_one_goes_on() {
    let house = House::with(simple()).await;
    match open(&house.place).await.err() {
        Some(RuntimeError::InUse) => {}
        other => panic!("{other:?}"),
    }
    // Nor does a newer one change the tables under it.
    let newer = Database::open(house.place.url()).await.unwrap();
    let refused = newer.migrate::<Migrations>().await;
    assert!(matches!(refused, Err(RuntimeError::InUse)), "{refused:?}");
    let instance = house.start("simple", &[]).await;
    house.complete("Do", &[]).await;
    assert_eq!(house.status(instance).await, "completed");
    let place = house.close().await;
    open(&place).await.expect("the place is free").close().await;
}

#[tokio::test]
async fn who_comes_while_the_other_is_ending_waits_for_it() {
    let house = House::new().await;
    let place = house.place.clone();
    let second = async { open(&place).await.expect("the place becomes free") };
    let first = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        house.close().await
    };
    let (second, _) = tokio::join!(second, first);
    second.close().await;
}

#[tokio::test]
async fn who_has_lost_the_place_to_another_is_told() {
    let house = House::new().await;
    if house.place.backend() == DbBackend::Sqlite {
        // The lock of a file is not lost while its process runs.
        return drop(house.close().await);
    }
    let stranger = house.place.connect().await;
    // Whoever holds it in this schema.
    let gone = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid::BIGINT = hashtextextended('redthread ' || current_schema(), 0) & 4294967295";
    let take = "SELECT pg_advisory_lock(hashtextextended('redthread ' || current_schema(), 0))";
    let ended = stranger.execute_unprepared(gone).await.unwrap();
    assert_eq!(ended.rows_affected(), 1);
    stranger.execute_unprepared(take).await.unwrap();
    let displaced = tokio::time::timeout(Duration::from_secs(30), house.runtime.displaced());
    displaced.await.expect("it was not told");
    stranger.close().await.unwrap();
    house.close().await;
}
