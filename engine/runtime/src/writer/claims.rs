//! Jobs that workers claim. A claim changes the rows of jobs only: until when each is leased, to
//! whom, and the token that proves it.
//!
//! Free jobs are found by an index that begins with their type and the time from which they are free: what is leased or
//! put off lies behind what a claim looks at. Claims of one batch look once, one going on where the other ended.

use std::collections::{HashMap, VecDeque};

use redthread_calendar::Timestamp;
use redthread_core::Key;
use redthread_core::state::WaitKind;
use redthread_feel::Value;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use tokio::sync::{mpsc, oneshot};

use super::batch::Batch;
use super::cache::Live;
use super::rows::Rows;
use super::submission::{Answer, Submission, Work};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::jobs::{ActivatedJob, Lease};
use crate::schema::job;
use crate::workers::Freed;

/// Free jobs that are looked at in one query at most.
const PORTION: usize = 256;
/// What the variables of the jobs in one answer weigh at most, roughly in bytes; a heavier job comes alone.
const HEAVIEST: usize = 4 * 1024 * 1024;
/// How long a job is left alone that cannot be handed out, in microseconds.
const LEAVE_ALONE: i64 = 60_000_000;

/// A worker's request for jobs, within its limits.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub types: Vec<String>,
    pub worker: String,
    pub max_jobs: usize,
    /// In microseconds.
    pub lease: i64,
    /// The variables that it needs; none: all.
    pub variables: Option<Vec<String>>,
}

/// A lease that nobody has come to know of.
#[derive(Clone, Debug)]
pub(crate) struct Unwanted {
    pub lease: Lease,
    /// From when the job was free before.
    pub free_at: Option<i64>,
}

/// Jobs on their way to a worker. If they do not arrive, since it has gone away, they are given back at once.
#[derive(Debug)]
pub(crate) struct Handed {
    jobs: Vec<ActivatedJob>,
    /// There may be further ones that are free.
    pub more: bool,
    free_before: Vec<Option<i64>>,
    queue: mpsc::Sender<Submission>,
}

impl Handed {
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// They have arrived.
    pub fn take(mut self) -> Vec<ActivatedJob> {
        std::mem::take(&mut self.jobs)
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        if self.jobs.is_empty() {
            return;
        }
        let jobs = self.jobs.iter().zip(&self.free_before);
        let unwanted = jobs.map(|(job, free_at)| Unwanted {
            lease: Lease {
                job: job.key,
                token: job.token,
            },
            free_at: *free_at,
        });
        let (reply, _) = oneshot::channel();
        // Where the queue is full, they are free again when their leases are over.
        let _ = self.queue.try_send(Submission {
            work: Work::GiveBack(unwanted.collect()),
            actor: Actor::System,
            once: None,
            room: None,
            reply,
        });
    }
}

/// What a batch knows of the jobs of workers.
#[derive(Default)]
pub(super) struct Handout {
    /// Those that are free by what the batch did, by their types, in order. What has happened since is in their rows.
    freed: HashMap<String, VecDeque<i64>>,
    /// Those that were free before.
    stored: HashMap<String, Stored>,
    /// The rows of those that are reported on.
    pub reported: HashMap<i64, job::Model>,
    /// When the first of those is free that the batch has leased or put off.
    later: Option<i64>,
}

/// The free jobs of one type that are stored, as far as they have been looked at.
struct Stored {
    ahead: VecDeque<job::Model>,
    last: Option<(i64, i64)>,
    portion: usize,
    is_all: bool,
}

impl Handout {
    /// Takes down from when a job is free.
    pub fn note(&mut self, row: &job::Model, now: Timestamp) {
        let Some(free_at) = row.free_at else {
            return;
        };
        if free_at <= now.as_micros() {
            let freed = self.freed.entry(row.job_type.clone()).or_default();
            freed.push_back(row.key);
        } else {
            self.later = Some(self.later.map_or(free_at, |later| later.min(free_at)));
        }
    }

    /// Whether the next portion of the stored jobs of a type has to be read to know the first that is free.
    fn is_used_up(&mut self, job_type: &str, rows: &Rows) -> bool {
        let Some(stored) = self.stored.get_mut(job_type) else {
            return false;
        };
        // What the batch has changed since is among what it freed, if it is free at all.
        let is_changed = |row: &mut job::Model| rows.job.get(&row.key).is_some();
        while stored.ahead.pop_front_if(is_changed).is_some() {}
        stored.ahead.is_empty() && !stored.is_all
    }

