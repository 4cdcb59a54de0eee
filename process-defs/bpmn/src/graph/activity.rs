//! What flow nodes are (BPMN 2.0 sections 10.3, 10.6).

use std::collections::BTreeMap;
use std::sync::Arc;

use redthread_feel::Expression;
use serde::{Deserialize, Serialize};

use super::{ElementIx, Message, Text, Throw, Trigger};

/// The kinds of element that run.
#[derive(Debug)]
pub enum ElementKind {
    /// A start event of a process or of a sub-process (10.5.2).
    StartEvent {
        /// What it waits for. In an embedded sub-process: [`Trigger::None`].
        trigger: Trigger,
        /// `isInterrupting` of the start event of an event sub-process: whether it ends everything else in the scope
        /// around that sub-process. `true` for all other start events.
        interrupting: bool,
    },
    /// An end event (10.5.3).
    EndEvent(Throw),
    /// An intermediate catch event (10.5.4). Never [`Trigger::None`], an error, an escalation or a compensation.
    CatchEvent(Trigger),
    /// An intermediate throw event (10.5.4).
    ThrowEvent(Throw),
    /// A boundary event (10.5.4). Never [`Trigger::None`] or a link. One with [`Trigger::Compensation`] is never begun and
    /// has no outgoing flow: it is there to be shown, and says which activity undoes its host
    /// ([`super::Element::undone_by`]).
    BoundaryEvent {
        /// The activity it is attached to.
        attached_to: ElementIx,
        /// `cancelActivity`: whether it ends that activity.
        interrupting: bool,
        /// What it waits for.
        trigger: Trigger,
    },
    /// A task without a type: passed at once (10.3.3).
    UndefinedTask,
    /// A manual task: done outside of any system, passed at once (10.3.3).
    ManualTask,
    /// A user task (10.3.3).
    UserTask(UserTask),
    /// A service task, or another task that a job does (10.3.3).
    ServiceTask(JobTask),
    /// A send task that no job does: it sends a message and passes (10.3.3).
    SendTask(super::MessageThrow),
    /// A receive task: it waits for a message (10.3.3).
    ReceiveTask(Message),
    /// A script task whose script is FEEL (10.3.3).
    ScriptTask(ScriptTask),
    /// A business rule task that calls a decision (10.3.3).
    BusinessRuleTask(CalledDecision),
    /// A call activity (10.3.6).
    CallActivity(CalledProcess),
    /// An exclusive gateway (10.6.2).
    ExclusiveGateway,
    /// A parallel gateway (10.6.4).
    ParallelGateway,
    /// An inclusive gateway (10.6.3).
    InclusiveGateway,
    /// A complex gateway (10.6.5).
    ComplexGateway {
        /// `activationCondition`. `None`: each token passes.
        activation: Option<Expression>,
    },
    /// An event-based gateway (10.6.6).
    EventBasedGateway {
        /// `instantiate`: it begins a process.
        instantiate: bool,
        /// `eventGatewayType` `Parallel`: all its events occur before the process can end. Instantiating gateways only.
        parallel: bool,
    },
    /// A sub-process (10.3.5).
    SubProcess(SubProcess),
}

impl ElementKind {
    /// The element's local name in BPMN XML (`userTask`, `boundaryEvent`, ...).
    pub fn bpmn_name(&self) -> &'static str {
        match self {
            ElementKind::StartEvent { .. } => "startEvent",
            ElementKind::EndEvent(_) => "endEvent",
            ElementKind::CatchEvent(_) => "intermediateCatchEvent",
            ElementKind::ThrowEvent(_) => "intermediateThrowEvent",
            ElementKind::BoundaryEvent { .. } => "boundaryEvent",
            ElementKind::UndefinedTask => "task",
            ElementKind::ManualTask => "manualTask",
            ElementKind::UserTask(_) => "userTask",
            ElementKind::ServiceTask(task) => task.bpmn_name,
            ElementKind::SendTask(_) => "sendTask",
            ElementKind::ReceiveTask(_) => "receiveTask",
            ElementKind::ScriptTask(_) => "scriptTask",
            ElementKind::BusinessRuleTask(_) => "businessRuleTask",
            ElementKind::CallActivity(_) => "callActivity",
            ElementKind::ExclusiveGateway => "exclusiveGateway",
            ElementKind::ParallelGateway => "parallelGateway",
            ElementKind::InclusiveGateway => "inclusiveGateway",
            ElementKind::ComplexGateway { .. } => "complexGateway",
            ElementKind::EventBasedGateway { .. } => "eventBasedGateway",
            ElementKind::SubProcess(SubProcess::Transaction) => "transaction",
            ElementKind::SubProcess(SubProcess::AdHoc(_)) => "adHocSubProcess",
            ElementKind::SubProcess(SubProcess::Embedded | SubProcess::Event) => "subProcess",
        }
    }

    /// Whether it is a gateway.
    pub fn is_gateway(&self) -> bool {
        matches!(
            self,
            ElementKind::ExclusiveGateway
                | ElementKind::ParallelGateway
                | ElementKind::InclusiveGateway
                | ElementKind::ComplexGateway { .. }
                | ElementKind::EventBasedGateway { .. }
        )
    }

    /// What the event waits for; `None` for what is no start, catch or boundary event.
    pub fn trigger(&self) -> Option<&Trigger> {
        match self {
            ElementKind::StartEvent { trigger, .. }
            | ElementKind::CatchEvent(trigger)
            | ElementKind::BoundaryEvent { trigger, .. } => Some(trigger),
            _ => None,
        }
    }

    /// What the event throws; `None` for what is no throw or end event.
    pub fn throw(&self) -> Option<&Throw> {
        match self {
            ElementKind::ThrowEvent(throw) | ElementKind::EndEvent(throw) => Some(throw),
            _ => None,
        }
    }
}

