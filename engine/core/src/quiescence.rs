//! What depends on the whole: looked at when no token can move.
//!
//! Looked at in the order of element instances, until nothing changes any more: scopes whose last token has ended
//! complete, the innermost first. (Conditional events, inclusive and complex joins and ad-hoc conditions belong here too.)

use redthread_bpmn::graph::ElementKind;

use crate::event::Event;
use crate::key::Key;
use crate::state::{Phase, Status};
use crate::step::{StepError, Stepper};

impl Stepper<'_> {
    /// Completes what is finished. Answers whether something has changed, so that tokens may move again.
    pub(crate) fn settle(&mut self) -> Result<bool, StepError> {
        if self.state.status != Status::Active {
            return Ok(false);
        }
        if let Some(scope) = self.finished_sub_process() {
            self.complete(scope)?;
            return Ok(true);
        }
        if self.is_empty(self.state.key) {
            self.emit(Event::InstanceCompleted);
        }
        Ok(false)
    }

    /// The youngest active sub-process in which nothing is left to do.
    fn finished_sub_process(&mut self) -> Option<Key> {
        while let Some(scope) = self.thinned.pop_last() {
            if self.is_active_sub_process(scope) && self.is_empty(scope) {
                return Some(scope);
            }
        }
        None
    }

    fn is_active_sub_process(&self, key: Key) -> bool {
        self.state.elements.get(&key).is_some_and(|instance| {
            instance.phase == Phase::Active
                && self.graph.find(&instance.element).is_some_and(|ix| {
                    matches!(self.graph.element(ix).kind, ElementKind::SubProcess)
                })
        })
    }

    fn is_empty(&self, scope: Key) -> bool {
        self.state.children(scope).next().is_none() && !self.state.tokens.stand_in(scope)
    }
}
