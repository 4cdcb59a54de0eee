//! Loop markers (BPMN 2.0 sections 13.3.6, 13.3.7).

use crate::run::{Run, many, path};
use redthread_core::{Command, Rejection};

/// `Start -> Work -> After -> End`, where `Work` is this element.
fn around(work: &str) -> String {
    many("startEvent", "Start")
        + work
        + &many("task", "After")
        + &many("endEvent", "End")
        + &path("Start Work After End")
}

fn each(kind: &str, sequential: bool, marker: &str) -> String {
    around(&format!(
        r#"<{kind} id="Work"><multiInstanceLoopCharacteristics isSequential="{sequential}">{marker}</multiInstanceLoopCharacteristics></{kind}>"#
    ))
}

const COLLECT: &str = r#"<extensionElements><zeebe:loopCharacteristics inputCollection="=people" inputElement="person" outputCollection="answers" outputElement="=answer"/></extensionElements>"#;

fn ask(sequential: bool, more: &str) -> String {
    each("userTask", sequential, &format!("{COLLECT}{more}"))
}

#[test]
fn a_parallel_multi_instance_activity_runs_once_for_each_item_at_the_same_time() {
    let mut run = Run::with(&ask(false, ""), r#"{people: ["ann", "bob", "cy"]}"#);
    assert_eq!(run.stands_at(), ["Work", "Work", "Work", "Work"]);
    run.complete_task("Work", r#"{answer: "yes"}"#)
        .complete_task("Work", r#"{answer: "no"}"#)
        .complete_task("Work", r#"{answer: "maybe"}"#);
    assert!(run.is_done());
    assert_eq!(run.variable("answers"), r#"["yes", "no", "maybe"]"#);
    assert_eq!(
        (run.variable("answer"), run.times("After")),
        ("(none)".into(), 1)
    );
}

#[test]
fn a_sequential_multi_instance_activity_runs_for_one_item_after_the_other() {
    let mut run = Run::with(&ask(true, ""), r#"{people: ["ann", "bob"]}"#);
    assert_eq!(run.stands_at(), ["Work", "Work"]);
    run.complete_task("Work", r#"{answer: 1}"#);
    assert_eq!(run.stands_at(), ["Work", "Work"]);
    run.complete_task("Work", r#"{answer: 2}"#);
    assert!(run.is_done());
    assert_eq!(run.variable("answers"), "[1, 2]");
}

#[test]
fn an_empty_collection_completes_at_once() {
    let run = Run::with(&ask(false, ""), "{people: []}");
    assert!(run.is_done());
    assert_eq!(
        (run.variable("answers"), run.times("After")),
        ("[]".into(), 1)
    );
}

#[test]
fn a_completion_condition_that_becomes_true_ends_the_others() {
    let condition = "<completionCondition>numberOfCompletedInstances >= 2</completionCondition>";
    let mut run = Run::with(&ask(false, condition), r#"{people: ["ann", "bob", "cy"]}"#);
    run.complete_task("Work", "{answer: 1}")
        .complete_task("Work", "{answer: 2}");
    assert!(run.is_done() && run.state.waits.is_empty());
    assert_eq!(run.variable("answers"), "[1, 2, null]");
}

#[test]
fn a_completion_condition_sees_the_results_so_far_and_the_answer_that_just_came() {
    let condition = "<completionCondition>count(answers[item = \"no\"]) > 0 or answer = \"stop\"</completionCondition>";
    for last in ["no", "stop"] {
        let mut run = Run::with(&ask(false, condition), r#"{people: ["ann", "bob", "cy"]}"#);
        run.complete_task("Work", r#"{answer: "yes"}"#);
        assert!(!run.is_done());
        run.complete_task("Work", &format!("{{answer: {last:?}}}"));
        assert!(run.is_done());
    }
}

#[test]
fn a_completion_condition_that_gives_null_is_an_incident_that_can_be_mended() {
    let condition = "<completionCondition>enough</completionCondition>";
    let mut run = Run::with(&ask(false, condition), r#"{people: ["ann", "bob"]}"#);
    run.complete_task("Work", "{answer: 1}");
    assert_eq!(run.last(1), ["Work incident expressionFailed"]);
    run.set("{enough: true}").retry();
    assert!(run.is_done());
}

#[test]
fn a_collection_that_is_no_list_is_an_incident() {
    let mut run = Run::with(&ask(false, ""), "{people: 5}");
    assert_eq!(run.last(1), ["Work incident expressionFailed"]);
    run.set(r#"{people: ["ann"]}"#).retry();
    run.complete_task("Work", "{answer: 1}");
    assert!(run.is_done());
}

#[test]
fn a_cardinality_says_how_many_instances_there_are() {
    let run = Run::with(
        &each("task", false, "<loopCardinality>n + 1</loopCardinality>"),
        "{n: 2}",
    );
    assert!(run.is_done());
    // Three instances, and the activity itself.
    assert_eq!((run.times("Work"), run.times("After")), (4, 1));
}

#[test]
fn ten_thousand_instances_that_wait_for_nothing_end_within_several_steps() {
    let mut run = Run::of(&each(
        "task",
        false,
        "<loopCardinality>3000</loopCardinality>",
    ));
    assert!(run.go_on() >= 2);
    assert!(run.is_done() && run.times("Work") == 3001);
}

#[test]
fn a_boundary_event_of_a_multi_instance_activity_ends_all_instances() {
    let body = ask(false, "")
        + r#"<boundaryEvent id="Late" attachedToRef="Work"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>"#
        + &many("endEvent", "Given")
        + &path("Late Given");
    let mut run = Run::with(&body, r#"{people: ["ann", "bob"]}"#);
    run.complete_task("Work", "{answer: 1}")
        .after("P1D", "Late");
    assert!(run.is_done() && run.state.waits.is_empty());
    assert_eq!((run.times("After"), run.times("Given")), (0, 1));
}

#[test]
fn a_multi_instance_sub_process_keeps_the_variables_of_each_instance_apart() {
    let inside = many("startEvent", "In")
        + &many("userTask", "Ask")
        + &many("endEvent", "Out")
        + &path("In Ask Out");
    let marker =
        format!("<multiInstanceLoopCharacteristics>{COLLECT}</multiInstanceLoopCharacteristics>");
    let body = around(&format!(
        r#"<subProcess id="Work">{marker}{inside}</subProcess>"#
    ));
    let mut run = Run::with(&body, r#"{people: ["ann", "bob"]}"#);
    run.complete_task("Ask", r#"{answer: "first"}"#)
        .complete_task("Ask", r#"{answer: "second"}"#);
    assert!(run.is_done());
    assert_eq!(run.variable("answers"), r#"["first", "second"]"#);
}

fn behaving(attributes: &str, more: &str) -> String {
    many("startEvent", "Start")
        + &format!(
            r#"<task id="Work"><multiInstanceLoopCharacteristics isSequential="true" {attributes}>
                 <loopCardinality>3</loopCardinality>{more}</multiInstanceLoopCharacteristics></task>
               <boundaryEvent id="Told" attachedToRef="Work" cancelActivity="false"><signalEventDefinition signalRef="GoSignal"/></boundaryEvent>"#
        )
        + &many("task", "Note")
        + &many("endEvent", "End Noted")
        + &path("Start Work End")
        + &path("Told Note Noted")
}

fn definitions() -> &'static str {
    r#"<signalEventDefinition id="GoDefinition" signalRef="GoSignal"/>"#
}

#[test]
fn the_behavior_of_a_multi_instance_activity_says_when_its_events_occur() {
    for (attributes, more, times) in [
        (
            r#"behavior="None" noneBehaviorEventRef="GoDefinition""#,
            "",
            3,
        ),
        (
            r#"behavior="One" oneBehaviorEventRef="GoDefinition""#,
            "",
            1,
        ),
        (
            r#"behavior="All" oneBehaviorEventRef="GoDefinition""#,
            "",
            0,
        ),
        (
            r#"behavior="Complex""#,
            r#"<complexBehaviorDefinition><condition xsi:type="tFormalExpression">numberOfCompletedInstances = 2</condition>
                 <event id="Implicit"><signalEventDefinition signalRef="GoSignal"/></event></complexBehaviorDefinition>"#,
            1,
        ),
    ] {
        let body = behaving(attributes, more);
        // A boundary event that catches its own activity's event leaves the others, unless it says otherwise.
        for body in [body.clone(), body.replace(r#" cancelActivity="false""#, "")] {
            let run = Run::defining(definitions(), &body, "{}");
            assert!(run.is_done(), "{attributes}");
            assert_eq!(run.times("Note"), times, "{attributes}");
        }
        let run = Run::defining(definitions(), &body.replace("\"false\"", "\"true\""), "{}");
        assert_eq!(run.times("Note"), times.min(1), "{attributes}");
    }
}

fn looping(attributes: &str, condition: &str) -> String {
    around(&format!(
        r#"<scriptTask id="Work"><extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></extensionElements>
             <standardLoopCharacteristics {attributes}>{condition}</standardLoopCharacteristics></scriptTask>"#
    ))
}

#[test]
fn a_standard_loop_goes_on_as_long_as_its_condition_is_true() {
    let condition = "<loopCondition>n &lt; 3</loopCondition>";
    let run = Run::with(&looping("", condition), "{n: 0}");
    assert!(run.is_done());
    assert_eq!((run.variable("n"), run.times("After")), ("3".into(), 1));
    let run = Run::with(&looping("", condition), "{n: 5}");
    assert_eq!(
        run.variable("n"),
        "6",
        "the condition is looked at after a round"
    );
    let run = Run::with(&looping(r#"testBefore="true""#, condition), "{n: 5}");
    assert_eq!(
        run.variable("n"),
        "5",
        "the condition is looked at before a round"
    );
    assert!(run.is_done());
}

#[test]
fn a_standard_loop_ends_at_its_maximum() {
    let condition = "<loopCondition>true</loopCondition>";
    let run = Run::with(&looping(r#"loopMaximum="4""#, condition), "{n: 0}");
    assert_eq!(run.variable("n"), "4");
    assert!(run.is_done());
}

#[test]
fn a_loop_whose_condition_gives_null_is_stuck_until_it_is_mended() {
    let mut run = Run::with(
        &looping("", "<loopCondition>more</loopCondition>"),
        "{n: 0}",
    );
    assert_eq!(run.last(1), ["Work incident expressionFailed"]);
    run.set("{more: false}").retry();
    assert!(run.is_done());
}

fn ad_hoc(attributes: &str, extension: &str, condition: &str) -> String {
    around(&format!(
        r#"<adHocSubProcess id="Work" {attributes}>{extension}{}{condition}</adHocSubProcess>"#,
        many("userTask", "A B C") + &many("task", "Then") + &path("A Then")
    ))
}

#[test]
fn an_ad_hoc_sub_process_runs_everything_where_nobody_says_what() {
    let mut run = Run::of(&ad_hoc("", "", ""));
    assert_eq!(run.stands_at(), ["Work", "A", "B", "C"]);
    run.complete_task("C", "{}")
        .complete_task("A", "{}")
        .complete_task("B", "{}");
    assert!(run.is_done() && run.times("Then") == 1 && run.times("After") == 1);
}

#[test]
fn a_sequential_ad_hoc_sub_process_runs_one_activity_after_the_other() {
    let mut run = Run::of(&ad_hoc(r#"ordering="Sequential""#, "", ""));
    assert_eq!(run.stands_at(), ["Work", "A"]);
    run.complete_task("A", "{}");
    assert_eq!(run.stands_at(), ["Work", "B"]);
    run.complete_task("B", "{}").complete_task("C", "{}");
    assert!(run.is_done());
}

#[test]
fn a_sequential_ad_hoc_sub_process_runs_one_activity_at_a_time_also_where_a_flow_splits() {
    let inside = many("userTask", "A B C") + &path("A B") + &path("A C");
    let mut run = Run::of(&around(&format!(
        r#"<adHocSubProcess id="Work" ordering="Sequential">{inside}</adHocSubProcess>"#
    )));
    run.complete_task("A", "{}");
    assert_eq!(run.stands_at(), ["Work", "B", "> A-C"]);
    run.complete_task("B", "{}");
    assert_eq!(run.stands_at(), ["Work", "C"]);
    run.complete_task("C", "{}");
    assert!(run.is_done());
}

#[test]
fn what_follows_in_an_ad_hoc_sub_process_does_not_begin_once_its_condition_is_true() {
    let mut run = Run::with(&ad_hoc("", "", ENOUGH), "{enough: false}");
    run.activate("Work", "A").unwrap();
    run.complete_task("A", "{enough: true}");
    assert!(run.is_done() && run.times("Then") == 0);
}

#[test]
fn an_output_mapping_gives_a_round_its_own_result() {
    let marker =
        format!("<multiInstanceLoopCharacteristics>{COLLECT}</multiInstanceLoopCharacteristics>");
    let body = around(&format!(
        r#"<userTask id="Work"><extensionElements><zeebe:ioMapping><zeebe:output source="=said" target="answer"/></zeebe:ioMapping></extensionElements>{marker}</userTask>"#
    ));
    let mut run = Run::with(&body, r#"{people: ["ann", "bob"]}"#);
    run.complete_task("Work", "{said: 1}")
        .complete_task("Work", "{said: 2}");
    assert_eq!(run.variable("answers"), "[1, 2]");
    assert_eq!(run.variable("answer"), "(none)");
}

const ENOUGH: &str =
    r#"<completionCondition xsi:type="tFormalExpression">enough</completionCondition>"#;

#[test]
fn an_ad_hoc_sub_process_with_a_completion_condition_waits_for_people_to_choose() {
    let mut run = Run::with(&ad_hoc("", "", ENOUGH), "{enough: false}");
    assert_eq!(run.stands_at(), ["Work"]);
    run.activate("Work", "A B").unwrap();
    assert_eq!(run.stands_at(), ["Work", "A", "B"]);
    run.complete_task("A", "{}").activate("Work", "A").unwrap();
    run.complete_task("B", "{enough: true}");
    assert!(run.is_done(), "what remained is ended");
    assert_eq!(run.times("After"), 1);
}

#[test]
fn a_completion_condition_that_becomes_true_by_hand_ends_an_ad_hoc_sub_process() {
    let mut run = Run::with(&ad_hoc("", "", ENOUGH), "{enough: false}");
    run.activate("Work", "A B").unwrap();
    run.complete_task("A", "{}").set("{enough: true}");
    assert!(run.is_done());
}

#[test]
fn an_ad_hoc_sub_process_that_leaves_the_remaining_waits_for_them() {
    let mut run = Run::with(
        &ad_hoc(r#"cancelRemainingInstances="false""#, "", ENOUGH),
        "{enough: false}",
    );
    run.activate("Work", "A B").unwrap();
    run.complete_task("B", "{enough: true}");
    assert_eq!(run.stands_at(), ["Work", "A"]);
    run.complete_task("A", "{}");
    assert!(run.is_done());
}

#[test]
fn a_collection_says_what_an_ad_hoc_sub_process_begins_with() {
    let extension = r#"<extensionElements><zeebe:adHoc activeElementsCollection="=chosen"/></extensionElements>"#;
    let mut run = Run::with(&ad_hoc("", extension, ""), r#"{chosen: ["B"]}"#);
    assert_eq!(run.stands_at(), ["Work", "B"]);
    run.complete_task("B", "{}");
    assert!(run.is_done());
    let mut run = Run::with(&ad_hoc("", extension, ""), r#"{chosen: ["Then"]}"#);
    assert_eq!(run.last(1), ["Work incident expressionFailed"]);
    run.set(r#"{chosen: ["C"]}"#).retry();
    assert_eq!(run.stands_at(), ["Work", "C"]);
}

#[test]
fn only_what_nothing_leads_to_can_be_chosen_in_an_ad_hoc_sub_process() {
    let mut run = Run::with(&ad_hoc("", "", ENOUGH), "{enough: false}");
    for id in ["Then", "After", "Nonsense"] {
        let refused = run.activate("Work", id);
        assert!(
            matches!(refused, Err(Rejection::NotActivatable { .. })),
            "{id}"
        );
    }
    run.activate("Work", "A").unwrap();
    let ad_hoc = run.instance_of("A");
    let command = Command::ActivateElements {
        ad_hoc,
        elements: vec!["A".into()],
        variables: Default::default(),
    };
    assert_eq!(run.send(command), Err(Rejection::NotAdHoc(ad_hoc)));
}
