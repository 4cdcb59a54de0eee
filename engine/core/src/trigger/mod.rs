//! One file a trigger: how an event is waited for, and how it occurs.

pub(crate) mod catcher;
pub(crate) mod condition;
pub mod error;
pub(crate) mod escalation;
pub mod message;
pub mod record;
pub(crate) mod signal;
pub mod timer;

use redthread_bpmn::graph::{ElementIx, ElementKind, Trigger};

use crate::command::Variables;
use crate::element::{boundary_event, event_based_gateway, event_sub_process};
use crate::event::Ended;
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};

/// Opens what the event `event` waits for, on behalf of `owner`: the event's own element instance, its activity's, that of an
/// event-based gateway before it, or the scope around an event sub-process.
pub(crate) fn open(
    stepper: &mut Stepper,
    owner: Key,
    event: ElementIx,
    trigger: &Trigger,
) -> Result<(), Halt> {
    for (nth, part) in trigger.parts().iter().enumerate() {
        match part {
            // What is thrown looks for its catcher; what undoes is looked for; a link is passed.
            Trigger::None
            | Trigger::Error(_)
            | Trigger::Escalation(_)
            | Trigger::Compensation
            | Trigger::Cancel
            | Trigger::Link
            | Trigger::Multiple(_)
            | Trigger::ParallelMultiple(_) => {}
            Trigger::Timer(timer) => timer::open(stepper, owner, event, timer)?,
            Trigger::Message(message) => message::open(stepper, owner, event, message)?,
            Trigger::Signal(name) => signal::open(stepper, owner, event, name)?,
            Trigger::Condition(condition) => {
                condition::open(stepper, owner, event, nth, condition);
            }
            Trigger::Record(record) => record::open(stepper, owner, event, record),
        }
    }
    Ok(())
}

/// The message, signal, condition or record change that `wait` waited for has come.
pub(crate) fn occurred(
    stepper: &mut Stepper,
    wait: Key,
    owner: Key,
    variables: &Variables,
) -> Result<(), StepError> {
    let not_open = Rejection::NotOpen {
        what: "event",
        key: wait,
    };
    let found = stepper.state.waits.get(&wait).ok_or(not_open.clone())?;
    let id = found.what.event().ok_or(not_open)?.clone();
    let event = element(stepper, &id)?;
    // What can occur again and again goes on waiting.
    if !repeats(stepper, event) || needs_all(stepper, event) {
        stepper.close(wait, Ended::Completed);
    }
    came(stepper, event, owner, variables)
}

/// What one of an event's triggers waited for has come, and is written down as such.
pub(crate) fn came(
    stepper: &mut Stepper,
    event: ElementIx,
    owner: Key,
    variables: &Variables,
) -> Result<(), StepError> {
    let graph = stepper.graph;
    let trigger = graph.element(event).kind.trigger();
    let is_of_event = |what: &WaitKind| what.event() == Some(&graph.element(event).id);
    match trigger {
        Some(Trigger::ParallelMultiple(_)) => {
            if stepper
                .state
                .waits_of(owner)
                .any(|(_, what)| is_of_event(what))
            {
                let around = stepper.scope_of(owner);
                stepper.merge(around, variables);
                return Ok(());
            }
            event_occurred(stepper, event, owner, variables)?;
            let goes_on = repeats(stepper, event) && stepper.state.is_scope(owner);
            match trigger.filter(|_| goes_on) {
                Some(trigger) => match open(stepper, owner, event, trigger) {
                    // What holds still has to become false before it becomes true again.
                    Ok(()) => condition::take_as_seen(stepper, owner, event),
                    Err(halt) => stepper.held_up(owner, halt),
                },
                None => Ok(()),
            }
        }
        Some(Trigger::Multiple(_)) if !repeats(stepper, event) => {
            stepper.close_waits_if(owner, is_of_event);
            event_occurred(stepper, event, owner, variables)
        }
        _ => event_occurred(stepper, event, owner, variables),
    }
}

/// Whether an event can occur again and again while what it belongs to goes on.
pub(crate) fn repeats(stepper: &Stepper, event: ElementIx) -> bool {
    matches!(
        stepper.graph.element(event).kind,
        ElementKind::BoundaryEvent {
            interrupting: false,
            ..
        } | ElementKind::StartEvent {
            interrupting: false,
            ..
        }
    )
}

/// Whether all triggers of an event must have come.
pub(crate) fn needs_all(stepper: &Stepper, event: ElementIx) -> bool {
    let trigger = stepper.graph.element(event).kind.trigger();
    matches!(trigger, Some(Trigger::ParallelMultiple(_)))
}

pub(crate) fn element(stepper: &Stepper, id: &str) -> Result<ElementIx, Rejection> {
    let found = stepper.graph.find(id);
    found.ok_or_else(|| Rejection::UnknownElement(id.to_owned()))
}

/// An event has occurred: a catch event or receive task completes, a boundary event passes, an event-based gateway lets the
/// token go on there, an event sub-process begins.
pub(crate) fn event_occurred(
    stepper: &mut Stepper,
    event: ElementIx,
    owner: Key,
    variables: &Variables,
) -> Result<(), StepError> {
    let graph = stepper.graph;
    match &graph.element(event).kind {
        ElementKind::StartEvent { .. } => {
            event_sub_process::occurred(stepper, owner, event, variables)
        }
        ElementKind::BoundaryEvent { .. } => {
            boundary_event::occurred(stepper, event, owner, variables)
        }
        _ => {
            let waiting = stepper.element_of(owner)?;
            if waiting == event {
                stepper.triggered(event, stepper.scope_of(owner));
                stepper.complete_with(owner, variables)
            } else {
                event_based_gateway::occurred(stepper, owner, waiting, event, variables)
            }
        }
    }
}
