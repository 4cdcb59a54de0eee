//! Activities: calls, meetings, e-mails and notes that people plan and hold.

use super::calendar::Origin;
use super::instances;
use super::people::PersonRef;
use super::records::RecordRef;
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::{Instant, Key};
use crate::server::problem::Refusals;
use axum::http::StatusCode;
use redthread_calendar::Timestamp;
use redthread_crm::{self as crm, Kind, RecordKey, Scope, activities as store, records, users};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A call, a meeting, an e-mail or a note.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The key.
    pub key: Key,
    /// Goes up with each change.
    pub version: i64,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ActivityType,
    /// What it is about.
    pub subject: String,
    /// More about it.
    #[schema(required = true)]
    pub description: Option<String>,
    /// Whether it is still to come.
    pub status: ActivityStatus,
    /// When it begins.
    #[schema(required = true)]
    pub start: Option<Instant>,
    /// When it ends.
    #[schema(required = true)]
    pub end: Option<Instant>,
    /// When its owner is reminded.
    #[schema(required = true)]
    pub remind_at: Option<Instant>,
    /// How a call went.
    #[schema(required = true)]
    pub outcome: Option<Outcome>,
    /// What was said, or why it was cancelled.
    #[schema(required = true)]
    pub note: Option<String>,
    /// In whose calendar it stands.
    #[schema(required = true)]
    pub owner: Option<PersonRef>,
    /// The record that it is about.
    #[schema(required = true)]
    pub record: Option<RecordRef>,
    /// The person on the other side.
    #[schema(required = true)]
    pub contact: Option<RecordRef>,
    /// The process that made it, and waits for it.
    #[schema(required = true)]
    pub process: Option<Origin>,
    /// Since when it is there.
    pub created_at: Instant,
}

/// What kind of activity.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ActivityType {
    /// A call.
    Call,
    /// A meeting.
    Meeting,
    /// An e-mail.
    Email,
    /// A note.
    Note,
}

/// Whether an activity is still to come.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ActivityStatus {
    /// It is to come.
    Planned,
    /// It took place.
    Held,
    /// It does not take place.
    Cancelled,
}

/// How a call went.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All is well.
    Fine,
    /// There is a problem.
    Problem,
    /// Nobody answered.
    NoAnswer,
}

/// A record by kind and key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordPointer {
    /// Its kind.
    pub kind: String,
    /// Its key.
    pub key: Key,
}

/// An activity to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewActivity {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ActivityType,
    /// What it is about.
    pub subject: String,
    /// More about it.
    pub description: Option<String>,
    /// When it begins.
    pub start: Option<Instant>,
    /// When it ends; without it half an hour after it begins.
    pub end: Option<Instant>,
    /// In whose calendar: a login; without it one's own.
    pub owner: Option<String>,
    /// The record that it is about.
    pub record: Option<RecordPointer>,
    /// The person on the other side.
    pub contact: Option<Key>,
    /// When its owner is reminded.
    pub remind_at: Option<Instant>,
}

/// Changes to an activity that is planned; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityPatch {
    /// The version that the change was made on; without it, the latest.
    pub version: Option<i64>,
    /// What it is about.
    pub subject: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// When it begins.
    pub start: Option<Instant>,
    /// When it ends.
    pub end: Option<Instant>,
    /// In whose calendar: a login.
    pub owner: Option<String>,
    /// When its owner is reminded; null: not at all.
    #[serde(default, deserialize_with = "crate::server::key::given")]
    #[schema(value_type = Option<Instant>)]
    pub remind_at: Option<Option<Instant>>,
}

/// How it went.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Holding {
    /// How a call went. Needed for calls.
    pub outcome: Option<Outcome>,
    /// What was said.
    pub note: Option<String>,
}

/// Why it does not take place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cancelling {
    /// Why.
    pub reason: String,
}

/// An activity.
#[utoipa::path(get, path = "/api/activities/{key}", tag = "activities", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = Activity), Refusals))]
pub async fn activity(
    session: Session,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<Activity>, ApiError> {
    Ok(Json(one(&app, &session, key.into()).await?))
}

/// Plan a call, a meeting, an e-mail or a note.
#[utoipa::path(post, path = "/api/activities", tag = "activities",
    security(("session" = [])), responses((status = 201, body = Activity), Refusals))]
