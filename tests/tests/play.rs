//! Six small processes and the founding example: `redthread play` gives exactly the expected trace.
//!
//! A trace is a file of JSON lines beside its diagram. `UPDATE_TRACES=1` writes the files anew; read what changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use redthread_tests::program;

const LIMIT: Duration = Duration::from_secs(60);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("play")
}

/// Plays a diagram of `tests/play` with its script, if it has one, and compares the trace with the file `trace`.
fn check(diagram: &str, trace: &str, more: &[&str]) {
    let script = format!("{diagram}.script.json");
    let diagram = format!("{diagram}.bpmn");
    let mut arguments = vec!["play", diagram.as_str(), "--json"];
    if folder().join(&script).exists() {
        arguments.extend(["--script", script.as_str()]);
    }
    arguments.extend(more);
    compare(&folder(), &arguments, trace);
}

fn compare(folder: &Path, arguments: &[&str], trace: &str) {
    let ran = program::run_in(folder, &program::built(), arguments, LIMIT).expect("redthread runs");
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stderr, "");
    let path = self::folder().join(trace);
    if std::env::var_os("UPDATE_TRACES").is_some() {
        std::fs::write(&path, &ran.stdout).expect("the trace is written");
    }
    let expected = std::fs::read_to_string(&path).expect("an expected trace");
    for (number, (expected, found)) in expected.lines().zip(ran.stdout.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {trace}", number + 1);
    }
    assert_eq!(
        ran.stdout.lines().count(),
        expected.lines().count(),
        "lines of {trace}"
    );
}

#[test]
fn a_parallel_join_waits_for_both_branches() {
    check("parallel-join", "parallel-join.trace.jsonl", &[]);
}

#[test]
fn an_interrupting_timer_ends_the_task_that_was_not_done_in_time() {
    check("interrupting-timer", "interrupting-timer.trace.jsonl", &[]);
}

#[test]
fn an_error_in_a_sub_process_is_caught_at_its_boundary() {
    check("error-boundary", "error-boundary.trace.jsonl", &[]);
}

