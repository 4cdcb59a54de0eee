//! Tasks: what people have to do.

mod rights;
mod shown;

pub use shown::{due_between, shown};

use crate::server::accounts::{Oversee, Session};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path, Query};
use crate::server::key::{Instant, Key};
use crate::server::page::{self, Page};
use crate::server::problem::Refusals;
use crate::server::routes::people::{PersonRef, TeamRef};
use crate::server::routes::records::RecordRef;
use crate::server::routes::thread::Thread;
use crate::server::routes::values;
use axum::http::StatusCode;
use redthread_core::Holder;
use redthread_crm::users;
use redthread_runtime as runtime;
use rights::{has_it, may_complete, may_take, must_be_open, names_of_teams, not_yours};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shown::detail;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A task in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The key.
    pub key: Key,
    /// What is to be done.
    pub name: String,
    /// Whether it is still to be done.
    pub state: TaskState,
    /// The element of the diagram.
    pub element: String,
    /// The process.
    pub process: ProcessRef,
    /// The instance.
    pub instance: Key,
    /// The record that it is about.
    #[schema(required = true)]
    pub subject: Option<RecordRef>,
    /// Who has it; null: whoever takes it first.
    #[schema(required = true)]
    pub assignee: Option<PersonRef>,
    /// The teams whose members may take it.
    pub candidate_teams: Vec<TeamRef>,
    /// When it is due.
    #[schema(required = true)]
    pub due: Option<Instant>,
    /// Whether it is open and late.
    pub overdue: bool,
    /// Since when it is there.
    pub created: Instant,
    /// When it was done or cancelled.
    #[schema(required = true)]
    pub completed: Option<Instant>,
    /// When to look at it again.
    #[schema(required = true)]
    pub follow_up: Option<Instant>,
    /// Where the instance stands.
    #[schema(required = true)]
    pub thread: Option<Thread>,
    /// The lane in which the element is drawn.
    #[schema(required = true)]
    pub lane: Option<String>,
    /// What the analyst wrote about the element.
    #[schema(required = true)]
    pub documentation: Option<String>,
    /// How urgent it is, from 0 to 100; 50 is usual.
    pub priority: u8,
}

/// A process by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessRef {
    /// The process's id in diagrams.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The version that the instance runs on.
    pub version: u32,
}

/// A task on its page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub task: Task,
    /// The form: a form-js schema. Null: it has none, a note is enough.
    #[schema(required = true, value_type = Option<HashMap<String, Value>>)]
    pub form: Option<Value>,
    /// Of an open task, the values that it can see; of one that is done, what was entered. A cancelled one has none.
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
    /// The definition: one version of the process.
    pub definition: Key,
    /// What the person who completed it noted; null while it is open.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Whether the person who asks may complete it.
    pub may_complete: bool,
    /// Whether the person who asks may take it: it is open and nobody has it.
    pub may_take: bool,
    /// Whether the person who asks has it and may give it back.
    pub may_return: bool,
    /// Whether the person who asks may give it to whomever they like: those who oversee may.
    pub may_assign: bool,
}

/// Whose tasks.
#[derive(Debug, Default, Copy, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TaskView {
    /// Those that I have.
    #[default]
    Mine,
    /// Those that I, or my teams, may take and nobody has.
    Team,
    /// Everybody's.
    All,
}

/// How far a task is.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TaskState {
    /// Still to be done.
    Open,
    /// Done by a person.
    Done,
    /// Not needed any more: the process went another way or was cancelled.
    Cancelled,
}

/// Open tasks or those that are done.
#[derive(Debug, Default, Copy, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WantedTasks {
    /// Still to be done.
    #[default]
    Open,
    /// Done; not those that were cancelled.
    Done,
}

/// Which tasks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Whose.
    #[param(inline, required = false)]
    #[serde(default)]
    pub view: TaskView,
    /// Open or done.
    #[param(inline, required = false)]
    #[serde(default)]
    pub state: WantedTasks,
    /// Part of the name.
    pub search: Option<String>,
    /// Those of one instance only.
    pub instance: Option<Key>,
    /// How many, at most 200.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// What a person entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskCompletion {
    /// The values of the form.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
}

/// Who shall have a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskAssignment {
    /// The login; null: nobody, so that whoever may can take it.
    pub assignee: Option<String>,
    /// Why. Needed when it is taken from somebody else.
    pub reason: Option<String>,
}

/// Why a task is given back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskReturn {
    /// Why.
    pub reason: Option<String>,
}

/// Tasks: open ones by when they are due, overdue ones first, then by age; those that are done, the latest first.
#[utoipa::path(get, path = "/api/tasks", tag = "tasks", params(TaskQuery),
    security(("session" = [])), responses((status = 200, body = Page<Task>), Refusals))]
