//! Boxed expressions (DMN 1.5, 10.2.1).

mod common;

use common::{check, check_null, decision, literal};

fn boxed(logic: &str) -> String {
    decision(&["n: number", "list"], logic, "")
}

const GIVEN: &str = "{n: 3, list: [1, 2, 3, 4]}";

#[test]
fn entries_of_a_context_see_those_before_them_and_the_last_may_be_the_result() {
    let entry = |name: &str, text: &str| {
        format!(
            "<contextEntry><variable name=\"{name}\"/>{}</contextEntry>",
            literal(text)
        )
    };
    let entries = entry("twice as much", "n * 2") + &entry("more", "twice as much + 1");
    check(
        &boxed(&format!("<context>{entries}</context>")),
        GIVEN,
        "{\"twice as much\": 6, more: 7}",
    );
    let result = format!("<contextEntry>{}</contextEntry>", literal("more * 10"));
    check(
        &boxed(&format!("<context>{entries}{result}</context>")),
        GIVEN,
        "70",
    );
}

#[test]
fn lists_and_relations_are_values_in_order() {
    check(
        &boxed(&format!(
            "<list>{}{}</list>",
            literal("n"),
            literal("\"a\"")
        )),
        GIVEN,
        "[3, \"a\"]",
    );
    let relation = format!(
        "<relation><column name=\"name\"/><column name=\"age\"/><row>{}{}</row><row>{}</row></relation>",
        literal("\"Ann\""),
        literal("n * 10"),
        literal("\"Bob\"")
    );
    check(
        &boxed(&relation),
        GIVEN,
        "[{name: \"Ann\", age: 30}, {name: \"Bob\", age: null}]",
    );
}

#[test]
fn conditionals_take_one_side() {
    let conditional = |condition: &str| {
        format!(
            "<conditional><if>{}</if><then>{}</then><else>{}</else></conditional>",
            literal(condition),
            literal("\"yes\""),
            literal("1 / 0")
        )
    };
    check(&boxed(&conditional("n > 2")), GIVEN, "\"yes\"");
    check_null(&boxed(&conditional("n > 5")), GIVEN, "zero");
    check_null(
        &boxed(&conditional("\"n\"")),
        GIVEN,
        "must be true or false",
    );
}

#[test]
fn filters_know_the_item_and_its_entries() {
    let filter = |list: &str, matches: &str| {
        format!(
            "<filter><in>{}</in><match>{}</match></filter>",
            literal(list),
            literal(matches)
        )
    };
    check(&boxed(&filter("list", "item >= n")), GIVEN, "[3, 4]");
    check(
        &boxed(&filter("[{price: 1}, {price: 5}]", "price > n")),
        GIVEN,
        "[{price: 5}]",
    );
    check(&boxed(&filter("list", "item > 9")), GIVEN, "[]");
    check_null(
        &boxed(&filter("list", "item")),
        GIVEN,
        "must be true or false",
    );
}

#[test]
fn iterations_go_through_lists_and_ranges() {
    let iterate = |list: &str, result: &str| {
        format!(
            "<for iteratorVariable=\"each one\"><in>{}</in><return>{}</return></for>",
            literal(list),
            literal(result)
        )
    };
    check(
        &boxed(&iterate("list", "each one * n")),
        GIVEN,
        "[3, 6, 9, 12]",
    );
    check(
        &boxed(&iterate("[1..n]", "each one + count(partial)")),
        GIVEN,
        "[1, 3, 5]",
    );
    check(&boxed(&iterate("null", "1")), GIVEN, "null");
}

#[test]
fn quantifiers_are_three_valued() {
    let quantified = |what: &str, satisfies: &str| {
        format!(
            "<{what} iteratorVariable=\"x\"><in>{}</in><satisfies>{}</satisfies></{what}>",
            literal("list"),
            literal(satisfies)
        )
    };
    check(&boxed(&quantified("every", "x > 0")), GIVEN, "true");
    check(&boxed(&quantified("every", "x > 1")), GIVEN, "false");
    check(&boxed(&quantified("some", "x > n")), GIVEN, "true");
    check(&boxed(&quantified("some", "x > 9")), GIVEN, "false");
    check(&boxed(&quantified("every", "null")), GIVEN, "null");
}

#[test]
fn functions_remember_what_they_saw() {
    let function = format!(
        "<context><contextEntry><variable name=\"base\"/>{}</contextEntry>\
         <contextEntry><variable name=\"add to it\"/><functionDefinition><formalParameter name=\"x\" typeRef=\"number\"/>\
         <conditional><if>{}</if><then>{}</then><else>{}</else></conditional></functionDefinition></contextEntry>\
         <contextEntry>{}</contextEntry></context>",
        literal("n * 100"),
        literal("x > 0"),
        literal("base + x"),
        literal("base"),
        literal("[add to it(1), add to it(x: -1), add to it(\"a\")]")
    );
    check(&boxed(&function), GIVEN, "[301, 300, null]");
}

#[test]
fn invocations_pass_arguments_by_name() {
    let invocation = |name: &str| {
        format!(
            "<invocation>{}<binding><parameter name=\"{name}\"/>{}</binding></invocation>",
            literal("abs"),
            literal("-n")
        )
    };
    check(&boxed(&invocation("n")), GIVEN, "3");
    check_null(
        &boxed(&invocation("m")),
        GIVEN,
        "The function has no parameter “m”.",
    );
    let typed = invocation("n").replace("<parameter ", "<parameter typeRef=\"string\" ");
    check_null(
        &boxed(&typed),
        GIVEN,
        "A value of the type string is needed",
    );
}

#[test]
fn a_type_makes_its_expression_fit_or_null() {
    let typed = |kind: &str, text: &str| {
        literal(text).replace(
            "<literalExpression",
            &format!("<literalExpression typeRef=\"{kind}\""),
        )
    };
    check(&boxed(&typed("number", "[n]")), GIVEN, "3");
    check_null(
        &boxed(&typed("string", "n")),
        GIVEN,
        "A value of the type string is needed, but it is a number.",
    );
}
