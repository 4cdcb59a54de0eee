//! Calls: of built-ins, of functions that expressions define, by position and by name.

use super::{Halt, Machine, Outcome, Trouble, Walked, null, types};
use crate::builtin::{Args, Builtin};
use crate::compile::{Node, Passed};
use crate::value::{Closure, Function, FunctionKind, Value};
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
                match builtin.arrange(values) {
                    Ok((values, signature)) => (builtin.run)(
                        self,
                        &Args {
                            builtin,
                            values,
                            signature,
                        },
                    ),
                    Err(message) => Err(Trouble::Null(message)),
                }
            }
        };
        self.settle(at, outcome)
    }

    fn run_builtin(&mut self, builtin: &'static Builtin, values: Vec<Value>) -> Outcome {
        match builtin.signature_for(values.len()) {
            Some(signature) => (builtin.run)(
                self,
                &Args {
                    builtin,
                    values,
                    signature,
                },
            ),
            None => null(builtin.wrong_count(values.len())),
        }
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
            FunctionKind::Builtin(builtin) => match builtin.arrange(values) {
                Ok((values, signature)) => (builtin.run)(
                    self,
                    &Args {
                        builtin,
                        values,
                        signature,
                    },
                ),
                Err(message) => null(message),
            },
            FunctionKind::Closure(closure) => {
                let parameters = &closure.lambda.parameters;
                let mut ordered: Vec<Option<Value>> = vec![None; parameters.len()];
                for (name, value) in values {
                    match parameters.iter().position(|p| *p.name == *name) {
                        Some(at) => ordered[at] = Some(value),
                        None => return null(format!("The function has no parameter `{name}`.")),
                    }
                }
                if let Some(at) = ordered.iter().position(Option::is_none) {
                    return null(format!(
                        "The parameter `{}` is missing.",
                        parameters[at].name
                    ));
                }
                self.call_closure(closure, ordered.into_iter().flatten().collect())
            }
        }
    }

    /// Calls a function value.
    pub(crate) fn call_function(&mut self, function: &Function, arguments: Vec<Value>) -> Outcome {
        match &function.0 {
            FunctionKind::Builtin(builtin) => self.run_builtin(builtin, arguments),
            FunctionKind::Closure(closure) => self.call_closure(closure, arguments),
        }
    }

    fn call_closure(&mut self, closure: &Arc<Closure>, arguments: Vec<Value>) -> Outcome {
        let parameters = &closure.lambda.parameters;
        if parameters.len() != arguments.len() {
            return null(format!(
                "The function wants {} arguments, but got {}.",
                parameters.len(),
                arguments.len()
            ));
        }
        // Calls cost more of the stack than other nodes, so they count double.
        self.depth += 1;
        if self.depth > self.env.limits.depth {
            return Err(Trouble::Halt(Halt::Depth));
        }
        let (mark, base) = (self.locals.len(), self.base);
        for (parameter, argument) in parameters.iter().zip(arguments) {
            let given = argument.type_name();
            let fitting = match &parameter.kind {
                Some(kind) => types::coerced(argument, kind),
                None => Some(argument),
            };
            let Some(argument) = fitting else {
                self.locals.truncate(mark);
                self.depth -= 1;
                return null(format!(
                    "The parameter `{}` cannot take a {given}.",
                    parameter.name
                ));
            };
            self.locals.push(argument);
        }
        self.base = mark;
        let caller = self.function.replace(closure.clone());
        let value = self.eval(&closure.lambda.body);
        self.function = caller;
        self.base = base;
        self.locals.truncate(mark);
        self.depth -= 1;
        Ok(value?)
    }
}
