//! Transaction sub-process and cancel events (BPMN 2.0 sections 10.3.5, 13.5.3).
//!
//! A cancel end event ends everything else in its transaction, undoes what has completed in it, and then the transaction is
//! left by its cancel boundary event.

use redthread_bpmn::graph::{ElementKind, SubProcess, Trigger};

use super::boundary_event;
use crate::command::Variables;
use crate::compensation;
use crate::event::Event;
use crate::key::Key;
use crate::lifecycle::Role;
use crate::step::{StepError, Stepper};

/// A cancel end event is active: `key` is its element instance.
pub(super) fn cancel(stepper: &mut Stepper, key: Key) -> Result<(), StepError> {
    let scope = stepper.scope_of(key);
    let transaction = around(stepper, scope);
    // Nothing ends the roll-back any more: neither a boundary event nor an event sub-process of the transaction.
    if let Ok((_, role)) = stepper.place_of(transaction) {
        stepper.close_waits(transaction);
        if role == Role::Round {
            let whole = stepper.scope_of(transaction);
            stepper.close_waits(whole);
        }
    }
    // What has completed in something that is still active is undone too (10.7).
    compensation::cancel(stepper, key, transaction);
    // Everything else ends; what the event itself stands in stays.
    let mut stays = key;
    while stays != transaction {
        let scope = stepper.scope_of(stays);
        if stepper.state.tokens.stand_in(scope) {
            stepper.emit(Event::TokensDiscarded { scope });
        }
        let others: Vec<Key> = stepper
            .state
            .children(scope)
            .map(|(child, _)| child)
            .filter(|child| *child != stays)
            .collect();
        for other in others {
            stepper.terminate(other)?;
        }
        if scope == stepper.state.key {
            break;
        }
        stays = scope;
    }
    Ok(())
}

/// The transaction around a scope, or the scope itself where it is one; without any, the instance.
fn around(stepper: &Stepper, scope: Key) -> Key {
    let mut scope = scope;
    while let Some(instance) = stepper.state.elements.get(&scope) {
        let kind = stepper.graph.find(&instance.element);
        let kind = kind.map(|ix| &stepper.graph.element(ix).kind);
        if matches!(kind, Some(ElementKind::SubProcess(SubProcess::Transaction))) {
            break;
        }
        scope = instance.scope;
    }
    scope
}

/// A cancel end event in `scope` has undone everything: the transaction is left.
pub(crate) fn cancelled(stepper: &mut Stepper, scope: Key) -> Result<(), StepError> {
    let transaction = around(stepper, scope);
    if transaction == stepper.state.key {
        return stepper.clear(transaction);
    }
    let graph = stepper.graph;
    let (ix, role) = stepper.place_of(transaction)?;
    let whole = match role {
        Role::Round => stepper.scope_of(transaction),
        Role::Single | Role::Whole => transaction,
    };
    let boundary = graph.element(ix).boundary.iter().copied().find(|&ix| {
        let trigger = graph.element(ix).kind.trigger();
        let mut parts = trigger.map(Trigger::parts).into_iter().flatten();
        parts.any(|part| matches!(part, Trigger::Cancel))
    });
    match boundary {
        Some(boundary) => boundary_event::occurred(stepper, boundary, whole, &Variables::new()),
        None => stepper.terminate(whole),
    }
}
