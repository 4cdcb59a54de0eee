//! Files that were made or found to trip the rules: an answer in sentences, never a panic. The same
//! files are where the fuzzer begins (`fuzz/`).

mod common;

use std::collections::HashSet;
use std::path::PathBuf;

use common::keeps;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRunner};
use redthread_bpmn::model::NodeKind;
use redthread_bpmn::{Limits, Problem, read};

fn corpus() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/read");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 7);
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        (path, bytes)
    };
    files.into_iter().map(read).collect()
}

/// Everything that is said of a file, as it is and as if it were to run.
fn problems(bytes: &[u8]) -> Vec<Problem> {
    match read(bytes, &Limits::default()) {
        Err(error) => vec![error.into()],
        Ok(diagram) => {
            let mut problems = diagram.missing_for_execution();
            problems.extend(diagram.problems);
            problems
        }
    }
}

#[test]
fn every_file_of_the_corpus_is_answered_in_sentences() {
    for (path, bytes) in corpus() {
        for problem in problems(&bytes) {
            for text in [&problem.message, &problem.hint] {
                assert!(text.ends_with('.'), "{}: {problem:?}", path.display());
            }
        }
    }
}

#[test]
fn a_file_with_nearly_everything_breaks_no_rule() {
    let (_, bytes) = corpus()
        .into_iter()
        .find(|(path, _)| path.ends_with("everything.bpmn"))
        .unwrap();
    keeps(std::str::from_utf8(&bytes).unwrap());
}

#[test]
fn all_that_runs_is_deployed_as_it_is() {
    let (_, bytes) = corpus()
        .into_iter()
        .find(|(path, _)| path.ends_with("all-that-runs.bpmn"))
        .unwrap();
    let diagram = common::diagram(&bytes);
    assert!(diagram.problems.is_empty(), "{:#?}", diagram.problems);
    assert_eq!(diagram.processes.len(), 8);
    let nodes = diagram
        .model
        .processes
        .iter()
        .flat_map(|process| &process.flow_nodes);
    let found: HashSet<NodeKind> = nodes.map(|node| node.kind).collect();
    let missing: Vec<NodeKind> = NodeKind::ALL
        .iter()
        .copied()
        .filter(|kind| !found.contains(kind))
        .collect();
    // What stands in choreographies, and what only stands for the events of a loop marker.
    assert_eq!(
        missing,
        [
            NodeKind::ImplicitThrowEvent,
            NodeKind::ChoreographyTask,
            NodeKind::SubChoreography,
            NodeKind::CallChoreography
        ]
    );
}

/// The values of attributes and the texts of elements: what the rules look at.
fn values(xml: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (open, close) in [('\'', '\''), ('>', '<')] {
        let mut from = None;
        for (index, character) in xml.char_indices() {
            match from {
                Some(start) if character == close => {
                    if start < index {
                        found.push((start, index));
                    }
                    from = None;
                }
                None if character == open => from = Some(index + 1),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn exchanged_values_never_panic() {
    for name in ["everything.bpmn", "all-that-runs.bpmn"] {
        let (_, bytes) = corpus()
            .into_iter()
            .find(|(path, _)| path.ends_with(name))
            .unwrap();
        exchange_values(&String::from_utf8(bytes).unwrap());
    }
}

fn exchange_values(xml: &str) {
    let values = values(xml);
    assert!(values.len() > 200);
    let config = Config {
        cases: 60,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..Config::default()
    };
    let pair = (0..values.len(), 0..values.len());
    let pairs = prop::collection::vec(pair, 1..6);
    let outcome = TestRunner::new(config).run(&pairs, |pairs| {
        let mut text = xml.to_owned();
        let mut edits: Vec<_> = pairs;
        // From the end, so that the places before stay where they are.
        edits.sort_by_key(|&(to, _)| std::cmp::Reverse(values[to].0));
        edits.dedup_by_key(|&mut (to, _)| to);
        for (to, from) in edits {
            let (start, end) = values[to];
            let (other_start, other_end) = values[from];
            text.replace_range(start..end, &xml[other_start..other_end]);
        }
        problems(text.as_bytes());
        Ok(())
    });
    outcome.unwrap();
}

/// `many` times what is written of each number.
fn many(many: usize, write: impl Fn(usize) -> String) -> String {
    (0..many).map(write).collect()
}

#[test]
fn much_of_the_same_is_answered_soon() {
    const MANY: usize = 12_000;
    let links = many(MANY, |i| {
        format!(
            "<intermediateThrowEvent id='t{i}'><linkEventDefinition name='on'/></intermediateThrowEvent>\
             <intermediateCatchEvent id='c{i}'><linkEventDefinition name='on'/></intermediateCatchEvent>"
        )
    });
    let calls = many(MANY, |i| {
        format!("<callActivity id='k{i}' calledElement='large'><ioSpecification/></callActivity>")
    });
    let large = many(MANY, |i| format!("<task id='l{i}'/>"));
    let definitions = many(MANY, |_| {
        "<signalEventDefinition signalRef='anySignal'/>".to_owned()
    });
    let flows = many(MANY, |i| {
        format!("<sequenceFlow id='f{i}' sourceRef='g' targetRef='e'/>")
    });
    const SOME: usize = 4_000;
    let data = many(SOME, |i| {
        format!("<dataInput id='d{i}'/><dataObject id='o{i}'/>")
    });
    let moves = many(SOME, |i| {
        format!(
            "<dataInputAssociation><sourceRef>o{i}</sourceRef><targetRef>d{i}</targetRef></dataInputAssociation>"
        )
    });
    let undone = many(SOME, |i| {
        format!(
            "<boundaryEvent id='b{i}' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>\
             <task id='u{i}' isForCompensation='true'/><association id='x{i}' sourceRef='b{i}' targetRef='u{i}'/>"
        )
    });
    let subscriptions = many(SOME, |i| {
        format!(
            "<receiveTask id='r{i}' messageRef='anyMessage'/>\
             <correlationSubscription id='c{i}' correlationKeyRef='k{i}'/>"
        )
    });
    let keys = many(SOME, |i| {
        format!(
            "<correlationKey id='k{i}'><correlationPropertyRef>cp</correlationPropertyRef></correlationKey>"
        )
    });
    let property = "<correlationProperty id='cp'><correlationPropertyRetrievalExpression messageRef='anyMessage'>\
         <messagePath>a</messagePath></correlationPropertyRetrievalExpression></correlationProperty>";
    for content in [
        links,
        format!(
            "<callActivity id='a' calledElement='q'><ioSpecification>{data}</ioSpecification>{moves}</callActivity>\
             </process><process id='q'><ioSpecification>{data}</ioSpecification>"
        ),
        format!("<task id='a'/>{undone}"),
        format!(
            "{subscriptions}</process>{property}<collaboration id='co'>{keys}</collaboration><process id='q'>"
        ),
        format!("{calls}</process><process id='large'>{large}"),
        format!(
            "<eventBasedGateway id='g'/><intermediateCatchEvent id='e'>{definitions}</intermediateCatchEvent>{flows}"
        ),
    ] {
        let started = std::time::Instant::now();
        let file = common::process(&content);
        let diagram = read(file.as_bytes(), &Limits::default()).unwrap();
        assert!(!diagram.model.processes.is_empty());
        // Each with each would be a hundred million steps and more.
        assert!(started.elapsed().as_secs() < 20, "{}", &content[..200]);
    }
}
