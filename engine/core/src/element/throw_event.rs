//! Intermediate throw events and end events (BPMN 2.0 sections 13.5.2, 13.5.3).
//!
//! They pass at once, and throw what they throw when the token has left: see [`crate::throw`]. Three kinds take longer: an
//! event that a job does, one that undoes activities, and one that cancels its transaction.

use redthread_bpmn::graph::{ElementIx, FlowIx, Throw};

use super::transaction;
use crate::compensation;
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};

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
    let Some(compensation) = compensation::thrown_by(&element.kind) else {
        return stepper.complete(key);
    };
    compensation::throw(stepper, key, compensation);
    if !compensation.waits {
        let scope = stepper.scope_of(key);
        for &flow in &element.outgoing {
            stepper.take_flow(flow, scope);
        }
    }
    Ok(())
}

/// The flows on which the token goes on: none where it has gone on already, or goes on at a link.
pub(super) fn outgoing(stepper: &Stepper, ix: ElementIx) -> Result<Vec<FlowIx>, Halt> {
    let element = stepper.graph.element(ix);
    let has_left = compensation::thrown_by(&element.kind).is_some_and(|thrown| !thrown.waits);
    Ok(match has_left {
        true => Vec::new(),
        false => element.outgoing.clone(),
    })
}
