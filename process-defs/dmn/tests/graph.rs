//! Requirement graphs, business knowledge models, decision services and imports (DMN 1.5, chapters 6 and 10.4).

mod common;

use common::{
    DMN, check, check_null, decisions, definitions, env, escaped, feel, given, literal, model,
    refused, warned,
};
use redthread_dmn::{Code, Detail, DmnError, LogicKind, link};
use redthread_feel::Value;

fn requires(kind: &str, id: &str) -> String {
    let around = if kind == "Knowledge" {
        "knowledgeRequirement"
    } else {
        "informationRequirement"
    };
    format!("<{around}><required{kind} href=\"#{id}\"/></{around}>")
}

fn decided(id: &str, name: &str, requirements: &[(&str, &str)], text: &str) -> String {
    let requirements: String = requirements
        .iter()
        .map(|(kind, id)| requires(kind, id))
        .collect();
    format!(
        "<decision id=\"{id}\" name=\"{name}\"><variable name=\"{name}\"/>{requirements}{}</decision>",
        literal(text)
    )
}

fn function(
    id: &str,
    name: &str,
    parameters: &[&str],
    requirements: &[(&str, &str)],
    text: &str,
) -> String {
    let requirements: String = requirements
        .iter()
        .map(|(kind, id)| requires(kind, id))
        .collect();
    let parameters: String = parameters
        .iter()
        .map(|name| format!("<formalParameter name=\"{name}\" typeRef=\"number\"/>"))
        .collect();
    format!(
        "<businessKnowledgeModel id=\"{id}\" name=\"{name}\"><variable name=\"{name}\"/><encapsulatedLogic>{parameters}{}\
         </encapsulatedLogic>{requirements}</businessKnowledgeModel>",
        literal(text)
    )
}

const INPUT: &str = "<inputData id=\"i\" name=\"Monthly income\"><variable name=\"Monthly income\" typeRef=\"number\"/></inputData>";

#[test]
fn decisions_are_made_after_those_that_they_require_and_each_once() {
    let xml = definitions(
        &[
            INPUT,
            &decided(
                "d",
                "Top",
                &[("Decision", "l"), ("Decision", "r")],
                "Left - Right",
            ),
            &decided("l", "Left", &[("Decision", "b")], "Bottom line + 1"),
            &decided("r", "Right", &[("Decision", "b")], "Bottom line * 2"),
            &decided(
                "b",
                "Bottom line",
                &[("Input", "i")],
                "Monthly income / 10 + random number() * 0",
            ),
        ]
        .concat(),
    );
    let outcome = decisions(&xml)
        .evaluate(
            "Top",
            &given("{\"Monthly income\": 50}"),
            &env(),
            Detail::Explained,
        )
        .unwrap();
    assert_eq!(outcome.value, Value::from(-4));
    let order: Vec<String> = outcome
        .explanation
        .unwrap()
        .decisions
        .iter()
        .map(|d| d.name.to_string())
        .collect();
    assert_eq!(order, ["Bottom line", "Left", "Right", "Top"]);
}

#[test]
fn a_chain_of_five_thousand_decisions_is_made() {
    let mut content = decided("d0", "D0", &[], "1");
    for at in 1..5_000 {
        let before = format!("d{}", at - 1);
        content.push_str(&decided(
            &format!("d{at}"),
            &format!("D{at}"),
            &[("Decision", &before)],
            &format!("D{} + 1", at - 1),
        ));
    }
    let outcome = decisions(&definitions(&content))
        .evaluate("d4999", &(), &env(), Detail::Result)
        .unwrap();
    assert_eq!(outcome.value, Value::from(5_000));
}

#[test]
fn circles_are_refused_with_their_path() {
    let xml = definitions(
        &[
            decided("a", "A", &[("Decision", "b")], "B"),
            decided("b", "B", &[("Decision", "c")], "C"),
            decided("c", "C", &[("Decision", "a")], "A"),
            decided("d", "Apart", &[("Decision", "a")], "1"),
        ]
        .concat(),
    );
    refused(&xml, Code::CircularRequirement, "A → B → C → A");
    let outcome = model(&xml)
        .decisions()
        .evaluate("d", &(), &env(), Detail::Result)
        .unwrap();
    assert_eq!(outcome.value, Value::from(1));
    refused(
        &definitions(&decided("a", "A", &[("Decision", "a")], "A")),
        Code::CircularRequirement,
        "“A” requires itself.",
    );
}

