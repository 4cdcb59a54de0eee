//! Boundary events stand on an activity of the same scope (10.5.4), and each catches something of its
//! own.

use std::collections::HashSet;

use super::flows::defines;
use crate::compensation::is_compensation;
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

/// A compensation boundary event is connected with the one activity that undoes by an association (10.7.1).
fn handlers(draft: &Draft<'_>, problems: &mut Problems) {
    for (host, _) in draft.nodes() {
        let events = draft.boundary[host].iter().copied();
        let events = events.filter(|&event| is_compensation(draft, event));
        for (place, event) in events.enumerate() {
            handler(draft, event, place > 0, problems);
        }
    }
}

fn handler(draft: &Draft<'_>, event: usize, is_second: bool, problems: &mut Problems) {
    let (message, hint) = if is_second {
        (
            "Another compensation event stands on the same activity.",
            "Delete one of the two: an activity is undone in one way.",
        )
    } else if draft.handlers.ambiguous.contains(&event) {
        (
            "The compensation boundary event is connected with several activities that undo.",
            "Keep one association. Put several steps into a sub-process that is marked for compensation.",
        )
    } else if draft.handlers.of_event.contains_key(&event) {
        return;
    } else {
        (
            "The compensation boundary event has no activity that undoes.",
            "Connect it by an association with an activity beside it that is marked for compensation.",
        )
    };
    problems.rule(draft.xml(event), Code::MissingHandler, message, hint);
}

/// Which of two boundary events catches an error or an escalation that both ask for is left to chance by BPMN.
fn catches(draft: &Draft<'_>, problems: &mut Problems) {
    for (host, _) in draft.nodes() {
        let mut caught = HashSet::new();
        for &event in &draft.boundary[host] {
            let [definition] = draft.event_definitions(event)[..] else {
                continue;
            };
            let (what, reference, code) = match definition.bpmn() {
                Some("errorEventDefinition") => ("error", "errorRef", "errorCode"),
                Some("escalationEventDefinition") => {
                    ("escalation", "escalationRef", "escalationCode")
                }
                _ => continue,
            };
            let thrown = definition
                .filled(reference)
                .and_then(|thrown| draft.model.find(thrown));
            let code = thrown.and_then(|thrown| thrown.filled(code)).map(str::trim);
            if !caught.insert((what, code)) {
                problems.warning(
                    draft.xml(event),
                    Code::DuplicateCatch,
                    format!(
                        "Another boundary event of the same activity catches this {what} already."
                    ),
                    format!("Delete one of the two, or choose another {what}."),
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
            (Some(_), Some(host)) if draft.is_event_sub_process(host) => refuse(
                "The boundary event is attached to an event sub-process, which nothing leads to."
                    .to_owned(),
            ),
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
