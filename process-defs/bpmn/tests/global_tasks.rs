//! Global tasks (BPMN 2.0 section 10.3.4): each can be called like a process of its one task.

mod common;

use common::{around_in, check, diagram, process_beside};
use redthread_bpmn::graph::ElementKind;

#[test]
fn a_global_task_is_a_process_of_one_task_under_its_id() {
    let xml = process_beside(
        "<globalTask id='note'/><globalManualTask id='pack'/>\
         <globalScriptTask id='add' name='Add' scriptLanguage='feel'><script>{sum: a + b}</script></globalScriptTask>\
         <globalUserTask id='approve'><extensionElements><zeebe:assignmentDefinition assignee='ann'/>\
         </extensionElements></globalUserTask>\
         <globalBusinessRuleTask id='decide'><extensionElements>\
         <zeebe:calledDecision decisionId='d' resultVariable='r'/></extensionElements></globalBusinessRuleTask>",
        &around_in("<callActivity id='x' calledElement='add'/>"),
    );
    let diagram = diagram(xml.as_bytes());
    assert!(diagram.problems.is_empty(), "{:#?}", diagram.problems);
    let found: Vec<String> = diagram.processes[1..]
        .iter()
        .map(|graph| {
            let [task] = graph.initial(None)[..] else {
                panic!()
            };
            let task = graph.element(task);
            assert_eq!(graph.id, task.id);
            format!("{} {}", graph.id, task.kind.bpmn_name())
        })
        .collect();
    assert_eq!(
        found,
        [
            "note task",
            "pack manualTask",
            "add scriptTask",
            "approve userTask",
            "decide businessRuleTask",
        ]
    );
    let ElementKind::ScriptTask(script) = &diagram.processes[3].elements[0].kind else {
        panic!()
    };
    assert_eq!(script.expression.text(), "{sum: a + b}");
    assert_eq!(diagram.processes[3].name.as_deref(), Some("Add"));
}

#[test]
fn global_tasks_are_no_flow_nodes_and_no_reason_to_deploy_a_drawing() {
    let tasks = "<globalTask id='note'/><globalUserTask id='approve'/>";
    let diagram = diagram(
        common::definitions(&format!(
            "{tasks}<process id='idea'><task id='t'/></process>"
        ))
        .as_bytes(),
    );
    assert_eq!(diagram.model.flow_node_count(), 1);
    assert!(diagram.is_drawing() && diagram.processes.is_empty());
}

#[test]
fn what_is_wrong_with_a_global_task_is_shown_on_it() {
    check(
        &process_beside(
            "<globalScriptTask id='add' scriptLanguage='groovy'><script>a</script></globalScriptTask>",
            &around_in("<task id='x'/>"),
        ),
        &["error notSupported add"],
    );
}
