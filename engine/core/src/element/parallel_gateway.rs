//! Parallel gateway (BPMN 2.0 section 13.4.1).
//!
//! Activated when a token stands on every incoming flow; it takes one from each and passes at once, with a token on every
//! outgoing flow. Tokens that come too early wait on their flows.

use redthread_bpmn::graph::{ElementIx, Id};

use crate::key::Key;
use crate::step::Stepper;

/// The flows from which the join takes its tokens, if each has one.
pub(crate) fn join(stepper: &Stepper, ix: ElementIx, scope: Key) -> Option<Vec<Id>> {
    let graph = stepper.graph;
    let incoming = graph
        .element(ix)
        .incoming
        .iter()
        .map(|flow| &graph.flow(*flow).id);
    let tokens = &stepper.state.tokens;
    incoming
        .map(|flow| tokens.stand_on(flow, scope).then(|| flow.clone()))
        .collect()
}
