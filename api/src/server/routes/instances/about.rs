//! The instances about a record: on its card, in its list, on its timeline.

use super::{InstanceRow, InstanceState, rows};
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::history::Who;
use crate::server::key::Key;
use crate::server::names::People;
use crate::server::page;
use crate::server::routes::calendar::Origin;
use crate::server::routes::records::RecordKind;
use crate::server::routes::thread::Thread;
use crate::server::routes::timeline::TimelineEntry;
use redthread_core::Subject;
use redthread_crm::RecordKey;
use redthread_runtime::{self as runtime, InstanceFilter, InstanceStatus};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The instances about a record, running ones first.
pub async fn about(
    app: &App,
    session: &Session,
    kind: RecordKind,
    key: RecordKey,
) -> Result<Vec<InstanceRow>, ApiError> {
    let mut found = rows(app, session, of_subject(app, kind, key, false).await?).await?;
    // The sort is stable: the youngest stay first.
    found.sort_by_key(|row| row.summary.state != InstanceState::Active);
    Ok(found)
}

/// Where the processes about some records stand: of each record, the youngest one that runs.
pub async fn threads_about(
    app: &App,
    kind: RecordKind,
    keys: &[RecordKey],
) -> Result<HashMap<RecordKey, Thread>, ApiError> {
    let people = People::load(app).await?;
    let mut threads = HashMap::new();
    for key in keys {
        let running = of_subject(app, kind, *key, true).await?;
        if let Some(row) = running.into_iter().next() {
            threads.insert(*key, Thread::new(row.thread, &people));
        }
    }
    Ok(threads)
}

/// The processes that made some activities.
pub async fn origins(
    app: &App,
    mut instances: Vec<RecordKey>,
) -> Result<HashMap<RecordKey, Origin>, ApiError> {
    instances.sort_unstable();
    instances.dedup();
    let mut origins = HashMap::new();
    for key in instances {
        let instance = Key::from(key);
        match app
            .runtime()
            .queries()
            .instance_row(instance.engine())
            .await
        {
            Ok(row) => {
                origins.insert(
                    key,
                    Origin {
                        instance,
                        name: row.process_name,
                    },
                );
            }
            Err(runtime::RuntimeError::Unknown { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(origins)
}

/// When the processes about a record began and ended, for its timeline.
pub async fn timeline_of(
    app: &App,
    kind: RecordKind,
    key: RecordKey,
) -> Result<Vec<TimelineEntry>, ApiError> {
    let mut entries = Vec::new();
    for row in of_subject(app, kind, key, false).await? {
        let instance = Key::from(row.key);
        let params = json!({ "process": row.process_name, "instance": instance });
        let Value::Object(params) = params else {
            continue;
        };
        entries.push(TimelineEntry {
            key: instance,
            at: row.started.into(),
            actor: row.started_by.as_ref().map_or(Who::SYSTEM, Who::from),
            code: "process.started".to_owned(),
            params: params.clone(),
        });
        if let Some(ended) = row.ended {
            let code = match row.status {
                "terminated" => "process.cancelled",
                "failed" => "process.failed",
                _ => "process.completed",
            };
            entries.push(TimelineEntry {
                // The key after the instance's own: lists tell entries apart by their keys.
                key: row.key.successor().into(),
                at: ended.into(),
                actor: Who::process(instance, row.process_name),
                code: code.to_owned(),
                params,
            });
        }
    }
    Ok(entries)
}

async fn of_subject(
    app: &App,
    kind: RecordKind,
    key: RecordKey,
    running: bool,
) -> Result<Vec<runtime::InstanceRow>, ApiError> {
    let filter = InstanceFilter {
        subject: Some(Subject {
            kind: kind.name().into(),
            key: key.to_string().into(),
        }),
        status: running.then_some(InstanceStatus::Active),
        ..InstanceFilter::default()
    };
    let request = page::request(Some(if running { 1 } else { page::MAX_LIMIT }), None);
    Ok(app
        .runtime()
        .queries()
        .instances(&filter, &request)
        .await?
        .items)
}
