//! Calls and meetings: planning, reminding, holding, cancelling, moving.

use crate::house::{House, at, by_process, problems};
use redthread_calendar::Timestamp;
use redthread_crm::activities::{self, ActivityType, Outcome, Plan};
use redthread_crm::{CrmError, Kind, Record, RecordKey, Scope, User};
use serde_json::{Value as Json, json};

async fn planned(house: &House, plan: Plan) -> Record {
    let scope = Scope::process();
    house
        .change_as(by_process(), async |change| {
            activities::plan(change, &scope, plan).await
        })
        .await
        .unwrap()
}

/// Anna's call next Monday at ten, for half an hour, with a reminder 15 minutes before.
async fn call(house: &House, anna: &User) -> Record {
    let case = house
        .create(Kind::Case, json!({ "subject": "No light" }))
        .await;
    let plan = Plan {
        starts_at: Some(at("2026-01-12T10:00:00Z")),
        ends_at: Some(at("2026-01-12T10:30:00Z")),
        remind_at: Some(at("2026-01-12T09:45:00Z")),
        owner: Some(anna.key),
        record: Some((Kind::Case, case.key)),
        ..Plan::new(ActivityType::Call, "Ask whether the light works")
    };
    planned(house, plan).await
}

async fn hold(house: &House, call: &Record, outcome: Option<Outcome>) -> Result<Record, CrmError> {
    let (scope, key) = (Scope::system(), call.key);
    house
        .change(async |change| {
            activities::hold(change, &scope, key, None, outcome, Some("All is well")).await
        })
        .await
}

async fn move_to(house: &House, call: &Record, starts: &str) -> Record {
    let (scope, starts) = (Scope::system(), at(starts));
    house
        .change(async |change| {
            activities::reschedule(change, &scope, call.key, Some(call.version), starts, None).await
        })
        .await
        .unwrap()
}

async fn due(house: &House, now: &str) -> Vec<RecordKey> {
    let due = activities::reminders_due(&house.db, &Scope::system(), at(now), 10)
        .await
        .unwrap();
    due.into_iter()
        .map(|reminder| reminder.activity.key)
        .collect()
}

