//! What happened to an instance. Events are stored for ever: they are extended, never renamed.

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_dmn::Explanation;
use serde::{Deserialize, Serialize};

use crate::body::{Body, Compensable};
use crate::caller::Caller;
use crate::command::{Subject, Variables};
use crate::incident::IncidentCode;
use crate::inputs::Decision;
use crate::key::Key;
pub use crate::waiting::*;

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
        /// Who waits for its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<Caller>,
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
    /// What an element instance keeps of its work is this now.
    BodyChanged {
        /// The element instance.
        element_instance: Key,
        /// What it keeps.
        body: Body,
    },
    /// An instance of a multi-instance activity gives its result.
    ItemCompleted {
        /// The element instance that stands for all of them.
        element_instance: Key,
        /// Its number, from 1.
        number: u64,
        /// What it gave.
        result: redthread_feel::Value,
    },
    /// A complex gateway is reset: the tokens on these flows are gone too.
    GatewayReset {
        /// The gateway's element instance.
        element_instance: Key,
        /// The flows from each of which one token was taken.
        consumed: Vec<Id>,
    },
    /// A completed activity can be undone from now on.
    CompensationKept {
        /// Its place in the order of those that completed.
        key: Key,
        /// The activity.
        compensable: Compensable,
    },
    /// An event begins to undo completed activities.
    CompensationThrown {
        /// The event's element instance.
        element_instance: Key,
        /// What it will undo, in order.
        compensates: Vec<Key>,
    },
    /// An activity that undoes the next of them has begun.
    CompensationBegun {
        /// The element instance that undoes.
        element_instance: Key,
        /// The event that asked for it.
        thrower: Key,
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
    /// A signal is waited for.
    SignalAwaited {
        /// What waits.
        key: Key,
        /// The element instance that waits, or the instance.
        element_instance: Key,
        /// What is known of it.
        signal: SignalData,
    },
    /// A signal is no longer waited for.
    SignalEnded {
        /// What waited.
        key: Key,
        /// How.
        how: Ended,
    },
    /// A condition is waited for.
    ConditionAwaited {
        /// What waits.
        key: Key,
        /// The element instance that waits, or the instance.
        element_instance: Key,
        /// What is known of it.
        condition: ConditionData,
    },
    /// A condition that is waited for has become true, or false again.
    ConditionChanged {
        /// What waits.
        key: Key,
        /// Whether it is true now.
        holds: bool,
    },
    /// A condition is no longer waited for.
    ConditionEnded {
        /// What waited.
        key: Key,
        /// How.
        how: Ended,
    },
    /// A process is called: its instance is to be started.
    InstanceCalled {
        /// The called instance's key.
        key: Key,
        /// The element instance that waits for its end.
        element_instance: Key,
        /// What is called.
        call: CallData,
        /// What the called instance is told of its callers.
        caller: Caller,
        /// The variables that it starts with.
        variables: Variables,
    },
    /// A called instance is no longer waited for. Cancelled: it is to be cancelled too.
    CallEnded {
        /// The called instance's key.
        key: Key,
        /// How.
        how: Ended,
    },
    /// A message is sent.
    MessageThrown {
        /// The element that sends it.
        element: Id,
        /// What is known of it.
        message: MessageData,
        /// Its content.
        variables: Variables,
        /// It has come to the scope or activity around where it was sent, and to nobody else.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        has_come: bool,
    },
    /// A signal is sent. What waited for it in this instance has got it already.
    SignalThrown {
        /// The element that sends it.
        element: Id,
        /// The signal's name.
        name: String,
        /// Its content.
        variables: Variables,
    },
    /// An escalation is thrown.
    EscalationThrown {
        /// The element that throws it.
        element: Id,
        /// Its code.
        code: String,
        /// Its content.
        variables: Variables,
        /// What catches it; none: nothing in this instance.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caught_by: Option<Id>,
        /// It is for the caller to catch.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        to_caller: bool,
    },
    /// An error is thrown and caught.
    ErrorCaught {
        /// The error's code.
        code: String,
        /// What catches it.
        caught_by: Id,
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
        /// What the error carries.
        #[serde(default, skip_serializing_if = "Variables::is_empty")]
        variables: Variables,
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
