//! Files as tools write them: prefixes, encodings, with and without a diagram part, several
//! processes, pools and lanes.

mod common;

use common::{check, diagram, fixture, graph};
use redthread_bpmn::model::NodeKind;
use redthread_bpmn::{Limits, read, summary};

#[test]
fn every_way_of_writing_a_file_gives_the_same_process() {
    for (name, label) in [
        ("default-namespace.bpmn", "Check"),
        ("utf-16.bpmn", "Проверить"),
        ("windows-1252.bpmn", "Vérifier – 5 €"),
        ("no-diagram.bpmn", "Check"),
    ] {
        let graph = graph(&fixture(name));
        let ids: Vec<&str> = graph.elements.iter().map(|element| &*element.id).collect();
        assert_eq!(ids, ["start", "check", "end"], "{name}");
        assert_eq!(graph.elements[1].label(), label, "{name}");
        assert_eq!(graph.name.as_deref(), Some(label), "{name}");
        assert_eq!(graph.flows.len(), 2, "{name}");
    }
}

#[test]
fn of_several_processes_the_executable_ones_run_and_the_others_are_kept() {
    let diagram = diagram(&fixture("several-processes.bpmn"));
    assert!(!diagram.is_drawing());
    assert!(diagram.problems.is_empty(), "{:?}", diagram.problems);
    let running: Vec<&str> = diagram
        .processes
        .iter()
        .map(|process| &*process.id)
        .collect();
    assert_eq!(running, ["small", "tiny"]);
    let kept: Vec<_> = diagram
        .model
        .processes
        .iter()
        .map(|process| process.executable)
        .collect();
    assert_eq!(kept, [true, false, true]);
    assert_eq!(
        diagram.model.processes[1].flow_nodes[1].kind,
        NodeKind::InclusiveGateway
    );
}

#[test]
fn a_summary_counts_elements_by_kind() {
    let summary = summary(&diagram(&fixture("collaboration.bpmn")).model);
    assert_eq!(
        serde_json::to_value(summary).unwrap(),
        serde_json::json!([{
            "id": "inquiry",
            "executable": true,
            "flowNodes": 5,
            "elements": {
                "association": 1,
                "dataObject": 1,
                "dataObjectReference": 1,
                "endEvent": 1,
                "lane": 4,
                "sequenceFlow": 4,
                "startEvent": 1,
                "textAnnotation": 1,
                "userTask": 3,
            },
        }])
    );
}

#[test]
fn pools_messages_and_nested_lanes_are_kept() {
    let diagram = diagram(&fixture("collaboration.bpmn"));
    let talk = &diagram.model.collaborations[0];
    let pools: Vec<_> = talk
        .participants
        .iter()
        .map(|pool| pool.process.as_deref())
        .collect();
    assert_eq!(pools, [Some("inquiry"), None]);
    assert_eq!(talk.message_flows[0].target.as_deref(), Some("Asked"));

    let process = &diagram.processes[0];
    let lane_of = |id: &str| {
        let lane = common::element(process, id).lane?;
        Some(&*process.lanes[lane].id)
    };
    assert_eq!(lane_of("Receive"), Some("Desk"));
    assert_eq!(lane_of("Offer"), Some("Sales"));
    assert_eq!(lane_of("Archive"), Some("Back"));
    let around = process
        .lanes
        .iter()
        .find(|lane| &*lane.id == "Desk")
        .unwrap()
        .parent
        .unwrap();
    assert_eq!(process.lanes[around].name.as_deref(), Some("Front office"));
}

#[test]
fn a_task_that_nothing_assigns_goes_to_its_lane_or_to_the_queue() {
    let diagram = diagram(&fixture("collaboration.bpmn"));
    let teams: Vec<&str> = diagram
        .problems
        .iter()
        .map(|problem| &*problem.message)
        .collect();
    assert_eq!(teams.len(), 2);
    assert!(teams[0].contains("“Help desk”"), "{}", teams[0]);
    assert!(teams[1].contains("“Front office”"), "{}", teams[1]);
    check(
        &common::around("<userTask id='x'/>"),
        &["warning unassignedTask x"],
    );
}

