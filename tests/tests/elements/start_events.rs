//! Start events of processes (10.5.2).

use serde_json::json;

use crate::{Diagram, process};

fn starting(event: &str) -> Diagram {
    process(&format!(
        r#"<startEvent id="s">{event}</startEvent><task id="A"/><endEvent id="e"/><flows>s -> A -> e</flows>"#
    ))
    .with(r#"<message id="m" name="news"/><signal id="sig" name="bell"/>"#)
}

#[test]
fn a_start_event_without_a_trigger_starts_when_asked() {
    let run = starting("").starts(json!({}));
    assert_eq!(run.done(), ["A"]);
    assert!(run.has_ended());
}

#[test]
fn each_message_starts_an_instance() {
    let mut run = starting(r#"<messageEventDefinition messageRef="m"/>"#).deployed();
    run.hears("news", "", json!({"text": "hello"}));
    run.hears("news", "", json!({}));
    run.hears("rumour", "", json!({}));
    assert_eq!(run.done(), ["A", "A"]);
    assert_eq!(run.variable("text"), json!("hello"));
}

#[test]
fn one_instance_of_a_message_start_runs_for_a_key_at_a_time() {
    let mut run = process(
        r#"<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><userTask id="A"/><endEvent id="e"/><flows>s -> A -> e</flows>"#,
    )
    .with(r#"<message id="m" name="order"><extensionElements><zeebe:subscription correlationKey="=customer"/></extensionElements></message>"#)
    .deployed();
    for customer in ["olga", "olga", "ivan"] {
        run.hears_for_a_day("order", customer, json!({"customer": customer}));
    }
    assert_eq!(run.open(), ["A", "A"]);
    run.does("A");
    assert_eq!(run.open(), ["A", "A"]);
    run.does("A");
    run.does("A");
    assert_eq!(run.states().len(), 3);
    assert!(run.has_ended());
}

#[test]
fn a_timer_starts_instances_at_its_times() {
    for (timer, times) in [
        ("<timeDate>2026-01-05T10:00:00Z</timeDate>", 1),
        ("<timeDuration>PT1H</timeDuration>", 1),
        ("<timeCycle>R3/PT1H</timeCycle>", 3),
        ("<timeCycle>0 12 * * *</timeCycle>", 2),
    ] {
        let event = format!("<timerEventDefinition>{timer}</timerEventDefinition>");
        let mut run = starting(&event).deployed();
        run.seconds_pass(2 * 86_400);
        assert_eq!(run.done().len(), times, "{timer}");
    }
}

#[test]
fn a_signal_starts_an_instance_of_every_process_that_waits_for_it() {
    let mut run = starting(r#"<signalEventDefinition signalRef="sig"/>"#)
        .and(
            "q",
            r#"<startEvent id="t"><signalEventDefinition signalRef="sig"/></startEvent><task id="B"/><endEvent id="f"/><flows>t -> B -> f</flows>"#,
        )
        .deployed();
    run.signals("bell");
    assert_eq!(run.done_in_any_order(), ["A", "B"]);
    run.signals("bell");
    assert_eq!(run.done_in_any_order(), ["A", "A", "B", "B"]);
    assert!(run.has_ended());
}

#[test]
fn a_multiple_start_event_starts_by_each_of_its_triggers() {
    let mut run = starting(
        r#"<messageEventDefinition messageRef="m"/><signalEventDefinition signalRef="sig"/>"#,
    )
    .deployed();
    run.signals("bell");
    run.hears("news", "", json!({}));
    assert_eq!(run.done(), ["A", "A"]);
    assert!(run.has_ended());
}

#[test]
fn a_process_starts_at_the_event_that_occurred() {
    let mut run = process(
        r#"<startEvent id="s"/><startEvent id="t"><messageEventDefinition messageRef="m"/></startEvent><task id="A"/><task id="B"/><endEvent id="e"/><flows>s -> A -> e; t -> B -> e</flows>"#,
    )
    .with(r#"<message id="m" name="news"/>"#)
    .deployed();
    run.hears("news", "", json!({}));
    assert_eq!(run.done(), ["B"]);
    run.starts("p", json!({}));
    assert_eq!(run.done(), ["B", "A"]);
    assert!(run.has_ended());
}
