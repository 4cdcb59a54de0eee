//! Functions as values (DMN 1.5, 10.3.2.13): built-ins and closures.

use super::Value;
use crate::builtin::Builtin;
use crate::compile::Lambda;
use crate::env::{Env, Evaluation};
use std::fmt;
use std::sync::Arc;

/// A function: a built-in, or one defined by an expression together with the values it captured.
#[derive(Clone)]
pub struct Function(pub(crate) FunctionKind);

#[derive(Clone)]
pub(crate) enum FunctionKind {
    Builtin(&'static Builtin),
    Closure(Arc<Closure>),
}

#[derive(Clone)]
pub(crate) struct Closure {
    pub(crate) lambda: Arc<Lambda>,
    /// One a captured name; `None` where there was no such variable.
    pub(crate) captured: Vec<Option<Value>>,
    /// Nesting of the captured values, so that values stay bounded in depth.
    pub(crate) depth: usize,
}

impl Function {
    pub(crate) fn builtin(builtin: &'static Builtin) -> Function {
        Function(FunctionKind::Builtin(builtin))
    }

    /// The names of its parameters, in order.
    pub fn parameters(&self) -> Vec<Arc<str>> {
        match &self.0 {
            FunctionKind::Builtin(builtin) => {
                builtin.parameters().iter().map(|p| Arc::from(*p)).collect()
            }
            FunctionKind::Closure(closure) => closure
                .lambda
                .parameters
                .iter()
                .map(|p| p.name.clone())
                .collect(),
        }
    }

    /// Its text: the definition, or the name of the built-in.
    pub fn text(&self) -> &str {
        match &self.0 {
            FunctionKind::Builtin(builtin) => builtin.name,
            FunctionKind::Closure(closure) => closure.lambda.text(),
        }
    }

    /// Calls it with these arguments in order.
    pub fn call(&self, arguments: Vec<Value>, env: &Env) -> Evaluation {
        crate::evaluate::call_from_outside(self, arguments, env)
    }

    pub(crate) fn depth(&self) -> usize {
        match &self.0 {
            FunctionKind::Builtin(_) => 0,
            FunctionKind::Closure(closure) => closure.depth + 1,
        }
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        match (&self.0, &other.0) {
            (FunctionKind::Builtin(a), FunctionKind::Builtin(b)) => a.name == b.name,
            (FunctionKind::Closure(a), FunctionKind::Closure(b)) => {
                a.lambda.text() == b.lambda.text() && a.captured == b.captured
            }
            _ => false,
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({})", self.text())
    }
}
