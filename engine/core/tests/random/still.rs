//! What must hold of an instance that stands still: whatever is there has a reason to be there.

use std::collections::BTreeSet;

use redthread_bpmn::graph::{
    Element, ElementIx, ElementKind, FlowIx, ProcessGraph, Repetition, SubProcess, Throw, Trigger,
};
use redthread_calendar::Zone;
use redthread_core::state::{Body, Phase, Status, WaitKind};
use redthread_core::{InstanceState, Key};
use redthread_feel::{Env, Value};

use crate::failure::{Failure, law};

/// Checks an instance in which nothing can move.
pub fn check(graph: &ProcessGraph, state: &InstanceState) -> Result<(), Failure> {
    if state.status != Status::Active {
        return finished(state);
    }
    law(
        !state.elements.is_empty() || !state.tokens.is_empty() || !state.incidents.is_empty(),
        "an instance without tokens has ended",
        || "it is active".into(),
    )?;
    owners(graph, state)?;
    for (key, instance) in state.elements.iter() {
        let ix = graph.find(&instance.element);
        let ix = ix.ok_or_else(|| failure("elements are in the diagram", &instance.element))?;
        has_reason(graph, state, *key, ix)?;
    }
    for token in state.tokens.iter() {
        let flow = graph.find_flow(&token.flow);
        let flow = flow.ok_or_else(|| failure("flows are in the diagram", &token.flow))?;
        law(
            must_wait(graph, state, flow, token.scope),
            "a token that could move does not stand",
            || token.flow.to_string(),
        )?;
    }
    conditions(graph, state)?;
    compensable(state)
}

/// A condition that is waited for is known to hold when it does, and has then occurred (10.5.5.2).
fn conditions(graph: &ProcessGraph, state: &InstanceState) -> Result<(), Failure> {
    let env = Env {
        now: state.started,
        zone: Zone::UTC,
        seed: 1,
        limits: Default::default(),
    };
    for (_, wait) in state.waits.iter() {
        let WaitKind::Condition(waiting) = &wait.what else {
            continue;
        };
        let event = graph.find(&waiting.element);
        let trigger = event.and_then(|event| graph.element(event).kind.trigger());
        let parts = trigger.map(Trigger::parts).unwrap_or_default();
        let Some(Trigger::Condition(condition)) = parts.get(waiting.nth) else {
            return Err(failure("a condition is one of its event", &waiting.element));
        };
        let variables = state.visible_variables(wait.element_instance);
        let value = condition.expression.evaluate(&variables, &env).value;
        let holds = value == Value::Boolean(true);
        law(
            waiting.holds == holds,
            "a condition that holds has occurred",
            || {
                let text = condition.expression.text();
                format!("{}: `{text}` holds: {holds}", waiting.element)
            },
        )?;
    }
    Ok(())
}

fn failure(law: &'static str, found: &str) -> Failure {
    Failure {
        law,
        found: found.to_owned(),
    }
}

fn finished(state: &InstanceState) -> Result<(), Failure> {
    let left = (
        state.elements.len(),
        state.tokens.iter().count(),
        state.waits.len(),
        state.incidents.len(),
        state.compensable.len(),
    );
    law(
        left == (0, 0, 0, 0, 0),
        "nothing is left in a finished instance",
        || format!("(elements, tokens, waits, incidents, compensable): {left:?}"),
    )
}

/// What is waited for, and what is stuck, belongs to what lives; and each to the element that it is about.
fn owners(graph: &ProcessGraph, state: &InstanceState) -> Result<(), Failure> {
    for (key, instance) in state.elements.iter() {
        law(
            state.is_scope(instance.scope),
            "the scope of an element lives",
            || format!("{key}"),
        )?;
    }
    for (key, wait) in state.waits.iter() {
        law(
            state.is_scope(wait.element_instance),
            "who waits lives",
            || format!("{key}"),
        )?;
        let owner = state.elements.get(&wait.element_instance);
        let owner = owner.and_then(|owner| graph.find(&owner.element));
        let Some(event) = wait.what.event() else {
            law(
                owner.is_some(),
                "tasks, jobs and calls belong to elements",
                || format!("{key}"),
            )?;
            continue;
        };
        let about = graph
            .find(event)
            .ok_or_else(|| failure("elements are in the diagram", event))?;
        let element = graph.element(about);
        let is_right = match &element.kind {
            ElementKind::StartEvent { .. } => element
                .parent
                .is_some_and(|event_sub_process| graph.element(event_sub_process).parent == owner),
            ElementKind::BoundaryEvent { attached_to, .. } => Some(*attached_to) == owner,
            _ => {
                owner == Some(about)
                    || owner.is_some_and(|owner| {
                        let mut behind = graph.events_behind(owner);
                        matches!(
                            graph.element(owner).kind,
                            ElementKind::EventBasedGateway { .. }
                        ) && behind.any(|(event, _)| event == about)
                    })
            }
        };
        law(
            is_right,
            "what is waited for is an event of who waits",
            || format!("{event}"),
        )?;
    }
    for (key, incident) in state.incidents.iter() {
        law(
            state.is_scope(incident.element_instance),
            "what is stuck lives",
            || format!("{key}"),
        )?;
        let others = state.incidents.of(incident.element_instance).count();
        law(others == 1, "an element is stuck once", || {
            format!("{}: {others}", incident.message)
        })?;
    }
    Ok(())
}

