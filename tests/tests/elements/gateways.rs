//! Gateways (10.6).

use serde_json::json;

use crate::process;

#[test]
fn an_exclusive_gateway_takes_the_first_way_whose_condition_is_true() {
    let diagram = process(
        r#"<startEvent id="s"/><exclusiveGateway id="g" default="g_C"/><task id="A"/><task id="B"/><task id="C"/><endEvent id="e"/>
        <flows>s -> g; g -> A if n > 1; g -> B if n > 0; g -> C; A -> e; B -> e; C -> e</flows>"#,
    );
    for (n, taken) in [(2, "A"), (1, "B"), (0, "C")] {
        assert_eq!(diagram.starts(json!({"n": n})).done(), [taken]);
    }
}

#[test]
fn a_gateway_that_can_take_no_way_is_stuck() {
    for gateway in ["exclusiveGateway", "inclusiveGateway"] {
        let run = process(&format!(
            r#"<startEvent id="s"/><{gateway} id="g"/><task id="A"/><task id="B"/><endEvent id="e"/>
            <flows>s -> g; g -> A if n > 1; g -> B if n > 2; A -> e; B -> e</flows>"#
        ))
        .starts(json!({"n": 0}));
        assert_eq!(run.incidents().len(), 1, "{gateway}");
        assert_eq!(run.states(), ["active"], "{gateway}");
    }
}

#[test]
fn a_parallel_gateway_waits_for_a_token_on_each_of_its_flows() {
    let mut run = process(
        r#"<startEvent id="s"/><parallelGateway id="f"/><userTask id="A"/><userTask id="B"/><parallelGateway id="j"/><task id="C"/><endEvent id="e"/>
        <flows>s -> f -> A -> j; f -> B -> j -> C -> e</flows>"#,
    )
    .starts(json!({}));
    run.does("B");
    assert_eq!(run.done(), ["B"]);
    run.does("A");
    assert_eq!(run.done(), ["B", "A", "C"]);
    assert!(run.has_ended());
}

const INCLUSIVE: &str = r#"<startEvent id="s"/><inclusiveGateway id="f" default="f_C"/><userTask id="A"/><userTask id="B"/><userTask id="C"/>
    <boundaryEvent id="late" attachedToRef="A"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
    <inclusiveGateway id="j"/><task id="D"/><endEvent id="e"/>
    <flows>s -> f; f -> A if a; f -> B if b; f -> C; A -> j; B -> j; C -> j; late -> j; j -> D -> e</flows>"#;

#[test]
fn an_inclusive_gateway_takes_every_way_that_is_open_and_waits_for_those() {
    let mut run = process(INCLUSIVE).starts(json!({"a": true, "b": true}));
    assert_eq!(run.open(), ["A", "B"]);
    run.does("A");
    assert_eq!(run.done(), ["A"]);
    run.does("B");
    assert_eq!(run.done(), ["A", "B", "D"]);
    assert!(run.has_ended());

    let mut run = process(INCLUSIVE).starts(json!({"a": false, "b": false}));
    run.does("C");
    assert_eq!(run.done(), ["C", "D"]);
}

#[test]
fn an_inclusive_gateway_counts_the_way_from_a_boundary_event_too() {
    let mut run = process(INCLUSIVE).starts(json!({"a": true, "b": true}));
    run.does("B");
    assert_eq!(run.done(), ["B"]);
    run.seconds_pass(4_000);
    assert_eq!(run.done(), ["B", "D"]);
    assert!(run.has_ended());
}

#[test]
fn an_inclusive_gateway_counts_the_way_of_a_link_too() {
    let mut run = process(
        r#"<startEvent id="s"/><parallelGateway id="f"/><userTask id="A"/><userTask id="B"/>
        <intermediateThrowEvent id="out"><linkEventDefinition name="L"/></intermediateThrowEvent>
        <intermediateCatchEvent id="in"><linkEventDefinition name="L"/></intermediateCatchEvent>
        <inclusiveGateway id="j"/><task id="C"/><endEvent id="e"/>
        <flows>s -> f; f -> A -> j; f -> B -> out; in -> j -> C -> e</flows>"#,
    )
    .starts(json!({}));
    run.does("A");
    assert_eq!(run.done(), ["A"]);
    run.does("B");
    assert_eq!(run.done(), ["A", "B", "C"]);
    assert!(run.has_ended());
}

