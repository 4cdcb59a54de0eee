//! The executable graph of a process: what the engine runs.
//!
//! Built by [`crate::read`] from a diagram that has no errors. Every expression is compiled, every reference is
//! resolved, and whatever Redthread does not run has been refused before: the engine matches exhaustively on
//! [`ElementKind`] and [`Trigger`] and needs no "unsupported" branch.
//!
//! Elements and flows are addressed by index while a step runs ([`ElementIx`], [`FlowIx`]), and by their BPMN ids in
//! everything that is stored or shown.

mod activity;
mod event;
mod reach;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use redthread_feel::Expression;

pub use activity::*;
pub use event::*;
pub use reach::Reach;
pub(crate) use reach::of_joins;

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
    /// What stands directly in the process, in document order.
    pub content: Vec<ElementIx>,
    /// The names of the process's data objects and properties: variables that it starts with, null at first (10.4.1).
    pub data: Vec<Arc<str>>,
    /// `zeebe:versionTag`.
    pub version_tag: Option<Arc<str>>,
    /// The process's own `zeebe:properties`.
    pub properties: Properties,
    /// For each inclusive and complex gateway: from where a token can still come to it.
    pub joins: HashMap<ElementIx, Reach>,
    /// Whether something in it waits for a condition: an event, an ad-hoc sub-process or a complex gateway.
    pub has_conditions: bool,
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
        let content = match scope {
            Some(scope) => &self.element(scope).content,
            None => &self.content,
        };
        content.iter().copied()
    }

    /// The start events that stand directly in `scope` (`None`: in the process itself).
    pub fn start_events(
        &self,
        scope: Option<ElementIx>,
    ) -> impl Iterator<Item = (ElementIx, &Trigger)> + '_ {
        self.children(scope)
            .filter_map(|ix| match &self.element(ix).kind {
                ElementKind::StartEvent { trigger, .. } => Some((ix, trigger)),
                _ => None,
            })
    }

    /// Where the tokens of a scope begin when nothing has triggered it: its start event without a trigger, else, where it
    /// has no start event at all, everything that could run and to which no sequence flow leads (10.3.5, 13.2).
    pub fn initial(&self, scope: Option<ElementIx>) -> Vec<ElementIx> {
        let mut starts = self.start_events(scope).peekable();
        if starts.peek().is_some() {
            let none = starts.filter(|(_, trigger)| matches!(trigger, Trigger::None));
            return none.map(|(ix, _)| ix).collect();
        }
        self.children(scope)
            .filter(|&ix| self.element(ix).begins_by_itself())
            .collect()
    }

    /// What begins the process when it occurs: start events with a trigger, receive tasks and the events behind
    /// event-based gateways that are marked as instantiating (10.5.2, 10.3.3, 10.6.6). Events of a gateway come with it.
    pub fn triggered_starts(&self) -> Vec<TriggeredStart<'_>> {
        let mut starts = Vec::new();
        for ix in self.children(None) {
            match &self.element(ix).kind {
                ElementKind::StartEvent { trigger, .. } if !matches!(trigger, Trigger::None) => {
                    let waits_for = Awaited::Trigger(trigger);
                    starts.push(TriggeredStart {
                        element: ix,
                        gateway: None,
                        waits_for,
                    });
                }
                ElementKind::ReceiveTask(message) if self.element(ix).instantiates => {
                    let waits_for = Awaited::Message(message);
                    starts.push(TriggeredStart {
                        element: ix,
                        gateway: None,
                        waits_for,
                    });
                }
                ElementKind::EventBasedGateway {
                    instantiate: true, ..
                } => {
                    starts.extend(self.events_behind(ix).map(|(element, waits_for)| {
                        TriggeredStart {
                            element,
                            gateway: Some(ix),
                            waits_for,
                        }
                    }));
                }
                _ => {}
            }
        }
        starts
    }

    /// The events that an event-based gateway waits for, in the order of its flows.
    pub fn events_behind(
        &self,
        gateway: ElementIx,
    ) -> impl Iterator<Item = (ElementIx, Awaited<'_>)> + '_ {
        self.element(gateway).outgoing.iter().filter_map(|&flow| {
            let target = self.flow(flow).target;
            match &self.element(target).kind {
                ElementKind::CatchEvent(trigger) => Some((target, Awaited::Trigger(trigger))),
                ElementKind::ReceiveTask(message) => Some((target, Awaited::Message(message))),
                _ => None,
            }
        })
    }

    /// The event sub-processes that stand directly in `scope` (`None`: in the process itself), each with its start event.
    pub fn event_sub_processes(
        &self,
        scope: Option<ElementIx>,
    ) -> impl Iterator<Item = (ElementIx, ElementIx)> + '_ {
        self.children(scope)
            .filter_map(|ix| match self.element(ix).kind {
                ElementKind::SubProcess(SubProcess::Event) => {
                    let start = self.start_events(Some(ix)).next()?;
                    Some((ix, start.0))
                }
                _ => None,
            })
    }

    /// Whether people or other programs can start the process without anything having occurred.
    pub fn can_start(&self) -> bool {
        !self.initial(None).is_empty()
    }
}

