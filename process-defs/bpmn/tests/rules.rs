//! BPMN's rules of structure: each broken once, each named with the element, a code and a hint.

mod common;

use common::{around, check, definitions, process, timer};

const START: &str = "<startEvent id='start'/>";
const END: &str = "<endEvent id='end'/>";

#[test]
fn ids_are_unique_in_the_whole_file() {
    check(
        &definitions(
            "<message id='m' name='a'/><process id='p'><task id='m'/></process><process id='p'/>",
        ),
        &["error duplicateId m", "error duplicateId p"],
    );
}

#[test]
fn extensions_count_ids_of_their_own() {
    check(
        &around(
            "<manualTask id='x'><extensionElements><other:field id='x'/></extensionElements>\
             </manualTask>",
        ),
        &[],
    );
}

#[test]
fn a_process_and_its_elements_need_ids() {
    check(
        &definitions(&format!(
            "<process isExecutable='true'>{START}{END}\
             <sequenceFlow id='f' sourceRef='start' targetRef='end'/></process>"
        )),
        &["error missingId -"],
    );
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end'/><task/>"
        )),
        &[
            "error missingIncoming p",
            "error missingOutgoing p",
            "error missingId p",
        ],
    );
}

#[test]
fn sequence_flows_lead_from_somewhere_to_somewhere() {
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end'/>\
             <sequenceFlow id='g' sourceRef='nowhere' targetRef='end'/>\
             <sequenceFlow id='h' sourceRef='start'/><sequenceFlow id='i' sourceRef='start' targetRef='f'/>"
        )),
        &[
            "error missingSource g",
            "error missingTarget h",
            "error missingTarget i",
        ],
    );
}

#[test]
fn sequence_flows_stay_in_their_process() {
    check(
        &definitions(&format!(
            "<process id='p' isExecutable='true'>{START}{END}\
             <sequenceFlow id='f' sourceRef='start' targetRef='end'/>\
             <sequenceFlow id='g' sourceRef='start' targetRef='far'/></process>\
             <process id='q'><task id='far'/></process>"
        )),
        &["error missingTarget g"],
    );
}

#[test]
fn sequence_flows_do_not_cross_the_border_of_a_sub_process() {
    check(
        &around(
            "<subProcess id='x'><startEvent id='s'/><manualTask id='m'/><endEvent id='e'/>\
             <sequenceFlow id='a' sourceRef='s' targetRef='m'/>\
             <sequenceFlow id='b' sourceRef='m' targetRef='e'/>\
             <sequenceFlow id='c' sourceRef='m' targetRef='end'/></subProcess>",
        ),
        &["error flowNotAllowed c"],
    );
}

#[test]
fn nothing_leads_to_a_start_event_and_nothing_leaves_an_end_event() {
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end'/>\
             <sequenceFlow id='g' sourceRef='end' targetRef='start'/>"
        )),
        &["error flowNotAllowed g", "error flowNotAllowed g"],
    );
}

#[test]
fn nothing_leads_to_a_boundary_event() {
    check(
        &around(&format!(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'>{}</boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>\
             <sequenceFlow id='g' sourceRef='start' targetRef='b'/>",
            timer("timeDuration", "PT1H")
        )),
        &["error flowNotAllowed g"],
    );
}

#[test]
fn flows_of_a_process_that_runs_are_immediate() {
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end' isImmediate='false'/>"
        )),
        &["error flowNotAllowed f"],
    );
}

#[test]
fn a_process_begins_with_a_start_event_and_ends_with_an_end_event() {
    check(
        &process(&format!(
            "<task id='t'/>{END}<sequenceFlow id='f' sourceRef='t' targetRef='end'/>"
        )),
        &["error noStartEvent p"],
    );
    check(
        &process(&format!(
            "{START}<task id='t'/><sequenceFlow id='f' sourceRef='start' targetRef='t'/>"
        )),
        &["error noEndEvent p"],
    );
}

#[test]
fn without_start_and_end_events_a_process_begins_with_what_nothing_leads_to() {
    let graph = common::graph(
        process(
            "<task id='a'/><task id='b'/><task id='c'/><sequenceFlow id='f' sourceRef='b' targetRef='c'/>",
        )
        .as_bytes(),
    );
    let begins = graph.initial(None).into_iter();
    let begins: Vec<&str> = begins.map(|ix| &*graph.element(ix).id).collect();
    assert_eq!(begins, ["a", "b"]);
    let circle = "<task id='a'/><task id='b'/><sequenceFlow id='f' sourceRef='a' targetRef='b'/>\
                  <sequenceFlow id='g' sourceRef='b' targetRef='a'/>";
    check(
        &process(circle),
        &[
            "error noStartEvent p",
            "warning unreachable a",
            "warning unreachable b",
        ],
    );
    check(&process(""), &["error noStartEvent p"]);
}

#[test]
fn one_start_event_has_no_trigger() {
    check(
        &process(&format!(
            "{START}<startEvent id='again'/>{END}\
             <sequenceFlow id='f' sourceRef='start' targetRef='end'/>\
             <sequenceFlow id='g' sourceRef='again' targetRef='end'/>"
        )),
        &["error severalStartEvents again"],
    );
}

#[test]
fn a_sub_process_begins_with_one_start_event_that_waits_for_nothing() {
    let sub_process = |starts: &str| {
        around(&format!(
            "<subProcess id='x'>{starts}<endEvent id='e'/>\
             <sequenceFlow id='a' sourceRef='s' targetRef='e'/></subProcess>"
        ))
    };
    check(&sub_process("<startEvent id='s'/>"), &[]);
    check(&sub_process("<task id='s'/>"), &["error noStartEvent x"]);
    check(
        &sub_process(&format!(
            "<startEvent id='s'>{}</startEvent>",
            timer("timeDuration", "PT1H")
        )),
        &["error triggerNotAllowed s"],
    );
    check(
        &sub_process(
            "<startEvent id='s'/><startEvent id='t'/><sequenceFlow id='b' sourceRef='t' targetRef='e'/>",
        ),
        &["error severalStartEvents t"],
    );
}

