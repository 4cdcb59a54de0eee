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
            ImplicitThrowEvent | ChoreographyTask | SubChoreography | CallChoreography
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
fn a_condition_behind_a_gateway_that_starts_a_process_is_refused() {
    check(
        &common::process(
            "<eventBasedGateway id='g' instantiate='true'/><intermediateCatchEvent id='a'>\
             <conditionalEventDefinition><condition>a</condition></conditionalEventDefinition></intermediateCatchEvent>\
             <intermediateCatchEvent id='b'><signalEventDefinition signalRef='anySignal'/></intermediateCatchEvent>\
             <endEvent id='e'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\
             <sequenceFlow id='h' sourceRef='g' targetRef='b'/><sequenceFlow id='i' sourceRef='a' targetRef='e'/>\
             <sequenceFlow id='j' sourceRef='b' targetRef='e'/>",
        ),
        &["error notSupported a"],
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
fn thousands_of_tokens_at_once_are_refused() {
    check(
        &around("<manualTask id='x' completionQuantity='1000'/>"),
        &[],
    );
    check(
        &around("<manualTask id='x' completionQuantity='1001'/>"),
        &["error notSupported x"],
    );
}

#[test]
fn what_camunda_leaves_to_jobs_and_lists_in_an_ad_hoc_sub_process_is_refused() {
    for extension in [
        "<zeebe:taskDefinition type='agent'/>",
        "<zeebe:adHoc outputCollection='results' outputElement='=result'/>",
    ] {
        check(
            &around(&format!(
                "<adHocSubProcess id='x'><extensionElements>{extension}</extensionElements>\
                 <manualTask id='t'/></adHocSubProcess>"
            )),
            &["error notSupported x"],
        );
    }
}

#[test]
fn data_stores_are_refused_where_data_would_move() {
    let moving = |end: &str| {
        around(&format!(
            "<dataStoreReference id='d'/><manualTask id='x'><ioSpecification><dataInput id='y'/>\
             <inputSet><dataInputRefs>y</dataInputRefs></inputSet><outputSet/></ioSpecification>\
             <property id='q' name='__targetRef_placeholder'/>\
             <dataInputAssociation id='a'><sourceRef>d</sourceRef><targetRef>{end}</targetRef>\
             </dataInputAssociation></manualTask>"
        ))
    };
    check(&moving("y"), &["error notSupported x"]);
    // An arrow that only shows where something is kept.
    check(&moving("q"), &[]);
}

#[test]
fn listeners_of_other_events_and_of_a_whole_process_are_refused() {
    for event in ["assigning", "updating", "canceling"] {
        check(
            &around(&format!(
                "<userTask id='x'><extensionElements><zeebe:assignmentDefinition assignee='ann'/>\
                 <zeebe:taskListeners><zeebe:taskListener eventType='{event}' type='t'/></zeebe:taskListeners>\
                 </extensionElements></userTask>"
            )),
            &["error notSupported x"],
        );
    }
    check(
        &common::process(&format!(
            "<extensionElements><zeebe:executionListeners>\
             <zeebe:executionListener eventType='start' type='t'/></zeebe:executionListeners></extensionElements>{}",
            common::around_in("<manualTask id='x'/>")
        )),
        &["error notSupported p"],
    );
}

#[test]
fn linked_resources_are_refused_and_priorities_of_jobs_pointed_out() {
    let task = |extension: &str| {
        around(&format!(
            "<serviceTask id='x'><extensionElements><zeebe:taskDefinition type='t'/>{extension}\
             </extensionElements></serviceTask>"
        ))
    };
    check(&task("<zeebe:linkedResources/>"), &["error notSupported x"]);
    check(
        &task("<zeebe:jobPriorityDefinition priority='5'/>"),
        &["warning notSupported x"],
    );
}

#[test]
fn people_named_in_a_way_that_is_not_read_are_pointed_out() {
    check(
        &around("<userTask id='x'><potentialOwner id='o'/></userTask>"),
        &["warning notSupported x", "warning unassignedTask x"],
    );
    check(
        &around("<manualTask id='x'><performer id='o'/></manualTask>"),
        &["warning notSupported x"],
    );
}
