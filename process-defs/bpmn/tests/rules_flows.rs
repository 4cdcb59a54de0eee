//! BPMN's rules about flows, gateways and what stands in which scope: each broken, and each kept.

mod common;

use common::{around, breaks, keeps, process};

/// A process from `start` to `end`, with more beside that way.
fn beside(content: &str) -> String {
    process(&format!(
        "<startEvent id='start'/><endEvent id='end'/>\
         <sequenceFlow id='f' sourceRef='start' targetRef='end'/>{content}"
    ))
}

#[test]
fn a_sequence_flow_connects_flow_nodes_only() {
    let note = "<textAnnotation id='note'/>";
    breaks(
        &beside(&format!(
            "{note}<sequenceFlow id='g' sourceRef='start' targetRef='note'/>\
             <sequenceFlow id='h' sourceRef='note' targetRef='end'/>"
        )),
        &["error missingTarget g", "error missingSource h"],
    );
}

#[test]
fn elements_list_their_flows_or_leave_it_all_out() {
    let listing = |start: &str, end: &str| {
        process(&format!(
            "<startEvent id='start'>{start}</startEvent><endEvent id='end'>{end}</endEvent>\
             <sequenceFlow id='f' sourceRef='start' targetRef='end'/>"
        ))
    };
    let (incoming, outgoing) = ("<incoming>f</incoming>", "<outgoing>f</outgoing>");
    keeps(&listing("", ""));
    keeps(&listing(outgoing, incoming));
    keeps(&listing("<outgoing>tns:f</outgoing>", incoming));
    breaks(&listing("", incoming), &["error flowListMismatch start"]);
    breaks(&listing(outgoing, ""), &["error flowListMismatch end"]);
    breaks(
        &listing(&format!("{outgoing}<outgoing>g</outgoing>"), incoming),
        &["error flowListMismatch start"],
    );
}

#[test]
fn flows_leave_nothing_out_unless_a_tool_says_so_of_every_flow() {
    let flows = |immediate: &[&str]| {
        let mut content = "<startEvent id='t0'/>".to_owned();
        for (index, immediate) in immediate.iter().enumerate() {
            let next = index + 1;
            content += &format!(
                "<task id='t{next}'/><sequenceFlow id='f{index}' sourceRef='t{index}' \
                 targetRef='t{next}' {immediate}/>"
            );
        }
        let last = immediate.len();
        content += &format!(
            "<endEvent id='end'/><sequenceFlow id='last' sourceRef='t{last}' targetRef='end' \
             isImmediate='true'/>"
        );
        process(&content)
    };
    let no = "isImmediate='false'";
    breaks(&flows(&[no]), &["error flowNotAllowed f0"]);
    breaks(&flows(&[no, "", "", ""]), &["error flowNotAllowed f0"]);
    let habit = common::broken(&flows(&[no, no, no]));
    assert_eq!(habit.len(), 3);
    assert!(
        habit.iter().all(|line| line.starts_with("warning")),
        "{habit:?}"
    );
}

#[test]
fn nothing_leads_to_or_leaves_an_event_sub_process() {
    let event = "<subProcess id='x' triggeredByEvent='true'><startEvent id='s'><signalEventDefinition signalRef='anySignal'/>\
                 </startEvent><endEvent id='e'/><sequenceFlow id='a' sourceRef='s' targetRef='e'/></subProcess>";
    keeps(&beside(event));
    breaks(
        &beside(&format!(
            "{event}<sequenceFlow id='g' sourceRef='start' targetRef='x'/>\
             <sequenceFlow id='h' sourceRef='x' targetRef='end'/>"
        )),
        &["error flowNotAllowed g", "error flowNotAllowed h"],
    );
}

#[test]
fn an_event_sub_process_has_one_start_event_with_a_trigger() {
    let event = |starts: &str| {
        beside(&format!(
            "<subProcess id='x' triggeredByEvent='true'>{starts}<endEvent id='e'/>\
             <sequenceFlow id='a' sourceRef='s' targetRef='e'/></subProcess>"
        ))
    };
    let signal = "<signalEventDefinition signalRef='anySignal'/>";
    keeps(&event(&format!("<startEvent id='s'>{signal}</startEvent>")));
    breaks(&event("<startEvent id='s'/>"), &["error missingTrigger s"]);
    breaks(
        &event(&format!(
            "<startEvent id='s'>{signal}</startEvent><startEvent id='t'>{signal}</startEvent>\
             <sequenceFlow id='b' sourceRef='t' targetRef='e'/>"
        )),
        &["error severalStartEvents t"],
    );
    breaks(
        &beside("<subProcess id='x' triggeredByEvent='true'><task id='s'/></subProcess>"),
        &["error noStartEvent x"],
    );
}

