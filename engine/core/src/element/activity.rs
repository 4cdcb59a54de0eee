//! What all activities have (BPMN 2.0 sections 10.3.2, 13.3.1, 13.3.2): token quantities and conditional flows.

use redthread_bpmn::graph::{ElementIx, FlowIx, Id};

use super::inclusive_gateway;
use crate::key::Key;
use crate::step::{Halt, Stepper};

/// The flows from which an activity with a `startQuantity` takes its tokens, once so many stand before it.
pub(super) fn collect(stepper: &Stepper, ix: ElementIx, scope: Key) -> Option<Vec<Id>> {
    let graph = stepper.graph;
    let element = graph.element(ix);
    let mut consumed = Vec::new();
    for &flow in &element.incoming {
        let id = &graph.flow(flow).id;
        let standing = stepper.state.tokens.count_on(id, scope);
        consumed.extend(std::iter::repeat_n(id.clone(), standing));
    }
    let needed = element.start_quantity as usize;
    (consumed.len() >= needed).then(|| {
        consumed.truncate(needed);
        consumed
    })
}

/// Each outgoing flow without a condition, and those whose condition is true; the default flow where there would be none.
pub(super) fn outgoing(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
) -> Result<Vec<FlowIx>, Halt> {
    let graph = stepper.graph;
    let element = graph.element(ix);
    let mut flows = element.outgoing.iter();
    if flows.all(|flow| graph.flow(*flow).condition.is_none()) && element.default.is_none() {
        return Ok(element.outgoing.clone());
    }
    inclusive_gateway::choose(stepper, key, ix, &Default::default())
}
