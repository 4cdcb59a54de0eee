//! End events and intermediate throw events (10.5.3, 10.5.4).

use serde_json::json;

use crate::process;

#[test]
fn an_end_event_ends_its_token_and_no_other() {
    let mut run = process(
        r#"<startEvent id="s"/><userTask id="A"/><endEvent id="e"/><endEvent id="f"/><flows>s -> e; s -> A -> f</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.open(), ["A"]);
    run.does("A");
    assert!(run.has_ended());
}

#[test]
fn a_terminate_end_event_ends_everything_in_its_own_scope() {
    let mut run = process(
        r#"<startEvent id="s"/><userTask id="Outside"/><subProcess id="sub"><startEvent id="t"/><userTask id="Inside"/><endEvent id="f"/><endEvent id="stop"><terminateEventDefinition/></endEvent><flows>t -> Inside -> f; t -> stop</flows></subProcess>
        <task id="After"/><endEvent id="e"/><flows>s -> sub -> After -> e; s -> Outside -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.open(), ["Outside"]);
    assert_eq!(run.done(), ["After"]);
    run.does("Outside");
    assert!(run.has_ended());
}

#[test]
fn an_intermediate_event_without_a_trigger_is_passed() {
    let run = process(
        r#"<startEvent id="s"/><intermediateThrowEvent id="n"/><task id="A"/><endEvent id="e"/><flows>s -> n -> A -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done(), ["A"]);
}

#[test]
fn a_link_leads_from_every_event_that_throws_it_to_the_one_that_catches_it() {
    let run = process(
        r#"<startEvent id="s"/><task id="A"/><intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent><intermediateThrowEvent id="y"><linkEventDefinition name="L"/></intermediateThrowEvent>
        <intermediateCatchEvent id="c"><linkEventDefinition name="L"/></intermediateCatchEvent><task id="B"/><endEvent id="e"/><flows>s -> A -> x; s -> y; c -> B -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done_in_any_order(), ["A", "B", "B"]);
    assert!(run.has_ended());
}

#[test]
fn an_event_with_a_job_waits_for_it() {
    let mut run = process(
        r#"<startEvent id="s"/><intermediateThrowEvent id="x"><extensionElements><zeebe:taskDefinition type="tell"/></extensionElements><messageEventDefinition messageRef="m"/></intermediateThrowEvent>
        <endEvent id="y"><extensionElements><zeebe:taskDefinition type="tell"/></extensionElements><messageEventDefinition messageRef="m"/></endEvent><flows>s -> x -> y</flows>"#,
    )
    .with(r#"<message id="m" name="news"/>"#)
    .starts(json!({}));
    assert_eq!(run.open(), ["x"]);
    run.does("x");
    assert_eq!(run.open(), ["y"]);
    run.does("y");
    assert!(run.has_ended());
}

#[test]
fn a_terminate_end_event_of_a_called_process_ends_that_process_only() {
    let run = process(
        r#"<startEvent id="s"/><callActivity id="Call" calledElement="q"/><task id="After"/><endEvent id="e"/><flows>s -> Call -> After -> e</flows>"#,
    )
    .and(
        "q",
        r#"<startEvent id="t"/><userTask id="Wait"/><endEvent id="f"/><endEvent id="stop"><terminateEventDefinition/></endEvent><flows>t -> Wait -> f; t -> stop</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done(), ["Call", "After"]);
    assert!(run.has_ended());
}
