//! Errors (BPMN 2.0 section 10.5.1, "Event handling"): they go outwards until a boundary event catches them.

use redthread_bpmn::graph::{ElementIx, ElementKind, Trigger};

use crate::command::Variables;
use crate::element::boundary_event;
use crate::key::Key;
use crate::step::{StepError, Stepper};

/// Throws an error at `from`, an element instance or scope. Answers whether something caught it.
pub(crate) fn throw(
    stepper: &mut Stepper,
    from: Key,
    code: &str,
    variables: &Variables,
) -> Result<bool, StepError> {
    match catcher(stepper, from, code) {
        Some((activity, boundary)) => {
            boundary_event::occurred(stepper, boundary, activity, variables)?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Whether an error thrown at `from` would be caught.
pub(crate) fn is_caught(stepper: &Stepper, from: Key, code: &str) -> bool {
    catcher(stepper, from, code).is_some()
}

/// The activity, from `from` outwards, at which the error is caught, and the boundary event that does: one that names the
/// code comes before one that catches any.
fn catcher(stepper: &Stepper, from: Key, code: &str) -> Option<(Key, ElementIx)> {
    let graph = stepper.graph;
    let mut activity = from;
    while let Some(instance) = stepper.state.elements.get(&activity) {
        let boundary = &graph.element(graph.find(&instance.element)?).boundary;
        let catches = |named: bool| {
            boundary
                .iter()
                .copied()
                .find(|&ix| match &graph.element(ix).kind {
                    ElementKind::BoundaryEvent {
                        trigger: Trigger::Error(catch),
                        ..
                    } => match &catch.code {
                        Some(caught) => named && **caught == *code,
                        None => !named,
                    },
                    _ => false,
                })
        };
        if let Some(boundary) = catches(true).or_else(|| catches(false)) {
            return Some((activity, boundary));
        }
        activity = instance.scope;
    }
    None
}
