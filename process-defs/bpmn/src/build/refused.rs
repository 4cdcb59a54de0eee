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

/// The refusal of an event definition, by its local name and the place of its event ("end").
pub(super) fn event_definition(name: &str, place: &str) -> (String, &'static str) {
    let (word, hint) = match name {
        "messageEventDefinition" => (
            "Message",
            "Draw a service task whose job sends the message.",
        ),
        "timerEventDefinition" => ("Timer", "Draw a timer start, catch or boundary event."),
        "errorEventDefinition" => (
            "Error",
            "Draw an error end event or an error boundary event.",
        ),
        "signalEventDefinition" => ("Signal", "Use a message, or a change of a record."),
        "escalationEventDefinition" => ("Escalation", "Use an error, or a message."),
        "conditionalEventDefinition" => (
            "Conditional",
            "Use a change of a record (redthread:on), or a timer.",
        ),
        "linkEventDefinition" => ("Link", "Draw the sequence flow itself."),
        "compensateEventDefinition" => (
            "Compensation",
            "Draw the undoing activities where they are needed.",
        ),
        "cancelEventDefinition" => ("Cancel", "Use an error."),
        "terminateEventDefinition" => ("Terminate", "Draw a terminate end event."),
        other => {
            return (
                format!("Events of this kind do not run ({other})."),
                "Use another event.",
            );
        }
    };
    (format!("{word} {place} events do not run yet."), hint)
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
