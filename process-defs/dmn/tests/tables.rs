//! Decision tables: hit policies, outputs, cells (DMN 1.5, chapter 8).

mod common;

use common::{check, check_null, decision, decisions, env, given, outcome, table};
use proptest::prelude::*;
use redthread_dmn::Detail;
use redthread_feel::Value;

fn discount(policy: &str, outputs: &[&str], rules: &[&str]) -> String {
    decision(
        &["amount: number", "status: string"],
        &table(policy, &["amount", "status"], outputs, rules),
        "",
    )
}

const GOLD: &str = "{amount: 500, status: \"gold\"}";

#[test]
fn unique_gives_the_one_rule_that_matches() {
    let xml = discount(
        "U",
        &["rate"],
        &[
            "< 100; - | 0",
            ">= 100; \"gold\" | 0.1",
            ">= 100; not(\"gold\") | 0.05",
        ],
    );
    check(&xml, GOLD, "0.1");
    check(&xml, "{amount: 500, status: \"new\"}", "0.05");
    check(&xml, "{amount: 99.99, status: \"gold\"}", "0");
}

#[test]
fn unique_is_null_when_two_rules_match_and_says_which() {
    let xml = discount("U", &["rate"], &["-; - | 1", "> 100; - | 2"]);
    check_null(&xml, GOLD, "Only one rule may match, but rules 1 and 2 do.");
    check(&xml, "{amount: 1, status: \"new\"}", "1");
}

#[test]
fn any_wants_the_rules_that_match_to_agree() {
    let xml = discount(
        "A",
        &["rate"],
        &["> 100; - | 1", "-; \"gold\" | 1", "-; \"new\" | 2"],
    );
    check(&xml, GOLD, "1");
    check_null(&xml, "{amount: 500, status: \"new\"}", "do not agree");
}

#[test]
fn first_gives_the_first_rule_that_matches() {
    let xml = discount(
        "F",
        &["rate"],
        &["> 1000; - | 1", "> 100; - | 2", "-; - | 3"],
    );
    check(&xml, GOLD, "2");
    check(&xml, "{amount: 0, status: \"new\"}", "3");
}

#[test]
fn priority_goes_by_the_order_of_output_values() {
    let rules = [
        "-; - | \"approve\"; 1",
        "> 100; - | \"refuse\"; 2",
        "-; \"gold\" | \"refer\"; 3",
    ];
    let xml = discount(
        "P",
        &["verdict {\"refuse\", \"refer\", \"approve\"}", "code"],
        &rules,
    );
    check(&xml, GOLD, "{verdict: \"refuse\", code: 2}");
    check(
        &xml,
        "{amount: 1, status: \"gold\"}",
        "{verdict: \"refer\", code: 3}",
    );
    check(
        &xml,
        "{amount: 1, status: \"new\"}",
        "{verdict: \"approve\", code: 1}",
    );
}

#[test]
fn lists_of_hits_come_in_the_order_that_their_policy_says() {
    let rules = [
        "-; - | \"low\"",
        "> 100; - | \"high\"",
        "-; \"gold\" | \"middle\"",
    ];
    let outputs = ["risk {\"high\", \"middle\", \"low\"}"];
    check(
        &discount("R", &outputs, &rules),
        GOLD,
        "[\"low\", \"high\", \"middle\"]",
    );
    check(
        &discount("O", &outputs, &rules),
        GOLD,
        "[\"high\", \"middle\", \"low\"]",
    );
    check(
        &discount("C", &outputs, &rules),
        GOLD,
        "[\"low\", \"high\", \"middle\"]",
    );
}

#[test]
fn collect_puts_hits_together() {
    let rules = [
        "-; - | 5",
        "> 100; - | 3",
        "-; \"gold\" | 7",
        "-; \"new\" | 100",
    ];
    for (policy, expected) in [("C+", "15"), ("C<", "3"), ("C>", "7"), ("C#", "3")] {
        check(&discount(policy, &["points"], &rules), GOLD, expected);
    }
}

