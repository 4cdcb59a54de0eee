//! `/api/demo/clock`: only in the demo, only forward.

use crate::server::{START, Server};
use serde_json::{Value, json};

#[tokio::test]
async fn the_clock_moves_forward_by_what_is_asked() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let clock = person.get("/api/demo/clock").await.expect(200);
    assert_eq!(clock, json!({ "now": START, "next": Value::Null }));
    let moved = person
        .post("/api/demo/clock", json!({ "advance": "P1D" }))
        .await
        .expect(200);
    assert_eq!(moved["now"], "2026-01-06T09:00:00Z");
    for bad in ["-P1D", "PT0S", "P2Y", "soon"] {
        let refused = person
            .post("/api/demo/clock", json!({ "advance": bad }))
            .await;
        assert_eq!(refused.refused(422), "invalid", "{bad}");
    }
    assert_eq!(
        person.post("/api/demo/clock", json!({})).await.refused(422),
        "unusable"
    );
}

#[tokio::test]
async fn the_clock_moves_to_what_comes_next() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let new = json!({
        "type": "call", "subject": "Ask", "start": "2026-01-08T10:00:00Z", "remindAt": "2026-01-08T09:30:00Z",
    });
    person.post("/api/activities", new).await.expect(201);
    assert_eq!(
        person.get("/api/demo/clock").await.expect(200)["next"],
        "2026-01-08T09:30:00Z"
    );
    let moved = person
        .post("/api/demo/clock", json!({ "untilNext": true }))
        .await
        .expect(200);
    assert_eq!(
        moved,
        json!({ "now": "2026-01-08T09:30:00Z", "next": Value::Null })
    );
    let told = person.get("/api/notifications").await.expect(200);
    assert_eq!(
        (&told["unread"], &told["items"][0]["code"]),
        (&json!(1), &json!("activity.reminder"))
    );
}

#[tokio::test]
async fn outside_of_the_demo_there_is_no_such_clock() {
    let server = Server::start_earnest().await;
    let person = server.sign_in("root").await;
    assert_eq!(person.get("/api/demo/clock").await.refused(404), "notFound");
    let asked = person
        .post("/api/demo/clock", json!({ "advance": "P1D" }))
        .await;
    assert_eq!(asked.refused(404), "notFound");
    let about = person.get("/api/about").await.expect(200);
    assert_eq!(
        (&about["demo"], &about["demoAccounts"], &about["now"]),
        (&json!(false), &json!([]), &json!(START))
    );
}
