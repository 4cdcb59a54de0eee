//! Extension elements that do not run yet, or mean nothing where they stand: none of them may be
//! passed over in silence.

use super::attributes;
use crate::model::NodeKind;
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};
use redthread_xml::{Namespace, NodeRef};

/// What is done with an extension element.
enum Reading {
    /// It is read on these kinds of element; elsewhere it means nothing.
    On(&'static [NodeKind]),
    /// It is read on every element.
    Everywhere,
    /// It says nothing about how the process runs.
    Harmless,
    /// It changes how the process runs, and is refused.
    Refused(&'static str),
    /// It changes only an order or a look; the diagram runs without it.
    Ignored(&'static str),
}

fn reading(name: &str) -> Reading {
    use NodeKind::*;
    match name {
        "userTask" | "assignmentDefinition" | "taskSchedule" | "formDefinition" => {
            Reading::On(&[UserTask])
        }
        "taskDefinition" => Reading::On(&[
            ServiceTask,
            ScriptTask,
            BusinessRuleTask,
            SendTask,
            IntermediateThrowEvent,
            EndEvent,
            // Refused there by itself.
            AdHocSubProcess,
        ]),
        "taskHeaders" => Reading::On(&[
            ServiceTask,
            ScriptTask,
            BusinessRuleTask,
            UserTask,
            SendTask,
            IntermediateThrowEvent,
            EndEvent,
        ]),
        "publishMessage" => Reading::On(&[SendTask, IntermediateThrowEvent, EndEvent]),
        "script" => Reading::On(&[ScriptTask]),
        "calledDecision" => Reading::On(&[BusinessRuleTask]),
        "ioMapping" | "properties" => Reading::Everywhere,
        // Of processes; calls and forms look there.
        "versionTag" | "userTaskForm" => Reading::Harmless,
        // Says what a task is for; its job says what is done.
        "agentDefinition" => Reading::Harmless,
        "executionListeners" => Reading::On(NodeKind::ALL),
        "taskListeners" | "priorityDefinition" => Reading::On(&[UserTask]),
        "linkedResources" => Reading::Refused("Linked resources are not handed to jobs yet"),
        "jobPriorityDefinition" => Reading::Ignored("The priority of jobs is not looked at yet"),
        "calledElement" => Reading::On(&[CallActivity]),
        "adHoc" => Reading::On(&[AdHocSubProcess]),
        // Each belongs to a part of an element, or to a message.
        "subscription" | "loopCharacteristics" | "conditionalFilter" => Reading::On(&[]),
        _ => Reading::Refused("This extension of Camunda 8 is not known"),
    }
}

/// Reports the extension elements of `node` that are not read; `kind` is `None` for a process.
pub(crate) fn audit(node: NodeRef<'_>, kind: Option<NodeKind>, problems: &mut Problems) {
    attributes::audit(node, problems);
    for extension in node
        .extensions()
        .filter(|found| *found.namespace() == Namespace::Zeebe)
    {
        let name = extension.name();
        match reading(name) {
            Reading::Everywhere | Reading::Harmless => {}
            Reading::On(kinds) if kind.is_some_and(|kind| kinds.contains(&kind)) => {}
            Reading::On(_) if name == "executionListeners" => problems.error(
                extension,
                Code::NotSupported,
                "Listeners of a whole process do not run yet (zeebe:executionListeners).",
                "Listen to its start event and its end events.",
            ),
            Reading::On(_) if name == "formDefinition" && kind == Some(NodeKind::StartEvent) => {
                problems.warning(
                    extension,
                    Code::NotSupported,
                    "A form to start a process with is not shown yet (zeebe:formDefinition).",
                    "Put the form on a user task behind the start event.",
                );
            }
            Reading::On(_) => problems.warning(
                extension,
                Code::UnexpectedExtension,
                format!("The extension zeebe:{name} means nothing on this element."),
                "Remove it, or change the type of the element.",
            ),
            Reading::Refused(message) => problems.error(
                extension,
                Code::NotSupported,
                format!("{message} (zeebe:{name})."),
                "Remove it to run the process without it.",
            ),
            Reading::Ignored(message) => problems.warning(
                extension,
                Code::NotSupported,
                format!("{message} (zeebe:{name})."),
                "The process runs without it.",
            ),
        }
    }
}

/// Reports the extension elements of an element's loop marker and event definitions that are not read.
pub(crate) fn audit_parts(node: NodeRef<'_>, problems: &mut Problems) {
    for part in node.children() {
        let read: &[&str] = match part.bpmn() {
            Some("multiInstanceLoopCharacteristics") => &["loopCharacteristics"],
            Some("standardLoopCharacteristics") => &[],
            Some("conditionalEventDefinition") => &["conditionalFilter"],
            Some(name) if name.ends_with("EventDefinition") => &[],
            _ => continue,
        };
        attributes::audit(part, problems);
        let unread = part.extensions().filter(|found| {
            *found.namespace() == Namespace::Zeebe && !read.contains(&found.name())
        });
        for extension in unread {
            // Tools may leave names and values anywhere; they change nothing.
            if extension.name() != "properties" {
                problems.warning(
                    extension,
                    Code::UnexpectedExtension,
                    format!(
                        "The extension zeebe:{} means nothing here.",
                        extension.name()
                    ),
                    "Remove it, or move it to the element itself.",
                );
            }
        }
    }
}
