//! Functions as values (DMN 1.5, 10.3.2.13): built-ins, closures, and functions of the host.

use super::Value;
use crate::ast::Parameter;
use crate::builtin::Builtin;
use crate::compile::Lambda;
use crate::env::{Env, Evaluation};
use crate::evaluator::Evaluator;
use crate::types::Type;
use std::fmt;
use std::sync::Arc;

/// A function: a built-in, one defined by an expression together with the values it captured, or one of
/// the host.
#[derive(Clone)]
pub struct Function(pub(crate) FunctionKind);

#[derive(Clone)]
pub(crate) enum FunctionKind {
    Builtin(&'static Builtin),
    Closure(Arc<Closure>),
    Host(Arc<dyn HostFunction>),
}

#[derive(Clone)]
pub(crate) struct Closure {
    pub(crate) lambda: Arc<Lambda>,
    /// One a captured name; `None` where there was no such variable.
    pub(crate) captured: Vec<Option<Value>>,
    /// Nesting of the captured values, so that values stay bounded in depth.
    pub(crate) depth: usize,
}

/// A function that is not written in FEEL, or not in one expression: a business knowledge model, a
/// decision service, a boxed function of DMN. Expressions call it like any other, by position and by name.
///
/// Equal only to itself. What it captures must be bounded by whoever makes it.
pub trait HostFunction: Send + Sync + fmt::Debug {
    /// Its name, for messages and as its text.
    fn name(&self) -> &str;

    /// Its parameters in order. The number of arguments is checked, and each is made to fit the type of
    /// its parameter, before it is called.
    fn parameters(&self) -> &[Parameter];

    /// The type of its result, if declared. What it gives is made to fit; what does not becomes null.
    fn result(&self) -> Option<&Type> {
        None
    }

    /// Calls it. What it evaluates must go through the evaluator, so that the budget and the depth count.
    fn call(&self, arguments: Vec<Value>, evaluator: &mut Evaluator<'_>) -> Value;
}

impl Function {
    pub(crate) fn builtin(builtin: &'static Builtin) -> Function {
        Function(FunctionKind::Builtin(builtin))
    }

    /// A function of the host.
    pub fn host(function: Arc<dyn HostFunction>) -> Function {
        Function(FunctionKind::Host(function))
    }

    /// The names of its parameters, in order.
    pub fn parameters(&self) -> Vec<Arc<str>> {
        let names = |parameters: &[Parameter]| parameters.iter().map(|p| p.name.clone()).collect();
        match &self.0 {
            FunctionKind::Builtin(builtin) => {
                builtin.parameters().iter().map(|p| Arc::from(*p)).collect()
            }
            FunctionKind::Closure(closure) => names(&closure.lambda.parameters),
            FunctionKind::Host(host) => names(host.parameters()),
        }
    }

    /// Its text: the definition, or its name.
    pub fn text(&self) -> &str {
        match &self.0 {
            FunctionKind::Builtin(builtin) => builtin.name,
            FunctionKind::Closure(closure) => closure.lambda.text(),
            FunctionKind::Host(host) => host.name(),
        }
    }

    /// Calls it with these arguments in order, on a budget of its own.
    pub fn call(&self, arguments: Vec<Value>, env: &Env) -> Evaluation {
        let mut evaluator = Evaluator::new(env);
        let value = evaluator.call(self, arguments);
        Evaluation::new(value, evaluator)
    }

    /// The values that it captured.
    pub(crate) fn captured(&self) -> impl Iterator<Item = &Value> {
        let captured = match &self.0 {
            FunctionKind::Closure(closure) => closure.captured.as_slice(),
            _ => &[],
        };
        captured.iter().flatten()
    }

    pub(crate) fn depth(&self) -> usize {
        match &self.0 {
            FunctionKind::Builtin(_) | FunctionKind::Host(_) => 0,
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
            (FunctionKind::Host(a), FunctionKind::Host(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({})", self.text())
    }
}
