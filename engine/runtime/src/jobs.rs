//! What workers say of their jobs: done, failed, met a business error.

use redthread_calendar::Timestamp;
use redthread_core::command::Variables;
use redthread_core::{Command, Key};

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::runtime::Runtime;
use crate::writer::Addressed;

impl Runtime {
    /// A job is done.
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

    /// A job failed. With no tries left it becomes an incident.
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

    /// A job met a business error that the diagram may catch.
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