/// The kinds of sub-process (10.3.5).
#[derive(Debug)]
pub enum SubProcess {
    /// An embedded sub-process.
    Embedded,
    /// An event sub-process: its one start event, which has a trigger, begins it while the scope around it runs.
    Event,
    /// A transaction.
    Transaction,
    /// An ad-hoc sub-process.
    AdHoc(AdHoc),
}

/// How an ad-hoc sub-process goes on (10.3.5, "Ad-Hoc Sub-Process").
#[derive(Debug)]
pub struct AdHoc {
    /// `ordering` `Sequential`: one activity at a time.
    pub sequential: bool,
    /// `completionCondition`: looked at whenever something in it has ended. `None`: it ends when nothing is left to do.
    pub completion: Option<Expression>,
    /// `cancelRemainingInstances`: whether what still runs is ended when the condition is true.
    pub cancels_remaining: bool,
    /// What is activated when it begins.
    pub activates: Activates,
}

/// What an ad-hoc sub-process activates when it begins.
#[derive(Debug)]
pub enum Activates {
    /// `zeebe:adHoc activeElementsCollection`: the ids of elements in it.
    Collection(Expression),
    /// Everything in it that no sequence flow leads to: the property `redthread:activation = all`, and what is meant where
    /// there is neither a collection nor a completion condition.
    All,
    /// Nothing: a person chooses: `redthread:activation = person`, and what is meant where there is a completion condition
    /// and no collection.
    Nothing,
}

/// A loop marker of an activity (10.3.7, 10.3.8): the activity is done again and again.
#[derive(Debug)]
pub enum Repetition {
    /// `standardLoopCharacteristics`: as long as a condition is true.
    Loop {
        /// `testBefore`: whether the condition is looked at before the first time too.
        test_before: bool,
        /// `loopCondition`: whether to go on. `None`: always, up to the maximum.
        condition: Option<Expression>,
        /// `loopMaximum`.
        maximum: Option<u64>,
    },
    /// `multiInstanceLoopCharacteristics`: once for each of several things.
    MultiInstance(MultiInstance),
}

/// `multiInstanceLoopCharacteristics` (10.3.8).
#[derive(Debug)]
pub struct MultiInstance {
    /// `isSequential`: one after the other.
    pub sequential: bool,
    /// How many.
    pub over: Over,
    /// `zeebe:loopCharacteristics outputCollection` (or `loopDataOutputRef`): the variable that takes the list of results.
    pub output_collection: Option<Arc<str>>,
    /// `zeebe:loopCharacteristics outputElement` (or `outputDataItem`): what each adds to it.
    pub output_element: Option<Expression>,
    /// `completionCondition`: looked at whenever one has completed; when true the others are ended.
    pub completion: Option<Expression>,
    /// `behavior`: which events occur as they complete.
    pub behavior: Behavior,
}

/// How many instances a multi-instance activity has.
#[derive(Debug)]
pub enum Over {
    /// `loopCardinality`.
    Cardinality(Expression),
    /// One for each item of a list.
    Collection {
        /// `zeebe:loopCharacteristics inputCollection` (or `loopDataInputRef`): the list.
        items: Expression,
        /// `zeebe:loopCharacteristics inputElement` (or `inputDataItem`): the variable that holds the item.
        element: Option<Arc<str>>,
    },
}

