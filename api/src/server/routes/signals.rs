//! Signals: what reaches every process that waits for it.

use super::values;
use crate::server::accounts::{Deploy, May};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::Json;
use crate::server::key::Key;
use crate::server::problem::Refusals;
use redthread_runtime::Signal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A signal to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSignal {
    /// Its name in diagrams.
    pub name: String,
    /// What it carries.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
}

/// What became of a signal.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signalled {
    /// The instances that it woke or started.
    pub instances: Vec<Key>,
    /// Whether these are the first of many: it reaches the others in a moment.
    pub more: bool,
}

/// Send a signal.
#[utoipa::path(post, path = "/api/signals", tag = "messages",
    security(("session" = ["analyst", "administrator"])),
    responses((status = 200, body = Signalled), Refusals))]
pub async fn send_signal(
    may: May<Deploy>,
    app: App,
    Json(signal): Json<NewSignal>,
) -> Result<Json<Signalled>, ApiError> {
    if signal.name.trim().is_empty() {
        return Err(ApiError::field(
            "name",
            "required",
            "A signal needs a name.",
        ));
    }
    let signal = Signal {
        name: signal.name,
        variables: values::variables(signal.variables)?,
    };
    let signalled = app
        .runtime()
        .send_signal(signal, may.session.actor())
        .await?;
    Ok(Json(Signalled {
        instances: signalled.instances.into_iter().map(Key::from).collect(),
        more: signalled.more,
    }))
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(send_signal))
}
