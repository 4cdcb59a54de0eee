//! Extension elements that do not run yet, or mean nothing where they stand: none of them may be
//! passed over in silence.

use crate::model::NodeKind;
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
        "versionTag" | "userTaskForm" => Reading::Harmless,
        "executionListeners" => Reading::Refused("Execution listeners do not run yet"),
        "taskListeners" => Reading::Refused("Task listeners do not run yet"),
        "linkedResources" => Reading::Refused("Linked resources are not handed to jobs yet"),
        "priorityDefinition" => Reading::Ignored("The priority of tasks is not looked at yet"),
        "jobPriorityDefinition" => Reading::Ignored("The priority of jobs is not looked at yet"),
        // Each belongs to an element or definition that is refused by itself.
        "calledElement" => Reading::On(&[CallActivity]),
        "adHoc" => Reading::On(&[AdHocSubProcess]),
        "subscription" | "loopCharacteristics" | "conditionalFilter" => Reading::On(&[]),
        _ => Reading::Refused("This extension of Camunda 8 is not known"),
    }
}

/// Reports the extension elements of `node` that are not read; `kind` is `None` for a process.
pub(crate) fn audit(node: NodeRef<'_>, kind: Option<NodeKind>, problems: &mut Problems) {
    for extension in node
        .extensions()
        .filter(|found| *found.namespace() == Namespace::Zeebe)
    {
        let name = extension.name();
        match reading(name) {
            Reading::Everywhere | Reading::Harmless => {}
            Reading::On(kinds) if kind.is_some_and(|kind| kinds.contains(&kind)) => {}
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
