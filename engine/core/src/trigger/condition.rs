//! Conditional events (BPMN 2.0 section 10.5.5.2): they occur when their condition becomes true.
//!
//! Conditions are looked at when all tokens stand still and something that they could depend on has changed. One that is
//! true when its event begins to wait occurs at once; after that it has to become false before it can become true again. A
//! condition that gives null, because a variable is not there yet, is not true. One that speaks of the record that the
//! instance is about is looked at again whenever that changes.

use redthread_bpmn::graph::{Condition, ElementIx, ProcessGraph, RecordOperation, Trigger};
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::{ConditionData, Event, WatchData};
use crate::key::Key;
use crate::state::{Body, WaitKind};
use crate::step::{Changed, Halt, StepError, Stepper};

pub(crate) fn open(
    stepper: &mut Stepper,
    owner: Key,
    event: ElementIx,
    nth: usize,
    condition: &Condition,
) {
    let element = stepper.graph.element(event).id.clone();
    let key = stepper.new_key();
    stepper.emit(Event::ConditionAwaited {
        key,
        element_instance: owner,
        condition: ConditionData {
            element: element.clone(),
            nth,
            holds: false,
        },
    });
    let Some(subject) = stepper.state.subject.clone() else {
        return;
    };
    let mut names = condition.expression.names().iter();
    if names.any(|name| **name == *subject.kind || &**name == "subject") {
        let key = stepper.new_key();
        stepper.emit(Event::WatchOpened {
            key,
            element_instance: owner,
            watch: WatchData {
                element,
                kind: subject.kind.to_string(),
                record: Some(subject.key.to_string()),
                operation: RecordOperation::Changed,
            },
        });
    }
}

/// Whether a watch is there for a condition's sake.
pub(crate) fn is_watched_by(stepper: &Stepper, watch: Key) -> bool {
    let wait = stepper.state.waits.get(&watch);
    let event = wait.and_then(|wait| stepper.graph.find(wait.what.event()?));
    let trigger = event.and_then(|ix| stepper.graph.element(ix).kind.trigger());
    let parts = trigger.map(Trigger::parts).unwrap_or_default();
    let has = |is: fn(&Trigger) -> bool| parts.iter().any(is);
    has(|part| matches!(part, Trigger::Condition(_)))
        && !has(|part| matches!(part, Trigger::Record(_)))
}

/// Looks at all conditions that are waited for, if something has changed, and has those of ad-hoc sub-processes and complex gateways looked at. Answers whether one has become true.
pub(crate) fn look_at_all(stepper: &mut Stepper) -> Result<bool, StepError> {
    if !stepper.graph.has_conditions {
        return Ok(false);
    }
    let changed = std::mem::replace(&mut stepper.changed, Changed::Nothing);
    if changed == Changed::Nothing {
        return Ok(false);
    }
    let elements = stepper.state.elements.iter();
    let ad_hoc =
        elements.filter(|(_, instance)| matches!(instance.body(), Some(Body::AdHoc { .. })));
    stepper.touched.extend(ad_hoc.map(|(key, _)| *key));
    // Complex gateways may be activated by the tokens that wait before them.
    let scopes = stepper.state.tokens.iter().map(|token| token.scope);
    stepper.touched.extend(scopes);
    let waiting: Vec<Key> = stepper.state.waits.keys().copied().collect();
    for key in waiting {
        if look_at_one(stepper, key, &changed)? {
            // What it leads to may change what the others depend on.
            stepper.changed = Changed::Anything;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Looks at the conditions that have just begun to be waited for by `owner`.
pub(crate) fn look_at(stepper: &mut Stepper, owner: Key) -> Result<(), StepError> {
    if !stepper.graph.has_conditions {
        return Ok(());
    }
    let waiting: Vec<Key> = stepper.state.waits_of(owner).map(|(key, _)| key).collect();
    for key in waiting {
        look_at_one(stepper, key, &Changed::Anything)?;
    }
    Ok(())
}

/// Takes the conditions of an event as they are now: it occurs when they become true after that.
pub(crate) fn take_as_seen(
    stepper: &mut Stepper,
    owner: Key,
    event: ElementIx,
) -> Result<(), StepError> {
    let id = &stepper.graph.element(event).id;
    let of_event = stepper
        .state
        .waits_of(owner)
        .filter(|(_, what)| what.event() == Some(id));
    let waiting: Vec<Key> = of_event.map(|(key, _)| key).collect();
    for key in waiting {
        if let Some((_, true)) = change(stepper, key, &Changed::Anything)? {
            stepper.emit(Event::ConditionChanged { key, holds: true });
        }
    }
    Ok(())
}

/// Looks at one condition, if it is still waited for. Answers whether it has become true.
fn look_at_one(stepper: &mut Stepper, key: Key, changed: &Changed) -> Result<bool, StepError> {
    let Some((owner, holds)) = change(stepper, key, changed)? else {
        return Ok(false);
    };
    stepper.emit(Event::ConditionChanged { key, holds });
    if holds {
        super::occurred(stepper, key, owner, &Variables::new())?;
    }
    Ok(holds)
}

/// Who waits for a condition, and whether it holds now, if that is not what it was.
fn change(
    stepper: &mut Stepper,
    key: Key,
    changed: &Changed,
) -> Result<Option<(Key, bool)>, StepError> {
    let Some(wait) = stepper.state.waits.get(&key) else {
        return Ok(None);
    };
    let WaitKind::Condition(data) = &wait.what else {
        return Ok(None);
    };
    let (owner, held) = (wait.element_instance, data.holds);
    let condition = condition_of(stepper.graph, data);
    let Some(condition) = condition.filter(|condition| concerns(changed, condition)) else {
        return Ok(None);
    };
    let holds = match stepper.evaluate(&condition.expression, owner) {
        Ok(evaluated) => evaluated.value == Value::Boolean(true),
        Err(Halt::Stop(error)) => return Err(error),
        Err(Halt::Stuck(_)) => false,
    };
    Ok((holds != held).then_some((owner, holds)))
}

fn condition_of<'g>(graph: &'g ProcessGraph, data: &ConditionData) -> Option<&'g Condition> {
    let trigger = graph.element(graph.find(&data.element)?).kind.trigger()?;
    match trigger.parts().get(data.nth)? {
        Trigger::Condition(condition) => Some(condition),
        _ => None,
    }
}

fn concerns(changed: &Changed, condition: &Condition) -> bool {
    match changed {
        Changed::Nothing => false,
        Changed::Anything => true,
        Changed::Variables(names) => {
            condition.variables.is_empty()
                || condition.variables.iter().any(|name| names.contains(name))
        }
    }
}
