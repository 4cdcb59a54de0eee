//! Tasks as the API shows them, with the names of people, teams and records.

use super::rights::{has_it, may_complete, may_take};
use super::{ProcessRef, Task, TaskDetail, TaskState};
use crate::server::accounts::{Oversee, Session};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::key::{Instant, Key};
use crate::server::names::{People, Subjects, Teams};
use crate::server::page;
use crate::server::routes::calendar::{CalendarItem, CalendarItemType, Origin, end_of};
use crate::server::routes::thread::Thread;
use crate::server::routes::values;
use redthread_calendar::Timestamp;
use redthread_runtime as runtime;
use serde_json::{Map, Value};

/// Tasks as the API shows them, with the names of people and records.
pub async fn shown(
    app: &App,
    session: &Session,
    rows: Vec<runtime::TaskRow>,
) -> Result<Vec<Task>, ApiError> {
    let (people, teams) = (People::load(app).await?, Teams::load(app).await?);
    let subjects = rows.iter().map(|row| row.subject.as_ref());
    let subjects = Subjects::load(app, session.scope(), subjects).await?;
    Ok(rows
        .into_iter()
        .map(|row| Task::new(row, &people, &teams, &subjects))
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
                version: task.process.version,
            }),
        })
    });
    Ok(items.collect())
}

/// A task on its page.
pub async fn detail(app: &App, session: &Session, key: Key) -> Result<TaskDetail, ApiError> {
    let runtime::TaskCard {
        row,
        variables,
        form,
    } = app.runtime().queries().task(key.engine()).await?;
    let open = row.state == runtime::TaskState::Open;
    let (may_complete, may_assign) = (
        open && may_complete(session, &row),
        open && session.may::<Oversee>(),
    );
    let may_take = open && row.assignee.is_none() && may_take(session, &row);
    let may_return = open && has_it(session, &row);
    let definition = row.definition.into();
    let variables = match row.state {
        runtime::TaskState::Open => values::to_json(&variables),
        runtime::TaskState::Done => values::to_json(&app.runtime().queries().entered(&row).await?),
        runtime::TaskState::Cancelled => Map::new(),
    };
    let note = variables.get("note").and_then(Value::as_str);
    let note = note.filter(|_| !open).map(str::to_owned);
    let mut shown = shown(app, session, vec![row]).await?;
    Ok(TaskDetail {
        task: shown.pop().ok_or(ApiError::NotFound("task"))?,
        form,
        variables,
        definition,
        note,
        may_complete,
        may_take,
        may_return,
        may_assign,
    })
}

impl Task {
    fn new(row: runtime::TaskRow, people: &People, teams: &Teams, subjects: &Subjects) -> Task {
        Task {
            key: row.key.into(),
            name: row.name,
            state: row.state.into(),
            element: row.element,
            process: ProcessRef {
                id: row.process_id,
                name: row.process_name,
                version: row.version.unsigned_abs(),
            },
            instance: row.instance.into(),
            subject: subjects.of(row.subject.as_ref()),
            assignee: row.assignee.map(|login| people.of(&login)),
            candidate_teams: row
                .candidate_teams
                .iter()
                .map(|name| teams.of(name))
                .collect(),
            due: row.due.map(Instant::from),
            overdue: row.overdue,
            created: row.created.into(),
            completed: row.ended.map(Instant::from),
            follow_up: row.follow_up.map(Instant::from),
            thread: Some(Thread::new(row.thread, people)),
            lane: row.lane,
            documentation: row.documentation,
            priority: row.priority,
        }
    }
}

impl From<runtime::TaskState> for TaskState {
    fn from(state: runtime::TaskState) -> TaskState {
        match state {
            runtime::TaskState::Open => TaskState::Open,
            runtime::TaskState::Done => TaskState::Done,
            runtime::TaskState::Cancelled => TaskState::Cancelled,
        }
    }
}
