//! Loop markers (BPMN 2.0 sections 10.3.7, 10.3.8, 13.3.6, 13.3.7): an activity that is done again and again.
//!
//! One element instance stands for the whole; each round is an element instance of the same element in it, with the local
//! variable `loopCounter`, counted from 1. Rounds begin in [`next`], once all tokens stand still, and not when the one before
//! ends: a thousand rounds nest no deeper than one.

use std::sync::Arc;

use redthread_bpmn::graph::{
    Behavior, ElementIx, MultiInstance as MultiInstanceMarker, Over, Repetition, Text,
};
use redthread_feel::{Expression, Number, Value};

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::lifecycle::Role;
use crate::state::{Body, MultiInstance};
use crate::step::{Halt, StepError, Stepper};
use crate::throw;

/// How many element instances a multi-instance activity may bring an instance to.
pub(crate) const INSTANCES: u64 = 100_000;

/// While the whole is activating: how many rounds there will be.
pub(crate) fn open(stepper: &mut Stepper, key: Key, repeated: &Repetition) -> Result<(), Halt> {
    let body = match repeated {
        Repetition::Loop { .. } => Body::Loop { started: 0 },
        Repetition::MultiInstance(marker) => {
            let (total, items) = instances(stepper, key, &marker.over)?;
            Body::MultiInstance(MultiInstance {
                total,
                items,
                ..MultiInstance::default()
            })
        }
    };
    stepper.emit(Event::BodyChanged {
        element_instance: key,
        body,
    });
    Ok(())
}

fn instances(stepper: &mut Stepper, key: Key, over: &Over) -> Result<(u64, Value), Halt> {
    let (expression, needed) = match over {
        Over::Cardinality(expression) => (expression, "a whole number of instances, from 0,"),
        Over::Collection { items, .. } => (items, "a list"),
    };
    let evaluated = stepper.evaluate(expression, key)?;
    let found = match (over, &evaluated.value) {
        (Over::Cardinality(_), Value::Number(number)) => {
            let total = number
                .to_i64()
                .and_then(|number| u64::try_from(number).ok());
            total.map(|total| (total, Value::Null))
        }
        (Over::Collection { .. }, Value::List(items)) => {
            Some((items.len() as u64, evaluated.value.clone()))
        }
        _ => None,
    };
    match found {
        Some((total, items)) if total + stepper.state.elements.len() as u64 <= INSTANCES => {
            stepper.fits(key, "items", &items)?;
            Ok((total, items))
        }
        Some(_) => Err(evaluated.unfit(
            &Text::Expression(expression.clone()),
            "no more than 100,000 instances",
        )),
        None => Err(evaluated.unfit(&Text::Expression(expression.clone()), needed)),
    }
}

