//! Time: catch events, boundary events, start events, and moving the clock.

use redthread_runtime::{PageRequest, TaskView};

use crate::diagrams::{process, service_task, user_task, wait};
use crate::house::{House, at};
use crate::world::sql;
use sea_orm::ConnectionTrait;

#[tokio::test]
async fn things_happen_at_their_own_times_however_far_the_clock_is_moved() {
    let house = House::with(process(
        "late",
        &format!("<startEvent id=\"S\"/>\n{}\n{}\n<endEvent id=\"E\"/>\nS -> Week\nWeek -> Day\nDay -> E", wait("Week", "P7D"), wait("Day", "P1D")),
    ))
    .await;
    let instance = house.start("late", &[]).await;
    assert_eq!(
        house.runtime.next_due().await.unwrap(),
        Some(at("2026-01-12T09:00:00Z"))
    );
    house.pass("P6D").await;
    assert_eq!(house.standing(instance).await, ["Week"]);
    house.pass("P30D").await;
    assert_eq!(house.status(instance).await, "completed");
    let steps = house
        .runtime
        .queries()
        .history(instance, &PageRequest::default())
        .await
        .unwrap()
        .items;
    let times: Vec<String> = steps.iter().map(|step| step.at.to_string()).collect();
    assert_eq!(
        times,
        [
            "2026-01-05T09:00:00Z",
            "2026-01-12T09:00:00Z",
            "2026-01-13T09:00:00Z"
        ]
    );
    house.close().await;
}

#[tokio::test]
async fn a_boundary_timer_ends_the_task_that_takes_too_long() {
    let house = House::with(process(
        "slow",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<boundaryEvent id=\"TooLong\" attachedToRef=\"Do\"><timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>\n{}\nS -> Do\nDo -> E\nTooLong -> Escalate\nEscalate -> E",
            user_task("Do", "ann"),
            user_task("Escalate", "boss")
        ),
    ))
    .await;
    let late = house.start("slow", &[]).await;
    house.pass("PT3H").await;
    assert_eq!(house.standing(late).await, ["Escalate"]);
    assert_eq!(house.tasks(TaskView::Mine("ann".into())).await, []);
    let prompt = house.start("slow", &[]).await;
    house.complete("Do", &[]).await;
    house.pass("PT3H").await;
    assert_eq!(house.status(prompt).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn a_cycle_starts_an_instance_each_time_until_a_new_version_comes() {
    let every = |cycle: &str| {
        process(
            "tick",
            &format!(
                "<startEvent id=\"S\"><timerEventDefinition><timeCycle>{cycle}</timeCycle></timerEventDefinition></startEvent>\n{}\nS -> Note\nNote -> E",
                service_task("Note", "test:note")
            ),
        )
    };
    let house = House::with(every("R/PT1H")).await;
    house.pass("PT3H30M").await;
    assert_eq!(house.instances_of("tick").await.len(), 3);
    house.deploy(every("0 8 * * MON-FRI")).await;
    // From Monday 12:30 to Saturday 12:30: Tuesday to Friday at eight.
    house.pass("P5D").await;
    assert_eq!(house.instances_of("tick").await.len(), 3 + 4);
    assert_eq!(house.notices().await.len(), 7);
    house.close().await;
}

#[tokio::test]
async fn the_world_does_its_own_work_when_it_is_due() {
    let house = House::new().await;
    let due = at("2026-01-05T10:15:00Z").as_micros();
    let written = house.runtime.write(crate::house::ann(), move |tx, _| {
        Box::pin(async move {
            tx.execute_raw(sql(
                "INSERT INTO test_reminder (due) VALUES ($1)",
                [due.into()],
            ))
            .await
            .map(drop)
        })
    });
    written.await.unwrap().unwrap();
    house.pass("P1D").await;
    assert_eq!(house.notices().await, ["reminded at 2026-01-05T10:15:00Z"]);
    house.close().await;
}

#[tokio::test]
async fn a_running_clock_wakes_timers_by_itself() {
    let place = std::sync::Arc::new(redthread_test_database::TestDatabase::new().await);
    let house = House::open(place, redthread_runtime::SettableClock::running()).await;
    house
        .deploy(process(
            "soon",
            &format!(
                "<startEvent id=\"S\"/>\n{}\nS -> Moment\nMoment -> E",
                wait("Moment", "PT0.2S")
            ),
        ))
        .await;
    let mut feed = house.runtime.subscribe();
    let instance = house.start("soon", &[]).await;
    let woken = async {
        while house.status(instance).await != "completed" {
            feed.recv().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), woken)
        .await
        .expect("the timer was not woken");
    house.close().await;
}

#[tokio::test]
async fn what_cannot_be_woken_does_not_hold_up_what_comes_after_it() {
    let house = House::with(process(
        "days",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\nS -> Day\nDay -> Do\nDo -> E",
            wait("Day", "P1D"),
            user_task("Do", "ann")
        ),
    ))
    .await;
    let broken = house.start("days", &[]).await;
    house.pass("PT1H").await;
    let whole = [house.start("days", &[]).await, {
        house.pass("PT1H").await;
        house.start("days", &[]).await
    }];
    let place = house.close().await;
    let vandal = place.connect().await;
    let state = "SELECT state FROM instance WHERE key = $1";
    let row = vandal.query_one_raw(sql(state, [broken.as_i64().into()]));
    let state: String = row.await.unwrap().unwrap().try_get_by_index(0).unwrap();
    let scramble = "UPDATE instance SET state = $1 WHERE key = $2";
    let set_state = async |state: &str| {
        let set = sql(scramble, [state.into(), broken.as_i64().into()]);
        vandal.execute_raw(set).await.unwrap();
    };
    set_state("scrambled").await;
    let clock = redthread_runtime::SettableClock::standing_at(at(crate::house::MONDAY));
    let house = House::open(place, clock).await;
    house.pass("P2D").await;
    for (instance, on_time) in whole
        .into_iter()
        .zip(["2026-01-06T10:00:00Z", "2026-01-06T11:00:00Z"])
    {
        let steps = house
            .runtime
            .queries()
            .history(instance, &PageRequest::default())
            .await
            .unwrap()
            .items;
        assert_eq!(steps[1].at, at(on_time), "woken late");
    }
    set_state(&state).await;
    house.close().await;
}
