//! Idempotency keys: what is asked again under the same key is answered again, and done once.

use redthread_core::{Holder, Key};
use redthread_runtime::{
    Message, Once, ProcessRef, Runtime, RuntimeError, SettableClock, StartInstance, TaskView,
};
use sea_orm::{ConnectionTrait, DbErr};

use crate::check::count;
use crate::diagrams::{process, user_task};
use crate::house::{House, MONDAY, ann, at, texts};
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

/// The engine, sending what `request` says under a key of Ann's.
fn under(house: &House, key: &str, request: &str) -> Runtime {
    house.runtime.once(Once::new("ann", key, request).unwrap())
}

async fn start(runtime: &Runtime) -> Result<Key, RuntimeError> {
    let start = StartInstance {
        process: ProcessRef::Latest("simple".into()),
        element: None,
        variables: texts(&[]),
        subject: None,
    };
    runtime.start(start, ann()).await
}

async fn instances(house: &House) -> i64 {
    count(house.runtime.database(), "SELECT count(*) FROM instance").await
}

#[tokio::test]
async fn the_same_key_again_is_answered_the_same_and_starts_nothing() {
    let house = House::with(simple()).await;
    let first = start(&under(&house, "k1", "start")).await.unwrap();
    let again = start(&under(&house, "k1", "start")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(instances(&house).await, 1);
    // Another key is another request, and so is somebody else's.
    let other = start(&under(&house, "k2", "start")).await.unwrap();
    let once = Once::new("bob", "k1", "start").unwrap();
    let of_bob = start(&house.runtime.once(once)).await.unwrap();
    assert!(other != first && of_bob != first);
    assert_eq!(instances(&house).await, 3);
    house.close().await;
}

#[tokio::test]
async fn many_at_once_under_one_key_have_one_effect_and_one_answer() {
    let house = House::with(simple()).await;
    let all = (0..40).map(|nth| {
        let runtime = under(&house, if nth % 2 == 0 { "even" } else { "odd" }, "start");
        async move { start(&runtime).await.unwrap() }
    });
    let started = futures::future::join_all(all).await;
    let (even, odd) = (started[0], started[1]);
    for (nth, key) in started.iter().enumerate() {
        assert_eq!(*key, if nth % 2 == 0 { even } else { odd });
    }
    assert_eq!(instances(&house).await, 2);
    house.close().await;
}

#[tokio::test]
async fn a_key_that_came_with_another_request_is_refused() {
    let house = House::with(simple()).await;
    start(&under(&house, "k", "start")).await.unwrap();
    let refused = start(&under(&house, "k", "something else")).await;
    assert!(
        matches!(&refused, Err(RuntimeError::IdempotencyKeyReused(key)) if key == "k"),
        "{refused:?}"
    );
    let once = Once::new("ann", "k", "something else").unwrap();
    assert!(house.runtime.asked(&once).await.is_err());
    assert_eq!(instances(&house).await, 1);
    house.close().await;
}

#[tokio::test]
async fn a_refusal_is_not_kept_and_the_key_may_be_tried_again() {
    let house = House::new().await;
    let refused = start(&under(&house, "k", "start")).await;
    assert!(
        matches!(refused, Err(RuntimeError::UnknownProcess(_))),
        "{refused:?}"
    );
    house.deploy(simple()).await;
    start(&under(&house, "k", "start")).await.unwrap();
    assert_eq!(instances(&house).await, 1);
    house.close().await;
}

#[tokio::test]
async fn answers_outlive_a_restart() {
    let house = House::with(simple()).await;
    let first = start(&under(&house, "k", "start")).await.unwrap();
    let once = Once::new("ann", "k", "start").unwrap();
    assert!(house.runtime.asked(&once).await.unwrap().carried_out);
    house
        .runtime
        .note_answer(&once, "201".into())
        .await
        .unwrap();
    let place = house.close().await;
    let house = House::open(place, SettableClock::standing_at(at(MONDAY))).await;
    let asked = house.runtime.asked(&once).await.unwrap();
    assert_eq!(asked.noted.as_deref(), Some("201"));
    assert_eq!(start(&house.runtime.once(once)).await.unwrap(), first);
    assert_eq!(instances(&house).await, 1);
    house.close().await;
}

#[tokio::test]
async fn every_command_of_one_request_is_done_once() {
    let house = House::with(simple()).await;
    for _ in 0..3 {
        let runtime = under(&house, "k", "start two and complete the first");
        let first = start(&runtime).await.unwrap();
        let second = start(&runtime).await.unwrap();
        assert_ne!(first, second);
        let tasks = house.tasks(TaskView::All).await;
        let task = tasks.iter().find(|task| task.instance == first);
        // Done already when it is asked again: the answer does not look at the task any more.
        let task = task.map_or(Key(0), |task| task.key);
        let holder = Holder::Anyone;
        let done = runtime.complete_task(task, holder, texts(&[]), ann()).await;
        done.unwrap();
    }
    assert_eq!(instances(&house).await, 2);
    assert_eq!(house.tasks(TaskView::All).await.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn uploads_messages_and_writes_are_done_once() {
    let house = House::with(simple()).await;
    let (mut deployed, mut published) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let file = redthread_runtime::UploadedFile {
            name: "simple.bpmn".into(),
            bytes: simple(),
        };
        let runtime = under(&house, "upload", "upload");
        deployed.push(runtime.deploy(vec![file], ann()).await.unwrap());
        let message = Message {
            name: "paid".into(),
            correlation_key: String::new(),
            variables: texts(&[]),
            id: Some("m1".into()),
            ttl: redthread_calendar::parse_duration("PT1H").ok(),
        };
        let runtime = under(&house, "message", "message");
        // Without its key the second would be refused as a duplicate.
        published.push(runtime.publish_message(message, ann()).await.unwrap());
    }
    assert_eq!(deployed[0], deployed[1]);
    assert!(!deployed[1].definitions[0].unchanged);
    assert_eq!(published[0], published[1]);

    for good in [false, true, true] {
        let runtime = under(&house, "write", "write");
        let written = runtime.write(ann(), move |tx, cx| {
            Box::pin(async move {
                notice(tx, "written").await?;
                match good {
                    true => Ok(cx.keys.next_key()),
                    false => Err(DbErr::Custom("no".into())),
                }
            })
        });
        published[0].instances.extend(written.await.unwrap().ok());
    }
    // The one that failed was not kept, the other was done once.
    let [one, two] = published[0].instances[..] else {
        panic!("{published:?}");
    };
    assert_eq!(one, two);
    assert_eq!(house.notices().await, ["written"]);
    house.close().await;
}

#[test]
fn keys_are_short_and_visible() {
    for good in [
        "k",
        "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"",
        &"x".repeat(255),
    ] {
        assert!(Once::new("ann", good, "").is_ok(), "{good}");
    }
    for bad in ["", "a b", "schlüssel", "a\n", &"x".repeat(256)] {
        let refused = Once::new("ann", bad, "");
        assert!(
            matches!(refused, Err(RuntimeError::BadIdempotencyKey)),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn answers_go_away_after_a_day_whatever_the_process_time_is() {
    let house = House::with(simple()).await;
    let rows = |age_in_hours: i64| {
        let at = redthread_runtime::real_now().as_micros() - age_in_hours * 3_600_000_000;
        let row = move |nth: i64| format!("('{age_in_hours}-{nth}', 'ann', 1, '', '', {at})");
        let rows: Vec<String> = (0..1_000).map(row).collect();
        format!("INSERT INTO kept_answer VALUES {}", rows.join(", "))
    };
    let writer = house.place.connect().await;
    for statement in [rows(30), rows(23)] {
        writer.execute_unprepared(&statement).await.unwrap();
    }
    // The clock of the processes does not count.
    house.pass("P30D").await;
    let many = (0..300).map(|nth| {
        let runtime = under(&house, &format!("new-{nth}"), "start");
        async move { start(&runtime).await.unwrap() }
    });
    futures::future::join_all(many).await;
    let left = |which: &str| format!("SELECT count(*) FROM kept_answer WHERE key LIKE '{which}'");
    let database = house.runtime.database();
    // Deleting waits for so many new ones: after the next batch at the latest.
    start(&under(&house, "last", "start")).await.unwrap();
    assert_eq!(count(database, &left("30-%")).await, 0);
    assert_eq!(count(database, &left("23-%")).await, 1_000);
    assert_eq!(count(database, &left("new-%")).await, 300);
    house.close().await;
}
