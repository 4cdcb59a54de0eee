//! The only writer of [`InstanceState`]: live steps and replays of history run the same code.

use crate::command::Variables;
use crate::event::Event;
use crate::key::Key;
use crate::state::{
    ElementInstance, Incident, InstanceState, Phase, Status, Token, Wait, WaitKind,
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
            at,
        } => {
            *state = InstanceState {
                key: *instance,
                process: process.clone(),
                definition: *definition,
                subject: subject.clone(),
                causes: causes.clone(),
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
            };
            state.elements.insert(*element_instance, instance);
        }
        Event::ElementActivated { element_instance } => {
            set_phase(state, *element_instance, Phase::Active)
        }
        Event::ElementCompleting { element_instance } => {
            set_phase(state, *element_instance, Phase::Completing)
        }
        Event::ElementCompleted {
            element_instance, ..
        }
        | Event::ElementTerminated {
            element_instance, ..
        } => {
            state.elements.remove(element_instance);
        }
        Event::EventTriggered { .. } | Event::DecisionEvaluated { .. } => {}
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
        Event::TaskEnded { key, .. }
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
        Event::InstanceCompleted => state.status = Status::Completed,
        Event::InstanceTerminated { .. } => state.status = Status::Terminated,
        Event::InstanceFailed { .. } => state.status = Status::Failed,
    }
}

/// The state that a history of events leads to.
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> InstanceState {
    let mut state = InstanceState::default();
    for event in events {
        apply(&mut state, event);
    }
    state
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
