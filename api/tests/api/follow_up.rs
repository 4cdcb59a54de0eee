//! The founding example by HTTP: a closed request is followed by a call a week later, whose outcome decides.

use crate::server::{Person, Server};
use serde_json::{Value, json};

const DIAGRAM: &[u8] = include_bytes!("../../../examples/request-follow-up/request-follow-up.bpmn");
const FORM: &[u8] = include_bytes!("../../../examples/request-follow-up/solve-problem.form");

/// The process deployed, and a request of a client closed by Emil, who owns it.
async fn closed_request(server: &Server) -> (Person, Value) {
    let analyst = server.sign_in("ann").await;
    let files = [
        ("request-follow-up.bpmn", DIAGRAM),
        ("solve-problem.form", FORM),
    ];
    let deployed = analyst.upload("/api/deployments", &files).await.expect(201);
    assert_eq!(deployed["deployed"][0]["processId"], "request-follow-up");
    assert_eq!(deployed["deployed"][0]["version"], 1);
    assert_eq!(deployed["forms"][0]["id"], "solve-problem");

    let employee = server.sign_in("emil").await;
    let me = employee.get("/api/session").await.expect(200);
    let account = json!({ "fields": { "name": "Nordwind GmbH" } });
    let account = employee
        .post("/api/records/account", account)
        .await
        .expect(201);
    let fields = json!({ "fields": {
        "subject": "Printer does not print",
        "account": account["key"],
        "owner": me["key"],
    } });
    let case = employee.post("/api/records/case", fields).await.expect(201);
    assert_eq!(case["instances"], json!([]));
    let patch = json!({ "version": case["version"], "fields": { "status": "closed" } });
    let path = format!("/api/records/case/{}", case["key"].as_str().expect("a key"));
    let case = employee.patch(&path, patch).await.expect(200);
    (employee, case)
}

async fn planned_call(employee: &Person) -> Value {
    let calendar = "/api/calendar?from=2026-01-05T00:00:00Z&to=2026-02-05T00:00:00Z";
    let items = employee.get(calendar).await.expect(200);
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    items[0].clone()
}

async fn move_clock(person: &Person, by: &str) -> Value {
    person
        .post("/api/demo/clock", json!({ "advance": by }))
        .await
        .expect(200)
}

async fn hold(employee: &Person, call: &Value, outcome: &str) {
    let path = format!(
        "/api/activities/{}/hold",
        call["key"].as_str().expect("a key")
    );
    let held = json!({ "outcome": outcome, "note": "Spoke to the office" });
    let held = employee.post(&path, held).await.expect(200);
    assert_eq!(held["status"], "held");
}

#[tokio::test]
async fn a_closed_request_is_called_about_a_week_later_and_all_is_well() {
    let server = Server::start().await;
    let (employee, case) = closed_request(&server).await;
    let instance = &case["instances"][0];
    assert_eq!(instance["state"], "active");
    assert_eq!(instance["at"][0]["element"], "CreateCall");
    assert_eq!(case["thread"]["now"][0]["name"], "Call the client");
    assert_eq!(case["thread"]["now"][0]["who"]["login"], "emil");

    let call = planned_call(&employee).await;
    assert_eq!(call["type"], "call");
    assert_eq!(call["start"], "2026-01-12T09:00:00Z");
    assert_eq!(call["owner"]["login"], "emil");
    assert_eq!(call["record"]["key"], case["key"]);
    assert_eq!(call["process"]["name"], "Request follow-up");

    let clock = move_clock(&employee, "P7D").await;
    assert_eq!(clock["now"], "2026-01-12T09:00:00Z");
    let told = employee.get("/api/notifications").await.expect(200);
    assert_eq!(told["items"][0]["code"], "activity.reminder");

    hold(&employee, &call, "fine").await;
    let path = format!("/api/records/case/{}", case["key"].as_str().expect("a key"));
    let after = employee.get(&path).await.expect(200);
    assert_eq!(after["instances"][0]["state"], "completed");
    assert_eq!(after["fields"]["status"], "closed");
    assert_eq!(after["thread"], Value::Null);
    let timeline = employee.get(&format!("{path}/timeline")).await.expect(200);
    let told = |code: &str| {
        let entries = timeline["items"].as_array().expect("entries");
        let entry = entries.iter().find(|entry| entry["code"] == code);
        entry.unwrap_or_else(|| panic!("no {code} in {timeline}"))["actor"].clone()
    };
    assert_eq!(told("process.started")["login"], "emil");
    let planned = told("activity.planned");
    assert_eq!(
        (&planned["type"], &planned["name"], &planned["version"]),
        (&json!("process"), &json!("Request follow-up"), &json!(1))
    );
}

