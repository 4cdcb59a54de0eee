//! Event-based gateway (BPMN 2.0 section 13.4.4).
//!
//! When it is activated it opens what the events behind it wait for, and waits for all of them itself. The first that
//! occurs takes the token; the others are not waited for any more. A parallel one, which can only begin a process, goes on
//! waiting until all have occurred.

use redthread_bpmn::graph::{Awaited, ElementIx, ElementKind};

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};
use crate::trigger;

pub(super) fn open(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), Halt> {
    open_but(stepper, key, ix, None)
}

fn open_but(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    but: Option<ElementIx>,
) -> Result<(), Halt> {
    let graph = stepper.graph;
    for (event, waits_for) in graph.events_behind(ix) {
        if Some(event) == but {
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
    stepper.emit(Event::ElementActivated {
        element_instance: key,
    });
    if is_parallel(stepper, gateway)
        && let Err(halt) = open_but(stepper, key, gateway, Some(event))
    {
        stepper.held_up(key, halt)?;
    }
    occurred(stepper, key, gateway, event, &Variables::new())
}

fn is_parallel(stepper: &Stepper, gateway: ElementIx) -> bool {
    let kind = &stepper.graph.element(gateway).kind;
    matches!(kind, ElementKind::EventBasedGateway { parallel: true, .. })
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
    let waits_on = is_parallel(stepper, gateway) && stepper.state.waits_of(key).next().is_some();
    if !waits_on {
        stepper.complete(key)?;
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