/// Whether something keeps an element instance from going on.
fn has_reason(
    graph: &ProcessGraph,
    state: &InstanceState,
    key: Key,
    ix: ElementIx,
) -> Result<(), Failure> {
    let instance = &state.elements[&key];
    let element = graph.element(ix);
    let is_stuck = state.incidents.of(key).next().is_some();
    let mut waits = state.waits.of(key);
    let works = waits.any(|(_, wait)| match wait.what.event() {
        None => true,
        Some(event) => {
            graph.find(event) == Some(ix)
                || matches!(element.kind, ElementKind::EventBasedGateway { .. })
        }
    });
    let has_content = state.children(key).next().is_some() || state.tokens.stand_in(key);
    let reason = match (instance.body.as_deref(), instance.phase) {
        (_, Phase::Activating | Phase::Completing) => is_stuck || works,
        (Some(Body::MultiInstance(body)), Phase::Active) => {
            let living = state.children(key).count() as u64;
            law(
                body.started <= body.total,
                "no more instances begin than there are",
                || element.id.to_string(),
            )?;
            law(
                body.started == body.completed + body.terminated + living
                    && body.active() == living,
                "started is completed, terminated or active",
                || format!("{}: {body:?}, {living} live", element.id),
            )?;
            has_content || is_stuck
        }
        (Some(Body::AdHoc { waiting, .. }), Phase::Active) => {
            let ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc)) = &element.kind else {
                return Err(failure(
                    "an ad-hoc body belongs to an ad-hoc sub-process",
                    &element.id,
                ));
            };
            law(
                waiting.is_empty()
                    || is_stuck
                    || ad_hoc.sequential && has_content
                    || ad_hoc.completion.is_some(),
                "what was chosen begins",
                || format!("{}: {waiting:?}", element.id),
            )?;
            law(
                !ad_hoc.sequential
                    || state.children(key).count() <= 1
                    || has_several(graph, state, key),
                "a sequential ad-hoc sub-process does one thing after the other",
                || element.id.to_string(),
            )?;
            true
        }
        (Some(Body::Compensation { .. }), Phase::Active) => {
            state.elements.values().any(|other| {
                other
                    .undoes
                    .as_ref()
                    .is_some_and(|undoes| undoes.thrower == key)
            }) || is_stuck
        }
        (Some(Body::Reset { .. }), Phase::Active) => true,
        (Some(Body::Events { .. }), Phase::Active) => works || is_stuck,
        (Some(Body::Loop { .. }) | None, Phase::Active) => has_content || works || is_stuck,
    };
    if let Some(Body::Loop { .. }) = instance.body.as_deref() {
        law(
            state.children(key).count() <= 1,
            "a loop goes round after round",
            || element.id.to_string(),
        )?;
    }
    if let Some(Body::MultiInstance(_)) = instance.body.as_deref()
        && is_sequential(element)
    {
        law(
            state.children(key).count() <= 1,
            "what is sequential is one after the other",
            || element.id.to_string(),
        )?;
    }
    law(reason, "what lives has a reason to", || {
        format!("{} ({:?}, {:?})", element.id, instance.phase, instance.body)
    })
}

fn is_sequential(element: &Element) -> bool {
    matches!(&element.repetition, Some(Repetition::MultiInstance(marker)) if marker.sequential)
}

/// Whether what stands in an ad-hoc sub-process may be several: event sub-processes, and branches of what began.
fn has_several(graph: &ProcessGraph, state: &InstanceState, key: Key) -> bool {
    state.children(key).any(|(_, child)| {
        let ix = graph.find(&child.element);
        ix.is_some_and(|ix| {
            let element = graph.element(ix);
            !element.incoming.is_empty()
                || matches!(
                    element.kind,
                    ElementKind::SubProcess(SubProcess::Event)
                        | ElementKind::BoundaryEvent { .. }
                        | ElementKind::CatchEvent(_)
                )
                || element.for_compensation
        })
    })
}