#[test]
fn knowledge_models_see_their_parameters_and_what_they_require_only() {
    let xml = definitions(
        &[
            INPUT,
            &decided(
                "d",
                "D",
                &[("Input", "i"), ("Knowledge", "k")],
                "[rate of(Monthly income), rate of(x: 1)]",
            ),
            &function("k", "rate of", &["x"], &[("Knowledge", "h")], "half(x) + 1"),
            &function("h", "half", &["x"], &[], "x / 2"),
        ]
        .concat(),
    );
    check(&xml, "{\"Monthly income\": 50}", "[26, 1.5]");
    let hidden = xml.replace("half(x) + 1", "Monthly income");
    check(&hidden, "{\"Monthly income\": 50}", "[null, null]");
    warned(
        &hidden,
        Code::UnknownName,
        "“rate of” does not require anything called “Monthly income”.",
    );
    check(
        &xml.replace("(x: 1)", "(\"one\")"),
        "{\"Monthly income\": 50}",
        "[26, null]",
    );
}

#[test]
fn knowledge_models_may_call_themselves_until_a_limit_ends_it() {
    let xml = definitions(
        &[
            decided("d", "D", &[("Knowledge", "k")], "factorial(10)"),
            decided("e", "E", &[("Knowledge", "k")], "factorial(1000000)"),
            function(
                "k",
                "factorial",
                &["n"],
                &[],
                "if n <= 1 then 1 else n * factorial(n - 1)",
            ),
        ]
        .concat(),
    );
    check(&xml, "{}", "3628800");
    let outcome = decisions(&xml)
        .evaluate("E", &(), &env(), Detail::Result)
        .unwrap();
    assert_eq!(
        (outcome.value, outcome.limit),
        (Value::Null, Some(redthread_feel::Limit::Depth))
    );
}

fn service() -> String {
    definitions(&[
        INPUT,
        "<decisionService id=\"s\" name=\"Assess\"><variable name=\"Assess\"/><outputDecision href=\"#o\"/>\
         <encapsulatedDecision href=\"#e\"/><inputDecision href=\"#g\"/><inputData href=\"#i\"/></decisionService>",
        "<decisionService id=\"two\" name=\"Both\"><variable name=\"Both\"/><outputDecision href=\"#o\"/>\
         <outputDecision href=\"#e\"/><inputDecision href=\"#g\"/><inputData href=\"#i\"/></decisionService>",
        &decided("o", "Outcome", &[("Decision", "e"), ("Decision", "g")], "Inner + Given"),
        &decided("e", "Inner", &[("Input", "i")], "Monthly income * 2"),
        &decided("g", "Given", &[], "1000"),
        &decided("d", "Caller", &[("Knowledge", "s"), ("Knowledge", "two"), ("Input", "i")],
            "[Assess(1, 100), Assess(Given: 200, Monthly income: 2), Both(1, 0).Inner, Monthly income]"),
    ].concat())
}

#[test]
fn services_are_given_input_data_and_then_decisions_and_hide_the_rest() {
    check(&service(), "{\"Monthly income\": 7}", "[102, 204, 2, 7]");
}

#[test]
fn services_can_be_called_from_outside() {
    let decisions = decisions(&service());
    let call = |name: &str, variables: &str| {
        decisions
            .invoke_service(name, &given(variables), &env(), Detail::Result)
            .unwrap()
            .value
    };
    assert_eq!(
        call("s", "{\"Monthly income\": 5, Given: 1}"),
        Value::from(11)
    );
    assert_eq!(
        call("Both", "{\"Monthly income\": 5, Given: 1}"),
        feel("{Outcome: 11, Inner: 10}")
    );
    assert_eq!(call("s", "{\"Monthly income\": 5}"), Value::Null);
    let info = &decisions.services()[0];
    let parameters: Vec<&str> = info.parameters.iter().map(|p| &*p.name).collect();
    assert_eq!(parameters, ["Monthly income", "Given"]);
}

#[test]
fn what_is_not_there_is_told_with_what_was_perhaps_meant() {
    let decisions = decisions(&service());
    let error = decisions
        .evaluate("Outcom", &(), &env(), Detail::Result)
        .unwrap_err();
    assert!(matches!(error, DmnError::UnknownDecision { .. }));
    assert_eq!(
        error.to_string(),
        "There is no decision “Outcom”. There is o, e, g and d."
    );
    let error = decisions
        .invoke_service("Bot", &(), &env(), Detail::Result)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "There is no decision service “Bot”. There is s and two."
    );
}

