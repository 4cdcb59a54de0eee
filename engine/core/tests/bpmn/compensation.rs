//! Compensation, transactions, and what throw events carry (BPMN 2.0 sections 10.7, 13.5).

use crate::run::{Run, many, path};
use crate::scopes::{DECLINED, HOUR, event_sub_process, inside};

/// Two bookings that can be undone, and then this.
fn booking(then: &str) -> String {
    let book = |id: &str| {
        format!(
            r#"<scriptTask id="{id}"><extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></extensionElements></scriptTask>
               <boundaryEvent id="{id}-Undo" attachedToRef="{id}"><compensateEventDefinition/></boundaryEvent>
               <userTask id="Cancel{id}" isForCompensation="true"/>
               <association id="{id}-Association" associationDirection="One" sourceRef="{id}-Undo" targetRef="Cancel{id}"/>"#
        )
    };
    many("startEvent", "Start")
        + &book("Hotel")
        + &book("Flight")
        + then
        + &path("Start Hotel Flight Then")
}

const UNDO: &str = "<compensateEventDefinition/>";

#[test]
fn compensation_undoes_what_has_completed_the_last_first() {
    let then = format!(r#"<intermediateThrowEvent id="Then">{UNDO}</intermediateThrowEvent>"#)
        + &many("endEvent", "End")
        + &path("Then End");
    let mut run = Run::with(&booking(&then), "{n: 0}");
    assert_eq!(run.stands_at(), ["Then", "CancelFlight"]);
    run.complete_task("CancelFlight", "{}");
    assert_eq!(run.stands_at(), ["Then", "CancelHotel"]);
    run.complete_task("CancelHotel", "{}");
    assert!(run.is_done());
}

#[test]
fn compensation_of_one_activity_leaves_the_others() {
    let then = r#"<endEvent id="Then"><compensateEventDefinition activityRef="Hotel"/></endEvent>"#;
    let mut run = Run::with(&booking(then), "{n: 0}");
    assert_eq!(run.stands_at(), ["Then", "CancelHotel"]);
    run.complete_task("CancelHotel", "{}");
    assert!(run.is_done());
}

#[test]
fn a_handler_sees_the_variables_of_the_time_when_its_activity_completed() {
    let then = format!(r#"<endEvent id="Then">{UNDO}</endEvent>"#);
    let run = Run::with(&booking(&then), "{n: 0}");
    let handler = run.instance_of("CancelFlight");
    let seen = run.state.visible_variables(handler);
    assert_eq!(seen["n"].to_feel(), "2");
    let mut run = run;
    run.complete_task("CancelFlight", "{m: 9}");
    let seen = run.state.visible_variables(run.instance_of("CancelHotel"));
    assert_eq!(
        (seen["n"].to_feel(), seen["m"].to_feel()),
        ("1".into(), "9".into())
    );
}

#[test]
fn a_handler_goes_on_from_what_the_handler_before_it_has_set() {
    let body = many("startEvent", "Start")
        + r#"<task id="Book"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements>
               <zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" inputElement="x"/></extensionElements></multiInstanceLoopCharacteristics></task>
             <boundaryEvent id="Undo" attachedToRef="Book"><compensateEventDefinition/></boundaryEvent>
             <scriptTask id="Cancel" isForCompensation="true"><extensionElements><zeebe:script expression="=append(log, x)" resultVariable="log"/></extensionElements></scriptTask>
             <association id="undoes" sourceRef="Undo" targetRef="Cancel" associationDirection="One"/>"#
        + &format!(r#"<endEvent id="Then">{UNDO}</endEvent>"#)
        + &path("Start Book Then");
    let run = Run::with(&body, "{log: []}");
    assert!(run.is_done());
    assert_eq!(run.variable("log"), "[3, 2, 1]");
}

#[test]
fn an_event_with_several_compensations_undoes_all_that_they_name() {
    let then = r#"<endEvent id="Then"><compensateEventDefinition activityRef="Hotel"/><compensateEventDefinition activityRef="Flight"/></endEvent>"#;
    let mut run = Run::with(&booking(then), "{n: 0}");
    run.complete_task("CancelFlight", "{}")
        .complete_task("CancelHotel", "{}");
    assert!(run.is_done());
}

#[test]
fn what_an_error_end_event_carries_arrives_where_it_is_caught() {
    let inner = many("startEvent", "Start")
        + &format!(
            r#"<endEvent id="Fail"><extensionElements><zeebe:ioMapping><zeebe:input source="=2 + 3" target="reason"/></zeebe:ioMapping></extensionElements>{DECLINED}</endEvent>"#
        )
        + &path("Start Fail");
    let body = inside(&inner)
        + &format!(r#"<boundaryEvent id="Caught" attachedToRef="Sub">{DECLINED}</boundaryEvent>"#)
        + &many("endEvent", "Failed")
        + &path("Caught Failed");
    assert_eq!(Run::of(&body).variable("reason"), "5");
}

#[test]
fn a_message_that_the_scope_around_waits_for_comes_in_the_same_step() {
    let inner = many("startEvent", "Start")
        + r#"<intermediateThrowEvent id="Tell"><messageEventDefinition messageRef="QuestionMessage"/></intermediateThrowEvent>"#
        + &many("endEvent", "End")
        + &path("Start Tell End");
    let body = inside(&inner)
        + r#"<boundaryEvent id="Asked" attachedToRef="Sub"><messageEventDefinition messageRef="QuestionMessage"/></boundaryEvent>"#
        + &many("endEvent", "Answered")
        + &path("Asked Answered");
    let run = Run::of(&body);
    assert!(run.is_done());
    assert_eq!((run.times("Answered"), run.times("Ended")), (1, 0));
}

#[test]
fn nothing_ends_a_transaction_that_is_being_undone() {
    let inner = booking(r#"<endEvent id="Then"><cancelEventDefinition/></endEvent>"#)
        + &event_sub_process("Late", true, HOUR);
    let body = many("startEvent", "Outer")
        + &format!(
            r#"<transaction id="Trip">{inner}</transaction><boundaryEvent id="Cancelled" attachedToRef="Trip"><cancelEventDefinition/></boundaryEvent>
             <boundaryEvent id="Slow" attachedToRef="Trip">{HOUR}</boundaryEvent>"#
        )
        + &many("endEvent", "Booked NotBooked TooSlow")
        + &path("Outer Trip Booked")
        + &path("Cancelled NotBooked")
        + &path("Slow TooSlow");
    let run = Run::with(&body, "{n: 0}");
    assert!(run.waits_nowhere_at("Slow") && run.waits_nowhere_at("Late-Begin"));
}

#[test]
fn nothing_to_undo_lets_the_event_pass() {
    let body = many("startEvent", "Start")
        + &format!(r#"<endEvent id="Then">{UNDO}</endEvent>"#)
        + &path("Start Then");
    assert!(Run::of(&body).is_done());
}

#[test]
fn a_completed_sub_process_is_undone_by_undoing_what_completed_in_it() {
    let inner = booking(&many("endEvent", "Then"));
    let body = inside(&inner).replace(
        r#"<endEvent id="Ended"/>"#,
        &format!(r#"<endEvent id="Ended">{UNDO}</endEvent>"#),
    );
    let mut run = Run::with(&body, "{n: 0}");
    assert_eq!(run.stands_at(), ["Ended", "CancelFlight"]);
    run.complete_task("CancelFlight", "{}")
        .complete_task("CancelHotel", "{}");
    assert!(run.is_done());
}

#[test]
fn a_compensation_event_sub_process_undoes_its_sub_process() {
    let handler = format!(
        r#"<subProcess id="Undo" triggeredByEvent="true"><startEvent id="UndoStart">{UNDO}</startEvent><userTask id="Note"/>
             <endEvent id="UndoEnd"><compensateEventDefinition activityRef="Hotel"/></endEvent>{}</subProcess>"#,
        path("UndoStart Note UndoEnd")
    );
    let inner = booking(&many("endEvent", "Then")) + &handler;
    let body = inside(&inner).replace(
        r#"<endEvent id="Ended"/>"#,
        &format!(r#"<endEvent id="Ended">{UNDO}</endEvent>"#),
    );
    let mut run = Run::with(&body, "{n: 0}");
    assert_eq!(run.stands_at(), ["Ended", "Undo", "Note"]);
    run.complete_task("Note", "{}");
    assert_eq!(run.stands_at(), ["Ended", "Undo", "UndoEnd", "CancelHotel"]);
    run.complete_task("CancelHotel", "{}");
    assert!(run.is_done());
}

#[test]
fn each_instance_of_a_multi_instance_activity_is_undone_with_its_own_item() {
    let body = many("startEvent", "Start")
        + r#"<task id="Book"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements>
               <zeebe:loopCharacteristics inputCollection="=[&quot;a&quot;, &quot;b&quot;]" inputElement="room"/></extensionElements></multiInstanceLoopCharacteristics></task>
             <boundaryEvent id="Undo" attachedToRef="Book"><compensateEventDefinition/></boundaryEvent>
             <userTask id="Cancel" isForCompensation="true"/><association id="undoes" sourceRef="Undo" targetRef="Cancel" associationDirection="One"/>"#
        + &format!(r#"<endEvent id="Then">{UNDO}</endEvent>"#)
        + &path("Start Book Then");
    let mut run = Run::of(&body);
    for room in ["\"b\"", "\"a\""] {
        let seen = run.state.visible_variables(run.instance_of("Cancel"));
        assert_eq!(seen["room"].to_feel(), room);
        run.complete_task("Cancel", "{}");
    }
    assert!(run.is_done());
}

#[test]
fn a_cancelled_transaction_undoes_what_completed_in_it_and_is_left_by_its_cancel_event() {
    let inner = booking(r#"<endEvent id="Then"><cancelEventDefinition/></endEvent>"#);
    let body = many("startEvent", "Outer")
        + &format!(
            r#"<transaction id="Trip">{inner}</transaction><boundaryEvent id="Cancelled" attachedToRef="Trip"><cancelEventDefinition/></boundaryEvent>"#
        )
        + &many("endEvent", "Booked NotBooked")
        + &path("Outer Trip Booked")
        + &path("Cancelled NotBooked");
    let mut run = Run::with(&body, "{n: 0}");
    assert_eq!(run.stands_at(), ["Trip", "Then", "CancelFlight"]);
    run.complete_task("CancelFlight", "{}")
        .complete_task("CancelHotel", "{}");
    assert!(run.is_done());
    assert_eq!((run.times("NotBooked"), run.times("Booked")), (1, 0));
    assert!(run.state.compensable.is_empty());
}

#[test]
fn a_cancelled_transaction_undoes_what_completed_in_a_sub_process_that_is_still_active() {
    let half_done = format!(
        r#"<subProcess id="Half">{}</subProcess>"#,
        booking(&many("userTask", "Then")) + &many("endEvent", "HalfEnd") + &path("Then HalfEnd")
    );
    let inner = many("startEvent", "In")
        + &many("parallelGateway", "Split")
        + &half_done
        + &many("userTask", "Doubt")
        + r#"<endEvent id="Cancel"><cancelEventDefinition/></endEvent>"#
        + &many("endEvent", "Out")
        + &path("In Split Half Out")
        + &path("Split Doubt Cancel");
    let body = many("startEvent", "Outer")
        + &format!(
            r#"<transaction id="Trip">{inner}</transaction><boundaryEvent id="Cancelled" attachedToRef="Trip"><cancelEventDefinition/></boundaryEvent>"#
        )
        + &many("endEvent", "Booked NotBooked")
        + &path("Outer Trip Booked")
        + &path("Cancelled NotBooked");
    let mut run = Run::with(&body, "{n: 0}");
    run.complete_task("Doubt", "{}");
    assert_eq!(run.stands_at(), ["Trip", "Cancel", "CancelFlight"]);
    run.complete_task("CancelFlight", "{}")
        .complete_task("CancelHotel", "{}");
    assert!(run.is_done() && run.times("NotBooked") == 1);
}