#[test]
fn a_complex_gateway_fires_when_its_condition_is_true_and_then_waits_for_its_reset() {
    let mut run = process(
        r#"<startEvent id="s"/><parallelGateway id="f"/><userTask id="A"/><userTask id="B"/><userTask id="C"/>
        <complexGateway id="j"><activationCondition>=activationCount >= 2</activationCondition></complexGateway><task id="D"/><endEvent id="e"/>
        <flows>s -> f; f -> A -> j; f -> B -> j; f -> C -> j; j -> D -> e</flows>"#,
    )
    .starts(json!({}));
    run.does("A");
    assert_eq!(run.done(), ["A"]);
    run.does("C");
    assert_eq!(run.done(), ["A", "C", "D"]);
    assert_eq!(run.states(), ["active"]);
    run.does("B");
    assert_eq!(run.done(), ["A", "C", "D", "B"]);
    assert!(run.has_ended());
}

#[test]
fn a_complex_gateway_tells_its_ways_whether_it_waits_for_its_first_tokens_or_its_reset() {
    let mut run = process(
        r#"<startEvent id="s"/><parallelGateway id="f"/><userTask id="A"/><userTask id="B"/>
        <complexGateway id="j"><activationCondition>=activationCount >= 1</activationCondition></complexGateway><task id="First"/><task id="Reset"/><endEvent id="e"/>
        <flows>s -> f; f -> A -> j; f -> B -> j; j -> First if waitingForStart; j -> Reset if not(waitingForStart); First -> e; Reset -> e</flows>"#,
    )
    .starts(json!({}));
    run.does("A");
    run.does("B");
    assert_eq!(run.done(), ["A", "First", "B", "Reset"]);
    assert!(run.has_ended());
}

const EVENT_BASED: &str = r#"<startEvent id="s"/><eventBasedGateway id="g"/>
    <intermediateCatchEvent id="m1"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    <intermediateCatchEvent id="t1"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <receiveTask id="r1" messageRef="n"/><task id="A"/><task id="B"/><task id="C"/><endEvent id="e"/>
    <flows>s -> g; g -> m1 -> A -> e; g -> t1 -> B -> e</flows>"#;
const NEWS: &str = r#"<message id="m" name="news"><extensionElements><zeebe:subscription correlationKey="=place"/></extensionElements></message>"#;

