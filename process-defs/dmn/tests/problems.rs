//! What is told of a file: what is refused, and what analysts should know.

mod common;

use common::{decision, definitions, literal, messages, model, problems, refused, table, warned};
use redthread_dmn::{Code, Limits, read};

#[test]
fn what_is_not_dmn_is_refused() {
    refused(
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>",
        Code::NotDmn,
        "not DMN",
    );
    assert!(read(b"no XML", &Limits::default()).is_err());
    for version in [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ] {
        let xml = decision(&["n: number"], &literal("n"), "").replace(common::DMN, version);
        assert_eq!(problems(&xml), [], "{version}");
    }
}

#[test]
fn what_does_not_run_is_refused_by_name() {
    let java =
        "<functionDefinition kind=\"Java\"><formalParameter name=\"x\"/></functionDefinition>";
    refused(
        &decision(&[], java, ""),
        Code::NotSupported,
        "Functions in Java do not run.",
    );
    refused(
        &decision(&[], &java.replace("Java", "PMML"), ""),
        Code::NotSupported,
        "PMML",
    );
    let juel = literal("n").replace(
        "<literalExpression",
        "<literalExpression expressionLanguage=\"juel\"",
    );
    refused(
        &decision(&["n"], &juel, ""),
        Code::NotSupported,
        "Expressions in “juel” do not run.",
    );
    let everywhere = decision(&["n"], &literal("n"), "").replace(
        "<definitions",
        "<definitions expressionLanguage=\"http://groovy\"",
    );
    refused(&everywhere, Code::NotSupported, "http://groovy");
}

#[test]
fn expressions_that_are_not_feel_are_refused_where_they_stand() {
    refused(
        &decision(&["n"], &literal("n +"), ""),
        Code::BadExpression,
        "“n +” is not FEEL: Expected",
    );
    let rules = ["> 1 | 2", "> > | 3"];
    let xml = decision(&["n"], &table("U", &["n"], &["out"], &rules), "");
    let found = model(&xml).problems;
    assert_eq!(found[0].element.as_deref(), Some("rule-2"));
    assert!(
        found[0].message.starts_with("Rule 2, n: “> >” is not FEEL"),
        "{}",
        found[0].message
    );
}

#[test]
fn requirements_lead_to_something_of_their_kind() {
    let xml = decision(&["n"], &literal("n"), "");
    refused(
        &xml.replace("href=\"#in-0\"", "href=\"#in-9\""),
        Code::UnknownReference,
        "There is no input data with the id “in-9”.",
    );
    refused(
        &xml.replace("requiredInput", "requiredDecision"),
        Code::UnknownReference,
        "“n” is not a decision.",
    );
    refused(
        &xml.replace("href=\"#in-0\"", "href=\"urn:x#in-0\""),
        Code::UnknownReference,
        "The file with the namespace “urn:x” is not imported.",
    );
}

#[test]
fn ids_and_names_are_given_once() {
    let twice = definitions(&format!(
        "<decision id=\"d\" name=\"A\">{0}</decision><decision id=\"d\" name=\"B\">{0}</decision>",
        literal("1")
    ));
    refused(
        &twice,
        Code::DuplicateId,
        "The id “d” is already taken on line 1.",
    );
    let names = twice
        .replacen("id=\"d\"", "id=\"e\"", 1)
        .replace("\"B\"", "\"A\"");
    warned(&names, Code::DuplicateName, "has the same name");
    refused(
        &definitions("<decision/>"),
        Code::MissingId,
        "neither an id nor a name",
    );
}

#[test]
fn names_that_nothing_declares_and_requirements_that_nothing_uses_are_told() {
    let xml = decision(&["amount: number", "status"], &literal("amout * 2"), "");
    warned(
        &xml,
        Code::UnknownName,
        "“D” does not require anything called “amout”.",
    );
    let found = model(&xml).problems;
    assert_eq!(
        found
            .iter()
            .find(|p| p.code == Code::UnknownName)
            .unwrap()
            .hint,
        "Did you mean “amount”?"
    );
    assert_eq!(
        messages(&xml, Code::UnusedRequirement),
        [
            "“D” requires “amount”, but does not use it.",
            "“D” requires “status”, but does not use it."
        ]
    );
}

