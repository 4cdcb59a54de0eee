//! Event-based gateway (BPMN 2.0 section 13.4.4).
//!
//! When it is activated it opens what the events behind it wait for, and waits for all of them itself. The first that
//! occurs takes the token; the others are not waited for any more. A parallel one, which can only begin a process, goes on
//! waiting until all have occurred.

use redthread_bpmn::graph::{Awaited, ElementIx, ElementKind, Id};

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::state::Body;
use crate::step::{Halt, StepError, Stepper};
use crate::trigger;

pub(super) fn open(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), Halt> {
    open_but(stepper, key, ix, &[])
}

fn open_but(stepper: &mut Stepper, key: Key, ix: ElementIx, occurred: &[Id]) -> Result<(), Halt> {
    let graph = stepper.graph;
    for (event, waits_for) in graph.events_behind(ix) {
        if occurred.contains(&graph.element(event).id) {
            continue;
        }
        match waits_for {
            Awaited::Trigger(waits_for) => trigger::open(stepper, key, event, waits_for)?,
            Awaited::Message(message) => trigger::message::open(stepper, key, event, message)?,
        }
    }
    Ok(())
}

/// The process begins because `event` behind the gateway has occurred.
pub(crate) fn begin(
    stepper: &mut Stepper,
    gateway: ElementIx,
    event: ElementIx,
    scope: Key,
) -> Result<(), StepError> {
    let key = stepper.begin(gateway, scope, Vec::new());
    let kind = &stepper.graph.element(gateway).kind;
    let is_parallel = matches!(kind, ElementKind::EventBasedGateway { parallel: true, .. });
    stepper.emit(Event::ElementActivated {
        element_instance: key,
    });
    if is_parallel {
        remember(stepper, key, Vec::new());
    }
    occurred(stepper, key, gateway, event, &Variables::new())?;
    match is_parallel {
        true => open_rest(stepper, key),
        false => Ok(()),
    }
}

fn remember(stepper: &mut Stepper, key: Key, occurred: Vec<Id>) {
    stepper.emit(Event::BodyChanged {
        element_instance: key,
        body: Body::Events { occurred },
    });
}

/// Waits for what has not occurred yet behind a parallel gateway; also again, after an incident.
pub(crate) fn open_rest(stepper: &mut Stepper, key: Key) -> Result<(), StepError> {
    let Some(instance) = stepper.state.elements.get(&key) else {
        return Ok(());
    };
    let Some(Body::Events { occurred }) = instance.body().cloned() else {
        return Ok(());
    };
    let gateway = stepper.element_of(key)?;
    stepper.close_waits(key);
    match open_but(stepper, key, gateway, &occurred) {
        Ok(()) => trigger::condition::look_at(stepper, key),
        Err(halt) => {
            stepper.close_waits(key);
            stepper.held_up(key, halt)
        }
    }
}

/// An event behind the gateway has occurred.
pub(crate) fn occurred(
    stepper: &mut Stepper,
    key: Key,
    gateway: ElementIx,
    event: ElementIx,
    variables: &Variables,
) -> Result<(), StepError> {
    let graph = stepper.graph;
    let scope = stepper.scope_of(key);
    match stepper.instance(key)?.body().cloned() {
        Some(Body::Events { mut occurred }) => {
            occurred.push(graph.element(event).id.clone());
            let all = graph.events_behind(gateway).count();
            match occurred.len() < all {
                true => remember(stepper, key, occurred),
                false => stepper.complete(key)?,
            }
        }
        _ => stepper.complete(key)?,
    }
    let outgoing = &graph.element(gateway).outgoing;
    let flow = outgoing
        .iter()
        .find(|flow| graph.flow(**flow).target == event);
    let consumed: Vec<_> = flow
        .map(|flow| graph.flow(*flow).id.clone())
        .into_iter()
        .collect();
    for flow in &consumed {
        stepper.emit(Event::FlowTaken {
            flow: flow.clone(),
            scope,
        });
    }
    stepper.occur(event, scope, consumed, variables)
}
