//! The life of an element instance.
//!
//! | from | on | to |
//! |---|---|---|
//! | - | a token arrives, an event occurs | activating: inputs mapped, events opened |
//! | activating | all of it worked | active: waits, or goes on at once |
//! | active | what it waited for came | completing: outputs mapped, outgoing flows chosen |
//! | completing | all of it worked | completed: tokens stand on the outgoing flows |
//! | any | the scope ends, a boundary event interrupts | terminated |
//!
//! An incident holds an element instance in activating, active or completing; a retry does that part again.

use redthread_bpmn::graph::{ElementIx, ElementKind, FlowIx, Id};

use crate::command::Variables;
use crate::element;
use crate::event::{Ended, Event};
use crate::incident::{IncidentCode, Stuck};
use crate::key::Key;
use crate::rejection::Rejection;
use crate::state::{Phase, WaitKind};
use crate::step::{Halt, StepError, Stepper};

impl Stepper<'_> {
    /// Puts a token on a sequence flow.
    pub(crate) fn take_flow(&mut self, flow: FlowIx, scope: Key) {
        let id = self.graph.flow(flow).id.clone();
        self.emit(Event::FlowTaken { flow: id, scope });
        self.moving.push_back((flow, scope));
    }

    /// A token that stands on a flow tries to enter the flow's target.
    pub(crate) fn arrive(&mut self, flow: FlowIx, scope: Key) -> Result<(), StepError> {
        let graph = self.graph;
        let id = &graph.flow(flow).id;
        if !self.state.tokens.stand_on(id, scope) {
            return Ok(());
        }
        let target = graph.flow(flow).target;
        let consumed = match graph.element(target).kind {
            ElementKind::ParallelGateway => {
                match element::parallel_gateway::join(self, target, scope) {
                    Some(consumed) => consumed,
                    None => return Ok(()),
                }
            }
            _ => vec![id.clone()],
        };
        self.enter(target, scope, consumed).map(|_| ())
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
        variables: &Variables,
    ) -> Result<(), StepError> {
        self.triggered(element, scope);
        let key = self.begin(element, scope, Vec::new());
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

    fn begin(&mut self, element: ElementIx, scope: Key, consumed: Vec<Id>) -> Key {
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

    /// Maps inputs, opens events and does what the element does when it is activated; also again, after an incident.
    pub(crate) fn activate(&mut self, key: Key) -> Result<(), StepError> {
        let ix = self.element_of(key)?;
        match self.open(key, ix) {
            Ok(()) => {
                self.emit(Event::ElementActivated {
                    element_instance: key,
                });
                element::activated(self, key, ix)
            }
            Err(Halt::Stop(error)) => Err(error),
            Err(Halt::Stuck(stuck)) => {
                self.close_waits(key);
                self.raise(key, stuck);
                Ok(())
            }
        }
    }

    fn open(&mut self, key: Key, ix: ElementIx) -> Result<(), Halt> {
        let graph = self.graph;
        let element = graph.element(ix);
        self.map_inputs(&element.mapping.inputs, key)?;
        for &boundary in &element.boundary {
            element::boundary_event::open(self, boundary, key)?;
        }
        element::open(self, key, ix)
    }

    /// Completes an element instance with results: a task's form, a job's values, a message's content.
    pub(crate) fn complete_with(&mut self, key: Key, results: &Variables) -> Result<(), StepError> {
        let ix = self.element_of(key)?;
        if self.graph.element(ix).mapping.outputs.is_empty() {
            self.merge(key, results);
        } else {
            self.set(key, results.clone());
        }
        self.complete(key)
    }

    /// Maps outputs, chooses the outgoing flows and ends the element instance; also again, after an incident.
    pub(crate) fn complete(&mut self, key: Key) -> Result<(), StepError> {
        let ix = self.element_of(key)?;
        if self.instance(key)?.phase != Phase::Completing {
            self.emit(Event::ElementCompleting {
                element_instance: key,
            });
        }
        match self.conclude(key, ix) {
            Ok((flows, error_code)) => {
                self.close_waits(key);
                self.resolve_incidents(key);
                let scope = self.scope_of(key);
                let element = self.graph.element(ix).id.clone();
                self.emit(Event::ElementCompleted {
                    element_instance: key,
                    element,
                });
                for flow in flows {
                    self.take_flow(flow, scope);
                }
                element::completed(self, ix, scope, error_code)
            }
            Err(Halt::Stop(error)) => Err(error),
            Err(Halt::Stuck(stuck)) => {
                self.raise(key, stuck);
                Ok(())
            }
        }
    }

    fn conclude(&mut self, key: Key, ix: ElementIx) -> Result<(Vec<FlowIx>, Option<String>), Halt> {
        let graph = self.graph;
        self.map_outputs(&graph.element(ix).mapping.outputs, key)?;
        Ok((
            element::outgoing(self, key, ix)?,
            element::end_event::error_code(self, key, ix)?,
        ))
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

    /// Closes whatever an element instance still waits for.
    pub(crate) fn close_waits(&mut self, key: Key) {
        let waits: Vec<Key> = self.state.waits_of(key).map(|(wait, _)| wait).collect();
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
        });
    }

    /// Writes down that an element is stuck.
    pub(crate) fn raise(&mut self, element_instance: Key, stuck: Stuck) {
        let key = self.new_key();
        let Stuck { code, message } = stuck;
        self.emit(Event::IncidentRaised {
            key,
            element_instance,
            code,
            message,
        });
    }

    fn resolve_incidents(&mut self, element_instance: Key) {
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
        let element_instance = self
            .state
            .incidents
            .get(&incident)
            .ok_or(not_open)?
            .element_instance;
        let code = self.state.incidents[&incident].code;
        self.emit(Event::IncidentResolved { key: incident });
        match (self.instance(element_instance)?.phase, code) {
            (Phase::Activating, _) => self.activate(element_instance),
            (Phase::Completing, _) => self.complete(element_instance),
            (Phase::Active, IncidentCode::JobFailed | IncidentCode::UncaughtError) => {
                element::job_task::retry(self, element_instance)
            }
            (
                Phase::Active,
                IncidentCode::NoFlow
                | IncidentCode::ExpressionFailed
                | IncidentCode::DecisionFailed,
            ) => Ok(()),
        }
    }
}
