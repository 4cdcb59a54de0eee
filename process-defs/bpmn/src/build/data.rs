//! Data associations (10.4.2). Most are drawn to show which document goes where and move nothing;
//! one that would move data is refused until it does.

use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// Refuses the association if it would move data.
pub(super) fn check(association: NodeRef<'_>, problems: &mut Problems) {
    if moves_data(association) {
        problems.error(
            association,
            Code::NotSupported,
            "Data associations that move data do not run yet.",
            "Move the data by input and output mappings (zeebe:ioMapping).",
        );
    }
}

/// It does if it says how (an assignment, a transformation), or if it connects data of the element's
/// own `ioSpecification` with something. Modelers write placeholders where BPMN wants such data and
/// the person drew only an arrow: those are no data inputs and outputs.
fn moves_data(association: NodeRef<'_>) -> bool {
    let says_how = association
        .children()
        .any(|part| matches!(part.bpmn(), Some("assignment" | "transformation")));
    if says_how {
        return true;
    }
    let end = match association.bpmn() {
        Some("dataInputAssociation") => "targetRef",
        _ => "sourceRef",
    };
    let Some(activity) = association.parent() else {
        return false;
    };
    let declared = activity
        .bpmn_child("ioSpecification")
        .into_iter()
        .flat_map(NodeRef::children);
    let declared: Vec<&str> = declared
        .filter(|data| {
            // Without a type, declared data is a placeholder too: there is nothing to check or copy.
            matches!(data.bpmn(), Some("dataInput" | "dataOutput"))
                && data.filled("itemSubjectRef").is_some()
        })
        .filter_map(NodeRef::id)
        .collect();
    association
        .bpmn_children(end)
        .any(|reference| declared.contains(&reference.text().trim()))
}
