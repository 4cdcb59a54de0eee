//! What may stand where: choreographies beside processes, properties in what has a state of its own,
//! formats that are formats (8.4.1, 10.4.1, 11).

use super::activities::is_mime_type;
use super::walk::{runs, within};
use crate::draft::Draft;
use crate::model::{Model, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

/// Rules of a process that runs.
pub(super) fn process(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        if matches!(
            node.kind,
            NodeKind::ChoreographyTask | NodeKind::SubChoreography | NodeKind::CallChoreography
        ) {
            problems.rule(
                draft.xml(index),
                Code::NotAllowedHere,
                format!(
                    "A process contains no choreography activities ({}).",
                    node.kind
                ),
                "Draw the part of each participant as an activity of its own process.",
            );
        }
    }
    for node in within(draft.model.at(draft.process.xml)) {
        match node.bpmn() {
            Some("property") => property(node, problems),
            Some("textAnnotation") => annotation(node, problems),
            Some(
                name @ ("conversation" | "subConversation" | "callConversation"
                | "conversationLink"),
            ) => {
                problems.rule(
                    node,
                    Code::NotAllowedHere,
                    format!("A process contains no conversations ({name})."),
                    "Draw it in a collaboration.",
                );
            }
            _ => {}
        }
    }
}

/// Rules of what stands beside the processes.
pub(super) fn file(model: &Model, problems: &mut Problems) {
    if !runs(model) {
        return;
    }
    for node in model.tree().root().children() {
        match node.bpmn() {
            Some("property") => property(node, problems),
            Some("collaboration") => {
                for annotation_ in node.bpmn_children("textAnnotation") {
                    annotation(annotation_, problems);
                }
            }
            _ => {}
        }
    }
}

/// Processes, activities and events have properties; nothing else has (10.4.1).
fn property(node: NodeRef<'_>, problems: &mut Problems) {
    let around = node.parent().and_then(BpmnNode::bpmn).unwrap_or_default();
    let has_state = around == "process"
        || around.ends_with("Event")
        || NodeKind::from_name(around).is_some_and(NodeKind::is_activity);
    if !has_state {
        problems.rule(
            node,
            Code::NotAllowedHere,
            format!("A property stands in {around}, where nothing can hold its value."),
            "Move it into the process, the activity or the event that it belongs to.",
        );
    }
}

/// The text's format is a MIME type (table 8.18).
fn annotation(node: NodeRef<'_>, problems: &mut Problems) {
    if let Some(format) = node.filled("textFormat").filter(|text| !is_mime_type(text)) {
        problems.rule(
            node,
            Code::BadMimeType,
            format!("The text's format “{}” is no MIME type.", format.trim()),
            "Write text/plain, or remove it.",
        );
    }
}
