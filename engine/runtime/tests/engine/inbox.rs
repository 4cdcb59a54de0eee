//! Work that was left for later: done, or set aside with the reason, and never a circle that turns on for ever.

use std::time::Duration;

use redthread_core::Command;
use redthread_runtime::SettableClock;
use sea_orm::ConnectionTrait;

use crate::check::rows;
use crate::diagrams::{process, service_task, user_task};
use crate::house::{House, MONDAY, ann, at};

/// Nothing here may take long: a circle would.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work)
        .await
        .expect("it goes on for ever")
}

#[tokio::test]
async fn work_that_cannot_be_done_is_set_aside_and_the_rest_goes_on() {
    let house = House::with(process(
        "p",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Do\nDo -> E",
            user_task("Do", "ann")
        ),
    ))
    .await;
    let instance = house.start("p", &[]).await;
    let place = house.close().await;
    let vandal = place.connect().await;
    let step = |command: Command| {
        let (command, actor) = (
            serde_json::to_string(&command).unwrap(),
            serde_json::to_string(&ann()).unwrap(),
        );
        format!(r#"{{"do":"step","instance":"{instance}","command":{command},"actor":{actor}}}"#)
    };
    let unknown = r#"{"do":"lookForMessage","instance":"99","subscription":"98"}"#;
    for (key, work, failed) in [
        (1, "scrambled".to_owned(), None),
        (2, unknown.to_owned(), None),
        (3, step(Command::Cancel { reason: None }), None),
        // Nothing is left to do for what is cancelled.
        (4, step(Command::Continue), Some("It went in a circle.")),
    ] {
        let insert = "INSERT INTO inbox (key, work, failed) VALUES ($1, $2, $3)";
        let insert = crate::world::sql(insert, [key.into(), work.into(), failed.into()]);
        vandal.execute_raw(insert).await.unwrap();
    }
    vandal.close().await.unwrap();
    let house = House::open(place, SettableClock::standing_at(at(MONDAY))).await;
    soon(house.runtime.run_until_idle()).await.unwrap();
    assert_eq!(house.status(instance).await, "terminated");
    let left = rows(
        house.runtime.database(),
        "SELECT key, failed FROM inbox ORDER BY key",
    )
    .await;
    let left: Vec<(i64, Option<String>)> = left
        .iter()
        .map(|row| {
            (
                row.try_get_by_index(0).unwrap(),
                row.try_get_by_index(1).unwrap(),
            )
        })
        .collect();
    assert!(
        matches!(&left[..], [(1, Some(damaged)), (2, Some(unknown))]
            if damaged.contains("work in the inbox 1") && unknown.contains("no instance with the key 99")),
        "{left:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn a_process_that_goes_in_a_circle_is_stopped_and_says_so() {
    let house = House::with(process(
        "circle",
        &format!(
            "<startEvent id=\"S\"/>
             <exclusiveGateway id=\"Again\"/>
             <exclusiveGateway id=\"Enough\" default=\"Enough_Again\"/>
             {}
             S -> Again
             Again -> Enough
             Enough -> Again
             Enough -> Do if enough = \"yes\"
             Do -> E",
            user_task("Do", "ann")
        ),
    ))
    .await;
    let instance = house.start("circle", &[]).await;
    soon(house.runtime.run_until_idle()).await.unwrap();
    let set_aside = async || house.runtime.queries().set_aside(instance).await.unwrap();
    let said = set_aside().await;
    assert!(
        matches!(&said[..], [said] if said.starts_with("The process goes in a circle")),
        "{said:?}"
    );
    let enough = crate::house::texts(&[("enough", "yes")]);
    house
        .runtime
        .set_variables(instance, None, enough, None, ann())
        .await
        .unwrap();
    soon(house.runtime.run_until_idle()).await.unwrap();
    assert_eq!(house.standing(instance).await, ["Do"]);
    assert_eq!(set_aside().await, [""; 0]);
    house.close().await;
}

/// Notes, and goes back to noting until `enough` is "yes".
fn endless_notes() -> Vec<u8> {
    process(
        "notes",
        &format!(
            "<startEvent id=\"S\"/>
             <exclusiveGateway id=\"Again\"/>
             <exclusiveGateway id=\"Enough\" default=\"Enough_Again\"/>
             {}
             S -> Again
             Again -> Note
             Note -> Enough
             Enough -> Again
             Enough -> E if enough = \"yes\"",
            service_task("Note", "test:note")
        ),
    )
}

#[tokio::test]
async fn a_circle_with_a_connector_in_it_is_stopped_too_and_its_end_takes_what_was_set_aside() {
    let house = House::with(endless_notes()).await;
    let instance = house.start("notes", &[]).await;
    soon(house.runtime.run_until_idle()).await.unwrap();
    let set_aside = async || house.runtime.queries().set_aside(instance).await.unwrap();
    let said = set_aside().await;
    assert!(
        matches!(&said[..], [said] if said.contains("connectors have done 3,000 jobs")),
        "{said:?}"
    );
    let notes = house.notices().await.len();
    assert!((3_000..3_100).contains(&notes), "{notes}");

    let enough = crate::house::texts(&[("enough", "yes")]);
    house
        .runtime
        .set_variables(instance, None, enough, None, ann())
        .await
        .unwrap();
    soon(house.runtime.run_until_idle()).await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    assert_eq!(set_aside().await, [""; 0]);
    house.close().await;
}

#[tokio::test]
async fn what_was_set_aside_goes_when_its_instance_ends_by_itself() {
    let house = House::with(process(
        "one",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Do\nDo -> E",
            user_task("Do", "ann")
        ),
    ))
    .await;
    let instance = house.start("one", &[]).await;
    let work = format!(r#"{{"do": "perform", "instance": "{instance}", "job": "7"}}"#);
    let insert =
        format!("INSERT INTO inbox (key, work, failed) VALUES (1, '{work}', 'It failed.')");
    let vandal = house.place.connect().await;
    vandal.execute_unprepared(&insert).await.unwrap();
    vandal.close().await.unwrap();
    let set_aside = async || house.runtime.queries().set_aside(instance).await.unwrap();
    assert_eq!(set_aside().await, ["It failed."]);
    house.complete("Do", &[]).await;
    assert_eq!(house.status(instance).await, "completed");
    assert_eq!(set_aside().await, [""; 0]);
    house.close().await;
}
