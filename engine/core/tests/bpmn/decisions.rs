//! Business rule tasks: decisions in the step.

use crate::run::Run;
use redthread_core::Event;
use redthread_core::event::DecisionEvaluation;
use serde_json::json;

/// A table: which team does what of how much, and how soon.
const TRIAGE: &str = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="triage-file" name="Triage" namespace="tests">
  <decision id="triage" name="Triage">
    <extensionElements><zeebe:versionTag value="spring"/></extensionElements>
    <decisionTable id="table" hitPolicy="UNIQUE">
      <input id="i1" label="Amount"><inputExpression id="e1" typeRef="number"><text>amount</text></inputExpression></input>
      <output id="o1" name="team" typeRef="string"/>
      <output id="o2" name="days" typeRef="number"/>
      <rule id="small"><inputEntry id="c1"><text>&lt; 1000</text></inputEntry>
        <outputEntry id="c2"><text>"support"</text></outputEntry><outputEntry id="c3"><text>5</text></outputEntry></rule>
      <rule id="large"><inputEntry id="c4"><text>[1000..5000]</text></inputEntry>
        <outputEntry id="c5"><text>"sales"</text></outputEntry><outputEntry id="c6"><text>2</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"#;

fn literal(id: &str, expression: &str) -> String {
    format!(
        r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="file-{id}" name="{id}" namespace="{id}">
        <decision id="{id}" name="{id}"><variable name="{id}"/><literalExpression><text>{expression}</text></literalExpression></decision></definitions>"#
    )
}

/// Decides and then waits for somebody to look at the result.
fn deciding(called: &str, mapping: &str) -> String {
    format!(
        r#"<startEvent id="Start"/>
        <businessRuleTask id="Decide"><extensionElements><zeebe:calledDecision {called} resultVariable="result"/>{mapping}</extensionElements></businessRuleTask>
        <userTask id="Look"/> <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Decide"/> <sequenceFlow id="f2" sourceRef="Decide" targetRef="Look"/>
        <sequenceFlow id="f3" sourceRef="Look" targetRef="End"/>"#
    )
}

fn evaluations(run: &Run) -> Vec<&DecisionEvaluation> {
    let events = run.history.iter();
    events
        .filter_map(|event| match event {
            Event::DecisionEvaluated { evaluation, .. } => Some(evaluation),
            _ => None,
        })
        .collect()
}