pub async fn plan_activity(
    session: Session,
    app: App,
    Json(new): Json<NewActivity>,
) -> Result<(StatusCode, Json<Activity>), ApiError> {
    let owner = match &new.owner {
        Some(login) => owner_of(&app, &session, login).await?,
        None => session.key,
    };
    let record = new.record.as_ref().map(RecordPointer::target).transpose()?;
    let takes_time = matches!(new.kind, ActivityType::Call | ActivityType::Meeting);
    let usual_end = || {
        new.start
            .filter(|_| takes_time)
            .map(|start| later(start.0, HALF_AN_HOUR))
    };
    let plan = store::Plan {
        description: new.description,
        starts_at: new.start.map(|start| start.0),
        ends_at: new.end.map(|end| end.0).or_else(usual_end),
        remind_at: new.remind_at.map(|at| at.0),
        owner: Some(owner),
        record,
        contact: new.contact.map(RecordKey::from),
        ..store::Plan::new(new.kind.into(), new.subject)
    };
    let key = app
        .write(&session, move |write| {
            let plan = plan.clone();
            Box::pin(async move {
                let record = store::plan(&write.change, write.scope, plan);
                Ok(record.await?.key)
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(one(&app, &session, key).await?)))
}

/// Move a planned activity to another time or person, or word it differently.
#[utoipa::path(patch, path = "/api/activities/{key}", tag = "activities", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = Activity), Refusals))]
pub async fn change_activity(
    session: Session,
    app: App,
    Path(key): Path<Key>,
    Json(patch): Json<ActivityPatch>,
) -> Result<Json<Activity>, ApiError> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    if let Some(subject) = &patch.subject {
        set("subject", json!(subject));
    }
    if let Some(description) = &patch.description {
        set("description", json!(description));
    }
    if let Some(remind_at) = &patch.remind_at {
        set("remind_at", json!(remind_at));
    }
    if let Some(login) = &patch.owner {
        set("owner", json!(owner_of(&app, &session, login).await?));
    }
    if let (Some(end), None) = (&patch.end, &patch.start) {
        set("ends_at", json!(end));
    }
    app.write(&session, move |write| {
        let fields = fields.clone();
        Box::pin(async move {
            let (change, scope, key) = (&write.change, write.scope, RecordKey::from(key));
            let mut version = patch.version;
            if let Some(start) = patch.start {
                let end = patch.end.map(|end| end.0);
                store::reschedule(change, scope, key, version, start.0, end).await?;
                version = None;
            }
            if !fields.is_empty() {
                records::update(change, scope, Kind::Activity, key, version, &fields).await?;
            }
            Ok(())
        })
    })
    .await?;
    Ok(Json(one(&app, &session, key.into()).await?))
}

/// It took place: record how it went. A process that waits for it goes on.
#[utoipa::path(post, path = "/api/activities/{key}/hold", tag = "activities", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = Activity), Refusals))]
pub async fn hold_activity(
    session: Session,
    app: App,
    Path(key): Path<Key>,
    Json(holding): Json<Holding>,
) -> Result<Json<Activity>, ApiError> {
    app.write(&session, move |write| {
        let (outcome, note) = (
            holding.outcome.map(store::Outcome::from),
            holding.note.clone(),
        );
        Box::pin(async move {
            let (change, scope, key) = (&write.change, write.scope, key.into());
            store::hold(change, scope, key, None, outcome, note.as_deref()).await?;
            Ok(())
        })
    })
    .await?;
    Ok(Json(one(&app, &session, key.into()).await?))
}

/// It does not take place. A process that waits for it goes on.
#[utoipa::path(post, path = "/api/activities/{key}/cancel", tag = "activities", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = Activity), Refusals))]
pub async fn cancel_activity(
    session: Session,
    app: App,
    Path(key): Path<Key>,
    Json(cancelling): Json<Cancelling>,
) -> Result<Json<Activity>, ApiError> {
    let reason = super::values::reason(&cancelling.reason)?;
    app.write(&session, move |write| {
        let reason = reason.clone();
        Box::pin(async move {
            let (change, scope, key) = (&write.change, write.scope, key.into());
            store::cancel(change, scope, key, None, Some(&reason)).await?;
            Ok(())
        })
    })
    .await?;
    Ok(Json(one(&app, &session, key.into()).await?))
}

const HALF_AN_HOUR: i64 = 30 * 60 * 1_000_000;

fn later(at: Timestamp, micros: i64) -> Timestamp {
    at.saturating_add_micros(micros)
}

async fn one(app: &App, session: &Session, key: RecordKey) -> Result<Activity, ApiError> {
    let record = records::get(app.reader(), session.scope(), Kind::Activity, key).await?;
    let mut shown = shown(app, vec![record]).await?;
    shown.pop().ok_or(ApiError::NotFound("activity"))
}

/// Activities as the API shows them, with the names of people and processes.
pub async fn shown(app: &App, records: Vec<crm::Record>) -> Result<Vec<Activity>, ApiError> {
    let owners: Vec<RecordKey> = records
        .iter()
        .filter_map(|record| key(record, "owner"))
        .collect();
    let owners = users::by_keys(app.reader(), &Scope::system(), &owners).await?;
    let owners: HashMap<RecordKey, PersonRef> = owners
        .into_iter()
        .map(|user| {
            (
                user.key,
                PersonRef {
                    login: user.login,
                    name: user.name,
                },
            )
        })
        .collect();
    let sources = records
        .iter()
        .filter_map(|record| key(record, "source_instance"))
        .collect();
    let origins = instances::origins(app, sources).await?;
    let shown = records.into_iter().map(|record| {
        let owner = key(&record, "owner")
            .and_then(|key| owners.get(&key))
            .cloned();
        let process = key(&record, "source_instance")
            .and_then(|key| origins.get(&key))
            .cloned();
        Activity::new(record, owner, process)
    });
    Ok(shown.collect())
}

fn text<'a>(record: &'a crm::Record, name: &str) -> Option<&'a str> {
    record.fields.get(name).and_then(Value::as_str)
}

