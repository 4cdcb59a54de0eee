//! What is thrown and caught, called, done several times, and undone.

use super::{Story, put};
use crate::server::key::Key;
use redthread_bpmn::graph::{ElementKind, Id, SubProcess, Throw};
use redthread_core::Event;
use redthread_core::event::Ended;
use redthread_core::state::Body;
use redthread_runtime::HistoryStep;
use serde_json::{Map, Value};

/// How far it is with what is done several times.
#[derive(Default)]
pub(super) struct Many {
    /// How often it is done; none: as long as a condition holds.
    total: Option<u64>,
    begun: u64,
    completed: u64,
}

/// Whether the step itself says which errors were caught: steps of old do not.
pub(super) fn says_errors(step: &HistoryStep) -> bool {
    let says = |event: &Event| matches!(event, Event::ErrorCaught { .. });
    step.events.iter().any(says)
}

impl Story<'_> {
    /// What is thrown, and what waits for it; calls.
    pub(super) fn hear_thrown(&mut self, step: &HistoryStep, event: &Event) {
        match event {
            Event::SignalAwaited { key, signal, .. } => {
                self.events.insert(*key, signal.element.to_string());
                self.messages.insert(*key, signal.name.clone());
                let mut params = self.element(&signal.element);
                put(&mut params, "name", Some(&signal.name));
                self.say(step, "signal.expected", params);
            }
            Event::SignalEnded {
                key,
                how: Ended::Completed,
            } => {
                let mut params = self.about(*key);
                put(&mut params, "name", self.messages.get(key));
                self.say(step, "signal.received", params);
            }
            Event::SignalThrown { element, name, .. } => {
                let mut params = self.element(element);
                put(&mut params, "name", Some(name));
                self.say(step, "signal.sent", params);
            }
            Event::ConditionAwaited { key, condition, .. } => {
                self.events.insert(*key, condition.element.to_string());
                self.say(step, "condition.expected", self.element(&condition.element));
            }
            Event::ConditionEnded {
                key,
                how: Ended::Completed,
            } => self.say(step, "condition.met", self.about(*key)),
            Event::MessageThrown {
                element, message, ..
            } => {
                let mut params = self.element(element);
                put(&mut params, "name", Some(&message.name));
                let key = Some(&message.correlation_key).filter(|key| !key.is_empty());
                put(&mut params, "correlationKey", key);
                self.say(step, "message.sent", params);
            }
            Event::EscalationThrown {
                element,
                code,
                caught_by,
                to_caller,
                ..
            } => {
                let mut params = self.element(element);
                put(&mut params, "code", Some(code));
                if let Some(caught_by) = caught_by {
                    put(&mut params, "caughtBy", Some(caught_by));
                    put(&mut params, "caughtByName", Some(&self.label(caught_by)));
                }
                if *to_caller {
                    put(&mut params, "toCaller", Some(&true));
                }
                self.say(step, "escalation.thrown", params);
            }
            Event::ErrorCaught { code, caught_by } => {
                let mut params = self.element(caught_by);
                put(&mut params, "code", Some(code));
                self.say(step, "error.caught", params);
            }
            Event::InstanceCalled {
                key,
                element_instance,
                call,
                ..
            } => {
                self.owners.insert(*key, *element_instance);
                self.called.insert(*key, call.process.to_string());
                self.call(step, *key, "call.begun");
            }
            Event::CallEnded { key, how } => {
                let code = match how {
                    Ended::Completed => "call.ended",
                    Ended::Cancelled => "call.cancelled",
                };
                self.call(step, *key, code);
            }
            _ => {}
        }
    }

    fn call(&mut self, step: &HistoryStep, called: redthread_core::Key, code: &str) {
        let mut params = self.about(called);
        let process = self.called.get(&called);
        put(&mut params, "process", process);
        let name = process.map(|id| self.processes.get(id).unwrap_or(id));
        put(&mut params, "processName", name);
        put(&mut params, "instance", Some(&Key::from(called)));
        self.say(step, code, params);
    }

    /// What is done several times, and what is undone.
    pub(super) fn hear_work(&mut self, step: &HistoryStep, event: &Event) {
        match event {
            Event::BodyChanged {
                element_instance,
                body,
            } => match body {
                Body::MultiInstance(many) if !self.many.contains_key(element_instance) => {
                    let total = Some(many.total);
                    let many = Many {
                        total,
                        ..Many::default()
                    };
                    self.many.insert(*element_instance, many);
                    let mut params = self.visited(*element_instance);
                    put(&mut params, "total", total.as_ref());
                    self.say(step, "multiInstance.begun", params);
                }
                Body::Loop { .. } => {
                    self.many.entry(*element_instance).or_default();
                }
                Body::MultiInstance(_)
                | Body::AdHoc { .. }
                | Body::Reset { .. }
                | Body::Events { .. }
                | Body::Compensation { .. } => {}
            },
            Event::CompensationKept { key, compensable } => {
                self.kept.insert(*key, compensable.element.to_string());
            }
            Event::GatewayReset {
                element_instance, ..
            } => self.say(step, "gateway.reset", self.visited(*element_instance)),
            Event::CompensationThrown {
                element_instance,
                compensates,
            } => {
                let to_undo = compensates.iter().copied().collect();
                self.to_undo.insert(*element_instance, to_undo);
                let mut params = self.visited(*element_instance);
                put(&mut params, "count", Some(&compensates.len()));
                self.say(step, "compensation.begun", params);
            }
            Event::CompensationBegun {
                element_instance,
                thrower,
            } => {
                let next = self
                    .to_undo
                    .get_mut(thrower)
                    .and_then(|left| left.pop_front());
                let undone = next.and_then(|key| self.kept.get(&key).cloned());
                let undone = undone.unwrap_or_default();
                let element = self.visits.get(element_instance).cloned();
                let params = self.undoes(&element.unwrap_or_default(), &undone);
                self.undoing.insert(*element_instance, undone);
                self.say(step, "compensation.undoing", params);
            }
            _ => {}
        }
    }

    /// Whether what has completed is one of many: then how far it is with all of them is told.
    pub(super) fn one_of_many(
        &mut self,
        step: &HistoryStep,
        element_instance: redthread_core::Key,
    ) -> bool {
        let Some(whole) = self.around.get(&element_instance).copied() else {
            return false;
        };
        let Some(many) = self.many.get_mut(&whole) else {
            return false;
        };
        many.completed += 1;
        if let Some(total) = many.total {
            let completed = many.completed;
            let mut params = self.visited(whole);
            put(&mut params, "total", Some(&total));
            put(&mut params, "completed", Some(&completed));
            self.say(step, "multiInstance.progress", params);
        }
        true
    }

    /// The activity that undoes, and the one that is undone.
    pub(super) fn undoes(&self, element: &str, undone: &str) -> Map<String, Value> {
        let mut params = self.element(element);
        if !undone.is_empty() {
            put(&mut params, "undoes", Some(&undone));
            put(&mut params, "undoesName", Some(&self.label(undone)));
        }
        params
    }

    /// An element begins.
    pub(super) fn begun(
        &mut self,
        step: &HistoryStep,
        element_instance: redthread_core::Key,
        element: &Id,
        scope: redthread_core::Key,
    ) {
        self.visits.insert(element_instance, element.to_string());
        self.around.insert(element_instance, scope);
        if let Some(many) = self.many.get_mut(&scope) {
            many.begun += 1;
            if many.total.is_none() {
                let round = many.begun;
                let mut params = self.element(element);
                put(&mut params, "round", Some(&round));
                self.say(step, "loop.round", params);
            }
        }
        let Some(ix) = self.graph.find(element) else {
            return;
        };
        if matches!(
            self.graph.element(ix).kind,
            ElementKind::SubProcess(SubProcess::Event)
        ) {
            let starts = self.graph.children(Some(ix));
            let mut kinds = starts.map(|ix| &self.graph.element(ix).kind);
            let interrupting = kinds.any(|kind| {
                matches!(
                    kind,
                    ElementKind::StartEvent {
                        interrupting: true,
                        ..
                    }
                )
            });
            let mut params = self.element(element);
            put(&mut params, "interrupting", Some(&interrupting));
            self.say(step, "eventSubProcess.begun", params);
        }
    }

    /// A person has begun activities of an ad-hoc sub-process.
    pub(super) fn activated(
        &mut self,
        step: &HistoryStep,
        ad_hoc: redthread_core::Key,
        elements: &[Id],
    ) {
        let names: Vec<&str> = elements.iter().map(|id| self.label(id)).collect();
        let mut params = self.visited(ad_hoc);
        put(&mut params, "elements", Some(&names));
        self.say(step, "adHoc.activated", params);
    }

    /// A cancel end event is active: the transaction around it is cancelled.
    pub(super) fn cancels_transaction(
        &mut self,
        step: &HistoryStep,
        element_instance: redthread_core::Key,
    ) {
        let visit = self.visits.get(&element_instance);
        let Some(mut ix) = visit.and_then(|id| self.graph.find(id)) else {
            return;
        };
        let throw = match &self.graph.element(ix).kind {
            ElementKind::EndEvent(throw) => throw,
            _ => return,
        };
        let cancels = |part: &Throw| matches!(part, Throw::Cancel);
        if !throw.parts().iter().any(cancels) {
            return;
        }
        while let Some(around) = self.graph.element(ix).parent {
            ix = around;
            let kind = &self.graph.element(ix).kind;
            if matches!(kind, ElementKind::SubProcess(SubProcess::Transaction)) {
                break;
            }
        }
        let id = self.graph.element(ix).id.clone();
        self.say(step, "transaction.cancelled", self.element(&id));
    }
}
