//! `/api/notifications`, `/api/outbox`: what people are told.

use crate::server::{Person, Server};
use serde_json::json;

/// A call with a reminder, and the clock moved to it.
async fn reminded(server: &Server) -> Person {
    let emil = server.sign_in("emil").await;
    let new = json!({
        "type": "call", "subject": "Ask", "start": "2026-01-05T10:00:00Z", "remindAt": "2026-01-05T09:30:00Z",
    });
    emil.post("/api/activities", new).await.expect(201);
    emil.post("/api/demo/clock", json!({ "advance": "PT1H" }))
        .await
        .expect(200);
    emil
}

#[tokio::test]
async fn a_reminder_is_read_by_whom_it_is_for() {
    let server = Server::start().await;
    let emil = reminded(&server).await;
    let told = emil.get("/api/notifications").await.expect(200);
    assert_eq!(
        (&told["unread"], told["items"].as_array().map(Vec::len)),
        (&json!(1), Some(1))
    );
    assert_eq!(told["items"][0]["link"]["kind"], "activity");
    let key = told["items"][0]["key"].clone();
    let mona = server.sign_in("mona").await;
    assert_eq!(
        mona.get("/api/notifications").await.expect(200)["unread"],
        0
    );
    mona.post("/api/notifications/read", json!({ "keys": [key.clone()] }))
        .await
        .expect(204);
    assert_eq!(
        emil.get("/api/notifications").await.expect(200)["unread"],
        1
    );
    emil.post("/api/notifications/read", json!({ "keys": [key] }))
        .await
        .expect(204);
    let told = emil.get("/api/notifications").await.expect(200);
    assert_eq!(
        (&told["unread"], &told["items"][0]["read"]),
        (&json!(0), &json!(true))
    );
}

#[tokio::test]
async fn its_mail_stands_in_the_outbox_for_managers() {
    let server = Server::start().await;
    reminded(&server).await;
    let outbox = server
        .sign_in("mona")
        .await
        .get("/api/outbox")
        .await
        .expect(200);
    assert_eq!(outbox["items"].as_array().map(Vec::len), Some(1));
    let mail = &outbox["items"][0];
    assert_eq!(
        (&mail["to"], &mail["status"]),
        (&json!("emil@example.com"), &json!("queued"))
    );
    assert!(
        mail["subject"]
            .as_str()
            .is_some_and(|subject| subject.contains("Ask"))
    );
}
