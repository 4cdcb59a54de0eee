//! Instances as the API shows them, with the names of people and records.

use super::{
    Comment, InstanceRow, InstanceState, InstanceSummary, Position, ProcessVersionRef, Variable,
    Visit, VisitState,
};
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::history::{HistoryEntry, Story, Who};
use crate::server::key::Instant;
use crate::server::names::{People, Subjects};
use crate::server::page;
use crate::server::routes::people::PersonRef;
use crate::server::routes::search::SearchHit;
use crate::server::routes::thread::Thread;
use redthread_runtime::{self as runtime, Actor};

/// Instances as the API shows them, with the names of people and records.
pub async fn rows(
    app: &App,
    session: &Session,
    rows: Vec<runtime::InstanceRow>,
) -> Result<Vec<InstanceRow>, ApiError> {
    let people = People::load(app).await?;
    let subjects = rows.iter().map(|row| row.subject.as_ref());
    let subjects = Subjects::load(app, session.scope(), subjects).await?;
    Ok(rows
        .into_iter()
        .map(|row| InstanceRow::new(row, &people, &subjects))
        .collect())
}

/// Instances that were searched for.
pub async fn found(
    app: &App,
    session: &Session,
    found: Vec<runtime::InstanceRow>,
) -> Result<Vec<SearchHit>, ApiError> {
    let hits = rows(app, session, found)
        .await?
        .into_iter()
        .map(|row| SearchHit {
            kind: "instance".to_owned(),
            key: row.summary.key,
            title: row.summary.process.name,
            subtitle: row.summary.subject.map(|subject| subject.title),
        });
    Ok(hits.collect())
}

/// The most steps that are put into words: an instance that made more shows its first ones.
const MOST_STEPS: usize = 20_000;

/// An instance's history in plain words, and why it was cancelled or failed.
pub async fn story(
    app: &App,
    row: &runtime::InstanceRow,
) -> Result<(Vec<HistoryEntry>, Option<String>), ApiError> {
    let queries = app.runtime().queries();
    let definition = queries.definition_graph(row.definition).await?;
    let people = People::load(app).await?;
    let processes = queries.process_names().await?;
    let mut story = Story::new(&definition.graph, &people, &processes);
    let mut request = page::request(Some(page::MAX_LIMIT), None);
    let mut steps = 0;
    loop {
        let page = queries.history(row.key, &request).await?;
        steps += page.items.len();
        page.items.iter().for_each(|step| story.follow(step));
        if page.next.is_none() || steps >= MOST_STEPS {
            return Ok((story.entries, story.end_reason));
        }
        request.after = page.next;
    }
}

impl InstanceRow {
    fn new(row: runtime::InstanceRow, people: &People, subjects: &Subjects) -> InstanceRow {
        let running = row.ended.is_none();
        let thread = Thread::new(row.thread, people);
        let at = thread.now.iter().map(|now| Position {
            element: now.element.clone(),
            name: now.name.clone(),
            since: now.since,
            overdue: now.overdue,
        });
        InstanceRow {
            incidents: row.incidents,
            summary: InstanceSummary {
                key: row.key.into(),
                process: ProcessVersionRef {
                    id: row.process_id,
                    name: row.process_name,
                    version: row.version.unsigned_abs(),
                    definition: row.definition.into(),
                },
                subject: subjects.of(row.subject.as_ref()),
                state: match row.status {
                    "completed" => InstanceState::Completed,
                    "terminated" => InstanceState::Terminated,
                    "failed" => InstanceState::Failed,
                    _ => InstanceState::Active,
                },
                started: row.started.into(),
                ended: row.ended.map(Instant::from),
                at: if running { at.collect() } else { Vec::new() },
                thread: Some(thread),
            },
        }
    }
}

impl From<runtime::ElementVisit> for Visit {
    fn from(visit: runtime::ElementVisit) -> Visit {
        Visit {
            element_instance: visit.element_instance.into(),
            element: visit.element.to_string(),
            name: visit.name,
            scope: visit.scope.into(),
            body: visit.body,
            state: match visit.state {
                runtime::VisitState::Active => VisitState::Active,
                runtime::VisitState::Completed => VisitState::Completed,
                runtime::VisitState::Terminated => VisitState::Terminated,
                runtime::VisitState::Incident => VisitState::Incident,
            },
            since: visit.since.into(),
            ended: visit.ended.map(Instant::from),
        }
    }
}

impl Variable {
    pub(super) fn new(row: runtime::VariableRow, process_name: &str) -> Variable {
        Variable {
            scope: row.scope.into(),
            scope_name: row.scope_name.unwrap_or_else(|| process_name.to_owned()),
            name: row.name,
            value: row.value.to_json(),
            changed_at: row.changed_at.map(Instant::from),
            changed_by: row.changed_by.as_ref().map(Who::from),
        }
    }
}

impl From<runtime::Comment> for Comment {
    fn from(comment: runtime::Comment) -> Comment {
        let author = match comment.author {
            Actor::User { login, name } => PersonRef { login, name },
            Actor::Worker { name } => PersonRef {
                login: String::new(),
                name,
            },
            Actor::System | Actor::Process { .. } => PersonRef {
                login: String::new(),
                name: "Redthread".to_owned(),
            },
        };
        Comment {
            key: comment.key.into(),
            at: comment.at.into(),
            author,
            text: comment.text,
        }
    }
}
