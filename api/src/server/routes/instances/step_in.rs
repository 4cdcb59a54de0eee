//! Stepping in: values, the end of an instance, another try. Each with a reason that is kept.

use crate::server::accounts::{May, Oversee};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::Key;
use crate::server::problem::Refusals;
use crate::server::routes::values;
use axum::http::StatusCode;
use redthread_runtime::RuntimeError;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Values to set by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewValues {
    /// The instance or element instance to which they belong; without it the instance.
    pub scope: Option<Key>,
    /// The values by name.
    #[schema(value_type = HashMap<String, Value>)]
    pub values: Map<String, Value>,
    /// Why. It is kept in the history.
    pub reason: String,
}

/// Why something is done by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why. It is kept in the history.
    pub reason: String,
}

/// Why something is tried again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionalReason {
    /// Why.
    pub reason: Option<String>,
}

/// Set values by hand.
#[utoipa::path(post, path = "/api/instances/{key}/variables", tag = "instances", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 204), Refusals))]
pub async fn set_instance_values(
    may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
    Json(new): Json<NewValues>,
) -> Result<StatusCode, ApiError> {
    let reason = values::reason(&new.reason)?;
    let variables = values::variables(new.values)?;
    let (instance, scope) = (key.engine(), new.scope.map(Key::engine));
    let actor = may.session.actor();
    app.runtime()
        .set_variables(instance, scope, variables, Some(reason), actor)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End an instance where it stands.
#[utoipa::path(post, path = "/api/instances/{key}/cancel", tag = "instances", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 204), Refusals))]
pub async fn cancel_instance(
    may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
    Json(why): Json<Reason>,
) -> Result<StatusCode, ApiError> {
    let reason = values::reason(&why.reason)?;
    app.runtime()
        .cancel(key.engine(), Some(reason), may.session.actor())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try again what an incident stopped.
#[utoipa::path(post, path = "/api/incidents/{key}/retry", tag = "instances", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 204), Refusals))]
pub async fn retry_incident(
    may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
    Json(why): Json<OptionalReason>,
) -> Result<StatusCode, ApiError> {
    let incident = match app.runtime().queries().incident(key.engine()).await {
        // It is gone because of this request.
        Err(RuntimeError::Unknown { .. }) if app.is_repeat() => return Ok(StatusCode::NO_CONTENT),
        found => found?,
    };
    app.runtime()
        .retry(key.engine(), may.session.actor())
        .await?;
    if let Some(reason) = why.reason.filter(|reason| !reason.trim().is_empty()) {
        app.runtime()
            .comment(incident.instance, &reason, may.session.actor())
            .await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