#[test]
fn a_decision_is_made_with_the_variables_and_its_result_becomes_a_variable() {
    let run = Run::deciding(
        &deciding(r#"decisionId="triage""#, ""),
        "{amount: 1200}",
        &[TRIAGE],
    );
    assert_eq!(run.stands_at(), ["Look"]);
    assert_eq!(run.variable("result"), r#"{team: "sales", days: 2}"#);
}

#[test]
fn each_evaluation_is_written_down_with_what_it_was_given_and_which_rules_matched() {
    let run = Run::deciding(
        &deciding(r#"decisionId="triage""#, ""),
        "{amount: 12}",
        &[TRIAGE],
    );
    let evaluations = evaluations(&run);
    assert_eq!(evaluations.len(), 1);
    let decision = &evaluations[0].decision;
    assert_eq!(
        (&*decision.id, &*decision.name, decision.version),
        ("triage", "Triage", 1)
    );
    let last = evaluations[0].explanation.decisions.last().unwrap();
    assert_eq!(last.result, json!({"team": "support", "days": 5}));
    let table = &last.tables[0];
    assert_eq!(table.inputs[0].value, json!(12));
    let matched: Vec<_> = table
        .matched
        .iter()
        .map(|rule| rule.id.as_deref())
        .collect();
    assert_eq!(matched, [Some("small")]);
}

#[test]
fn input_mappings_give_the_decision_its_context_and_output_mappings_decide_what_goes_out() {
    let mapping = r#"<zeebe:ioMapping><zeebe:input source="=order.net" target="amount"/>
        <zeebe:output source="=result.team" target="team"/></zeebe:ioMapping>"#;
    let run = Run::deciding(
        &deciding(r#"decisionId="triage""#, mapping),
        "{order: {net: 5000}}",
        &[TRIAGE],
    );
    assert_eq!(run.variable("team"), r#""sales""#);
    assert_eq!(
        (run.variable("result"), run.variable("amount")),
        ("(none)".into(), "(none)".into())
    );
}

#[test]
fn which_decision_may_be_an_expression() {
    let run = Run::deciding(
        &deciding(r#"decisionId="=kind + &quot;-rules&quot;""#, ""),
        "{kind: \"b\"}",
        &[&literal("a-rules", "1"), &literal("b-rules", "2")],
    );
    assert_eq!(run.variable("result"), "2");
}

#[test]
fn the_latest_version_is_meant_unless_the_task_is_bound_to_its_deployment_or_a_tag() {
    let versions = [
        literal("d", "1").replace(
            "<variable",
            "<extensionElements><zeebe:versionTag xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" value=\"old\"/></extensionElements><variable",
        ),
        literal("d", "2"),
    ];
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let result =
        |called: &str| Run::deciding(&deciding(called, ""), "{}", &versions).variable("result");
    assert_eq!(result(r#"decisionId="d""#), "2");
    assert_eq!(result(r#"decisionId="d" bindingType="deployment""#), "1");
    assert_eq!(
        result(r#"decisionId="d" bindingType="versionTag" versionTag="old""#),
        "1"
    );
}

#[test]
fn a_decision_that_is_not_deployed_is_an_incident_until_it_is() {
    let mut run = Run::deciding(&deciding(r#"decisionId="triage""#, ""), "{amount: 1}", &[]);
    assert_eq!(run.last(1), ["Decide incident decisionFailed"]);
    assert_eq!(
        run.said(),
        ["No decision with the id \"triage\" is deployed. Upload it, and try again."]
    );
    run.deploy(TRIAGE);
    run.retry();
    assert_eq!(run.stands_at(), ["Look"]);
    assert_eq!(run.variable("result"), r#"{team: "support", days: 5}"#);
}

#[test]
fn no_rule_that_matches_gives_null_and_the_process_goes_on() {
    let run = Run::deciding(
        &deciding(r#"decisionId="triage""#, ""),
        "{amount: 9000}",
        &[TRIAGE],
    );
    assert_eq!(run.stands_at(), ["Look"]);
    assert_eq!(run.variable("result"), "null");
}

#[test]
fn a_decision_that_fails_is_an_incident_that_says_which_and_why() {
    let mut run = Run::deciding(
        &deciding(r#"decisionId="triage""#, ""),
        "{}",
        &[&TRIAGE.replace("[1000..5000]", "&lt; 5000")],
    );
    assert_eq!(run.last(1), ["Decide incident decisionFailed"]);
    let said = run.said().remove(0);
    assert!(
        said.starts_with("The decision \"Triage\" (version 1) could not be made.")
            && said.contains("amount"),
        "{said}"
    );
    run.set("{amount: 12}");
    run.retry();
    let said = run.said().remove(0);
    assert!(
        said.contains("could not be made"),
        "two rules match: {said}"
    );
    assert_eq!(evaluations(&run).len(), 2, "each try is written down");
    run.set("{amount: 3000}");
    run.retry();
    assert_eq!(run.stands_at(), ["Look"]);
    assert_eq!(run.variable("result"), r#"{team: "sales", days: 2}"#);
}

#[test]
fn what_is_written_down_is_bounded_however_much_there_is_to_say() {
    let long = "a".repeat(5_000);
    let run = Run::deciding(
        &deciding(r#"decisionId="d""#, ""),
        &format!("{{amount: 1, long: \"{long}\"}}"),
        &[&literal("d", "for i in 1..100 return long")],
    );
    assert_eq!(run.stands_at(), ["Look"], "{:?}", run.said());
    let evaluations = evaluations(&run);
    let size = serde_json::to_string(evaluations[0]).unwrap().len();
    assert!(size < 2 * DecisionEvaluation::LIMIT, "{size}");
}

#[test]
fn a_business_rule_task_with_a_job_type_is_a_job() {
    let mut run = Run::of(
        r#"<startEvent id="Start"/>
        <businessRuleTask id="Rules"><extensionElements><zeebe:taskDefinition type="rules"/></extensionElements></businessRuleTask>
        <endEvent id="End"/>
        <sequenceFlow id="f1" sourceRef="Start" targetRef="Rules"/> <sequenceFlow id="f2" sourceRef="Rules" targetRef="End"/>"#,
    );
    run.complete_job("Rules", "{good: true}");
    assert_eq!(run.last(1), ["process completed"]);
}
