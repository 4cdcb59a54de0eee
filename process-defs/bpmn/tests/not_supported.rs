//! What BPMN has and does not run yet is refused by name: no element may deploy and then silently do
//! nothing.

mod common;

use std::collections::HashSet;

use common::{around, check, diagram, fixture, lines};
use redthread_bpmn::Code;
use redthread_bpmn::model::NodeKind;

#[test]
fn every_kind_of_flow_node_either_runs_or_is_refused_by_name() {
    let running = diagram(&fixture("every-element.bpmn"));
    let nodes = running
        .model
        .processes
        .iter()
        .flat_map(|process| &process.flow_nodes);
    let runs: HashSet<NodeKind> = nodes.map(|node| node.kind).collect();
    for &kind in NodeKind::ALL {
        let diagram = diagram(around(&format!("<{kind} id='x'/>")).as_bytes());
        let refusal = diagram
            .problems
            .iter()
            .find(|problem| problem.code == Code::NotSupported);
        assert_eq!(
            refusal.is_none(),
            runs.contains(&kind),
            "{kind}: {:?}",
            diagram.problems
        );
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
    for definition in ["signal", "conditional"] {
        check(
            &around(&format!(
                "<intermediateCatchEvent id='x'><{definition}EventDefinition/></intermediateCatchEvent>"
            )),
            &["error notSupported x"],
        );
    }
    for definition in ["message", "signal", "escalation", "link", "compensate"] {
        check(
            &around(&format!(
                "<intermediateThrowEvent id='x'><{definition}EventDefinition/></intermediateThrowEvent>"
            )),
            &["error notSupported x"],
        );
    }
    for definition in [
        "signal",
        "escalation",
        "compensate",
        "cancel",
        "conditional",
    ] {
        let xml = around(&format!(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'><{definition}EventDefinition/>\
             </boundaryEvent><sequenceFlow id='f' sourceRef='b' targetRef='end'/>"
        ));
        check(&xml, &["error notSupported b"]);
    }
    for definition in ["message", "signal", "escalation", "compensate", "cancel"] {
        let xml = common::process(&format!(
            "<startEvent id='s'/><endEvent id='e'><{definition}EventDefinition/></endEvent>\
             <sequenceFlow id='f' sourceRef='s' targetRef='e'/>"
        ));
        check(&xml, &["error notSupported e"]);
    }
}

#[test]
fn events_with_several_triggers_are_refused() {
    check(
        &around(
            "<intermediateCatchEvent id='x'><messageEventDefinition/><signalEventDefinition/>\
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
    let xml = around("<manualTask id='x' isForCompensation='true'/>");
    assert_eq!(
        lines(&diagram(xml.as_bytes()).problems),
        ["error notSupported x"]
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
        &["error notSupported x"],
    );
}

#[test]
fn people_named_in_bpmns_own_way_are_pointed_out() {
    check(
        &around("<userTask id='x'><potentialOwner id='o'/></userTask>"),
        &["warning notSupported x", "warning unassignedTask x"],
    );
}
