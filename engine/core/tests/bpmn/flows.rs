//! Gateways and conditional flows that depend on more than one token (BPMN 2.0 section 13.4).

use crate::run::{Run, many, path, when};

fn split_and_join(gateway: &str) -> String {
    many("startEvent", "Start")
        + &many(gateway, "Split Join")
        + &many("userTask", "A B")
        + &many("task", "C After")
        + &many("endEvent", "End")
        + &path("Start Split")
        + &when("Split", "A", "a")
        + &when("Split", "B", "b")
        + &when("Split", "C", "c")
        + &path("A Join")
        + &path("B Join")
        + &path("C Join After End")
}

#[test]
fn an_inclusive_gateway_takes_every_flow_whose_condition_is_true() {
    let run = Run::with(
        &split_and_join("inclusiveGateway"),
        "{a: true, b: true, c: false}",
    );
    assert_eq!(run.stands_at(), ["A", "B"]);
}

#[test]
fn an_inclusive_join_waits_for_the_branches_that_were_taken_and_no_others() {
    let mut run = Run::with(
        &split_and_join("inclusiveGateway"),
        "{a: true, b: true, c: true}",
    );
    assert_eq!(run.stands_at(), ["A", "B", "> C-Join"]);
    run.complete_task("B", "{}");
    assert_eq!(run.times("Join"), 0);
    run.complete_task("A", "{}");
    assert_eq!((run.times("Join"), run.times("After")), (1, 1));
    assert!(run.is_done());
}

#[test]
fn an_inclusive_gateway_without_a_true_condition_takes_its_default_flow() {
    let body = split_and_join("inclusiveGateway").replace(
        r#"<inclusiveGateway id="Split"/>"#,
        r#"<inclusiveGateway id="Split" default="Split-C"/>"#,
    );
    let run = Run::with(&body, "{a: false, b: false}");
    assert!(run.is_done() && run.times("C") == 1);
}

#[test]
fn an_inclusive_gateway_without_a_way_out_is_stuck_until_a_condition_is_true() {
    let mut run = Run::with(
        &split_and_join("inclusiveGateway"),
        "{a: false, b: false, c: false}",
    );
    assert_eq!(run.last(1), ["Split incident noFlow"]);
    run.set("{c: true}").retry();
    assert!(run.is_done());
}

#[test]
fn an_inclusive_join_in_a_loop_passes_each_round() {
    let body = many("startEvent", "Start")
        + &many("inclusiveGateway", "Join")
        + &many("userTask", "Work")
        + r#"<exclusiveGateway id="Again" default="Again-End"/>"#
        + &many("endEvent", "End")
        + &path("Start Join Work Again End")
        + &when("Again", "Join", "again");
    let mut run = Run::of(&body);
    run.complete_task("Work", "{again: true}")
        .complete_task("Work", "{again: true}");
    run.complete_task("Work", "{again: false}");
    assert!(run.is_done() && run.times("Join") == 3);
}

#[test]
fn an_inclusive_join_waits_for_what_a_boundary_event_can_still_send_to_it() {
    let body = many("startEvent", "Start")
        + &many("parallelGateway", "Split")
        + &many("task", "Quick Instead")
        + &many("userTask", "Slow")
        + &many("inclusiveGateway", "Join")
        + &many("endEvent", "End Other")
        + r#"<boundaryEvent id="Late" attachedToRef="Slow"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"#
        + &path("Start Split Quick Join End")
        + &path("Split Slow Other")
        + &path("Late Instead Join");
    let mut run = Run::of(&body);
    assert_eq!(run.stands_at(), ["Slow", "> Quick-Join"]);
    run.after("PT1H", "Late");
    assert!(run.is_done() && run.times("Join") == 1);
    let mut run = Run::of(&body);
    run.complete_task("Slow", "{}");
    assert!(run.is_done() && run.times("Join") == 1);
}