#[test]
fn shapes_and_edges_are_kept_with_their_places() {
    let model = diagram(&fixture("collaboration.bpmn")).model;
    let receive = model
        .shapes
        .iter()
        .find(|shape| &*shape.element == "Receive")
        .unwrap();
    assert_eq!((receive.bounds.x, receive.bounds.y), (320.0, 100.0));
    let office = model
        .shapes
        .iter()
        .find(|shape| &*shape.element == "Office")
        .unwrap();
    assert_eq!(office.horizontal, Some(true));
    let question = model
        .edges
        .iter()
        .find(|edge| &*edge.element == "Question")
        .unwrap();
    assert_eq!(question.waypoints.len(), 2);
}

#[test]
fn a_sub_processs_content_lies_in_its_lane() {
    let graph = graph(
        common::process(
            "<laneSet><lane id='l' name='Depot'><flowNodeRef>x</flowNodeRef></lane></laneSet>\
             <startEvent id='start'/><sequenceFlow id='a' sourceRef='start' targetRef='x'/>\
             <subProcess id='x'><startEvent id='s'/><manualTask id='m'/><endEvent id='e'/>\
             <sequenceFlow id='b' sourceRef='s' targetRef='m'/>\
             <sequenceFlow id='c' sourceRef='m' targetRef='e'/></subProcess>\
             <sequenceFlow id='d' sourceRef='x' targetRef='end'/><endEvent id='end'/>",
        )
        .as_bytes(),
    );
    assert_eq!(common::element(&graph, "m").lane, Some(0));
    assert_eq!(common::element(&graph, "start").lane, None);
}

#[test]
fn a_file_without_an_executable_process_is_a_drawing_that_says_what_it_lacks() {
    let xml = common::definitions(
        "<process id='idea'><task id='a'/><serviceTask id='b'/></process>\
         <process id='plan'><startEvent id='s'/><endEvent id='e'/>\
         <sequenceFlow id='f' sourceRef='s' targetRef='e'/></process>",
    );
    let diagram = diagram(xml.as_bytes());
    assert!(diagram.is_drawing());
    assert!(!diagram.has_errors());
    assert!(diagram.processes.is_empty());
    assert_eq!(
        common::lines(&diagram.missing_for_execution()),
        [
            "error notExecutable idea",
            "error missingJobType b",
            "error notExecutable plan",
        ]
    );
}

#[test]
fn what_is_xml_but_not_bpmn_is_a_problem_not_a_failure() {
    check("<html/>", &["error notBpmn -"]);
    check("<definitions/>", &["error notBpmn -"]);
}

#[test]
fn problems_are_written_as_check_prints_them() {
    let diagram = diagram(common::around("<callChoreography id='x'/>").as_bytes());
    assert_eq!(
        serde_json::to_value(&diagram.problems[1]).unwrap(),
        serde_json::json!({
            "element": "x",
            "line": 1,
            "code": "notSupported",
            "severity": "error",
            "message": "Choreographies are drawings, they do not run.",
            "hint": "Draw the part of each participant as a process.",
        })
    );
}

#[test]
fn problems_beyond_the_limit_are_summed_up() {
    let tasks: String = (0..50)
        .map(|n| format!("<serviceTask id='t{n}'/>"))
        .collect();
    let xml = common::process(&tasks);
    let limits = Limits {
        problems: 10,
        ..Limits::default()
    };
    let diagram = read(xml.as_bytes(), &limits).unwrap();
    assert_eq!(diagram.problems.len(), 11);
    assert_eq!(diagram.problems[10].message, "There are 40 more problems.");
    assert!(diagram.has_errors());
    assert!(diagram.processes.is_empty());
}

#[test]
fn a_file_without_a_process_says_so() {
    let diagram = diagram(common::definitions("<collaboration id='c'/>").as_bytes());
    assert!(diagram.is_drawing());
    assert_eq!(
        common::lines(&diagram.missing_for_execution()),
        ["error notExecutable -"]
    );
}

#[test]
fn an_unreadable_file_is_one_problem() {
    let error = read(b"<a>", &Limits::default()).unwrap_err();
    let problem = redthread_bpmn::Problem::from(error);
    assert_eq!(problem.code.as_str(), "unreadable");
    assert_eq!(problem.line, Some(1));
}
