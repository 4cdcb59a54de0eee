//! Exclusive gateway (BPMN 2.0 section 13.4.2).
//!
//! Activated by each token that arrives, it passes at once. On completion the conditions of its outgoing flows are
//! evaluated in document order; the token goes on along the first that is true, else along the default flow; without
//! either the gateway is stuck. A condition that is neither true nor false (a null, say) is an incident, not a "no":
//! otherwise a misspelt name would silently send everything the default way.

use redthread_bpmn::graph::{ElementIx, FlowIx, Text};
use redthread_feel::Value;

use crate::incident::{IncidentCode, Stuck};
use crate::key::Key;
use crate::step::{Halt, Stepper};

pub(super) fn choose(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<Vec<FlowIx>, Halt> {
    let graph = stepper.graph;
    let gateway = graph.element(ix);
    if let [only] = gateway.outgoing[..]
        && graph.flow(only).condition.is_none()
    {
        return Ok(vec![only]);
    }
    for &flow in gateway
        .outgoing
        .iter()
        .filter(|flow| Some(**flow) != gateway.default)
    {
        let Some(condition) = &graph.flow(flow).condition else {
            continue;
        };
        let evaluated = stepper.evaluate(condition, key)?;
        match evaluated.value {
            Value::Boolean(true) => return Ok(vec![flow]),
            Value::Boolean(false) => {}
            _ => return Err(evaluated.unfit(&Text::Expression(condition.clone()), "true or false")),
        }
    }
    match gateway.default {
        Some(default) => Ok(vec![default]),
        None if gateway.outgoing.is_empty() => Ok(Vec::new()),
        None => Err(Halt::Stuck(Stuck {
            code: IncidentCode::NoFlow,
            message: format!(
                "At \"{}\" no condition is true and there is no default flow. Change the values and try again, or give \
                 the gateway a default flow.",
                gateway.label()
            ),
        })),
    }
}
