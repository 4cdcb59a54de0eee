//! Cycles, loops, recursion: patterns 10, 21 and 22. Triggers: patterns 23 and 24.

use redthread_tests::play::{Message, variables};
use serde_json::json;

use crate::begin;

#[test]
fn wcp10_flows_lead_back_to_several_places() {
    let mut text = begin("wcp10-arbitrary-cycles", json!({}));
    text.does("Draft");
    text.does_with("Review", json!({"verdict": "again"}));
    assert_eq!(text.open(), ["Review"]);
    text.does_with("Review", json!({"verdict": "rewrite"}));
    assert_eq!(text.open(), ["Draft"]);
    text.does("Draft");
    text.does_with("Review", json!({"verdict": "good"}));
    assert!(text.has_ended());
}

#[test]
fn wcp21_a_task_is_repeated_while_or_until_a_condition_holds() {
    let mut debt = begin("wcp21-structured-loop", json!({"rest": 2, "opened": true}));
    debt.does_with("Pay", json!({"rest": 1}));
    debt.does_with("Pay", json!({"rest": 0}));
    // It is true already, but looked at only afterwards.
    assert_eq!(debt.open(), ["Knock"]);
    debt.does_with("Knock", json!({"opened": false}));
    assert_eq!(debt.open(), ["Knock"]);
    debt.does_with("Knock", json!({"opened": true}));
    assert!(debt.has_ended());

    let nothing_left = begin("wcp21-structured-loop", json!({"rest": 0, "opened": true}));
    assert_eq!(nothing_left.open(), ["Knock"]);
}

#[test]
fn wcp22_a_process_calls_itself() {
    let mut part = begin("wcp22-recursion", json!({"levels": 2}));
    for _ in 0..3 {
        assert_eq!(part.open(), ["Build"]);
        part.does("Build");
    }
    assert_eq!(part.play.instances().count(), 3);
    assert!(part.has_ended());
}

#[test]
fn wcp23_a_signal_that_nobody_waits_for_is_lost() {
    let mut guest = begin("wcp23-transient-trigger", json!({}));
    let ring = |guest: &mut crate::Pattern| {
        let rung = guest.play.start("wcp23bell", variables(&json!({})));
        assert!(rung.is_ok(), "{rung:?}");
    };
    ring(&mut guest);
    guest.does("SitDown");
    assert_eq!(guest.open(), [""; 0]);
    ring(&mut guest);
    assert_eq!(guest.open(), ["Eat"]);
    guest.does("Eat");
    assert!(guest.has_ended());
}

#[test]
fn wcp24_a_message_is_kept_until_somebody_waits_for_it() {
    let mut order = begin("wcp24-persistent-trigger", json!({"order": "O1"}));
    let payment = Message::new("wcp24-payment", "O1").kept_for("P1D");
    order.play.message(payment).expect("a message");
    order.does("Order");
    assert_eq!(order.open(), ["Ship"]);
    order.does("Ship");
    assert!(order.has_ended());
}