fn key(record: &crm::Record, name: &str) -> Option<RecordKey> {
    text(record, name).and_then(|text| text.parse().ok())
}

impl Activity {
    fn new(mut record: crm::Record, owner: Option<PersonRef>, process: Option<Origin>) -> Activity {
        let instant = |name: &str| {
            let at = text(&record, name).and_then(|text| Timestamp::parse(text).ok());
            at.map(Instant::from)
        };
        let owned = |name: &str| text(&record, name).map(str::to_owned);
        Activity {
            key: record.key.into(),
            version: record.version,
            kind: match text(&record, "type") {
                Some("meeting") => ActivityType::Meeting,
                Some("email") => ActivityType::Email,
                Some("note") => ActivityType::Note,
                _ => ActivityType::Call,
            },
            subject: record.title.clone(),
            description: owned("description"),
            status: match text(&record, "status") {
                Some("held") => ActivityStatus::Held,
                Some("cancelled") => ActivityStatus::Cancelled,
                _ => ActivityStatus::Planned,
            },
            start: instant("starts_at"),
            end: instant("ends_at"),
            remind_at: instant("remind_at"),
            outcome: match text(&record, "outcome") {
                Some("fine") => Some(Outcome::Fine),
                Some("problem") => Some(Outcome::Problem),
                Some("no_answer") => Some(Outcome::NoAnswer),
                _ => None,
            },
            note: owned("outcome_note"),
            created_at: instant("created_at").unwrap_or_else(|| Timestamp::EPOCH.into()),
            owner,
            record: record.titles.remove("record").map(RecordRef::from),
            contact: record.titles.remove("contact").map(RecordRef::from),
            process,
        }
    }
}

async fn owner_of(app: &App, session: &Session, login: &str) -> Result<RecordKey, ApiError> {
    let found = users::by_login(app.reader(), session.scope(), login).await?;
    let found = found.filter(|user| user.active).map(|user| user.key);
    found.ok_or_else(|| {
        ApiError::field(
            "owner",
            "unknownUser",
            format!("Nobody has the login \"{login}\"."),
        )
    })
}

impl RecordPointer {
    /// The record, by the CRM's names.
    ///
    /// # Errors
    /// Where there is no such kind.
    pub fn target(&self) -> Result<(Kind, RecordKey), ApiError> {
        let kind = self.kind.parse::<Kind>();
        let kind =
            kind.map_err(|error| ApiError::field("kind", "unknownKind", error.to_string()))?;
        Ok((kind, self.key.into()))
    }
}

impl From<ActivityType> for store::ActivityType {
    fn from(kind: ActivityType) -> store::ActivityType {
        match kind {
            ActivityType::Call => store::ActivityType::Call,
            ActivityType::Meeting => store::ActivityType::Meeting,
            ActivityType::Email => store::ActivityType::Email,
            ActivityType::Note => store::ActivityType::Note,
        }
    }
}

impl From<Outcome> for store::Outcome {
    fn from(outcome: Outcome) -> store::Outcome {
        match outcome {
            Outcome::Fine => store::Outcome::Fine,
            Outcome::Problem => store::Outcome::Problem,
            Outcome::NoAnswer => store::Outcome::NoAnswer,
        }
    }
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plan_activity))
        .routes(routes!(activity, change_activity))
        .routes(routes!(hold_activity))
        .routes(routes!(cancel_activity))
}
