//! Ad-hoc sub-process (BPMN 2.0 sections 10.3.5, 13.3.5): its activities begin when somebody chooses them, in any order.
//!
//! What is to begin waits in the sub-process's [`Body::AdHoc`] and begins once all tokens stand still: all of it, or one
//! after the other where the ordering is sequential. Whenever something in it has completed, the completion condition is
//! looked at; without one, the sub-process ends when nothing is left to do.

use redthread_bpmn::graph::{Activates, AdHoc, ElementIx, ElementKind, Id, SubProcess, Text};
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::{Body, Phase};
use crate::step::{Halt, StepError, Stepper};

/// While it is activating: what is to begin with it.
pub(crate) fn open(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    ad_hoc: &AdHoc,
) -> Result<(), Halt> {
    let graph = stepper.graph;
    let waiting = match &ad_hoc.activates {
        Activates::Nothing => Vec::new(),
        Activates::All => graph
            .initial(Some(ix))
            .into_iter()
            .map(|ix| graph.element(ix).id.clone())
            .collect(),
        Activates::Collection(expression) => {
            let evaluated = stepper.evaluate(expression, key)?;
            let text = Text::Expression(expression.clone());
            let unfit = || evaluated.unfit(&text, "a list of ids of activities in the sub-process");
            let Value::List(items) = &evaluated.value else {
                return Err(unfit());
            };
            let ids = items.iter().map(|item| {
                let id: Id = item.as_str().ok_or_else(unfit)?.into();
                activatable(stepper, ix, &id).map_err(|_| unfit())?;
                Ok(id)
            });
            ids.collect::<Result<_, Halt>>()?
        }
    };
    stepper.emit(Event::BodyChanged {
        element_instance: key,
        body: Body::AdHoc {
            waiting,
            started: 0,
            completed: 0,
        },
    });
    Ok(())
}

/// A person or a program chooses what is to begin.
pub(crate) fn choose(
    stepper: &mut Stepper,
    key: Key,
    elements: &[Id],
    variables: &Variables,
) -> Result<(), StepError> {
    let instance = stepper.instance(key)?;
    let (
        Some(Body::AdHoc {
            waiting,
            started,
            completed,
        }),
        Phase::Active,
    ) = (instance.body().cloned(), instance.phase)
    else {
        return Err(Rejection::NotAdHoc(key).into());
    };
    let ix = stepper.element_of(key)?;
    for id in elements {
        activatable(stepper, ix, id)?;
    }
    stepper.set(key, variables.clone());
    let mut waiting = waiting;
    waiting.extend(elements.iter().cloned());
    stepper.emit(Event::BodyChanged {
        element_instance: key,
        body: Body::AdHoc {
            waiting,
            started,
            completed,
        },
    });
    stepper.touched.insert(key);
    Ok(())
}

fn activatable(stepper: &Stepper, ad_hoc: ElementIx, id: &Id) -> Result<ElementIx, Rejection> {
    let graph = stepper.graph;
    let found = graph
        .find(id)
        .filter(|ix| graph.initial(Some(ad_hoc)).contains(ix));
    found.ok_or_else(|| Rejection::NotActivatable {
        scope: graph.element(ad_hoc).id.to_string(),
        element: id.to_string(),
    })
}

/// Whether a token has to wait on its flow: in a sequential one only one activity is at work at a time.
pub(crate) fn holds_back(stepper: &Stepper, target: ElementIx, scope: Key) -> bool {
    let Some(instance) = stepper.state.elements.get(&scope) else {
        return false;
    };
    if !matches!(instance.body(), Some(Body::AdHoc { .. })) {
        return false;
    }
    let graph = stepper.graph;
    let around = graph
        .find(&instance.element)
        .map(|ix| &graph.element(ix).kind);
    let is_sequential = matches!(
        around,
        Some(ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc))) if ad_hoc.sequential
    );
    is_sequential
        && is_activity(&graph.element(target).kind)
        && stepper.state.children(scope).next().is_some()
}

fn is_activity(kind: &ElementKind) -> bool {
    kind.trigger().is_none() && kind.throw().is_none() && !kind.is_gateway()
}

