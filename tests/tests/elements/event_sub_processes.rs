//! Event sub-processes (10.3.5, 10.5.6): every trigger, interrupting and not.

use serde_json::json;

use crate::{Diagram, Run, process};

/// A process with a user task `Work` and an event sub-process with a task `Event`, beside or in a sub-process.
fn around(start: &str, interrupting: bool, within: bool) -> Diagram {
    let event = format!(
        r#"<subProcess id="ev" triggeredByEvent="true"><startEvent id="t" isInterrupting="{interrupting}">{start}</startEvent><task id="Event"/><endEvent id="f"/><flows>t -> Event -> f</flows></subProcess>"#
    );
    let content = if within {
        format!(
            r#"<startEvent id="s"/><subProcess id="sub">{event}<startEvent id="u"/><userTask id="Work"/><endEvent id="g"/><flows>u -> Work -> g</flows></subProcess>
            <task id="After"/><endEvent id="e"/><flows>s -> sub -> After -> e</flows>"#
        )
    } else {
        format!(
            r#"{event}<startEvent id="s"/><userTask id="Work"/><task id="After"/><endEvent id="e"/><flows>s -> Work -> After -> e</flows>"#
        )
    };
    process(&content).with(
        r#"<message id="m" name="news"><extensionElements><zeebe:subscription correlationKey="=place"/></extensionElements></message><signal id="sig" name="bell"/>"#,
    )
}

/// What happens when it is triggered, interrupting or not, in a process or a sub-process.
fn check(start: &str, trigger: impl Fn(&mut Run)) {
    for within in [false, true] {
        let variables = json!({"place": "Kazan", "n": 0});
        let mut run = around(start, true, within).starts(variables.clone());
        trigger(&mut run);
        assert_eq!(run.open(), [""; 0], "{start}");
        let expected = if within {
            &["Event", "After"][..]
        } else {
            &["Event"]
        };
        assert_eq!(run.done(), expected, "{start}");
        assert!(run.has_ended(), "{start}");

        let mut run = around(start, false, within).starts(variables);
        trigger(&mut run);
        assert_eq!(run.open(), ["Work"], "{start}");
        assert_eq!(run.done(), ["Event"], "{start}");
        run.does("Work");
        assert_eq!(run.done(), ["Event", "Work", "After"], "{start}");
        assert!(run.has_ended(), "{start}");
    }
}

#[test]
fn a_message_begins_it() {
    check(r#"<messageEventDefinition messageRef="m"/>"#, |run| {
        run.hears("news", "Kazan", json!({}));
    });
}

#[test]
fn a_timer_begins_it() {
    check(
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        |run| run.seconds_pass(4_000),
    );
}

#[test]
fn a_signal_begins_it() {
    check(r#"<signalEventDefinition signalRef="sig"/>"#, |run| {
        run.signals("bell");
    });
}

#[test]
fn a_condition_that_becomes_true_begins_it() {
    check(
        "<conditionalEventDefinition><condition>=n > 1</condition></conditionalEventDefinition>",
        |run| run.sets(json!({"n": 2})),
    );
}

#[test]
fn a_message_begins_one_that_does_not_interrupt_each_time() {
    let start = r#"<messageEventDefinition messageRef="m"/>"#;
    let mut run = around(start, false, false).starts(json!({"place": "Kazan"}));
    run.hears("news", "Kazan", json!({}));
    run.hears("news", "Kazan", json!({}));
    assert_eq!(run.done(), ["Event", "Event"]);
    assert_eq!(run.open(), ["Work"]);
}

/// An event sub-process with a task `Event`, and an event that is thrown beside it before a task `Work`.
fn thrown(start: &str, interrupting: bool, throw: &str, roots: &str) -> Run {
    process(&format!(
        r#"<startEvent id="s"/><subProcess id="sub">
        <subProcess id="ev" triggeredByEvent="true"><startEvent id="t" isInterrupting="{interrupting}">{start}</startEvent><task id="Event"/><endEvent id="f"/><flows>t -> Event -> f</flows></subProcess>
        <startEvent id="u"/>{throw}<task id="Work"/><endEvent id="g"/><flows>u -> x -> Work -> g</flows></subProcess>
        <task id="After"/><endEvent id="e"/><flows>s -> sub -> After -> e</flows>"#
    ))
    .with(roots)
    .starts(json!({}))
}

#[test]
fn an_escalation_begins_it() {
    let roots = r#"<escalation id="E" name="Late" escalationCode="late"/>"#;
    let start = r#"<escalationEventDefinition escalationRef="E"/>"#;
    let throw = r#"<intermediateThrowEvent id="x"><escalationEventDefinition escalationRef="E"/></intermediateThrowEvent>"#;
    let run = thrown(start, true, throw, roots);
    assert_eq!(run.done(), ["Event", "After"]);
    assert!(run.has_ended());
    let run = thrown(start, false, throw, roots);
    assert_eq!(run.done_in_any_order(), ["After", "Event", "Work"]);
    assert!(run.has_ended());
}

#[test]
fn an_error_begins_it_and_ends_everything_else() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="sub">
        <subProcess id="ev" triggeredByEvent="true"><startEvent id="t"><errorEventDefinition errorRef="E"/></startEvent><task id="Event"/><endEvent id="f"/><flows>t -> Event -> f</flows></subProcess>
        <startEvent id="u"/><userTask id="Work"/><endEvent id="g"/><endEvent id="x"><errorEventDefinition errorRef="E"/></endEvent><flows>u -> Work -> g; u -> x</flows></subProcess>
        <task id="After"/><endEvent id="e"/><flows>s -> sub -> After -> e</flows>"#,
    )
    .with(r#"<error id="E" name="Wrong" errorCode="wrong"/>"#)
    .starts(json!({}));
    assert_eq!(run.done(), ["Event", "After"]);
    assert!(run.has_ended());
}

#[test]
fn a_compensation_begins_it_once_its_sub_process_has_completed() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="sub">
        <subProcess id="ev" triggeredByEvent="true"><startEvent id="t"><compensateEventDefinition/></startEvent><task id="Undo"/><endEvent id="f"/><flows>t -> Undo -> f</flows></subProcess>
        <startEvent id="u"/><task id="Work"/><endEvent id="g"/><flows>u -> Work -> g</flows></subProcess>
        <intermediateThrowEvent id="x"><compensateEventDefinition/></intermediateThrowEvent><task id="After"/><endEvent id="e"/><flows>s -> sub -> x -> After -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done(), ["Work", "Undo", "After"]);
    assert!(run.has_ended());
}

#[test]
fn it_may_have_one_within_itself() {
    let mut run = process(
        r#"<subProcess id="ev" triggeredByEvent="true"><startEvent id="t" isInterrupting="false"><signalEventDefinition signalRef="sig"/></startEvent>
          <subProcess id="ev2" triggeredByEvent="true"><startEvent id="t2"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent><task id="Late"/><endEvent id="f2"/><flows>t2 -> Late -> f2</flows></subProcess>
          <userTask id="Event"/><endEvent id="f"/><flows>t -> Event -> f</flows></subProcess>
        <startEvent id="s"/><userTask id="Work"/><endEvent id="e"/><flows>s -> Work -> e</flows>"#,
    )
    .with(r#"<signal id="sig" name="bell"/>"#)
    .starts(json!({}));
    run.signals("bell");
    assert_eq!(run.open(), ["Event", "Work"]);
    run.seconds_pass(4_000);
    assert_eq!(run.done(), ["Late"]);
    assert_eq!(run.open(), ["Work"]);
    run.does("Work");
    assert!(run.has_ended());
}