#[test]
fn the_default_flow_is_taken_when_no_condition_is_true() {
    check(
        "default-flow",
        "default-flow.trace.jsonl",
        &["--vars", r#"{"amount": 500}"#],
    );
}

#[test]
fn a_flow_whose_condition_is_true_is_taken_instead_of_the_default() {
    check(
        "default-flow",
        "default-flow-not-taken.trace.jsonl",
        &["--vars", r#"{"amount": 1500}"#],
    );
}

#[test]
fn a_message_goes_to_the_instance_that_waits_for_its_correlation_key() {
    let starts = [
        "--start",
        r#"message-correlation={"bill": "42"}"#,
        "--start",
        r#"message-correlation={"bill": "43"}"#,
    ];
    check(
        "message-correlation",
        "message-correlation.trace.jsonl",
        &starts,
    );
}

#[test]
fn mappings_decide_what_goes_into_a_job_and_what_comes_out() {
    check(
        "io-mapping",
        "io-mapping.trace.jsonl",
        &["--vars", r#"{"order": {"items": ["oven"]}}"#],
    );
}

/// The founding example, with the script that ends in this way.
fn follow_up(ending: &str) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/request-follow-up");
    let script = format!("{ending}.script.json");
    let arguments = [
        "play",
        "request-follow-up.bpmn",
        "solve-problem.form",
        "--records",
        "records.json",
        "--calendar",
        "calendar.json",
        "--script",
        &script,
        "--json",
    ];
    compare(
        &example,
        &arguments,
        &format!("request-follow-up-{ending}.trace.jsonl"),
    );
}

#[test]
fn a_client_who_is_happy_a_week_later_ends_the_follow_up() {
    follow_up("fine");
}

#[test]
fn a_client_with_a_problem_has_the_request_reopened_and_its_owner_gets_a_task() {
    follow_up("problem");
}

/// What `play` answers: exit code, standard output, standard error.
fn answer(arguments: &[&str]) -> (Option<i32>, String, String) {
    let ran =
        program::run_in(&folder(), &program::built(), arguments, LIMIT).expect("redthread runs");
    assert!(!ran.panicked() && !ran.hung, "{ran:?}");
    (ran.code, ran.stdout, ran.stderr)
}

#[test]
fn a_file_with_errors_is_refused_in_one_line() {
    let file = tempfile(
        "refused.bpmn",
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
        <process id="p" isExecutable="true"><startEvent id="s"/><scriptTask id="Or" scriptFormat="text/x-groovy"><script>x()</script></scriptTask><endEvent id="e"/>
        <sequenceFlow id="f" sourceRef="s" targetRef="Or"/><sequenceFlow id="g" sourceRef="Or" targetRef="e"/>
        </process></definitions>"#,
    );
    let (code, stdout, _) = answer(&["play", &file, "--json"]);
    assert_eq!((code, stdout.lines().count()), (Some(1), 1));
    let refused: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(refused["refused"][0]["code"], "notSupported");
    assert_eq!(refused["refused"][0]["element"], "Or");
}

#[test]
fn an_endless_run_is_ended_and_says_so() {
    let file = tempfile(
        "endless.bpmn",
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
        <process id="p" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="Again" default="g"/>
        <endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="Again"/>
        <sequenceFlow id="g" sourceRef="Again" targetRef="Again"/>
        <sequenceFlow id="h" sourceRef="Again" targetRef="e"><conditionExpression>false</conditionExpression></sequenceFlow>
        </process></definitions>"#,
    );
    let (code, stdout, _) = answer(&["play", &file, "--json", "--max-steps", "5000"]);
    assert_eq!((code, stdout.lines().count()), (Some(1), 5001));
    let last: serde_json::Value =
        serde_json::from_str(stdout.lines().last().unwrap_or_default()).expect("JSON");
    assert_eq!(
        last["stopped"],
        "The run was ended after 5000 lines. Raise --max-steps to see more."
    );
}

#[test]
fn what_nobody_answers_is_left_waiting() {
    let (code, stdout, _) = answer(&["play", "parallel-join.bpmn", "--json"]);
    let last: serde_json::Value =
        serde_json::from_str(stdout.lines().last().unwrap_or_default()).expect("JSON");
    assert_eq!(code, Some(0));
    assert_eq!(last["instances"][0]["state"], "active");
    assert_eq!(
        last["instances"][0]["waitingAt"],
        serde_json::json!(["Pack", "Bill"])
    );
}

#[test]
fn an_incident_is_told_and_mended_by_the_script() {
    let script = tempfile(
        "mend.json",
        r#"[
        {"on": {"type": "pay"}, "times": 1, "fail": {"message": "no answer", "retries": 0}},
        {"on": {"type": "pay"}, "after": "PT1M", "complete": {}},
        {"at": "P1D", "retry": true}
    ]"#,
    );
    let (code, stdout, _) = answer(&["play", "error-boundary.bpmn", "--json", "--script", &script]);
    assert_eq!(code, Some(0), "{stdout}");
    let told = |what: &str| {
        stdout
            .lines()
            .filter(|line| line.contains(&format!("\"what\":\"{what}\"")))
            .count()
    };
    assert_eq!((told("incident"), told("resolved")), (1, 1), "{stdout}");
    assert!(stdout.contains("\"state\":\"completed\""), "{stdout}");
}

#[test]
fn an_open_incident_ends_the_run_with_exit_code_1() {
    let (code, stdout, _) = answer(&[
        "play",
        "default-flow.bpmn",
        "--json",
        "--vars",
        r#"{"amount": "much"}"#,
    ]);
    let last: serde_json::Value =
        serde_json::from_str(stdout.lines().last().unwrap_or_default()).expect("JSON");
    assert_eq!(
        (code, &last["instances"][0]["incidents"][0]["code"]),
        (Some(1), &serde_json::json!("expressionFailed"))
    );
    let script = tempfile(
        "fail.json",
        r#"[{"on": {"type": "pay"}, "fail": {"message": "no answer", "retries": 0}}]"#,
    );
    let (code, stdout, _) = answer(&["play", "error-boundary.bpmn", "--json", "--script", &script]);
    let last: serde_json::Value =
        serde_json::from_str(stdout.lines().last().unwrap_or_default()).expect("JSON");
    assert_eq!(
        (code, &last["instances"][0]["incidents"][0]["code"]),
        (Some(1), &serde_json::json!("jobFailed"))
    );
}

#[test]
fn an_answer_to_a_call_holds_it() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/request-follow-up");
    let script = tempfile(
        "call.json",
        r#"[
        {"at": "PT1H", "record": {"kind": "case", "id": "c1", "change": {"status": "closed"}}},
        {"on": {"element": "CreateCall"}, "after": "P8D", "complete": {"outcome": "fine", "note": "Well."}}
    ]"#,
    );
    let arguments = [
        "play",
        "request-follow-up.bpmn",
        "--records",
        "records.json",
        "--script",
        &script,
        "--json",
    ];
    let ran =
        program::run_in(&example, &program::built(), &arguments, LIMIT).expect("redthread runs");
    let last: serde_json::Value =
        serde_json::from_str(ran.stdout.lines().last().unwrap_or_default()).expect("JSON");
    assert_eq!(last["instances"][0]["state"], "completed", "{ran:?}");
    assert_eq!(last["records"][0]["fields"]["status"], "held");
}

