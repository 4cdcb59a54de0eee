//! Workers that wait for jobs: who is woken when, in which order, and what happens to those who go away.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redthread_runtime::{ActivateJobs, ActivatedJob, Runtime, SettableClock};

use crate::house::{House, ann};
use crate::workers::{complete, failure, lease, pay, take, take_one, wanted};

fn waiting(worker: &str, max_jobs: usize) -> ActivateJobs {
    ActivateJobs {
        wait: Duration::from_secs(20),
        ..wanted(worker, max_jobs)
    }
}

/// Until whoever was sent to wait stands in line: nothing tells.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(60)).await;
}

fn spawn_waiting(
    runtime: &Runtime,
    wanted: ActivateJobs,
) -> tokio::task::JoinHandle<Vec<ActivatedJob>> {
    let runtime = runtime.clone();
    tokio::spawn(async move { runtime.activate_jobs(wanted).await.unwrap() })
}

#[tokio::test]
async fn who_waits_is_woken_at_once() {
    let house = House::with(pay()).await;
    let waiter = spawn_waiting(&house.runtime, waiting("w", 1));
    settle().await;
    let began = Instant::now();
    let instance = house.start("pay", &[]).await;
    let taken = waiter.await.unwrap();
    let took = began.elapsed();
    assert_eq!(taken[0].instance, instance);
    assert!(took < Duration::from_millis(500), "{took:?}");
    // A job that failed, and one that is retried after an incident, too.
    for retries in [1, 0] {
        let job = take(&house, "w", 1).await.pop().unwrap_or(taken[0].clone());
        let waiter = spawn_waiting(&house.runtime, waiting("w", 1));
        settle().await;
        let failed = failure(Some(retries), Duration::ZERO);
        house
            .runtime
            .fail_leased_job(lease(&job), failed)
            .await
            .unwrap();
        if retries == 0 {
            let queries = house.runtime.queries();
            let incident = queries.incidents(instance).await.unwrap().remove(0);
            house.runtime.retry(incident.key, ann()).await.unwrap();
        }
        let again = waiter.await.unwrap();
        assert_eq!(again[0].key, job.key);
        house
            .runtime
            .fail_leased_job(lease(&again[0]), failure(Some(1), Duration::ZERO))
            .await
            .unwrap();
    }
    house.close().await;
}

#[tokio::test]
async fn who_waits_is_woken_when_a_lease_or_a_back_off_is_over() {
    let place = Arc::new(redthread_test_database::TestDatabase::new().await);
    let house = House::open(place, SettableClock::running()).await;
    house.deploy(pay()).await;
    house.start("pay", &[]).await;
    let short = ActivateJobs {
        lease: Duration::from_secs(1),
        ..wanted("dies", 1)
    };
    let held = house.runtime.activate_jobs(short).await.unwrap().remove(0);
    let began = Instant::now();
    let taken = house.runtime.activate_jobs(waiting("w", 1)).await.unwrap();
    assert_eq!(taken[0].key, held.key);
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1_500), "{took:?}");

    let waiter = spawn_waiting(&house.runtime, waiting("w", 1));
    settle().await;
    let put_off = failure(None, Duration::from_millis(200));
    house
        .runtime
        .fail_leased_job(lease(&taken[0]), put_off)
        .await
        .unwrap();
    let began = Instant::now();
    assert_eq!(waiter.await.unwrap()[0].key, held.key);
    let took = began.elapsed();
    assert!(took < Duration::from_millis(700), "{took:?}");
    house.close().await;
}

#[tokio::test]
async fn those_who_wait_are_served_in_order_each_with_what_it_can_take() {
    let house = House::with(pay()).await;
    let mut waiters = Vec::new();
    for nth in 0..50 {
        waiters.push(spawn_waiting(
            &house.runtime,
            waiting(&format!("w{nth}"), 1),
        ));
        // In this order.
        tokio::task::yield_now().await;
    }
    settle().await;
    let started = house.start("pay", &[]).await;
    let first = waiters.remove(0).await.unwrap();
    assert_eq!(first[0].instance, started);
    assert_eq!(first[0].worker, "w0");
    settle().await;
    assert!(
        waiters.iter().all(|waiter| !waiter.is_finished()),
        "there was one job"
    );
    let starts = (0..49).map(|_| house.start("pay", &[]));
    futures::future::join_all(starts).await;
    let mut keys = BTreeSet::from([first[0].key]);
    for waiter in waiters {
        let taken = waiter.await.unwrap();
        assert_eq!(taken.len(), 1);
        keys.insert(taken[0].key);
    }
    assert_eq!(keys.len(), 50);
    house.close().await;
}

#[tokio::test]
async fn who_has_gone_away_takes_nothing() {
    let house = House::with(pay()).await;
    let waiter = spawn_waiting(&house.runtime, waiting("gone", 1));
    settle().await;
    waiter.abort();
    let _ = waiter.await;
    house.start("pay", &[]).await;
    let job = take_one(&house, "there").await;
    assert_eq!(job.worker, "there");

    // Gone while it is being served: what was not received is free again.
    for _ in 0..20 {
        house.start("pay", &[]).await;
    }
    for micros in (0..20).map(|nth| nth * 150) {
        let asked = house.runtime.activate_jobs(waiting("gone", 1));
        let within = Duration::from_micros(micros);
        if let Ok(taken) = tokio::time::timeout(within, asked).await {
            for job in taken.unwrap() {
                complete(&house, &job).await.unwrap();
            }
        }
    }
    house.runtime.run_until_idle().await.unwrap();
    let left = take(&house, "there", 100).await.len();
    let done = "SELECT count(*) FROM instance WHERE status = 'completed'";
    let done = crate::check::count(house.runtime.database(), done).await;
    assert_eq!(left as i64 + done, 20, "some are leased to nobody");
    house.close().await;
}

#[tokio::test]
async fn who_waits_longer_than_there_is_work_or_a_server_gets_none() {
    let house = House::with(pay()).await;
    let short = ActivateJobs {
        wait: Duration::from_millis(50),
        ..wanted("w", 1)
    };
    assert!(house.runtime.activate_jobs(short).await.unwrap().is_empty());
    let waiter = spawn_waiting(&house.runtime, waiting("w", 1));
    settle().await;
    house.close().await;
    let answer = tokio::time::timeout(Duration::from_secs(5), waiter).await;
    assert!(answer.expect("it still waits").unwrap().is_empty());
}