#[test]
fn functions_that_nothing_declares_are_told() {
    let xml = decision(&["list"], &literal("summ(list)"), "");
    warned(&xml, Code::UnknownName, "There is no function “summ”.");
    assert_eq!(model(&xml).problems[0].hint, "Did you mean “sum”?");
    warned(
        &decision(&[], &literal("assess(1)"), ""),
        Code::UnknownName,
        "There is no function “assess”.",
    );
}

#[test]
fn entries_of_unknown_items_and_variables_of_the_caller_are_left_alone() {
    assert_eq!(
        problems(&decision(&["list"], &literal("list[price > 3].name"), "")),
        []
    );
    assert_eq!(problems(&decision(&[], &literal("amount * 2"), "")), []);
}

#[test]
fn names_within_expressions_are_known_where_they_stand() {
    let text = "for x in list return (some y in [x] satisfies y > 1) and list[item > 2] = [] and {a b: 1, c: a b}.c = sum(list)";
    assert_eq!(problems(&decision(&["list"], &literal(text), "")), []);
}

fn of_table(
    policy: &str,
    inputs: &[&str],
    outputs: &[&str],
    rules: &[&str],
    code: Code,
) -> Vec<String> {
    let xml = decision(
        &[
            "amount: number",
            "status: string",
            "day: date",
            "vip: boolean",
        ],
        &table(policy, inputs, outputs, rules),
        "",
    );
    messages(&xml, code)
}

#[test]
fn values_that_no_rule_covers_are_told_in_words() {
    let gaps = |inputs: &[&str], rules: &[&str]| {
        of_table("U", inputs, &["o"], rules, Code::UncoveredInputs)
    };
    let status = "status {\"open\", \"closed\", \"lost\"}";
    assert_eq!(
        gaps(
            &["amount", status],
            &[
                "< 100; - | 1",
                ">= 200; - | 2",
                "[100..200); \"closed\", \"lost\" | 3"
            ]
        ),
        ["“D”: no rule covers amount in [100..200) and status = \"open\"."]
    );
    assert_eq!(
        gaps(&["amount"], &["<= 17 | 1", ">= 18 | 2"]),
        ["“D”: no rule covers amount in (17..18)."]
    );
    assert_eq!(
        gaps(&["vip"], &["true | 1"]),
        ["“D”: no rule covers vip = false."]
    );
    assert_eq!(
        gaps(&["status"], &["\"open\" | 1"]),
        ["“D”: no rule covers any other status."]
    );
    assert_eq!(
        gaps(
            &["day"],
            &["< date(\"2026-01-05\") | 1", "> @\"2026-01-05\" | 2"]
        ),
        ["“D”: no rule covers day = \"2026-01-05\"."]
    );
    // One day follows another: there is nothing between them.
    assert_eq!(
        gaps(
            &["day"],
            &["<= date(\"2026-01-05\") | 1", ">= @\"2026-01-06\" | 2"]
        ),
        [""; 0]
    );
    assert_eq!(
        gaps(&["amount"], &[]),
        ["“D”: no rule covers whatever is given."]
    );
}

#[test]
fn nothing_is_said_of_gaps_where_none_is_certain() {
    let gaps = |policy: &str, outputs: &[&str], rules: &[&str]| {
        of_table(policy, &["amount"], outputs, rules, Code::UncoveredInputs)
    };
    assert_eq!(gaps("U", &["o"], &["? > day | 1"]), [""; 0]);
    assert_eq!(gaps("C", &["o"], &["> 1 | 1"]), [""; 0]);
    assert_eq!(gaps("F", &["o = 5"], &["> 1 | 1"]), [""; 0]);
    assert_eq!(gaps("F", &["o"], &["> 1 | 1", "- | 2"]), [""; 0]);
}

