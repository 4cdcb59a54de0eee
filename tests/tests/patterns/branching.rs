//! Advanced branching and synchronisation: patterns 6 to 9, 28 to 33, 37, 38, 41 and 42.

use serde_json::json;

use crate::{Pattern, begin};

#[test]
fn wcp06_each_way_whose_condition_holds_is_taken() {
    for (damage, hurt, called) in [
        (true, false, &["Police"][..]),
        (false, true, &["Ambulance"]),
        (true, true, &["Ambulance", "Police"]),
        (false, false, &["Note"]),
    ] {
        let mut accident = begin(
            "wcp06-multi-choice",
            json!({"damage": damage, "hurt": hurt}),
        );
        assert_eq!(accident.open(), called);
        for task in called {
            accident.does(task);
        }
        assert!(accident.has_ended());
    }
}

#[test]
fn wcp07_the_ways_that_were_taken_are_waited_for_and_no_others() {
    for (damage, hurt, called) in [
        (true, false, &["Police"][..]),
        (false, true, &["Ambulance"]),
        (true, true, &["Ambulance", "Police"]),
        (false, false, &["Note"]),
    ] {
        let start = json!({"damage": damage, "hurt": hurt});
        let mut accident = begin("wcp07-structured-synchronizing-merge", start);
        for task in called {
            assert_eq!(accident.times("Back"), 0);
            accident.does(task);
        }
        assert_eq!(accident.open(), ["Report"]);
        accident.does("Report");
        assert!(accident.has_ended());
    }
}

#[test]
fn wcp08_what_follows_is_done_once_for_each_branch() {
    let mut bicycle = begin("wcp08-multi-merge", json!({}));
    bicycle.does("Frame");
    assert_eq!(bicycle.open(), ["Check", "Wheels"]);
    bicycle.does("Wheels");
    assert_eq!(bicycle.open(), ["Check", "Check"]);
    bicycle.does("Check");
    bicycle.does("Check");
    assert!(bicycle.has_ended());
}

/// Does `tasks` and says how many decisions are due after each.
fn decisions_due(question: &mut Pattern, tasks: &[&str]) -> Vec<usize> {
    let due = |task: &&str| {
        question.does(task);
        let open = question.open();
        open.iter().filter(|task| *task == "Decide").count()
    };
    tasks.iter().map(due).collect()
}

#[test]
fn wcp09_the_first_branch_goes_on_and_the_others_end_there() {
    let mut question = begin("wcp09-structured-discriminator", json!({}));
    let due = decisions_due(&mut question, &["South", "North", "West"]);
    assert_eq!(due, [1, 1, 1]);
    question.does("Decide");
    assert!(question.has_ended());
}

#[test]
fn wcp28_a_second_token_of_a_branch_waits_for_the_next_round() {
    let mut questions = begin("wcp28-blocking-discriminator", json!({}));
    assert_eq!(questions.open(), ["North", "North", "South", "South"]);
    // The first round has gone on; the second answer from the north is blocked until it is over.
    let due = decisions_due(&mut questions, &["North", "North"]);
    assert_eq!(due, [1, 1]);
    // The south ends the first round, and what was blocked begins the second.
    let due = decisions_due(&mut questions, &["South", "South"]);
    assert_eq!(due, [2, 2]);
    questions.does("Decide");
    questions.does("Decide");
    assert!(questions.has_ended());
}

#[test]
fn wcp29_the_first_branch_goes_on_and_the_others_are_withdrawn() {
    let mut question = begin("wcp29-cancelling-discriminator", json!({}));
    assert_eq!(question.open(), ["North", "South", "West"]);
    question.does("South");
    assert_eq!(question.open(), ["Decide"]);
    question.does("Decide");
    assert!(question.has_ended());
}

#[test]
fn wcp30_the_second_of_three_branches_goes_on_and_the_third_ends_there() {
    let mut question = begin("wcp30-structured-partial-join", json!({}));
    let due = decisions_due(&mut question, &["West", "North", "South"]);
    assert_eq!(due, [0, 1, 1]);
    question.does("Decide");
    assert!(question.has_ended());
}

#[test]
fn wcp31_two_of_three_go_on_and_the_next_round_waits_for_the_third() {
    let mut questions = begin("wcp31-blocking-partial-join", json!({}));
    let first = decisions_due(&mut questions, &["North", "South", "North", "South"]);
    assert_eq!(first, [0, 1, 1, 1]);
    // The west ends the first round; two answers of the second have been waiting.
    let second = decisions_due(&mut questions, &["West", "West"]);
    assert_eq!(second, [2, 2]);
    questions.does("Decide");
    questions.does("Decide");
    assert!(questions.has_ended());
}

#[test]
fn wcp32_two_of_three_go_on_and_the_third_is_withdrawn() {
    let mut question = begin("wcp32-cancelling-partial-join", json!({}));
    question.does("West");
    assert_eq!(question.open(), ["North", "South"]);
    question.does("North");
    assert_eq!(question.open(), ["Decide"]);
    question.does("Decide");
    assert!(question.has_ended());
}

#[test]
fn wcp33_tokens_that_come_early_are_kept_until_their_partners_come() {
    let mut loads = begin("wcp33-generalized-and-join", json!({}));
    loads.does("Pallets");
    assert_eq!(loads.open(), ["Trucks"]);
    loads.does("Trucks");
    assert_eq!(loads.open(), ["Load", "Load"]);
    loads.does("Load");
    loads.does("Load");
    assert!(loads.has_ended());
}

#[test]
fn wcp37_a_branch_that_has_gone_another_way_is_not_waited_for() {
    let mut refused = begin("wcp37-local-synchronizing-merge", json!({"granted": false}));
    refused.does("Plan");
    assert_eq!(refused.open(), ["Permit"]);
    refused.does("Permit");
    assert_eq!(refused.open(), ["Build"]);

    let mut granted = begin("wcp37-local-synchronizing-merge", json!({"granted": true}));
    granted.does("Permit");
    assert_eq!(granted.open(), ["Plan"]);
    granted.does("Plan");
    assert_eq!(granted.open(), ["Build"]);
    granted.does("Build");
    assert!(granted.has_ended());
}

#[test]
fn wcp38_a_loop_is_waited_for_as_long_as_a_token_may_come_from_it() {
    let mut play = begin("wcp38-general-synchronizing-merge", json!({}));
    play.does("Cast");
    for _ in 0..2 {
        assert_eq!(play.open(), ["Rehearse"]);
        play.does_with("Rehearse", json!({"good": false}));
    }
    assert_eq!(play.open(), ["Rehearse"]);
    play.does_with("Rehearse", json!({"good": true}));
    assert_eq!(play.open(), ["Perform"]);
    play.does("Perform");
    assert!(play.has_ended());
}

#[test]
fn wcp41_two_threads_become_one() {
    let mut chair = begin("wcp41-thread-merge", json!({}));
    chair.does("Left");
    assert_eq!(chair.open(), ["Right"]);
    chair.does("Right");
    assert_eq!(chair.open(), ["Assemble"]);
    chair.does("Assemble");
    assert!(chair.has_ended());
}

#[test]
fn wcp42_one_thread_becomes_two() {
    let mut order = begin("wcp42-thread-split", json!({}));
    order.does("Order");
    assert_eq!(order.open(), ["Pack", "Pack"]);
    order.does("Pack");
    order.does("Pack");
    assert!(order.has_ended());
}
