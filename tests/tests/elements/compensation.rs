//! Compensation (10.5.5.1, 10.7).

use serde_json::{Value as Json, json};

use crate::{Run, process};

/// A task with what undoes it.
fn undoable(task: &str) -> String {
    format!(
        r#"<task id="{task}"/><boundaryEvent id="c{task}" attachedToRef="{task}"><compensateEventDefinition/></boundaryEvent>
        <task id="Un{task}" isForCompensation="true"/><association id="a{task}" sourceRef="c{task}" targetRef="Un{task}" associationDirection="One"/>"#
    )
}

fn run(content: &str, with: Json) -> Run {
    let run = process(content).starts(with);
    assert!(run.has_ended());
    run
}

#[test]
fn what_has_completed_is_undone_in_reverse_order() {
    let content = format!(
        r#"<startEvent id="s"/>{}{}{}<exclusiveGateway id="g" default="g_x"/>
        <intermediateThrowEvent id="x"><compensateEventDefinition/></intermediateThrowEvent><task id="After"/><endEvent id="e"/>
        <flows>s -> A -> B -> g; g -> C if more; C -> x; g -> x -> After -> e</flows>"#,
        undoable("A"),
        undoable("B"),
        undoable("C")
    );
    let two = run(&content, json!({"more": false}));
    assert_eq!(two.done(), ["A", "B", "UnB", "UnA", "After"]);
    let three = run(&content, json!({"more": true}));
    assert_eq!(three.done(), ["A", "B", "C", "UnC", "UnB", "UnA", "After"]);
}

#[test]
fn a_compensation_can_name_the_activity_that_it_undoes() {
    let content = format!(
        r#"<startEvent id="s"/>{}{}<endEvent id="x"><compensateEventDefinition activityRef="A"/></endEvent><flows>s -> A -> B -> x</flows>"#,
        undoable("A"),
        undoable("B")
    );
    assert_eq!(run(&content, json!({})).done(), ["A", "B", "UnA"]);
}

#[test]
fn each_time_that_an_activity_was_done_is_undone() {
    let content = r#"<startEvent id="s"/><task id="A"><multiInstanceLoopCharacteristics><loopCardinality>=3</loopCardinality></multiInstanceLoopCharacteristics></task>
        <boundaryEvent id="c" attachedToRef="A"><compensateEventDefinition/></boundaryEvent><task id="Undo" isForCompensation="true"/><association id="a" sourceRef="c" targetRef="Undo" associationDirection="One"/>
        <endEvent id="x"><compensateEventDefinition/></endEvent><flows>s -> A -> x</flows>"#;
    let done = run(content, json!({}));
    let undone = done.done().iter().filter(|id| **id == "Undo").count();
    assert_eq!(undone, 3, "{:?}", done.done());
}

#[test]
fn a_sub_process_that_has_completed_is_undone_from_within() {
    let content = format!(
        r#"<startEvent id="s"/><subProcess id="sub"><startEvent id="t"/>{}{}<endEvent id="f"/><flows>t -> A -> B -> f</flows></subProcess>
        <endEvent id="x"><compensateEventDefinition/></endEvent><flows>s -> sub -> x</flows>"#,
        undoable("A"),
        undoable("B")
    );
    assert_eq!(run(&content, json!({})).done(), ["A", "B", "UnB", "UnA"]);
}

#[test]
fn what_undoes_sees_the_variables_of_its_time() {
    let content = r#"<startEvent id="s"/>
        <subProcess id="sub"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements><zeebe:loopCharacteristics inputCollection="=rooms" inputElement="room"/></extensionElements></multiInstanceLoopCharacteristics>
          <startEvent id="t"/><task id="Book"/><boundaryEvent id="c" attachedToRef="Book"><compensateEventDefinition/></boundaryEvent>
          <scriptTask id="Cancel" isForCompensation="true"><extensionElements><zeebe:script expression="=append(cancelled, room)" resultVariable="cancelled"/></extensionElements></scriptTask>
          <association id="a" sourceRef="c" targetRef="Cancel" associationDirection="One"/><endEvent id="f"/><flows>t -> Book -> f</flows></subProcess>
        <endEvent id="x"><compensateEventDefinition/></endEvent><flows>s -> sub -> x</flows>"#;
    let run = run(content, json!({"rooms": [1, 2, 3], "cancelled": []}));
    let cancelled = run
        .play
        .happened()
        .iter()
        .filter_map(|one| match &one.event {
            redthread_core::event::Event::VariablesSet { variables, .. } => {
                variables.get("cancelled").map(|value| value.to_json())
            }
            _ => None,
        });
    // The last room is cancelled first.
    let orders: Vec<Json> = cancelled.collect();
    assert!(orders.iter().any(|list| list[0] == json!(3)), "{orders:?}");
}

#[test]
fn nothing_is_undone_that_has_not_completed() {
    let content = format!(
        r#"<startEvent id="s"/>{}<intermediateThrowEvent id="x"><compensateEventDefinition/></intermediateThrowEvent><endEvent id="e"/><flows>s -> x -> A -> e</flows>"#,
        undoable("A")
    );
    assert_eq!(run(&content, json!({})).done(), ["A"]);
}

#[test]
fn what_undoes_may_be_a_sub_process_or_a_call() {
    for handler in [
        r#"<subProcess id="u" isForCompensation="true"><startEvent id="t"/><task id="Undo"/><endEvent id="f"/><flows>t -> Undo -> f</flows></subProcess>"#,
        r#"<callActivity id="u" isForCompensation="true" calledElement="Undo"/>"#,
    ] {
        let content = format!(
            r#"<startEvent id="s"/><task id="A"/><boundaryEvent id="c" attachedToRef="A"><compensateEventDefinition/></boundaryEvent>{handler}<association id="a" sourceRef="c" targetRef="u" associationDirection="One"/>
            <intermediateThrowEvent id="x"><compensateEventDefinition/></intermediateThrowEvent><task id="After"/><endEvent id="e"/><flows>s -> A -> x -> After -> e</flows>"#
        );
        let mut diagram = process(&content);
        if handler.contains("callActivity") {
            diagram = diagram.with(r#"<globalTask id="Undo" name="Undo"/>"#);
        }
        let run = diagram.starts(json!({}));
        assert_eq!(run.done(), ["A", "Undo", "After"], "{handler}");
        assert!(run.has_ended(), "{handler}");
    }
}

#[test]
fn a_compensation_that_is_not_waited_for_goes_on_beside() {
    let mut run = process(
        r#"<startEvent id="s"/><task id="A"/><boundaryEvent id="c" attachedToRef="A"><compensateEventDefinition/></boundaryEvent><userTask id="Undo" isForCompensation="true"/><association id="a" sourceRef="c" targetRef="Undo" associationDirection="One"/>
        <intermediateThrowEvent id="x"><compensateEventDefinition waitForCompletion="false"/></intermediateThrowEvent><task id="After"/><endEvent id="e"/><flows>s -> A -> x -> After -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done(), ["A", "After"]);
    assert_eq!(run.open(), ["Undo"]);
    run.does("Undo");
    assert!(run.has_ended());
}
