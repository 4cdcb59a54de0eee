//! Sequence flows connect flow nodes of one and the same process or sub-process (8.4.13), and not
//! every kind of flow node may have them (7.5.1, 10.5).

use std::collections::HashSet;

use crate::draft::Draft;
use crate::model::{NodeKind, boolean};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

use super::triggers::instantiates;

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    immediate(draft, problems);
    let special = Special::new(draft);
    for index in 0..draft.process.flows.len() {
        match draft.ends[index] {
            (Some(source), Some(target)) => {
                connected(draft, &special, index, (source, target), problems)
            }
            (source, target) => {
                if source.is_none() {
                    dangling(draft, index, true, problems);
                }
                if target.is_none() {
                    dangling(draft, index, false, problems);
                }
            }
        }
    }
}

/// What runs leaves nothing out between two elements (8.4.13). Some tools give every flow the
/// attribute: in a process of some size it then says nothing about any of them.
fn immediate(draft: &Draft<'_>, problems: &mut Problems) {
    const MANY: usize = 4;
    let all: Vec<_> = (0..draft.process.flows.len())
        .map(|index| draft.flow_xml(index))
        .collect();
    let is_marked = |xml: &NodeRef<'_>| boolean(xml.attribute("isImmediate")) == Some(false);
    let says_it = |xml: &NodeRef<'_>| xml.attribute("isImmediate").is_some();
    let is_habit = all.len() >= MANY && all.iter().all(says_it);
    for xml in all.into_iter().filter(is_marked) {
        let message =
            "The flow is marked as leaving something out (isImmediate), but is taken at once.";
        let hint = "Draw what happens between, or remove isImmediate=\"false\".";
        if is_habit {
            problems.warning(xml, Code::FlowNotAllowed, message, hint);
        } else {
            problems.rule(xml, Code::FlowNotAllowed, message, hint);
        }
    }
}

fn dangling(draft: &Draft<'_>, index: usize, is_source: bool, problems: &mut Problems) {
    let flow = &draft.process.flows[index];
    let (end, code, verb) = match is_source {
        true => (&flow.source, Code::MissingSource, "comes from"),
        false => (&flow.target, Code::MissingTarget, "leads to"),
    };
    let xml = draft.flow_xml(index);
    let Some(id) = end else {
        let message = format!("The sequence flow does not say what it {verb}.");
        problems.error(
            xml,
            code,
            message,
            "Connect both of its ends, or delete it.",
        );
        return;
    };
    let (message, hint) = match draft.model.find(id).and_then(|node| node.bpmn()) {
        Some(name) if NodeKind::from_name(name).is_some() => (
            format!("The sequence flow {verb} “{id}”, which stands in another process."),
            "Connect pools by message flows, not by sequence flows.",
        ),
        Some(name) => (
            format!(
                "The sequence flow {verb} “{id}”, which is no event, activity or gateway ({name})."
            ),
            "Connect it to an event, an activity or a gateway.",
        ),
        None => (
            format!("The sequence flow {verb} “{id}”, which does not exist."),
            "Connect both of its ends, or delete it.",
        ),
    };
    problems.error(xml, code, message, hint);
}

fn connected(
    draft: &Draft<'_>,
    special: &Special,
    index: usize,
    (source, target): (usize, usize),
    problems: &mut Problems,
) {
    let xml = draft.flow_xml(index);
    let mut refuse = |message: &str, hint: &str| {
        problems.error(xml, Code::FlowNotAllowed, message, hint);
    };
    if draft.node(source).parent != draft.node(target).parent {
        refuse(
            "The sequence flow crosses the border of a sub-process.",
            "End the flow inside the sub-process and continue from the sub-process itself.",
        );
    }
    let is_start_by_message = instantiates(draft, target);
    match draft.node(source).kind {
        NodeKind::EndEvent => refuse(
            "A sequence flow leaves an end event.",
            "Use an intermediate event where the process goes on.",
        ),
        _ if draft.is_event_sub_process(source) => refuse(
            "A sequence flow leaves an event sub-process.",
            "Event sub-processes start by their event and end by themselves: delete the flow.",
        ),
        NodeKind::BoundaryEvent if special.compensate.contains(&source) => refuse(
            "A sequence flow leaves a compensation boundary event.",
            "Connect the event with the activity that undoes by an association.",
        ),
        NodeKind::IntermediateThrowEvent if special.link.contains(&source) => refuse(
            "A sequence flow leaves a throwing link event.",
            "Continue from the catching link event of the same name.",
        ),
        _ if draft.is_compensation_handler(source) => refuse(
            "A sequence flow leaves an activity that undoes another (isForCompensation).",
            "Delete the flow: such an activity runs only to undo.",
        ),
        _ => {}
    }
    match draft.node(target).kind {
        NodeKind::StartEvent => refuse(
            "A sequence flow leads to a start event.",
            "Use an intermediate event, or begin the flow's target elsewhere.",
        ),
        NodeKind::BoundaryEvent => refuse(
            "A sequence flow leads to a boundary event.",
            "Lead it to the activity that the event is attached to.",
        ),
        _ if draft.is_event_sub_process(target) => refuse(
            "A sequence flow leads to an event sub-process.",
            "Event sub-processes start by their event: delete the flow.",
        ),
        NodeKind::IntermediateCatchEvent if special.link.contains(&target) => refuse(
            "A sequence flow leads to a catching link event.",
            "Lead it to the throwing link event of the same name.",
        ),
        _ if is_start_by_message => refuse(
            "A sequence flow leads to an element that starts the process by itself (instantiate).",
            "Delete the flow, or set instantiate to false.",
        ),
        _ if draft.is_compensation_handler(target) => refuse(
            "A sequence flow leads to an activity that undoes another (isForCompensation).",
            "Connect it with a compensation boundary event by an association.",
        ),
        _ => {}
    }
}

/// The events that have flows on one side only, looked up once for all the flows at them.
struct Special {
    link: HashSet<usize>,
    compensate: HashSet<usize>,
}

impl Special {
    fn new(draft: &Draft<'_>) -> Self {
        let with = |name| {
            let events = draft.nodes().map(|(index, _)| index);
            events
                .filter(|&index| defines(draft, index, name))
                .collect()
        };
        Special {
            link: with("linkEventDefinition"),
            compensate: with("compensateEventDefinition"),
        }
    }
}

/// Whether an event has a definition of this name.
pub(super) fn defines(draft: &Draft<'_>, index: usize, name: &str) -> bool {
    let definitions = draft.event_definitions(index);
    definitions
        .iter()
        .any(|definition| definition.bpmn() == Some(name))
}
