//! Signals (10.5.5.9): to everybody who waits.

use serde_json::json;

use crate::process;

const BELL: &str = r#"<signal id="sig" name="bell"/>"#;

#[test]
fn a_signal_reaches_everything_that_waits_for_it_here_and_elsewhere() {
    let mut run = process(
        r#"<startEvent id="s"/><intermediateCatchEvent id="Hear"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent><intermediateCatchEvent id="Too"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>
        <userTask id="Go"/><intermediateThrowEvent id="ring"><signalEventDefinition signalRef="sig"/></intermediateThrowEvent><endEvent id="e"/><flows>s -> Hear -> e; s -> Too -> e; s -> Go -> ring -> e</flows>"#,
    )
    .with(BELL)
    .starts(json!({}));
    run.starts("p", json!({}));
    run.does("Go");
    assert_eq!(
        run.done_in_any_order(),
        ["Go", "Hear", "Hear", "Too", "Too"]
    );
    run.does("Go");
    assert!(run.has_ended());
}

#[test]
fn a_signal_is_not_kept() {
    let mut run = process(
        r#"<startEvent id="s"/><userTask id="Walk"/><intermediateCatchEvent id="Hear"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent><endEvent id="e"/><flows>s -> Walk -> Hear -> e</flows>"#,
    )
    .with(BELL)
    .starts(json!({}));
    run.signals("bell");
    run.does("Walk");
    assert_eq!(run.done(), ["Walk"]);
    run.signals("bell");
    assert_eq!(run.done(), ["Walk", "Hear"]);
}

#[test]
fn a_signal_end_event_rings_before_its_token_ends() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="sub"><startEvent id="t"/><endEvent id="x"><signalEventDefinition signalRef="sig"/></endEvent><flows>t -> x</flows></subProcess>
        <boundaryEvent id="b" attachedToRef="sub"><signalEventDefinition signalRef="sig"/></boundaryEvent><task id="Heard"/><task id="Next"/><endEvent id="e"/><flows>s -> sub -> Next -> e; b -> Heard -> e</flows>"#,
    )
    .with(BELL)
    .starts(json!({}));
    assert_eq!(run.done(), ["Heard"]);
    assert!(run.has_ended());
}
