//! One budget for many evaluations: what decides with several expressions (a table with a cell for every
//! rule, a graph of decisions) must not get a fresh budget for each.

use crate::Expression;
use crate::builtin::Pattern;
use crate::env::{Env, Scope, Warning};
use crate::limits::Limit;
use crate::value::{Function, Value};

/// So many warnings are kept of one expression; more of them help nobody.
const WARNINGS: usize = 20;

/// So many are kept by an evaluator in all.
const WARNINGS_IN_ALL: usize = 1000;

/// Evaluates expressions and calls functions, one after another and within each other, on one budget of
/// operations and bytes, with one depth, one row of random numbers and one list of warnings.
///
/// Once a limit is reached, it is over: everything from then on is null.
///
/// ```
/// use redthread_feel::{Env, Evaluator, Expression, Value};
/// # let env = Env::new(redthread_calendar::Timestamp::EPOCH, redthread_calendar::Zone::UTC);
/// let mut evaluator = Evaluator::new(&env);
/// let mark = evaluator.mark();
/// let sum = Expression::parse("1 + lost").unwrap();
/// assert_eq!(evaluator.evaluate(&sum, &()), Value::Null);
/// assert_eq!(evaluator.warnings_since(mark)[0].message, "There is no variable `lost`.");
/// assert_eq!(evaluator.limit_reached(), None);
/// ```
#[derive(Debug)]
pub struct Evaluator<'e> {
    env: &'e Env,
    meter: Meter,
}

#[derive(Debug, Default)]
struct Meter {
    operations: u64,
    bytes: u64,
    depth: usize,
    random: u64,
    limit: Option<Limit>,
    /// Where the warnings of the expression begin that is being evaluated.
    start: usize,
    /// What most evaluations do without: apart, as the rest is moved with each of them.
    rare: Option<Box<Rare>>,
}

#[derive(Debug, Default)]
struct Rare {
    warnings: Vec<Warning>,
    /// Where each of them arose: which text, and where in it.
    places: Vec<(usize, u32)>,
    /// Compiled regular expressions by pattern and flags: a filter uses one for every item.
    patterns: Vec<(String, Pattern)>,
}

impl<'e> Evaluator<'e> {
    /// An evaluator with the whole budget of an environment.
    pub fn new(env: &'e Env) -> Evaluator<'e> {
        let meter = Meter {
            operations: env.limits.operations,
            bytes: env.limits.result_bytes,
            random: env.seed,
            ..Meter::default()
        };
        Evaluator { env, meter }
    }

    /// The environment that it was made from.
    pub fn env(&self) -> &'e Env {
        self.env
    }

    /// Evaluates an expression on variables. Never fails: what goes wrong makes null, with a warning.
    pub fn evaluate(&mut self, expression: &Expression, scope: &dyn Scope) -> Value {
        expression.run(scope, self)
    }

    /// Calls a function with these arguments in order.
    pub fn call(&mut self, function: &Function, arguments: Vec<Value>) -> Value {
        crate::evaluate::call(function, arguments, self)
    }

    /// Adds a warning that has no place in a text: it stands at line 1, column 1.
    pub fn warn(&mut self, message: impl Into<String>) {
        self.add_warning((0, 0), message.into(), |message| Warning {
            message,
            line: 1,
            column: 1,
        });
    }

    /// Takes operations from the budget, for work that the caller does itself. False: a limit is reached.
    pub fn spend(&mut self, operations: u64) -> bool {
        match self.work(operations) {
            _ if self.meter.limit.is_some() => false,
            Ok(()) => true,
            Err(limit) => {
                self.halt(limit);
                false
            }
        }
    }

    /// Takes bytes from the budget, for values that the caller builds itself. False: a limit is reached.
    pub fn spend_bytes(&mut self, bytes: u64) -> bool {
        match self.build(bytes) {
            _ if self.meter.limit.is_some() => false,
            Ok(()) => true,
            Err(limit) => {
                self.halt(limit);
                false
            }
        }
    }

