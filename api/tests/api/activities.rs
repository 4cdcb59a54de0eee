//! `/api/activities`: calls, meetings, e-mails, notes.

use crate::server::{Person, Server};
use serde_json::{Value, json};

async fn plan(person: &Person, more: Value) -> Value {
    let mut new =
        json!({ "type": "call", "subject": "Ask for the order", "start": "2026-01-06T10:00:00Z" });
    for (name, value) in more.as_object().unwrap() {
        new[name] = value.clone();
    }
    person.post("/api/activities", new).await.expect(201)
}

fn path_of(activity: &Value) -> String {
    format!("/api/activities/{}", activity["key"].as_str().unwrap())
}

#[tokio::test]
async fn a_call_is_planned_for_half_an_hour_in_ones_own_calendar() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let account = json!({ "fields": { "name": "Nordwind" } });
    let account = person
        .post("/api/records/account", account)
        .await
        .expect(201);
    let record = json!({ "kind": "account", "key": account["key"] });
    let call = plan(
        &person,
        json!({ "record": record, "remindAt": "2026-01-06T09:30:00Z" }),
    )
    .await;
    assert_eq!(call["end"], "2026-01-06T10:30:00Z");
    assert_eq!(call["owner"], json!({ "login": "emil", "name": "Emil" }));
    assert_eq!(call["record"]["title"], "Nordwind");
    assert_eq!(call["status"], "planned");
    assert_eq!(person.get(&path_of(&call)).await.expect(200), call);
}

#[tokio::test]
async fn moved_it_keeps_its_length_and_the_distance_of_its_reminder() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let call = plan(&person, json!({ "remindAt": "2026-01-06T09:30:00Z" })).await;
    let moved = json!({ "start": "2026-01-07T15:00:00Z", "version": call["version"] });
    let moved = person.patch(&path_of(&call), moved).await.expect(200);
    assert_eq!(moved["end"], "2026-01-07T15:30:00Z");
    assert_eq!(moved["remindAt"], "2026-01-07T14:30:00Z");
    let stale = json!({ "subject": "Other", "version": call["version"] });
    assert_eq!(
        person.patch(&path_of(&call), stale).await.refused(409),
        "stale"
    );
    let quiet = person
        .patch(&path_of(&call), json!({ "remindAt": null }))
        .await
        .expect(200);
    assert_eq!(quiet["remindAt"], Value::Null);
    assert_eq!(quiet["start"], moved["start"]);
}

#[tokio::test]
async fn a_held_call_has_an_outcome_and_cannot_be_held_again() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let call = plan(&person, json!({})).await;
    let hold = format!("{}/hold", path_of(&call));
    assert_eq!(
        person
            .post(&hold, json!({ "note": "Nice" }))
            .await
            .refused(422),
        "invalid"
    );
    let held = json!({ "outcome": "no_answer", "note": "Mailbox" });
    let held_call = person.post(&hold, held.clone()).await.expect(200);
    assert_eq!(held_call["outcome"], "no_answer");
    assert_eq!(held_call["note"], "Mailbox");
    assert_eq!(
        person.post(&hold, held).await.refused(409),
        "activity.notPlanned"
    );
}

#[tokio::test]
async fn cancelling_needs_a_reason() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let call = plan(&person, json!({})).await;
    let cancel = format!("{}/cancel", path_of(&call));
    assert_eq!(
        person
            .post(&cancel, json!({ "reason": " " }))
            .await
            .refused(422),
        "invalid"
    );
    let cancelled = person
        .post(&cancel, json!({ "reason": "Not needed" }))
        .await
        .expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["note"]),
        (&json!("cancelled"), &json!("Not needed"))
    );
}

#[tokio::test]
async fn nobody_plans_for_who_is_not_here() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let new = json!({ "type": "call", "subject": "Ask", "owner": "nobody" });
    let refused = person.post("/api/activities", new).await.expect(422);
    assert_eq!(refused["problems"][0]["field"], "owner");
}
