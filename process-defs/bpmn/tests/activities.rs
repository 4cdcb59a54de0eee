//! What the engine gets of activities: messages that tasks exchange, calls, sub-processes and token quantities.

mod common;

use common::{around, around_in, check, element, graph, process_beside};
use redthread_bpmn::graph::{
    Activates, AdHoc, Binding, CalledProcess, ElementKind, SubProcess, Text,
};

fn text(text: &Text) -> String {
    match text {
        Text::Literal(literal) => literal.to_string(),
        Text::Expression(expression) => format!("={expression}"),
    }
}

const BESIDE: &str = "<message id='m' name='paid'><extensionElements><zeebe:subscription correlationKey='=id'/>\
     </extensionElements></message>\
     <interface id='i'><operation id='o'><inMessageRef>m</inMessageRef></operation></interface>";

#[test]
fn a_receive_task_waits_for_its_message_or_that_of_its_operation() {
    for reference in ["messageRef='m'", "operationRef='o'"] {
        let xml = process_beside(
            BESIDE,
            &around_in(&format!("<receiveTask id='x' {reference}/>")),
        );
        let graph = graph(xml.as_bytes());
        let ElementKind::ReceiveTask(message) = &element(&graph, "x").kind else {
            panic!()
        };
        assert_eq!(text(&message.name), "paid");
        assert_eq!(message.correlation_key.as_ref().unwrap().text(), "id");
    }
    check(
        &around("<receiveTask id='x'/>"),
        &["error missingMessageName x"],
    );
}

#[test]
fn a_receive_task_begins_a_process() {
    let xml = process_beside(
        BESIDE,
        "<receiveTask id='x' messageRef='m' instantiate='true'/><endEvent id='e'/>\
         <sequenceFlow id='f' sourceRef='x' targetRef='e'/>",
    );
    let graph = graph(xml.as_bytes());
    assert!(element(&graph, "x").instantiates);
    assert_eq!(graph.triggered_starts().len(), 1);
    assert!(!graph.can_start());
}

