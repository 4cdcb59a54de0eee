//! `/api/instances`: where they stand, what happened, and stepping in.

use crate::definitions::{deployed, started};
use crate::server::{Person, Server};
use serde_json::{Value, json};

async fn review(server: &Server, variables: Value) -> (Person, String) {
    let analyst = server.sign_in("ann").await;
    let definition = deployed(&analyst).await;
    let instance = started(&analyst, &definition, variables).await;
    (analyst, format!("/api/instances/{instance}"))
}

async fn complete_first_task(person: &Person, path: &str, variables: Value) {
    let instance = person.get(path).await.expect(200);
    let task = instance["tasks"][0]["key"].as_str().unwrap();
    let done = json!({ "variables": variables });
    person
        .post(&format!("/api/tasks/{task}/complete"), done)
        .await
        .expect(204);
}

async fn codes(person: &Person, path: &str) -> Vec<String> {
    let history = person.get(&format!("{path}/history")).await.expect(200);
    let items = history["items"].as_array().unwrap();
    items
        .iter()
        .rev()
        .map(|item| item["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_instance_shows_its_way_values_and_tasks() {
    let server = Server::start().await;
    let (analyst, path) = review(&server, json!({ "pages": 7 })).await;
    let instance = analyst.get(&path).await.expect(200);
    assert_eq!(
        (&instance["state"], &instance["at"][0]["name"]),
        (&json!("active"), &json!("Review it"))
    );
    assert_eq!(instance["flowsTaken"], json!(["ToReview"]));
    let states: Vec<_> = instance["elements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (&e["element"], &e["state"]))
        .collect();
    assert_eq!(
        states,
        [
            (&json!("Begin"), &json!("completed")),
            (&json!("Review"), &json!("active"))
        ]
    );
    assert_eq!(
        (
            &instance["variables"][0]["name"],
            &instance["variables"][0]["value"]
        ),
        (&json!("pages"), &json!(7))
    );
    assert_eq!(instance["variables"][0]["changedBy"]["login"], "ann");
    assert_eq!(
        instance["tasks"][0]["candidateTeams"],
        json!([{ "name": "support", "title": "support" }])
    );
    assert_eq!(instance["startedBy"]["name"], "Ann");
}

#[tokio::test]
async fn its_history_is_told_in_plain_words() {
    let server = Server::start().await;
    let (analyst, path) = review(&server, json!({})).await;
    complete_first_task(&analyst, &path, json!({ "good": true })).await;
    let told = codes(&analyst, &path).await;
    let expected = [
        "instance.started",
        "task.created",
        "task.completed",
        "flow.taken",
        "element.completed",
        "instance.completed",
    ];
    assert_eq!(told, expected);
    let history = analyst.get(&format!("{path}/history")).await.expect(200);
    let completed = &history["items"][3];
    assert_eq!(
        completed["params"],
        json!({ "element": "Review", "elementName": "Review it" })
    );
    assert_eq!(
        completed["actor"],
        json!({ "type": "user", "name": "Ann", "login": "ann" })
    );
    assert_eq!(history["items"][2]["params"]["elementName"], "Good");
}

#[tokio::test]
async fn a_history_is_read_page_by_page() {
    let server = Server::start().await;
    let (analyst, path) = review(&server, json!({})).await;
    complete_first_task(&analyst, &path, json!({ "good": false })).await;
    let first = analyst
        .get(&format!("{path}/history?limit=4"))
        .await
        .expect(200);
    assert_eq!(
        (&first["total"], first["items"].as_array().map(Vec::len)),
        (&json!(6), Some(4))
    );
    let next = first["next"].as_str().unwrap();
    let second = analyst
        .get(&format!("{path}/history?limit=4&after={next}"))
        .await
        .expect(200);
    assert_eq!(
        (second["items"].as_array().map(Vec::len), &second["next"]),
        (Some(2), &Value::Null)
    );
    assert_eq!(second["items"][1]["code"], "instance.started");
}

#[tokio::test]
async fn values_are_set_with_a_reason_that_is_kept() {
    let server = Server::start().await;
    let (analyst, path) = review(&server, json!({ "amount": 5 })).await;
    let values = format!("{path}/variables");
    let none = json!({ "values": { "amount": 6 }, "reason": "" });
    assert_eq!(analyst.post(&values, none).await.refused(422), "invalid");
    let set = json!({ "values": { "amount": 6 }, "reason": "The client asked" });
    analyst.post(&values, set).await.expect(204);
    let instance = analyst.get(&path).await.expect(200);
    assert_eq!(instance["variables"][0]["value"], json!(6));
    let history = analyst.get(&format!("{path}/history")).await.expect(200);
    let told = &history["items"][0];
    assert_eq!(told["code"], "variable.set");
    assert_eq!(
        told["params"],
        json!({ "variable": "amount", "value": 6, "old": 5, "reason": "The client asked" })
    );
    let nowhere = json!({ "scope": "1", "values": { "amount": 6 }, "reason": "Try" });
    assert_eq!(
        analyst.post(&values, nowhere).await.refused(422),
        "unusable"
    );
}

#[tokio::test]
async fn cancelling_needs_a_reason_that_is_kept() {
    let server = Server::start().await;
    let (_, path) = review(&server, json!({})).await;
    let manager = server.sign_in("mona").await;
    let cancel = format!("{path}/cancel");
    assert_eq!(
        manager
            .post(&cancel, json!({ "reason": " " }))
            .await
            .refused(422),
        "invalid"
    );
    manager
        .post(&cancel, json!({ "reason": "Ordered twice" }))
        .await
        .expect(204);
    let instance = manager.get(&path).await.expect(200);
    assert_eq!(
        (&instance["state"], &instance["endReason"]),
        (&json!("terminated"), &json!("Ordered twice"))
    );
    assert_eq!(
        (&instance["tasks"], &instance["at"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        codes(&manager, &path).await.last().unwrap(),
        "instance.cancelled"
    );
    assert_eq!(
        manager
            .post(&cancel, json!({ "reason": "Again" }))
            .await
            .refused(409),
        "ended"
    );
}

#[tokio::test]
async fn an_incident_is_shown_mended_and_tried_again() {
    let server = Server::start().await;
    let (analyst, path) = review(&server, json!({})).await;
    // Neither true nor false: no flow of the decision may be taken.
    complete_first_task(&analyst, &path, json!({ "good": "perhaps" })).await;
    let stuck = analyst.get(&path).await.expect(200);
    let incident = &stuck["incidents"][0];
    assert_eq!(
        (&incident["element"], &incident["elementName"]),
        (&json!("Decision"), &json!("Good?"))
    );
    let state = |instance: &Value| {
        let visits = instance["elements"].as_array().unwrap().clone();
        visits
            .iter()
            .find(|visit| visit["element"] == "Decision")
            .unwrap()["state"]
            .clone()
    };
    assert_eq!(state(&stuck), "incident");
    let found = analyst
        .get("/api/instances?state=incident")
        .await
        .expect(200);
    assert_eq!(
        (
            found["items"].as_array().map(Vec::len),
            &found["items"][0]["incidents"]
        ),
        (Some(1), &json!(1))
    );
    let mend = json!({ "values": { "good": true }, "reason": "It is good" });
    analyst
        .post(&format!("{path}/variables"), mend)
        .await
        .expect(204);
    let retry = format!("/api/incidents/{}/retry", incident["key"].as_str().unwrap());
    analyst
        .post(&retry, json!({ "reason": "Mended" }))
        .await
        .expect(204);
    let mended = analyst.get(&path).await.expect(200);
    assert_eq!(
        (&mended["state"], &mended["incidents"]),
        (&json!("completed"), &json!([]))
    );
    let comments = analyst.get(&format!("{path}/comments")).await.expect(200);
    assert_eq!(comments[0]["text"], "Mended");
    assert_eq!(
        analyst.post(&retry, json!({})).await.refused(404),
        "notFound"
    );
    let told = codes(&analyst, &path).await;
    for code in ["incident.raised", "incident.retried", "incident.resolved"] {
        assert!(told.iter().any(|known| known == code), "{told:?}");
    }
}

#[tokio::test]
async fn people_comment() {
    let server = Server::start().await;
    let (_, path) = review(&server, json!({})).await;
    let manager = server.sign_in("mona").await;
    let comments = format!("{path}/comments");
    let written = manager
        .post(&comments, json!({ "text": "Please hurry." }))
        .await
        .expect(201);
    assert_eq!(
        written["author"],
        json!({ "login": "mona", "name": "Mona" })
    );
    assert_eq!(manager.get(&comments).await.expect(200), json!([written]));
    assert_eq!(
        manager
            .post(&comments, json!({ "text": " " }))
            .await
            .refused(422),
        "unusable"
    );
    assert_eq!(
        manager.get("/api/instances/1/comments").await.refused(404),
        "notFound"
    );
}

#[tokio::test]
async fn lists_are_narrowed() {
    let server = Server::start().await;
    let (analyst, _) = review(&server, json!({})).await;
    let count = async |query: &str| {
        let page = analyst
            .get(&format!("/api/instances?{query}"))
            .await
            .expect(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count("process=review").await, 1);
    assert_eq!(count("process=other").await, 0);
    assert_eq!(count("element=Review&state=active").await, 1);
    assert_eq!(count("element=Decision").await, 0);
    assert_eq!(count("state=completed").await, 0);
    assert_eq!(count("search=revi").await, 1);
    assert_eq!(
        analyst.get("/api/instances?state=lost").await.refused(400),
        "badRequest"
    );
}

#[tokio::test]
async fn each_entry_of_a_history_has_a_key_of_its_own() {
    let server = Server::start().await;
    let (analyst, path) = review(&server, json!({})).await;
    complete_first_task(&analyst, &path, json!({ "good": true })).await;
    let history = analyst.get(&format!("{path}/history")).await.expect(200);
    let items = history["items"].as_array().unwrap();
    let keys: std::collections::BTreeSet<_> =
        items.iter().map(|item| item["key"].as_str()).collect();
    assert!(items.len() > 3 && keys.len() == items.len(), "{history}");
    let first = items.last().unwrap();
    assert_eq!(
        (&first["key"], &first["sequence"]),
        (&json!("1-0"), &json!(1))
    );
}
