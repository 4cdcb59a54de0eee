//! The language in examples: each line an expression and what it is. The conformance kit of the standard is
//! far larger; these are the cases that analysts write, and the traps.

use crate::{Context, Env, Expression, Value};

fn scope() -> Context {
    let text = r#"{
        "amount": 1200, "status": "open", "count": 3,
        "case": {"closedAt": "2026-01-05T09:00:00Z", "owner": {"login": "anna"}, "tags": ["vip", "late"]},
        "order": {"lines": [{"name": "a", "price": 2.5, "quantity": 2}, {"name": "b", "price": 10, "quantity": 1}]},
        "first name": "Ada", "empty": [], "nothing": null
    }"#;
    match Value::from_json(&serde_json::from_str(text).unwrap()) {
        Value::Context(context) => (*context).clone(),
        _ => unreachable!(),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (text, wanted) in cases {
        let expression = Expression::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let evaluation = expression.evaluate(&scope(), &Env::for_tests());
        assert_eq!(
            evaluation.value.to_feel(),
            *wanted,
            "{text}: {:?}",
            evaluation.warnings
        );
    }
}

/// The expression is null, and says why.
fn check_warning(text: &str, wanted: &str, line: usize, column: usize) {
    let expression = Expression::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let evaluation = expression.evaluate(&scope(), &Env::for_tests());
    assert_eq!(evaluation.value, Value::Null, "{text}");
    let first = evaluation
        .warnings
        .first()
        .unwrap_or_else(|| panic!("{text}: no warning"));
    assert_eq!(
        (first.message.as_str(), first.line, first.column),
        (wanted, line, column),
        "{text}"
    );
}

fn check_syntax(text: &str, wanted: &str) {
    let error = Expression::parse(text).expect_err(text);
    assert_eq!(error.to_string(), wanted, "{text}");
}

#[test]
fn conditions_of_a_gateway() {
    check(&[
        ("amount > 1000 and status = \"open\"", "true"),
        ("amount between 1 and 1000", "false"),
        ("status in (\"open\", \"waiting\")", "true"),
        ("amount in [1000..2000]", "true"),
        ("amount in (> 2000, < 100)", "false"),
        ("not(amount = 1200)", "false"),
        ("if amount > 1000 then \"big\" else \"small\"", "\"big\""),
        ("case.owner.login = \"anna\"", "true"),
        ("list contains(case.tags, \"vip\")", "true"),
        ("count(order.lines) = 2", "true"),
        ("nothing = null", "true"),
    ]);
}

#[test]
fn and_and_or_know_true_false_and_unknown() {
    check(&[
        ("false and null", "false"),
        ("null and false", "false"),
        ("true and null", "null"),
        ("true or null", "true"),
        ("null or true", "true"),
        ("null or false", "null"),
        ("not(null)", "null"),
    ]);
}

#[test]
fn arithmetic_is_decimal_and_has_34_digits() {
    check(&[
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ("2 / 3", "0.6666666666666666666666666666666667"),
        ("10 / 4", "2.5"),
        ("2 ** 10", "1024"),
        ("-5 ** 2", "25"),
        ("2 ** -2", "0.25"),
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("\"a\" + \"b\"", "\"ab\""),
        (
            "9999999999999999999999999999999999 + 1",
            "10000000000000000000000000000000000",
        ),
        ("1 / 0", "null"),
        ("1e6144 * 10", "null"),
    ]);
}

#[test]
fn days_weeks_and_months_are_added_as_people_do() {
    check(&[
        ("@\"2026-01-05\" + @\"P7D\"", "@\"2026-01-12\""),
        ("@\"2026-01-31\" + @\"P1M\"", "@\"2026-02-28\""),
        (
            "date and time(case.closedAt) + duration(\"P7D\")",
            "@\"2026-01-12T09:00:00Z\"",
        ),
        (
            "@\"2026-01-12T09:00:00Z\" - @\"2026-01-05T08:00:00Z\"",
            "@\"P7DT1H\"",
        ),
        ("@\"P1D\" * 1.5", "@\"P1DT12H\""),
        ("@\"P7D\" / @\"P2D\"", "3.5"),
        (
            "@\"2026-01-05T10:00:00+01:00\" = @\"2026-01-05T09:00:00Z\"",
            "true",
        ),
        (
            "@\"2026-07-05T10:00:00@Europe/Berlin\".time offset",
            "@\"PT2H\"",
        ),
        ("today() + @\"P1D\"", "@\"2026-01-06\""),
        ("now() > @\"2026-01-05T08:59:59Z\"", "true"),
        ("@\"2026-01-05\".weekday", "1"),
        ("@\"PT36H\".days", "1"),
    ]);
}

