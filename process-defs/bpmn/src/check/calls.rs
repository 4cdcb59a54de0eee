//! Calls: what is called can be called, and takes and gives what the call hands over (10.3.6,
//! 10.4.2). What is called may be in another file; then nothing is known of it here.
//!
//! All calls of a file are looked at together: many may call the same large process, and what is to
//! be known of it is found out once.

use std::collections::HashMap;

use super::items;
use super::walk::{is_global_task, is_true, local, reference};
use crate::model::{Model, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeIx, NodeRef, Problems};

const DATA: [(&str, &str); 2] = [("dataInput", "takes"), ("dataOutput", "gives")];

/// What is called.
struct Called {
    is_callable: bool,
    /// Its data inputs and its data outputs.
    data: [Vec<NodeIx>; 2],
}

pub(super) fn check(model: &Model, problems: &mut Problems) {
    let mut known: HashMap<NodeIx, Called> = HashMap::new();
    for process in model.processes.iter().filter(|process| process.executable) {
        for node in &process.flow_nodes {
            if node.kind == NodeKind::CallActivity {
                call(model, model.at(node.xml), &mut known, problems);
            }
        }
    }
    bindings(model, problems);
}

fn call(
    model: &Model,
    call: NodeRef<'_>,
    known: &mut HashMap<NodeIx, Called>,
    problems: &mut Problems,
) {
    let Some(called) = call.filled("calledElement").and_then(|id| model.find(id)) else {
        return;
    };
    let id = called.id().unwrap_or_default();
    let kind = called.bpmn().unwrap_or_default();
    if kind != "process" && !is_global_task(called) {
        let message = format!(
            "The call activity calls “{id}”, which is neither a process nor a global task ({kind})."
        );
        let hint = "Choose a process or a global task.";
        problems.rule(call, Code::UnknownReference, message, hint);
        return;
    }
    let called = known.entry(called.ix()).or_insert_with(|| Called {
        is_callable: is_callable(called),
        data: data(called),
    });
    if !called.is_callable {
        problems.rule(
            call,
            Code::NotCallable,
            format!("The called process “{id}” has no start event without a trigger."),
            "Draw a start event without a trigger in it, for the calls.",
        );
    }
    // Engines hand over variables; only who declares data here says what is to be there.
    if call.bpmn_child("ioSpecification").is_some() {
        same_data(model, call, called, problems);
    }
}

/// A call starts a process without any trigger: one of its start events must have none. Without any
/// start, it is another rule that is broken.
fn is_callable(called: NodeRef<'_>) -> bool {
    let (mut starts, mut is_callable) = (false, false);
    for node in called.children() {
        match node.bpmn() {
            Some("startEvent") => {
                let mut parts = node.children().filter_map(BpmnNode::bpmn);
                starts = true;
                is_callable |= !parts.any(|name| name.contains("ventDefinition"));
            }
            Some("receiveTask" | "eventBasedGateway") => starts |= is_true(node, "instantiate"),
            _ => {}
        }
    }
    is_callable || !starts
}

fn data(node: NodeRef<'_>) -> [Vec<NodeIx>; 2] {
    let specification = node.bpmn_child("ioSpecification");
    DATA.map(|(data, _)| {
        let declared = specification.into_iter();
        let declared = declared.flat_map(|node| node.bpmn_children(data));
        declared.map(NodeRef::ix).collect()
    })
}

/// The inputs and outputs of the call are exactly those of what it calls.
fn same_data(model: &Model, call: NodeRef<'_>, called: &Called, problems: &mut Problems) {
    let own = data(call);
    for (((name, verb), ours), expected) in DATA.into_iter().zip(&own).zip(&called.data) {
        let differ = |(&one, &other): (&NodeIx, &NodeIx)| {
            let item = |ix| items::of_data(model, model.at(ix));
            matches!((item(one), item(other)), (Some(one), Some(other)) if !items::same(one, other))
        };
        let message = if ours.len() != expected.len() {
            format!(
                "The call has {} of {name}, but what it calls {verb} {}.",
                ours.len(),
                expected.len()
            )
        } else if ours.iter().zip(expected).any(differ) {
            format!("A {name} of the call is another item than what it calls {verb}.")
        } else {
            continue;
        };
        let hint = "Declare the same data in the call as in what it calls, in the same order.";
        problems.rule(call, Code::CallMismatch, message, hint);
    }
}

/// What can be called by an operation takes and gives what the operation does (table 10.60).
fn bindings(model: &Model, problems: &mut Problems) {
    let callable = model
        .tree()
        .root()
        .children()
        .filter(|node| node.bpmn() == Some("process") || is_global_task(*node));
    for node in callable {
        let declared: HashMap<&str, NodeRef<'_>> = node
            .bpmn_child("ioSpecification")
            .into_iter()
            .flat_map(NodeRef::children)
            .filter_map(|declared| Some((declared.id()?, declared)))
            .collect();
        for binding in node.bpmn_children("ioBinding") {
            let operation = binding
                .filled("operationRef")
                .and_then(|id| model.find_named(id, "operation"));
            let Some(operation) = operation else {
                continue; // Reported with the references.
            };
            for (attribute, data, message) in [
                ("inputDataRef", "dataInput", "inMessageRef"),
                ("outputDataRef", "dataOutput", "outMessageRef"),
            ] {
                let Some(id) = binding.filled(attribute).map(local) else {
                    continue;
                };
                let bound = declared.get(id);
                let is_data = |bound: &&NodeRef<'_>| {
                    bound
                        .bpmn()
                        .is_some_and(|name| name == data || name.ends_with("Set"))
                };
                let Some(bound) = bound.filter(is_data) else {
                    problems.rule(
                        binding,
                        Code::UnknownReference,
                        format!(
                            "The binding's {attribute} is “{id}”, which is no {data} declared here."
                        ),
                        format!("Name a {data} of the ioSpecification."),
                    );
                    continue;
                };
                let expected = reference(operation, message)
                    .and_then(|message| items::of_message(model, &message));
                let own = items::defined(model, *bound, "itemSubjectRef");
                let (Some(own), Some(expected)) = (own, expected) else {
                    continue;
                };
                if !items::same(own, expected) {
                    let message = format!(
                        "“{id}” is another item than the operation's message carries ({}).",
                        items::name(expected)
                    );
                    items::differ(model, binding, message, problems);
                }
            }
        }
    }
}
