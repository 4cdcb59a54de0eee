//! Events (BPMN 2.0 section 13.5).

use crate::run::{Run, many, path};
use redthread_core::{Command, Key, Rejection};

const REMINDED: &str = r#"
    <startEvent id="Start"/> <userTask id="Work"/> <endEvent id="Done"/>
    <boundaryEvent id="Late" attachedToRef="Work" cancelActivity="CANCEL">
      <timerEventDefinition><TIMER</timerEventDefinition>
    </boundaryEvent>
    <task id="Remind"/> <endEvent id="Reminded"/>
    <sequenceFlow id="f1" sourceRef="Start" targetRef="Work"/> <sequenceFlow id="f2" sourceRef="Work" targetRef="Done"/>
    <sequenceFlow id="f3" sourceRef="Late" targetRef="Remind"/> <sequenceFlow id="f4" sourceRef="Remind" targetRef="Reminded"/>"#;

fn reminded(interrupting: bool, timer: &str) -> String {
    REMINDED
        .replace("CANCEL", &interrupting.to_string())
        .replace("<TIMER", timer)
}

#[test]
fn an_interrupting_timer_ends_its_activity() {
    let mut run = Run::of(&reminded(true, "<timeDuration>PT2H</timeDuration>"));
    run.after("PT2H", "Late");
    assert_eq!(
        run.last(12),
        [
            "Work activated",
            "Work terminated",
            "Late triggered",
            "Late activated",
            "Late completed",
            "> f3",
            "Remind activated",
            "Remind completed",
            "> f4",
            "Reminded activated",
            "Reminded completed",
            "process completed"
        ]
    );
    assert!(run.state.waits.is_empty());
}

#[test]
fn a_non_interrupting_timer_leaves_its_activity() {
    let mut run = Run::of(&reminded(false, "<timeDuration>PT2H</timeDuration>"));
    run.after("PT2H", "Late");
    assert_eq!(run.stands_at(), ["Work"]);
    run.complete_task("Work", "{}");
    assert_eq!(run.last(1), ["process completed"]);
}

#[test]
fn a_cycle_on_a_boundary_reminds_as_often_as_it_says() {
    let mut run = Run::of(&reminded(false, "<timeCycle>R2/P1D</timeCycle>"));
    run.after("P1D", "Late").after("P1D", "Late");
    let reminders = run
        .trace()
        .iter()
        .filter(|line| *line == "Remind completed")
        .count();
    assert_eq!(reminders, 2);
    assert_eq!(run.state.waits.len(), 1, "only the task is left");
}

#[test]
fn completing_the_activity_stops_its_timer() {
    let mut run = Run::of(&reminded(true, "<timeDuration>PT2H</timeDuration>"));
    run.complete_task("Work", "{}");
    assert_eq!(run.last(1), ["process completed"]);
    assert!(run.state.waits.is_empty());
}

#[test]
fn a_timer_that_is_no_time_is_an_incident_that_can_be_mended() {
    let mut run = Run::of(&reminded(true, "<timeDuration>=patience</timeDuration>"));
    assert_eq!(run.last(1), ["Work incident expressionFailed"]);
    run.set("{patience: duration(\"PT1H\")}").retry();
    assert_eq!(run.stands_at(), ["Work"]);
    run.after("PT1H", "Late");
    assert_eq!(run.last(1), ["process completed"]);
}

#[test]
fn a_message_is_waited_for_by_its_key_and_brings_its_variables() {
    let mut run = Run::with(
        r#"<startEvent id="Start"/> <intermediateCatchEvent id="Payment"><messageEventDefinition messageRef="PaidMessage"/></intermediateCatchEvent>
        <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Payment"/> <sequenceFlow id="f2" sourceRef="Payment" targetRef="End"/>"#,
        "{order: 42}",
    );
    let redthread_core::state::WaitKind::Subscription(subscription) =
        &run.state.waits.values().next().unwrap().what
    else {
        panic!("a subscription");
    };
    assert_eq!(
        (&*subscription.name, &*subscription.correlation_key),
        ("paid", "42")
    );
    run.message("Payment", "{sum: 10}");
    assert_eq!(run.last(1), ["process completed"]);
    assert_eq!(run.variable("sum"), "10");
}

const CHARGE: &str = r#"
    <startEvent id="Start"/>
    <subProcess id="Pay">
      <startEvent id="PayStart"/>
      <serviceTask id="Charge"><extensionElements><zeebe:taskDefinition type="charge" retries="3"/></extensionElements></serviceTask>
      <endEvent id="Charged"/>
      <sequenceFlow id="p1" sourceRef="PayStart" targetRef="Charge"/> <sequenceFlow id="p2" sourceRef="Charge" targetRef="Charged"/>
    </subProcess>
    <boundaryEvent id="OnDeclined" attachedToRef="Pay"><errorEventDefinition errorRef="DeclinedError"/></boundaryEvent>
    <endEvent id="Paid"/> <endEvent id="NotPaid"/>
    <sequenceFlow id="f1" sourceRef="Start" targetRef="Pay"/> <sequenceFlow id="f2" sourceRef="Pay" targetRef="Paid"/>
    <sequenceFlow id="f3" sourceRef="OnDeclined" targetRef="NotPaid"/>"#;

