//! Embedded, transaction and ad-hoc sub-processes (10.3.5).

use serde_json::json;

use crate::process;

#[test]
fn a_sub_process_completes_when_all_in_it_has_ended() {
    let mut run = process(
        r#"<startEvent id="s"/><subProcess id="sub"><startEvent id="t"/><userTask id="A"/><userTask id="B"/><endEvent id="f"/><flows>t -> A -> f; t -> B -> f</flows></subProcess>
        <task id="C"/><endEvent id="e"/><flows>s -> sub -> C -> e</flows>"#,
    )
    .starts(json!({}));
    run.does("A");
    assert_eq!(run.done(), ["A"]);
    run.does("B");
    assert_eq!(run.done(), ["A", "B", "C"]);
    assert!(run.has_ended());
}

#[test]
fn a_sub_process_without_start_events_begins_where_nothing_leads_to() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="sub"><task id="A"/><task id="B"/></subProcess><task id="C"/><endEvent id="e"/><flows>s -> sub -> C -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.done().last(), Some(&"C"));
    assert_eq!(run.done_in_any_order(), ["A", "B", "C"]);
}

#[test]
fn variables_that_a_sub_process_maps_for_itself_stay_in_it() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="sub"><extensionElements><zeebe:ioMapping><zeebe:input source="=n" target="local"/><zeebe:output source="=local" target="result"/></zeebe:ioMapping></extensionElements>
        <startEvent id="t"/><scriptTask id="Add"><extensionElements><zeebe:script expression="=local + 1" resultVariable="local"/></extensionElements></scriptTask><endEvent id="f"/><flows>t -> Add -> f</flows></subProcess>
        <endEvent id="e"/><flows>s -> sub -> e</flows>"#,
    )
    .starts(json!({"n": 1}));
    assert_eq!(run.variable("result"), json!(2));
    assert_eq!(run.variable("local"), json!(null));
    assert!(run.has_ended());
}

const TRANSACTION: &str = r#"<startEvent id="s"/>
    <transaction id="tx"><startEvent id="t"/><task id="Book"/><boundaryEvent id="c" attachedToRef="Book"><compensateEventDefinition/></boundaryEvent>
      <task id="Unbook" isForCompensation="true"/><association id="as" sourceRef="c" targetRef="Unbook" associationDirection="One"/>
      <exclusiveGateway id="g" default="g_good"/><endEvent id="good"/><endEvent id="bad"><cancelEventDefinition/></endEvent>
      <flows>t -> Book -> g; g -> good; g -> bad if fails</flows></transaction>
    <boundaryEvent id="b" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent>
    <task id="Go"/><task id="Stay"/><endEvent id="e"/><flows>s -> tx -> Go -> e; b -> Stay -> e</flows>"#;

#[test]
fn a_transaction_that_succeeds_goes_on() {
    let run = process(TRANSACTION).starts(json!({"fails": false}));
    assert_eq!(run.done(), ["Book", "Go"]);
    assert!(run.has_ended());
}

#[test]
fn a_transaction_that_is_cancelled_is_undone_and_left_by_its_cancel_event() {
    let run = process(TRANSACTION).starts(json!({"fails": true}));
    assert_eq!(run.done(), ["Book", "Unbook", "Stay"]);
    assert!(run.has_ended());
}

/// An ad-hoc sub-process of user tasks A, B > C, then a task `Next`.
fn ad_hoc(attributes: &str, inside: &str) -> crate::Diagram {
    process(&format!(
        r#"<startEvent id="s"/><adHocSubProcess id="ad"{attributes}>{inside}<userTask id="A"/><userTask id="B"/><userTask id="C"/><flows>B -> C</flows></adHocSubProcess>
        <task id="Next"/><endEvent id="e"/><flows>s -> ad -> Next -> e</flows>"#
    ))
}

#[test]
fn a_parallel_ad_hoc_sub_process_begins_all_that_nothing_leads_to() {
    let mut run = ad_hoc("", "").starts(json!({}));
    assert_eq!(run.open(), ["A", "B"]);
    run.does("B");
    assert_eq!(run.open(), ["A", "C"]);
    run.does("A");
    run.does("C");
    assert_eq!(run.done(), ["B", "A", "C", "Next"]);
    assert!(run.has_ended());
}

#[test]
fn a_sequential_ad_hoc_sub_process_does_one_activity_at_a_time() {
    let mut run = ad_hoc(r#" ordering="Sequential""#, "").starts(json!({}));
    let mut count = 0;
    while run.open().len() == 1 {
        let next = run.open().remove(0);
        run.does(&next);
        count += 1;
    }
    assert_eq!(count, 3);
    assert_eq!(run.done().last(), Some(&"Next"));
    assert!(run.has_ended());
}

#[test]
fn an_ad_hoc_sub_process_begins_the_activities_of_an_expression() {
    let run = ad_hoc(
        "",
        r#"<extensionElements><zeebe:adHoc activeElementsCollection="=chosen"/></extensionElements>"#,
    )
    .starts(json!({"chosen": ["B"]}));
    assert_eq!(run.open(), ["B"]);
}

const PERSON: &str = r#"<extensionElements><zeebe:properties><zeebe:property name="redthread:activation" value="person"/></zeebe:properties></extensionElements>"#;

#[test]
fn an_ad_hoc_sub_process_ends_when_its_condition_is_true() {
    for (cancels, open) in [(true, &[][..]), (false, &["A"])] {
        let attributes = format!(r#" cancelRemainingInstances="{cancels}""#);
        let mut run = ad_hoc(
            &attributes,
            &format!("{PERSON}<completionCondition>=enough</completionCondition>"),
        )
        .starts(json!({"enough": false}));
        assert_eq!(run.open(), [""; 0]);
        run.chooses("ad", &["A", "A"]);
        run.does("A");
        run.chooses("ad", &["A"]);
        assert_eq!(run.open(), ["A", "A"]);
        run.does_with("A", json!({"enough": true}));
        assert_eq!(run.open(), open, "{attributes}");
        if !cancels {
            run.does("A");
        }
        assert_eq!(run.done().last(), Some(&"Next"));
        assert!(run.has_ended());
    }
}
