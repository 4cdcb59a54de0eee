//! Calls: of built-ins, of functions that expressions define, by position and by name.

use super::{Machine, Outcome, Trouble, Walked, null};
use crate::ast::Parameter;
use crate::builtin::{Args, Builtin};
use crate::compile::{Node, Passed};
use crate::limits::Limit;
use crate::types::Type;
use crate::value::{Closure, Function, FunctionKind, HostFunction, Value};
use std::sync::Arc;

impl<'a> Machine<'a> {
    fn positional<'n>(&mut self, nodes: &'n [Node]) -> Walked<Vec<Value>>
    where
        'a: 'n,
    {
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes {
            values.push(self.eval(node)?);
        }
        Ok(values)
    }

    fn named<'n>(&mut self, nodes: &'n [(Arc<str>, Node)]) -> Walked<Vec<(&'n str, Value)>>
    where
        'a: 'n,
    {
        let mut values = Vec::with_capacity(nodes.len());
        for (name, node) in nodes {
            values.push((&**name, self.eval(node)?));
        }
        Ok(values)
    }

    #[inline(never)]
    pub(super) fn call_builtin<'n>(
        &mut self,
        builtin: &'static Builtin,
        passed: &'n Passed,
        at: u32,
    ) -> Walked
    where
        'a: 'n,
    {
        let outcome = match passed {
            Passed::Positional(nodes) => {
                let values = self.positional(nodes)?;
                self.run_builtin(builtin, values)
            }
            Passed::Named(nodes) => {
                let values = self.named(nodes)?;
                self.run_named(builtin, values)
            }
        };
        self.settle(at, outcome)
    }

    fn run_builtin(&mut self, builtin: &'static Builtin, values: Vec<Value>) -> Outcome {
        match builtin.signature_for(values.len()) {
            Some(signature) => self.run_with(builtin, values, signature),
            None => null(builtin.wrong_count(values.len())),
        }
    }

    fn run_named(&mut self, builtin: &'static Builtin, values: Vec<(&str, Value)>) -> Outcome {
        match builtin.arrange(values) {
            Ok((values, signature)) => self.run_with(builtin, values, signature),
            Err(message) => null(message),
        }
    }

    fn run_with(
        &mut self,
        builtin: &'static Builtin,
        values: Vec<Value>,
        signature: usize,
    ) -> Outcome {
        // Whatever a built-in does with a text, it looks at it.
        self.work(2)?;
        for value in &values {
            if let Value::String(text) = value {
                self.work(text.len() / 64)?;
            }
        }
        let args = Args {
            builtin,
            values,
            signature,
        };
        (builtin.run)(self, &args)
    }

    #[inline(never)]
    pub(super) fn call<'n>(&mut self, function: &'n Node, passed: &'n Passed, at: u32) -> Walked
    where
        'a: 'n,
    {
        let function = self.eval(function)?;
        let Value::Function(function) = function else {
            // The arguments are not evaluated: there is nothing that wants them.
            if !function.is_null() {
                self.warn(
                    at,
                    format!(
                        "A {} cannot be called like a function.",
                        function.type_name()
                    ),
                );
            }
            return Ok(Value::Null);
        };
        let outcome = match passed {
            Passed::Positional(nodes) => {
                let values = self.positional(nodes)?;
                self.call_function(&function, values)
            }
            Passed::Named(nodes) => {
                let values = self.named(nodes)?;
                self.call_named(&function, values)
            }
        };
        self.settle(at, outcome)
    }

    fn call_named(&mut self, function: &Function, values: Vec<(&str, Value)>) -> Outcome {
        match &function.0 {
            FunctionKind::Builtin(builtin) => self.run_named(builtin, values),
            FunctionKind::Closure(closure) => {
                let values = in_order(values, &closure.lambda.parameters)?;
                self.call_closure(closure, values)
            }
            FunctionKind::Host(host) => {
                let values = in_order(values, host.parameters())?;
                self.call_host(&**host, values)
            }
        }
    }

    /// Calls a function value.
    pub(crate) fn call_function(&mut self, function: &Function, arguments: Vec<Value>) -> Outcome {
        match &function.0 {
            FunctionKind::Builtin(builtin) => {
                // `sort` may be given to `sort`.
                self.evaluator.enter()?;
                let outcome = self.run_builtin(builtin, arguments);
                self.evaluator.leave();
                outcome
            }
            FunctionKind::Closure(closure) => self.call_closure(closure, arguments),
            FunctionKind::Host(host) => self.call_host(&**host, arguments),
        }
    }

    fn call_closure(&mut self, closure: &Arc<Closure>, arguments: Vec<Value>) -> Outcome {
        self.work(3)?;
        let arguments = self.fitting(&closure.lambda.parameters, arguments)?;
        // Calls cost more of the stack than other nodes, so they count double.
        self.evaluator.enter()?;
        let (mark, base) = (self.locals.len(), self.base);
        self.locals.extend(arguments);
        self.base = mark;
        let caller = self.function.replace(closure.clone());
        let value = self.eval(&closure.lambda.body);
        self.function = caller;
        self.base = base;
        self.locals.truncate(mark);
        self.evaluator.leave();
        Ok(value?)
    }

    fn call_host(&mut self, host: &dyn HostFunction, arguments: Vec<Value>) -> Outcome {
        let arguments = self.fitting(host.parameters(), arguments)?;
        let value = self
            .evaluator
            .nested(HOST_LEVELS, |evaluator| host.call(arguments, evaluator));
        if let Some(limit) = self.evaluator.limit_reached() {
            return Err(Trouble::Halt(limit));
        }
        let value = value.ok_or(Trouble::Halt(Limit::Depth))?;
        self.check_depth(&value)?;
        match host.result() {
            None => Ok(value),
            Some(kind) => self.coerced(value, kind, || {
                format!("The result of the function `{}`", host.name())
            }),
        }
    }

    /// Arguments as the parameters take them.
    fn fitting(
        &mut self,
        parameters: &[Parameter],
        arguments: Vec<Value>,
    ) -> Result<Vec<Value>, Trouble> {
        if parameters.len() != arguments.len() {
            let plural = if parameters.len() == 1 { "" } else { "s" };
            return null(format!(
                "The function wants {} argument{plural}, but got {}.",
                parameters.len(),
                arguments.len()
            ));
        }
        let mut fitting = Vec::with_capacity(arguments.len());
        for (parameter, argument) in parameters.iter().zip(arguments) {
            fitting.push(match &parameter.kind {
                None => argument,
                Some(kind) => self.coerced(argument, kind, || {
                    format!("The parameter `{}`", parameter.name)
                })?,
            });
        }
        Ok(fitting)
    }

    fn coerced(&mut self, value: Value, kind: &Type, what: impl Fn() -> String) -> Outcome {
        if !kind.is_shallow() {
            self.work_of_comparing(&value)?;
        }
        kind.coerce(value).map_err(|misfit| {
            Trouble::Null(format!(
                "{} wants {}, but it is a {}.",
                what(),
                misfit.expected,
                misfit.found
            ))
        })
    }
}

/// What a function of the host counts as in depth: its own frames lie between those of the walk.
const HOST_LEVELS: usize = 8;

/// Arguments given by name in the order of the parameters.
fn in_order(values: Vec<(&str, Value)>, parameters: &[Parameter]) -> Result<Vec<Value>, Trouble> {
    let mut ordered: Vec<Option<Value>> = vec![None; parameters.len()];
    for (name, value) in values {
        match parameters.iter().position(|p| *p.name == *name) {
            Some(at) => ordered[at] = Some(value),
            None => return null(format!("The function has no parameter `{name}`.")),
        }
    }
    match ordered.iter().position(Option::is_none) {
        Some(at) => null(format!(
            "The parameter `{}` is missing.",
            parameters[at].name
        )),
        None => Ok(ordered.into_iter().flatten().collect()),
    }
}
