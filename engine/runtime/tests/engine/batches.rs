//! Group commit: many at once, one that fails does not harm its neighbours, the queue does not grow without end.

use std::time::Duration;

use redthread_core::Key;
use redthread_runtime::{Actor, RuntimeError, TaskView};
use sea_orm::{ConnectionTrait, DbErr};

use crate::check::count;
use crate::diagrams::{process, service_task, user_task};
use crate::house::{House, ann, texts};
use crate::world::notice;

fn simple() -> Vec<u8> {
    process(
        "simple",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<endEvent id=\"E\"/>\nS -> Do\nDo -> E",
            user_task("Do", "ann")
        ),
    )
}

#[tokio::test]
async fn many_at_once_share_commits_and_each_gets_its_own_answer() {
    let house = House::with(simple()).await;
    let before = count(house.runtime.database(), "SELECT max(sequence) FROM feed").await;
    let started = futures::future::join_all((0..300).map(|_| house.start("simple", &[]))).await;
    let batches = count(house.runtime.database(), "SELECT max(sequence) FROM feed").await - before;
    assert!(batches < 100, "{batches} commits for 300 instances");
    assert_eq!(
        started
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        300
    );
    let mut left = 300;
    while left > 0 {
        let tasks = house.tasks(TaskView::All).await;
        let done = tasks.iter().map(|task| {
            house
                .runtime
                .complete_task(task.key, redthread_core::Holder::Anyone, texts(&[]), ann())
        });
        for answer in futures::future::join_all(done).await {
            answer.unwrap();
            left -= 1;
        }
    }
    assert_eq!(
        count(
            house.runtime.database(),
            "SELECT count(*) FROM instance WHERE status = 'completed'"
        )
        .await,
        300
    );
    house.close().await;
}

#[tokio::test]
async fn one_that_fails_alone_does_not_harm_those_who_came_with_it() {
    let house = House::with(simple()).await;
    let task = {
        house.start("simple", &[]).await;
        house.task("Do").await
    };
    let twice = (0..5).map(|_| {
        house
            .runtime
            .complete_task(task, redthread_core::Holder::Anyone, texts(&[]), ann())
    });
    let starts = (0..20).map(|_| house.try_start("simple", &[]));
    let unknown = (0..5).map(|_| house.try_start("no such process", &[]));
    let writes = (0..20).map(|nth| {
        house.runtime.write(ann(), move |tx, _| {
            Box::pin(async move {
                notice(tx, &format!("write {nth}")).await?;
                match nth % 4 {
                    1 => tx.execute_unprepared("THIS IS NOT SQL").await.map(drop),
                    2 => Err(DbErr::Custom("no".into())),
                    3 => panic!("stumbled"),
                    _ => Ok(()),
                }
            })
        })
    });
    let (twice, starts, unknown, writes) = tokio::join!(
        futures::future::join_all(twice),
        futures::future::join_all(starts),
        futures::future::join_all(unknown),
        futures::future::join_all(writes)
    );
    assert_eq!(twice.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(starts.iter().all(Result::is_ok));
    assert!(unknown.iter().all(Result::is_err));
    assert_eq!(
        writes
            .iter()
            .filter(|answer| matches!(answer, Ok(Ok(()))))
            .count(),
        5
    );
    assert_eq!(house.notices().await.len(), 5);
    house.close().await;
}

#[tokio::test]
async fn an_instance_that_cannot_be_read_is_refused_and_the_others_go_on() {
    let house = House::with(simple()).await;
    let broken = house.start("simple", &[]).await;
    let place = house.close().await;
    let vandal = place.connect().await;
    let state: String = {
        let row = vandal
            .query_one_raw(crate::world::sql("SELECT state FROM instance", []))
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index(0).unwrap()
    };
    vandal
        .execute_unprepared("UPDATE instance SET state = 'scrambled'")
        .await
        .unwrap();
    let house = House::open(
        place,
        redthread_runtime::SettableClock::standing_at(crate::house::at(crate::house::MONDAY)),
    )
    .await;
    let (refused, fine) = tokio::join!(
        house.runtime.cancel(broken, None, ann()),
        house.try_start("simple", &[])
    );
    assert!(
        matches!(
            refused,
            Err(RuntimeError::Damaged {
                what: "instance",
                ..
            })
        ),
        "{refused:?}"
    );
    fine.unwrap();
    let mend = crate::world::sql(
        "UPDATE instance SET state = $1 WHERE state = 'scrambled'",
        [state.into()],
    );
    vandal.execute_raw(mend).await.unwrap();
    house.close().await;
}

#[tokio::test]
async fn somebody_else_wrote_to_the_instance_and_nothing_is_lost() {
    let house = House::with(simple()).await;
    let instance = house.start("simple", &[]).await;
    let other = house.place.connect().await;
    other
        .execute_unprepared("UPDATE instance SET version = version + 1")
        .await
        .unwrap();
    // The first try finds the other's version; what is in memory is read anew.
    house
        .runtime
        .set_variables(instance, None, texts(&[("a", "1")]), None, ann())
        .await
        .unwrap();
    assert_eq!(
        house.variable(instance, "a").await.as_deref(),
        Some("\"1\"")
    );
    house.close().await;
}

#[tokio::test]
async fn a_full_queue_refuses_instead_of_growing() {
    let house = House::with(simple()).await;
    let slow = house.runtime.write(ann(), |_, _| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok::<(), DbErr>(())
        })
    });
    let many = futures::future::join_all((0..6_000).map(|_| house.try_start("nothing", &[])));
    let (slow, many) = tokio::join!(slow, many);
    slow.unwrap().unwrap();
    let busy = many
        .iter()
        .filter(|answer| matches!(answer, Err(RuntimeError::Busy)))
        .count();
    let answered = many
        .iter()
        .filter(|answer| matches!(answer, Err(RuntimeError::UnknownProcess(_))))
        .count();
    assert!(
        busy > 0 && answered > 3_000,
        "{busy} refused, {answered} answered"
    );
    house.close().await;
}

