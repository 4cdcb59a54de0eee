//! The thread of an instance: what was done last, where it stands, what may come next.
//!
//! The [`Trail`] is a digest of the history that each step carries on, so that a list of a hundred tasks need not read a
//! hundred histories. Everything else comes from the state and the graph.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use redthread_bpmn::graph::{
    Element, ElementIx, ElementKind, Id, ProcessGraph, Text, Throw, Trigger,
};
use redthread_calendar::Timestamp;
use redthread_core::state::WaitKind;
use redthread_core::{Event, InstanceState, Key};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::definitions::Definition;

/// How many of the last done elements are kept.
const LAST: usize = 3;
/// How many of the elements at which an instance stands are told: an activity may be done a thousand times at once.
const TOLD: usize = 100;

/// A digest of an instance's history: how many elements are done, and the last of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trail {
    /// How many elements that people know as steps are done.
    pub done: u32,
    /// The last of them, the latest last.
    pub last: VecDeque<DoneElement>,
    /// Whom connectors wait for, by the element instance: who is to make a call, say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub waiting: BTreeMap<Key, Waiting>,
}

/// Whom the job of a connector waits for, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// The person's login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// When that should have happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// An element that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneElement {
    /// The element.
    pub element: Id,
    /// When.
    pub at: Timestamp,
    /// The login of who did it, if it was a person's task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Trail {
    /// Carries the digest on over one step.
    pub(crate) fn follow(
        &mut self,
        graph: &ProcessGraph,
        before: &InstanceState,
        events: &[Event],
        at: Timestamp,
        actor: &Actor,
    ) {
        // Of what is done several times only the whole is a step. What comes and goes within the step is in no state.
        let mut begun: BTreeMap<Key, (&Id, Key)> = BTreeMap::new();
        for event in events {
            if let Event::ElementActivating {
                element_instance,
                element,
                scope,
                ..
            } = event
            {
                begun.insert(*element_instance, (element, *scope));
            }
        }
        let known = |key: Key| {
            let before = before.elements.get(&key);
            let before = before.map(|standing| (&standing.element, standing.scope));
            begun.get(&key).copied().or(before)
        };
        let is_one_of_many = |key: Key| {
            known(key).is_some_and(|(element, scope)| {
                known(scope).is_some_and(|(around, _)| around == element)
            })
        };
        for event in events {
            let (Event::ElementCompleted {
                element_instance,
                element,
            }
            | Event::ElementTerminated {
                element_instance,
                element,
            }) = event
            else {
                continue;
            };
            self.waiting.remove(element_instance);
            if matches!(event, Event::ElementTerminated { .. }) {
                continue;
            }
            let Some(ix) = graph.find(element) else {
                continue;
            };
            if !is_step(graph.element(ix)) || is_one_of_many(*element_instance) {
                continue;
            }
            self.done += 1;
            let by_person = matches!(graph.element(ix).kind, ElementKind::UserTask(_));
            let by = actor.login().filter(|_| by_person).map(str::to_owned);
            self.last.push_back(DoneElement {
                element: element.clone(),
                at,
                by,
            });
            if self.last.len() > LAST {
                self.last.pop_front();
            }
        }
    }
}

/// The thread of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The last elements that are done, the latest last.
    pub done: Vec<ThreadDone>,
    /// The elements at which it stands.
    pub now: Vec<ThreadNow>,
    /// The elements that may come next.
    pub next: Vec<ThreadNext>,
    /// About how far it is: the step it is at, counted from 1.
    pub position: u32,
    /// About how many steps the shortest way to the end has in all.
    pub total: u32,
}

/// An element that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadDone {
    /// The element.
    pub element: Id,
    /// Its name, or its id.
    pub name: String,
    /// When it was done.
    pub at: Timestamp,
    /// The login of who did it, if a person did.
    pub by: Option<String>,
}

/// An element at which the instance stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadNow {
    /// The element.
    pub element: Id,
    /// Its name, or its id.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// The login of who has its task, or is to make its call.
    pub who: Option<String>,
    /// Its task or call was due before now.
    pub overdue: bool,
}

/// An element that may come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadNext {
    /// The element.
    pub element: Id,
    /// Its name, or its id.
    pub name: String,
    /// No decision stands before it.
    pub certain: bool,
}

