//! Instances: the runs of processes, where they stand and how one steps in.

mod about;
mod calls;
mod shown;
mod step_in;

pub use about::{about, origins, threads_about, timeline_of, titled};
pub use calls::{CalledBy, CalledInstance, CanActivate};
pub use shown::{found, rows};

use shown::story;

use crate::server::accounts::{May, Oversee};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path, Query};
use crate::server::history::{HistoryEntry, Who};
use crate::server::key::{Instant, Key};
use crate::server::page::{self, Page};
use crate::server::problem::Refusals;
use crate::server::routes::people::PersonRef;
use crate::server::routes::records::RecordRef;
use crate::server::routes::tasks;
use crate::server::routes::tasks::Task;
use crate::server::routes::thread::Thread;
use crate::server::routes::timeline::PageQuery;
use axum::http::StatusCode;
use redthread_core::Subject;
use redthread_runtime::{self as runtime, InstanceFilter, InstanceStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// An instance in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceRow {
    /// What there is to say of it.
    #[serde(flatten)]
    pub summary: InstanceSummary,
    /// How many incidents are open.
    pub incidents: u32,
}

/// What there is to say of an instance wherever it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceSummary {
    /// The key.
    pub key: Key,
    /// The process and its version.
    pub process: ProcessVersionRef,
    /// The record that it is about.
    #[schema(required = true)]
    pub subject: Option<RecordRef>,
    /// Whether it runs, or how it ended.
    pub state: InstanceState,
    /// When it started.
    pub started: Instant,
    /// When it ended.
    #[schema(required = true)]
    pub ended: Option<Instant>,
    /// Where it stands.
    pub at: Vec<Position>,
    /// Where it stands, as people read it.
    #[schema(required = true)]
    pub thread: Option<Thread>,
}

/// A version of a process by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessVersionRef {
    /// The process's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The version.
    pub version: u32,
    /// The key of the definition.
    pub definition: Key,
}

/// Whether an instance runs, or how it ended.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum InstanceState {
    /// It runs.
    Active,
    /// It ended well.
    Completed,
    /// It was cancelled.
    Terminated,
    /// It ended with an error.
    Failed,
}

/// An element at which an instance stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The element.
    pub element: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Instant,
    /// Whether it is late.
    pub overdue: bool,
}

/// An instance on its card.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: InstanceSummary,
    /// Every visit to an element, in order.
    pub elements: Vec<Visit>,
    /// The sequence flows that were taken.
    pub flows_taken: Vec<String>,
    /// The values, outermost scope first.
    pub variables: Vec<Variable>,
    /// Its open tasks.
    pub tasks: Vec<Task>,
    /// Its open incidents.
    pub incidents: Vec<Incident>,
    /// Why work for it was set aside, in sentences: it is kept, but not tried again.
    pub set_aside: Vec<String>,
    /// Who or what started it.
    pub started_by: Who,
    /// Why it was cancelled, or the error it ended with.
    #[schema(required = true)]
    pub end_reason: Option<String>,
    /// Who called it; null: nobody waits for its end.
    #[schema(required = true)]
    pub called_by: Option<CalledBy>,
    /// Whom it called: the last 200, in the order of the calls.
    pub calls: Vec<CalledInstance>,
    /// Its ad-hoc sub-processes that run, and what can be begun in them by hand.
    pub can_activate: Vec<CanActivate>,
}

/// One visit of an instance to an element.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// The key of the element instance.
    pub element_instance: Key,
    /// The element.
    pub element: String,
    /// Its name.
    pub name: String,
    /// The instance, or the visit in which it stands.
    pub scope: Key,
    /// Whether it stands for all visits of an activity that is done several times: those are in it.
    pub body: bool,
    /// Whether it still stands there.
    pub state: VisitState,
    /// Since when.
    pub since: Instant,
    /// Until when.
    #[schema(required = true)]
    pub ended: Option<Instant>,
}

/// How a visit goes or went.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum VisitState {
    /// It stands there.
    Active,
    /// It went on.
    Completed,
    /// It was ended from outside.
    Terminated,
    /// It is stuck there.
    Incident,
}