/// Begins what is to begin now, at most `left` rounds, or completes the whole. Answers whether something has changed.
pub(crate) fn next(stepper: &mut Stepper, key: Key, left: &mut u32) -> Result<bool, StepError> {
    let ix = stepper.element_of(key)?;
    let graph = stepper.graph;
    let is_idle = stepper.state.children(key).next().is_none();
    let is_stuck = stepper.state.incidents.of(key).next().is_some();
    match &graph.element(ix).repetition {
        Some(Repetition::MultiInstance(marker)) => {
            let mut changed = false;
            while *left > 0 && stepper.state.elements.contains_key(&key) {
                let Some(body) = multi_instance(stepper, key) else {
                    break;
                };
                if body.started == body.total || marker.sequential && body.active() > 0 {
                    break;
                }
                *left -= 1;
                let element = match &marker.over {
                    Over::Collection { element, .. } => element.clone(),
                    Over::Cardinality(_) => None,
                };
                round(stepper, key, ix, body.started + 1, element)?;
                changed = true;
            }
            if !changed && is_idle && !is_stuck {
                stepper.complete(key)?;
                changed = true;
            }
            Ok(changed)
        }
        Some(Repetition::Loop {
            test_before,
            condition,
            maximum,
        }) if is_idle && !is_stuck => {
            let Some(&Body::Loop { started }) = stepper.instance(key)?.body() else {
                return Ok(false);
            };
            let looks = started > 0 || *test_before;
            let goes_on = match condition {
                _ if maximum.is_some_and(|maximum| started >= maximum) => Ok(false),
                Some(condition) if looks => {
                    let extras = Variables::from([counter(started)]);
                    stepper.is_true(condition, key, &extras)
                }
                _ => Ok(true),
            };
            match goes_on {
                Ok(true) => round(stepper, key, ix, started + 1, None)?,
                Ok(false) => stepper.complete(key)?,
                Err(halt) => {
                    stepper.held_up(key, halt)?;
                    return Ok(false);
                }
            }
            *left = left.saturating_sub(1);
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn multi_instance<'s>(stepper: &'s Stepper, key: Key) -> Option<&'s MultiInstance> {
    match stepper.state.elements.get(&key)?.body()? {
        Body::MultiInstance(body) => Some(body),
        _ => None,
    }
}

fn round(
    stepper: &mut Stepper,
    whole: Key,
    ix: ElementIx,
    number: u64,
    element: Option<Arc<str>>,
) -> Result<(), StepError> {
    let item = match multi_instance(stepper, whole).map(|body| &body.items) {
        Some(Value::List(items)) => items.get(number as usize - 1).cloned(),
        _ => None,
    };
    let key = stepper.begin(ix, whole, Vec::new());
    let mut variables = Variables::from([counter(number)]);
    if let (Some(name), Some(item)) = (element, item) {
        variables.insert(name, item);
    }
    // What a round gives belongs to it, not to all of them.
    if let Some(name) = output_variable(stepper, key) {
        variables.entry(name.clone()).or_insert(Value::Null);
    }
    stepper.set(key, variables);
    stepper.activate(key)
}

/// The variable that holds what a round gives, where the output element is one.
pub(crate) fn output_variable<'g>(stepper: &Stepper<'g>, key: Key) -> Option<&'g Arc<str>> {
    let (ix, role) = stepper.place_of(key).ok()?;
    let Some(Repetition::MultiInstance(marker)) = &stepper.graph.element(ix).repetition else {
        return None;
    };
    let output = marker.output_element.as_ref()?;
    match output.names() {
        [name] if role == Role::Round && output.text().trim() == &**name => Some(name),
        _ => None,
    }
}

fn counter(number: u64) -> (Arc<str>, Value) {
    ("loopCounter".into(), count(number))
}

fn count(number: u64) -> Value {
    Value::Number(Number::from(number as i64))
}

/// While a round is completing: what it gives.
pub(crate) fn result(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), Halt> {
    let graph = stepper.graph;
    let Some(Repetition::MultiInstance(marker)) = &graph.element(ix).repetition else {
        return Ok(());
    };
    let Some(output) = &marker.output_element else {
        return Ok(());
    };
    let result = stepper.evaluate(output, key)?.value;
    stepper.fits(key, "result", &result)?;
    let instance = stepper.instance(key)?;
    let whole = instance.scope;
    let number = match instance.variables.get("loopCounter") {
        Some(Value::Number(number)) => number.to_i64().unwrap_or_default() as u64,
        _ => 0,
    };
    stepper.emit(Event::ItemCompleted {
        element_instance: whole,
        number,
        result,
    });
    Ok(())
}

/// While the whole is completing: the list of what its rounds gave; null for those that gave nothing.
pub(crate) fn results(stepper: &mut Stepper, key: Key, ix: ElementIx) -> Result<(), Halt> {
    let graph = stepper.graph;
    let Some(Repetition::MultiInstance(marker)) = &graph.element(ix).repetition else {
        return Ok(());
    };
    let (Some(name), Some(body)) = (&marker.output_collection, multi_instance(stepper, key)) else {
        return Ok(());
    };
    let results = Variables::from([(name.clone(), list(body))]);
    stepper.all_fit(key, true, &results)?;
    stepper.merge(key, &results);
    Ok(())
}