    /// What workers that wait are to know once the batch is committed.
    pub fn outcome(&mut self, rows: &Rows, now: Timestamp) -> Freed {
        let mut outcome = Freed {
            later: self.later,
            ..Freed::default()
        };
        for (job_type, keys) in self.freed.drain() {
            let count = keys
                .iter()
                .filter(|key| pending(rows, **key, now).is_some())
                .count();
            if count > 0 {
                outcome.now.insert(job_type, count);
            }
        }
        outcome
    }
}

/// A job that the batch has written and that is free.
fn pending(rows: &Rows, key: i64, now: Timestamp) -> Option<&job::Model> {
    let row = rows.job.get(&key)??;
    row.free_at
        .is_some_and(|free_at| free_at <= now.as_micros())
        .then_some(row)
}

impl Batch<'_> {
    /// Gives free jobs to a worker: those that have been free for the longest time.
    pub(super) async fn claim(&mut self, claim: &Claim) -> Result<Answer, RuntimeError> {
        let mut handed = Handed {
            jobs: Vec::new(),
            more: false,
            free_before: Vec::new(),
            queue: self.inner.queue.clone(),
        };
        let mut weight = 0;
        while let Some(row) = self.longest_free(claim).await? {
            if handed.jobs.len() == claim.max_jobs {
                handed.more = true;
                break;
            }
            let free_at = row.free_at;
            match self.activated(&row, claim).await {
                Ok(job) => {
                    weight += job.variables.values().map(heaviness).sum::<usize>();
                    if weight > HEAVIEST && !handed.jobs.is_empty() {
                        handed.more = true;
                        break;
                    }
                    self.lease(row, &job);
                    handed.jobs.push(job);
                    handed.free_before.push(free_at);
                }
                Err(
                    error @ (RuntimeError::Damaged { .. }
                    | RuntimeError::Unknown { .. }
                    | RuntimeError::Internal(_)),
                ) => {
                    // It must not keep the others from being done.
                    tracing::error!(job = row.key, %error, "a job cannot be handed out; it is tried again in a minute");
                    let free_at = Some(self.now.as_micros().saturating_add(LEAVE_ALONE));
                    self.put_job(job::Model { free_at, ..row });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Answer::Jobs(handed))
    }

    /// The job that has been free for the longest time of those that a claim asks for. It stays free.
    async fn longest_free(&mut self, claim: &Claim) -> Result<Option<job::Model>, RuntimeError> {
        let mut longest: Option<job::Model> = None;
        for job_type in &claim.types {
            let Some(row) = self.first_free(job_type, claim.max_jobs).await? else {
                continue;
            };
            let since = |row: &job::Model| (row.free_at, row.key);
            if longest
                .as_ref()
                .is_none_or(|longest| since(row) < since(longest))
            {
                longest = Some(row.clone());
            }
        }
        Ok(longest)
    }

    /// The first free job of a type: of those that were free before this batch, then of those that it freed.
    async fn first_free(
        &mut self,
        job_type: &str,
        wanted: usize,
    ) -> Result<Option<&job::Model>, RuntimeError> {
        if !self.handout.stored.contains_key(job_type) {
            let stored = Stored {
                ahead: VecDeque::new(),
                last: None,
                portion: (wanted + 1).min(PORTION),
                is_all: false,
            };
            self.handout.stored.insert(job_type.to_owned(), stored);
        }
        while self.handout.is_used_up(job_type, &self.rows) {
            self.look_further(job_type).await?;
        }
        if let Some(freed) = self.handout.freed.get_mut(job_type) {
            while freed
                .pop_front_if(|key| pending(&self.rows, *key, self.now).is_none())
                .is_some()
            {}
        }
        let stored = self.handout.stored.get(job_type);
        if let Some(row) = stored.and_then(|stored| stored.ahead.front()) {
            return Ok(Some(row));
        }
        let freed = self.handout.freed.get(job_type);
        Ok(freed
            .and_then(|freed| freed.front())
            .and_then(|key| pending(&self.rows, *key, self.now)))
    }

    /// Reads the next portion of the free jobs of a type, and their instances.
    async fn look_further(&mut self, job_type: &str) -> Result<(), RuntimeError> {
        let tx = self.tx().await?;
        let Some(stored) = self.handout.stored.get_mut(job_type) else {
            return Ok(());
        };
        let portion = stored.portion;
        let rows = free_jobs(job_type, self.now, stored.last, portion);
        let rows = rows.all(tx).await?;
        if let Some(last) = rows.last() {
            stored.last = last.free_at.map(|free_at| (free_at, last.key));
        }
        stored.is_all = rows.len() < portion;
        stored.portion = (portion * 2).min(PORTION);
        let instances: Vec<Key> = rows.iter().map(|row| Key::from_i64(row.instance)).collect();
        stored.ahead.extend(rows);
        self.fetch(instances).await
    }

    /// A job as a worker is given it.
    async fn activated(
        &mut self,
        row: &job::Model,
        claim: &Claim,
    ) -> Result<ActivatedJob, RuntimeError> {
        let (key, instance) = (Key::from_i64(row.key), Key::from_i64(row.instance));
        let Live {
            definition, state, ..
        } = self.live(instance).await?;
        let wait = state.waits.get(&key);
        let Some((wait, WaitKind::Job(data))) = wait.map(|wait| (wait, &wait.what)) else {
            return Err(RuntimeError::Unknown { what: "job", key });
        };
        let mut variables = state.visible_variables(wait.element_instance);
        if let Some(wanted) = &claim.variables {
            variables.retain(|name, _| wanted.iter().any(|wanted| **wanted == **name));
        }
        Ok(ActivatedJob {
            key,
            token: self.inner.keys.next_key(),
            job_type: row.job_type.clone(),
            worker: claim.worker.clone(),
            retries: data.retries,
            leased_until: self.now.saturating_add_micros(claim.lease),
            created: Timestamp::from_micros(row.created),
            instance,
            process: definition.process_id.clone(),
            definition: definition.key,
            version: definition.version,
            element: row.element.as_str().into(),
            element_instance: wait.element_instance,
            listener: data.listener.map(|listener| listener.on),
            headers: data.headers.clone(),
            variables,
            subject: state.subject.clone(),
        })
    }

    fn lease(&mut self, row: job::Model, job: &ActivatedJob) {
        self.put_job(job::Model {
            free_at: Some(job.leased_until.as_micros()),
            token: Some(job.token.as_i64()),
            worker: Some(job.worker.clone()),
            ..row
        });
    }
}

/// The free jobs of a type after the one that was free from `last.0` and has the key `last.1`.
fn free_jobs(
    job_type: &str,
    now: Timestamp,
    last: Option<(i64, i64)>,
    limit: usize,
) -> Select<job::Entity> {
    use sea_orm::ExprTrait as _;

    let query = job::Entity::find()
        .filter(job::Column::JobType.eq(job_type))
        .filter(job::Column::FreeAt.lte(now.as_micros()))
        // In these words SQLite finds the index.
        .filter(job::Column::Performed.into_expr().not())
        .order_by_asc(job::Column::FreeAt)
        .order_by_asc(job::Column::Key)
        .limit(limit as u64);
    match last {
        None => query,
        Some((free_at, key)) => query.filter(job::Column::FreeAt.gte(free_at)).filter(
            Condition::any()
                .add(job::Column::FreeAt.into_expr().gt(free_at))
                .add(job::Column::Key.into_expr().gt(key)),
        ),
    }
}

/// Roughly how many bytes a value takes on its way. Values are nested within limits.
fn heaviness(value: &Value) -> usize {
    const SMALL: usize = 8;
    match value {
        Value::String(text) => SMALL + text.len(),
        Value::List(items) => SMALL + items.iter().map(heaviness).sum::<usize>(),
        Value::Context(context) => {
            let entries = context.iter();
            SMALL
                + entries
                    .map(|(name, value)| name.len() + heaviness(value))
                    .sum::<usize>()
        }
        _ => 2 * SMALL,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement};

    use super::*;
    use crate::database::Database;
    use crate::migration::Migrator;

    /// Leased jobs by the thousand must not be looked at to find a free one.
    #[tokio::test]
    async fn free_jobs_are_found_by_their_index_in_order() {
        let database = Database::in_memory().await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        let queries = [
            free_jobs("bank", Timestamp::EPOCH, None, 10).build(DbBackend::Sqlite),
            free_jobs("bank", Timestamp::EPOCH, Some((1, 2)), 10).build(DbBackend::Sqlite),
            crate::workers::first_free_job("bank").build(DbBackend::Sqlite),
        ];
        for query in queries {
            let sql = format!("EXPLAIN QUERY PLAN {}", query.sql);
            let values = query.values.unwrap().0;
            let explain = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
            let plan = database.readers().query_all_raw(explain).await.unwrap();
            let plan: Vec<String> = plan
                .iter()
                .map(|row| row.try_get_by_index(3).unwrap())
                .collect();
            assert_eq!(plan.len(), 1, "{plan:?} of {}", query.sql);
            let by = "SEARCH job USING INDEX job_worker (job_type=? AND free_at";
            let covered = "SEARCH job USING COVERING INDEX job_worker (job_type=? AND free_at";
            assert!(
                plan[0].starts_with(by) || plan[0].starts_with(covered),
                "{plan:?} of {}",
                query.sql
            );
        }
    }
}
