//! Reads for people. They go over connections of their own and never wait for the writer.

mod calls;
mod decisions;
mod definitions;
mod history;
mod instances;
mod jobs;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redthread_calendar::Timestamp;
use redthread_core::command::Subject;
use redthread_core::{InstanceState, Key};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::inner::Inner;
use crate::schema::instance;
use crate::stored;
use crate::thread::Trail;

pub use calls::{CalledBy, Calls, CanActivate};
pub use decisions::{DecisionCard, DecisionRow, DecisionVersion};
pub use definitions::{Counts, DefinitionCard, DefinitionMap, DefinitionRow, DefinitionVersion};
pub use history::{Comment, ElementVisit, HistoryStep, InstanceTrace, VariableRow, VisitState};
pub(crate) use history::{read_events, read_step};
pub use instances::{IncidentRow, InstanceFilter, InstanceRow, InstanceStatus};
pub use jobs::JobRow;
pub use tasks::{TaskCard, TaskFilter, TaskRow, TaskState, TaskView};

/// The most that a page holds.
const PAGE_LIMIT: u64 = 200;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// How many at most; 0: as many as usual (50).
    pub limit: u64,
    /// The `next` of the page before.
    pub after: Option<String>,
}

impl PageRequest {
    fn limit(&self) -> u64 {
        if self.limit == 0 {
            50
        } else {
            self.limit.min(PAGE_LIMIT)
        }
    }

    /// The numbers that the cursor is made of.
    fn after<const N: usize>(&self) -> Result<Option<[i64; N]>, RuntimeError> {
        let Some(text) = &self.after else {
            return Ok(None);
        };
        let numbers: Result<Vec<i64>, _> = text.split('_').map(str::parse).collect();
        let numbers = numbers.map_err(|_| RuntimeError::BadCursor)?;
        numbers
            .try_into()
            .map(Some)
            .map_err(|_| RuntimeError::BadCursor)
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none: this is the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// From one row more than was asked for, if there are so many.
    fn of<R>(
        mut rows: Vec<R>,
        limit: u64,
        cursor: impl Fn(&R) -> Vec<i64>,
    ) -> (Vec<R>, Option<String>) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return (rows, None);
        }
        rows.truncate(limit);
        let next = rows.last().map(|row| {
            let numbers: Vec<String> = cursor(row).iter().map(i64::to_string).collect();
            numbers.join("_")
        });
        (rows, next)
    }
}

/// Reads of a running engine.
#[derive(Copy, Clone)]
pub struct Queries<'a> {
    inner: &'a Inner,
}

impl<'a> Queries<'a> {
    pub(crate) fn new(inner: &'a Inner) -> Queries<'a> {
        Queries { inner }
    }

    fn conn(&self) -> &'a DatabaseConnection {
        self.inner.database.readers()
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    /// A definition that runs, with its graph.
    ///
    /// # Errors
    /// Where there is none, or it is a drawing.
    pub async fn definition_graph(&self, key: Key) -> Result<Arc<Definition>, RuntimeError> {
        self.inner.definitions.get(self.conn(), key).await
    }

    /// The instances with these keys, with their states.
    async fn loaded(&self, keys: BTreeSet<i64>) -> Result<BTreeMap<i64, Loaded>, RuntimeError> {
        let mut loaded = BTreeMap::new();
        if keys.is_empty() {
            return Ok(loaded);
        }
        let rows = instance::Entity::find()
            .filter(instance::Column::Key.is_in(keys))
            .all(self.conn())
            .await?;
        for row in rows {
            loaded.insert(row.key, self.load(row).await?);
        }
        Ok(loaded)
    }

    async fn load(&self, row: instance::Model) -> Result<Loaded, RuntimeError> {
        let (row, state, _) = stored::read(row, self.conn()).await?;
        let damaged = |error: serde_json::Error| RuntimeError::damaged("instance", row.key, error);
        let trail: Trail = serde_json::from_str(&row.trail).map_err(damaged)?;
        let definition = self.definition_graph(Key::from_i64(row.definition)).await?;
        Ok(Loaded {
            row,
            state,
            trail,
            definition,
        })
    }
}

/// An instance as it was read.
struct Loaded {
    row: instance::Model,
    state: InstanceState,
    trail: Trail,
    definition: Arc<Definition>,
}

/// What people look for, as a pattern that is found anywhere in a text. `%`, `_` and `\` stand for themselves.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for character in search.trim().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn subject(kind: &Option<String>, key: &Option<String>) -> Option<Subject> {
    Some(Subject {
        kind: kind.as_deref()?.into(),
        key: key.as_deref()?.into(),
    })
}

fn time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}
