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
fn a_process_that_starts_by_a_condition_is_refused() {
    check(
        &common::process(
            "<startEvent id='s'><conditionalEventDefinition><condition>a</condition>\
             </conditionalEventDefinition></startEvent><endEvent id='e'/>\
             <sequenceFlow id='f' sourceRef='s' targetRef='e'/>",
        ),
        &["error notSupported s"],
    );
}

#[test]
fn a_condition_that_is_looked_at_only_sometimes_is_refused() {
    let waiting = |filter: &str| {
        around(&format!(
            "<intermediateCatchEvent id='x'><conditionalEventDefinition><extensionElements>\
             <zeebe:conditionalFilter {filter}/></extensionElements><condition>a</condition>\
             </conditionalEventDefinition></intermediateCatchEvent>"
        ))
    };
    check(
        &waiting("variableNames='a, b' variableEvents='create, update'"),
        &[],
    );
    check(
        &waiting("variableEvents='create'"),
        &["error notSupported x"],
    );
    check(&waiting("variableNames='=a'"), &["error badValue x"]);
}

#[test]
fn loops_and_token_quantities_are_refused() {
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
