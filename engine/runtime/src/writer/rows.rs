//! Rows that a batch will write: gathered while its steps run, written at its end with statements of many rows. What is
//! created and gone within one batch is never written.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{DatabaseTransaction, DbErr, Value};

use super::many_rows;
use crate::schema::{
    Row, called_instance, history, incident, job, large_state, position, signal, start_lock,
    subscription, task, task_candidate, timer, watch,
};

/// The changes of one table, by primary key.
#[derive(Clone, Debug)]
pub(super) struct Table<K: Ord, R> {
    changes: BTreeMap<K, Change<R>>,
}

#[derive(Clone, Debug)]
enum Change<R> {
    /// A row that is not in the table.
    Insert(R),
    /// A row that is in the table, perhaps otherwise.
    Put(R),
    Delete,
}

impl<K: Ord, R> Default for Table<K, R> {
    fn default() -> Table<K, R> {
        Table {
            changes: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone + PrimaryKey, R: Row> Table<K, R> {
    /// A new row.
    pub fn insert(&mut self, key: K, row: R) {
        let change = if self.changes.contains_key(&key) {
            Change::Put(row)
        } else {
            Change::Insert(row)
        };
        self.changes.insert(key, change);
    }

    /// The row as it is now, whether or not it is new.
    pub fn put(&mut self, key: K, row: R) {
        let change = match self.changes.get(&key) {
            Some(Change::Insert(_)) => Change::Insert(row),
            _ => Change::Put(row),
        };
        self.changes.insert(key, change);
    }

    pub fn delete(&mut self, key: K) {
        if let Some(Change::Insert(_)) = self.changes.get(&key) {
            self.changes.remove(&key);
        } else {
            self.changes.insert(key, Change::Delete);
        }
    }

    /// The row, if this batch has written it. `Some(None)`: this batch has deleted it.
    pub fn get(&self, key: &K) -> Option<Option<&R>> {
        self.changes.get(key).map(|change| match change {
            Change::Insert(row) | Change::Put(row) => Some(row),
            Change::Delete => None,
        })
    }

    /// A row that this batch has written, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut R> {
        match self.changes.get_mut(key) {
            Some(Change::Insert(row) | Change::Put(row)) => Some(row),
            Some(Change::Delete) | None => None,
        }
    }

    /// What a query gave, as this batch will leave it: rows by key, in the order of the keys.
    pub fn over(
        &self,
        stored: Vec<R>,
        key: impl Fn(&R) -> K,
        matches: impl Fn(&R) -> bool,
    ) -> Vec<R> {
        let mut rows: BTreeMap<K, R> = stored.into_iter().map(|row| (key(&row), row)).collect();
        for (key, change) in &self.changes {
            match change {
                Change::Insert(row) | Change::Put(row) if matches(row) => {
                    rows.insert(key.clone(), row.clone());
                }
                _ => {
                    rows.remove(key);
                }
            }
        }
        rows.into_values().collect()
    }

    /// Writes the rows that are new.
    pub async fn write_new(&mut self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let is_new = |_: &K, change: &mut Change<R>| matches!(change, Change::Insert(_));
        let new = self.changes.extract_if(.., is_new);
        let new = new.filter_map(|(_, change)| match change {
            Change::Insert(row) => Some(row.values()),
            Change::Put(_) | Change::Delete => None,
        });
        let new = new.collect();
        many_rows::insert(tx, R::TABLE, R::COLUMNS, new).await
    }

    /// Writes what becomes of rows that may be there, after those that are new.
    pub async fn write_changes(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let (mut deleted, mut put) = (Vec::new(), Vec::new());
        for (key, change) in self.changes {
            match change {
                Change::Insert(row) | Change::Put(row) => put.push(row.values()),
                Change::Delete => deleted.push(key.values()),
            }
        }
        many_rows::delete(tx, R::TABLE, R::KEY, deleted).await?;
        many_rows::upsert(tx, R::TABLE, R::KEY, R::COLUMNS, put).await
    }
}

/// A primary key as the values of its columns.
pub(super) trait PrimaryKey {
    fn values(self) -> Vec<Value>;
}

impl PrimaryKey for i64 {
    fn values(self) -> Vec<Value> {
        vec![self.into()]
    }
}

/// A timer's due time and key; a position's instance and key.
impl PrimaryKey for (i64, i64) {
    fn values(self) -> Vec<Value> {
        vec![self.0.into(), self.1.into()]
    }
}

/// A candidate's name, whether it is a team, and the task.
impl PrimaryKey for (String, bool, i64) {
    fn values(self) -> Vec<Value> {
        vec![self.0.into(), self.1.into(), self.2.into()]
    }
}

/// A process's id, the name of a message and what it correlates by.
impl PrimaryKey for (String, String, String) {
    fn values(self) -> Vec<Value> {
        vec![self.0.into(), self.1.into(), self.2.into()]
    }
}

/// What happens to a task row that is in the table already.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskPatch {
    pub assignee: Option<Option<String>>,
    pub ended: Option<(&'static str, i64, String)>,
}

/// All rows that a batch will write, but for instances: those are written from their states.
#[derive(Default)]
pub(super) struct Rows {
    pub task: Table<i64, task::Model>,
    pub task_patches: BTreeMap<i64, TaskPatch>,
    pub task_candidate: Table<(String, bool, i64), task_candidate::Model>,
    pub timer: Table<(i64, i64), timer::Model>,
    pub job: Table<i64, job::Model>,
    pub subscription: Table<i64, subscription::Model>,
    pub watch: Table<i64, watch::Model>,
    pub signal: Table<i64, signal::Model>,
    pub start_lock: Table<(String, String, String), start_lock::Model>,
    pub called_instance: Table<i64, called_instance::Model>,
    pub incident: Table<i64, incident::Model>,
    pub position: Table<(i64, i64), position::Model>,
    pub large_state: Table<i64, large_state::Model>,
    pub history: Vec<history::Model>,
}

impl Rows {
    /// Writes the rows that are new, whatever others there are.
    pub async fn write_new(&mut self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        self.task.write_new(tx).await?;
        self.task_candidate.write_new(tx).await?;
        self.timer.write_new(tx).await?;
        self.job.write_new(tx).await?;
        self.subscription.write_new(tx).await?;
        self.watch.write_new(tx).await?;
        self.signal.write_new(tx).await?;
        self.start_lock.write_new(tx).await?;
        self.called_instance.write_new(tx).await?;
        self.incident.write_new(tx).await?;
        self.position.write_new(tx).await?;
        self.large_state.write_new(tx).await?;
        let history = std::mem::take(&mut self.history);
        let history = history.into_iter().map(Row::values).collect();
        many_rows::insert(tx, history::Model::TABLE, history::Model::COLUMNS, history).await
    }

    /// Writes what becomes of rows that are there.
    pub async fn write_changes(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        self.task.write_changes(tx).await?;
        write_task_patches(tx, self.task_patches).await?;
        self.task_candidate.write_changes(tx).await?;
        self.timer.write_changes(tx).await?;
        self.job.write_changes(tx).await?;
        self.subscription.write_changes(tx).await?;
        self.watch.write_changes(tx).await?;
        self.signal.write_changes(tx).await?;
        self.start_lock.write_changes(tx).await?;
        self.called_instance.write_changes(tx).await?;
        self.incident.write_changes(tx).await?;
        self.position.write_changes(tx).await?;
        self.large_state.write_changes(tx).await?;
        Ok(())
    }
}

async fn write_task_patches(
    tx: &DatabaseTransaction,
    patches: BTreeMap<i64, TaskPatch>,
) -> Result<(), DbErr> {
    let (mut assigned, mut ended) = (Vec::new(), Vec::new());
    let mut keys_ended = BTreeSet::new();
    for (key, patch) in patches {
        if let Some(assignee) = patch.assignee {
            assigned.push(vec![key.into(), assignee.into()]);
        }
        if let Some((state, at, by)) = patch.ended {
            ended.push(vec![key.into(), state.into(), at.into(), by.into()]);
            keys_ended.insert(key);
        }
    }
    many_rows::update(tx, "task", "key", &["assignee"], assigned).await?;
    many_rows::update(tx, "task", "key", &["state", "ended", "ended_by"], ended).await
}
