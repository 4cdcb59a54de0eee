//! Boundary events stand on an activity of the same scope (10.5.4), and each catches something of its
//! own.

use std::collections::HashSet;

use super::flows::defines;
use super::walk::{local, within};
use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    attachments(draft, problems);
    cancels(draft, problems);
    handlers(draft, problems);
    catches(draft, problems);
}

/// Only a transaction can be cancelled (10.5.4).
fn cancels(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        let host = draft.attached_to[index].map(|host| draft.node(host).kind);
        if node.kind == NodeKind::BoundaryEvent
            && defines(draft, index, "cancelEventDefinition")
            && host.is_some_and(|kind| kind != NodeKind::Transaction)
        {
            problems.rule(
                draft.xml(index),
                Code::BadAttachment,
                "A cancel boundary event stands on what is no transaction.",
                "Attach it to a transaction, or use an error event.",
            );
        }
    }
}

/// A compensation boundary event is connected with the activity that undoes by an association (10.7.1).
fn handlers(draft: &Draft<'_>, problems: &mut Problems) {
    let process = draft.model.at(draft.process.xml);
    let associations = within(process).filter(|node| node.bpmn() == Some("association"));
    let ends = associations.filter_map(|association| {
        let end = |name| association.filled(name).map(local);
        Some((end("sourceRef")?, end("targetRef")?))
    });
    let mut handled: HashSet<&str> = HashSet::new();
    for (source, target) in ends {
        let is_handler = |id: &str| {
            let activity = draft.by_id.get(id);
            activity.is_some_and(|&activity| draft.is_compensation_handler(activity))
        };
        // Some tools draw the association the other way round.
        for (event, activity) in [(source, target), (target, source)] {
            if is_handler(activity) {
                handled.insert(event);
            }
        }
    }
    for (index, node) in draft.nodes() {
        let id = node.id.as_deref().unwrap_or_default();
        if node.kind == NodeKind::BoundaryEvent
            && defines(draft, index, "compensateEventDefinition")
            && !handled.contains(id)
        {
            problems.rule(
                draft.xml(index),
                Code::MissingHandler,
                "The compensation boundary event has no activity that undoes.",
                "Connect it by an association with an activity that is marked for compensation.",
            );
        }
    }
}

/// Which of two boundary events catches an error that both ask for is left to chance by BPMN.
fn catches(draft: &Draft<'_>, problems: &mut Problems) {
    for (host, _) in draft.nodes() {
        let mut caught = HashSet::new();
        for &event in &draft.boundary[host] {
            let [definition] = draft.event_definitions(event)[..] else {
                continue;
            };
            if definition.bpmn() != Some("errorEventDefinition") {
                continue;
            }
            let error = definition
                .filled("errorRef")
                .and_then(|error| draft.model.find(error));
            let code = error
                .and_then(|error| error.filled("errorCode"))
                .map(str::trim);
            if !caught.insert(code) {
                problems.warning(
                    draft.xml(event),
                    Code::DuplicateCatch,
                    "Another boundary event of the same activity catches this error already.",
                    "Delete one of the two, or choose another error.",
                );
            }
        }
    }
}

fn attachments(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        if node.kind != NodeKind::BoundaryEvent {
            continue;
        }
        let xml = draft.xml(index);
        let mut refuse = |message: String| {
            let hint = "Attach the event to an activity of the same process or sub-process.";
            problems.error(xml, Code::BadAttachment, message, hint);
        };
        match (xml.filled("attachedToRef"), draft.attached_to[index]) {
            (None, _) => refuse("The boundary event is attached to nothing.".to_owned()),
            (Some(id), None) => refuse(format!(
                "The boundary event is attached to “{}”, which is not in this process.",
                id.trim()
            )),
            (Some(_), Some(host)) if !draft.node(host).kind.is_activity() => refuse(format!(
                "The boundary event is attached to “{}”, which is not an activity.",
                draft.node(host).id.as_deref().unwrap_or_default()
            )),
            (Some(_), Some(host)) if draft.node(host).parent != node.parent => {
                refuse(
                    "The boundary event stands in another sub-process than its activity."
                        .to_owned(),
                );
            }
            _ => {}
        }
    }
}
