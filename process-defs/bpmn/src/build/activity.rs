//! What BPMN allows on every activity (10.3): of it, loops, compensation, token quantities and data
//! associations do not run yet.

use super::data;
use crate::draft::Draft;
use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Whether the activity can run: reports what keeps it from doing so.
pub(super) fn check(draft: &Draft<'_>, index: usize, problems: &mut Problems) -> bool {
    let xml = draft.xml(index);
    let before = problems.errors();
    for part in xml.children() {
        if let Some(name) = part.bpmn() {
            check_part(part, name, problems);
        }
    }
    for attribute in ["startQuantity", "completionQuantity"] {
        if xml
            .filled(attribute)
            .is_some_and(|quantity| quantity.trim() != "1")
        {
            let message = format!("A {attribute} other than 1 does not run yet.");
            refuse(
                xml,
                &message,
                "Use gateways to collect or to multiply tokens.",
                problems,
            );
        }
    }
    problems.errors() == before
}

fn check_part(part: NodeRef<'_>, name: &str, problems: &mut Problems) {
    match name {
        "standardLoopCharacteristics" => refuse(
            part,
            "Loops on an activity do not run yet.",
            "Lead a sequence flow back to it from an exclusive gateway.",
            problems,
        ),
        "multiInstanceLoopCharacteristics" => refuse(
            part,
            "Multi-instance activities do not run yet.",
            "Draw the activity once for each, or lead a sequence flow back to it.",
            problems,
        ),
        "dataInputAssociation" | "dataOutputAssociation" => data::check(part, problems),
        "potentialOwner" | "humanPerformer" | "performer" | "resourceRole" => problems.warning(
            part,
            Code::NotSupported,
            format!("Who does it is not read from BPMN's {name} yet."),
            "Assign the task by zeebe:assignmentDefinition.",
        ),
        _ => {}
    }
}

fn refuse(at: NodeRef<'_>, message: &str, hint: &str, problems: &mut Problems) {
    problems.error(at, Code::NotSupported, message, hint);
}
