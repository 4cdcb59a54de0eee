//! Jobs and the programs that do them. A worker activates jobs: each is its own for the time of a lease, and has a token
//! that proves it. With the token it says what became of the job: done, failed, met a business error, or needs more time.
//!
//! Lease and token are in the job's row only: a process knows nothing of who holds its jobs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_core::command::{Subject, Variables};
use redthread_core::event::ListenerEvent;
use redthread_core::{Command, Key};

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::runtime::Runtime;
use crate::writer::{Addressed, Answer, Claim, Handed, Report, Work};

/// What a worker asks for.
#[derive(Clone, Debug)]
pub struct ActivateJobs {
    /// The types of jobs that it can do: 1 to [`ActivateJobs::MOST_TYPES`].
    pub types: Vec<String>,
    /// What the worker calls itself: history and lists show it.
    pub worker: String,
    /// How many jobs it takes at once: 1 to [`ActivateJobs::MOST_JOBS`].
    pub max_jobs: usize,
    /// For how long they are its own: [`ActivateJobs::SHORTEST_LEASE`] to [`ActivateJobs::LONGEST_LEASE`].
    pub lease: Duration,
    /// The variables that it needs; none: all that the element sees.
    pub variables: Option<Vec<String>>,
    /// How long it waits for a job where there is none: up to [`ActivateJobs::LONGEST_WAIT`].
    pub wait: Duration,
}

/// A job that a worker holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivatedJob {
    /// The job. It stays the same however often the job is tried, so it is also what tells a second try from another job.
    pub key: Key,
    /// Proves that the worker holds it.
    pub token: Key,
    /// Its type.
    pub job_type: String,
    /// Who holds it.
    pub worker: String,
    /// Tries that are left, this one among them.
    pub retries: u32,
    /// Until then nobody else is given it.
    pub leased_until: Timestamp,
    /// Since when it has been waiting to be done.
    pub created: Timestamp,
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: Id,
    /// The definition that the instance runs on.
    pub definition: Key,
    /// The version of that definition.
    pub version: i32,
    /// The element.
    pub element: Id,
    /// The element instance.
    pub element_instance: Key,
    /// What a listener is told of; none: it is the element's own work.
    pub listener: Option<ListenerEvent>,
    /// Fixed values from the diagram.
    pub headers: BTreeMap<String, String>,
    /// The variables that it was to have.
    pub variables: Variables,
    /// The record that the instance is about.
    pub subject: Option<Subject>,
}

/// A job, and what proves that one holds it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: Key,
    /// As [`ActivatedJob::token`] says.
    pub token: Key,
}

/// What went wrong with a job.
#[derive(Clone, Debug)]
pub struct JobFailure {
    /// What happened and what to do, for people.
    pub message: String,
    /// Tries that are left; none: one less than before. With 0 the element is stuck until somebody mends it.
    pub retries: Option<u32>,
    /// How long the job is left alone before its next try: up to [`JobFailure::LONGEST_BACK_OFF`].
    pub back_off: Duration,
}

impl JobFailure {
    /// 30 days.
    pub const LONGEST_BACK_OFF: Duration = Duration::from_secs(30 * 24 * 60 * 60);
}

impl ActivateJobs {
    /// Types in one request at most.
    pub const MOST_TYPES: usize = 32;
    /// Jobs in one answer at most.
    pub const MOST_JOBS: usize = 200;
    /// A second.
    pub const SHORTEST_LEASE: Duration = Duration::from_secs(1);
    /// A day.
    pub const LONGEST_LEASE: Duration = Duration::from_secs(24 * 60 * 60);
    /// A minute: what stands between may not keep silent connections for longer.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
    /// Characters that the name of a worker or of a type has at most.
    pub const LONGEST_NAME: usize = 255;

