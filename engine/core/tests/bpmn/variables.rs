//! Variables and mappings: scoped as in Camunda 8.

use crate::run::Run;
use redthread_core::{Command, Holder, Key, Rejection};

fn service(mapping: &str) -> String {
    format!(
        r#"<startEvent id="Start"/>
        <serviceTask id="Price"><extensionElements><zeebe:taskDefinition type="price"/>{mapping}</extensionElements></serviceTask>
        <userTask id="Look"/> <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Price"/> <sequenceFlow id="f2" sourceRef="Price" targetRef="Look"/>
        <sequenceFlow id="f3" sourceRef="Look" targetRef="End"/>"#
    )
}

#[test]
fn without_output_mappings_all_results_become_variables_of_the_instance() {
    let mut run = Run::with(&service(""), "{total: 1}");
    run.complete_job("Price", "{total: 7, tax: 2}");
    assert_eq!(
        (run.variable("total"), run.variable("tax")),
        ("7".into(), "2".into())
    );
}

#[test]
fn input_mappings_are_local_and_output_mappings_decide_what_goes_out() {
    let mapping = r#"<zeebe:ioMapping>
        <zeebe:input source="=order.net * 2" target="double"/>
        <zeebe:input source="=double + 1" target="more"/>
        <zeebe:output source="=price + more" target="order.gross"/>
      </zeebe:ioMapping>"#;
    let mut run = Run::with(&service(mapping), "{order: {net: 10}}");
    run.complete_job("Price", "{price: 100, secret: true}");
    assert_eq!(run.variable("order"), "{net: 10, gross: 121}");
    assert_eq!(
        (run.variable("secret"), run.variable("double")),
        ("(none)".into(), "(none)".into())
    );
}

#[test]
fn the_record_that_an_instance_is_about_is_known_by_its_kind() {
    let body = r#"<startEvent id="Start"/>
        <userTask id="Solve"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="=case.owner.login"/>
          <zeebe:taskSchedule dueDate="=now() + duration(&quot;P2D&quot;)"/></extensionElements></userTask>
        <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Solve"/> <sequenceFlow id="f2" sourceRef="Solve" targetRef="End"/>"#;
    let run = Run::about(body, "{}", Some("{owner: {login: \"anna\"}}"));
    let task = run.task("Solve");
    assert_eq!(task.assignee.as_deref(), Some("anna"));
    assert_eq!(task.due.unwrap().to_string(), "2026-01-07T09:00:00Z");
}

#[test]
fn a_task_that_nothing_assigns_goes_to_the_team_named_like_its_lane_else_to_the_owner_of_the_process()
 {
    let run = Run::of(
        r#"<laneSet id="lanes"><lane id="Lane_1" name="Support desk"><childLaneSet id="inner"><lane id="Lane_2"><flowNodeRef>Answer</flowNodeRef></lane></childLaneSet></lane>
          <lane id="Lane_3" name="Nobody knows this team"><flowNodeRef>Ask</flowNodeRef></lane></laneSet>
        <startEvent id="Start"/> <userTask id="Answer"/> <userTask id="Check"/> <userTask id="Ask"/> <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Answer"/> <sequenceFlow id="f2" sourceRef="Start" targetRef="Check"/>
        <sequenceFlow id="f3" sourceRef="Answer" targetRef="End"/> <sequenceFlow id="f4" sourceRef="Check" targetRef="End"/>
        <sequenceFlow id="f5" sourceRef="Start" targetRef="Ask"/> <sequenceFlow id="f6" sourceRef="Ask" targetRef="End"/>"#,
    );
    assert_eq!(run.task("Answer").candidate_teams, ["support"]);
    assert_eq!(run.task("Check").candidate_users, ["owner"]);
    assert_eq!(run.task("Ask").candidate_users, ["owner"]);
}

#[test]
fn a_task_that_somebody_else_has_taken_meanwhile_is_not_completed() {
    let body = r#"<startEvent id="Start"/> <userTask id="Work"/> <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Work"/> <sequenceFlow id="f2" sourceRef="Work" targetRef="End"/>"#;
    let mut run = Run::of(body);
    let task = *run.state.waits.keys().next().unwrap();
    let take = |login: &str| Command::AssignTask {
        task,
        holder: Holder::Nobody,
        assignee: Some(login.into()),
        reason: None,
    };
    run.send(take("anna")).unwrap();
    let refused = Rejection::HeldByOther {
        expected: "nobody".into(),
        found: "anna".into(),
    };
    assert_eq!(run.send(take("boris")), Err(refused.clone()));
    let complete = Command::CompleteTask {
        task,
        holder: Holder::Nobody,
        variables: Default::default(),
    };
    assert_eq!(run.send(complete), Err(refused));
}

#[test]
fn a_variable_cannot_be_set_where_there_is_no_scope() {
    let mut run = Run::of(&service(""));
    let set = Command::SetVariables {
        scope: Key(77),
        variables: crate::run::variables("{a: 1}"),
        reason: None,
    };
    assert_eq!(run.send(set), Err(Rejection::NoScope(Key(77))));
}

#[test]
fn null_that_an_expression_writes_itself_is_a_value_and_null_from_a_mistake_is_an_incident() {
    let script = |expression: &str| {
        format!(
            r#"<startEvent id="Start"/>
            <scriptTask id="Find"><extensionElements><zeebe:script expression="={expression}" resultVariable="who"/></extensionElements></scriptTask>
            <userTask id="Look"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="=if boss = null then null else boss.login" candidateGroups="support"/></extensionElements></userTask>
            <endEvent id="End"/>
            <sequenceFlow id="f1" sourceRef="Start" targetRef="Find"/> <sequenceFlow id="f2" sourceRef="Find" targetRef="Look"/>
            <sequenceFlow id="f3" sourceRef="Look" targetRef="End"/>"#
        )
    };
    let run = Run::of(&script("if boss = null then null else boss.login"));
    assert_eq!(run.stands_at(), ["Look"], "{:?}", run.said());
    assert_eq!(run.variable("who"), "null");
    assert_eq!(run.task("Look").assignee, None);
    let mut run = Run::of(&script("boss.login"));
    assert_eq!(run.last(1), ["Find incident expressionFailed"]);
    assert!(run.said()[0].contains("boss"), "{:?}", run.said());
}
