//! Finding instances: what this batch has, else what is in memory, else what is stored.

use std::sync::Arc;

use redthread_core::Key;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

use super::batch::Batch;
use super::cache::Live;
use super::submission::{Addressed, Submission, Work};
use crate::database::padded;
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::schema::{incident, instance, job, task};
use crate::stored;

/// Keys in one query at most.
pub(super) const KEYS_AT_ONCE: usize = 256;

impl Batch<'_> {
    /// Loads in a few queries what many submissions will need.
    pub(super) async fn prefetch(
        &mut self,
        submissions: &[Submission],
    ) -> Result<(), RuntimeError> {
        let addressed = submissions
            .iter()
            .filter_map(|submission| match &submission.work {
                Work::Addressed { to, .. } => Some(*to),
                _ => None,
            });
        let (mut tasks, mut jobs, mut incidents) = (Vec::new(), Vec::new(), Vec::new());
        for to in addressed {
            match to {
                Addressed::Task(key) => match self.cache.tasks.get(&key) {
                    Some(instance) => drop(self.homes.insert(key, instance)),
                    None => tasks.push(key.as_i64()),
                },
                Addressed::Job(key) => jobs.push(key.as_i64()),
                Addressed::Incident(key) => incidents.push(key.as_i64()),
            }
        }
        self.find_homes::<task::Entity>(task::Column::Key, task::Column::Instance, tasks)
            .await?;
        self.find_homes::<job::Entity>(job::Column::Key, job::Column::Instance, jobs)
            .await?;
        self.find_homes::<incident::Entity>(
            incident::Column::Key,
            incident::Column::Instance,
            incidents,
        )
        .await?;
        self.find_receivers(submissions).await?;
        let mut wanted = self.read_reported(submissions).await?;
        let addressed = submissions
            .iter()
            .filter_map(|submission| match &submission.work {
                Work::Command { instance, .. }
                | Work::Timer { instance, .. }
                | Work::RetryJob { instance, .. } => Some(*instance),
                Work::Addressed {
                    to: Addressed::Task(key) | Addressed::Job(key) | Addressed::Incident(key),
                    ..
                } => self.homes.get(key).copied(),
                _ => None,
            });
        wanted.extend(addressed);
        self.fetch(wanted).await
    }

    /// Loads instances that are not in memory.
    pub(super) async fn fetch(&mut self, wanted: Vec<Key>) -> Result<(), RuntimeError> {
        let missing: Vec<i64> = wanted
            .into_iter()
            .filter(|key| !self.live.contains_key(key) && !self.cache.instances.contains(key))
            .map(Key::as_i64)
            .collect();
        for some in missing.chunks(KEYS_AT_ONCE) {
            let rows = instance::Entity::find()
                .filter(instance::Column::Key.is_in(padded(some)))
                .all(self.tx().await?)
                .await?;
            for row in rows {
                // One that cannot be read must not keep the others from running: it fails where it is needed.
                if let Ok(live) = self.read(row).await {
                    self.cache.instances.put(live.state.key, live);
                }
            }
        }
        Ok(())
    }

    async fn find_homes<E: EntityTrait>(
        &mut self,
        key: E::Column,
        instance: E::Column,
        keys: Vec<i64>,
    ) -> Result<(), RuntimeError> {
        #[derive(FromQueryResult)]
        struct Home {
            key: i64,
            instance: i64,
        }
        for some in keys.chunks(KEYS_AT_ONCE) {
            let query = E::find()
                .select_only()
                .column(key)
                .column(instance)
                .filter(key.is_in(padded(some)));
            for home in query.into_model::<Home>().all(self.tx().await?).await? {
                self.homes
                    .insert(Key::from_i64(home.key), Key::from_i64(home.instance));
            }
        }
        Ok(())
    }

    pub(super) fn home(&self, to: Addressed) -> Result<Key, RuntimeError> {
        let (what, key, pending) = match to {
            Addressed::Task(key) => (
                "task",
                key,
                self.rows
                    .task
                    .get(&key.as_i64())
                    .map(|r| r.map(|r| r.instance)),
            ),
            Addressed::Job(key) => (
                "job",
                key,
                self.rows
                    .job
                    .get(&key.as_i64())
                    .map(|r| r.map(|r| r.instance)),
            ),
            Addressed::Incident(key) => (
                "incident",
                key,
                self.rows
                    .incident
                    .get(&key.as_i64())
                    .map(|r| r.map(|r| r.instance)),
            ),
        };
        // A row that this batch has deleted still leads to its instance, which says that it is not open any more.
        let pending = pending.flatten().map(Key::from_i64);
        pending
            .or_else(|| self.homes.get(&key).copied())
            .ok_or(RuntimeError::Unknown { what, key })
    }

    /// An instance as this batch sees it.
    pub(super) async fn live(&mut self, key: Key) -> Result<Live, RuntimeError> {
        if let Some(live) = self.live.get(&key) {
            return Ok(live.clone());
        }
        if let Some(live) = self.cache.instances.get(&key) {
            return Ok(live);
        }
        let row = instance::Entity::find_by_id(key.as_i64())
            .one(self.tx().await?)
            .await?;
        let live = self
            .read(row.ok_or(RuntimeError::Unknown {
                what: "instance",
                key,
            })?)
            .await?;
        self.cache.instances.put(key, live.clone());
        Ok(live)
    }

    async fn read(&self, row: instance::Model) -> Result<Live, RuntimeError> {
        let (row, state, stored) = stored::read(row, self.turn).await?;
        let damaged = |error: serde_json::Error| RuntimeError::damaged("instance", row.key, error);
        let trail = serde_json::from_str(&row.trail).map_err(damaged)?;
        let definition = self.definition(Key::from_i64(row.definition)).await?;
        Ok(Live {
            definition,
            state: Arc::new(state),
            trail,
            version: row.version,
            sequence: row.sequence,
            stored,
            restless: 0,
        })
    }

    pub(super) async fn definition(&self, key: Key) -> Result<Arc<Definition>, RuntimeError> {
        match self.definitions.get(&key) {
            Some(definition) => Ok(definition.clone()),
            None => self.inner.definitions.get(self.turn, key).await,
        }
    }
}
