//! Databases of earlier versions, with running instances in them, are migrated, and the instances run to their ends.
//!
//! `golden/schema-4.jsonl` and `schema-5.jsonl` hold all rows of two databases, as versions of the server wrote them when the
//! schema had so many migrations. In each, one instance waits for everything there was to wait for (tasks, a worker's
//! job, a connector that waits for a record, a record, a message, a time, a person who mends what is stuck), and another
//! one for its first task and, after that, for a message that is kept.

use std::sync::Arc;

use redthread_core::{Holder, Key};
use redthread_feel::Value as Feel;
use redthread_runtime::{Message, SettableClock, TaskView};
use redthread_test_database::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value};
use sea_orm_migration::MigratorTrait;

use crate::house::{House, ann, at, texts};

/// Puts rows in as they were written. Columns that a row had nothing in are left out.
async fn put(connection: &DatabaseConnection, line: &serde_json::Value) {
    let (mut columns, mut values) = (Vec::new(), Vec::<Value>::new());
    for (column, value) in line["row"].as_object().unwrap() {
        columns.push(column.clone());
        values.push(match value {
            serde_json::Value::Bool(value) => (*value).into(),
            serde_json::Value::Number(value) => value.as_i64().unwrap().into(),
            serde_json::Value::String(value) if column == "bytes" => {
                value.clone().into_bytes().into()
            }
            serde_json::Value::String(value) => value.clone().into(),
            other => panic!("{other}"),
        });
    }
    let places: Vec<String> = (1..=columns.len()).map(|nth| format!("${nth}")).collect();
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        line["table"].as_str().unwrap(),
        columns.join(", "),
        places.join(", ")
    );
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), &sql, values);
    let put = connection.execute_raw(statement).await;
    put.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The engine on a database that a version with so many migrations has left.
async fn house_of(migrations: u32, rows: &str) -> House {
    let place = TestDatabase::new().await;
    let connection = place.connect().await;
    redthread_runtime::Migrator::up(&connection, Some(migrations))
        .await
        .unwrap();
    let lines: Vec<serde_json::Value> = rows
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let is_of_world =
        |line: &&serde_json::Value| line["table"].as_str().unwrap().starts_with("test_");
    for line in lines.iter().filter(|line| !is_of_world(line)) {
        put(&connection, line).await;
    }
    crate::world::Migrations::up(&connection, None)
        .await
        .unwrap();
    for line in lines.iter().filter(is_of_world) {
        put(&connection, line).await;
    }
    connection.close().await.unwrap();
    House::open(
        Arc::new(place),
        SettableClock::standing_at(at("2026-01-05T12:00:00Z")),
    )
    .await
}

fn paid(order: &str) -> Message {
    Message {
        name: "paid".into(),
        correlation_key: order.into(),
        variables: texts(&[]),
        id: None,
        ttl: None,
    }
}

/// Does what the instances wait for, but for one record, one message and the time.
async fn work(house: &House) {
    let runtime = &house.runtime;
    for _ in 0..2 {
        for task in house.tasks(TaskView::All).await {
            let completed = runtime.complete_task(task.key, Holder::Anyone, texts(&[]), ann());
            completed.await.unwrap();
        }
    }
    for job in runtime.queries().jobs_for_workers(None, 10).await.unwrap() {
        runtime
            .complete_job(job.key, texts(&[]), ann())
            .await
            .unwrap();
    }
}

async fn mend(house: &House, instance: Key) {
    let mended = [("mended".into(), Feel::Boolean(true))]
        .into_iter()
        .collect();
    let runtime = &house.runtime;
    runtime
        .set_variables(instance, None, mended, None, ann())
        .await
        .unwrap();
    let incidents = runtime.queries().incidents(instance).await.unwrap();
    let [incident] = &incidents[..] else {
        panic!("{incidents:#?}")
    };
    runtime.retry(incident.key, ann()).await.unwrap();
}

async fn instances_run_to_their_ends(migrations: u32, rows: &str) {
    let house = house_of(migrations, rows).await;
    house.is_healthy().await;
    let [first, second] = house.instances_of("old").await[..] else {
        panic!("not two instances")
    };
    assert_eq!(house.instances_of("ordered").await.len(), 1);
    let mut standing = house.standing(first).await;
    standing.sort();
    assert_eq!(
        standing,
        ["Call", "Closed", "Paid", "Sleep", "Stuck", "Team", "Work"]
    );
    assert_eq!(house.standing(second).await, ["First"]);

    work(&house).await;
    house.is_healthy().await;
    mend(&house, first).await;
    mend(&house, second).await;
    // The message for the second one was kept.
    let published = house
        .runtime
        .publish_message(paid("7"), ann())
        .await
        .unwrap();
    assert_eq!(published.instances, [first]);
    for status in ["open", "closed"] {
        house.change("case", "c1", &[("status", status)]).await;
    }
    assert_eq!(house.instances_of("watched").await.len(), 1);
    house.pass("P1DT1H").await;
    assert!(
        !house.instances_of("daily").await.is_empty(),
        "what starts by itself did not start"
    );
    for instance in [first, second] {
        assert_eq!(house.standing(instance).await, ["Call"]);
        let jobs = house.runtime.queries().jobs_of(instance).await.unwrap();
        let record = jobs[0].waits_for.clone().expect("a call");
        house
            .change(&record.kind, &record.key, &[("outcome", "fine")])
            .await;
        assert_eq!(house.status(instance).await, "completed");
    }
    let mut ordered = paid("");
    ordered.name = "ordered".into();
    house.runtime.publish_message(ordered, ann()).await.unwrap();
    assert_eq!(house.instances_of("ordered").await.len(), 2);
    house.close().await;
}

#[tokio::test]
async fn a_database_with_four_migrations_goes_on() {
    instances_run_to_their_ends(4, include_str!("../golden/schema-4.jsonl")).await;
}

#[tokio::test]
async fn a_database_with_five_migrations_goes_on() {
    instances_run_to_their_ends(5, include_str!("../golden/schema-5.jsonl")).await;
}
