//! `/api/tasks`: whose they are and who may do what with them.

use crate::definitions::{deployed, started};
use crate::server::{Person, Server};
use serde_json::{Value, json};

/// A review that waits for the team `support`, in which Emil is.
async fn waiting_review(server: &Server) -> (Person, String) {
    let admin = server.sign_in("root").await;
    let team = json!({ "name": "support", "title": "Support", "members": ["emil"] });
    admin.post("/api/teams", team).await.expect(201);
    let analyst = server.sign_in("ann").await;
    let definition = deployed(&analyst).await;
    started(&analyst, &definition, json!({ "pages": 7 })).await;
    let emil = server.sign_in("emil").await;
    let tasks = emil.get("/api/tasks?view=team").await.expect(200);
    assert_eq!(tasks["total"], 1);
    let task = tasks["items"][0]["key"].as_str().unwrap().to_owned();
    (emil, format!("/api/tasks/{task}"))
}

/// Whether it may be taken, given back, and given to anybody.
fn may(task: &Value) -> [bool; 3] {
    ["mayTake", "mayReturn", "mayAssign"].map(|what| task[what].as_bool().expect("yes or no"))
}

#[tokio::test]
async fn a_member_of_the_team_takes_the_task_and_gives_it_back() {
    let server = Server::start().await;
    let (emil, path) = waiting_review(&server).await;
    let task = emil.get(&path).await.expect(200);
    assert_eq!(
        (&task["assignee"], &task["mayComplete"]),
        (&json!(null), &json!(true))
    );
    assert_eq!(
        (&task["variables"], &task["form"]),
        (&json!({ "pages": 7 }), &json!(null))
    );
    assert_eq!(task["documentation"], "Look at every page.");
    assert_eq!(
        (&task["state"], &task["candidateTeams"]),
        (
            &json!("open"),
            &json!([{ "name": "support", "title": "Support" }])
        )
    );
    assert_eq!(may(&task), [true, false, false]);
    let taken = emil
        .post(&format!("{path}/assign"), json!({ "assignee": "emil" }))
        .await
        .expect(200);
    assert_eq!(taken["assignee"]["login"], "emil");
    assert_eq!(may(&taken), [false, true, false]);
    assert_eq!(
        emil.get("/api/tasks?view=mine").await.expect(200)["total"],
        1
    );
    assert_eq!(
        emil.get("/api/tasks?view=team").await.expect(200)["total"],
        0
    );
    let back = emil
        .post(&format!("{path}/return"), json!({ "reason": "No time" }))
        .await
        .expect(200);
    assert_eq!(back["assignee"], json!(null));
}

#[tokio::test]
async fn who_is_not_in_the_team_can_neither_take_nor_complete_it() {
    let server = Server::start().await;
    let (_, path) = waiting_review(&server).await;
    let admin = server.sign_in("root").await;
    let new = json!({ "login": "nina", "name": "Nina", "role": "employee", "password": "a long password" });
    admin.post("/api/users", new).await.expect(201);
    let mut nina = server.stranger();
    nina.sign_in("nina", "a long password").await.expect(200);
    assert_eq!(nina.get(&path).await.expect(200)["mayComplete"], false);
    let take = nina
        .post(&format!("{path}/assign"), json!({ "assignee": "nina" }))
        .await;
    assert_eq!(take.refused(403), "forbidden");
    let complete = nina
        .post(
            &format!("{path}/complete"),
            json!({ "variables": { "good": true } }),
        )
        .await;
    assert_eq!(complete.refused(403), "forbidden");
}

