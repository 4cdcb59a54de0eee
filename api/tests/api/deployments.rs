//! `/api/deployments`: diagrams and forms go in.

use crate::server::Server;
use serde_json::json;

/// A process with one user task for the team `support`.
pub const REVIEW: &str = include_str!("review.bpmn");

#[tokio::test]
async fn the_next_upload_is_the_next_version_and_the_same_again_is_none() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let upload = async |xml: &str| {
        analyst
            .upload("/api/deployments", &[("review.bpmn", xml.as_bytes())])
            .await
    };
    let first = upload(REVIEW).await.expect(201);
    assert_eq!(
        (
            &first["deployed"][0]["version"],
            &first["deployed"][0]["unchanged"]
        ),
        (&json!(1), &json!(false))
    );
    let again = upload(REVIEW).await.expect(200);
    assert_eq!(
        (
            &again["deployed"][0]["version"],
            &again["deployed"][0]["unchanged"]
        ),
        (&json!(1), &json!(true))
    );
    let other = upload(&REVIEW.replace("Review it", "Look at it"))
        .await
        .expect(201);
    assert_eq!(other["deployed"][0]["version"], 2);
    let back = upload(REVIEW).await.expect(201);
    assert_eq!(back["deployed"][0]["version"], 3);
}

#[tokio::test]
async fn a_diagram_with_errors_is_refused_with_all_of_them_and_nothing_is_kept() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let bad = REVIEW.replace("bpmn:userTask", "bpmn:sendTask");
    let good = REVIEW.replace("id=\"review\"", "id=\"other\"");
    let files = [("bad.bpmn", bad.as_bytes()), ("good.bpmn", good.as_bytes())];
    let refused = analyst.upload("/api/deployments", &files).await.expect(422);
    assert_eq!(refused["code"], "diagramHasErrors");
    let problem = &refused["problems"][0];
    assert_eq!(
        (&problem["file"], &problem["element"]),
        (&json!("bad.bpmn"), &json!("Review"))
    );
    assert_eq!(
        (&problem["code"], &problem["severity"]),
        (&json!("missingMessageName"), &json!("error"))
    );
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| !hint.is_empty())
    );
    assert_eq!(analyst.get("/api/definitions").await.expect(200), json!([]));
    let torn = analyst
        .upload("/api/deployments", &[("torn.bpmn", b"<bpmn:definitions")])
        .await;
    assert_eq!(torn.expect(422)["problems"][0]["code"], "unreadable");
    assert_eq!(
        analyst.upload("/api/deployments", &[]).await.refused(422),
        "unusable"
    );
}

#[tokio::test]
async fn checking_says_what_deploying_would_and_does_nothing() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let good = analyst
        .upload(
            "/api/deployments/check",
            &[("review.bpmn", REVIEW.as_bytes())],
        )
        .await
        .expect(200);
    assert_eq!(good["deployable"], true);
    assert_eq!(good["processes"][0]["processId"], "review");
    let draft = json!({ "xml": REVIEW.replace("bpmn:userTask", "bpmn:sendTask"), "fileName": "draft.bpmn" });
    let bad = analyst
        .post("/api/deployments/check", draft)
        .await
        .expect(200);
    assert_eq!(bad["deployable"], false);
    assert_eq!(
        (&bad["problems"][0]["file"], &bad["problems"][0]["element"]),
        (&json!("draft.bpmn"), &json!("Review"))
    );
    assert_eq!(analyst.get("/api/definitions").await.expect(200), json!([]));
}

#[tokio::test]
async fn a_form_is_deployed_by_its_id() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let form = br#"{"id": "review-form", "type": "default", "components": []}"#;
    let first = analyst
        .upload("/api/deployments", &[("review.form", form)])
        .await
        .expect(201);
    assert_eq!(
        first["forms"],
        json!([{ "id": "review-form", "fileName": "review.form", "unchanged": false }])
    );
    let again = analyst
        .upload("/api/deployments", &[("review.form", form)])
        .await
        .expect(200);
    assert_eq!(again["forms"][0]["unchanged"], true);
    let none = analyst
        .upload("/api/deployments", &[("x.form", b"{\"a\": 1}")])
        .await;
    assert_eq!(none.refused(422), "diagramHasErrors");
}
