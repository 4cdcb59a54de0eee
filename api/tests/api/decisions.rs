//! `/api/decisions`: deployed, looked at, tried out, and told of in the history.

use crate::server::{Person, Server};
use serde_json::{Value, json};

const DIAGRAM: &[u8] = include_bytes!("../../../examples/request-triage/request-triage.bpmn");
const FORM: &[u8] = include_bytes!("../../../examples/request-triage/take-in.form");
const DECISIONS: &[u8] = include_bytes!("../../../examples/request-triage/triage.dmn");

/// The triage of requests, deployed.
async fn deployed(analyst: &Person) -> Value {
    let files = [
        ("request-triage.bpmn", DIAGRAM),
        ("take-in.form", FORM),
        ("triage.dmn", DECISIONS),
    ];
    analyst.upload("/api/deployments", &files).await.expect(201)
}

/// The path of the decision `triage`.
fn triage(deployed: &Value) -> String {
    let decisions = deployed["decisions"].as_array().expect("decisions");
    let triage = decisions.iter().find(|one| one["decisionId"] == "triage");
    let key = triage.expect("the triage")["key"].as_str().expect("a key");
    format!("/api/decisions/{key}")
}

#[tokio::test]
async fn decisions_are_deployed_with_their_diagram_and_listed_by_name() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let done = deployed(&analyst).await;
    assert_eq!(done["deployed"][0]["warnings"], json!([]));
    let list = analyst.get("/api/decisions").await.expect(200);
    let names: Vec<(&Value, &Value)> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (&row["decisionId"], &row["latest"]["version"]))
        .collect();
    assert_eq!(
        names,
        [(&json!("triage"), &json!(1)), (&json!("weight"), &json!(1))]
    );
    assert_eq!(list[0]["latest"]["deployedBy"]["login"], "ann");
    assert_eq!(list[0]["latest"]["fileName"], "triage.dmn");

    let again = analyst
        .upload("/api/deployments", &[("triage.dmn", DECISIONS)])
        .await;
    let again = again.expect(200);
    assert_eq!(again["decisions"][0]["unchanged"], true);
    let changed = String::from_utf8_lossy(DECISIONS).replace("<text>48</text>", "<text>72</text>");
    let changed = analyst
        .upload("/api/deployments", &[("triage.dmn", changed.as_bytes())])
        .await
        .expect(201);
    assert_eq!(changed["decisions"][0]["version"], 2);
}

#[tokio::test]
async fn a_decision_shows_what_it_wants_its_table_and_its_file() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let path = triage(&deployed(&analyst).await);
    let detail = server.sign_in("emil").await.get(&path).await.expect(200);
    assert_eq!(
        (&detail["name"], &detail["logic"], &detail["version"]),
        (&json!("triage"), &json!("decisionTable"), &json!(1))
    );
    let inputs: Vec<&Value> = detail["inputs"]
        .as_array()
        .expect("inputs")
        .iter()
        .map(|input| &input["name"])
        .collect();
    assert_eq!(
        inputs,
        [&json!("tier"), &json!("amount"), &json!("category")]
    );
    let required = &detail["requires"][0];
    assert_eq!(required["name"], "weight");
    let required = format!(
        "/api/decisions/{}",
        required["key"].as_str().expect("a key")
    );
    assert_eq!(
        analyst.get(&required).await.expect(200)["decisionId"],
        "weight"
    );
    let table = &detail["table"];
    assert_eq!(table["hitPolicy"], "unique");
    assert_eq!(
        table["outputs"][2],
        json!({ "label": "Hours", "name": "hours", "type": "number", "values": null, "default": null })
    );
    assert_eq!(table["rules"][0]["tests"], json!(["\"fault\"", "\"key\""]));
    assert_eq!(
        table["rules"][0]["annotations"],
        json!(["A key client stands still"])
    );
    let xml = analyst.get(&format!("{path}/xml")).await;
    assert_eq!(xml.headers["content-type"], "text/xml; charset=utf-8");
    assert_eq!(xml.text.as_bytes(), DECISIONS);
}

