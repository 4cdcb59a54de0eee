//! What may be asked of an instance.

use std::collections::BTreeMap;
use std::sync::Arc;

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_feel::Value;
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::key::Key;

/// Variables by name, in the order of their names.
pub type Variables = BTreeMap<Arc<str>, Value>;

/// The record that an instance is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The record's kind: `case`, `deal` ... FEEL knows the record by this name and as `subject`.
    pub kind: Arc<str>,
    /// The record's key.
    pub key: Arc<str>,
}

/// Who is expected to have a task when a command about it is carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Holder {
    /// Whoever it is.
    #[default]
    Anyone,
    /// Nobody.
    Nobody,
    /// The person with this login.
    Person(String),
}

impl Holder {
    /// Exactly this person, or exactly nobody.
    pub fn exactly(login: Option<&str>) -> Holder {
        login.map_or(Holder::Nobody, |login| Holder::Person(login.to_owned()))
    }

    pub(crate) fn is(&self, assignee: Option<&str>) -> bool {
        match self {
            Holder::Anyone => true,
            Holder::Nobody => assignee.is_none(),
            Holder::Person(login) => assignee == Some(login),
        }
    }
}

/// A request to an instance. Stored in its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "command",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Command {
    /// Start the instance.
    Start {
        /// The new instance's key.
        instance: Key,
        /// The key of the definition: one version of the process.
        definition: Key,
        /// What occurred: a start event, a receive task or an event behind an event-based gateway that begins the process;
        /// none: it begins without anything having occurred.
        element: Option<Id>,
        /// The variables to start with.
        variables: Variables,
        /// The record it is about.
        subject: Option<Subject>,
        /// The ids of the processes whose changes led to this start, the latest last.
        causes: Vec<Id>,
        /// Who waits for its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<Caller>,
    },
    /// Complete a task with the values of its form.
    CompleteTask {
        /// The task.
        task: Key,
        /// Who has it, as far as the caller knows: what the caller may do depends on that.
        #[serde(default)]
        holder: Holder,
        /// What the person entered.
        variables: Variables,
    },
    /// Give a task to a person, or back to its team.
    AssignTask {
        /// The task.
        task: Key,
        /// Who has it until now, as far as the caller knows.
        #[serde(default)]
        holder: Holder,
        /// The person's login; none: nobody has it.
        assignee: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// A job is done.
    CompleteJob {
        /// The job.
        job: Key,
        /// Its results.
        variables: Variables,
    },
    /// A job failed.
    FailJob {
        /// The job.
        job: Key,
        /// What went wrong, for people.
        message: String,
        /// How many tries are left; 0 raises an incident.
        retries: u32,
        /// When to try again.
        retry_at: Timestamp,
    },
    /// A job met a business error that the diagram may catch.
    ThrowError {
        /// The job.
        job: Key,
        /// The BPMN error code.
        code: String,
        /// What happened, for people.
        message: Option<String>,
        /// Variables for whoever catches it.
        variables: Variables,
    },
    /// A timer is due.
    FireTimer {
        /// The timer.
        timer: Key,
    },
    /// A message has arrived for a subscription.
    Correlate {
        /// The subscription.
        subscription: Key,
        /// The message's variables.
        variables: Variables,
    },
    /// A signal has been sent.
    ReceiveSignal {
        /// What waits for it.
        wait: Key,
        /// The signal's variables.
        variables: Variables,
    },
    /// A called instance has ended.
    EndCall {
        /// The called instance's key, which what waits for it has too.
        call: Key,
        /// How.
        outcome: CallOutcome,
    },
    /// A called instance has thrown an escalation that it does not catch itself.
    EscalateCall {
        /// The called instance's key.
        call: Key,
        /// The escalation's code.
        code: String,
        /// Its variables.
        variables: Variables,
    },
    /// Begin activities of an ad-hoc sub-process.
    ActivateElements {
        /// The element instance of the ad-hoc sub-process.
        ad_hoc: Key,
        /// The ids of the elements.
        elements: Vec<Id>,
        /// Variables of the sub-process, which they see.
        variables: Variables,
    },
    /// A record has changed as a watch asks.
    RecordChanged {
        /// The watch.
        watch: Key,
    },
    /// Set variables of a scope by hand.
    SetVariables {
        /// The instance, or one of its element instances.
        scope: Key,
        /// The new values.
        variables: Variables,
        /// Why.
        reason: Option<String>,
    },
    /// Try again what an incident stopped.
    Retry {
        /// The incident.
        incident: Key,
    },
    /// Go on with the tokens that the last step left on flows, because it had run long enough.
    Continue,
    /// End the instance where it stands.
    Cancel {
        /// Why.
        reason: Option<String>,
    },
}

impl Command {
    /// The values that a person, a worker or a connector brings with it. What other instances bring was looked at when
    /// they made it.
    pub fn variables(&self) -> Option<&Variables> {
        match self {
            Command::CompleteTask { variables, .. }
            | Command::CompleteJob { variables, .. }
            | Command::ThrowError { variables, .. }
            | Command::SetVariables { variables, .. }
            | Command::ActivateElements { variables, .. } => Some(variables),
            _ => None,
        }
    }
}

/// How a called instance ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum CallOutcome {
    /// It completed.
    Completed {
        /// The variables of its outermost scope.
        variables: Variables,
    },
    /// It threw an error that it does not catch itself.
    Failed {
        /// The error's code.
        code: String,
        /// What happened, for people.
        message: String,
        /// What the error carries.
        #[serde(default)]
        variables: Variables,
    },
    /// It was cancelled, not by its caller.
    Terminated {
        /// Why.
        reason: Option<String>,
    },
    /// It could not be started.
    NotStarted {
        /// Why, for people.
        message: String,
    },
}