#[test]
fn an_event_based_gateway_goes_the_way_of_the_event_that_comes_first() {
    let content = EVENT_BASED.replace(r#"<receiveTask id="r1" messageRef="n"/>"#, "");
    let content = content.replace(r#"<task id="C"/>"#, "");
    let diagram = process(&content).with(NEWS);
    let mut heard = diagram.starts(json!({"place": "Kazan"}));
    heard.hears("news", "Kazan", json!({}));
    heard.seconds_pass(4_000);
    assert_eq!(heard.done(), ["A"]);
    assert!(heard.has_ended());
    let mut late = diagram.starts(json!({"place": "Kazan"}));
    late.seconds_pass(4_000);
    late.hears("news", "Kazan", json!({}));
    assert_eq!(late.done(), ["B"]);
    assert!(late.has_ended());
}

#[test]
fn an_event_based_gateway_waits_for_receive_tasks_conditions_and_signals() {
    let mut run = process(
        r#"<startEvent id="s"/><eventBasedGateway id="g"/><receiveTask id="Heard" messageRef="m"/>
        <intermediateCatchEvent id="Enough"><conditionalEventDefinition><condition>=n > 1</condition></conditionalEventDefinition></intermediateCatchEvent>
        <intermediateCatchEvent id="Bell"><signalEventDefinition signalRef="b"/></intermediateCatchEvent><userTask id="Count"/><endEvent id="e"/>
        <flows>s -> g; s -> Count -> e; g -> Heard -> e; g -> Enough -> e; g -> Bell -> e</flows>"#,
    )
    .with(NEWS)
    .with(r#"<signal id="b" name="bell"/>"#)
    .starts(json!({"place": "Kazan", "n": 1}));
    run.does_with("Count", json!({"n": 2}));
    assert_eq!(run.done(), ["Count", "Enough"]);
    assert!(run.has_ended());
}

#[test]
fn an_exclusive_event_based_gateway_starts_a_process_by_the_first_of_its_events() {
    let mut run = process(
        r#"<eventBasedGateway id="g" instantiate="true"/>
        <intermediateCatchEvent id="Letter"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
        <intermediateCatchEvent id="Call"><messageEventDefinition messageRef="n"/></intermediateCatchEvent>
        <task id="Next"/><endEvent id="e"/><flows>g -> Letter -> Next; g -> Call -> Next; Next -> e</flows>"#,
    )
    .with(r#"<message id="m" name="letter"/><message id="n" name="call"/>"#)
    .deployed();
    run.hears("call", "", json!({}));
    assert_eq!(run.done(), ["Call", "Next"]);
    run.hears("letter", "", json!({}));
    assert_eq!(run.done(), ["Call", "Next", "Letter", "Next"]);
    assert!(run.has_ended());
}

#[test]
fn a_parallel_event_based_gateway_starts_a_process_that_waits_for_all_of_its_events() {
    let mut run = process(
        r#"<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>
        <intermediateCatchEvent id="Letter"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
        <intermediateCatchEvent id="Call"><messageEventDefinition messageRef="n"/></intermediateCatchEvent>
        <parallelGateway id="j"/><task id="Next"/><endEvent id="e"/><flows>g -> Letter -> j; g -> Call -> j; j -> Next -> e</flows>"#,
    )
    .with(r#"<message id="m" name="letter"><extensionElements><zeebe:subscription correlationKey="=case"/></extensionElements></message>
             <message id="n" name="call"><extensionElements><zeebe:subscription correlationKey="=case"/></extensionElements></message>"#)
    .deployed();
    run.hears("call", "7", json!({"case": "7"}));
    assert_eq!(run.done(), ["Call"]);
    assert_eq!(run.states(), ["active"]);
    run.hears("letter", "7", json!({"case": "7"}));
    assert_eq!(run.done(), ["Call", "Letter", "Next"]);
    assert_eq!(run.states(), ["completed"]);
}

#[test]
fn a_parallel_event_based_gateway_needs_no_keys_where_names_are_enough() {
    let mut run = process(
        r#"<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>
        <intermediateCatchEvent id="Letter"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
        <intermediateCatchEvent id="Call"><messageEventDefinition messageRef="n"/></intermediateCatchEvent>
        <parallelGateway id="j"/><task id="Next"/><endEvent id="e"/><flows>g -> Letter -> j; g -> Call -> j; j -> Next -> e</flows>"#,
    )
    .with(r#"<message id="m" name="letter"/><message id="n" name="call"/>"#)
    .deployed();
    run.hears("letter", "", json!({}));
    run.hears("call", "", json!({}));
    assert_eq!(run.done(), ["Letter", "Call", "Next"]);
    assert_eq!(run.states(), ["completed"]);
}

#[test]
fn a_gateway_may_join_and_split_at_once() {
    for (gateway, done) in [
        ("parallelGateway", &["A", "B", "C", "D"][..]),
        ("inclusiveGateway", &["A", "B", "C", "D"]),
        ("exclusiveGateway", &["A", "B", "C", "C"]),
    ] {
        let run = process(&format!(
            r#"<startEvent id="s"/><task id="A"/><task id="B"/><{gateway} id="g"/><task id="C"/><task id="D"/><endEvent id="e"/>
            <flows>s -> A -> g; s -> B -> g; g -> C{condition}; g -> D{condition}; C -> e; D -> e</flows>"#,
            condition = if gateway == "parallelGateway" { "" } else { " if true" },
        ))
        .starts(json!({}));
        assert_eq!(run.done_in_any_order(), done, "{gateway}");
        assert!(run.has_ended(), "{gateway}");
    }
}
