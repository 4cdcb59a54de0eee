//! `crm:update-record`, `crm:create-record`, `crm:log-note`

use redthread_core::Status;
use redthread_crm::{Kind, Scope, timeline};
use redthread_feel::Value;
use serde_json::json;

use crate::house::{House, house, object, text, write};
use redthread_connectors::CrmWrite;

async fn change_case(house: &House, fields: serde_json::Value) {
    let case = house.case;
    write(&house.runtime, move |tx, cx| {
        let fields = fields.clone();
        Box::pin(async move {
            let write = CrmWrite::of(cx);
            let change = write.change(tx);
            redthread_crm::records::update(
                &change,
                &Scope::system(),
                Kind::Case,
                case,
                None,
                object(&fields),
            )
            .await
        })
    })
    .await;
}

#[tokio::test]
async fn a_record_changes_in_the_step_itself() {
    let house = house("2026-01-05T09:00:00Z").await;
    let changes = "{status: \"waiting\", owner: \"boris\", priority: \"high\"}";
    let instance = house
        .run("crm:update-record", &[("changes", changes)])
        .await;
    assert_eq!(house.state(instance).await.status, Status::Completed);
    let case = house.record(Kind::Case, house.case).await;
    assert_eq!(
        (text(&case, "status"), text(&case, "priority")),
        ("waiting", "high")
    );
    assert_eq!(case.titles["owner"].title, "Boris Orlow");
}

#[tokio::test]
async fn related_records_are_named_by_themselves() {
    let house = house("2026-01-05T09:00:00Z").await;
    let inputs = [
        ("changes", "{industry: \"Food\"}"),
        ("record", "case.account"),
    ];
    house.run("crm:update-record", &inputs).await;
    let account = &house.all(Kind::Account).await[0];
    assert_eq!(text(account, "industry"), "Food");
}

#[tokio::test]
async fn what_the_records_refuse_is_an_incident_and_changes_nothing() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house
        .run(
            "crm:update-record",
            &[("changes", "{status: \"done\", subject: \"x\"}")],
        )
        .await;
    let sentence = house.incident(instance).await;
    assert!(sentence.contains("status"), "{sentence}");
    assert_eq!(
        text(&house.record(Kind::Case, house.case).await, "subject"),
        "The oven does not heat"
    );
}

#[tokio::test]
async fn a_kind_that_does_not_exist_is_named() {
    let house = house("2026-01-05T09:00:00Z").await;
    let inputs = [
        ("changes", "{status: \"closed\"}"),
        ("record", "\"1\""),
        ("kind", "\"invoice\""),
    ];
    let sentence = house
        .incident(house.run("crm:update-record", &inputs).await)
        .await;
    assert!(
        sentence.starts_with("There is no kind of record \"invoice\". Expected one of: account,"),
        "{sentence}"
    );
}

/// A process that starts when a case is closed, changes it, and looks at the change.
const REOPENS: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
    <process id="p" isExecutable="true">
      <startEvent id="Closed"><extensionElements><zeebe:properties>
        <zeebe:property name="redthread:on" value="case.changed"/>
        <zeebe:property name="redthread:field" value="status"/>
      </zeebe:properties></extensionElements></startEvent>
      <sequenceFlow id="f" sourceRef="Closed" targetRef="Reopen"/>
      <serviceTask id="Reopen"><extensionElements><zeebe:taskDefinition type="crm:update-record"/>
        <zeebe:ioMapping><zeebe:input source="={status: &quot;in_progress&quot;}" target="changes"/></zeebe:ioMapping>
      </extensionElements></serviceTask>
      <sequenceFlow id="g" sourceRef="Reopen" targetRef="Look"/>
      <scriptTask id="Look"><extensionElements>
        <zeebe:script expression="=case.status" resultVariable="seen"/></extensionElements></scriptTask>
      <sequenceFlow id="h" sourceRef="Look" targetRef="Over"/>
      <endEvent id="Over"/>
    </process></definitions>"#;

#[tokio::test]
async fn a_change_is_seen_behind_it_and_does_not_start_its_own_process_again() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.deploy(REOPENS).await;
    let mut steps = house.runtime.steps();
    change_case(&house, json!({"status": "closed"})).await;
    let mut instances = std::collections::BTreeSet::new();
    while let Ok(step) = steps.try_recv() {
        instances.insert(step.instance);
    }
    assert_eq!(instances.len(), 1, "the process started itself again");
    let instance = *instances.first().unwrap();
    assert_eq!(
        house.variable(instance, "seen").await,
        Value::from("in_progress")
    );
    // Somebody else's change does start it.
    change_case(&house, json!({"status": "closed"})).await;
    assert!(steps.try_recv().is_ok());
}

#[tokio::test]
async fn a_new_record_is_made_and_handed_on() {
    let house = house("2026-01-05T09:00:00Z").await;
    let fields = "{name: \"New oven\", account: case.account, amount: 1200.5, currency: \"EUR\",
        expected_close: date(\"2026-03-01\"), owner: case.owner}";
    let instance = house
        .run(
            "crm:create-record",
            &[("kind", "\"deal\""), ("fields", fields)],
        )
        .await;
    let deals = house.all(Kind::Deal).await;
    assert_eq!(deals.len(), 1);
    assert_eq!(text(&deals[0], "name"), "New oven");
    assert_eq!(deals[0].fields["amount"].to_string(), "1200.5");
    assert_eq!(text(&deals[0], "expected_close"), "2026-03-01");
    assert_eq!(deals[0].titles["account"].title, "Corner Bakery");
    let record = house.variable(instance, "record").await;
    let key = record
        .as_context()
        .and_then(|record| record.get("key"))
        .cloned();
    assert_eq!(key, Some(Value::from(deals[0].key.to_string())));
}

#[tokio::test]
async fn a_note_stands_on_the_timeline_of_the_record() {
    let house = house("2026-01-05T09:00:00Z").await;
    house
        .run(
            "crm:log-note",
            &[("text", "\"Asked about: \" + case.subject")],
        )
        .await;
    let readers = house.runtime.database().readers();
    let timeline = timeline::of(readers, &Scope::system(), Kind::Case, house.case, None, 50)
        .await
        .unwrap();
    assert!(
        timeline
            .entries
            .iter()
            .any(|entry| entry.params.to_string().contains("Asked about: The oven")),
        "{timeline:?}"
    );
}

#[tokio::test]
async fn a_process_about_a_record_that_is_gone_sees_null() {
    let house = house("2026-01-05T09:00:00Z").await;
    house
        .deploy(&crate::house::process(
            "crm:log-note",
            &[("text", "if case = null then \"gone\" else \"there\"")],
        ))
        .await;
    let gone = redthread_core::Subject {
        kind: "case".into(),
        key: "17".into(),
    };
    let instance = house.start_about(Some(gone)).await;
    let sentence = house.incident(instance).await;
    assert_eq!(sentence, "There is no case 17 (any more).");
}
