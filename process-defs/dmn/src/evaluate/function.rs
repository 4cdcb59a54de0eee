//! Functions that decisions give to FEEL: business knowledge models, decision services, boxed functions.

use std::fmt;
use std::sync::Arc;

use redthread_feel::{Evaluator, Function, HostFunction, Parameter, Type, Value};

use super::outcome::Notes;
use super::{Run, Vars};
use crate::graph::{Graph, KnowledgeNode, Node, ServiceNode};
use crate::logic::{FunctionLogic, Place};

/// As a value.
pub(super) fn function_value(host: impl HostFunction + 'static) -> Value {
    Value::Function(Arc::new(Function::host(Arc::new(host))))
}

/// A node that can be called, and the evaluation that it belongs to.
struct Callee {
    graph: Arc<Graph>,
    notes: Arc<Notes>,
    unit: usize,
    node: usize,
}

impl Callee {
    fn new(run: &Run<'_, '_>, unit: usize, node: usize) -> Callee {
        Callee {
            graph: run.graph.clone(),
            notes: run.notes.clone(),
            unit,
            node,
        }
    }

    fn run<'r, 'e>(&'r self, evaluator: &'r mut Evaluator<'e>) -> Run<'r, 'e> {
        Run {
            graph: &self.graph,
            evaluator,
            notes: &self.notes,
            owner: "".into(),
        }
    }

    fn type_of(&self, ix: Option<crate::types::TypeIx>) -> Option<&Type> {
        ix.map(|ix| &self.graph.types.at(ix).feel)
    }
}

/// A business knowledge model (DMN 1.5, 10.4).
pub(super) struct KnowledgeFunction(Callee);

impl KnowledgeFunction {
    pub(super) fn new(run: &Run<'_, '_>, unit: usize, node: usize) -> KnowledgeFunction {
        KnowledgeFunction(Callee::new(run, unit, node))
    }

    fn node(&self) -> Option<&KnowledgeNode> {
        match self.0.graph.node(self.0.unit, self.0.node) {
            Node::Knowledge(node) => Some(node),
            _ => None,
        }
    }
}

impl fmt::Debug for KnowledgeFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl HostFunction for KnowledgeFunction {
    fn name(&self) -> &str {
        self.node().map_or("", |node| &node.name)
    }

    fn parameters(&self) -> &[Parameter] {
        let function = self.node().and_then(|node| node.function.as_ref());
        function.map_or(&[], |function| &function.signature)
    }

    fn result(&self) -> Option<&Type> {
        let node = self.node()?;
        let body = node.function.as_ref().and_then(|function| function.result);
        self.0.type_of(node.result.or(body))
    }

    fn call(&self, arguments: Vec<Value>, evaluator: &mut Evaluator<'_>) -> Value {
        let Some(node) = self.node() else {
            return Value::Null;
        };
        let mut run = self.0.run(evaluator);
        let parameters = node
            .function
            .iter()
            .flat_map(|function| &function.parameters);
        match run.arguments(parameters, arguments, &node.name, &node.place) {
            Some(arguments) => run.knowledge(self.0.unit, self.0.node, arguments),
            None => Value::Null,
        }
    }
}

/// A decision service (DMN 1.5, 10.4).
pub(super) struct ServiceFunction(Callee);

impl ServiceFunction {
    pub(super) fn new(run: &Run<'_, '_>, unit: usize, node: usize) -> ServiceFunction {
        ServiceFunction(Callee::new(run, unit, node))
    }

    fn node(&self) -> Option<&ServiceNode> {
        match self.0.graph.node(self.0.unit, self.0.node) {
            Node::Service(node) => Some(node),
            _ => None,
        }
    }
}

impl fmt::Debug for ServiceFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl HostFunction for ServiceFunction {
    fn name(&self) -> &str {
        self.node().map_or("", |node| &node.name)
    }

    fn parameters(&self) -> &[Parameter] {
        self.node().map_or(&[], |node| &node.signature)
    }

    fn result(&self) -> Option<&Type> {
        self.0.type_of(self.node()?.result)
    }

    fn call(&self, arguments: Vec<Value>, evaluator: &mut Evaluator<'_>) -> Value {
        let Some(node) = self.node() else {
            return Value::Null;
        };
        let mut run = self.0.run(evaluator);
        let parameters = node.parameters.iter().map(|(parameter, _)| parameter);
        match run.arguments(parameters, arguments, &node.name, &node.place) {
            Some(arguments) => run.service(self.0.unit, node, arguments, None),
            None => Value::Null,
        }
    }
}