#[tokio::test]
async fn a_manager_hands_a_task_over_with_a_reason() {
    let server = Server::start().await;
    let (emil, path) = waiting_review(&server).await;
    let assign = format!("{path}/assign");
    emil.post(&assign, json!({ "assignee": "emil" }))
        .await
        .expect(200);
    let refused = emil
        .post(&assign, json!({ "assignee": "mona" }))
        .await
        .expect(403);
    let sentence = refused["detail"].as_str().unwrap();
    assert!(sentence.starts_with("You have this task"), "{sentence}");
    let manager = server.sign_in("mona").await;
    assert_eq!(
        may(&manager.get(&path).await.expect(200)),
        [false, false, true]
    );
    assert_eq!(
        manager
            .post(&assign, json!({ "assignee": "ann" }))
            .await
            .refused(422),
        "invalid"
    );
    let nobody = json!({ "assignee": "nobody", "reason": "Ill" });
    assert_eq!(
        manager.post(&assign, nobody).await.expect(422)["problems"][0]["field"],
        "assignee"
    );
    let given = json!({ "assignee": "ann", "reason": "Emil is ill" });
    let given = manager.post(&assign, given).await.expect(200);
    assert_eq!(given["assignee"]["login"], "ann");
    assert_eq!(
        emil.post(&format!("{path}/complete"), json!({}))
            .await
            .refused(403),
        "forbidden"
    );
    let told = server
        .sign_in("ann")
        .await
        .get("/api/notifications")
        .await
        .expect(200);
    assert_eq!(told["items"][0]["code"], "task.assigned");
    let path = format!(
        "/api/instances/{}/history",
        given["instance"].as_str().unwrap()
    );
    let history = manager.get(&path).await.expect(200);
    assert_eq!(history["items"][0]["code"], "task.assigned");
    assert_eq!(history["items"][0]["params"]["reason"], "Emil is ill");
    assert_eq!(history["items"][0]["params"]["assignee"], "Ann");
}

#[tokio::test]
async fn late_tasks_come_first() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let definition = deployed(&analyst).await;
    let late = started(&analyst, &definition, json!({})).await;
    analyst
        .post("/api/demo/clock", json!({ "advance": "P2D" }))
        .await
        .expect(200);
    started(&analyst, &definition, json!({})).await;
    let tasks = analyst.get("/api/tasks?view=all").await.expect(200);
    let first = &tasks["items"][0];
    assert_eq!(
        (&first["instance"], &first["overdue"]),
        (&json!(late), &json!(true))
    );
    assert_eq!(first["due"], "2026-01-06T09:00:00Z");
    assert_eq!(tasks["items"][1]["overdue"], false);
}

#[tokio::test]
async fn done_tasks_have_a_list_of_their_own() {
    let server = Server::start().await;
    let (emil, path) = waiting_review(&server).await;
    emil.post(&format!("{path}/assign"), json!({ "assignee": "emil" }))
        .await
        .expect(200);
    emil.post(
        &format!("{path}/complete"),
        json!({ "variables": { "good": true, "note": "Page 3 twice" } }),
    )
    .await
    .expect(204);
    assert_eq!(
        emil.get("/api/tasks?view=mine").await.expect(200)["total"],
        0
    );
    let done = emil
        .get("/api/tasks?view=mine&state=done")
        .await
        .expect(200);
    assert_eq!(done["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(done["total"], 1);
    let first = &done["items"][0];
    assert_eq!(
        (&first["state"], &first["completed"]),
        (&json!("done"), &json!(crate::server::START))
    );
    let detail = emil.get(&path).await.expect(200);
    assert_eq!(detail["mayComplete"], false);
    assert_eq!(may(&detail), [false, false, false]);
    let entered = json!({ "good": true, "note": "Page 3 twice" });
    assert_eq!(
        (&detail["variables"], &detail["note"]),
        (&entered, &json!("Page 3 twice"))
    );
}

#[tokio::test]
async fn a_cancelled_task_says_so_and_is_not_among_those_that_are_done() {
    let server = Server::start().await;
    let (_, path) = waiting_review(&server).await;
    let manager = server.sign_in("mona").await;
    let task = manager.get(&path).await.expect(200);
    let cancel = format!(
        "/api/instances/{}/cancel",
        task["instance"].as_str().unwrap()
    );
    manager
        .post(&cancel, json!({ "reason": "No longer needed" }))
        .await
        .expect(204);
    let task = manager.get(&path).await.expect(200);
    assert_eq!(
        (&task["state"], &task["variables"], &task["note"]),
        (&json!("cancelled"), &json!({}), &json!(null))
    );
    assert_eq!(may(&task), [false, false, false]);
    let done = manager
        .get("/api/tasks?view=all&state=done")
        .await
        .expect(200);
    assert_eq!((&done["items"], &done["next"]), (&json!([]), &json!(null)));
}