#[tokio::test]
async fn an_analyst_tries_a_decision_out_and_sees_how_its_result_came_about() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let path = format!("{}/evaluate", triage(&deployed(&analyst).await));
    let given = json!({ "variables": { "category": "fault", "tier": "silver", "amount": 12000 } });
    let tried = analyst.post(&path, given.clone()).await.expect(200);
    assert_eq!(
        (&tried["type"], &tried["value"]["hours"]),
        (&json!("context"), &json!(4))
    );
    let names: Vec<&Value> = tried["decisions"]
        .as_array()
        .expect("decisions")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, [&json!("weight"), &json!("triage")]);
    let matched = &tried["decisions"][1]["tables"][0]["matched"][0];
    assert_eq!(
        (&matched["rule"], &matched["annotations"]),
        (&json!(1), &json!(["A key client stands still"]))
    );
    let lacking = analyst.post(&path, json!({})).await.expect(200);
    assert_eq!(lacking["type"], "null");
    let manager = server.sign_in("mona").await;
    assert_eq!(manager.post(&path, given).await.refused(403), "forbidden");
}

#[tokio::test]
async fn the_history_of_an_instance_tells_why_it_went_its_way() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    deployed(&analyst).await;
    let fields = json!({ "fields": { "subject": "Where is my order?" } });
    let case = analyst.post("/api/records/case", fields).await.expect(201);
    let instance = case["instances"][0]["key"].as_str();
    let instance = instance.unwrap_or_else(|| panic!("no instance: {case}"));
    let path = format!("/api/instances/{instance}");
    let task = analyst.get(&path).await.expect(200)["tasks"][0]["key"].clone();
    let given = json!({ "variables": { "category": "question", "tier": "basic", "amount": 10 } });
    let complete = format!("/api/tasks/{}/complete", task.as_str().expect("a key"));
    analyst.post(&complete, given).await.expect(204);

    let history = analyst.get(&format!("{path}/history")).await.expect(200);
    let entries = history["items"].as_array().expect("entries");
    let decided = entries
        .iter()
        .find(|entry| entry["code"] == "decision.evaluated");
    let params = &decided.unwrap_or_else(|| panic!("no decision in {history}"))["params"];
    assert_eq!(
        (
            &params["elementName"],
            &params["decision"],
            &params["version"]
        ),
        (&json!("Triage"), &json!("triage"), &json!(1))
    );
    let last = &params["explanation"]["decisions"][1];
    assert_eq!(last["result"]["priority"], "low");
    assert_eq!(last["tables"][0]["matched"][0]["id"], "triage_table_rule6");

    let after = analyst.get(&path).await.expect(200);
    let task = &after["tasks"][0];
    assert_eq!(task["name"], "Handle the request");
    assert_eq!(task["candidateTeams"][0]["name"], "support");
    assert_eq!(task["due"], "2026-01-07T09:00:00Z");
}

#[tokio::test]
async fn a_call_of_a_decision_that_is_not_there_is_warned_of_and_bad_decisions_are_refused() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let alone = analyst
        .upload("/api/deployments", &[("request-triage.bpmn", DIAGRAM)])
        .await
        .expect(201);
    assert_eq!(
        alone["deployed"][0]["warnings"][0]["code"],
        "unknownDecision"
    );
    assert_eq!(alone["deployed"][0]["warnings"][0]["element"], "Triage");
    let bad = String::from_utf8_lossy(DECISIONS).replace("<text>48</text>", "<text>48 +</text>");
    let files = [("triage.dmn", bad.as_bytes())];
    let refused = analyst.upload("/api/deployments", &files).await.expect(422);
    assert_eq!(refused["problems"][0]["code"], "badExpression");
    let check = analyst
        .upload("/api/deployments/check", &files)
        .await
        .expect(200);
    assert_eq!(
        (&check["deployable"], &check["decisions"][1]["decisionId"]),
        (&json!(false), &json!("triage"))
    );
    assert_eq!(analyst.get("/api/decisions").await.expect(200), json!([]));
}