/// A file that another imports.
fn imported(name: &str, namespace: &str, content: &str) -> String {
    format!(
        "<definitions xmlns=\"{DMN}\" name=\"{name}\" id=\"{name}\" namespace=\"{namespace}\">{content}</definitions>"
    )
}

#[test]
fn imported_elements_have_the_name_of_the_import_before_theirs() {
    let base = model(&imported("base", "urn:base", &[
        "<itemDefinition name=\"Person\"><itemComponent name=\"first name\"><typeRef>string</typeRef></itemComponent></itemDefinition>",
        "<inputData id=\"p\" name=\"A person\"><variable name=\"A person\" typeRef=\"Person\"/></inputData>",
        &decided("greet", "Greeting", &[("Input", "p")], "\"Hello \" + A person.first name"),
        &function("twice", "two times", &["x"], &[], "x * 2"),
    ].concat()));
    let main = |import: &str, prefix: &str| {
        imported(
            "main",
            "urn:main",
            &format!(
                "<import namespace=\"urn:base\" name=\"{import}\" importType=\"{DMN}\"/>\
         <inputData id=\"q\" name=\"Q\"><variable name=\"Q\" typeRef=\"{prefix}Person\"/></inputData>\
         <decision id=\"d\" name=\"D\"><variable name=\"D\"/><informationRequirement><requiredDecision href=\"urn:base#greet\"/></informationRequirement>\
         <informationRequirement><requiredInput href=\"#q\"/></informationRequirement>\
         <knowledgeRequirement><requiredKnowledge href=\"urn:base#twice\"/></knowledgeRequirement>{}</decision>",
                literal(&escaped(&format!(
                    "[{prefix}Greeting, {prefix}two times(4), Q.first name]"
                )))
            ),
        )
    };
    for (import, prefix, person) in [
        (
            "base",
            "base.",
            "base: {\"A person\": {\"first name\": \"Ann\"}}",
        ),
        ("", "", "\"A person\": {\"first name\": \"Ann\"}"),
    ] {
        let linked = link(&model(&main(import, prefix)), &[&base]);
        assert!(linked.problems.is_empty(), "{:#?}", linked.problems);
        let variables = given(&format!("{{Q: {{\"first name\": \"Bob\"}}, {person}}}"));
        let outcome = linked
            .decisions
            .evaluate("d", &variables, &env(), Detail::Result)
            .unwrap();
        assert_eq!(
            outcome.value,
            feel("[\"Hello Ann\", 8, \"Bob\"]"),
            "{:?}",
            outcome.warnings
        );
    }
    // What is imported without a name may be referred to as if it were here.
    let here = main("", "").replace("urn:base#", "#");
    let linked = link(&model(&here), &[&base]);
    let variables =
        given("{Q: {\"first name\": \"Bob\"}, \"A person\": {\"first name\": \"Ann\"}}");
    let outcome = linked
        .decisions
        .evaluate("d", &variables, &env(), Detail::Result)
        .unwrap();
    assert_eq!(outcome.value, feel("[\"Hello Ann\", 8, \"Bob\"]"));
    let alone = link(&model(&main("base", "base.")), &[]);
    assert_eq!(alone.problems.len(), 1, "{:#?}", alone.problems);
    assert_eq!(
        alone.problems[0].message,
        "The imported file with the namespace “urn:base” is not there."
    );
    assert!(
        model(&main("base", "base.")).problems.is_empty(),
        "alone, nothing can be said of what is imported"
    );
}

