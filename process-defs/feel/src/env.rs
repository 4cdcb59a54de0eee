//! What an evaluation may know of the world, and what it answers.

use crate::evaluator::Evaluator;
use crate::limits::{Limit, Limits};
use crate::value::{Context, Value};
use redthread_calendar::{Timestamp, Zone};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The variables of an expression. Lookups borrow; nothing is copied to look.
pub trait Scope {
    /// The value of a variable; `None` when there is no such variable.
    fn get(&self, name: &str) -> Option<&Value>;
}

impl Scope for () {
    fn get(&self, _name: &str) -> Option<&Value> {
        None
    }
}

impl Scope for Context {
    fn get(&self, name: &str) -> Option<&Value> {
        Context::get(self, name)
    }
}

impl Scope for BTreeMap<Arc<str>, Value> {
    fn get(&self, name: &str) -> Option<&Value> {
        BTreeMap::get(self, name)
    }
}

/// Variables together with the value that unary tests test, which they know as `?`.
pub struct Tested<'a> {
    /// The value to be tested.
    pub input: &'a Value,
    /// All other variables.
    pub scope: &'a dyn Scope,
}

impl Scope for Tested<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        if name == crate::compile::INPUT {
            Some(self.input)
        } else {
            self.scope.get(name)
        }
    }
}

/// Everything an expression may know besides its variables. The same environment and variables always
/// give the same result.
#[derive(Clone, Debug)]
pub struct Env {
    /// What `now()` and `today()` say.
    pub now: Timestamp,
    /// The zone in which they say it.
    pub zone: Zone,
    /// Where `random number()` and `uuid()` begin.
    pub seed: u64,
    /// What the evaluation may use.
    pub limits: Limits,
}

impl Env {
    /// An environment at an instant in a zone, with seed 0 and the default limits.
    pub fn new(now: Timestamp, zone: Zone) -> Env {
        Env {
            now,
            zone,
            seed: 0,
            limits: Limits::default(),
        }
    }

    /// Monday, 2026-01-05T09:00:00Z, in UTC: what tests and documentation examples run at.
    #[doc(hidden)]
    pub fn for_tests() -> Env {
        Env::new(Timestamp::from_micros(1_767_603_600_000_000), Zone::UTC)
    }
}

/// A result, and why it is null if an error made it so.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The result.
    pub value: Value,
    /// What went wrong on the way, in order, each once.
    pub warnings: Vec<Warning>,
    /// The limit that ended it, if one did: the value is null then, whatever the expression says.
    pub limit: Option<Limit>,
}

impl Evaluation {
    pub(crate) fn new(value: Value, evaluator: Evaluator<'_>) -> Evaluation {
        let limit = evaluator.limit_reached();
        Evaluation {
            value,
            warnings: evaluator.finish(),
            limit,
        }
    }
}

/// Something that made a value null: `There is no variable "amout".`
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// One plain sentence.
    pub message: String,
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}
