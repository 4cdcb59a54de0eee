//! Rules of events: what they wait for, what they throw, and where each may stand.

mod common;

use common::{around, check, definitions, process, timer};

const START: &str = "<startEvent id='start'/>";
const END: &str = "<endEvent id='end'/>";

fn waiting(kind: &str, text: &str) -> String {
    around(&format!(
        "<intermediateCatchEvent id='x'>{}</intermediateCatchEvent>",
        timer(kind, text)
    ))
}

#[test]
fn a_timer_says_once_when() {
    check(
        &around("<intermediateCatchEvent id='x'><timerEventDefinition/></intermediateCatchEvent>"),
        &["error badTimer x"],
    );
    check(&waiting("timeDuration", " "), &["error badTimer x"]);
    check(
        &around(
            "<intermediateCatchEvent id='x'><timerEventDefinition>\
             <timeDate>2026-01-05T09:00:00Z</timeDate><timeDuration>PT1H</timeDuration>\
             </timerEventDefinition></intermediateCatchEvent>",
        ),
        &["error badTimer x"],
    );
}

#[test]
fn a_timers_text_is_a_time_or_feel() {
    for text in ["PT1H", "P1DT2H", "wait", "=wait", "duration(\"PT1H\")"] {
        check(&waiting("timeDuration", text), &[]);
    }
    for text in [
        "2026-01-05T09:00:00Z",
        "2026-01-05T09:00:00+01:00",
        "2026-01-05T09:00:00",
        "2026-01-05",
        "deadline",
        "=deadline",
    ] {
        check(&waiting("timeDate", text), &[]);
    }
    for text in ["PT", "P1X", "PT5X", "P"] {
        check(&waiting("timeDuration", text), &["error badTimer x"]);
    }
    for text in ["2026-13-05T09:00:00Z", "2026-01-05T25:00:00Z"] {
        check(&waiting("timeDate", text), &["error badTimer x"]);
    }
    check(
        &waiting("timeDate", "${deadline}"),
        &["error badExpression x"],
    );
}

#[test]
fn a_cycle_is_a_repetition_or_cron_or_feel() {
    let starting = |text: &str| {
        process(&format!(
            "<startEvent id='start'>{}</startEvent>{END}\
             <sequenceFlow id='f' sourceRef='start' targetRef='end'/>",
            timer("timeCycle", text)
        ))
    };
    for text in [
        "R/P1D",
        "R5/PT10M",
        "0 9 * * MON-FRI",
        "0 0 9 * * *",
        "@daily",
        "=rhythm",
        "rhythm",
    ] {
        check(&starting(text), &[]);
    }
    for text in [
        "R5/PT",
        "R/",
        "R-1/",
        "0 9 * * FRI#2",
        "0 25 * * *",
        "@sometimes",
    ] {
        check(&starting(text), &["error badTimer start"]);
    }
}

#[test]
fn where_an_event_occurs_once_the_first_time_of_its_cycle_counts() {
    // An intermediate event goes on at the first time.
    check(&waiting("timeCycle", "R3/PT1H"), &[]);
    let boundary = |interrupting: bool| {
        around(&format!(
            "<manualTask id='x'/>\
             <boundaryEvent id='b' attachedToRef='x' cancelActivity='{interrupting}'>{}</boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>",
            timer("timeCycle", "R3/PT1H")
        ))
    };
    check(&boundary(false), &[]);
    check(&boundary(true), &["warning badTimer b"]);
    check(&waiting("timeCycle", "R0/PT1H"), &["error badTimer x"]);
}

fn message_catch(definition: &str, messages: &str) -> String {
    definitions(&format!(
        "{messages}<process id='p' isExecutable='true'>{}</process>",
        common::around_in(&format!(
            "<intermediateCatchEvent id='x'>{definition}</intermediateCatchEvent>"
        ))
    ))
}

const KEY: &str =
    "<extensionElements><zeebe:subscription correlationKey='=id'/></extensionElements>";