/// What begins a process when it occurs.
#[derive(Copy, Clone, Debug)]
pub struct TriggeredStart<'g> {
    /// The start event, receive task, or event behind an event-based gateway.
    pub element: ElementIx,
    /// The event-based gateway, where it stands behind one.
    pub gateway: Option<ElementIx>,
    /// What it waits for.
    pub waits_for: Awaited<'g>,
}

/// What an event or a receive task waits for.
#[derive(Copy, Clone, Debug)]
pub enum Awaited<'g> {
    /// What an event waits for.
    Trigger(&'g Trigger),
    /// The message of a receive task.
    Message(&'g Message),
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
    /// Boundary events attached to it, in document order; one of compensation among them waits for nothing.
    pub boundary: Vec<ElementIx>,
    /// What stands directly in it, in document order: nothing, but in sub-processes.
    pub content: Vec<ElementIx>,
    /// The names of its data objects and properties: variables that it starts with, null at first (10.4.1).
    pub data: Vec<Arc<str>>,
    /// Its loop marker.
    pub repetition: Option<Repetition>,
    /// `startQuantity`: how many tokens must have come before it begins (10.3.2).
    pub start_quantity: u32,
    /// `completionQuantity`: how many tokens go on along each outgoing flow (10.3.2).
    pub completion_quantity: u32,
    /// The activity that undoes it: its compensation boundary event is associated with that (10.7).
    pub undone_by: Option<ElementIx>,
    /// `isForCompensation`: it begins only to undo another activity.
    pub for_compensation: bool,
    /// `instantiate` of a receive task: its message begins the process.
    pub instantiates: bool,
    /// Jobs that are done before it goes on.
    pub listeners: Listeners,
    /// `zeebe:ioMapping`, after data associations.
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

    /// Whether it begins with its scope where that has no start event: nothing leads to it, and it waits for nothing
    /// that would begin it otherwise.
    fn begins_by_itself(&self) -> bool {
        let by_something_else = match &self.kind {
            ElementKind::BoundaryEvent { .. }
            | ElementKind::StartEvent { .. }
            | ElementKind::SubProcess(SubProcess::Event)
            | ElementKind::CatchEvent(Trigger::Link)
            | ElementKind::EventBasedGateway {
                instantiate: true, ..
            } => true,
            ElementKind::ReceiveTask(_) => self.instantiates,
            _ => false,
        };
        self.incoming.is_empty() && !self.for_compensation && !by_something_else
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
    /// Its condition expression. `None`: it is taken whenever its source does not choose one flow alone.
    pub condition: Option<Expression>,
}

/// A lane (10.8).
#[derive(Debug)]
pub struct Lane {
    /// The lane's `id`.
    pub id: Id,
    /// The lane's `name`: a task that nothing assigns goes to the team of this name.
    pub name: Option<Arc<str>>,
    /// Who does its tasks: its `zeebe:assignmentDefinition`. A task's own assignment comes first.
    pub assignment: Assignment,
    /// The lane it lies in.
    pub parent: Option<usize>,
}

/// A plain text or a FEEL expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// The text itself.
    Literal(Arc<str>),
    /// What the expression gives.
    Expression(Expression),
}

/// `zeebe:ioMapping` and data associations: what goes in, and what comes out.
#[derive(Debug, Default)]
pub struct IoMapping {
    /// Evaluated in order when the element is activated; each makes a local variable.
    pub inputs: Vec<Mapping>,
    /// Evaluated in order when it completes; each sets a variable of the enclosing scope. Empty: all local results go up.
    pub outputs: Vec<Mapping>,
    /// Whether all local results go up although there are outputs: these come from data associations alone, which say only
    /// where data goes besides.
    pub keeps_results: bool,
}

impl IoMapping {
    /// Whether all local results go up, and not only what the outputs name.
    pub fn results_go_up(&self) -> bool {
        self.outputs.is_empty() || self.keeps_results
    }
}

/// One `zeebe:input` or `zeebe:output`.
#[derive(Debug)]
pub struct Mapping {
    /// Where the value comes from.
    pub source: Text,
    /// The variable's name and, after dots, the path in it.
    pub target: Vec<Arc<str>>,
}