#[test]
fn an_inclusive_join_waits_for_what_a_link_can_still_bring() {
    let body = many("startEvent", "Start")
        + &many("parallelGateway", "Split")
        + &many("task", "Quick")
        + &many("userTask", "Slow")
        + r#"<intermediateThrowEvent id="Leave"><linkEventDefinition name="over"/></intermediateThrowEvent>
             <intermediateCatchEvent id="Arrive"><linkEventDefinition name="over"/></intermediateCatchEvent>"#
        + &many("inclusiveGateway", "Join")
        + &many("endEvent", "End")
        + &path("Start Split Quick Join End")
        + &path("Split Slow Leave")
        + &path("Arrive Join");
    let mut run = Run::of(&body);
    assert_eq!(run.stands_at(), ["Slow", "> Quick-Join"]);
    run.complete_task("Slow", "{}");
    assert!(run.is_done() && run.times("Join") == 1);
    assert_eq!(run.times("Arrive"), 1);
}

#[test]
fn an_activity_takes_its_flows_without_a_condition_and_those_whose_condition_is_true() {
    let body = many("startEvent", "Start")
        + &many("task", "Work A B C")
        + &many("endEvent", "End")
        + &path("Start Work A End")
        + &path("B End")
        + &path("C End")
        + &when("Work", "B", "b")
        + &when("Work", "C", "c");
    let run = Run::with(&body, "{b: false, c: true}");
    assert!(run.is_done());
    assert_eq!(run.completed(), ["Start", "Work", "A", "C", "End", "End"]);
}

#[test]
fn an_activity_takes_its_default_flow_beside_those_without_a_condition() {
    let body = many("startEvent", "Start")
        + r#"<task id="Work" default="Work-C"/>"#
        + &many("task", "A B C")
        + &many("endEvent", "End")
        + &path("Start Work C End")
        + &path("Work A End")
        + &when("Work", "B", "b")
        + &path("B End");
    let run = Run::with(&body, "{b: false}");
    assert_eq!((run.times("A"), run.times("B"), run.times("C")), (1, 0, 1));
    let run = Run::with(&body, "{b: true}");
    assert_eq!((run.times("A"), run.times("B"), run.times("C")), (1, 1, 0));
}

#[test]
fn an_activity_takes_its_default_flow_where_no_condition_is_true() {
    let body = many("startEvent", "Start")
        + r#"<task id="Work" default="Work-C"/>"#
        + &many("task", "B C")
        + &many("endEvent", "End")
        + &path("Start Work C End")
        + &path("B End")
        + &when("Work", "B", "b");
    assert_eq!(
        Run::with(&body, "{b: false}").completed(),
        ["Start", "Work", "C", "End"]
    );
    assert_eq!(
        Run::with(&body, "{b: true}").completed(),
        ["Start", "Work", "B", "End"]
    );
}

const DISCRIMINATOR: &str = r#"<complexGateway id="First"><activationCondition>activationCount >= 1</activationCondition></complexGateway>"#;

fn discriminator() -> String {
    many("startEvent", "Start")
        + &many("parallelGateway", "Split")
        + &many("userTask", "A B C")
        + DISCRIMINATOR
        + &many("task", "After")
        + &many("endEvent", "End")
        + &path("Start Split A First After End")
        + &path("Split B First")
        + &path("Split C First")
}

#[test]
fn a_complex_gateway_passes_once_and_takes_the_late_tokens_when_it_is_reset() {
    let mut run = Run::of(&discriminator());
    run.complete_task("B", "{}");
    assert_eq!(run.times("After"), 1);
    assert_eq!(run.stands_at(), ["A", "C", "First"]);
    run.complete_task("A", "{}");
    assert_eq!(run.stands_at(), ["C", "First", "> A-First"]);
    run.complete_task("C", "{}");
    assert!(run.is_done() && run.times("After") == 1 && run.times("First") == 1);
}

