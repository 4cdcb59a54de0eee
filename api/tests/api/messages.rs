//! `POST /api/messages`.

use crate::deployments::REVIEW;
use crate::server::Server;
use serde_json::json;

#[tokio::test]
async fn a_message_starts_the_process_that_begins_with_it() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let start = "<bpmn:startEvent id=\"Begin\"><bpmn:messageEventDefinition messageRef=\"Paid\" />";
    let xml = REVIEW
        .replace("<bpmn:startEvent id=\"Begin\">", start)
        .replace(
            "<bpmn:process ",
            "<bpmn:message id=\"Paid\" name=\"paid\" /><bpmn:process ",
        );
    analyst
        .upload("/api/deployments", &[("review.bpmn", xml.as_bytes())])
        .await
        .expect(201);
    let message = json!({ "name": "paid", "variables": { "sum": 12.5 } });
    let published = analyst.post("/api/messages", message).await.expect(200);
    let instance = published["instances"][0].as_str().unwrap();
    let instance = analyst
        .get(&format!("/api/instances/{instance}"))
        .await
        .expect(200);
    assert_eq!(instance["variables"][0]["value"], json!(12.5));
    let other = analyst
        .post("/api/messages", json!({ "name": "other" }))
        .await
        .expect(200);
    assert_eq!(other, json!({ "instances": [], "kept": false }));
    assert_eq!(
        analyst
            .post("/api/messages", json!({ "name": " " }))
            .await
            .refused(422),
        "invalid"
    );
}

#[tokio::test]
async fn a_message_with_the_same_id_is_taken_once() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let message =
        json!({ "name": "paid", "correlationKey": "42", "messageId": "m1", "ttl": "P1D" });
    assert_eq!(
        analyst
            .post("/api/messages", message.clone())
            .await
            .expect(200)["kept"],
        true
    );
    assert_eq!(
        analyst.post("/api/messages", message).await.refused(409),
        "duplicateMessage"
    );
}
