//! Records: accounts, contacts, cases and deals, all in one way. What a kind has for fields is said by
//! `GET /api/kinds`.

use super::instances::{self, InstanceRow};
use super::thread::Thread;
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path, Query};
use crate::server::key::{Instant, Key};
use crate::server::page::{self, Page};
use crate::server::problem::Refusals;
use axum::http::StatusCode;
use redthread_calendar::Timestamp;
use redthread_crm::{
    self as crm, FieldType as Holds, Filter, Kind, RecordKey, Sort, records as store,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A kind of record.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RecordKind {
    /// A company that is a client.
    Account,
    /// A person there.
    Contact,
    /// A client's request.
    Case,
    /// A sale that may come.
    Deal,
}

/// A record by name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordRef {
    /// Its kind.
    pub kind: String,
    /// Its key.
    pub key: Key,
    /// What people call it.
    pub title: String,
}

/// What a kind of record has for fields.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KindDescription {
    /// The kind.
    pub kind: RecordKind,
    /// Its fields, in the order of a card.
    pub fields: Vec<FieldDescription>,
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldDescription {
    /// The name in JSON and FEEL.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether it must be given.
    pub required: bool,
    /// Whether people may write it.
    pub writable: bool,
    /// Whether the search looks into it.
    pub searchable: bool,
    /// The values of a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<String>>,
    /// The kind that a link leads to: a kind of record, or `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The most characters that a text may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

/// What a field holds.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum FieldType {
    /// A line of text.
    Text,
    /// Text of several lines.
    LongText,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An amount of money.
    Money,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// An instant.
    Instant,
    /// One of `options`.
    Choice,
    /// The key of another record.
    Link,
    /// Yes or no.
    Boolean,
}

/// A record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its kind.
    pub kind: RecordKind,
    /// Its key.
    pub key: Key,
    /// Goes up with each change.
    pub version: i64,
    /// What people call it.
    pub title: String,
    /// Its fields by name.
    #[schema(value_type = HashMap<String, Value>)]
    pub fields: Map<String, Value>,
    /// What its links lead to, by the field's name.
    pub links: BTreeMap<String, RecordRef>,
    /// Since when it is there.
    pub created_at: Instant,
    /// When it was last changed.
    pub changed_at: Instant,
    /// Where the process about it stands, if one runs.
    #[schema(required = true)]
    pub thread: Option<Thread>,
}

/// A record on its card.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub record: Record,
    /// The processes about it, running ones first.
    pub instances: Vec<InstanceRow>,
}

/// A record to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewRecord {
    /// Its fields by name.
    #[schema(value_type = HashMap<String, Value>)]
    pub fields: Map<String, Value>,
}

/// Changes to a record; fields that are left out stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordPatch {
    /// The version that the change was made on.
    pub version: i64,
    /// The new values by name; null empties a field.
    #[schema(value_type = HashMap<String, Value>)]
    pub fields: Map<String, Value>,
}

/// Which records.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// Part of what people call it.
    pub search: Option<String>,
    /// JSON: `[{"field": "status", "op": "eq", "value": "new"}, ...]`; `op` is one of eq, ne, lt, lte, gt, gte,
    /// contains, in, empty. All must hold.
    pub filter: Option<String>,
    /// Field names with commas between them, `-` before one turns it round: `-created_at,subject`.
    pub sort: Option<String>,
    /// How many, at most 200.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// Which version is meant.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// The version that was looked at; without it, the latest.
    pub version: Option<i64>,
}

/// The kinds of record and their fields.
#[utoipa::path(get, path = "/api/kinds", tag = "records", security(("session" = [])),
    responses((status = 200, body = [KindDescription]), Refusals))]
pub async fn kinds(session: Session) -> Json<Vec<KindDescription>> {
    let kinds = [
        RecordKind::Account,
        RecordKind::Contact,
        RecordKind::Case,
        RecordKind::Deal,
    ];
    let described = kinds.into_iter().map(|kind| KindDescription {
        kind,
        fields: session
            .scope()
            .fields(kind.into())
            .map(FieldDescription::from)
            .collect(),
    });
    Json(described.collect())
}