#[test]
fn lists_are_filtered_by_condition_and_by_place() {
    check(&[
        ("order.lines[price > 5].name", "[\"b\"]"),
        ("order.lines[price > 5].name[1]", "\"b\""),
        ("order.lines[1].name", "\"a\""),
        ("order.lines[-1].name", "\"b\""),
        ("order.lines[item.price < 5].quantity", "[2]"),
        ("[1, 2, 3, 4][item > 2]", "[3, 4]"),
        ("[1, 2, 3][count - 1]", "2"),
        ("empty[price > 5]", "[]"),
        ("empty[1]", "null"),
        ("5[1]", "5"),
        (
            "sum(for line in order.lines return line.price * line.quantity)",
            "15",
        ),
        ("some line in order.lines satisfies line.price > 5", "true"),
        (
            "every line in order.lines satisfies line.price > 5",
            "false",
        ),
        (
            "for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]",
            "[1, 1, 2, 3]",
        ),
        (
            "for x in [1, 2], y in [10, 20] return x + y",
            "[11, 21, 12, 22]",
        ),
        ("for i in 3..1 return i", "[3, 2, 1]"),
        (
            "for d in @\"2026-01-05\"..@\"2026-01-07\" return d.day",
            "[5, 6, 7]",
        ),
    ]);
}

#[test]
fn contexts_see_their_earlier_entries() {
    check(&[
        ("{a: 1, b: a + 1}.b", "2"),
        ("{\"the name\": 1}.the name", "1"),
        ("{a: 1, f: function(x) x + a}.f(2)", "3"),
        ("`first name` + \"!\"", "\"Ada!\""),
        ("[{a: 1}, {a: 2}].a", "[1, 2]"),
    ]);
}

#[test]
fn functions_are_values_with_what_they_captured() {
    check(&[
        ("(function(x, y) x * y)(6, 7)", "42"),
        ("(function(x, y) x - y)(y: 1, x: 3)", "2"),
        ("sort([1, 3, 2], function(a, b) a > b)", "[3, 2, 1]"),
        ("(function(n: number) n)(\"a\")", "null"),
        (
            "{fact: function(self, n) if n < 2 then 1 else n * self(self, n - 1)}.fact(function(self, n) if n < 2 then 1 else n * self(self, n - 1), 20)",
            "2432902008176640000",
        ),
        (
            "for f in [string length, upper case] return f(\"ab\")",
            "[2, \"AB\"]",
        ),
    ]);
}

#[test]
fn ranges_are_open_or_closed_at_each_end() {
    check(&[
        ("5 in (1..5)", "false"),
        ("5 in ]1..5]", "true"),
        ("1 in [1..5[", "true"),
        ("[1..10[ = [1..10)", "true"),
        ("{r: [1..5]}.r.end", "5"),
        (
            "@\"2026-01-05\" in [@\"2026-01-01\"..@\"2026-01-31\"]",
            "true",
        ),
        ("(> 5) = (> 5)", "true"),
        ("7 in (> 5)", "true"),
    ]);
}

#[test]
fn types_are_told_apart() {
    check(&[
        ("1 instance of number", "true"),
        ("[1, 2] instance of list<number>", "true"),
        ("[1, \"a\"] instance of list<number>", "false"),
        ("@\"P1D\" instance of days and time duration", "true"),
        ("{a: 1} instance of context<a: number>", "true"),
        ("null instance of Any", "false"),
        ("1 = \"1\"", "null"),
    ]);
}

