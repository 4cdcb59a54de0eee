//! Tasks: whose they are, overdue first, then by due date, then by age.

use redthread_calendar::Timestamp;
use redthread_core::command::{Subject, Variables};
use redthread_core::{Command, Key, command};
use sea_orm::sea_query::{Expr, LikeExpr, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::history::read_step;
use super::{Loaded, Page, PageRequest, Queries, pattern, subject, time};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::schema::{history, resource, task, task_candidate};
use crate::thread::{Thread, thread};

/// Whose tasks are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskView {
    /// Those that this person has.
    Mine(String),
    /// Those that nobody has, and that this person or one of these teams may take.
    Team {
        /// The person's login.
        login: String,
        /// The names of the person's teams.
        teams: Vec<String>,
    },
    /// All.
    All,
}

/// Which tasks are wanted.
#[derive(Clone, Debug)]
pub struct TaskFilter {
    /// Whose.
    pub view: TaskView,
    /// How far they are: open ones by when they are due, others the latest first.
    pub state: TaskState,
    /// Words that are part of the task's or the process's name.
    pub search: Option<String>,
    /// Of one instance.
    pub instance: Option<Key>,
    /// About one record.
    pub subject: Option<Subject>,
    /// Due at this time or later.
    pub due_from: Option<Timestamp>,
    /// Due before this time.
    pub due_before: Option<Timestamp>,
    /// Of these people only (calendar of several people).
    pub assignees: Option<Vec<String>>,
}

impl TaskFilter {
    /// All open tasks of a view.
    pub fn open(view: TaskView) -> TaskFilter {
        TaskFilter {
            view,
            state: TaskState::Open,
            search: None,
            instance: None,
            subject: None,
            due_from: None,
            due_before: None,
            assignees: None,
        }
    }
}

/// How far a task is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// To be done.
    Open,
    /// Done by a person.
    Done,
    /// Not needed any more.
    Cancelled,
}

impl TaskState {
    /// The word that its row has.
    fn as_str(self) -> &'static str {
        match self {
            TaskState::Open => "open",
            TaskState::Done => "done",
            TaskState::Cancelled => "cancelled",
        }
    }
}

/// A task in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRow {
    /// The task.
    pub key: Key,
    /// Its name: the element's, or its id.
    pub name: String,
    /// The element.
    pub element: String,
    /// The definition.
    pub definition: Key,
    /// The process's id.
    pub process_id: String,
    /// The process's name, or its id.
    pub process_name: String,
    /// The version of the process.
    pub version: i32,
    /// The instance.
    pub instance: Key,
    /// The record that it is about.
    pub subject: Option<Subject>,
    /// The login of who has it.
    pub assignee: Option<String>,
    /// The teams that may take it.
    pub candidate_teams: Vec<String>,
    /// The logins of people who may take it.
    pub candidate_users: Vec<String>,
    /// Until when.
    pub due: Option<Timestamp>,
    /// It is open, and was due before now.
    pub overdue: bool,
    /// When to look at it again.
    pub follow_up: Option<Timestamp>,
    /// Since when.
    pub created: Timestamp,
    /// Whether it is to be done.
    pub state: TaskState,
    /// When it was done or cancelled.
    pub ended: Option<Timestamp>,
    /// Who did it.
    pub ended_by: Option<Actor>,
    /// The lane it is drawn in.
    pub lane: Option<String>,
    /// The id of its form.
    pub form: Option<String>,
    /// What the diagram says about it.
    pub documentation: Option<String>,
    /// How urgent it is, from 0 to 100; 50 is usual.
    pub priority: u8,
    /// Where its instance stands.
    pub thread: Thread,
}

/// A task with what is needed to do it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskCard {
    /// The task.
    pub row: TaskRow,
    /// The variables that it can see; empty once it has ended.
    pub variables: Variables,
    /// Its form, as it was deployed last.
    pub form: Option<serde_json::Value>,
}

