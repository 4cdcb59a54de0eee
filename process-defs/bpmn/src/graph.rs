//! The executable graph of a process: what the engine runs.
//!
//! Built by [`crate::read`] from a diagram that has no errors. Every expression is compiled, every reference is
//! resolved, and whatever Redthread does not run has been refused before: the engine matches exhaustively on
//! [`ElementKind`] and [`Trigger`] and needs no "unsupported" branch.
//!
//! Elements and flows are addressed by index while a step runs ([`ElementIx`], [`FlowIx`]), and by their BPMN ids in
//! everything that is stored or shown.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use redthread_calendar::CronSchedule;
use redthread_feel::Expression;
use serde::{Deserialize, Serialize};

/// The `id` attribute of a BPMN element.
pub type Id = Arc<str>;

/// Where an element stands in [`ProcessGraph::elements`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementIx(pub u32);

/// Where a sequence flow stands in [`ProcessGraph::flows`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowIx(pub u32);

/// `zeebe:properties` of an element, by name. Those that begin with `redthread:` are read by Redthread itself.
pub type Properties = BTreeMap<String, String>;

/// One process of a diagram, ready to run (BPMN 2.0 section 10).
#[derive(Debug)]
pub struct ProcessGraph {
    /// The process's `id`: versions of a definition share it.
    pub id: Id,
    /// The process's `name`, if it has one.
    pub name: Option<Arc<str>>,
    /// The text of its `documentation`.
    pub documentation: Option<Arc<str>>,
    /// The elements of the process and of its sub-processes, in document order.
    pub elements: Vec<Element>,
    /// The sequence flows, in document order.
    pub flows: Vec<Flow>,
    /// The lanes, in document order.
    pub lanes: Vec<Lane>,
    /// The process's own `zeebe:properties`.
    pub properties: Properties,
    /// Elements by id.
    pub element_index: HashMap<Id, ElementIx>,
    /// Sequence flows by id.
    pub flow_index: HashMap<Id, FlowIx>,
}

impl ProcessGraph {
    /// The element at `ix`.
    pub fn element(&self, ix: ElementIx) -> &Element {
        &self.elements[ix.0 as usize]
    }

    /// The sequence flow at `ix`.
    pub fn flow(&self, ix: FlowIx) -> &Flow {
        &self.flows[ix.0 as usize]
    }

    /// The element with this id.
    pub fn find(&self, id: &str) -> Option<ElementIx> {
        self.element_index.get(id).copied()
    }

    /// The sequence flow with this id.
    pub fn find_flow(&self, id: &str) -> Option<FlowIx> {
        self.flow_index.get(id).copied()
    }

    /// All element indexes, in document order.
    pub fn element_ixs(&self) -> impl Iterator<Item = ElementIx> + '_ {
        (0..self.elements.len() as u32).map(ElementIx)
    }

    /// The elements that stand directly in `scope` (`None`: in the process itself), in document order.
    pub fn children(&self, scope: Option<ElementIx>) -> impl Iterator<Item = ElementIx> + '_ {
        self.element_ixs()
            .filter(move |&ix| self.element(ix).parent == scope)
    }

    /// The start events that stand directly in `scope` (`None`: in the process itself).
    pub fn start_events(
        &self,
        scope: Option<ElementIx>,
    ) -> impl Iterator<Item = (ElementIx, &Trigger)> + '_ {
        self.children(scope)
            .filter_map(|ix| match &self.element(ix).kind {
                ElementKind::StartEvent(trigger) => Some((ix, trigger)),
                _ => None,
            })
    }

    /// The none start event of the process itself, if it has one.
    pub fn none_start(&self) -> Option<ElementIx> {
        self.start_events(None)
            .find(|(_, trigger)| matches!(trigger, Trigger::None))
            .map(|(ix, _)| ix)
    }
}

/// A flow node (BPMN 2.0 section 8.4.9).
#[derive(Debug)]
pub struct Element {
    /// The element's `id`.
    pub id: Id,
    /// The element's `name`.
    pub name: Option<Arc<str>>,
    /// The text of its `documentation`.
    pub documentation: Option<Arc<str>>,
    /// What it is.
    pub kind: ElementKind,
    /// The sub-process it stands in; `None`: the process itself.
    pub parent: Option<ElementIx>,
    /// Incoming sequence flows, in document order.
    pub incoming: Vec<FlowIx>,
    /// Outgoing sequence flows, in document order.
    pub outgoing: Vec<FlowIx>,
    /// The default flow, if one is marked.
    pub default: Option<FlowIx>,
    /// Boundary events attached to it, in document order.
    pub boundary: Vec<ElementIx>,
    /// `zeebe:ioMapping`.
    pub mapping: IoMapping,
    /// `zeebe:properties`.
    pub properties: Properties,
    /// The innermost lane it is drawn in: an index into [`ProcessGraph::lanes`].
    pub lane: Option<usize>,
}

impl Element {
    /// What people call it: its name, or its id where it has none.
    pub fn label(&self) -> &str {
        self.name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .unwrap_or(&self.id)
    }
}