impl Run<'_, '_> {
    /// Arguments made to fit what FEEL's types cannot say: allowed values. One that does not fit keeps the function
    /// from being called.
    fn arguments<'p>(
        &mut self,
        parameters: impl Iterator<Item = &'p crate::logic::Parameter>,
        arguments: Vec<Value>,
        callee: &Arc<str>,
        place: &Place,
    ) -> Option<Vec<Value>> {
        self.owner = callee.clone();
        let graph = self.graph;
        let mut fitting = Vec::with_capacity(arguments.len());
        for (parameter, argument) in parameters.zip(arguments) {
            let Some(kind) = parameter.kind else {
                fitting.push(argument);
                continue;
            };
            match graph.types.coerce(argument, kind, self) {
                Ok(argument) => fitting.push(argument),
                Err(misfit) => {
                    let message = format!("“{}” does not fit its type. {misfit}", parameter.name);
                    self.warn(place, message);
                    return None;
                }
            }
        }
        Some(fitting)
    }
}

/// A boxed function definition, with the values that it saw where it was defined (DMN 1.5, 10.2.1.7).
pub(super) struct BoxedFunction {
    graph: Arc<Graph>,
    notes: Arc<Notes>,
    logic: Arc<FunctionLogic>,
    captured: Vec<(Arc<str>, Value)>,
    owner: Arc<str>,
    name: String,
}

/// How deeply functions may hold functions that they captured.
const DEEPEST: usize = 64;

/// How the text of a boxed function begins; its number follows.
const TEXT: &str = "boxed function ";

impl Run<'_, '_> {
    /// A boxed function as a value.
    pub(super) fn boxed_function(
        &mut self,
        logic: &Arc<FunctionLogic>,
        vars: &Vars<'_>,
        place: &Place,
    ) -> Value {
        let captured = vars.captured();
        if !self.spend(captured.len() as u64) {
            return Value::Null;
        }
        let mut depth = 0;
        for (_, value) in &captured {
            depth = depth.max(self.function_depth(value, 200));
        }
        if depth >= DEEPEST {
            self.warn(place, "Functions hold each other too deeply.");
            return Value::Null;
        }
        let number = self.notes.number_function(depth + 1);
        function_value(BoxedFunction {
            graph: self.graph.clone(),
            notes: self.notes.clone(),
            logic: logic.clone(),
            captured,
            owner: self.owner.clone(),
            name: format!("{TEXT}{number}"),
        })
    }

    /// How deeply the functions in a value hold others. Of closures of FEEL only the outside can be seen: they
    /// count as much as the deepest boxed function there is.
    fn function_depth(&mut self, value: &Value, levels: usize) -> usize {
        let Some(levels) = levels.checked_sub(1) else {
            return DEEPEST;
        };
        match value {
            Value::Function(function) => match function.text().strip_prefix(TEXT) {
                Some(number) => self.notes.depth_of_function(number.parse().ok()),
                None if function.text().starts_with("function") => {
                    self.notes.depth_of_function(None)
                }
                None => 0,
            },
            Value::List(items) => {
                if !self.spend(items.len() as u64 / 8) {
                    return DEEPEST;
                }
                let depths = items.iter().map(|item| self.function_depth(item, levels));
                depths.max().unwrap_or(0)
            }
            Value::Context(context) => {
                if !self.spend(context.len() as u64 / 8 + 1) {
                    return DEEPEST;
                }
                let depths = context
                    .iter()
                    .map(|(_, item)| self.function_depth(item, levels));
                depths.max().unwrap_or(0)
            }
            _ => 0,
        }
    }
}

impl fmt::Debug for BoxedFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl HostFunction for BoxedFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn parameters(&self) -> &[Parameter] {
        &self.logic.signature
    }

    fn result(&self) -> Option<&Type> {
        self.logic.result.map(|ix| &self.graph.types.at(ix).feel)
    }

    fn call(&self, arguments: Vec<Value>, evaluator: &mut Evaluator<'_>) -> Value {
        let mut run = Run {
            graph: &self.graph,
            evaluator,
            notes: &self.notes,
            owner: self.owner.clone(),
        };
        let place = &self.logic.body.place;
        let Some(arguments) =
            run.arguments(self.logic.parameters.iter(), arguments, &self.owner, place)
        else {
            return Value::Null;
        };
        let mut vars = Vars::new(self.captured.clone(), None);
        for (parameter, argument) in self.logic.parameters.iter().zip(arguments) {
            vars.push(parameter.name.clone(), argument);
        }
        let value = run.logic(&self.logic.body, &mut vars);
        match self.logic.result {
            Some(kind) => run.fit(value, kind, "The result of the function", place),
            None => value,
        }
    }
}
