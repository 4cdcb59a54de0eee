//! The world outside of processes, as the runtime sees it: records by reference, and connectors that do their work in
//! the step's own transaction. `connectors` implements it; the runtime never sees customer records itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redthread_bpmn::graph::{Id, RecordOperation};
use redthread_bpmn::{Diagram, Problem};
use redthread_calendar::{BusinessCalendar, Timestamp, Zone};
use redthread_core::Key;
use redthread_core::command::{Subject, Variables};
use redthread_core::event::TaskData;
use redthread_feel::Value;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::feed::Touches;
use crate::keys::Keys;

/// What a diagram can know of the world and do to it.
///
/// Every method that is given a transaction does SQL on it and nothing else: no network, no waiting. It runs under a
/// savepoint of its own, and what it did is undone when it fails or panics.
#[async_trait]
pub trait World: Send + Sync + 'static {
    /// The company's zone: where dates without one are.
    fn zone(&self) -> Zone {
        Zone::UTC
    }

    /// How long any one piece of work of the world may take, such as a job of a connector: everybody else waits
    /// meanwhile. What takes longer is undone, and an incident.
    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// The company's working hours and holidays.
    async fn calendar(&self, _: &DatabaseTransaction) -> Result<Arc<BusinessCalendar>, WorldError> {
        Ok(Arc::new(BusinessCalendar {
            zone: self.zone(),
            ..BusinessCalendar::default()
        }))
    }

    /// A record as a FEEL context, with what it points to; null when it no longer exists.
    async fn subject(
        &self,
        tx: &DatabaseTransaction,
        subject: &Subject,
    ) -> Result<Value, WorldError>;

    /// Problems of a diagram that only the world can tell: record triggers that never match, jobs that nobody does.
    fn review(&self, _: &Diagram) -> Vec<Problem> {
        Vec::new()
    }

    /// The name of the team with this name or title.
    async fn team(
        &self,
        tx: &DatabaseTransaction,
        name: &str,
    ) -> Result<Option<String>, WorldError>;

    /// Whether [`World::perform`] does jobs of this type. The others wait in the `job` table for a worker.
    fn performs(&self, job_type: &str) -> bool;

    /// Does a job, in the transaction of the step that created it.
    async fn perform(
        &self,
        tx: &DatabaseTransaction,
        call: &JobCall,
    ) -> Result<Performed, WorldError>;

    /// A record changed that a job waits for ([`Performed::Waits`]). `None`: the job waits on. After a failure it is
    /// asked again with a change that names no fields: the record itself says how it is.
    async fn record_changed(
        &self,
        tx: &DatabaseTransaction,
        call: &JobCall,
        change: &RecordChange,
    ) -> Result<Option<Performed>, WorldError>;

    /// The element of a job that waits for a record was ended from outside: the planned call is cancelled, say.
    async fn abandoned(
        &self,
        tx: &DatabaseTransaction,
        call: &JobCall,
        waiting_on: &RecordRef,
    ) -> Result<(), WorldError>;

    /// The record changes of this transaction that nobody has taken yet, in order; from then on they are taken.
    async fn take_changes(&self, tx: &DatabaseTransaction)
    -> Result<Vec<RecordChange>, WorldError>;

    /// Whether anybody might have to be told of a task: those of nobody are left out of [`World::tasks_given`].
    fn tells_of(&self, _: &OpenTask) -> bool {
        true
    }

    /// Tasks were given to people, in this order: tell whoever should know. Asked once for all tasks of a transaction,
    /// at its end; when it fails, once more for each of them alone. It tells people and changes no records.
    async fn tasks_given(
        &self,
        tx: &DatabaseTransaction,
        cx: &WriteContext,
        given: &[GivenTask],
    ) -> Result<(), WorldError>;

    /// Does what of its own work is due at `cx.now`: reminders, say.
    async fn due_work(&self, tx: &DatabaseTransaction, cx: &WriteContext)
    -> Result<(), WorldError>;

    /// When [`World::due_work`] next has something to do.
    async fn next_due(&self, conn: &DatabaseConnection) -> Result<Option<Timestamp>, WorldError>;
}

/// Why the world could not do something.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The database failed.
    #[error("The database could not do it: {0}.")]
    Database(#[from] DbErr),
    /// It cannot be done as asked. The sentence says what happened and what to do.
    #[error("{0}")]
    Failed(String),
}

