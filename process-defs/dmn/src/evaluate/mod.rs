//! Evaluation: decisions in the order in which they need each other, each once (DMN 1.5, 10.4).

mod boxed;
mod call;
mod function;
mod outcome;
mod scope;
mod table;
mod trace;

pub use outcome::{DecisionWarning, Outcome};
pub use trace::{
    DecisionTrace, Detail, Explanation, NamedJson, NamedText, RuleTrace, TableTrace, TraceKind,
};

pub(crate) use outcome::Notes;

use std::sync::Arc;

use redthread_feel::{Env, Evaluator, Expression, Scope, UnaryTests, Value};

use crate::graph::{Binding, DecisionNode, Graph, InputNode, Node};
use crate::logic::{Kind, Place};
use crate::types::TypeIx;
use function::{KnowledgeFunction, ServiceFunction, function_value};
pub(crate) use scope::Vars;
use scope::put;

/// An evaluation under way: one budget, one list of what went wrong.
pub(crate) struct Run<'r, 'e> {
    pub(crate) graph: &'r Arc<Graph>,
    pub(crate) evaluator: &'r mut Evaluator<'e>,
    pub(crate) notes: &'r Arc<Notes>,
    /// The name of what is being evaluated, for warnings.
    pub(crate) owner: Arc<str>,
}

/// The results so far. A decision service that is called has its own: what it is given holds within it only.
pub(crate) struct Frame<'f> {
    /// What the caller of the whole evaluation gave; none within a service that is called.
    given: Option<&'f dyn Scope>,
    results: Vec<Option<Value>>,
}

impl<'f> Frame<'f> {
    fn new(graph: &Graph, given: Option<&'f dyn Scope>) -> Frame<'f> {
        Frame {
            given,
            results: vec![None; graph.size],
        }
    }
}

/// Evaluates a node of the linked file: a decision or a service.
pub(crate) fn evaluate(
    graph: &Arc<Graph>,
    node: usize,
    variables: &dyn Scope,
    env: &Env,
    detail: Detail,
) -> Outcome {
    start(graph, env, detail, |run| match graph.node(0, node) {
        Node::Decision(_) => {
            let mut frame = Frame::new(graph, Some(variables));
            run.decide(&mut frame, 0, node)
        }
        Node::Service(service) => {
            let values = service
                .parameters
                .iter()
                .map(|(parameter, _)| {
                    let value = run.given(variables, &[], &parameter.name);
                    run.argument(value, parameter.kind, &parameter.name, &service.place)
                })
                .collect();
            run.service(0, service, values, Some(variables))
        }
        Node::Knowledge(knowledge) => {
            let parameters = knowledge
                .function
                .iter()
                .flat_map(|function| &function.parameters);
            let values = parameters
                .map(|parameter| {
                    let value = run.given(variables, &[], &parameter.name);
                    run.argument(value, parameter.kind, &parameter.name, &knowledge.place)
                })
                .collect();
            run.knowledge(0, node, values)
        }
        Node::Input(_) => Value::Null,
    })
}

fn start(
    graph: &Arc<Graph>,
    env: &Env,
    detail: Detail,
    work: impl FnOnce(&mut Run<'_, '_>) -> Value,
) -> Outcome {
    let notes = Arc::new(Notes::new(detail));
    let mut evaluator = Evaluator::new(env);
    let mut run = Run {
        graph,
        evaluator: &mut evaluator,
        notes: &notes,
        owner: "".into(),
    };
    let value = work(&mut run);
    let limit = evaluator.limit_reached();
    let warnings = notes.placed(evaluator.finish());
    Outcome {
        value: if limit.is_some() { Value::Null } else { value },
        warnings,
        limit,
        explanation: notes.explanation(),
    }
}

impl<'r, 'e> Run<'r, 'e> {
    /// Whether a limit has been reached: everything is null from then on.
    pub(crate) fn is_over(&self) -> bool {
        self.evaluator.limit_reached().is_some()
    }

    /// Takes work of our own from the budget. False: there is none left.
    pub(crate) fn spend(&mut self, operations: u64) -> bool {
        self.evaluator.spend(operations)
    }