/// `behavior` of a multi-instance activity: which event occurs when an instance completes. The event is thrown at the
/// activity itself, so that its boundary events can catch it.
#[derive(Debug)]
pub enum Behavior {
    /// `All`: no event.
    All,
    /// `None`: `noneBehaviorEventRef` each time.
    Each(Throw),
    /// `One`: `oneBehaviorEventRef` the first time.
    First(Throw),
    /// `Complex`: for each `complexBehaviorDefinition` whose condition is true, its event.
    Complex(Vec<(Expression, Throw)>),
}

/// A call of a process (or of a global task): `zeebe:calledElement`, or `calledElement`.
#[derive(Debug)]
pub struct CalledProcess {
    /// The process's id.
    pub process: Text,
    /// Which of its versions is called.
    pub binding: Binding,
    /// `propagateAllParentVariables`: whether the called instance starts with all that can be seen from the call, and not
    /// only with what its input mappings make.
    pub gives_all: bool,
    /// `propagateAllChildVariables`: whether all of its results come back, and not only what output mappings take.
    pub takes_all: bool,
}

/// `zeebe:executionListeners` and `zeebe:taskListeners`: jobs that are done before an element goes on.
#[derive(Debug, Default)]
pub struct Listeners {
    /// `eventType start`: done one after the other before the element does its own work.
    pub start: Vec<Listener>,
    /// `eventType end`: done one after the other before the token leaves.
    pub end: Vec<Listener>,
    /// `eventType creating` of a user task: done before people see the task.
    pub creating: Vec<Listener>,
    /// `eventType completing` of a user task: done before it completes.
    pub completing: Vec<Listener>,
}

/// One listener.
#[derive(Debug)]
pub struct Listener {
    /// Who does it.
    pub job_type: Text,
    /// How often a failing job is tried.
    pub retries: Text,
    /// `taskHeaders`: fixed values for whoever does it.
    pub headers: BTreeMap<String, String>,
}

/// Who does a task: `zeebe:assignmentDefinition`.
#[derive(Debug, Default)]
pub struct Assignment {
    /// `assignmentDefinition assignee`: a login.
    pub assignee: Option<Text>,
    /// `assignmentDefinition candidateGroups`: teams; a text with commas or a list.
    pub candidate_teams: Option<Text>,
    /// `assignmentDefinition candidateUsers`: logins; a text with commas or a list.
    pub candidate_users: Option<Text>,
}

impl Assignment {
    /// Whether it names nobody.
    pub fn is_empty(&self) -> bool {
        self.assignee.is_none() && self.candidate_teams.is_none() && self.candidate_users.is_none()
    }
}

/// A user task's `zeebe:` extensions.
#[derive(Debug, Default)]
pub struct UserTask {
    /// Who does it.
    pub assignment: Assignment,
    /// `priorityDefinition priority`: from 0 to 100, 50 where it says nothing.
    pub priority: Option<Text>,
    /// `taskSchedule dueDate`.
    pub due: Option<Text>,
    /// `taskSchedule followUpDate`.
    pub follow_up: Option<Text>,
    /// `formDefinition formId` (or `formKey`): the id of a deployed form.
    pub form: Option<Arc<str>>,
}

/// A task that a job does.
#[derive(Debug)]
pub struct JobTask {
    /// The element's local name in BPMN XML: `serviceTask`, `scriptTask` ...
    pub bpmn_name: &'static str,
    /// `taskDefinition type`: who does it.
    pub job_type: Text,
    /// `taskDefinition retries`: how often a failing job is tried.
    pub retries: Text,
    /// `taskHeaders`: fixed values for whoever does it.
    pub headers: BTreeMap<String, String>,
}

/// A script task whose script is FEEL.
#[derive(Debug)]
pub struct ScriptTask {
    /// The script.
    pub expression: Expression,
    /// `zeebe:script resultVariable`. `None`: the script gives a context and each entry becomes a variable.
    pub result_variable: Option<Arc<str>>,
}

/// A call of a decision: `zeebe:calledDecision`.
#[derive(Debug)]
pub struct CalledDecision {
    /// The decision's id.
    pub decision: Text,
    /// The variable that takes its result.
    pub result_variable: Arc<str>,
    /// Which of its versions is called.
    pub binding: Binding,
}

/// Which version of what it calls an element means: `bindingType`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Binding {
    /// The one that was deployed last, at the time of the call.
    #[default]
    Latest,
    /// The one that was uploaded together with the diagram.
    Deployment,
    /// The last one with this version tag.
    VersionTag(Arc<str>),
}
