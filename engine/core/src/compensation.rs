//! Compensation (BPMN 2.0 section 10.7): completed activities are undone, the last that completed first.
//!
//! When an activity completes that something can undo, that is kept with the variables of that moment. An event that throws
//! compensation takes what it is about out of what is kept and stays active while one handler after the other runs: the
//! activity that is associated with the boundary event, or the compensation event sub-process of a sub-process. A sub-process
//! without either is undone by undoing what completed in it. Called processes are not entered.

use redthread_bpmn::graph::{
    CompensationThrow, ElementIx, ElementKind, Id, SubProcess, Throw, Trigger,
};

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::lifecycle::Role;
use crate::state::{Body, Compensable};
use crate::step::{StepError, Stepper};

/// An activity is about to complete: whatever can undo it will find it.
pub(crate) fn keep(stepper: &mut Stepper, key: Key, ix: ElementIx, role: Role) {
    let element = stepper.graph.element(ix);
    let has_handler = handler(stepper, ix).is_some();
    let holds_something = stepper.state.compensable.of(key).next().is_some();
    if element.for_compensation || !has_handler && !holds_something {
        return;
    }
    let around = stepper.scope_of(key);
    let compensable = Compensable {
        element: element.id.clone(),
        element_instance: key,
        scope: match role {
            Role::Round => stepper.scope_of(around),
            Role::Single | Role::Whole => around,
        },
        variables: match has_handler {
            true => stepper.state.visible_variables(key),
            false => Variables::new(),
        },
    };
    let kept = stepper.new_key();
    stepper.emit(Event::CompensationKept {
        key: kept,
        compensable,
    });
}

/// What undoes an activity: the activity associated with its boundary event, else its compensation event sub-process.
fn handler(stepper: &Stepper, ix: ElementIx) -> Option<ElementIx> {
    let graph = stepper.graph;
    graph.element(ix).undone_by.or_else(|| {
        let mut inside = graph.event_sub_processes(Some(ix));
        inside
            .find(|(_, start)| {
                let trigger = graph.element(*start).kind.trigger();
                matches!(trigger, Some(Trigger::Compensation))
            })
            .map(|(event_sub_process, _)| event_sub_process)
    })
}

/// What a throw or end event is to undo, where it is a compensation event.
pub(crate) fn thrown_by(kind: &ElementKind) -> impl Iterator<Item = &CompensationThrow> {
    let parts = kind.throw().map(Throw::parts).into_iter().flatten();
    parts.filter_map(|part| match part {
        Throw::Compensation(compensation) => Some(compensation),
        _ => None,
    })
}

/// Whether the token goes on before all is undone: none of the event's compensations is waited for.
pub(crate) fn goes_on(kind: &ElementKind) -> bool {
    let mut thrown = thrown_by(kind).peekable();
    thrown.peek().is_some() && thrown.all(|thrown| !thrown.waits)
}

/// A compensation event is active: it takes what it will undo.
pub(crate) fn throw(stepper: &mut Stepper, key: Key, kind: &ElementKind) {
    let graph = stepper.graph;
    // One without an activity undoes everything.
    let of_one = thrown_by(kind).map(|thrown| thrown.activity);
    let of_one: Option<Vec<ElementIx>> = of_one.collect();
    let only: Option<Vec<Id>> = of_one.map(|activities| {
        let ids = activities
            .into_iter()
            .map(|ix| graph.element(ix).id.clone());
        ids.collect()
    });
    let scope = stepper.scope_of(key);
    let mut scopes = vec![scope];
    // An event sub-process speaks for the scope around it; one that undoes a sub-process, for what completed in that.
    if let Some(around) = stepper.state.elements.get(&scope)
        && let Some(ix) = graph.find(&around.element)
        && matches!(
            graph.element(ix).kind,
            ElementKind::SubProcess(SubProcess::Event)
        )
    {
        scopes.push(match &around.undoes {
            Some(undoes) => undoes.completed,
            None => around.scope,
        });
    }
    take(stepper, key, &scopes, only.as_deref());
}

/// A cancel event undoes all that completed in its transaction, also in what is still active there.
pub(crate) fn cancel(stepper: &mut Stepper, key: Key, transaction: Key) {
    let mut scopes = vec![transaction];
    let mut looked_at = 0;
    while let Some(scope) = scopes.get(looked_at).copied() {
        scopes.extend(stepper.state.children(scope).map(|(child, _)| child));
        looked_at += 1;
    }
    take(stepper, key, &scopes, None);
}

fn take(stepper: &mut Stepper, key: Key, scopes: &[Key], only: Option<&[Id]>) {
    let kept = &stepper.state.compensable;
    let mut found: Vec<(Key, &Compensable)> = scopes
        .iter()
        .flat_map(|scope| kept.of(*scope))
        .filter(|(_, compensable)| only.is_none_or(|ids| ids.contains(&compensable.element)))
        .collect();
    found.sort_by_key(|(key, _)| *key);
    let mut compensates = Vec::new();
    while let Some((key, compensable)) = found.pop() {
        let ix = stepper.graph.find(&compensable.element);
        match ix.and_then(|ix| handler(stepper, ix)) {
            Some(_) => compensates.push(key),
            // The last that completed in it comes first: it lies on top.
            None => found.extend(kept.of(compensable.element_instance)),
        }
    }
    stepper.emit(Event::CompensationThrown {
        element_instance: key,
        compensates,
    });
    stepper.touched.insert(key);
}

/// Begins the next handler, or completes the event when all is undone. Answers whether something has changed.
pub(crate) fn next(stepper: &mut Stepper, thrower: Key) -> Result<bool, StepError> {
    let instance = stepper.instance(thrower)?;
    let scope = instance.scope;
    let Some(Body::Compensation { left, .. }) = instance.body() else {
        return Ok(false);
    };
    let next = left
        .first()
        .and_then(|next| stepper.graph.find(&next.element));
    let runs = stepper.state.children(scope).any(|(_, child)| {
        let undoes = child.undoes.as_ref();
        undoes.is_some_and(|undoes| undoes.thrower == thrower)
    });
    if runs {
        return Ok(false);
    }
    match next.and_then(|ix| handler(stepper, ix)) {
        Some(handler) => {
            let key = stepper.begin(handler, scope, Vec::new());
            stepper.emit(Event::CompensationBegun {
                element_instance: key,
                thrower,
            });
            stepper.activate(key)?;
        }
        None => stepper.complete(thrower)?,
    }
    Ok(true)
}
