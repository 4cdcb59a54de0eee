//! Tasks: what people have to do.

use super::calendar::{CalendarItem, CalendarItemType, Origin, end_of};
use super::people::PersonRef;
use super::records::RecordRef;
use super::thread::Thread;
use super::values;
use crate::server::accounts::Oversee;
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path, Query};
use crate::server::key::{Instant, Key};
use crate::server::names::{People, Subjects};
use crate::server::page::{self, Page};
use crate::server::problem::Refusals;
use axum::extract::State;
use axum::http::StatusCode;
use redthread_calendar::Timestamp;
use redthread_core::Holder;
use redthread_crm::users;
use redthread_runtime as runtime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
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
    /// The teams whose members may take it, by their names in diagrams.
    pub candidate_teams: Vec<String>,
    /// When it is due.
    #[schema(required = true)]
    pub due: Option<Instant>,
    /// Whether it is open and late.
    pub overdue: bool,
    /// Since when it is there.
    pub created: Instant,
    /// When it was done.
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
}

/// A process by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessRef {
    /// The process's id in diagrams.
    pub id: String,
    /// What people call it.
    pub name: String,
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
    /// The values that the task can see.
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
    /// The definition: one version of the process.
    pub definition: Key,
    /// What the person who completed it noted.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Whether the person who asks may complete it.
    pub may_complete: bool,
    /// Whether the person who asks may give it to somebody else.
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

/// Open tasks or those that are done.
#[derive(Debug, Default, Copy, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TaskState {
    /// Still to be done.
    #[default]
    Open,
    /// Done.
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
    pub state: TaskState,
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

/// Tasks: overdue ones first, then by when they are due, then by age.
#[utoipa::path(get, path = "/api/tasks", tag = "tasks", params(TaskQuery),
    security(("session" = [])), responses((status = 200, body = Page<Task>), Refusals))]
pub async fn tasks(
    session: Session,
    State(app): State<App>,
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
        open: query.state == TaskState::Open,
        search: query.search,
        instance: query.instance.map(Key::engine),
        ..runtime::TaskFilter::open(runtime::TaskView::All)
    };
    let request = page::request(query.limit, query.after);
    let found = app.runtime().queries().tasks(&filter, &request).await?;
    let total = app.runtime().queries().count_tasks(&filter).await?;
    let items = shown(&app, &session, found.items).await?;
    Ok(Json(Page {
        items,
        next: found.next,
        total: Some(total),
    }))
}

/// A task with its form and values.
#[utoipa::path(get, path = "/api/tasks/{key}", tag = "tasks", params(("key" = Key, Path, description = "Its key.")), security(("session" = [])),
    responses((status = 200, body = TaskDetail), Refusals))]
pub async fn task(
    session: Session,
    State(app): State<App>,
    Path(key): Path<Key>,
) -> Result<Json<TaskDetail>, ApiError> {
    Ok(Json(detail(&app, &session, key).await?))
}

