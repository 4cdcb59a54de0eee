//! What the engine gets of events that throw: every result, where it may stand, and several at once.

mod common;

use common::{check, element, graph, process_beside};
use redthread_bpmn::graph::{ElementKind, Text, Throw};

const BESIDE: &str = "<escalation id='late' escalationCode='LATE'/><error id='lost' errorCode='LOST'/>\
     <message id='paid' name='paid'><extensionElements><zeebe:subscription correlationKey='=id'/>\
     </extensionElements></message><message id='sent'/>";

fn thrown(content: &str) -> String {
    process_beside(
        BESIDE,
        &common::around_in(&format!(
            "<intermediateThrowEvent id='x'>{content}</intermediateThrowEvent>"
        )),
    )
}

fn ended(content: &str) -> String {
    process_beside(
        BESIDE,
        &format!(
            "<startEvent id='s'/><manualTask id='t'/><endEvent id='x'>{content}</endEvent>\
             <sequenceFlow id='f' sourceRef='s' targetRef='t'/>\
             <sequenceFlow id='g' sourceRef='t' targetRef='x'/>"
        ),
    )
}

fn text(text: &Text) -> String {
    match text {
        Text::Literal(literal) => literal.to_string(),
        Text::Expression(expression) => format!("={expression}"),
    }
}

/// A throw in short.
fn shown(throw: &Throw) -> String {
    let optional = |value: &Option<Text>| value.as_ref().map_or("-".to_owned(), text);
    match throw {
        Throw::Signal(name) => format!("signal:{}", text(name)),
        Throw::Escalation(escalation) => format!("escalation:{}", text(&escalation.code)),
        Throw::Error(error) => format!("error:{}", text(&error.code)),
        Throw::Message(message) => format!(
            "message:{} {} {} {}",
            text(&message.name),
            optional(&message.correlation_key),
            optional(&message.message_id),
            optional(&message.time_to_live)
        ),
        Throw::Compensation(undo) => format!("undo:{:?} {}", undo.activity.is_some(), undo.waits),
        Throw::Job(job) => format!("job:{} {}", job.bpmn_name, text(&job.job_type)),
        Throw::Multiple(several) => {
            let parts: Vec<String> = several.iter().map(shown).collect();
            format!("all({})", parts.join(" "))
        }
        other => format!("{other:?}"),
    }
}

fn throw(xml: &str) -> String {
    let graph = graph(xml.as_bytes());
    shown(element(&graph, "x").kind.throw().unwrap())
}

#[test]
fn an_intermediate_event_and_an_end_event_throw_alike() {
    for (definition, expected) in [
        (
            "<signalEventDefinition signalRef='anySignal'/>",
            "signal:any",
        ),
        (
            "<escalationEventDefinition escalationRef='late'/>",
            "escalation:LATE",
        ),
        (
            "<messageEventDefinition messageRef='paid'/>",
            "message:paid =id - -",
        ),
        (
            "<messageEventDefinition messageRef='sent'/>",
            "message:sent - - -",
        ),
        ("<compensateEventDefinition/>", "undo:false true"),
        (
            "<compensateEventDefinition waitForCompletion='false'/>",
            "undo:false false",
        ),
        ("", "None"),
    ] {
        assert_eq!(throw(&thrown(definition)), expected);
        assert_eq!(throw(&ended(definition)), expected);
    }
}

#[test]
fn only_an_end_event_ends_by_an_error_or_stops_everything() {
    for (definition, expected) in [
        ("<errorEventDefinition errorRef='lost'/>", "error:LOST"),
        ("<terminateEventDefinition/>", "Terminate"),
    ] {
        assert_eq!(throw(&ended(definition)), expected);
        check(&thrown(definition), &["error triggerNotAllowed x"]);
    }
}

#[test]
fn an_escalation_that_is_thrown_has_a_code() {
    check(
        &thrown("<escalationEventDefinition/>"),
        &["error missingErrorCode x"],
    );
}

#[test]
fn a_message_is_sent_with_a_key_an_id_and_a_time_to_live() {
    let published = |attributes: &str| {
        thrown(&format!(
            "<extensionElements><zeebe:publishMessage {attributes}/></extensionElements>\
             <messageEventDefinition messageRef='paid'/>"
        ))
    };
    assert_eq!(
        throw(&published(
            "correlationKey='=order.id' messageId='once' timeToLive='PT1H'"
        )),
        "message:paid =order.id once PT1H"
    );
    assert_eq!(
        throw(&published("timeToLive='=wait'")),
        "message:paid =id - =wait"
    );
    check(&published("timeToLive='an hour'"), &["error badValue x"]);
}

#[test]
fn several_results_are_thrown_in_their_order() {
    let several =
        "<signalEventDefinition signalRef='anySignal'/><messageEventDefinition messageRef='paid'/>";
    assert_eq!(
        throw(&thrown(several)),
        "all(signal:any message:paid =id - -)"
    );
    assert_eq!(
        throw(&ended(&format!("{several}<terminateEventDefinition/>"))),
        "all(signal:any message:paid =id - - Terminate)"
    );
}

#[test]
fn a_job_sends_the_message_or_the_signal_of_an_event() {
    let by_job = |definition: &str| {
        format!(
            "<extensionElements><zeebe:taskDefinition type='mail:send'/></extensionElements>{definition}"
        )
    };
    let message = by_job("<messageEventDefinition messageRef='paid'/>");
    assert_eq!(
        throw(&thrown(&message)),
        "job:intermediateThrowEvent mail:send"
    );
    assert_eq!(throw(&ended(&message)), "job:endEvent mail:send");
    check(
        &ended(&by_job("<terminateEventDefinition/>")),
        &["error notSupported x"],
    );
}

#[test]
fn what_is_undone_can_be_seen_from_the_event() {
    let undoing = |activity: &str, handled: &str| {
        process_beside(
            "",
            &format!(
                "<startEvent id='s'/><subProcess id='book'><startEvent id='bs'/><manualTask id='inner'/>\
                 <endEvent id='be'/><sequenceFlow id='b1' sourceRef='bs' targetRef='inner'/>\
                 <sequenceFlow id='b2' sourceRef='inner' targetRef='be'/></subProcess>\
                 <endEvent id='x'><compensateEventDefinition activityRef='{activity}'/></endEvent>\
                 <sequenceFlow id='f' sourceRef='s' targetRef='book'/>\
                 <sequenceFlow id='g' sourceRef='book' targetRef='x'/>{handled}"
            ),
        )
    };
    assert_eq!(throw(&undoing("book", "")), "undo:true true");
    check(&undoing("inner", ""), &["error notAllowedHere x"]);
    check(&undoing("s", ""), &["error unknownReference x"]);
    // From an event sub-process, what stands around it is seen.
    let handled = "<subProcess id='es' triggeredByEvent='true'><startEvent id='t'><errorEventDefinition/></startEvent>\
         <endEvent id='y'><compensateEventDefinition activityRef='book'/></endEvent>\
         <sequenceFlow id='h' sourceRef='t' targetRef='y'/></subProcess>";
    let graph = graph(undoing("book", handled).as_bytes());
    assert!(matches!(
        &element(&graph, "y").kind,
        ElementKind::EndEvent(Throw::Compensation(undo)) if undo.activity == graph.find("book")
    ));
}
