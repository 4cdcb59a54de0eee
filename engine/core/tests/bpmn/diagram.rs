//! Diagrams in a few words, and large ones straight through.

use std::sync::Arc;

use redthread_bpmn::graph::ProcessGraph;
use redthread_bpmn::{Limits, read};
use redthread_calendar::{Timestamp, Zone};
use redthread_core::state::Status;
use redthread_core::{Command, Facts, Inputs, InstanceState, Key, Variables, step};
use redthread_feel::{Env, Expression, Value};

/// The graph of the one process whose elements are `body`, in a file that defines more.
pub fn process(definitions: &str, body: &str) -> Arc<ProcessGraph> {
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="tests">
  <error id="DeclinedError" name="Declined" errorCode="DECLINED"/>
  <error id="BrokenError" name="Broken" errorCode="BROKEN"/>
  <message id="PaidMessage" name="paid">
    <extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements>
  </message>
  <message id="QuestionMessage" name="question"/>
  <signal id="StopSignal" name="stop"/> <signal id="GoSignal" name="go"/>
  <escalation id="LateEscalation" name="Late" escalationCode="LATE"/>
  <escalation id="OtherEscalation" name="Other" escalationCode="OTHER"/>
  {definitions}
  <process id="process" isExecutable="true">{body}</process>
</definitions>"#
    );
    let diagram = read(xml.as_bytes(), &Limits::default()).expect("the diagram is readable");
    assert!(
        !diagram.has_errors(),
        "the diagram has problems: {:#?}",
        diagram.problems
    );
    diagram.processes[0].clone()
}

/// Sequence flows between elements, `A-B` being the flow from A to B: `path("Start A B End")`.
pub fn path(ids: &str) -> String {
    let ids: Vec<&str> = ids.split_whitespace().collect();
    let flows = ids.windows(2).map(|pair| {
        let [from, to] = pair else { unreachable!() };
        format!(r#"<sequenceFlow id="{from}-{to}" sourceRef="{from}" targetRef="{to}"/>"#)
    });
    flows.collect()
}

/// A sequence flow with a condition.
pub fn when(from: &str, to: &str, condition: &str) -> String {
    let condition = condition.replace('<', "&lt;");
    format!(
        r#"<sequenceFlow id="{from}-{to}" sourceRef="{from}" targetRef="{to}"><conditionExpression>{condition}</conditionExpression></sequenceFlow>"#
    )
}

/// Elements of one kind without anything in them: `many("task", "A B C")`.
pub fn many(kind: &str, ids: &str) -> String {
    let elements = ids.split_whitespace();
    elements
        .map(|id| format!(r#"<{kind} id="{id}"/>"#))
        .collect()
}

/// Variables from a FEEL context: `{amount: 5}`.
pub fn variables(feel: &str) -> Variables {
    let env = Env {
        now: Timestamp::EPOCH,
        zone: Zone::UTC,
        seed: 0,
        limits: Default::default(),
    };
    match Expression::parse(feel)
        .expect("FEEL")
        .evaluate(&(), &env)
        .value
    {
        Value::Context(context) => context
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        other => panic!("expected a context, got {other:?}"),
    }
}

/// Whether an instance that waits for nothing completes. Nothing else is checked: it is for large ones.
pub fn straight_through(graph: &ProcessGraph) -> bool {
    let inputs = |first_key| Inputs {
        now: Timestamp::EPOCH,
        zone: Zone::UTC,
        seed: 0,
        first_key,
        owner: None,
        facts: Facts::default(),
    };
    let start = Command::Start {
        instance: Key(1),
        definition: Key(2),
        element: None,
        variables: Variables::new(),
        subject: None,
        causes: Vec::new(),
        caller: None,
    };
    let mut now = step(graph, &InstanceState::default(), &start, &inputs(Key(100)));
    for _ in 0..50 {
        match now.expect("the command fits") {
            done if !done.unfinished => return done.state.status == Status::Completed,
            more => {
                now = step(
                    graph,
                    &more.state,
                    &Command::Continue,
                    &inputs(more.next_key),
                )
            }
        }
    }
    false
}
