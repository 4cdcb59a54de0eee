//! The calls of processes in diagrams, as far as they can be known before a process runs.

use redthread_bpmn::graph::{Binding, ElementKind, Id, ProcessGraph, Text};
use redthread_bpmn::{Code, Problem, Severity};

/// A call of a process whose id stands in the diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessCall {
    /// The call activity.
    pub element: Id,
    /// The process's id.
    pub process: Id,
    /// Which of its versions.
    pub binding: Binding,
}

/// The processes that a process calls, as far as that can be known before it runs.
pub fn called_processes(graph: &ProcessGraph) -> impl Iterator<Item = ProcessCall> + '_ {
    graph.elements.iter().filter_map(|element| {
        let ElementKind::CallActivity(called) = &element.kind else {
            return None;
        };
        let Text::Literal(id) = &called.process else {
            return None;
        };
        Some(ProcessCall {
            element: element.id.clone(),
            process: id.clone(),
            binding: called.binding.clone(),
        })
    })
}

/// The warning about a call of a process that is not there; `known`: those that are.
pub fn unknown_process<'k>(
    call: &ProcessCall,
    known: impl IntoIterator<Item = &'k str>,
) -> Problem {
    let id = &call.process;
    let hint = match redthread_feel::closest(id, known) {
        Some(meant) => {
            format!("Did you mean “{meant}”? Else upload the diagram of the process, too.")
        }
        None => "Upload the diagram of the process, too, or mend the process's id.".to_owned(),
    };
    let message = match call.binding {
        Binding::Latest | Binding::VersionTag(_) => format!(
            "The call activity calls the process \"{id}\", which is not deployed. It will stop with an incident."
        ),
        Binding::Deployment => format!(
            "The call activity calls the process \"{id}\" of its own upload, and it is not among the files. It will stop with an incident."
        ),
    };
    Problem {
        element: Some(call.element.clone()),
        line: None,
        code: Code::NotCallable,
        severity: Severity::Warning,
        message,
        hint,
    }
}