/// Complete a task. Whoever has it may, or whoever may take it if nobody has it; so may those who oversee.
#[utoipa::path(post, path = "/api/tasks/{key}/complete", tag = "tasks", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 204), Refusals))]
pub async fn complete_task(
    session: Session,
    State(app): State<App>,
    Path(key): Path<Key>,
    Json(completion): Json<TaskCompletion>,
) -> Result<StatusCode, ApiError> {
    let card = app.runtime().queries().task(key.engine()).await?;
    must_be_open(&card.row)?;
    if !may_complete(&session, &card.row) {
        return Err(not_yours(&card.row));
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
    State(app): State<App>,
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
    State(app): State<App>,
    Path(key): Path<Key>,
    Json(asked): Json<TaskReturn>,
) -> Result<Json<TaskDetail>, ApiError> {
    assign(&app, &session, key, None, asked.reason).await?;
    Ok(Json(detail(&app, &session, key).await?))
}

/// Tasks as the API shows them, with the names of people and records.
pub async fn shown(
    app: &App,
    session: &Session,
    rows: Vec<runtime::TaskRow>,
) -> Result<Vec<Task>, ApiError> {
    let people = People::load(app).await?;
    let subjects = rows.iter().map(|row| row.subject.as_ref());
    let subjects = Subjects::load(app, session.scope(), subjects).await?;
    Ok(rows
        .into_iter()
        .map(|row| Task::new(row, &people, &subjects))
        .collect())
}

/// The open tasks of people that are due in a time, for the calendar.
pub async fn due_between(
    app: &App,
    session: &Session,
    logins: &[String],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<CalendarItem>, ApiError> {
    let filter = runtime::TaskFilter {
        due_from: Some(from),
        due_before: Some(to),
        assignees: Some(logins.to_vec()),
        ..runtime::TaskFilter::open(runtime::TaskView::All)
    };
    let request = page::request(Some(page::MAX_LIMIT), None);
    let found = app.runtime().queries().tasks(&filter, &request).await?;
    let tasks = shown(app, session, found.items).await?;
    let items = tasks.into_iter().filter_map(|task| {
        let due = task.due?;
        Some(CalendarItem {
            key: task.key,
            kind: CalendarItemType::Task,
            title: task.name,
            start: due,
            end: end_of(due.0),
            status: "open".to_owned(),
            owner: task.assignee,
            record: task.subject,
            remind_at: None,
            process: Some(Origin {
                instance: task.instance,
                name: task.process.name,
            }),
        })
    });
    Ok(items.collect())
}

async fn detail(app: &App, session: &Session, key: Key) -> Result<TaskDetail, ApiError> {
    let card = app.runtime().queries().task(key.engine()).await?;
    let open = card.row.state == runtime::TaskState::Open;
    let may_complete = open && may_complete(session, &card.row);
    let may_assign = open && (session.may::<Oversee>() || may_take(session, &card.row));
    let definition = card.row.definition.into();
    let mut shown = shown(app, session, vec![card.row]).await?;
    let variables = values::to_json(&card.variables);
    Ok(TaskDetail {
        task: shown.pop().ok_or(ApiError::NotFound("task"))?,
        form: card.form,
        note: variables
            .get("note")
            .and_then(Value::as_str)
            .map(str::to_owned),
        variables,
        definition,
        may_complete,
        may_assign,
    })
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
    must_be_open(&row)?;
    let has_it = row.assignee.as_deref();
    let mine = has_it == Some(&*session.login);
    let takes = to.as_deref() == Some(&*session.login);
    let allowed = match has_it {
        _ if session.may::<Oversee>() => true,
        None => takes && may_take(session, &row),
        Some(_) => mine && (to.is_none() || takes),
    };
    if !allowed {
        return Err(not_yours(&row));
    }
    let reason = reason
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    if reason.is_none() && has_it.is_some() && !mine {
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
            Holder::exactly(has_it),
            to,
            reason,
            session.actor(),
        )
        .await?;
    Ok(())
}

fn must_be_open(row: &runtime::TaskRow) -> Result<(), ApiError> {
    match row.state {
        runtime::TaskState::Open => Ok(()),
        runtime::TaskState::Done | runtime::TaskState::Cancelled => Err(ApiError::Conflict {
            code: "notOpen",
            detail: "This task is no longer open: somebody was faster. Nothing was changed."
                .to_owned(),
        }),
    }
}

fn not_yours(row: &runtime::TaskRow) -> ApiError {
    ApiError::Forbidden(match row.assignee {
        Some(_) => {
            "Somebody else has this task. Ask them, or a manager, to hand it over.".to_owned()
        }
        None => "This task is for another team. A manager can hand it over.".to_owned(),
    })
}

fn may_complete(session: &Session, row: &runtime::TaskRow) -> bool {
    let theirs = match &row.assignee {
        Some(login) => *login == session.login,
        None => may_take(session, row),
    };
    theirs || session.may::<Oversee>()
}

/// Whether a person may take a task that nobody has: as one of its candidates, or if it has none.
fn may_take(session: &Session, row: &runtime::TaskRow) -> bool {
    if row
        .assignee
        .as_ref()
        .is_some_and(|login| *login != session.login)
    {
        return false;
    }
    let teams = names_of_teams(session);
    let everybody = row.candidate_users.is_empty() && row.candidate_teams.is_empty();
    everybody
        || row.candidate_users.contains(&session.login)
        || row.candidate_teams.iter().any(|team| teams.contains(team))
}

/// Diagrams name teams by name; lanes, by what people call them.
fn names_of_teams(session: &Session) -> Vec<String> {
    let teams = session.teams().iter();
    teams
        .flat_map(|team| [team.name.clone(), team.title.clone()])
        .collect()
}

impl Task {
    fn new(row: runtime::TaskRow, people: &People, subjects: &Subjects) -> Task {
        Task {
            key: row.key.into(),
            name: row.name,
            element: row.element,
            process: ProcessRef {
                id: row.process_id,
                name: row.process_name,
            },
            instance: row.instance.into(),
            subject: subjects.of(row.subject.as_ref()),
            assignee: row.assignee.map(|login| people.of(&login)),
            candidate_teams: row.candidate_teams,
            due: row.due.map(Instant::from),
            overdue: row.overdue,
            created: row.created.into(),
            completed: row.ended.map(Instant::from),
            follow_up: row.follow_up.map(Instant::from),
            thread: Some(Thread::new(row.thread, people)),
            lane: row.lane,
            documentation: row.documentation,
        }
    }
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
