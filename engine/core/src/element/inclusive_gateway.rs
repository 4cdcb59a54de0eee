//! Inclusive gateway (BPMN 2.0 section 13.4.3).
//!
//! As a split it evaluates the conditions of all outgoing flows; tokens go on along each that is true, else along the
//! default flow; without either the gateway is stuck. As a join it is activated when a token stands on one of its incoming
//! flows and no other token can still come along a flow that has none: see [`redthread_bpmn::graph::Reach`]. That depends on
//! the whole, and is looked at when all tokens stand still.

use redthread_bpmn::graph::{ElementIx, FlowIx, Id, Text};
use redthread_feel::Value;

use crate::command::Variables;
use crate::compensation;
use crate::incident::{IncidentCode, Stuck};
use crate::key::Key;
use crate::step::{Halt, Stepper};

/// The outgoing flows that are taken: those without a condition and those whose condition is true.
pub(super) fn choose(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    extras: &Variables,
) -> Result<Vec<FlowIx>, Halt> {
    let graph = stepper.graph;
    let element = graph.element(ix);
    let mut chosen = Vec::new();
    let mut conditions_met = 0;
    for &flow in &element.outgoing {
        if Some(flow) == element.default {
            continue;
        }
        match &graph.flow(flow).condition {
            None => chosen.push(flow),
            Some(condition) => {
                if stepper.is_true(condition, key, extras)? {
                    conditions_met += 1;
                    chosen.push(flow);
                }
            }
        }
    }
    // A flow without a condition is taken in any case: it does not stand for the default (8.4.13).
    match element.default {
        Some(default) if conditions_met == 0 => {
            chosen.push(default);
            Ok(chosen)
        }
        _ if !chosen.is_empty() || element.outgoing.is_empty() => Ok(chosen),
        _ => Err(Halt::Stuck(Stuck {
            code: IncidentCode::NoFlow,
            message: format!(
                "At \"{}\" no condition is true and there is no default flow. Change the values and try again, or give \
                 it a default flow.",
                element.label()
            ),
        })),
    }
}

/// The flows from which the join takes its tokens, if it is activated.
pub(crate) fn join(stepper: &Stepper, ix: ElementIx, scope: Key) -> Option<Vec<Id>> {
    let ready = |flow: FlowIx| stepper.has_token(flow, scope);
    let graph = stepper.graph;
    let incoming = &graph.element(ix).incoming;
    if !incoming.iter().any(|flow| ready(*flow)) || is_held_up(stepper, ix, scope, ready) {
        return None;
    }
    let with_token = incoming.iter().filter(|flow| ready(**flow));
    Some(
        with_token
            .map(|flow| graph.flow(*flow).id.clone())
            .collect(),
    )
}

/// Whether a token somewhere else in the scope can still come to the gateway along a flow that `has` none.
pub(super) fn is_held_up(
    stepper: &Stepper,
    ix: ElementIx,
    scope: Key,
    has: impl Fn(FlowIx) -> bool,
) -> bool {
    let graph = stepper.graph;
    let Some(reach) = graph.joins.get(&ix) else {
        return false;
    };
    let inside = stepper.state.children(scope);
    let at_work = inside.filter_map(|(_, child)| {
        let position = graph.find(&child.element)?;
        // An event that only waits for its handlers holds no token any more.
        (!compensation::goes_on(&graph.element(position).kind)).then_some(position)
    });
    let tokens = stepper.state.tokens.flows_in(scope);
    let on_the_way = tokens.filter_map(|flow| Some(graph.flow(graph.find_flow(flow)?).target));
    at_work
        .chain(on_the_way)
        .any(|position| position != ix && reach.holds_up(position, &has))
}

impl Stepper<'_> {
    /// Whether a token stands on the flow.
    pub(crate) fn has_token(&self, flow: FlowIx, scope: Key) -> bool {
        let id = &self.graph.flow(flow).id;
        self.state.tokens.stand_on(id, scope)
    }

    /// Whether a condition is true. One that is neither true nor false is an incident, not a "no": otherwise a misspelt
    /// name would silently send everything the other way.
    pub(crate) fn is_true(
        &mut self,
        condition: &redthread_feel::Expression,
        from: Key,
        extras: &Variables,
    ) -> Result<bool, Halt> {
        let evaluated = self.evaluate_with(condition, from, extras)?;
        match evaluated.value {
            Value::Boolean(is_true) => Ok(is_true),
            _ => Err(evaluated.unfit(&Text::Expression(condition.clone()), "true or false")),
        }
    }
}