    fn checked(self) -> Result<Claim, RuntimeError> {
        let mut types = self.types;
        types.sort_unstable();
        types.dedup();
        if types.is_empty() || types.len() > Self::MOST_TYPES {
            return Err(refused(format!(
                "Name the types of jobs that the worker does: at least one and at most {}.",
                Self::MOST_TYPES
            )));
        }
        for (what, name) in types
            .iter()
            .map(|name| ("type of a job", name))
            .chain([("worker", &self.worker)])
        {
            if name.trim().is_empty() || name.chars().count() > Self::LONGEST_NAME {
                return Err(refused(format!(
                    "The name of a {what} has between 1 and {} characters.",
                    Self::LONGEST_NAME
                )));
            }
        }
        if !(1..=Self::MOST_JOBS).contains(&self.max_jobs) {
            return Err(refused(format!(
                "A worker takes between 1 and {} jobs at once.",
                Self::MOST_JOBS
            )));
        }
        if self.wait > Self::LONGEST_WAIT {
            return Err(refused(format!(
                "A worker waits for jobs for at most {} seconds; then it asks again.",
                Self::LONGEST_WAIT.as_secs()
            )));
        }
        Ok(Claim {
            types,
            worker: self.worker,
            max_jobs: self.max_jobs,
            lease: lease_micros(self.lease)?,
            variables: self.variables,
        })
    }
}

fn lease_micros(lease: Duration) -> Result<i64, RuntimeError> {
    if !(ActivateJobs::SHORTEST_LEASE..=ActivateJobs::LONGEST_LEASE).contains(&lease) {
        return Err(refused(
            "A lease lasts between a second and a day. It can be extended while the job is being done."
                .to_owned(),
        ));
    }
    Ok(micros(lease))
}

