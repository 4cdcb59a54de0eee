//! Evaluation: a walk over the compiled expression, within limits.
//!
//! Errors of the language are values: null, with a warning that says why (DMN 1.5, 10.3.2.13). Only a
//! used-up limit ends an evaluation early, and then the whole result is null.

mod arithmetic;
mod call;
mod compare;
mod iterate;
mod path;
mod test;
mod walk;

pub(crate) use arithmetic::POWER_WORK;
pub(crate) use compare::{equal, order};
pub(crate) use path::property;
pub(crate) use test::contains;

use crate::compile::Node;
use crate::env::{Env, Scope, Warning};
use crate::error::position;
use crate::evaluator::Evaluator;
use crate::limits::Limit;
use crate::value::{Closure, Function, Value};
use std::fmt::Display;
use std::sync::Arc;

/// Why a built-in or operator gives no value.
#[derive(Debug)]
pub(crate) enum Trouble {
    Halt(Limit),
    /// The value is null, and this is why.
    Null(String),
}

impl From<Limit> for Trouble {
    fn from(halt: Limit) -> Trouble {
        Trouble::Halt(halt)
    }
}

pub(crate) fn null<T>(message: impl Display) -> Result<T, Trouble> {
    Err(Trouble::Null(message.to_string()))
}

pub(crate) type Outcome = Result<Value, Trouble>;
/// `Err`: a limit is reached, and the evaluation is over.
pub(crate) type Walked<T = Value> = Result<T, Limit>;

/// What walks one expression, on the budget of an evaluator.
pub(crate) struct Machine<'a> {
    scope: &'a dyn Scope,
    pub(crate) env: &'a Env,
    text: &'a str,
    /// The function being called, if any: its captured values, and its text for positions.
    function: Option<Arc<Closure>>,
    locals: Vec<Value>,
    base: usize,
    pub(crate) evaluator: Evaluator<'a>,
}

/// Evaluates a compiled expression.
pub(crate) fn evaluate(
    node: &Node,
    text: &str,
    scope: &dyn Scope,
    evaluator: &mut Evaluator<'_>,
) -> Value {
    run(text, scope, evaluator, |machine| machine.eval(node))
}

/// Calls a function value from outside any expression.
pub(crate) fn call(
    function: &Function,
    arguments: Vec<Value>,
    evaluator: &mut Evaluator<'_>,
) -> Value {
    run("", &(), evaluator, |machine| {
        let outcome = machine.call_function(function, arguments);
        machine.settle(0, outcome)
    })
}

fn run<'a>(
    text: &'a str,
    scope: &'a dyn Scope,
    evaluator: &'a mut Evaluator<'_>,
    work: impl FnOnce(&mut Machine<'a>) -> Walked,
) -> Value {
    if evaluator.limit_reached().is_some() {
        return Value::Null;
    }
    let env = evaluator.env();
    let (start, depth) = evaluator.begin();
    let mut machine = Machine {
        scope,
        env,
        text,
        function: None,
        locals: Vec::new(),
        base: 0,
        evaluator: evaluator.take(),
    };
    let value = work(&mut machine).and_then(|value| machine.measured(value));
    let inner = machine.evaluator.take();
    evaluator.put_back(inner);
    evaluator.end(start, depth);
    value.unwrap_or_else(|limit| {
        evaluator.halt(limit);
        Value::Null
    })
}

/// What a warning costs, in operations, whether it is kept or not.
const WARNING_WORK: u64 = 6;

impl Machine<'_> {
    #[cold]
    pub(crate) fn warn(&mut self, at: u32, message: String) {
        // Saying what went wrong costs, too; what is left is found out by whatever comes next.
        self.evaluator.use_up(WARNING_WORK);
        if !self.evaluator.takes_warnings() {
            return;
        }
        let text = self
            .function
            .as_ref()
            .map_or(self.text, |function| &*function.lambda.source);
        // Looking for the line costs; in a loop it is mostly the same warning again.
        let place = (text.as_ptr() as usize, at);
        self.evaluator.add_warning(place, message, |message| {
            let (line, column) = position(text, at as usize);
            Warning {
                message,
                line,
                column,
            }
        });
    }

    /// A built-in's or operator's outcome: trouble becomes a warning and null.
    fn settle(&mut self, at: u32, outcome: Outcome) -> Walked {
        match outcome {
            Ok(value) => Ok(value),
            Err(Trouble::Halt(halt)) => Err(halt),
            Err(Trouble::Null(message)) => {
                self.warn(at, message);
                Ok(Value::Null)
            }
        }
    }

    /// Counts operations.
    pub(crate) fn work(&mut self, operations: usize) -> Walked<()> {
        self.evaluator.work(operations as u64)
    }

    /// Counts bytes about to be built.
    pub(crate) fn build(&mut self, bytes: usize) -> Walked<()> {
        self.evaluator.build(bytes as u64)
    }

    /// A result, unless what it stands for is larger than what may be built: shared parts can make a
    /// small value an enormous text.
    fn measured(&self, value: Value) -> Walked {
        let cap = self.env.limits.result_bytes;
        let nested = matches!(value, Value::List(_) | Value::Context(_));
        if nested && value.written_size(cap) > cap {
            return Err(Limit::Bytes);
        }
        Ok(value)
    }

    /// Counts what writing a value out will cost, before it is written.
    pub(crate) fn work_of_writing(&mut self, value: &Value) -> Walked<()> {
        let cap = self.env.limits.result_bytes;
        let size = value.written_size(cap);
        self.evaluator.work(size / 8)?;
        if size > cap {
            Err(Limit::Bytes)
        } else {
            Ok(())
        }
    }

    /// A text as a value, counted.
    pub(crate) fn string(&mut self, text: impl AsRef<str>) -> Outcome {
        let text = text.as_ref();
        self.build(text.len() + 16)?;
        self.work(text.len() / 64)?;
        Ok(Value::from(text))
    }

    /// A list as a value, counted; not if it nests too deeply.
    pub(crate) fn list(&mut self, items: Vec<Value>) -> Walked {
        let size = items.len() * size_of::<Value>() + 48;
        self.build(size)?;
        let value = Value::list(items);
        self.check_depth(&value)?;
        Ok(value)
    }

    /// Values are kept so shallow that dropping, printing and storing them is safe. Looking costs
    /// a quarter of an operation an item, as it is quick.
    pub(crate) fn check_depth(&mut self, value: &Value) -> Walked<usize> {
        let budget = self.evaluator.operations_left().saturating_mul(4);
        let mut steps = budget;
        let depth = value.depth(self.env.limits.value_depth(), &mut steps);
        self.work(((budget - steps) / 4) as usize)?;
        match depth {
            Some(depth) => Ok(depth),
            None if steps == 0 && budget > 0 => Err(Limit::Operations),
            None => Err(Limit::Depth),
        }
    }

    /// The next pseudo-random number of the environment's seed.
    pub(crate) fn random(&mut self) -> u64 {
        self.evaluator.random()
    }
}
