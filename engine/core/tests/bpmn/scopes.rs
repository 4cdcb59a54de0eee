//! Event sub-processes, escalations, signals, conditions, calls, compensation and transactions: what reaches beyond an
//! element (BPMN 2.0 sections 10.5, 10.7, 13.5).

use crate::run::{Run, many, path};
use redthread_core::event::Event;

pub fn event_sub_process(id: &str, interrupting: bool, trigger: &str) -> String {
    format!(
        r#"<subProcess id="{id}" triggeredByEvent="true"><startEvent id="{id}-Begin" isInterrupting="{interrupting}">{trigger}</startEvent>
             <userTask id="{id}-Work"/><endEvent id="{id}-End"/>{}</subProcess>"#,
        path(&format!("{id}-Begin {id}-Work {id}-End"))
    )
}

pub fn working(more: &str) -> String {
    many("startEvent", "Start")
        + &many("userTask", "Work")
        + &many("endEvent", "End")
        + &path("Start Work End")
        + more
}

pub fn inside(body: &str) -> String {
    many("startEvent", "Outer")
        + &format!(r#"<subProcess id="Sub">{body}</subProcess>"#)
        + &many("endEvent", "Ended")
        + &path("Outer Sub Ended")
}

pub const STOP: &str = r#"<signalEventDefinition signalRef="StopSignal"/>"#;
pub const HOUR: &str =
    "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";

#[test]
fn an_interrupting_event_sub_process_ends_everything_else_in_its_scope() {
    for body in [
        working(&event_sub_process("Stop", true, STOP)),
        inside(&working(&event_sub_process("Stop", true, STOP))),
    ] {
        let mut run = Run::of(&body);
        run.signal("Stop-Begin", r#"{why: "rain"}"#);
        assert!(
            run.stands_at()
                .ends_with(&["Stop".into(), "Stop-Work".into()])
        );
        assert!(run.waits_nowhere_at("Work") && run.waits_nowhere_at("Stop-Begin"));
        run.complete_task("Stop-Work", "{}");
        assert!(run.is_done());
        assert_eq!(run.times("Work"), 0);
    }
}

#[test]
fn a_non_interrupting_event_sub_process_runs_beside_as_often_as_its_event_occurs() {
    let mut run = Run::of(&working(&event_sub_process("Stop", false, STOP)));
    run.signal("Stop-Begin", "{n: 1}")
        .signal("Stop-Begin", "{n: 2}");
    assert_eq!(
        run.stands_at(),
        ["Work", "Stop", "Stop-Work", "Stop", "Stop-Work"]
    );
    run.complete_task("Work", "{}");
    assert!(!run.is_done());
    run.complete_task("Stop-Work", "{}")
        .complete_task("Stop-Work", "{}");
    assert!(run.is_done() && run.state.waits.is_empty());
    assert_eq!(
        run.variable("n"),
        "(none)",
        "the event's variables are the sub-process's own"
    );
}

#[test]
fn an_event_sub_process_waits_only_as_long_as_its_scope_runs() {
    let mut run = Run::of(&inside(&working(&event_sub_process("Late", true, HOUR))));
    run.complete_task("Work", "{}");
    assert!(run.is_done() && run.state.waits.is_empty());
    let mut run = Run::of(&inside(&working(&event_sub_process("Late", true, HOUR))));
    run.after("PT1H", "Late-Begin");
    assert_eq!(run.stands_at(), ["Sub", "Late", "Late-Work"]);
}

#[test]
fn an_event_sub_process_whose_timer_cannot_be_read_is_an_incident_of_the_instance() {
    let bad = HOUR.replace("PT1H", "=howLong");
    let mut run = Run::of(&working(&event_sub_process("Late", true, &bad)));
    assert_eq!(run.said().len(), 1);
    run.set(r#"{howLong: "PT1H"}"#).retry();
    run.after("PT1H", "Late-Begin");
    assert_eq!(run.stands_at(), ["Late", "Late-Work"]);
}

pub const DECLINED: &str = r#"<errorEventDefinition errorRef="DeclinedError"/>"#;

#[test]
fn an_error_is_caught_by_the_event_sub_process_of_its_scope_before_the_boundary_around() {
    let inner = many("startEvent", "Start")
        + &format!(r#"<endEvent id="Fail">{DECLINED}</endEvent>"#)
        + &path("Start Fail")
        + &event_sub_process("Mend", true, DECLINED);
    let body = inside(&inner)
        + &format!(r#"<boundaryEvent id="Caught" attachedToRef="Sub">{DECLINED}</boundaryEvent>"#)
        + &many("endEvent", "Failed")
        + &path("Caught Failed");
    let mut run = Run::of(&body);
    assert_eq!(run.stands_at(), ["Sub", "Mend", "Mend-Work"]);
    run.complete_task("Mend-Work", "{}");
    assert!(run.is_done() && run.times("Caught") == 0);
}

#[test]
fn an_error_thrown_by_an_event_sub_process_goes_to_the_scope_around() {
    let throwing = format!(
        r#"<subProcess id="Mend" triggeredByEvent="true"><startEvent id="Mend-Begin">{DECLINED}</startEvent>
             <endEvent id="Mend-Fail">{DECLINED}</endEvent>{}</subProcess>"#,
        path("Mend-Begin Mend-Fail")
    );
    let inner = many("startEvent", "Start")
        + &format!(r#"<endEvent id="Fail">{DECLINED}</endEvent>"#)
        + &path("Start Fail")
        + &throwing;
    let body = inside(&inner)
        + &format!(r#"<boundaryEvent id="Caught" attachedToRef="Sub">{DECLINED}</boundaryEvent>"#)
        + &many("endEvent", "Failed")
        + &path("Caught Failed");
    let run = Run::of(&body);
    assert!(run.is_done() && run.times("Failed") == 1);
}

fn escalating(catcher: &str) -> String {
    let inner = many("startEvent", "Start")
        + r#"<intermediateThrowEvent id="Tell"><escalationEventDefinition escalationRef="LateEscalation"/></intermediateThrowEvent>"#
        + &many("userTask", "Work")
        + &many("endEvent", "End")
        + &path("Start Tell Work End");
    inside(&inner)
        + catcher
        + &many("userTask", "Help")
        + &many("endEvent", "Helped")
        + &path("Caught Help Helped")
}

fn catching(interrupting: bool, escalation: &str) -> String {
    format!(
        r#"<boundaryEvent id="Caught" attachedToRef="Sub" cancelActivity="{interrupting}"><escalationEventDefinition {escalation}/></boundaryEvent>"#
    )
}

#[test]
fn an_escalation_that_does_not_interrupt_leaves_the_thrower_at_work() {
    let mut run = Run::of(&escalating(&catching(
        false,
        r#"escalationRef="LateEscalation""#,
    )));
    assert_eq!(run.stands_at(), ["Sub", "Work", "Help"]);
    run.complete_task("Work", "{}").complete_task("Help", "{}");
    assert!(run.is_done());
}

#[test]
fn an_interrupting_escalation_ends_the_thrower() {
    let mut run = Run::of(&escalating(&catching(true, "")));
    assert_eq!(run.stands_at(), ["Help"]);
    run.complete_task("Help", "{}");
    assert!(run.is_done());
}

#[test]
fn an_escalation_that_nothing_catches_changes_nothing() {
    let mut run = Run::of(&escalating(&catching(
        true,
        r#"escalationRef="OtherEscalation""#,
    )));
    assert_eq!(run.stands_at(), ["Sub", "Work"]);
    run.complete_task("Work", "{}");
    assert!(run.is_done());
}

fn signalling() -> String {
    many("startEvent", "Start")
        + &many("parallelGateway", "Split")
        + &format!(
            r#"<intermediateThrowEvent id="Send"><extensionElements><zeebe:ioMapping><zeebe:input source="=1 + 1" target="sent"/></zeebe:ioMapping></extensionElements>{STOP}</intermediateThrowEvent>"#
        )
        + &format!(r#"<intermediateCatchEvent id="Receive">{STOP}</intermediateCatchEvent>"#)
        + &many("endEvent", "End Other")
        + &path("Start Split Send End")
        + &path("Split Receive Other")
}

#[test]
fn a_signal_reaches_what_waits_for_it_in_the_same_instance() {
    let run = Run::of(&signalling());
    assert!(run.is_done());
    assert_eq!(run.variable("sent"), "2");
    let thrown = run
        .history
        .iter()
        .any(|event| matches!(event, Event::SignalThrown { .. }));
    assert!(thrown, "others are told of it too");
}

const AMOUNT: &str = r#"<conditionalEventDefinition><condition xsi:type="tFormalExpression">amount > 100</condition></conditionalEventDefinition>"#;

#[test]
fn a_conditional_event_occurs_when_its_condition_becomes_true() {
    let body = many("startEvent", "Start")
        + &format!(r#"<intermediateCatchEvent id="Much">{AMOUNT}</intermediateCatchEvent>"#)
        + &many("endEvent", "End")
        + &path("Start Much End");
    assert!(
        Run::with(&body, "{amount: 500}").is_done(),
        "it is true already"
    );
    let mut run = Run::of(&body);
    assert_eq!(run.stands_at(), ["Much"], "there is no such variable yet");
    run.set("{amount: 5}");
    assert_eq!(run.stands_at(), ["Much"]);
    run.set("{amount: 101}");
    assert!(run.is_done());
}

#[test]
fn a_non_interrupting_condition_occurs_again_only_after_it_was_false() {
    let body = working(&event_sub_process("Note", false, AMOUNT));
    let mut run = Run::with(&body, "{amount: 1}");
    run.set("{amount: 101}").set("{amount: 102}");
    assert_eq!(run.stands_at(), ["Work", "Note", "Note-Work"]);
    run.set("{amount: 3}").set("{amount: 200}");
    assert_eq!(run.stands_at().len(), 5);
}

#[test]
fn a_condition_that_is_true_already_comes_before_anything_in_its_scope_begins() {
    for body in [
        working(&event_sub_process("Note", true, AMOUNT)),
        inside(&working(&event_sub_process("Note", true, AMOUNT))),
    ] {
        let mut run = Run::with(&body, "{amount: 500}");
        run.complete_task("Note-Work", "{}");
        assert!(run.is_done());
        assert!(!run.trace().contains(&"Work activated".to_owned()));
    }
    let body = inside(&working(""))
        + &format!(r#"<boundaryEvent id="Much" attachedToRef="Sub">{AMOUNT}</boundaryEvent>"#)
        + &many("endEvent", "TooMuch")
        + &path("Much TooMuch");
    assert_eq!(
        Run::with(&body, "{amount: 500}").completed(),
        ["Outer", "Much", "TooMuch"]
    );
}

#[test]
fn what_a_condition_ends_goes_no_further_once_the_variable_is_set() {
    let script = |id: &str, value: u32| {
        format!(
            r#"<scriptTask id="{id}"><extensionElements><zeebe:script expression="={value}" resultVariable="amount"/></extensionElements></scriptTask>"#
        )
    };
    let body = many("startEvent", "Start")
        + &script("Raise", 500)
        + &script("Lower", 0)
        + &many("endEvent", "End")
        + &path("Start Raise Lower End")
        + &event_sub_process("Note", true, AMOUNT);
    let run = Run::of(&body);
    assert_eq!(run.stands_at(), ["Note", "Note-Work"]);
    assert_eq!((run.times("Raise"), run.times("Lower")), (1, 0));
}

#[test]
fn a_condition_about_the_record_is_looked_at_when_that_changes() {
    let condition = AMOUNT.replace("amount > 100", "case.amount > 100");
    let body = working(&event_sub_process("Note", true, &condition));
    let run = Run::about(&body, "{}", Some("{amount: 5}"));
    assert_eq!(run.stands_at(), ["Work"]);
    assert!(!run.waits_nowhere_at("Note-Begin"));
    let mut run = run.with_record("{amount: 500}");
    run.record_changed("Note-Begin");
    assert_eq!(run.stands_at(), ["Note", "Note-Work"]);
}

#[test]
fn the_first_trigger_of_a_multiple_event_is_enough_and_a_parallel_multiple_one_needs_all() {
    for (attribute, needs) in [("", 1), (r#"parallelMultiple="true""#, 2)] {
        let body = many("startEvent", "Start")
            + &format!(
                r#"<intermediateCatchEvent id="Both" {attribute}>{STOP}{HOUR}</intermediateCatchEvent>"#
            )
            + &many("endEvent", "End")
            + &path("Start Both End");
        let mut run = Run::of(&body);
        run.signal("Both", "{}");
        assert_eq!(run.is_done(), needs == 1);
        if needs == 2 {
            run.after("PT1H", "Both");
        }
        assert!(run.is_done() && run.state.waits.is_empty());
    }
}

#[test]
fn a_working_duration_counts_working_days() {
    let body = many("startEvent", "Start")
        + r#"<intermediateCatchEvent id="Wait"><extensionElements><zeebe:properties><zeebe:property name="redthread:time" value="working"/></zeebe:properties></extensionElements>
               <timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></intermediateCatchEvent>"#
        + &many("endEvent", "End")
        + &path("Start Wait End");
    // From Monday, five working days later is Monday.
    let mut run = Run::of(&body);
    run.after("P7D", "Wait");
    assert!(run.is_done());
}

#[test]
fn a_working_day_that_begins_at_night_is_counted_from_the_next_morning() {
    let body = many("startEvent", "Start")
        + r#"<intermediateCatchEvent id="Evening"><timerEventDefinition><timeDuration>PT13H</timeDuration></timerEventDefinition></intermediateCatchEvent>
             <intermediateCatchEvent id="Wait"><extensionElements><zeebe:properties><zeebe:property name="redthread:time" value="working"/></zeebe:properties></extensionElements>
               <timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>"#
        + &many("endEvent", "End")
        + &path("Start Evening Wait End");
    let mut run = Run::of(&body);
    // From Monday at 22:00: the working day is Tuesday, and ends when Wednesday's begins.
    run.after("PT13H", "Evening").after("P1DT11H", "Wait");
    assert!(run.is_done());
}

#[test]
fn listeners_are_told_before_an_element_begins_and_before_it_ends() {
    let body = many("startEvent", "Start")
        + r#"<userTask id="Work"><extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="before"/>
               <zeebe:executionListener eventType="end" type="after"/></zeebe:executionListeners>
               <zeebe:taskListeners><zeebe:taskListener eventType="completing" type="check"/></zeebe:taskListeners></extensionElements></userTask>"#
        + &many("endEvent", "End")
        + &path("Start Work End");
    let mut run = Run::of(&body);
    assert_eq!(run.job_types(), ["before"]);
    run.complete_job("Work", "{}")
        .complete_task("Work", "{answer: 1}");
    assert_eq!(run.job_types(), ["check"]);
    run.complete_job("Work", "{}");
    assert_eq!(run.job_types(), ["after"]);
    run.complete_job("Work", "{}");
    assert!(run.is_done());
    assert_eq!(run.variable("answer"), "1");
}
