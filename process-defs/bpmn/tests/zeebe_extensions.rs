//! Camunda 8's extensions beyond jobs and mappings: listeners, priorities, lanes, versions and working time; and who does
//! a task in BPMN's own way.

mod common;

use common::{around, around_in, check, element, graph, process, timer};
use redthread_bpmn::graph::{Assignment, ElementKind, Listener, Text, Timer, Trigger, UserTask};

fn text(text: &Text) -> String {
    match text {
        Text::Literal(literal) => literal.to_string(),
        Text::Expression(expression) => format!("={expression}"),
    }
}

fn shown(listeners: &[Listener]) -> Vec<String> {
    let one = |listener: &Listener| {
        let headers: Vec<String> = listener
            .headers
            .iter()
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        format!(
            "{} {}{}",
            text(&listener.job_type),
            text(&listener.retries),
            headers.concat()
        )
    };
    listeners.iter().map(one).collect()
}

fn user_task(content: &str, check: impl Fn(&UserTask)) {
    let graph = graph(around(&format!("<userTask id='x'>{content}</userTask>")).as_bytes());
    match &element(&graph, "x").kind {
        ElementKind::UserTask(task) => check(task),
        other => panic!("{other:?}"),
    }
}

#[test]
fn listeners_are_jobs_before_and_after_an_element() {
    let graph = graph(
        around(
            "<exclusiveGateway id='x'><extensionElements><zeebe:executionListeners>\
             <zeebe:executionListener eventType='start' type='log'/>\
             <zeebe:executionListener eventType='end' type='=kind' retries='5'><zeebe:taskHeaders>\
             <zeebe:header key='to' value='audit'/></zeebe:taskHeaders></zeebe:executionListener>\
             <zeebe:executionListener eventType='start' type='count'/>\
             </zeebe:executionListeners></extensionElements></exclusiveGateway>",
        )
        .as_bytes(),
    );
    let listeners = &element(&graph, "x").listeners;
    assert_eq!(shown(&listeners.start), ["log 3", "count 3"]);
    assert_eq!(shown(&listeners.end), ["=kind 5 to=audit"]);
}

#[test]
fn listeners_of_a_user_task_are_told_when_it_is_made_and_completed() {
    let task = |listeners: &str| {
        around(&format!(
            "<userTask id='x'><extensionElements><zeebe:assignmentDefinition assignee='ann'/>\
             <zeebe:taskListeners>{listeners}</zeebe:taskListeners></extensionElements></userTask>"
        ))
    };
    let graph = graph(
        task(
            "<zeebe:taskListener eventType='creating' type='a'/><zeebe:taskListener eventType='completing' type='b'/>",
        )
        .as_bytes(),
    );
    let listeners = &element(&graph, "x").listeners;
    assert_eq!(shown(&listeners.creating), ["a 3"]);
    assert_eq!(shown(&listeners.completing), ["b 3"]);
    check(
        &task("<zeebe:taskListener eventType='creating'/>"),
        &["error missingJobType x"],
    );
    check(
        &task("<zeebe:taskListener eventType='reading' type='a'/>"),
        &["error badValue x"],
    );
}

#[test]
fn a_user_task_has_a_priority() {
    let with = |priority: &str| {
        format!(
            "<extensionElements><zeebe:assignmentDefinition assignee='ann'/>\
             <zeebe:priorityDefinition priority='{priority}'/></extensionElements>"
        )
    };
    for (priority, expected) in [("80", "80"), ("=urgency * 10", "=urgency * 10")] {
        user_task(&with(priority), |task| {
            assert_eq!(task.priority.as_ref().map(text).as_deref(), Some(expected));
        });
    }
    for wrong in ["101", "-1", "high"] {
        let task = format!("<userTask id='x'>{}</userTask>", with(wrong));
        check(&around(&task), &["error badValue x"]);
    }
}

#[test]
fn a_lane_says_who_does_its_tasks() {
    let graph = graph(
        process(&format!(
            "<laneSet id='ls'><lane id='outer'><extensionElements>\
             <zeebe:assignmentDefinition candidateGroups='sales' assignee='=owner'/></extensionElements>\
             <childLaneSet id='c'><lane id='inner' name='Inner'><flowNodeRef>x</flowNodeRef></lane></childLaneSet>\
             </lane></laneSet>{}",
            around_in("<userTask id='x'/>")
        ))
        .as_bytes(),
    );
    let outer = &graph.lanes[0].assignment;
    assert_eq!(
        outer.candidate_teams.as_ref().map(text).as_deref(),
        Some("sales")
    );
    assert_eq!(outer.assignee.as_ref().map(text).as_deref(), Some("=owner"));
    assert!(graph.lanes[1].assignment.is_empty());
    // Somebody is assigned: by the lane around the task's own.
    assert_eq!(element(&graph, "x").lane, Some(1));
}

