//! The timeline of a record: all that happened to it, the latest first.

use super::instances;
use super::records::RecordKind;
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path, Query};
use crate::server::history::Who;
use crate::server::key::{Instant, Key};
use crate::server::page::{self, Page};
use crate::server::problem::Refusals;
use axum::http::StatusCode;
use redthread_calendar::Timestamp;
use redthread_crm::{Actor, RecordKey, timeline as store};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Something that happened to a record. The pages put the code and its parameters into words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// The key.
    pub key: Key,
    /// When.
    pub at: Instant,
    /// Who did it.
    pub actor: Who,
    /// What happened: `record.created`, `record.changed`, `activity.planned`, `note`, `process.started` ...
    pub code: String,
    /// What the code's sentence needs.
    #[schema(value_type = HashMap<String, Value>)]
    pub params: Map<String, Value>,
}

/// A note to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// The text.
    pub text: String,
}

/// A page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many, at most 200.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// What happened to a record, the latest first.
#[utoipa::path(get, path = "/api/records/{kind}/{key}/timeline", tag = "records",
    params(PageQuery), security(("session" = [])),
    responses((status = 200, body = Page<TimelineEntry>), Refusals))]
pub async fn timeline(
    session: Session,
    app: App,
    Path((kind, key)): Path<(RecordKind, Key)>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<TimelineEntry>>, ApiError> {
    let cursor = query.after.as_deref().map(Cursor::read).transpose()?;
    let (before, limit) = (cursor.map(|cursor| cursor.before), page::limit(query.limit));
    let scope = session.scope();
    let found = store::of(app.reader(), scope, kind.into(), key.into(), before, limit).await?;
    let last = found.entries.last().map(|entry| entry.at);
    let mut items: Vec<TimelineEntry> =
        found.entries.into_iter().map(TimelineEntry::from).collect();
    name_processes(&app, &mut items).await?;
    // The processes about the record, where they belong in time: between the page before and the next one.
    let newest = cursor.map_or(Timestamp::MAX, |cursor| cursor.at);
    let oldest = last
        .filter(|_| found.next.is_some())
        .unwrap_or(Timestamp::MIN);
    let processes = instances::timeline_of(&app, kind, key.into()).await?;
    items.extend(
        processes
            .into_iter()
            .filter(|entry| entry.at.0 > oldest && entry.at.0 <= newest),
    );
    // The latest first; of one moment, what the record itself tells first.
    items.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let next = found
        .next
        .map(|before| Cursor { before, at: oldest }.to_string());
    Ok(Json(Page {
        items,
        next,
        total: None,
    }))
}

/// Write a note on a record.
#[utoipa::path(post, path = "/api/records/{kind}/{key}/notes", tag = "records",
    security(("session" = [])), responses((status = 204), Refusals))]
pub async fn write_note(
    session: Session,
    app: App,
    Path((kind, key)): Path<(RecordKind, Key)>,
    Json(note): Json<NewNote>,
) -> Result<StatusCode, ApiError> {
    if note.text.trim().is_empty() {
        return Err(ApiError::field(
            "text",
            "required",
            "The note is empty. Write something first.",
        ));
    }
    app.write(&session, move |write| {
        let text = note.text.trim().to_owned();
        Box::pin(async move {
            let (change, scope) = (&write.change, write.scope);
            store::note(change, scope, kind.into(), key.into(), &text).await?;
            Ok(())
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Records know the processes that changed them by id; people know them by name.
async fn name_processes(app: &App, entries: &mut [TimelineEntry]) -> Result<(), ApiError> {
    let instances = entries
        .iter()
        .filter_map(|entry| entry.actor.instance)
        .map(RecordKey::from);
    let origins = instances::origins(app, instances.collect()).await?;
    for entry in entries {
        let origin = entry
            .actor
            .instance
            .and_then(|key| origins.get(&key.into()));
        if let Some(origin) = origin {
            entry.actor = entry.actor.clone().named(origin);
        }
    }
    Ok(())
}

/// Where a page ended: at which entry, and when that was.
#[derive(Copy, Clone)]
struct Cursor {
    before: RecordKey,
    at: Timestamp,
}

impl Cursor {
    fn read(text: &str) -> Result<Cursor, ApiError> {
        let parts = text.split_once('.').and_then(|(before, at)| {
            let at = Timestamp::from_micros(at.parse().ok()?);
            Some(Cursor {
                before: before.parse().ok()?,
                at,
            })
        });
        parts.ok_or_else(|| ApiError::BadRequest("there is no such page".to_owned()))
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.before, self.at.as_micros())
    }
}

impl From<store::Entry> for TimelineEntry {
    fn from(entry: store::Entry) -> TimelineEntry {
        let mut params = match entry.params {
            Value::Object(params) => params,
            _ => Map::new(),
        };
        let code = match &*entry.code {
            "created" | "changed" | "deleted" | "linked" => format!("record.{}", entry.code),
            "activity.moved" => "activity.rescheduled".to_owned(),
            _ => entry.code,
        };
        if let Some(Value::Object(changes)) = params.get("changes") {
            let changes: Vec<Value> = changes.iter().map(|(field, change)| {
                json!({ "field": field, "old": change["old"], "new": change["new"] })
            }).collect();
            params.insert("changes".to_owned(), Value::Array(changes));
        }
        if let Some(Value::Object(activity)) = params.remove("activity") {
            for (name, value) in activity {
                let name = match &*name {
                    "key" => "activity",
                    "starts_at" => "start",
                    "outcome_note" => "note",
                    name => name,
                };
                params.insert(name.to_owned(), value);
            }
        }
        TimelineEntry {
            key: entry.key.into(),
            at: entry.at.into(),
            actor: Who::from(&entry.actor),
            code,
            params,
        }
    }
}

impl From<&Actor> for Who {
    fn from(actor: &Actor) -> Who {
        match actor {
            Actor::User { name, .. } => Who::user(name, None),
            Actor::Process {
                instance, process, ..
            } => Who::process((*instance).into(), process),
            Actor::System => Who::SYSTEM,
        }
    }
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(timeline))
        .routes(routes!(write_note))
}
