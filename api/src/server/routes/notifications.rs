//! Notifications: what a person should know without looking for it.

use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::Json;
use crate::server::key::{Instant, Key};
use crate::server::problem::Refusals;
use axum::http::StatusCode;
use redthread_crm::{RecordKey, notifications as store};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A person's notifications.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notifications {
    /// The latest hundred, the latest first.
    pub items: Vec<Notification>,
    /// How many have not been read.
    pub unread: u64,
}

/// A notification. The pages put the code and its parameters into words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The key.
    pub key: Key,
    /// What it says.
    pub code: String,
    /// What the code's sentence needs.
    #[schema(value_type = HashMap<String, Value>)]
    pub params: Map<String, Value>,
    /// What it leads to.
    #[schema(required = true)]
    pub link: Option<NotificationLink>,
    /// When it came.
    pub created: Instant,
    /// Whether it has been read.
    pub read: bool,
}

/// What a notification leads to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationLink {
    /// `task`, `activity`, `instance` or a kind of record.
    pub kind: String,
    /// Its key.
    pub key: Key,
}

/// Which have been read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reading {
    /// These.
    #[serde(default)]
    pub keys: Vec<Key>,
    /// All.
    #[serde(default)]
    pub all: bool,
}

/// One's own notifications.
#[utoipa::path(get, path = "/api/notifications", tag = "notifications",
    security(("session" = [])), responses((status = 200, body = Notifications), Refusals))]
pub async fn notifications(session: Session, app: App) -> Result<Json<Notifications>, ApiError> {
    let told = store::list(app.reader(), session.scope(), None, 100).await?;
    let unread = store::unread(app.reader(), session.scope()).await?;
    let items = told.into_iter().map(|told| Notification {
        key: told.key.into(),
        code: told.code,
        params: match told.params {
            Value::Object(params) => params,
            _ => Map::new(),
        },
        link: told
            .link_kind
            .zip(told.link_key)
            .map(|(kind, key)| NotificationLink {
                kind,
                key: key.into(),
            }),
        created: told.created_at.into(),
        read: told.read_at.is_some(),
    });
    Ok(Json(Notifications {
        items: items.collect(),
        unread,
    }))
}

/// Mark notifications as read.
#[utoipa::path(post, path = "/api/notifications/read", tag = "notifications",
    security(("session" = [])), responses((status = 204), Refusals))]
pub async fn mark_read(
    session: Session,
    app: App,
    Json(reading): Json<Reading>,
) -> Result<StatusCode, ApiError> {
    if reading.keys.is_empty() && !reading.all {
        return Ok(StatusCode::NO_CONTENT);
    }
    app.write(&session, move |write| {
        let keys: Vec<RecordKey> = match reading.all {
            true => Vec::new(),
            false => reading.keys.iter().map(|key| (*key).into()).collect(),
        };
        Box::pin(async move {
            store::mark_read(write.tx(), write.scope, &keys, write.change.now).await?;
            write.context.touches.topic("notifications");
            Ok(())
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(notifications))
        .routes(routes!(mark_read))
}
