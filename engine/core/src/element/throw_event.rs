//! Intermediate throw events and end events (BPMN 2.0 sections 13.5.2, 13.5.3).
//!
//! They pass at once, and throw what they throw when the token has left: see [`crate::throw`]. Three kinds take longer: an
//! event that a job does, one that undoes activities, and one that cancels its transaction.

use redthread_bpmn::graph::{ElementIx, FlowIx, Throw};

use super::transaction;
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};
use crate::{compensation, throw};

pub(super) fn activated(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    throw: &Throw,
) -> Result<(), StepError> {
    let graph = stepper.graph;
    let element = graph.element(ix);
    if matches!(throw, Throw::Job(_)) {
        return Ok(());
    }
    if throw
        .parts()
        .iter()
        .any(|part| matches!(part, Throw::Cancel))
    {
        return transaction::cancel(stepper, key);
    }
    if compensation::thrown_by(&element.kind).next().is_none() {
        return stepper.complete(key);
    }
    compensation::throw(stepper, key, &element.kind);
    if !compensation::goes_on(&element.kind) {
        return Ok(());
    }
    // The token leaves, and what else the event throws is thrown: only the event itself stays until all is undone.
    let scope = stepper.scope_of(key);
    for &flow in &element.outgoing {
        stepper.take_flow(flow, scope);
    }
    match throw::of_throw(stepper, key, throw) {
        Ok(thrown) => throw::all(stepper, ix, scope, thrown),
        Err(halt) => stepper.held_up(key, halt),
    }
}

/// The flows on which the token goes on: none where it has gone on already, or goes on at a link.
pub(super) fn outgoing(stepper: &Stepper, ix: ElementIx) -> Result<Vec<FlowIx>, Halt> {
    let element = stepper.graph.element(ix);
    Ok(match compensation::goes_on(&element.kind) {
        true => Vec::new(),
        false => element.outgoing.clone(),
    })
}