#[test]
fn a_file_that_is_imported_on_two_ways_has_input_data_for_each() {
    let low = model(&imported(
        "low",
        "urn:low",
        &[
            "<inputData id=\"n\" name=\"n\"><variable name=\"n\" typeRef=\"number\"/></inputData>",
            &decided("t", "ten", &[("Input", "n")], "n * 10"),
        ]
        .concat(),
    ));
    let middle = |name: &str| {
        let decided = format!(
            "<decision id=\"m\" name=\"m\"><variable name=\"m\"/><informationRequirement><requiredDecision href=\"urn:low#t\"/></informationRequirement>{}</decision>",
            literal("low.ten + 1")
        );
        model(&imported(
            name,
            &format!("urn:{name}"),
            &format!("<import namespace=\"urn:low\" name=\"low\" importType=\"{DMN}\"/>{decided}"),
        ))
    };
    let (left, right) = (middle("left"), middle("right"));
    let top = model(&imported(
        "top",
        "urn:top",
        &format!(
            "<import namespace=\"urn:left\" name=\"left one\" importType=\"{DMN}\"/><import namespace=\"urn:right\" name=\"right\" importType=\"{DMN}\"/>\
         <decision id=\"d\" name=\"d\"><variable name=\"d\"/><informationRequirement><requiredDecision href=\"urn:left#m\"/></informationRequirement>\
         <informationRequirement><requiredDecision href=\"urn:right#m\"/></informationRequirement>{}</decision>",
            literal("[left one.m, right.m]")
        ),
    ));
    let linked = link(&top, &[&low, &left, &right]);
    assert!(linked.problems.is_empty(), "{:#?}", linked.problems);
    let variables = given("{\"left one\": {low: {n: 1}}, right: {low: {n: 2}}}");
    let outcome = linked
        .decisions
        .evaluate("d", &variables, &env(), Detail::Result)
        .unwrap();
    assert_eq!(outcome.value, feel("[11, 21]"), "{:?}", outcome.warnings);
    let inputs: Vec<&str> = linked.decisions.decisions()[0]
        .inputs
        .iter()
        .map(|i| &*i.name)
        .collect();
    assert_eq!(inputs, ["left one.low.n", "right.low.n"]);
}

#[test]
fn imports_that_lead_back_are_refused() {
    let file = |name: &str, other: &str| {
        model(&imported(
            name,
            &format!("urn:{name}"),
            &format!(
                "<import namespace=\"urn:{other}\" name=\"{other}\" importType=\"{DMN}\"/>{}",
                decided("d", "D", &[], "1")
            ),
        ))
    };
    let linked = link(&file("a", "a"), &[]);
    assert!(linked.has_errors());
    let linked = link(&file("a", "b"), &[&file("b", "a")]);
    let outcome = linked
        .decisions
        .evaluate("d", &(), &env(), Detail::Result)
        .unwrap();
    assert_eq!(outcome.value, Value::from(1));
}

#[test]
fn a_decision_tells_what_it_wants_and_gives() {
    let xml = definitions(&[
        INPUT,
        &decided("d", "Top", &[("Decision", "b")], "Bottom * season"),
        &decided("b", "Bottom", &[("Input", "i")], "Monthly income"),
    ].concat()).replace("<variable name=\"Top\"/>", "<variable name=\"Top\" typeRef=\"number\"/>")
        .replacen("<decision id=\"d\" name=\"Top\">", "<decision id=\"d\" name=\"Top\"><extensionElements><z:versionTag xmlns:z=\"http://camunda.org/schema/zeebe/1.0\" value=\"v2\"/></extensionElements>", 1);
    let decisions = decisions(&xml);
    let info = decisions.decision("d").unwrap();
    assert_eq!(
        (
            info.version_tag.as_deref(),
            info.logic,
            info.result.as_deref()
        ),
        (Some("v2"), LogicKind::LiteralExpression, Some("number"))
    );
    let inputs: Vec<(&str, Option<&str>, bool)> = info
        .inputs
        .iter()
        .map(|i| (&*i.name, i.r#type.as_deref(), i.declared))
        .collect();
    assert_eq!(
        inputs,
        [
            ("season", None, false),
            ("Monthly income", Some("number"), true)
        ]
    );
    // Names that nothing declares come from the caller, as Camunda's models have it.
    let outcome = decisions
        .evaluate(
            "Top",
            &given("{\"Monthly income\": 4, season: 2}"),
            &env(),
            Detail::Result,
        )
        .unwrap();
    assert_eq!(outcome.value, Value::from(8));
}

#[test]
fn a_decision_without_a_variable_is_known_by_its_id_too() {
    let xml = definitions(
        &[
            decided(
                "d",
                "Top",
                &[("Decision", "base_rate")],
                "base_rate + Base rate",
            ),
            decided("base_rate", "Base rate", &[], "2")
                .replace("<variable name=\"Base rate\"/>", ""),
        ]
        .concat(),
    );
    check(&xml, "{}", "4");
}

#[test]
fn a_decision_that_does_not_say_how_is_null() {
    check_null(
        &definitions("<decision id=\"d\" name=\"D\"/>"),
        "{}",
        "does not say how it is decided",
    );
}

#[test]
fn decisions_are_shared_between_threads() {
    fn is_shared<T: Send + Sync + Clone>() {}
    is_shared::<redthread_dmn::Decisions>();
    is_shared::<redthread_dmn::DecisionModel>();
}
