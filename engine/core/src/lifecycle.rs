//! The life of an element instance.
//!
//! | from | on | to |
//! |---|---|---|
//! | - | a token arrives, an event occurs | activating: inputs mapped, listeners told, events opened |
//! | activating | all of it worked | active: waits, or goes on at once |
//! | active | what it waited for came | completing: outputs mapped, listeners told, outgoing flows chosen |
//! | completing | all of it worked | completed: tokens stand on the outgoing flows |
//! | any | the scope ends, an event interrupts | terminated |
//!
//! An incident holds an element instance in activating, active or completing; a retry does that part again.
//!
//! An activity with a loop marker has one element instance for the whole and, in it, one for each round: see
//! [`crate::repetition`]. The whole has the boundary events and the sequence flows; a round does the work.

use redthread_bpmn::graph::{ElementIx, ElementKind, FlowIx, Id};

use crate::command::Variables;
use crate::event::{Ended, Event, ListenerEvent};
use crate::incident::{IncidentCode, Stuck};
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::{Body, ElementInstance, Phase, Status, WaitKind};
use crate::step::{Halt, StepError, Stepper};
use crate::{ad_hoc, compensation, element, listener, repetition, throw, trigger};

/// How many tokens an activity with a `completionQuantity` may bring an instance to.
const TOKENS: usize = 10_000;

/// What an element instance stands for.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A visit to an element.
    Single,
    /// A visit to an activity with a loop marker: all its rounds.
    Whole,
    /// One round of those.
    Round,
}

