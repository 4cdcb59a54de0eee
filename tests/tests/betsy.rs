//! The runner of betsy's models, on small models of our own that hold the same placeholders.

use redthread_tests::conformance::betsy::{CaseOutcome, Runnable, rewrite, run};
use serde_json::json;

/// Runs a model with `text` as its variable `test`, and expects these lines.
fn ran(content: &str, text: &str, expected: &[&str]) -> CaseOutcome {
    let model = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" id=\"d\" targetNamespace=\"t\">\
         <error id=\"err\" name=\"err\" errorCode=\"ERR_CODE\"/><process id=\"p\" isExecutable=\"true\">{content}</process></definitions>"
    );
    let feel = [("test.contains(\"a\")", "contains(test, \"a\")")]
        .map(|(from, to)| (from.to_owned(), to.to_owned()));
    let rewritten = rewrite(model.as_bytes(), &feel.into()).expect("a model");
    let test: Runnable = serde_json::from_value(json!({
        "name": "Own", "group": "own", "file": "own.bpmn",
        "cases": [{
            "number": 1,
            "start": {"process_id": "p", "variables": {"test": {"type": "String", "value": text}, "integerVariable": {"type": "Integer", "value": 1}}},
            "expected_trace": expected,
        }],
    }))
    .expect("a test");
    run(&test, &test.cases[0], &rewritten)
}

#[track_caller]
fn writes(content: &str, text: &str, expected: &[&str]) {
    let outcome = ran(content, text, expected);
    assert!(outcome.passed, "{outcome:#?}");
}

fn script(id: &str, token: &str) -> String {
    format!("<scriptTask id=\"{id}\"><script>{token}</script></scriptTask>")
}

fn flow(from: &str, to: &str) -> String {
    format!("<sequenceFlow id=\"{from}_{to}\" sourceRef=\"{from}\" targetRef=\"{to}\"/>")
}

/// A sequence of scripts.
fn sequence(tokens: &[&str]) -> String {
    let mut content = "<startEvent id=\"s\"/><endEvent id=\"e\"/>".to_owned();
    let mut last = "s".to_owned();
    for (token, number) in tokens.iter().zip(1..) {
        let id = format!("t{number}");
        content += &script(&id, token);
        content += &flow(&last, &id);
        last = id;
    }
    content + &flow(&last, "e")
}

#[test]
fn a_script_writes_its_line_when_it_completes() {
    let content = sequence(&["CREATE_LOG_FILE", "SCRIPT_task1", "anything"]);
    writes(&content, "", &["SCRIPT_task1", "anything"]);
    assert!(!ran(&content, "", &["SCRIPT_task1"]).passed);
}

#[test]
fn data_marker_and_increments_leave_their_lines() {
    let content = sequence(&[
        "CREATE_LOG_FILE",
        "SET_STRING_DATA",
        "LOG_DATA",
        "CREATE_MARKER_FILE",
        "INCREMENT_INTEGER_VARIABLE",
        "INCREMENT_INTEGER_VARIABLE_AND_LOG",
    ]);
    let expected = ["DATA_correct", "MARKER_exists", "INCREMENT_correct"];
    writes(&content, "", &expected);
    let not_set = sequence(&["CREATE_LOG_FILE", "CREATE_MARKER_FILE"]);
    assert!(!ran(&not_set, "", &["DATA_correct", "MARKER_exists"]).passed);
}

#[test]
fn ten_seconds_at_the_same_time_are_parallel_and_one_after_the_other_are_not() {
    let one_after_the_other = sequence(&[
        "CREATE_LOG_FILE",
        "CREATE_TIMESTAMP_LOG_1",
        "CREATE_TIMESTAMP_LOG_2",
    ]);
    let outcome = ran(&one_after_the_other, "", &["EXECUTION_parallel"]);
    assert!(!outcome.passed, "{outcome:#?}");
    writes(&one_after_the_other, "", &[]);
    let mut beside = "<startEvent id=\"s\"/><endEvent id=\"e\"/>".to_owned();
    for log in 1..=2 {
        let id = format!("t{log}");
        beside += &script(&id, &format!("CREATE_TIMESTAMP_LOG_{log}"));
        beside += &(flow("s", &id) + &flow(&id, "e"));
    }
    writes(&beside, "", &["EXECUTION_parallel"]);
}

