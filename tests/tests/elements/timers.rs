//! Timer, conditional and boundary events (10.5.4, 10.5.5).

use serde_json::json;

use crate::{Diagram, process};

/// A catch event with this definition, then a task `A`.
fn catching(event: &str) -> Diagram {
    process(&format!(
        r#"<startEvent id="s"/><intermediateCatchEvent id="c">{event}</intermediateCatchEvent><task id="A"/><endEvent id="e"/><flows>s -> c -> A -> e</flows>"#
    ))
}

#[test]
fn a_timer_event_waits_for_its_time() {
    for timer in [
        "<timeDate>2026-01-05T10:00:00Z</timeDate>",
        "<timeDuration>PT1H</timeDuration>",
        "<timeDuration>=wait</timeDuration>",
        "<timeCycle>0 10 * * *</timeCycle>",
    ] {
        let event = format!("<timerEventDefinition>{timer}</timerEventDefinition>");
        let mut run = catching(&event).starts(json!({"wait": "PT1H"}));
        run.seconds_pass(3_599);
        assert_eq!(run.done(), [""; 0], "{timer}");
        run.seconds_pass(1);
        assert_eq!(run.done().first(), Some(&"A"), "{timer}");
    }
}

#[test]
fn a_timer_event_with_a_cycle_lets_a_token_go_on_each_time() {
    let event = "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>";
    let mut run = catching(event).starts(json!({}));
    run.seconds_pass(3_600);
    assert_eq!(run.done(), ["A"]);
    run.seconds_pass(86_400);
    assert_eq!(run.done(), ["A", "A", "A"]);
    assert!(run.has_ended());
}

#[test]
fn a_duration_can_count_working_time() {
    // It is a Monday, nine o'clock: two working days later is Wednesday, ten working days later is Monday in two weeks.
    for (duration, days) in [("P2D", 2), ("P10D", 14)] {
        let mut run = process(&format!(
            r#"<startEvent id="s"/><intermediateCatchEvent id="c"><extensionElements><zeebe:properties><zeebe:property name="redthread:time" value="working"/></zeebe:properties></extensionElements>
            <timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition></intermediateCatchEvent><task id="A"/><endEvent id="e"/><flows>s -> c -> A -> e</flows>"#
        ))
        .starts(json!({}));
        run.seconds_pass(days * 86_400 - 10);
        assert_eq!(run.done(), [""; 0], "{duration}");
        run.seconds_pass(20);
        assert_eq!(run.done(), ["A"], "{duration}");
    }
}

#[test]
fn a_conditional_event_waits_until_its_condition_is_true() {
    let event =
        "<conditionalEventDefinition><condition>=n > 1</condition></conditionalEventDefinition>";
    let mut run = catching(event).starts(json!({"n": 0}));
    run.sets(json!({"n": 1}));
    assert_eq!(run.done(), [""; 0]);
    run.sets(json!({"n": 2}));
    assert_eq!(run.done(), ["A"]);
    assert_eq!(catching(event).starts(json!({"n": 5})).done(), ["A"]);
}