#[test]
fn a_sub_process_completes_when_its_last_token_ends() {
    let mut run = Run::of(CHARGE);
    run.complete_job("Charge", "{}");
    assert_eq!(
        run.last(7),
        [
            "Charged activated",
            "Charged completed",
            "Pay completed",
            "> f2",
            "Paid activated",
            "Paid completed",
            "process completed"
        ]
    );
}

#[test]
fn an_error_goes_outwards_to_the_boundary_event_that_names_it() {
    let mut run = Run::of(CHARGE);
    run.throw("Charge", "DECLINED");
    assert_eq!(
        run.last(9),
        [
            "Charge terminated",
            "Pay terminated",
            "OnDeclined triggered",
            "OnDeclined activated",
            "OnDeclined completed",
            "> f3",
            "NotPaid activated",
            "NotPaid completed",
            "process completed"
        ]
    );
    assert_eq!(run.variable("reason"), "\"limit\"");
}

#[test]
fn an_error_of_a_job_that_nothing_catches_is_an_incident_and_a_retry_offers_the_job_again() {
    let mut run = Run::of(CHARGE);
    run.throw("Charge", "UNKNOWN");
    assert_eq!(run.last(1), ["Charge incident uncaughtError"]);
    run.retry().complete_job("Charge", "{}");
    assert_eq!(run.last(1), ["process completed"]);
}

#[test]
fn a_job_without_tries_left_is_an_incident_and_a_retry_gives_it_new_ones() {
    let mut run = Run::of(CHARGE);
    run.fail_job("Charge", 2);
    assert!(run.state.incidents.is_empty());
    run.fail_job("Charge", 0);
    assert_eq!(run.last(1), ["Charge incident jobFailed"]);
    run.retry();
    assert!(run.state.incidents.is_empty());
    run.complete_job("Charge", "{}");
    assert_eq!(run.last(1), ["process completed"]);
}

#[test]
fn an_error_end_event_that_nothing_catches_fails_the_instance_and_ends_everything_else() {
    let mut run = Run::of(
        r#"<startEvent id="Start"/> <parallelGateway id="Fork"/> <userTask id="Other"/> <endEvent id="Fine"/>
        <endEvent id="Failed"><errorEventDefinition errorRef="BrokenError"/></endEvent>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Fork"/> <sequenceFlow id="f2" sourceRef="Fork" targetRef="Other"/>
        <sequenceFlow id="f3" sourceRef="Fork" targetRef="Failed"/> <sequenceFlow id="f4" sourceRef="Other" targetRef="Fine"/>"#,
    );
    assert_eq!(
        run.last(3),
        [
            "Failed completed",
            "Other terminated",
            "process failed BROKEN"
        ]
    );
    assert!(run.state.waits.is_empty());
}

#[test]
fn a_terminate_end_event_ends_everything_else_in_its_scope() {
    let mut run = Run::of(
        r#"<startEvent id="Start"/> <parallelGateway id="Fork"/> <userTask id="Other"/> <endEvent id="Fine"/>
        <endEvent id="Stop"><terminateEventDefinition/></endEvent>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Fork"/> <sequenceFlow id="f2" sourceRef="Fork" targetRef="Other"/>
        <sequenceFlow id="f3" sourceRef="Fork" targetRef="Stop"/> <sequenceFlow id="f4" sourceRef="Other" targetRef="Fine"/>"#,
    );
    assert_eq!(
        run.last(3),
        ["Stop completed", "Other terminated", "process completed"]
    );
}

#[test]
fn cancelling_ends_everything_and_an_ended_instance_refuses_commands() {
    let mut run = Run::of(CHARGE);
    run.send(Command::Cancel {
        reason: Some("Ordered twice".into()),
    })
    .unwrap();
    assert_eq!(
        run.last(3),
        ["Charge terminated", "Pay terminated", "process terminated"]
    );
    let late = run.send(Command::FireTimer { timer: Key(5) });
    assert_eq!(late, Err(Rejection::Ended("terminated")));
}

#[test]
fn an_intermediate_event_with_a_cycle_sends_a_token_on_each_time() {
    let body = |cycle: &str| {
        many("startEvent", "Start")
            + &format!(
                r#"<intermediateCatchEvent id="Tick"><timerEventDefinition><timeCycle>{cycle}</timeCycle></timerEventDefinition></intermediateCatchEvent>"#
            )
            + &many("task", "Work")
            + &many("endEvent", "End")
            + &path("Start Tick Work End")
    };
    let mut run = Run::of(&body("R3/PT1S"));
    run.after("PT1S", "Tick").after("PT1S", "Tick");
    assert_eq!((run.times("Work"), run.is_done()), (2, false));
    run.after("PT1S", "Tick");
    assert_eq!((run.times("Work"), run.is_done()), (3, true));
    let mut run = Run::of(&body("R/PT1S"));
    run.after("PT1S", "Tick");
    assert_eq!((run.times("Work"), run.is_done()), (1, true));
}