/// A value of an instance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// The instance, or the element instance to which it belongs.
    pub scope: Key,
    /// What people call that.
    pub scope_name: String,
    /// The variable.
    pub name: String,
    /// Its value.
    #[schema(value_type = Value)]
    pub value: Value,
    /// When it got it.
    #[schema(required = true)]
    pub changed_at: Option<Instant>,
    /// From whom.
    #[schema(required = true)]
    pub changed_by: Option<Who>,
}

/// Why an element is stuck.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// The key.
    pub key: Key,
    /// The element.
    pub element: String,
    /// Its name.
    pub element_name: String,
    /// The stable code.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// Since when.
    pub since: Instant,
}

/// Which instances.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InstanceQuery {
    /// Those of one version.
    pub definition: Option<Key>,
    /// Those of a process, by its id.
    pub process: Option<String>,
    /// Those that stand at an element.
    pub element: Option<String>,
    /// `active`, `completed`, `terminated`, `failed`, or `incident`: those with an open one.
    pub state: Option<String>,
    /// Those about a record: `kind:key`.
    pub subject: Option<String>,
    /// Part of the process's name or the record's title, or a key.
    pub search: Option<String>,
    /// How many, at most 200.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// A comment on an instance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    /// The key.
    pub key: Key,
    /// When.
    pub at: Instant,
    /// Who wrote it.
    pub author: PersonRef,
    /// The text.
    pub text: String,
}

/// A comment to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// The text.
    pub text: String,
}

/// Instances, the latest first.
#[utoipa::path(get, path = "/api/instances", tag = "instances", params(InstanceQuery),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 200, body = Page<InstanceRow>), Refusals))]
pub async fn instances(
    may: May<Oversee>,
    app: App,
    Query(query): Query<InstanceQuery>,
) -> Result<Json<Page<InstanceRow>>, ApiError> {
    let filter = InstanceFilter {
        definition: query.definition.map(Key::engine),
        process: query.process,
        element: query.element,
        status: query
            .state
            .as_deref()
            .filter(|state| !state.is_empty())
            .map(status_of)
            .transpose()?,
        subject: query.subject.as_deref().map(subject_of).transpose()?,
        search_subjects: titled(&app, &may.session, query.search.as_deref()).await?,
        search: query.search,
    };
    let request = page::request(query.limit, query.after);
    let found = app.runtime().queries().instances(&filter, &request).await?;
    let items = rows(&app, &may.session, found.items).await?;
    Ok(Json(Page {
        items,
        next: found.next,
        total: None,
    }))
}

