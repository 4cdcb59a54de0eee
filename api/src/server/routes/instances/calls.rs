//! Who called an instance, whom it called, and what can be begun in it by hand.

use super::{InstanceState, ProcessVersionRef, rows};
use crate::server::accounts::{May, Oversee, Session};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::Key;
use crate::server::problem::Refusals;
use crate::server::routes::values;
use axum::http::StatusCode;
use redthread_runtime as runtime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Who called an instance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalledBy {
    /// The calling instance.
    pub instance: Key,
    /// Its process and version.
    pub process: ProcessVersionRef,
    /// The call activity.
    pub element: String,
    /// Its name.
    pub element_name: String,
}

/// An instance that was called.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalledInstance {
    /// The called instance.
    pub instance: Key,
    /// Its process and version.
    pub process: ProcessVersionRef,
    /// Whether it runs, or how it ended.
    pub state: InstanceState,
    /// The call activity.
    pub element: String,
    /// Its name.
    pub element_name: String,
    /// The element instance that waits or waited.
    pub element_instance: Key,
}

/// An ad-hoc sub-process that runs, and what can be begun in it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanActivate {
    /// The element instance of the ad-hoc sub-process.
    pub element_instance: Key,
    /// The ad-hoc sub-process.
    pub element: String,
    /// Its name.
    pub element_name: String,
    /// What can be begun.
    pub elements: Vec<Activatable>,
}

/// An element that can be begun by hand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activatable {
    /// The element.
    pub element: String,
    /// Its name.
    pub element_name: String,
}

/// What to begin in an ad-hoc sub-process.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Activation {
    /// The ids of the elements.
    pub elements: Vec<String>,
    /// Values for the sub-process.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
}

/// Begin activities of an ad-hoc sub-process.
#[utoipa::path(post, path = "/api/instances/{key}/ad-hoc/{elementInstance}", tag = "instances",
    params(("key" = Key, Path, description = "The instance's key."),
        ("elementInstance" = Key, Path, description = "The key of the ad-hoc sub-process's element instance.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 204), Refusals))]
pub async fn activate_elements(
    may: May<Oversee>,
    app: App,
    Path((key, element_instance)): Path<(Key, Key)>,
    Json(activation): Json<Activation>,
) -> Result<StatusCode, ApiError> {
    if activation.elements.is_empty() {
        return Err(ApiError::field(
            "elements",
            "required",
            "Choose at least one element to begin.",
        ));
    }
    let elements = activation.elements.iter().map(|id| id.as_str().into());
    let variables = values::variables(activation.variables)?;
    app.runtime()
        .activate_elements(
            key.engine(),
            element_instance.engine(),
            elements.collect(),
            variables,
            may.session.actor(),
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who called an instance.
pub(super) async fn called_by(
    app: &App,
    session: &Session,
    instance: Key,
) -> Result<Option<CalledBy>, ApiError> {
    let Some(found) = app.runtime().queries().called_by(instance.engine()).await? else {
        return Ok(None);
    };
    let mut shown = rows(app, session, vec![found.instance]).await?;
    let shown = shown.pop().map(|row| row.summary);
    Ok(shown.map(|summary| CalledBy {
        instance: summary.key,
        process: summary.process,
        element: found.element,
        element_name: found.element_name,
    }))
}

/// Whom an instance called.
pub(super) async fn calls(
    app: &App,
    session: &Session,
    instance: Key,
) -> Result<Vec<CalledInstance>, ApiError> {
    let found = app.runtime().queries().calls(instance.engine()).await?;
    let (instances, places): (Vec<_>, Vec<_>) = found
        .into_iter()
        .map(|call| {
            let place = (call.element, call.element_name, call.element_instance);
            (call.instance, place)
        })
        .unzip();
    if instances.is_empty() {
        return Ok(Vec::new());
    }
    let shown = rows(app, session, instances).await?.into_iter().zip(places);
    let calls = shown.map(
        |(row, (element, element_name, element_instance))| CalledInstance {
            instance: row.summary.key,
            process: row.summary.process,
            state: row.summary.state,
            element,
            element_name,
            element_instance: element_instance.into(),
        },
    );
    Ok(calls.collect())
}

impl From<runtime::CanActivate> for CanActivate {
    fn from(found: runtime::CanActivate) -> CanActivate {
        CanActivate {
            element_instance: found.element_instance.into(),
            element: found.element.to_string(),
            element_name: found.element_name,
            elements: found
                .elements
                .into_iter()
                .map(|(id, element_name)| Activatable {
                    element: id.to_string(),
                    element_name,
                })
                .collect(),
        }
    }
}
