//! What holds on the database that the tests were asked to run on, and what happens when its connections are lost.

use std::sync::Arc;

use redthread_runtime::{Database, SettableClock};
use redthread_test_database::{POSTGRES, TestDatabase};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::check::count;
use crate::diagrams::simple;
use crate::house::{House, MONDAY, ann, at};
use crate::world::{notice, sql};

#[tokio::test]
async fn the_engine_runs_on_the_database_that_was_asked_for() {
    let house = House::new().await;
    let expected = match std::env::var(POSTGRES) {
        Ok(url) if !url.is_empty() => DbBackend::Postgres,
        _ => DbBackend::Sqlite,
    };
    let readers = house.runtime.database().readers();
    assert_eq!(readers.get_database_backend(), expected);
    house.close().await;
}

/// The same server, asked for TLS.
fn over_tls(url: &str, mode: &str) -> String {
    let url = url.replace("sslmode=disable", &format!("sslmode={mode}"));
    match url.contains("sslmode=") {
        true => url,
        false => format!("{url}&sslmode={mode}"),
    }
}

#[tokio::test]
async fn postgres_is_reached_over_tls_where_its_address_asks_for_it() {
    let house = House::with(simple()).await;
    if house.place.backend() != DbBackend::Postgres {
        return drop(house.close().await);
    }
    let place = house.close().await;
    let encrypted = Arc::new(TestDatabase::at(over_tls(place.url(), "require")));
    let house = House::open(encrypted, SettableClock::standing_at(at(MONDAY))).await;
    let asks = "SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    assert_eq!(count(house.runtime.database(), asks).await, 1);
    house.start("simple", &[]).await;
    house.close().await;
    // Nobody vouches for the certificate of a temporary server.
    let unknown = Database::open(&over_tls(place.url(), "verify-full")).await;
    assert!(unknown.is_err(), "{unknown:?}");
}

#[tokio::test]
async fn readers_cannot_write() {
    let house = House::new().await;
    let readers = house.runtime.database().readers();
    let write = "DELETE FROM setting";
    assert!(readers.execute_unprepared(write).await.is_err());
    house.close().await;
}

#[tokio::test]
async fn a_connection_that_is_lost_loses_its_batch_only() {
    let house = House::with(simple()).await;
    if house.place.backend() != DbBackend::Postgres {
        // The connection to a file is not lost.
        return;
    }
    // Between two batches: nobody notices.
    let writer = house.runtime.write(ann(), |tx, _| {
        Box::pin(async move {
            let pid = tx.query_one_raw(sql("SELECT pg_backend_pid()", [])).await?;
            pid.ok_or(DbErr::Custom("no row".into()))?
                .try_get_by_index::<i32>(0)
        })
    });
    let pid = writer.await.unwrap().unwrap();
    let other = house.place.connect().await;
    let terminate = format!("SELECT pg_terminate_backend({pid}, 5000)");
    other.execute_unprepared(&terminate).await.unwrap();
    house.start("simple", &[]).await;
    // In the middle of one: what it did is gone, the next goes on.
    let lost = house.runtime.write(ann(), |tx, _| {
        Box::pin(async move {
            notice(tx, "never told").await?;
            tx.execute_unprepared("SELECT pg_terminate_backend(pg_backend_pid())")
                .await
                .map(drop)
        })
    });
    let lost = lost.await;
    assert!(!matches!(lost, Ok(Ok(()))), "{lost:?}");
    house.start("simple", &[]).await;
    assert!(house.notices().await.is_empty());
    assert_eq!(house.instances_of("simple").await.len(), 2);
    house.close().await;
}