#[test]
fn a_complex_gateway_waits_for_as_many_tokens_as_its_condition_asks_for() {
    let mut run = Run::of(&discriminator().replace(">= 1", ">= 2"));
    run.complete_task("A", "{}");
    assert_eq!(run.times("After"), 0);
    run.complete_task("C", "{}");
    assert_eq!(run.times("After"), 1);
    run.complete_task("B", "{}");
    assert!(run.is_done());
}

#[test]
fn a_complex_gateway_lets_a_reset_go_on_where_a_condition_asks_for_it() {
    let body = discriminator()
        + &many("task", "Late")
        + &many("endEvent", "LateEnd")
        + &path("Late LateEnd")
        + &when("First", "Late", "not(waitingForStart)");
    let mut run = Run::of(&body);
    run.complete_task("A", "{}");
    assert_eq!((run.times("After"), run.times("Late")), (1, 0));
    run.complete_task("B", "{}").complete_task("C", "{}");
    assert!(run.is_done());
    assert_eq!((run.times("After"), run.times("Late")), (1, 1));
}

const CHOICE: &str = r#"
    <intermediateCatchEvent id="Paid"><messageEventDefinition messageRef="PaidMessage"/></intermediateCatchEvent>
    <intermediateCatchEvent id="Stopped"><signalEventDefinition signalRef="StopSignal"/></intermediateCatchEvent>
    <intermediateCatchEvent id="Late"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>"#;

fn choice() -> String {
    many("startEvent", "Start")
        + &many("eventBasedGateway", "Wait")
        + CHOICE
        + &many("task", "A B C")
        + &many("endEvent", "End")
        + &path("Start Wait Paid A End")
        + &path("Wait Stopped B End")
        + &path("Wait Late C End")
}

#[test]
fn the_first_event_behind_an_event_based_gateway_takes_the_token() {
    let mut run = Run::with(&choice(), "{order: 7}");
    assert_eq!(run.stands_at(), ["Wait"]);
    run.signal("Stopped", "{why: \"rain\"}");
    assert!(run.is_done() && run.state.waits.is_empty());
    assert_eq!(run.completed(), ["Start", "Wait", "Stopped", "B", "End"]);
    assert_eq!(run.variable("why"), "\"rain\"");
    let mut run = Run::with(&choice(), "{order: 7}");
    run.after("PT1H", "Late");
    assert_eq!(run.completed(), ["Start", "Wait", "Late", "C", "End"]);
}

#[test]
fn an_activity_with_a_start_quantity_waits_for_so_many_tokens() {
    let body = many("startEvent", "Start")
        + &many("parallelGateway", "Split")
        + &many("task", "A B")
        + r#"<task id="Both" startQuantity="2"/> <task id="After" completionQuantity="3"/>"#
        + &many("task", "Thrice")
        + &many("endEvent", "End")
        + &path("Start Split A Both After Thrice End")
        + &path("Split B Both");
    let run = Run::of(&body);
    assert!(run.is_done());
    assert_eq!(
        (run.times("Both"), run.times("After"), run.times("Thrice")),
        (1, 1, 3)
    );
}

#[test]
fn without_a_start_event_everything_begins_that_nothing_leads_to() {
    let body = many("task", "A B After") + &path("A After");
    let run = Run::of(&body);
    assert!(run.is_done());
    assert_eq!(run.completed(), ["A", "B", "After"]);
}

#[test]
fn more_tokens_than_a_step_moves_may_wait_before_joins() {
    let (tasks, mut body) = (
        1_100,
        many("startEvent", "Start") + &many("parallelGateway", "Split"),
    );
    body += &path("Start Split");
    for n in 0..tasks {
        body += &many("task", &format!("T{n}"));
        body += &many("inclusiveGateway", &format!("J{n}"));
        body += &path(&format!("Split T{n} J{n}"));
        if n > 0 {
            body += &path(&format!("J{} J{n}", n - 1));
        }
    }
    body += &many("endEvent", "End");
    body += &path(&format!("J{} End", tasks - 1));
    let graph = crate::run::process("", &body);
    let done = crate::run::straight_through(&graph);
    assert!(done, "the last join passes");
}