/// Records of a kind.
#[utoipa::path(get, path = "/api/records/{kind}", tag = "records",
    params(("kind" = RecordKind, Path, description = "The kind."), RecordQuery), security(("session" = [])),
    responses((status = 200, body = Page<Record>), Refusals))]
pub async fn records(
    session: Session,
    app: App,
    Path(kind): Path<RecordKind>,
    Query(query): Query<RecordQuery>,
) -> Result<Json<Page<Record>>, ApiError> {
    let wanted = crm::Query {
        filters: filters(query.filter.as_deref())?,
        search: query.search.filter(|text| !text.trim().is_empty()),
        sort: sorts(query.sort.as_deref()),
        limit: page::limit(query.limit),
        after: query.after.map(crm::records::Cursor),
    };
    let found = store::list(app.reader(), session.scope(), kind.into(), &wanted).await?;
    let keys: Vec<RecordKey> = found.records.iter().map(|record| record.key).collect();
    let mut threads = instances::threads_about(&app, kind, &keys).await?;
    let items = found.records.into_iter().map(|record| {
        let thread = threads.remove(&record.key);
        Record::new(kind, record, thread)
    });
    Ok(Json(Page {
        items: items.collect(),
        next: found.next.map(|cursor| cursor.0),
        total: Some(found.total.count),
    }))
}

/// Create a record. Processes that wait for it start.
#[utoipa::path(post, path = "/api/records/{kind}", tag = "records", params(("kind" = RecordKind, Path, description = "The kind.")),
    security(("session" = [])), responses((status = 201, body = RecordDetail), Refusals))]
pub async fn create_record(
    session: Session,
    app: App,
    Path(kind): Path<RecordKind>,
    Json(new): Json<NewRecord>,
) -> Result<(StatusCode, Json<RecordDetail>), ApiError> {
    let key = app
        .write(&session, move |write| {
            let fields = new.fields.clone();
            Box::pin(async move {
                let record = store::create(&write.change, write.scope, kind.into(), &fields);
                Ok(record.await?.key)
            })
        })
        .await?;
    // What it started has been started in the same commit: read it anew.
    let detail = detail(&app, &session, kind, key).await?;
    Ok((StatusCode::CREATED, Json(detail)))
}

/// A record, with the processes about it.
#[utoipa::path(get, path = "/api/records/{kind}/{key}", tag = "records",
    security(("session" = [])), responses((status = 200, body = RecordDetail), Refusals))]
pub async fn record(
    session: Session,
    app: App,
    Path((kind, key)): Path<(RecordKind, Key)>,
) -> Result<Json<RecordDetail>, ApiError> {
    Ok(Json(detail(&app, &session, kind, key.into()).await?))
}

/// Change a record. Refused with the code `stale` if somebody else changed it since that version.
#[utoipa::path(patch, path = "/api/records/{kind}/{key}", tag = "records",
    security(("session" = [])), responses((status = 200, body = RecordDetail), Refusals))]
pub async fn change_record(
    session: Session,
    app: App,
    Path((kind, key)): Path<(RecordKind, Key)>,
    Json(patch): Json<RecordPatch>,
) -> Result<Json<RecordDetail>, ApiError> {
    app.write(&session, move |write| {
        let (fields, version) = (patch.fields.clone(), Some(patch.version));
        Box::pin(async move {
            let (kind, key) = (kind.into(), key.into());
            store::update(&write.change, write.scope, kind, key, version, &fields).await?;
            Ok(())
        })
    })
    .await?;
    Ok(Json(detail(&app, &session, kind, key.into()).await?))
}

/// Delete a record. Refused while others point to it.
#[utoipa::path(delete, path = "/api/records/{kind}/{key}", tag = "records",
    params(VersionQuery), security(("session" = [])), responses((status = 204), Refusals))]
