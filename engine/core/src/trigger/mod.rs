//! One file a trigger: how an event is waited for, and how it occurs.

pub mod error;
pub mod message;
pub mod record;
pub mod timer;

use redthread_bpmn::graph::{ElementIx, ElementKind, Trigger};

use crate::command::Variables;
use crate::element::boundary_event;
use crate::event::Ended;
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};

/// Opens what the event `event` waits for, on behalf of `element_instance`: the event's own, or its activity's.
pub(crate) fn open(
    stepper: &mut Stepper,
    element_instance: Key,
    event: ElementIx,
    trigger: &Trigger,
) -> Result<(), Halt> {
    match trigger {
        // An error is not waited for: it looks for its catcher when it is thrown.
        Trigger::None | Trigger::Error(_) => Ok(()),
        Trigger::Timer(timer) => timer::open(stepper, element_instance, event, timer),
        Trigger::Message(message) => message::open(stepper, element_instance, event, message),
        Trigger::Record(record) => {
            record::open(stepper, element_instance, event, record);
            Ok(())
        }
    }
}

/// The message or record change that `wait` waited for has come.
pub(crate) fn occurred(
    stepper: &mut Stepper,
    wait: Key,
    element_instance: Key,
    variables: &Variables,
) -> Result<(), StepError> {
    let id = match stepper.state.waits.get(&wait).map(|wait| &wait.what) {
        Some(WaitKind::Subscription(subscription)) => subscription.element.clone(),
        Some(WaitKind::Watch(watch)) => watch.element.clone(),
        _ => {
            return Err(Rejection::NotOpen {
                what: "event",
                key: wait,
            }
            .into());
        }
    };
    let graph = stepper.graph;
    let event = graph
        .find(&id)
        .ok_or_else(|| Rejection::UnknownElement(id.to_string()))?;
    // A non-interrupting boundary event can occur again and again: it goes on waiting.
    if !matches!(
        graph.element(event).kind,
        ElementKind::BoundaryEvent {
            interrupting: false,
            ..
        }
    ) {
        stepper.close(wait, Ended::Completed);
    }
    event_occurred(stepper, event, element_instance, variables)
}

/// An event has occurred: a catch event completes, a boundary event passes.
pub(crate) fn event_occurred(
    stepper: &mut Stepper,
    event: ElementIx,
    element_instance: Key,
    variables: &Variables,
) -> Result<(), StepError> {
    if stepper.element_of(element_instance)? == event {
        stepper.triggered(event, stepper.scope_of(element_instance));
        stepper.complete_with(element_instance, variables)
    } else {
        boundary_event::occurred(stepper, event, element_instance, variables)
    }
}
