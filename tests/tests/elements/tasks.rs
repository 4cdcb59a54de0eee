//! Tasks and calls (10.3.3, 10.3.6).

use redthread_tests::play::Answer;
use serde_json::json;

use crate::{done_at_once, process};

#[test]
fn a_task_without_a_type_and_a_manual_task_are_passed_at_once() {
    let run = process(
        r#"<startEvent id="s"/><task id="Any"/><manualTask id="ByHand"/><endEvent id="e"/><flows>s -> Any -> ByHand -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done(), ["Any", "ByHand"]);
    assert!(run.has_ended());
}

#[test]
fn a_user_task_waits_for_a_person_and_takes_what_is_entered() {
    let mut run = process(
        r#"<startEvent id="s"/><userTask id="Ask"/><endEvent id="e"/><flows>s -> Ask -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.open(), ["Ask"]);
    run.does_with("Ask", json!({"answer": 42}));
    assert_eq!(run.variable("answer"), json!(42));
    assert!(run.has_ended());
}

const SERVICE: &str = r#"<startEvent id="s"/>
    <serviceTask id="Work"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements></serviceTask>
    <boundaryEvent id="wrong" attachedToRef="Work"><errorEventDefinition errorRef="E"/></boundaryEvent>
    <task id="Repair"/><endEvent id="e"/><endEvent id="e2"/>
    <flows>s -> Work -> e; wrong -> Repair -> e2</flows>"#;
const ERROR: &str = r#"<error id="E" name="Wrong" errorCode="wrong"/>"#;

#[test]
fn a_service_task_waits_for_its_job_and_takes_its_results() {
    let mut run = process(SERVICE).with(ERROR).deployed();
    run.play.answer_with(done_at_once(json!({"sum": 7})));
    run.starts("p", json!({}));
    assert_eq!(run.done(), ["Work"]);
    assert_eq!(run.variable("sum"), json!(7));
    assert!(run.has_ended());
}

#[test]
fn an_error_of_a_job_is_caught_on_its_service_task() {
    let mut run = process(SERVICE).with(ERROR).deployed();
    run.play.answer_with(|_, _| Answer::Throw {
        code: "wrong".to_owned(),
    });
    run.starts("p", json!({}));
    assert_eq!(run.done(), ["Repair"]);
    assert!(run.has_ended());
}

#[test]
fn a_script_task_evaluates_feel() {
    let run = process(
        r#"<startEvent id="s"/><scriptTask id="Add"><extensionElements><zeebe:script expression="=a + b" resultVariable="sum"/></extensionElements></scriptTask>
        <scriptTask id="Twice" scriptFormat="text/feel"><script>{double: sum * 2}</script></scriptTask><endEvent id="e"/><flows>s -> Add -> Twice -> e</flows>"#,
    )
    .starts(json!({"a": 1, "b": 2}));
    assert_eq!(run.variable("sum"), json!(3));
    assert_eq!(run.variable("double"), json!(6));
    assert!(run.has_ended());
}

#[test]
fn a_business_rule_task_takes_the_result_of_its_decision() {
    let mut run = process(
        r#"<startEvent id="s"/><businessRuleTask id="Decide"><extensionElements><zeebe:calledDecision decisionId="double" resultVariable="result"/></extensionElements></businessRuleTask>
        <endEvent id="e"/><flows>s -> Decide -> e</flows>"#,
    )
    .deployed();
    let decision = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dmn" name="dmn" namespace="http://redthread.example/tests">
        <decision id="double" name="double"><variable name="double"/><literalExpression><text>n * 2</text></literalExpression></decision></definitions>"#;
    let deployed = run.play.deploy("d.dmn", decision.as_bytes().to_vec());
    assert!(deployed.is_ok(), "{deployed:?}");
    run.starts("p", json!({"n": 4}));
    assert_eq!(run.variable("result"), json!(8));
    assert!(run.has_ended());
}

#[test]
fn a_send_task_sends_its_message_to_another_process() {
    let mut run = process(
        r#"<startEvent id="s"/><sendTask id="Send" messageRef="m"/><endEvent id="e"/><flows>s -> Send -> e</flows>"#,
    )
    .and(
        "q",
        r#"<startEvent id="t"/><receiveTask id="Receive" messageRef="m"/><endEvent id="f"/><flows>t -> Receive -> f</flows>"#,
    )
    .with(r#"<message id="m" name="news"/>"#)
    .deployed();
    run.starts("q", json!({}));
    assert_eq!(run.done(), [""; 0]);
    run.starts("p", json!({}));
    assert_eq!(run.done_in_any_order(), ["Receive", "Send"]);
    assert!(run.has_ended());
}

#[test]
fn a_receive_task_waits_for_the_message_with_its_key() {
    let mut run = process(
        r#"<startEvent id="s"/><receiveTask id="Receive" messageRef="m"/><endEvent id="e"/><flows>s -> Receive -> e</flows>"#,
    )
    .with(r#"<message id="m" name="news"><extensionElements><zeebe:subscription correlationKey="=place"/></extensionElements></message>"#)
    .starts(json!({"place": "Kazan"}));
    run.hears("news", "Moscow", json!({}));
    assert_eq!(run.done(), [""; 0]);
    run.hears("news", "Kazan", json!({"text": "hello"}));
    assert_eq!(run.done(), ["Receive"]);
    assert_eq!(run.variable("text"), json!("hello"));
}

#[test]
fn a_receive_task_that_instantiates_starts_a_process() {
    let mut run = process(
        r#"<receiveTask id="Receive" messageRef="m" instantiate="true"/><task id="Next"/><flows>Receive -> Next</flows>"#,
    )
    .with(r#"<message id="m" name="news"/>"#)
    .deployed();
    run.hears("news", "", json!({}));
    run.hears("news", "", json!({}));
    assert_eq!(run.done(), ["Receive", "Next", "Receive", "Next"]);
    assert!(run.has_ended());
}

#[test]
fn a_call_activity_runs_another_process_and_takes_its_results() {
    let run = process(
        r#"<startEvent id="s"/><callActivity id="Call"><extensionElements><zeebe:calledElement processId="q"/></extensionElements></callActivity><endEvent id="e"/><flows>s -> Call -> e</flows>"#,
    )
    .and(
        "q",
        r#"<startEvent id="t"/><scriptTask id="Square"><extensionElements><zeebe:script expression="=n * n" resultVariable="square"/></extensionElements></scriptTask><endEvent id="f"/><flows>t -> Square -> f</flows>"#,
    )
    .starts(json!({"n": 5}));
    assert_eq!(run.done(), ["Square", "Call"]);
    assert_eq!(run.variable("square"), json!(25));
    assert!(run.has_ended());
}

#[test]
fn a_call_activity_runs_a_global_task() {
    for (global, waits) in [
        (r#"<globalTask id="g" name="Any"/>"#, false),
        (r#"<globalManualTask id="g"/>"#, false),
        (
            r#"<globalScriptTask id="g" scriptLanguage="text/feel"><script>{x: 1}</script></globalScriptTask>"#,
            false,
        ),
        (r#"<globalUserTask id="g"/>"#, true),
    ] {
        let mut run = process(
            r#"<startEvent id="s"/><callActivity id="Call" calledElement="g"/><endEvent id="e"/><flows>s -> Call -> e</flows>"#,
        )
        .with(global)
        .starts(json!({}));
        assert_eq!(run.open().len(), usize::from(waits), "{global}");
        if waits {
            run.does("g");
        }
        assert_eq!(run.done(), ["Call"], "{global}");
        assert!(run.has_ended(), "{global}");
    }
}

#[test]
fn a_task_with_a_start_quantity_takes_that_many_tokens() {
    let run = process(
        r#"<startEvent id="s"/><task id="Make" completionQuantity="4"/><task id="Pair" startQuantity="2"/><endEvent id="e"/><flows>s -> Make -> Pair -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done(), ["Make", "Pair", "Pair"]);
    assert!(run.has_ended());
}

#[test]
fn listeners_are_done_before_and_after_the_work_of_an_element() {
    let mut run = process(
        r#"<startEvent id="s"/><userTask id="Ask"><extensionElements>
        <zeebe:executionListeners><zeebe:executionListener eventType="start" type="first"/><zeebe:executionListener eventType="end" type="last"/></zeebe:executionListeners>
        <zeebe:taskListeners><zeebe:taskListener eventType="completing" type="look"/></zeebe:taskListeners><zeebe:userTask/></extensionElements></userTask>
        <endEvent id="e"/><flows>s -> Ask -> e</flows>"#,
    )
    .starts(json!({}));
    fn jobs(run: &crate::Run) -> Vec<&str> {
        run.play.job_types()
    }
    assert_eq!(jobs(&run), ["first"]);
    run.does("Ask");
    // Now it is the person's turn, then the listeners'.
    assert_eq!(jobs(&run), [""; 0]);
    for listener in ["look", "last"] {
        run.does("Ask");
        assert_eq!(jobs(&run), [listener]);
        if listener == "look" {
            assert_eq!(run.done(), [""; 0]);
        }
    }
    run.does("Ask");
    assert_eq!(run.done(), ["Ask"]);
    assert!(run.has_ended());
}
