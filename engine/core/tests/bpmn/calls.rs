//! Call activities (BPMN 2.0 section 13.3.5).

use crate::run::{Run, many, path};
use crate::scopes::DECLINED;
use redthread_core::CallOutcome;
use redthread_core::event::Event;
use redthread_core::state::Status;

fn calling(mapping: &str) -> String {
    many("startEvent", "Start")
        + &format!(
            r#"<callActivity id="Call"><extensionElements><zeebe:calledElement processId="billing" propagateAllChildVariables="true"/>{mapping}</extensionElements></callActivity>
               <boundaryEvent id="Failed" attachedToRef="Call">{DECLINED}</boundaryEvent>
               <boundaryEvent id="Late" attachedToRef="Call" cancelActivity="false"><escalationEventDefinition escalationRef="LateEscalation"/></boundaryEvent>"#
        )
        + &many("task", "Mend Hurry")
        + &many("endEvent", "End Mended Hurried")
        + &path("Start Call End")
        + &path("Failed Mend Mended")
        + &path("Late Hurry Hurried")
}

fn results() -> redthread_core::Variables {
    crate::run::variables(r#"{invoice: "A-17"}"#)
}

#[test]
fn a_call_activity_completes_with_the_results_of_the_called_process() {
    let mut run = Run::with(&calling(""), "{order: 7}");
    let called = run.history.iter().find_map(|event| match event {
        Event::InstanceCalled {
            call,
            caller,
            variables,
            ..
        } => Some((call, caller, variables)),
        _ => None,
    });
    let (call, caller, variables) = called.expect("a call");
    assert_eq!((&*call.process, call.definition.0), ("billing", 50));
    assert_eq!(
        (caller.depth, caller.catches.len(), variables.len()),
        (1, 2, 1)
    );
    run.end_call(
        "Call",
        CallOutcome::Completed {
            variables: results(),
        },
    );
    assert!(run.is_done());
    assert_eq!(run.variable("invoice"), "\"A-17\"");
}

#[test]
fn an_error_of_a_called_process_is_caught_at_the_call() {
    let mut run = Run::of(&calling(""));
    run.end_call(
        "Call",
        CallOutcome::Failed {
            code: "DECLINED".into(),
            message: "No money.".into(),
            variables: results(),
        },
    );
    assert!(run.is_done() && run.times("Mend") == 1);
}

#[test]
fn an_error_of_a_called_process_that_nothing_catches_is_an_incident_and_a_retry_calls_again() {
    let mut run = Run::of(&calling(""));
    run.end_call(
        "Call",
        CallOutcome::Failed {
            code: "OTHER".into(),
            message: "No ink.".into(),
            variables: results(),
        },
    );
    assert_eq!(run.last(1), ["Call incident uncaughtError"]);
    run.retry();
    run.end_call(
        "Call",
        CallOutcome::Completed {
            variables: results(),
        },
    );
    assert!(run.is_done());
}

#[test]
fn a_call_whose_instance_was_cancelled_is_an_incident() {
    let mut run = Run::of(&calling(""));
    run.end_call("Call", CallOutcome::Terminated { reason: None });
    assert_eq!(run.last(1), ["Call incident callFailed"]);
}

#[test]
fn a_process_that_is_not_deployed_is_an_incident_of_the_call() {
    let run = Run::of(&calling("").replace("\"billing\"", "\"printing\""));
    assert!(run.said()[0].contains("printing"), "{:?}", run.said());
}

#[test]
fn an_escalation_of_a_called_process_is_caught_at_the_call() {
    let mut run = Run::of(&calling(""));
    run.escalate_call("Call", "LATE");
    assert_eq!(
        (run.stands_at(), run.times("Hurry")),
        (vec!["Call".to_owned()], 1)
    );
}

#[test]
fn a_called_process_that_its_caller_interrupts_stops_in_the_same_step() {
    let body = many("startEvent", "Start")
        + r#"<intermediateThrowEvent id="Tell"><escalationEventDefinition escalationRef="LateEscalation"/></intermediateThrowEvent>"#
        + &many("task", "After")
        + &many("endEvent", "End")
        + &path("Start Tell After End");
    let run = Run::called(&body, true);
    assert_eq!(
        (run.state.status, run.times("After")),
        (Status::Terminated, 0)
    );
    let run = Run::called(&body, false);
    assert_eq!(
        (run.state.status, run.times("After")),
        (Status::Completed, 1)
    );
}
