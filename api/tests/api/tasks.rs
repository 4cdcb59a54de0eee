//! `/api/tasks`: whose they are and who may do what with them.

use crate::definitions::{deployed, started};
use crate::server::{Person, Server};
use serde_json::json;

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
    let taken = emil
        .post(&format!("{path}/assign"), json!({ "assignee": "emil" }))
        .await
        .expect(200);
    assert_eq!(taken["assignee"]["login"], "emil");
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
    assert_eq!(
        emil.post(&assign, json!({ "assignee": "mona" }))
            .await
            .refused(403),
        "forbidden"
    );
    let manager = server.sign_in("mona").await;
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
        json!({ "variables": { "good": true } }),
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
    assert_eq!(
        (&done["total"], &done["items"][0]["completed"]),
        (&json!(1), &json!(crate::server::START))
    );
    let detail = emil.get(&path).await.expect(200);
    assert_eq!(
        (&detail["mayComplete"], &detail["mayAssign"]),
        (&json!(false), &json!(false))
    );
}