#[test]
fn rules_that_match_the_same_values_are_told() {
    let overlaps = |policy: &str, rules: &[&str]| {
        of_table(
            policy,
            &["amount", "status"],
            &["o"],
            rules,
            Code::OverlappingRules,
        )
    };
    let rules = ["< 100; - | 1", "[50..150]; \"open\" | 2", "> 150; - | 3"];
    assert_eq!(
        overlaps("U", &rules),
        [
            "“D”: rules 1 and 2 both match amount in [50..100) and status = \"open\", but only one may."
        ]
    );
    assert_eq!(
        overlaps("A", &rules),
        [
            "“D”: rules 1 and 2 both match amount in [50..100) and status = \"open\", and do not give the same."
        ]
    );
    assert_eq!(overlaps("A", &["< 100; - | 1", "< 50; - | 1"]), [""; 0]);
    assert_eq!(overlaps("F", &rules), [""; 0]);
    assert_eq!(
        overlaps(
            "U",
            &["> 1; contains(?, \"a\") | 1", "> 1; contains(?, \"b\") | 2"]
        ),
        [""; 0]
    );
}

#[test]
fn rules_that_never_count_are_told() {
    let masked = |policy: &str, outputs: &[&str], rules: &[&str]| {
        of_table(policy, &["amount"], outputs, rules, Code::MaskedRule)
    };
    assert_eq!(
        masked("F", &["o"], &["> 10 | 1", "> 20 | 2", "<= 10 | 3", "- | 4"]),
        [
            "“D”: rule 2 never counts, as rule 1 matches whatever it matches and comes first.",
            "“D”: rule 4 never counts, as the rules that come first match whatever it matches.",
        ]
    );
    let outputs = ["o {\"high\", \"low\"}"];
    assert_eq!(
        masked("P", &outputs, &["> 20 | \"low\"", "> 10 | \"high\""]),
        ["“D”: rule 1 never counts, as rule 2 matches whatever it matches and comes first."]
    );
    assert_eq!(
        masked("P", &outputs, &["> 10 | \"low\"", "> 20 | \"high\""]),
        [""; 0]
    );
}

#[test]
fn values_that_a_column_does_not_list_are_told() {
    let xml = |rule: &str| {
        decision(
            &["status: string"],
            &table(
                "F",
                &["status {\"open\", \"closed\"}"],
                &["o {1, 2}"],
                &[rule, "- | 2"],
            ),
            "",
        )
    };
    warned(
        &xml("\"oepn\" | 1"),
        Code::UnlistedValue,
        "rule 1 can never match, as \"oepn\" is not among the values of “status”.",
    );
    warned(
        &xml("\"open\" | 3"),
        Code::UnlistedValue,
        "rule 1 gives 3, which is not among the values of “o”.",
    );
    warned(
        &xml("not(\"open\", \"closed\") | 1"),
        Code::UnlistedValue,
        "rule 1 can never match, as no value of “status” is not(\"open\", \"closed\").",
    );
    assert_eq!(problems(&xml("\"open\" | 1")), []);
}

#[test]
fn heads_of_tables_are_right_or_refused() {
    let xml = |policy: &str, outputs: &[&str], rules: &[&str]| {
        decision(&["n"], &table(policy, &["n"], outputs, rules), "")
    };
    refused(
        &xml("LAST", &["o"], &[]),
        Code::BadTable,
        "There is no hit policy “LAST”.",
    );
    refused(
        &xml("C+", &["a", "b"], &[]),
        Code::BadTable,
        "Several outputs cannot be put together",
    );
    refused(&xml("U", &[], &[]), Code::BadTable, "no output column");
    refused(
        &xml("U", &["a"], &["1 | 2; 3"]),
        Code::BadTable,
        "Rule 1 has 1 input and 2 output cells, but the table has 1 and 1 columns.",
    );
    warned(
        &xml("P", &["a"], &["- | 1"]),
        Code::BadTable,
        "no output lists its values",
    );
}
