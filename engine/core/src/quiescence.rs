//! What depends on the whole: looked at when no token can move.
//!
//! First conditions that are waited for. Then, the youngest first and so the innermost, what has been touched since: inclusive
//! and complex gateways that no other token can reach any more, rounds and handlers that are to begin, ad-hoc sub-processes,
//! and scopes whose last token has ended. Whenever something has changed, tokens may move again.

use redthread_bpmn::graph::ElementKind;

use crate::element::{complex_gateway, inclusive_gateway};
use crate::event::Event;
use crate::key::Key;
use crate::state::{Body, ElementInstance, Phase, Status};
use crate::step::{StepError, Stepper};
use crate::trigger::condition;
use crate::{ad_hoc, compensation, element, repetition};

impl Stepper<'_> {
    /// Does the next thing that depends on the whole. Answers whether something has changed, so that tokens may move again.
    /// `left` is how much the step may still do.
    pub(crate) fn settle(&mut self, left: &mut u32) -> Result<bool, StepError> {
        if self.state.status != Status::Active {
            return Ok(false);
        }
        if condition::look_at_all(self)? {
            *left = left.saturating_sub(1);
            return Ok(true);
        }
        while let Some(key) = self.touched.pop_last() {
            if self.settle_one(key, left)? {
                // There may be more to do in it.
                self.touched.insert(key);
                *left = left.saturating_sub(1);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn settle_one(&mut self, key: Key, left: &mut u32) -> Result<bool, StepError> {
        if self.pass_joins(key)? {
            return Ok(true);
        }
        if key == self.state.key {
            if self.is_empty(key) {
                self.close_waits(key);
                self.resolve_incidents(key);
                self.emit(Event::InstanceCompleted);
            }
            return Ok(false);
        }
        let Some(instance) = self.state.elements.get(&key) else {
            return Ok(false);
        };
        if instance.phase != Phase::Active {
            return Ok(false);
        }
        match instance.body() {
            Some(Body::MultiInstance(_) | Body::Loop { .. }) => repetition::next(self, key, left),
            Some(Body::AdHoc { .. }) => ad_hoc::go_on(self, key),
            Some(Body::Compensation { .. }) => compensation::next(self, key),
            Some(Body::Reset { .. } | Body::Events { .. }) => Ok(false),
            None if self.is_sub_process(key) && self.is_empty(key) => {
                self.complete(key)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Inclusive gateways of a scope that are activated, and complex ones that are reset.
    fn pass_joins(&mut self, scope: Key) -> Result<bool, StepError> {
        let graph = self.graph;
        if graph.joins.is_empty() {
            return Ok(false);
        }
        let around = match self.state.elements.get(&scope) {
            Some(instance) => graph.find(&instance.element),
            None => None,
        };
        if around.is_none() && scope != self.state.key {
            return Ok(false);
        }
        for ix in graph.children(around) {
            match graph.element(ix).kind {
                ElementKind::InclusiveGateway => {
                    if let Some(consumed) = inclusive_gateway::join(self, ix, scope) {
                        element::enter(self, ix, scope, consumed)?;
                        return Ok(true);
                    }
                }
                ElementKind::ComplexGateway {
                    activation: Some(ref activation),
                } => {
                    let id = &graph.element(ix).id;
                    let waiting = |(key, child): (Key, &ElementInstance)| {
                        (child.element == *id).then_some((key, child.phase))
                    };
                    let waiting = self.state.children(scope).find_map(waiting);
                    let changed = match waiting {
                        Some((key, Phase::Active)) => complex_gateway::reset(self, key, ix, scope)?,
                        Some(_) => false,
                        None => complex_gateway::activate(self, ix, scope, activation)?,
                    };
                    if changed {
                        return Ok(true);
                    }
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// Whether nothing is left to do in a scope.
    pub(crate) fn is_empty(&self, scope: Key) -> bool {
        self.state.children(scope).next().is_none() && !self.state.tokens.stand_in(scope)
    }
}
