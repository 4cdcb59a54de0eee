//! End events (10.5.3).

use super::{error, event};
use crate::draft::Draft;
use crate::graph::{ElementKind, Throw};
use crate::node::BpmnNode;
use redthread_xml::{Code, Problems};

pub(super) fn build(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<ElementKind> {
    let xml = draft.xml(index);
    let definitions = draft.event_definitions(index);
    let definition = match definitions[..] {
        [] => return Some(ElementKind::EndEvent(Throw::None)),
        [definition] => definition,
        _ => {
            problems.error(
                xml,
                Code::NotSupported,
                "End events with several results do not run yet.",
                "Draw an end event for each result, after a parallel gateway.",
            );
            return None;
        }
    };
    let result = match definition.bpmn().unwrap_or_default() {
        "terminateEventDefinition" => Some(Throw::Terminate),
        "errorEventDefinition" => {
            error::thrown(draft.model, definition, problems).map(Throw::Error)
        }
        name @ ("timerEventDefinition" | "conditionalEventDefinition" | "linkEventDefinition") => {
            problems.error(
                xml,
                Code::TriggerNotAllowed,
                format!("BPMN allows no {name} on an end event."),
                "Use an intermediate event before the end event.",
            );
            None
        }
        name => {
            event::refuse(xml, name, "end", problems);
            None
        }
    };
    result.map(ElementKind::EndEvent)
}