    /// Does something that may come back to itself (a decision that another requires, a function) that
    /// many levels deeper. `None`, without doing it, where that is too deep.
    pub fn nested<T>(
        &mut self,
        levels: usize,
        work: impl FnOnce(&mut Evaluator<'e>) -> T,
    ) -> Option<T> {
        if self.meter.limit.is_some() {
            return None;
        }
        let depth = self.meter.depth;
        self.meter.depth = depth.saturating_add(levels);
        if self.meter.depth > self.env.limits.depth {
            self.halt(Limit::Depth);
            return None;
        }
        let done = work(self);
        self.meter.depth = depth;
        Some(done)
    }

    /// Which limit has been reached, if one has.
    pub fn limit_reached(&self) -> Option<Limit> {
        self.meter.limit
    }

    /// How many operations are left.
    pub fn operations_left(&self) -> u64 {
        self.meter.operations
    }

    /// The place that the warnings have come to, for `warnings_since`.
    pub fn mark(&self) -> usize {
        self.warnings().len()
    }

    fn warnings(&self) -> &[Warning] {
        self.meter.rare.as_ref().map_or(&[], |rare| &rare.warnings)
    }

    fn rare(&mut self) -> &mut Rare {
        self.meter.rare.get_or_insert_default()
    }

    /// What went wrong since a mark.
    pub fn warnings_since(&self, mark: usize) -> &[Warning] {
        self.warnings().get(mark..).unwrap_or(&[])
    }

    /// Everything that went wrong, in order.
    pub fn finish(self) -> Vec<Warning> {
        self.meter.rare.map_or(Vec::new(), |rare| rare.warnings)
    }

    // What follows is for the walk itself.

    /// Moves what is left to another evaluator, which is to be put back.
    pub(crate) fn take(&mut self) -> Evaluator<'e> {
        Evaluator {
            env: self.env,
            meter: std::mem::take(&mut self.meter),
        }
    }

    pub(crate) fn put_back(&mut self, other: Evaluator<'_>) {
        self.meter = other.meter;
    }

    pub(crate) fn begin(&mut self) -> (usize, usize) {
        let mark = self.mark();
        let start = std::mem::replace(&mut self.meter.start, mark);
        (start, self.meter.depth)
    }

    pub(crate) fn end(&mut self, start: usize, depth: usize) {
        self.meter.start = start;
        self.meter.depth = depth;
    }

    /// Ends it all; the first limit is the one that is named.
    #[cold]
    pub(crate) fn halt(&mut self, limit: Limit) {
        if self.meter.limit.is_some() {
            return;
        }
        self.meter.limit = Some(limit);
        let message = limit.message(&self.env.limits);
        // The message must be among them, however many there are.
        self.forget_since(self.meter.start + WARNINGS - 1);
        self.forget_since(WARNINGS_IN_ALL - 1);
        self.warn(message);
    }

    pub(crate) fn takes_warnings(&self) -> bool {
        self.mark() < (self.meter.start + WARNINGS).min(WARNINGS_IN_ALL)
    }

    /// Adds a warning, unless the expression has it already from that place.
    pub(crate) fn add_warning(
        &mut self,
        place: (usize, u32),
        message: String,
        make: impl FnOnce(String) -> Warning,
    ) {
        if !self.takes_warnings() {
            return;
        }
        let start = self.meter.start;
        let rare = self.rare();
        let known = (start..rare.warnings.len())
            .any(|i| rare.places[i] == place && rare.warnings[i].message == message);
        if !known {
            rare.warnings.push(make(message));
            rare.places.push(place);
        }
    }

    /// Forgets the warnings since a mark: what made them does not count.
    pub(crate) fn forget_since(&mut self, mark: usize) {
        if let Some(rare) = &mut self.meter.rare {
            rare.warnings.truncate(mark);
            rare.places.truncate(mark);
        }
    }

    #[inline]
    pub(crate) fn work(&mut self, operations: u64) -> Result<(), Limit> {
        match self.meter.operations.checked_sub(operations) {
            Some(left) => {
                self.meter.operations = left;
                Ok(())
            }
            None => Err(Limit::Operations),
        }
    }

    /// Counts operations where nothing can be ended: there may be none left afterwards.
    pub(crate) fn use_up(&mut self, operations: u64) {
        self.meter.operations = self.meter.operations.saturating_sub(operations);
    }

    #[inline]
    pub(crate) fn build(&mut self, bytes: u64) -> Result<(), Limit> {
        match self.meter.bytes.checked_sub(bytes) {
            Some(left) => {
                self.meter.bytes = left;
                Ok(())
            }
            None => Err(Limit::Bytes),
        }
    }

    /// One level deeper, until `leave`.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Limit> {
        self.meter.depth += 1;
        if self.meter.depth > self.env.limits.depth {
            return Err(Limit::Depth);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.meter.depth -= 1;
    }

    pub(crate) fn patterns(&mut self) -> &mut Vec<(String, Pattern)> {
        &mut self.rare().patterns
    }

    /// The next pseudo-random number (splitmix64).
    pub(crate) fn random(&mut self) -> u64 {
        self.meter.random = self.meter.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.meter.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
