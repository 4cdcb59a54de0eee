//! `crm:create-call`

use redthread_connectors::CrmWrite;
use redthread_core::{Key, Status};
use redthread_crm::activities::{self, Outcome};
use redthread_crm::{Kind, RecordKey, Scope};
use redthread_feel::Value;
use redthread_runtime::Actor;

use crate::house::{House, house, text, write};

const CALL: &str = "crm:create-call";

async fn hold(house: &House, call: RecordKey, outcome: Outcome, note: &'static str) {
    write(&house.runtime, move |tx, cx| {
        Box::pin(async move {
            let write = CrmWrite::of(cx);
            activities::hold(
                &write.change(tx),
                &Scope::system(),
                call,
                None,
                Some(outcome),
                Some(note),
            )
            .await
        })
    })
    .await;
}

async fn cancel(house: &House, call: RecordKey) {
    write(&house.runtime, move |tx, cx| {
        Box::pin(async move {
            let write = CrmWrite::of(cx);
            activities::cancel(
                &write.change(tx),
                &Scope::system(),
                call,
                None,
                Some("not needed"),
            )
            .await
        })
    })
    .await;
}

async fn status(house: &House, instance: Key) -> Status {
    house.state(instance).await.status
}

/// When the call is that a process plans at `now`.
async fn planned(now: &str, inputs: &[(&str, &str)]) -> String {
    let house = house(now).await;
    house.run(CALL, inputs).await;
    text(&house.activity().await, "starts_at").to_owned()
}

#[tokio::test]
async fn a_call_is_a_week_later_at_the_same_time_of_day() {
    assert_eq!(
        planned("2026-01-05T14:00:00Z", &[]).await,
        "2026-01-12T14:00:00Z"
    );
}

#[tokio::test]
async fn days_are_counted_on_the_calendar_over_a_change_of_the_clock() {
    // 29 March: summer time begins. Ten in the morning in Berlin stays ten in the morning.
    assert_eq!(
        planned("2026-03-25T09:00:00Z", &[]).await,
        "2026-04-01T08:00:00Z"
    );
    assert_eq!(
        planned("2026-03-25T09:00:00Z", &[("after", "duration(\"P7D\")")]).await,
        "2026-04-01T08:00:00Z"
    );
}

#[tokio::test]
async fn a_call_goes_forward_into_working_hours_and_past_holidays() {
    // Wednesday evening at eight: Thursday morning at nine.
    assert_eq!(
        planned("2026-01-07T19:00:00Z", &[("after", "\"P7D\"")]).await,
        "2026-01-15T08:00:00Z"
    );
    // Saturday: Monday morning.
    assert_eq!(
        planned("2026-01-10T10:00:00Z", &[("after", "\"P7D\"")]).await,
        "2026-01-19T08:00:00Z"
    );
    // Good Friday, then a weekend, then Easter Monday: Tuesday.
    assert_eq!(
        planned("2026-03-27T10:00:00Z", &[("after", "\"P7D\"")]).await,
        "2026-04-07T07:00:00Z"
    );
}

#[tokio::test]
async fn an_exact_time_is_taken_as_it_is() {
    let sunday = [("at", "date and time(\"2026-02-01T10:00:00Z\")")];
    assert_eq!(
        planned("2026-01-05T09:00:00Z", &sunday).await,
        "2026-02-01T10:00:00Z"
    );
    // Without a zone it is on the company's clock.
    let local = [("at", "date and time(\"2026-02-02T10:00:00\")")];
    assert_eq!(
        planned("2026-01-05T09:00:00Z", &local).await,
        "2026-02-02T09:00:00Z"
    );
}

#[tokio::test]
async fn a_call_stands_in_its_owners_calendar_and_on_the_timeline_of_the_record() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house
        .run(CALL, &[("subject", "\"Ask about: \" + case.subject")])
        .await;
    let call = house.activity().await;
    assert_eq!(text(&call, "type"), "call");
    assert_eq!(text(&call, "subject"), "Ask about: The oven does not heat");
    assert_eq!(text(&call, "status"), "planned");
    assert_eq!(text(&call, "owner"), house.anna.to_string());
    assert_eq!(
        (text(&call, "record_kind"), text(&call, "record")),
        ("case", house.case.to_string().as_str())
    );
    assert_eq!(text(&call, "contact"), house.marta.to_string());
    assert_eq!(text(&call, "ends_at"), "2026-01-12T09:30:00Z");
    assert_eq!(text(&call, "remind_at"), "2026-01-12T08:30:00Z");
    assert_eq!(text(&call, "source_instance"), instance.to_string());
    assert_eq!(text(&call, "source_element"), "Work");
    let readers = house.runtime.database().readers();
    let timeline =
        redthread_crm::timeline::of(readers, &Scope::system(), Kind::Case, house.case, None, 50)
            .await
            .unwrap();
    assert!(
        timeline
            .entries
            .iter()
            .any(|entry| entry.code.contains("planned")),
        "{timeline:?}"
    );
}