#[test]
fn a_process_has_a_version_tag() {
    let graph = graph(
        process(&format!(
            "<extensionElements><zeebe:versionTag value='v3'/></extensionElements>{}",
            around_in("<manualTask id='x'/>")
        ))
        .as_bytes(),
    );
    assert_eq!(graph.version_tag.as_deref(), Some("v3"));
}

#[test]
fn a_duration_is_counted_in_working_time_where_a_property_says_so() {
    let waiting = |kind: &str, time: &str, value: &str| {
        around(&format!(
            "<intermediateCatchEvent id='x'><extensionElements><zeebe:properties>\
             <zeebe:property name='redthread:time' value='{value}'/></zeebe:properties></extensionElements>{}\
             </intermediateCatchEvent>",
            timer(kind, time)
        ))
    };
    let working = |xml: &str| {
        let graph = graph(xml.as_bytes());
        match element(&graph, "x").kind.trigger() {
            Some(Trigger::Timer(Timer::WorkingDuration(_))) => true,
            Some(Trigger::Timer(Timer::Duration(_))) => false,
            other => panic!("{other:?}"),
        }
    };
    assert!(working(&waiting("timeDuration", "P3D", "working")));
    assert!(!working(&waiting("timeDuration", "P3D", "calendar")));
    check(
        &waiting("timeDuration", "P3D", "business"),
        &["error badValue x"],
    );
    check(
        &waiting("timeDate", "2026-01-05", "working"),
        &["warning unexpectedExtension x"],
    );
}

#[test]
fn extensions_of_loops_and_events_that_mean_nothing_there_are_pointed_out() {
    check(
        &around(
            "<manualTask id='x'><standardLoopCharacteristics loopMaximum='2'><extensionElements>\
             <zeebe:loopCharacteristics inputCollection='=a'/></extensionElements></standardLoopCharacteristics></manualTask>",
        ),
        &["warning unexpectedExtension x"],
    );
}

#[test]
fn attributes_that_nothing_reads_are_pointed_out() {
    let task = |attribute: &str, definition: &str| {
        around(&format!(
            "<serviceTask id='x' {attribute}><extensionElements><zeebe:taskDefinition type='t' {definition}/>\
             </extensionElements></serviceTask>"
        ))
    };
    check(&task("zeebe:modelerTemplate='mail'", "retries='2'"), &[]);
    check(&task("", "retry='2'"), &["warning unexpectedExtension x"]);
    check(
        &task("zeebe:retryCounter='n'", ""),
        &["warning unexpectedExtension x"],
    );
}

#[test]
fn a_script_task_has_a_script_or_a_job() {
    check(
        &around(
            "<scriptTask id='x'><extensionElements><zeebe:script expression='=1' resultVariable='a'/>\
             <zeebe:taskDefinition type='t'/></extensionElements></scriptTask>",
        ),
        &["error badValue x"],
    );
}

/// Who does a task, where BPMN's own roles say it.
fn assigned(roles: &str) -> [String; 3] {
    let graph = graph(around(&format!("<userTask id='x'>{roles}</userTask>")).as_bytes());
    let ElementKind::UserTask(task) = &element(&graph, "x").kind else {
        panic!()
    };
    let Assignment {
        assignee,
        candidate_teams,
        candidate_users,
    } = &task.assignment;
    [assignee, candidate_teams, candidate_users]
        .map(|found| found.as_ref().map(text).unwrap_or_default())
}

#[test]
fn performers_and_potential_owners_are_found_by_an_expression() {
    let role = |name: &str, expression: &str| {
        format!(
            "<{name}><resourceAssignmentExpression><formalExpression>{expression}</formalExpression>\
             </resourceAssignmentExpression></{name}>"
        )
    };
    assert_eq!(
        assigned(&role("humanPerformer", "order.owner")),
        ["=order.owner", "", ""]
    );
    assert_eq!(
        assigned(&role("potentialOwner", "=\"sales\"")),
        ["", "=\"sales\"", ""]
    );
    assert_eq!(
        assigned(&role(
            "potentialOwner",
            "user(ann), group(sales), group(finance)"
        )),
        ["", "sales,finance", "ann"]
    );
    check(
        &around(&format!(
            "<userTask id='x'>{}</userTask>",
            role("humanPerformer", "${owner}")
        )),
        &["error badExpression x"],
    );
}
