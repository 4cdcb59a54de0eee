//! BPMN's rules about pools and message flows, and about references: what they must lead to.

mod common;

use common::{around_in, breaks, definitions, formal, keeps, process_beside};

/// Two pools with a process each that sends from `send` and receives at `get`, and a black box.
fn talking(flow: &str) -> String {
    let process = |id: &str| {
        format!(
            "<process id='{id}' isExecutable='true'><startEvent id='{id}-start'/>\
             <sequenceFlow id='{id}-f' sourceRef='{id}-start' targetRef='{id}-task'/><task id='{id}-task'/>\
             <sequenceFlow id='{id}-g' sourceRef='{id}-task' targetRef='{id}-gate'/>\
             <parallelGateway id='{id}-gate'/><textAnnotation id='{id}-note'/>\
             <sequenceFlow id='{id}-h' sourceRef='{id}-gate' targetRef='{id}-end'/><endEvent id='{id}-end'/></process>"
        )
    };
    definitions(&format!(
        "<message id='m'/><collaboration id='c'><participant id='A' processRef='a'/>\
         <participant id='B' processRef='b'/><participant id='box'/>{flow}</collaboration>{}{}",
        process("a"),
        process("b")
    ))
}

fn flow(source: &str, target: &str) -> String {
    talking(&format!(
        "<messageFlow id='f' sourceRef='{source}' targetRef='{target}'/>"
    ))
}

#[test]
fn a_message_flow_connects_what_can_send_with_what_can_receive() {
    for (source, target) in [
        ("A", "B"),
        ("a-task", "b-task"),
        ("box", "a-start"),
        ("a-end", "box"),
    ] {
        keeps(&flow(source, target));
    }
    for (source, target) in [
        ("box", "a-note"),
        ("a-note", "box"),
        ("a-gate", "b-task"),
        ("a-task", "b-gate"),
        ("a-start", "box"),
        ("box", "a-end"),
    ] {
        breaks(&flow(source, target), &["error messageFlowNotAllowed f"]);
    }
    breaks(&flow("box", "nowhere"), &["error unknownReference f"]);
}

#[test]
fn a_message_flow_leaves_its_pool() {
    for (source, target) in [
        ("A", "A"),
        ("a-task", "A"),
        ("A", "a-task"),
        ("a-task", "a-task"),
    ] {
        breaks(&flow(source, target), &["error messageFlowNotAllowed f"]);
    }
    // In a drawing too, a pool does not write to itself.
    breaks(
        &definitions(
            "<collaboration id='c'><participant id='A'/><messageFlow id='f' sourceRef='A' targetRef='A'/></collaboration>",
        ),
        &["error messageFlowNotAllowed f"],
    );
}

#[test]
fn events_at_message_flows_are_message_events_where_a_file_is_formal() {
    for (source, target) in [("box", "a-start"), ("a-end", "box")] {
        breaks(
            &formal(&flow(source, target)),
            &["error missingMessageEvent f"],
        );
    }
    let message = formal(&flow("box", "a-start")).replace(
        "<startEvent id='a-start'/>",
        "<startEvent id='a-start'><messageEventDefinition messageRef='m'/></startEvent>",
    );
    assert!(
        !common::broken(&message)
            .join(" ")
            .contains("missingMessageEvent")
    );
}

#[test]
fn what_a_drawing_shows_of_messages_is_no_error() {
    let drawn = flow("a-start", "a-note").replace(" isExecutable='true'", "");
    keeps(&drawn);
}

#[test]
fn numbers_of_participants_do_not_contradict_each_other() {
    let many = |numbers: &str| {
        definitions(&format!(
            "<collaboration id='c'><participant id='A'><participantMultiplicity {numbers}/></participant>\
             </collaboration>"
        ))
    };
    for right in ["", "minimum='0' maximum='1'", "minimum='2' maximum='5'"] {
        keeps(&many(right));
    }
    for wrong in [
        "minimum='-1' maximum='2'",
        "minimum='0' maximum='0'",
        "minimum='3' maximum='2'",
        "minimum='few'",
    ] {
        breaks(&many(wrong), &["error badMultiplicity A"]);
    }
}

#[test]
fn a_collaboration_is_as_closed_as_its_choreography() {
    let closed = |collaboration: bool, choreography: bool| {
        definitions(&format!(
            "<choreography id='k' isClosed='{choreography}'/><collaboration id='c' isClosed='{collaboration}'>\
             <choreographyRef>k</choreographyRef></collaboration>"
        ))
    };
    keeps(&closed(true, true));
    keeps(&closed(false, false));
    breaks(&closed(false, true), &["error closedMismatch c"]);
}

#[test]
fn a_global_conversation_has_participants_and_messages_only() {
    let of = |content: &str| {
        definitions(&format!(
            "<globalConversation id='c'><participant id='A'/><participant id='B'/>\
             <messageFlow id='f' sourceRef='A' targetRef='B'/>{content}</globalConversation>"
        ))
    };
    keeps(&of(""));
    for part in [
        "conversation",
        "conversationLink",
        "textAnnotation",
        "group",
    ] {
        let problems = common::broken(&of(&format!("<{part} id='x'/>")));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("error notAllowedHere"));
    }
}

#[test]
fn the_format_of_a_note_is_a_mime_type() {
    let note = |format: &str| {
        common::process(&format!(
            "{}<textAnnotation id='n' {format}/>",
            around_in("<task id='x'/>")
        ))
    };
    keeps(&note(""));
    keeps(&note("textFormat='text/plain'"));
    breaks(
        &note("textFormat='wrong_mime_type'"),
        &["error badMimeType n"],
    );
}

