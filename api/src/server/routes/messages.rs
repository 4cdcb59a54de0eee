//! Messages: what arrives from outside and wakes processes that wait for it.

use super::values;
use crate::server::accounts::{Deploy, May};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::Json;
use crate::server::key::Key;
use crate::server::problem::Refusals;
use redthread_calendar::parse_duration;
use redthread_runtime::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A message to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMessage {
    /// Its name in diagrams.
    pub name: String,
    /// What tells its receiver from others.
    #[serde(default)]
    pub correlation_key: String,
    /// What it carries.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
    /// With the same id it is taken once.
    pub message_id: Option<String>,
    /// How long it is kept for a receiver that is yet to come: an ISO 8601 duration. Without it, not at all.
    pub ttl: Option<String>,
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    /// The instances that it woke or started.
    pub instances: Vec<Key>,
    /// Whether it is kept for a receiver that is yet to come.
    pub kept: bool,
}

/// Publish a message.
#[utoipa::path(post, path = "/api/messages", tag = "messages",
    security(("session" = ["analyst", "administrator"])),
    responses((status = 200, body = Published), Refusals))]
pub async fn publish_message(
    may: May<Deploy>,
    app: App,
    Json(message): Json<NewMessage>,
) -> Result<Json<Published>, ApiError> {
    if message.name.trim().is_empty() {
        return Err(ApiError::field(
            "name",
            "required",
            "A message needs a name.",
        ));
    }
    let ttl = message.ttl.as_deref().map(parse_duration).transpose();
    let ttl = ttl.map_err(|_| {
        ApiError::field(
            "ttl",
            "duration",
            "That is no duration such as PT1H or P7D.",
        )
    })?;
    let message = Message {
        name: message.name,
        correlation_key: message.correlation_key,
        variables: values::variables(message.variables)?,
        id: message.message_id,
        ttl,
    };
    let published = app
        .runtime()
        .publish_message(message, may.session.actor())
        .await?;
    Ok(Json(Published {
        instances: published.instances.into_iter().map(Key::from).collect(),
        kept: published.kept,
    }))
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(publish_message))
}