#[test]
fn without_a_hit_there_is_the_default_or_nothing() {
    let rules = ["> 1000; - | 1"];
    check(&discount("U", &["rate"], &rules), GOLD, "null");
    check(&discount("U", &["rate = 0.5"], &rules), GOLD, "0.5");
    check(&discount("C", &["rate"], &rules), GOLD, "[]");
    check(&discount("C", &["rate = 0.5"], &rules), GOLD, "[0.5]");
    check(&discount("C#", &["rate"], &rules), GOLD, "0");
    check(&discount("C+", &["rate"], &rules), GOLD, "null");
    let two = ["> 1000; - | 1; 2"];
    check(
        &discount("F", &["a = 1 + 1", "b"], &two),
        GOLD,
        "{a: 2, b: null}",
    );
}

#[test]
fn several_outputs_are_a_context_and_empty_cells_are_null() {
    let xml = discount("U", &["rate", "reason"], &["> 100; - | amount / 1000;"]);
    check(&xml, GOLD, "{rate: 0.5, reason: null}");
}

#[test]
fn cells_may_use_variables_and_the_value_itself() {
    let xml = decision(
        &["amount: number", "limit: number"],
        &table(
            "F",
            &["amount"],
            &["verdict"],
            &[
                "> limit | \"over\"",
                "? * 2 > limit | \"near\"",
                "- | \"fine\"",
            ],
        ),
        "",
    );
    check(&xml, "{amount: 11, limit: 10}", "\"over\"");
    check(&xml, "{amount: 6, limit: 10}", "\"near\"");
    check(&xml, "{amount: 5, limit: 10}", "\"fine\"");
}

#[test]
fn what_is_not_given_matches_only_what_lets_everything_through() {
    let xml = discount("F", &["rate"], &["< 100; - | 1", "null; - | 2", "-; - | 3"]);
    check(&xml, "{amount: null, status: null}", "2");
    let outcome = outcome(&xml, "{status: \"new\"}");
    assert_eq!(
        outcome.warnings[0].message,
        "No value is given for “amount”."
    );
    assert_eq!(outcome.warnings[0].decision.as_deref(), Some("amount"));
}

#[test]
fn a_value_that_a_column_does_not_expect_is_told() {
    let xml = decision(
        &["status"],
        &table(
            "F",
            &["status {\"new\", \"gold\"}"],
            &["rate {1, 2}"],
            &["\"new\" | 1", "- | 3"],
        ),
        "",
    );
    let outcome = outcome(&xml, "{status: \"old\"}");
    let said: Vec<&str> = outcome
        .warnings
        .iter()
        .map(|w| w.message.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "\"old\" is not among the input values of “status” and counts as null.",
            "3 is not among the output values of “rate”."
        ]
    );
    assert_eq!(outcome.warnings[1].place.as_deref(), Some("rule 2, rate"));
}

#[test]
fn a_table_says_which_rules_matched_and_why() {
    let xml = discount(
        "R",
        &["rate"],
        &["< 100; - | 1", "> 100; - | 2", "-; \"gold\" | 1 + 2"],
    );
    let explanation = outcome(&xml, GOLD).explanation.unwrap();
    let [trace] = explanation.decisions.as_slice() else {
        panic!("{explanation:?}")
    };
    assert_eq!(&*trace.name, "D");
    let json = serde_json::to_value(&trace.tables[0]).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "hitPolicy": "ruleOrder",
            "inputs": [{"name": "amount", "value": 500}, {"name": "status", "value": "gold"}],
            "matched": [
                {"rule": 2, "id": "rule-2", "outputs": [{"name": "rate", "value": 2}]},
                {"rule": 3, "id": "rule-3", "outputs": [{"name": "rate", "value": 3}]},
            ],
        })
    );
}

