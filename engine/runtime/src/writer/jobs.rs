//! Jobs that connectors do, in the transaction of the step that created them.

use std::collections::BTreeMap;

use redthread_bpmn::graph::RecordOperation;
use redthread_core::incident::IncidentCode;
use redthread_core::state::{Incident, WaitKind};
use redthread_core::{Command, Event, InstanceState, Key, Rejection};
use sea_orm::{EntityTrait, TransactionTrait};

use super::batch::Batch;
use super::cache::Live;
use super::follow_up::FollowUp;
use super::guard::patiently;
use super::noticed::Abandoned;
use super::project::waiting_on;
use super::step::{CIRCLE_OF_JOBS, RESTLESS};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::schema::job;
use crate::thread::Waiting;
use crate::world::{JobCall, Performed, RecordChange};

impl Batch<'_> {
    /// Lets the world do a job, if it is still open, and sends the outcome to its instance. A job that waits for a record
    /// has been done already: there the world is asked about the record again.
    pub(super) async fn perform(&mut self, instance: Key, job: Key) -> Result<(), RuntimeError> {
        let stored = self.stored_job(job).await?;
        if let Some(waiting) = stored.as_ref().and_then(waiting_on) {
            let change = RecordChange {
                kind: waiting.kind,
                key: waiting.key,
                operation: RecordOperation::Changed,
                changes: BTreeMap::new(),
                causes: Vec::new(),
            };
            return self.tell_job(instance, job, &change, Actor::System).await;
        }
        let live = self.live(instance).await?;
        let Some(call) = self.job_call(&live, job) else {
            return Ok(());
        };
        if live.restless >= RESTLESS {
            return self
                .stop(&FollowUp::Perform { instance, job }, CIRCLE_OF_JOBS)
                .await;
        }
        let world = self.inner.world.clone();
        let savepoint = self.tx().await?.begin().await?;
        let ran = patiently(world.patience(), world.perform(&savepoint, &call)).await;
        let performed = self.settle(savepoint, ran).await?;
        // Before the answer: what the process comes to wait for by it has not been there when the change was made.
        self.take_changes_made().await?;
        self.answer_job(&live, &call, performed, Actor::System)
            .await
    }

    /// A job's row, as this batch leaves it.
    pub(super) async fn stored_job(&self, job: Key) -> Result<Option<job::Model>, RuntimeError> {
        let known = match self.rows.job.get(&job.as_i64()) {
            Some(pending) => Some(pending),
            None => self.handout.reported.get(&job.as_i64()).map(Some),
        };
        match known {
            Some(row) => Ok(row.cloned()),
            None => Ok(job::Entity::find_by_id(job.as_i64())
                .one(self.tx().await?)
                .await?),
        }
    }

    /// Reads the rows of the jobs that a step has changed: they know what the state does not, such as the record that a
    /// job waits for.
    pub(super) async fn read_jobs(
        &mut self,
        state: &InstanceState,
        events: &[Event],
    ) -> Result<(), RuntimeError> {
        let mut jobs = Vec::new();
        for event in events {
            match event {
                Event::JobFailed { key, .. } | Event::JobRetried { key, .. } => jobs.push(*key),
                Event::IncidentRaised {
                    element_instance,
                    code: IncidentCode::UncaughtError,
                    ..
                } => {
                    let waits = state.waits_of(*element_instance);
                    let of_jobs = waits.filter(|(_, what)| matches!(what, WaitKind::Job(_)));
                    jobs.extend(of_jobs.map(|(key, _)| key));
                }
                _ => {}
            }
        }
        for key in jobs {
            if let Some(row) = self.stored_job(key).await? {
                self.rows.job.put(row.key, row);
            }
        }
        Ok(())
    }

    /// A connector's next try is due. Asked twice, it is done once.
    pub(super) async fn retry_job(&mut self, instance: Key, job: Key) -> Result<(), RuntimeError> {
        let stored = self.stored_job(job).await?;
        let is_due = |row: &job::Model| row.retry_at.is_some_and(|at| at <= self.now.as_micros());
        let Some(mut row) = stored.filter(is_due) else {
            return Ok(());
        };
        // Whatever the outcome: it is not due any more.
        row.retry_at = None;
        self.rows.job.put(row.key, row);
        self.revision += 1;
        self.queue(FollowUp::Perform { instance, job });
        Ok(())
    }

    /// Tells a job of a change of the record that it waits for.
    pub(super) async fn tell_job(
        &mut self,
        instance: Key,
        job: Key,
        change: &RecordChange,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let live = self.live(instance).await?;
        let Some(call) = self.job_call(&live, job) else {
            return Ok(());
        };
        let world = self.inner.world.clone();
        let savepoint = self.tx().await?.begin().await?;
        let ran = patiently(
            world.patience(),
            world.record_changed(&savepoint, &call, change),
        )
        .await;
        let told = self.settle(savepoint, ran).await?;
        self.take_changes_made().await?;
        let stuck = |incident: &Incident| incident.element_instance == call.element_instance;
        match told {
            Ok(None) => Ok(()),
            Ok(Some(Performed::Failed { .. })) | Err(_)
                if live.state.incidents.values().any(stuck) =>
            {
                // One incident is enough, and the record that the job waits for is kept.
                Ok(())
            }
            Ok(Some(performed)) => self.answer_job(&live, &call, Ok(performed), actor).await,
            Err(why) => self.answer_job(&live, &call, Err(why), actor).await,
        }
    }

    /// Tells the world that nobody waits any more for what a job had begun.
    pub(super) async fn abandon(&mut self, abandoned: Abandoned) -> Result<(), RuntimeError> {
        let waiting = match abandoned.waiting_on {
            Some(record) => Some(record),
            None => {
                let row = job::Entity::find_by_id(abandoned.job.as_i64())
                    .one(self.tx().await?)
                    .await?;
                row.as_ref().and_then(waiting_on)
            }
        };
        let Some(waiting) = waiting else {
            return Ok(());
        };
        let Some(call) = self.job_call(&abandoned.live, abandoned.job) else {
            return Ok(());
        };
        let world = self.inner.world.clone();
        let savepoint = self.tx().await?.begin().await?;
        let ran = patiently(
            world.patience(),
            world.abandoned(&savepoint, &call, &waiting),
        )
        .await;
        if let Err(why) = self.settle(savepoint, ran).await? {
            // The element has ended all the same; what it had begun is left for people to see to.
            tracing::warn!(job = %abandoned.job, why, "what an ended element had begun could not be called off");
        }
        Ok(())
    }

    async fn answer_job(
        &mut self,
        live: &Live,
        call: &JobCall,
        performed: Result<Performed, String>,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let job = call.key;
        let failed = |message: String, retries: u32, retry_at| Command::FailJob {
            job,
            message,
            retries,
            retry_at,
        };
        let command = match performed {
            Ok(Performed::Done { variables }) => Command::CompleteJob { job, variables },
            Ok(Performed::Waits { record, due, who }) => {
                if let Some(mut row) = self.job_row(live, job) {
                    row.retry_at = None;
                    (row.waits_kind, row.waits_key) = (Some(record.kind), Some(record.key));
                    self.rows.job.put(row.key, row);
                    self.stands_until(live, call.element_instance, due);
                    let mut live = live.clone();
                    live.restless = 0;
                    let waiting = Waiting { who, due };
                    live.trail.waiting.insert(call.element_instance, waiting);
                    self.live.insert(call.instance, live);
                    self.touches.instance(call.instance);
                    self.revision += 1;
                }
                return Ok(());
            }
            Ok(Performed::Failed {
                message,
                retry_at: Some(at),
            }) => failed(message, call.retries.saturating_sub(1), at.max(self.now)),
            Ok(Performed::Failed {
                message,
                retry_at: None,
            })
            | Err(message) => failed(message, 0, self.now),
            Ok(Performed::Error {
                code,
                message,
                variables,
            }) => Command::ThrowError {
                job,
                code,
                message,
                variables,
            },
        };
        match self.step(call.instance, command, actor.clone()).await {
            Err(RuntimeError::Rejected(Rejection::TooLarge(why))) => {
                let why = format!("The connector gave too much. {why}");
                self.step(call.instance, failed(why, 0, self.now), actor)
                    .await
            }
            done => done,
        }
    }

    /// A job as the world is asked to do it. None: the job is not open (any more).
    fn job_call(&self, live: &Live, key: Key) -> Option<JobCall> {
        let state = &live.state;
        let wait = state.waits.get(&key)?;
        let WaitKind::Job(data) = &wait.what else {
            return None;
        };
        let element = state.elements.get(&wait.element_instance)?;
        let mut causes = state.causes.clone();
        causes.push(live.definition.process_id.clone());
        Some(JobCall {
            key,
            job_type: data.job_type.clone(),
            headers: data.headers.clone(),
            retries: data.retries,
            variables: element.variables.clone(),
            subject: state.subject.clone(),
            instance: state.key,
            process: live.definition.process_id.clone(),
            process_name: live.definition.name.clone(),
            element: element.element.clone(),
            element_name: live.definition.label(&element.element).to_owned(),
            element_instance: wait.element_instance,
            owner: live.definition.owner.clone(),
            causes,
            now: self.now,
            zone: self.zone,
            keys: self.inner.keys.clone(),
            touches: self.touches.clone(),
        })
    }
}
