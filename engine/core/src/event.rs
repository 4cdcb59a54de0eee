//! What happened to an instance. Events are stored for ever: they are extended, never renamed.

use std::collections::BTreeMap;

use redthread_bpmn::graph::{Id, RecordOperation};
use redthread_calendar::Timestamp;
use redthread_dmn::Explanation;
use serde::{Deserialize, Serialize};

use crate::command::{Subject, Variables};
use crate::incident::IncidentCode;
use crate::inputs::Decision;
use crate::key::Key;

/// What happened, in the past tense. Elements and flows are named by their BPMN ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// The instance exists.
    InstanceStarted {
        /// Its key.
        instance: Key,
        /// The process's id.
        process: Id,
        /// The definition's key.
        definition: Key,
        /// The record it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<Subject>,
        /// The processes whose changes led to this start.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        causes: Vec<Id>,
        /// When.
        at: Timestamp,
    },
    /// A token has left an element and stands on a sequence flow.
    FlowTaken {
        /// The flow.
        flow: Id,
        /// The instance, or the element instance of the sub-process, in which it stands.
        scope: Key,
    },
    /// The tokens that stood on the flows of a scope are gone, since everything in it ends.
    TokensDiscarded {
        /// The instance, or the element instance of the sub-process.
        scope: Key,
    },
    /// An element instance exists. The tokens that led to it are gone.
    ElementActivating {
        /// The element instance.
        element_instance: Key,
        /// The element.
        element: Id,
        /// The instance, or the element instance of the sub-process, in which it stands.
        scope: Key,
        /// The flows from each of which one token was taken.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        consumed: Vec<Id>,
        /// When.
        at: Timestamp,
    },
    /// The element does its work.
    ElementActivated {
        /// The element instance.
        element_instance: Key,
    },
    /// The element's work is done; its results are being mapped.
    ElementCompleting {
        /// The element instance.
        element_instance: Key,
    },
    /// The element has ended well.
    ElementCompleted {
        /// The element instance.
        element_instance: Key,
        /// The element.
        element: Id,
    },
    /// The element was ended from outside.
    ElementTerminated {
        /// The element instance.
        element_instance: Key,
        /// The element.
        element: Id,
    },
    /// A start, catch or boundary event occurred.
    EventTriggered {
        /// The event's element.
        element: Id,
        /// Where it stands.
        scope: Key,
    },
    /// Variables of a scope have new values.
    VariablesSet {
        /// The instance or an element instance.
        scope: Key,
        /// The values.
        variables: Variables,
    },
    /// A decision was evaluated. What came of it follows as variables, or as an incident.
    DecisionEvaluated {
        /// The element instance that called it.
        element_instance: Key,
        /// What was evaluated, and how its result came about.
        evaluation: DecisionEvaluation,
    },
    /// A person has something to do.
    TaskCreated {
        /// The task.
        key: Key,
        /// The element instance that waits for it.
        element_instance: Key,
        /// What is known of it.
        task: TaskData,
    },
    /// A task has another assignee.
    TaskAssigned {
        /// The task.
        key: Key,
        /// The login; none: nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<String>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A task is no longer open.
    TaskEnded {
        /// The task.
        key: Key,
        /// How.
        how: Ended,
    },
    /// A program has something to do.
    JobCreated {
        /// The job.
        key: Key,
        /// The element instance that waits for it.
        element_instance: Key,
        /// What is known of it.
        job: JobData,
    },
    /// A job failed.
    JobFailed {
        /// The job.
        key: Key,
        /// Tries that are left.
        retries: u32,
        /// When it may be tried again.
        retry_at: Timestamp,
        /// What went wrong.
        message: String,
    },
    /// A job that had no tries left may be tried again.
    JobRetried {
        /// The job.
        key: Key,
        /// Tries that are left.
        retries: u32,
    },
    /// A job is no longer open.
    JobEnded {
        /// The job.
        key: Key,
        /// How.
        how: Ended,
    },
    /// A timer runs.
    TimerScheduled {
        /// The timer.
        key: Key,
        /// The element instance that waits: the catch event's own, or that of the activity with the boundary event.
        element_instance: Key,
        /// What is known of it.
        timer: TimerData,
    },
    /// A timer no longer runs.
    TimerEnded {
        /// The timer.
        key: Key,
        /// How.
        how: Ended,
    },
    /// A message is waited for.
    SubscriptionOpened {
        /// The subscription.
        key: Key,
        /// The element instance that waits.
        element_instance: Key,
        /// What is known of it.
        subscription: SubscriptionData,
    },
    /// A message is no longer waited for.
    SubscriptionEnded {
        /// The subscription.
        key: Key,
        /// How.
        how: Ended,
    },
    /// A change of a record is waited for.
    WatchOpened {
        /// The watch.
        key: Key,
        /// The element instance that waits.
        element_instance: Key,
        /// What is known of it.
        watch: WatchData,
    },
    /// A change of a record is no longer waited for.
    WatchEnded {
        /// The watch.
        key: Key,
        /// How.
        how: Ended,
    },
    /// An element is stuck.
    IncidentRaised {
        /// The incident.
        key: Key,
        /// The element instance that is stuck.
        element_instance: Key,
        /// Why.
        code: IncidentCode,
        /// Why, for people.
        message: String,
    },
    /// An element is no longer stuck.
    IncidentResolved {
        /// The incident.
        key: Key,
    },
    /// All tokens have ended.
    InstanceCompleted,
    /// The instance was cancelled.
    InstanceTerminated {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// An error end event threw an error that nothing catches.
    InstanceFailed {
        /// The error end event.
        element: Id,
        /// The error's code.
        code: String,
        /// What happened, for people.
        message: String,
    },
}

/// An evaluation of a decision: the reasons for the way that an instance takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionEvaluation {
    /// The version that was evaluated.
    pub decision: Decision,
    /// What was evaluated on the way: what each decision was given, which rules matched and what they gave; the decision
    /// itself comes last. Bounded in size: see [`DecisionEvaluation::LIMIT`].
    pub explanation: Explanation,
    /// How many decisions on the way are left out, because there is so much to say of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// How something that was waited for ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ended {
    /// As it should: the task was completed, the timer fired, the message came.
    Completed,
    /// It is not needed any more.
    Cancelled,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskData {
    /// Login of the person who has it.
    pub assignee: Option<String>,
    /// Names of the teams whose members may take it.
    pub candidate_teams: Vec<String>,
    /// Logins of the people who may take it.
    pub candidate_users: Vec<String>,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// When to look at it again.
    pub follow_up: Option<Timestamp>,
    /// The id of its form.
    pub form: Option<String>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobData {
    /// Who does it: a connector's or a worker's type.
    pub job_type: String,
    /// Tries that are left.
    pub retries: u32,
    /// Fixed values from the diagram.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// A timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimerData {
    /// The event that it triggers: the catch event or the boundary event.
    pub element: Id,
    /// When.
    pub due: Timestamp,
    /// How it goes on after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// How a timer with a cycle goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repeat {
    /// The cycle as it was evaluated when the timer was first scheduled.
    pub cycle: String,
    /// When it was first scheduled: its times count from there.
    pub since: Timestamp,
    /// Which of its times is the next, from 1.
    pub nth: u64,
}

/// A message that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionData {
    /// The event that it triggers: the catch event or the boundary event.
    pub element: Id,
    /// The message's name.
    pub name: String,
    /// The correlation key, as text.
    pub correlation_key: String,
}

/// A change of a record that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchData {
    /// The event that it triggers: the catch event or the boundary event.
    pub element: Id,
    /// The record's kind.
    pub kind: String,
    /// The record's key: the instance's subject when it is of that kind; none: any record of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What happens to it.
    pub operation: RecordOperation,
}
