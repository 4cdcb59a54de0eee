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
        SendTask => (
            "Send tasks do not run yet.",
            "Draw a service task whose job sends the message.",
        ),
        ReceiveTask => (
            "Receive tasks do not run yet.",
            "Draw an intermediate message catch event.",
        ),
        CallActivity => (
            "Call activities do not run yet.",
            "Draw what the called process does as an embedded sub-process.",
        ),
        Transaction => (
            "Transactions do not run yet.",
            "Draw an embedded sub-process with boundary events.",
        ),
        AdHocSubProcess => (
            "Ad-hoc sub-processes do not run yet.",
            "Draw an embedded sub-process with a start event, an end event and sequence flows.",
        ),
        ChoreographyTask | SubChoreography | CallChoreography => (
            "Choreographies are drawings, they do not run.",
            "Draw the part of each participant as a process.",
        ),
        ImplicitThrowEvent => (
            "Implicit throw events do not run yet.",
            "Remove the multi-instance marker's events.",
        ),
        StartEvent
        | EndEvent
        | IntermediateCatchEvent
        | IntermediateThrowEvent
        | BoundaryEvent
        | Task
        | UserTask
        | ServiceTask
        | ScriptTask
        | BusinessRuleTask
        | ManualTask
        | SubProcess
        | ExclusiveGateway
        | ParallelGateway
        | InclusiveGateway
        | EventBasedGateway
        | ComplexGateway => return None,
    })
}

pub(super) fn is_refused(kind: NodeKind) -> bool {
    refusal(kind).is_some()
}

/// Parts of a process, beside flow nodes, that would change how it runs.
pub(super) fn process_parts(process: NodeRef<'_>, problems: &mut Problems) {
    for part in process.children() {
        match part.bpmn() {
            Some("correlationSubscription") => problems.error(
                part,
                Code::NotSupported,
                "Correlation subscriptions of BPMN are not read yet.",
                "Give each message that is waited for a correlation key (zeebe:subscription).",
            ),
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
