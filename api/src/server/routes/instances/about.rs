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
use redthread_crm::{Kind, RecordKey, records};
use redthread_runtime::{self as runtime, InstanceFilter};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The instances about a record, running ones first.
pub async fn about(
    app: &App,
    session: &Session,
    kind: RecordKind,
    key: RecordKey,
) -> Result<Vec<InstanceRow>, ApiError> {
    let mut found = rows(app, session, of_subject(app, kind, key).await?).await?;
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
    let subjects: Vec<Subject> = keys.iter().map(|key| subject(kind, *key)).collect();
    let running = app.runtime().queries().running_about(&subjects).await?;
    let threads = running.into_iter().filter_map(|row| {
        let key = row.subject?.key.parse().ok()?;
        Some((key, Thread::new(row.thread, &people)))
    });
    Ok(threads.collect())
}

/// The processes that made some activities.
pub async fn origins(
    app: &App,
    mut instances: Vec<RecordKey>,
) -> Result<HashMap<RecordKey, Origin>, ApiError> {
    instances.sort_unstable();
    instances.dedup();
    let keys: Vec<_> = instances
        .into_iter()
        .map(|key| Key::from(key).engine())
        .collect();
    let rows = app.runtime().queries().instance_rows(&keys).await?;
    let origins = rows.into_iter().map(|row| {
        let instance = Key::from(row.key);
        let origin = Origin {
            instance,
            name: row.process_name,
            version: row.version.unsigned_abs(),
        };
        (instance.into(), origin)
    });
    Ok(origins.collect())
}

/// When the processes about a record began and ended, for its timeline.
pub async fn timeline_of(
    app: &App,
    kind: RecordKind,
    key: RecordKey,
) -> Result<Vec<TimelineEntry>, ApiError> {
    let mut entries = Vec::new();
    for row in of_subject(app, kind, key).await? {
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
                actor: Who {
                    version: Some(row.version.unsigned_abs()),
                    ..Who::process(instance, row.process_name)
                },
                code: code.to_owned(),
                params,
            });
        }
    }
    Ok(entries)
}

/// The records, of those whom the asker may see, in which these words occur: the latest ones of each kind. What is
/// about them is found by the words, too.
pub async fn titled(
    app: &App,
    session: &Session,
    words: Option<&str>,
) -> Result<Vec<Subject>, ApiError> {
    let words = words.unwrap_or_default();
    let found = records::search(
        app.reader(),
        session.scope(),
        &Kind::SUBJECTS,
        words,
        page::MAX_LIMIT,
    );
    let found = found.await?.into_iter().map(|record| Subject {
        kind: record.kind.name().into(),
        key: record.key.to_string().into(),
    });
    Ok(found.collect())
}

fn subject(kind: RecordKind, key: RecordKey) -> Subject {
    Subject {
        kind: kind.name().into(),
        key: key.to_string().into(),
    }
}

async fn of_subject(
    app: &App,
    kind: RecordKind,
    key: RecordKey,
) -> Result<Vec<runtime::InstanceRow>, ApiError> {
    let filter = InstanceFilter {
        subject: Some(subject(kind, key)),
        ..InstanceFilter::default()
    };
    let request = page::request(Some(page::MAX_LIMIT), None);
    Ok(app
        .runtime()
        .queries()
        .instances(&filter, &request)
        .await?
        .items)
}
