//! The runtime's [`World`] over the CRM.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use redthread_bpmn::graph::{Id, RecordOperation};
use redthread_bpmn::{Diagram, Problem};
use redthread_calendar::{BusinessCalendar, Timestamp, Zone};
use redthread_core::Subject;
use redthread_crm::{
    Actor as CrmActor, Cause, Change, CrmError, KeySource, Operation, RecordKey, Scope, calendar,
    record_changes, teams,
};
use redthread_feel::Value;
use redthread_runtime::{
    Actor, GivenTask, JobCall, Keys, OpenTask, Performed, RecordChange, RecordRef, World,
    WorldError, WriteContext,
};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use crate::contract::Connector;
use crate::input::Inputs;
use crate::records::{Target, field_to_feel, load_feel, to_key, to_kind};
use crate::trouble::{Trouble, performed, world_error};
use crate::{create_call, create_record, log_note, people, reminders, send_mail, update_record};

/// The customer records as processes see them.
#[derive(Debug, Default)]
pub struct CrmWorld {
    zone: RwLock<Zone>,
}

impl CrmWorld {
    /// The world of a database: reads the company's zone.
    ///
    /// # Errors
    /// When the company's calendar cannot be read.
    pub async fn open(conn: &DatabaseConnection) -> Result<CrmWorld, CrmError> {
        let world = CrmWorld::default();
        world.set_zone(calendar::load(conn).await?.zone);
        Ok(world)
    }

    /// Tells it that the company's calendar has another zone now.
    pub fn set_zone(&self, zone: Zone) {
        *self.zone.write().unwrap_or_else(PoisonError::into_inner) = zone;
    }
}

#[async_trait]
impl World for CrmWorld {
    fn zone(&self) -> Zone {
        *self.zone.read().unwrap_or_else(PoisonError::into_inner)
    }

    async fn calendar(
        &self,
        tx: &DatabaseTransaction,
    ) -> Result<Arc<BusinessCalendar>, WorldError> {
        let calendar = calendar::load(tx).await.map_err(world_error)?;
        Ok(Arc::new(calendar))
    }

    async fn subject(
        &self,
        tx: &DatabaseTransaction,
        subject: &Subject,
    ) -> Result<Value, WorldError> {
        // A record that does not exist (any more) is null, whatever the reason: kinds and keys come from outside.
        let (Ok(kind), Ok(key)) = (to_kind(&subject.kind), to_key(&subject.key)) else {
            return Ok(Value::Null);
        };
        load_feel(tx, Target { kind, key })
            .await
            .map_err(world_error)
    }

    fn review(&self, diagram: &Diagram) -> Vec<Problem> {
        crate::review(diagram)
    }

    async fn team(
        &self,
        tx: &DatabaseTransaction,
        name: &str,
    ) -> Result<Option<String>, WorldError> {
        let team = teams::by_name(tx, &Scope::process(), name).await;
        Ok(team.map_err(world_error)?.map(|team| team.name))
    }

    fn performs(&self, job_type: &str) -> bool {
        Connector::of(job_type).is_some()
    }

    async fn perform(
        &self,
        tx: &DatabaseTransaction,
        call: &JobCall,
    ) -> Result<Performed, WorldError> {
        performed(match Connector::of(&call.job_type) {
            Some(Connector::CreateCall) => create_call::perform(tx, call).await,
            Some(Connector::CreateRecord) => create_record::perform(tx, call).await,
            Some(Connector::UpdateRecord) => update_record::perform(tx, call).await,
            Some(Connector::LogNote) => log_note::perform(tx, call).await,
            Some(Connector::SendMail) => send_mail::perform(tx, call).await,
            None => Err(Trouble::Told(format!(
                "There is no connector for the job type \"{}\".",
                call.job_type
            ))),
        })
    }

    async fn record_changed(
        &self,
        tx: &DatabaseTransaction,
        call: &JobCall,
        change: &RecordChange,
    ) -> Result<Option<Performed>, WorldError> {
        let result = match Connector::of(&call.job_type) {
            Some(Connector::CreateCall) => create_call::record_changed(tx, change).await,
            // The others do not wait for records.
            _ => Ok(None),
        };
        match result {
            Ok(None) => Ok(None),
            Ok(Some(done)) => Ok(Some(done)),
            Err(trouble) => performed(Err(trouble)).map(Some),
        }
    }

