//! What workers say of the jobs that they hold: done, failed, met a business error, need more time. Only who holds the
//! token of the last lease is heard; that the lease is over does not matter as long as nobody else has taken the job.

use redthread_core::command::Variables;
use redthread_core::state::WaitKind;
use redthread_core::{Command, Key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::batch::Batch;
use super::cache::Live;
use super::claims::Unwanted;
use super::load::KEYS_AT_ONCE;
use super::submission::{Answer, Submission, Work};
use crate::actor::Actor;
use crate::database::padded;
use crate::error::RuntimeError;
use crate::jobs::Lease;
use crate::schema::job;

/// What a worker says of a job that it holds.
#[derive(Clone, Debug)]
pub(crate) enum Report {
    Done(Variables),
    Failed {
        message: String,
        /// None: one less than before.
        retries: Option<u32>,
        /// In microseconds.
        back_off: i64,
    },
    Error {
        code: String,
        message: Option<String>,
        variables: Variables,
    },
    /// It needs so many microseconds more.
    NeedsTime(i64),
}

impl Report {
    /// What it brings.
    pub fn variables(&self) -> Option<&Variables> {
        match self {
            Report::Done(variables) | Report::Error { variables, .. } => Some(variables),
            Report::Failed { .. } | Report::NeedsTime(_) => None,
        }
    }
}

impl Batch<'_> {
    /// Reads the rows of the jobs that are reported on, and answers whose they are.
    pub(super) async fn read_reported(
        &mut self,
        submissions: &[Submission],
    ) -> Result<Vec<Key>, RuntimeError> {
        let jobs: Vec<i64> = submissions
            .iter()
            .filter_map(|submission| match &submission.work {
                Work::Report { lease, .. } => Some(lease.job.as_i64()),
                _ => None,
            })
            .collect();
        let mut instances = Vec::new();
        for some in jobs.chunks(KEYS_AT_ONCE) {
            let found = job::Entity::find().filter(job::Column::Key.is_in(padded(some)));
            for row in found.all(self.tx().await?).await? {
                instances.push(Key::from_i64(row.instance));
                self.handout.reported.insert(row.key, row);
            }
        }
        Ok(instances)
    }

    /// Writes a job's row, and takes down from when it is free.
    pub(super) fn put_job(&mut self, row: job::Model) {
        self.handout.note(&row, self.now);
        self.rows.job.put(row.key, row);
        self.revision += 1;
    }

    /// A worker says what became of a job. Only who holds it is heard.
    pub(super) async fn report(
        &mut self,
        lease: Lease,
        report: &Report,
    ) -> Result<Answer, RuntimeError> {
        let job = lease.job;
        let stored = self.stored_job(job).await?;
        let is_gone = stored.is_none();
        let held = stored.filter(|row| row.token == Some(lease.token.as_i64()));
        let Some(row) = held else {
            return Err(RuntimeError::StaleToken { job, is_gone });
        };
        let command = match report.clone() {
            Report::Done(variables) => Command::CompleteJob { job, variables },
            Report::Failed {
                message,
                retries,
                back_off,
            } => {
                let before = u32::try_from(row.retries).unwrap_or(0);
                Command::FailJob {
                    job,
                    message,
                    retries: retries.unwrap_or(before.saturating_sub(1)),
                    retry_at: self.now.saturating_add_micros(back_off),
                }
            }
            Report::Error {
                code,
                message,
                variables,
            } => Command::ThrowError {
                job,
                code,
                message,
                variables,
            },
            Report::NeedsTime(micros) => {
                let until = self.now.saturating_add_micros(micros);
                let free_at = Some(until.as_micros());
                self.put_job(job::Model { free_at, ..row });
                return Ok(Answer::LeasedUntil(until));
            }
        };
        let actor = Actor::Worker {
            name: row.worker.unwrap_or_default(),
        };
        let instance = Key::from_i64(row.instance);
        self.step(instance, command, actor).await?;
        Ok(Answer::Done)
    }

    /// Jobs did not arrive at the worker that they were leased to: they are free as before.
    pub(super) async fn give_back(&mut self, unwanted: &[Unwanted]) -> Result<(), RuntimeError> {
        for Unwanted { lease, free_at } in unwanted {
            let stored = self.stored_job(lease.job).await?;
            let held = stored.filter(|row| row.token == Some(lease.token.as_i64()));
            if let Some(row) = held {
                self.put_job(job::Model {
                    free_at: *free_at,
                    token: None,
                    worker: None,
                    ..row
                });
            }
        }
        Ok(())
    }

    /// The jobs of an element instance that is stuck because of them: nobody is given them until it is tried again.
    pub(super) fn hold_jobs_back(&mut self, live: &Live, element_instance: Key) {
        let waits = live.state.waits_of(element_instance);
        let jobs: Vec<Key> = waits
            .filter_map(|(key, what)| matches!(what, WaitKind::Job(_)).then_some(key))
            .collect();
        for key in jobs {
            if let Some(row) = self.job_row(live, key).filter(|row| !row.performed) {
                self.rows.job.put(row.key, unleased(row, None));
            }
        }
    }
}

/// A job that nobody holds, and that is free from then on.
pub(super) fn unleased(row: job::Model, free_at: Option<i64>) -> job::Model {
    job::Model {
        free_at: free_at.filter(|_| !row.performed),
        token: None,
        worker: None,
        ..row
    }
}