    /// Evaluates an expression; what goes wrong is noted with its place.
    pub(crate) fn feel(
        &mut self,
        expression: &Expression,
        scope: &dyn Scope,
        place: &Place,
    ) -> Value {
        let mark = self.evaluator.mark();
        let value = self.evaluator.evaluate(expression, scope);
        self.note(mark, place);
        value
    }

    /// Notes where the warnings since a mark arose.
    fn note(&mut self, mark: usize, place: &Place) {
        let end = self.evaluator.mark();
        if end > mark {
            self.notes.place(mark, end, &self.owner, place);
        }
    }

    pub(crate) fn warn(&mut self, place: &Place, message: impl Into<String>) {
        let mark = self.evaluator.mark();
        self.evaluator.warn(message);
        self.note(mark, place);
    }

    /// Whether a value passes the tests of a type.
    pub(crate) fn passes(&mut self, tests: &UnaryTests, value: &Value) -> bool {
        tests.test(value, &(), self.evaluator) == Value::Boolean(true)
    }

    /// A value as one of this type; null with a warning where it does not fit.
    pub(crate) fn fit(&mut self, value: Value, kind: TypeIx, what: &str, place: &Place) -> Value {
        if value.is_null() {
            return value;
        }
        let graph = self.graph;
        match graph.types.coerce(value, kind, self) {
            Ok(value) => value,
            Err(_) if self.is_over() => Value::Null,
            Err(misfit) => {
                self.warn(
                    place,
                    format!("{what} does not fit its type, so it is null. {misfit}"),
                );
                Value::Null
            }
        }
    }

    /// The result of a decision, after those of everything that it needs. Not by recursion: how long the chains
    /// of requirements are is up to the file.
    pub(crate) fn decide(&mut self, frame: &mut Frame<'_>, unit: usize, node: usize) -> Value {
        let graph = self.graph;
        let wanted = graph.slot(unit, node);
        let mut open = vec![(unit, node, 0)];
        'open: while let Some((unit, node, from)) = open.pop() {
            let slot = graph.slot(unit, node);
            if frame.results[slot].is_some() {
                continue;
            }
            let result = match graph.node(unit, node) {
                Node::Input(input) => self.input(frame, unit, input),
                Node::Decision(decision) if decision.circular => {
                    self.owner = decision.name.clone();
                    self.warn(&decision.place, "The decision requires its own result.");
                    Value::Null
                }
                Node::Decision(decision) => {
                    for (at, binding) in decision.requires.iter().enumerate().skip(from) {
                        if let Some(needed) = self.unmet(frame, unit, binding) {
                            open.push((unit, node, at + 1));
                            open.push((needed.0, needed.1, 0));
                            continue 'open;
                        }
                    }
                    self.decision(frame, unit, decision)
                }
                Node::Knowledge(_) | Node::Service(_) => Value::Null,
            };
            frame.results[slot] = Some(result);
        }
        frame.results[wanted].clone().unwrap_or_default()
    }

    /// A required input or decision that has no result yet.
    fn unmet(&self, frame: &Frame<'_>, unit: usize, binding: &Binding) -> Option<(usize, usize)> {
        let unit = self.graph.unit_of(unit, &binding.target)?;
        let node = binding.target.node;
        let has_result = matches!(
            self.graph.node(unit, node),
            Node::Input(_) | Node::Decision(_)
        );
        let slot = self.graph.slot(unit, node);
        (has_result && frame.results[slot].is_none()).then_some((unit, node))
    }

    /// The value of input data: what was given under its name, made to fit.
    fn input(&mut self, frame: &Frame<'_>, unit: usize, input: &InputNode) -> Value {
        self.owner = input.name.clone();
        let place = Place {
            element: input.id.clone(),
            words: "".into(),
        };
        let Some(given) = frame.given else {
            self.warn(
                &place,
                format!("The decision service is not given “{}”.", input.name),
            );
            return Value::Null;
        };
        let graph = self.graph;
        let value = self.given(given, &graph.units[unit].path, &input.name);
        self.argument(value, input.kind, &input.name, &place)
    }

