//! `POST /api/signals`, called instances and ad-hoc work.

use crate::server::{Person, Server};
use serde_json::{Value, json};

/// A process that calls another one, which waits for a signal; then people choose what is done.
const CALLER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <signal id="GoSignal" name="go"/>
  <process id="caller" name="Caller" isExecutable="true">
    <startEvent id="S"/>
    <callActivity id="Call" name="Call it"><extensionElements><zeebe:calledElement processId="called"/></extensionElements></callActivity>
    <adHocSubProcess id="Steps" name="Possible steps">
      <extensionElements><zeebe:properties><zeebe:property name="redthread:activation" value="person"/></zeebe:properties></extensionElements>
      <userTask id="Look" name="Look at it"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="ann"/><zeebe:priorityDefinition priority="80"/></extensionElements></userTask>
      <userTask id="Ask" name="Ask for more"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="ann"/></extensionElements></userTask>
    </adHocSubProcess>
    <endEvent id="E"/>
    <sequenceFlow id="f1" sourceRef="S" targetRef="Call"/>
    <sequenceFlow id="f2" sourceRef="Call" targetRef="Steps"/>
    <sequenceFlow id="f3" sourceRef="Steps" targetRef="E"/>
  </process>
  <process id="called" name="Called" isExecutable="true">
    <startEvent id="S2"/>
    <intermediateCatchEvent id="Go"><signalEventDefinition signalRef="GoSignal"/></intermediateCatchEvent>
    <endEvent id="E2"/>
    <sequenceFlow id="f4" sourceRef="S2" targetRef="Go"/>
    <sequenceFlow id="f5" sourceRef="Go" targetRef="E2"/>
  </process>
</definitions>"#;

async fn started(analyst: &Person) -> (String, Value) {
    let uploaded = analyst
        .upload("/api/deployments", &[("caller.bpmn", CALLER.as_bytes())])
        .await
        .expect(201);
    let definition = uploaded["deployed"][0]["key"].as_str().unwrap();
    let instance = crate::definitions::started(analyst, definition, json!({})).await;
    let path = format!("/api/instances/{instance}");
    let shown = analyst.get(&path).await.expect(200);
    (path, shown)
}

async fn codes(person: &Person, path: &str) -> Vec<String> {
    let history = person.get(&format!("{path}/history")).await.expect(200);
    let items = history["items"].as_array().unwrap().iter().rev();
    items
        .map(|item| item["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_called_instance_and_its_caller_lead_to_each_other() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let (path, caller) = started(&analyst).await;
    assert_eq!(caller["calledBy"], Value::Null);
    let call = &caller["calls"][0];
    assert_eq!(
        (&call["element"], &call["elementName"], &call["state"]),
        (&json!("Call"), &json!("Call it"), &json!("active"))
    );
    assert_eq!(call["process"]["name"], "Called");
    let inner = format!("/api/instances/{}", call["instance"].as_str().unwrap());
    let shown = analyst.get(&inner).await.expect(200);
    assert_eq!(shown["calledBy"]["instance"], caller["key"]);
    assert_eq!(shown["calledBy"]["process"]["name"], "Caller");
    assert_eq!(shown["startedBy"]["type"], "process");
    assert_eq!(
        codes(&analyst, &inner).await,
        ["instance.started", "signal.expected"]
    );
    assert!(
        codes(&analyst, &path)
            .await
            .contains(&"call.begun".to_owned())
    );
}

#[tokio::test]
async fn a_signal_wakes_those_who_wait_for_it() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let (path, caller) = started(&analyst).await;
    let signal = json!({ "name": "go", "variables": { "sum": 12.5 } });
    let sent = analyst.post("/api/signals", signal).await.expect(200);
    let inner = &caller["calls"][0]["instance"];
    assert_eq!(sent, json!({ "instances": [inner], "more": false }));
    let told = codes(&analyst, &path).await;
    assert!(told.contains(&"call.ended".to_owned()), "{told:?}");
    let nameless = analyst.post("/api/signals", json!({ "name": " " })).await;
    assert_eq!(nameless.refused(422), "invalid");
    let employee = server.sign_in("emil").await;
    let signal = json!({ "name": "go" });
    let refused = employee.post("/api/signals", signal).await;
    assert_eq!(refused.refused(403), "forbidden");
}

#[tokio::test]
async fn a_person_begins_what_is_to_be_done_in_an_ad_hoc_sub_process() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let (path, caller) = started(&analyst).await;
    assert_eq!(caller["canActivate"], json!([]));
    analyst
        .post("/api/signals", json!({ "name": "go" }))
        .await
        .expect(200);
    let shown = analyst.get(&path).await.expect(200);
    let steps = &shown["canActivate"][0];
    assert_eq!(steps["elementName"], "Possible steps");
    let names = steps["elements"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|one| &one["elementName"]).collect();
    assert_eq!(names, ["Look at it", "Ask for more"]);
    let begin = format!(
        "{path}/ad-hoc/{}",
        steps["elementInstance"].as_str().unwrap()
    );
    let activate = |elements: Value| json!({ "elements": elements });
    assert_eq!(
        analyst.post(&begin, activate(json!([]))).await.refused(422),
        "invalid"
    );
    let unknown = analyst.post(&begin, activate(json!(["Nothing"]))).await;
    assert_eq!(unknown.refused(422), "unusable");
    analyst
        .post(&begin, activate(json!(["Look"])))
        .await
        .expect(204);
    let shown = analyst.get(&path).await.expect(200);
    let task = &shown["tasks"][0];
    assert_eq!(
        (&task["element"], &task["priority"]),
        (&json!("Look"), &json!(80))
    );
    let history = analyst.get(&format!("{path}/history")).await.expect(200);
    let items = history["items"].as_array().unwrap();
    let begun = items.iter().find(|item| item["code"] == "adHoc.activated");
    let begun = begun.expect("it is not told");
    assert_eq!(begun["params"]["elements"], json!(["Look at it"]));
    assert_eq!(begun["actor"]["login"], "ann");
    let employee = server.sign_in("emil").await;
    let refused = employee.post(&begin, activate(json!(["Ask"]))).await;
    assert_eq!(refused.refused(403), "forbidden");
}