#[test]
fn a_comparison_without_its_left_side_is_a_value_within_an_expression() {
    check(&[
        ("range(\"[2..)\") = >=2", "true"),
        ("range(\"(..2)\") = <2", "true"),
        ("{a: >2}.a.start", "2"),
        ("5 in (if true then >2 else <2)", "true"),
        ("(function(x) >x)(3).start", "3"),
        (
            "[(!= 10).start, (!= 10).`start included`, (= 10).`start included`]",
            "[10, false, true]",
        ),
        ("[10 in (!= 10), 11 in (!= 10)]", "[false, true]"),
    ]);
    check_syntax(
        "> 5",
        "Expected a value, name or bracket, but found \">\" in line 1, column 1.",
    );
    check_syntax(
        "1 < > 2",
        "Expected a value, name or bracket, but found \">\" in line 1, column 5.",
    );
}

#[test]
fn what_may_be_left_out_may_be_left_out_by_name_too() {
    check(&[
        ("floor(n: 1.5)", "1"),
        ("ceiling(n: -0.5)", "0"),
        ("substring(string: \"abc\", start position: 2)", "\"bc\""),
    ]);
}

#[test]
fn a_path_puts_into_contexts_only() {
    check(&[
        (
            "context put({x: 1, y: {a: 0}}, [\"y\", \"b\"], 2)",
            "{x: 1, y: {a: 0, b: 2}}",
        ),
        (
            "context put({x: 1, y: {a: 0}}, [\"y\", \"a\", \"b\"], 2)",
            "null",
        ),
        ("context put({}, [\"a\", \"b\"], 2)", "{a: {b: 2}}"),
        (
            "context put(context: {}, keys: [\"a\"], value: 2)",
            "{a: 2}",
        ),
        ("context put(context: {}, key: \"a\", value: 2)", "{a: 2}"),
        ("context put(context: {}, key: [\"a\"], value: 2)", "null"),
    ]);
}

#[test]
fn a_function_is_of_a_type_by_what_it_takes_and_gives() {
    check(&[
        ("abs instance of function<number> -> number", "true"),
        (
            "sqrt instance of function<number, number> -> number",
            "false",
        ),
        ("(function() 1) instance of function<> -> string", "false"),
        ("(function() 1) instance of function<> -> number", "true"),
        (
            "(function(a: list<number>) {b: \"b\"}) instance of function<list<number>> -> context<b: string, c: string>",
            "false",
        ),
        ("(function(f: function<number> -> number) f(-5))(abs)", "5"),
    ]);
}

#[test]
fn what_is_in_scope_changes_the_value_but_never_the_parse() {
    let expression = Expression::parse("a - b").unwrap();
    let one: Context = [("a-b", Value::from(9))].into_iter().collect();
    let two: Context = [("a", Value::from(5)), ("b", Value::from(2))]
        .into_iter()
        .collect();
    assert_eq!(
        expression.evaluate(&one, &Env::for_tests()).value,
        Value::Null
    );
    assert_eq!(
        expression.evaluate(&two, &Env::for_tests()).value,
        Value::from(3)
    );
}

#[test]
fn an_expression_names_the_variables_that_it_may_read() {
    let names = |text: &str| -> Vec<String> {
        Expression::parse(text)
            .unwrap()
            .names()
            .iter()
            .map(|n| n.to_string())
            .collect()
    };
    assert_eq!(names("b.x + a > 3 and count(b) = 1"), ["a", "b"]);
    assert_eq!(names("for i in list return i + c"), ["c", "list"]);
    assert_eq!(names("{a: 1, b: a}.b"), Vec::<String>::new());
    assert_eq!(names("(function(x) x + y)(1)"), ["y"]);
    assert_eq!(names("`first name`"), ["first name"]);
}

#[test]
fn a_null_says_why() {
    check_warning("amout > 1000", "There is no variable `amout`.", 1, 1);
    check_warning(
        "1 +\n  case.closedon",
        "The context has no entry `closedon`.",
        2,
        7,
    );
    check_warning(
        "1 + \"a\"",
        "\"+\" cannot be applied to a number and a string.",
        1,
        3,
    );
    check_warning(
        "1 < \"a\"",
        "A number cannot be compared with a string by \"<\".",
        1,
        3,
    );
    check_warning(
        "date(\"5.1.2026\")",
        "\"date\" gives null: \"5.1.2026\" is not a date like 2026-01-05.",
        1,
        1,
    );
    check_warning(
        "number(1, 2, 3, 4)",
        "Expected number(from, grouping separator?, decimal separator?), but got 4 values.",
        1,
        1,
    );
    check_warning(
        "order.lines[7]",
        "There is no item 7 in a list of 2 items.",
        1,
        12,
    );
    check_warning(
        "amount(1)",
        "A number cannot be called like a function.",
        1,
        1,
    );
}

