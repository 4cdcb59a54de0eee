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
mod types;
mod walk;

pub(crate) use arithmetic::POWER_WORK;
pub(crate) use compare::{equal, order};
pub(crate) use path::property;
pub(crate) use test::contains;

use crate::compile::Node;
use crate::env::{Env, Evaluation, Scope, Warning};
use crate::error::position;
use crate::value::{Closure, Function, Value};
use regex::Regex;
use std::fmt::Display;
use std::sync::Arc;

/// So many warnings are kept; more of them help nobody.
const WARNINGS: usize = 20;

/// A limit is reached: the evaluation is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    Depth,
    Operations,
    Bytes,
}

/// Why a built-in or operator gives no value.
#[derive(Debug)]
pub(crate) enum Trouble {
    Halt(Halt),
    /// The value is null, and this is why.
    Null(String),
}

impl From<Halt> for Trouble {
    fn from(halt: Halt) -> Trouble {
        Trouble::Halt(halt)
    }
}

pub(crate) fn null<T>(message: impl Display) -> Result<T, Trouble> {
    Err(Trouble::Null(message.to_string()))
}

pub(crate) type Outcome = Result<Value, Trouble>;
pub(crate) type Walked<T = Value> = Result<T, Halt>;

pub(crate) struct Machine<'a> {
    scope: &'a dyn Scope,
    pub(crate) env: &'a Env,
    text: &'a str,
    /// The function being called, if any: its captured values, and its text for positions.
    function: Option<Arc<Closure>>,
    locals: Vec<Value>,
    base: usize,
    operations: u64,
    bytes: u64,
    depth: usize,
    random: u64,
    warnings: Vec<Warning>,
    /// Compiled regular expressions by pattern and flags: a filter uses one for every item.
    pub(crate) patterns: Vec<(String, Arc<Regex>)>,
}

/// Evaluates a compiled expression.
pub(crate) fn evaluate(node: &Node, text: &str, scope: &dyn Scope, env: &Env) -> Evaluation {
    let mut machine = Machine::new(text, scope, env);
    let value = machine.eval(node);
    machine.finish(value)
}

/// Calls a function value from outside any expression.
pub(crate) fn call_from_outside(
    function: &Function,
    arguments: Vec<Value>,
    env: &Env,
) -> Evaluation {
    let mut machine = Machine::new("", &(), env);
    let value = match machine.call_function(function, arguments) {
        Ok(value) => Ok(value),
        Err(Trouble::Halt(halt)) => Err(halt),
        Err(Trouble::Null(message)) => {
            machine.warn(0, message);
            Ok(Value::Null)
        }
    };
    machine.finish(value)
}

impl<'a> Machine<'a> {
    fn new(text: &'a str, scope: &'a dyn Scope, env: &'a Env) -> Machine<'a> {
        Machine {
            scope,
            env,
            text,
            function: None,
            locals: Vec::new(),
            base: 0,
            operations: env.limits.operations,
            bytes: env.limits.result_bytes,
            depth: 0,
            random: env.seed,
            warnings: Vec::new(),
            patterns: Vec::new(),
        }
    }

    fn finish(mut self, value: Walked) -> Evaluation {
        let value = value.unwrap_or_else(|halt| {
            let limits = &self.env.limits;
            let message = match halt {
                Halt::Depth => format!(
                    "The evaluation was ended: calls or values are nested too deeply (the limit is {} levels).",
                    limits.depth
                ),
                Halt::Operations => format!(
                    "The evaluation was ended: it needs more than {} operations.",
                    limits.operations
                ),
                Halt::Bytes => format!(
                    "The evaluation was ended: it builds more than {} bytes of values.",
                    limits.result_bytes
                ),
            };
            self.warnings.truncate(WARNINGS - 1);
            self.warnings.push(Warning { message, line: 1, column: 1 });
            Value::Null
        });
        Evaluation {
            value,
            warnings: self.warnings,
        }
    }

    #[cold]
    pub(crate) fn warn(&mut self, at: u32, message: String) {
        if self.warnings.len() >= WARNINGS {
            return;
        }
        let text = self
            .function
            .as_ref()
            .map_or(self.text, |function| &*function.lambda.source);
        let (line, column) = position(text, at as usize);
        let warning = Warning {
            message,
            line,
            column,
        };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
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
        match self.operations.checked_sub(operations as u64) {
            Some(left) => {
                self.operations = left;
                Ok(())
            }
            None => Err(Halt::Operations),
        }
    }

    /// Counts bytes about to be built.
    pub(crate) fn build(&mut self, bytes: usize) -> Walked<()> {
        match self.bytes.checked_sub(bytes as u64) {
            Some(left) => {
                self.bytes = left;
                Ok(())
            }
            None => Err(Halt::Bytes),
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
    /// a sixteenth of an operation an item, as it is quick.
    pub(crate) fn check_depth(&mut self, value: &Value) -> Walked<usize> {
        let budget = self.operations.saturating_mul(16);
        let mut steps = budget;
        let depth = value.depth(self.env.limits.value_depth(), &mut steps);
        self.work(((budget - steps) / 16) as usize)?;
        match depth {
            Some(depth) => Ok(depth),
            None if steps == 0 && budget > 0 => Err(Halt::Operations),
            None => Err(Halt::Depth),
        }
    }

    /// The next pseudo-random number of the environment's seed (splitmix64).
    pub(crate) fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
