//! Multiple instances: patterns 12 to 15 and 34 to 36.

use serde_json::json;

use crate::begin;

#[test]
fn wcp12_each_instance_goes_on_when_it_is_done_without_the_others() {
    let mut parcels = begin(
        "wcp12-multiple-instances-without-synchronization",
        json!({"parcels": 3}),
    );
    assert_eq!(parcels.open(), ["Pack", "Pack", "Pack"]);
    parcels.does("Pack");
    assert_eq!(parcels.open(), ["Hand", "Pack", "Pack"]);
    parcels.does("Hand");
    parcels.does("Pack");
    assert_eq!(parcels.open(), ["Hand", "Pack"]);
    parcels.does("Pack");
    assert_eq!(parcels.open(), ["Hand", "Hand", "Tidy"]);
    for task in ["Hand", "Hand", "Tidy"] {
        parcels.does(task);
    }
    assert!(parcels.has_ended());
}

#[test]
fn wcp13_as_many_instances_as_are_drawn_are_waited_for() {
    let mut contract = begin("wcp13-multiple-instances-design-time", json!({}));
    for left in [3, 2, 1] {
        assert_eq!(contract.open(), vec!["Sign"; left]);
        contract.does("Sign");
    }
    assert_eq!(contract.open(), ["File"]);
    contract.does("File");
    assert!(contract.has_ended());
}

#[test]
fn wcp14_as_many_instances_as_there_are_items_are_waited_for() {
    for items in [&["lamp", "chair"][..], &["a", "b", "c", "d"], &[]] {
        let mut order = begin("wcp14-multiple-instances-run-time", json!({"items": items}));
        assert_eq!(order.open().len(), items.len().max(1));
        for _ in items {
            order.does("Check");
        }
        assert_eq!(order.open(), ["Ship"]);
        order.does("Ship");
        assert!(order.has_ended());
    }
}

#[test]
fn wcp15_further_instances_begin_while_others_run() {
    let mut accident = begin(
        "wcp15-multiple-instances-without-run-time-knowledge",
        json!({"accident": "A1"}),
    );
    accident.hears("wcp15-witness", "A1");
    accident.hears("wcp15-witness", "A1");
    assert_eq!(accident.open(), ["HearAnother", "HearAnother", "HearFirst"]);
    accident.does("HearFirst");
    accident.does("HearAnother");
    assert_eq!(accident.open(), ["HearAnother"]);
    accident.does("HearAnother");
    assert_eq!(accident.open(), ["Judge"]);
    // Too late.
    accident.hears("wcp15-witness", "A1");
    assert_eq!(accident.open(), ["Judge"]);
    accident.does("Judge");
    assert!(accident.has_ended());
}

#[test]
fn wcp34_two_of_three_instances_go_on_and_the_third_is_still_done() {
    let mut question = begin("wcp34-static-partial-join", json!({}));
    question.does("Opinion");
    assert_eq!(question.open(), ["Opinion", "Opinion"]);
    question.does("Opinion");
    assert_eq!(question.open(), ["Decide", "Opinion"]);
    question.does("Opinion");
    assert_eq!(question.open(), ["Decide"]);
    question.does("Decide");
    assert!(question.has_ended());
}

#[test]
fn wcp35_two_of_three_instances_go_on_and_the_third_is_withdrawn() {
    let mut question = begin("wcp35-cancelling-partial-join", json!({}));
    question.does("Opinion");
    assert_eq!(question.open(), ["Opinion", "Opinion"]);
    question.does("Opinion");
    assert_eq!(question.open(), ["Decide"]);
    question.does("Decide");
    assert!(question.has_ended());
}

#[test]
fn wcp36_instances_are_added_until_enough_are_done() {
    let mut question = begin("wcp36-dynamic-partial-join", json!({"answers": 0}));
    question.chooses("Ask", &["Expert"]);
    question.chooses("Ask", &["Expert"]);
    question.does("Expert");
    question.chooses("Ask", &["Expert"]);
    assert_eq!(question.open(), ["Expert", "Expert"]);
    question.does("Expert");
    assert_eq!(question.open(), ["Decide"]);
    question.does("Decide");
    assert!(question.has_ended());
}
