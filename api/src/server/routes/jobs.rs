//! Jobs for workers: programs of one's own that do what a diagram leaves to them. `docs/workers.md` tells how.

use super::values;
use crate::server::accounts::{DoJobs, May};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::{Instant, Key};
use crate::server::problem::Refusals;
use axum::http::StatusCode;
use redthread_calendar::{Timestamp, Zone, parse_duration};
use redthread_core::event::ListenerEvent;
use redthread_runtime::{self as runtime, ActivateJobs, JobFailure, Lease};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a worker holds a job if it does not say.
const USUAL_LEASE: Duration = Duration::from_secs(5 * 60);
/// How many jobs it takes then.
const USUAL_JOBS: u32 = 10;

/// Which jobs a worker asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobActivation {
    /// The types of jobs that it does: at most 32.
    pub types: Vec<String>,
    /// What it calls itself: the history shows it.
    pub worker: String,
    /// How many it takes at once: 1 to 200. Without it, 10.
    pub max_jobs: Option<u32>,
    /// For how long they are its own: an ISO 8601 duration from PT1S to P1D. Without it, PT5M.
    pub lease: Option<String>,
    /// The names of the variables that it needs. Without it, all that the element sees.
    pub variables: Option<Vec<String>>,
    /// How long it waits for a job where there is none: an ISO 8601 duration up to PT60S. Without it, not at all.
    pub wait: Option<String>,
}

/// The jobs that a worker now holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivatedJobs {
    /// Those that have been free for the longest time first; none: ask again.
    pub jobs: Vec<ActivatedJob>,
}

/// A job that a worker holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivatedJob {
    /// The key.
    pub key: Key,
    /// Proves that the worker holds it: it is given with whatever the worker says of the job.
    pub token: Key,
    /// The same for all tries of this job: with it the worker sees that it has done a part of it before.
    pub idempotency_key: Key,
    /// Its type.
    #[serde(rename = "type")]
    pub job_type: String,
    /// Who holds it.
    pub worker: String,
    /// Tries that are left, this one among them.
    pub retries: u32,
    /// Until then nobody else is given it.
    pub leased_until: Instant,
    /// Since when it has been waiting to be done.
    pub created: Instant,
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: String,
    /// The version of the process.
    pub version: u32,
    /// The key of the definition.
    pub definition: Key,
    /// The element.
    pub element: String,
    /// The element instance.
    pub element_instance: Key,
    /// What it is told of, if it is a listener of the element; null: it does the element's own work.
    #[schema(required = true)]
    pub listener: Option<JobListener>,
    /// Fixed values from the diagram.
    pub headers: BTreeMap<String, String>,
    /// The variables that the worker asked for.
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
    /// The record that the instance is about.
    #[schema(required = true)]
    pub subject: Option<JobSubject>,
}

/// The record that a job's instance is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobSubject {
    /// Its kind: `case`, `deal` and so on.
    pub kind: String,
    /// Its key.
    pub key: String,
}

/// What a listener is told of.
#[derive(Debug, Copy, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum JobListener {
    /// The element begins.
    Start,
    /// The element ends.
    End,
    /// A task is about to be there for people.
    Creating,
    /// A task is about to be completed.
    Completing,
}

/// A job is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobCompletion {
    /// The token of the lease.
    pub token: Key,
    /// Its results.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
}

/// A job failed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobFailed {
    /// The token of the lease.
    pub token: Key,
    /// What happened and what to do, for people.
    pub message: String,
    /// Tries that are left. Without it, one less than before. With 0 the element is stuck until a person mends it.
    pub retries: Option<u32>,
    /// How long the job is left alone before its next try: an ISO 8601 duration up to P30D. Without it, not at all.
    pub back_off: Option<String>,
}

/// A job met a business error.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobError {
    /// The token of the lease.
    pub token: Key,
    /// The code, as error events in the diagram catch it.
    pub code: String,
    /// What happened, for people.
    pub message: Option<String>,
    /// Variables for whoever catches it.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
}

/// More time for a job.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobExtension {
    /// The token of the lease.
    pub token: Key,
    /// How long the lease lasts from now on: an ISO 8601 duration from PT1S to P1D.
    pub lease: String,
}

/// Until when a job is leased.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobLease {
    /// Until then nobody else is given it.
    pub leased_until: Instant,
}

/// Take jobs: they are the worker's own for a while. Where there are none it can wait for some.
#[utoipa::path(post, path = "/api/jobs/activation", tag = "jobs",
    security(("session" = ["administrator"])),
    responses((status = 200, body = ActivatedJobs), Refusals))]
pub async fn activate_jobs(
    _: May<DoJobs>,
    app: App,
    Json(asked): Json<JobActivation>,
) -> Result<Json<ActivatedJobs>, ApiError> {
    let wanted = ActivateJobs {
        types: asked.types,
        worker: asked.worker,
        max_jobs: usize::try_from(asked.max_jobs.unwrap_or(USUAL_JOBS)).unwrap_or(usize::MAX),
        lease: duration("lease", asked.lease.as_deref())?.unwrap_or(USUAL_LEASE),
        variables: asked.variables,
        wait: duration("wait", asked.wait.as_deref())?.unwrap_or_default(),
    };
    let mut closing = app.closing();
    let jobs = tokio::select! {
        jobs = app.runtime().activate_jobs(wanted) => jobs?,
        // The server must not wait for those who wait.
        _ = closing.wait_for(|closing| *closing) => Vec::new(),
    };
    let jobs = jobs.into_iter().map(ActivatedJob::from).collect();
    Ok(Json(ActivatedJobs { jobs }))
}