#[test]
fn a_text_that_is_not_feel_says_where_and_what_was_expected() {
    check_syntax(
        "1 +",
        "Expected a value, name or bracket, but found the end in line 1, column 4.",
    );
    check_syntax(
        "a == 1",
        "Expected \"=\" to compare, but found \"==\" in line 1, column 3.",
    );
    check_syntax(
        "if a then b",
        "Expected \"else\", but found the end in line 1, column 12.",
    );
    check_syntax(
        "amount greater 5",
        "Expected an operator or the end, but found \"greater\" in line 1, column 8.",
    );
    check_syntax(
        "[1, 2",
        "Expected \"]\", but found the end in line 1, column 6.",
    );
    check_syntax(
        "",
        "Expected a value, name or bracket, but found the end in line 1, column 1.",
    );
    check_syntax(
        "@\"yesterday\"",
        "Expected a date, time, date and time or duration like @\"2026-01-05\", but found @\"yesterday\" in line 1, column 1.",
    );
    check_syntax(
        "a and\n  and b",
        "Expected a value, name or bracket, but found \"and\" in line 2, column 3.",
    );
}

#[test]
fn the_cells_of_a_decision_table_test_the_input() {
    for (cell, input, wanted) in [
        ("-", "1", "true"),
        ("< 5", "4", "true"),
        ("1, 2, [5..7]", "6", "true"),
        ("not(1, 2)", "2", "false"),
        ("\"a\", \"b\"", "\"b\"", "true"),
        ("contains(?, \"x\")", "\"axb\"", "true"),
        ("? > 3 and ? < 5", "4", "true"),
        ("not(contains(?, \"x\"))", "\"axb\"", "false"),
        ("> @\"2026-01-01\"", "@\"2026-01-05\"", "true"),
        ("null", "null", "true"),
        ("false", "false", "true"),
        ("[]", "[]", "true"),
    ] {
        let tests = Expression::parse_unary_tests(cell).unwrap_or_else(|e| panic!("{cell}: {e}"));
        let input = Expression::parse(input)
            .unwrap()
            .evaluate(&(), &Env::for_tests())
            .value;
        let scope: Context = [("?", input)].into_iter().collect();
        assert_eq!(
            tests.evaluate(&scope, &Env::for_tests()).value.to_feel(),
            wanted,
            "{cell}"
        );
    }
}

#[test]
fn the_clock_and_the_dice_are_the_callers() {
    let value = |text: &str, env: &Env| Expression::parse(text).unwrap().evaluate(&(), env).value;
    let mut env = Env::for_tests();
    env.zone = redthread_calendar::Zone::parse("Europe/Berlin").unwrap();
    assert_eq!(
        value("now()", &env).to_feel(),
        "@\"2026-01-05T10:00:00@Europe/Berlin\""
    );
    assert_eq!(value("uuid()", &env), value("uuid()", &env));
    let other = Env {
        seed: 7,
        ..env.clone()
    };
    assert_ne!(value("uuid()", &env), value("uuid()", &other));
}

#[test]
fn instants_are_read_from_what_a_diagram_may_say() {
    let zone = redthread_calendar::Zone::parse("Europe/Berlin").unwrap();
    let instant = |text: &str| {
        let value = Expression::parse(text)
            .unwrap()
            .evaluate(&(), &Env::for_tests())
            .value;
        value.to_timestamp(&zone).map(|at| at.to_string())
    };
    assert_eq!(
        instant("@\"2026-01-05T09:00:00Z\"").as_deref(),
        Some("2026-01-05T09:00:00Z")
    );
    assert_eq!(
        instant("@\"2026-01-05T09:00:00\"").as_deref(),
        Some("2026-01-05T08:00:00Z")
    );
    assert_eq!(
        instant("@\"2026-01-05\"").as_deref(),
        Some("2026-01-04T23:00:00Z")
    );
    assert_eq!(
        instant("\"2026-01-05T09:00:00+02:00\"").as_deref(),
        Some("2026-01-05T07:00:00Z")
    );
    assert_eq!(instant("\"soon\""), None);
    assert_eq!(instant("5"), None);
}
