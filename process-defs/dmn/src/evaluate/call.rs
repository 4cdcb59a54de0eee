//! Calling business knowledge models and decision services (DMN 1.5, 10.4).

use std::sync::Arc;

use redthread_feel::{Context, Scope, Value};

use super::function::{KnowledgeFunction, function_value};
use super::scope::{Vars, put};
use super::{Frame, Run, TraceKind};
use crate::graph::{Binding, Node, ServiceNode};

impl Run<'_, '_> {
    /// Calls a business knowledge model with values that fit its parameters.
    pub(crate) fn knowledge(&mut self, unit: usize, node: usize, arguments: Vec<Value>) -> Value {
        let graph = self.graph;
        let Node::Knowledge(knowledge) = graph.node(unit, node) else {
            return Value::Null;
        };
        let outside = std::mem::replace(&mut self.owner, knowledge.name.clone());
        let value = match &knowledge.function {
            Some(function) => {
                // It sees what it requires, itself and its parameters: nothing of whoever calls it.
                let frame = Frame {
                    given: None,
                    results: Vec::new(),
                };
                let mut required = self.required_functions(&frame, unit, &knowledge.requires);
                let own = function_value(KnowledgeFunction::new(self, unit, node));
                required.push((knowledge.variable.clone(), own));
                let parameters = function.parameters.iter().map(|p| p.name.clone());
                let arguments: Vec<(Arc<str>, Value)> = parameters.zip(arguments).collect();
                let trace = self.notes.begin(
                    TraceKind::KnowledgeModel,
                    knowledge.id.as_ref(),
                    &knowledge.name,
                    &arguments,
                );
                let mut vars = Vars::new(required, None);
                for (name, value) in arguments {
                    vars.push(name, value);
                }
                let mut value = self.logic(&function.body, &mut vars);
                for kind in [function.result, knowledge.result].into_iter().flatten() {
                    let hits = function.body.gives_hits();
                    value = self.fit_hits(value, kind, hits, "The result", &knowledge.place);
                }
                self.notes.end(trace, &value);
                value
            }
            None => {
                self.warn(
                    &knowledge.place,
                    "The business knowledge model does not say what it does.",
                );
                Value::Null
            }
        };
        self.owner = outside;
        value
    }

    /// Business knowledge models require functions only.
    fn required_functions(
        &mut self,
        frame: &Frame<'_>,
        unit: usize,
        requires: &[Binding],
    ) -> Vec<(Arc<str>, Value)> {
        let mut required = Vec::with_capacity(requires.len() + 1);
        for binding in requires {
            let is_function = matches!(
                self.graph.files[binding.target.way.file].nodes[binding.target.node],
                Node::Knowledge(_) | Node::Service(_)
            );
            if is_function {
                let value = self.bound(frame, unit, binding);
                put(&mut required, &binding.path, value);
            }
        }
        required
    }

    /// Calls a decision service with values that fit its parameters (DMN 1.5, 10.4).
    pub(crate) fn service(
        &mut self,
        unit: usize,
        service: &ServiceNode,
        arguments: Vec<Value>,
        given: Option<&dyn Scope>,
    ) -> Value {
        let outside = std::mem::replace(&mut self.owner, service.name.clone());
        if service.circular {
            self.warn(
                &service.place,
                "The decision service requires its own result.",
            );
            self.owner = outside;
            return Value::Null;
        }
        let graph = self.graph;
        // Called from outside, what it is not given by its own inputs may still come from the caller.
        let mut frame = Frame::new(graph, given);
        let named: Vec<(Arc<str>, Value)> = service
            .parameters
            .iter()
            .zip(&arguments)
            .map(|((parameter, _), value)| (parameter.name.clone(), value.clone()))
            .collect();
        let trace = self.notes.begin(
            TraceKind::Service,
            service.id.as_ref(),
            &service.name,
            &named,
        );
        for ((_, target), value) in service.parameters.iter().zip(arguments) {
            if let Some(unit) = graph.unit_of(unit, target) {
                frame.results[graph.slot(unit, target.node)] = Some(value);
            }
        }
        let mut results: Vec<(Arc<str>, Value)> = Vec::with_capacity(service.outputs.len());
        for (name, target) in &service.outputs {
            let value = match graph.unit_of(unit, target) {
                Some(unit) => self.decide(&mut frame, unit, target.node),
                None => Value::Null,
            };
            results.push((name.clone(), value));
        }
        self.owner = service.name.clone();
        let mut value = match results.len() {
            1 => results.pop().map(|(_, value)| value).unwrap_or_default(),
            _ => Value::from(results.into_iter().collect::<Context>()),
        };
        if let Some(kind) = service.result {
            value = self.fit(value, kind, "The result", &service.place);
        }
        self.notes.end(trace, &value);
        self.owner = outside;
        value
    }
}
