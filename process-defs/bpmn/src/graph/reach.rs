//! From where a token can still come to a gateway that waits for all that can come (BPMN 2.0 section 13.4.3).
//!
//! A path is made of sequence flows, of the step from an activity to a boundary event attached to it, and of that from a
//! link throw event to its catch event; it does not lead through the gateway itself.

use std::collections::HashMap;

use super::{ElementIx, ElementKind, FlowIx, ProcessGraph, Throw};

/// For one gateway: which elements have a path to which of its incoming flows.
#[derive(Debug)]
pub struct Reach {
    /// For each incoming flow, in document order, the elements with a path to it.
    incoming: Vec<(FlowIx, Elements)>,
}

impl Reach {
    /// The gateway's incoming flows, in document order.
    pub fn flows(&self) -> impl Iterator<Item = FlowIx> + '_ {
        self.incoming.iter().map(|(flow, _)| *flow)
    }

    /// Whether a token that is at `element` holds the gateway up, where `has_token` says on which of the incoming flows
    /// tokens stand: it can still come along a flow that has none, and along none that has one.
    pub fn holds_up(&self, element: ElementIx, has_token: impl Fn(FlowIx) -> bool) -> bool {
        let mut can_still_come = false;
        for (flow, elements) in &self.incoming {
            if elements.contains(element) {
                if has_token(*flow) {
                    return false;
                }
                can_still_come = true;
            }
        }
        can_still_come
    }
}

/// A set of elements.
#[derive(Debug)]
struct Elements(Vec<u64>);

impl Elements {
    fn contains(&self, element: ElementIx) -> bool {
        let (word, bit) = (element.0 as usize / 64, element.0 % 64);
        self.0.get(word).is_some_and(|bits| bits >> bit & 1 == 1)
    }

    /// Whether it was not there before.
    fn insert(&mut self, element: ElementIx) -> bool {
        let (word, bit) = (element.0 as usize / 64, element.0 % 64);
        let is_new = !self.contains(element);
        self.0[word] |= 1 << bit;
        is_new
    }
}

/// The paths to all inclusive and complex gateways of a graph.
pub(crate) fn of_joins(graph: &ProcessGraph) -> HashMap<ElementIx, Reach> {
    let joins = graph.element_ixs().filter(|&ix| {
        matches!(
            graph.element(ix).kind,
            ElementKind::InclusiveGateway | ElementKind::ComplexGateway { .. }
        )
    });
    let mut links: HashMap<ElementIx, Vec<ElementIx>> = HashMap::new();
    for ix in graph.element_ixs() {
        if let ElementKind::ThrowEvent(Throw::Link(target)) = graph.element(ix).kind {
            links.entry(target).or_default().push(ix);
        }
    }
    joins
        .map(|join| (join, reach(graph, join, &links)))
        .collect()
}

fn reach(
    graph: &ProcessGraph,
    join: ElementIx,
    links: &HashMap<ElementIx, Vec<ElementIx>>,
) -> Reach {
    let incoming = graph.element(join).incoming.iter();
    Reach {
        incoming: incoming
            .map(|&flow| (flow, before(graph, graph.flow(flow).source, join, links)))
            .collect(),
    }
}

/// `last` and everything from which a path leads to it, without `join`.
fn before(
    graph: &ProcessGraph,
    last: ElementIx,
    join: ElementIx,
    links: &HashMap<ElementIx, Vec<ElementIx>>,
) -> Elements {
    let mut found = Elements(vec![0; graph.elements.len().div_ceil(64)]);
    let mut open = vec![last];
    while let Some(element) = open.pop() {
        if element == join || !found.insert(element) {
            continue;
        }
        let sources = graph.element(element).incoming.iter();
        open.extend(sources.map(|&flow| graph.flow(flow).source));
        if let ElementKind::BoundaryEvent { attached_to, .. } = graph.element(element).kind {
            open.push(attached_to);
        }
        open.extend(links.get(&element).into_iter().flatten());
    }
    found
}
