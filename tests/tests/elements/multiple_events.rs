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