#[tokio::test]
async fn a_loop_without_end_goes_through_the_inbox_and_lets_others_in_between() {
    let house = House::with(process(
        "loop",
        "<startEvent id=\"S\"/>
         <scriptTask id=\"Count\"><extensionElements><zeebe:script expression=\"=if n = null then 1 else n + 1\" resultVariable=\"n\"/></extensionElements></scriptTask>
         <exclusiveGateway id=\"Enough\" default=\"Enough_Count\"/>
         <endEvent id=\"E\"/>
         S -> Count
         Count -> Enough
         Enough -> Count
         Enough -> E if n >= 3000",
    ))
    .await;
    house.deploy(simple()).await;
    let instance = house.start("loop", &[]).await;
    assert_eq!(house.status(instance).await, "active");
    house.start("simple", &[]).await;
    house.runtime.run_until_idle().await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    assert_eq!(house.variable(instance, "n").await.as_deref(), Some("3000"));
    house.close().await;
}

#[tokio::test]
async fn the_feed_and_the_steps_say_what_was_touched_in_order() {
    let house = House::with(process(
        "note",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Do\nDo -> E",
            service_task("Do", "test:note")
        ),
    ))
    .await;
    let (mut feed, mut steps) = (house.runtime.subscribe(), house.runtime.steps());
    let instance: Key = house.start("note", &[]).await;
    let told = feed.recv().await.unwrap();
    assert!(
        told.touched.instances.contains(&instance) && told.touched.topics.contains("instances")
    );
    let (start, job) = (steps.recv().await.unwrap(), steps.recv().await.unwrap());
    assert_eq!((start.sequence, job.sequence), (1, 2));
    assert_eq!((&start.actor, &job.actor), (&ann(), &Actor::System));
    house.close().await;
}

#[tokio::test]
async fn the_feed_keeps_its_last_rows_only() {
    let house = House::with(simple()).await;
    let place = house.close().await;
    let other = place.connect().await;
    let later = "INSERT INTO feed SELECT 10998, at, touched FROM feed WHERE sequence = 1";
    other.execute_unprepared(later).await.unwrap();
    other.close().await.unwrap();
    let house = House::open(
        place,
        redthread_runtime::SettableClock::standing_at(crate::house::at(crate::house::MONDAY)),
    )
    .await;
    let count = async |range: &str| {
        let query = format!("SELECT count(*) FROM feed WHERE sequence {range}");
        crate::check::count(house.runtime.database(), &query).await
    };
    house.start("simple", &[]).await;
    assert!(count("< 10998").await > 0);
    house.start("simple", &[]).await;
    assert_eq!((count("< 10998").await, count(">= 10998").await), (0, 3));
    house.close().await;
}