/// A round has completed: the events of the marker's behavior occur, and its completion condition is looked at. `known` are
/// the round's own variables, which the conditions see.
pub(crate) fn round_completed(
    stepper: &mut Stepper,
    key: Key,
    known: Variables,
) -> Result<(), StepError> {
    let ix = stepper.element_of(key)?;
    let graph = stepper.graph;
    let Some(Repetition::MultiInstance(marker)) = &graph.element(ix).repetition else {
        stepper.touched.insert(key);
        return Ok(());
    };
    match thrown(stepper, key, marker, &known) {
        Ok(thrown) => throw::all(stepper, ix, key, thrown)?,
        Err(halt) => return stepper.held_up(key, halt),
    }
    // What was thrown may have ended the whole.
    match stepper.state.elements.contains_key(&key) {
        true => look_at_condition(stepper, key, known),
        false => Ok(()),
    }
}

/// Ends the whole if its completion condition is true; also again, after an incident.
pub(crate) fn look_at_condition(
    stepper: &mut Stepper,
    key: Key,
    known: Variables,
) -> Result<(), StepError> {
    stepper.touched.insert(key);
    let ix = stepper.element_of(key)?;
    let graph = stepper.graph;
    let Some(Repetition::MultiInstance(marker)) = &graph.element(ix).repetition else {
        return Ok(());
    };
    let Some(condition) = &marker.completion else {
        return Ok(());
    };
    let extras = knows(stepper, key, marker, condition, &known);
    match stepper.is_true(condition, key, &extras) {
        Ok(true) => {
            stepper.clear(key)?;
            stepper.complete(key)
        }
        Ok(false) => Ok(()),
        Err(halt) => stepper.held_up(key, halt),
    }
}

fn thrown(
    stepper: &mut Stepper,
    key: Key,
    marker: &MultiInstanceMarker,
    known: &Variables,
) -> Result<Vec<throw::Thrown>, Halt> {
    let completed = multi_instance(stepper, key).map_or(0, |body| body.completed);
    match &marker.behavior {
        Behavior::All => Ok(Vec::new()),
        Behavior::Each(event) => throw::of_throw(stepper, key, event),
        Behavior::First(event) if completed == 1 => throw::of_throw(stepper, key, event),
        Behavior::First(_) => Ok(Vec::new()),
        Behavior::Complex(definitions) => {
            let mut thrown = Vec::new();
            for (condition, event) in definitions {
                let extras = knows(stepper, key, marker, condition, known);
                if stepper.is_true(condition, key, &extras)? {
                    thrown.extend(throw::of_throw(stepper, key, event)?);
                }
            }
            Ok(thrown)
        }
    }
}

/// What the conditions of a multi-instance activity know: how many instances there are (BPMN 2.0, table 10.30), the results
/// so far, null for those that have given none, and the variables of the round that has completed.
fn knows(
    stepper: &Stepper,
    key: Key,
    marker: &MultiInstanceMarker,
    condition: &Expression,
    known: &Variables,
) -> Variables {
    let Some(body) = multi_instance(stepper, key) else {
        return Variables::new();
    };
    let mut extras = Variables::from([
        ("loopCounter".into(), count(body.started)),
        ("numberOfInstances".into(), count(body.total)),
        ("numberOfActiveInstances".into(), count(body.active())),
        ("numberOfCompletedInstances".into(), count(body.completed)),
        ("numberOfTerminatedInstances".into(), count(body.terminated)),
    ]);
    // The list is made only where it is asked for: it is as long as there are instances.
    if let Some(name) = &marker.output_collection
        && condition.names().contains(name)
    {
        extras.insert(name.clone(), list(body));
    }
    extras.extend(
        known
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    extras
}

fn list(body: &MultiInstance) -> Value {
    let results = (1..=body.total).map(|number| body.results.get(&number).cloned());
    Value::List(Arc::new(results.map(Option::unwrap_or_default).collect()))
}
