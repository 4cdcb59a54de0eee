//! Loops and multiple instances (10.3.7, 10.3.8).

use serde_json::{Value as Json, json};

use crate::{Run, process};

/// A user task `A` with a marker, then a task `B`.
fn marked(marker: &str) -> crate::Diagram {
    process(&format!(
        r#"<startEvent id="s"/><userTask id="A">{marker}</userTask><task id="B"/><endEvent id="e"/><flows>s -> A -> B -> e</flows>"#
    ))
}

/// How often `A` can be done.
fn turns(mut run: Run, result: impl Fn(usize) -> Json) -> usize {
    let mut turns = 0;
    while run.open() == ["A"] && turns < 20 {
        turns += 1;
        run.does_with("A", result(turns));
    }
    assert_eq!(run.done().last(), Some(&"B"));
    assert!(run.has_ended());
    turns
}

#[test]
fn a_loop_goes_on_as_long_as_its_condition_is_true() {
    let looped = |before: bool| {
        marked(&format!(
            r#"<standardLoopCharacteristics testBefore="{before}"><loopCondition>=n &lt; 3</loopCondition></standardLoopCharacteristics>"#
        ))
    };
    for before in [true, false] {
        let run = looped(before).starts(json!({"n": 0}));
        assert_eq!(turns(run, |turn| json!({"n": turn})), 3);
    }
    let never = |_: usize| json!({});
    assert_eq!(turns(looped(true).starts(json!({"n": 3})), never), 0);
    assert_eq!(turns(looped(false).starts(json!({"n": 3})), never), 1);
}

#[test]
fn a_loop_ends_at_its_maximum() {
    let run = marked(r#"<standardLoopCharacteristics loopMaximum="2"><loopCondition>=true</loopCondition></standardLoopCharacteristics>"#).starts(json!({}));
    assert_eq!(turns(run, |_| json!({})), 2);
}

#[test]
fn a_sub_process_loops_too() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="sub"><standardLoopCharacteristics><loopCondition>=n &lt; 3</loopCondition></standardLoopCharacteristics>
        <startEvent id="t"/><scriptTask id="Add"><extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></extensionElements></scriptTask><endEvent id="f"/><flows>t -> Add -> f</flows></subProcess>
        <endEvent id="e"/><flows>s -> sub -> e</flows>"#,
    )
    .starts(json!({"n": 0}));
    assert_eq!(run.done(), ["Add", "Add", "Add"]);
    assert!(run.has_ended());
}

#[test]
fn parallel_instances_are_all_open_at_once_and_sequential_ones_are_not() {
    for (sequential, open) in [(false, 3), (true, 1)] {
        let run = marked(&format!(
            r#"<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>=3</loopCardinality></multiInstanceLoopCharacteristics>"#
        ))
        .starts(json!({}));
        assert_eq!(run.open().len(), open);
        let mut run = run;
        for _ in 0..3 {
            run.does("A");
        }
        assert_eq!(run.done(), ["A", "A", "A", "B"]);
        assert!(run.has_ended());
    }
}

#[test]
fn an_activity_of_no_instances_is_passed() {
    for over in [
        "<loopCardinality>=none</loopCardinality>",
        r#"<extensionElements><zeebe:loopCharacteristics inputCollection="=[]" inputElement="item"/></extensionElements>"#,
    ] {
        let run = marked(&format!(
            "<multiInstanceLoopCharacteristics>{over}</multiInstanceLoopCharacteristics>"
        ))
        .starts(json!({"none": 0}));
        assert_eq!(run.done(), ["B"], "{over}");
        assert!(run.has_ended());
    }
}

#[test]
fn instances_over_a_list_give_a_list_in_its_order() {
    for sequential in [false, true] {
        let run = process(&format!(
            r#"<startEvent id="s"/><scriptTask id="A"><extensionElements><zeebe:script expression="=item * loopCounter" resultVariable="result"/></extensionElements>
            <multiInstanceLoopCharacteristics isSequential="{sequential}"><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="results" outputElement="=result"/></extensionElements></multiInstanceLoopCharacteristics></scriptTask>
            <endEvent id="e"/><flows>s -> A -> e</flows>"#
        ))
        .starts(json!({"items": [5, 6, 7]}));
        assert_eq!(run.variable("results"), json!([5, 12, 21]));
        assert!(run.has_ended());
    }
}

