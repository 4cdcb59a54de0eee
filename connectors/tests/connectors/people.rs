//! Telling people: of tasks, and of calls before they begin.

use redthread_connectors::CrmWrite;
use redthread_crm::{Scope, activities};
use redthread_runtime::Actor;

use crate::house::{at, house, write};

fn task(assignment: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
        <process id="p" name="Follow-up" isExecutable="true"><startEvent id="Begin"/>
          <sequenceFlow id="f" sourceRef="Begin" targetRef="Look"/>
          <userTask id="Look" name="Look at it"><extensionElements>
            <zeebe:assignmentDefinition {assignment}/></extensionElements></userTask>
          <sequenceFlow id="g" sourceRef="Look" targetRef="Over"/><endEvent id="Over"/>
        </process></definitions>"#
    )
}

#[tokio::test]
async fn a_new_task_is_told_to_its_assignee_alone() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.deploy(&task(r#"assignee="=case.owner.login""#)).await;
    house.start().await;
    let told = house.notifications("anna").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].code, "task.created");
    assert_eq!(
        (&told[0].params["name"], &told[0].params["process"]),
        (&"Look at it".into(), &"Follow-up".into())
    );
    assert_eq!(told[0].link_kind.as_deref(), Some("task"));
    assert!(house.notifications("boris").await.is_empty());
}

#[tokio::test]
async fn a_task_of_a_team_is_told_to_all_its_members() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.deploy(&task(r#"candidateGroups="Support""#)).await;
    house.start().await;
    for login in ["anna", "boris"] {
        assert_eq!(house.notifications(login).await.len(), 1, "{login}");
    }
}

#[tokio::test]
async fn a_task_that_is_handed_over_is_told_to_the_new_assignee_unless_it_was_their_own_doing() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.deploy(&task(r#"assignee="anna""#)).await;
    let instance = house.start().await;
    let task = *house.state(instance).await.waits.keys().next().unwrap();
    let to_boris = || Some("boris".to_owned());
    house
        .runtime
        .assign_task(
            task,
            redthread_core::Holder::Anyone,
            to_boris(),
            None,
            Actor::System,
        )
        .await
        .unwrap();
    assert_eq!(house.notifications("boris").await.len(), 1);
    assert_eq!(house.notifications("boris").await[0].code, "task.assigned");
    let anna = Actor::User {
        login: "anna".into(),
        name: "Anna Weber".into(),
    };
    house
        .runtime
        .assign_task(
            task,
            redthread_core::Holder::Anyone,
            Some("anna".into()),
            None,
            anna,
        )
        .await
        .unwrap();
    assert_eq!(
        house.notifications("anna").await.len(),
        1,
        "only of the task itself"
    );
}

#[tokio::test]
async fn a_call_is_reminded_of_once_in_the_app_and_by_mail() {
    let house = house("2026-01-05T09:00:00Z").await;
    house
        .run("crm:create-call", &[("subject", "\"Is the oven warm?\"")])
        .await;
    assert_eq!(
        house.runtime.next_due().await.unwrap(),
        Some(at("2026-01-12T08:30:00Z"))
    );
    house.advance_to("2026-01-12T08:29:59Z").await;
    assert!(house.notifications("anna").await.is_empty());
    house.advance_to("2026-01-12T12:00:00Z").await;
    house.advance_to("2026-01-20T12:00:00Z").await;
    let told = house.notifications("anna").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].code, "activity.reminder");
    assert_eq!(told[0].created_at, at("2026-01-12T08:30:00Z"));
    assert_eq!(told[0].params["subject"], "Is the oven warm?");
    let mails = house.outbox().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "anna@example.com");
    assert_eq!(mails[0].subject, "Reminder of a call: Is the oven warm?");
    assert_eq!(
        mails[0].body,
        "Call: Is the oven warm?\nWhen: 2026-01-12 10:00 (Europe/Berlin)\n"
    );
}

#[tokio::test]
async fn people_are_reminded_in_their_own_language() {
    let house = house("2026-01-05T09:00:00Z").await;
    house
        .run(
            "crm:create-call",
            &[("subject", "\"Печь\""), ("assignee", "\"boris\"")],
        )
        .await;
    house.advance_to("2026-01-12T12:00:00Z").await;
    assert_eq!(
        house.outbox().await[0].subject,
        "Напоминание о звонке: Печь"
    );
}

#[tokio::test]
async fn a_call_that_was_moved_is_reminded_of_at_its_new_time() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run("crm:create-call", &[]).await;
    let call = house.activity().await.key;
    house.advance_to("2026-01-12T08:45:00Z").await;
    write(&house.runtime, move |tx, cx| {
        Box::pin(async move {
            let write = CrmWrite::of(cx);
            let later = at("2026-01-14T09:00:00Z");
            activities::reschedule(&write.change(tx), &Scope::system(), call, None, later, None)
                .await
        })
    })
    .await;
    house.advance_to("2026-01-15T09:00:00Z").await;
    let times: Vec<_> = house
        .notifications("anna")
        .await
        .iter()
        .map(|told| told.created_at)
        .collect();
    assert_eq!(
        times,
        [at("2026-01-14T08:30:00Z"), at("2026-01-12T08:30:00Z")]
    );
}

#[tokio::test]
async fn a_cancelled_call_is_not_reminded_of() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run("crm:create-call", &[]).await;
    house
        .runtime
        .cancel(instance, None, Actor::System)
        .await
        .unwrap();
    house.advance_to("2026-01-15T09:00:00Z").await;
    assert!(house.notifications("anna").await.is_empty() && house.outbox().await.is_empty());
}
