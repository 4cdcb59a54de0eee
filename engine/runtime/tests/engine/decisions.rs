//! Decisions: deployed, found by their bindings, made in the step, looked up.

use redthread_calendar::Zone;
use redthread_core::{Event, Key};
use redthread_runtime::{Deployed, RuntimeError, UploadedFile};
use serde_json::json;

use crate::diagrams::process;
use crate::house::{House, ann, texts};

/// A decision that answers with `answer`.
fn decision(id: &str, answer: &str) -> UploadedFile {
    file(
        &format!("{id}.dmn"),
        id,
        "",
        &format!(
            r#"<decision id="{id}" name="The {id}"><extensionElements><zeebe:versionTag value="{}"/></extensionElements>
            <variable name="{id}"/><literalExpression><text>{answer}</text></literalExpression></decision>"#,
            answer.trim_matches('"')
        ),
    )
}

fn file(name: &str, namespace: &str, imports: &str, content: &str) -> UploadedFile {
    let xml = format!(
        r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
        id="file-{namespace}" name="{namespace}" namespace="{namespace}">{imports}{content}</definitions>"#
    );
    UploadedFile {
        name: name.to_owned(),
        bytes: xml.into_bytes(),
    }
}

/// A process that makes a decision and ends.
fn deciding(called: &str) -> UploadedFile {
    let task = format!(
        "<businessRuleTask id=\"Decide\"><extensionElements><zeebe:calledDecision {called} resultVariable=\"result\"/></extensionElements></businessRuleTask>"
    );
    UploadedFile {
        name: "deciding.bpmn".to_owned(),
        bytes: process(
            "deciding",
            &format!("<startEvent id=\"S\"/>\n{task}\nS -> Decide\nDecide -> E"),
        ),
    }
}

async fn deploy(house: &House, files: Vec<UploadedFile>) -> Deployed {
    match house.runtime.deploy(files, ann()).await {
        Ok(deployed) => deployed,
        Err(RuntimeError::DiagramErrors(problems)) => panic!("{problems:#?}"),
        Err(error) => panic!("{error}"),
    }
}

fn versions(deployed: &Deployed) -> Vec<(&str, i32, bool)> {
    let decisions = deployed.decisions.iter();
    decisions
        .map(|decision| (&*decision.decision_id, decision.version, decision.unchanged))
        .collect()
}

async fn result(house: &House) -> Option<String> {
    let instance = house.start("deciding", &[]).await;
    house.variable(instance, "result").await
}

#[tokio::test]
async fn a_process_calls_the_latest_version_or_the_one_of_its_upload_or_the_one_with_a_tag() {
    for (binding, first, second) in [
        ("", "1", "2"),
        ("bindingType=\"deployment\"", "1", "1"),
        ("bindingType=\"versionTag\" versionTag=\"1\"", "1", "1"),
    ] {
        let house = House::new().await;
        let diagram = deciding(&format!("decisionId=\"rate\" {binding}"));
        let deployed = deploy(&house, vec![diagram, decision("rate", "1")]).await;
        assert_eq!(deployed.warnings, []);
        assert_eq!(result(&house).await.as_deref(), Some(first), "{binding}");
        deploy(&house, vec![decision("rate", "2")]).await;
        assert_eq!(result(&house).await.as_deref(), Some(second), "{binding}");
        let house = House::open(
            house.close().await,
            redthread_runtime::SettableClock::standing_at(crate::house::at(crate::house::MONDAY)),
        )
        .await;
        let again = result(&house).await;
        assert_eq!(again.as_deref(), Some(second), "{binding}, after a restart");
        house.close().await;
    }
}

#[tokio::test]
async fn a_file_that_is_there_already_makes_no_new_version_and_belongs_to_the_upload_all_the_same()
{
    let house = House::new().await;
    let first = deploy(&house, vec![decision("rate", "1")]).await;
    assert_eq!(versions(&first), [("rate", 1, false)]);
    let again = deploy(&house, vec![decision("rate", "1")]).await;
    assert_eq!(versions(&again), [("rate", 1, true)]);
    assert_eq!(again.deployment, None);
    let diagram = || deciding("decisionId=\"rate\" bindingType=\"deployment\"");
    let with_diagram = deploy(&house, vec![decision("rate", "1"), diagram()]).await;
    assert_eq!(versions(&with_diagram), [("rate", 1, true)]);
    assert_eq!(result(&house).await.as_deref(), Some("1"));
    // The diagram says the same, but means another decision now.
    let anew = deploy(&house, vec![decision("rate", "2"), diagram()]).await;
    assert_eq!(versions(&anew), [("rate", 2, false)]);
    assert_eq!(
        (anew.definitions[0].version, anew.definitions[0].unchanged),
        (2, false)
    );
    assert_eq!(result(&house).await.as_deref(), Some("2"));
    let back = deploy(&house, vec![decision("rate", "1")]).await;
    assert_eq!(versions(&back), [("rate", 3, false)]);
    house.close().await;
}