#[test]
fn ten_seconds_can_be_interrupted() {
    for (timer, expected) in [("PT5S", &["SCRIPT_late"][..]), ("PT15S", &["SCRIPT_done"])] {
        let content = format!(
            "{}<boundaryEvent id=\"b\" attachedToRef=\"t2\"><timerEventDefinition><timeDuration>{timer}</timeDuration></timerEventDefinition></boundaryEvent>{}{}<endEvent id=\"f\"/>{}",
            sequence(&["CREATE_LOG_FILE", "WAIT_TEN_SECONDS", "SCRIPT_done"]),
            script("late", "SCRIPT_late"),
            flow("b", "late"),
            flow("late", "f")
        );
        writes(&content, "", expected);
    }
}

#[test]
fn an_error_that_is_thrown_is_caught_or_stops_the_instance() {
    let thrown = sequence(&["CREATE_LOG_FILE", "THROW_ERROR", "SCRIPT_after"]);
    let caught = format!(
        "{thrown}<boundaryEvent id=\"b\" attachedToRef=\"t2\"><errorEventDefinition errorRef=\"err\"/></boundaryEvent>{}{}<endEvent id=\"f\"/>{}",
        script("caught", "SCRIPT_caught"),
        flow("b", "caught"),
        flow("caught", "f")
    );
    writes(&caught, "", &["SCRIPT_caught"]);
    let outcome = ran(&thrown, "", &[]);
    assert!(
        !outcome.passed && !outcome.reasons.is_empty(),
        "{outcome:#?}"
    );
}

#[test]
fn a_condition_is_read_as_feel() {
    let content = format!(
        "{}<startEvent id=\"s\"/><exclusiveGateway id=\"g\" default=\"g_f\"/><endEvent id=\"e\"/><endEvent id=\"f\"/>{}{}{}\
         <sequenceFlow id=\"g_a\" sourceRef=\"g\" targetRef=\"a\"><conditionExpression><![CDATA[test.contains(\"a\")]]></conditionExpression></sequenceFlow>{}{}",
        script("log", "CREATE_LOG_FILE"),
        script("a", "SCRIPT_a"),
        flow("s", "log"),
        flow("log", "g"),
        flow("g", "f"),
        flow("a", "e")
    );
    writes(&content, "bac", &["SCRIPT_a"]);
    writes(&content, "b", &[]);
}

#[test]
fn a_model_that_breaks_a_rule_and_one_that_gets_stuck_are_errors() {
    let broken = "<startEvent id=\"s\"/><endEvent id=\"e\"/><sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"nowhere\"/>";
    writes(broken, "", &["ERROR"]);
    writes(broken, "", &["ERROR_deployment"]);
    let stuck = format!(
        "{}<startEvent id=\"s\"/><exclusiveGateway id=\"g\"/><endEvent id=\"e\"/>{}{}\
         <sequenceFlow id=\"g_e\" sourceRef=\"g\" targetRef=\"e\"><conditionExpression>test.contains(\"a\")</conditionExpression></sequenceFlow>\
         <endEvent id=\"e2\"/><sequenceFlow id=\"g_e2\" sourceRef=\"g\" targetRef=\"e2\"><conditionExpression>test.contains(\"a\")</conditionExpression></sequenceFlow>",
        script("log", "CREATE_LOG_FILE"),
        flow("s", "log"),
        flow("log", "g")
    );
    writes(&stuck, "b", &["ERROR_runtime"]);
    writes(&stuck, "b", &["ERROR"]);
    assert!(!ran(&stuck, "b", &[]).passed);
}
