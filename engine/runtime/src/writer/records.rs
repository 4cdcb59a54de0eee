//! Changes of records: whom they wake, and which processes they start.

use redthread_bpmn::graph::{RecordOperation, Trigger};
use redthread_core::command::Subject;
use redthread_core::trigger::record;
use redthread_core::{Command, Facts, Inputs, Key};
use redthread_feel::Value;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};

use super::all_at_once::{Came, Occurred};
use super::batch::{Batch, json};
use super::follow_up::FollowUp;
use super::project::waiting_on;
use crate::actor::Actor;
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::schema::{job, start_watch, watch};
use crate::world::{RecordChange, RecordRef};

/// Processes in one chain of causes at most: a process starts another, whose change starts a third, and so on.
const CHAIN: usize = 16;

impl Batch<'_> {
    /// Takes the changes that the world has written, if it has written, and lets them wake whoever waits for them.
    pub(super) async fn take_changes_made(&mut self) -> Result<(), RuntimeError> {
        if !std::mem::take(&mut self.world_wrote) {
            return Ok(());
        }
        // Perhaps a reminder that comes before anything else.
        self.may_be_due = true;
        let world = self.inner.world.clone();
        let changes = world.take_changes(self.tx().await?).await?;
        for change in changes {
            self.touches.topic("records");
            self.touches.with(|touched| {
                touched.records.insert(RecordRef {
                    kind: change.kind.clone(),
                    key: change.key.clone(),
                })
            });
            self.wake(change).await?;
        }
        Ok(())
    }

    async fn wake(&mut self, change: RecordChange) -> Result<(), RuntimeError> {
        let operation = json(&change.operation)?.trim_matches('"').to_owned();
        let mut record = Record {
            change: &change,
            facts: None,
        };
        // What a connector changed, nobody else did: whoever made the process go on did not ask for this.
        let actor = if change.causes.is_empty() {
            self.asked_by.clone()
        } else {
            Actor::System
        };
        for job in self.jobs_waiting_for(&change).await? {
            let (instance, job) = (Key::from_i64(job.instance), Key::from_i64(job.key));
            self.queue(FollowUp::TellJob {
                instance,
                job,
                change: Box::new(change.clone()),
                actor: actor.clone(),
            });
        }
        for watch in self.watches(&change, &operation).await? {
            let (instance, key) = (Key::from_i64(watch.instance), Key::from_i64(watch.key));
            // An instance that cannot be read must not keep the record from being changed.
            let live = match self.live(instance).await {
                Ok(live) => live,
                Err(error @ (RuntimeError::Damaged { .. } | RuntimeError::Unknown { .. })) => {
                    tracing::error!(%error, "an instance that waits for a record cannot be woken");
                    continue;
                }
                Err(error) => return Err(error),
            };
            if self
                .is_meant(&live.definition, &watch.element, &mut record)
                .await?
            {
                let command = Command::RecordChanged { watch: key };
                self.queue(FollowUp::Step {
                    instance,
                    command,
                    actor: actor.clone(),
                });
            }
        }
        for start in self.starts(&change, &operation).await? {
            if change
                .causes
                .iter()
                .any(|process| **process == *start.process_id)
            {
                // A process's own change does not start it again in a circle.
                continue;
            }
            if change.causes.len() >= CHAIN {
                tracing::warn!(
                    process = start.process_id,
                    "a chain of {CHAIN} processes is not carried on"
                );
                continue;
            }
            let definition = match self.definition(Key::from_i64(start.definition)).await {
                Ok(definition) => definition,
                Err(error @ RuntimeError::Damaged { .. }) => {
                    tracing::error!(%error, "a process that a record change starts cannot be started");
                    continue;
                }
                Err(error) => return Err(error),
            };
            if self
                .is_meant(&definition, &start.element, &mut record)
                .await?
            {
                let occurred = Occurred {
                    subject: Some(record.subject()),
                    causes: change.causes.clone(),
                    ..Occurred::default()
                };
                let came = self.came(&definition, &start.element, start.nth, occurred);
                let Came::Start(command) = came.await? else {
                    continue;
                };
                self.queue(FollowUp::Start {
                    command,
                    actor: actor.clone(),
                });
            }
        }
        Ok(())
    }

    /// Whether a change is what an element's trigger is about. The record is read when the first trigger asks.
    async fn is_meant(
        &mut self,
        definition: &Definition,
        element: &str,
        record: &mut Record<'_>,
    ) -> Result<bool, RuntimeError> {
        let triggers = triggers(definition, element);
        let about_records = triggers.iter().any(|t| matches!(t, Trigger::Record(_)));
        for trigger in triggers {
            match trigger {
                // The core looks at the condition again, whatever has changed.
                Trigger::Condition(_) if !about_records => {
                    return Ok(true);
                }
                Trigger::Record(trigger) => {
                    if record.facts.is_none() {
                        let facts = match record.change.operation {
                            RecordOperation::Deleted => Value::Null,
                            RecordOperation::Created | RecordOperation::Changed => {
                                self.facts(&record.subject()).await?
                            }
                        };
                        record.facts = Some(facts);
                    }
                    let change = record::Change {
                        kind: record.change.kind.clone(),
                        operation: record.change.operation,
                        fields: record.change.changes.clone(),
                    };
                    let inputs = self.outside_inputs(definition.owner.clone());
                    let facts = record.facts.as_ref().unwrap_or(&Value::Null);
                    if record::matches(trigger, &change, facts, &inputs) {
                        return Ok(true);
                    }
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// What an expression outside of any instance may know.
    pub(super) fn outside_inputs(&self, owner: Option<String>) -> Inputs {
        let first_key = self.inner.keys.next_key();
        Inputs {
            now: self.now,
            zone: self.zone,
            seed: first_key.0,
            first_key,
            owner,
            facts: Facts::default(),
        }
    }

    async fn jobs_waiting_for(
        &self,
        change: &RecordChange,
    ) -> Result<Vec<job::Model>, RuntimeError> {
        let stored = job::Entity::find()
            .filter(job::Column::WaitsKind.eq(&*change.kind))
            .filter(job::Column::WaitsKey.eq(&*change.key))
            .all(self.tx().await?)
            .await?;
        let matches = |row: &job::Model| {
            waiting_on(row)
                .is_some_and(|record| record.kind == change.kind && record.key == change.key)
        };
        Ok(self.rows.job.over(stored, |row| row.key, matches))
    }

    async fn watches(
        &self,
        change: &RecordChange,
        operation: &str,
    ) -> Result<Vec<watch::Model>, RuntimeError> {
        let stored = watch::Entity::find()
            .filter(watch::Column::Kind.eq(&*change.kind))
            .filter(watch::Column::Operation.eq(operation))
            .filter(
                watch::Column::Record
                    .eq(&*change.key)
                    .or(watch::Column::Record.is_null()),
            )
            .all(self.tx().await?)
            .await?;
        let matches = |row: &watch::Model| {
            row.kind == change.kind
                && row.operation == operation
                && row
                    .record
                    .as_ref()
                    .is_none_or(|record| *record == change.key)
        };
        Ok(self.rows.watch.over(stored, |row| row.key, matches))
    }

    async fn starts(
        &self,
        change: &RecordChange,
        operation: &str,
    ) -> Result<Vec<start_watch::Model>, RuntimeError> {
        let starts = start_watch::Entity::find()
            .filter(start_watch::Column::Kind.eq(&*change.kind))
            .filter(start_watch::Column::Operation.eq(operation))
            .order_by_asc(start_watch::Column::Definition)
            .order_by_asc(start_watch::Column::Element);
        Ok(starts.all(self.tx().await?).await?)
    }
}

/// A record that has changed, read at most once.
struct Record<'a> {
    change: &'a RecordChange,
    facts: Option<Value>,
}

impl Record<'_> {
    fn subject(&self) -> Subject {
        Subject {
            kind: self.change.kind.as_str().into(),
            key: self.change.key.as_str().into(),
        }
    }
}

/// What an event waits for: several triggers, where it is a multiple one.
fn triggers<'a>(definition: &'a Definition, element: &str) -> &'a [Trigger] {
    let found = definition.graph.find(element);
    let trigger = found.and_then(|ix| definition.graph.element(ix).kind.trigger());
    trigger.map_or(&[], Trigger::parts)
}
