//! End event (BPMN 2.0 section 13.5.3).
//!
//! None: the token ends. Terminate: everything else in the same scope ends too. Error: the error goes to the enclosing
//! scopes, from the innermost outwards, and the first boundary event that catches it interrupts its activity; an error
//! that nothing catches ends the instance as failed.

use redthread_bpmn::graph::{ElementIx, ElementKind, EndResult};

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};
use crate::trigger::error;

/// While it is completing: the code of the error that it will throw.
pub(crate) fn error_code(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
) -> Result<Option<String>, Halt> {
    let graph = stepper.graph;
    match &graph.element(ix).kind {
        ElementKind::EndEvent(EndResult::Error(thrown)) => stepper
            .required_string(&thrown.code, key, "an error code")
            .map(Some),
        _ => Ok(None),
    }
}

/// Once it has completed.
pub(super) fn completed(
    stepper: &mut Stepper,
    ix: ElementIx,
    scope: Key,
    result: &EndResult,
    error_code: Option<String>,
) -> Result<(), StepError> {
    match result {
        EndResult::None => Ok(()),
        EndResult::Terminate => stepper.clear(scope),
        EndResult::Error(_) => throw(stepper, ix, scope, error_code.unwrap_or_default()),
    }
}

fn throw(stepper: &mut Stepper, ix: ElementIx, scope: Key, code: String) -> Result<(), StepError> {
    if error::throw(stepper, scope, &code, &Variables::new())? {
        return Ok(());
    }
    let graph = stepper.graph;
    let element = graph.element(ix);
    let message = format!(
        "\"{}\" threw the error \"{code}\", and nothing in the diagram catches it.",
        element.label()
    );
    let root = stepper.state.key;
    stepper.clear(root)?;
    stepper.emit(Event::InstanceFailed {
        element: element.id.clone(),
        code,
        message,
    });
    Ok(())
}