pub async fn delete_record(
    session: Session,
    app: App,
    Path((kind, key)): Path<(RecordKind, Key)>,
    Query(query): Query<VersionQuery>,
) -> Result<StatusCode, ApiError> {
    app.write(&session, move |write| {
        Box::pin(async move {
            let (kind, key) = (kind.into(), key.into());
            Ok(store::delete(&write.change, write.scope, kind, key, query.version).await?)
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn detail(
    app: &App,
    session: &Session,
    kind: RecordKind,
    key: RecordKey,
) -> Result<RecordDetail, ApiError> {
    let record = store::get(app.reader(), session.scope(), kind.into(), key).await?;
    let instances = instances::about(app, session, kind, key).await?;
    let thread = instances::threads_about(app, kind, &[key])
        .await?
        .remove(&key);
    Ok(RecordDetail {
        record: Record::new(kind, record, thread),
        instances,
    })
}

impl RecordKind {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        Kind::from(self).name()
    }
}

impl From<RecordKind> for Kind {
    fn from(kind: RecordKind) -> Kind {
        match kind {
            RecordKind::Account => Kind::Account,
            RecordKind::Contact => Kind::Contact,
            RecordKind::Case => Kind::Case,
            RecordKind::Deal => Kind::Deal,
        }
    }
}

impl Record {
    /// A record as the API shows it.
    pub fn new(kind: RecordKind, record: crm::Record, thread: Option<Thread>) -> Record {
        let links = record.titles.into_iter();
        Record {
            kind,
            key: record.key.into(),
            version: record.version,
            title: record.title,
            created_at: instant(&record.fields, "created_at").into(),
            changed_at: instant(&record.fields, "changed_at").into(),
            links: links
                .map(|(field, linked)| (field, linked.into()))
                .collect(),
            fields: record.fields,
            thread,
        }
    }
}

/// A moment that each record has.
fn instant(fields: &Map<String, Value>, name: &str) -> Timestamp {
    let text = fields.get(name).and_then(Value::as_str);
    text.and_then(|text| Timestamp::parse(text).ok())
        .unwrap_or_default()
}

impl From<crm::Linked> for RecordRef {
    fn from(linked: crm::Linked) -> RecordRef {
        RecordRef {
            kind: linked.kind.name().to_owned(),
            key: linked.key.into(),
            title: linked.title,
        }
    }
}

impl From<&'static crm::Field> for FieldDescription {
    fn from(field: &'static crm::Field) -> FieldDescription {
        let (mut options, mut link, mut max) = (None, None, None);
        let kind = match field.field_type {
            Holds::Text { max: most } => {
                max = Some(most);
                FieldType::Text
            }
            Holds::Website | Holds::Serial { .. } => FieldType::Text,
            Holds::LongText => FieldType::LongText,
            Holds::Email => FieldType::Email,
            Holds::Phone => FieldType::Phone,
            Holds::Money => FieldType::Money,
            Holds::Date => FieldType::Date,
            Holds::Instant => FieldType::Instant,
            Holds::Boolean => FieldType::Boolean,
            Holds::Choice { values } => {
                options = Some(values.iter().map(|value| (*value).to_owned()).collect());
                FieldType::Choice
            }
            Holds::Link { kind } => {
                link = Some(kind.name().to_owned());
                FieldType::Link
            }
            Holds::AnyLink { .. } => FieldType::Link,
        };
        FieldDescription {
            name: field.name.to_owned(),
            kind,
            required: field.required,
            writable: field.writable,
            searchable: field.searchable,
            options,
            link,
            max,
        }
    }
}

/// The conditions of a list, as they stand in its address.
fn filters(text: Option<&str>) -> Result<Vec<Filter>, ApiError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Ok(Vec::new());
    };
    serde_json::from_str(text)
        .map_err(|error| ApiError::BadRequest(format!("the filter is not as expected: {error}")))
}

/// `-created_at,subject`: the newest first, and by subject where they are equally new.
fn sorts(text: Option<&str>) -> Vec<Sort> {
    let names = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let sort = |name: &str| match name.strip_prefix('-') {
        Some(name) => Sort(name.to_owned(), true),
        None => Sort(name.to_owned(), false),
    };
    names.map(sort).collect()
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(kinds))
        .routes(routes!(records, create_record))
        .routes(routes!(record, change_record, delete_record))
}