#[test]
fn nothing_in_a_sub_process_starts_a_process() {
    for element in [
        "<receiveTask id='r' messageRef='anyMessage' instantiate='true'/>".to_owned(),
        format!(
            "<eventBasedGateway id='r' instantiate='true'/>\
             <intermediateCatchEvent id='a'>{SIGNAL}</intermediateCatchEvent>\
             <intermediateCatchEvent id='b'>{SIGNAL}</intermediateCatchEvent>\
             <sequenceFlow id='ra' sourceRef='r' targetRef='a'/><sequenceFlow id='rb' sourceRef='r' targetRef='b'/>\
             <task id='t'/><sequenceFlow id='at' sourceRef='a' targetRef='t'/><sequenceFlow id='bt' sourceRef='b' targetRef='t'/>"
        ),
    ] {
        breaks(
            &around(&format!("<subProcess id='x'>{element}</subProcess>")),
            &["error notAllowedHere r"],
        );
    }
}

#[test]
fn a_process_is_not_undone_as_a_whole() {
    let undoer = "<subProcess id='es' triggeredByEvent='true'><startEvent id='s'><compensateEventDefinition/></startEvent>\
         <endEvent id='e'/><sequenceFlow id='se' sourceRef='s' targetRef='e'/></subProcess>";
    breaks(&beside(undoer), &["warning unreachable s"]);
    keeps(&around(&format!(
        "<subProcess id='x'><task id='t'/>{undoer}</subProcess>"
    )));
}

#[test]
fn no_boundary_event_stands_on_an_event_sub_process() {
    breaks(
        &beside(&format!(
            "<subProcess id='es' triggeredByEvent='true'><startEvent id='s'>{SIGNAL}</startEvent><endEvent id='e'/>\
             <sequenceFlow id='se' sourceRef='s' targetRef='e'/></subProcess>\
             <boundaryEvent id='b' attachedToRef='es'>{SIGNAL}</boundaryEvent>\
             <sequenceFlow id='g' sourceRef='b' targetRef='end'/>"
        )),
        &["error badAttachment b"],
    );
}

#[test]
fn what_starts_a_process_by_itself_is_led_to_by_nothing() {
    let receiving = |instantiate: &str| {
        around(&format!(
            "<receiveTask id='x' messageRef='anyMessage' {instantiate}/>"
        ))
    };
    keeps(&receiving(""));
    keeps(&receiving("instantiate='false'"));
    breaks(
        &receiving("instantiate='true'"),
        &["error flowNotAllowed in"],
    );
    keeps(&process(
        "<receiveTask id='x' messageRef='anyMessage' instantiate='true'/><endEvent id='e'/>\
         <sequenceFlow id='f' sourceRef='x' targetRef='e'/>",
    ));
}

#[test]
fn an_ad_hoc_sub_process_has_activities_and_no_start_or_end_events() {
    let ad_hoc = |content: &str| {
        around(&format!(
            "<adHocSubProcess id='x'>{content}</adHocSubProcess>"
        ))
    };
    keeps(&ad_hoc("<task id='t'/>"));
    breaks(&ad_hoc(""), &["error missingActivity x"]);
    breaks(
        &ad_hoc("<task id='t'/><startEvent id='s'/><endEvent id='e'/>"),
        &["error notAllowedHere s", "error notAllowedHere e"],
    );
}

#[test]
fn choreographies_stand_beside_processes() {
    for kind in ["choreographyTask", "callChoreography"] {
        breaks(
            &around(&format!("<{kind} id='x'/>")),
            &["error notAllowedHere x"],
        );
        breaks(
            &around(&format!(
                "<subProcess id='x'><startEvent id='s'/><endEvent id='e'/><{kind} id='c'/>\
                 <sequenceFlow id='a' sourceRef='s' targetRef='c'/>\
                 <sequenceFlow id='b' sourceRef='c' targetRef='e'/></subProcess>"
            )),
            &["error notAllowedHere c"],
        );
    }
}

#[test]
fn conversations_stand_beside_processes() {
    breaks(
        &around("<adHocSubProcess id='x'><task id='t'/><conversation id='c'/></adHocSubProcess>"),
        &["error notAllowedHere c"],
    );
}

#[test]
fn the_direction_of_a_gateway_is_kept() {
    let gateway = |direction: &str| {
        process(&format!(
            "<startEvent id='start'/><sequenceFlow id='f' sourceRef='start' targetRef='x'/>\
             <parallelGateway id='x' {direction}/><endEvent id='e'/><endEvent id='d'/>\
             <sequenceFlow id='g' sourceRef='x' targetRef='e'/>\
             <sequenceFlow id='h' sourceRef='x' targetRef='d'/>"
        ))
    };
    for kept in [
        "",
        "gatewayDirection='Unspecified'",
        "gatewayDirection='Diverging'",
    ] {
        keeps(&gateway(kept));
    }
    for broken in ["Converging", "Mixed"] {
        breaks(
            &gateway(&format!("gatewayDirection='{broken}'")),
            &["error badGatewayDirection x"],
        );
    }
    // A way that has been cut back still diverges in nobody's way.
    keeps(&around(
        "<parallelGateway id='x' gatewayDirection='Diverging'/>",
    ));
}

