//! Poison: a diagram that computes without end, makes more than fits anywhere, or calls a connector that panics, hangs or
//! breaks the transaction, has an incident of its own. Those who came with it do not notice.

use redthread_core::Key;
use redthread_runtime::TaskView;

use crate::diagrams::{process, service_task, user_task};
use crate::house::House;

/// The open incidents of an instance: `ELEMENT CODE`.
pub async fn incidents(house: &House, instance: Key) -> Vec<String> {
    let open = house.runtime.queries().incidents(instance).await;
    let open = open.unwrap().into_iter();
    open.map(|incident| format!("{} {}", incident.element, incident.code))
        .collect()
}

fn script(expression: &str) -> Vec<u8> {
    process(
        "poison",
        &format!(
            "<startEvent id=\"S\"/>
             <scriptTask id=\"Act\"><extensionElements><zeebe:script expression=\"={expression}\" resultVariable=\"r\"/></extensionElements></scriptTask>
             <endEvent id=\"E\"/>
             S -> Act
             Act -> E"
        ),
    )
}

fn connector(job_type: &str) -> Vec<u8> {
    process(
        "poison",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<endEvent id=\"E\"/>\nS -> Act\nAct -> E",
            service_task("Act", job_type)
        ),
    )
}

/// Twenty good ones and the poison arrive together: the good ones do what they are to do, each once, and the poison has
/// an incident.
async fn among_others(poison: Vec<u8>, code: &str) {
    let house = House::with(poison).await;
    house
        .deploy(process(
            "good",
            &format!(
                "<startEvent id=\"S\"/>\n{}\n{}\n<endEvent id=\"E\"/>\nS -> Note\nNote -> Do\nDo -> E",
                service_task("Note", "test:note"),
                user_task("Do", "ann")
            ),
        ))
        .await;
    let before = (0..10).map(|_| house.try_start("good", &[]));
    let after = (0..10).map(|_| house.try_start("good", &[]));
    let (before, poison, after) = tokio::join!(
        futures::future::join_all(before),
        house.try_start("poison", &[]),
        futures::future::join_all(after)
    );
    for good in before.into_iter().chain(after) {
        assert_eq!(house.standing(good.unwrap()).await, ["Do"]);
    }
    let poison = poison.unwrap();
    assert_eq!(incidents(&house, poison).await, [format!("Act {code}")]);
    assert_eq!(house.tasks(TaskView::All).await.len(), 20);
    assert_eq!(house.notices().await, ["good Note"; 20]);
    house.close().await;
}

#[tokio::test]
async fn an_expression_without_end_stops_its_own_instance_only() {
    among_others(
        script("count(for i in 1..100000, j in 1..100000 return i * j)"),
        "expressionFailed",
    )
    .await;
}

#[tokio::test]
async fn a_text_that_doubles_for_ever_stops_its_own_instance_only() {
    among_others(
        script("for i in 1..60 return if i = 1 then &quot;ab&quot; else partial[-1] + partial[-1]"),
        "expressionFailed",
    )
    .await;
}

#[tokio::test]
async fn a_value_that_is_too_large_stops_its_own_instance_only() {
    among_others(
        script(
            "for i in 1..100000 return &quot;some text of a certain length, again and again&quot;",
        ),
        "tooLarge",
    )
    .await;
}

#[tokio::test]
async fn a_connector_that_panics_stops_its_own_instance_only() {
    among_others(connector("test:panic"), "jobFailed").await;
}

#[tokio::test]
async fn a_connector_that_never_ends_stops_its_own_instance_only() {
    among_others(connector("test:hang"), "jobFailed").await;
}

#[tokio::test]
async fn a_connector_whose_statement_fails_stops_its_own_instance_only() {
    among_others(connector("test:broken"), "jobFailed").await;
}

#[tokio::test]
async fn a_connector_that_gives_too_much_stops_its_own_instance_only() {
    among_others(connector("test:huge"), "jobFailed").await;
}

/// SQLite takes further statements after one that failed; PostgreSQL takes none, and the connector is found out.
#[tokio::test]
async fn a_connector_that_goes_on_after_a_failed_statement_harms_nobody() {
    let is_postgres = std::env::var(redthread_test_database::POSTGRES).is_ok();
    if is_postgres {
        among_others(connector("test:swallow"), "jobFailed").await;
        return;
    }
    let house = House::with(connector("test:swallow")).await;
    let instance = house.start("poison", &[]).await;
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}
