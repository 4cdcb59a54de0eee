//! A small world: records with fields in one table, a calendar of calls, reminders, and connectors of every temper.

use std::collections::BTreeMap;

use async_trait::async_trait;
use redthread_bpmn::graph::RecordOperation;
use redthread_calendar::Timestamp;
use redthread_core::command::{Subject, Variables};
use redthread_feel::Value;
use redthread_runtime::{
    JobCall, OpenTask, Performed, RecordChange, RecordRef, World, WorldError, WriteContext,
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement,
};
use sea_orm_migration::prelude::*;

/// The schema of the engine and of this world.
pub struct Migrations;

#[async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = redthread_runtime::Migrator::migrations();
        all.push(Box::new(Tables));
        all
    }
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m20260105_200001_test_world"
    }
}

#[async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "CREATE TABLE test_record (kind TEXT NOT NULL, key TEXT NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (kind, key))",
            "CREATE TABLE test_change (id INTEGER PRIMARY KEY, change TEXT NOT NULL)",
            "CREATE TABLE test_notice (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
            "CREATE TABLE test_reminder (id INTEGER PRIMARY KEY, due BIGINT NOT NULL)",
        ] {
            manager
                .get_connection()
                .execute_unprepared(statement)
                .await?;
        }
        Ok(())
    }
}

/// The world.
#[derive(Debug, Default)]
pub struct TestWorld;

#[async_trait]
impl World for TestWorld {
    async fn subject(
        &self,
        tx: &DatabaseTransaction,
        subject: &Subject,
    ) -> Result<Value, WorldError> {
        Ok(match read(tx, &subject.kind, &subject.key).await? {
            Some(fields) => Value::from_json(&serde_json::Value::Object(fields)),
            None => Value::Null,
        })
    }

    async fn team(
        &self,
        _: &DatabaseTransaction,
        name: &str,
    ) -> Result<Option<String>, WorldError> {
        Ok(Some(name.to_owned()))
    }

    fn performs(&self, job_type: &str) -> bool {
        job_type.starts_with("test:")
    }

    async fn perform(
        &self,
        tx: &DatabaseTransaction,
        call: &JobCall,
    ) -> Result<Performed, WorldError> {
        let subject = || {
            call.subject
                .clone()
                .ok_or_else(|| WorldError::Failed("There is no subject.".into()))
        };
        match &*call.job_type {
            "test:note" => {
                notice(tx, &format!("{} {}", call.process, call.element)).await?;
                Ok(done())
            }
            "test:close" | "test:reopen" => {
                let subject = subject()?;
                let status = if call.job_type == "test:close" {
                    "closed"
                } else {
                    "open"
                };
                let changes = [("status", status)];
                change(
                    tx,
                    &subject.kind,
                    &subject.key,
                    &changes,
                    call.causes.iter().map(|c| c.to_string()).collect(),
                )
                .await?;
                Ok(done())
            }
            "test:call" => {
                let key = call.keys.next_key().to_string();
                change(tx, "call", &key, &[("status", "planned")], Vec::new()).await?;
                let record = RecordRef {
                    kind: "call".into(),
                    key,
                };
                Ok(Performed::Waits {
                    record,
                    due: None,
                    who: Some("kim".into()),
                })
            }
            "test:refuse" => Ok(Performed::Error {
                code: "REFUSED".into(),
                message: None,
                variables: Variables::from([("why".into(), Value::String("too dear".into()))]),
            }),
            "test:flaky" => {
                notice(tx, "tried").await?;
                if call.retries > 1 {
                    let retry_at = Some(call.now.saturating_add_micros(600_000_000));
                    return Ok(Performed::Failed {
                        message: "no answer".into(),
                        retry_at,
                    });
                }
                Ok(done())
            }
            "test:flaky-refuse" if call.retries == 3 => {
                let retry_at = Some(call.now.saturating_add_micros(600_000_000));
                Ok(Performed::Failed {
                    message: "no answer".into(),
                    retry_at,
                })
            }
            "test:flaky-refuse" => Ok(Performed::Error {
                code: "REFUSED".into(),
                message: None,
                variables: Variables::new(),
            }),
            "test:panic" => {
                notice(tx, "written before the panic").await?;
                if call.variables.contains_key("calm") {
                    return Ok(done());
                }
                panic!("the connector stumbled")
            }
            "test:broken" => {
                notice(tx, "written before the error").await?;
                tx.execute_unprepared("INSERT INTO no_such_table VALUES (1)")
                    .await?;
                Ok(done())
            }
            other => Err(WorldError::Failed(format!(
                "There is no connector \"{other}\"."
            ))),
        }
    }

    async fn record_changed(
        &self,
        tx: &DatabaseTransaction,
        _call: &JobCall,
        change: &RecordChange,
    ) -> Result<Option<Performed>, WorldError> {
        let record = read(tx, &change.kind, &change.key)
            .await?
            .unwrap_or_default();
        let text = |name| record.get(name).and_then(|value| value.as_str());
        if text("note").is_some_and(|note| note.starts_with("garbled")) {
            return Err(WorldError::Failed("The note cannot be read.".into()));
        }
        let Some(outcome) = text("outcome") else {
            return Ok(None);
        };
        let variables = Variables::from([("outcome".into(), Value::String(outcome.into()))]);
        Ok(Some(Performed::Done { variables }))
    }

