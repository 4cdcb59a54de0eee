//! What holds for every text and value: by property tests with fixed seeds.

use crate::value::Number;
use crate::{Context, Env, Expression, Limits, Names, Value, ast, parser};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Always the same cases: a failure here is a failure everywhere.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Texts of expressions, by growing them.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0i64..1000).prop_map(|n| n.to_string()),
        Just("1.5".to_owned()),
        Just("\"a\\\"b\"".to_owned()),
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("@\"2026-01-05T09:00:00@Europe/Berlin\"".to_owned()),
        Just("@\"-P1DT2H\"".to_owned()),
        Just("amount".to_owned()),
        Just("`first name`".to_owned()),
        Just("order.lines".to_owned()),
        Just("[1..5)".to_owned()),
        Just("{a: 1, \"b c\": [2]}".to_owned()),
        Just("string length(\"abc\")".to_owned()),
        Just("date and time(\"2026-01-05T09:00:00Z\")".to_owned()),
    ];
    leaf.prop_recursive(5, 60, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("({a}).b c")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{a: {a}, b: {b}}}")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if {a} then {b} else {c}")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("for x in {a} return {b} + x")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("some x in {a}, y in 1..3 satisfies {b} = x")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a}) between {b} and {c}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) in ({b}, > {b})")),
            inner
                .clone()
                .prop_map(|a| format!("({a}) instance of list<number>")),
            inner
                .clone()
                .prop_map(|a| format!("(function(x: number, y) {a} + x)(1, y: 2)")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("(function(x, y) {a})(x: {b}, y: 2)")),
            inner.clone().prop_map(|a| format!("sum({a}, 1)")),
            inner
                .clone()
                .prop_map(|a| format!("substring(string: {a}, start position: 2)")),
        ]
    })
}

fn scope() -> Context {
    let json = serde_json::json!({
        "amount": 12, "first name": "Ada", "order": {"lines": [{"price": 2.5}, {"price": 10}]}
    });
    match Value::from_json(&json) {
        Value::Context(context) => (*context).clone(),
        _ => unreachable!(),
    }
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    let check = |text: String| {
        // Some of the grown texts are no FEEL (`a < b < (function ...)`); the others must survive.
        if let Ok(tree) = parser::parse(&text, &Names::new()) {
            let printed = tree.to_string();
            match parser::parse(&printed, &Names::new()) {
                Ok(again) => prop_assert_eq!(&again, &tree, "{} printed as {}", text, printed),
                Err(error) if error.expected.contains("nesting") => {}
                Err(error) => prop_assert!(false, "{text} printed as {printed}: {error}"),
            }
        }
        Ok(())
    };
    runner(1000).run(&expression(), check).unwrap();
}

