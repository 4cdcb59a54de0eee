//! Tests of names with blanks and operators, of many evaluations on one budget, and of functions of the
//! host: what a model of decisions needs.

use crate::{
    Context, Env, Evaluator, Expression, Function, HostFunction, Limit, Limits, Names, Parameter,
    Type, UnaryTests, Value,
};
use std::sync::Arc;

/// The value as a literal, of an expression of a model that declares these names, on variables that all
/// have them.
fn with_names(names: &[&str], text: &str, variables: &str) -> String {
    let names: Names = names.iter().collect();
    let scope = Expression::parse(variables)
        .unwrap()
        .evaluate(&(), &Env::for_tests())
        .value;
    let expression =
        Expression::parse_with(text, &names).unwrap_or_else(|error| panic!("{text}: {error}"));
    let evaluation = expression.evaluate(scope.as_context().unwrap(), &Env::for_tests());
    assert_eq!(evaluation.warnings, [], "{text}");
    evaluation.value.to_feel()
}

fn plain(text: &str) -> String {
    with_names(&[], text, "{}")
}

#[test]
fn a_declared_name_may_have_blanks_operators_and_keywords() {
    let check = |name: &str, text: &str| {
        let variables = format!("{{\"{name}\": 10}}");
        assert_eq!(with_names(&[name], text, &variables), "20", "{name}");
    };
    check("Monthly Salary", "Monthly   Salary * 2");
    check("Pre-bureau risk category", "Pre-bureau risk category + 10");
    check("Mother's Maiden Name", "2 * Mother's Maiden Name");
    check("a/b", "a / b + a/b");
    check("profit and loss", "profit and loss + 10");
    check("date of birth", "if true then date of birth * 2 else null");
    check("in stock", "in stock + in stock");
    check("Year 2020.5", "Year 2020.5*2");
    check("date and time of day", "2 * date and time of day");
    check("Größe in cm", "Größe in cm+10");
}

#[test]
fn the_longest_name_wins_and_parentheses_separate() {
    let names = ["a-b", "a-b c", "x y", "x y z"];
    let variables = "{a: 7, b: 2, \"a-b\": 100, \"a-b c\": 200, \"x y\": 1, \"x y z\": 2}";
    let check = |text: &str| with_names(&names, text, variables);
    assert_eq!(check("a - b"), "100");
    assert_eq!(check("(a)-(b)"), "5");
    assert_eq!(check("a-b c"), "200");
    assert_eq!(check("x y z + x y"), "3");
}

#[test]
fn names_are_read_after_a_point_and_in_cells_too() {
    let names = ["Loan Info", "Applicant's Name", "Pre-bureau"];
    let variables =
        "{\"Loan Info\": {\"Applicant's Name\": \"Ada\", \"Pre-bureau\": 3, time left: 4}}";
    let check = |text: &str| with_names(&names, text, variables);
    assert_eq!(check("Loan Info.Applicant's Name"), "\"Ada\"");
    assert_eq!(check("Loan Info . Pre-bureau - 1"), "2");
    assert_eq!(check("Loan Info.time left"), "4");
    let cell = UnaryTests::parse_with("> Loan Info.Pre-bureau", &names.iter().collect()).unwrap();
    assert_eq!(cell.expression().names(), ["?".into(), "Loan Info".into()]);
}

#[test]
fn what_an_expression_itself_declares_may_have_blanks() {
    assert_eq!(
        plain("for line item in [1, 2] return line item * 2"),
        "[2, 4]"
    );
    assert_eq!(
        plain("some date of birth in [1, 2], x y in [3] satisfies date of birth + x y = 5"),
        "true"
    );
    assert_eq!(
        plain("(function(first name: string, last-name) first name + last-name)(\"a\", \"b\")"),
        "\"ab\""
    );
    assert_eq!(
        plain("(function(first name) first name)(first name: 1)"),
        "1"
    );
    assert_eq!(
        plain("{net price: 10, tax rate: 2, total: net price * tax rate}.total"),
        "20"
    );
    assert_eq!(plain("{net price: 10}.net price"), "10");
    assert_eq!(plain("[{a-b c: 1}, {a-b c: 2}][a-b c > 1].a-b c"), "[2]");
    // Out of its scope it is no name.
    assert!(Expression::parse("[for x y in [1] return x y, x y]").is_err());
    assert!(Expression::parse("{a: {x y: 1}, b: x y}").is_err());
}

#[test]
fn names_play_no_part_where_they_are_not_declared() {
    assert!(Expression::parse("Monthly Salary").is_err());
    assert!(Expression::parse("Mother's").is_err());
    assert!(Expression::parse("for x y return 1").is_err());
    // The words of a built-in are a longer name than the first of them.
    assert_eq!(
        with_names(&["string length of"], "string length(\"abc\")", "{}"),
        "3"
    );
}