/// Files with one reference that leads to `{}`: where it stands, and what it must lead to.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("<message id='r' itemRef='{}'/>", "", "itemDefinition"),
    ("<signal id='r' structureRef='{}'/>", "", "itemDefinition"),
    ("<error id='r' structureRef='{}'/>", "", "itemDefinition"),
    (
        "<escalation id='r' structureRef='{}'/>",
        "",
        "itemDefinition",
    ),
    (
        "<interface id='r'><operation id='o'><inMessageRef>{}</inMessageRef></operation></interface>",
        "",
        "message",
    ),
    (
        "<interface id='r'><operation id='o'><outMessageRef>{}</outMessageRef></operation></interface>",
        "",
        "message",
    ),
    (
        "<interface id='r'><operation id='o'><errorRef>{}</errorRef></operation></interface>",
        "",
        "error",
    ),
    (
        "<collaboration id='c'><participant id='r' processRef='{}'/></collaboration>",
        "",
        "process",
    ),
    (
        "<collaboration id='c'><participant id='r'><interfaceRef>{}</interfaceRef></participant></collaboration>",
        "",
        "interface",
    ),
    (
        "<collaboration id='c'><correlationKey id='r'><correlationPropertyRef>{}</correlationPropertyRef></correlationKey></collaboration>",
        "",
        "correlationProperty",
    ),
    (
        "<collaboration id='c'><participant id='A'/><messageFlow id='r' sourceRef='A' targetRef='x' messageRef='{}'/></collaboration>",
        "",
        "message",
    ),
    (
        "<correlationProperty id='r'><correlationPropertyRetrievalExpression messageRef='{}'><messagePath>a</messagePath></correlationPropertyRetrievalExpression></correlationProperty>",
        "",
        "message",
    ),
    (
        "",
        "<dataObjectReference id='r' dataObjectRef='{}'/>",
        "dataObject",
    ),
    (
        "",
        "<dataObject id='r' itemSubjectRef='{}'/>",
        "itemDefinition",
    ),
    (
        "",
        "<supportedInterfaceRef>{}</supportedInterfaceRef>",
        "interface",
    ),
    ("", "<group id='r' categoryValueRef='{}'/>", "categoryValue"),
    (
        "",
        "<laneSet id='l'><lane id='r'><flowNodeRef>{}</flowNodeRef></lane></laneSet>",
        "task",
    ),
    ("", "<sendTask id='r' operationRef='{}'/>", "operation"),
    ("", "<sendTask id='r' messageRef='{}'/>", "message"),
    ("", "<receiveTask id='r' messageRef='{}'/>", "message"),
    (
        "",
        "<endEvent id='r'><signalEventDefinition signalRef='{}'/></endEvent>",
        "signal",
    ),
    (
        "",
        "<endEvent id='r'><escalationEventDefinition escalationRef='{}'/></endEvent>",
        "escalation",
    ),
    (
        "",
        "<endEvent id='r'><errorEventDefinition errorRef='{}'/></endEvent>",
        "error",
    ),
    (
        "",
        "<endEvent id='r'><compensateEventDefinition activityRef='{}'/></endEvent>",
        "task",
    ),
];

/// One element of each kind that a reference may be meant for.
const TARGETS: &str = "<itemDefinition id='t-itemDefinition'/><message id='t-message' name='m'/>\
     <error id='t-error' errorCode='e'/><signal id='t-signal'/><escalation id='t-escalation'/>\
     <interface id='t-interface'><operation id='t-operation'><inMessageRef>t-message</inMessageRef></operation></interface>\
     <correlationProperty id='t-correlationProperty'/><category id='t'><categoryValue id='t-categoryValue'/></category>\
     <process id='t-process'><dataObject id='t-dataObject'/><task id='t-task'/></process>";

#[test]
fn references_lead_to_what_they_are_meant_for() {
    for (beside, within, kind) in REFERENCES {
        let leading = |target: &str| {
            let file = process_beside(
                &format!("{TARGETS}{}", beside.replace("{}", target)),
                &format!(
                    "{}{}",
                    around_in("<task id='x'/>"),
                    within.replace("{}", target)
                ),
            );
            let problems = common::broken(&file).into_iter();
            let problems = problems.filter(|problem| problem.contains("unknownReference"));
            problems.collect::<Vec<_>>()
        };
        let case = format!("{beside}{within}");
        assert_eq!(leading(&format!("t-{kind}")), [""; 0], "{case}");
        let wrong = if *kind == "interface" {
            "t-task"
        } else {
            "t-interface"
        };
        let problems = leading(wrong);
        assert_eq!(problems.len(), 1, "{case}: {problems:?}");
        assert!(problems[0].starts_with("error"), "{case}: {problems:?}");
        assert_eq!(leading("nowhere").len(), 1, "{case}");
    }
}

#[test]
fn what_another_file_defines_is_not_missed() {
    let file = |import: &str| {
        process_beside(
            &format!("{import}<message id='m' name='m' itemRef='types:order'/>"),
            &around_in("<task id='x'/>"),
        )
    };
    keeps(&file(
        "<import importType='http://www.w3.org/2001/XMLSchema' location='types.xsd' namespace='urn:types'/>",
    ));
    breaks(&file(""), &["warning unknownReference m"]);
}