/// Whether a token has to stand where it does.
fn must_wait(graph: &ProcessGraph, state: &InstanceState, flow: FlowIx, scope: Key) -> bool {
    let target = graph.flow(flow).target;
    let element = graph.element(target);
    let has = |flow: FlowIx| state.tokens.stand_on(&graph.flow(flow).id, scope);
    let kind = &element.kind;
    let is_activity = kind.trigger().is_none() && kind.throw().is_none() && !kind.is_gateway();
    if is_activity
        && is_one_at_a_time(graph, state, scope)
        && state.children(scope).next().is_some()
    {
        return true;
    }
    match &element.kind {
        ElementKind::ParallelGateway => !element.incoming.iter().all(|flow| has(*flow)),
        ElementKind::InclusiveGateway if element.incoming.len() > 1 => {
            is_held_up(graph, state, target, scope)
        }
        ElementKind::ComplexGateway {
            activation: Some(condition),
        } => {
            // Until it is reset, or until enough have come: our conditions ask for so many, or for what is not there.
            let is_activated = state
                .children(scope)
                .any(|(_, child)| child.element == element.id);
            let needed = condition
                .text()
                .rsplit(' ')
                .next()
                .and_then(|last| last.parse::<usize>().ok());
            let standing = element.incoming.iter().filter(|flow| has(**flow)).count();
            is_activated || needed.is_none_or(|needed| standing < needed)
        }
        _ if element.start_quantity > 1 => {
            let standing = element
                .incoming
                .iter()
                .map(|flow| state.tokens.count_on(&graph.flow(*flow).id, scope));
            standing.sum::<usize>() < element.start_quantity as usize
        }
        _ => false,
    }
}

/// Whether a scope is a sequential ad-hoc sub-process (10.3.5).
fn is_one_at_a_time(graph: &ProcessGraph, state: &InstanceState, scope: Key) -> bool {
    let around = state.elements.get(&scope);
    let around = around.and_then(|instance| graph.find(&instance.element));
    around.is_some_and(|ix| match &graph.element(ix).kind {
        ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc)) => ad_hoc.sequential,
        _ => false,
    })
}

/// BPMN 2.0 section 13.4.3, told forwards from each token: the gateway waits as long as some token has a path to an incoming
/// flow without a token, and none to one with a token. No path leads through the gateway itself.
fn is_held_up(graph: &ProcessGraph, state: &InstanceState, join: ElementIx, scope: Key) -> bool {
    let at_work = state
        .children(scope)
        .filter_map(|(_, child)| graph.find(&child.element));
    let on_flows = state.tokens.iter().filter(|token| token.scope == scope);
    let on_flows =
        on_flows.filter_map(|token| Some(graph.flow(graph.find_flow(&token.flow)?).target));
    at_work
        .chain(on_flows)
        .filter(|position| *position != join)
        .any(|position| {
            let reached = flows_from(graph, position, join);
            let incoming = graph
                .element(join)
                .incoming
                .iter()
                .filter(|flow| reached.contains(flow));
            let (with, without): (Vec<FlowIx>, Vec<FlowIx>) =
                incoming.partition(|flow| state.tokens.stand_on(&graph.flow(**flow).id, scope));
            !without.is_empty() && with.is_empty()
        })
}

/// The sequence flows that a token at `from` can still come along, if `join` keeps it.
fn flows_from(graph: &ProcessGraph, from: ElementIx, join: ElementIx) -> BTreeSet<FlowIx> {
    let mut flows = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == join || !seen.insert(at) {
            continue;
        }
        let element = graph.element(at);
        for flow in &element.outgoing {
            flows.insert(*flow);
            open.push(graph.flow(*flow).target);
        }
        open.extend(&element.boundary);
        if let ElementKind::ThrowEvent(Throw::Link(catch)) = element.kind {
            open.push(catch);
        }
    }
    flows
}

/// What can be undone stood in something that lives, or that can be undone itself.
fn compensable(state: &InstanceState) -> Result<(), Failure> {
    let mut holders: BTreeSet<Key> = state
        .compensable
        .values()
        .map(|kept| kept.element_instance)
        .collect();
    for instance in state.elements.values() {
        holders.extend(instance.undoes.as_ref().map(|undoes| undoes.completed));
        if let Some(Body::Compensation { left, .. }) = instance.body.as_deref() {
            holders.extend(left.iter().map(|kept| kept.element_instance));
        }
    }
    for (_, kept) in state.compensable.iter() {
        let is_held = state.is_scope(kept.scope) || holders.contains(&kept.scope);
        law(
            is_held,
            "what can be undone is kept as long as something can undo it",
            || kept.element.to_string(),
        )?;
    }
    Ok(())
}
