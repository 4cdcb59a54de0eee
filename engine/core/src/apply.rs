//! The only writer of [`InstanceState`]: live steps and replays of history run the same code.

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::state::{
    Body, ElementInstance, Incident, InstanceState, Living, MultiInstance, Owned, Phase, Status,
    Token, Undoes, Wait, WaitKind,
};

/// Changes `state` as `event` says. Events that [`crate::step`] made are applied as they are; nothing is checked.
pub fn apply(state: &mut InstanceState, event: &Event) {
    match event {
        Event::InstanceStarted {
            instance,
            process,
            definition,
            subject,
            causes,
            caller,
            at,
        } => {
            *state = InstanceState {
                key: *instance,
                process: process.clone(),
                definition: *definition,
                subject: subject.clone(),
                causes: causes.clone(),
                caller: caller.clone(),
                status: Status::Active,
                started: *at,
                ..InstanceState::default()
            };
        }
        Event::FlowTaken { flow, scope } => {
            state.tokens.push(Token {
                flow: flow.clone(),
                scope: *scope,
            });
        }
        Event::TokensDiscarded { scope } => state.tokens.clear(*scope),
        Event::ElementActivating {
            element_instance,
            element,
            scope,
            consumed,
            at,
        } => {
            for flow in consumed {
                state.tokens.take(flow, *scope);
            }
            let instance = ElementInstance {
                element: element.clone(),
                scope: *scope,
                phase: Phase::Activating,
                since: *at,
                variables: Variables::new(),
                body: None,
                undoes: None,
            };
            state.elements.insert(*element_instance, instance);
            count(
                state,
                *scope,
                |body| body.started += 1,
                |started, _| *started += 1,
            );
        }
        Event::BodyChanged {
            element_instance,
            body,
        } => {
            if let Some(element) = state.elements.get_mut(element_instance) {
                element.body = Some(Box::new(body.clone()));
            }
        }
        Event::ItemCompleted {
            element_instance,
            number,
            result,
        } => {
            if let Some(Body::MultiInstance(body)) = body_mut(state, *element_instance) {
                body.results.insert(*number, result.clone());
            }
        }
        Event::GatewayReset {
            element_instance,
            consumed,
        } => {
            if let Some(scope) = state.elements.get(element_instance).map(Owned::owner) {
                for flow in consumed {
                    state.tokens.take(flow, scope);
                }
            }
        }
        Event::CompensationKept { key, compensable } => {
            state.compensable.insert(*key, compensable.clone());
        }
        Event::CompensationThrown {
            element_instance,
            compensates,
        } => {
            let taken = compensates.iter().filter_map(|key| {
                let compensable = state.compensable.get(key).cloned();
                state.compensable.remove(key);
                compensable
            });
            let left = taken.collect();
            let since = state.visible_variables(*element_instance);
            if let Some(element) = state.elements.get_mut(element_instance) {
                element.body = Some(Box::new(Body::Compensation { left, since }));
            }
        }
        Event::CompensationBegun {
            element_instance,
            thrower,
        } => {
            let now = state.visible_variables(*thrower);
            let next = match body_mut(state, *thrower) {
                Some(Body::Compensation { left, since }) if !left.is_empty() => {
                    let mut next = left.remove(0);
                    next.variables
                        .retain(|name, _| since.get(name) == now.get(name));
                    Some(next)
                }
                _ => None,
            };
            if let (Some(next), Some(element)) = (next, state.elements.get_mut(element_instance)) {
                element.undoes = Some(Box::new(Undoes {
                    thrower: *thrower,
                    completed: next.element_instance,
                    variables: next.variables,
                }));
            }
        }
        Event::ElementActivated { element_instance } => {
            set_phase(state, *element_instance, Phase::Active)
        }
        Event::ElementCompleting { element_instance } => {
            set_phase(state, *element_instance, Phase::Completing)
        }
        Event::ElementCompleted {
            element_instance, ..
        } => {
            let last_kept = state.compensable.values().next_back();
            if last_kept.is_none_or(|kept| kept.element_instance != *element_instance) {
                forget(state, *element_instance);
            }
            if let Some(scope) = ended(state, *element_instance) {
                count(
                    state,
                    scope,
                    |body| body.completed += 1,
                    |_, completed| *completed += 1,
                );
            }
        }
        Event::ElementTerminated {
            element_instance, ..
        } => {
            // What completed in it went with it: only what has completed can be undone.
            forget(state, *element_instance);
            if let Some(scope) = ended(state, *element_instance) {
                count(state, scope, |body| body.terminated += 1, |_, _| {});
            }
        }
        Event::EventTriggered { .. }
        | Event::DecisionEvaluated { .. }
        | Event::MessageThrown { .. }
        | Event::SignalThrown { .. }
        | Event::EscalationThrown { .. }
        | Event::ErrorCaught { .. } => {}
        Event::VariablesSet { scope, variables } => {
            if let Some(target) = variables_mut(state, *scope) {
                target.extend(
                    variables
                        .iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
            }
        }
        Event::TaskCreated {
            key,
            element_instance,
            task,
        } => {
            open(state, *key, *element_instance, WaitKind::Task(task.clone()));
        }
        Event::TaskAssigned { key, assignee, .. } => {
            if let Some(WaitKind::Task(task)) = wait_mut(state, *key) {
                task.assignee.clone_from(assignee);
            }
        }
        Event::JobCreated {
            key,
            element_instance,
            job,
        } => {
            open(state, *key, *element_instance, WaitKind::Job(job.clone()));
        }
        Event::JobFailed { key, retries, .. } | Event::JobRetried { key, retries } => {
            if let Some(WaitKind::Job(job)) = wait_mut(state, *key) {
                job.retries = *retries;
            }
        }
        Event::TimerScheduled {
            key,
            element_instance,
            timer,
        } => {
            open(
                state,
                *key,
                *element_instance,
                WaitKind::Timer(timer.clone()),
            );
        }
        Event::SubscriptionOpened {
            key,
            element_instance,
            subscription,
        } => {
            open(
                state,
                *key,
                *element_instance,
                WaitKind::Subscription(subscription.clone()),
            );
        }
        Event::WatchOpened {
            key,
            element_instance,
            watch,
        } => {
            open(
                state,
                *key,
                *element_instance,
                WaitKind::Watch(watch.clone()),
            );
        }
        Event::SignalAwaited {
            key,
            element_instance,
            signal,
        } => {
            let what = WaitKind::Signal(signal.clone());
            open(state, *key, *element_instance, what);
        }
        Event::ConditionAwaited {
            key,
            element_instance,
            condition,
        } => {
            let what = WaitKind::Condition(condition.clone());
            open(state, *key, *element_instance, what);
        }
        Event::ConditionChanged { key, holds } => {
            if let Some(WaitKind::Condition(condition)) = wait_mut(state, *key) {
                condition.holds = *holds;
            }
        }
        Event::InstanceCalled {
            key,
            element_instance,
            call,
            ..
        } => {
            open(state, *key, *element_instance, WaitKind::Call(call.clone()));
        }
        Event::SignalEnded { key, .. }
        | Event::ConditionEnded { key, .. }
        | Event::CallEnded { key, .. }
        | Event::TaskEnded { key, .. }
        | Event::JobEnded { key, .. }
        | Event::TimerEnded { key, .. }
        | Event::SubscriptionEnded { key, .. }
        | Event::WatchEnded { key, .. } => {
            state.waits.remove(key);
        }
        Event::IncidentRaised {
            key,
            element_instance,
            code,
            message,
        } => {
            let incident = Incident {
                element_instance: *element_instance,
                code: *code,
                message: message.clone(),
            };
            state.incidents.insert(*key, incident);
        }
        Event::IncidentResolved { key } => {
            state.incidents.remove(key);
        }
        Event::InstanceCompleted => end(state, Status::Completed),
        Event::InstanceTerminated { .. } => end(state, Status::Terminated),
        Event::InstanceFailed { .. } => end(state, Status::Failed),
    }
}

/// An instance that has ended undoes nothing any more.
fn end(state: &mut InstanceState, status: Status) {
    state.status = status;
    state.compensable = Living::default();
}

/// The state that a history of events leads to.
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> InstanceState {
    let mut state = InstanceState::default();
    for event in events {
        apply(&mut state, event);
    }
    state
}

/// Takes what has ended out of the state, with what it did not undo, and answers with its scope.
fn ended(state: &mut InstanceState, element_instance: Key) -> Option<Key> {
    let instance = state.elements.get(&element_instance)?;
    let (scope, undoes) = (instance.scope, instance.undoes.as_ref());
    let (scope, mut never_again): (Key, Vec<Key>) = (
        scope,
        undoes.iter().map(|undoes| undoes.completed).collect(),
    );
    if let Some(Body::Compensation { left, .. }) = instance.body() {
        never_again.extend(left.iter().map(|left| left.element_instance));
    }
    // What it undid is undone, or never will be.
    for completed in never_again {
        forget(state, completed);
    }
    state.elements.remove(&element_instance);
    Some(scope)
}

/// What completed in a scope can no longer be undone.
fn forget(state: &mut InstanceState, scope: Key) {
    let inside: Vec<(Key, Key)> = state
        .compensable
        .of(scope)
        .map(|(key, compensable)| (key, compensable.element_instance))
        .collect();
    for (key, element_instance) in inside {
        state.compensable.remove(&key);
        forget(state, element_instance);
    }
}

/// Counts what begins or ends in a scope that keeps count.
fn count(
    state: &mut InstanceState,
    scope: Key,
    of_many: impl Fn(&mut MultiInstance),
    of_others: impl Fn(&mut u64, &mut u64),
) {
    match body_mut(state, scope) {
        Some(Body::MultiInstance(body)) => of_many(body),
        Some(Body::Loop { started }) => of_others(started, &mut 0),
        Some(Body::AdHoc {
            started, completed, ..
        }) => of_others(started, completed),
        Some(Body::Reset { .. } | Body::Events { .. } | Body::Compensation { .. }) | None => {}
    }
}

fn body_mut(state: &mut InstanceState, element_instance: Key) -> Option<&mut Body> {
    // Looking first: `get_mut` copies what the state before shares.
    state.elements.get(&element_instance)?.body()?;
    state
        .elements
        .get_mut(&element_instance)?
        .body
        .as_deref_mut()
}

fn set_phase(state: &mut InstanceState, element_instance: Key, phase: Phase) {
    if let Some(element) = state.elements.get_mut(&element_instance) {
        element.phase = phase;
    }
}

fn variables_mut(state: &mut InstanceState, scope: Key) -> Option<&mut Variables> {
    if scope == state.key {
        Some(&mut state.variables)
    } else {
        state
            .elements
            .get_mut(&scope)
            .map(|element| &mut element.variables)
    }
}

fn open(state: &mut InstanceState, key: Key, element_instance: Key, what: WaitKind) {
    state.waits.insert(
        key,
        Wait {
            element_instance,
            what,
        },
    );
}

fn wait_mut(state: &mut InstanceState, key: Key) -> Option<&mut WaitKind> {
    state.waits.get_mut(&key).map(|wait| &mut wait.what)
}