/// The thread of an instance in this state.
pub fn thread(
    definition: &Definition,
    state: &InstanceState,
    trail: &Trail,
    now: Timestamp,
) -> Thread {
    let graph = &*definition.graph;
    let done = trail.last.iter().map(|done| ThreadDone {
        element: done.element.clone(),
        name: definition.label(&done.element).to_owned(),
        at: done.at,
        by: done.by.clone(),
    });
    let standing: Vec<(Key, ElementIx)> = standing(graph, state);
    let here = standing.iter().take(TOLD).map(|&(key, ix)| {
        let task = state.waits_of(key).find_map(|(_, wait)| match wait {
            WaitKind::Task(task) => Some(task),
            _ => None,
        });
        let waiting = trail.waiting.get(&key);
        let due = task.map_or_else(|| waiting?.due, |task| task.due);
        ThreadNow {
            element: graph.element(ix).id.clone(),
            name: graph.element(ix).label().to_owned(),
            since: state
                .elements
                .get(&key)
                .map_or(state.started, |element| element.since),
            who: task.map_or_else(|| waiting?.who.clone(), |task| task.assignee.clone()),
            overdue: due.is_some_and(|due| due < now),
        }
    });
    let mut next: Vec<ThreadNext> = Vec::new();
    let mut ahead: u32 = 0;
    let elements: BTreeSet<ElementIx> = standing.iter().map(|(_, ix)| *ix).collect();
    for ix in elements {
        for (step, certain) in steps_after(graph, ix) {
            let element = graph.element(step);
            match next.iter_mut().find(|known| known.element == element.id) {
                Some(known) => known.certain |= certain,
                None => {
                    let name = element.label().to_owned();
                    next.push(ThreadNext {
                        element: element.id.clone(),
                        name,
                        certain,
                    });
                }
            }
        }
        ahead = ahead.max(distance_to_end(graph, ix));
    }
    let position = trail.done + u32::from(!standing.is_empty());
    Thread {
        done: done.collect(),
        now: here.collect(),
        next,
        position,
        total: position + ahead,
    }
}

/// The living elements that are steps; sub-processes only where nothing in them is.
fn standing(graph: &ProcessGraph, state: &InstanceState) -> Vec<(Key, ElementIx)> {
    let with_children: BTreeSet<Key> = state
        .elements
        .values()
        .map(|element| element.scope)
        .collect();
    let living = state
        .elements
        .iter()
        .filter(|(key, _)| !with_children.contains(key));
    living
        .filter_map(|(key, element)| graph.find(&element.element).map(|ix| (*key, ix)))
        .collect()
}

/// What people know as a step: not gateways, not the sub-process around steps nor where that begins, nor where a line is only
/// cut in two.
fn is_step(element: &Element) -> bool {
    match &element.kind {
        ElementKind::StartEvent {
            trigger: Trigger::None,
            ..
        } => element.parent.is_none(),
        ElementKind::ExclusiveGateway
        | ElementKind::ParallelGateway
        | ElementKind::InclusiveGateway
        | ElementKind::ComplexGateway { .. }
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::SubProcess(_)
        | ElementKind::ThrowEvent(Throw::Link(_))
        | ElementKind::CatchEvent(Trigger::Link) => false,
        ElementKind::StartEvent { .. }
        | ElementKind::EndEvent(_)
        | ElementKind::CatchEvent(_)
        | ElementKind::ThrowEvent(_)
        | ElementKind::BoundaryEvent { .. }
        | ElementKind::UndefinedTask
        | ElementKind::ManualTask
        | ElementKind::UserTask(_)
        | ElementKind::ServiceTask(_)
        | ElementKind::SendTask(_)
        | ElementKind::ReceiveTask(_)
        | ElementKind::ScriptTask(_)
        | ElementKind::BusinessRuleTask(_)
        | ElementKind::CallActivity(_) => true,
    }
}