impl Stepper<'_> {
    /// Puts a token on a sequence flow.
    pub(crate) fn take_flow(&mut self, flow: FlowIx, scope: Key) {
        let id = self.graph.flow(flow).id.clone();
        self.emit(Event::FlowTaken { flow: id, scope });
        self.move_on(flow, scope);
    }

    /// A token that stands on a flow tries to enter the flow's target. Answers whether it has.
    pub(crate) fn arrive(&mut self, flow: FlowIx, scope: Key) -> Result<bool, StepError> {
        let graph = self.graph;
        if !self.state.tokens.stand_on(&graph.flow(flow).id, scope) {
            return Ok(false);
        }
        let target = graph.flow(flow).target;
        match element::consumes(self, flow, target, scope)? {
            Some(consumed) => element::enter(self, target, scope, consumed).map(|()| true),
            None => Ok(false),
        }
    }

    /// Begins a new instance of an element. Answers with its key, by which it may already have ended.
    pub(crate) fn enter(
        &mut self,
        element: ElementIx,
        scope: Key,
        consumed: Vec<Id>,
    ) -> Result<Key, StepError> {
        let key = self.begin(element, scope, consumed);
        self.activate(key)?;
        Ok(key)
    }

    /// An event occurred: its element begins, and ends at once with the event's variables.
    pub(crate) fn occur(
        &mut self,
        element: ElementIx,
        scope: Key,
        consumed: Vec<Id>,
        variables: &Variables,
    ) -> Result<(), StepError> {
        self.triggered(element, scope);
        let key = self.begin(element, scope, consumed);
        self.emit(Event::ElementActivated {
            element_instance: key,
        });
        self.complete_with(key, variables)
    }

    /// Writes down that an event occurred.
    pub(crate) fn triggered(&mut self, element: ElementIx, scope: Key) {
        let element = self.graph.element(element).id.clone();
        self.emit(Event::EventTriggered { element, scope });
    }

    pub(crate) fn begin(&mut self, element: ElementIx, scope: Key, consumed: Vec<Id>) -> Key {
        let key = self.new_key();
        self.emit(Event::ElementActivating {
            element_instance: key,
            element: self.graph.element(element).id.clone(),
            scope,
            consumed,
            at: self.inputs.now,
        });
        key
    }

    /// What an element instance stands for.
    pub(crate) fn role(&self, instance: &ElementInstance, ix: ElementIx) -> Role {
        if self.graph.element(ix).repetition.is_none() {
            return Role::Single;
        }
        match self.state.elements.get(&instance.scope) {
            Some(around) if around.element == instance.element => Role::Round,
            _ => Role::Whole,
        }
    }

    /// The element of a living element instance, and what the instance stands for.
    pub(crate) fn place_of(&self, key: Key) -> Result<(ElementIx, Role), Rejection> {
        let ix = self.element_of(key)?;
        Ok((ix, self.role(self.instance(key)?, ix)))
    }

    /// Maps inputs and tells listeners, then [`Stepper::start`]s; also again, after an incident.
    pub(crate) fn activate(&mut self, key: Key) -> Result<(), StepError> {
        let (ix, role) = self.place_of(key)?;
        if role == Role::Whole {
            return self.start(key, ix, role);
        }
        let graph = self.graph;
        let element = graph.element(ix);
        self.begin_data(&element.data, key);
        match self.map_inputs(&element.mapping.inputs, key) {
            Ok(()) => listener::tell(self, key, ix, ListenerEvent::Start),
            Err(halt) => self.held_up(key, halt),
        }
    }

    /// Opens events and does what the element does when it is activated.
    pub(crate) fn start(&mut self, key: Key, ix: ElementIx, role: Role) -> Result<(), StepError> {
        match self.open(key, ix, role) {
            Ok(()) => {
                self.emit(Event::ElementActivated {
                    element_instance: key,
                });
                // A condition that is true already comes before anything inside begins.
                trigger::condition::look_at(self, key)?;
                match role {
                    Role::Single | Role::Round if self.has_begun(key) => {
                        element::activated(self, key, ix)
                    }
                    Role::Single | Role::Round | Role::Whole => Ok(()),
                }
            }
            Err(halt) => {
                self.close_waits(key);
                self.held_up(key, halt)
            }
        }
    }

    /// Whether an element instance, or the instance, does its own work: it lives, and no event sub-process has taken over.
    pub(crate) fn has_begun(&self, key: Key) -> bool {
        let is_there = match self.state.elements.get(&key) {
            Some(instance) => instance.phase == Phase::Active,
            None => key == self.state.key && self.state.status == Status::Active,
        };
        is_there && !element::event_sub_process::has_taken_over(self, key)
    }

    fn open(&mut self, key: Key, ix: ElementIx, role: Role) -> Result<(), Halt> {
        let graph = self.graph;
        let element = graph.element(ix);
        if role != Role::Round {
            for &boundary in &element.boundary {
                if let Some(waits_for) = graph.element(boundary).kind.trigger() {
                    trigger::open(self, key, boundary, waits_for)?;
                }
            }
        }
        match (&element.repetition, role) {
            (Some(repeated), Role::Whole) => repetition::open(self, key, repeated),
            _ => element::open(self, key, ix),
        }
    }

    /// An incident of an element instance, or the end of the step.
    pub(crate) fn held_up(&mut self, key: Key, halt: Halt) -> Result<(), StepError> {
        match halt {
            Halt::Stop(error) => Err(error),
            Halt::Stuck(stuck) => {
                self.raise(key, stuck);
                Ok(())
            }
        }
    }

    /// Completes an element instance with results: a task's form, a job's values, a message's content.
    pub(crate) fn complete_with(&mut self, key: Key, results: &Variables) -> Result<(), StepError> {
        let ix = self.element_of(key)?;
        if self.graph.element(ix).mapping.results_go_up() {
            self.merge(key, results);
        } else {
            self.set(key, results.clone());
        }
        self.complete(key)
    }

    /// Maps outputs and tells listeners, then [`Stepper::finish`]es; also again, after an incident.
    pub(crate) fn complete(&mut self, key: Key) -> Result<(), StepError> {
        let (ix, role) = self.place_of(key)?;
        if self.instance(key)?.phase != Phase::Completing {
            self.emit(Event::ElementCompleting {
                element_instance: key,
            });
            element::event_sub_process::close_all(self, key, ix);
        }
        if role == Role::Whole {
            return self.finish(key, ix, role);
        }
        let graph = self.graph;
        match self.map_outputs(&graph.element(ix).mapping.outputs, key) {
            Ok(()) => listener::tell(self, key, ix, ListenerEvent::End),
            Err(halt) => self.held_up(key, halt),
        }
    }

    /// Chooses the outgoing flows and ends the element instance.
    pub(crate) fn finish(&mut self, key: Key, ix: ElementIx, role: Role) -> Result<(), StepError> {
        let (flows, thrown) = match self.conclude(key, ix, role) {
            Ok(conclusion) => conclusion,
            Err(halt) => return self.held_up(key, halt),
        };
        self.close_waits(key);
        self.resolve_incidents(key);
        let scope = self.scope_of(key);
        let known = match role {
            Role::Round => self.instance(key)?.variables.clone(),
            Role::Single | Role::Whole => Variables::new(),
        };
        if role != Role::Whole {
            compensation::keep(self, key, ix, role);
        }
        let element = self.graph.element(ix);
        self.emit(Event::ElementCompleted {
            element_instance: key,
            element: element.id.clone(),
        });
        for flow in flows {
            for _ in 0..element.completion_quantity {
                self.take_flow(flow, scope);
            }
        }
        ad_hoc::look_at_condition(self, scope)?;
        throw::all(self, ix, scope, thrown)?;
        match role {
            // What a round sent may have ended the whole.
            Role::Round if self.state.elements.contains_key(&scope) => {
                repetition::round_completed(self, scope, known)
            }
            Role::Single | Role::Round | Role::Whole => Ok(()),
        }
    }

    /// What completing an element instance will lead to: everything about it that can fail.
    fn conclude(
        &mut self,
        key: Key,
        ix: ElementIx,
        role: Role,
    ) -> Result<(Vec<FlowIx>, Vec<throw::Thrown>), Halt> {
        match role {
            Role::Round => {
                repetition::result(self, key, ix)?;
                let thrown = throw::prepare(self, key, ix)?;
                Ok((Vec::new(), thrown))
            }
            Role::Whole => {
                repetition::results(self, key, ix)?;
                Ok((element::outgoing(self, key, ix)?, Vec::new()))
            }
            Role::Single => {
                let thrown = throw::prepare(self, key, ix)?;
                let flows = element::outgoing(self, key, ix)?;
                let quantity = self.graph.element(ix).completion_quantity as usize;
                if quantity > 1 && self.state.tokens.len() + flows.len() * quantity > TOKENS {
                    return Err(Stuck::expression(format!(
                        "More than {TOKENS} tokens would stand in the instance."
                    ))
                    .into());
                }
                Ok((flows, thrown))
            }
        }
    }

    /// Ends an element instance from outside, with everything in it.
    pub(crate) fn terminate(&mut self, key: Key) -> Result<(), StepError> {
        let element = self.instance(key)?.element.clone();
        self.clear(key)?;
        self.close_waits(key);
        self.resolve_incidents(key);
        self.emit(Event::ElementTerminated {
            element_instance: key,
            element,
        });
        Ok(())
    }

    /// Ends everything that stands in a scope.
    pub(crate) fn clear(&mut self, scope: Key) -> Result<(), StepError> {
        if self.state.tokens.stand_in(scope) {
            self.emit(Event::TokensDiscarded { scope });
        }
        let children: Vec<Key> = self.state.children(scope).map(|(child, _)| child).collect();
        for child in children {
            self.terminate(child)?;
        }
        Ok(())
    }

    /// Ends everything in the instance, and whatever it waits for itself.
    pub(crate) fn clear_all(&mut self) -> Result<(), StepError> {
        let root = self.state.key;
        self.clear(root)?;
        self.close_waits(root);
        self.resolve_incidents(root);
        Ok(())
    }

    /// Closes whatever an element instance, or the instance, still waits for.
    pub(crate) fn close_waits(&mut self, key: Key) {
        self.close_waits_if(key, |_| true);
    }

    /// Closes what an element instance, or the instance, still waits for, if it is meant.
    pub(crate) fn close_waits_if(&mut self, key: Key, is_meant: impl Fn(&WaitKind) -> bool) {
        let waits: Vec<Key> = self
            .state
            .waits_of(key)
            .filter(|(_, what)| is_meant(what))
            .map(|(wait, _)| wait)
            .collect();
        for wait in waits {
            self.close(wait, Ended::Cancelled);
        }
    }

    /// Closes one thing that is waited for.
    pub(crate) fn close(&mut self, key: Key, how: Ended) {
        let Some(wait) = self.state.waits.get(&key) else {
            return;
        };
        self.emit(match wait.what {
            WaitKind::Task(_) => Event::TaskEnded { key, how },
            WaitKind::Job(_) => Event::JobEnded { key, how },
            WaitKind::Timer(_) => Event::TimerEnded { key, how },
            WaitKind::Subscription(_) => Event::SubscriptionEnded { key, how },
            WaitKind::Watch(_) => Event::WatchEnded { key, how },
            WaitKind::Signal(_) => Event::SignalEnded { key, how },
            WaitKind::Condition(_) => Event::ConditionEnded { key, how },
            WaitKind::Call(_) => Event::CallEnded { key, how },
        });
    }

    /// Writes down that an element, or an event sub-process of the process, is stuck.
    pub(crate) fn raise(&mut self, element_instance: Key, stuck: Stuck) {
        let Stuck { code, message } = stuck;
        // What is looked at again and again is stuck once.
        let known = self.state.incidents.of(element_instance);
        let is_known = known
            .map(|(_, incident)| incident.code)
            .any(|known| known == code);
        if is_known {
            return;
        }
        let key = self.new_key();
        self.emit(Event::IncidentRaised {
            key,
            element_instance,
            code,
            message,
        });
    }

    pub(crate) fn resolve_incidents(&mut self, element_instance: Key) {
        let of_element = self.state.incidents.of(element_instance);
        let keys: Vec<Key> = of_element.map(|(key, _)| key).collect();
        for key in keys {
            self.emit(Event::IncidentResolved { key });
        }
    }

    /// Does again what an incident stopped.
    pub(crate) fn retry(&mut self, incident: Key) -> Result<(), StepError> {
        let not_open = Rejection::NotOpen {
            what: "incident",
            key: incident,
        };
        let stopped = self.state.incidents.get(&incident).ok_or(not_open)?;
        let (key, code) = (stopped.element_instance, stopped.code);
        self.emit(Event::IncidentResolved { key: incident });
        if key == self.state.key {
            return element::event_sub_process::open_of_process(self);
        }
        match (self.instance(key)?.phase, code) {
            (Phase::Activating, _) if !listener::retry(self, key)? => self.activate(key),
            (Phase::Completing, _) if !listener::retry(self, key)? => self.complete(key),
            (Phase::Activating | Phase::Completing, _) => Ok(()),
            (Phase::Active, IncidentCode::JobFailed | IncidentCode::UncaughtError)
                if self.waits_for_job(key) =>
            {
                element::job_task::retry(self, key)
            }
            (Phase::Active, IncidentCode::CallFailed | IncidentCode::UncaughtError) => {
                self.close_waits_if(key, |what| matches!(what, WaitKind::Call(_)));
                element::call_activity::again(self, key)
            }
            (Phase::Active, _) => self.go_on(key),
        }
    }

    fn waits_for_job(&self, key: Key) -> bool {
        let mut waits = self.state.waits_of(key);
        waits.any(|(_, what)| matches!(what, WaitKind::Job(_)))
    }

    /// Looks again at what an active element instance does by itself.
    pub(crate) fn go_on(&mut self, key: Key) -> Result<(), StepError> {
        match self.instance(key)?.body() {
            Some(Body::MultiInstance(_) | Body::Loop { .. }) => {
                repetition::look_at_condition(self, key, Variables::new())
            }
            Some(Body::AdHoc { .. }) => ad_hoc::go_on(self, key).map(|_| ()),
            Some(Body::Reset { .. }) => {
                let ix = self.element_of(key)?;
                element::complex_gateway::activated(self, key, ix)
            }
            Some(Body::Events { .. }) => element::event_based_gateway::open_rest(self, key),
            Some(Body::Compensation { .. }) | None => {
                self.touched.insert(key);
                element::user_task::again(self, key)
            }
        }
    }

    /// Whether an element instance is a sub-process that can hold tokens: not one that stands for all rounds.
    pub(crate) fn is_sub_process(&self, key: Key) -> bool {
        let Some(instance) = self.state.elements.get(&key) else {
            return false;
        };
        let Some(ix) = self.graph.find(&instance.element) else {
            return false;
        };
        matches!(self.graph.element(ix).kind, ElementKind::SubProcess(_))
            && self.role(instance, ix) != Role::Whole
    }
}