#[test]
fn the_triage_of_requests_goes_by_its_decision() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/request-triage");
    let run = |arguments: &[&str]| {
        program::run_in(&example, &program::built(), arguments, LIMIT).expect("redthread runs")
    };
    let files = ["request-triage.bpmn", "triage.dmn", "take-in.form"];
    let checked = run(&[&["check"], &files[..]].concat());
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(!checked.stdout.contains("warning"), "{checked:?}");

    let script = [
        "--records",
        "records.json",
        "--script",
        "fault.script.json",
        "--json",
    ];
    let ran = run(&[&["play"], &files[..], &script[..]].concat());
    let lines: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let decided = lines.iter().find(|line| line["what"] == "decided");
    let decided = decided.unwrap_or_else(|| panic!("nothing was decided: {ran:?}"));
    assert_eq!(decided["element"], "Triage");
    assert_eq!(
        (&decided["decision"], &decided["rules"]),
        (&"triage".into(), &serde_json::json!([1]))
    );
    let last = lines.last().expect("a last line");
    let instance = &last["instances"][0];
    assert_eq!(instance["state"], "completed", "{ran:?}");
    let triage = serde_json::json!({"priority": "high", "team": "support", "hours": 4});
    assert_eq!(instance["variables"]["triage"], triage);
    let case = last["records"].as_array().expect("records");
    let case = case
        .iter()
        .find(|record| record["kind"] == "case")
        .expect("the case");
    assert_eq!(case["fields"]["priority"], "high");

    let asked = r#"{category: "question", tier: "basic", amount: 1}"#;
    let decide = [
        "decide",
        "triage.dmn",
        "--decision",
        "triage",
        "--context",
        asked,
        "--json",
    ];
    let answer = run(&decide);
    let answer: serde_json::Value = serde_json::from_str(answer.stdout.trim()).expect("JSON");
    assert_eq!(answer["type"], "context");
    assert_eq!(answer["value"]["hours"], 48);
}

#[test]
fn many_are_decided_in_one_go_and_each_line_has_its_answer() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/request-triage");
    let lines = tempfile(
        "batch.jsonl",
        r#"{"decision": "weight", "context": "{tier: \"gold\", amount: 1}"}
{"file": "triage.dmn", "decision": "weight", "vars": {"tier": "basic", "amount": 1}}
{"decision": "nothing like it"}
nonsense
"#,
    );
    let arguments = ["decide", "triage.dmn", "--batch", &lines];
    let ran = program::run_in(&example, &program::built(), &arguments, LIMIT).expect("it runs");
    let answers: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let said: Vec<(&serde_json::Value, &serde_json::Value)> = answers
        .iter()
        .map(|answer| (&answer["value"], &answer["error"]["code"]))
        .collect();
    let (text, null) = (
        |text: &str| serde_json::json!(text),
        serde_json::Value::Null,
    );
    assert_eq!(
        said,
        [
            (&text("key"), &null),
            (&text("normal"), &null),
            (&null, &text("unknown")),
            (&null, &text("unreadable"))
        ]
    );
    assert_eq!(ran.code, Some(2));
}

#[test]
fn wrong_usage_has_exit_code_2_and_one_sentence() {
    let later = tempfile(
        "later.json",
        r#"[{"at": "PT5S", "sing": {"name": "stop"}}]"#,
    );
    for arguments in [
        &["play", "parallel-join.bpmn", "--script", later.as_str()][..],
        &["play", "no-such-file.bpmn"],
        &["play", "parallel-join.bpmn", "--vars", "{"],
        &["play", "parallel-join.bpmn", "--at", "yesterday"],
        &["play", "parallel-join.bpmn", "io-mapping.bpmn"],
        &["decide", "x.dmn"],
    ] {
        let (code, stdout, stderr) = answer(arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!stderr.is_empty(), "{arguments:?}");
    }
}

/// A file of this test run.
fn tempfile(name: &str, content: &str) -> String {
    let folder = std::env::temp_dir().join(format!("redthread-play-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    path.display().to_string()
}
