//! Tasks that exchange messages: what they pass to and take from an operation or a message is
//! declared once, and as the same item (10.3.3, table 10.8 and after).

use super::items::{self, of_message};
use super::walk::reference;
use crate::draft::Draft;
use crate::model::{Model, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        let task = draft.xml(index);
        match node.kind {
            NodeKind::ServiceTask => service_task(draft.model, task, problems),
            NodeKind::SendTask => {
                if let Some(message) = task.filled("messageRef") {
                    at_most_one(task, Side::Input, problems);
                    item(draft.model, task, Side::Input, message, problems);
                }
            }
            NodeKind::ReceiveTask => {
                if let Some(message) = task.filled("messageRef") {
                    at_most_one(task, Side::Output, problems);
                    item(draft.model, task, Side::Output, message, problems);
                }
            }
            _ => {}
        }
    }
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

impl Side {
    fn set(self) -> &'static str {
        match self {
            Side::Input => "inputSet",
            Side::Output => "outputSet",
        }
    }

    fn data(self) -> &'static str {
        match self {
            Side::Input => "dataInput",
            Side::Output => "dataOutput",
        }
    }

    fn code(self) -> Code {
        match self {
            Side::Input => Code::WrongInputSets,
            Side::Output => Code::WrongOutputSets,
        }
    }
}

/// A service task that calls an operation has exactly one input set and at most one output set.
fn service_task(model: &Model, task: NodeRef<'_>, problems: &mut Problems) {
    let Some(operation) = task
        .filled("operationRef")
        .and_then(|name| model.find_named(name, "operation"))
    else {
        return;
    };
    if sets(task, Side::Input) == 0 {
        problems.rule(
            task,
            Code::WrongInputSets,
            "The service task calls an operation, but declares no input set for it.",
            "Declare the operation's input in its ioSpecification, with one input set.",
        );
    }
    at_most_one(task, Side::Input, problems);
    at_most_one(task, Side::Output, problems);
    if let Some(message) = reference(operation, "inMessageRef") {
        item(model, task, Side::Input, &message, problems);
    }
    if let Some(message) = reference(operation, "outMessageRef") {
        item(model, task, Side::Output, &message, problems);
    }
}

fn sets(task: NodeRef<'_>, side: Side) -> usize {
    let declared = task.bpmn_child("ioSpecification");
    declared.map_or(0, |declared| declared.bpmn_children(side.set()).count())
}

fn at_most_one(task: NodeRef<'_>, side: Side, problems: &mut Problems) {
    if sets(task, side) > 1 {
        problems.rule(
            task,
            side.code(),
            format!(
                "The task has several {}s, but there is one message.",
                side.set()
            ),
            "Keep one set.",
        );
    }
}

/// The data of the task is the item that the message carries.
fn item(model: &Model, task: NodeRef<'_>, side: Side, message: &str, problems: &mut Problems) {
    let (Some(expected), Some(declared)) = (
        of_message(model, message),
        task.bpmn_child("ioSpecification"),
    ) else {
        return;
    };
    let mut data = declared.bpmn_children(side.data()).peekable();
    if data.peek().is_none() {
        return;
    }
    let is_right = |data: NodeRef<'_>| {
        items::of_data(model, data).is_some_and(|item| items::same(item, expected))
    };
    if !data.any(is_right) {
        let message = format!(
            "The task's {} is another item than the message “{}” carries ({}).",
            side.data(),
            message.trim(),
            items::name(expected)
        );
        items::differ(model, task, message, problems);
    }
}