/// What a write happens with, besides its transaction.
#[derive(Clone, Debug)]
pub struct WriteContext {
    /// The process time.
    pub now: Timestamp,
    /// The company's zone.
    pub zone: Zone,
    /// Keys for what is created.
    pub keys: Arc<Keys>,
    /// Who asked.
    pub actor: Actor,
    /// The processes whose changes led here, the latest last.
    pub causes: Vec<Id>,
    /// Where to say what was touched, besides records and what the runtime writes itself.
    pub touches: Touches,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordRef {
    /// Its kind: `case`, `activity` ...
    pub kind: String,
    /// Its key, as text.
    pub key: String,
}

/// A job to be done now.
#[derive(Clone, Debug)]
pub struct JobCall {
    /// The job.
    pub key: Key,
    /// Its type: which connector.
    pub job_type: String,
    /// Fixed values from the diagram.
    pub headers: BTreeMap<String, String>,
    /// Tries that are left, this one included.
    pub retries: u32,
    /// The element's own variables: what its input mappings made. Those of the scopes around it are left out, so that a
    /// form's field that happens to be called `record` does not steer a connector.
    pub variables: Variables,
    /// The record that the instance is about.
    pub subject: Option<Subject>,
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: Id,
    /// The process's name, or its id.
    pub process_name: String,
    /// The element.
    pub element: Id,
    /// The element's name, or its id.
    pub element_name: String,
    /// The element instance.
    pub element_instance: Key,
    /// The login of the process's owner.
    pub owner: Option<String>,
    /// The processes whose changes led here, this one last: what a record change made by this call must carry on.
    pub causes: Vec<Id>,
    /// The process time.
    pub now: Timestamp,
    /// The company's zone.
    pub zone: Zone,
    /// Keys for what is created.
    pub keys: Arc<Keys>,
    /// Where to say what was touched.
    pub touches: Touches,
}

impl JobCall {
    /// The call as an actor: for timelines.
    pub fn actor(&self) -> Actor {
        Actor::Process {
            instance: self.instance,
            process: self.process.clone(),
            element: self.element.clone(),
        }
    }

    /// What writes on behalf of this call happen with.
    pub fn context(&self) -> WriteContext {
        WriteContext {
            now: self.now,
            zone: self.zone,
            keys: self.keys.clone(),
            actor: self.actor(),
            causes: self.causes.clone(),
            touches: self.touches.clone(),
        }
    }
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Performed {
    /// It is done.
    Done {
        /// Its results.
        variables: Variables,
    },
    /// It stays open until this record changes so that [`World::record_changed`] says otherwise.
    Waits {
        /// The record.
        record: RecordRef,
        /// When that should have happened: from then on the element counts as overdue.
        due: Option<Timestamp>,
        /// The login of the person who is to do it, for threads to name.
        who: Option<String>,
    },
    /// It failed.
    Failed {
        /// What went wrong and what to do, for people.
        message: String,
        /// When to try again, if tries are left. None: at once it is an incident.
        retry_at: Option<Timestamp>,
    },
    /// It met a business error that the diagram may catch.
    Error {
        /// The BPMN error code.
        code: String,
        /// What happened, for people.
        message: Option<String>,
        /// Variables for whoever catches it.
        variables: Variables,
    },
}

/// A record was created, changed or deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordChange {
    /// The record's kind.
    pub kind: String,
    /// The record's key, as text.
    pub key: String,
    /// What happened to it.
    pub operation: RecordOperation,
    /// The fields that changed: old and new value.
    pub changes: BTreeMap<String, (Value, Value)>,
    /// The ids of the processes whose changes led to this one, the latest last.
    #[serde(default)]
    pub causes: Vec<Id>,
}

/// A task that was given to people.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenTask {
    /// The task.
    pub task: OpenTask,
    /// Whether it is new. Else it has another assignee.
    pub is_new: bool,
    /// Who did it.
    pub by: Actor,
}

/// A task that is open, with what is needed to tell people of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenTask {
    /// The task.
    pub key: Key,
    /// The instance.
    pub instance: Key,
    /// The process's id.
    pub process: Id,
    /// The process's name, or its id.
    pub process_name: String,
    /// The element.
    pub element: Id,
    /// The task's name: the element's, or its id.
    pub name: String,
    /// The record that the instance is about.
    pub subject: Option<Subject>,
    /// Who may do it and until when.
    pub task: TaskData,
}
