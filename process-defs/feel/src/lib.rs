//! FEEL, the expression language of DMN 1.5: text in, compiled expression out; values in, value out.
//!
//! The way of an expression: `lexer` makes tokens, `parser` a tree (`ast`), `compile` turns names into
//! slots, `evaluate` walks what came out, within `limits`. `value` holds what expressions work on, and
//! `builtin` the table of functions. Nothing here reads a clock, a file or the network: what an
//! evaluation may know of the world is in [`Env`] and [`Scope`].
//!
//! ```
//! use redthread_feel::{Context, Env, Expression, Value};
//! use redthread_calendar::{Timestamp, Zone};
//!
//! let expression = Expression::parse("amount > 1000 and status = \"open\"").unwrap();
//! let scope: Context =
//!     [("amount", Value::from(1200)), ("status", Value::from("open"))].into_iter().collect();
//! let env = Env::new(Timestamp::EPOCH, Zone::UTC);
//! assert_eq!(expression.evaluate(&scope, &env).value, Value::from(true));
//! ```
//!
//! What decisions need besides: [`Names`] are the names and types that a model declares
//! ([`Expression::parse_with`], [`UnaryTests::parse_with`], [`Type::parse_with`]); an [`Evaluator`] is one
//! budget for many evaluations; a [`HostFunction`] is a function that is not written in FEEL; [`Type`] says
//! what a variable may hold and coerces to it; [`UnaryTests::view`] lets a table be checked.
//!
//! What is quietly different elsewhere, and how it is here: moments compare by whole milliseconds;
//! `-5 ** 2` is 25, as the minus sign binds more strongly; back-references in regular expressions are
//! refused; functions in other languages (`external`) are refused. The whole language is in `docs/feel.md`.

mod ast;
mod builtin;
mod cell;
mod compile;
mod env;
mod error;
mod evaluate;
mod evaluator;
mod lexer;
mod limits;
mod names;
mod parser;
mod types;
mod value;

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod language;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod naming;

pub use ast::{Comparison, Parameter};
pub use builtin::{Builtin, groups as builtin_groups};
pub use cell::{Test, UnaryTests};
pub use env::{Env, Evaluation, Scope, Tested, Warning};
pub use error::SyntaxError;
pub use evaluator::Evaluator;
pub use limits::{Limit, Limits};
pub use names::{Names, closest, is_builtin};
pub use types::{Misfit, Type};
pub use value::{
    Context, DIGITS, Date, DateTime, DaysTimeDuration, Function, HostFunction, NotANumber,
    NotTemporal, Number, Offset, Range, Rounding, Time, Value, YEAR_MAX, YearsMonthsDuration,
};

use std::fmt;
use std::sync::Arc;

/// A compiled expression. Cheap to clone, free to share between threads.
#[derive(Clone)]
pub struct Expression(Arc<Compiled>);

struct Compiled {
    text: Arc<str>,
    names: Vec<Arc<str>>,
    node: compile::Node,
}

impl Expression {
    /// Compiles an expression, without the `=` that marks one in other places. Which variables there
    /// are plays no part.
    pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
        Expression::parse_with(text, &Names::new())
    }

    /// The same for an expression of a model that declares names with blanks or operators, or types.
    pub fn parse_with(text: &str, names: &Names) -> Result<Expression, SyntaxError> {
        Ok(Expression::compile(text, &parser::parse(text, names)?))
    }

    /// Compiles the cell of a decision table: `-`, or tests with commas between (`< 5, [10..20]`), or
    /// `not(` tests `)`. The value to be tested is the variable `?` (see [`Tested`]).
    pub fn parse_unary_tests(text: &str) -> Result<Expression, SyntaxError> {
        Expression::parse_unary_tests_with(text, &Names::new())
    }

    /// The same for a cell of a model that declares names with blanks or operators, or types.
    pub fn parse_unary_tests_with(text: &str, names: &Names) -> Result<Expression, SyntaxError> {
        let tree = parser::parse_unary_tests(text, names)?;
        Ok(Expression::compile(text, &tree))
    }

    fn compile(text: &str, expr: &ast::Expr) -> Expression {
        let text: Arc<str> = text.into();
        let (node, names) = compile::compile(expr, &text);
        Expression(Arc::new(Compiled { text, names, node }))
    }

    /// The text that was compiled.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The names of variables that it may read, sorted, each once: without locals, and without built-ins
    /// where they are called. Names within a filter are among them, as nobody knows yet whether the items
    /// have such entries.
    pub fn names(&self) -> &[Arc<str>] {
        &self.0.names
    }

    /// Evaluates it on variables. Never fails: what goes wrong makes null, with a warning.
    /// One on a budget of its own; see [`Evaluator`] for several on one budget.
    pub fn evaluate(&self, scope: &dyn Scope, env: &Env) -> Evaluation {
        let mut evaluator = Evaluator::new(env);
        let value = self.run(scope, &mut evaluator);
        Evaluation::new(value, evaluator)
    }

    fn run(&self, scope: &dyn Scope, evaluator: &mut Evaluator<'_>) -> Value {
        evaluate::evaluate(&self.0.node, &self.0.text, scope, evaluator)
    }
}

impl PartialEq for Expression {
    /// By text.
    fn eq(&self, other: &Expression) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Expression {}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({:?})", self.text())
    }
}