/// The kinds of element that run.
#[derive(Debug)]
pub enum ElementKind {
    /// A start event of a process or of an embedded sub-process (10.5.2).
    StartEvent(Trigger),
    /// An end event (10.5.3).
    EndEvent(EndResult),
    /// An intermediate catch event (10.5.4). Never [`Trigger::None`] or [`Trigger::Error`].
    CatchEvent(Trigger),
    /// An intermediate throw event without a definition: passed at once (10.5.4).
    ThrowEvent,
    /// A boundary event (10.5.4). Never [`Trigger::None`].
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
    /// A script task whose script is FEEL (10.3.3).
    ScriptTask(ScriptTask),
    /// A business rule task that calls a decision (10.3.3).
    BusinessRuleTask(CalledDecision),
    /// An exclusive gateway (10.6.2).
    ExclusiveGateway,
    /// A parallel gateway (10.6.4).
    ParallelGateway,
    /// An embedded sub-process (10.3.5).
    SubProcess,
}

impl ElementKind {
    /// The element's local name in BPMN XML (`userTask`, `boundaryEvent`, ...).
    pub fn bpmn_name(&self) -> &'static str {
        match self {
            ElementKind::StartEvent(_) => "startEvent",
            ElementKind::EndEvent(_) => "endEvent",
            ElementKind::CatchEvent(_) => "intermediateCatchEvent",
            ElementKind::ThrowEvent => "intermediateThrowEvent",
            ElementKind::BoundaryEvent { .. } => "boundaryEvent",
            ElementKind::UndefinedTask => "task",
            ElementKind::ManualTask => "manualTask",
            ElementKind::UserTask(_) => "userTask",
            ElementKind::ServiceTask(task) => task.bpmn_name,
            ElementKind::ScriptTask(_) => "scriptTask",
            ElementKind::BusinessRuleTask(_) => "businessRuleTask",
            ElementKind::ExclusiveGateway => "exclusiveGateway",
            ElementKind::ParallelGateway => "parallelGateway",
            ElementKind::SubProcess => "subProcess",
        }
    }
}

/// A sequence flow (8.4.13).
#[derive(Debug)]
pub struct Flow {
    /// The flow's `id`.
    pub id: Id,
    /// The flow's `name`.
    pub name: Option<Arc<str>>,
    /// Where it comes from.
    pub source: ElementIx,
    /// Where it leads to.
    pub target: ElementIx,
    /// Its condition expression.
    pub condition: Option<Expression>,
}

/// A lane (10.8).
#[derive(Debug)]
pub struct Lane {
    /// The lane's `id`.
    pub id: Id,
    /// The lane's `name`: a task that nothing assigns goes to the team of this name.
    pub name: Option<Arc<str>>,
    /// The lane it lies in.
    pub parent: Option<usize>,
}

/// What a start, catch or boundary event waits for (10.5.5).
#[derive(Debug)]
pub enum Trigger {
    /// Nothing.
    None,
    /// A time.
    Timer(Timer),
    /// A message.
    Message(Message),
    /// An error thrown inside the activity. Boundary events only.
    Error(ErrorCatch),
    /// A change of a customer record: a none or message event with the property `redthread:on`.
    Record(RecordTrigger),
}

/// What an end event does (10.5.3).
#[derive(Debug)]
pub enum EndResult {
    /// The token ends.
    None,
    /// Everything in the same scope ends.
    Terminate,
    /// An error is thrown to the enclosing scopes.
    Error(ErrorThrow),
}

/// A timer event definition (10.5.5.10). Plain texts are parsed when the diagram is read; expressions when they are due
/// to be evaluated.
#[derive(Debug)]
pub enum Timer {
    /// `timeDate`: an instant.
    Date(Text),
    /// `timeDuration`: an ISO 8601 duration.
    Duration(Text),
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

/// A plain text or a FEEL expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// The text itself.
    Literal(Arc<str>),
    /// What the expression gives.
    Expression(Expression),
}

/// A message that is waited for (8.4.11).
#[derive(Debug)]
pub struct Message {
    /// The message's name; messages correlate by it.
    pub name: Text,
    /// `zeebe:subscription correlationKey`. Start events of a process have none.
    pub correlation_key: Option<Expression>,
}

/// The errors that a boundary event catches (10.5.5.3).
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

/// `zeebe:ioMapping`.
#[derive(Debug, Default)]
pub struct IoMapping {
    /// Evaluated in order when the element is activated; each makes a local variable.
    pub inputs: Vec<Mapping>,
    /// Evaluated in order when it completes; each sets a variable of the enclosing scope. Empty: all local results go up.
    pub outputs: Vec<Mapping>,
}

/// One `zeebe:input` or `zeebe:output`.
#[derive(Debug)]
pub struct Mapping {
    /// Where the value comes from.
    pub source: Text,
    /// The variable's name and, after dots, the path in it.
    pub target: Vec<Arc<str>>,
}

/// A user task's `zeebe:` extensions.
#[derive(Debug, Default)]
pub struct UserTask {
    /// `assignmentDefinition assignee`: a login.
    pub assignee: Option<Text>,
    /// `assignmentDefinition candidateGroups`: teams; a text with commas or a list.
    pub candidate_teams: Option<Text>,
    /// `assignmentDefinition candidateUsers`: logins; a text with commas or a list.
    pub candidate_users: Option<Text>,
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
