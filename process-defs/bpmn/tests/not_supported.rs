//! What BPMN has and does not run yet is refused by name: no element may deploy and then silently do
//! nothing.

mod common;

use common::{around, check, diagram};
use redthread_bpmn::Code;
use redthread_bpmn::model::NodeKind;

#[test]
fn every_kind_of_flow_node_either_runs_or_is_refused_by_name() {
    use NodeKind::*;
    for &kind in NodeKind::ALL {
        let refused = matches!(
            kind,
            SendTask
                | ReceiveTask
                | CallActivity
                | Transaction
                | AdHocSubProcess
                | ImplicitThrowEvent
                | ChoreographyTask
                | SubChoreography
                | CallChoreography
        );
        let diagram = diagram(around(&format!("<{kind} id='x'/>")).as_bytes());
        let refusal = diagram
            .problems
            .iter()
            .find(|problem| problem.code == Code::NotSupported);
        assert_eq!(refusal.is_some(), refused, "{kind}: {:?}", diagram.problems);
        if let Some(refusal) = refusal {
            assert_eq!(refusal.element.as_deref(), Some("x"));
            assert!(
                refusal.message.ends_with("run yet.") || refusal.message.contains("do not run")
            );
        }
    }
}

#[test]
fn event_definitions_that_do_not_run_are_refused_where_bpmn_allows_them() {
    let signal = "<signalEventDefinition/>";
    let escalation = "<escalationEventDefinition/>";
    let compensate = "<compensateEventDefinition/>";
    let condition =
        "<conditionalEventDefinition><condition>a</condition></conditionalEventDefinition>";
    let message = "<messageEventDefinition messageRef='m'/>";
    let with_message =
        |process: String| process.replacen("<process", "<message id='m' name='paid'/><process", 1);
    for definition in [signal, condition] {
        check(
            &around(&format!(
                "<intermediateCatchEvent id='x'>{definition}</intermediateCatchEvent>"
            )),
            &["error notSupported x"],
        );
    }
    for definition in [message, signal, escalation, compensate] {
        check(
            &with_message(around(&format!(
                "<intermediateThrowEvent id='x'>{definition}</intermediateThrowEvent>"
            ))),
            &["error notSupported x"],
        );
    }
    for definition in [signal, escalation, condition] {
        let xml = around(&format!(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'>{definition}\
             </boundaryEvent><sequenceFlow id='f' sourceRef='b' targetRef='end'/>"
        ));
        check(&xml, &["error notSupported b"]);
    }
    for definition in [message, signal, escalation, compensate] {
        let xml = with_message(common::process(&format!(
            "<startEvent id='s'/><endEvent id='e'>{definition}</endEvent>\
             <sequenceFlow id='f' sourceRef='s' targetRef='e'/>"
        )));
        check(&xml, &["error notSupported e"]);
    }
}

#[test]
fn links_run_from_a_throwing_to_a_catching_event_and_are_refused_on_both_sides() {
    check(
        &common::process(
            "<startEvent id='s'/><sequenceFlow id='f' sourceRef='s' targetRef='t'/>\
             <intermediateThrowEvent id='t'><linkEventDefinition name='on'/></intermediateThrowEvent>\
             <intermediateCatchEvent id='c'><linkEventDefinition name='on'/></intermediateCatchEvent>\
             <endEvent id='e'/><sequenceFlow id='g' sourceRef='c' targetRef='e'/>",
        ),
        &["error notSupported t", "error notSupported c"],
    );
}

#[test]
fn what_is_cancelled_is_a_transaction_and_refused_with_it() {
    check(
        &around(
            "<transaction id='x'><startEvent id='s'/><sequenceFlow id='a' sourceRef='s' targetRef='e'/>\
             <endEvent id='e'><cancelEventDefinition/></endEvent></transaction>\
             <boundaryEvent id='b' attachedToRef='x'><cancelEventDefinition/></boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>",
        ),
        &[
            "error notSupported x",
            "error notSupported e",
            "error notSupported b",
        ],
    );
}

#[test]
fn events_with_several_triggers_are_refused() {
    check(
        &around(
            "<intermediateCatchEvent id='x'><timerEventDefinition><timeDuration>PT1H</timeDuration>\
             </timerEventDefinition><signalEventDefinition/>\
             </intermediateCatchEvent>",
        ),
        &["error notSupported x"],
    );
}

#[test]
fn loops_compensation_and_token_quantities_are_refused() {
    check(
        &around("<manualTask id='x'><standardLoopCharacteristics/></manualTask>"),
        &["error notSupported x"],
    );
    check(
        &around("<manualTask id='x'><multiInstanceLoopCharacteristics id='l'/></manualTask>"),
        &["error notSupported x"],
    );
    check(
        &around("<manualTask id='x' startQuantity='2'/>"),
        &["error notSupported x"],
    );
    check(&around("<manualTask id='x' completionQuantity='1'/>"), &[]);
    check(
        &around(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'><compensateEventDefinition/>\
             </boundaryEvent><manualTask id='undo' isForCompensation='true'/>\
             <association id='a' sourceRef='b' targetRef='undo'/>",
        ),
        &["error notSupported b", "error notSupported undo"],
    );
}

#[test]
fn an_event_sub_process_is_refused_once() {
    check(
        &common::process(
            "<startEvent id='s'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='e'/>\
             <subProcess id='x' triggeredByEvent='true'><startEvent id='t'><signalEventDefinition/>\
             </startEvent><endEvent id='u'/><sequenceFlow id='g' sourceRef='t' targetRef='u'/></subProcess>",
        ),
        &["error notSupported x"],
    );
}

#[test]
fn data_associations_are_refused_only_if_they_move_data() {
    // As modelers draw an arrow from a document to a task.
    check(
        &around(
            "<dataObjectReference id='d'/><manualTask id='x'><property id='y' name='__targetRef_placeholder'/>\
             <dataInputAssociation id='a'><sourceRef>d</sourceRef><targetRef>y</targetRef>\
             </dataInputAssociation><dataOutputAssociation id='b'><targetRef>d</targetRef>\
             </dataOutputAssociation></manualTask>",
        ),
        &[],
    );
    check(
        &around(
            "<manualTask id='x'><dataInputAssociation id='a'><targetRef>y</targetRef><assignment>\
             <from>1</from><to>y</to></assignment></dataInputAssociation></manualTask>",
        ),
        &["error notSupported x"],
    );
    check(
        &around(
            "<manualTask id='x'><ioSpecification><dataInput id='y' itemSubjectRef='t'/></ioSpecification>\
             <dataInputAssociation id='a'><sourceRef>d</sourceRef><targetRef>y</targetRef>\
             </dataInputAssociation></manualTask>",
        ),
        &["warning unknownReference x", "error notSupported x"],
    );
}

#[test]
fn people_named_in_bpmns_own_way_are_pointed_out() {
    check(
        &around("<userTask id='x'><potentialOwner id='o'/></userTask>"),
        &["warning notSupported x", "warning unassignedTask x"],
    );
}
