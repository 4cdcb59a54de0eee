//! Where there are start events, every other flow node needs an incoming sequence flow; where
//! there are end events, every other one needs an outgoing one (10.3.1, 10.5.2, 10.5.3, 10.6).

use super::triggers::instantiates;
use crate::draft::Draft;
use crate::model::NodeKind;
use redthread_xml::Namespace;
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for scope in draft.scopes() {
        if scope.is_some_and(|index| draft.node(index).kind == NodeKind::AdHocSubProcess) {
            continue;
        }
        let has = |kind| {
            draft
                .scope(scope)
                .iter()
                .any(|&index| draft.node(index).kind == kind)
        };
        let (has_starts, has_ends) = (has(NodeKind::StartEvent), has(NodeKind::EndEvent));
        for &index in draft.scope(scope) {
            if (has_starts || is_intermediate(draft, index)) && lacks_incoming(draft, index) {
                problems.error(
                    draft.xml(index),
                    Code::MissingIncoming,
                    "No sequence flow leads here, so it would never run.",
                    "Lead a sequence flow to it, or delete it.",
                );
            }
            if lacks_outgoing(draft, index) {
                lonely(draft, index, has_ends, problems);
            }
        }
    }
}

fn lonely(draft: &Draft<'_>, index: usize, ends_are_drawn: bool, problems: &mut Problems) {
    let hint = "Lead it on to the next element, or to an end event.";
    let is_boundary = draft.node(index).kind == NodeKind::BoundaryEvent;
    if is_boundary || is_intermediate(draft, index) {
        let message = "Nothing follows the event, so what it is for never happens.";
        problems.error(draft.xml(index), Code::MissingOutgoing, message, hint);
    } else if ends_are_drawn {
        let message = "Nothing follows it, although the process ends at its end events.";
        problems.error(draft.xml(index), Code::MissingOutgoing, message, hint);
    }
}

/// Intermediate events need flows even where no start or end event is drawn (10.5.4).
fn is_intermediate(draft: &Draft<'_>, index: usize) -> bool {
    matches!(
        draft.node(index).kind,
        NodeKind::IntermediateCatchEvent | NodeKind::IntermediateThrowEvent
    )
}

pub(super) fn lacks_incoming(draft: &Draft<'_>, index: usize) -> bool {
    draft.incoming[index].is_empty()
        && !matches!(
            draft.node(index).kind,
            NodeKind::StartEvent | NodeKind::BoundaryEvent
        )
        && !stands_apart(draft, index)
        && !instantiates(draft, index)
        && !has_definition(
            draft,
            index,
            "linkEventDefinition",
            NodeKind::IntermediateCatchEvent,
        )
}

fn lacks_outgoing(draft: &Draft<'_>, index: usize) -> bool {
    let compensates = has_definition(
        draft,
        index,
        "compensateEventDefinition",
        NodeKind::BoundaryEvent,
    );
    draft.outgoing[index].is_empty()
        && draft.node(index).kind != NodeKind::EndEvent
        && !stands_apart(draft, index)
        && !compensates
        && !has_definition(
            draft,
            index,
            "linkEventDefinition",
            NodeKind::IntermediateThrowEvent,
        )
}

/// Event sub-processes and compensation handlers are reached by events, not by flows.
fn stands_apart(draft: &Draft<'_>, index: usize) -> bool {
    draft.is_event_sub_process(index) || draft.is_compensation_handler(index)
}

fn has_definition(draft: &Draft<'_>, index: usize, definition: &str, kind: NodeKind) -> bool {
    draft.node(index).kind == kind
        && draft
            .event_definitions(index)
            .iter()
            .any(|node| node.is(&Namespace::Bpmn, definition))
}
