//! Cancelling, completing, terminating: patterns 11, 19, 20, 25 to 27 and 43.

use serde_json::json;

use crate::begin;

#[test]
fn wcp11_a_process_ends_when_nothing_is_left_to_do() {
    let mut order = begin("wcp11-implicit-termination", json!({}));
    order.does("Pack");
    assert!(!order.has_ended());
    order.does("Bill");
    assert!(order.has_ended());
}

#[test]
fn wcp19_a_task_is_withdrawn_and_another_way_is_gone() {
    let mut visit = begin("wcp19-cancel-task", json!({"visit": "V1"}));
    visit.hears("wcp19-call-off", "V2");
    assert_eq!(visit.open(), ["Visit"]);
    visit.hears("wcp19-call-off", "V1");
    assert_eq!(visit.open(), ["Apologise"]);
    visit.does("Apologise");
    assert!(visit.has_ended());
}

#[test]
fn wcp20_a_whole_case_is_withdrawn() {
    let mut claim = begin("wcp20-cancel-case", json!({"claim": "C1"}));
    assert_eq!(claim.open(), ["Ask", "Assess"]);
    claim.does("Ask");
    claim.hears("wcp20-withdraw", "C1");
    assert_eq!(claim.open(), [""; 0]);
    assert!(claim.has_ended());
    assert_eq!((claim.times("Assess"), claim.times("Done")), (0, 0));
}

#[test]
fn wcp25_a_part_of_a_process_is_withdrawn_and_the_rest_goes_on() {
    let mut event = begin("wcp25-cancel-region", json!({"event": "E1"}));
    assert_eq!(event.open(), ["Cook", "Invite", "PayRoom"]);
    event.does("Invite");
    event.hears("wcp25-call-off", "E1");
    assert_eq!(event.open(), ["PayRoom"]);
    event.does("PayRoom");
    assert!(event.has_ended());
    assert_eq!(event.times("Celebrate"), 0);
}

#[test]
fn wcp26_all_instances_of_a_task_are_withdrawn() {
    let mut vote = begin(
        "wcp26-cancel-multiple-instance-activity",
        json!({"vote": "V1"}),
    );
    vote.does("Vote");
    vote.hears("wcp26-call-off", "V1");
    assert_eq!(vote.open(), ["Explain"]);
    vote.does("Explain");
    assert!(vote.has_ended());
}

#[test]
fn wcp27_instances_that_are_not_done_are_withdrawn_and_the_process_goes_on() {
    let mut in_time = begin("wcp27-complete-multiple-instance-activity", json!({}));
    for _ in 0..3 {
        in_time.does("Vote");
    }
    assert_eq!(in_time.open(), ["Count"]);

    let mut late = begin("wcp27-complete-multiple-instance-activity", json!({}));
    late.does("Vote");
    late.days_pass(2);
    assert_eq!(late.open(), ["Count"]);
    late.does("Count");
    assert!(late.has_ended());
}

#[test]
fn wcp43_who_reaches_the_end_first_ends_everything() {
    let mut search = begin("wcp43-explicit-termination", json!({}));
    assert_eq!(search.open(), ["SearchGarden", "SearchHouse"]);
    search.does("SearchGarden");
    assert_eq!(search.open(), [""; 0]);
    assert!(search.has_ended());
}
