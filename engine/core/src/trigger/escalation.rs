//! Escalations (BPMN 2.0 section 10.5.5.4): they go outwards as errors do, but what they come from goes on unless what catches
//! them is interrupting; nothing happens where nothing catches them.

use redthread_bpmn::graph::Id;

use super::catcher::{self, Catcher};
use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::state::Thrown;
use crate::step::{StepError, Stepper};

/// Throws an escalation at `from`, a scope or an element instance.
pub(crate) fn throw(
    stepper: &mut Stepper,
    element: Id,
    from: Key,
    code: String,
    variables: Variables,
) -> Result<(), StepError> {
    let catcher = catcher::find(stepper, from, Thrown::Escalation, &code);
    let caught_by = catcher.and_then(Catcher::event);
    let reason = format!("The escalation \"{code}\" ended the call.");
    stepper.emit(Event::EscalationThrown {
        element,
        code,
        variables: variables.clone(),
        caught_by: caught_by.map(|event| stepper.graph.element(event).id.clone()),
        to_caller: matches!(catcher, Some(Catcher::Caller { .. })),
    });
    match catcher {
        // What the caller ends does nothing more itself.
        Some(Catcher::Caller { interrupting: true }) => {
            stepper.clear_all()?;
            stepper.emit(Event::InstanceTerminated {
                reason: Some(reason),
            });
            Ok(())
        }
        Some(catcher) => catcher.occur(stepper, &variables),
        None => Ok(()),
    }
}