#[test]
fn every_element_is_led_to_and_leads_on() {
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end'/><task id='t'/>"
        )),
        &["error missingIncoming t", "error missingOutgoing t"],
    );
}

#[test]
fn an_island_is_out_of_reach() {
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end'/>\
             <exclusiveGateway id='a'/><task id='b'/>\
             <sequenceFlow id='g' sourceRef='a' targetRef='b'/>\
             <sequenceFlow id='h' sourceRef='b' targetRef='a'/>"
        )),
        &["warning unreachable a", "warning unreachable b"],
    );
}

#[test]
fn one_gap_is_reported_once_and_not_along_the_way_behind_it() {
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end'/>\
             <task id='a'/><task id='b'/><sequenceFlow id='g' sourceRef='a' targetRef='b'/>\
             <sequenceFlow id='h' sourceRef='b' targetRef='end'/>"
        )),
        &["error missingIncoming a"],
    );
}

#[test]
fn a_boundary_event_stands_on_an_activity_of_its_scope() {
    let boundary = |attached: &str| {
        around(&format!(
            "<subProcess id='x'><startEvent id='s'/><endEvent id='e'/>\
             <sequenceFlow id='a' sourceRef='s' targetRef='e'/></subProcess>\
             <boundaryEvent id='b' {attached}>{}</boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>",
            timer("timeDuration", "PT1H")
        ))
    };
    check(&boundary("attachedToRef='x'"), &[]);
    for attached in [
        "",
        "attachedToRef='nowhere'",
        "attachedToRef='start'",
        "attachedToRef='s'",
    ] {
        let xml = boundary(attached);
        let problems = common::lines(&common::diagram(xml.as_bytes()).problems);
        assert!(
            problems.contains(&"error badAttachment b".to_owned()),
            "{attached}: {problems:?}"
        );
    }
}

#[test]
fn something_follows_a_boundary_event() {
    check(
        &around(&format!(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'>{}</boundaryEvent>",
            timer("timeDuration", "PT1H")
        )),
        &["error missingOutgoing b"],
    );
}

fn gateway(attributes: &str, first: &str, second: &str) -> String {
    process(&format!(
        "{START}<sequenceFlow id='in' sourceRef='start' targetRef='g'/>\
         <exclusiveGateway id='g' {attributes}/>\
         <sequenceFlow id='a' sourceRef='g' targetRef='end'>{first}</sequenceFlow>\
         <sequenceFlow id='b' sourceRef='g' targetRef='end'>{second}</sequenceFlow>{END}"
    ))
}

const CONDITION: &str = "<conditionExpression>amount > 3</conditionExpression>";

#[test]
fn each_way_out_of_an_exclusive_gateway_has_a_condition_or_is_the_default() {
    check(&gateway("", CONDITION, CONDITION), &[]);
    check(&gateway("default='b'", CONDITION, ""), &[]);
    check(&gateway("", CONDITION, ""), &["error missingCondition b"]);
    check(
        &gateway("", CONDITION, "<conditionExpression/>"),
        &["error missingCondition b"],
    );
    check(
        &gateway("default='b'", CONDITION, CONDITION),
        &["warning conditionNotAllowed b"],
    );
}

#[test]
fn a_default_flow_leaves_its_gateway() {
    check(
        &gateway("default='in'", CONDITION, CONDITION),
        &["error unknownReference g"],
    );
}

#[test]
fn conditions_stand_where_somebody_looks_at_them() {
    let leaving = |element: &str| {
        process(&format!(
            "{START}<sequenceFlow id='in' sourceRef='start' targetRef='x'/>{element}\
             <sequenceFlow id='out' sourceRef='x' targetRef='end'>{CONDITION}</sequenceFlow>{END}"
        ))
    };
    check(&leaving("<exclusiveGateway id='x'/>"), &[]);
    check(
        &leaving("<parallelGateway id='x'/>"),
        &["error conditionNotAllowed out"],
    );
    check(
        &leaving("<intermediateThrowEvent id='x'/>"),
        &["error conditionNotAllowed out"],
    );
    for chooses in [
        "<task id='x'/>",
        "<inclusiveGateway id='x'/>",
        "<complexGateway id='x'/>",
    ] {
        check(&leaving(chooses), &[]);
    }
}

#[test]
fn conditions_are_feel() {
    let condition = |text: &str| {
        gateway(
            "default='b'",
            &format!("<conditionExpression>{text}</conditionExpression>"),
            "",
        )
    };
    check(&condition("${amount > 3}"), &["error badExpression a"]);
    check(&condition("="), &["error badExpression a"]);
    check(&condition("<![CDATA[a && b]]>"), &["error badExpression a"]);
}

#[test]
fn a_public_process_is_not_executable() {
    check(
        &definitions(&format!(
            "<process id='p' isExecutable='true' processType='Public'>{START}{END}\
             <sequenceFlow id='f' sourceRef='start' targetRef='end'/></process>"
        )),
        &["error notExecutable p"],
    );
}

#[test]
fn what_bpmn_does_not_know_is_not_passed_over() {
    check(
        &process(&format!(
            "{START}{END}<sequenceFlow id='f' sourceRef='start' targetRef='end'/><usrTask id='t'/>"
        )),
        &["error unknownElement t"],
    );
}