#[test]
fn a_message_that_is_waited_for_is_known_and_should_have_a_correlation_key() {
    let refers = "<messageEventDefinition messageRef='m'/>";
    check(
        &message_catch(refers, &format!("<message id='m' name='n'>{KEY}</message>")),
        &[],
    );
    check(
        &message_catch(
            "<messageEventDefinition messageRef='tns:m'/>",
            &format!("<message id='m' name='n'>{KEY}</message>"),
        ),
        &[],
    );
    check(
        &message_catch("<messageEventDefinition/>", ""),
        &["error missingMessageName x"],
    );
    check(&message_catch(refers, ""), &["error unknownReference x"]);
    check(
        &message_catch(refers, "<error id='m'/>"),
        &["error unknownReference x"],
    );
    check(
        &message_catch(refers, &format!("<message id='m'>{KEY}</message>")),
        &[],
    );
    check(
        &message_catch(refers, "<message id='m' name='n'/>"),
        &["warning missingCorrelationKey x"],
    );
}

#[test]
fn an_error_end_event_says_which_error() {
    let ending = |definition: &str, errors: &str| {
        definitions(&format!(
            "{errors}<process id='p' isExecutable='true'>{START}<endEvent id='end'>{definition}\
             </endEvent><sequenceFlow id='f' sourceRef='start' targetRef='end'/></process>"
        ))
    };
    let refers = "<errorEventDefinition errorRef='e'/>";
    check(&ending(refers, "<error id='e' errorCode='E'/>"), &[]);
    check(
        &ending(refers, "<error id='e'/>"),
        &["error missingErrorCode end"],
    );
    check(
        &ending("<errorEventDefinition/>", ""),
        &["error missingErrorCode end"],
    );
    check(&ending(refers, ""), &["error unknownReference end"]);
}

#[test]
fn an_error_boundary_event_interrupts() {
    check(
        &around(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x' cancelActivity='false'>\
             <errorEventDefinition/></boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>",
        ),
        &["error triggerNotAllowed b"],
    );
}

#[test]
fn catch_and_boundary_events_wait_for_something() {
    check(
        &around("<intermediateCatchEvent id='x'/>"),
        &["error missingTrigger x"],
    );
    check(
        &around(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'/>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>",
        ),
        &["error missingTrigger b"],
    );
}

#[test]
fn triggers_stand_where_bpmn_allows_them() {
    check(
        &around("<intermediateCatchEvent id='x'><errorEventDefinition/></intermediateCatchEvent>"),
        &["error triggerNotAllowed x"],
    );
    check(
        &around(&format!(
            "<intermediateThrowEvent id='x'>{}</intermediateThrowEvent>",
            timer("timeDuration", "PT1H")
        )),
        &["error triggerNotAllowed x"],
    );
}

#[test]
fn of_two_boundary_events_for_the_same_error_the_second_is_pointed_out() {
    let catching = |first: &str, second: &str| {
        definitions(&format!(
            "<error id='e' errorCode='E'/><error id='same' errorCode='E'/><error id='o' errorCode='O'/>\
             <process id='p' isExecutable='true'>{}</process>",
            common::around_in(&format!(
                "<manualTask id='x'/>\
                 <boundaryEvent id='a' attachedToRef='x'><errorEventDefinition {first}/></boundaryEvent>\
                 <boundaryEvent id='b' attachedToRef='x'><errorEventDefinition {second}/></boundaryEvent>\
                 <sequenceFlow id='f' sourceRef='a' targetRef='end'/>\
                 <sequenceFlow id='g' sourceRef='b' targetRef='end'/>"
            ))
        ))
    };
    check(&catching("errorRef='e'", "errorRef='o'"), &[]);
    check(&catching("errorRef='e'", ""), &[]);
    check(
        &catching("errorRef='e'", "errorRef='same'"),
        &["warning duplicateCatch b"],
    );
    check(&catching("", ""), &["warning duplicateCatch b"]);
}

#[test]
fn of_two_boundary_events_for_the_same_escalation_the_second_is_pointed_out() {
    let any = "<escalationEventDefinition/>";
    check(
        &around(&format!(
            "<manualTask id='x'/><boundaryEvent id='a' attachedToRef='x'>{any}</boundaryEvent>\
             <boundaryEvent id='b' attachedToRef='x' cancelActivity='false'>{any}</boundaryEvent>\
             <sequenceFlow id='f' sourceRef='a' targetRef='end'/><sequenceFlow id='g' sourceRef='b' targetRef='end'/>"
        )),
        &["warning duplicateCatch b"],
    );
}
