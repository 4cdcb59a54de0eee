//! `GET /api/events`: what changes, as it changes.

use crate::server::{Person, Server};
use axum::body::{Body, BodyDataStream};
use axum::http::Method;
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

async fn listen(person: &Person) -> BodyDataStream {
    let request = person
        .request(Method::GET, "/api/events")
        .body(Body::empty())
        .unwrap();
    let response = person.respond(request).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

/// The data of the next event with a topic.
async fn heard(stream: &mut BodyDataStream, topic: &str) -> Value {
    loop {
        let chunk = tokio::time::timeout(PATIENCE, stream.next())
            .await
            .expect("an event");
        let chunk = String::from_utf8(chunk.expect("an open stream").unwrap().to_vec()).unwrap();
        let data = chunk.lines().find_map(|line| line.strip_prefix("data: "));
        let Some(data) = data.map(|data| serde_json::from_str::<Value>(data).unwrap()) else {
            continue;
        };
        if data["topics"]
            .as_array()
            .is_some_and(|topics| topics.contains(&json!(topic)))
        {
            return data;
        }
    }
}

#[tokio::test]
async fn pages_hear_of_what_others_change() {
    let server = Server::start().await;
    let mut stream = listen(&server.sign_in("mona").await).await;
    let emil = server.sign_in("emil").await;
    let case = json!({ "fields": { "subject": "Paper jam" } });
    let case = emil.post("/api/records/case", case).await.expect(201);
    let event = heard(&mut stream, "records").await;
    assert_eq!(
        event["records"],
        json!([{ "kind": "case", "key": case["key"] }])
    );
    emil.post("/api/activities", json!({ "type": "note", "subject": "x" }))
        .await
        .expect(201);
    heard(&mut stream, "calendar").await;
}

#[tokio::test]
async fn the_stream_ends_with_the_session() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let mut stream = listen(&person).await;
    // Somebody else's sign-out ends nothing.
    server
        .sign_in("mona")
        .await
        .delete("/api/session")
        .await
        .expect(204);
    person.delete("/api/session").await.expect(204);
    let ended = tokio::time::timeout(PATIENCE, async { while stream.next().await.is_some() {} });
    ended.await.expect("the stream ends");
}

#[tokio::test]
async fn the_stream_ends_when_the_server_stops() {
    let server = Server::start().await;
    let mut stream = listen(&server.sign_in("emil").await).await;
    server.app.close();
    let ended = tokio::time::timeout(PATIENCE, async { while stream.next().await.is_some() {} });
    ended.await.expect("the stream ends");
}
