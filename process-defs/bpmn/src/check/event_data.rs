//! The data of events: one data input or output for each trigger or result, in their order, and of
//! the item that it carries (10.5.1).

use super::items::{self, defined};
use crate::draft::Draft;
use crate::model::{Model, NodeKind};
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeRef, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for (index, node) in draft.nodes() {
        let data = match node.kind {
            NodeKind::StartEvent | NodeKind::IntermediateCatchEvent | NodeKind::BoundaryEvent => {
                "dataOutput"
            }
            NodeKind::EndEvent
            | NodeKind::IntermediateThrowEvent
            | NodeKind::ImplicitThrowEvent => "dataInput",
            _ => continue,
        };
        let xml = draft.xml(index);
        let declared: Vec<NodeRef<'_>> = xml.bpmn_children(data).collect();
        let definitions = draft.event_definitions(index);
        if declared.is_empty() || definitions.is_empty() {
            continue;
        }
        if declared.len() != definitions.len() {
            problems.rule(
                xml,
                Code::WrongEventData,
                format!(
                    "The event has {} event definitions, but {} of {data}.",
                    definitions.len(),
                    declared.len()
                ),
                format!("Declare one {data} for each event definition, in their order."),
            );
            continue;
        }
        for (data, definition) in declared.into_iter().zip(definitions) {
            item(draft.model, xml, data, definition, problems);
        }
    }
}

fn item(
    model: &Model,
    event: NodeRef<'_>,
    data: NodeRef<'_>,
    definition: NodeRef<'_>,
    problems: &mut Problems,
) {
    let (Some(carried), Some(declared)) = (
        carried(model, definition),
        defined(model, data, "itemSubjectRef"),
    ) else {
        return;
    };
    if !items::same(carried, declared) {
        let message = format!(
            "The event's data is another item ({}) than what comes or goes with it ({}).",
            items::name(declared),
            items::name(carried)
        );
        items::differ(model, event, message, problems);
    }
}

/// What comes or goes with an event of this definition.
fn carried<'m>(model: &'m Model, definition: NodeRef<'_>) -> Option<NodeRef<'m>> {
    let (reference, kind, item) = match definition.bpmn()? {
        "messageEventDefinition" => ("messageRef", "message", "itemRef"),
        "signalEventDefinition" => ("signalRef", "signal", "structureRef"),
        "errorEventDefinition" => ("errorRef", "error", "structureRef"),
        "escalationEventDefinition" => ("escalationRef", "escalation", "structureRef"),
        _ => return None,
    };
    defined(
        model,
        model.find_named(definition.filled(reference)?, kind)?,
        item,
    )
}
