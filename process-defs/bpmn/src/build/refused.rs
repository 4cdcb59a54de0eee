//! What BPMN has and Redthread does not run yet, with what to draw instead. Every line that leaves
//! this file becomes a file of its own beside it.

use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// The refusal of a kind of flow node, and what to draw instead; `None` when it runs.
pub(super) fn refusal(kind: NodeKind) -> Option<(&'static str, &'static str)> {
    use NodeKind::*;
    Some(match kind {
        ChoreographyTask | SubChoreography | CallChoreography => (
            "Choreographies are drawings, they do not run.",
            "Draw the part of each participant as a process.",
        ),
        ImplicitThrowEvent => (
            "Implicit throw events do not run yet.",
            "Remove the multi-instance marker's events.",
        ),
        _ => return None,
    })
}

/// Parts of a process, beside flow nodes, that would change how it runs.
pub(super) fn process_parts(process: NodeRef<'_>, problems: &mut Problems) {
    for part in process.children() {
        match part.bpmn() {
            Some(name) if !is_known(name) => problems.error(
                part,
                Code::UnknownElement,
                format!("BPMN has no element “{name}” in a process."),
                "Check how it is written, or remove it.",
            ),
            _ => {}
        }
    }
}

/// What BPMN allows within a process or sub-process.
pub(super) fn is_known(name: &str) -> bool {
    NodeKind::from_name(name).is_some()
        || matches!(
            name,
            "documentation"
                | "extensionElements"
                | "supportedInterfaceRef"
                | "ioSpecification"
                | "ioBinding"
                | "auditing"
                | "monitoring"
                | "property"
                | "laneSet"
                | "sequenceFlow"
                | "dataObject"
                | "dataObjectReference"
                | "dataStoreReference"
                | "textAnnotation"
                | "association"
                | "group"
                | "resourceRole"
                | "performer"
                | "humanPerformer"
                | "potentialOwner"
                | "correlationSubscription"
                | "supports"
                // Refused with the rules of structure.
                | "conversation"
                | "subConversation"
                | "callConversation"
                | "conversationLink"
                // Parts of a sub-process as an activity.
                | "incoming"
                | "outgoing"
                | "standardLoopCharacteristics"
                | "multiInstanceLoopCharacteristics"
                | "dataInputAssociation"
                | "dataOutputAssociation"
                | "completionCondition"
        )
}