/// Complete a job.
#[utoipa::path(post, path = "/api/jobs/{key}/completion", tag = "jobs", params(("key" = Key, Path, description = "The job.")),
    security(("session" = ["administrator"])),
    responses((status = 204, description = "The process has gone on."), Refusals))]
pub async fn complete_job(
    _: May<DoJobs>,
    app: App,
    Path(key): Path<Key>,
    Json(done): Json<JobCompletion>,
) -> Result<StatusCode, ApiError> {
    let (lease, variables) = (lease(key, done.token), values::variables(done.variables)?);
    app.runtime().complete_leased_job(lease, variables).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say that a job failed: it is tried again, or somebody has to mend it.
#[utoipa::path(post, path = "/api/jobs/{key}/failure", tag = "jobs", params(("key" = Key, Path, description = "The job.")),
    security(("session" = ["administrator"])),
    responses((status = 204, description = "It was taken down."), Refusals))]
pub async fn fail_job(
    _: May<DoJobs>,
    app: App,
    Path(key): Path<Key>,
    Json(failed): Json<JobFailed>,
) -> Result<StatusCode, ApiError> {
    let message = said("message", failed.message)?;
    let failure = JobFailure {
        message,
        retries: failed.retries,
        back_off: duration("backOff", failed.back_off.as_deref())?.unwrap_or_default(),
    };
    let lease = lease(key, failed.token);
    app.runtime().fail_leased_job(lease, failure).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Throw a BPMN error that the diagram may catch.
#[utoipa::path(post, path = "/api/jobs/{key}/error", tag = "jobs", params(("key" = Key, Path, description = "The job.")),
    security(("session" = ["administrator"])),
    responses((status = 204, description = "The process goes on where the error is caught, or is stuck."), Refusals))]
pub async fn throw_job_error(
    _: May<DoJobs>,
    app: App,
    Path(key): Path<Key>,
    Json(error): Json<JobError>,
) -> Result<StatusCode, ApiError> {
    let code = said("code", error.code)?;
    let variables = values::variables(error.variables)?;
    let lease = lease(key, error.token);
    let thrown = app
        .runtime()
        .throw_leased_error(lease, code, error.message, variables);
    thrown.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Extend the lease of a job that takes longer.
#[utoipa::path(patch, path = "/api/jobs/{key}", tag = "jobs", params(("key" = Key, Path, description = "The job.")),
    security(("session" = ["administrator"])),
    responses((status = 200, body = JobLease), Refusals))]
pub async fn extend_job(
    _: May<DoJobs>,
    app: App,
    Path(key): Path<Key>,
    Json(extension): Json<JobExtension>,
) -> Result<Json<JobLease>, ApiError> {
    let lasts = duration("lease", Some(&extension.lease))?.unwrap_or_default();
    let lease = lease(key, extension.token);
    let until = app.runtime().extend_lease(lease, lasts).await?;
    Ok(Json(JobLease {
        leased_until: until.into(),
    }))
}

fn lease(job: Key, token: Key) -> Lease {
    Lease {
        job: job.engine(),
        token: token.engine(),
    }
}

fn said(field: &str, text: String) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        let sentence = "This must be said: people read it, or the diagram goes by it.";
        return Err(ApiError::field(field, "required", sentence));
    }
    Ok(text)
}

/// A length of time that is the same whatever the day: no months, and a day is 24 hours.
fn duration(field: &str, text: Option<&str>) -> Result<Option<Duration>, ApiError> {
    let Some(text) = text else {
        return Ok(None);
    };
    let wrong = || {
        let sentence = "That is no duration such as PT30S or PT5M.";
        ApiError::field(field, "duration", sentence)
    };
    let parsed = parse_duration(text).map_err(|_| wrong())?;
    let from = Timestamp::EPOCH;
    let to = parsed.add_to(from, &Zone::UTC).ok_or_else(wrong)?;
    let micros = to.as_micros().saturating_sub(from.as_micros());
    let micros = u64::try_from(micros).map_err(|_| wrong())?;
    Ok(Some(Duration::from_micros(micros)))
}

impl From<runtime::ActivatedJob> for ActivatedJob {
    fn from(job: runtime::ActivatedJob) -> ActivatedJob {
        ActivatedJob {
            key: job.key.into(),
            token: job.token.into(),
            idempotency_key: job.key.into(),
            job_type: job.job_type,
            worker: job.worker,
            retries: job.retries,
            leased_until: job.leased_until.into(),
            created: job.created.into(),
            instance: job.instance.into(),
            process: job.process.to_string(),
            version: job.version.unsigned_abs(),
            definition: job.definition.into(),
            element: job.element.to_string(),
            element_instance: job.element_instance.into(),
            listener: job.listener.map(JobListener::from),
            headers: job.headers,
            variables: values::to_json(&job.variables),
            subject: job.subject.map(|subject| JobSubject {
                kind: subject.kind.to_string(),
                key: subject.key.to_string(),
            }),
        }
    }
}

impl From<ListenerEvent> for JobListener {
    fn from(event: ListenerEvent) -> JobListener {
        match event {
            ListenerEvent::Start => JobListener::Start,
            ListenerEvent::End => JobListener::End,
            ListenerEvent::Creating => JobListener::Creating,
            ListenerEvent::Completing => JobListener::Completing,
        }
    }
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(activate_jobs))
        .routes(routes!(complete_job))
        .routes(routes!(fail_job))
        .routes(routes!(throw_job_error))
        .routes(routes!(extend_job))
}
