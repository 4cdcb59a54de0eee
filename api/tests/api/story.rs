//! `/api/instances/{key}/history`: what is done several times, undone and chosen, in plain words.

use crate::server::Server;
use serde_json::{Value, json};

const BOOKING: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <process id="booking" name="Booking" isExecutable="true">
    <startEvent id="S"/>
    <task id="Ask" name="Ask hotels"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>
    <task id="Book" name="Book a room"/>
    <boundaryEvent id="Undo" attachedToRef="Book"><compensateEventDefinition/></boundaryEvent>
    <task id="Cancel" name="Cancel the room" isForCompensation="true"/>
    <association id="a" sourceRef="Undo" targetRef="Cancel" associationDirection="One"/>
    <exclusiveGateway id="TooDear" name="Too dear?" default="fine"/>
    <endEvent id="Booked"/>
    <endEvent id="GiveUp" name="Give up"><compensateEventDefinition/></endEvent>
    <sequenceFlow id="f1" sourceRef="S" targetRef="Ask"/>
    <sequenceFlow id="f2" sourceRef="Ask" targetRef="Book"/>
    <sequenceFlow id="f3" sourceRef="Book" targetRef="TooDear"/>
    <sequenceFlow id="dear" name="yes" sourceRef="TooDear" targetRef="GiveUp"><conditionExpression>=price &gt; limit</conditionExpression></sequenceFlow>
    <sequenceFlow id="fine" sourceRef="TooDear" targetRef="Booked"/>
  </process>
</definitions>"#;

#[tokio::test]
async fn what_is_done_several_times_undone_and_chosen_is_told() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let uploaded = analyst
        .upload("/api/deployments", &[("booking.bpmn", BOOKING.as_bytes())])
        .await
        .expect(201);
    let definition = uploaded["deployed"][0]["key"].as_str().unwrap();
    let prices = json!({ "price": 300, "limit": 200 });
    let instance = crate::definitions::started(&analyst, definition, prices).await;
    let path = format!("/api/instances/{instance}/history");
    let history = analyst.get(&path).await.expect(200);
    let items: Vec<&Value> = history["items"].as_array().unwrap().iter().rev().collect();
    let codes: Vec<&str> = items
        .iter()
        .map(|item| item["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "instance.started",
            "multiInstance.begun",
            "multiInstance.progress",
            "multiInstance.progress",
            "multiInstance.progress",
            "element.completed",
            "element.completed",
            "flow.taken",
            "compensation.begun",
            "compensation.undoing",
            "compensation.undone",
            "element.completed",
            "instance.completed",
        ]
    );
    let params = |at: usize| &items[at]["params"];
    assert_eq!(
        (&params(3)["completed"], &params(3)["total"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(params(7)["elementName"], "yes");
    assert_eq!(params(7)["values"], json!({ "price": 300, "limit": 200 }));
    assert_eq!(
        (&params(9)["elementName"], &params(9)["undoesName"]),
        (&json!("Cancel the room"), &json!("Book a room"))
    );
    // What stands for all of them is told apart from each.
    let shown = analyst.get(&format!("/api/instances/{instance}")).await;
    let shown = shown.expect(200);
    let visits = shown["elements"].as_array().unwrap().iter();
    let asked: Vec<&Value> = visits.filter(|visit| visit["element"] == "Ask").collect();
    let bodies = asked.iter().filter(|visit| visit["body"] == true).count();
    assert_eq!((asked.len(), bodies), (4, 1));
    assert_eq!(asked[1]["scope"], asked[0]["elementInstance"]);
}