/// A user task `Work` with a boundary event, then `Event`; else `After`.
fn attached(event: &str, interrupting: bool) -> Diagram {
    process(&format!(
        r#"<startEvent id="s"/><userTask id="Work"/><boundaryEvent id="b" attachedToRef="Work" cancelActivity="{interrupting}">{event}</boundaryEvent>
        <task id="Event"/><task id="After"/><endEvent id="e"/><flows>s -> Work -> After -> e; b -> Event -> e</flows>"#
    ))
    .with(r#"<message id="m" name="news"><extensionElements><zeebe:subscription correlationKey="=place"/></extensionElements></message><signal id="sig" name="bell"/>"#)
}

#[test]
fn a_boundary_event_ends_its_activity_or_goes_beside_it() {
    type Trigger = fn(&mut crate::Run);
    let events: [(&str, Trigger); 5] = [
        (
            "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
            |run| run.seconds_pass(4_000),
        ),
        (r#"<messageEventDefinition messageRef="m"/>"#, |run| {
            run.hears("news", "Kazan", json!({}));
        }),
        (r#"<signalEventDefinition signalRef="sig"/>"#, |run| {
            run.signals("bell");
        }),
        (
            "<conditionalEventDefinition><condition>=n > 1</condition></conditionalEventDefinition>",
            |run| run.sets(json!({"n": 2})),
        ),
        (
            r#"<signalEventDefinition signalRef="sig"/><messageEventDefinition messageRef="m"/>"#,
            |run| run.signals("bell"),
        ),
    ];
    for (event, trigger) in events {
        let start = json!({"place": "Kazan", "n": 0});
        let mut run = attached(event, true).starts(start.clone());
        trigger(&mut run);
        assert_eq!(run.done(), ["Event"], "{event}");
        assert!(run.has_ended(), "{event}");

        let mut run = attached(event, false).starts(start);
        trigger(&mut run);
        assert_eq!(run.done(), ["Event"], "{event}");
        run.does("Work");
        assert_eq!(run.done(), ["Event", "Work", "After"], "{event}");
        assert!(run.has_ended(), "{event}");
    }
}

#[test]
fn a_boundary_event_is_over_when_its_activity_is_done() {
    let event =
        r#"<signalEventDefinition signalRef="sig"/><messageEventDefinition messageRef="m"/>"#;
    let mut run = attached(event, true).starts(json!({"place": "Kazan"}));
    run.does("Work");
    run.signals("bell");
    run.hears("news", "Kazan", json!({}));
    assert_eq!(run.done(), ["Work", "After"]);
    assert!(run.has_ended());
}

#[test]
fn a_boundary_timer_with_a_cycle_fires_each_time() {
    let event = "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>";
    let mut run = attached(event, false).starts(json!({}));
    run.seconds_pass(86_400);
    assert_eq!(run.done(), ["Event", "Event", "Event"]);
    run.does("Work");
    assert!(run.has_ended());
}

#[test]
fn a_condition_that_is_true_from_the_start_comes_before_what_it_interrupts() {
    let on_it = r#"<startEvent id="s"/><subProcess id="sub"><startEvent id="t"/><task id="Inner"/><endEvent id="f"/><flows>t -> Inner -> f</flows></subProcess>
        <boundaryEvent id="b" attachedToRef="sub"><conditionalEventDefinition><condition>=n > 1</condition></conditionalEventDefinition></boundaryEvent>
        <task id="Event"/><task id="After"/><endEvent id="e"/><flows>s -> sub -> After -> e; b -> Event -> e</flows>"#;
    let in_it = r#"<startEvent id="s"/><subProcess id="sub">
        <subProcess id="ev" triggeredByEvent="true"><startEvent id="b"><conditionalEventDefinition><condition>=n > 1</condition></conditionalEventDefinition></startEvent><task id="Event"/><endEvent id="g"/><flows>b -> Event -> g</flows></subProcess>
        <startEvent id="t"/><task id="Inner"/><endEvent id="f"/><flows>t -> Inner -> f</flows></subProcess><endEvent id="e"/><flows>s -> sub -> e</flows>"#;
    for content in [on_it, in_it] {
        let run = process(content).starts(json!({"n": 2}));
        assert_eq!(run.done(), ["Event"], "{content}");
        assert!(run.has_ended());
        let run = process(content).starts(json!({"n": 1}));
        assert_eq!(run.done().first(), Some(&"Inner"), "{content}");
    }
}

#[test]
fn a_condition_occurs_each_time_that_it_becomes_true() {
    let event =
        "<conditionalEventDefinition><condition>=n > 1</condition></conditionalEventDefinition>";
    let mut run = attached(event, false).starts(json!({"n": 0}));
    for (n, times) in [(2, 1), (3, 1), (0, 1), (5, 2)] {
        run.sets(json!({"n": n}));
        assert_eq!(run.done().len(), times, "{n}");
    }
}
