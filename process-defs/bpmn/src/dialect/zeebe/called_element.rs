//! `zeebe:calledElement`: the process that a call activity calls, and which variables go along.

use super::binding::binding;
use super::extension;
use crate::build::expression::{expression, filled_text};
use crate::graph::{CalledProcess, IoMapping, Text};
use crate::model::boolean;
use redthread_xml::{Code, NodeRef, Problems};

/// The call; the outer `None`: the element does not say by this extension what it calls.
///
/// As in Camunda 8, all variables go in unless that is switched off, and all results come back unless that is switched
/// off or output mappings say what comes back.
pub(crate) fn called_element(
    node: NodeRef<'_>,
    mapping: &IoMapping,
    otherwise: Option<Text>,
    problems: &mut Problems,
) -> Option<Option<CalledProcess>> {
    let called = extension(node, "calledElement");
    let own = called.and_then(|called| process_id(called, problems));
    let process = match (own, called.is_some_and(names_process)) {
        (Some(process), _) => process,
        (None, true) => return Some(None),
        (None, false) => otherwise?,
    };
    let flag = |attribute| boolean(called?.attribute(attribute));
    let takes_all = flag("propagateAllChildVariables").unwrap_or_else(|| mapping.results_go_up());
    let gives_all = flag("propagateAllParentVariables").unwrap_or(true);
    if let Some(called) = called.filter(|called| called.filled("businessId").is_some()) {
        problems.warning(
            called,
            Code::NotSupported,
            "The business id of the called process is not kept yet.",
            "Hand it over as a variable.",
        );
    }
    let binding = match called {
        Some(called) => binding(called, "a process", problems),
        None => Some(Default::default()),
    };
    Some(binding.map(|binding| CalledProcess {
        process,
        binding,
        gives_all,
        takes_all,
    }))
}

fn names_process(called: NodeRef<'_>) -> bool {
    let is_filled = |attribute| called.filled(attribute).is_some();
    is_filled("processId") || is_filled("processIdExpression")
}

fn process_id(called: NodeRef<'_>, problems: &mut Problems) -> Option<Text> {
    let what = "The called process's id";
    if called.filled("processId").is_some() {
        return filled_text(called, "processId", what, problems);
    }
    // How Camunda 8 wrote an expression at first.
    let source = called.filled("processIdExpression")?;
    expression(called, source, what, problems).map(Text::Expression)
}
