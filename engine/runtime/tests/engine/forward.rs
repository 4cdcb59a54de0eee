//! Databases of earlier versions, with running instances in them, are migrated, and the instances run to their ends.
//!
//! `golden/schema-4.jsonl` and `schema-5.jsonl` hold all rows of databases, as versions of the server wrote them when the
//! schema had so many migrations; so does one for the schema of today, which was written when its last migration was new
//! (`UPDATE_GOLDEN=1 cargo test -p redthread-runtime --test engine forward` writes a missing one). In each, one instance waits for everything there was to wait for (tasks, a worker's
//! job, a connector that waits for a record, a record, a message, a time, a person who mends what is stuck), and another
//! one for its first task and, after that, for a message that is kept.

use std::sync::Arc;

use redthread_core::{Holder, Key};
use redthread_feel::Value as Feel;
use redthread_runtime::{Message, SettableClock, TaskView};
use redthread_test_database::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value};
use sea_orm_migration::MigratorTrait;

use crate::check::rows;
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
async fn house_of(migrations: usize) -> House {
    let place = TestDatabase::new().await;
    let connection = place.connect().await;
    redthread_runtime::Migrator::up(&connection, Some(migrations as u32))
        .await
        .unwrap();
    let lines: Vec<serde_json::Value> = lines(migrations)
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

/// The rows that stand for databases with so many migrations.
fn golden(migrations: usize) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("schema-{migrations}.jsonl"))
}

fn lines(migrations: usize) -> String {
    let path = golden(migrations);
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Run this test with UPDATE_GOLDEN=1, without PostgreSQL.",
            path.display()
        )
    })
}

/// A database as this version leaves it: the diagrams of the first golden one, and what was done with them then. The
/// first instance has a large state.
async fn database_of_today() -> House {
    let house = House::new().await;
    for line in lines(5).lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["table"] == "resource" {
            let bytes = line["row"]["bytes"].as_str().unwrap();
            house.deploy(bytes.as_bytes().to_vec()).await;
        }
    }
    let (runtime, note, case) = (&house.runtime, "x".repeat(9_000), Some(("case", "c1")));
    let values = [("order", "7"), ("note", &*note)];
    house.start_about("old", &values, case).await.unwrap();
    house.complete("First", &[("how", "well")]).await;
    let jobs = runtime.queries().jobs_for_workers(None, 10).await.unwrap();
    let failed = runtime.fail_job(jobs[0].key, "no".into(), 2, None, ann());
    failed.await.unwrap();
    house.pass("PT3H").await;
    let second = house.start_about("old", &[("order", "8")], case);
    second.await.unwrap();
    for (name, order, ttl) in [("ordered", "", None), ("paid", "8", Some("P30D"))] {
        let message = Message {
            name: name.into(),
            ttl: ttl.map(|ttl| redthread_calendar::parse_duration(ttl).unwrap()),
            ..paid(order)
        };
        runtime.publish_message(message, ann()).await.unwrap();
    }
    house
}

/// All rows of a database, a line each.
async fn dump(house: &House) -> String {
    let database = house.runtime.database();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'seaql%' ORDER BY name";
    let mut lines = String::new();
    for table in rows(database, tables).await {
        let table: String = table.try_get_by_index(0).unwrap();
        let columns = format!("SELECT name, type FROM pragma_table_info('{table}')");
        let columns: Vec<(String, String)> = rows(database, &columns)
            .await
            .iter()
            .map(|row| {
                (
                    row.try_get_by_index(0).unwrap(),
                    row.try_get_by_index(1).unwrap(),
                )
            })
            .collect();
        for row in rows(database, &format!("SELECT * FROM {table}")).await {
            let mut values = serde_json::Map::new();
            for (column, kind) in &columns {
                let value = match kind.as_str() {
                    "TEXT" => row
                        .try_get::<Option<String>>("", column)
                        .unwrap()
                        .map(Into::into),
                    "BLOB" => row
                        .try_get::<Option<Vec<u8>>>("", column)
                        .unwrap()
                        .map(|bytes| String::from_utf8(bytes).unwrap().into()),
                    "BOOLEAN" => row
                        .try_get::<Option<bool>>("", column)
                        .unwrap()
                        .map(Into::into),
                    _ => row
                        .try_get::<Option<i64>>("", column)
                        .unwrap()
                        .map(Into::into),
                };
                if let Some(value) = value {
                    values.insert(column.clone(), value);
                }
            }
            let line = serde_json::json!({"table": table, "row": values});
            lines.push_str(&format!("{line}\n"));
        }
    }
    lines
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

async fn instances_run_to_their_ends(migrations: usize) {
    let house = house_of(migrations).await;
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
    instances_run_to_their_ends(4).await;
}

#[tokio::test]
async fn a_database_with_five_migrations_goes_on() {
    instances_run_to_their_ends(5).await;
}

/// The schema of today has its rows too, so that a later version can be tried on them. Nobody has to think of it: where
/// they are missing, this fails.
#[tokio::test]
async fn a_database_of_today_goes_on() {
    let migrations = redthread_runtime::Migrator::migrations().len();
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !golden(migrations).exists() {
        let house = database_of_today().await;
        std::fs::write(golden(migrations), dump(&house).await).unwrap();
        house.close().await;
    }
    instances_run_to_their_ends(migrations).await;
}
