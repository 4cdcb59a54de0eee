//! Errors (BPMN 2.0 section 10.5.5.3): they go outwards until something catches them, which ends what they come from. An error
//! that nothing catches fails the instance.

use redthread_bpmn::graph::ElementIx;

use super::catcher::{self, Catcher};
use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::state::Thrown;
use crate::step::{StepError, Stepper};

/// Throws an error at `from`, an element instance or scope, that is caught there or further out: see [`is_caught`].
pub(crate) fn throw(
    stepper: &mut Stepper,
    from: Key,
    code: &str,
    variables: &Variables,
) -> Result<(), StepError> {
    match catcher::find(stepper, from, Thrown::Error, code) {
        Some(catcher) if catcher.event().is_some() => caught(stepper, catcher, code, variables),
        _ => {
            let element = stepper.instance(from)?.element.clone();
            let message = format!("\"{element}\" ended with the error \"{code}\".");
            fail(
                stepper,
                element,
                code.to_owned(),
                message,
                variables.clone(),
            )
        }
    }
}

fn caught(
    stepper: &mut Stepper,
    catcher: Catcher,
    code: &str,
    variables: &Variables,
) -> Result<(), StepError> {
    if let Some(event) = catcher.event() {
        let caught_by = stepper.graph.element(event).id.clone();
        stepper.emit(Event::ErrorCaught {
            code: code.to_owned(),
            caught_by,
        });
    }
    catcher.occur(stepper, variables)
}

/// Whether an error thrown at `from` would be caught, in this instance or by its callers.
pub(crate) fn is_caught(stepper: &Stepper, from: Key, code: &str) -> bool {
    catcher::find(stepper, from, Thrown::Error, code).is_some()
}

/// Throws the error of an end event in `scope`.
pub(crate) fn throw_at_end(
    stepper: &mut Stepper,
    element: ElementIx,
    scope: Key,
    code: String,
    variables: Variables,
) -> Result<(), StepError> {
    match catcher::find(stepper, scope, Thrown::Error, &code) {
        Some(catcher) if catcher.event().is_some() => caught(stepper, catcher, &code, &variables),
        found => {
            let element = stepper.graph.element(element);
            let who = match found {
                Some(_) => "its caller catches it",
                None => "nothing in the diagram catches it",
            };
            let message = format!(
                "\"{}\" threw the error \"{code}\", and {who}.",
                element.label()
            );
            fail(stepper, element.id.clone(), code, message, variables)
        }
    }
}

fn fail(
    stepper: &mut Stepper,
    element: redthread_bpmn::graph::Id,
    code: String,
    message: String,
    variables: Variables,
) -> Result<(), StepError> {
    stepper.clear_all()?;
    stepper.emit(Event::InstanceFailed {
        element,
        code,
        message,
        variables,
    });
    Ok(())
}
