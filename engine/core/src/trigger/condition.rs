//! Conditional events (BPMN 2.0 section 10.5.5.2): they occur when their condition becomes true.
//!
//! Conditions are looked at when all tokens stand still and something that they could depend on has changed. One that is
//! true when its event begins to wait occurs at once; after that it has to become false before it can become true again. A
//! condition that gives null, because a variable is not there yet, is not true. One that speaks of the record that the
//! instance is about is looked at again whenever that changes.

use redthread_bpmn::graph::{Condition, ElementIx, RecordOperation, Trigger};
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::{ConditionData, Event, WatchData};
use crate::key::Key;
use crate::state::WaitKind;
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

/// Looks at all conditions that are waited for, if something has changed. Answers whether one has become true.
pub(crate) fn look_at_all(stepper: &mut Stepper) -> Result<bool, StepError> {
    if !stepper.graph.has_conditions {
        return Ok(false);
    }
    let changed = std::mem::replace(&mut stepper.changed, Changed::Nothing);
    if changed == Changed::Nothing {
        return Ok(false);
    }
    let waiting: Vec<(Key, Key, ConditionData)> = stepper
        .state
        .waits
        .iter()
        .filter_map(|(key, wait)| match &wait.what {
            WaitKind::Condition(condition) => {
                Some((*key, wait.element_instance, condition.clone()))
            }
            _ => None,
        })
        .collect();
    for (key, owner, data) in waiting {
        let Some(condition) = condition_of(stepper, &data) else {
            continue;
        };
        if !concerns(&changed, condition) {
            continue;
        }
        let evaluated = match stepper.evaluate(&condition.expression, owner) {
            Ok(evaluated) => evaluated,
            Err(Halt::Stop(error)) => return Err(error),
            Err(Halt::Stuck(_)) => continue,
        };
        let holds = evaluated.value == Value::Boolean(true);
        if holds == data.holds {
            continue;
        }
        stepper.emit(Event::ConditionChanged { key, holds });
        if holds {
            // What it leads to may change what the others depend on.
            stepper.changed = Changed::Anything;
            super::occurred(stepper, key, owner, &Variables::new())?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn condition_of<'g>(stepper: &Stepper<'g>, data: &ConditionData) -> Option<&'g Condition> {
    let graph = stepper.graph;
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