fn refused(sentence: String) -> RuntimeError {
    RuntimeError::Invalid(sentence)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl Runtime {
    /// Gives jobs to a worker, those that have been free for the longest time first, and nobody else gets them until the
    /// lease is over. Where there are none, it waits for some; workers that wait for the same are served in the order in
    /// which they came. Dropping the future takes nothing. When the runtime is closed, whoever waits gets none.
    ///
    /// # Errors
    /// Where the request is outside of its limits, or the queue is full.
    pub async fn activate_jobs(
        &self,
        wanted: ActivateJobs,
    ) -> Result<Vec<ActivatedJob>, RuntimeError> {
        let wait = wanted.wait;
        let claim = Arc::new(wanted.checked()?);
        if wait.is_zero() {
            let claimed = self.claim(&claim).await?;
            return Ok(handed(claimed)?.take());
        }
        let mut place = self.inner().workers.stand(&claim.types, claim.max_jobs);
        let served = async {
            let mut has_waited = false;
            loop {
                if !place.called().await {
                    return Ok(Vec::new());
                }
                let claimed = if has_waited {
                    // Whoever was called must not be turned away because others are many.
                    let submitted = self
                        .inner()
                        .submit_waiting(claimed_by(&claim), Actor::System);
                    submitted.await?.await.map_err(|_| RuntimeError::Closed)?
                } else {
                    self.claim(&claim).await
                };
                let handed = match claimed {
                    Err(RuntimeError::Closed) if has_waited => return Ok(Vec::new()),
                    claimed => handed(claimed?)?,
                };
                if !handed.is_empty() {
                    place.served(handed.more);
                    return Ok(handed.take());
                }
                place.found_nothing();
                has_waited = true;
            }
        };
        tokio::select! {
            biased;
            jobs = served => jobs,
            () = tokio::time::sleep(wait) => Ok(Vec::new()),
        }
    }

    /// A job that a worker holds is done.
    ///
    /// # Errors
    /// [`RuntimeError::StaleToken`] where the worker does not hold it any more.
    pub async fn complete_leased_job(
        &self,
        lease: Lease,
        variables: Variables,
    ) -> Result<(), RuntimeError> {
        self.report(lease, Report::Done(variables)).await.map(drop)
    }

    /// A job that a worker holds failed, and is free again when its back-off is over. With no tries left it becomes an
    /// incident.
    ///
    /// # Errors
    /// [`RuntimeError::StaleToken`] where the worker does not hold it any more; where the back-off is too long.
    pub async fn fail_leased_job(
        &self,
        lease: Lease,
        failure: JobFailure,
    ) -> Result<(), RuntimeError> {
        if failure.back_off > JobFailure::LONGEST_BACK_OFF {
            return Err(refused(
                "A job is left alone for at most 30 days before its next try.".to_owned(),
            ));
        }
        let report = Report::Failed {
            message: failure.message,
            retries: failure.retries,
            back_off: micros(failure.back_off),
        };
        self.report(lease, report).await.map(drop)
    }

    /// A job that a worker holds met a business error that the diagram may catch. Where nothing does, it is an incident.
    ///
    /// # Errors
    /// [`RuntimeError::StaleToken`] where the worker does not hold it any more.
    pub async fn throw_leased_error(
        &self,
        lease: Lease,
        code: String,
        message: Option<String>,
        variables: Variables,
    ) -> Result<(), RuntimeError> {
        let report = Report::Error {
            code,
            message,
            variables,
        };
        self.report(lease, report).await.map(drop)
    }

    /// A worker needs more time for a job that it holds: its lease lasts so long from now on. Answers until when.
    ///
    /// # Errors
    /// [`RuntimeError::StaleToken`] where the worker does not hold it any more; where the lease is outside of its limits.
    pub async fn extend_lease(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> Result<Timestamp, RuntimeError> {
        let report = Report::NeedsTime(lease_micros(lasts)?);
        match self.report(lease, report).await? {
            Answer::LeasedUntil(until) => Ok(until),
            other => Err(other.unexpected()),
        }
    }

    /// Asks for jobs at once. Not under an idempotency key: leases that nobody knows of run out.
    async fn claim(&self, claim: &Arc<Claim>) -> Result<Answer, RuntimeError> {
        let asked = self
            .inner()
            .try_submit(claimed_by(claim), Actor::System, None)?;
        asked.await.map_err(|_| RuntimeError::Closed)?
    }

    async fn report(&self, lease: Lease, report: Report) -> Result<Answer, RuntimeError> {
        self.submit(Work::Report { lease, report }, Actor::System)
            .await
    }

    /// A job is done, whoever holds it.
    ///
    /// # Errors
    /// Where the job is not open (any more).
    pub async fn complete_job(
        &self,
        job: Key,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Job(job),
            Command::CompleteJob { job, variables },
            actor,
        )
        .await
    }

    /// A job failed, whoever holds it. With no tries left it becomes an incident.
    ///
    /// # Errors
    /// Where the job is not open (any more).
    pub async fn fail_job(
        &self,
        job: Key,
        message: String,
        retries: u32,
        retry_at: Option<Timestamp>,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let retry_at = retry_at.unwrap_or_else(|| self.now());
        self.addressed(
            Addressed::Job(job),
            Command::FailJob {
                job,
                message,
                retries,
                retry_at,
            },
            actor,
        )
        .await
    }

    /// A job met a business error that the diagram may catch, whoever holds it.
    ///
    /// # Errors
    /// Where the job is not open (any more).
    pub async fn throw_error(
        &self,
        job: Key,
        code: String,
        message: Option<String>,
        variables: Variables,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        self.addressed(
            Addressed::Job(job),
            Command::ThrowError {
                job,
                code,
                message,
                variables,
            },
            actor,
        )
        .await
    }
}

fn claimed_by(claim: &Arc<Claim>) -> Work {
    Work::ClaimJobs(claim.clone())
}

fn handed(answer: Answer) -> Result<Handed, RuntimeError> {
    match answer {
        Answer::Jobs(handed) => Ok(handed),
        other => Err(other.unexpected()),
    }
}