impl Queries<'_> {
    /// A page of tasks.
    ///
    /// # Errors
    /// Where the cursor is none of ours or the database cannot be read.
    pub async fn tasks(
        &self,
        filter: &TaskFilter,
        page: &PageRequest,
    ) -> Result<Page<TaskRow>, RuntimeError> {
        let limit = page.limit();
        let mut query = task::Entity::find()
            .filter(condition(filter))
            .limit(limit + 1);
        // Due dates that are past come first by themselves; those without one come last.
        query = if filter.state == TaskState::Open {
            if let Some([due, key]) = page.after()? {
                query = query.filter(
                    Condition::any()
                        .add(task::Column::SortDue.gt(due))
                        .add(task::Column::SortDue.eq(due).and(task::Column::Key.gt(key))),
                );
            }
            query
                .order_by_asc(task::Column::SortDue)
                .order_by_asc(task::Column::Key)
        } else {
            if let Some([ended, key]) = page.after()? {
                query = query.filter(
                    Condition::any()
                        .add(task::Column::Ended.lt(ended))
                        .add(task::Column::Ended.eq(ended).and(task::Column::Key.lt(key))),
                );
            }
            query
                .order_by_desc(task::Column::Ended)
                .order_by_desc(task::Column::Key)
        };
        let cursor = |row: &task::Model| {
            vec![
                if filter.state == TaskState::Open {
                    row.sort_due
                } else {
                    row.ended.unwrap_or_default()
                },
                row.key,
            ]
        };
        let (rows, next) = Page::<TaskRow>::of(query.all(self.conn()).await?, limit, cursor);
        let loaded = self
            .loaded(rows.iter().map(|row| row.instance).collect())
            .await?;
        let items: Result<Vec<TaskRow>, RuntimeError> = rows
            .into_iter()
            .map(|row| self.task_row(row, &loaded))
            .collect();
        Ok(Page {
            items: items?,
            next,
        })
    }

    /// How many tasks there are.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn count_tasks(&self, filter: &TaskFilter) -> Result<u64, RuntimeError> {
        let count: Option<i64> = task::Entity::find()
            .select_only()
            .expr(Expr::col(task::Column::Key).count())
            .filter(condition(filter))
            .into_tuple()
            .one(self.conn())
            .await?;
        Ok(count
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(0))
    }

    /// One task, open or not.
    ///
    /// # Errors
    /// Where there is none with this key.
    pub async fn task(&self, key: Key) -> Result<TaskCard, RuntimeError> {
        let row = task::Entity::find_by_id(key.as_i64())
            .one(self.conn())
            .await?;
        let row = row.ok_or(RuntimeError::Unknown { what: "task", key })?;
        let element_instance = Key::from_i64(row.element_instance);
        let loaded = self.loaded([row.instance].into()).await?;
        let variables = loaded
            .get(&row.instance)
            .filter(|loaded| loaded.state.elements.contains_key(&element_instance))
            .map(|loaded| loaded.state.visible_variables(element_instance))
            .unwrap_or_default();
        let form = match &row.form {
            Some(id) => self.form(id).await?,
            None => None,
        };
        Ok(TaskCard {
            row: self.task_row(row, &loaded)?,
            variables,
            form,
        })
    }

    /// What was entered when a task was completed; nothing for one that was not.
    ///
    /// # Errors
    /// Where the step cannot be read.
    pub async fn entered(&self, row: &TaskRow) -> Result<Variables, RuntimeError> {
        let (TaskState::Done, Some(ended)) = (row.state, row.ended) else {
            return Ok(Variables::new());
        };
        let steps = history::Entity::find()
            .filter(history::Column::Instance.eq(row.instance.as_i64()))
            .filter(history::Column::At.eq(ended.as_micros()))
            .filter(history::Column::Command.contains(row.key.to_string()))
            .order_by_asc(history::Column::Sequence)
            .all(self.conn())
            .await?;
        for step in steps {
            if let Command::CompleteTask {
                task, variables, ..
            } = read_step(step)?.command
                && task == row.key
            {
                return Ok(variables);
            }
        }
        Ok(Variables::new())
    }

    /// A form as it was deployed last.
    ///
    /// # Errors
    /// Where what is stored is no JSON.
    pub async fn form(&self, id: &str) -> Result<Option<serde_json::Value>, RuntimeError> {
        let latest = resource::Entity::find()
            .filter(resource::Column::FormId.eq(id))
            .order_by_desc(resource::Column::Key)
            .one(self.conn())
            .await?;
        let Some(row) = latest else { return Ok(None) };
        let bytes = row
            .bytes
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&row.bytes);
        serde_json::from_slice(bytes)
            .map(Some)
            .map_err(|error| RuntimeError::damaged("form", id, error))
    }

    fn task_row(
        &self,
        row: task::Model,
        loaded: &std::collections::BTreeMap<i64, Loaded>,
    ) -> Result<TaskRow, RuntimeError> {
        let damaged = |error: serde_json::Error| RuntimeError::damaged("task", row.key, error);
        let instance = loaded
            .get(&row.instance)
            .ok_or_else(|| RuntimeError::damaged("task", row.key, "its instance is missing"))?;
        let now = self.now();
        let graph = &instance.definition.graph;
        let documentation = graph
            .find(&row.element)
            .and_then(|ix| graph.element(ix).documentation.clone());
        let open = row.state == "open";
        let ended_by = row
            .ended_by
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(damaged)?;
        Ok(TaskRow {
            key: Key::from_i64(row.key),
            thread: thread(&instance.definition, &instance.state, &instance.trail, now),
            process_name: instance.definition.name.clone(),
            version: instance.definition.version,
            documentation: documentation.map(|text| text.to_string()),
            definition: Key::from_i64(row.definition),
            instance: Key::from_i64(row.instance),
            subject: subject(&row.subject_kind, &row.subject_key),
            candidate_teams: serde_json::from_str(&row.candidate_teams).map_err(damaged)?,
            candidate_users: serde_json::from_str(&row.candidate_users).map_err(damaged)?,
            due: row.due.map(time),
            overdue: open && row.due.is_some_and(|due| due < now.as_micros()),
            follow_up: row.follow_up.map(time),
            created: time(row.created),
            state: match &*row.state {
                "open" => TaskState::Open,
                "done" => TaskState::Done,
                _ => TaskState::Cancelled,
            },
            ended: row.ended.map(time),
            ended_by,
            name: row.name,
            element: row.element,
            process_id: row.process_id,
            assignee: row.assignee,
            lane: row.lane,
            form: row.form,
            priority: u8::try_from(row.priority).unwrap_or(100),
        })
    }
}