#[test]
fn a_default_flow_leaves_its_own_element_whatever_that_is() {
    for element in ["inclusiveGateway", "complexGateway", "task"] {
        let with = |default: &str| around(&format!("<{element} id='x' default='{default}'/>"));
        keeps(&with("out"));
        breaks(&with("in"), &["error unknownReference x"]);
    }
}

/// An event-based gateway with two ways to `a` and `b`.
fn choosing(attributes: &str, a: &str, b: &str, more: &str) -> String {
    process(&format!(
        "<startEvent id='start'/><sequenceFlow id='f' sourceRef='start' targetRef='x'/>\
         <eventBasedGateway id='x' {attributes}/>{a}{b}{more}<endEvent id='e'/>\
         <sequenceFlow id='xa' sourceRef='x' targetRef='a'/><sequenceFlow id='xb' sourceRef='x' targetRef='b'/>\
         <sequenceFlow id='ae' sourceRef='a' targetRef='e'/><sequenceFlow id='be' sourceRef='b' targetRef='e'/>"
    ))
}

fn caught(id: &str, definition: &str) -> String {
    format!("<intermediateCatchEvent id='{id}'>{definition}</intermediateCatchEvent>")
}

const HOUR: &str = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
const SIGNAL: &str = "<signalEventDefinition signalRef='anySignal'/>";

#[test]
fn an_event_based_gateway_leads_to_what_can_be_waited_for() {
    let (signal, hour) = (caught("a", SIGNAL), caught("b", HOUR));
    keeps(&choosing("", &signal, &hour, ""));
    keeps(&choosing(
        "",
        &signal,
        "<receiveTask id='b' messageRef='anyMessage'/>",
        "",
    ));
    for wrong in [
        "<task id='b'/>".to_owned(),
        "<intermediateThrowEvent id='b'/>".to_owned(),
    ] {
        breaks(
            &choosing("", &signal, &wrong, ""),
            &["error flowNotAllowed xb"],
        );
    }
}

#[test]
fn an_event_based_gateway_has_two_ways_out_or_more() {
    breaks(
        &process(&format!(
            "<startEvent id='start'/><sequenceFlow id='f' sourceRef='start' targetRef='x'/>\
             <eventBasedGateway id='x'/>{}<endEvent id='e'/>\
             <sequenceFlow id='xa' sourceRef='x' targetRef='a'/>\
             <sequenceFlow id='ae' sourceRef='a' targetRef='e'/>",
            caught("a", HOUR)
        )),
        &["error tooFewFlows x"],
    );
}

#[test]
fn only_the_gateway_leads_to_what_it_waits_for_and_without_a_condition() {
    let (signal, hour) = (caught("a", SIGNAL), caught("b", HOUR));
    breaks(
        &choosing(
            "",
            &signal,
            &hour,
            "<sequenceFlow id='more' sourceRef='start' targetRef='b'/>",
        ),
        &["error flowNotAllowed xb"],
    );
    let conditional = choosing("", &signal, &hour, "").replace(
        "<sequenceFlow id='xb' sourceRef='x' targetRef='b'/>",
        "<sequenceFlow id='xb' sourceRef='x' targetRef='b'><conditionExpression>a</conditionExpression>\
         </sequenceFlow>",
    );
    breaks(&conditional, &["error conditionNotAllowed xb"]);
}

#[test]
fn an_event_based_gateway_waits_for_messages_in_one_way() {
    let message = caught("a", "<messageEventDefinition messageRef='m'/>");
    let file = choosing(
        "",
        &message,
        "<receiveTask id='b' messageRef='anyMessage'/>",
        "",
    )
    .replacen("<process", "<message id='m' name='m'/><process", 1);
    breaks(&file, &["error flowNotAllowed x"]);
    let boundary = format!(
        "<boundaryEvent id='late' attachedToRef='b'>{HOUR}</boundaryEvent>\
         <sequenceFlow id='le' sourceRef='late' targetRef='e'/>"
    );
    breaks(
        &choosing(
            "",
            &caught("a", SIGNAL),
            "<receiveTask id='b' messageRef='anyMessage'/>",
            &boundary,
        ),
        &["error flowNotAllowed xb"],
    );
}

#[test]
fn an_event_based_gateway_that_starts_a_process_is_led_to_by_nothing() {
    let (signal, hour) = (caught("a", SIGNAL), caught("b", HOUR));
    breaks(
        &choosing("instantiate='true'", &signal, &hour, ""),
        &["error flowNotAllowed f"],
    );
    breaks(
        &choosing("eventGatewayType='Parallel'", &signal, &hour, ""),
        &["error flowNotAllowed x"],
    );
}
