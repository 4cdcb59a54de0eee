//! Intermediate throw events and end events (10.5.3, 10.5.4): what they do.

use super::{compensation, error, escalation, event, message, signal};
use crate::dialect::zeebe;
use crate::draft::Draft;
use crate::graph::{ElementIx, ElementKind, JobTask, Throw};
use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn intermediate(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    throw(draft, index, problems).map(ElementKind::ThrowEvent)
}

pub(super) fn end(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> Option<ElementKind> {
    throw(draft, index, problems).map(ElementKind::EndEvent)
}

fn throw(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> Option<Throw> {
    let xml = draft.xml(index);
    let definitions = event::definitions(draft, index, problems)?;
    let before = problems.errors();
    if let Some(job) = zeebe::task_definition(xml, draft.node(index).kind.as_str(), problems) {
        return by_job(xml, &definitions, job, problems);
    }
    if problems.errors() > before {
        return None;
    }
    match definitions[..] {
        [] => Some(Throw::None),
        [definition] => single(draft, index, definition, problems),
        _ => {
            let parts = definitions
                .into_iter()
                .map(|definition| single(draft, index, definition, problems));
            let parts = super::all(parts)?;
            if parts.iter().any(|part| matches!(part, Throw::Link(_))) {
                problems.error(
                    xml,
                    Code::TriggerNotAllowed,
                    "A link leads the process on elsewhere, and cannot be thrown together with something else.",
                    "Draw an event of its own for the link.",
                );
                return None;
            }
            Some(Throw::Multiple(parts))
        }
    }
}

/// An event that a job does: the job sends the message or the signal its own way.
fn by_job(
    xml: NodeRef<'_>,
    definitions: &[NodeRef<'_>],
    job: JobTask,
    problems: &mut Problems,
) -> Option<Throw> {
    let can_be_done = |definition: &NodeRef<'_>| {
        matches!(
            definition.bpmn(),
            Some("messageEventDefinition" | "signalEventDefinition")
        )
    };
    if definitions.len() > 1 || !definitions.iter().all(can_be_done) {
        problems.error(
            xml,
            Code::NotSupported,
            "A job can do an event that sends one message or one signal, and no other event.",
            "Remove zeebe:taskDefinition, or draw a service task before the event.",
        );
        return None;
    }
    Some(Throw::Job(job))
}

/// What one event definition does: BPMN's table of results (10.5.1).
fn single(
    draft: &Draft<'_>,
    index: usize,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Throw> {
    let is_end = draft.node(index).kind == NodeKind::EndEvent;
    match definition.bpmn().unwrap_or_default() {
        "messageEventDefinition" => {
            let reference = definition.filled("messageRef");
            message::thrown(draft, draft.xml(index), reference, problems).map(Throw::Message)
        }
        "compensateEventDefinition" => {
            compensation::thrown(draft, index, definition, problems).map(Throw::Compensation)
        }
        "terminateEventDefinition" if is_end => Some(Throw::Terminate),
        "cancelEventDefinition" if is_end => Some(Throw::Cancel),
        "errorEventDefinition" if is_end => {
            error::thrown(draft.model, draft.xml(index), definition, problems).map(Throw::Error)
        }
        // A link without a partner has been refused.
        "linkEventDefinition" if !is_end => {
            let catch = draft.links.get(&index)?;
            Some(Throw::Link(ElementIx(*catch as u32)))
        }
        _ => single_anywhere(draft, index, definition, problems),
    }
}

/// What occurs when an instance of a multi-instance activity completes (10.3.8). It is thrown at the activity, so it is
/// something that a boundary event can catch and that ends nothing by itself.
pub(super) fn implicit(
    draft: &Draft<'_>,
    index: usize,
    at: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Throw> {
    let name = definition.bpmn().unwrap_or_default();
    if name == "messageEventDefinition" {
        let reference = definition.filled("messageRef");
        return message::thrown(draft, at, reference, problems).map(Throw::Message);
    }
    if let Some(sent) = sent(draft, at, definition, problems) {
        return sent;
    }
    problems.error(
        draft.xml(index),
        Code::TriggerNotAllowed,
        format!("A multi-instance activity cannot throw this as its instances complete ({name})."),
        "Use a signal, an escalation or a message.",
    );
    None
}

fn single_anywhere(
    draft: &Draft<'_>,
    index: usize,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Throw> {
    let xml = draft.xml(index);
    if let Some(sent) = sent(draft, xml, definition, problems) {
        return sent;
    }
    let (place, hint) = match draft.node(index).kind {
        NodeKind::EndEvent => (
            "an end event",
            "Use an intermediate event before the end event.",
        ),
        _ => (
            "an intermediate throw event",
            "Draw an end event or a catch event.",
        ),
    };
    let name = definition.bpmn().unwrap_or_default();
    problems.error(
        xml,
        Code::TriggerNotAllowed,
        format!("BPMN allows no {name} on {place}."),
        hint,
    );
    None
}

/// Signals and escalations; the outer `None`: it is neither.
fn sent(
    draft: &Draft<'_>,
    at: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Option<Throw>> {
    match definition.bpmn()? {
        "signalEventDefinition" => {
            Some(signal::name(draft.model, at, definition, problems).map(Throw::Signal))
        }
        "escalationEventDefinition" => {
            Some(escalation::thrown(draft.model, at, definition, problems).map(Throw::Escalation))
        }
        _ => None,
    }
}