    async fn abandoned(
        &self,
        tx: &DatabaseTransaction,
        _call: &JobCall,
        waiting_on: &RecordRef,
    ) -> Result<(), WorldError> {
        Ok(change(
            tx,
            &waiting_on.kind,
            &waiting_on.key,
            &[("status", "cancelled")],
            Vec::new(),
        )
        .await?)
    }

    async fn take_changes(
        &self,
        tx: &DatabaseTransaction,
    ) -> Result<Vec<RecordChange>, WorldError> {
        let rows = tx
            .query_all_raw(sql("SELECT change FROM test_change ORDER BY id", []))
            .await?;
        if !rows.is_empty() {
            tx.execute_unprepared("DELETE FROM test_change").await?;
        }
        let changes = rows.iter().map(|row| {
            let text: String = row.try_get_by_index(0)?;
            serde_json::from_str(&text).map_err(|error| WorldError::Failed(error.to_string()))
        });
        changes.collect()
    }

    async fn task_created(
        &self,
        tx: &DatabaseTransaction,
        _cx: &WriteContext,
        task: &OpenTask,
    ) -> Result<(), WorldError> {
        if task.element.contains("Unannounced") {
            notice(tx, "written before nobody could be told").await?;
            return Err(WorldError::Failed("The bell is broken.".into()));
        }
        Ok(())
    }

    async fn task_assigned(
        &self,
        tx: &DatabaseTransaction,
        cx: &WriteContext,
        task: &OpenTask,
    ) -> Result<(), WorldError> {
        let who = task.task.assignee.as_deref().unwrap_or("nobody");
        notice(tx, &format!("{} for {who}", task.name)).await?;
        cx.touches.topic("notifications");
        Ok(())
    }

    async fn due_work(
        &self,
        tx: &DatabaseTransaction,
        cx: &WriteContext,
    ) -> Result<(), WorldError> {
        let due = "SELECT id FROM test_reminder WHERE due <= ?";
        for _ in tx
            .query_all_raw(sql(due, [cx.now.as_micros().into()]))
            .await?
        {
            notice(tx, &format!("reminded at {}", cx.now)).await?;
        }
        tx.execute_raw(sql(
            "DELETE FROM test_reminder WHERE due <= ?",
            [cx.now.as_micros().into()],
        ))
        .await?;
        Ok(())
    }

    async fn next_due(&self, conn: &DatabaseConnection) -> Result<Option<Timestamp>, WorldError> {
        let row = conn
            .query_one_raw(sql("SELECT min(due) FROM test_reminder", []))
            .await?;
        let due: Option<i64> = row
            .map(|row| row.try_get_by_index(0))
            .transpose()?
            .flatten();
        Ok(due.map(Timestamp::from_micros))
    }
}

fn done() -> Performed {
    Performed::Done {
        variables: Variables::new(),
    }
}

/// A statement with values.
pub fn sql<const N: usize>(text: &str, values: [sea_orm::Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, text, values)
}

/// Writes something down that tests can count.
pub async fn notice(tx: &DatabaseTransaction, text: &str) -> Result<(), DbErr> {
    tx.execute_raw(sql(
        "INSERT INTO test_notice (text) VALUES (?)",
        [text.into()],
    ))
    .await
    .map(drop)
}

type Fields = serde_json::Map<String, serde_json::Value>;

async fn read(tx: &DatabaseTransaction, kind: &str, key: &str) -> Result<Option<Fields>, DbErr> {
    let query = "SELECT fields FROM test_record WHERE kind = ? AND key = ?";
    let Some(row) = tx
        .query_one_raw(sql(query, [kind.into(), key.into()]))
        .await?
    else {
        return Ok(None);
    };
    let text: String = row.try_get_by_index(0)?;
    Ok(serde_json::from_str(&text).ok())
}

/// Creates or changes a record, and writes the change down for whoever waits for it.
pub async fn change(
    tx: &DatabaseTransaction,
    kind: &str,
    key: &str,
    fields: &[(&str, &str)],
    causes: Vec<String>,
) -> Result<(), DbErr> {
    let before = read(tx, kind, key).await?;
    let operation = if before.is_some() {
        RecordOperation::Changed
    } else {
        RecordOperation::Created
    };
    let mut record = before.unwrap_or_default();
    let mut changes = BTreeMap::new();
    for (name, value) in fields {
        let new = serde_json::Value::from(*value);
        let old = record
            .insert((*name).to_owned(), new.clone())
            .unwrap_or_default();
        if old != new {
            changes.insert(
                (*name).to_owned(),
                (Value::from_json(&old), Value::from_json(&new)),
            );
        }
    }
    let text = serde_json::Value::Object(record).to_string();
    let upsert = "INSERT INTO test_record VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET fields = excluded.fields";
    tx.execute_raw(sql(upsert, [kind.into(), key.into(), text.into()]))
        .await?;
    let causes = causes.iter().map(|cause| cause.as_str().into()).collect();
    let change = RecordChange {
        kind: kind.into(),
        key: key.into(),
        operation,
        changes,
        causes,
    };
    let text = serde_json::to_string(&change).map_err(|error| DbErr::Custom(error.to_string()))?;
    tx.execute_raw(sql(
        "INSERT INTO test_change (change) VALUES (?)",
        [text.into()],
    ))
    .await
    .map(drop)
}
