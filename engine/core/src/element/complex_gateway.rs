//! Complex gateway (BPMN 2.0 section 13.4.5).
//!
//! Without an activation condition each token passes. With one, the gateway is activated when the condition becomes true as
//! tokens come (`activationCount` is how many incoming flows have one): it takes one token from each of those and puts
//! tokens on its outgoing flows. Then it waits to be reset: until no token can come any more along the flows from which
//! it took none. It takes those tokens that have come meanwhile; they go on only along flows whose condition asks for it
//! (`waitingForStart = false`). Only then can it be activated again.

use redthread_bpmn::graph::{ElementIx, FlowIx, Id};
use redthread_feel::{Expression, Number, Value};

use super::inclusive_gateway;
use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::state::{Body, ElementInstance};
use crate::step::{Halt, StepError, Stepper};

/// A token has come: the flows from which tokens are taken, if that activates the gateway.
pub(super) fn activates(
    stepper: &mut Stepper,
    ix: ElementIx,
    scope: Key,
    activation: &Expression,
) -> Result<Option<Vec<Id>>, StepError> {
    let graph = stepper.graph;
    let element = graph.element(ix);
    let waits_for_reset = {
        let mut around = stepper.state.children(scope);
        around.any(|(_, child)| child.element == element.id)
    };
    if waits_for_reset {
        stepper.touched.insert(scope);
        return Ok(None);
    }
    let flows = element.incoming.iter();
    let ready: Vec<Id> = flows
        .filter(|flow| stepper.has_token(**flow, scope))
        .map(|flow| graph.flow(*flow).id.clone())
        .collect();
    match stepper.is_true(activation, scope, &knows(ready.len(), true)) {
        Ok(false) => Ok(None),
        // What cannot be decided is written down as an incident of the gateway: see `open`.
        Ok(true) | Err(Halt::Stuck(_)) => Ok(Some(ready)),
        Err(Halt::Stop(error)) => Err(error),
    }
}

/// Activates the gateway if the tokens that wait before it do so now. Answers whether they do.
pub(crate) fn activate(
    stepper: &mut Stepper,
    ix: ElementIx,
    scope: Key,
    activation: &Expression,
) -> Result<bool, StepError> {
    let incoming = &stepper.graph.element(ix).incoming;
    if !incoming.iter().any(|flow| stepper.has_token(*flow, scope)) {
        return Ok(false);
    }
    match activates(stepper, ix, scope, activation)? {
        Some(consumed) => enter(stepper, ix, scope, consumed).map(|()| true),
        None => Ok(false),
    }
}

/// What the gateway's conditions know beside variables.
fn knows(tokens: usize, waiting_for_start: bool) -> Variables {
    let count = Value::Number(Number::from(tokens as i64));
    Variables::from([
        ("activationCount".into(), count),
        ("waitingForStart".into(), Value::Boolean(waiting_for_start)),
    ])
}

/// Begins it with the tokens that activate it.
pub(super) fn enter(
    stepper: &mut Stepper,
    ix: ElementIx,
    scope: Key,
    consumed: Vec<Id>,
) -> Result<(), StepError> {
    let key = stepper.begin(ix, scope, consumed.clone());
    stepper.emit(Event::BodyChanged {
        element_instance: key,
        body: Body::Reset { consumed },
    });
    stepper.activate(key)
}

/// While it is activating: whether it should be.
pub(super) fn open(
    stepper: &mut Stepper,
    key: Key,
    activation: Option<&Expression>,
) -> Result<(), Halt> {
    let Some(activation) = activation else {
        return Ok(());
    };
    let tokens = consumed(stepper.instance(key)?).len();
    stepper
        .is_true(activation, key, &knows(tokens, true))
        .map(|_| ())
}

fn consumed(instance: &ElementInstance) -> &[Id] {
    match instance.body() {
        Some(Body::Reset { consumed }) => consumed,
        _ => &[],
    }
}

/// Once it is active: tokens go on; with an activation condition the gateway stays until it is reset.
pub(crate) fn activated(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), StepError> {
    if consumed(stepper.instance(key)?).is_empty() {
        return stepper.complete(key);
    }
    let tokens = consumed(stepper.instance(key)?).len();
    let chosen = inclusive_gateway::choose(stepper, key, ix, &knows(tokens, true));
    match chosen {
        Ok(flows) => {
            let scope = stepper.scope_of(key);
            for flow in flows {
                stepper.take_flow(flow, scope);
            }
            stepper.touched.insert(scope);
            Ok(())
        }
        Err(halt) => stepper.held_up(key, halt),
    }
}

/// While it is completing: without an activation condition the flows whose conditions are true; else what the reset lets
/// through.
pub(super) fn outgoing(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
) -> Result<Vec<FlowIx>, Halt> {
    let instance = stepper.instance(key)?;
    if instance.body.is_none() {
        return inclusive_gateway::choose(stepper, key, ix, &knows(1, true));
    }
    let tokens = consumed(instance).len();
    let graph = stepper.graph;
    let mut flows = Vec::new();
    for &flow in &graph.element(ix).outgoing {
        if let Some(condition) = &graph.flow(flow).condition
            && stepper.is_true(condition, key, &knows(tokens, false))?
        {
            flows.push(flow);
        }
    }
    Ok(flows)
}

/// Resets the gateway if no token can come any more. Answers whether it has.
pub(crate) fn reset(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    scope: Key,
) -> Result<bool, StepError> {
    let graph = stepper.graph;
    let taken = consumed(stepper.instance(key)?).to_vec();
    let is_stuck = stepper.state.incidents.of(key).next().is_some();
    if taken.is_empty() || is_stuck {
        return Ok(false);
    }
    let was_taken = |flow: FlowIx| taken.contains(&graph.flow(flow).id);
    let came = |flow: FlowIx| !was_taken(flow) && stepper.has_token(flow, scope);
    let has = |flow: FlowIx| was_taken(flow) || came(flow);
    if inclusive_gateway::is_held_up(stepper, ix, scope, has) {
        return Ok(false);
    }
    let incoming = graph.element(ix).incoming.iter();
    let consumed: Vec<Id> = incoming
        .clone()
        .filter(|flow| came(**flow))
        .map(|flow| graph.flow(*flow).id.clone())
        .collect();
    stepper.emit(Event::GatewayReset {
        element_instance: key,
        consumed,
    });
    stepper.complete(key)?;
    // What came a second time along the same flow counts for the next activation.
    for &flow in incoming {
        stepper.move_on(flow, scope);
    }
    Ok(true)
}