fn condition(filter: &TaskFilter) -> Condition {
    let mut all = Condition::all();
    all = all.add(task::Column::State.eq(filter.state.as_str()));
    if filter.state != TaskState::Open {
        // In the words of the index of those that ended, or it is not used.
        all = all.add(Expr::cust("state <> 'open'"));
    }
    match &filter.view {
        TaskView::Mine(login) => all = all.add(task::Column::Assignee.eq(&**login)),
        TaskView::Team { login, teams } => {
            let may_take = Query::select()
                .column(task_candidate::Column::Task)
                .from(task_candidate::Entity)
                .cond_where(
                    Condition::any()
                        .add(
                            task_candidate::Column::Name
                                .eq(&**login)
                                .and(task_candidate::Column::Team.eq(false)),
                        )
                        .add(
                            task_candidate::Column::Name
                                .is_in(teams.clone())
                                .and(task_candidate::Column::Team.eq(true)),
                        ),
                )
                .to_owned();
            all = all
                .add(task::Column::Assignee.is_null())
                .add(task::Column::Key.in_subquery(may_take));
        }
        TaskView::All => {}
    }
    if let Some(words) = filter
        .search
        .as_deref()
        .filter(|words| !words.trim().is_empty())
    {
        let like = LikeExpr::new(pattern(words)).escape('\\');
        all = all.add(Expr::col(task::Column::SearchText).like(like));
    }
    if let Some(instance) = filter.instance {
        all = all.add(task::Column::Instance.eq(instance.as_i64()));
    }
    if let Some(command::Subject { kind, key }) = &filter.subject {
        all = all
            .add(task::Column::SubjectKind.eq(&**kind))
            .add(task::Column::SubjectKey.eq(&**key));
    }
    if let Some(from) = filter.due_from {
        all = all.add(task::Column::Due.gte(from.as_micros()));
    }
    if let Some(before) = filter.due_before {
        all = all.add(task::Column::Due.lt(before.as_micros()));
    }
    if let Some(people) = &filter.assignees {
        all = all.add(task::Column::Assignee.is_in(people.clone()));
    }
    all
}
