//! Send and receive tasks (10.3.3).

use super::message;
use crate::dialect::zeebe;
use crate::draft::Draft;
use crate::graph::ElementKind;
use crate::node::BpmnNode;
use redthread_xml::Problems;

/// A send task: a job does it, or it sends its message itself.
pub(super) fn send(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let before = problems.errors();
    if let Some(job) = zeebe::task_definition(draft.xml(index), "sendTask", problems) {
        return Some(ElementKind::ServiceTask(job));
    }
    if problems.errors() > before {
        return None;
    }
    let reference = message_of(draft, index);
    let xml = draft.xml(index);
    message::thrown(draft, xml, reference.as_deref(), problems).map(ElementKind::SendTask)
}

/// A receive task: it waits for its message.
pub(super) fn receive(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let reference = message_of(draft, index);
    let begins = message::begins_process(draft, index);
    message::caught(draft, index, reference.as_deref(), begins, problems)
        .map(ElementKind::ReceiveTask)
}

/// The task's message: its own, or that which its operation takes.
fn message_of(draft: &Draft<'_>, index: usize) -> Option<String> {
    let xml = draft.xml(index);
    if let Some(own) = xml.filled("messageRef") {
        return Some(own.to_owned());
    }
    let operation = draft
        .model
        .find_named(xml.filled("operationRef")?, "operation")?;
    let taken = operation.bpmn_child("inMessageRef")?.text();
    (!taken.trim().is_empty()).then_some(taken)
}
