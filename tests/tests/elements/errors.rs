//! Errors and escalations (10.5.5.3, 10.5.5.4, 10.5.6): who catches them, through sub-processes and calls.

use redthread_tests::play::Answer;
use serde_json::json;

use crate::{Run, process};

const ROOTS: &str = r#"<error id="E" name="Wrong" errorCode="wrong"/><error id="F" name="Other" errorCode="other"/>
    <escalation id="X" name="Late" escalationCode="late"/><escalation id="Y" name="Early" escalationCode="early"/>"#;

/// A sub-process that throws, with a boundary event that catches.
fn thrown(throw: &str, catches: &str) -> Run {
    process(&format!(
        r#"<startEvent id="s"/><subProcess id="sub"><startEvent id="t"/>{throw}</subProcess>
        <boundaryEvent id="b" attachedToRef="sub"{catches}</boundaryEvent><task id="Caught"/><task id="After"/><endEvent id="e"/><flows>s -> sub -> After -> e; b -> Caught -> e</flows>"#
    ))
    .with(ROOTS)
    .starts(json!({}))
}

const ERROR_END: &str =
    r#"<endEvent id="x"><errorEventDefinition errorRef="E"/></endEvent><flows>t -> x</flows>"#;

#[test]
fn an_error_is_caught_by_its_code_or_by_an_event_without_one() {
    for catches in [
        r#"><errorEventDefinition errorRef="E"/>"#,
        "><errorEventDefinition/>",
    ] {
        let run = thrown(ERROR_END, catches);
        assert_eq!(run.done(), ["Caught"]);
        assert!(run.has_ended());
    }
}

#[test]
fn an_error_that_nothing_catches_fails_the_instance() {
    let run = thrown(ERROR_END, r#"><errorEventDefinition errorRef="F"/>"#);
    assert_eq!(run.done(), [""; 0]);
    assert_eq!(run.states(), ["failed"]);
}

const ESCALATION: &str = r#"<intermediateThrowEvent id="x"><escalationEventDefinition escalationRef="X"/></intermediateThrowEvent><task id="Work"/><endEvent id="f"/><flows>t -> x -> Work -> f</flows>"#;

#[test]
fn an_escalation_ends_the_activity_or_goes_beside_it() {
    let run = thrown(
        ESCALATION,
        r#"><escalationEventDefinition escalationRef="X"/>"#,
    );
    assert_eq!(run.done(), ["Caught"]);
    assert!(run.has_ended());
    let run = thrown(
        ESCALATION,
        r#" cancelActivity="false"><escalationEventDefinition escalationRef="X"/>"#,
    );
    assert_eq!(run.done_in_any_order(), ["After", "Caught", "Work"]);
    assert!(run.has_ended());
}

#[test]
fn an_escalation_that_nothing_catches_is_passed() {
    let run = thrown(
        ESCALATION,
        r#"><escalationEventDefinition escalationRef="Y"/>"#,
    );
    assert_eq!(run.done(), ["Work", "After"]);
    assert!(run.has_ended());
}

#[test]
fn an_escalation_end_event_throws_it_and_ends() {
    let end = r#"<endEvent id="x"><escalationEventDefinition escalationRef="X"/></endEvent><flows>t -> x</flows>"#;
    let run = thrown(
        end,
        r#" cancelActivity="false"><escalationEventDefinition escalationRef="X"/>"#,
    );
    assert_eq!(run.done_in_any_order(), ["After", "Caught"]);
    assert!(run.has_ended());
}

/// A call of a process that throws, with a boundary event that catches.
fn called(throw: &str, catches: &str) -> Run {
    process(&format!(
        r#"<startEvent id="s"/><callActivity id="Call" calledElement="q"/><boundaryEvent id="b" attachedToRef="Call"{catches}</boundaryEvent>
        <task id="Caught"/><task id="After"/><endEvent id="e"/><flows>s -> Call -> After -> e; b -> Caught -> e</flows>"#
    ))
    .and("q", &format!(r#"<startEvent id="t"/>{throw}"#))
    .with(ROOTS)
    .starts(json!({}))
}

#[test]
fn an_error_of_a_called_process_is_caught_on_the_call() {
    let run = called(ERROR_END, r#"><errorEventDefinition errorRef="E"/>"#);
    assert_eq!(run.done(), ["Caught"]);
    assert_eq!(run.states(), ["completed", "failed"]);
    assert!(run.incidents().is_empty());
}

#[test]
fn an_escalation_of_a_called_process_is_caught_on_the_call() {
    // Interrupting: the called process stops at once.
    let run = called(
        ESCALATION,
        r#"><escalationEventDefinition escalationRef="X"/>"#,
    );
    assert_eq!(run.done(), ["Caught"]);
    assert_eq!(run.states(), ["completed", "terminated"]);
    let run = called(
        ESCALATION,
        r#" cancelActivity="false"><escalationEventDefinition escalationRef="X"/>"#,
    );
    assert_eq!(run.done_in_any_order(), ["After", "Call", "Caught", "Work"]);
    assert!(run.has_ended());
}

#[test]
fn an_error_of_a_job_in_a_called_process_is_caught_on_the_call() {
    let mut run = process(
        r#"<startEvent id="s"/><callActivity id="Call" calledElement="q"/><boundaryEvent id="b" attachedToRef="Call"><errorEventDefinition errorRef="E"/></boundaryEvent>
        <task id="Caught"/><task id="After"/><endEvent id="e"/><flows>s -> Call -> After -> e; b -> Caught -> e</flows>"#,
    )
    .and(
        "q",
        r#"<startEvent id="t"/><serviceTask id="Work"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements></serviceTask><endEvent id="f"/><flows>t -> Work -> f</flows>"#,
    )
    .with(ROOTS)
    .deployed();
    run.play.answer_with(|_, _| Answer::Throw {
        code: "wrong".to_owned(),
    });
    run.starts("p", json!({}));
    assert_eq!(run.done(), ["Caught"]);
    assert!(run.incidents().is_empty());
}

#[test]
fn the_innermost_event_that_catches_an_error_takes_it() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="outer"><startEvent id="t"/><subProcess id="inner"><startEvent id="u"/><endEvent id="x"><errorEventDefinition errorRef="E"/></endEvent><flows>u -> x</flows></subProcess>
        <boundaryEvent id="bi" attachedToRef="inner"><errorEventDefinition/></boundaryEvent><task id="Inner"/><endEvent id="f"/><flows>t -> inner -> f; bi -> Inner -> f</flows></subProcess>
        <boundaryEvent id="bo" attachedToRef="outer"><errorEventDefinition errorRef="E"/></boundaryEvent><task id="Outer"/><task id="After"/><endEvent id="e"/><flows>s -> outer -> After -> e; bo -> Outer -> e</flows>"#,
    )
    .with(ROOTS)
    .starts(json!({}));
    assert_eq!(run.done(), ["Inner", "After"]);
    assert!(run.has_ended());
}