#[test]
fn a_type_of_the_model_is_known_by_its_name() {
    let mut names = Names::new();
    names.declare_type(
        "Loan Info",
        Type::context([("amount", Type::Number), ("kind", Type::String)]),
    );
    let value = |text: &str| {
        Expression::parse_with(text, &names)
            .unwrap()
            .evaluate(&(), &Env::for_tests())
            .value
            .to_feel()
    };
    assert_eq!(
        value("{amount: 1, kind: \"a\"} instance of Loan Info"),
        "true"
    );
    assert_eq!(value("[{amount: 1}] instance of list<Loan Info>"), "false");
    assert_eq!(
        value("(function(loan: Loan Info) loan.amount)([{amount: 1, kind: \"a\"}])"),
        "1"
    );
    assert_eq!(value("1 instance of tUnknown"), "false");
}

/// Doubles, going down so many times through an expression that calls it again.
#[derive(Debug)]
struct Doubled {
    parameters: Vec<Parameter>,
    again: Expression,
}

impl Doubled {
    fn function() -> Value {
        let parameter = |name: &str| Parameter {
            name: name.into(),
            kind: Some(Type::Number),
        };
        Value::Function(Arc::new(Function::host(Arc::new(Doubled {
            parameters: vec![parameter("the number"), parameter("times")],
            again: Expression::parse("f(n * 2, times - 1)").unwrap(),
        }))))
    }
}

impl HostFunction for Doubled {
    fn name(&self) -> &str {
        "doubled"
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn result(&self) -> Option<&Type> {
        Some(&Type::Number)
    }

    fn call(&self, arguments: Vec<Value>, evaluator: &mut Evaluator<'_>) -> Value {
        let [n, times] = arguments.as_slice() else {
            return Value::Null;
        };
        if *times == Value::from(0) {
            return n.clone();
        }
        let scope: Context = [
            ("f", Doubled::function()),
            ("n", n.clone()),
            ("times", times.clone()),
        ]
        .into_iter()
        .collect();
        evaluator.evaluate(&self.again, &scope)
    }
}

fn doubling(text: &str) -> crate::Evaluation {
    let scope: Context = [("f", Doubled::function())].into_iter().collect();
    Expression::parse(text)
        .unwrap()
        .evaluate(&scope, &Env::for_tests())
}

#[test]
fn a_function_of_the_host_is_called_by_position_and_by_name() {
    assert_eq!(doubling("f(3, 4)").value, Value::from(48));
    assert_eq!(
        doubling("f(times: [1], the number: 5)").value,
        Value::from(10)
    );
    assert_eq!(doubling("f = f").value, Value::from(true));
    let wrong = doubling("f(\"a\", 1)");
    assert_eq!(wrong.value, Value::Null);
    assert_eq!(
        wrong.warnings[0].message,
        "The parameter `the number` wants number, but it is a string."
    );
    assert_ne!(Doubled::function(), Doubled::function());
}

#[test]
fn functions_of_the_host_that_call_each_other_for_ever_end_at_the_depth() {
    let work = || {
        let evaluation = doubling("f(1, -1)");
        assert_eq!(evaluation.limit, Some(Limit::Depth));
        assert_eq!(evaluation.value, Value::Null);
        assert_eq!(evaluation.warnings.len(), 1);
    };
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn several_evaluations_share_one_budget_and_one_row_of_random_numbers() {
    let env = Env {
        limits: Limits {
            operations: 500,
            ..Limits::default()
        },
        ..Env::for_tests()
    };
    let mut evaluator = Evaluator::new(&env);
    let hundred = Expression::parse("count(for i in 1..100 return i)").unwrap();
    assert_eq!(evaluator.evaluate(&hundred, &()), Value::from(100));
    assert_eq!(evaluator.limit_reached(), None);
    assert_eq!(evaluator.evaluate(&hundred, &()), Value::Null);
    assert_eq!(evaluator.limit_reached(), Some(Limit::Operations));
    // It is over, also for what would be cheap.
    let one = Expression::parse("1").unwrap();
    assert_eq!(evaluator.evaluate(&one, &()), Value::Null);
    assert!(!evaluator.spend(0));
    assert_eq!(evaluator.finish().len(), 1);

    let env = Env::for_tests();
    let mut evaluator = Evaluator::new(&env);
    let random = Expression::parse("random number()").unwrap();
    let first = evaluator.evaluate(&random, &());
    assert_ne!(first, evaluator.evaluate(&random, &()));
    assert_eq!(first, random.evaluate(&(), &env).value);
}

#[test]
fn warnings_can_be_told_apart_by_marks() {
    let env = Env::for_tests();
    let mut evaluator = Evaluator::new(&env);
    let lost = Expression::parse("lost").unwrap();
    evaluator.evaluate(&lost, &());
    let mark = evaluator.mark();
    evaluator.evaluate(&lost, &());
    evaluator.warn("The decision has no rule.");
    let messages: Vec<&str> = evaluator
        .warnings_since(mark)
        .iter()
        .map(|w| w.message.as_str())
        .collect();
    assert_eq!(
        messages,
        ["There is no variable `lost`.", "The decision has no rule."]
    );
    assert_eq!(evaluator.finish().len(), 3);
}