#[test]
fn a_text_with_names_of_a_model_prints_as_one_that_needs_no_model() {
    let names: Names = ["Monthly Salary", "a-b", "rate of tax"].iter().collect();
    runner(300)
        .run(&expression(), |text| {
            let text = text
                .replace("amount", "Monthly  Salary")
                .replace("order.lines", "a - b")
                .replace(" x ", " rate of tax ");
            if let Ok(tree) = parser::parse(&text, &names) {
                let printed = tree.to_string();
                match parser::parse(&printed, &Names::new()) {
                    Ok(again) => prop_assert_eq!(&again, &tree, "{} printed as {}", text, printed),
                    Err(error) if error.expected.contains("nesting") => {}
                    Err(error) => prop_assert!(false, "{text} printed as {printed}: {error}"),
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn enough_of_the_grown_texts_are_expressions_for_these_laws_to_mean_something() {
    let mut runner = runner(0);
    let parses = |text: String| parser::parse(&text, &Names::new()).is_ok();
    let good = (0..300)
        .filter(|_| parses(expression().new_tree(&mut runner).unwrap().current()))
        .count();
    assert!(good > 200, "only {good} of 300");
}

#[test]
fn the_same_expression_on_the_same_variables_gives_the_same() {
    let scope = scope();
    runner(500)
        .run(&expression(), |text| {
            if let Ok(expression) = Expression::parse(&text) {
                let env = Env::for_tests();
                let first = expression.evaluate(&scope, &env);
                prop_assert_eq!(first, expression.evaluate(&scope, &env));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_result_survives_storage_and_its_literal_reads_back() {
    let scope = scope();
    runner(500)
        .run(&expression(), |text| {
            let Ok(expression) = Expression::parse(&text) else {
                return Ok(());
            };
            let value = expression.evaluate(&scope, &Env::for_tests()).value;
            let stored = serde_json::to_string(&value).unwrap();
            if !stored.contains("\"function\"") {
                prop_assert_eq!(&serde_json::from_str::<Value>(&stored).unwrap(), &value);
                let literal = value.to_feel();
                let read =
                    Expression::parse(&literal).map(|e| e.evaluate(&(), &Env::for_tests()).value);
                prop_assert_eq!(read.as_ref(), Ok(&value), "{}", literal);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_text_makes_anything_panic_or_go_over_its_budget() {
    let mutated = (
        expression(),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        ".{0,3}",
    )
        .prop_map(|(text, from, to, put)| {
            let chars: Vec<char> = text.chars().collect();
            let (a, b) = (from.index(chars.len() + 1), to.index(chars.len() + 1));
            let (start, end) = (a.min(b), a.max(b).min(a.min(b) + 4));
            let (head, tail): (String, String) = (
                chars[..start].iter().collect(),
                chars[end..].iter().collect(),
            );
            format!("{head}{put}{tail}")
        });
    let scope = scope();
    let limits = Limits {
        operations: 20_000,
        ..Limits::default()
    };
    runner(500)
        .run(&mutated, |text| {
            let _ = Expression::parse_unary_tests(&text);
            if let Ok(expression) = Expression::parse(&text) {
                let env = Env {
                    limits,
                    ..Env::for_tests()
                };
                expression.evaluate(&scope, &env);
            }
            Ok(())
        })
        .unwrap();
}

fn number() -> impl Strategy<Value = Number> {
    (any::<bool>(), 0u128..10u128.pow(34), -40i32..20).prop_map(
        |(negative, coefficient, exponent)| {
            Number::from_parts(negative, coefficient, exponent).unwrap()
        },
    )
}

/// Values of the kinds that JSON has words for.
fn plain_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        number().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..5)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Context>())),
        ]
    })
}

#[test]
fn json_in_and_out_loses_nothing() {
    runner(500)
        .run(&plain_value(), |value| {
            let text = value.to_json().to_string();
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&Value::from_json(&read), &value, "{}", text);
            // As a literal of FEEL, too; and within FEEL.
            let literal = value.to_feel();
            let expression = Expression::parse(&literal).unwrap();
            prop_assert_eq!(&expression.evaluate(&(), &Env::for_tests()).value, &value);
            let scope: Context = [("v", value.clone())].into_iter().collect();
            let there_and_back = Expression::parse("from json(to json(v))").unwrap();
            prop_assert_eq!(
                &there_and_back.evaluate(&scope, &Env::for_tests()).value,
                &value
            );
            Ok(())
        })
        .unwrap();
}

/// Exact arithmetic on digits, slow and plain, to judge the fast one by.
mod judge {
    use fastnum::{D512, decimal::Context};

    pub(super) fn wide(n: &crate::Number) -> D512 {
        let (negative, coefficient, exponent) = n.to_parts();
        let sign = if negative { "-" } else { "" };
        D512::from_str(
            &format!("{sign}{coefficient}E{exponent}"),
            Context::default(),
        )
        .unwrap()
    }

    /// The digits of an exact result, to be rounded once by reading them.
    pub(super) fn rounded(n: D512) -> crate::Number {
        format!("{n:e}").parse().unwrap()
    }
}

#[test]
fn sums_products_and_quotients_are_the_exact_ones_rounded_once_half_even() {
    runner(1500)
        .run(&(number(), number()), |(a, b)| {
            let (x, y) = (judge::wide(&a), judge::wide(&b));
            prop_assert_eq!(a.add(&b), Some(judge::rounded(x + y)), "{} + {}", a, b);
            prop_assert_eq!(a.multiply(&b), Some(judge::rounded(x * y)), "{} * {}", a, b);
            if !b.is_zero() {
                prop_assert_eq!(a.divide(&b), Some(judge::rounded(x / y)), "{} / {}", a, b);
            }
            prop_assert_eq!(a.cmp(&b), x.cmp(&y), "{} and {}", a, b);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_logarithm_and_an_exponential_undo_each_other_and_agree_with_the_slow_ones() {
    let positive = (1u128..10u128.pow(34), -60i32..30).prop_map(|(coefficient, exponent)| {
        Number::from_parts(false, coefficient, exponent).unwrap()
    });
    runner(16)
        .run(&positive, |n| {
            let slow = judge::rounded(judge::wide(&n).ln());
            prop_assert_eq!(n.ln(), Some(slow), "ln {}", n);
            let back = n.ln().unwrap().exp().unwrap();
            let relative = back.subtract(&n).unwrap().divide(&n).unwrap().abs();
            prop_assert!(relative < "1e-31".parse().unwrap(), "{} {}", n, back);
            Ok(())
        })
        .unwrap();
    let near_one: Number = "0.9999999999999999999999999999999999".parse().unwrap();
    assert_eq!(near_one.ln().unwrap().to_string(), "-1E-34");
    assert_eq!(
        "1e6000"
            .parse::<Number>()
            .unwrap()
            .ln()
            .unwrap()
            .round(6, crate::Rounding::Down)
            .unwrap()
            .to_string(),
        "13815.510557"
    );
}

#[test]
fn a_square_root_is_the_slow_one() {
    let positive = (1u128..10u128.pow(34), -6000i32..6000).prop_map(|(coefficient, exponent)| {
        Number::from_parts(false, coefficient, exponent).unwrap()
    });
    runner(30)
        .run(&positive, |n| {
            // Near one, where the judge has digits enough.
            let (_, coefficient, exponent) = n.to_parts();
            let near = Number::from_parts(false, coefficient, exponent.rem_euclid(2) - 20).unwrap();
            prop_assert_eq!(near.sqrt(), Some(judge::rounded(judge::wide(&near).sqrt())));
            let root = n.sqrt().unwrap();
            let relative = root.multiply(&root).unwrap().subtract(&n).unwrap();
            prop_assert!(
                relative.divide(&n).unwrap().abs() < "1e-32".parse().unwrap(),
                "{}",
                n
            );
            Ok(())
        })
        .unwrap();
    for n in [1i64, 4, 144, 1_000_000] {
        let squared = Number::from(n * n);
        assert_eq!(squared.sqrt(), Some(Number::from(n)));
    }
}

#[test]
fn a_number_survives_its_text_and_ties_go_to_the_even_digit() {
    runner(1000)
        .run(&number(), |n| {
            prop_assert_eq!(n.to_string().parse::<Number>(), Ok(n));
            prop_assert_eq!(n.negate().negate(), n);
            Ok(())
        })
        .unwrap();
    let read = |text: &str| text.parse::<Number>().unwrap().to_string();
    assert_eq!(read("1.0000000000000000000000000000000005"), "1");
    assert_eq!(
        read("1.0000000000000000000000000000000015"),
        "1.000000000000000000000000000000002"
    );
    assert_eq!(
        read("1.00000000000000000000000000000000050001"),
        "1.000000000000000000000000000000001"
    );
}

#[test]
fn expressions_and_values_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Expression>();
    shared::<Value>();
    assert_eq!(size_of::<Value>(), 32);
}

#[test]
fn the_tree_of_a_printed_test_is_the_test() {
    for cell in ["-", "< 5, [1..2]", "not(> 1)", "? > 5", "\"a\", null"] {
        let tree: ast::Expr = parser::parse_unary_tests(cell, &Names::new()).unwrap();
        assert_eq!(
            parser::parse_unary_tests(&tree.to_string(), &Names::new()).unwrap(),
            tree,
            "{cell}"
        );
    }
}
