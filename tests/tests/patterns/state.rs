//! What depends on the state of a process: patterns 16 to 18, 39 and 40.

use serde_json::json;

use crate::begin;

#[test]
fn wcp16_what_happens_first_decides_and_the_other_way_is_closed() {
    let mut answered = begin("wcp16-deferred-choice", json!({"letter": "L1"}));
    answered.days_pass(2);
    answered.hears("wcp16-answer", "L1");
    assert_eq!(answered.open(), ["Read"]);
    answered.days_pass(2);
    assert_eq!(answered.open(), ["Read"]);
    answered.does("Read");
    assert!(answered.has_ended());

    let mut late = begin("wcp16-deferred-choice", json!({"letter": "L1"}));
    late.days_pass(4);
    late.hears("wcp16-answer", "L1");
    assert_eq!(late.open(), ["Remind"]);
    late.does("Remind");
    assert!(late.has_ended());
}

#[test]
fn wcp17_tasks_are_done_one_at_a_time_and_those_with_an_order_keep_it() {
    let mut patient = begin("wcp17-interleaved-parallel-routing", json!({}));
    let mut done = Vec::new();
    while patient.open() != ["Diagnose"] {
        let open = patient.open();
        assert_eq!(open.len(), 1, "one at a time: {open:?}");
        patient.does(&open[0]);
        done.extend(open);
    }
    let place = |task: &str| done.iter().position(|other| other == task);
    assert_eq!(done.len(), 3);
    assert!(place("TakeBlood") < place("Analyse") && place("XRay").is_some());
    patient.does("Diagnose");
    assert!(patient.has_ended());
}

#[test]
fn wcp18_a_task_can_begin_only_while_another_is_open() {
    let mut order = begin("wcp18-milestone", json!({"order": "O1"}));
    order.hears("wcp18-change", "O1");
    order.hears("wcp18-change", "O1");
    assert_eq!(order.open(), ["Change", "Change", "Pack"]);
    order.does("Pack");
    order.hears("wcp18-change", "O1");
    assert_eq!(order.open(), ["Change", "Change", "Ship"]);
    for task in ["Change", "Change", "Ship"] {
        order.does(task);
    }
    assert!(order.has_ended());
}

#[test]
fn wcp39_of_two_sections_one_is_entered_at_a_time() {
    let mut house = begin("wcp39-critical-section", json!({}));
    let section = |task: &str| {
        task.trim_start_matches("Lift")
            .trim_start_matches("Fix")
            .to_owned()
    };
    let mut sections = Vec::new();
    while house.open() != ["SendBack"] {
        let open = house.open();
        assert_eq!(open.len(), 1, "one section at a time: {open:?}");
        sections.push(section(&open[0]));
        house.does(&open[0]);
    }
    // A section is left before the other is entered.
    sections.dedup();
    assert_eq!(sections.len(), 2);
    house.does("SendBack");
    assert!(house.has_ended());
}

#[test]
fn wcp40_each_task_is_done_once_and_one_at_a_time() {
    let mut patient = begin("wcp40-interleaved-routing", json!({}));
    let mut done = Vec::new();
    while patient.open() != ["Diagnose"] {
        let open = patient.open();
        assert_eq!(open.len(), 1, "one at a time: {open:?}");
        patient.does(&open[0]);
        done.extend(open);
    }
    done.sort();
    assert_eq!(done, ["Blood", "Heart", "XRay"]);
    patient.does("Diagnose");
    assert!(patient.has_ended());
}
