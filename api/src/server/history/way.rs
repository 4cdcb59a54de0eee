//! Which way an instance went and why; which elements speak for themselves.

use super::{Story, params};
use redthread_bpmn::graph::{ElementKind, Throw, Trigger};
use redthread_runtime::HistoryStep;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Values that are longer than this as text are left out: they explain nothing at a glance.
const SHORT: usize = 500;

impl Story<'_> {
    /// A flow was taken: told where something chose it.
    pub(super) fn flow(&mut self, step: &HistoryStep, id: &str, scope: redthread_core::Key) {
        let Some(flow) = self.graph.find_flow(id).map(|ix| self.graph.flow(ix)) else {
            return;
        };
        let source = self.graph.element(flow.source);
        let outgoing = || source.outgoing.iter().map(|&ix| self.graph.flow(ix));
        let chooses = match source.kind {
            ElementKind::ParallelGateway => false,
            ElementKind::ExclusiveGateway
            | ElementKind::InclusiveGateway
            | ElementKind::ComplexGateway { .. }
            | ElementKind::EventBasedGateway { .. } => true,
            _ => source.default.is_some() || outgoing().any(|flow| flow.condition.is_some()),
        };
        if chooses && source.outgoing.len() > 1 {
            let to = || self.graph.element(flow.target).label();
            let name = flow.name.as_deref().filter(|name| !name.trim().is_empty());
            let mut params = params([
                ("element", json!(id)),
                ("elementName", json!(name.unwrap_or_else(to))),
                ("gateway", json!(source.label())),
            ]);
            let conditions = outgoing().filter_map(|flow| flow.condition.as_ref());
            let names: BTreeSet<&str> = conditions
                .flat_map(|condition| condition.names())
                .map(|name| &**name)
                .collect();
            let values: Map<String, Value> = names
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), self.seen(name, scope)?)))
                .collect();
            if !values.is_empty() {
                params.insert("values".to_owned(), values.into());
            }
            self.say(step, "flow.taken", params);
        }
    }

    /// The value of a variable as it can be seen from a scope; none: it is not there, or too long to be told.
    fn seen(&self, name: &str, scope: redthread_core::Key) -> Option<Value> {
        let mut scope = scope;
        loop {
            if let Some(value) = self.values.get(&(scope, name.to_owned())) {
                return Some(value.clone()).filter(|value| value.to_string().len() <= SHORT);
            }
            scope = *self.around.get(&scope)?;
        }
    }

    /// Whether nothing but its end says that an element was there: of tasks, jobs and events there is more to say.
    pub(super) fn speaks_for_itself(&self, element: &str) -> bool {
        let Some(ix) = self.graph.find(element) else {
            return false;
        };
        match &self.graph.element(ix).kind {
            ElementKind::EndEvent(_)
            | ElementKind::UndefinedTask
            | ElementKind::ManualTask
            | ElementKind::ScriptTask(_)
            | ElementKind::SubProcess(_) => true,
            ElementKind::ThrowEvent(throw) => matches!(throw, Throw::None | Throw::Terminate),
            ElementKind::StartEvent { .. }
            | ElementKind::CatchEvent(_)
            | ElementKind::BoundaryEvent { .. }
            | ElementKind::UserTask(_)
            | ElementKind::ServiceTask(_)
            | ElementKind::SendTask(_)
            | ElementKind::ReceiveTask(_)
            | ElementKind::BusinessRuleTask(_)
            | ElementKind::CallActivity(_)
            | ElementKind::ExclusiveGateway
            | ElementKind::ParallelGateway
            | ElementKind::InclusiveGateway
            | ElementKind::ComplexGateway { .. }
            | ElementKind::EventBasedGateway { .. } => false,
        }
    }

    pub(super) fn catches_error(&self, element: &str) -> bool {
        let found = self
            .graph
            .find(element)
            .map(|ix| &self.graph.element(ix).kind);
        matches!(
            found,
            Some(ElementKind::BoundaryEvent {
                trigger: Trigger::Error(_),
                ..
            })
        )
    }
}