/// The elements that a token comes to when `from` is done, and whether something chooses among them; those after the
/// sub-process around it when it ends that.
fn after(graph: &ProcessGraph, from: ElementIx) -> (Vec<ElementIx>, bool) {
    let mut at = from;
    loop {
        let element = graph.element(at);
        if let ElementKind::ThrowEvent(Throw::Link(target)) = element.kind {
            return (vec![target], false);
        }
        // What undoes something is followed by nothing: the event that asked for it goes on.
        if element.for_compensation {
            return (Vec::new(), false);
        }
        if let ElementKind::EndEvent(throw) = &element.kind
            && let Some(way_out) = way_out(graph, at, throw)
        {
            return (vec![way_out], false);
        }
        match (element.outgoing.is_empty(), element.parent) {
            (true, Some(around)) => at = around,
            _ => {
                let flows = element.outgoing.iter().map(|&flow| graph.flow(flow));
                let targets: Vec<ElementIx> = flows.clone().map(|flow| flow.target).collect();
                let chooses = match element.kind {
                    ElementKind::ParallelGateway => false,
                    ElementKind::EventBasedGateway { .. } => true,
                    _ => element.default.is_some() || flows.clone().any(|f| f.condition.is_some()),
                };
                let chooses = targets.len() > 1 && chooses;
                return (targets, chooses);
            }
        }
    }
}

/// The boundary event by which an activity around an end event is left: one that catches its error, or the cancelling of its
/// transaction.
fn way_out(graph: &ProcessGraph, end: ElementIx, throw: &Throw) -> Option<ElementIx> {
    let catches = |part: &Trigger| match (part, throw) {
        (Trigger::Cancel, Throw::Cancel) => true,
        (Trigger::Error(caught), Throw::Error(thrown)) => match (&caught.code, &thrown.code) {
            (Some(caught), Text::Literal(thrown)) => caught == thrown,
            (caught, _) => caught.is_none(),
        },
        _ => false,
    };
    let mut around = graph.element(end).parent;
    while let Some(activity) = around {
        let activity = graph.element(activity);
        let mut events = activity.boundary.iter().copied();
        let found = events.find(|event| {
            let trigger = graph.element(*event).kind.trigger();
            let mut parts = trigger.map(Trigger::parts).into_iter().flatten();
            parts.any(catches)
        });
        if found.is_some() {
            return found;
        }
        around = activity.parent;
    }
    None
}

/// Where a token that arrives at `ix` begins to do something: a sub-process begins at its start event, or with what nothing
/// leads to.
fn entries(graph: &ProcessGraph, ix: ElementIx) -> Vec<ElementIx> {
    let (mut found, mut open) = (Vec::new(), vec![ix]);
    while let Some(at) = open.pop() {
        let inner = match graph.element(at).kind {
            ElementKind::SubProcess(_) => graph.initial(Some(at)),
            _ => Vec::new(),
        };
        if inner.is_empty() {
            found.push(at);
        }
        open.extend(inner.into_iter().rev());
    }
    found
}

/// The next steps after `from`, and whether no decision stands before them. Inner start events are walked through: the
/// first task in a sub-process is what comes next.
fn steps_after(graph: &ProcessGraph, from: ElementIx) -> Vec<(ElementIx, bool)> {
    let mut found: Vec<(ElementIx, bool)> = Vec::new();
    let mut seen: BTreeSet<ElementIx> = BTreeSet::new();
    let mut queue: VecDeque<(ElementIx, bool)> = VecDeque::from([(from, true)]);
    while let Some((at, certain)) = queue.pop_front() {
        let (targets, chooses) = after(graph, at);
        let certain = certain && !chooses;
        for target in targets.into_iter().flat_map(|ix| entries(graph, ix)) {
            let element = graph.element(target);
            let inner_start = matches!(element.kind, ElementKind::StartEvent { .. });
            if is_step(element) && !inner_start {
                match found.iter_mut().find(|(known, _)| *known == target) {
                    Some((_, known)) => *known |= certain,
                    None => found.push((target, certain)),
                }
            } else if seen.insert(target) {
                queue.push_back((target, certain));
            }
        }
    }
    found
}

/// How many steps the shortest way from `from` to an end has.
fn distance_to_end(graph: &ProcessGraph, from: ElementIx) -> u32 {
    let mut seen: BTreeSet<ElementIx> = BTreeSet::from([from]);
    let mut queue: VecDeque<(ElementIx, u32)> = VecDeque::from([(from, 0)]);
    let mut nearest = None;
    while let Some((at, steps)) = queue.pop_front() {
        let (targets, _) = after(graph, at);
        if targets.is_empty() {
            nearest = Some(nearest.map_or(steps, |known: u32| known.min(steps)));
        }
        for target in targets.into_iter().flat_map(|ix| entries(graph, ix)) {
            if seen.insert(target) {
                queue.push_back((target, steps + u32::from(is_step(graph.element(target)))));
            }
        }
    }
    nearest.unwrap_or(0)
}
