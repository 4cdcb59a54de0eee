//! Sequence flows, lanes (8.4.13, 10.8).

use redthread_core::event::Event;
use serde_json::json;

use crate::process;

#[test]
fn several_flows_that_leave_an_element_are_all_taken() {
    let run = process(
        r#"<startEvent id="s"/><task id="A"/><task id="B"/><task id="C"/><endEvent id="e"/><flows>s -> A -> B -> e; A -> C -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done_in_any_order(), ["A", "B", "C"]);
    assert!(run.has_ended());
}

#[test]
fn each_token_of_several_flows_that_lead_to_an_activity_begins_it() {
    let run = process(
        r#"<startEvent id="s"/><task id="A"/><task id="B"/><task id="C"/><endEvent id="e"/><flows>s -> A; s -> B; A -> C; B -> C -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done_in_any_order(), ["A", "B", "C", "C"]);
    assert!(run.has_ended());
}

#[test]
fn a_conditional_flow_is_taken_where_its_condition_is_true() {
    let diagram = process(
        r#"<startEvent id="s"/><task id="A"/><task id="B"/><task id="C"/><endEvent id="e"/><flows>s -> A; A -> B if n > 1; A -> C; B -> e; C -> e</flows>"#,
    );
    assert_eq!(diagram.starts(json!({"n": 1})).done(), ["A", "C"]);
    assert_eq!(
        diagram.starts(json!({"n": 2})).done_in_any_order(),
        ["A", "B", "C"]
    );
}

#[test]
fn the_default_flow_of_an_activity_is_taken_where_no_condition_is_true() {
    let diagram = process(
        r#"<startEvent id="s"/><task id="A" default="A_C"/><task id="B"/><task id="C"/><endEvent id="e"/><flows>s -> A; A -> B if n > 1; A -> C; B -> e; C -> e</flows>"#,
    );
    assert_eq!(diagram.starts(json!({"n": 1})).done(), ["A", "C"]);
    assert_eq!(diagram.starts(json!({"n": 2})).done(), ["A", "B"]);
}

#[test]
fn a_default_flow_looks_at_conditions_and_not_at_flows_without_one() {
    let diagram = process(
        r#"<startEvent id="s"/><task id="A" default="A_C"/><task id="B"/><task id="C"/><task id="D"/><endEvent id="e"/><flows>s -> A; A -> B if n > 1; A -> C; A -> D; B -> e; C -> e; D -> e</flows>"#,
    );
    let taken = |n: u32| diagram.starts(json!({"n": n})).done_in_any_order().join("");
    assert_eq!((taken(1), taken(2)), ("ACD".to_owned(), "ABD".to_owned()));
}

#[test]
fn a_process_without_start_events_begins_where_nothing_leads_to() {
    let run = process(r#"<task id="A"/><task id="B"/><task id="C"/><flows>A -> C</flows>"#)
        .starts(json!({}));
    assert_eq!(run.done_in_any_order(), ["A", "B", "C"]);
    assert!(run.has_ended());
}

#[test]
fn a_lane_says_who_does_its_tasks_unless_a_task_says_otherwise() {
    let run = process(
        r#"<laneSet id="ls"><lane id="l" name="Office"><extensionElements><zeebe:assignmentDefinition assignee="olga"/></extensionElements>
        <flowNodeRef>s</flowNodeRef><flowNodeRef>A</flowNodeRef><flowNodeRef>B</flowNodeRef><flowNodeRef>e</flowNodeRef></lane></laneSet>
        <startEvent id="s"/><userTask id="A"/><userTask id="B"><extensionElements><zeebe:assignmentDefinition assignee="ivan"/></extensionElements></userTask>
        <endEvent id="e"/><flows>s -> A -> e; s -> B -> e</flows>"#,
    )
    .starts(json!({}));
    let mut who: Vec<(String, String)> = Vec::new();
    for one in run.play.happened() {
        if let Event::TaskCreated { task, .. } = &one.event {
            let element = one.element.clone().unwrap_or_default();
            who.push((element, task.assignee.clone().unwrap_or_default()));
        }
    }
    who.sort();
    assert_eq!(
        who,
        [("A", "olga"), ("B", "ivan")].map(|(task, login)| (task.to_owned(), login.to_owned()))
    );
}
