//! Sequence flows connect flow nodes of one and the same process or sub-process (8.4.13), and not
//! every kind of flow node may have them (7.5.1, 10.5).

use crate::draft::Draft;
use crate::model::{NodeKind, boolean};
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for index in 0..draft.process.flows.len() {
        let xml = draft.flow_xml(index);
        if boolean(xml.attribute("isImmediate")) == Some(false) {
            // BPMN forbids it where a process runs (8.4.13), but tools write it on every flow.
            problems.warning(
                xml,
                Code::FlowNotAllowed,
                "The flow is marked as leaving something out (isImmediate), but is taken at once.",
                "Draw what happens between, or remove isImmediate=\"false\".",
            );
        }
        match draft.ends[index] {
            (Some(source), Some(target)) => connected(draft, index, source, target, problems),
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
    index: usize,
    source: usize,
    target: usize,
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
    match draft.node(source).kind {
        NodeKind::EndEvent => refuse(
            "A sequence flow leaves an end event.",
            "Use an intermediate event where the process goes on.",
        ),
        _ if draft.is_event_sub_process(source) => refuse(
            "A sequence flow leaves an event sub-process.",
            "Event sub-processes start by their event and end by themselves: delete the flow.",
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
        _ => {}
    }
}