    /// What was given under a name; for an imported file within the contexts that are called like the imports.
    fn given(&mut self, given: &dyn Scope, path: &[Arc<str>], name: &str) -> Option<Value> {
        let Some((first, rest)) = path.split_first() else {
            return given.get(name).cloned();
        };
        let nested = given.get(first).and_then(|value| {
            let around = rest
                .iter()
                .try_fold(value, |around, name| around.as_context()?.get(name))?;
            around.as_context()?.get(name)
        });
        nested.or_else(|| given.get(name)).cloned()
    }

    /// A value from outside, made to fit.
    fn argument(
        &mut self,
        value: Option<Value>,
        kind: Option<TypeIx>,
        name: &str,
        place: &Place,
    ) -> Value {
        let Some(value) = value else {
            self.warn(place, format!("No value is given for “{name}”."));
            return Value::Null;
        };
        let Some(kind) = kind else {
            return value;
        };
        let value = self.graph.types.read_given(value, kind);
        self.fit(value, kind, &format!("“{name}”"), place)
    }

    fn decision(&mut self, frame: &mut Frame<'_>, unit: usize, decision: &DecisionNode) -> Value {
        let outside = std::mem::replace(&mut self.owner, decision.name.clone());
        let required = self.required(frame, unit, &decision.requires);
        let trace = self.notes.begin(
            TraceKind::Decision,
            decision.id.as_ref(),
            &decision.name,
            &required,
        );
        let mut vars = Vars::new(required, frame.given.filter(|_| unit == 0));
        let mut value = match &decision.logic {
            Some(logic) => self.logic(logic, &mut vars),
            None => {
                self.warn(
                    &decision.place,
                    "The decision does not say how it is decided.",
                );
                Value::Null
            }
        };
        if let Some(kind) = decision.kind {
            let is_list_of_hits = decision
                .logic
                .as_ref()
                .is_some_and(|logic| logic.gives_hits());
            value = self.fit_hits(value, kind, is_list_of_hits, "The result", &decision.place);
        }
        self.notes.end(trace, &value);
        self.owner = outside;
        value
    }

    /// The values of what an element requires, by the names that its expressions know them by.
    fn required(
        &mut self,
        frame: &Frame<'_>,
        unit: usize,
        requires: &[Binding],
    ) -> Vec<(Arc<str>, Value)> {
        let mut required: Vec<(Arc<str>, Value)> = Vec::with_capacity(requires.len());
        for binding in requires {
            let value = self.bound(frame, unit, binding);
            if let Some(alias) = &binding.alias {
                required.push((alias.clone(), value.clone()));
            }
            put(&mut required, &binding.path, value);
        }
        required
    }

    fn bound(&self, frame: &Frame<'_>, unit: usize, binding: &Binding) -> Value {
        let Some(unit) = self.graph.unit_of(unit, &binding.target) else {
            return Value::Null;
        };
        let node = binding.target.node;
        match self.graph.node(unit, node) {
            Node::Input(_) | Node::Decision(_) => {
                let slot = self.graph.slot(unit, node);
                frame.results[slot].clone().unwrap_or_default()
            }
            Node::Knowledge(_) => function_value(KnowledgeFunction::new(self, unit, node)),
            Node::Service(_) => function_value(ServiceFunction::new(self, unit, node)),
        }
    }

    /// Makes a value fit; a list of hits also where its items do. Many tools give a table that collects the type
    /// of a single hit.
    pub(crate) fn fit_hits(
        &mut self,
        value: Value,
        kind: TypeIx,
        is_list_of_hits: bool,
        what: &str,
        place: &Place,
    ) -> Value {
        let graph = self.graph;
        if is_list_of_hits
            && let Value::List(items) = &value
            && !graph.types.is_list(kind)
        {
            let items = items.clone();
            let fitted = items
                .iter()
                .map(|item| self.fit(item.clone(), kind, what, place));
            return Value::list(fitted.collect());
        }
        self.fit(value, kind, what, place)
    }
}

impl crate::logic::Logic {
    /// Whether it is a table that gives all its hits as a list.
    pub(crate) fn gives_hits(&self) -> bool {
        matches!(&self.kind, Kind::Table(table) if table.policy.is_multiple() && table.aggregation.is_none())
    }
}
