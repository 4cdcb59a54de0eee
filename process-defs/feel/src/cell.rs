//! Unary tests, the cells of decision tables (DMN 1.5, 10.3.1.2 rules 7 to 12), and a look into them for
//! whoever checks a table: which rules overlap, what no rule covers.

use crate::ast::{Arguments, Comparison, Expr, Kind};
use crate::env::{Env, Tested};
use crate::error::SyntaxError;
use crate::evaluator::Evaluator;
use crate::limits::Limits;
use crate::names::Names;
use crate::value::Value;
use crate::{Expression, Scope, parser};
use redthread_calendar::{Timestamp, Zone};

/// A compiled cell, and what it says as far as that can be told without evaluating it on something.
#[derive(Clone, Debug, PartialEq)]
pub struct UnaryTests {
    expression: Expression,
    view: Vec<Test>,
}

/// What one test of a cell says. Values are those of constants: literals, `date("...")` and the like,
/// lists of them; a test with anything else in it is `Other`.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `-`: everything passes.
    Any,
    /// `not(...)`: what none of these lets through.
    Not(Vec<Test>),
    /// `< 5`, `!= "a"`, also written `? < 5`.
    Compare(Comparison, Value),
    /// `[1..5)`
    Range {
        /// Where it starts.
        start: Value,
        /// Whether the start belongs to it.
        start_included: bool,
        /// Where it ends.
        end: Value,
        /// Whether the end belongs to it.
        end_included: bool,
    },
    /// A constant: what is equal to it passes, and what is in it if it is a list.
    Value(Value),
    /// Anything else: only an evaluation can tell.
    Other,
}

impl UnaryTests {
    /// Compiles a cell.
    pub fn parse(text: &str) -> Result<UnaryTests, SyntaxError> {
        UnaryTests::parse_with(text, &Names::new())
    }

    /// Compiles a cell of a model that declares names.
    pub fn parse_with(text: &str, names: &Names) -> Result<UnaryTests, SyntaxError> {
        let tree = parser::parse_unary_tests(text, names)?;
        Ok(UnaryTests {
            view: view(&tree),
            expression: Expression::compile(text, &tree),
        })
    }

    /// What it says, test by test; one of them must let a value through.
    ///
    /// ```
    /// use redthread_feel::{Comparison, Test, UnaryTests, Value};
    /// let cell = UnaryTests::parse("< 5, \"new\", amount * 2").unwrap();
    /// assert_eq!(cell.view(), [
    ///     Test::Compare(Comparison::Less, Value::from(5)),
    ///     Test::Value(Value::from("new")),
    ///     Test::Other,
    /// ]);
    /// ```
    pub fn view(&self) -> &[Test] {
        &self.view
    }

    /// The compiled cell, which tests the variable `?`.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Whether a value passes: true, false, or null where that cannot be told.
    pub fn test(&self, input: &Value, scope: &dyn Scope, evaluator: &mut Evaluator<'_>) -> Value {
        evaluator.evaluate(&self.expression, &Tested { input, scope })
    }
}

fn view(tree: &Expr) -> Vec<Test> {
    let Kind::UnaryTests { negated, tests } = &tree.kind else {
        return vec![Test::Other];
    };
    if tests.is_empty() {
        return vec![Test::Any];
    }
    let views = tests.iter().map(test).collect();
    if *negated {
        vec![Test::Not(views)]
    } else {
        views
    }
}

fn test(tree: &Expr) -> Test {
    let compare = |operator: Comparison, operand: &Expr| match constant(operand) {
        Some(value) => Test::Compare(operator, value),
        None => Test::Other,
    };
    match &tree.kind {
        Kind::Test(operator, operand) => compare(*operator, operand),
        Kind::Compare(operator, input, operand) if input.kind == Kind::Input => {
            compare(*operator, operand)
        }
        Kind::Range {
            start,
            start_included,
            end,
            end_included,
        } => match (constant(start), constant(end)) {
            (Some(start), Some(end)) => Test::Range {
                start,
                start_included: *start_included,
                end,
                end_included: *end_included,
            },
            _ => Test::Other,
        },
        _ => constant(tree).map_or(Test::Other, Test::Value),
    }
}

/// Built-ins that make a value of their arguments alone.
const MAKERS: [&str; 6] = [
    "date",
    "time",
    "date and time",
    "duration",
    "number",
    "years and months duration",
];

fn is_constant(tree: &Expr) -> bool {
    match &tree.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) | Kind::Temporal(_) => {
            true
        }
        Kind::Negate(inner) => is_constant(inner),
        Kind::Arithmetic(_, a, b) => is_constant(a) && is_constant(b),
        Kind::List(items) => items.iter().all(is_constant),
        Kind::Call(function, Arguments::Positional(arguments)) => {
            matches!(&function.kind, Kind::Name(name) if MAKERS.contains(&&**name))
                && arguments.iter().all(is_constant)
        }
        _ => false,
    }
}

/// The value of an expression that is the same whatever the variables are; not if it goes wrong.
fn constant(tree: &Expr) -> Option<Value> {
    if !is_constant(tree) {
        return None;
    }
    let env = Env {
        limits: Limits {
            operations: 10_000,
            result_bytes: 64 * 1024,
            ..Limits::default()
        },
        ..Env::new(Timestamp::EPOCH, Zone::UTC)
    };
    let evaluation = Expression::compile("", tree).evaluate(&(), &env);
    evaluation.warnings.is_empty().then_some(evaluation.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn views(text: &str) -> Vec<Test> {
        UnaryTests::parse(text).unwrap().view().to_vec()
    }

    fn value(text: &str) -> Value {
        Expression::parse(text)
            .unwrap()
            .evaluate(&(), &Env::for_tests())
            .value
    }

    #[test]
    fn a_cell_of_constants_can_be_looked_into() {
        assert_eq!(views("-"), [Test::Any]);
        assert_eq!(
            views("not(\"a\", < -1)"),
            [Test::Not(vec![
                Test::Value(value("\"a\"")),
                Test::Compare(Comparison::Less, value("-1"))
            ])]
        );
        assert_eq!(
            views("(date(\"2026-01-05\")..@\"2026-02-01\"]"),
            [Test::Range {
                start: value("@\"2026-01-05\""),
                start_included: false,
                end: value("@\"2026-02-01\""),
                end_included: true,
            }]
        );
        assert_eq!(
            views("? >= duration(\"P1D\"), 2 * 3, true"),
            [
                Test::Compare(Comparison::GreaterOrEqual, value("@\"P1D\"")),
                Test::Value(value("6")),
                Test::Value(value("true")),
            ]
        );
    }

    #[test]
    fn what_depends_on_variables_or_goes_wrong_is_other() {
        for text in [
            "amount",
            "< limit",
            "[1..top]",
            "contains(?, \"a\")",
            "date(\"no date\")",
            "1 / 0",
            "? + 1 > 2",
        ] {
            assert_eq!(views(text), [Test::Other], "{text}");
        }
    }

    #[test]
    fn a_cell_tests_its_input() {
        let env = Env::for_tests();
        let mut evaluator = Evaluator::new(&env);
        let names: Names = ["credit limit"].into_iter().collect();
        let cell = UnaryTests::parse_with("< credit limit, 0", &names).unwrap();
        let scope: crate::Context = [("credit limit", Value::from(10))].into_iter().collect();
        let mut passes = |n: i64| cell.test(&Value::from(n), &scope, &mut evaluator);
        assert_eq!(passes(9), Value::from(true));
        assert_eq!(passes(10), Value::from(false));
    }
}