/// An instance: its way so far, its values, tasks and incidents.
#[utoipa::path(get, path = "/api/instances/{key}", tag = "instances", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 200, body = InstanceDetail), Refusals))]
pub async fn instance(
    may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<InstanceDetail>, ApiError> {
    let queries = app.runtime().queries();
    let row = queries.instance_row(key.engine()).await?;
    let trace = queries.trace(key.engine()).await?;
    let graph = queries.definition_graph(row.definition).await?;
    let incidents = queries.incidents(key.engine()).await?;
    let set_aside = queries.set_aside(key.engine()).await?;
    let can_activate = queries.can_activate(key.engine()).await?;
    let filter = runtime::TaskFilter {
        instance: Some(key.engine()),
        ..runtime::TaskFilter::open(runtime::TaskView::All)
    };
    let request = page::request(Some(page::MAX_LIMIT), None);
    let open_tasks = queries.tasks(&filter, &request).await?.items;
    let ended_badly = matches!(row.status, "terminated" | "failed");
    let end_reason = if ended_badly {
        story(&app, &row).await?.1
    } else {
        None
    };
    let mut started_by = row.started_by.as_ref().map_or(Who::SYSTEM, Who::from);
    started_by.name_process(&queries.process_names().await?);
    let process_name = row.process_name.clone();
    let mut summaries = rows(&app, &may.session, vec![row]).await?;
    let InstanceRow { summary, .. } = summaries.pop().ok_or(ApiError::NotFound("instance"))?;
    Ok(Json(InstanceDetail {
        summary,
        elements: trace.elements.into_iter().map(Visit::from).collect(),
        flows_taken: trace.flows_taken.iter().map(ToString::to_string).collect(),
        variables: trace
            .variables
            .into_iter()
            .map(|row| Variable::new(row, &process_name))
            .collect(),
        tasks: tasks::shown(&app, &may.session, open_tasks).await?,
        incidents: incidents
            .into_iter()
            .map(|incident| Incident {
                key: incident.key.into(),
                element_name: graph.label(&incident.element).to_owned(),
                element: incident.element,
                code: incident.code,
                message: incident.message,
                since: incident.since.into(),
            })
            .collect(),
        set_aside,
        started_by,
        end_reason,
        called_by: calls::called_by(&app, &may.session, key).await?,
        calls: calls::calls(&app, &may.session, key).await?,
        can_activate: can_activate.into_iter().map(CanActivate::from).collect(),
    }))
}

/// What happened to an instance, the latest first.
#[utoipa::path(get, path = "/api/instances/{key}/history", tag = "instances", params(("key" = Key, Path, description = "Its key."), PageQuery),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 200, body = Page<HistoryEntry>), Refusals))]
pub async fn history(
    _may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<HistoryEntry>>, ApiError> {
    let row = app.runtime().queries().instance_row(key.engine()).await?;
    let (mut entries, _) = story(&app, &row).await?;
    // The latest first; the cursor counts from the beginning, which does not move when more happens.
    let end = match &query.after {
        Some(after) => after
            .parse::<usize>()
            .ok()
            .filter(|end| *end <= entries.len()),
        None => Some(entries.len()),
    };
    let end = end.ok_or_else(|| ApiError::BadRequest("there is no such page".to_owned()))?;
    let start = end.saturating_sub(page::limit(query.limit) as usize);
    let total = entries.len() as u64;
    let items: Vec<HistoryEntry> = entries.drain(start..end).rev().collect();
    let next = (start > 0).then(|| start.to_string());
    Ok(Json(Page {
        items,
        next,
        total: Some(total),
    }))
}

/// What people wrote about an instance, in order.
#[utoipa::path(get, path = "/api/instances/{key}/comments", tag = "instances", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 200, body = [Comment]), Refusals))]
pub async fn comments(
    _may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<Vec<Comment>>, ApiError> {
    app.runtime().queries().instance_row(key.engine()).await?;
    let comments = app.runtime().queries().comments(key.engine()).await?;
    Ok(Json(comments.into_iter().map(Comment::from).collect()))
}

/// Write a comment.
#[utoipa::path(post, path = "/api/instances/{key}/comments", tag = "instances", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 201, body = Comment), Refusals))]
pub async fn write_comment(
    may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
    Json(new): Json<NewComment>,
) -> Result<(StatusCode, Json<Comment>), ApiError> {
    let actor = may.session.actor();
    let written = app
        .runtime()
        .comment(key.engine(), &new.text, actor)
        .await?;
    let comments = app.runtime().queries().comments(key.engine()).await?;
    let comment = comments.into_iter().find(|comment| comment.key == written);
    let comment = comment.ok_or(ApiError::NotFound("comment"))?;
    Ok((StatusCode::CREATED, Json(comment.into())))
}

fn status_of(text: &str) -> Result<InstanceStatus, ApiError> {
    Ok(match text {
        "active" => InstanceStatus::Active,
        "completed" => InstanceStatus::Completed,
        "terminated" => InstanceStatus::Terminated,
        "failed" => InstanceStatus::Failed,
        "incident" => InstanceStatus::Incident,
        _ => {
            return Err(ApiError::BadRequest(format!(
                "there is no state \"{text}\""
            )));
        }
    })
}

fn subject_of(text: &str) -> Result<Subject, ApiError> {
    let parts = text.split_once(':').map(|(kind, key)| Subject {
        kind: kind.into(),
        key: key.into(),
    });
    parts.ok_or_else(|| ApiError::BadRequest("a subject is written as kind:key".to_owned()))
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(instances))
        .routes(routes!(instance))
        .routes(routes!(history))
        .routes(routes!(comments, write_comment))
        .routes(routes!(step_in::set_instance_values))
        .routes(routes!(step_in::cancel_instance))
        .routes(routes!(step_in::retry_incident))
        .routes(routes!(calls::activate_elements))
}
