//! Calls: what is called can be called, and takes and gives what the call hands over (10.3.6,
//! 10.4.2). What is called may be in another file; then nothing is known of it here.

use super::items;
use super::triggers::instantiates;
use super::walk::reference;
use crate::draft::Draft;
use crate::model::{Model, ModelProcess, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn process(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        if node.kind != NodeKind::CallActivity {
            continue;
        }
        let call = draft.xml(index);
        let Some(called) = call
            .filled("calledElement")
            .and_then(|id| draft.model.find(id))
        else {
            continue;
        };
        let kind = called.bpmn().unwrap_or_default();
        if kind == "process" {
            callable(draft.model, call, called, problems);
        } else if !kind.starts_with("global") {
            problems.rule(
                call,
                Code::UnknownReference,
                format!("The call activity calls “{}”, which is neither a process nor a global task ({kind}).", called.id().unwrap_or_default()),
                "Choose a process or a global task.",
            );
            continue;
        }
        same_data(draft.model, call, called, problems);
    }
}

/// A call starts a process without any trigger: one of its start events must have none.
fn callable(model: &Model, call: NodeRef<'_>, called: NodeRef<'_>, problems: &mut Problems) {
    let is_it = |process: &&ModelProcess| process.xml == called.ix();
    let Some(process) = model.processes.iter().find(is_it) else {
        return;
    };
    let draft = Draft::new(model, process);
    let mut starts = draft.top.iter().filter(|&&index| {
        draft.node(index).kind == NodeKind::StartEvent || instantiates(&draft, index)
    });
    let is_plain = |&index: &usize| {
        draft.node(index).kind == NodeKind::StartEvent && draft.event_definitions(index).is_empty()
    };
    if starts.clone().next().is_some() && !starts.any(is_plain) {
        problems.rule(
            call,
            Code::NotCallable,
            format!(
                "The called process “{}” has no start event without a trigger.",
                called.id().unwrap_or_default()
            ),
            "Draw a start event without a trigger in it, for the calls.",
        );
    }
}

/// The inputs and outputs of the call are exactly those of what it calls.
fn same_data(model: &Model, call: NodeRef<'_>, called: NodeRef<'_>, problems: &mut Problems) {
    let (own, theirs) = (
        call.bpmn_child("ioSpecification"),
        called.bpmn_child("ioSpecification"),
    );
    // Engines hand over variables; only who declares data here says what is to be there.
    let Some(own) = own else { return };
    for (data, verb) in [("dataInput", "takes"), ("dataOutput", "gives")] {
        let list = |node: Option<NodeRef<'_>>| -> Vec<_> {
            let declared = node.into_iter().flat_map(|node| node.bpmn_children(data));
            declared.map(NodeRef::ix).collect()
        };
        let (ours, expected) = (list(Some(own)), list(theirs));
        let mut message = None;
        if ours.len() != expected.len() {
            message = Some(format!(
                "The call has {} of {data}, but what it calls {verb} {}.",
                ours.len(),
                expected.len()
            ));
        }
        let differ = ours.iter().zip(&expected).any(|(&one, &other)| {
            let item = |ix| items::of_data(model, model.at(ix));
            matches!((item(one), item(other)), (Some(one), Some(other)) if !items::same(one, other))
        });
        if differ {
            message = Some(format!(
                "A {data} of the call is another item than what it calls {verb}."
            ));
        }
        if let Some(message) = message {
            problems.rule(
                call,
                Code::CallMismatch,
                message,
                "Declare the same data in the call as in what it calls, in the same order.",
            );
        }
    }
}

/// What can be called by an operation takes and gives what the operation does (table 10.60).
pub(super) fn bindings(model: &Model, problems: &mut Problems) {
    let callable = model.tree().root().children().filter(|node| {
        let name = node.bpmn().unwrap_or_default();
        name == "process" || name.starts_with("global")
    });
    for node in callable {
        let declared: Vec<NodeRef<'_>> = node
            .bpmn_child("ioSpecification")
            .into_iter()
            .flat_map(NodeRef::children)
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
                let Some(id) = binding.filled(attribute).map(super::walk::local) else {
                    continue;
                };
                let bound = declared.iter().find(|declared| declared.id() == Some(id));
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
