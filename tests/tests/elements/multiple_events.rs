//! Events with several definitions (10.5.1), and definitions that stand outside of events.

use serde_json::json;

use crate::process;

const ROOTS: &str = r#"<signal id="a" name="one"/><signal id="b" name="two"/><signalEventDefinition id="ra" signalRef="a"/><signalEventDefinition id="rb" signalRef="b"/>"#;

fn waiting(attributes: &str, inside: &str) -> crate::Run {
    process(&format!(
        r#"<startEvent id="s"/><intermediateCatchEvent id="c"{attributes}>{inside}</intermediateCatchEvent><task id="A"/><endEvent id="e"/><flows>s -> c -> A -> e</flows>"#
    ))
    .with(ROOTS)
    .starts(json!({}))
}

const BOTH: &str =
    r#"<signalEventDefinition signalRef="a"/><signalEventDefinition signalRef="b"/>"#;

#[test]
fn a_multiple_event_waits_for_one_of_its_triggers() {
    for signal in ["one", "two"] {
        let mut run = waiting("", BOTH);
        run.signals(signal);
        assert_eq!(run.done(), ["A"]);
        assert!(run.has_ended());
    }
}

#[test]
fn a_parallel_multiple_event_waits_for_all_of_its_triggers() {
    let mut run = waiting(r#" parallelMultiple="true""#, BOTH);
    run.signals("two");
    run.signals("two");
    assert_eq!(run.done(), [""; 0]);
    run.signals("one");
    assert_eq!(run.done(), ["A"]);
    assert!(run.has_ended());
}

#[test]
fn a_multiple_throw_event_throws_all() {
    let mut run = process(&format!(
        r#"<startEvent id="s"/><intermediateThrowEvent id="x">{BOTH}</intermediateThrowEvent><endEvent id="e">{BOTH}</endEvent><flows>s -> x -> e</flows>"#
    ))
    .and("q", r#"<startEvent id="t"><signalEventDefinition signalRef="a"/></startEvent><task id="One"/><endEvent id="f"/><flows>t -> One -> f</flows>"#)
    .and("r", r#"<startEvent id="u"><signalEventDefinition signalRef="b"/></startEvent><task id="Two"/><endEvent id="g"/><flows>u -> Two -> g</flows>"#)
    .with(ROOTS)
    .deployed();
    run.starts("p", json!({}));
    assert_eq!(run.done_in_any_order(), ["One", "One", "Two", "Two"]);
    assert!(run.has_ended());
}

#[test]
fn an_event_may_refer_to_its_definitions() {
    let refs =
        "<eventDefinitionRef>ra</eventDefinitionRef><eventDefinitionRef>rb</eventDefinitionRef>";
    let mut run = waiting(r#" parallelMultiple="true""#, refs);
    run.signals("one");
    assert_eq!(run.done(), [""; 0]);
    run.signals("two");
    assert_eq!(run.done(), ["A"]);
    assert!(run.has_ended());
}

#[test]
fn definitions_of_every_kind_may_stand_outside_of_their_events() {
    // Each: the roots, what throws within the sub-process, and what catches on it.
    let catches = |roots: &str, ends: &str, catch: &str| {
        let run = process(&format!(
            r#"<startEvent id="s"/><transaction id="sub"><startEvent id="t"/><task id="Work"/>{ends}<flows>t -> Work -> x</flows></transaction>
            <boundaryEvent id="c" attachedToRef="sub">{catch}</boundaryEvent><task id="Caught"/><task id="After"/><endEvent id="e"/><flows>s -> sub -> After -> e; c -> Caught -> e</flows>"#
        ))
        .with(roots)
        .starts(json!({}));
        assert!(run.has_ended(), "{roots}");
        run.done().join(" ")
    };
    let refers = |id: &str| format!("<eventDefinitionRef>{id}</eventDefinitionRef>");
    let end = |id: &str| format!(r#"<endEvent id="x">{}</endEvent>"#, refers(id));
    for roots in [
        r#"<error id="E" name="E" errorCode="e"/><errorEventDefinition id="d1" errorRef="E"/><errorEventDefinition id="d2" errorRef="E"/>"#,
        r#"<escalation id="E" name="E" escalationCode="e"/><escalationEventDefinition id="d1" escalationRef="E"/><escalationEventDefinition id="d2" escalationRef="E"/>"#,
        r#"<signal id="E" name="E"/><signalEventDefinition id="d1" signalRef="E"/><signalEventDefinition id="d2" signalRef="E"/>"#,
        r#"<cancelEventDefinition id="d1"/><cancelEventDefinition id="d2"/>"#,
    ] {
        assert_eq!(
            catches(roots, &end("d1"), &refers("d2")),
            "Work Caught",
            "{roots}"
        );
    }
    let timer =
        r#"<timerEventDefinition id="d1"><timeDuration>PT1S</timeDuration></timerEventDefinition>"#;
    let condition = r#"<conditionalEventDefinition id="d1"><condition>=true</condition></conditionalEventDefinition>"#;
    for roots in [timer, condition] {
        let mut run = process(&format!(
            r#"<startEvent id="s"/><intermediateCatchEvent id="c">{}</intermediateCatchEvent><task id="A"/><endEvent id="e"/><flows>s -> c -> A -> e</flows>"#,
            refers("d1")
        ))
        .with(roots)
        .starts(json!({}));
        run.seconds_pass(1);
        assert_eq!(run.done(), ["A"], "{roots}");
    }
    let stopped = process(&format!(
        r#"<startEvent id="s"/><userTask id="A"/>{}<endEvent id="e"/><flows>s -> A -> e; s -> x</flows>"#,
        end("d1")
    ))
    .with(r#"<terminateEventDefinition id="d1"/>"#)
    .starts(json!({}));
    assert!(stopped.has_ended() && stopped.open().is_empty());
}