#[tokio::test]
async fn a_file_finds_what_it_imports_in_its_upload_and_keeps_it() {
    let house = House::new().await;
    let base = |value: &str| {
        let content = format!(
            r#"<decision id="base" name="base"><variable name="base" typeRef="number"/><literalExpression><text>{value}</text></literalExpression></decision>"#
        );
        file("base.dmn", "base-ns", "", &content)
    };
    let import = r#"<import name="b" namespace="base-ns" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>"#;
    let content = r##"<decision id="rate" name="rate"><variable name="rate" typeRef="number"/>
        <informationRequirement id="r"><requiredDecision href="base-ns#base"/></informationRequirement>
        <literalExpression><text>b.base + 1</text></literalExpression></decision>"##;
    let rate = || file("rate.dmn", "rate-ns", import, content);

    let alone = house.runtime.deploy(vec![rate()], ann()).await.unwrap_err();
    assert!(matches!(alone, RuntimeError::DiagramErrors(_)), "{alone}");
    let diagram = deciding("decisionId=\"rate\"");
    deploy(&house, vec![rate(), base("1"), diagram]).await;
    assert_eq!(result(&house).await.as_deref(), Some("2"));
    // The imported file alone: who imported it before keeps it as it was.
    deploy(&house, vec![base("10")]).await;
    assert_eq!(result(&house).await.as_deref(), Some("2"));
    let both = deploy(&house, vec![rate(), base("10")]).await;
    assert_eq!(versions(&both), [("rate", 2, false), ("base", 2, true)]);
    assert_eq!(result(&house).await.as_deref(), Some("11"));
    house.close().await;
}

#[tokio::test]
async fn a_decision_that_is_not_there_is_a_warning_at_upload_and_an_incident_until_it_is() {
    let house = House::new().await;
    let deployed = deploy(&house, vec![deciding("decisionId=\"rate\"")]).await;
    let warnings: Vec<&str> = deployed
        .warnings
        .iter()
        .map(|warning| warning.problem.code.as_str())
        .collect();
    assert_eq!(warnings, ["unknownDecision"]);
    let instance = house.start("deciding", &[]).await;
    let incident = house
        .runtime
        .queries()
        .incidents(instance)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(incident.code, "decisionFailed");
    deploy(&house, vec![decision("rate", "7")]).await;
    house.runtime.retry(incident.key, ann()).await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    assert_eq!(
        house.variable(instance, "result").await.as_deref(),
        Some("7")
    );
    house.close().await;
}

#[tokio::test]
async fn what_was_decided_is_in_the_history_and_the_step_knows_the_version_by_its_key() {
    let house = House::new().await;
    let deployed = deploy(
        &house,
        vec![deciding("decisionId=\"rate\""), decision("rate", "41 + 1")],
    )
    .await;
    let instance = house.start("deciding", &[]).await;
    let steps = house
        .runtime
        .queries()
        .history(instance, &Default::default())
        .await
        .unwrap()
        .items;
    let evaluation = steps[0].events.iter().find_map(|event| match event {
        Event::DecisionEvaluated { evaluation, .. } => Some(evaluation),
        _ => None,
    });
    let evaluation = evaluation.expect("an evaluation");
    assert_eq!(evaluation.decision.key, deployed.decisions[0].key);
    assert_eq!(evaluation.explanation.decisions[0].result, json!(42));
    let known = &steps[0].inputs.facts.decisions;
    assert_eq!(known.len(), 1);
    let found = known[0].found.as_ref().expect("a version");
    assert_eq!(
        (found.key, found.model.is_none()),
        (deployed.decisions[0].key, true)
    );
    house.close().await;
}

#[tokio::test]
async fn decisions_are_listed_shown_and_tried_out() {
    let house = House::new().await;
    deploy(
        &house,
        vec![decision("rate", "1"), decision("fee", "amount + 1")],
    )
    .await;
    let second = deploy(&house, vec![decision("rate", "2")]).await;
    let queries = house.runtime.queries();
    let rows = queries.decisions().await.unwrap();
    let rows: Vec<(&str, i32, u32)> = rows
        .iter()
        .map(|row| (&*row.decision_id, row.latest.version, row.versions))
        .collect();
    assert_eq!(rows, [("fee", 1, 1), ("rate", 2, 2)]);
    let key = second.decisions[0].key;
    let card = queries.decision(key).await.unwrap();
    assert_eq!(
        (&*card.name, &*card.file, card.versions.len()),
        ("The rate", "rate.dmn", 2)
    );
    let (name, bytes) = queries.decision_file(key).await.unwrap();
    assert_eq!(
        (name, bytes),
        ("rate.dmn".to_owned(), decision("rate", "2").bytes)
    );
    let fee = queries.decisions().await.unwrap().remove(0).latest.key;
    let amount = texts(&[("amount", "a")]);
    let tried = queries.try_decision(fee, amount, Zone::UTC).await.unwrap();
    assert!(
        tried.value.is_null() && !tried.warnings.is_empty(),
        "{tried:?}"
    );
    assert!(matches!(
        queries.decision(Key(1)).await.unwrap_err(),
        RuntimeError::Unknown {
            what: "decision",
            ..
        }
    ));
    house.close().await;
}

#[tokio::test]
async fn files_with_errors_and_two_files_with_one_decision_are_refused() {
    let house = House::new().await;
    let broken = decision("rate", "1 +");
    let refused = house.runtime.deploy(vec![broken], ann()).await.unwrap_err();
    assert!(
        matches!(refused, RuntimeError::DiagramErrors(_)),
        "{refused}"
    );
    let mut twin = decision("rate", "2");
    twin.name = "twin.dmn".to_owned();
    let both = vec![decision("rate", "1"), twin];
    let refused = house.runtime.deploy(both, ann()).await.unwrap_err();
    let RuntimeError::DiagramErrors(problems) = refused else {
        panic!("{refused}")
    };
    let messages: Vec<&str> = problems
        .iter()
        .filter(|problem| problem.is_error())
        .map(|problem| &*problem.problem.message)
        .collect();
    assert_eq!(
        messages,
        ["The decision \"rate\" is also in the file \"rate.dmn\"."]
    );
    house.close().await;
}
