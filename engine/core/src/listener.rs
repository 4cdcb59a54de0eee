//! Listeners: jobs that are done one after the other before an element goes on (`zeebe:executionListeners`,
//! `zeebe:taskListeners`).

use redthread_bpmn::graph::{Element, ElementIx, ElementKind, Listener};

use crate::command::Variables;
use crate::element;
use crate::event::{Event, JobData, ListenerData, ListenerEvent};
use crate::key::Key;
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};

/// Tells the first listener of `on`; without any, the element goes on at once.
pub(crate) fn tell(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    on: ListenerEvent,
) -> Result<(), StepError> {
    tell_from(stepper, key, ix, ListenerData { on, nth: 0 })
}

/// A listener's job is done: the next one is told.
pub(crate) fn told(
    stepper: &mut Stepper,
    key: Key,
    listener: ListenerData,
    results: &Variables,
) -> Result<(), StepError> {
    stepper.set(key, results.clone());
    let nth = listener.nth + 1;
    let ix = stepper.element_of(key)?;
    tell_from(stepper, key, ix, ListenerData { nth, ..listener })
}

fn tell_from(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    listener: ListenerData,
) -> Result<(), StepError> {
    let graph = stepper.graph;
    let Some(next) = of(graph.element(ix), listener.on).get(listener.nth) else {
        return go_on(stepper, key, ix, listener.on);
    };
    match job(stepper, key, next, listener) {
        Ok(()) => Ok(()),
        Err(halt) => stepper.held_up(key, halt),
    }
}

fn go_on(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    on: ListenerEvent,
) -> Result<(), StepError> {
    match on {
        ListenerEvent::Start => {
            let role = stepper.role(stepper.instance(key)?, ix);
            stepper.start(key, ix, role)
        }
        ListenerEvent::End => {
            let role = stepper.role(stepper.instance(key)?, ix);
            stepper.finish(key, ix, role)
        }
        ListenerEvent::Completing => stepper.complete(key),
        ListenerEvent::Creating => match &stepper.graph.element(ix).kind {
            ElementKind::UserTask(task) => match element::user_task::create(stepper, key, ix, task)
            {
                Ok(()) => Ok(()),
                Err(halt) => stepper.held_up(key, halt),
            },
            _ => Ok(()),
        },
    }
}

fn of(element: &Element, on: ListenerEvent) -> &[Listener] {
    match on {
        ListenerEvent::Start => &element.listeners.start,
        ListenerEvent::End => &element.listeners.end,
        ListenerEvent::Creating => &element.listeners.creating,
        ListenerEvent::Completing => &element.listeners.completing,
    }
}

fn job(
    stepper: &mut Stepper,
    key: Key,
    told: &Listener,
    listener: ListenerData,
) -> Result<(), Halt> {
    let job = JobData {
        job_type: stepper.required_string(&told.job_type, key, "a job type")?,
        retries: element::job_task::retries(stepper, &told.retries, key)?,
        headers: told.headers.clone(),
        listener: Some(listener),
    };
    let new = stepper.new_key();
    stepper.emit(Event::JobCreated {
        key: new,
        element_instance: key,
        job,
    });
    Ok(())
}

/// After an incident: whether a listener's job was what had failed. It is tried again.
pub(crate) fn retry(stepper: &mut Stepper, key: Key) -> Result<bool, StepError> {
    let told = stepper
        .state
        .waits_of(key)
        .any(|(_, what)| matches!(what, WaitKind::Job(job) if job.listener.is_some()));
    if told {
        element::job_task::retry(stepper, key)?;
    }
    Ok(told)
}