#[test]
fn a_table_that_collects_may_have_the_type_of_a_single_hit() {
    let logic = table("C", &["amount"], &["rate"], &["> 1 | \"a\"", "> 2 | \"b\""]);
    let xml = decision(&["amount: number"], &logic, "").replace(
        "<variable name=\"D\"/>",
        "<variable name=\"D\" typeRef=\"string\"/>",
    );
    check(&xml, "{amount: 5}", "[\"a\", \"b\"]");
}

#[test]
fn a_table_as_modelers_of_camunda_write_it_runs() {
    let xml = r##"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
    xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0" id="shipping" name="Shipping" namespace="http://camunda.org/schema/1.0/dmn"
    modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.5.0">
  <decision id="d" name="Shipping price">
    <informationRequirement id="r1"><requiredDecision href="#parcel_size" /></informationRequirement>
    <decisionTable id="t" hitPolicy="FIRST" biodi:annotationsWidth="300">
      <input id="c1" label="Size" biodi:width="192"><inputExpression id="e1" typeRef="string"><text>parcel_size</text></inputExpression></input>
      <input id="c2" label="Express?"><inputExpression id="e2" typeRef="boolean"><text>express</text></inputExpression></input>
      <output id="o1" label="Price" name="price" typeRef="number" />
      <rule id="x1"><description>Small things go by letter</description>
        <inputEntry id="a1"><text>"small"</text></inputEntry><inputEntry id="a2"><text></text></inputEntry>
        <outputEntry id="b1"><text>2.5</text></outputEntry></rule>
      <rule id="x2"><inputEntry id="a3"><text></text></inputEntry><inputEntry id="a4"><text>true</text></inputEntry>
        <outputEntry id="b2"><text>weight * 3</text></outputEntry></rule>
      <rule id="x3"><inputEntry id="a5"><text>-</text></inputEntry><inputEntry id="a6"><text>-</text></inputEntry>
        <outputEntry id="b3"><text>weight</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="parcel_size" name="Parcel size">
    <literalExpression id="l1"><text>if weight &lt; 1 then "small" else "large"</text></literalExpression>
  </decision>
</definitions>"##;
    let decisions = decisions(xml);
    let inputs = decisions.decision("d").unwrap().inputs.iter();
    let inputs: Vec<&str> = inputs.map(|input| &*input.name).collect();
    assert_eq!(inputs, ["express", "weight"]);
    let price = |variables: &str| {
        decisions
            .evaluate("d", &given(variables), &env(), Detail::Explained)
            .unwrap()
    };
    assert_eq!(price("{weight: 5, express: true}").value, Value::from(15));
    assert_eq!(price("{weight: 5, express: false}").value, Value::from(5));
    let small = price("{weight: 0.5, express: true}").explanation.unwrap();
    let matched = &small.decisions[1].tables[0].matched[0];
    assert_eq!(
        (matched.rule, matched.annotations[0].text.as_str()),
        (1, "Small things go by letter")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Cells of constants are tested without FEEL; a cell with a variable in it is not.
    #[test]
    fn cells_of_constants_let_through_what_feel_does(
        cell in prop::sample::select(vec![
            "5", "\"b\"", "< 5", ">= 5", "!= 5", "!= \"b\"", "[1..5)", "(1..5]", "1, 3, > 7",
            "\"a\", \"c\"", "> \"a\"", "[\"a\"..\"b\"]", "true", "null", "[5..1]", "5, \"b\"", "-1",
        ]),
        value in prop::sample::select(vec![
            "null", "1", "3", "5", "5.0", "-1", "8", "\"a\"", "\"b\"", "\"c\"", "true", "[5]", "[]", "{a: 5}", "@\"2026-01-05\"",
        ]),
    ) {
        let passes = |cell: &str| {
            let xml = decision(&["value", "never"], &table("F", &["value"], &["o = false"], &[&format!("{cell} | true")]), "");
            outcome(&xml, &format!("{{value: {value}, never: \"~\"}}")).value
        };
        let through_feel = format!("{cell}, never");
        prop_assert_eq!(passes(cell), passes(&through_feel), "{} in {}", value, cell);
    }
}
