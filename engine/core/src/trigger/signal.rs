//! Signals (BPMN 2.0 section 10.5.5.9): everything that waits for one of the name gets it.

use redthread_bpmn::graph::{ElementIx, Id, Text};

use crate::command::Variables;
use crate::event::{Event, SignalData};
use crate::key::Key;
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};

pub(crate) fn open(
    stepper: &mut Stepper,
    owner: Key,
    event: ElementIx,
    name: &Text,
) -> Result<(), Halt> {
    let signal = SignalData {
        element: stepper.graph.element(event).id.clone(),
        name: stepper.required_string(name, owner, "a signal name")?,
    };
    let key = stepper.new_key();
    stepper.emit(Event::SignalAwaited {
        key,
        element_instance: owner,
        signal,
    });
    Ok(())
}

/// Sends a signal. What waits for it in this instance gets it in this step; other instances get it from the runtime.
pub(crate) fn throw(
    stepper: &mut Stepper,
    element: Id,
    name: String,
    variables: Variables,
) -> Result<(), StepError> {
    let waiting: Vec<Key> = stepper
        .state
        .waits
        .iter()
        .filter(|(_, wait)| matches!(&wait.what, WaitKind::Signal(signal) if signal.name == name))
        .map(|(key, _)| *key)
        .collect();
    stepper.emit(Event::SignalThrown {
        element,
        name,
        variables: variables.clone(),
    });
    for key in waiting {
        // What got it first may have ended what would have got it next.
        if let Some(wait) = stepper.state.waits.get(&key) {
            let owner = wait.element_instance;
            super::occurred(stepper, key, owner, &variables)?;
        }
    }
    Ok(())
}
