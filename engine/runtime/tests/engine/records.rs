//! Records wake processes in the transaction that changes them.

use redthread_runtime::RuntimeError;
use sea_orm::DbErr;

use crate::diagrams::{process, record_start, service_task, user_task};
use crate::house::{House, ann};
use crate::world::change;

fn on_closed(id: &str, then: &str) -> Vec<u8> {
    let start = record_start("Closed", "case.changed", "status", "closed");
    process(
        id,
        &format!(
            "{start}\n{}\n<endEvent id=\"E\"/>\nClosed -> Act\nAct -> E",
            service_task("Act", then)
        ),
    )
}

#[tokio::test]
async fn a_process_starts_by_itself_about_the_record_that_changed() {
    let house = House::with(on_closed("follow-up", "test:note")).await;
    house.change("case", "c1", &[("status", "open")]).await;
    assert_eq!(house.instances_of("follow-up").await, []);
    house.change("case", "c1", &[("status", "closed")]).await;
    let instances = house.instances_of("follow-up").await;
    let row = house
        .runtime
        .queries()
        .instance_row(instances[0])
        .await
        .unwrap();
    assert_eq!(
        row.subject.map(|s| (s.kind.to_string(), s.key.to_string())),
        Some(("case".into(), "c1".into()))
    );
    assert_eq!(row.started_by, Some(ann()), "who closed the case began it");
    house
        .change("case", "c1", &[("note", "still closed")])
        .await;
    assert_eq!(house.instances_of("follow-up").await.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn a_processs_own_change_does_not_start_it_again_in_a_circle() {
    let house = House::new().await;
    let reopened = record_start("Opened", "case.changed", "status", "open");
    let close_again = process(
        "close-again",
        &format!(
            "{reopened}\n{}\nOpened -> Close\nClose -> E",
            service_task("Close", "test:close")
        ),
    );
    house.deploy(on_closed("reopen", "test:reopen")).await;
    house.deploy(close_again).await;
    house.change("case", "c1", &[("status", "new")]).await;
    house.change("case", "c1", &[("status", "closed")]).await;
    // closed -> reopen opens it -> close-again closes it -> reopen is among the causes and does not start again.
    assert_eq!(house.instances_of("reopen").await.len(), 1);
    assert_eq!(house.instances_of("close-again").await.len(), 1);
    assert_eq!(
        house.field("case", "c1", "status").await.as_deref(),
        Some("closed")
    );
    house.close().await;
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing_and_wakes_nobody() {
    let house = House::with(on_closed("follow-up", "test:note")).await;
    house.change("case", "c1", &[("status", "open")]).await;
    let refused = house.runtime.write(ann(), |tx, _| {
        Box::pin(async move {
            change(tx, "case", "c1", &[("status", "closed")], Vec::new()).await?;
            Err::<(), DbErr>(DbErr::Custom("changed my mind".into()))
        })
    });
    assert!(refused.await.unwrap().is_err());
    assert_eq!(
        house.field("case", "c1", "status").await.as_deref(),
        Some("open")
    );
    assert_eq!(house.instances_of("follow-up").await, []);
    let panicked = house.runtime.write::<(), DbErr, _>(ann(), |tx, _| {
        Box::pin(async move {
            change(tx, "case", "c1", &[("status", "closed")], Vec::new()).await?;
            panic!("stumbled")
        })
    });
    assert!(matches!(panicked.await, Err(RuntimeError::Internal(said)) if said == "stumbled"));
    assert_eq!(
        house.field("case", "c1", "status").await.as_deref(),
        Some("open")
    );
    house.close().await;
}

#[tokio::test]
async fn an_instance_waits_for_its_own_record_and_a_gateway_sees_the_change() {
    let wait = "<intermediateCatchEvent id=\"Reopened\"><extensionElements><zeebe:properties><zeebe:property name=\"redthread:on\" value=\"case.changed\"/><zeebe:property name=\"redthread:field\" value=\"status\"/><zeebe:property name=\"redthread:to\" value=\"open\"/></zeebe:properties></extensionElements><messageEventDefinition/></intermediateCatchEvent>";
    let house = House::with(process(
        "watch",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{wait}\n<exclusiveGateway id=\"G\" default=\"G_No\"/>\n<endEvent id=\"Yes\"/>\n<endEvent id=\"No\"/>\nS -> Close\nClose -> Reopened\nReopened -> G\nG -> Yes if case.status = \"open\" and case.by = \"ann\"\nG -> No",
            service_task("Close", "test:close")
        ),
    ))
    .await;
    for key in ["c1", "c2"] {
        house.change("case", key, &[("status", "new")]).await;
    }
    let first = house
        .start_about("watch", &[], Some(("case", "c1")))
        .await
        .unwrap();
    let second = house
        .start_about("watch", &[], Some(("case", "c2")))
        .await
        .unwrap();
    assert_eq!(
        house.field("case", "c1", "status").await.as_deref(),
        Some("closed")
    );
    house
        .change("case", "c1", &[("status", "open"), ("by", "ann")])
        .await;
    assert_eq!(
        house.completed(first).await.last().map(|e| &**e),
        Some("Yes")
    );
    assert_eq!(house.standing(second).await, ["Reopened"]);
    house.change("case", "c2", &[("status", "open")]).await;
    assert_eq!(
        house.completed(second).await.last().map(|e| &**e),
        Some("No")
    );
    house.close().await;
}

#[tokio::test]
async fn a_change_wakes_only_what_waited_when_it_was_made() {
    let wait = "<intermediateCatchEvent id=\"Changed\"><extensionElements><zeebe:properties><zeebe:property name=\"redthread:on\" value=\"case.changed\"/><zeebe:property name=\"redthread:field\" value=\"status\"/></zeebe:properties></extensionElements><messageEventDefinition/></intermediateCatchEvent>";
    let house = House::with(process(
        "ask",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{wait}\n<endEvent id=\"E\"/>\nS -> Close\nClose -> Changed\nChanged -> E",
            service_task("Close", "test:close")
        ),
    ))
    .await;
    house.change("case", "c1", &[("status", "new")]).await;
    let instance = house
        .start_about("ask", &[], Some(("case", "c1")))
        .await
        .unwrap();
    assert_eq!(
        house.standing(instance).await,
        ["Changed"],
        "its own change came before it waited"
    );
    house.change("case", "c1", &[("status", "open")]).await;
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn the_assignee_comes_from_the_record_as_it_is_after_the_change() {
    let start = record_start("Closed", "case.changed", "status", "closed");
    let task = user_task("Thank", "=case.owner");
    let house = House::with(process(
        "thanks",
        &format!("{start}\n{task}\nClosed -> Thank\nThank -> E"),
    ))
    .await;
    house.change("case", "c1", &[("owner", "old")]).await;
    house
        .change("case", "c1", &[("owner", "new"), ("status", "closed")])
        .await;
    let tasks = house
        .tasks(redthread_runtime::TaskView::Mine("new".into()))
        .await;
    assert_eq!(tasks.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn a_change_that_wakes_a_thousand_wakes_them_all() {
    let any_call = "<intermediateCatchEvent id=\"Any\"><extensionElements><zeebe:properties><zeebe:property name=\"redthread:on\" value=\"call.created\"/></zeebe:properties></extensionElements><messageEventDefinition/></intermediateCatchEvent>";
    let house = House::with(process(
        "crowd",
        &format!("<startEvent id=\"S\"/>\n{any_call}\nS -> Any\nAny -> E"),
    ))
    .await;
    let crowd = futures::future::join_all((0..1_000).map(|_| house.start("crowd", &[]))).await;
    house.change("call", "1", &[("status", "planned")]).await;
    house.runtime.run_until_idle().await.unwrap();
    for instance in crowd {
        assert_eq!(house.status(instance).await, "completed");
    }
    house.close().await;
}