async fn next_reminder(house: &House) -> Option<Timestamp> {
    activities::next_reminder(&house.db, &Scope::system())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_call_that_a_process_plans_knows_where_it_comes_from() {
    let house = House::new().await;
    let call = call(&house, &house.anna().await).await;
    assert_eq!(call.fields["status"], "planned");
    assert_eq!(call.fields["source_instance"], "77");
    assert_eq!(call.fields["source_element"], "create-call");
    assert_eq!(call.titles["record"].title, "C-1001 No light");
    assert_eq!(call.titles["owner"].title, "Anna Berg");
    assert_eq!(call.created_by, by_process());
}

#[tokio::test]
async fn a_call_is_held_once_and_with_an_outcome() {
    let house = House::new().await;
    let call = call(&house, &house.anna().await).await;
    assert_eq!(
        problems(hold(&house, &call, None).await),
        ["outcome: required"]
    );
    let held = hold(&house, &call, Some(Outcome::Problem)).await.unwrap();
    assert_eq!(held.fields["status"], "held");
    assert_eq!(held.fields["outcome"], "problem");
    assert_eq!(held.fields["outcome_note"], "All is well");
    let again = hold(&house, &call, Some(Outcome::Fine)).await.unwrap_err();
    assert_eq!(
        again.to_string(),
        "This call was already held, so it cannot be held. Nothing was changed."
    );
    let status = house
        .try_update(&held, json!({ "status": "planned" }))
        .await;
    assert_eq!(problems(status), ["status: readOnly"]);
}

#[tokio::test]
async fn a_cancelled_call_keeps_its_reason_and_reminds_nobody() {
    let house = House::new().await;
    let call = call(&house, &house.anna().await).await;
    let scope = Scope::system();
    let cancelled = house
        .change(async |change| {
            activities::cancel(change, &scope, call.key, Some(1), Some("Moved away")).await
        })
        .await
        .unwrap();
    assert_eq!(cancelled.fields["status"], "cancelled");
    assert_eq!(cancelled.fields["outcome_note"], "Moved away");
    assert!(due(&house, "2027-01-01T00:00:00Z").await.is_empty());
    assert!(matches!(
        hold(&house, &call, Some(Outcome::Fine)).await,
        Err(CrmError::WrongState { .. })
    ));
}

#[tokio::test]
async fn a_reminder_is_due_at_its_time_and_given_once() {
    let house = House::new().await;
    let anna = house.anna().await;
    let call = call(&house, &anna).await;
    assert_eq!(
        next_reminder(&house).await,
        Some(at("2026-01-12T09:45:00Z"))
    );
    assert!(due(&house, "2026-01-12T09:44:59Z").await.is_empty());
    assert_eq!(due(&house, "2026-01-12T09:45:00Z").await, [call.key]);
    let reminders =
        activities::reminders_due(&house.db, &Scope::system(), at("2026-01-12T09:45:00Z"), 10)
            .await
            .unwrap();
    assert_eq!(reminders[0].owner.as_ref(), Some(&anna));
    let mark = async || {
        house
            .change(async |change| activities::mark_reminded(change.tx, call.key).await)
            .await
            .unwrap()
    };
    assert!(mark().await);
    assert!(!mark().await);
    assert!(due(&house, "2026-01-12T10:00:00Z").await.is_empty());
    assert_eq!(next_reminder(&house).await, None);
    // Giving it is no change: whoever has the card open can still save.
    assert_eq!(house.get(Kind::Activity, call.key).await.version, 1);
    // Another subject does not remind again, another time does.
    let renamed = house.update(&call, json!({ "subject": "Ask again" })).await;
    assert!(due(&house, "2026-01-12T10:00:00Z").await.is_empty());
    move_to(&house, &renamed, "2026-01-13T12:00:00Z").await;
    assert_eq!(due(&house, "2026-01-13T11:45:00Z").await, [call.key]);
}

#[tokio::test]
async fn a_moved_call_stays_as_long_and_its_reminder_as_early() {
    let house = House::new().await;
    let call = call(&house, &house.anna().await).await;
    let moved = move_to(&house, &call, "2026-01-14T15:00:00Z").await;
    assert_eq!(moved.fields["starts_at"], "2026-01-14T15:00:00Z");
    assert_eq!(moved.fields["ends_at"], "2026-01-14T15:30:00Z");
    assert_eq!(moved.fields["remind_at"], "2026-01-14T14:45:00Z");
    let backwards = house
        .try_update(&moved, json!({ "ends_at": "2026-01-14T14:00:00Z" }))
        .await;
    assert_eq!(problems(backwards), ["ends_at: order"]);
}

#[tokio::test]
async fn a_calendar_shows_what_takes_place_at_least_partly_within() {
    let house = House::new().await;
    let anna = house.anna().await;
    let call = call(&house, &anna).await;
    let meeting = Plan {
        starts_at: Some(at("2026-01-12T08:00:00Z")),
        ends_at: Some(at("2026-01-12T12:00:00Z")),
        ..Plan::new(ActivityType::Meeting, "Nobody's meeting")
    };
    let meeting = planned(&house, meeting).await;
    planned(&house, Plan::new(ActivityType::Email, "Sent")).await;
    let shown = async |owners: &[RecordKey], from: &str, to: &str| {
        let found = activities::in_range(&house.db, &Scope::system(), owners, at(from), at(to))
            .await
            .unwrap();
        found
            .into_iter()
            .map(|record| record.key)
            .collect::<Vec<_>>()
    };
    let (ten, half_past) = ("2026-01-12T10:00:00Z", "2026-01-12T10:30:00Z");
    assert_eq!(shown(&[], ten, half_past).await, [meeting.key, call.key]);
    assert_eq!(shown(&[anna.key], ten, half_past).await, [call.key]);
    assert_eq!(
        shown(&[], half_past, "2026-01-12T11:00:00Z").await,
        [meeting.key]
    );
    assert!(
        shown(&[], "2026-01-12T12:00:00Z", "2026-01-19T00:00:00Z")
            .await
            .is_empty()
    );
    assert!(
        shown(&[], "2026-01-05T00:00:00Z", "2026-01-12T08:00:00Z")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn an_email_or_a_note_is_held_from_the_first() {
    let house = House::new().await;
    let email = planned(&house, Plan::new(ActivityType::Email, "Your request")).await;
    assert_eq!(
        (&email.fields["status"], &email.fields["starts_at"]),
        (&json!("held"), &json!("2026-01-05T09:00:00Z"))
    );
    let note = Plan {
        description: Some("First line\nSecond".to_owned()),
        ..Plan::new(ActivityType::Note, "")
    };
    let note = planned(&house, note).await;
    assert_eq!(note.fields["subject"], "First line");
    assert_eq!(note.fields["starts_at"], Json::Null);
}

#[tokio::test]
async fn what_an_activity_is_about_must_be_there() {
    let house = House::new().await;
    let about = async |kind: Json, key: Json| {
        let activity =
            json!({ "type": "call", "subject": "x", "record_kind": kind, "record": key });
        problems(house.try_create(Kind::Activity, activity).await)
    };
    assert_eq!(
        about(json!("case"), json!("42")).await,
        ["record: noSuchRecord"]
    );
    assert_eq!(about(json!("case"), Json::Null).await, ["record: required"]);
    assert_eq!(about(Json::Null, json!("42")).await, ["record: required"]);
    assert_eq!(
        about(json!("user"), json!("1")).await,
        ["record_kind: notAChoice", "record: required"]
    );
}