    async fn abandoned(
        &self,
        tx: &DatabaseTransaction,
        call: &JobCall,
        waiting_on: &RecordRef,
    ) -> Result<(), WorldError> {
        let result = match Connector::of(&call.job_type) {
            Some(Connector::CreateCall) => create_call::abandoned(tx, call, waiting_on).await,
            _ => Ok(()),
        };
        match result {
            Ok(()) => Ok(()),
            Err(Trouble::Told(sentence)) => Err(WorldError::Failed(sentence)),
            Err(Trouble::World(error)) => Err(error),
        }
    }

    async fn take_changes(
        &self,
        tx: &DatabaseTransaction,
    ) -> Result<Vec<RecordChange>, WorldError> {
        let mut taken = Vec::new();
        loop {
            let changes = record_changes::unconsumed(tx, BUNCH)
                .await
                .map_err(world_error)?;
            if changes.is_empty() {
                return Ok(taken);
            }
            let keys: Vec<RecordKey> = changes.iter().map(|change| change.key).collect();
            record_changes::consume(tx, &keys)
                .await
                .map_err(world_error)?;
            taken.extend(changes.iter().map(to_change));
        }
    }

    fn tells_of(&self, task: &OpenTask) -> bool {
        let task = &task.task;
        task.assignee.is_some()
            || !task.candidate_users.is_empty()
            || !task.candidate_teams.is_empty()
    }

    async fn tasks_given(
        &self,
        tx: &DatabaseTransaction,
        cx: &WriteContext,
        given: &[GivenTask],
    ) -> Result<(), WorldError> {
        people::tell(tx, cx, given).await.map_err(world_error)
    }

    async fn due_work(
        &self,
        tx: &DatabaseTransaction,
        cx: &WriteContext,
    ) -> Result<(), WorldError> {
        reminders::give_due(tx, cx).await.map_err(world_error)
    }

    async fn next_due(&self, conn: &DatabaseConnection) -> Result<Option<Timestamp>, WorldError> {
        reminders::next_due(conn).await.map_err(world_error)
    }
}

/// How many changes are taken at once.
const BUNCH: u64 = 500;

fn to_change(change: &record_changes::RecordChange) -> RecordChange {
    let value = |name: &str, json| field_to_feel(change.kind, name, json);
    RecordChange {
        kind: change.kind.name().to_owned(),
        key: change.record.to_string(),
        operation: match change.operation {
            Operation::Created => RecordOperation::Created,
            Operation::Changed => RecordOperation::Changed,
            Operation::Deleted => RecordOperation::Deleted,
        },
        changes: change
            .changes
            .iter()
            .map(|(name, field)| {
                (
                    name.clone(),
                    (value(name, &field.old), value(name, &field.new)),
                )
            })
            .collect(),
        causes: change
            .cause
            .processes
            .iter()
            .map(|process| Id::from(process.as_str()))
            .collect(),
    }
}

/// The inputs of a job.
pub(crate) fn inputs(call: &JobCall) -> Inputs<'_> {
    Inputs {
        variables: &call.variables,
        zone: call.zone,
    }
}

/// Writes to the CRM as a part of the engine's write: in the same transaction, at the same time, with the same chain of
/// causes.
pub struct CrmWrite<'a> {
    cx: &'a WriteContext,
    keys: RuntimeKeys<'a>,
}

impl<'a> CrmWrite<'a> {
    /// Writes as the context says. What people do is told to the timeline by the API, which knows their keys: here they
    /// count as the server itself.
    pub fn of(cx: &'a WriteContext) -> CrmWrite<'a> {
        CrmWrite {
            cx,
            keys: RuntimeKeys(&cx.keys),
        }
    }

    /// What the CRM wants to know of a write.
    pub fn change<'b>(&'b self, tx: &'b DatabaseTransaction) -> Change<'b> {
        Change {
            tx,
            now: self.cx.now,
            keys: &self.keys,
            actor: actor(self.cx),
            cause: Cause {
                processes: self.cx.causes.iter().map(ToString::to_string).collect(),
            },
        }
    }
}

/// Records and engine draw from the same keys.
struct RuntimeKeys<'a>(&'a Keys);

impl KeySource for RuntimeKeys<'_> {
    fn next_key(&self) -> i64 {
        self.0.next_key().as_i64()
    }
}

fn actor(cx: &WriteContext) -> CrmActor {
    match &cx.actor {
        Actor::Process {
            instance,
            process,
            element,
        } => CrmActor::Process {
            instance: RecordKey(instance.as_i64()),
            process: process.to_string(),
            element: element.to_string(),
        },
        _ => CrmActor::System,
    }
}