#[test]
fn a_send_task_sends_its_message_or_a_job_does_it() {
    let kind = |task: &str| {
        let graph = graph(process_beside(BESIDE, &around_in(task)).as_bytes());
        match &element(&graph, "x").kind {
            ElementKind::SendTask(message) => format!(
                "{} {}",
                text(&message.name),
                message
                    .correlation_key
                    .as_ref()
                    .map(text)
                    .unwrap_or_default()
            ),
            ElementKind::ServiceTask(job) => format!("{} {}", job.bpmn_name, text(&job.job_type)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(kind("<sendTask id='x' messageRef='m'/>"), "paid =id");
    assert_eq!(kind("<sendTask id='x' operationRef='o'/>"), "paid =id");
    let with = |extension: &str| {
        format!(
            "<sendTask id='x' messageRef='m'><extensionElements>{extension}</extensionElements></sendTask>"
        )
    };
    assert_eq!(
        kind(&with("<zeebe:publishMessage correlationKey='=order.id'/>")),
        "paid =order.id"
    );
    assert_eq!(
        kind(&with("<zeebe:taskDefinition type='mail:send'/>")),
        "sendTask mail:send"
    );
    check(
        &around("<sendTask id='x'/>"),
        &["error missingMessageName x"],
    );
}

/// Name, binding, whether all variables go in and all results come back.
fn call(activity: &str) -> String {
    let beside = "<process id='q'><task id='t'/></process>";
    let graph = graph(process_beside(beside, &around_in(activity)).as_bytes());
    let ElementKind::CallActivity(CalledProcess {
        process,
        binding,
        gives_all,
        takes_all,
    }) = &element(&graph, "x").kind
    else {
        panic!()
    };
    format!("{} {binding:?} {gives_all} {takes_all}", text(process))
}

fn calling(extension: &str) -> String {
    format!(
        "<callActivity id='x'><extensionElements>{extension}</extensionElements></callActivity>"
    )
}

#[test]
fn a_call_activity_names_what_it_calls_in_bpmns_way_or_camundas() {
    assert_eq!(
        call("<callActivity id='x' calledElement='tns:q'/>"),
        "q Latest true true"
    );
    // In another file.
    assert_eq!(
        call("<callActivity id='x' calledElement='billing'/>"),
        "billing Latest true true"
    );
    assert_eq!(
        call(&calling(
            "<zeebe:calledElement processId='q' bindingType='deployment'/>"
        )),
        "q Deployment true true"
    );
    assert_eq!(
        call(&calling(
            "<zeebe:calledElement processId='=\"pay-\" + kind' bindingType='versionTag' versionTag='v2'/>"
        )),
        format!(
            "=\"pay-\" + kind {:?} true true",
            Binding::VersionTag("v2".into())
        )
    );
    check(&around("<callActivity id='x'/>"), &["error notCallable x"]);
    check(
        &around("<callActivity id='x' calledElement='${process}'/>"),
        &["error badExpression x"],
    );
    check(
        &around(&calling(
            "<zeebe:calledElement processId='q' bindingType='newest'/>",
        )),
        &["error badValue x"],
    );
}

#[test]
fn variables_go_into_a_call_and_come_back_as_in_camunda() {
    let mapped = "<zeebe:ioMapping><zeebe:output source='=r' target='s'/></zeebe:ioMapping>";
    let with = |attributes: &str, mapping: &str| {
        call(&calling(&format!(
            "<zeebe:calledElement processId='q' {attributes}/>{mapping}"
        )))
    };
    assert_eq!(with("", mapped), "q Latest true false");
    assert_eq!(
        with("propagateAllChildVariables='true'", mapped),
        "q Latest true true"
    );
    assert_eq!(
        with(
            "propagateAllChildVariables='false' propagateAllParentVariables='false'",
            ""
        ),
        "q Latest false false"
    );
}

#[test]
fn activities_collect_and_multiply_tokens() {
    let graph =
        graph(around("<manualTask id='x' startQuantity='2' completionQuantity='3'/>").as_bytes());
    let task = element(&graph, "x");
    assert_eq!((task.start_quantity, task.completion_quantity), (2, 3));
    let other = element(&graph, "start");
    assert_eq!((other.start_quantity, other.completion_quantity), (1, 1));
}

#[test]
fn a_transaction_is_cancelled_from_within() {
    let graph = graph(
        around(
            "<transaction id='x'><startEvent id='s'/><sequenceFlow id='a' sourceRef='s' targetRef='e'/>\
             <endEvent id='e'><cancelEventDefinition/></endEvent></transaction>\
             <boundaryEvent id='b' attachedToRef='x'><cancelEventDefinition/></boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>",
        )
        .as_bytes(),
    );
    assert!(matches!(
        element(&graph, "x").kind,
        ElementKind::SubProcess(SubProcess::Transaction)
    ));
    check(
        &around("<transaction id='x' method='##Store'><manualTask id='t'/></transaction>"),
        &["warning notSupported x"],
    );
}

fn ad_hoc(attributes: &str, content: &str) -> String {
    around(&format!(
        "<adHocSubProcess id='x' {attributes}>{content}<manualTask id='t'/></adHocSubProcess>"
    ))
}

fn shown(attributes: &str, content: &str) -> String {
    let graph = graph(ad_hoc(attributes, content).as_bytes());
    let ElementKind::SubProcess(SubProcess::AdHoc(AdHoc {
        sequential,
        completion,
        cancels_remaining,
        activates,
    })) = &element(&graph, "x").kind
    else {
        panic!()
    };
    let activates = match activates {
        Activates::Collection(collection) => format!("={collection}"),
        Activates::All => "all".to_owned(),
        Activates::Nothing => "nothing".to_owned(),
    };
    format!(
        "{sequential} {} {cancels_remaining} {activates}",
        completion.is_some()
    )
}

#[test]
fn an_ad_hoc_sub_process_says_what_begins_and_when_it_ends() {
    let until = "<completionCondition>done</completionCondition>";
    let property = |value: &str| {
        format!(
            "<extensionElements><zeebe:properties><zeebe:property name='redthread:activation' value='{value}'/>\
             </zeebe:properties></extensionElements>"
        )
    };
    let collection =
        "<extensionElements><zeebe:adHoc activeElementsCollection='=[\"t\"]'/></extensionElements>";
    assert_eq!(shown("", ""), "false false true all");
    assert_eq!(
        shown("ordering='Sequential' cancelRemainingInstances='false'", ""),
        "true false false all"
    );
    assert_eq!(shown("", until), "false true true nothing");
    assert_eq!(
        shown("", &format!("{}{until}", property("all"))),
        "false true true all"
    );
    assert_eq!(shown("", &property("person")), "false false true nothing");
    assert_eq!(shown("", collection), "false false true =[\"t\"]");
    check(&ad_hoc("", &property("some")), &["error badValue x"]);
    check(&ad_hoc("ordering='Random'", ""), &["error badValue x"]);
}