#[test]
fn a_completion_condition_ends_the_instances_that_are_left() {
    let mut run = marked(r#"<multiInstanceLoopCharacteristics><loopCardinality>=5</loopCardinality><completionCondition>=numberOfCompletedInstances = 2</completionCondition></multiInstanceLoopCharacteristics>"#).starts(json!({}));
    run.does("A");
    assert_eq!(run.open().len(), 4);
    run.does("A");
    assert_eq!(run.done(), ["A", "A", "B"]);
    assert!(run.has_ended());
}

/// Three sequential instances with a behaviour, whose signal a boundary event hears.
fn behaving(behavior: &str, inside: &str) -> Run {
    let mut run = process(&format!(
        r#"<startEvent id="s"/><userTask id="A"><multiInstanceLoopCharacteristics{behavior}><loopCardinality>=3</loopCardinality>{inside}</multiInstanceLoopCharacteristics></userTask>
        <boundaryEvent id="b" attachedToRef="A" cancelActivity="false"><signalEventDefinition signalRef="sig"/></boundaryEvent>
        <task id="Heard"/><endEvent id="e"/><flows>s -> A -> e; b -> Heard -> e</flows>"#
    ))
    .with(r#"<signal id="sig" name="done"/><signalEventDefinition id="def" signalRef="sig"/>"#)
    .starts(json!({}));
    for _ in 0..3 {
        run.does("A");
    }
    assert!(run.has_ended());
    run
}

#[test]
fn the_behaviour_says_which_instances_throw_an_event_when_they_complete() {
    let all = behaving(r#" behavior="All""#, "");
    assert_eq!(all.done(), ["A", "A", "A"]);
    let each = behaving(r#" behavior="None" noneBehaviorEventRef="def""#, "");
    assert_eq!(each.done(), ["A", "Heard", "A", "Heard", "A", "Heard"]);
    let first = behaving(r#" behavior="One" oneBehaviorEventRef="def""#, "");
    assert_eq!(first.done(), ["A", "Heard", "A", "A"]);
    let second = behaving(
        r#" behavior="Complex""#,
        r#"<complexBehaviorDefinition id="cb"><condition>=numberOfCompletedInstances = 2</condition><event id="ev"><signalEventDefinition signalRef="sig"/></event></complexBehaviorDefinition>"#,
    );
    assert_eq!(second.done(), ["A", "A", "Heard", "A"]);
}

#[test]
fn sub_processes_and_calls_have_instances_too() {
    const OVER: &str = r#"<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics>"#;
    let run = process(&format!(
        r#"<startEvent id="s"/><subProcess id="sub">{OVER}<startEvent id="t"/><task id="Inner"/><endEvent id="f"/><flows>t -> Inner -> f</flows></subProcess>
        <callActivity id="Call" calledElement="q">{OVER}</callActivity><endEvent id="e"/><flows>s -> sub -> Call -> e</flows>"#
    ))
    .and("q", r#"<startEvent id="u"/><task id="Called"/><endEvent id="g"/><flows>u -> Called -> g</flows>"#)
    .starts(json!({}));
    assert_eq!(
        run.done_in_any_order(),
        ["Call", "Call", "Called", "Called", "Inner", "Inner"]
    );
    assert!(run.has_ended());
}

#[test]
fn boundary_events_of_an_activity_with_instances_end_all_of_them() {
    let mut run = process(
        r#"<startEvent id="s"/><userTask id="A"><multiInstanceLoopCharacteristics><loopCardinality>=3</loopCardinality></multiInstanceLoopCharacteristics></userTask>
        <boundaryEvent id="b" attachedToRef="A"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
        <task id="Late"/><endEvent id="e"/><flows>s -> A -> e; b -> Late -> e</flows>"#,
    )
    .starts(json!({}));
    run.does("A");
    run.seconds_pass(4_000);
    assert_eq!(run.done(), ["A", "Late"]);
    assert!(run.has_ended());
}

#[test]
fn an_event_of_the_behaviour_ends_the_others_only_where_that_is_written() {
    for (written, done) in [
        ("", &["A", "Heard", "A", "A"][..]),
        (r#" cancelActivity="true""#, &["A", "Heard"]),
    ] {
        let mut run = process(&format!(
            r#"<startEvent id="s"/><userTask id="A"><multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="def"><loopCardinality>=3</loopCardinality></multiInstanceLoopCharacteristics></userTask>
            <boundaryEvent id="b" attachedToRef="A"{written}><signalEventDefinition signalRef="sig"/></boundaryEvent>
            <task id="Heard"/><endEvent id="e"/><flows>s -> A -> e; b -> Heard -> e</flows>"#
        ))
        .with(r#"<signal id="sig" name="done"/><signalEventDefinition id="def" signalRef="sig"/>"#)
        .starts(json!({}));
        while run.open() == ["A"] || run.open().len() > 1 {
            run.does("A");
        }
        assert_eq!(run.done(), done, "{written}");
        assert!(run.has_ended());
    }
}
