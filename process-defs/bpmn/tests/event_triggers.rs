//! What the engine gets of events that wait: every trigger, where it may stand, and several at once.

mod common;

use common::{around, check, element, graph, process, process_beside, timer};
use redthread_bpmn::ProcessGraph;
use redthread_bpmn::graph::{ElementKind, SubProcess, Text, Trigger};

const SIGNAL: &str = "<signalEventDefinition signalRef='anySignal'/>";
const CONDITION: &str =
    "<conditionalEventDefinition><condition>=amount > 3</condition></conditionalEventDefinition>";
const BESIDE: &str = "<escalation id='late' escalationCode='LATE'/><error id='lost' errorCode='LOST'/>\
     <message id='paid' name='paid'><extensionElements><zeebe:subscription correlationKey='=id'/>\
     </extensionElements></message>";

fn with(content: &str) -> String {
    process_beside(BESIDE, content)
}

fn caught(content: &str, attributes: &str) -> String {
    with(&common::around_in(&format!(
        "<intermediateCatchEvent id='x' {attributes}>{content}</intermediateCatchEvent>"
    )))
}

fn on_task(content: &str, attributes: &str) -> String {
    with(&common::around_in(&format!(
        "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x' {attributes}>{content}</boundaryEvent>\
         <sequenceFlow id='f' sourceRef='b' targetRef='end'/>"
    )))
}

fn in_event_sub_process(content: &str, attributes: &str) -> String {
    with(&format!(
        "{}<subProcess id='es' triggeredByEvent='true'><startEvent id='s' {attributes}>{content}</startEvent>\
         <endEvent id='e'/><sequenceFlow id='g' sourceRef='s' targetRef='e'/></subProcess>",
        common::around_in("<manualTask id='x'/>")
    ))
}

/// A trigger in short.
fn shown(trigger: &Trigger) -> String {
    let parts = |parts: &[Trigger]| parts.iter().map(shown).collect::<Vec<_>>().join(" ");
    match trigger {
        Trigger::Signal(Text::Literal(name)) => format!("signal:{name}"),
        Trigger::Condition(condition) => format!(
            "condition:{}{:?}",
            condition.expression, condition.variables
        ),
        Trigger::Error(error) => format!("error:{:?}", error.code.as_deref()),
        Trigger::Escalation(caught) => format!("escalation:{:?}", caught.code.as_deref()),
        Trigger::Message(message) => format!("message:{}", message.correlation_key.is_some()),
        Trigger::Multiple(several) => format!("any({})", parts(several)),
        Trigger::ParallelMultiple(several) => format!("all({})", parts(several)),
        Trigger::Timer(_) => "timer".to_owned(),
        Trigger::Compensation => "compensation".to_owned(),
        Trigger::Cancel => "cancel".to_owned(),
        Trigger::Link => "link".to_owned(),
        other => format!("{other:?}"),
    }
}

fn trigger_of(graph: &ProcessGraph, id: &str) -> String {
    shown(element(graph, id).kind.trigger().unwrap())
}

fn trigger(xml: &str, id: &str) -> String {
    trigger_of(&graph(xml.as_bytes()), id)
}

#[test]
fn an_intermediate_event_waits_for_a_signal_a_condition_or_a_message() {
    assert_eq!(trigger(&caught(SIGNAL, ""), "x"), "signal:any");
    assert_eq!(
        trigger(&caught(CONDITION, ""), "x"),
        "condition:amount > 3[]"
    );
    let filtered = "<conditionalEventDefinition><extensionElements>\
         <zeebe:conditionalFilter variableNames='amount, stock'/></extensionElements>\
         <condition>a</condition></conditionalEventDefinition>";
    assert_eq!(
        trigger(&caught(filtered, ""), "x"),
        "condition:a[\"amount\", \"stock\"]"
    );
    let message = "<messageEventDefinition messageRef='paid'/>";
    assert_eq!(trigger(&caught(message, ""), "x"), "message:true");
}

#[test]
fn a_signal_without_a_name_is_called_by_its_id() {
    let xml = process_beside(
        "<signal id='alarm'/>",
        &common::around_in(
            "<intermediateCatchEvent id='x'><signalEventDefinition signalRef='alarm'/></intermediateCatchEvent>",
        ),
    );
    assert_eq!(trigger(&xml, "x"), "signal:alarm");
    check(
        &caught("<signalEventDefinition/>", ""),
        &["error missingTrigger x"],
    );
}

#[test]
fn a_process_starts_by_a_signal() {
    let xml = process(&format!(
        "<startEvent id='s'>{SIGNAL}</startEvent><endEvent id='e'/>\
         <sequenceFlow id='f' sourceRef='s' targetRef='e'/>"
    ));
    let graph = graph(xml.as_bytes());
    assert_eq!(graph.triggered_starts().len(), 1);
    assert!(!graph.can_start());
}

#[test]
fn a_boundary_event_catches_what_is_thrown_inside_or_sent_from_outside() {
    let late = "<escalationEventDefinition escalationRef='late'/>";
    assert_eq!(
        trigger(&on_task(late, ""), "b"),
        "escalation:Some(\"LATE\")"
    );
    let any = "<escalationEventDefinition/>";
    assert_eq!(
        trigger(&on_task(any, "cancelActivity='false'"), "b"),
        "escalation:None"
    );
    for (definition, expected) in [
        (SIGNAL, "signal:any"),
        (CONDITION, "condition:amount > 3[]"),
    ] {
        for attributes in ["", "cancelActivity='false'"] {
            assert_eq!(trigger(&on_task(definition, attributes), "b"), expected);
        }
    }
    check(
        &on_task("<escalationEventDefinition escalationRef='never'/>", ""),
        &["error unknownReference b"],
    );
}