#[tokio::test]
async fn a_problem_reopens_the_request_and_its_owner_gets_a_task() {
    let server = Server::start().await;
    let (employee, case) = closed_request(&server).await;
    let call = planned_call(&employee).await;
    move_clock(&employee, "P7D").await;
    hold(&employee, &call, "problem").await;

    let path = format!("/api/records/case/{}", case["key"].as_str().expect("a key"));
    let reopened = employee.get(&path).await.expect(200);
    assert_eq!(reopened["fields"]["status"], "in_progress");
    let tasks = employee.get("/api/tasks?view=mine").await.expect(200);
    assert_eq!(tasks["total"], 1);
    let task = &tasks["items"][0];
    assert_eq!(task["name"], "Solve the client's problem");
    assert_eq!(task["due"], "2026-01-14T09:00:00Z");
    assert_eq!(task["subject"]["key"], case["key"]);

    let path = format!("/api/tasks/{}", task["key"].as_str().expect("a key"));
    let detail = employee.get(&path).await.expect(200);
    assert_eq!(detail["form"]["id"], "solve-problem");
    assert_eq!(detail["mayComplete"], true);
    let done = json!({ "variables": { "solution": "A new cable" } });
    employee
        .post(&format!("{path}/complete"), done.clone())
        .await
        .expect(204);
    assert_eq!(
        employee
            .post(&format!("{path}/complete"), done)
            .await
            .refused(409),
        "notOpen"
    );

    let manager = server.sign_in("mona").await;
    let instances = manager
        .get("/api/instances?process=request-follow-up")
        .await
        .expect(200);
    assert_eq!(instances["items"][0]["state"], "completed");
}

#[tokio::test]
async fn a_list_of_requests_shows_where_each_stands_and_their_instances_are_found_by_their_titles()
{
    let server = Server::start().await;
    let (employee, case) = closed_request(&server).await;
    let other = json!({ "fields": { "subject": "Scanner does not scan" } });
    let other = employee.post("/api/records/case", other).await.expect(201);

    let list = employee.get("/api/records/case").await.expect(200);
    let of = |key: &Value| {
        let items = list["items"].as_array().expect("items");
        let row = items.iter().find(|row| row["key"] == *key);
        row.expect("the request")["thread"].clone()
    };
    assert_eq!(of(&case["key"])["now"][0]["name"], "Call the client");
    assert_eq!(of(&other["key"]), Value::Null);

    let manager = server.sign_in("mona").await;
    let found = async |words: &str| {
        let path = format!("/api/instances?search={words}");
        manager.get(&path).await.expect(200)["items"].clone()
    };
    assert_eq!(
        found("printer").await[0]["key"],
        case["instances"][0]["key"]
    );
    assert_eq!(found("scanner").await, json!([]));
    let hits = manager.get("/api/search?q=printer").await.expect(200);
    let kinds: Vec<&Value> = hits
        .as_array()
        .expect("hits")
        .iter()
        .map(|hit| &hit["kind"])
        .collect();
    assert_eq!(kinds, [&json!("case"), &json!("instance")]);
}
