//! Connectors: in the step's own transaction, under a savepoint of their own.

use redthread_runtime::RecordRef;
use sea_orm::ConnectionTrait;

use crate::check::rows;
use crate::diagrams::{process, service_task, user_task};
use crate::house::{House, ann, texts};

fn one(job_type: &str) -> Vec<u8> {
    process(
        "one",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<boundaryEvent id=\"OnRefused\" attachedToRef=\"Act\"><errorEventDefinition errorRef=\"Refused\"/></boundaryEvent>\n<endEvent id=\"E\"/>\n<endEvent id=\"Sorry\"/>\nS -> Act\nAct -> E\nOnRefused -> Sorry",
            service_task("Act", job_type)
        ),
    )
}

#[tokio::test]
async fn a_call_is_planned_in_the_same_transaction_and_its_outcome_carries_the_process_on() {
    let house = House::with(one("test:call")).await;
    let instance = house.start("one", &[]).await;
    assert_eq!(house.standing(instance).await, ["Act"]);
    let row = house
        .runtime
        .queries()
        .instance_row(instance)
        .await
        .unwrap();
    assert_eq!(
        row.thread.now[0].who.as_deref(),
        Some("kim"),
        "who is to call"
    );
    let job = house
        .runtime
        .queries()
        .jobs_of(instance)
        .await
        .unwrap()
        .remove(0);
    let Some(RecordRef { kind, key }) = job.waits_for else {
        panic!("the job does not wait")
    };
    house
        .change(&kind, &key, &[("subject", "moved by a day")])
        .await;
    assert_eq!(
        house.standing(instance).await,
        ["Act"],
        "a change without an outcome goes by"
    );
    house.change(&kind, &key, &[("outcome", "fine")]).await;
    assert_eq!(house.status(instance).await, "completed");
    let steps = house
        .runtime
        .queries()
        .history(instance, &Default::default())
        .await
        .unwrap();
    let last = steps.items.last().unwrap();
    assert_eq!(
        last.actor,
        ann(),
        "who recorded the outcome made the process go on"
    );
    assert_eq!(
        house.variable(instance, "outcome").await.as_deref(),
        Some("\"fine\"")
    );
    house.close().await;
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_is_cancelled() {
    let house = House::with(one("test:call")).await;
    let instance = house.start("one", &[]).await;
    let job = house
        .runtime
        .queries()
        .jobs_of(instance)
        .await
        .unwrap()
        .remove(0);
    house.runtime.cancel(instance, None, ann()).await.unwrap();
    let call = job.waits_for.unwrap();
    assert_eq!(
        house
            .field(&call.kind, &call.key, "status")
            .await
            .as_deref(),
        Some("cancelled")
    );
    house.close().await;
}

#[tokio::test]
async fn a_connector_that_panics_or_breaks_is_an_incident_and_what_it_wrote_is_undone() {
    for job_type in ["test:panic", "test:broken", "test:nothing-like-it"] {
        let house = House::with(one(job_type)).await;
        let instance = house.start("one", &[]).await;
        assert_eq!(house.standing(instance).await, ["Act"], "{job_type}");
        assert_eq!(house.notices().await, [""; 0], "{job_type}");
        let incident = house
            .runtime
            .queries()
            .incidents(instance)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(incident.code, "jobFailed");
        if job_type == "test:panic" {
            assert!(
                incident.message.contains("the connector stumbled"),
                "{}",
                incident.message
            );
            house
                .runtime
                .set_variables(
                    instance,
                    Some(incident.element_instance),
                    texts(&[("calm", "yes")]),
                    None,
                    ann(),
                )
                .await
                .unwrap();
            house.runtime.retry(incident.key, ann()).await.unwrap();
            assert_eq!(house.status(instance).await, "completed");
            assert_eq!(house.notices().await, ["written before the panic"]);
        }
        house.close().await;
    }
}

#[tokio::test]
async fn a_connector_tries_again_when_it_says_so() {
    let house = House::with(one("test:flaky")).await;
    let instance = house.start("one", &[]).await;
    assert_eq!(house.notices().await.len(), 1);
    house.pass("PT10M").await;
    assert_eq!(house.notices().await.len(), 2);
    assert_eq!(house.status(instance).await, "active");
    house.pass("PT10M").await;
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn a_second_try_that_throws_what_nobody_catches_is_one_incident_and_not_tried_for_ever() {
    let task = service_task("Act", "test:flaky-refuse");
    let house = House::with(process(
        "lone",
        &format!("<startEvent id=\"S\"/>\n{task}\nS -> Act\nAct -> E"),
    ))
    .await;
    let instance = house.start("lone", &[]).await;
    house.pass("P1D").await;
    let incidents = house.runtime.queries().incidents(instance).await.unwrap();
    assert_eq!(
        incidents
            .iter()
            .map(|incident| &*incident.code)
            .collect::<Vec<_>>(),
        ["uncaughtError"]
    );
    assert_eq!(house.runtime.next_due().await.unwrap(), None);
    house.close().await;
}

#[tokio::test]
async fn an_error_that_a_connector_throws_is_caught_by_the_diagram() {
    let house = House::with(one("test:refuse")).await;
    let instance = house.start("one", &[]).await;
    assert_eq!(house.completed(instance).await, ["S", "OnRefused", "Sorry"]);
    assert_eq!(
        house.variable(instance, "why").await.as_deref(),
        Some("\"too dear\"")
    );
    house.close().await;
}

#[tokio::test]
async fn a_task_that_nobody_can_be_told_of_is_there_all_the_same() {
    let task = user_task("Unannounced", "ann");
    let house = House::with(process(
        "quiet",
        &format!("<startEvent id=\"S\"/>\n{task}\nS -> Unannounced\nUnannounced -> E"),
    ))
    .await;
    house.start("quiet", &[]).await;
    house.task("Unannounced").await;
    assert_eq!(
        rows(house.runtime.database(), "SELECT id FROM test_notice")
            .await
            .len(),
        0
    );
    house.close().await;
}

#[tokio::test]
async fn a_call_whose_outcome_could_not_be_taken_in_is_asked_about_again_and_not_planned_anew() {
    let house = House::with(one("test:call")).await;
    let instance = house.start("one", &[]).await;
    let queries = house.runtime.queries();
    let call = queries.jobs_of(instance).await.unwrap().remove(0).waits_for;
    let RecordRef { kind, key } = call.clone().unwrap();
    house
        .change(&kind, &key, &[("outcome", "fine"), ("note", "garbled")])
        .await;
    house
        .change(&kind, &key, &[("note", "garbled, still")])
        .await;
    let incidents = queries.incidents(instance).await.unwrap();
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    assert_eq!(
        queries.jobs_of(instance).await.unwrap().remove(0).waits_for,
        call
    );
    house.runtime.retry(incidents[0].key, ann()).await.unwrap();
    let incidents = queries.incidents(instance).await.unwrap();
    assert_eq!(incidents.len(), 1, "the note is garbled still");

    house.change(&kind, &key, &[("other", "")]).await;
    mend(&house, &kind, &key).await;
    house.runtime.retry(incidents[0].key, ann()).await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    assert_eq!(
        house.variable(instance, "outcome").await.as_deref(),
        Some("\"fine\"")
    );
    let calls = "SELECT key FROM test_record WHERE kind = 'call'";
    assert_eq!(rows(house.runtime.database(), calls).await.len(), 1);
    house.close().await;
}

/// Makes a call's note readable without anybody hearing of it.
async fn mend(house: &House, kind: &str, key: &str) {
    let (kind, key) = (kind.to_owned(), key.to_owned());
    let mended = house.runtime.write(ann(), move |tx, _| {
        let (kind, key) = (kind.clone(), key.clone());
        Box::pin(async move {
            let mut fields = crate::world::read(tx, &kind, &key)
                .await?
                .unwrap_or_default();
            fields.insert("note".into(), "".into());
            let fields = serde_json::Value::Object(fields).to_string();
            let mend = "UPDATE test_record SET fields = $1 WHERE kind = $2 AND key = $3";
            let mend = crate::world::sql(mend, [fields.into(), kind.into(), key.into()]);
            tx.execute_raw(mend).await.map(drop)
        })
    });
    mended.await.unwrap().unwrap();
}