#[test]
fn an_event_with_several_triggers_waits_for_the_first_or_for_all() {
    let both = format!("{SIGNAL}{}", timer("timeDuration", "PT1H"));
    assert_eq!(trigger(&caught(&both, ""), "x"), "any(signal:any timer)");
    assert_eq!(
        trigger(&caught(&both, "parallelMultiple='true'"), "x"),
        "all(signal:any timer)"
    );
    assert_eq!(
        trigger(&caught(SIGNAL, "parallelMultiple='true'"), "x"),
        "signal:any"
    );
    let thrown = "<errorEventDefinition errorRef='lost'/><escalationEventDefinition/>";
    assert_eq!(
        trigger(&on_task(thrown, ""), "b"),
        "any(error:Some(\"LOST\") escalation:None)"
    );
    check(
        &on_task(thrown, "parallelMultiple='true'"),
        &["error triggerNotAllowed b"],
    );
    check(
        &on_task(&format!("{SIGNAL}<compensateEventDefinition/>"), ""),
        &[
            "error flowNotAllowed f",
            "error missingHandler b",
            "error triggerNotAllowed b",
        ],
    );
}

#[test]
fn an_event_sub_process_begins_by_any_trigger_and_interrupts_or_not() {
    let start = |definition: &str, attributes: &str| {
        let graph = graph(in_event_sub_process(definition, attributes).as_bytes());
        let around = &element(&graph, "es").kind;
        assert!(matches!(around, ElementKind::SubProcess(SubProcess::Event)));
        assert_eq!(graph.event_sub_processes(None).count(), 1);
        let ElementKind::StartEvent {
            interrupting,
            trigger,
        } = &element(&graph, "s").kind
        else {
            panic!()
        };
        (shown(trigger), *interrupting)
    };
    let lets_go_on = "isInterrupting='false'";
    assert_eq!(start(SIGNAL, ""), ("signal:any".to_owned(), true));
    assert_eq!(start(SIGNAL, lets_go_on), ("signal:any".to_owned(), false));
    assert_eq!(
        start("<compensateEventDefinition/>", ""),
        ("compensation".to_owned(), true)
    );
    assert_eq!(
        start("<escalationEventDefinition/>", lets_go_on),
        ("escalation:None".to_owned(), false)
    );
    // An error always ends the scope in which it is caught.
    assert_eq!(
        start("<errorEventDefinition/>", lets_go_on),
        ("error:None".to_owned(), true)
    );
    let again = timer("timeCycle", "R3/PT1H");
    assert_eq!(start(&again, lets_go_on), ("timer".to_owned(), false));
    check(&in_event_sub_process(&again, ""), &["warning badTimer s"]);
}

#[test]
fn a_link_leads_to_the_catching_event_of_its_name() {
    let graph = graph(
        process(
            "<startEvent id='s'/><sequenceFlow id='f' sourceRef='s' targetRef='t'/>\
             <intermediateThrowEvent id='t'><linkEventDefinition name='on'/></intermediateThrowEvent>\
             <intermediateCatchEvent id='c'><linkEventDefinition name='on'/></intermediateCatchEvent>\
             <endEvent id='e'/><sequenceFlow id='g' sourceRef='c' targetRef='e'/>",
        )
        .as_bytes(),
    );
    assert_eq!(trigger_of(&graph, "c"), "link");
    let throw = element(&graph, "t").kind.throw();
    assert!(matches!(
        throw,
        Some(redthread_bpmn::graph::Throw::Link(to)) if graph.find("c") == Some(*to)
    ));
}

#[test]
fn an_association_says_which_activity_undoes_whichever_way_it_is_drawn() {
    let undone = |ends: &str| {
        around(&format!(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'><compensateEventDefinition/>\
             </boundaryEvent><manualTask id='undo' isForCompensation='true'/><association id='a' {ends}/>"
        ))
    };
    for ends in [
        "sourceRef='b' targetRef='undo'",
        "sourceRef='undo' targetRef='b'",
    ] {
        let graph = graph(undone(ends).as_bytes());
        assert_eq!(element(&graph, "x").undone_by, graph.find("undo"));
        assert!(element(&graph, "undo").for_compensation);
        assert_eq!(trigger_of(&graph, "b"), "compensation");
        assert_eq!(element(&graph, "x").boundary, [graph.find("b").unwrap()]);
    }
    check(
        &undone("sourceRef='x' targetRef='undo'"),
        &["error missingHandler b"],
    );
}

#[test]
fn an_activity_is_undone_in_one_way() {
    let undo = |id: &str| format!("<manualTask id='{id}' isForCompensation='true'/>");
    let event = |id: &str| {
        format!(
            "<boundaryEvent id='{id}' attachedToRef='x'><compensateEventDefinition/></boundaryEvent>"
        )
    };
    check(
        &around(&format!(
            "<manualTask id='x'/>{}{}{}<association id='a' sourceRef='b' targetRef='u'/>\
             <association id='c' sourceRef='b' targetRef='v'/>",
            event("b"),
            undo("u"),
            undo("v")
        )),
        &["error missingHandler b"],
    );
    check(
        &around(&format!(
            "<manualTask id='x'/>{}{}{}{}<association id='a' sourceRef='b' targetRef='u'/>\
             <association id='c' sourceRef='d' targetRef='v'/>",
            event("b"),
            event("d"),
            undo("u"),
            undo("v")
        )),
        &["error missingHandler d"],
    );
}