pub async fn tasks(
    session: Session,
    app: App,
    Query(query): Query<TaskQuery>,
) -> Result<Json<Page<Task>>, ApiError> {
    let filter = runtime::TaskFilter {
        view: match query.view {
            TaskView::Mine => runtime::TaskView::Mine(session.login.clone()),
            TaskView::Team => runtime::TaskView::Team {
                login: session.login.clone(),
                teams: names_of_teams(&session),
            },
            TaskView::All => runtime::TaskView::All,
        },
        state: match query.state {
            WantedTasks::Open => runtime::TaskState::Open,
            WantedTasks::Done => runtime::TaskState::Done,
        },
        search: query.search,
        instance: query.instance.map(Key::engine),
        ..runtime::TaskFilter::open(runtime::TaskView::All)
    };
    let request = page::request(query.limit, query.after);
    let queries = app.runtime().queries();
    let found = queries.tasks(&filter, &request).await?;
    let total = queries.count_tasks(&filter).await?;
    Ok(Json(Page {
        items: shown(&app, &session, found.items).await?,
        next: found.next,
        total: Some(total),
    }))
}

/// A task with its form and values.
#[utoipa::path(get, path = "/api/tasks/{key}", tag = "tasks", params(("key" = Key, Path, description = "Its key.")), security(("session" = [])),
    responses((status = 200, body = TaskDetail), Refusals))]
pub async fn task(
    session: Session,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<TaskDetail>, ApiError> {
    Ok(Json(detail(&app, &session, key).await?))
}

/// Complete a task. Whoever has it may, or whoever may take it if nobody has it; so may those who oversee.
#[utoipa::path(post, path = "/api/tasks/{key}/complete", tag = "tasks", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 204), Refusals))]
pub async fn complete_task(
    session: Session,
    app: App,
    Path(key): Path<Key>,
    Json(completion): Json<TaskCompletion>,
) -> Result<StatusCode, ApiError> {
    let card = app.runtime().queries().task(key.engine()).await?;
    if !app.is_repeat() {
        must_be_open(&card.row)?;
        if !may_complete(&session, &card.row) {
            return Err(not_yours(&session, &card.row));
        }
    }
    // Allowed because of who has it now: somebody may take it before this is carried out.
    let holder = Holder::exactly(card.row.assignee.as_deref());
    let variables = values::variables(completion.variables)?;
    app.runtime()
        .complete_task(key.engine(), holder, variables, session.actor())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a task, give it back, or (who oversees) hand it to somebody else.
#[utoipa::path(post, path = "/api/tasks/{key}/assign", tag = "tasks", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = TaskDetail), Refusals))]
pub async fn assign_task(
    session: Session,
    app: App,
    Path(key): Path<Key>,
    Json(assignment): Json<TaskAssignment>,
) -> Result<Json<TaskDetail>, ApiError> {
    let TaskAssignment { assignee, reason } = assignment;
    assign(
        &app,
        &session,
        key,
        assignee.filter(|login| !login.is_empty()),
        reason,
    )
    .await?;
    Ok(Json(detail(&app, &session, key).await?))
}

/// Give a task back to its team.
#[utoipa::path(post, path = "/api/tasks/{key}/return", tag = "tasks", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = TaskDetail), Refusals))]
pub async fn return_task(
    session: Session,
    app: App,
    Path(key): Path<Key>,
    Json(asked): Json<TaskReturn>,
) -> Result<Json<TaskDetail>, ApiError> {
    assign(&app, &session, key, None, asked.reason).await?;
    Ok(Json(detail(&app, &session, key).await?))
}

/// Hands a task over. Who oversees may hand over any; others take what they may and give back what they have.
async fn assign(
    app: &App,
    session: &Session,
    key: Key,
    to: Option<String>,
    reason: Option<String>,
) -> Result<(), ApiError> {
    let row = app.runtime().queries().task(key.engine()).await?.row;
    if !app.is_repeat() {
        must_be_open(&row)?;
    }
    let holder = row.assignee.as_deref();
    let mine = has_it(session, &row);
    let takes = to.as_deref() == Some(&*session.login);
    let allowed = match holder {
        _ if session.may::<Oversee>() => true,
        None => takes && may_take(session, &row),
        Some(_) => mine && (to.is_none() || takes),
    };
    if !allowed && !app.is_repeat() {
        return Err(not_yours(session, &row));
    }
    let reason = reason
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    if reason.is_none() && holder.is_some() && !mine && !app.is_repeat() {
        return values::reason("").map(drop);
    }
    let to = match to {
        None => None,
        Some(login) => {
            let found = users::by_login(app.reader(), session.scope(), &login).await?;
            let found = found.filter(|user| user.active).ok_or_else(|| {
                let sentence = format!("Nobody has the login \"{login}\".");
                ApiError::field("assignee", "unknownUser", sentence)
            })?;
            Some(found.login)
        }
    };
    app.runtime()
        .assign_task(
            key.engine(),
            Holder::exactly(holder),
            to,
            reason,
            session.actor(),
        )
        .await?;
    Ok(())
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(tasks))
        .routes(routes!(task))
        .routes(routes!(complete_task))
        .routes(routes!(assign_task))
        .routes(routes!(return_task))
}