/// An element has completed in a scope: in an ad-hoc sub-process whose completion condition is true now nothing begins any
/// more, and what its tokens would lead to does not either.
pub(crate) fn look_at_condition(stepper: &mut Stepper, scope: Key) -> Result<(), StepError> {
    let Some(instance) = stepper.state.elements.get(&scope) else {
        return Ok(());
    };
    let Some(&Body::AdHoc {
        started, completed, ..
    }) = instance.body()
    else {
        return Ok(());
    };
    let graph = stepper.graph;
    let ix = stepper.element_of(scope)?;
    let ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc)) = &graph.element(ix).kind else {
        return Ok(());
    };
    let Some(condition) = &ad_hoc.completion else {
        return Ok(());
    };
    match stepper.is_true(condition, scope, &Variables::new()) {
        Ok(false) => Ok(()),
        Ok(true) => {
            stepper.emit(Event::BodyChanged {
                element_instance: scope,
                body: Body::AdHoc {
                    waiting: Vec::new(),
                    started,
                    completed,
                },
            });
            if ad_hoc.cancels_remaining {
                return stepper.clear(scope);
            }
            if stepper.state.tokens.stand_in(scope) {
                stepper.emit(Event::TokensDiscarded { scope });
            }
            Ok(())
        }
        // It is an incident of the sub-process when that is looked at next: the element itself has done its part.
        Err(Halt::Stuck(_)) => {
            stepper.touched.insert(scope);
            Ok(())
        }
        Err(Halt::Stop(error)) => Err(error),
    }
}

/// Ends it, or begins what waits. Answers whether something has changed.
pub(crate) fn go_on(stepper: &mut Stepper, key: Key) -> Result<bool, StepError> {
    let graph = stepper.graph;
    let ix = stepper.element_of(key)?;
    let instance = stepper.instance(key)?;
    let ElementKind::SubProcess(SubProcess::AdHoc(ad_hoc)) = &graph.element(ix).kind else {
        return Ok(false);
    };
    let (
        Some(Body::AdHoc {
            waiting,
            started,
            completed,
        }),
        Phase::Active,
    ) = (instance.body().cloned(), instance.phase)
    else {
        return Ok(false);
    };
    // While it is stuck on its condition nothing begins: that may say that it is over.
    if stepper.state.incidents.of(key).next().is_some() {
        return Ok(false);
    }
    let mut is_done = false;
    if let Some(condition) = &ad_hoc.completion
        && completed > 0
    {
        match stepper.is_true(condition, key, &Variables::new()) {
            Ok(holds) => is_done = holds,
            Err(halt) => {
                stepper.held_up(key, halt)?;
                return Ok(false);
            }
        }
    }
    if is_done && ad_hoc.cancels_remaining {
        stepper.clear(key)?;
    }
    let is_empty = stepper.is_empty(key);
    let has_chosen = started > 0 || !matches!(ad_hoc.activates, Activates::Nothing);
    let ends = is_done || waiting.is_empty() && has_chosen && ad_hoc.completion.is_none();
    if ends && is_empty {
        stepper.complete(key)?;
        return Ok(true);
    }
    let is_idle = stepper.state.children(key).next().is_none();
    if ad_hoc.sequential && is_idle && !is_done {
        let held_back = |id: &Id| {
            let flow = graph.find_flow(id)?;
            let target = graph.element(graph.flow(flow).target);
            (is_activity(&target.kind) && target.start_quantity <= 1).then_some(flow)
        };
        let held_back = stepper.state.tokens.flows_in(key).find_map(held_back);
        if let Some(flow) = held_back {
            stepper.move_on(flow, key);
            return Ok(true);
        }
    }
    if is_done || waiting.is_empty() || ad_hoc.sequential && !is_empty {
        return Ok(false);
    }
    let number = if ad_hoc.sequential { 1 } else { waiting.len() };
    let (begins, waiting) = waiting.split_at(number);
    stepper.emit(Event::BodyChanged {
        element_instance: key,
        body: Body::AdHoc {
            waiting: waiting.to_vec(),
            started,
            completed,
        },
    });
    for id in begins {
        if let Some(element) = graph.find(id)
            && stepper.state.elements.contains_key(&key)
        {
            stepper.enter(element, key, Vec::new())?;
        }
    }
    Ok(true)
}
