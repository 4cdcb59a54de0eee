//! `/api/definitions`: what is deployed, its diagrams and maps.

use crate::deployments::REVIEW;
use crate::server::{Person, Server};
use serde_json::{Value, json};

/// Deploys the review and gives the key of its definition.
pub async fn deployed(analyst: &Person) -> String {
    let done = analyst
        .upload("/api/deployments", &[("review.bpmn", REVIEW.as_bytes())])
        .await;
    done.expect(201)["deployed"][0]["key"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Starts a review and gives the key of the instance.
pub async fn started(person: &Person, definition: &str, variables: Value) -> String {
    let start = format!("/api/definitions/{definition}/start");
    let done = person
        .post(&start, json!({ "variables": variables }))
        .await
        .expect(201);
    done["instance"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_definition_is_shown_with_its_versions_and_its_diagram() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let first = deployed(&analyst).await;
    let xml = REVIEW.replace("Review it", "Look at it");
    analyst
        .upload("/api/deployments", &[("second.bpmn", xml.as_bytes())])
        .await
        .expect(201);
    let rows = analyst.get("/api/definitions").await.expect(200);
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    let row = &rows[0];
    assert_eq!(
        (&row["name"], &row["versions"], &row["canStart"]),
        (&json!("Review"), &json!(2), &json!(true))
    );
    assert_eq!(
        (&row["latest"]["version"], &row["latest"]["fileName"]),
        (&json!(2), &json!("second.bpmn"))
    );
    assert_eq!(
        row["latest"]["deployedBy"],
        json!({ "login": "ann", "name": "Ann" })
    );
    let detail = analyst
        .get(&format!("/api/definitions/{first}"))
        .await
        .expect(200);
    assert_eq!(
        (&detail["version"], &detail["versions"][0]["version"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        detail["documentation"],
        "Somebody of the support looks at it."
    );
    let diagram = analyst.get(&format!("/api/definitions/{first}/xml")).await;
    assert_eq!(diagram.headers["content-type"], "text/xml; charset=utf-8");
    assert_eq!(diagram.text, REVIEW);
}

#[tokio::test]
async fn diagrams_in_other_encodings_arrive_as_utf_8() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let xml = REVIEW
        .replace("UTF-8", "windows-1252")
        .replace("Review it", "Gr\u{fc}ndlich pr\u{fc}fen");
    let bytes: Vec<u8> = xml
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let done = analyst
        .upload("/api/deployments", &[("review.bpmn", &bytes)])
        .await
        .expect(201);
    let key = done["deployed"][0]["key"].as_str().unwrap();
    let diagram = analyst.get(&format!("/api/definitions/{key}/xml")).await;
    assert!(diagram.text.contains("Gründlich prüfen"));
}

#[tokio::test]
async fn the_map_counts_what_waits_and_what_is_late() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let definition = deployed(&analyst).await;
    for _ in 0..3 {
        started(&analyst, &definition, json!({})).await;
    }
    let path = format!("/api/definitions/{definition}/map");
    let map = analyst.get(&path).await.expect(200);
    assert_eq!(
        map,
        json!({ "open": 3, "elements": { "Review": { "waiting": 3, "overdue": 0, "incidents": 0 } } })
    );
    analyst
        .post("/api/demo/clock", json!({ "advance": "P2D" }))
        .await
        .expect(200);
    let map = analyst.get(&path).await.expect(200);
    assert_eq!(
        map["elements"]["Review"],
        json!({ "waiting": 3, "overdue": 3, "incidents": 0 })
    );
    assert_eq!(
        analyst.get("/api/definitions/1/map").await.refused(404),
        "notFound"
    );
}

#[tokio::test]
async fn a_drawing_is_kept_and_says_what_it_lacks_to_be_run() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let xml = REVIEW
        .replace(" isExecutable=\"true\"", "")
        .replace("bpmn:userTask", "bpmn:sendTask");
    let done = analyst
        .upload("/api/deployments", &[("drawing.bpmn", xml.as_bytes())])
        .await
        .expect(201);
    assert_eq!(done["deployed"][0]["drawing"], true);
    let key = done["deployed"][0]["key"].as_str().unwrap();
    let missing = analyst
        .post(
            &format!("/api/definitions/{key}/make-executable"),
            json!({}),
        )
        .await;
    let missing = missing.expect(200);
    let codes: Vec<&str> = missing["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect();
    assert!(
        codes.contains(&"notExecutable") && codes.contains(&"missingMessageName"),
        "{codes:?}"
    );
    let start = analyst
        .post(&format!("/api/definitions/{key}/start"), json!({}))
        .await;
    assert_eq!(start.refused(409), "drawing");
}

#[tokio::test]
async fn an_instance_is_started_about_a_record_that_exists() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let definition = deployed(&analyst).await;
    let path = format!("/api/definitions/{definition}/start");
    let nothing = json!({ "subject": { "kind": "case", "key": "1" } });
    assert_eq!(analyst.post(&path, nothing).await.refused(404), "notFound");
    let case = json!({ "fields": { "subject": "Paper jam" } });
    let case = analyst.post("/api/records/case", case).await.expect(201);
    let about = json!({ "subject": { "kind": "case", "key": case["key"] } });
    analyst.post(&path, about).await.expect(201);
    let subject = format!(
        "/api/instances?subject=case:{}",
        case["key"].as_str().unwrap()
    );
    let found = analyst.get(&subject).await.expect(200);
    assert_eq!(found["items"][0]["subject"]["key"], case["key"]);
}