#[tokio::test]
async fn the_process_waits_until_the_call_is_held_and_learns_how_it_went() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run(CALL, &[]).await;
    assert_eq!(status(&house, instance).await, Status::Active);
    let call = house.activity().await.key;
    hold(&house, call, Outcome::Problem, "Still cold.").await;
    assert_eq!(status(&house, instance).await, Status::Completed);
    assert_eq!(
        house.variable(instance, "outcome").await,
        Value::from("problem")
    );
    assert_eq!(
        house.variable(instance, "note").await,
        Value::from("Still cold.")
    );
    assert_eq!(
        house.variable(instance, "status").await,
        Value::from("held")
    );
    assert_eq!(
        house.variable(instance, "call").await,
        Value::from(call.to_string())
    );
}

#[tokio::test]
async fn moving_the_call_does_not_end_the_wait() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run(CALL, &[]).await;
    let call = house.activity().await.key;
    write(&house.runtime, move |tx, cx| {
        Box::pin(async move {
            let write = CrmWrite::of(cx);
            let later = crate::house::at("2026-01-13T09:00:00Z");
            activities::reschedule(&write.change(tx), &Scope::system(), call, None, later, None)
                .await
        })
    })
    .await;
    assert_eq!(status(&house, instance).await, Status::Active);
}

#[tokio::test]
async fn a_cancelled_call_ends_the_wait_without_an_outcome() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run(CALL, &[]).await;
    cancel(&house, house.activity().await.key).await;
    assert_eq!(status(&house, instance).await, Status::Completed);
    assert_eq!(house.variable(instance, "outcome").await, Value::Null);
    assert_eq!(
        house.variable(instance, "status").await,
        Value::from("cancelled")
    );
}

#[tokio::test]
async fn without_waiting_the_process_goes_on_at_once_and_the_call_stays_planned() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run(CALL, &[("wait", "false")]).await;
    assert_eq!(status(&house, instance).await, Status::Completed);
    assert_eq!(
        house.variable(instance, "status").await,
        Value::from("planned")
    );
    assert_eq!(text(&house.activity().await, "status"), "planned");
}

#[tokio::test]
async fn a_process_that_is_cancelled_cancels_its_call_and_says_why() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run(CALL, &[]).await;
    house
        .runtime
        .cancel(instance, None, Actor::System)
        .await
        .unwrap();
    let call = house.activity().await;
    assert_eq!(text(&call, "status"), "cancelled");
    assert_eq!(
        text(&call, "outcome_note"),
        "The process \"Follow-up\" no longer needs the call."
    );
}

#[tokio::test]
async fn somebody_else_may_be_named_to_call() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run(CALL, &[("assignee", "\"boris\"")]).await;
    let call = house.activity().await;
    assert_eq!(call.titles["owner"].title, "Boris Orlow");
}

#[tokio::test]
async fn what_cannot_be_done_is_an_incident_in_plain_words_and_leaves_nothing() {
    let told = [
        (
            ("assignee", "\"zoe\""),
            "There is no user with the login \"zoe\". Choose somebody else to call.",
        ),
        (
            ("after", "7"),
            "Expected a duration like \"P7D\" for the input \"after\", but found 7. Correct the input and try again.",
        ),
        (
            ("wait", "\"perhaps\""),
            "Expected true or false for the input \"wait\", but found \"perhaps\". Correct the input and try again.",
        ),
        (
            ("after", "duration(\"P9999999Y\")"),
            "The input \"after\" leads beyond the end of the calendar. Choose a shorter duration.",
        ),
    ];
    for (input, sentence) in told {
        let house = house("2026-01-05T09:00:00Z").await;
        let instance = house.run(CALL, &[input]).await;
        assert_eq!(house.incident(instance).await, sentence);
        assert!(house.all(Kind::Activity).await.is_empty());
    }
}

#[tokio::test]
async fn a_call_about_nothing_needs_somebody_to_make_it() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.deploy(&crate::house::process(CALL, &[])).await;
    let instance = house.start_about(None).await;
    let sentence = house.incident(instance).await;
    assert!(
        sentence.starts_with("Nobody is there to call"),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_mended_input_lets_the_process_go_on() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run(CALL, &[("assignee", "\"zoe\"")]).await;
    let stuck = house.state(instance).await;
    let element = *stuck.elements.keys().next().unwrap();
    let incident = *stuck.incidents.keys().next().unwrap();
    let mended = [("assignee".into(), Value::from("boris"))].into();
    house
        .runtime
        .set_variables(instance, Some(element), mended, None, Actor::System)
        .await
        .unwrap();
    house.runtime.retry(incident, Actor::System).await.unwrap();
    assert!(house.state(instance).await.incidents.is_empty());
    assert_eq!(house.activity().await.titles["owner"].title, "Boris Orlow");
}
