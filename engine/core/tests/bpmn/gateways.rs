//! Gateways (BPMN 2.0 section 13.4).

use crate::run::Run;

const CHOICE: &str = r#"
    <startEvent id="Start"/>
    <exclusiveGateway id="Amount" default="Small"/>
    <manualTask id="Board"/> <manualTask id="Clerk"/>
    <endEvent id="End"/>
    <sequenceFlow id="In" sourceRef="Start" targetRef="Amount"/>
    <sequenceFlow id="Large" sourceRef="Amount" targetRef="Board">
      <conditionExpression xsi:type="tFormalExpression">=amount > 1000</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="Small" sourceRef="Amount" targetRef="Clerk"/>
    <sequenceFlow id="A" sourceRef="Board" targetRef="End"/>
    <sequenceFlow id="B" sourceRef="Clerk" targetRef="End"/>"#;

#[test]
fn an_exclusive_gateway_takes_the_first_flow_whose_condition_is_true() {
    let mut run = Run::with(CHOICE, "{amount: 5000}");
    assert_eq!(
        run.trace(),
        [
            "Start activated",
            "Start completed",
            "> In",
            "Amount activated",
            "Amount completed",
            "> Large",
            "Board activated",
            "Board completed",
            "> A",
            "End activated",
            "End completed",
            "process completed"
        ]
    );
}

#[test]
fn an_exclusive_gateway_takes_the_default_flow_when_no_condition_is_true() {
    let trace = Run::with(CHOICE, "{amount: 10}").trace();
    assert!(trace.contains(&"> Small".to_owned()) && !trace.contains(&"> Large".to_owned()));
}

#[test]
fn a_condition_on_a_missing_variable_is_an_incident_and_not_a_no() {
    let mut run = Run::of(CHOICE);
    assert_eq!(run.last(1), ["Amount incident expressionFailed"]);
    let incident = run.state.incidents.values().next().unwrap();
    assert!(incident.message.contains("amount"), "{}", incident.message);
    run.set("{amount: 2000}").retry();
    assert_eq!(run.last(1), ["process completed"]);
}

#[test]
fn without_a_true_condition_or_a_default_flow_the_gateway_is_stuck_until_the_values_fit() {
    let body = CHOICE.replace(r#" default="Small""#, "").replace(
        r#"<sequenceFlow id="Small" sourceRef="Amount" targetRef="Clerk"/>"#,
        r#"<sequenceFlow id="Small" sourceRef="Amount" targetRef="Clerk">
             <conditionExpression>amount &lt; 10</conditionExpression></sequenceFlow>"#,
    );
    let mut run = Run::with(&body, "{amount: 500}");
    assert_eq!(run.last(1), ["Amount incident noFlow"]);
    run.set("{amount: 5}").retry();
    assert_eq!(run.last(1), ["process completed"]);
    assert!(run.state.incidents.is_empty());
}

const PARALLEL: &str = r#"
    <startEvent id="Start"/> <parallelGateway id="Fork"/> <userTask id="A"/> <userTask id="B"/>
    <parallelGateway id="Join"/> <endEvent id="End"/>
    <sequenceFlow id="f1" sourceRef="Start" targetRef="Fork"/>
    <sequenceFlow id="f2" sourceRef="Fork" targetRef="A"/> <sequenceFlow id="f3" sourceRef="Fork" targetRef="B"/>
    <sequenceFlow id="f4" sourceRef="A" targetRef="Join"/> <sequenceFlow id="f5" sourceRef="B" targetRef="Join"/>
    <sequenceFlow id="f6" sourceRef="Join" targetRef="End"/>"#;

#[test]
fn a_parallel_join_waits_for_a_token_on_each_incoming_flow() {
    let mut run = Run::of(PARALLEL);
    assert_eq!(run.stands_at(), ["A", "B"]);
    run.complete_task("B", "{}");
    assert_eq!(run.stands_at(), ["A", "> f5"]);
    run.complete_task("A", "{}");
    assert_eq!(
        run.last(6),
        [
            "Join activated",
            "Join completed",
            "> f6",
            "End activated",
            "End completed",
            "process completed"
        ]
    );
}

#[test]
fn a_join_that_never_gets_its_second_token_keeps_the_instance_open() {
    let body = PARALLEL
        .replace("parallelGateway id=\"Fork\"", "exclusiveGateway default=\"f3\" id=\"Fork\"")
        .replace(
            r#"<sequenceFlow id="f2" sourceRef="Fork" targetRef="A"/>"#,
            r#"<sequenceFlow id="f2" sourceRef="Fork" targetRef="A"><conditionExpression>false</conditionExpression></sequenceFlow>"#,
        );
    let mut run = Run::of(&body);
    run.complete_task("B", "{}");
    assert_eq!(run.stands_at(), ["> f5"]);
    assert_eq!(run.state.status.as_str(), "active");
}

#[test]
fn an_activity_with_two_outgoing_flows_puts_a_token_on_each() {
    let mut run = Run::of(
        r#"<startEvent id="Start"/> <task id="Split"/> <endEvent id="One"/> <endEvent id="Two"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Split"/>
        <sequenceFlow id="f2" sourceRef="Split" targetRef="One"/> <sequenceFlow id="f3" sourceRef="Split" targetRef="Two"/>"#,
    );
    let trace = run.trace();
    assert!(
        trace.contains(&"One completed".to_owned()) && trace.contains(&"Two completed".to_owned())
    );
    assert_eq!(run.last(1), ["process completed"]);
}

#[test]
fn a_loop_in_a_diagram_runs_in_steps_that_end() {
    let mut run = Run::with(
        r#"<startEvent id="Start"/> <exclusiveGateway id="Again"/>
        <scriptTask id="Count"><extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></extensionElements></scriptTask>
        <exclusiveGateway id="Enough" default="Back"/> <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Again"/> <sequenceFlow id="f2" sourceRef="Again" targetRef="Count"/>
        <sequenceFlow id="f3" sourceRef="Count" targetRef="Enough"/> <sequenceFlow id="Back" sourceRef="Enough" targetRef="Again"/>
        <sequenceFlow id="Out" sourceRef="Enough" targetRef="End"><conditionExpression>n >= 2000</conditionExpression></sequenceFlow>"#,
        "{n: 0}",
    );
    assert_eq!(run.state.status.as_str(), "active");
    let more = run.go_on();
    assert_eq!(run.state.status.as_str(), "completed");
    assert_eq!(run.variable("n"), "2000");
    assert_eq!(more, 6, "6,001 tokens in steps of 1,000");
}
