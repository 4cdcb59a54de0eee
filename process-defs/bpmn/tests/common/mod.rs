//! How the tests of this package read diagrams and look at what came of it.

#![allow(dead_code)] // Each test file uses its part.

use std::sync::Arc;

use redthread_bpmn::graph::{Element, ProcessGraph};
use redthread_bpmn::{Diagram, Limits, Problem, read};

/// A diagram of the fixtures folder.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Reads what must be readable.
pub fn diagram(bytes: &[u8]) -> Diagram {
    read(bytes, &Limits::default()).unwrap_or_else(|error| panic!("line {:?}: {error}", error.line))
}

/// The one executable process of what must have no errors.
pub fn graph(bytes: &[u8]) -> Arc<ProcessGraph> {
    let diagram = diagram(bytes);
    assert!(!diagram.has_errors(), "{:#?}", diagram.problems);
    assert_eq!(diagram.processes.len(), 1);
    diagram.processes[0].clone()
}

/// The element with this id.
pub fn element<'g>(graph: &'g ProcessGraph, id: &str) -> &'g Element {
    graph.element(
        graph
            .find(id)
            .unwrap_or_else(|| panic!("there is no element {id}")),
    )
}

/// `content` among the root elements of a file that declares every prefix the tests use.
pub fn definitions(content: &str) -> String {
    format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' \
         xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' \
         xmlns:camunda='http://camunda.org/schema/1.0/bpmn' \
         xmlns:other='https://example.org/other' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>{content}\
         <signal id='anySignal' name='any'/><message id='anyMessage' name='any'/></definitions>"
    )
}

/// A file with one executable process `p`.
pub fn process(content: &str) -> String {
    definitions(&format!(
        "<process id='p' isExecutable='true'>{content}</process>"
    ))
}

/// A process that runs from `start` to `end` by way of one element with the id `x`.
pub fn around(element: &str) -> String {
    process(&around_in(element))
}

/// The content of such a process.
pub fn around_in(element: &str) -> String {
    format!(
        "<startEvent id='start'/><sequenceFlow id='in' sourceRef='start' targetRef='x'/>{element}\
         <sequenceFlow id='out' sourceRef='x' targetRef='end'/><endEvent id='end'/>"
    )
}

/// A timer event definition.
pub fn timer(kind: &str, text: &str) -> String {
    format!("<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>")
}

/// Problems, one a line: `error missingTarget f1`.
pub fn lines(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let severity = format!("{:?}", problem.severity).to_lowercase();
            let element = problem.element.as_deref().unwrap_or("-");
            format!("{severity} {} {element}", problem.code)
        })
        .collect()
}

/// Checks the problems of a file, in its order.
#[track_caller]
pub fn check(xml: &str, expected: &[&str]) {
    let diagram = diagram(xml.as_bytes());
    assert_eq!(
        lines(&diagram.problems),
        expected,
        "{:#?}",
        diagram.problems
    );
    for problem in &diagram.problems {
        assert!(problem.line.is_some(), "{problem:?}");
        let is_sentence = |text: &str| text.ends_with('.') && text.starts_with(char::is_uppercase);
        let starts = |text: &str| text.starts_with(['“', '"']);
        assert!(
            is_sentence(&problem.message) || starts(&problem.message),
            "{problem:?}"
        );
        assert!(is_sentence(&problem.hint), "{problem:?}");
    }
}

/// A file that names a language of its expressions that is not FEEL, and is taken by the letter.
pub fn formal(file: &str) -> String {
    file.replacen(
        "<definitions",
        "<definitions expressionLanguage='http://www.w3.org/1999/XPath'",
        1,
    )
}

/// A file with `beside` among its root elements and one executable process `p`.
pub fn process_beside(beside: &str, content: &str) -> String {
    definitions(&format!(
        "{beside}<process id='p' isExecutable='true'>{content}</process>"
    ))
}

/// What is wrong with a file, but for what only does not run yet and whose job nobody named: the
/// rules of BPMN are the same today and later.
pub fn broken(xml: &str) -> Vec<String> {
    let diagram = diagram(xml.as_bytes());
    for problem in &diagram.problems {
        for text in [&problem.message, &problem.hint] {
            let starts = |c: char| c.is_uppercase() || "“\"".contains(c);
            assert!(text.starts_with(starts), "{problem:?}");
            assert!(text.ends_with('.') && !text.contains("  "), "{problem:?}");
        }
    }
    let of_rules = diagram.problems.into_iter().filter(|problem| {
        !matches!(
            problem.code.as_str(),
            "notSupported"
                | "missingJobType"
                | "missingCorrelationKey"
                | "missingDecision"
                | "unassignedTask"
                | "noWorker"
                | "unexpectedExtension"
        )
    });
    lines(&of_rules.collect::<Vec<_>>())
}

/// Checks which rules a file breaks: `error flowNotAllowed f`.
#[track_caller]
pub fn breaks(xml: &str, expected: &[&str]) {
    assert_eq!(broken(xml), expected, "{xml}");
}

/// Checks that a file breaks no rule.
#[track_caller]
pub fn keeps(xml: &str) {
    breaks(xml, &[]);
}
