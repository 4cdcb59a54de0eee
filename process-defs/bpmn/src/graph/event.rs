//! Events (BPMN 2.0 section 10.5): what they wait for, and what they throw.

use std::sync::Arc;

use redthread_calendar::CronSchedule;
use redthread_feel::Expression;

use super::{ElementIx, Text};

/// What a start, catch or boundary event waits for (10.5.5).
#[derive(Debug)]
pub enum Trigger {
    /// Nothing.
    None,
    /// A time.
    Timer(Timer),
    /// A message.
    Message(Message),
    /// A signal, by its name.
    Signal(Text),
    /// A condition that becomes true. Not at the start of a process.
    Condition(Condition),
    /// An error thrown inside the activity or scope. Boundary events and starts of event sub-processes only.
    Error(ErrorCatch),
    /// An escalation thrown inside the activity or scope. Boundary events and starts of event sub-processes only.
    Escalation(EscalationCatch),
    /// The activity is to be undone. The start of an event sub-process waits for it; a boundary event with it is never
    /// begun, but makes [`super::Element::undone_by`].
    Compensation,
    /// The transaction was cancelled. Boundary events of transactions only.
    Cancel,
    /// A link throw event of the same name in the same scope. Intermediate catch events only; nothing is waited for.
    Link,
    /// A change of a customer record: a none or message event with the property `redthread:on`.
    Record(RecordTrigger),
    /// The first of these (10.5.1, "multiple"). None of them is [`Trigger::None`], a compensation, a link or another list.
    Multiple(Vec<Trigger>),
    /// All of these, in any order (10.5.1, "parallel multiple"). None of them is [`Trigger::None`], an error, an
    /// escalation, a compensation, a cancel, a link or another list.
    ParallelMultiple(Vec<Trigger>),
}

impl Trigger {
    /// The triggers that it is made of: several of a multiple event, itself else.
    pub fn parts(&self) -> &[Trigger] {
        match self {
            Trigger::Multiple(parts) | Trigger::ParallelMultiple(parts) => parts,
            single => std::slice::from_ref(single),
        }
    }
}

/// What an intermediate throw or end event does (10.5.3, 10.5.4).
#[derive(Debug)]
pub enum Throw {
    /// Nothing: a token passes, or ends.
    None,
    /// Everything else in the same scope ends. End events only.
    Terminate,
    /// An error is thrown to the enclosing scopes. End events only.
    Error(ErrorThrow),
    /// An escalation is thrown to the enclosing scopes.
    Escalation(EscalationThrow),
    /// A message is sent.
    Message(MessageThrow),
    /// A signal is sent, by its name, to everything that waits for it.
    Signal(Text),
    /// Completed activities are undone.
    Compensation(CompensationThrow),
    /// The transaction around is cancelled. End events only.
    Cancel,
    /// The token goes on at the link catch event of the same name. Intermediate events only.
    Link(ElementIx),
    /// A job does it: an event with a `zeebe:taskDefinition`.
    Job(super::JobTask),
    /// All of these, in order (10.5.1, "multiple"). None of them is [`Throw::None`], a link, a job or another list.
    Multiple(Vec<Throw>),
}

impl Throw {
    /// What it is made of: several of a multiple event, itself else.
    pub fn parts(&self) -> &[Throw] {
        match self {
            Throw::Multiple(parts) => parts,
            single => std::slice::from_ref(single),
        }
    }
}

/// A timer event definition (10.5.5.10). Plain texts are parsed when the diagram is read; expressions when they are due
/// to be evaluated.
#[derive(Debug)]
pub enum Timer {
    /// `timeDate`: an instant.
    Date(Text),
    /// `timeDuration`: an ISO 8601 duration.
    Duration(Text),
    /// `timeDuration` with the property `redthread:time = working`: days of it are working days, hours working time.
    WorkingDuration(Text),
    /// `timeCycle`: `R3/PT10S`, or a cron expression.
    Cycle(Cycle),
}

/// A `timeCycle`.
#[derive(Debug)]
pub enum Cycle {
    /// A cron expression, evaluated on the wall clock of the company's zone.
    Cron(Box<CronSchedule>),
    /// An ISO 8601 repeating interval, or an expression that gives one (or a cron text).
    Repeating(Text),
}

/// A message that is waited for (8.4.11).
#[derive(Debug)]
pub struct Message {
    /// The message's name; messages correlate by it.
    pub name: Text,
    /// `zeebe:subscription correlationKey`, or the key of a `correlationSubscription`. `None`: it is the name alone that
    /// counts. For a start event it is evaluated with the message's variables: while an instance that it started runs,
    /// further messages with the same key wait.
    pub correlation_key: Option<Expression>,
}

/// A message that is sent (8.4.11). Its content is what the input mappings of its element make.
#[derive(Debug)]
pub struct MessageThrow {
    /// The message's name.
    pub name: Text,
    /// `zeebe:publishMessage correlationKey`, else the key of the message's `zeebe:subscription`.
    pub correlation_key: Option<Text>,
    /// `zeebe:publishMessage messageId`: a second one with the same id does nothing.
    pub message_id: Option<Text>,
    /// `zeebe:publishMessage timeToLive`: how long it waits for somebody to come for it.
    pub time_to_live: Option<Text>,
}

/// A condition that is waited for (10.5.5.2): the event occurs when it becomes true.
#[derive(Debug)]
pub struct Condition {
    /// The condition.
    pub expression: Expression,
    /// `zeebe:conditionalFilter variableNames`: it is looked at only when one of these changes. Empty: always.
    pub variables: Vec<Arc<str>>,
}

/// The errors that an event catches (10.5.5.3).
#[derive(Debug)]
pub struct ErrorCatch {
    /// The code to catch; `None`: any.
    pub code: Option<Arc<str>>,
}

/// The error that an end event throws (10.5.5.3).
#[derive(Debug)]
pub struct ErrorThrow {
    /// The error's code.
    pub code: Text,
    /// The error's name.
    pub name: Option<Arc<str>>,
}

/// The escalations that an event catches (10.5.5.4).
#[derive(Debug)]
pub struct EscalationCatch {
    /// The code to catch; `None`: any.
    pub code: Option<Arc<str>>,
}

/// The escalation that an event throws (10.5.5.4).
#[derive(Debug)]
pub struct EscalationThrow {
    /// The escalation's code.
    pub code: Text,
}

/// What a compensation event undoes (10.5.5.1, 10.7).
#[derive(Debug)]
pub struct CompensationThrow {
    /// `activityRef`: only this activity. `None`: everything that has completed in the same scope.
    pub activity: Option<ElementIx>,
    /// `waitForCompletion`: whether the token goes on only when all is undone.
    pub waits: bool,
}

/// `redthread:on` and its narrowing properties: which record changes are meant.
#[derive(Debug)]
pub struct RecordTrigger {
    /// The record's kind: `case`, `deal` ...
    pub kind: Arc<str>,
    /// Created, changed or deleted.
    pub operation: RecordOperation,
    /// `redthread:field`: only when this field changed.
    pub field: Option<Arc<str>>,
    /// `redthread:from`: only when the field had this value before.
    pub from: Option<Arc<str>>,
    /// `redthread:to`: only when the field has this value now.
    pub to: Option<Arc<str>>,
    /// `redthread:when`: only when this is true of the record.
    pub when: Option<Expression>,
}

/// What happened to a record.
#[derive(Copy, Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecordOperation {
    /// `.created`
    Created,
    /// `.changed`
    Changed,
    /// `.deleted`
    Deleted,
}
