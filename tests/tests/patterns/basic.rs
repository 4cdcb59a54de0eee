//! Basic control flow: patterns 1 to 5.

use serde_json::json;

use crate::begin;

#[test]
fn wcp01_a_task_begins_when_the_one_before_it_is_done() {
    let mut text = begin("wcp01-sequence", json!({}));
    assert_eq!(text.open(), ["Write"]);
    text.does("Write");
    assert_eq!(text.open(), ["Send"]);
    text.does("Send");
    assert!(text.has_ended());
}

#[test]
fn wcp02_two_branches_go_on_side_by_side() {
    let mut order = begin("wcp02-parallel-split", json!({}));
    assert_eq!(order.open(), ["Bill", "Pack"]);
    order.does("Bill");
    assert_eq!(order.open(), ["Pack"]);
    order.does("Pack");
    assert!(order.has_ended());
}

#[test]
fn wcp03_a_task_begins_once_when_both_branches_are_done() {
    for (first, second) in [("Pack", "Bill"), ("Bill", "Pack")] {
        let mut order = begin("wcp03-synchronization", json!({}));
        order.does(first);
        assert_eq!(order.open(), [second]);
        order.does(second);
        assert_eq!(order.open(), ["Ship"]);
        order.does("Ship");
        assert!(order.has_ended());
    }
}

#[test]
fn wcp04_one_of_two_ways_is_taken() {
    for (amount, task) in [(200, "Pay"), (2_000, "Approve")] {
        let mut invoice = begin("wcp04-exclusive-choice", json!({"amount": amount}));
        assert_eq!(invoice.open(), [task]);
        invoice.does(task);
        assert!(invoice.has_ended());
    }
}

#[test]
fn wcp05_two_ways_meet_without_waiting_for_each_other() {
    for (letter, task) in [(false, "Mail"), (true, "Print")] {
        let mut answer = begin("wcp05-simple-merge", json!({"letter": letter}));
        answer.does(task);
        assert_eq!(answer.open(), ["File"]);
        answer.does("File");
        assert!(answer.has_ended());
    }
}
