//! Jobs that are open.

use redthread_calendar::Timestamp;
use redthread_core::Key;
use redthread_core::command::Variables;
use redthread_core::state::WaitKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Queries, time};
use crate::error::RuntimeError;
use crate::schema::job;
use crate::world::RecordRef;

/// A job that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// The job.
    pub key: Key,
    /// The instance.
    pub instance: Key,
    /// The element.
    pub element: String,
    /// The element instance.
    pub element_instance: Key,
    /// Its type.
    pub job_type: String,
    /// Tries that are left.
    pub retries: u32,
    /// A connector does it; else a worker must.
    pub performed: bool,
    /// The record that it waits for.
    pub waits_for: Option<RecordRef>,
    /// Why it failed the last time.
    pub message: Option<String>,
    /// The worker that holds it, or held it last and has said nothing since.
    pub worker: Option<String>,
    /// Until when that worker's lease lasts, or lasted.
    pub leased_until: Option<Timestamp>,
    /// Since when.
    pub created: Timestamp,
    /// Fixed values from the diagram.
    pub headers: std::collections::BTreeMap<String, String>,
    /// The variables that it can see.
    pub variables: Variables,
}

impl Queries<'_> {
    /// Open jobs that wait for a worker, the oldest first: of one type, or of all.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn jobs_for_workers(
        &self,
        job_type: Option<&str>,
        limit: u64,
    ) -> Result<Vec<JobRow>, RuntimeError> {
        let mut query = job::Entity::find().filter(job::Column::Performed.eq(false));
        if let Some(job_type) = job_type {
            query = query.filter(job::Column::JobType.eq(job_type));
        }
        let rows = query
            .order_by_asc(job::Column::Key)
            .limit(limit.min(super::PAGE_LIMIT))
            .all(self.conn())
            .await?;
        self.job_rows(rows).await
    }

    /// The open jobs of an instance.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn jobs_of(&self, instance: Key) -> Result<Vec<JobRow>, RuntimeError> {
        let query = job::Entity::find().filter(job::Column::Instance.eq(instance.as_i64()));
        let rows = query
            .order_by_asc(job::Column::Key)
            .all(self.conn())
            .await?;
        self.job_rows(rows).await
    }

    async fn job_rows(&self, rows: Vec<job::Model>) -> Result<Vec<JobRow>, RuntimeError> {
        let loaded = self
            .loaded(rows.iter().map(|row| row.instance).collect())
            .await?;
        let rows = rows.into_iter().map(|row| {
            let (key, element_instance) =
                (Key::from_i64(row.key), Key::from_i64(row.element_instance));
            let state = loaded.get(&row.instance).map(|loaded| &loaded.state);
            let headers = state.and_then(|state| match &state.waits.get(&key)?.what {
                WaitKind::Job(data) => Some(data.headers.clone()),
                _ => None,
            });
            let variables = state.map(|state| state.visible_variables(element_instance));
            JobRow {
                key,
                instance: Key::from_i64(row.instance),
                element_instance,
                retries: u32::try_from(row.retries).unwrap_or(0),
                performed: row.performed,
                waits_for: row
                    .waits_kind
                    .zip(row.waits_key)
                    .map(|(kind, key)| RecordRef { kind, key }),
                leased_until: row.token.and(row.free_at).map(time),
                worker: row.worker,
                created: time(row.created),
                headers: headers.unwrap_or_default(),
                variables: variables.unwrap_or_default(),
                element: row.element,
                job_type: row.job_type,
                message: row.message,
            }
        });
        Ok(rows.collect())
    }
}
